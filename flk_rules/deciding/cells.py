"""cells of facts.

Divides what the facts of left-out subjects can be into finitely many cells, within each of which
no rule can tell two values apart. Exact for facts compared with constants; where a rule compares
or computes otherwise there is no such division, and `NotDivisible` names the facts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product

from flk_rules.deciding.axes import (
    Axis,
    Cell,
    Cut,
    code_cells,
    number_cells,
    subset_cells,
    truth_cells,
)
from flk_rules.deciding.reading import Reading
from flk_rules.model.expressions import FactRef, Has, Not
from flk_rules.model.rules import Ruleset
from flk_rules.model.values import BOOL, Kind, Value

MAX_CELLS = 1_024
"""Cells one answer may be divided into."""


class NotDivisible(Exception):
    """Some rule reads these facts in a way that has no finite division, or one too large."""

    def __init__(self, facts: set[str]) -> None:
        self.facts = frozenset(facts)
        super().__init__(*sorted(facts))


class Division:
    """The cells of everything that a question's rules read of some subjects."""

    def __init__(self, ruleset: Ruleset, question: str, subjects: tuple[str, ...]) -> None:
        self._schema = ruleset.schema
        self._reading = Reading(lambda name: name.partition(".")[0] in subjects)
        for rule in ruleset.rules_of(question):
            self._reading.read(ruleset, rule.when)
        if self._reading.beyond:
            raise NotDivisible(self._reading.beyond)
        seen = self._reading.seen
        self.axes = tuple(self._axis(ref) for _, ref in sorted(seen.items()))
        if math.prod(len(axis.cells) for axis in self.axes) > MAX_CELLS:
            raise NotDivisible(set(seen))

    def cells(self) -> Iterator[tuple[tuple[int, ...], dict[str, Value]]]:
        """Every combination of cells: its index on each axis, and the facts that stand for it."""
        for choice in product(*(range(len(axis.cells)) for axis in self.axes)):
            values = {
                axis.fact.path: value
                for axis, index in zip(self.axes, choice, strict=True)
                if (value := axis.cells[index].value) is not None
            }
            yield choice, values

    def _axis(self, fact: FactRef) -> Axis:
        cuts: tuple[Cut, ...] = ()
        mentioned = sorted(self._reading.mentioned(fact.path))
        if fact.type == BOOL:
            cells = truth_cells(fact)
        elif fact.type.numeric:
            cuts = self._reading.cuts_of(fact)
            low, _ = self._reading.bounds(fact)
            cells = number_cells(fact, cuts, low, 10 ** self._reading.specs[fact.path].scale)
        elif fact.type.kind is Kind.LIST:
            if 2 ** len(mentioned) > MAX_CELLS:
                raise NotDivisible({fact.path})
            cells = subset_cells(fact, mentioned)
        else:
            assert fact.type.codes is not None
            others = sorted(set(self._schema.codes_of(fact.type.codes)) - set(mentioned))
            cells = code_cells(fact, mentioned, others)
        if fact.path in self._reading.has:
            cells.append(Cell(None, Not(Has(fact))))
        return Axis(fact, tuple(cells), cuts)
