"""linear forms.

A number that a condition computes, written as a sum of facts with factors; what is no such sum is
not followed. Fractions, so that no boundary is lost to rounding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from attrs import frozen

from flk_rules.deciding.reading import constant, constant_value, exactly
from flk_rules.model.expressions import (
    Arithmetic,
    Conditional,
    Expr,
    FactRef,
    Literal,
    Negate,
    ParameterRef,
    Size,
)
from flk_rules.model.rules import Ruleset
from flk_rules.model.values import INT

MAX_FORMS = 64
"""Forms one number is followed into: a choice doubles them."""


@frozen(order=True)
class Term:
    """A fact's number, or of a list the number of its codes."""

    fact: str
    size: bool = False


@frozen
class Form:
    """The sum of `factors` times their terms and `rest`. `rounded` says that the engines may come
    to a number beside it: doubles that are computed with, and whole numbers that are divided."""

    factors: Mapping[Term, Fraction]
    rest: Fraction
    rounded: bool = False

    def plus(self, other: Form, sign: int = 1) -> Form:
        """The sum with another form, or the difference."""
        factors = dict(self.factors)
        for term, factor in other.factors.items():
            factors[term] = factors.get(term, Fraction(0)) + sign * factor
        kept = {term: factor for term, factor in factors.items() if factor}
        return Form(kept, self.rest + sign * other.rest, self.rounded or other.rounded)

    def times(self, number: Fraction) -> Form:
        """The form times a number."""
        factors = {term: factor * number for term, factor in self.factors.items() if number}
        return Form(factors, self.rest * number, self.rounded)

    def along(self, other: Form) -> bool:
        """Is it nought exactly where the other is?"""
        if self.factors.keys() != other.factors.keys():
            return False
        term = min(self.factors)
        scaled = self.times(other.factors[term] / self.factors[term])
        return scaled.factors == other.factors and scaled.rest == other.rest

    def root(self, term: Term, others: Mapping[Term, Fraction]) -> Fraction:
        """The number of `term` with which the form is nought, the others as given."""
        rest = self.rest + sum(f * others[t] for t, f in self.factors.items() if t != term)
        return -rest / self.factors[term]


def forms(ruleset: Ruleset, node: Expr) -> tuple[Form, ...] | None:
    """What a numeric expression comes to, one form for each way its choices fall out; None where
    it is no sum of facts."""
    found = tuple(_forms(ruleset, node))
    return None if None in found or len(found) > MAX_FORMS else found  # type: ignore[return-value]


def _forms(ruleset: Ruleset, node: Expr) -> Iterator[Form | None]:
    match node:
        case FactRef(path=path):
            yield Form({Term(path): Fraction(1)}, Fraction(0))
        case Size(collection=FactRef(path=path)):
            yield Form({Term(path, True): Fraction(1)}, Fraction(0))
        case Size(collection=other) if constant(other):
            value = constant_value(ruleset, other)
            assert isinstance(value, (tuple, frozenset))
            yield Form({}, Fraction(len(value)))
        case Literal() | ParameterRef():
            number = constant_value(ruleset, node)
            assert isinstance(number, (int, float))
            yield Form({}, Fraction(number) if type(number) is int else exactly(number))
        case Negate(operand=operand):
            for each in _forms(ruleset, operand):
                yield each and each.times(Fraction(-1))
        case Conditional(test=ParameterRef() | Literal() as test, then=then, otherwise=otherwise):
            chosen = then if constant_value(ruleset, test) else otherwise
            yield from _forms(ruleset, chosen)
        case Conditional(then=then, otherwise=otherwise):
            yield from _forms(ruleset, then)
            yield from _forms(ruleset, otherwise)
        case Arithmetic(op=op, left=left, right=right):
            for one in _forms(ruleset, left):
                for two in _forms(ruleset, right):
                    yield one and two and _computed(op, one, two, whole=_whole(left))
        case _:
            yield None


def _computed(op: str, one: Form, two: Form, *, whole: bool) -> Form | None:
    rounded = Form({}, Fraction(0), rounded=not whole)
    match op:
        case "+" | "-":
            return one.plus(two, 1 if op == "+" else -1).plus(rounded)
        case "*" if not two.factors:
            return one.times(two.rest).plus(rounded)
        case "*" if not one.factors:
            return two.times(one.rest).plus(rounded)
        case "/" if not two.factors and two.rest:
            return one.times(1 / two.rest).plus(Form({}, Fraction(0), rounded=True))
    return None


def _whole(node: Expr) -> bool:
    """Is it a whole number? Arithmetic takes two of one kind, so one leaf tells."""
    match node:
        case FactRef() | ParameterRef() | Literal():
            return node.type == INT
        case Size():
            return True
        case Negate(operand=inner) | Arithmetic(left=inner) | Conditional(then=inner):
            return _whole(inner)
    return False
