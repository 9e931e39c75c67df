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

_HEAD = ("ruleset", "question", "rules", "values", "ways", "cover")


def table(figures: Figures) -> Iterator[str]:
    """The lines of the table, its total last."""
    rows = [_HEAD]
    for (home, question), group in groupby(
        figures.rules, key=lambda each: (each.home, each.rule.decides)
    ):
        rules = list(group)
        values = sum((each.value_count for each in rules), NOTHING)
        ways = sum((each.way_count for each in rules), NOTHING)
        rows.append((home, question, str(len(rules)), *_cells(values, ways)))
    total = _cells(figures.values, figures.ways)
    rows.append(("TOTAL", "", str(len(figures.rules)), *total))
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


def counted(number: int, noun: str) -> str:
    """``1 decision``, ``1,200 decisions``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def met(figures: Figures) -> str:
    """``1,200 decisions of 340 kinds of facts``."""
    return f"{counted(figures.decisions, 'decision')} of {counted(figures.kinds, 'kind')} of facts"


def summary(figures: Figures) -> Iterator[str]:
    """What the table does not hold: overlays, parameters, what is out of reach."""
    overlays, told = figures.overlays, figures.told
    if overlays.reachable:
        yield f"overlays that made a difference: {fraction(overlays)}"
    if told.reachable:
        yield f"parameters whose value told: {fraction(told)}"
    if beyond := sum(each.unreachable for each in figures.rules):
        yield f"out of reach of any facts, and not counted: {beyond}"


def missing(figures: Figures) -> Iterator[str]:
    """A line for each value, way, overlay and parameter that was missed."""
    for rule in figures.rules:
        if lines := [*_missed(rule)]:
            yield f"{rule.rule.id} ({rule.home})"
            yield from (f"    {line}" for line in lines)
    for taken in figures.taken:
        if not taken.was_true:
            yield f"{taken.rule.id} ({taken.home})"
            yield "    disabled, and would have been true of no decision"
    for each in figures.parameters:
        if each.readers and not each.used:
            yield f"params.{each.parameter.id} ({each.home})"
            yield f"    its value{_set(each.parameter.overlaid)} told in no decision"


def _set(overlaid: tuple[object, ...]) -> str:
    return ", set here," if overlaid else ""


def _missed(rule: RuleFigures) -> Iterator[str]:
    values = [name for name, point in rule.values.items() if point.state is State.MISSED]
    if not rule.value_count.covered and values:
        yield "never asked"
        return
    if values:
        yield f"never {' or '.join(values)}"
    for each in rule.atoms:
        ways = [name for name, point in each.ways.items() if point.state is State.MISSED]
        if ways:
            inside = f" in {each.atom.within[-1]}" if each.atom.within else ""
            yield f"never decided by {each.atom.text}{inside} being {' or '.join(ways)}"
    for overlaid, used in rule.overlays:
        if not used:
            yield f"the {overlaid.action} by {overlaid.ruleset} made no difference"
