"""exact calendar time.

The one place where dates become numbers. Anniversaries fall on the same day of the month; a day
that the month lacks (29 February in a common year) becomes the month's last day. A person born on
29 February therefore has their birthday on 28 February in common years. None of the five sources
says so: it is a reading of this library, written down in docs/calendar.md.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import MAXYEAR, date

EARLIEST, LATEST = date(1850, 1, 1), date(2200, 12, 31)
"""Dates outside these are refused at the edge; 9999-12-31 is no date of training or birth."""

YEAR_DECIMALS = 4
"""Decimals kept of a number of years: one day is at least 0.0026 years, so no day is lost."""

_YEAR = 12
_CYCLE = 400 * _YEAR
"""Months after which the calendar repeats itself."""


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later, or the last of a month that is shorter."""
    years, month = divmod(day.month - 1 + months, _YEAR)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def whole_years(start: date, on: date) -> int:
    """Completed years from `start` to `on`: an age, if `start` is a birth date.

    >>> [whole_years(date(1959, 10, 1), date(2024, month, 1)) for month in (9, 10)]
    [64, 65]
    """
    return _whole_months(start, on) // _YEAR


def years_between(start: date, end: date) -> float:
    """Years from `start` to `end` with four decimals, negative if `end` comes first.

    Completed months are exact twelfths, so whole and half years are exact: an end on the same day
    two years on is 2.0, six months on 0.5, one day later is more. The rest is the days since the
    last completed month over the days of the running one; the whole is rounded towards zero.

    >>> years_between(date(2024, 10, 1), date(2026, 10, 1))
    2.0
    >>> years_between(date(2024, 10, 1), date(2026, 10, 2))
    2.0026
    """
    if end < start:
        return -years_between(end, start)
    months = _whole_months(start, end)
    last = add_months(start, months)
    # A month of the cycle before is as long; there is none after MAXYEAR to measure by.
    back = months - (_CYCLE if last.year == MAXYEAR else 0)
    length = (add_months(start, back + 1) - add_months(start, back)).days
    unit: int = 10**YEAR_DECIMALS
    return (months * length + (end - last).days) * unit // (_YEAR * length) / unit


def _whole_months(start: date, on: date) -> int:
    months = (on.year - start.year) * _YEAR + on.month - start.month
    return months - (add_months(start, months) > on)


def age_on(dates: tuple[date, ...], on: date) -> int:
    """Completed years from the one date to `on`, for a fact that derives from it."""
    return whole_years(dates[0], on)


def years_since(dates: tuple[date, ...], on: date) -> float:
    """Years from the one date to `on`, for a fact that derives from it."""
    return years_between(dates[0], on)


def years_until(dates: tuple[date, ...], on: date) -> float:
    """Years from `on` to the one date, for a fact that derives from it."""
    return years_between(on, dates[0])


def years_from_to(dates: tuple[date, ...], on: date) -> float:
    """Years from the one date to the other, for a fact that derives from them."""
    return years_between(dates[0], dates[1])
