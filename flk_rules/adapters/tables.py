"""CSV rosters.

As spreadsheets write them: commas, semicolons or tabs, with or without a byte order mark, decimal
commas where semicolons part the columns. Columns are named by a fact's dotted name, by it without
its subject, or by its Swedish or English label.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from flk_rules.adapters.cells import CellReader, cell_reader, normal
from flk_rules.errors import FileUnreadable, Problem, RosterInvalid, nearest, shown
from flk_rules.facts.validating import Rejected
from flk_rules.model.schema import Schema

if TYPE_CHECKING:
    from flk_rules.adapters.roster import Expected

MAX_CELL = 10_000
"""Characters a cell may have."""
_DELIMITERS = ";,\t"

TableRow = tuple[str, dict[str, Any], tuple[Problem, ...]]


def read_csv(
    name: str, text: str, schema: Schema, expected: Expected, subject: str
) -> Iterator[TableRow]:
    """Rows of a CSV table; the header is checked before the first is given."""
    first_line = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first_line.count)
    # Not splitlines: a cell may hold other line separators than the file's own.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header = _next(name, reader)
    assert header is not None  # an empty file was refused before
    columns = _columns(name, header, schema, expected, subject)
    readers = [
        cell_reader(schema.facts[column], schema, decimal_comma=delimiter != ",")
        if column in schema.facts
        else str.strip
        for column in columns
    ]
    return _rows(name, reader, columns, readers)


def _next(name: str, reader: Any) -> list[str] | None:
    try:
        return next(reader, None)
    except csv.Error as error:
        raise FileUnreadable(f"{name}:{reader.line_num}", f"not CSV: {error}") from None


def _rows(
    name: str, reader: Any, columns: list[str], readers: list[CellReader]
) -> Iterator[TableRow]:
    subjects = list(dict.fromkeys(column.partition(".")[0] for column in columns))
    number = 0
    while (cells := _next(name, reader)) is not None:
        if not any(cell.strip() for cell in cells):
            continue
        number += 1
        where = f"{name} row {number} (line {reader.line_num})"
        row: dict[str, Any] = {each: {} for each in subjects}
        if len(cells) != len(columns):
            message = f"expected {len(columns)} cells as the header has, found {len(cells)}"
            yield where, {}, (Problem(where, message),)
            continue
        problems = []
        for column, read, cell in zip(columns, readers, cells, strict=True):
            if not cell.strip():
                continue
            try:
                if len(cell) > MAX_CELL:
                    raise Rejected(f"a cell has at most {MAX_CELL} characters, found {len(cell)}")
                _put(row, column, read(cell))
            except Rejected as error:
                problems.append(Problem(f"{where} {column}", str(error)))
        yield where, row, tuple(problems)


def _put(row: dict[str, Any], column: str, value: Any) -> None:
    *tables, key = column.split(".")
    for each in tables:
        row = row.setdefault(each, {})
    row[key] = value


def _columns(
    name: str, header: list[str], schema: Schema, expected: Expected, subject: str
) -> list[str]:
    """The fact or input each column is; raises `RosterInvalid` with all that is wrong."""
    names = _names(schema, expected.subjects, subject)
    problems: list[Problem] = []
    columns: list[str] = []
    for number, heading in enumerate(header, 1):
        where = f"{name} column {number}"
        found = names.get(normal(heading))
        if found is None and not heading.strip():
            problems.append(Problem(where, "the column has no heading"))
        elif found is None:
            hint = nearest(normal(heading), names)
            problems.append(Problem(where, f"unknown column {shown(heading)}{hint}"))
        else:
            columns.append(found)
    for column, count in Counter(columns).items():
        if count > 1:
            problems.append(Problem(name, f"the column {column} is there {count} times"))
    given = {column.partition(".")[0] for column in columns}
    for fact in sorted(expected.columns):
        spec = schema.facts[fact]
        if spec.subject not in given and spec.subject != subject:
            continue
        derived = spec.derived.inputs if spec.derived else ()
        if fact in columns or (derived and all(each in columns for each in derived)):
            continue
        ways = " or ".join([fact, *([" and ".join(derived)] if derived else [])])
        problems.append(
            Problem(
                name,
                f"no column for {ways} ('{spec.sv}'); add it and leave cells empty where it is not "
                "known, or allow missing columns",
            )
        )
    if problems:
        raise RosterInvalid(problems)
    return columns


def _names(schema: Schema, subjects: tuple[str, ...], subject: str) -> Mapping[str, str]:
    names: dict[str, str] = {}
    specs = {**schema.inputs, **schema.facts}
    for each, spec in specs.items():
        if spec.subject in subjects:
            names[normal(spec.en)] = each
            names[normal(spec.sv)] = each
    for each, spec in specs.items():
        if spec.subject == subject:
            names[normal(each.removeprefix(f"{subject}."))] = each
    for each, spec in specs.items():
        if spec.subject in subjects:
            names[each] = each
    return names
