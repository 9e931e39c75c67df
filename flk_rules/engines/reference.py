"""tracing tree interpreter.

The definition of right: what every other engine is held against, and what explanations replay.
Three-valued after Kleene: a part that is unknown leaves the whole unknown unless the other parts
decide it. CEL says the same of errors and SQL of NULL.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from attrs import frozen

from flk_rules.model.expressions import (
    And,
    Arithmetic,
    Compare,
    Conditional,
    DefinitionRef,
    Expr,
    FactRef,
    Has,
    Literal,
    Member,
    Name,
    Negate,
    Not,
    Or,
    ParameterRef,
    SetRelation,
    Size,
)
from flk_rules.model.rules import Ruleset
from flk_rules.model.values import Outcome3, Unknown, Value
from flk_rules.model.verdicts import Firings


def _ordered(holds: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool | Unknown]:
    """As CEL: NaN equals nothing and stands in no order, so that `a < b` is always `!(a >= b)`."""

    def compare(a: Any, b: Any) -> bool | Unknown:
        if math.isnan(a) or math.isnan(b):
            return Unknown(error="0.0 / 0.0 is no number and has no order")
        return holds(a, b)

    return compare


_COMPARE: dict[str, Callable[[Any, Any], bool | Unknown]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": _ordered(lambda a, b: a < b),
    "<=": _ordered(lambda a, b: a <= b),
    ">": _ordered(lambda a, b: a > b),
    ">=": _ordered(lambda a, b: a >= b),
}


@frozen
class Trace:
    """A node, its value, and how it came about."""

    node: Expr
    value: Outcome3
    parts: tuple[Trace, ...] = ()


class Interpreter:
    """Evaluates checked conditions of one ruleset.

    `open_parameters` are treated as not known, to ask what rests on them.
    """

    def __init__(self, ruleset: Ruleset, open_parameters: frozenset[str] = frozenset()) -> None:
        self._definitions = {each.id: each.when for each in ruleset.definitions.values()}
        self._parameters: dict[str, Outcome3] = {
            each.id: Unknown(frozenset({f"params.{each.id}"}))
            if each.id in open_parameters
            else each.value
            for each in ruleset.parameters.values()
        }

    def trace(self, node: Expr, facts: Mapping[str, Value]) -> Trace:
        """The value of a condition and of each of its parts."""
        match node:
            case Literal():
                return Trace(node, node.value)
            case FactRef(path=path):
                known = facts.get(path)
                return Trace(node, Unknown(frozenset({path})) if known is None else known)
            case ParameterRef(path=path):
                return Trace(node, self._parameters[path])
            case DefinitionRef(path=path):
                inner = self.trace(self._definitions[path], facts)
                return Trace(node, inner.value, (inner,))
            case Has(fact=fact):
                return Trace(node, fact.path in facts)
            case And(operands=operands):
                parts = tuple([self.trace(each, facts) for each in operands])
                return Trace(node, _junction(parts, decides=False), parts)
            case Or(operands=operands):
                parts = tuple([self.trace(each, facts) for each in operands])
                return Trace(node, _junction(parts, decides=True), parts)
            case Conditional(test=test, then=then, otherwise=otherwise):
                parts = (
                    self.trace(test, facts), self.trace(then, facts), self.trace(otherwise, facts)
                )  # fmt: skip
                chosen = parts[0].value
                if not isinstance(chosen, Unknown):
                    chosen = parts[1].value if chosen else parts[2].value
                return Trace(node, chosen, parts)
            case Not(operand=operand):
                return self._apply(node, facts, lambda a: not a, operand)
            case Negate(operand=operand):
                return self._apply(node, facts, lambda a: _in_range(-a), operand)
            case Size(collection=collection):
                return self._apply(node, facts, len, collection)
            case Compare(op=op, left=left, right=right):
                return self._apply(node, facts, _COMPARE[op], left, right)
            case Member(item=item, collection=collection):
                return self._apply(node, facts, lambda a, b: a in b, item, collection)
            case SetRelation(relation=relation, left=left, right=right):
                return self._apply(node, facts, _SETS[relation], left, right)
            case Arithmetic(op=op, left=left, right=right):
                return self._apply(node, facts, _ARITHMETIC[op], left, right)
            case Name():
                raise AssertionError(f"{node.path} was not checked")

    def _apply(
        self, node: Expr, facts: Mapping[str, Value], function: Any, *operands: Expr
    ) -> Trace:
        """A strict operation: unknown as soon as one operand is."""
        parts = tuple([self.trace(each, facts) for each in operands])
        unknown = [part.value for part in parts if isinstance(part.value, Unknown)]
        value = _union(unknown) if unknown else function(*(part.value for part in parts))
        return Trace(node, value, parts)


class Reference:
    """The engine that only interprets."""

    def __init__(self, ruleset: Ruleset, question: str) -> None:
        self._interpreter = Interpreter(ruleset)
        self._conditions = [*enumerate(rule.when for rule in ruleset.rules_of(question))]

    def fire(self, facts: Mapping[str, Value]) -> Firings:
        return fire(self._interpreter, self._conditions, facts)

    def kind(self, facts: Mapping[str, Value]) -> None:
        """It asks each time anew."""


def fire(
    interpreter: Interpreter, conditions: Iterable[tuple[int, Expr]], facts: Mapping[str, Value]
) -> Firings:
    """The truth of each numbered condition as two bit sets."""
    true = unknown = 0
    for number, condition in conditions:
        value = interpreter.trace(condition, facts).value
        if isinstance(value, Unknown):
            unknown |= 1 << number
        elif value:
            true |= 1 << number
    return Firings(true, unknown)


def _junction(parts: tuple[Trace, ...], *, decides: bool) -> Outcome3:
    unknown: list[Unknown] = []
    for part in parts:
        if isinstance(part.value, Unknown):
            unknown.append(part.value)
        elif part.value is decides:
            return decides
    return _union(unknown) if unknown else not decides


def _union(values: list[Unknown]) -> Unknown:
    missing = frozenset[str]().union(*(each.missing for each in values))
    return Unknown(missing, next((each.error for each in values if each.error), None))


def _in_range(value: Any) -> Any:
    if type(value) is int and not -(2**63) <= value < 2**63:
        return Unknown(error="the result is beyond the range of a 64-bit integer")
    return value


def _divide(a: Any, b: Any) -> Any:
    """As CEL: integers truncate toward zero and have no value for 0; doubles follow IEEE 754."""
    if type(a) is int:
        if b == 0:
            return Unknown(error="division by zero")
        quotient = abs(a) // abs(b)
        return _in_range(quotient if (a < 0) == (b < 0) else -quotient)
    if b == 0:
        if a == 0 or math.isnan(a):
            return math.nan
        return math.copysign(math.inf, a) * math.copysign(1.0, b)
    return a / b


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: _in_range(a + b),
    "-": lambda a, b: _in_range(a - b),
    "*": lambda a, b: _in_range(a * b),
    "/": _divide,
}
_SETS: dict[str, Callable[[Any, Any], bool]] = {
    "intersects": lambda a, b: not set(a).isdisjoint(b),
    "contains": lambda a, b: set(a).issuperset(b),
}
