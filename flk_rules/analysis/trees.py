"""nodes by their place.

Walks a condition with the way to each node, and puts another node in its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from attrs import evolve

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
    children,
)

Way = tuple[int, ...]
"""The number of the part to take at each node, from the root down."""


def walk(node: Expr, way: Way = ()) -> Iterator[tuple[Way, Expr]]:
    """Every node with the way to it, the root first; the fact of `has` is part of it."""
    yield way, node
    if not isinstance(node, Has):
        for number, child in enumerate(children(node)):
            yield from walk(child, (*way, number))


def node_at(root: Expr, way: Way) -> Expr:
    """The node that a way leads to."""
    for number in way:
        root = children(root)[number]
    return root


def replaced(root: Expr, way: Way, new: Expr) -> Expr:
    """The tree with another node where the way leads."""
    if not way:
        return new
    number, *rest = way
    parts = list(children(root))
    parts[number] = replaced(parts[number], tuple(rest), new)
    return _with_parts(root, parts)


def _with_parts(node: Expr, parts: list[Expr]) -> Expr:
    match node:
        case And() | Or():
            return evolve(node, operands=tuple(parts))
        case Not() | Negate():
            return evolve(node, operand=parts[0])
        case Size():
            return evolve(node, collection=parts[0])
        case Compare() | Arithmetic() | SetRelation():
            return evolve(node, left=parts[0], right=parts[1])
        case Member():
            return evolve(node, item=parts[0], collection=parts[1])
        case Conditional():
            return evolve(node, test=parts[0], then=parts[1], otherwise=parts[2])
        case Literal() | Name() | FactRef() | ParameterRef() | DefinitionRef() | Has():
            raise AssertionError(f"{node} has no parts to change")
    assert_never(node)
