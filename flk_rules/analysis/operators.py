"""small changes of conditions.

What a slip of the pen makes of one node: another operator, a boundary beside the right one, a part
left out, a code too many. Every change gives a condition that the checker would take.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from attrs import evolve, frozen

from flk_rules.analysis.trees import Way, node_at, replaced, walk
from flk_rules.deciding.reading import MIRROR, constant, constant_value
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
    Negate,
    Not,
    Or,
    ParameterRef,
    SetRelation,
    Size,
    children,
)
from flk_rules.model.rules import Ruleset
from flk_rules.model.schema import Schema
from flk_rules.model.values import BOOL, DOUBLE, INT, Type, Value


class Kinds(Enum):
    """Kinds of mutants."""

    BOUNDARY = "boundary"
    OPERATOR = "operator"
    JUNCTION = "junction"
    NEGATION = "negation"
    PART = "part"
    CODE = "code"
    DATE = "date"
    FORCE = "force"
    EFFECT = "effect"
    OVERLAY = "overlay"
    PARAMETER = "parameter"


@frozen
class Variant:
    """One node of a condition changed: `was` becomes `becomes`, and `shift` units are added to the
    constant that it is held against, of which the ruleset knows the value."""

    kind: Kinds
    way: Way
    was: Expr
    becomes: Expr
    shift: int = 0

    def applied(self, ruleset: Ruleset, root: Expr) -> Expr:
        """The condition with the change made."""
        return replaced(root, self.way, self.changed(ruleset))

    def changed(self, ruleset: Ruleset) -> Expr:
        """The node as it becomes in the ruleset."""
        if not self.shift:
            return self.becomes
        assert isinstance(self.was, Compare)
        return shifted(self.was, self.shift, ruleset)


_BESIDE = {">=": ">", ">": ">=", "<=": "<", "<": "<="}
_INVERSE = {">=": "<", "<": ">=", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}
_ANOTHER = {"+": "-", "-": "+", "*": "/", "/": "*"}


def variants(root: Expr, schema: Schema) -> Iterator[Variant]:
    """Every small change of a condition, each once."""
    seen = {root}
    for way, node in walk(root):
        for each in _of_node(root, way, node, schema):
            tree = replaced(root, way, each.becomes)
            if each.shift or tree not in seen:
                seen.add(tree)
                yield each


def _of_node(root: Expr, way: Way, node: Expr, schema: Schema) -> Iterator[Variant]:
    def to(kind: Kinds, becomes: Expr) -> Variant:
        return Variant(kind, way, node, becomes)

    match node:
        case Compare(op=op, left=left):
            if _type(left).numeric:
                for shift in (1, -1):
                    yield Variant(Kinds.BOUNDARY, way, node, node, shift)
                others = (_BESIDE[op], MIRROR[op]) if op in _BESIDE else (">=", "<=")
                for each in others:
                    yield to(Kinds.OPERATOR, evolve(node, op=each))
            yield to(Kinds.NEGATION, evolve(node, op=_INVERSE[op]))
            yield from _codes(way, node, schema)
        case And(operands=operands) | Or(operands=operands):
            other = Or(operands) if isinstance(node, And) else And(operands)
            yield to(Kinds.JUNCTION, other)
            for number in range(len(operands)):
                rest = operands[:number] + operands[number + 1 :]
                yield to(Kinds.PART, rest[0] if len(rest) == 1 else evolve(node, operands=rest))
            if not way:
                yield to(Kinds.NEGATION, Not(node))
        case Not(operand=operand):
            yield to(Kinds.NEGATION, operand)
        case Conditional(test=test, then=then, otherwise=otherwise):
            yield to(Kinds.OPERATOR, Conditional(test, otherwise, then))
        case Arithmetic(op=op):
            yield to(Kinds.OPERATOR, evolve(node, op=_ANOTHER[op]))
        case Member() | SetRelation() | Has() | DefinitionRef():
            if not _under_not(root, way):
                yield to(Kinds.NEGATION, Not(node))
            if isinstance(node, SetRelation):
                relation = "contains" if node.relation == "intersects" else "intersects"
                yield to(Kinds.OPERATOR, evolve(node, relation=relation))
            yield from _codes(way, node, schema)
        case FactRef() | ParameterRef() if node.type == BOOL and _stands_alone(root, way):
            yield to(Kinds.NEGATION, Not(node))
        case Literal(value=bool() as value):
            yield to(Kinds.NEGATION, evolve(node, value=not value))


def _under_not(root: Expr, way: Way) -> bool:
    return bool(way) and isinstance(node_at(root, way[:-1]), Not)


def _stands_alone(root: Expr, way: Way) -> bool:
    """Is a truth a condition of its own, rather than one side of a comparison or negated?"""
    if not way:
        return True
    around = node_at(root, way[:-1])
    return isinstance(around, (And, Or, Conditional))


def _codes(way: Way, node: Expr, schema: Schema) -> Iterator[Variant]:
    """The codes of a constant changed: one exchanged, left out or too many."""
    codes = next((_type(each).codes for each in children(node) if _type(each).codes), None)
    for number, part in enumerate(children(node)):
        if codes is None or not isinstance(part, Literal):
            continue
        for value in other_codes(part.value, sorted(schema.codes_of(codes))):
            assert isinstance(value, (str, tuple))
            new = replaced(node, (number,), evolve(part, value=value))
            yield Variant(Kinds.CODE, way, node, new)


def other_codes(value: Value, known: list[str]) -> Iterator[Value]:
    """A code exchanged for its neighbour; a list without each of its codes, and with one more."""
    if isinstance(value, str):
        if len(known) > 1 and value in known:
            yield known[(known.index(value) + 1) % len(known)]
    elif isinstance(value, (tuple, frozenset)):
        ordered = [str(each) for each in (sorted(map(str, value)))]
        kind = type(value)
        for code in ordered:
            yield kind(each for each in ordered if each != code)
        if more := [code for code in known if code not in ordered]:
            yield kind([*ordered, more[0]])


def shifted(node: Compare, shift: int, ruleset: Ruleset) -> Expr:
    """A comparison with its boundary moved by so many of the smallest units of its fact."""
    scale = _scale(node, ruleset)
    if constant(node.right):
        return evolve(node, right=_moved(node.right, shift, scale, ruleset))
    if constant(node.left):
        return evolve(node, left=_moved(node.left, shift, scale, ruleset))
    whole = _type(node.right) == INT
    unit = Literal(shift, INT) if whole else Literal(moved(0.0, shift, scale), DOUBLE)
    return evolve(node, right=Arithmetic("+", node.right, unit))


def _moved(side: Expr, shift: int, scale: int, ruleset: Ruleset) -> Literal:
    value = constant_value(ruleset, side)
    assert isinstance(value, (int, float))
    # A whole number beside a fact with decimals moves by the fact's unit, too.
    number = moved(float(value) if scale else value, shift, scale)
    return Literal(number, DOUBLE if isinstance(number, float) else INT)


def moved(value: float, shift: int, scale: int) -> int | float:
    """A number so many units of its last decimal away; a whole number moves by wholes."""
    if isinstance(value, int):
        return value + shift
    unit: float = 10.0 ** -(scale or _decimals(value))
    return round(value + shift * unit, 15)


def _decimals(value: float) -> int:
    text = repr(value)
    return len(text.partition(".")[2]) if "e" not in text else 15


def _scale(node: Expr, ruleset: Ruleset) -> int:
    """The decimals of the finest fact in a node."""
    found = [each.path for _, each in walk(node) if isinstance(each, FactRef)]
    return max((ruleset.schema.facts[each].scale for each in found), default=0)


def _type(node: Expr) -> Type:
    """The type of a part of a condition."""
    match node:
        case FactRef() | ParameterRef() | DefinitionRef() | Literal():
            return node.type
        case Size():
            return INT
        case Arithmetic(left=inner) | Conditional(then=inner) | Negate(operand=inner):
            return _type(inner)
    return BOOL
