"""axes of cells.

What one fact of a left-out subject can be, divided into cells within which no rule can tell two
values apart, and conditions that name any choice of cells in the condition language.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from flk_rules.model.expressions import (
    And,
    Compare,
    Expr,
    FactRef,
    Has,
    Literal,
    Member,
    Not,
    Or,
)
from flk_rules.model.values import BOOL, INT, Kind, Type, Value

TRUE = Literal(True, BOOL)
FALSE = Literal(False, BOOL)


@frozen
class Cell:
    """One value that stands for its cell, None where the fact is not recorded, and the cell as a
    condition on the fact."""

    value: Value | None
    when: Expr


@frozen
class Cut:
    """A boundary on a number's axis: below it `below` holds, from it on `above` does."""

    at: int
    below: Expr
    above: Expr


@frozen
class Axis:
    """The cells of one fact; a number's are in order, with a cut between each two.

    Where rules ask whether the fact is recorded, the last cell is that it is not.
    """

    fact: FactRef
    cells: tuple[Cell, ...]
    cuts: tuple[Cut, ...] = ()

    def where(self, chosen: tuple[int, ...]) -> Expr:
        """The condition that the fact lies in one of the chosen cells, which are not all."""
        has = Has(self.fact)
        recorded = [n for n, cell in enumerate(self.cells) if cell.value is not None]
        inside = [n for n in recorded if n in chosen]
        parts: list[Expr] = []
        if len(inside) == len(recorded):
            parts.append(has)
        elif self.cuts:
            parts += [within(self.cuts, first, last) for first, last in _runs(inside)]
        else:
            parts += [self.cells[n].when for n in inside]
        if len(inside) < len(chosen):
            parts.append(Not(has))
        return any_of(parts)


def truth_cells(fact: FactRef) -> list[Cell]:
    """The two cells of a truth."""
    return [Cell(True, fact), Cell(False, Not(fact))]


def code_cells(fact: FactRef, mentioned: list[str], others: list[str]) -> list[Cell]:
    """One cell a code that rules mention, one for all the others."""
    cells = [Cell(code, Compare("==", fact, _text(code))) for code in mentioned]
    if others:
        unlike: list[Expr] = [Compare("!=", fact, _text(code)) for code in mentioned]
        cells.append(Cell(others[0], all_of(unlike)))
    return cells


def subset_cells(fact: FactRef, mentioned: list[str]) -> list[Cell]:
    """One cell a subset of the codes that rules look for in a list."""
    cells = []
    for bits in range(2 ** len(mentioned)):
        tests: list[Expr] = [Member(_text(code), fact) for code in mentioned]
        parts = [test if bits >> n & 1 else Not(test) for n, test in enumerate(tests)]
        inside = frozenset(code for n, code in enumerate(mentioned) if bits >> n & 1)
        cells.append(Cell(inside, all_of(parts)))
    return cells


def number_cells(fact: FactRef, cuts: tuple[Cut, ...], low: int, unit: int) -> list[Cell]:
    """The ranges between the cuts, each with its lowest number; bounds are in 1 / `unit`."""
    cells = []
    for number in range(len(cuts) + 1):
        at = cuts[number - 1].at if number else low
        value: Value = at if fact.type == INT else at / unit
        cells.append(Cell(value, within(cuts, number, number)))
    return cells


def within(cuts: tuple[Cut, ...], first: int, last: int) -> Expr:
    """The condition that a number lies in the ranges from `first` to `last`."""
    bounds: list[Expr] = []
    if first > 0:
        bounds.append(cuts[first - 1].above)
    if last < len(cuts):
        bounds.append(cuts[last].below)
    return all_of(bounds)


def describe(
    axes: tuple[Axis, ...], table: Mapping[tuple[int, ...], object], wanted: object
) -> Expr:
    """A condition that holds exactly in the cells where the table says `wanted`."""
    return _describe(axes, (), table, wanted)


def _describe(
    axes: tuple[Axis, ...],
    chosen: tuple[int, ...],
    table: Mapping[tuple[int, ...], object],
    wanted: object,
) -> Expr:
    if len(chosen) == len(axes):
        return TRUE if table[chosen] == wanted else FALSE
    axis = axes[len(chosen)]
    groups: dict[Expr, list[int]] = {}
    for index in range(len(axis.cells)):
        inner = _describe(axes, (*chosen, index), table, wanted)
        groups.setdefault(inner, []).append(index)
    if len(groups) == 1:
        return next(iter(groups))
    parts: list[Expr] = []
    for inner, indexes in groups.items():
        if len(groups) == 2 and inner not in (TRUE, FALSE) and TRUE in groups:
            parts.append(inner)  # the other part holds wherever this one need not
        elif inner != FALSE:
            parts.append(all_of([axis.where(tuple(indexes)), inner]))
    return any_of(parts)


def all_of(parts: list[Expr]) -> Expr:
    """The conjunction on one level, without what is always true."""
    flat = [
        each
        for part in parts
        for each in (part.operands if isinstance(part, And) else (part,))
        if each != TRUE
    ]
    if not flat:
        return TRUE
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def any_of(parts: list[Expr]) -> Expr:
    """The disjunction of one or more parts on one level."""
    flat = [each for part in parts for each in (part.operands if isinstance(part, Or) else (part,))]
    return flat[0] if len(flat) == 1 else Or(tuple(flat))


def _runs(indexes: list[int]) -> list[tuple[int, int]]:
    """Neighbours joined: the first and last index of each run."""
    runs: list[tuple[int, int]] = []
    for index in indexes:
        if runs and runs[-1][1] == index - 1:
            runs[-1] = (runs[-1][0], index)
        else:
            runs.append((index, index))
    return runs


def _text(code: str) -> Literal:
    return Literal(code, Type(Kind.STRING))
