"""exact numbers in SQL.

Comparison and arithmetic as docs/language.md has them, where SQL would raise, round or differ:
integers of 64 bits that overflow, division by zero, NaN, an integer against a double. What facts
can be is known from the schema, so the plain operator stands wherever it is exact.
"""

from __future__ import annotations

import math

from attrs import frozen
from sqlglot import exp

from flk_rules.engines.sql.dialects import Dialect
from flk_rules.engines.sql.literals import (
    BIGINT,
    DOUBLE,
    TEXT,
    WIDE,
    all_of,
    any_of,
    cases,
    cast,
    double,
    integer,
    is_null,
    literal,
    negated,
    wrapped,
)
from flk_rules.model.values import Kind, Value

LEAST, MOST = -(2**63), 2**63 - 1
EXACT = 2**53
"""Up to here, either sign, every integer is a double."""
HUGE = 1e300
"""What is known to stay below is never infinite."""

_OPERATORS: dict[str, type[exp.Binary]] = {
    "==": exp.EQ, "!=": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE,
}  # fmt: skip
_MIRROR = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_ARITHMETIC: dict[str, type[exp.Binary]] = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul}


@frozen
class Operand:
    """A compiled value: its tree and kind, its constant value if it has one, and of a number the
    least and most that it can be, None where a double may be infinite or NaN."""

    tree: exp.Expr
    kind: Kind
    value: Value | None = None
    low: float | None = None
    high: float | None = None

    @property
    def finite(self) -> bool:
        """Whether a double is known to be a number."""
        return self.low is not None


def constant(value: Value, kind: Kind) -> Operand:
    """A number, truth or text that stands in a condition or parameter."""
    assert not isinstance(value, (tuple, frozenset))
    number = value if isinstance(value, (int, float)) else None
    return Operand(literal(value), kind, value, number, number)


def compare(op: str, left: Operand, right: Operand) -> exp.Expr:
    """A comparison; NULL where either side is, or where NaN would have to have an order."""
    if Kind.DOUBLE not in (left.kind, right.kind):
        return _plain(op, left.tree, right.tree)
    if left.kind is Kind.INT:
        return _mixed(_MIRROR[op], right, left)
    if right.kind is Kind.INT:
        return _mixed(op, left, right)
    return _unless_nan(op, left, right, _plain(op, left.tree, right.tree))


def _plain(op: str, left: exp.Expr, right: exp.Expr) -> exp.Expr:
    return _OPERATORS[op](this=wrapped(left.copy()), expression=wrapped(right.copy()))


def _is_nan(tree: exp.Expr) -> exp.Expr:
    """Databases hold NaN to equal itself."""
    return _plain("==", tree, double(math.nan))


def _unless_nan(op: str, left: Operand, right: Operand, plain: exp.Expr) -> exp.Expr:
    """Databases hold NaN to be the greatest number, and to equal itself; here it equals nothing
    and has no order."""
    doubtful = [each.tree for each in (left, right) if not each.finite]
    if not doubtful:
        return plain
    said = {"==": exp.false(), "!=": exp.true()}.get(op, exp.null())
    unknown = [is_null(each.tree.copy()) for each in (left, right) if each.value is None]
    nan = any_of([_is_nan(each) for each in doubtful])
    return cases((any_of(unknown), exp.null()), (nan, said), otherwise=plain)


def _mixed(op: str, real: Operand, whole: Operand) -> exp.Expr:
    """A double against an integer, exactly: databases round the integer to a double first."""
    low, high = whole.low, whole.high
    assert low is not None
    assert high is not None
    if low >= -EXACT and high <= EXACT:
        known = whole.value if isinstance(whole.value, int) else None
        tree = cast(whole.tree.copy(), DOUBLE) if known is None else double(float(known))
        return _unless_nan(op, real, whole, _plain(op, real.tree, tree))
    floor = exp.Floor(this=real.tree.copy())
    down = cast(floor, BIGINT)
    integral = _plain("==", real.tree, floor)
    same = all_of([_plain("==", down, whole.tree), integral])
    above = _plain(">=", down, whole.tree)  # the double is at or above the integer
    beyond = exp.false() if op in ("==", "<", "<=") else exp.true()
    below = exp.false() if op in ("==", ">", ">=") else exp.true()
    within = {
        "==": lambda: same,
        "!=": lambda: negated(same),
        ">=": lambda: above,
        "<": lambda: negated(above),
        ">": lambda: any_of(
            [_plain(">", down, whole.tree), all_of([above, negated(integral.copy())])]
        ),
        "<=": lambda: any_of([_plain("<", down, whole.tree), same]),
    }[op]()
    exact = cases(
        (any_of([is_null(real.tree.copy()), is_null(whole.tree.copy())]), exp.null()),
        (_plain(">=", real.tree, double(2.0**63)), beyond),
        (_plain("<", real.tree, double(-(2.0**63))), below),
        otherwise=within,
    )
    return _unless_nan(op, real, whole, exact)


