"""files in parts.

Parquet and CSV files as Arrow tables of bounded size, one after the other, so that no file has to
fit in memory and a run that was broken off goes on where it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
from attrs import field, frozen

from flk_rules.errors import FileUnreadable, shown
from flk_rules.facts.headings import DELIMITERS, parted
from flk_rules.model.schema import Schema
from flk_rules.tables.arrow import columns_of, narrowed
from flk_rules.tables.columns import Column
from flk_rules.tables.quoting import refuse_loose_marks
from flk_rules.tables.spelling import Spelling, filled, spelling_of

PARQUET, CSV = ".parquet", ".csv"
ENDINGS = (PARQUET, CSV)
_HEAD = 65_536
"""Bytes of a CSV in which its heading is looked for."""
_BLOCK = 8 * 2**20
_ROW = 100
"""Bytes that a row of a CSV is taken to have, where nothing but its size is known."""


@frozen
class Part:
    """Some rows of a file: the part's name, unique among all, and how to read them."""

    name: str
    file: str
    read: Callable[[], pa.Table]


@frozen
class Source:
    """A file, or all of a folder's, with one set of columns.

    `shown` is what messages call it.
    """

    name: str
    paths: tuple[Path, ...]
    columns: tuple[Column, ...]
    shown: str
    _spelling: Spelling = field(repr=False, eq=False)

    def parts(self, headings: Collection[str], rows: int) -> Iterator[Part]:
        """The parts, of about so many rows each, with these columns alone."""
        wanted = [each.heading for each in self.columns if each.heading in headings]
        for number, path in enumerate(self.paths):
            stem = f"{number:05}-{path.stem}"
            if path.suffix.lower() == PARQUET:
                yield from _parquet_parts(path, stem, wanted, rows)
            else:
                yield from self._csv_parts(path, stem, wanted, rows)

    def count(self, rows: int) -> int:
        """About how many parts there are, for a bar: of a CSV by its size."""
        found = 0
        for path in self.paths:
            if path.suffix.lower() == PARQUET:
                found += len(list(_parquet_parts(path, "", [], rows)))
            else:
                found += max(1, path.stat().st_size // (_ROW * rows))
        return found

    def whole(self, headings: Collection[str]) -> pa.Table:
        """Every row, for a table that is joined to each part of another."""
        tables = [each.read() for each in self.parts(headings, 1_000_000)]
        return pa.concat_tables(tables)

    def batches(
        self, headings: Collection[str], failed: list[BaseException]
    ) -> pa.RecordBatchReader:
        """Every row of these columns, one batch after the other.

        What goes wrong while another library reads them, Ctrl-C among it, is left in `failed`: it
        would say it in words of its own.
        """
        schema = next(self.parts(headings, 1)).read().schema

        def rows() -> Iterator[pa.RecordBatch]:
            try:
                for part in self.parts(headings, 500_000):
                    yield from part.read().cast(schema).to_batches()
            except (Exception, KeyboardInterrupt) as error:
                failed.append(error)
                raise

        return pa.RecordBatchReader.from_batches(schema, rows())

    def _csv_parts(self, path: Path, stem: str, wanted: list[str], rows: int) -> Iterator[Part]:
        gathered: list[pa.RecordBatch] = []
        count = number = 0
        headings = [each.heading for each in self.columns]
        names = wanted or headings  # rows without a column are none
        schema = pa.schema([(each, pa.string()) for each in names])
        lines, delimiter = _head_of(path)
        with _told(path):
            for batch in _csv_reader(path, lines, delimiter, headings):
                kept = filled(batch).select(names)
                gathered.append(kept)
                count += kept.num_rows
                if count >= rows:
                    yield self._held(path, f"{stem}-{number:05}", gathered, schema)
                    gathered, count, number = [], 0, number + 1
            if gathered or not number:
                yield self._held(path, f"{stem}-{number:05}", gathered, schema)

    def _held(
        self, path: Path, name: str, batches: list[pa.RecordBatch], schema: pa.Schema
    ) -> Part:
        table = self.spelled(pa.Table.from_batches(batches, schema))
        return Part(name, str(path), lambda: table)

    def spelled(self, table: pa.Table) -> pa.Table:
        """A table of these columns with its cells spelled in one way."""
        return self._spelling.of(table)


def open_source(
    name: str,
    given: Sequence[str | Path],
    schema: Schema,
    subjects: tuple[str, ...],
    *,
    folders: bool = True,
) -> Source:
    """The files that are given, a folder standing for the Parquet and CSV files in it, with columns
    about these subjects.

    Raises `FileUnreadable` for one that is missing, empty, cut short or in another format, and
    where the files' columns differ.
    """
    paths = tuple(path for each in given for path in _paths(Path(each), folders))
    found: list[tuple[Path, tuple[Column, ...], str]] = [(path, *_opened(path)) for path in paths]
    first, columns, delimiter = found[0]
    for path, others, mark in found[1:]:
        if sorted(others, key=str) != sorted(columns, key=str):
            differ = sorted({each.heading for each in set(columns) ^ set(others)})
            reason = f"its columns are not those of {first} (differing: {', '.join(differ)})"
            raise FileUnreadable(path, reason)
        if mark != delimiter:  # by which it is told whether decimals may have a comma
            reason = f"its columns are parted by {mark!r}, those of {first} by {delimiter!r}"
            raise FileUnreadable(path, reason)
    title = f"{given[0]} and {len(given) - 1} more" if len(given) > 1 else str(given[0])
    spelling = spelling_of(columns, schema, subjects, decimal_comma=delimiter != ",")
    return Source(name, paths, columns, title, spelling)


def _paths(path: Path, folders: bool) -> list[Path]:
    if path.is_dir() and folders:
        found = sorted(each for each in path.iterdir() if each.suffix.lower() in ENDINGS)
        if not found:
            raise FileUnreadable(path, "a folder without a Parquet or CSV file")
        return found
    if not path.is_file():
        raise FileUnreadable(path, "no such file")
    if path.suffix.lower() not in ENDINGS:
        raise FileUnreadable(path, "expected a file whose name ends in .parquet or .csv")
    return [path]


def _opened(path: Path) -> tuple[tuple[Column, ...], str]:
    """The columns of a file, and what parts them."""
    if path.suffix.lower() == PARQUET:
        with _told(path):
            schema = pq.ParquetFile(path).schema_arrow
        return tuple(columns_of(schema)), ","
    lines, delimiter = _head_of(path)
    refuse_loose_marks(path, delimiter)
    with _told(path):
        reader = _csv_reader(path, lines, delimiter, None)
    return tuple(columns_of(reader.schema, cells=True)), delimiter


def _head_of(path: Path) -> tuple[int, str]:
    """How many lines stand before the heading, and what parts the columns."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD).decode("utf-8-sig", errors="replace")
    start, delimiter = parted(head)
    lines = head[start:].splitlines()
    before = next((n for n, line in enumerate(lines) if line.strip(f' \t"{DELIMITERS}')), None)
    if before is None:
        raise FileUnreadable(path, "no heading: the first line is empty")
    return before, delimiter


def _csv_reader(path: Path, lines: int, delimiter: str, headings: list[str] | None) -> Any:
    """Every cell as text, the heading after so many lines."""
    parse = pcsv.ParseOptions(delimiter=delimiter, newlines_in_values=True)
    read = pcsv.ReadOptions(block_size=_BLOCK, skip_rows=lines)
    if headings is None:
        headings = pcsv.open_csv(path, read, parse).schema.names
    cells = pcsv.ConvertOptions(
        column_types=dict.fromkeys(headings, pa.string()),
        strings_can_be_null=True,
        null_values=[""],
    )
    return pcsv.open_csv(path, read, parse, cells)


def _parquet_parts(path: Path, stem: str, wanted: list[str], rows: int) -> Iterator[Part]:
    """Neighbouring row groups together."""
    with _told(path):
        groups = pq.ParquetFile(path).metadata
    start = 0
    count = number = 0
    for group in range(groups.num_row_groups):
        count += groups.row_group(group).num_rows
        if count >= rows or group == groups.num_row_groups - 1:
            chosen = list(range(start, group + 1))
            yield Part(f"{stem}-{number:05}", str(path), _reader(path, chosen, wanted))
            start, count, number = group + 1, 0, number + 1
    if not groups.num_row_groups:
        yield Part(f"{stem}-00000", str(path), _reader(path, [], wanted))


def _reader(path: Path, groups: list[int], wanted: list[str]) -> Callable[[], pa.Table]:
    def read() -> pa.Table:
        with _told(path):
            table = pq.ParquetFile(path).read_row_groups(groups, columns=wanted)
            return narrowed(table, wanted)

    return read


class _told:  # noqa: N801
    """What PyArrow finds wrong with a file, in our words."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, (pa.ArrowInvalid, pa.ArrowException, OSError)) and not isinstance(
            error, FileUnreadable
        ):
            raise FileUnreadable(self._path, _reason(self._path, error)) from None


def _reason(path: Path, error: BaseException) -> str:
    if path.suffix.lower() == PARQUET and path.exists():
        if path.stat().st_size == 0:
            return "an empty file"
        return "no whole Parquet file: it is cut short or damaged; fetch it again"
    said = str(error).split("\n")[0]
    if cells := re.search(r"Expected (\d+) columns, got (\d+): (.*)", said):
        expected, found, row = cells.groups()
        row = shown(row)
        return f"expected {expected} cells as the heading has, found {found} in the row {row}"
    if "UTF8" in said:
        return "not UTF-8; save it as CSV UTF-8"
    if "Empty CSV" in said:
        return "no rows, or no line end after the heading"
    return f"not CSV: {said[:1].lower()}{said[1:]}"
