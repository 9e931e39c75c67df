"""JSON and TOML rosters.

A list of rows, or physicians and patients apart, which are then paired each with each.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, NoReturn

from flk_rules.errors import FileUnreadable, Problem, RosterInvalid, shown
from flk_rules.loading.files import MAX_BYTES as MAX_TOML_BYTES
from flk_rules.loading.files import parse_toml

Placed = Iterator[tuple[str, dict[str, Any]]]


def read_json(name: str, text: str, subjects: tuple[str, ...], subject: str) -> Placed:
    """Rows of one JSON document."""
    return iter(_rows(name, _parse(name, text), subjects, subject))


def read_json_lines(name: str, text: str, subjects: tuple[str, ...], subject: str) -> Placed:
    """Rows of JSON objects, one a line; empty lines are passed over."""
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            value = _parse(f"{name}:{number}", line)
            rows.append((f"{name}:{number}", _row(f"{name}:{number}", value, subjects, subject)))
    return iter(rows)


def read_toml_rows(name: str, text: str, subjects: tuple[str, ...], subject: str) -> Placed:
    """Rows of one TOML document."""
    if len(text) > MAX_TOML_BYTES:
        raise FileUnreadable(
            name, f"larger than {MAX_TOML_BYTES:,} bytes; use CSV or JSON lines for a long roster"
        )
    return iter(_rows(name, parse_toml(name, text), subjects, subject))


def _parse(name: str, text: str) -> Any:
    def constant(value: str) -> NoReturn:
        raise FileUnreadable(name, f"{value} is no number; leave out what is not known")

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                raise FileUnreadable(name, f"the key {shown(key)} is there twice in one object")
            found[key] = value
        return found

    try:
        return json.loads(text, parse_constant=constant, object_pairs_hook=members)
    except json.JSONDecodeError as error:
        place = f"{name}:{error.lineno}" if "\n" in text else name
        raise FileUnreadable(
            place, f"not JSON at column {error.colno}: {error.msg.lower()}"
        ) from None
    except RecursionError:
        raise FileUnreadable(name, "not JSON we read: values nest too deep") from None
    except ValueError:
        raise FileUnreadable(name, "not JSON we read: a number has too many digits") from None


def _rows(
    name: str, document: Any, subjects: tuple[str, ...], subject: str
) -> list[tuple[str, dict[str, Any]]]:
    if isinstance(document, list):
        return [
            (f"{name} row {number}", _row(f"{name} row {number}", value, subjects, subject))
            for number, value in enumerate(document, 1)
        ]
    if not isinstance(document, Mapping):
        _refuse(name, f"expected a list of rows or a table of subjects, found {shown(document)}")
    lists: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for each in subjects:
        found = [document[key] for key in (each, f"{each}s") if key in document]
        if not found:
            continue
        values = found[0] if isinstance(found[0], list) else [found[0]]
        lists[each] = [
            (f"{each} {number}", _table(f"{name} {each} {number}", value))
            for number, value in enumerate(values, 1)
        ]
    known = {key for each in subjects for key in (each, f"{each}s")}
    extra = sorted(set(document) - known)
    if extra or not lists:
        listed = " and ".join(f"'{each}s'" for each in subjects)
        found_text = ", ".join(shown(each) for each in extra) or "nothing"
        _refuse(name, f"expected {listed}, found {found_text}")
    return [
        (
            f"{name} {' with '.join(place for place, _ in combination)}",
            {each: value for each, (_, value) in zip(lists, combination, strict=True)},
        )
        for combination in product(*lists.values())
    ]


def _row(where: str, value: Any, subjects: tuple[str, ...], subject: str) -> dict[str, Any]:
    """A row names its subjects, or is itself the one that the file is about."""
    table = _table(where, value)
    if table and set(table) <= set(subjects):
        return {key: _table(f"{where} {key}", each) for key, each in table.items()}
    return {subject: table}


def _table(where: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        _refuse(where, f"expected an object, found {shown(value)}")
    return dict(value)


def _refuse(where: str, message: str) -> NoReturn:
    raise RosterInvalid([Problem(where, message)])
