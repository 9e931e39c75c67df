"""continuity from visits.

Three measures of whether a patient meets the same physician. The sources of the rulesets ask for
continuity and name a *kontinuitetsindex* (statement F3) without a formula: which measures to
compute, and with which window, is ours and no source's norm. Formulas are cited to the
publications that the field names them after.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from itertools import pairwise

from attrs import frozen

from flk_rules.errors import PlanInvalid, Problem, shown

FEWEST = 2
"""Visits below which no measure says anything: one visit is always to the same physician."""


@frozen(kw_only=True)
class Visit:
    """One visit to one physician."""

    on: date
    physician: str


@frozen(kw_only=True)
class Window:
    """The days that count, both ends among them, under a name that a report can show."""

    name: str
    first: date
    last: date


def upc(visits: Iterable[Visit], window: Window, *, usual: str | None = None) -> Fraction | None:
    """Usual provider continuity: the share of visits that were to the usual physician, from 0 to 1.

    Formula: n_usual / N (Breslau & Reeb 1975).

    Args:
        visits: of one patient, in any order.
        window: the days that count.
        usual: the physician whom the patient is listed with; without one, whoever was met most
            often, as the measure is mostly used.

    Returns None below two visits. Raises `PlanInvalid` with every mistake in visits or window.

    >>> year = Window(name="2024", first=date(2024, 1, 1), last=date(2024, 12, 31))
    >>> met = [Visit(on=date(2024, 1, day), physician=who) for day, who in enumerate("aab", 1)]
    >>> print(upc(met, year), upc(met, year, usual="b"))
    2/3 1/3
    """
    if usual is not None and (message := _no_name(usual)):
        raise PlanInvalid([Problem("usual", message)])
    met = Counter(each.physician for each in _within(visits, window))
    if met.total() < FEWEST:
        return None
    return Fraction(max(met.values()) if usual is None else met[usual], met.total())


def coc(visits: Iterable[Visit], window: Window) -> Fraction | None:
    """Continuity of care index: how concentrated visits are, from 0 (never the same physician
    twice) to 1 (always the same).

    Formula: (sum of n_j squared - N) / (N (N - 1)), n_j visits to physician j (Bice & Boxerman
    1977). Returns None below two visits. Raises as `upc`.

    >>> year = Window(name="2024", first=date(2024, 1, 1), last=date(2024, 12, 31))
    >>> met = [Visit(on=date(2024, 1, day), physician=who) for day, who in enumerate("aab", 1)]
    >>> print(coc(met, year))
    1/3
    """
    met = Counter(each.physician for each in _within(visits, window))
    count = met.total()
    if count < FEWEST:
        return None
    return Fraction(sum(n * n for n in met.values()) - count, count * (count - 1))


def secon(visits: Iterable[Visit], window: Window) -> Fraction | None:
    """Sequential continuity: the share of visits, after the first, that were to the same physician
    as the one before, from 0 to 1.

    Formula: (consecutive pairs to one physician) / (N - 1) (Steinwachs 1979). Visits are taken by
    date, those of one day in the order given. Returns None below two visits. Raises as `upc`.

    >>> year = Window(name="2024", first=date(2024, 1, 1), last=date(2024, 12, 31))
    >>> met = [Visit(on=date(2024, 1, day), physician=who) for day, who in enumerate("aab", 1)]
    >>> print(secon(met, year))
    1/2
    """
    met = sorted(_within(visits, window), key=lambda each: each.on)
    if len(met) < FEWEST:
        return None
    same = sum(one.physician == other.physician for one, other in pairwise(met))
    return Fraction(same, len(met) - 1)


def _within(visits: Iterable[Visit], window: Window) -> list[Visit]:
    given = list(visits)
    problems = [*_window(window)]
    for number, visit in enumerate(given):
        if type(visit.on) is not date:
            message = f"expected a datetime.date, found {shown(visit.on)}"
            problems.append(Problem(f"visits[{number}].on", message))
        if message := _no_name(visit.physician):
            # A physician not known is nobody's equal: to guess would move the measure.
            problems.append(
                Problem(f"visits[{number}].physician", f"{message}; leave the visit out")
            )
    if problems:
        raise PlanInvalid(problems)
    return [each for each in given if window.first <= each.on <= window.last]


def _no_name(value: object) -> str:
    if isinstance(value, str) and value.strip():
        return ""
    return f"expected the id of a physician, found {shown(value)}"


def _window(window: Window) -> Iterable[Problem]:
    ends = {"first": window.first, "last": window.last}
    wrong = [name for name, day in ends.items() if type(day) is not date]
    for name in wrong:
        message = f"expected a datetime.date, found {shown(ends[name])}"
        yield Problem(f"window.{name}", message)
    if not wrong and window.last < window.first:
        message = f"ends {window.last}, before it starts {window.first}"
        yield Problem(f"window {shown(window.name)}", message)
