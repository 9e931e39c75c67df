"""physicians at list sizes.

Need, difference and residents per specialist as delredovisning-2022 computes them in its tables 3
to 5 (statements D1 to D3). The report states no rounding rule; docs/dimensioning.md says how the
one used here was found and what it leaves open.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import ceil, floor

from attrs import frozen

from flk_rules.errors import PlanInvalid, Problem
from flk_rules.library import Ruleset
from flk_rules.model.rules import Basis, Text
from flk_rules.planning.figures import (
    EMPLOYMENT_RATE,
    EXAMPLE_LISTS,
    GUIDELINE_PER_SPECIALIST,
    LIST_SIZE,
    PEOPLE,
    PHYSICIANS,
    RATE,
    Figure,
    Limits,
    Number,
    Used,
    checked,
    from_ruleset,
    used,
)

SOME_PHYSICIANS = Limits(above=True)
_HALF = Fraction(1, 2)
_CHOSEN = Text(
    sv="Vald av den som frågar; ingen källa i regelverket anger den",
    en="Chosen by whoever asks; no source in the ruleset states it",
)


@frozen(kw_only=True)
class Region:
    """A region: residents, and specialists as persons or full-time equivalents, None if not
    known."""

    name: str
    population: int
    specialists: Number | None


@frozen(kw_only=True)
class Row:
    """What a list size means for one region.

    `need` counts physicians who work full time; `need_employed` counts persons of the average
    employment rate. `difference` is specialists less need, and `per_cent` by how much specialists
    must grow. What rests on specialists not known is None.
    """

    region: str
    population: int
    specialists: Fraction | None
    residents_per_specialist: int | None
    need: int
    difference: Fraction | None
    per_cent: int | None
    need_employed: int


@frozen(kw_only=True)
class Dimensioning:
    """A row for each region and one for them together, with the figures they rest on."""

    by: Used
    list_size: Figure
    employment_rate: Figure
    rows: tuple[Row, ...]
    total: Row

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All figures that are no fact about a region."""
        return self.list_size, self.employment_rate

    @property
    def assumptions(self) -> tuple[Figure, ...]:
        """The figures that no source states."""
        return tuple(each for each in self.figures if each.assumed)


def rounded_up(value: Fraction) -> int:
    """Up to a whole number, after rounding to one decimal: 199 for 198.11, 1,583 for 1,583.03.

    Source: found from the cells of tables 3 to 5 of delredovisning-2022, not stated there.
    """
    tenths = floor(value * 10 + _HALF)
    return ceil(Fraction(tenths, 10))


def rounded(value: Fraction) -> int:
    """To the nearest whole number, halves away from nought."""
    found = floor(abs(value) + _HALF)
    return found if value >= 0 else -found


def need(population: int, list_size: Number) -> int:
    """Physicians needed: residents / list size, rounded up; full time is taken for granted.

    Source: delredovisning-2022, tables 4 and 5 (D1). Raises `PlanInvalid` for a population that is
    no whole number from 0, or a list size that is not over 0.

    >>> need(10_319_473, 1_500), need(10_319_473, 1_000)
    (6880, 10320)
    """
    residents = checked("population", population, PEOPLE)
    return rounded_up(residents / checked("list_size", list_size, LIST_SIZE))


def residents_per_specialist(population: int, specialists: Number) -> int:
    """Residents / specialists, rounded up.

    Source: delredovisning-2022, tables 3 and 5 (D2, D3). Raises `PlanInvalid` as `need` does, and
    unless there are specialists.

    >>> residents_per_specialist(10_319_473, 4_410)
    2340
    """
    residents = checked("population", population, PEOPLE)
    return rounded_up(residents / checked("specialists", specialists, SOME_PHYSICIANS))


def difference(specialists: Number, needed: int) -> Fraction:
    """Specialists less the rounded need: negative where some lack.

    Source: delredovisning-2022, tables 4 and 5 (D2). Raises `PlanInvalid` for what is no number
    from 0.

    >>> print(difference(4_410, 6_880))
    -2470
    """
    there = checked("specialists", specialists, PHYSICIANS)
    return there - checked("need", needed, PEOPLE)


