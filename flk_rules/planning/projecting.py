"""years to come.

A region's path to the guideline, year by year (statement D5). The plan that asks for it names what
moves the number of specialists: those newly trained, retirements, and who comes or goes for other
reasons (handlingsplan-2024, "Utökning av antalet ST-läkare utifrån framtagen plan för
dimensionering"). The arithmetic is ours; what every input rests on goes along into the result.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import chain

from attrs import frozen

from flk_rules.errors import PlanInvalid, Problem
from flk_rules.library import Ruleset
from flk_rules.planning.dimensioning import rounded_up
from flk_rules.planning.figures import (
    EMPLOYMENT_RATE,
    GUIDELINE_PER_SPECIALIST,
    GUIDELINE_PER_ST,
    LIST_SIZE,
    RATE,
    Figure,
    Used,
    from_ruleset,
    plain,
    used,
)
from flk_rules.planning.inputs import INPUTS, begins, faults, year_faults


@frozen(kw_only=True)
class Plan:
    """A region with all figures of its path, the guideline among them; see `make_plan`."""

    by: Used
    region: str
    first_year: int
    last_year: int
    figures: tuple[Figure, ...]

    def in_year(self, name: str, year: int) -> Fraction:
        """The value of the figure that holds in a year."""
        held = [each for each in self.figures if each.id == name and begins(each) <= year]
        return max(held, key=begins).value


@frozen(kw_only=True)
class Year:
    """How a region stands at the end of a year.

    `full_time` is specialists times the employment rate. `st_physicians` have a list. `need` is
    the specialists that the guideline asks for, once each ST physician has taken the guideline's
    share: a number of persons if all worked full time. `difference` compares persons with it as
    the report's tables do, `difference_full_time` full-time equivalents.
    """

    year: int
    population: Fraction
    specialists: Fraction
    full_time: Fraction
    st_physicians: Fraction
    need: Fraction

    @property
    def residents_per_specialist(self) -> Fraction | None:
        """All residents / specialists as persons."""
        return self.population / self.specialists if self.specialists else None

    @property
    def residents_per_full_time(self) -> Fraction | None:
        """All residents / specialists as full-time equivalents."""
        return self.population / self.full_time if self.full_time else None

    @property
    def difference(self) -> Fraction:
        """Persons less the need; negative where some lack."""
        return self.specialists - self.need

    @property
    def difference_full_time(self) -> Fraction:
        """Full-time equivalents less the need."""
        return self.full_time - self.need


@frozen(kw_only=True)
class Projection:
    """A path year by year, with every figure that it rests on."""

    plan: Plan
    years: tuple[Year, ...]

    @property
    def reached(self) -> int | None:
        """The first year in which the guideline is met counting persons, or None."""
        return next((each.year for each in self.years if each.difference >= 0), None)

    @property
    def reached_full_time(self) -> int | None:
        """The first year in which it is met counting full-time equivalents, or None."""
        return next((each.year for each in self.years if each.difference_full_time >= 0), None)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure, with basis and source."""
        return self.plan.figures

    @property
    def assumptions(self) -> tuple[Figure, ...]:
        """The figures that no source states."""
        return tuple(each for each in self.figures if each.assumed)


def make_plan(
    ruleset: Ruleset, *, region: str, first_year: int, last_year: int, figures: Iterable[Figure]
) -> Plan:
    """A plan that can be projected: the inputs given, with guideline and employment rate from the
    ruleset.

    Raises `PlanInvalid` with every mistake, at ``figure[0].value`` and the like; `UnknownName`
    where the ruleset lacks a parameter that is needed.
    """
    given = tuple(figures)
    problems = list(year_faults(first_year, last_year))
    years = None if problems else (first_year, last_year)
    problems += faults(dict(enumerate(given)), years)
    if problems:
        raise PlanInvalid(problems)
    rate = () if any(each.id == EMPLOYMENT_RATE for each in given) else (
        from_ruleset(ruleset, EMPLOYMENT_RATE, RATE),
    )  # fmt: skip
    guideline = (
        from_ruleset(ruleset, each, LIST_SIZE)
        for each in (GUIDELINE_PER_SPECIALIST, GUIDELINE_PER_ST)
    )
    order = (*INPUTS, GUIDELINE_PER_SPECIALIST, GUIDELINE_PER_ST)
    ordered = sorted(
        chain(given, rate, guideline), key=lambda each: (order.index(each.id), begins(each))
    )
    return Plan(
        by=used(ruleset),
        region=region,
        first_year=first_year,
        last_year=last_year,
        figures=tuple(ordered),
    )


def project(plan: Plan) -> Projection:
    """The path of a region year by year.

    Formulas (ours, after what handlingsplan-2024 counts with): specialists = those of the year
    before + newly trained - retirements + other movement; residents = those of the year before x
    (1 + growth); ST physicians with a list = all who will be newly trained within so many years as
    an ST physician has a list; need = (residents - ST physicians x guideline per ST physician) /
    guideline per specialist, at least 0. The first year stands as it is given.

    Raises `PlanInvalid` for a year in which more specialists leave than there are.
    """
    years: list[Year] = []
    population = plan.in_year("population", plan.first_year)
    specialists = plan.in_year("specialists", plan.first_year)
    for year in range(plan.first_year, plan.last_year + 1):
        if years:
            population *= 1 + plan.in_year("population_growth", year)
            come = plan.in_year("newly_trained", year) + plan.in_year("other_movement", year)
            left = specialists + come - plan.in_year("retirements", year)
            if left < 0:
                message = (
                    f"more specialists leave than there are: {plain(specialists)} before, "
                    f"{plain(left - specialists)} in the year; lower retirements or other_movement"
                )
                raise PlanInvalid([Problem(f"{plan.region} {year}", message)])
            specialists = left
        years.append(_year(plan, year, population, specialists))
    return Projection(plan=plan, years=tuple(years))


def _year(plan: Plan, year: int, population: Fraction, specialists: Fraction) -> Year:
    ahead = int(plan.in_year("st_years_with_list", year))
    st = sum(
        (plan.in_year("newly_trained", year + each) for each in range(1, ahead + 1)), Fraction(0)
    )
    left = population - st * plan.in_year(GUIDELINE_PER_ST, year)
    return Year(
        year=year,
        population=population,
        specialists=specialists,
        full_time=specialists * plan.in_year(EMPLOYMENT_RATE, year),
        st_physicians=st,
        need=max(left, Fraction(0)) / plan.in_year(GUIDELINE_PER_SPECIALIST, year),
    )


def whole_need(year: Year) -> int:
    """The need as it is shown: rounded as in the tables of the report."""
    return rounded_up(year.need)
