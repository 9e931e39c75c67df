"""values as typed literals.

Every constant of a condition as a node of the SQL tree, never as text put into text.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from sqlglot import exp

from flk_rules.model.values import Scalar

BOOLEAN = exp.DataType.build("BOOLEAN")
BIGINT = exp.DataType.build("BIGINT")
DOUBLE = exp.DataType.build("DOUBLE")
TEXT = exp.DataType.build("TEXT")
TEXTS = exp.DataType.build("ARRAY<TEXT>")
WIDE = exp.DataType.build("DECIMAL(19, 0)")
"""Holds every integer of 64 bits; the sum and the product of two are held by what a database makes
of them, DECIMAL(20, 0) and DECIMAL(38, 0)."""


def literal(value: Scalar) -> exp.Expr:
    """A scalar."""
    if isinstance(value, bool):
        return exp.true() if value else exp.false()
    if isinstance(value, int):
        return integer(value)
    if isinstance(value, float):
        return double(value)
    return text(value)


def integer(value: int) -> exp.Expr:
    """A whole number; a negative one is a negation, as it is when read back."""
    number = exp.Literal.number(str(abs(value)))
    return exp.Neg(this=number) if value < 0 else number


def double(value: float) -> exp.Expr:
    """A number with an exponent: without one it would be a decimal number in most databases."""
    if not math.isfinite(value):
        name = "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
        return cast(exp.Literal.string(name), DOUBLE)
    digits = repr(abs(value))
    number = exp.Literal.number(digits if "e" in digits else f"{digits}e0")
    return exp.Neg(this=number) if math.copysign(1.0, value) < 0 else number


def text(value: str) -> exp.Expr:
    """A text; null characters, which no SQL text may hold, by their number."""
    parts: list[exp.Expr] = []
    for number, part in enumerate(value.split("\0")):
        if number:
            parts.append(exp.Chr(expressions=[exp.Literal.number(0)]))
        if part:
            parts.append(exp.Literal.string(part))
    if not parts:
        return exp.Literal.string("")
    whole = parts[0]
    for each in parts[1:]:
        whole = exp.DPipe(this=whole, expression=each, safe=True)
    return exp.paren(whole, copy=False) if len(parts) > 1 else whole


def text_array(values: Iterable[str]) -> exp.Expr:
    """A list of texts; an empty one says what it is of."""
    items = [text(each) for each in values]
    array = exp.Array(expressions=items)
    return array if items else cast(array, TEXTS)


def is_null(tree: exp.Expr) -> exp.Expr:
    """Whether a value is NULL."""
    return exp.Is(this=wrapped(tree), expression=exp.null())


def is_known(tree: exp.Expr) -> exp.Expr:
    """Whether a value is not NULL."""
    return exp.Not(this=is_null(tree))


def column(name: str, table: str | None = None) -> exp.Column:
    """A column by its exact name, dots and all."""
    return exp.column(exp.to_identifier(name, quoted=True), table=table)


def wrapped(tree: exp.Expr) -> exp.Expr:
    """The tree itself, in brackets where an operator beside it could bind more strongly.

    Nothing here copies: a tree that stands in two places is copied by whoever puts it there.
    """
    call = isinstance(tree, exp.Func) and not isinstance(tree, exp.Connector)
    operator = isinstance(tree, (exp.Binary, exp.Unary, exp.Predicate)) and not call
    return exp.paren(tree, copy=False) if operator and not isinstance(tree, exp.Paren) else tree


def cases(*pairs: tuple[exp.Expr, exp.Expr], otherwise: exp.Expr | None = None) -> exp.Case:
    """The value of the first condition that is true, else the other one, else NULL."""
    ifs = [exp.If(this=when, true=value) for when, value in pairs]
    return exp.Case(ifs=ifs, default=otherwise)


def cast(tree: exp.Expr, kind: exp.DataType) -> exp.Cast:
    """A value as another type."""
    return exp.Cast(this=tree, to=kind.copy())


def negated(tree: exp.Expr) -> exp.Expr:
    """The opposite; NULL of NULL."""
    return exp.Not(this=_grouped(tree))


def all_of(parts: Iterable[exp.Expr]) -> exp.Expr:
    """A conjunction of one or more."""
    return _junction(exp.And, parts)


def any_of(parts: Iterable[exp.Expr]) -> exp.Expr:
    """A disjunction of one or more."""
    return _junction(exp.Or, parts)


def _junction(kind: type[exp.Connector], parts: Iterable[exp.Expr]) -> exp.Expr:
    first, *rest = parts
    if not rest:
        return first
    tree = _grouped(first)
    for each in rest:
        tree = kind(this=tree, expression=_grouped(each))
    return tree


def _grouped(tree: exp.Expr) -> exp.Expr:
    """Brackets where AND and OR meet; every other operator binds more strongly than they do."""
    return exp.paren(tree, copy=False) if isinstance(tree, exp.Connector) else tree
