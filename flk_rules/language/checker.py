"""names and types.

Resolves every name and types every part; all mistakes of a condition at once. What passes is
total: it has a value, or is unknown, for any facts of the schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from attrs import evolve, field, frozen

from flk_rules.errors import ExpressionInvalid, Problem, nearest, shown
from flk_rules.language.printer import print_expression
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
    Place,
    SetRelation,
    Size,
)
from flk_rules.model.values import BOOL, DOUBLE, INT, Kind, Type

INT_MIN, INT_MAX = -(2**63), 2**63 - 1
PARAMETERS = "params."


@frozen(kw_only=True)
class Scope:
    """What a condition may name: types by dotted name, allowed codes by code list."""

    facts: Mapping[str, Type]
    parameters: Mapping[str, Type] = field(factory=dict)
    definitions: Mapping[str, Type] = field(factory=dict)
    codes: Mapping[str, frozenset[str]] = field(factory=dict)


def check(node: Expr, scope: Scope) -> tuple[Expr, Type]:
    """The tree with its names resolved, and its type.

    Raises `ExpressionInvalid` with every mistake: unknown names and codes, kinds that do not go
    together, integers beyond 64 bits.
    """
    checker = _Checker(scope)
    checked, found = checker.visit(node)
    if checker.problems or found is None:
        raise ExpressionInvalid(checker.problems)
    return checked, found


_LONGEST = 200
"""Characters of a condition that a message proposes."""


def _write(node: Expr) -> str:
    text = print_expression(node)
    return f"write {text if len(text) <= _LONGEST else f'{text[:_LONGEST]}...'}"


def _sought(node: Compare, one: Type, two: Type) -> str:
    """What people mean who compare a list with one value of its kind."""
    item, many, kind, found = node.left, node.right, two.item, one.kind
    if one.kind is Kind.LIST:
        item, many, kind, found = node.right, node.left, one.item, two.kind
    if kind is not found:
        return ""
    sought = Member(item, many)
    return _write(sought if node.op == "==" else Not(sought))


def _shared(one: Expr, two: Expr) -> Expr:
    """That two lists share an item, as people mean who look for a list in a list."""
    match two:
        case Literal(value=(single,), type=Type(item=Kind() as kind)):
            return Member(Literal(single, Type(kind)), one)
    return SetRelation("intersects", one, two)


class _Checker:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.problems: list[Problem] = []

    def error(self, place: Place, message: str) -> None:
        problem = Problem(str(place), message)
        if problem not in self.problems:
            self.problems.append(problem)

    def visit(self, node: Expr) -> tuple[Expr, Type | None]:
        """The checked node and its type, or None where a mistake was reported."""
        match node:
            case Literal():
                return node, self.literal(node)
            case Name():
                return self.name(node)
            case FactRef() | ParameterRef() | DefinitionRef():
                return node, node.type
            case Has(fact=fact):
                checked, _ = self.name(fact) if isinstance(fact, Name) else (fact, None)
                if isinstance(checked, FactRef):
                    return evolve(node, fact=checked), BOOL
                if not isinstance(checked, Name):
                    self.error(node.place, "has() asks about a fact, not a parameter or definition")
                return node, None
            case Size(collection=collection):
                inner, found = self.expect(collection, Kind.LIST, "size()")
                return evolve(node, collection=inner), INT if found else None
            case SetRelation():
                return self.set_relation(node)
            case Not(operand=operand):
                inner, found = self.expect(operand, Kind.BOOL, "!")
                return evolve(node, operand=inner), found and BOOL
            case Negate(operand=operand):
                inner, found = self.visit(operand)
                if found and not found.numeric:
                    self.error(node.place, f"- takes a number, found {found}")
                    found = None
                return evolve(node, operand=inner), found
            case And(operands=operands) | Or(operands=operands):
                sign = "&&" if isinstance(node, And) else "||"
                parts = [self.expect(each, Kind.BOOL, sign) for each in operands]
                whole = BOOL if all(found for _, found in parts) else None
                return evolve(node, operands=tuple(part for part, _ in parts)), whole
            case Compare():
                return self.compare(node)
            case Member():
                return self.member(node)
            case Arithmetic():
                return self.arithmetic(node)
            case Conditional():
                return self.conditional(node)
        assert_never(node)

    def expect(self, node: Expr, kind: Kind, by: str) -> tuple[Expr, Type | None]:
        checked, found = self.visit(node)
        if found and found.kind is not kind:
            self.error(node.place, f"{by} takes a {kind.value}, found {found}")
            return checked, None
        return checked, found

    def literal(self, node: Literal) -> Type | None:
        numbers = node.value if isinstance(node.value, tuple) else (node.value,)
        for number in numbers:
            if type(number) is int and not INT_MIN <= number <= INT_MAX:
                self.error(node.place, f"{number} is beyond the range of a 64-bit integer")
                return None
        return node.type

    def name(self, node: Name) -> tuple[Expr, Type | None]:
        scope, path = self.scope, node.path
        if path.startswith(PARAMETERS):
            parameter = path.removeprefix(PARAMETERS)
            if found := scope.parameters.get(parameter):
                return ParameterRef(parameter, found, place=node.place), found
            known = tuple(PARAMETERS + each for each in scope.parameters)
            self.error(node.place, f"unknown parameter {shown(path)}{nearest(path, known)}")
            return node, None
        if found := scope.facts.get(path):
            return FactRef(path, found, place=node.place), found
        if found := scope.definitions.get(path):
            return DefinitionRef(path, found, place=node.place), found
        known = (*scope.facts, *scope.definitions)
        self.error(node.place, f"unknown fact or definition {shown(path)}{nearest(path, known)}")
        return node, None

    def same_codes(self, place: Place, left: Type, right: Type) -> bool:
        if left.codes and right.codes and left.codes != right.codes:
            self.error(place, f"a {left} never equals a {right}")
            return False
        return True

    def known_codes(self, node: Expr, codes: str | None) -> None:
        """Constants that meet codes of a list must be in it."""
        if isinstance(node, Conditional):
            self.known_codes(node.then, codes)
            self.known_codes(node.otherwise, codes)
        if codes is None or not isinstance(node, Literal) or codes not in self.scope.codes:
            return
        allowed = self.scope.codes[codes]
        values = node.value if isinstance(node.value, tuple) else (node.value,)
        for value in values:
            if isinstance(value, str) and value not in allowed:
                hint = nearest(value, allowed)
                self.error(node.place, f"no code {shown(value)} in the code list {codes}{hint}")

    def pair(self, left: Expr, right: Expr) -> tuple[Expr, Expr, Type | None, Type | None]:
        """Both sides checked; constants held against the other side's code list."""
        one, one_type = self.visit(left)
        two, two_type = self.visit(right)
        if one_type and two_type:
            self.known_codes(one, two_type.codes)
            self.known_codes(two, one_type.codes)
        return one, two, one_type, two_type

    def compare(self, node: Compare) -> tuple[Expr, Type | None]:
        left, right, one, two = self.pair(node.left, node.right)
        checked = evolve(node, left=left, right=right)
        if one is None or two is None:
            return checked, None
        ordered = node.op not in ("==", "!=")
        if one.numeric and two.numeric:
            return checked, BOOL
        if ordered:
            self.error(node.place, f"{node.op} compares numbers, found {one} and {two}")
            return checked, None
        if one.kind is two.kind is Kind.LIST:
            self.error(node.place, f"lists are compared by sets.contains(), not by {node.op}")
            return checked, None
        if one.kind is not two.kind:
            hint = _sought(checked, one, two) or "compare values of one kind"
            self.error(node.place, f"{one} never equals {two}; {hint}")
            return checked, None
        return checked, BOOL if self.same_codes(node.place, one, two) else None

    def member(self, node: Member) -> tuple[Expr, Type | None]:
        item, collection, one, two = self.pair(node.item, node.collection)
        checked = evolve(node, item=item, collection=collection)
        if one is None or two is None:
            return checked, None
        if two.kind is not Kind.LIST:
            self.error(node.place, f"'in' looks in a list, found {two}")
            return checked, None
        if two.item is not None and two.item is not one.kind:
            message = f"'in' looks for an item of the list's kind, found {one} in {two}"
            if one.kind is Kind.LIST and one.item is two.item:
                message += f"; {_write(_shared(item, collection))}"
            self.error(node.place, message)
            return checked, None
        return checked, BOOL if self.same_codes(node.place, one, two) else None

    def set_relation(self, node: SetRelation) -> tuple[Expr, Type | None]:
        left, right, one, two = self.pair(node.left, node.right)
        checked = evolve(node, left=left, right=right)
        if one is None or two is None:
            return checked, None
        for found in (one, two):
            if found.kind is not Kind.LIST:
                self.error(node.place, f"sets.{node.relation}() takes two lists, found {found}")
                return checked, None
        if one.item and two.item and one.item is not two.item:
            self.error(node.place, f"sets.{node.relation}() takes lists of one kind, "
                                   f"found {one} and {two}")  # fmt: skip
            return checked, None
        return checked, BOOL if self.same_codes(node.place, one, two) else None

    def arithmetic(self, node: Arithmetic) -> tuple[Expr, Type | None]:
        left, one = self.visit(node.left)
        right, two = self.visit(node.right)
        checked = evolve(node, left=left, right=right)
        if one is None or two is None:
            return checked, None
        if not (one.numeric and two.numeric):
            self.error(node.place, f"{node.op} takes numbers, found {one} and {two}")
            return checked, None
        if one.kind is not two.kind:
            self.error(node.place, f"{node.op} takes two ints or two doubles, found {one} and "
                                   f"{two}; write constants with a decimal point")  # fmt: skip
            return checked, None
        return checked, INT if one.kind is Kind.INT else DOUBLE

    def conditional(self, node: Conditional) -> tuple[Expr, Type | None]:
        test, test_type = self.expect(node.test, Kind.BOOL, "? :")
        then, otherwise, one, two = self.pair(node.then, node.otherwise)
        checked = evolve(node, test=test, then=then, otherwise=otherwise)
        if test_type is None or one is None or two is None:
            return checked, None
        if one.kind is not two.kind:
            self.error(node.place, f"? : takes two values of one kind, found {one} and {two}")
            return checked, None
        if one.item and two.item and one.item is not two.item:
            self.error(node.place, f"? : takes two lists of one kind, found {one} and {two}")
            return checked, None
        # The side that says more gives the type: [] fits any list, a constant any code list.
        whole = two if one.codes is None and (two.codes or two.item) else one
        return checked, whole if self.same_codes(node.place, one, two) else None
