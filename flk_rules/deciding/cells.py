"""cells of facts.

Divides what the facts of left-out subjects can be into finitely many cells, within each of which
no rule can tell two values apart. Exact for facts compared with constants; where a rule compares
or computes otherwise there is no such division, and `NotDivisible` names the facts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import product

from flk_rules.deciding.axes import (
    Axis,
    Cell,
    Cut,
    code_cells,
    number_cells,
    subset_cells,
    truth_cells,
)
from flk_rules.facts.validating import SAFE_DIGITS, SAFE_INT
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
from flk_rules.model.rules import Rule, Ruleset
from flk_rules.model.values import BOOL, INT, Kind, Value

MAX_CELLS = 1_024
"""Cells one answer may be divided into."""


class NotDivisible(Exception):
    """Some rule reads these facts in a way that has no finite division, or one too large."""

    def __init__(self, facts: set[str]) -> None:
        self.facts = frozenset(facts)
        super().__init__(*sorted(facts))


class Division:
    """The cells of everything that some rules read of some subjects."""

    def __init__(self, ruleset: Ruleset, rules: Iterable[Rule], subjects: tuple[str, ...]) -> None:
        self._ruleset = ruleset
        self._subjects = subjects
        self._seen: dict[str, FactRef] = {}
        self._has: set[str] = set()
        self._cuts: dict[str, dict[int, Cut]] = {}
        self._codes: dict[str, set[str]] = {}
        self._beyond: set[str] = set()
        for rule in rules:
            self._collect(rule.when)
        if self._beyond:
            raise NotDivisible(self._beyond)
        self.axes = tuple(self._axis(ref) for _, ref in sorted(self._seen.items()))
        if math.prod(len(axis.cells) for axis in self.axes) > MAX_CELLS:
            raise NotDivisible(set(self._seen))

    def cells(self) -> Iterator[tuple[tuple[int, ...], dict[str, Value]]]:
        """Every combination of cells: its index on each axis, and the facts that stand for it."""
        for choice in product(*(range(len(axis.cells)) for axis in self.axes)):
            values = {
                axis.fact.path: value
                for axis, index in zip(self.axes, choice, strict=True)
                if (value := axis.cells[index].value) is not None
            }
            yield choice, values

    def _mine(self, name: str) -> bool:
        return name.partition(".")[0] in self._subjects

    def _collect(self, node: Expr) -> None:
        match node:
            case And() | Or() | Not() | Conditional():
                for child in children(node):
                    self._collect(child)
            case DefinitionRef(path=path):
                self._collect(self._ruleset.definitions[path].when)
            case Has(fact=FactRef(path=path) as fact) if self._mine(path):
                self._seen[path] = fact
                self._has.add(path)
            case FactRef(path=path) if self._mine(path):
                self._seen[path] = node
            case Compare(op=op, left=FactRef() as fact, right=other) if self._constant(other):
                self._compare(fact, op, other)
            case Compare(op=op, left=other, right=FactRef() as fact) if self._constant(other):
                self._compare(fact, _MIRROR[op], other)
            case Member(item=other, collection=FactRef() as fact) if self._constant(other):
                self._mention(fact, other)
            case Member(item=FactRef() as fact, collection=other) if (
                self._constant(other) and fact.type.kind is Kind.STRING
            ):
                self._mention(fact, other)
            case _:
                read = (n.path for n in self._ruleset.nodes_of(node) if isinstance(n, FactRef))
                self._beyond |= {name for name in read if self._mine(name)}

    def _constant(self, node: Expr) -> bool:
        return isinstance(node, (Literal, ParameterRef))

    def _value(self, node: Expr) -> Value:
        if isinstance(node, ParameterRef):
            return self._ruleset.parameters[node.path].value
        assert isinstance(node, Literal)
        return node.value

    def _mention(self, fact: FactRef, other: Expr) -> None:
        """The rule asks for these codes in the fact, or for the fact among these codes."""
        if self._mine(fact.path):
            value = self._value(other)
            codes = {value} if isinstance(value, str) else value
            assert isinstance(codes, (set, frozenset, tuple))
            self._seen[fact.path] = fact
            self._codes.setdefault(fact.path, set()).update(str(code) for code in codes)

    def _compare(self, fact: FactRef, op: str, other: Expr) -> None:
        if not self._mine(fact.path):
            return
        self._seen[fact.path] = fact
        value = self._value(other)
        if isinstance(value, str):
            self._mention(fact, other)
        elif fact.type.numeric:
            assert isinstance(value, (int, float))
            assert isinstance(other, (Literal, ParameterRef))
            self._cut(fact, op, Literal(value, other.type))

    def _cut(self, fact: FactRef, op: str, bound: Literal) -> None:
        """A fact with decimals is the double nearest to a decimal number, so the bound is taken
        as the decimal it is written as; then every cut is exact."""
        scale = self._ruleset.schema.facts[fact.path].scale
        exact = Fraction(Decimal(repr(bound.value))) if scale else Fraction(bound.value)  # type: ignore[arg-type]
        scaled = exact * 10**scale
        cuts = self._cuts.setdefault(fact.path, {})
        if op in ("<", ">=", "==", "!="):
            at = math.ceil(scaled)
            cuts.setdefault(at, Cut(at, Compare("<", fact, bound), Compare(">=", fact, bound)))
        if op in ("<=", ">", "==", "!="):
            at = math.floor(scaled) + 1
            cuts.setdefault(at, Cut(at, Compare("<=", fact, bound), Compare(">", fact, bound)))

    def _axis(self, fact: FactRef) -> Axis:
        cuts: tuple[Cut, ...] = ()
        mentioned = sorted(self._codes.get(fact.path, ()))
        if fact.type == BOOL:
            cells = truth_cells(fact)
        elif fact.type.numeric:
            spec = self._ruleset.schema.facts[fact.path]
            unit = 10**spec.scale
            bound = SAFE_INT if fact.type == INT else 10**SAFE_DIGITS
            low = -bound if spec.minimum is None else spec.minimum * unit
            high = bound if spec.maximum is None else spec.maximum * unit
            found = sorted(self._cuts.get(fact.path, {}).items())
            cuts = tuple(cut for at, cut in found if low < at <= high)
            cells = number_cells(fact, cuts, low, unit)
        elif fact.type.kind is Kind.LIST:
            if 2 ** len(mentioned) > MAX_CELLS:
                raise NotDivisible({fact.path})
            cells = subset_cells(fact, mentioned)
        else:
            assert fact.type.codes is not None
            others = sorted(set(self._ruleset.schema.codes_of(fact.type.codes)) - set(mentioned))
            cells = code_cells(fact, mentioned, others)
        if fact.path in self._has:
            cells.append(Cell(None, Not(Has(fact))))
        return Axis(fact, tuple(cells), cuts)


_MIRROR = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
