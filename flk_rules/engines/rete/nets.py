"""true and false nets.

A condition becomes two disjunctions of conjunctions of atoms: one that holds exactly when Kleene
logic says true, one when it says false; where neither holds it is unknown. Every atom needs its
field to be present, which is how the engine reads missing fields too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from attrs import frozen

from flk_rules.engines.rete.fields import (
    SAFE_INT,
    CodeField,
    CountField,
    Field,
    NumberField,
    TruthField,
    code_numbers,
    constant,
    crosses,
)
from flk_rules.model.expressions import (
    And,
    Compare,
    Conditional,
    DefinitionRef,
    Expr,
    FactRef,
    Literal,
    Not,
    Or,
    ParameterRef,
    Size,
)
from flk_rules.model.rules import Ruleset
from flk_rules.model.values import Kind

MAX_EXPANSION = 64
"""Conjunctions one net may expand to; a wider condition crosses as one computed truth."""
MAX_ATOMS = 180
"""Atoms one conjunction may hold, well within the engine's 250 atoms and 254 properties."""


@frozen(cache_hash=True)
class Atom:
    """`field op value`; op is one of ``== != < <= > >=``. False where the field is absent."""

    field: Field
    op: str
    value: int


Conjunction = frozenset[Atom]
Net = tuple[Conjunction, ...]
ALWAYS: Net = (frozenset(),)
NEVER: Net = ()

_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_MIRROR = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


class TooWide(Exception):
    """A net beyond `MAX_EXPANSION` or `MAX_ATOMS`."""


@frozen
class Nets:
    """Both nets of one rule; `computed` is True where the whole rule crosses as one truth."""

    when_true: Net
    when_false: Net
    computed: bool


class NetBuilder:
    """Builds the nets of conditions of one ruleset; `atoms` are those met on the way, once each
    and in order, whether or not a net still needs them in the end."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._ruleset = ruleset
        self.atoms: dict[Atom, None] = {}
        self._made: dict[tuple[int, bool], Net] = {}

    def build(self, condition: Expr) -> Nets:
        """The nets of a condition; one computed truth where they would grow too wide."""
        self._made.clear()
        try:
            return Nets(self._net(condition, True), self._net(condition, False), False)
        except TooWide:
            return Nets(self._truth(condition, True), self._truth(condition, False), True)

    def _net(self, node: Expr, want: bool) -> Net:
        """Each part once: a ternary asks for both nets of its test, and definitions are shared,
        so that nesting them would double the work at every level."""
        key = id(node), want
        if key not in self._made:
            self._made[key] = self._make(node, want)
        return self._made[key]

    def _make(self, node: Expr, want: bool) -> Net:
        match node:
            case Not(operand=operand):
                return self._net(operand, not want)
            case And(operands=operands) | Or(operands=operands):
                nets = [self._net(each, want) for each in operands]
                return _all(nets) if isinstance(node, And) is want else _any(nets)
            case Conditional(test=test, then=then, otherwise=otherwise):
                chosen = _all([self._net(test, True), self._net(then, want)])
                other = _all([self._net(test, False), self._net(otherwise, want)])
                return _any([chosen, other])
            case DefinitionRef(path=path):
                return self._net(self._ruleset.definitions[path].when, want)
            case Literal() | ParameterRef():
                return ALWAYS if constant(node, self._ruleset) is want else NEVER
            case Compare():
                return self._met(self._compare(node, want))
        return self._truth(node, want)

    def _truth(self, node: Expr, want: bool) -> Net:
        """Evaluated before the fact crosses."""
        return self._met(_single(Atom(TruthField(node), "==", int(want))))

    def _met(self, net: Net) -> Net:
        self.atoms.update((atom, None) for conjunction in net for atom in conjunction)
        return net

    def _compare(self, node: Compare, want: bool) -> Net:
        fact, op, other = node.left, node.op, node.right
        if not isinstance(fact, (FactRef, Size)):
            fact, op, other = other, _MIRROR[op], fact
        value = constant(other, self._ruleset)
        if not isinstance(fact, (FactRef, Size)) or value is None:
            return self._truth(node, want)
        op = op if want else _OPPOSITE[op]
        if isinstance(fact, Size):
            if isinstance(fact.collection, FactRef) and isinstance(value, (int, float)):
                return _number(CountField(fact.collection.path), op, _scaled(value, 0))
            return self._truth(node, want)
        spec = self._ruleset.schema.facts[fact.path]
        if fact.type.numeric and isinstance(value, (int, float)) and crosses(spec):
            return _number(NumberField(fact.path), op, _scaled(value, spec.scale))
        if fact.type.kind is Kind.STRING and fact.type.codes and isinstance(value, str):
            number = code_numbers(self._ruleset, fact.type.codes).get(value)
            if number is not None:
                return _single(Atom(CodeField(fact.path, fact.type.codes), op, number))
        return self._truth(node, want)


def fields_of(nets: Mapping[int, Net]) -> list[Field]:
    """The fields that nets read, each once."""
    return list(
        dict.fromkeys(
            atom.field
            for net in nets.values()
            for conjunction in net
            for atom in sorted(conjunction, key=repr)
        )
    )


def _single(atom: Atom) -> Net:
    return (frozenset({atom}),)


def _scaled(value: int | float, scale: int) -> Fraction:
    """A constant in the field's unit. A fact with decimals is the double nearest to a decimal
    number, so the constant is taken as the decimal it is written as; whole facts are exact."""
    exact = Fraction(Decimal(repr(value))) if scale else Fraction(value)
    return exact * int(10**scale)


def _number(field: NumberField | CountField, op: str, bound: Fraction) -> Net:
    """`field op bound` on integers: an inequality moves to the next integer inward."""
    whole = bound.denominator == 1
    if not whole and op in ("==", "!="):
        return _known(field) if op == "!=" else NEVER
    match op:
        case "<" | ">=":
            limit = math.ceil(bound)
        case _:
            limit = math.floor(bound)
    if abs(limit) <= SAFE_INT:
        return _single(Atom(field, op, limit))
    above = limit > 0
    holds = {"<": above, "<=": above, ">": not above, ">=": not above, "==": False, "!=": True}
    return _known(field) if holds[op] else NEVER


def _known(field: NumberField | CountField) -> Net:
    """Holds whenever the field is present."""
    return _single(Atom(field, ">=", -SAFE_INT))


def _any(nets: list[Net]) -> Net:
    return _reduced([conjunction for net in nets for conjunction in net])


def _all(nets: list[Net]) -> Net:
    product: Net = ALWAYS
    for net in nets:
        if len(product) * len(net) > MAX_EXPANSION**2:
            raise TooWide
        product = _reduced([one | two for one in product for two in net])
    return product


def _reduced(conjunctions: list[Conjunction]) -> Net:
    """Without contradictions and without what a shorter conjunction already says."""
    distinct = [each for each in dict.fromkeys(conjunctions) if not _contradicts(each)]
    if len(distinct) > MAX_EXPANSION**2:
        raise TooWide
    kept: list[Conjunction] = []
    for each in sorted(distinct, key=len):
        if not any(other <= each for other in kept):
            kept.append(each)
    if len(kept) > MAX_EXPANSION or any(len(each) > MAX_ATOMS for each in kept):
        raise TooWide
    return tuple(kept)


def _contradicts(conjunction: Conjunction) -> bool:
    return any(
        Atom(atom.field, _OPPOSITE[atom.op], atom.value) in conjunction
        or (
            isinstance(atom.field, TruthField)
            and Atom(atom.field, "==", 1 - atom.value) in conjunction
        )
        for atom in conjunction
    )
