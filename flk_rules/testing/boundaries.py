"""where rules change their mind.

Of each fact that rules read, the values on both sides of every boundary: what conditions compare
it with, one unit less and one more; the codes and sets of codes that they look for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from attrs import frozen

from flk_rules.analysis.partitions import partition
from flk_rules.deciding.decider import numbers as numbers_of
from flk_rules.engines.reference import Interpreter
from flk_rules.facts.validating import SAFE_DIGITS, SAFE_INT
from flk_rules.model.calendar import EARLIEST, LATEST
from flk_rules.model.expressions import FactRef
from flk_rules.model.rules import Ruleset
from flk_rules.model.schema import FactSpec
from flk_rules.model.values import INT, Value

_BESIDE = (-2, -1, 0, 1)
"""A value is the first on its side: the constant is that or the one before."""


@frozen
class Boundaries:
    """The facts that rules read, each with the values at its boundaries, in order; numbers are in
    the fact's smallest unit, and of a list of codes they are codes."""

    numbers: Mapping[str, tuple[int, ...]]
    codes: Mapping[str, tuple[bool | str, ...]]

    @property
    def read(self) -> frozenset[str]:
        """The names of the facts."""
        return frozenset((*self.numbers, *self.codes))


def boundaries(ruleset: Ruleset, question: str | None = None) -> Boundaries:
    """The boundaries of a ruleset's rules, or of those of one question."""
    numbers: dict[str, set[int]] = {}
    codes: dict[str, set[bool | str]] = {}
    for asked in ruleset.questions.values():
        for name, values in _of(ruleset, asked.id) if question in (None, asked.id) else ():
            spec = ruleset.schema.facts[name]
            if spec.type.numeric:
                found = numbers.setdefault(name, set())
                found |= {unit_of(spec, each) + step for each in values for step in _BESIDE}
            else:
                seen = codes.setdefault(name, set())
                for each in values:
                    seen |= set(each) if isinstance(each, frozenset) else {each}  # type: ignore[arg-type]
    return Boundaries(
        {name: _within(ruleset.schema.facts[name], found) for name, found in numbers.items()},
        {name: tuple(sorted(found, key=str)) for name, found in codes.items()},
    )


def _within(spec: FactSpec, found: set[int]) -> tuple[int, ...]:
    low, high = limits(spec)
    return tuple(sorted(each for each in found | {low, high} if low <= each <= high))


def _of(ruleset: Ruleset, question: str) -> Iterator[tuple[str, Sequence[Value]]]:
    """The facts that a question's rules read, with values on either side of each boundary."""
    rules = ruleset.rules_of(question)
    for axis in partition([(ruleset, rule.when) for rule in rules]).axes:
        yield axis.fact, [each for each in axis.values if each is not None]
    for rule in rules:
        for node in ruleset.nodes_of(rule.amount) if rule.amount is not None else ():
            if isinstance(node, FactRef):
                yield node.path, ()
    if (compared := ruleset.questions[question].compares) is not None:
        yield compared, [*numbers_of(rules, Interpreter(ruleset)).values()]


def limits(spec: FactSpec) -> tuple[int, int]:
    """The lowest and highest number that a fact can be, in its smallest unit."""
    unit = 10**spec.scale
    bound = SAFE_INT if spec.type == INT else 10**SAFE_DIGITS
    low = -bound if spec.minimum is None else spec.minimum * unit
    return low, bound if spec.maximum is None else spec.maximum * unit


def unit_of(spec: FactSpec, value: Value) -> int:
    """A number in the fact's smallest unit."""
    assert isinstance(value, (int, float))
    number: int = round(value * 10**spec.scale)
    return number


def in_units(spec: FactSpec, number: int) -> int | float:
    """The fact's value that is so many of its smallest units."""
    return number if spec.type == INT else round(number / 10**spec.scale, spec.scale) + 0.0


def turning(value_on: Callable[[date], int | float], bound: float) -> date | None:
    """The first day on which a number that only grows, or only shrinks, with the day is on the
    side of `bound` on which it ends; None where it never turns.

    >>> turning(lambda day: day.year, 2000)
    datetime.date(2000, 1, 1)
    """
    grows = value_on(LATEST) >= value_on(EARLIEST)

    def turned(ordinal: int) -> bool:
        value = value_on(date.fromordinal(ordinal))
        return value >= bound if grows else value <= bound

    low, high = EARLIEST.toordinal(), LATEST.toordinal()
    if not turned(high):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if turned(middle) else (middle + 1, high)
    return date.fromordinal(low)
