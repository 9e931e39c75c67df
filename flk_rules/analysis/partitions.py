"""partitions of facts.

Finitely many values of each fact that stand for all: within a cell no condition read can tell two
values apart, and "not known" is a cell of its own. One reading of conditions with the cells of
left-out subjects; beyond it, what is computed or held against another fact is given values on both
sides of every boundary. See docs/mutants.md for when that is exact.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, product

from attrs import frozen

from flk_rules.analysis.telling import Telling
from flk_rules.model.expressions import Expr, FactRef
from flk_rules.model.rules import Ruleset
from flk_rules.model.schema import Schema
from flk_rules.model.values import BOOL, INT, Kind, Value

MAX_GROUPS = 14
"""Groups of codes that one list's subsets are made of."""


@frozen
class Axis:
    """The values that stand for a fact; None where it is not known."""

    fact: str
    values: tuple[Value | None, ...]


@frozen
class Partition:
    """The product of axes. `inexact` names the facts whose values may not tell all that a
    condition can."""

    axes: tuple[Axis, ...]
    inexact: frozenset[str]

    @property
    def size(self) -> int:
        """How many cells there are."""
        return math.prod(len(axis.values) for axis in self.axes)

    def cells(self) -> Iterator[dict[str, Value]]:
        """The facts that stand for each cell; one that is not known is absent."""
        names = [axis.fact for axis in self.axes]
        for choice in product(*(axis.values for axis in self.axes)):
            pairs = zip(names, choice, strict=True)
            yield {name: value for name, value in pairs if value is not None}


def partition(conditions: Iterable[tuple[Ruleset, Expr]], *, unknown: bool = True) -> Partition:
    """The cells of all facts that conditions read, each with the ruleset that it stands in: their
    definitions and parameters may differ, their facts and codes may not. Without `unknown` a fact
    is not known only where a condition asks whether it is recorded."""
    told = Telling()
    schema: Schema | None = None
    for ruleset, condition in conditions:
        told.read(ruleset, condition)
        schema = schema or ruleset.schema
    told.meet()
    axes = (
        Axis(
            name,
            (*_values(told, fact, schema), *((None,) if unknown or name in told.has else ())),
        )
        for name, fact in sorted(told.seen.items())
    )
    return Partition(tuple(axes), frozenset(told.inexact))


def _values(told: Telling, fact: FactRef, schema: Schema | None) -> tuple[Value, ...]:
    if fact.type == BOOL:
        return True, False
    if fact.type.numeric:
        return _numbers(told, fact)
    assert schema is not None
    assert fact.type.codes is not None
    groups = _classes(told.groups.get(fact.path, set()), schema.codes_of(fact.type.codes))
    if fact.type.kind is Kind.LIST:
        return _subsets(told, fact, groups)
    return tuple(group[0] for group in groups)


def _numbers(told: Telling, fact: FactRef) -> tuple[Value, ...]:
    """The number from which each range begins; of the first, the one before it ends, which a
    reader understands better than the lowest there is."""
    low, high = told.bounds(fact)
    spec = told.specs[fact.path]
    cuts = told.positions(fact)
    first = max(low, cuts[0] - 1) if cuts else min(max(low, 0), high)
    numbers = sorted({first, *cuts, *told.ends.get(fact.path, ())})
    if fact.type == INT:
        return tuple(numbers)
    return tuple(round(each / 10**spec.scale, spec.scale) + 0.0 for each in numbers)


def _classes(groups: Iterable[frozenset[str]], codes: Mapping[str, object]) -> list[list[str]]:
    """The codes, those together that are in the same groups; the codes of no group come last."""
    ordered = sorted(groups, key=sorted)
    found: dict[tuple[bool, ...], list[str]] = {}
    for code in sorted(codes):
        found.setdefault(tuple(code in each for each in ordered), []).append(code)
    return [found[key] for key in sorted(found, reverse=True)]


def _subsets(told: Telling, fact: FactRef, groups: list[list[str]]) -> tuple[Value, ...]:
    """A list with codes of each choice of groups, of every size that a condition asks about."""
    if len(groups) > MAX_GROUPS:
        told.inexact.add(fact.path)
        most = 2
    else:
        most = len(groups)
    least = max((each + 1 for each in told.sizes.get(fact.path, ())), default=0)
    found: dict[frozenset[str], None] = {}
    for count in range(most + 1):
        for chosen in combinations(groups, count):
            base = [group[0] for group in chosen]
            more = [code for group in chosen for code in group[1:]]
            for extra in range(min(len(more), max(0, least - count)) + 1):
                found[frozenset([*base, *more[:extra]])] = None
    return tuple(found)