def negate(operand: Operand) -> Operand:
    """The negative; NULL where 64 bits do not hold it."""
    tree: exp.Expr = exp.Neg(this=wrapped(operand.tree))
    low, high = operand.low, operand.high
    if operand.kind is Kind.INT and low == LEAST:
        tree = cases((_plain(">", operand.tree, integer(LEAST)), tree))
        low = LEAST + 1
    bounds = (None, None) if low is None or high is None else (-high, -low)
    return Operand(tree, operand.kind, None, *bounds)


def arithmetic(op: str, left: Operand, right: Operand, dialect: Dialect) -> Operand:
    """A sum, difference, product or quotient; NULL where it has no value."""
    if left.kind is Kind.INT:
        return _divided(left, right, dialect) if op == "/" else _whole(op, left, right)
    low, high = _bounds(op, left, right)
    if op == "/":
        return Operand(_quotient(left, right), Kind.DOUBLE, None, low, high)
    tree = _ARITHMETIC[op](this=wrapped(left.tree), expression=wrapped(right.tree))
    return Operand(tree, Kind.DOUBLE, None, low, high)


def _whole(op: str, left: Operand, right: Operand) -> Operand:
    low, high = _bounds(op, left, right)
    assert low is not None
    assert high is not None
    if low >= LEAST and high <= MOST:
        sides = [
            wrapped(each.tree) if each.value is None else cast(each.tree, BIGINT)
            for each in (left, right)
        ]
        return Operand(
            _ARITHMETIC[op](this=sides[0], expression=sides[1]), Kind.INT, None, low, high
        )
    sides = [cast(each.tree, WIDE) for each in (left, right)]
    wide = exp.paren(_ARITHMETIC[op](this=sides[0], expression=sides[1]), copy=False)
    held = exp.Between(this=wide.copy(), low=integer(LEAST), high=integer(MOST))
    held_or_null = cases((held, cast(wide, BIGINT)))
    return Operand(held_or_null, Kind.INT, None, max(low, LEAST), min(high, MOST))


def _divided(left: Operand, right: Operand, dialect: Dialect) -> Operand:
    zero = exp.Nullif(this=right.tree.copy(), expression=integer(0))
    tree = dialect.divide(cast(left.tree.copy(), BIGINT), zero)
    assert left.low is not None
    assert left.high is not None
    assert right.low is not None
    most = max(abs(left.low), abs(left.high))
    if left.low == LEAST and right.low <= -1:
        too_large = [_plain("==", left.tree, integer(LEAST)), _plain("==", right.tree, integer(-1))]
        tree = cases((negated(all_of(too_large)), tree))
        most = MOST
    return Operand(tree, Kind.INT, None, max(-most, LEAST), min(most, MOST))


def _quotient(left: Operand, right: Operand) -> exp.Expr:
    """As IEEE 754 has it, where databases raise or give NULL for a divisor of zero. The sign of a
    zero shows only where it is written out."""
    plain = exp.Div(
        this=wrapped(left.tree.copy()), expression=wrapped(right.tree.copy()), typed=True
    )
    if right.value is not None and right.value != 0:
        return plain
    nothing = any_of([_plain("==", left.tree, double(0.0)), _is_nan(left.tree)])
    written = cast(right.tree.copy(), TEXT)
    infinite = cases(
        (nothing, double(math.nan)),
        (
            _plain(
                "==",
                _plain("<", left.tree, double(0.0)),
                exp.Like(this=written, expression=exp.Literal.string("-%")),
            ),
            double(math.inf),
        ),
        otherwise=double(-math.inf),
    )
    return cases(
        (is_null(left.tree.copy()), exp.null()),
        (_plain("==", right.tree, double(0.0)), infinite),
        otherwise=plain,
    )


def _bounds(op: str, left: Operand, right: Operand) -> tuple[float | None, float | None]:
    """The least and most of a result; None where a double may be infinite or NaN."""
    if left.low is None or left.high is None or right.low is None or right.high is None:
        return None, None
    if op == "/":
        if right.low <= 0 <= right.high:
            return None, None
        ends = [a / b for a in (left.low, left.high) for b in (right.low, right.high)]
    elif op == "*":
        ends = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
    elif op == "+":
        ends = [left.low + right.low, left.high + right.high]
    else:
        ends = [left.low - right.high, left.high - right.low]
    if left.kind is Kind.DOUBLE and not max(map(abs, ends)) < HUGE:
        return None, None
    return min(ends), max(ends)
