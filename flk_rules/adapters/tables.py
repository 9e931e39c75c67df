"""CSV rosters.

As spreadsheets write them: commas, semicolons or tabs, with or without a byte order mark, decimal
commas where semicolons part the columns. Columns are named by a fact's dotted name, by it without
its subject, or by its Swedish or English label.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

from attrs import frozen

from flk_rules.adapters.records import MAX_CELL, Records, filled, open_records
from flk_rules.adapters.rows import Expected, Place, Row
from flk_rules.errors import Problem, RosterInvalid, nearest, shown
from flk_rules.facts.cells import CellReader, cell_reader, read_day
from flk_rules.facts.headings import column_names, normal
from flk_rules.facts.validating import Rejected
from flk_rules.model.schema import Schema


@frozen
class _Column:
    """A column that is read: what it is, as the file calls it, and how."""

    name: str
    heading: str
    read: CellReader


def read_csv(
    name: str, text: str, schema: Schema, expected: Expected, subject: str
) -> tuple[list[Row], tuple[str, ...]]:
    """The rows of a CSV table and its headings.

    Raises `RosterInvalid` with all that is wrong with the heading, `FileUnreadable` for a
    quotation mark that is never closed.
    """
    records, header = open_records(name, text)
    decimal_comma = records.delimiter != ","
    columns = _columns(name, header, schema, expected, subject, decimal_comma=decimal_comma)
    return _rows(records, columns, subject), tuple(header[: len(columns)])


def _rows(records: Records, columns: list[_Column | None], subject: str) -> list[Row]:
    headings = {column.name: column.heading for column in columns if column}
    subjects = list(dict.fromkeys(name.partition(".")[0] for name in headings))
    rows: list[Row] = []
    while True:
        line, cells = records.next()
        if cells is None:
            return rows
        place = Place(records.name, len(rows) + 1, line)
        where = str(place)
        if isinstance(cells, str):
            rows.append(Row((place,), {}, (Problem(where, cells),)))
        elif not (width := filled(cells)):
            continue
        elif len(cells) < len(columns) or width > len(columns):
            message = f"expected {len(columns)} cells as the heading has, found {len(cells)}"
            rows.append(Row((place,), {}, (Problem(where, message),)))
        else:
            read: dict[str, Any] = {each: {} for each in subjects}
            problems = tuple(_read(where, columns, cells, read))
            # Nobody is named or described there, so the answer is one for any such subject.
            given = {key: value for key, value in read.items() if value or key == subject}
            rows.append(Row((place,), given, problems, headings))


def _read(
    where: str, columns: list[_Column | None], cells: list[str], into: dict[str, Any]
) -> list[Problem]:
    problems: list[Problem] = []
    for column, cell in zip(columns, cells, strict=False):
        if column is None or not cell.strip():
            continue
        *tables, key = column.name.split(".")
        table = into
        for each in tables:
            table = table.setdefault(each, {})
        try:
            if len(cell) > MAX_CELL:
                raise Rejected(f"expected at most {MAX_CELL:,} characters, found {len(cell):,}")
            table[key] = column.read(cell)
        except Rejected as error:
            problems.append(Problem(f"{where} {column.heading}", str(error)))
    return problems


def _columns(
    name: str,
    header: list[str],
    schema: Schema,
    expected: Expected,
    subject: str,
    *,
    decimal_comma: bool,
) -> list[_Column | None]:
    """The columns, None where one is passed over; raises `RosterInvalid` with all mistakes."""
    names = column_names(schema, expected.subjects, subject)
    ignored = {normal(each) for each in expected.ignored}
    problems: list[Problem] = []
    columns: list[_Column | None] = []
    for number, heading in enumerate(header[: filled(header)], 1):
        where, text = f"{name} column {number}", normal(heading)
        found = names.get(text)
        if text in ignored:
            columns.append(None)
        elif found is not None:
            spec = schema.facts.get(found)
            read = (
                cell_reader(spec, schema, decimal_comma=decimal_comma)
                if spec
                else read_day if schema.inputs[found].is_date else str.strip
            )  # fmt: skip
            columns.append(_Column(found, " ".join(heading.split()), read))
        elif not text:
            problems.append(Problem(where, "the column has no heading"))
        else:
            hint = nearest(text, names) or "; remove it, or pass it over (--ignore-column)"
            problems.append(Problem(where, f"unknown column {shown(heading)}{hint}"))
    problems += _doubled(name, columns)
    found_names = {column.name for column in columns if column}
    problems += _missing(name, found_names, schema, expected, subject)
    if problems:
        raise RosterInvalid(problems)
    return columns


def _doubled(name: str, columns: list[_Column | None]) -> list[Problem]:
    numbered = [(number, each) for number, each in enumerate(columns, 1) if each]
    by_name = sorted(numbered, key=lambda each: each[1].name)
    problems: list[Problem] = []
    for fact, group in groupby(by_name, key=lambda each: each[1].name):
        same = [f"{number} ({shown(each.heading)})" for number, each in group]
        if len(same) > 1:
            listed = f"{', '.join(same[:-1])} and {same[-1]}"
            count = "both" if len(same) == 2 else "all"
            problems.append(Problem(name, f"columns {listed} are {count} {fact}; keep one"))
    return problems


def _missing(
    name: str, columns: set[str], schema: Schema, expected: Expected, subject: str
) -> list[Problem]:
    given = {subject, *(column.partition(".")[0] for column in columns)}
    problems: list[Problem] = []
    for fact in sorted(expected.columns - columns):
        spec = schema.facts[fact]
        derived = spec.derived.inputs if spec.derived else ()
        if spec.subject in given and not (derived and columns.issuperset(derived)):
            ways = " or ".join([fact, *([" and ".join(derived)] if derived else [])])
            message = (
                f"no column for {ways} ('{spec.sv}'); add it and leave cells empty where it is "
                "not known, or do without it (--allow-missing-columns)"
            )
            problems.append(Problem(name, message))
    return problems
