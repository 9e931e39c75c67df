"""strategies of derived facts.

Facts that derive from the same dates are given together: by the dates, from which all of them then
come, or as numbers. Dates lie where the facts are within their bounds, and favour the days on which
a fact passes a boundary and the days beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from attrs import frozen
from hypothesis import strategies as st

from flk_rules.model.calendar import EARLIEST, LATEST
from flk_rules.model.schema import Derived, FactSpec, Schema
from flk_rules.testing.boundaries import Boundaries, in_units, turning
from flk_rules.testing.strategies_values import Choice, choice, draw_known, values

_DAY = timedelta(days=1)


@frozen
class Derivation:
    """Derived facts that have dates in common: how each is drawn as a number, the dates, and all
    facts that derive from those, wanted or not, for they have bounds."""

    numbers: Mapping[str, Choice]
    inputs: tuple[str, ...]
    bounding: tuple[FactSpec, ...]

    def draw(self, draw: st.DrawFn, near: Boundaries, on: date, unknown: float) -> dict[str, Any]:
        """The numbers or the dates, each None where it is not known."""
        if not draw(st.booleans()):
            return {name: draw_known(draw, each) for name, each in self.numbers.items()}
        found: dict[str, date | None] = {}
        for name in self.inputs:
            days = _day(name, self.bounding, near, on, found, unknown)
            found[name] = draw_known(draw, days)
        return found


def derivations(
    specs: Sequence[FactSpec], schema: Schema, near: Boundaries, unknown: float
) -> list[Derivation]:
    """The derived facts, those together that have dates in common."""
    found = []
    subject = {each.subject for each in specs}
    derived = [each for each in schema.facts.values() if each.derived and each.subject in subject]
    for group in _groups(derived):
        wanted = [each for each in group if each in specs]
        names = dict.fromkeys(name for each in wanted for name in _derived(each).inputs)
        bounding = tuple(each for each in group if names.keys() >= set(_derived(each).inputs))
        if wanted:
            numbers = {each.name: values(each, schema, near, unknown) for each in wanted}
            found.append(Derivation(numbers, tuple(names), bounding))
    return found


def _groups(specs: Sequence[FactSpec]) -> list[list[FactSpec]]:
    groups: list[list[FactSpec]] = []
    for spec in specs:
        mine = set(_derived(spec).inputs)
        joined = [g for g in groups if any(mine.intersection(_derived(e).inputs) for e in g)]
        groups = [each for each in groups if each not in joined]
        groups.append([*(each for group in joined for each in group), spec])
    return groups


def _derived(spec: FactSpec) -> Derived:
    assert spec.derived is not None
    return spec.derived


def _day(
    name: str,
    group: Sequence[FactSpec],
    near: Boundaries,
    on: date,
    found: Mapping[str, date | None],
    unknown: float,
) -> Choice:
    """Days of one input, given those before it."""
    first, last = EARLIEST, LATEST
    favoured: set[int] = set()
    for spec in group:
        value_on = _value_on(spec, name, on, found)
        if value_on is None:
            continue
        low, high = _allowed(spec, value_on)
        first, last = max(first, low), min(last, high)
        for number in near.numbers.get(spec.name, ()):
            if (day := turning(value_on, in_units(spec, number))) is not None:
                at_turn = day.toordinal()
                favoured |= {at_turn + step for step in (-1, 0, 1)}
    days = range(first.toordinal(), last.toordinal() + 1)
    inside = [date.fromordinal(each) for each in sorted(favoured) if each in days]
    return choice(st.dates(first, last), st.sampled_from(inside) if inside else None, unknown)


def _value_on(
    spec: FactSpec, name: str, on: date, found: Mapping[str, date | None]
) -> Callable[[date], int | float] | None:
    """The fact as a number that changes with one of its dates, the others being known."""
    derived = _derived(spec)
    others = [found.get(each) for each in derived.inputs if each != name]
    if name not in derived.inputs or None in others:
        return None

    def value_on(day: date) -> int | float:
        dates = [day if each == name else found[each] for each in derived.inputs]
        return derived.compute(tuple(each for each in dates if each is not None), on)

    return value_on


def _allowed(spec: FactSpec, value_on: Callable[[date], int | float]) -> tuple[date, date]:
    """The first and last day with which the fact is within its bounds."""
    grows = value_on(LATEST) >= value_on(EARLIEST)
    low, high = spec.minimum, spec.maximum
    enters, leaves = (low, high) if grows else (high, low)
    first = EARLIEST if enters is None else turning(value_on, enters) or LATEST
    if leaves is None:
        return first, LATEST
    step = 10**-spec.scale
    beyond = turning(value_on, leaves + step if grows else leaves - step)
    return first, LATEST if beyond is None else beyond - _DAY
