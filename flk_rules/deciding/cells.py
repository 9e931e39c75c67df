"""cells of facts.

Divides what the facts of a left-out subject can be into finitely many cells, within each of which
no rule can tell two values apart. Exact for facts compared with constants; where a rule compares
or computes otherwise there is no such division, and `NotDivisible` names the facts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import product

from attrs import frozen

from flk_rules.model.expressions import (
    And,
    Compare,
    Conditional,
    DefinitionRef,
    Expr,
    FactRef,
    Has,
    Literal,
    Member,
    Not,
    Or,
    ParameterRef,
    children,
)
from flk_rules.model.rules import Ruleset
from flk_rules.model.values import BOOL, INT, Kind, Type, Value

MAX_CELLS = 1_024
"""Cells one answer may be divided into."""


class NotDivisible(Exception):
    """Some rule reads these facts in a way that has no finite division."""

    def __init__(self, facts: frozenset[str]) -> None:
        self.facts = facts
        super().__init__(*sorted(facts))


@frozen
class Cell:
    """One value that stands for its cell, and the cell's bounds as a condition on the fact."""

    value: Value
    when: Expr


@frozen
class Axis:
    """The cells of one fact, in order; `ordered` where neighbours join to one range."""

    fact: str
    cells: tuple[Cell, ...]
    cuts: tuple[Cut, ...] = ()


@frozen
class Cut:
    """A boundary on a number's axis: below it `below` holds, from it on `above` does."""

    at: int
    below: Expr
    above: Expr


class Division:
    """The cells of everything that a question's rules read of some subjects."""

    def __init__(self, ruleset: Ruleset, question: str, subjects: tuple[str, ...]) -> None:
        self._ruleset = ruleset
        self._subjects = subjects
        self._cuts: dict[str, dict[int, Cut]] = {}
        self._codes: dict[str, set[str]] = {}
        self._seen: dict[str, FactRef] = {}
        beyond: set[str] = set()
        for rule in ruleset.rules_of(question):
            self._collect(rule.when, beyond)
        if beyond:
            raise NotDivisible(frozenset(beyond))
        self.axes = tuple(self._axis(ref) for _, ref in sorted(self._seen.items()))
        if math.prod(len(axis.cells) for axis in self.axes) > MAX_CELLS:
            raise NotDivisible(frozenset(self._seen))

    def cells(self) -> Iterator[tuple[tuple[int, ...], dict[str, Value]]]:
        """Every combination of cells: its index on each axis, and the facts that stand for it."""
        for choice in product(*(range(len(axis.cells)) for axis in self.axes)):
            values = {
                axis.fact: axis.cells[index].value
                for axis, index in zip(self.axes, choice, strict=True)
            }
            yield choice, values

    def _mine(self, name: str) -> bool:
        return name.partition(".")[0] in self._subjects

    def _collect(self, node: Expr, beyond: set[str]) -> None:
        match node:
            case And() | Or() | Not():
                for child in children(node):
                    self._collect(child, beyond)
            case Conditional(test=test, then=then, otherwise=otherwise):
                for child in (test, then, otherwise):
                    self._collect(child, beyond)
            case DefinitionRef(path=path):
                self._collect(self._ruleset.definitions[path].when, beyond)
            case Literal() | ParameterRef():
                pass
            case Has(fact=fact):
                # A subject given later has the fact: `has` is true in every cell.
                pass
            case FactRef(path=path):
                if self._mine(path):
                    self._seen[path] = node
            case Compare(op=op, left=FactRef() as fact, right=right):
                self._compare(fact, op, right, beyond)
            case Compare(op=op, left=left, right=FactRef() as fact):
                self._compare(fact, _MIRROR[op], left, beyond)
            case Member(item=item, collection=FactRef() as fact) if self._mine(fact.path):
                self._mention(fact, item, beyond)
            case Member(item=FactRef() as fact, collection=collection) if (
                self._mine(fact.path) and fact.type.kind is Kind.STRING
            ):
                self._mention(fact, collection, beyond)
            case _:
                beyond |= {name for name in _facts(node) if self._mine(name)}

    def _constant(self, node: Expr) -> Value | None:
        match node:
            case Literal(value=value):
                return value
            case ParameterRef(path=path):
                return self._ruleset.parameters[path].value
        return None

    def _mention(self, fact: FactRef, other: Expr, beyond: set[str]) -> None:
        value = self._constant(other)
        if value is None or isinstance(value, (bool, int, float)):
            beyond |= {name for name in (fact.path, *_facts(other)) if self._mine(name)}
            return
        self._seen[fact.path] = fact
        codes = {value} if isinstance(value, str) else {str(each) for each in value}
        self._codes.setdefault(fact.path, set()).update(codes)

    def _compare(self, fact: FactRef, op: str, other: Expr, beyond: set[str]) -> None:
        value = self._constant(other)
        if not self._mine(fact.path) and value is not None:
            return
        if value is None:
            beyond |= {name for name in (fact.path, *_facts(other)) if self._mine(name)}
            return
        if not fact.type.numeric:
            if isinstance(value, str):
                self._mention(fact, other, beyond)
            else:
                self._seen[fact.path] = fact
            return
        assert isinstance(value, (int, float))
        self._seen[fact.path] = fact
        unit = 10 ** self._ruleset.schema.facts[fact.path].scale
        literal = Literal(value, other.type if isinstance(other, ParameterRef) else _type(other))
        cuts = self._cuts.setdefault(fact.path, {})
        scaled = value * unit if isinstance(value, int) else round(value * unit, 6)
        if op in ("<", ">=", "==", "!="):
            cut = math.ceil(scaled)
            cuts.setdefault(
                cut, Cut(cut, Compare("<", fact, literal), Compare(">=", fact, literal))
            )
        if op in ("<=", ">", "==", "!="):
            cut = math.floor(scaled) + 1
            cuts.setdefault(
                cut, Cut(cut, Compare("<=", fact, literal), Compare(">", fact, literal))
            )

    def _axis(self, fact: FactRef) -> Axis:
        name = fact.path
        if fact.type == BOOL:
            return Axis(name, (Cell(True, fact), Cell(False, Not(fact))))
        if fact.type.numeric:
            return self._number_axis(fact)
        mentioned = sorted(self._codes.get(name, ()))
        if fact.type.kind is Kind.LIST:
            return Axis(name, tuple(_subsets(fact, mentioned)))
        cells = [Cell(code, Compare("==", fact, _text(code))) for code in mentioned]
        assert fact.type.codes is not None
        others = sorted(set(self._ruleset.schema.codes_of(fact.type.codes)) - set(mentioned))
        if others:
            unlike = tuple(Compare("!=", fact, _text(code)) for code in mentioned)
            cells.append(Cell(others[0], _and(unlike)))
        return Axis(name, tuple(cells))

    def _number_axis(self, fact: FactRef) -> Axis:
        spec = self._ruleset.schema.facts[fact.path]
        unit = 10**spec.scale
        low = -(10**9) if spec.minimum is None else spec.minimum * unit
        high = 10**9 if spec.maximum is None else spec.maximum * unit
        cuts = tuple(
            cut for at, cut in sorted(self._cuts.get(fact.path, {}).items()) if low < at <= high
        )
        cells = []
        for number in range(len(cuts) + 1):
            at = cuts[number - 1].at if number else low
            value: Value = at if fact.type == INT else at / unit
            cells.append(Cell(value, _range(cuts, number, number)))
        return Axis(fact.path, tuple(cells), cuts)


