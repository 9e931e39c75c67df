"""JSON and TOML rosters.

A list of rows, or physicians and patients apart, which are then paired each with each. Only what
the schema knows is walked, so that no nesting of the document is too deep.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from flk_rules.adapters.json_text import NotJson, Object, parse_json
from flk_rules.adapters.rows import Place, Row
from flk_rules.errors import FileUnreadable, Problem, RosterInvalid, nearest, shown
from flk_rules.facts.cells import CodeNames
from flk_rules.facts.validating import found
from flk_rules.loading.files import parse_toml
from flk_rules.model.schema import Schema
from flk_rules.model.values import Kind

_MAX_NAME = 200
_MAX_LIST = 1_000
_LINE_BREAK = re.compile(r"\r\n|\n|\r")


class DocumentReader:
    """Reads the lists of rows of one file; what is wrong with a row becomes the row's problem."""

    def __init__(self, name: str, schema: Schema, subjects: tuple[str, ...], subject: str) -> None:
        self._name, self._subjects, self._subject = name, subjects, subject
        self._codes = {
            fact: CodeNames(schema.codes_of(spec.type.codes))
            for fact, spec in schema.facts.items()
            if spec.type.codes
        }
        self._list_facts = {
            fact for fact, spec in schema.facts.items() if spec.type.kind is Kind.LIST
        }
        names = (*schema.facts, *schema.inputs)
        self._keys = {name.split(".")[1] for name in names if name.startswith(f"{subject}.")}
        self._tables = {
            ".".join(parts[:end])
            for fact in names
            for parts in [fact.split(".")]
            for end in range(1, len(parts))
        }

    def json(self, text: str) -> list[list[Row]]:
        """The rows of one JSON document."""
        try:
            return self._lists(parse_json(text))
        except NotJson as error:
            raise FileUnreadable(f"{self._name}:{error.line}", error.reason) from None

    def json_lines(self, text: str) -> list[list[Row]]:
        """The rows of JSON objects, one a line; empty lines are passed over."""
        rows: list[Row] = []
        # Not splitlines: a JSON string may hold other line separators than the file's own.
        for line, content in enumerate(_LINE_BREAK.split(text), 1):
            if content.strip():
                place = Place(self._name, len(rows) + 1, line)
                try:
                    rows.append(self._row(place, parse_json(content)))
                except NotJson as error:
                    rows.append(Row((place,), {}, (Problem(str(place), error.reason),)))
        return [rows]

    def toml(self, text: str) -> list[list[Row]]:
        """The rows of one TOML document."""
        return self._lists(parse_toml(self._name, text))

    def _lists(self, document: Any) -> list[list[Row]]:
        name = self._name
        if isinstance(document, list):
            return [[self._row(Place(name, n), each) for n, each in enumerate(document, 1)]]
        if not isinstance(document, Mapping):
            message = f"expected a list of rows or a table of subjects, found {found(document)}"
            raise RosterInvalid([Problem(name, message)])
        keys = {key: each for each in self._subjects for key in (each, f"{each}s")}
        listed = " and ".join(f"'{each}s'" for each in self._subjects)
        expected = f"expected {listed}, or a list of rows"
        if self._flat({key for key in document if key not in keys}, document):
            there = f"found the facts of one {self._subject}"
            remedy = f"put them in a list, or under '{self._subject}'"
            raise RosterInvalid([Problem(name, f"{expected}, {there}; {remedy}")])
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
                self._row(Place(name, number, subject=subject), {subject: row})
                for number, row in enumerate(rows, 1)
            ]
        if not lists:
            problems.append(Problem(name, expected))
        if problems:
            raise RosterInvalid(problems)
        return list(lists.values())

    def _row(self, place: Place, value: Any) -> Row:
        """A row names its subjects, or its keys are those of the one that the file is about, with
        or without the other subjects beside them."""
        where = str(place)
        if not isinstance(value, Mapping):
            problem = Problem(where, f"expected an object, found {found(value)}")
            return Row((place,), {}, (problem,))
        named = {key: each for key, each in value.items() if key in self._subjects}
        rest = {key: each for key, each in value.items() if key not in named}
        subjects: Mapping[str, Any] = value
        if not named:
            subjects = {self._subject: value}
        elif self._flat(rest.keys(), value):
            subjects = {self._subject: rest, **named}
        problems = self._doubled(value, where) if named else []
        read = {key: self._named(each, key, where, problems) for key, each in subjects.items()}
        return Row((place,), read, tuple(problems))

    def _flat(self, keys: Collection[str], beside: Mapping[str, Any]) -> bool:
        """Whether the keys are facts of the one that the file is about, who is not named."""
        named = {self._subject, f"{self._subject}s"}
        return named.isdisjoint(beside) and not self._keys.isdisjoint(keys)

    def _named(self, value: Any, path: str, where: str, problems: list[Problem]) -> Any:
        """The same value with names of codes replaced by their ids; all else is left for intake."""
        if path in self._tables and isinstance(value, Mapping):
            problems += self._doubled(value, f"{where} {path}")
            return {
                key: self._named(each, f"{path}.{key}", where, problems)
                for key, each in value.items()
            }
        # What intake will refuse stays as it was written, for its message.
        if path not in self._codes or (path in self._list_facts) != isinstance(value, list):
            return value
        if not isinstance(value, list):
            return _code(value, self._codes[path])
        short = len(value) <= _MAX_LIST
        return [_code(each, self._codes[path]) for each in value] if short else value

    def _doubled(self, value: Mapping[str, Any], where: str) -> list[Problem]:
        keys = value.doubled if isinstance(value, Object) else ()
        return [Problem(where, f"the key {shown(key)} is there twice") for key in keys]


def _code(value: Any, names: CodeNames) -> Any:
    short = isinstance(value, str) and len(value) <= _MAX_NAME
    return (names.find(value) or value) if short else value
