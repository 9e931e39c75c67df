"""numbers that contradict.

Whether two rules of a question can be true together and give it different numbers, asked of every
cell of both their conditions before any decision comes upon it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, islice

from attrs import frozen

from flk_rules.analysis.partitions import partition
from flk_rules.deciding.decider import numbers
from flk_rules.engines.reference import Interpreter
from flk_rules.errors import Problem
from flk_rules.model.answers import Effect
from flk_rules.model.rules import Rule, Ruleset
from flk_rules.model.values import Value

MAX_CELLS = 100_000
"""Cells of two rules that are looked through; what lies beyond is found when it happens."""


@frozen
class Conflict:
    """Two rules that are both true of `facts`, and the numbers they give."""

    rules: tuple[Rule, Rule]
    numbers: tuple[int | float, int | float]
    facts: Mapping[str, Value]

    @property
    def problem(self) -> Problem:
        """The conflict as a mistake of the ruleset."""
        one, two = self.rules
        known = ", ".join(f"{name} {shown_value(value)}" for name, value in self.facts.items())
        return Problem(
            two.origin.place,
            f"{two.id} says {self.numbers[1]} and {one.id} ({one.origin.place}) says "
            f"{self.numbers[0]} of the same facts ({known}); make their conditions exclude each "
            "other, or disable all but one",
        )


def conflicts(ruleset: Ruleset, question: str) -> Iterator[Conflict]:
    """The pairs of rules of a question that can give it two numbers."""
    stating = [each for each in ruleset.rules_of(question) if each.effect is Effect.VALUE]
    interpreter = Interpreter(ruleset)
    said = numbers(stating, interpreter)
    for one, two in combinations(stating, 2):
        if said[one.id] == said[two.id]:
            continue
        both = partition([(ruleset, one.when), (ruleset, two.when)], unknown=False)
        for facts in islice(both.cells(), MAX_CELLS):
            if all(interpreter.trace(each.when, facts).value is True for each in (one, two)):
                yield Conflict((one, two), (said[one.id], said[two.id]), facts)
                break


def shown_value(value: Value) -> str:
    """A fact's value as people read it."""
    if isinstance(value, frozenset):
        return " and ".join(sorted(value)) or "none"
    return str(value).lower() if isinstance(value, bool) else str(value)
