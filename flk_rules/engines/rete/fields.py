"""fields of facts.

What of a fact crosses to the engine: a scaled integer, a code's number, or a truth computed here
(membership in sets, arithmetic, whatever has no integer form). Text and identities never do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import Factory, field, frozen

from flk_rules.engines.reference import Interpreter
from flk_rules.errors import FactsInvalid, Problem, shown
from flk_rules.language import print_expression
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
from flk_rules.model.schema import FactSpec
from flk_rules.model.values import Kind, Unknown, Value

SAFE_INT = 2**63 - 1
"""Integers the engine compares exactly, either sign."""
SAFE_SCALED = 10**15
"""Scaled numbers that a double holds exactly, either sign."""

Encoder = Callable[[Mapping[str, Value]], int | None]


@frozen
class NumberField:
    """A numeric fact times 10 to the power of its scale."""

    fact: str


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
    """A condition without an integer form, evaluated before the fact is asserted: 1, 0, absent.

    Two are one field where their texts are equal; as trees, 1 / 0.0 and 1 / -0.0 would be too."""

    expression: Expr = field(eq=False, repr=False)
    text: str = field(
        init=False, default=Factory(lambda self: print_expression(self.expression), takes_self=True)
    )


Field = NumberField | CodeField | CountField | TruthField


def crosses(spec: FactSpec) -> bool:
    """Whether every value a numeric fact may have is an exact integer once scaled."""
    bound = SAFE_SCALED if spec.type.kind is Kind.DOUBLE else SAFE_INT
    limits = (each for each in (spec.minimum, spec.maximum) if each is not None)
    return all(abs(each) * 10**spec.scale <= bound for each in limits)


def facts_of(field: Field, ruleset: Ruleset) -> set[str]:
    """The facts that a field's integer is made from."""
    if isinstance(field, TruthField):
        nodes = ruleset.nodes_of(field.expression)
        return {each.path for each in nodes if isinstance(each, FactRef)}
    return {field.fact}


def encoder(field: Field, ruleset: Ruleset, interpreter: Interpreter) -> Encoder:
    """The function that gives a field's integer for facts, or None where it is not known.

    Facts were validated at the edge; a value that would not cross exactly as an integer raises
    `FactsInvalid` all the same, so that nothing else can ever reach the engine."""
    match field:
        case NumberField(fact=name):
            spec = ruleset.schema.facts[name]
            return _scaled(spec) if spec.type.kind is Kind.DOUBLE else _whole(name)
        case CodeField(fact=name, codes=codes):
            numbers: Mapping[Any, int] = code_numbers(ruleset, codes)

            def numbered(facts: Mapping[str, Value]) -> int | None:
                value = facts.get(name)
                if value is None:
                    return None
                if type(value) is not str or value not in numbers:
                    raise _unfit(name, f"a code of {codes}", value)
                return numbers[value]

            return numbered
        case CountField(fact=name):
            return lambda facts: None if (value := facts.get(name)) is None else len(value)  # type: ignore[arg-type]
        case TruthField(expression=expression):
            return _truth(expression, ruleset, interpreter)


def _whole(name: str) -> Encoder:
    def whole(facts: Mapping[str, Value]) -> int | None:
        value = facts.get(name)
        if value is None:
            return None
        if type(value) is not int or not -SAFE_INT <= value <= SAFE_INT:
            raise _unfit(name, "a whole number of 64 bits", value)
        return value

    return whole


def _scaled(spec: FactSpec) -> Encoder:
    name, factor = spec.name, int(10**spec.scale)
    bound = SAFE_SCALED // factor

    def scaled(facts: Mapping[str, Value]) -> int | None:
        value = facts.get(name)
        if value is None:
            return None
        if (type(value) is float or type(value) is int) and -bound <= value <= bound:
            number = round(value * factor)
            if number / factor == value:
                return number
        raise _unfit(name, f"a number with at most {spec.scale} decimals", value)

    return scaled


def _unfit(name: str, expected: str, found: Value) -> FactsInvalid:
    return FactsInvalid([Problem(name, f"expected {expected}, found {shown(found)}")])


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
                None if (value := facts.get(name)) is None else int(not wanted.isdisjoint(value))  # type: ignore[arg-type]
            )

    def interpreted(facts: Mapping[str, Value]) -> int | None:
        value = interpreter.trace(node, facts).value
        return None if isinstance(value, Unknown) else int(bool(value))

    return interpreted