def join(axis: Axis, chosen: tuple[int, ...]) -> Expr:
    """The condition that the fact lies in one of the chosen cells."""
    if not axis.cuts:
        return _or(tuple(axis.cells[index].when for index in chosen))
    runs: list[list[int]] = []
    for index in chosen:
        if runs and runs[-1][-1] == index - 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    return _or(tuple(_range(axis.cuts, run[0], run[-1]) for run in runs))


def _range(cuts: tuple[Cut, ...], first: int, last: int) -> Expr:
    bounds: list[Expr] = []
    if first > 0:
        bounds.append(cuts[first - 1].above)
    if last < len(cuts):
        bounds.append(cuts[last].below)
    return _and(tuple(bounds))


def _subsets(fact: FactRef, codes: list[str]) -> Iterator[Cell]:
    if 2 ** len(codes) > MAX_CELLS:
        raise NotDivisible(frozenset({fact.path}))
    for bits in range(2 ** len(codes)):
        inside = frozenset(code for n, code in enumerate(codes) if bits >> n & 1)
        tests: list[Expr] = []
        for code in codes:
            test = Member(_text(code), fact)
            tests.append(test if code in inside else Not(test))
        yield Cell(inside, _and(tuple(tests)))


def _facts(node: Expr) -> Iterator[str]:
    if isinstance(node, FactRef):
        yield node.path
    for child in children(node):
        yield from _facts(child)


def _and(parts: tuple[Expr, ...]) -> Expr:
    if not parts:
        return Literal(True, BOOL)
    return parts[0] if len(parts) == 1 else And(parts)


def _or(parts: tuple[Expr, ...]) -> Expr:
    return parts[0] if len(parts) == 1 else Or(parts)


def _text(code: str) -> Literal:
    return Literal(code, Type(Kind.STRING))


def _type(node: Expr) -> Type:
    return node.type if isinstance(node, Literal) else INT


_MIRROR = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


def describe(
    axes: tuple[Axis, ...], table: Mapping[tuple[int, ...], object], wanted: object
) -> Expr:
    """A condition that holds exactly in the cells where the table says `wanted`."""
    found = _describe(axes, 0, (), table, wanted)
    return Literal(False, BOOL) if found is None else found


def _describe(
    axes: tuple[Axis, ...],
    depth: int,
    chosen: tuple[int, ...],
    table: Mapping[tuple[int, ...], object],
    wanted: object,
) -> Expr | None:
    """None where the table never says `wanted`; the literal true where it always does."""
    if depth == len(axes):
        return Literal(True, BOOL) if table[chosen] == wanted else None
    groups: dict[Expr | None, list[int]] = {}
    for index in range(len(axes[depth].cells)):
        inner = _describe(axes, depth + 1, (*chosen, index), table, wanted)
        groups.setdefault(inner, []).append(index)
    if len(groups) == 1:
        return next(iter(groups))
    parts: list[Expr] = []
    for inner, indexes in groups.items():
        if inner is None:
            continue
        here = join(axes[depth], tuple(indexes))
        parts.append(here if inner == Literal(True, BOOL) else _and((here, inner)))
    return _or(tuple(parts))
