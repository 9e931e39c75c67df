"""calendar time in SQL.

`model/calendar.py` on columns. Of a database it needs the parts of a date and the last day of its
month; months and years are counted here. `tests/test_tables_dates.py` holds it to the calendar.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from attrs import frozen
from sqlglot import exp

from flk_rules.engines.sql import Dialect
from flk_rules.engines.sql.literals import (
    BIGINT,
    DOUBLE,
    all_of,
    cases,
    cast,
    double,
    integer,
)
from flk_rules.model.calendar import (
    YEAR_DECIMALS,
    age_on,
    years_from_to,
    years_since,
    years_until,
)

DATE = exp.DataType.build("DATE")
_YEAR = 12
Tree = exp.Expr


@frozen
class Day:
    """A date, its parts, and the days of its month, of the month before and of the one after."""

    tree: Tree
    year: Tree
    month: Tree
    day: Tree
    here: Tree
    before: Tree
    after: Tree


def day_of(tree: Tree) -> Day:
    """A date's column."""
    year, month, day = (_part(part, tree) for part in ("YEAR", "MONTH", "DAY"))
    last = exp.LastDay(this=tree.copy())
    # As many days back as the month has gone is the last day of the month before.
    gone = exp.Extract(this=exp.var("DAY"), expression=tree.copy())  # Spark wants its own INT here
    before = exp.DateSub(this=tree.copy(), expression=gone, unit=exp.var("DAY"))
    next_ = exp.DateAdd(this=last.copy(), expression=integer(1), unit=exp.var("DAY"))
    after = exp.LastDay(this=cast(next_, DATE))
    lengths = [_part("DAY", each) for each in (last, cast(before, DATE), after)]
    return Day(tree, year, month, day, *lengths)


def that_day(on: date) -> Day:
    """A constant date."""
    tree = cast(exp.Literal.string(on.isoformat()), DATE)
    first = on.replace(day=1)
    months = (on, first - timedelta(1), first + timedelta(31))
    lengths = [integer(monthrange(each.year, each.month)[1]) for each in months]
    return Day(tree, integer(on.year), integer(on.month), integer(on.day), *lengths)


def _part(name: str, tree: Tree) -> Tree:
    return cast(exp.Extract(this=exp.var(name), expression=tree.copy()), BIGINT)


def derived(
    compute: Callable[..., object], dates: tuple[Tree, ...], on: date, dialect: Dialect
) -> Tree:
    """What `compute` of the calendar makes of these dates; NULL where one is."""
    days = tuple(map(day_of, dates))
    known = all_of(
        [exp.Not(this=exp.Is(this=each.copy(), expression=exp.null())) for each in dates]
    )
    return cases((known, _COMPUTED[compute](days, that_day(on), dialect)))


def _age(days: tuple[Day, ...], on: Day, dialect: Dialect) -> Tree:
    """Completed years; a date after `on` gives a negative number."""
    months, whole = _months(days[0], on), integer(_YEAR)
    # Division drops the fraction toward zero, the calendar's toward less; months within a year
    # after the day are the only ones that tell, and none of them is an age.
    years = dialect.divide(exp.paren(months.copy(), copy=False), whole)
    early = exp.LT(this=exp.paren(months, copy=False), expression=integer(0))
    return cases((early, integer(-1)), otherwise=years)


def _since(days: tuple[Day, ...], on: Day, dialect: Dialect) -> Tree:
    return _years(days[0], on, dialect)


def _until(days: tuple[Day, ...], on: Day, dialect: Dialect) -> Tree:
    return _years(on, days[0], dialect)


def _from_to(days: tuple[Day, ...], on: Day, dialect: Dialect) -> Tree:
    return _years(days[0], days[1], dialect)


_COMPUTED: Mapping[Callable[..., object], Callable[[tuple[Day, ...], Day, Dialect], Tree]] = {
    age_on: _age,
    years_since: _since,
    years_until: _until,
    years_from_to: _from_to,
}


def _years(start: Day, end: Day, dialect: Dialect) -> Tree:
    """Years with four decimals, negative if `end` comes first."""
    back = exp.Neg(this=exp.paren(_forward(end, start, dialect), copy=False))
    first = exp.LT(this=end.tree.copy(), expression=start.tree.copy())
    return cases((first, back), otherwise=_forward(start, end, dialect))


def _forward(start: Day, end: Day, dialect: Dialect) -> Tree:
    """The same where `end` does not come first."""
    months, early = _months(start, end), _day_not_reached(start, end)
    # The last completed month ended in the month of `end`, or in the one before it.
    here, before, after = end.here, end.before, end.after
    here_day, before_day, after_day = (_least(start.day, each) for each in (here, before, after))
    since_here = _sub(end.day, here_day)
    since_before = _add(_sub(before, before_day), end.day)
    rest = cases((early.copy(), since_before), otherwise=since_here)
    running = cases(
        (early, _add(_sub(before, before_day), here_day)),
        otherwise=_add(_sub(here, here_day), after_day),
    )
    unit = 10**YEAR_DECIMALS
    number = dialect.divide(
        exp.paren(_mul(_add(_mul(months, running), rest), integer(unit)), copy=False),
        exp.paren(_mul(integer(_YEAR), running), copy=False),
    )
    return exp.Div(this=cast(number, DOUBLE), expression=double(float(unit)), typed=True)


def _months(start: Day, end: Day) -> Tree:
    """Completed months from one date to the other."""
    years = _mul(_sub(end.year, start.year), integer(_YEAR))
    apart = _add(years, _sub(end.month, start.month))
    return _sub(apart, cases((_day_not_reached(start, end), integer(1)), otherwise=integer(0)))


def _day_not_reached(start: Day, end: Day) -> Tree:
    """Whether the day of the month is still to come; a month's last day stands for all later."""
    later = exp.GT(this=start.day.copy(), expression=end.day.copy())
    return all_of([later, exp.LT(this=end.day.copy(), expression=end.here.copy())])


def _least(one: Tree, other: Tree) -> Tree:
    return cases(
        (exp.LT(this=one.copy(), expression=other.copy()), one.copy()), otherwise=other.copy()
    )


def _add(one: Tree, other: Tree) -> Tree:
    return exp.paren(exp.Add(this=one.copy(), expression=other.copy()), copy=False)


def _sub(one: Tree, other: Tree) -> Tree:
    return exp.paren(exp.Sub(this=one.copy(), expression=other.copy()), copy=False)


def _mul(one: Tree, other: Tree) -> Tree:
    return exp.paren(exp.Mul(this=one.copy(), expression=other.copy()), copy=False)
