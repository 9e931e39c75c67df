"""coverage as text.

The table for a terminal, a row for each question of each ruleset, and on demand a line for each
value and way that was missed.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from math import floor

from flk_rules.analysis.coverage import (
    NOTHING,
    Count,
    Figures,
    RuleFigures,
    State,
)
from flk_rules.analysis.coverage_words import said

_HEAD = ("ruleset", "question", "rules", "values", "ways", "cover")


def table(figures: Figures, language: str = "en") -> Iterator[str]:
    """The lines of the table, its total last."""
    rows = [tuple(said(each, language) for each in _HEAD)]
    for (home, question), group in groupby(
        figures.rules, key=lambda each: (each.home, each.rule.decides)
    ):
        rules = list(group)
        values = sum((each.value_count for each in rules), NOTHING)
        ways = sum((each.way_count for each in rules), NOTHING)
        rows.append((home, question, str(len(rules)), *_cells(values, ways)))
    total = _cells(figures.values, figures.ways)
    rows.append((said("total", language), "", str(len(figures.rules)), *total))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) if number < 2 else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    rule = "-" * max(map(len, lines))
    yield from (lines[0], rule, *lines[1:-1], rule, lines[-1])


def _cells(values: Count, ways: Count) -> tuple[str, str, str]:
    return fraction(values), fraction(ways), percent(values + ways)


def fraction(count: Count) -> str:
    """``7/9``."""
    return f"{count.covered}/{count.reachable}"


def percent(count: Count) -> str:
    """Whole per cent rounded down, so that only what is whole is 100; ``-`` of nothing."""
    return "-" if count.percent is None else f"{floor(count.percent)}%"


def counted(number: int, noun: str, language: str = "en") -> str:
    """``1 decision``, ``1,200 decisions``."""
    return said(noun if number == 1 else f"{noun}s", language, number)


def met(figures: Figures, language: str = "en") -> str:
    """``1,200 decisions of 340 kinds of facts``."""
    decisions = counted(figures.decisions, "decision", language)
    return said("met", language, decisions, counted(figures.kinds, "kind", language))


def summary(figures: Figures, language: str = "en") -> Iterator[str]:
    """What the table does not hold: overlays, parameters, what is out of reach."""
    overlays, told = figures.overlays, figures.told
    if overlays.reachable:
        yield said("overlays", language, fraction(overlays))
    if told.reachable:
        yield said("told", language, fraction(told))
    if beyond := sum(each.unreachable for each in figures.rules):
        yield said("beyond", language, beyond)


def missing(figures: Figures, language: str = "en") -> Iterator[str]:
    """A line for each value, way, overlay and parameter that was missed."""
    for rule in figures.rules:
        if lines := [*_missed(rule, language)]:
            yield f"{rule.rule.id} ({rule.home})"
            yield from (f"    {line}" for line in lines)
    for taken in figures.taken:
        if not taken.was_true:
            yield f"{taken.rule.id} ({taken.home})"
            yield f"    {said('disabled', language)}"
    for each in figures.parameters:
        if each.readers and not each.used:
            yield f"params.{each.parameter.id} ({each.home})"
            name = "told_nothing_set" if each.parameter.overlaid else "told_nothing"
            yield f"    {said(name, language)}"


def _missed(rule: RuleFigures, language: str) -> Iterator[str]:
    def any_of(names: list[str]) -> str:
        return said("or", language).join(said(name, language) for name in names)

    values = [name for name, point in rule.values.items() if point.state is State.MISSED]
    if not rule.value_count.covered and values:
        yield said("never_asked", language)
        return
    if values:
        yield said("never", language, any_of(values))
    for each in rule.atoms:
        ways = [name for name, point in each.ways.items() if point.state is State.MISSED]
        if ways and each.atom.within:
            within = each.atom.within[-1], any_of(ways), each.atom.text
            yield said("never_decided_in", language, *within)
        elif ways:
            yield said("never_decided", language, each.atom.text, any_of(ways))
    for overlaid, used in rule.overlays:
        if not used:
            yield said("no_difference", language, overlaid.action, overlaid.ruleset)
