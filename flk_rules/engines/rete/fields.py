"""fields of facts.

What of a fact crosses to the engine: a scaled integer, a code's number, or a truth computed here
(membership in sets, arithmetic, whatever has no integer form). Text and identities never do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

from flk_rules.engines.reference import Interpreter
from flk_rules.model.expressions import (
    Expr,
    FactRef,
    Has,
    Literal,
    Member,
    ParameterRef,
    SetRelation,
)
from flk_rules.model.rules import Ruleset
from flk_rules.model.values import Kind, Unknown, Value

SAFE_INT = 2**63 - 1
"""Integers the engine compares exactly, either sign."""

Encoder = Callable[[Mapping[str, Value]], int | None]


@frozen
class NumberField:
    """A numeric fact times 10 to the power of its scale."""

    fact: str
    scale: int


@frozen
class CodeField:
    """A code fact, numbered in the order of its code list."""

    fact: str
    codes: str


@frozen
class CountField:
    """How many codes a list fact has."""

    fact: str


@frozen
class TruthField:
    """A condition without an integer form, evaluated before the fact is asserted: 1, 0, absent."""

    expression: Expr


Field = NumberField | CodeField | CountField | TruthField


def encoder(field: Field, ruleset: Ruleset, interpreter: Interpreter) -> Encoder:
    """The function that gives a field's integer for facts, or None where it is not known."""
    match field:
        case NumberField(fact=name, scale=0):
            return lambda facts: facts.get(name)  # type: ignore[return-value]  # int by schema
        case NumberField(fact=name, scale=scale):
            factor = 10**scale

            def scaled(facts: Mapping[str, Value]) -> int | None:
                value = facts.get(name)
                return None if value is None else round(value * factor)  # type: ignore[operator]

            return scaled
        case CodeField(fact=name, codes=codes):
            numbers: Mapping[Any, int] = code_numbers(ruleset, codes)

            def numbered(facts: Mapping[str, Value]) -> int | None:
                value = facts.get(name)
                return None if value is None else numbers[value]

            return numbered
        case CountField(fact=name):
            return lambda facts: None if (value := facts.get(name)) is None else len(value)  # type: ignore[arg-type]
        case TruthField(expression=expression):
            return _truth(expression, ruleset, interpreter)


def code_numbers(ruleset: Ruleset, codes: str) -> dict[str, int]:
    """The number each code of a list crosses as."""
    return {code: number for number, code in enumerate(sorted(ruleset.schema.codes_of(codes)))}


def constant(node: Expr, ruleset: Ruleset) -> Value | None:
    """The value of a literal or parameter, None for anything else."""
    match node:
        case Literal(value=value):
            return value
        case ParameterRef(path=path):
            return ruleset.parameters[path].value
    return None


def _truth(node: Expr, ruleset: Ruleset, interpreter: Interpreter) -> Encoder:
    """The usual shapes get a closure of their own; the rest goes through the interpreter."""
    match node:
        case FactRef(path=name):
            return lambda facts: None if (value := facts.get(name)) is None else int(bool(value))
        case Has(fact=FactRef(path=name)):
            return lambda facts: int(name in facts)
        case Member(item=item, collection=FactRef(path=name)) if (
            code := constant(item, ruleset)
        ) is not None:
            return lambda facts: (
                None if (value := facts.get(name)) is None else int(code in value)  # type: ignore[operator]
            )
        case Member(item=FactRef(path=name, type=kind), collection=collection) if (
            kind.kind is Kind.STRING and (codes := constant(collection, ruleset)) is not None
        ):
            members = frozenset(codes)  # type: ignore[arg-type]  # a list by the checker
            return lambda facts: (
                None if (value := facts.get(name)) is None else int(value in members)
            )
        case SetRelation(relation="intersects", left=FactRef(path=name), right=right) if (
            codes := constant(right, ruleset)
        ) is not None:
            wanted = frozenset(codes)  # type: ignore[arg-type]
            return lambda facts: (
                None
                if (value := facts.get(name)) is None
                else int(not wanted.isdisjoint(value))  # type: ignore[arg-type]
            )

    def interpreted(facts: Mapping[str, Value]) -> int | None:
        value = interpreter.trace(node, facts).value
        return None if isinstance(value, Unknown) else int(bool(value))

    return interpreted
