"""what conditions tell.

Of each fact that conditions read: the boundaries it is held against, the codes and sets of codes
that it is looked up in, and whether they ask if it is recorded. What the cells of left-out subjects
and the partitions of rules are made from.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from flk_rules.deciding.axes import Cut
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
from flk_rules.model.rules import Ruleset
from flk_rules.model.schema import FactSpec
from flk_rules.model.values import INT, Kind, Value

MIRROR = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
"""Each comparison as it reads from the other side."""


class Reading:
    """What conditions tell of those facts whose names are `mine`.

    `groups` are the sets of codes that a fact is looked up in, single codes among them; `beyond`
    names the facts that are read in a way this class has no cells for.
    """

    def __init__(self, mine: Callable[[str], bool]) -> None:
        self._mine = mine
        self.seen: dict[str, FactRef] = {}
        self.specs: dict[str, FactSpec] = {}
        self.has: set[str] = set()
        self.cuts: dict[str, dict[int, Cut]] = {}
        self.groups: dict[str, set[frozenset[str]]] = {}
        self.beyond: set[str] = set()

    def read(self, ruleset: Ruleset, node: Expr) -> None:
        """Adds what a condition of a ruleset tells."""
        match node:
            case And() | Or() | Not() | Conditional():
                for child in children(node):
                    self.read(ruleset, child)
            case DefinitionRef(path=path):
                self.read(ruleset, ruleset.definitions[path].when)
            case Has(fact=FactRef(path=path) as fact) if self._mine(path):
                self.see(ruleset, fact)
                self.has.add(path)
            case FactRef(path=path) if self._mine(path):
                self.see(ruleset, node)
            case Compare(op=op, left=FactRef() as fact, right=other) if constant(other):
                self._compare(ruleset, fact, op, other)
            case Compare(op=op, left=other, right=FactRef() as fact) if constant(other):
                self._compare(ruleset, fact, MIRROR[op], other)
            case Member(item=other, collection=FactRef() as fact) if constant(other):
                self.mention(ruleset, fact, other)
            case Member(item=FactRef() as fact, collection=other) if (
                constant(other) and fact.type.kind is Kind.STRING
            ):
                self.mention(ruleset, fact, other)
            case _:
                self.otherwise(ruleset, node)

    def otherwise(self, ruleset: Ruleset, node: Expr) -> None:
        """What is no test of one fact against a constant: beyond."""
        read = (each.path for each in ruleset.nodes_of(node) if isinstance(each, FactRef))
        self.beyond |= {name for name in read if self._mine(name)}

    def see(self, ruleset: Ruleset, fact: FactRef) -> None:
        """The fact is read."""
        self.seen[fact.path] = fact
        self.specs[fact.path] = ruleset.schema.facts[fact.path]

    def mention(self, ruleset: Ruleset, fact: FactRef, other: Expr) -> None:
        """The rule asks for these codes in the fact, or for the fact among these codes."""
        if self._mine(fact.path):
            value = constant_value(ruleset, other)
            codes = {value} if isinstance(value, str) else value
            assert isinstance(codes, (set, frozenset, tuple))
            self.see(ruleset, fact)
            self.groups.setdefault(fact.path, set()).add(frozenset(map(str, codes)))

    def mentioned(self, fact: str) -> set[str]:
        """Every code that is looked up in the fact."""
        return set().union(*self.groups.get(fact, ()))

    def bounds(self, fact: FactRef) -> tuple[int, int]:
        """The lowest and highest number the fact can be, in its smallest unit."""
        spec = self.specs[fact.path]
        unit = 10**spec.scale
        bound = SAFE_INT if fact.type == INT else 10**SAFE_DIGITS
        low = -bound if spec.minimum is None else spec.minimum * unit
        return low, bound if spec.maximum is None else spec.maximum * unit

    def cuts_of(self, fact: FactRef) -> tuple[Cut, ...]:
        """The boundaries within the fact's range, in order."""
        low, high = self.bounds(fact)
        found = sorted(self.cuts.get(fact.path, {}).items())
        return tuple(cut for at, cut in found if low < at <= high)

    def _compare(self, ruleset: Ruleset, fact: FactRef, op: str, other: Expr) -> None:
        if not self._mine(fact.path):
            return
        self.see(ruleset, fact)
        value = constant_value(ruleset, other)
        if isinstance(value, str):
            self.mention(ruleset, fact, other)
        elif fact.type.numeric:
            assert isinstance(value, (int, float))
            assert isinstance(other, (Literal, ParameterRef))
            self._cut(fact, op, Literal(value, other.type))

    def _cut(self, fact: FactRef, op: str, bound: Literal) -> None:
        """A fact with decimals is the double nearest to a decimal number, so the bound is taken
        as the decimal it is written as; then every cut is exact."""
        assert isinstance(bound.value, (int, float))
        scale = self.specs[fact.path].scale
        exact = exactly(bound.value) if scale else Fraction(bound.value)
        scaled = exact * 10**scale
        cuts = self.cuts.setdefault(fact.path, {})
        if op in ("<", ">=", "==", "!="):
            at = math.ceil(scaled)
            cuts.setdefault(at, Cut(at, Compare("<", fact, bound), Compare(">=", fact, bound)))
        if op in ("<=", ">", "==", "!="):
            at = math.floor(scaled) + 1
            cuts.setdefault(at, Cut(at, Compare("<=", fact, bound), Compare(">", fact, bound)))


def exactly(number: float) -> Fraction:
    """The decimal that a number is written as."""
    return Fraction(Decimal(repr(number)))


def constant(node: Expr) -> bool:
    """Is it a constant, whatever the facts are?"""
    return isinstance(node, (Literal, ParameterRef))


def constant_value(ruleset: Ruleset, node: Expr) -> Value:
    """The value of a constant."""
    if isinstance(node, ParameterRef):
        return ruleset.parameters[node.path].value
    assert isinstance(node, Literal)
    return node.value