def per_cent(specialists: Number, needed: int) -> int:
    """By how many per cent specialists must grow to meet the rounded need, to the nearest whole;
    negative where there are more than needed, of which the report has no case.

    Source: delredovisning-2022, table 5 (D2). Raises `PlanInvalid` unless there are specialists.

    >>> per_cent(48, 107)
    123
    """
    there = checked("specialists", specialists, SOME_PHYSICIANS)
    return rounded(-difference(there, needed) / there * 100)


def dimension(
    ruleset: Ruleset, regions: Iterable[Region], *, list_size: Number | None = None
) -> Dimensioning:
    """The need of each region, and of all of them together, at a list size.

    Args:
        ruleset: has the guideline, the report's examples and the average employment rate.
        regions: residents and specialists of each.
        list_size: residents per full-time physician; without it the guideline per specialist. One
            that is no parameter of the ruleset is an assumption of the caller.

    Raises:
        PlanInvalid: every mistake in the regions, or a list size that is not over 0.
        UnknownName: the ruleset lacks a parameter that is needed.

    >>> from datetime import date
    >>> from flk_rules import load
    >>> sweden = load("se.national", on=date(2024, 10, 1))
    >>> found = dimension(
    ...     sweden, [Region(name="Blekinge", population=159_748, specialists=48)], list_size=1_500
    ... )
    >>> found.rows[0].need, int(found.rows[0].difference), found.rows[0].per_cent
    (107, -59, 123)
    """
    size = _list_size(ruleset, list_size)
    rate = from_ruleset(ruleset, EMPLOYMENT_RATE, RATE)
    given = tuple(regions)
    if problems := [each for region in given for each in _faults(region)]:
        raise PlanInvalid(problems)
    if not given:
        raise PlanInvalid([Problem("regions", "expected at least one region, found none")])
    known = [each.specialists for each in given if each.specialists is not None]
    together = Region(
        name="",
        population=sum(each.population for each in given),
        # One that is not known makes the sum not known: it is not nought.
        specialists=sum(map(_exact, known)) if len(known) == len(given) else None,
    )
    rows = tuple(_row(each, size.value, rate.value) for each in given)
    return Dimensioning(
        by=used(ruleset),
        list_size=size,
        employment_rate=rate,
        rows=rows,
        total=_row(together, size.value, rate.value),
    )


def _list_size(ruleset: Ruleset, wanted: Number | None) -> Figure:
    guideline = from_ruleset(ruleset, GUIDELINE_PER_SPECIALIST, LIST_SIZE)
    if wanted is None:
        return guideline
    value = checked("list_size", wanted, LIST_SIZE)
    stated = [guideline, *(from_ruleset(ruleset, each, LIST_SIZE) for each in EXAMPLE_LISTS)]
    chosen = Figure(
        id="list_size", value=value, unit="resident", basis=Basis.ASSUMPTION, because=_CHOSEN
    )
    return next((each for each in stated if each.value == value), chosen)


def _faults(region: Region) -> Iterable[Problem]:
    if (message := PEOPLE.fault(region.population)) is not None:
        yield Problem(f"{region.name} population".strip(), message)
    known = region.specialists is not None
    if known and (message := PHYSICIANS.fault(region.specialists)) is not None:
        yield Problem(f"{region.name} specialists".strip(), message)


def _exact(value: Number) -> Fraction:
    return checked("specialists", value, PHYSICIANS)


def _row(region: Region, list_size: Fraction, rate: Fraction) -> Row:
    there = None if region.specialists is None else _exact(region.specialists)
    needed = rounded_up(region.population / list_size)
    return Row(
        region=region.name,
        population=region.population,
        specialists=there,
        residents_per_specialist=rounded_up(region.population / there) if there else None,
        need=needed,
        difference=None if there is None else there - needed,
        per_cent=rounded(-(there - needed) / there * 100) if there else None,
        need_employed=rounded_up(region.population / (list_size * rate)),
    )
