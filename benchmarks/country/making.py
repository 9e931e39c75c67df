"""Parquet of a country.

``python -m benchmarks.country.making FOLDER``: units, physicians and patients from a seed, written
a chunk at a time, so that ten million take no more memory than a hundred thousand.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.country.figures import as_rows
from benchmarks.country.people import CHUNK, Country, patients, physicians, units
from benchmarks.tables import table

PART = 1_000_000
"""Patients in one file, a multiple of `CHUNK`."""
GROUP = 5
"""Chunks in one row group of a file."""
FEWEST, MOST = 10_000, 10_600_000


class Unmade(Exception):
    """The country could not be written; nothing half-written has its final name."""


def make(country: Country, folder: Path, *, part: int = PART) -> None:
    """Writes ``units.parquet``, ``physicians.parquet`` and ``patients/00.parquet`` and on.

    Raises `Unmade` where the folder has such files already or cannot be written to.
    """
    if taken := [each for each in _paths(folder) if each.exists()]:
        raise Unmade(f"{taken[0]}: already there; name another folder, or take it away first")
    listed, at_unit = np.zeros(country.physicians, np.int64), np.zeros(country.units, np.int64)
    try:
        (folder / "patients").mkdir(parents=True)
        chunks = patients(country)
        for number in range(-(-country.patients // part)):
            with _writer(folder / "patients" / f"{number:02}.parquet") as write:
                mine = islice(chunks, part // CHUNK)
                while group := list(islice(mine, GROUP)):
                    write(pa.Table.from_batches([rows for rows, _, _ in group]))
                    for _, physician, unit in group:
                        listed += np.bincount(physician[physician >= 0], minlength=len(listed))
                        at_unit += np.bincount(unit, minlength=len(at_unit))
        for name, rows in (
            ("physicians", physicians(country, listed)),
            ("units", units(country, at_unit)),
        ):
            with _writer(folder / f"{name}.parquet") as write:
                write(rows)
    except OSError as error:
        raise Unmade(f"{folder}: {error.strerror or error}") from None


def _paths(folder: Path) -> list[Path]:
    return [folder / "units.parquet", folder / "physicians.parquet", folder / "patients"]


@contextmanager
def _writer(path: Path) -> Iterator[object]:
    """Writes tables into one file, which gets its name once it is whole."""
    unfinished = path.with_suffix(".unfinished")
    writer: list[pq.ParquetWriter] = []

    def write(rows: pa.Table) -> None:
        if not writer:
            # Without the Arrow schema: text comes back as text wherever it is read.
            options = {"compression": "zstd", "store_schema": False}
            writer.append(pq.ParquetWriter(unfinished, rows.schema, **options))
        writer[0].write_table(rows)

    try:
        yield write
        writer[0].close()
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def parser() -> argparse.ArgumentParser:
    """The command's options."""
    made = argparse.ArgumentParser(
        prog="python -m benchmarks.country.making",
        description="A synthetic region or country as Parquet, from a seed. Nobody in it exists.",
    )
    made.add_argument("folder", type=Path, nargs="?", help="where to write; it is made")
    made.add_argument("--patients", type=_count(FEWEST, MOST), default=FEWEST, metavar="N",
                      help=f"{FEWEST:,} to {MOST:,} (default: {FEWEST:,})")  # fmt: skip
    made.add_argument("--physicians", type=_count(10, 100_000), metavar="N",
                      help="default: as many a patient as in the country")  # fmt: skip
    made.add_argument("--units", type=_count(1, 10_000), metavar="N",
                      help="default: as many a patient as in the country")  # fmt: skip
    made.add_argument("--seed", type=_count(0, 2**32), default=1, metavar="N")
    made.add_argument("--on", type=_day, default=date(2024, 10, 1), metavar="DATE",
                      help="the day on which ages and trainings are as drawn")  # fmt: skip
    made.add_argument("--unknown", type=_share, default=0.0, metavar="SHARE",
                      help="share of each fact that is not known (default: 0)")  # fmt: skip
    made.add_argument("--listed", type=_share, metavar="SHARE",
                      help="share of patients with an FLK (default: the sources' own)")  # fmt: skip
    made.add_argument("--birth-dates", action="store_true", help="birth dates instead of ages")
    made.add_argument("--figures", action="store_true",
                      help="print every number behind the people and its basis")  # fmt: skip
    return made


def country_of(options: argparse.Namespace) -> Country:
    """What the options ask for."""
    given = {
        name: value
        for name in ("physicians", "units")
        if (value := getattr(options, name)) is not None
    }
    return Country(
        patients=options.patients, seed=options.seed, on=options.on, unknown=options.unknown,
        listed=options.listed, birth_dates=options.birth_dates, **given,
    )  # fmt: skip


def _count(least: int, most: int) -> object:
    def read(text: str) -> int:
        number = int(text.replace("_", "")) if text.replace("_", "").isdecimal() else -1
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"expected {least:,} to {most:,}, found {text!r}")
        return number

    return read


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"expected a share from 0 to 1, found {text!r}")
    return share


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not 2000 <= day.year <= 2100:
        raise argparse.ArgumentTypeError(f"expected a date like 2024-10-01, found {text!r}")
    return day


def main(arguments: list[str] | None = None) -> int:
    """Writes the country, or prints its numbers; 0 where it went well."""
    made = parser()
    options = made.parse_args(arguments)
    if options.figures:
        print(table(["number", "value", "unit", "basis", "where, and how it was read"], as_rows()))
        return 0
    if options.folder is None:
        made.error("expected a folder to write to")
    country = country_of(options)
    try:
        make(country, options.folder)
    except Unmade as error:
        print(error, file=sys.stderr)
        return 1
    print(
        f"{options.folder}: {country.patients:,} patients, {country.physicians:,} physicians, "
        f"{country.units:,} units"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
