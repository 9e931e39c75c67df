"""a country side by side.

``python -m benchmarks.country``: every patient's eligibility and priority, with outcome and
deciding rules, several ways in one run on the same files. Each measurement is a process of its own;
ways take turns, and ratios are taken within a turn.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

import duckdb

from benchmarks.country.asking import QUESTIONS, compiled, connected
from benchmarks.country.by_hand import BY_HAND
from benchmarks.country.making import MOST, make
from benchmarks.country.people import Country
from benchmarks.tables import table

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "benchmarks" / "README.md"
BEGIN, END = "<!-- country -->", "<!-- end of country -->"
SMALL = 1_000_000
PHYSICIANS = 9_000
UNKNOWN = 0.02
FEWER = 3
"""Rounds at the most of what is asked besides ours and SQL by hand."""
LOOPED = 20_000
"""Patients that the loop is timed on; a country is reckoned from them."""


class Took(NamedTuple):
    """What one way took: rows, seconds, seconds of the processor, MiB at the most."""

    rows: int
    seconds: float
    processor: float
    mebibytes: float


def took(way: str, question: str, folder: Path, rows: int, threads: int) -> Took:
    """One way in a process of its own."""
    arguments = [way, question, str(folder), str(rows), str(threads)]
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.country.asking", *arguments],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if ran.returncode:
        raise SystemExit(f"{way}, {question}: {ran.stderr[-2000:]}")
    return Took(**json.loads(ran.stdout))


def turns(
    ways: Sequence[str], question: str, folder: Path, rows: int, threads: int, rounds: int
) -> dict[str, list[Took]]:
    """Each way as often as there are rounds, each round beginning with another."""
    found: dict[str, list[Took]] = {way: [] for way in ways}
    for number in range(rounds):
        for way in (*ways[number % len(ways) :], *ways[: number % len(ways)]):
            found[way].append(took(way, question, folder, rows, threads))
            print(f"  {question} {rows:,} {way}: {found[way][-1].processor:.1f} s", file=sys.stderr)
    return found


def same(question: str, folder: Path, threads: int) -> int:
    """How many answers SQL by hand and our SQL give, which must be the same ones."""
    digests = []
    for sql in (BY_HAND[question], compiled(question, folder)):
        whole = f"""SELECT count(*), bit_xor(hash("patient.id", outcome, grounds)) FROM ({sql})"""
        digests.append(connected(folder, None, threads).execute(whole).fetchone())
    if digests[0] != digests[1]:
        raise SystemExit(f"{question}: SQL by hand gives {digests[0]}, ours {digests[1]}")
    return int(digests[0][0])


def spread(values: Sequence[float], form: str = ".2f") -> str:
    """Median and, in brackets, least and greatest."""
    return f"{median(values):{form}} ({min(values):{form}}-{max(values):{form}})"


def ratios(ours: Sequence[Took], other: Sequence[Took], of: Callable[[Took], float]) -> list[float]:
    """How many times as long as ours the other way took a row, turn by turn."""
    return [
        (of(theirs) / theirs.rows) / (of(mine) / mine.rows)
        for mine, theirs in zip(ours, other, strict=False)
    ]


NAMES = {
    "ours": "flk_rules, SQL compiled from the rules",
    "hand": "SQL by hand",
    "table": "flk_rules, decide_table, Arrow in memory",
    "batch": "flk batch, into files",
    "openfisca": "OpenFisca-Core, vectorised",
    "loop": "flk_rules, decide in a loop",
}


def side_by_side(question: str, found: dict[str, list[Took]], patients: int) -> str:
    """The table of one question."""
    rows = []
    for way, each in found.items():
        scale = patients / each[0].rows
        rows.append([
            NAMES[way],
            f"{each[0].rows:,}",
            spread([one.processor * scale for one in each], ".1f"),
            spread([one.seconds * scale for one in each], ".1f"),
            f"{max(one.mebibytes for one in each):,.0f}",
            "" if way == "ours"
            else spread(ratios(found["ours"], each, lambda one: one.processor)),
        ])  # fmt: skip
    head = [question, "rows asked", f"processor s for {patients:,}", "s on the clock",
            "MiB at most", "times as long as ours"]  # fmt: skip
    return table(head, rows)


def growth(question: str, small: dict[str, list[Took]], large: dict[str, list[Took]]) -> list[str]:
    """How one question grows with rows."""
    few, many = small["ours"], large["ours"]
    times = [big.processor / less.processor for less, big in zip(few, many, strict=False)]
    return [
        question,
        f"{few[0].rows:,}",
        f"{many[0].rows:,}",
        f"{many[0].rows / few[0].rows:.1f}",
        spread(times, ".1f"),
        f"{max(one.mebibytes for one in few):,.0f}",
        f"{max(one.mebibytes for one in many):,.0f}",
    ]


def report(options: argparse.Namespace, folder: Path) -> str:
    """Everything measured, as Markdown."""
    patients = options.patients
    big, small = folder / f"{patients}", folder / f"{min(SMALL, patients)}"
    for place, count in ((big, patients), (small, min(SMALL, patients))):
        if not place.exists():
            make(Country(patients=count, physicians=PHYSICIANS, listed=1.0, unknown=UNKNOWN), place)
    load = os.getloadavg()[0]
    parts, grown = [], []
    for question in QUESTIONS:
        count = same(question, big, options.threads)
        found = turns(("ours", "hand"), question, big, patients, options.threads, options.rounds)
        others = [way for way in options.ways if way != "openfisca" or _has_openfisca()]
        for way in others:
            rows = min(LOOPED, patients) if way == "loop" else patients
            found |= turns((way,), question, big, rows, options.threads, min(FEWER, options.rounds))
        less = turns(("ours",), question, small, SMALL, options.threads, options.rounds)
        parts.append(f"{side_by_side(question, found, patients)}\n\n{count:,} answers, ours and by "
                     "hand the same.")  # fmt: skip
        grown.append(growth(question, less, found))
    head = ["flk_rules", "rows", "rows", "times as many", "times the processor's time",
            "MiB", "MiB"]  # fmt: skip
    said = (
        f"Python {platform.python_version()}, DuckDB {duckdb.__version__}, {os.cpu_count()} cores, "
        f"{options.threads} threads, load average {load:.1f} at the start and "
        f"{os.getloadavg()[0]:.1f} at the end, {options.rounds} rounds. {patients:,} patients, "
        f"{PHYSICIANS:,} physicians, {UNKNOWN:.0%} of each fact not known."
    )
    return "\n\n".join([said, *parts, table(head, grown)])


def _has_openfisca() -> bool:
    return importlib.util.find_spec("openfisca_core") is not None


def main() -> None:
    """Prints the tables, and puts them into the README with ``--write``."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.country", description=__doc__)
    parser.add_argument("--patients", type=int, default=MOST)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--ways", nargs="*", default=["table", "batch", "openfisca", "loop"],
                        choices=["table", "batch", "openfisca", "loop"],
                        help="what is asked besides ours and SQL by hand")  # fmt: skip
    parser.add_argument("--folder", type=Path, help="keep the country here, or take it from here")
    parser.add_argument("--write", action="store_true", help="put the tables into the README")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = options.folder or Path(made)
        said = report(options, folder)
    print(said)
    if options.write:
        before, rest = README.read_text(encoding="utf-8").split(BEGIN)
        after = rest.split(END)[1]
        text = f"{before}{BEGIN}\n\n{said}\n\n{END}{after}"
        README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
