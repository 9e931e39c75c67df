"""JSON and TOML rosters.

A list of rows, or physicians and patients apart, which are then paired each with each. Only what
the schema knows is walked, so that no nesting of the document is too deep.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from flk_rules.adapters.cells import CodeNames
from flk_rules.adapters.rows import Row
from flk_rules.errors import FileUnreadable, Problem, RosterInvalid, nearest, shown
from flk_rules.facts.validating import found
from flk_rules.loading.files import MAX_BYTES as MAX_TOML_BYTES
from flk_rules.loading.files import parse_toml
from flk_rules.model.schema import Schema

_MAX_NAME = 200
_MAX_LIST = 1_000
_LINE_BREAK = re.compile(r"\r\n|\n|\r")
_MANY_DIGITS = re.compile(r"[0-9]{4301}")


class _Object(dict[str, Any]):
    """A JSON object and the keys that it had more than once."""

    doubled: tuple[str, ...] = ()


class _NotJson(Exception):
    def __init__(self, line: int, reason: str) -> None:
        self.line, self.reason = line, reason


class DocumentReader:
    """Reads the lists of rows of one file; what is wrong with a row becomes the row's problem."""

    def __init__(self, name: str, schema: Schema, subjects: tuple[str, ...], subject: str) -> None:
        self._name, self._subjects, self._subject = name, subjects, subject
        self._codes = {
            fact: CodeNames(schema.codes_of(spec.type.codes))
            for fact, spec in schema.facts.items()
            if spec.type.codes
        }
        self._tables = {
            ".".join(parts[:end])
            for fact in (*schema.facts, *schema.inputs)
            for parts in [fact.split(".")]
            for end in range(1, len(parts))
        }

    def json(self, text: str) -> list[list[Row]]:
        """The rows of one JSON document."""
        try:
            return self._lists(_parse(text))
        except _NotJson as error:
            raise FileUnreadable(f"{self._name}:{error.line}", error.reason) from None

    def json_lines(self, text: str) -> list[list[Row]]:
        """The rows of JSON objects, one a line; empty lines are passed over."""
        rows: list[Row] = []
        # Not splitlines: a JSON string may hold other line separators than the file's own.
        for line, content in enumerate(_LINE_BREAK.split(text), 1):
            if content.strip():
                where = f"{self._name} row {len(rows) + 1} (line {line})"
                try:
                    rows.append(self._row(where, _parse(content)))
                except _NotJson as error:
                    rows.append(Row(where, {}, (Problem(where, error.reason),)))
        return [rows]

    def toml(self, text: str) -> list[list[Row]]:
        """The rows of one TOML document."""
        if len(text) > MAX_TOML_BYTES:
            reason = (
                f"larger than {MAX_TOML_BYTES:,} bytes; use CSV or JSON lines for a long roster"
            )
            raise FileUnreadable(self._name, reason)
        return self._lists(parse_toml(self._name, text))

    def _lists(self, document: Any) -> list[list[Row]]:
        name = self._name
        if isinstance(document, list):
            return [[self._row(f"{name} row {n}", each) for n, each in enumerate(document, 1)]]
        if not isinstance(document, Mapping):
            message = f"expected a list of rows or a table of subjects, found {found(document)}"
            raise RosterInvalid([Problem(name, message)])
        keys = {key: each for each in self._subjects for key in (each, f"{each}s")}
        problems = self._doubled(document, name)
        problems += [
            Problem(name, f"unknown key {shown(key)}{nearest(key, keys)}")
            for key in document
            if key not in keys
        ]
        lists: dict[str, list[Row]] = {}
        for key, subject in keys.items():
            if key not in document:
                continue
            if subject in lists:
                problems.append(Problem(name, f"both {subject!r} and {key!r}; give one"))
            content = document[key]
            rows = content if isinstance(content, list) else [content]
            lists[subject] = [
                self._row(f"{name} {subject} {number}", {subject: row})
                for number, row in enumerate(rows, 1)
            ]
        if not lists:
            listed = " and ".join(f"'{each}s'" for each in self._subjects)
            problems.append(Problem(name, f"expected {listed}, or a list of rows"))
        if problems:
            raise RosterInvalid(problems)
        return list(lists.values())

    def _row(self, where: str, value: Any) -> Row:
        """A row names its subjects, or is itself the one that the file is about."""
        if not isinstance(value, Mapping):
            return Row(where, {}, (Problem(where, f"expected an object, found {found(value)}"),))
        named = not value.keys().isdisjoint(self._subjects)
        subjects: Mapping[str, Any] = value if named else {self._subject: value}
        problems = self._doubled(value, where) if named else []
        read = {key: self._named(each, key, where, problems) for key, each in subjects.items()}
        return Row(where, read, tuple(problems))

    def _named(self, value: Any, path: str, where: str, problems: list[Problem]) -> Any:
        """The same value with names of codes replaced by their ids; all else is left for intake."""
        if path in self._tables and isinstance(value, Mapping):
            problems += self._doubled(value, f"{where} {path}")
            return {
                key: self._named(each, f"{path}.{key}", where, problems)
                for key, each in value.items()
            }
        if path not in self._codes:
            return value
        if isinstance(value, list) and len(value) <= _MAX_LIST:
            return [_code(each, self._codes[path]) for each in value]
        return _code(value, self._codes[path])

    def _doubled(self, value: Mapping[str, Any], where: str) -> list[Problem]:
        keys = value.doubled if isinstance(value, _Object) else ()
        return [Problem(where, f"the key {shown(key)} is there twice") for key in keys]


def _code(value: Any, names: CodeNames) -> Any:
    short = isinstance(value, str) and len(value) <= _MAX_NAME
    return (names.find(value) or value) if short else value


def _members(pairs: list[tuple[str, Any]]) -> _Object:
    read = _Object(pairs)
    if len(read) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        read.doubled = tuple(key for key, count in counts.items() if count > 1)
    return read


def _parse(text: str) -> Any:
    """The JSON value. Numbers that are none (NaN, 1e999) are left for intake, which has a place
    for its message."""
    try:
        return json.loads(text, object_pairs_hook=_members)
    except json.JSONDecodeError as error:
        reason = f"not JSON at column {error.colno}: {error.msg.lower()}"
        raise _NotJson(error.lineno, reason) from None
    except RecursionError:
        raise _NotJson(1, "not JSON we read: values nest too deep") from None
    except ValueError:
        # Python refuses to read so long an integer, and does not say where it stands.
        at = _MANY_DIGITS.search(text)
        line = text.count("\n", 0, at.start()) + 1 if at else 1
        raise _NotJson(line, "not JSON we read: a number has too many digits") from None
