"""strategies of one fact.

A value of the fact's type, within its bounds and code list, near where rules change their mind more
often than not; or that it is not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from flk_rules.model.schema import FactSpec, Schema
from flk_rules.model.values import BOOL, INT, Kind
from flk_rules.testing.boundaries import Boundaries, in_units, limits

MOST_CODES = 4
"""Codes of a list that is drawn."""
NEAR, FAR = 2, 1
"""So many values at a boundary to so many anywhere."""
_FINEST = 20
"""The finest part that a probability is rounded to."""

Drawn = st.SearchStrategy[Any]
Choice = st.SearchStrategy[Drawn | None]
"""Draws what to draw from, None for a fact not known. It shrinks to that, then to plain values."""


def choice(plain: Drawn, at: Drawn | None, unknown: float) -> Choice:
    """The choice between any value, one at a boundary and none."""
    share = Fraction(unknown).limit_denominator(_FINEST)
    if unknown and not share:
        share = Fraction(1, _FINEST)
    none, some = share.numerator, share.denominator - share.numerator
    whole = NEAR + FAR
    nears = [] if at is None else [at] * (NEAR * some)
    return st.sampled_from(
        [*([None] * (whole * none)), *([plain] * (whole * some - len(nears))), *nears]
    )


def draw_known(draw: st.DrawFn, from_: Choice) -> Any:
    """A value, None for not known."""
    chosen = draw(from_)
    return None if chosen is None else draw(chosen)


def values(spec: FactSpec, schema: Schema, near: Boundaries, unknown: float) -> Choice:
    """Values of a fact."""
    if spec.type == BOOL:
        return choice(st.booleans(), None, unknown)
    if spec.type.numeric:
        return choice(*_numbers(spec, near), unknown)
    assert spec.type.codes is not None
    codes = sorted(schema.codes_of(spec.type.codes))
    favoured = near.codes.get(spec.name)
    if spec.type.kind is Kind.LIST:
        return choice(_lists(codes, 0), _lists(favoured, 1) if favoured else None, unknown)
    if not codes:
        return st.none()
    return choice(st.sampled_from(codes), st.sampled_from(favoured) if favoured else None, unknown)


def _lists(codes: Sequence[Any], least: int) -> Drawn:
    if not codes:
        return st.just(())
    most = min(MOST_CODES, len(codes))
    # Made unique after: what unique lists leave to choose from shifts, and they shrink badly.
    some = st.lists(st.sampled_from(codes), min_size=least, max_size=most)
    return some.map(lambda drawn: (*dict.fromkeys(drawn),))


def _numbers(spec: FactSpec, near: Boundaries) -> tuple[Drawn, Drawn | None]:
    low, high = limits(spec)
    plain: Drawn = st.integers(low, high)
    if spec.type != INT:
        plain = plain.map(lambda number: in_units(spec, number))
    favoured = [in_units(spec, each) for each in near.numbers.get(spec.name, ())]
    return plain, st.sampled_from(favoured) if favoured else None
