"""figures with basis.

A number that a computation rests on, with who says it. Numbers are exact: 0.85 is 85/100, not the
nearest binary fraction, so that a limit is met on the same day on every machine.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import isfinite
from typing import cast

from attrs import field, frozen

from flk_rules.errors import PlanInvalid, Problem, UnknownName, shown
from flk_rules.library import Ruleset
from flk_rules.model.rules import Basis, Citation, Text

GUIDELINE_PER_SPECIALIST = "guideline_per_specialist"
GUIDELINE_PER_ST = "guideline_per_st"
EMPLOYMENT_RATE = "employment_rate"
EXAMPLE_LISTS = ("example_list_high", "example_list_low")
MOST = 1_000_000_000
"""The largest number of people or physicians that is taken as meant."""

Number = int | float | Fraction


def exact(value: object) -> Fraction | None:
    """A number as it is written in decimals, or None for what is no finite number."""
    if isinstance(value, Fraction):
        return value
    if type(value) is int:
        return Fraction(value)
    if type(value) is float and isfinite(value):
        return Fraction(repr(value))
    return None


def _exact_if_number(value: Number) -> Fraction:
    # What is no number is kept, for the message that refuses it.
    found = exact(value)
    return cast("Fraction", value) if found is None else found


@frozen(kw_only=True)
class Figure:
    """A number with its basis; an int or float becomes exact.

    `from_year` is the first year it holds, or None for the first of all; `parameter` is the
    ruleset's parameter that it was read from.
    """

    id: str
    value: Fraction = field(converter=_exact_if_number)
    unit: str
    basis: Basis
    because: Text
    source: Citation | None = None
    reading: Text | None = None
    from_year: int | None = None
    parameter: str | None = None

    @property
    def assumed(self) -> bool:
        """Whether no source states it."""
        return self.basis is Basis.ASSUMPTION


@frozen(kw_only=True)
class Used:
    """The ruleset that figures were read from, as it held on a day."""

    ruleset: str
    version: str
    on: date
    fingerprint: str


def used(ruleset: Ruleset) -> Used:
    """Which ruleset this is."""
    return Used(
        ruleset=ruleset.id,
        version=ruleset.version,
        on=ruleset.on,
        fingerprint=ruleset.fingerprint,
    )


@frozen(kw_only=True)
class Limits:
    """What a number may be: from `least` (or `above` it) to `most`, perhaps whole."""

    least: Fraction = Fraction(0)
    most: Fraction = Fraction(MOST)
    above: bool = False
    whole: bool = False

    def __str__(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        most = plain(self.most)
        if self.above:
            return f"{kind} over {plain(self.least)} and at most {most}"
        return f"{kind} from {plain(self.least)} to {most}"

    def fault(self, value: object) -> str | None:
        """Why `value` is none of these, or None: ``expected a number from 0 to 1, found -1``."""
        found = exact(value)
        if (
            found is None
            or found < self.least
            or (self.above and found == self.least)
            or found > self.most
            or (self.whole and found.denominator != 1)
        ):
            there = plain(value) if isinstance(value, Fraction) else shown(value)
            return f"expected {self}, found {there}"
        return None


PEOPLE = Limits(whole=True)
SOME_PEOPLE = Limits(above=True, whole=True)
PHYSICIANS = Limits()
LIST_SIZE = Limits(least=Fraction(1), most=Fraction(100_000))
RATE = Limits(above=True, most=Fraction(1))


def plain(value: Fraction) -> str:
    """A number as messages show it: ``1,100``, ``0.85``."""
    return f"{value.numerator if value.denominator == 1 else float(value):,}"


def checked(where: str, value: Number, limits: Limits) -> Fraction:
    """The number, exact; raises `PlanInvalid` unless it keeps within `limits`."""
    if (message := limits.fault(value)) is not None:
        raise PlanInvalid([Problem(where, message)])
    found = exact(value)
    assert found is not None
    return found


def from_ruleset(ruleset: Ruleset, name: str, limits: Limits) -> Figure:
    """A parameter of the ruleset as a figure, by whichever layer set it.

    Raises `UnknownName` where the ruleset has no such parameter, `PlanInvalid` where its value is
    no number within `limits`.
    """
    parameters = ruleset.model.parameters
    if name not in parameters:
        raise UnknownName("parameter", name, parameters, ruleset.id)
    found = parameters[name]
    value: object = found.value
    if (message := limits.fault(value)) is not None:
        raise PlanInvalid([Problem(f"{ruleset.id}: parameter {name}", message)])
    number = exact(value)
    assert number is not None
    return Figure(
        id=name,
        value=number,
        unit=found.unit or "",
        basis=found.basis,
        because=found.because,
        source=found.source,
        reading=found.reading,
        parameter=name,
    )
