"""cases in short.

A case with columns and rows is as many cases as it has rows: each row says the facts and keys that
the columns name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from attrs import field, frozen

from flk_rules.cases.keys import COLUMNS, EXPECTATIONS, KEYS
from flk_rules.cases.shapes import mistake
from flk_rules.errors import nearest
from flk_rules.loading.structuring import found

LEFT = "?"
"""The cell of a fact that is not known, or of a key that the row does not say."""
_Mistake = tuple[str, str]


@frozen
class Part:
    """What becomes one entry: its path, its keys, where they stand; the facts of its cells by
    dotted name, None where a fact is not known, and where their columns stand."""

    at: str
    said: Mapping[str, Any]
    paths: Mapping[str, str]
    cells: Mapping[str, Any] = field(factory=dict)
    columns: Mapping[str, str] = field(factory=dict)


def row_parts(whole: Part, given: Collection[str]) -> tuple[list[Part], list[_Mistake]]:
    """The parts of a case with rows, and the mistakes in it; `given` are the keys that it has,
    those with a mistake too."""
    said = whole.said
    mistakes: list[_Mistake] = []
    for key, other in (("rows", "columns"), ("columns", "rows")):
        if key in given and other not in given:
            mistakes.append((whole.paths.get(key, whole.at), f"expected {other!r} beside {key!r}"))
    columns, rows = said.get("columns"), said.get("rows")
    if columns is None:
        return [], mistakes
    mistakes += _column_mistakes(whole, columns)
    if rows is None:
        return [], mistakes
    whole_columns = not mistakes
    kept = {key: value for key, value in said.items() if key not in ("columns", "rows")}
    places = {
        each: f"{whole.at}.columns[{number}]"
        for number, each in enumerate(columns)
        if is_fact(each)
    }
    parts = []
    for number, row in enumerate(rows):
        path = f"{whole.at}.rows[{number}]"
        wrong = list(_row_mistakes(path, columns, row))
        mistakes += wrong
        if whole_columns and not wrong:
            parts.append(_part(Part(path, kept, whole.paths, {}, places), columns, row))
    return parts, mistakes


def is_fact(column: str) -> bool:
    """Whether a column is a fact's, by its dotted name."""
    return "." in column


def _column_mistakes(whole: Part, columns: list[str]) -> Iterator[_Mistake]:
    for number, column in enumerate(columns):
        path = f"{whole.at}.columns[{number}]"
        if is_fact(column):
            continue
        if column not in COLUMNS:
            hint = nearest(column, COLUMNS)
            known = ", ".join(COLUMNS)
            wanted = f"expected a fact's dotted name, or one of {known}"
            yield path, f"no column {column!r}{hint or '; ' + wanted}"
        elif column in whole.paths and column != "name":
            yield path, f"{column!r} is said by the case, too; expected it once"


def _row_mistakes(path: str, columns: list[str], row: list[Any]) -> Iterator[_Mistake]:
    if len(row) != len(columns):
        wanted = f"expected {len(columns)} values, one for every column"
        yield path, f"{wanted}, found {len(row)}"
        return
    for number, (column, value) in enumerate(zip(columns, row, strict=True)):
        where = f"{path}[{number}]"
        if (value == LEFT and column != "name") or not (is_fact(column) or column in COLUMNS):
            continue
        if is_fact(column):
            if type(value) is dict:
                yield where, f"expected a value of {column}, found {found(value)}"
        elif (wrong := mistake(KEYS[column], value)) is not None:
            yield where, wrong


def _part(whole: Part, columns: list[str], row: list[Any]) -> Part:
    said, paths, cells = dict(whole.said), dict(whole.paths), {}
    asked: list[str] = []
    for number, (column, value) in enumerate(zip(columns, row, strict=True)):
        known = value != LEFT
        paths[column] = f"{whole.at}[{number}]"
        if is_fact(column):
            cells[column] = value if known else None
        elif known and column != "name":
            said[column] = value
        if column not in EXPECTATIONS and column not in _NAMELESS:
            asked.append(_written(value))
    label = row[columns.index("name")] if "name" in columns else ", ".join(asked)
    if "name" in said:
        said["name"] = f"{said['name']}[{label}]"
    return Part(whole.at, said, paths, cells, whole.columns)


_NAMELESS = ("name", "why", "error", "at", "says")


def _written(value: Any) -> str:
    """A cell as it stands in the name of its case."""
    match value:
        case bool():
            return str(value).lower()
        case date():
            return value.isoformat()
        case list():
            return "+".join(_written(each) for each in value) or "none"
    return str(value)
