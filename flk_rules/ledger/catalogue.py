"""catalogue of statements.

Reads `catalogue.toml`, which lies beside the folders of the shipped rulesets and belongs to none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from flk_rules.errors import Problem, nearest, shown
from flk_rules.loading.files import MAX_BYTES, invalid, parse_toml, read_text
from flk_rules.loading.finder import shipped
from flk_rules.loading.lines import index_lines
from flk_rules.loading.structuring import found, structure_entry
from flk_rules.model.rules import Text

FILE = "catalogue.toml"


@frozen(kw_only=True)
class Computed:
    """What no rule holds but a computation does: the modules, and the tests that show it."""

    statement: str
    by: tuple[str, ...]
    tests: tuple[str, ...]


@frozen(kw_only=True)
class Statement:
    """A statement of the sources with a short name of our own."""

    id: str
    title: Text
    computed: Computed | None = None
    struck_out: Text | None = None


@frozen(kw_only=True)
class Part:
    """Statements on one subject; their ids begin with the part's letter."""

    id: str
    title: Text
    statements: tuple[Statement, ...]


@frozen
class Catalogue:
    """The parts in order."""

    parts: tuple[Part, ...]

    @property
    def statements(self) -> Mapping[str, Statement]:
        """Every statement by id, in order."""
        return {each.id: each for part in self.parts for each in part.statements}


@frozen(kw_only=True)
class _StatementEntry:
    id: str
    sv: str
    en: str


@frozen(kw_only=True)
class _PartEntry:
    id: str
    title: Text
    statement: tuple[_StatementEntry, ...]


@frozen(kw_only=True)
class _StruckOut:
    statement: str
    because: Text


_SHAPES: Mapping[str, type] = {"part": _PartEntry, "computed": Computed, "struck_out": _StruckOut}


def read_catalogue(path: Path | None = None) -> Catalogue:
    """The shipped catalogue, or the one in a file.

    Raises:
        FileUnreadable: missing, empty, not UTF-8 or not TOML.
        RulesetInvalid: every mistake in it, with its line.
    """
    path = shipped() / FILE if path is None else path
    text = read_text(path, MAX_BYTES)
    reader = _Reader(parse_toml(path, text))
    if reader.problems:
        lines = index_lines(text)
        places = ((lines.near(each.where), each) for each in reader.problems)
        raise invalid(
            Problem(
                f"{path}:{line}: {each.where}" if line else f"{path}: {each.where}", each.message
            )
            for line, each in places
        )
    return Catalogue(tuple(reader.parts))


@frozen
class _Reader:
    """Reads on after a mistake, so that all of them show."""

    raw: Mapping[str, Any]
    problems: list[Problem] = field(factory=list, init=False)
    parts: list[Part] = field(factory=list, init=False)

    def __attrs_post_init__(self) -> None:
        for key in self.raw:
            if key not in _SHAPES:
                hint = f"{nearest(key, _SHAPES)} (known: {', '.join(_SHAPES)})"
                self._tell(key, f"unknown key {key!r}{hint}")
        for where, entry in self._entries("part"):
            self.parts.append(self._part(entry, where))
        computed = dict(self._by_statement("computed"))
        struck_out = dict(self._by_statement("struck_out"))
        for each in sorted(computed.keys() & struck_out.keys()):
            self._tell(struck_out[each][0], f"{each} is computed, too; keep one of the two")
        for number, part in enumerate(self.parts):
            statements = (
                evolve(
                    each,
                    computed=computed[each.id][1] if each.id in computed else None,
                    struck_out=struck_out[each.id][1].because if each.id in struck_out else None,
                )
                for each in part.statements
            )
            self.parts[number] = evolve(part, statements=tuple(statements))

    def _tell(self, where: str, message: str) -> None:
        self.problems.append(Problem(where, message))

    def _entries(self, table: str) -> Iterator[tuple[str, Any]]:
        listed = self.raw.get(table, [])
        if type(listed) is not list:
            message = f"expected a list of tables, each headed [[{table}]], found {found(listed)}"
            self._tell(table, message)
            return
        for number, each in enumerate(listed):
            where = f"{table}[{number}]"
            entry = structure_entry(each, _SHAPES[table], where, self.problems)
            if entry is not None:
                yield where, entry

    def _part(self, entry: _PartEntry, where: str) -> Part:
        statements: dict[str, Statement] = {}
        for number, each in enumerate(entry.statement):
            place = f"{where}.statement[{number}].id"
            if not re.fullmatch(rf"{re.escape(entry.id)}[1-9][0-9]*", each.id):
                self._tell(place, f"expected {entry.id} and a number, found {shown(each.id)}")
            elif each.id in statements or any(each.id in self._ids(part) for part in self.parts):
                self._tell(place, f"the statement {each.id} is there already")
            statements[each.id] = Statement(id=each.id, title=Text(sv=each.sv, en=each.en))
        return Part(id=entry.id, title=entry.title, statements=tuple(statements.values()))

    def _by_statement(self, table: str) -> Iterator[tuple[str, tuple[str, Any]]]:
        known = {each for part in self.parts for each in self._ids(part)}
        said: set[str] = set()
        for where, entry in self._entries(table):
            if entry.statement not in known:
                hint = nearest(entry.statement, known)
                self._tell(
                    f"{where}.statement", f"no statement called {shown(entry.statement)}{hint}"
                )
            elif entry.statement in said:
                self._tell(f"{where}.statement", f"{entry.statement} is there already")
            else:
                said.add(entry.statement)
                yield entry.statement, (where, entry)

    @staticmethod
    def _ids(part: Part) -> set[str]:
        return {each.id for each in part.statements}
