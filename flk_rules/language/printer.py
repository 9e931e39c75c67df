"""tree to text.

The one canonical text of a condition: minimal parentheses, single quotes. Parsing it gives the
same tree, and fingerprints rest on it.
"""

from __future__ import annotations

from typing import assert_never

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
from flk_rules.model.values import Scalar

# Binding strength, weakest first; an operand weaker than its place asks for gets parentheses.
_TERNARY, _OR, _AND, _RELATION, _SUM, _PRODUCT, _UNARY, _PRIMARY = range(8)
_ESCAPED = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def print_expression(node: Expr) -> str:
    """The canonical text of a tree."""
    return _print(node)[0]


def _print(node: Expr) -> tuple[str, int]:
    match node:
        case Literal(value=tuple() as items):
            return f"[{', '.join(_scalar(item) for item in items)}]", _PRIMARY
        case Literal(value=value):
            assert not isinstance(value, tuple)
            text = _scalar(value)
            return text, _UNARY if text.startswith("-") else _PRIMARY
        case Name(path=path) | FactRef(path=path) | DefinitionRef(path=path):
            return path, _PRIMARY
        case ParameterRef(path=path):
            return f"params.{path}", _PRIMARY
        case Has(fact=fact):
            return f"has({fact.path})", _PRIMARY
        case Size(collection=collection):
            return f"size({print_expression(collection)})", _PRIMARY
        case SetRelation(relation=relation, left=left, right=right):
            inner = f"{print_expression(left)}, {print_expression(right)}"
            return f"sets.{relation}({inner})", _PRIMARY
        case Not(operand=operand):
            # CEL lets ! repeat but not mix with -, so only a ! or a primary stands bare here.
            return f"!{_within(operand, _PRIMARY, isinstance(operand, Not))}", _UNARY
        case Negate(operand=operand):
            return f"-{_within(operand, _PRIMARY, isinstance(operand, Negate))}", _UNARY
        case And(operands=operands):
            return " && ".join(_within(each, _RELATION) for each in operands), _AND
        case Or(operands=operands):
            return " || ".join(_within(each, _AND) for each in operands), _OR
        case Compare(op=op, left=left, right=right):
            return f"{_within(left, _RELATION)} {op} {_within(right, _SUM)}", _RELATION
        case Member(item=item, collection=collection):
            return f"{_within(item, _RELATION)} in {_within(collection, _SUM)}", _RELATION
        case Arithmetic(op=op, left=left, right=right):
            level = _SUM if op in "+-" else _PRODUCT
            return f"{_within(left, level)} {op} {_within(right, level + 1)}", level
        case Conditional(test=test, then=then, otherwise=otherwise):
            parts = _within(test, _OR), _within(then, _OR), _within(otherwise, _TERNARY)
            return "{} ? {} : {}".format(*parts), _TERNARY
    assert_never(node)


def _within(node: Expr, level: int, bare: bool = False) -> str:
    text, strength = _print(node)
    return text if bare or strength >= level else f"({text})"


def _scalar(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{''.join(_character(each) for each in value)}'"
    return repr(value)


def _character(character: str) -> str:
    if character in _ESCAPED:
        return _ESCAPED[character]
    if character.isprintable():
        return character
    point = ord(character)
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"
