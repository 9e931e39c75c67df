"""conditions for peers.

Walks a checked condition once and writes it in another engine's language. Definitions are put in
place of their names and parameters become constants, so that no peer pays for looking them up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from attrs import evolve

from flk_rules.model.expressions import (
    And,
    Compare,
    DefinitionRef,
    Expr,
    FactRef,
    Has,
    Literal,
    Member,
    Not,
    Or,
    ParameterRef,
    SetRelation,
    Size,
    children,
)
from flk_rules.model.rules import Rule, Ruleset
from flk_rules.model.values import BOOL, Value


class Untranslatable(Exception):
    """A condition uses what the benchmark's translator does not know yet."""


class Dialect(Protocol):
    """How one engine writes the parts of a condition."""

    def true(self, fact: str) -> str: ...
    def known(self, fact: str) -> str: ...
    def compare(self, fact: str, op: str, value: bool | int | float | str) -> str: ...
    def size(self, fact: str, op: str, value: int) -> str: ...
    def contains(self, fact: str, code: str) -> str: ...
    def one_of(self, fact: str, codes: Sequence[str]) -> str: ...
    def intersects(self, fact: str, codes: Sequence[str]) -> str: ...
    def negation(self, part: str) -> str: ...
    def conjunction(self, parts: Sequence[str]) -> str: ...
    def disjunction(self, parts: Sequence[str]) -> str: ...


class Translator:
    """Writes the conditions of one ruleset in one dialect."""

    def __init__(self, ruleset: Ruleset, dialect: Dialect) -> None:
        self._ruleset = ruleset
        self._dialect = dialect

    def write(self, node: Expr) -> str:
        """The condition in the dialect."""
        to = self._dialect
        match node:
            case DefinitionRef(path=path):
                return self.write(self._ruleset.definitions[path].when)
            case And(operands=operands):
                return to.conjunction([self.write(each) for each in operands])
            case Or(operands=operands):
                return to.disjunction([self.write(each) for each in operands])
            case Not(operand=operand):
                return to.negation(self.write(operand))
            case FactRef(path=path):
                return to.true(path)
            case Has(fact=FactRef(path=path)):
                return to.known(path)
            case Compare(op=op, left=FactRef(path=path), right=right):
                value = self._constant(right)
                assert isinstance(value, (bool, int, float, str))
                return to.compare(path, op, value)
            case Compare(op=op, left=Size(collection=FactRef(path=path)), right=right):
                value = self._constant(right)
                assert isinstance(value, int)
                return to.size(path, op, value)
            case Member(item=Literal(value=str(code)), collection=FactRef(path=path)):
                return to.contains(path, code)
            case Member(item=FactRef(path=path), collection=collection):
                return to.one_of(path, self._codes(collection))
            case SetRelation(relation="intersects", left=FactRef(path=path), right=right):
                return to.intersects(path, self._codes(right))
        raise Untranslatable(type(node).__name__)

    def _constant(self, node: Expr) -> Value:
        match node:
            case Literal(value=value):
                return value
            case ParameterRef(path=path):
                return self._ruleset.parameters[path].value
        raise Untranslatable(type(node).__name__)

    def _codes(self, node: Expr) -> list[str]:
        value = self._constant(node)
        assert isinstance(value, (tuple, frozenset))
        return sorted(str(each) for each in value)


def settled(ruleset: Ruleset, question: str) -> tuple[Rule, ...]:
    """The question's rules with their switches put in place: a rule that a parameter of true or
    false turns off is left out, so that no peer pays for asking it."""
    rules = []
    for rule in ruleset.rules_of(question):
        when = _settle(rule.when, ruleset)
        if when != Literal(False, BOOL):
            rules.append(evolve(rule, when=when))
    return tuple(rules)


def _settle(node: Expr, ruleset: Ruleset) -> Expr:
    match node:
        case ParameterRef(path=path, type=kind) if kind == BOOL:
            return Literal(bool(ruleset.parameters[path].value), BOOL)
        case Not(operand=operand):
            inner = _settle(operand, ruleset)
            return Literal(not inner.value, BOOL) if isinstance(inner, Literal) else Not(inner)
        case And(operands=operands):
            parts = [_settle(each, ruleset) for each in operands]
            if Literal(False, BOOL) in parts:
                return Literal(False, BOOL)
            kept = tuple(each for each in parts if each != Literal(True, BOOL))
            return kept[0] if len(kept) == 1 else And(kept) if kept else Literal(True, BOOL)
        case Or(operands=operands):
            parts = [_settle(each, ruleset) for each in operands]
            if Literal(True, BOOL) in parts:
                return Literal(True, BOOL)
            kept = tuple(each for each in parts if each != Literal(False, BOOL))
            return kept[0] if len(kept) == 1 else Or(kept) if kept else Literal(False, BOOL)
    return node


def conjuncts(node: Expr, ruleset: Ruleset) -> list[Expr]:
    """The parts that must all hold, definitions put in place of their names."""
    match node:
        case DefinitionRef(path=path):
            return conjuncts(ruleset.definitions[path].when, ruleset)
        case And(operands=operands):
            return [part for each in operands for part in conjuncts(each, ruleset)]
    return [node]


def facts_of(node: Expr, ruleset: Ruleset) -> set[str]:
    """The facts that a condition reads."""
    match node:
        case DefinitionRef(path=path):
            return facts_of(ruleset.definitions[path].when, ruleset)
        case FactRef(path=path):
            return {path}
    return {name for child in children(node) for name in facts_of(child, ruleset)}
