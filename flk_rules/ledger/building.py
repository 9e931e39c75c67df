"""statements beside rules.

Joins the catalogue, what the rulesets say and what the tests decide, and finds the holes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from attrs import frozen

from flk_rules.errors import Problem
from flk_rules.ledger.catalogue import Catalogue, Part, Statement, read_catalogue
from flk_rules.ledger.items import Item, read_items, read_layers
from flk_rules.ledger.witnesses import Witnesses

SAYING = ("rule", "parameter", "set", "definition", "codes")
"""Kinds of entries that say what a statement says; a question only asks, a change only changes."""
CITING = ("question", "rule", "replace", "disable", "demote", "parameter", "set")
"""Kinds of entries that cite a statement, always."""

SHOWN = ("rule", "replace", "disable", "demote", "parameter", "set")
"""Kinds of entries that can alter an answer, and so need a test."""


@frozen
class Line:
    """A statement, the entries that cite it, and the tests of these."""

    statement: Statement
    items: tuple[Item, ...]
    tests: tuple[str, ...]


@frozen
class Ledger:
    """The lines of the catalogue in order, and every entry with its tests.

    `tests` is the folder that they were looked for in; without one nothing is known of tests.
    """

    catalogue: Catalogue
    lines: Mapping[str, Line]
    items: Mapping[Item, tuple[str, ...]]
    tests: Path | None

    def of(self, part: Part) -> tuple[Line, ...]:
        """The lines of one part."""
        return tuple(self.lines[each.id] for each in part.statements)

    def holes(self) -> tuple[Problem, ...]:
        """What is missing on either side; empty in a ledger that is whole."""
        return (*self._unsaid(), *self._uncited(), *self._unshown())

    def _unsaid(self) -> Iterator[Problem]:
        for name, line in self.lines.items():
            said = [each for each in line.items if each.kind in SAYING]
            if line.statement.struck_out and line.items:
                yield Problem(name, f"struck out, and yet cited by {line.items[0].id}")
            elif not (said or line.statement.computed or line.statement.struck_out):
                yield Problem(name, "nothing says it or computes it, and it is not struck out")
            if self.tests is not None:
                yield from self._unproved(name, line)

    def _unproved(self, name: str, line: Line) -> Iterator[Problem]:
        for test in line.statement.computed.tests if line.statement.computed else ():
            if self.tests is not None and not (self.tests / test).is_file():
                yield Problem(name, f"no tests called {test}")
        if not (line.tests or line.statement.struck_out):
            yield Problem(name, "no test shows it")

    def _uncited(self) -> Iterator[Problem]:
        for item in self.items:
            where = f"{item.kind} {item.id} of {item.ruleset}"
            if item.statement is None and item.kind in CITING:
                yield Problem(where, "cites no statement")
            elif item.statement is not None and item.statement not in self.lines:
                yield Problem(where, f"{item.statement} is not in the catalogue")

    def _unshown(self) -> Iterator[Problem]:
        for item, tests in self.items.items() if self.tests is not None else ():
            if item.kind in SHOWN and not tests:
                yield Problem(f"{item.kind} {item.id} of {item.ruleset}", "no test shows it")


def build_ledger(
    path: Sequence[Path | str] = (),
    tests: Path | None = None,
    catalogue: Catalogue | None = None,
) -> Ledger:
    """The ledger of the shipped rulesets and of those in further folders.

    Args:
        path: further folders to look for rulesets in.
        tests: the folder of tests to look through; see `tests_beside`.
        catalogue: another than the shipped one.

    Raises `RulesetInvalid` where a ruleset's files or the catalogue miss their shape, and
    `CasesInvalid` where a table of cases does.

    >>> ledger = build_ledger()
    >>> [each.id for each in ledger.lines["P8"].items if each.kind == "rule"]
    ['se.borgholm.priority.home_care_spread', 'se.borgholm.priority.multimorbid_home_care']
    """
    catalogue = catalogue or read_catalogue()
    layers = read_layers(path)
    items = read_items(layers.values())
    found = None if tests is None else Witnesses(tests, layers, items)
    shown_by = {each: found.of(each) if found else () for each in items}
    lines = {}
    for name, statement in catalogue.statements.items():
        cited = tuple(each for each in items if each.statement == name)
        shown = {each for item in cited for each in shown_by[item]}
        if tests is not None and statement.computed is not None:
            shown.update(statement.computed.tests)
        lines[name] = Line(statement, cited, tuple(sorted(shown)))
    return Ledger(catalogue, lines, shown_by, tests)
