"""inputs of projections.

What a region's plan may and must say, within which limits, and what is wrong with one that does
not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from fractions import Fraction

from attrs import frozen

from flk_rules.errors import Problem, nearest, shown
from flk_rules.model.rules import Basis
from flk_rules.planning.figures import (
    EMPLOYMENT_RATE,
    MOST,
    PHYSICIANS,
    RATE,
    SOME_PEOPLE,
    Figure,
    Limits,
)

MOST_YEARS = 100
"""Years a path may have after its first."""
YEARS = range(1900, 2201)
"""Years that can be asked about."""
_TIME = Limits(most=Fraction(10), whole=True)
_MOVEMENT = Limits(least=Fraction(-MOST))
_GROWTH = Limits(least=Fraction(-1), most=Fraction(1), above=True)


@frozen(kw_only=True)
class Input:
    """What may be put in: its limits and unit, and whether it may change over the years."""

    limits: Limits
    unit: str
    changes: bool = True


INPUTS: Mapping[str, Input] = {
    "population": Input(limits=SOME_PEOPLE, unit="residents", changes=False),
    "population_growth": Input(limits=_GROWTH, unit="share a year"),
    "specialists": Input(limits=PHYSICIANS, unit="persons", changes=False),
    "newly_trained": Input(limits=PHYSICIANS, unit="persons a year"),
    "retirements": Input(limits=PHYSICIANS, unit="persons a year"),
    "other_movement": Input(limits=_MOVEMENT, unit="persons a year"),
    "st_years_with_list": Input(limits=_TIME, unit="years", changes=False),
    EMPLOYMENT_RATE: Input(limits=RATE, unit="share"),
}
"""All inputs. Each must be given, save the employment rate, which the ruleset has."""


def begins(figure: Figure) -> int:
    """The first year a figure holds; the first of all years where it does not say."""
    return YEARS[0] if figure.from_year is None else figure.from_year


def year_faults(first_year: int, last_year: int) -> Iterator[Problem]:
    """What is wrong with the years of a path."""
    ends = {"first_year": first_year, "last_year": last_year}
    wrong = {
        name: each for name, each in ends.items() if type(each) is not int or each not in YEARS
    }
    for name, each in wrong.items():
        message = f"expected a year from {YEARS[0]} to {YEARS[-1]}, found {shown(each)}"
        yield Problem(f"region.{name}", message)
    if not wrong and not 0 < last_year - first_year <= MOST_YEARS:
        message = f"expected a year from {first_year + 1} to {first_year + MOST_YEARS}"
        yield Problem("region.last_year", f"{message}, found {last_year}")


def faults(
    figures: Mapping[int, Figure],
    years: tuple[int, int] | None,
    excused: Iterable[str] = (),
) -> Iterator[Problem]:
    """What is wrong with figures, each at its number: names, values, years, what is missing.

    `years` are the first and last of the path, None where they are wrong themselves; `excused` are
    inputs that are not missing, although no figure of that name is there.
    """
    present = set(excused)
    starts: dict[tuple[str, int], int] = {}
    for number, figure in figures.items():
        where = f"figure[{number}]"
        wanted = INPUTS.get(figure.id)
        if wanted is None:
            present.update(get_close_matches(figure.id, INPUTS, n=1))  # misspelt, not missing
            message = f"no input called {shown(figure.id)}{nearest(figure.id, INPUTS)}"
            yield Problem(f"{where}.id", f"{message} (there is: {', '.join(INPUTS)})")
            continue
        yield from _figure_faults(figure, wanted, where, years)
        start = (figure.id, begins(figure) if years is None else max(begins(figure), years[0]))
        if (before := starts.setdefault(start, number)) != number:
            message = f"{figure.id} from {start[1]} is there already, as figure[{before}]"
            yield Problem(where, message)
    for name, wanted in INPUTS.items():
        if any(each == name for each, _ in starts):
            if years is not None and (name, years[0]) not in starts:
                message = f"no figure for {name} holds from {years[0]}; add one without from_year"
                yield Problem("", message)
        elif name != EMPLOYMENT_RATE and name not in present:
            yield Problem("", f"no figure for {name} ({wanted.unit}); add it, with its basis")


def _figure_faults(
    figure: Figure, wanted: Input, where: str, years: tuple[int, int] | None
) -> Iterator[Problem]:
    if (fault := wanted.limits.fault(figure.value)) is not None:
        yield Problem(f"{where}.value", fault)
    if figure.basis is Basis.SOURCE and figure.source is None:
        message = (
            "the basis is 'source', but no source is cited; cite one, or call it an assumption"
        )
        yield Problem(f"{where}.basis", message)
    start = figure.from_year
    if start is None:
        return
    if not wanted.changes:
        message = f"{figure.id} stands for the first year alone; take from_year away"
        yield Problem(f"{where}.from_year", message)
    elif years is not None and not years[0] <= start <= years[1]:
        message = f"expected a year from {years[0]} to {years[1]}, found {start}"
        yield Problem(f"{where}.from_year", message)
