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
"""Decimals kept of a number of years: one day is 0.0027 years, so no day is lost."""

_CYCLE = 400
"""Years after which the calendar repeats itself."""


def add_years(day: date, years: int) -> date:
    """The anniversary of `day` after `years` whole years."""
    year = day.year + years
    return day.replace(year=year, day=min(day.day, monthrange(year, day.month)[1]))


def whole_years(start: date, on: date) -> int:
    """Completed years from `start` to `on`: an age, if `start` is a birth date.

    >>> [whole_years(date(1959, 10, 1), date(2024, month, 1)) for month in (9, 10)]
    [64, 65]
    """
    years = on.year - start.year
    return years - (add_years(start, years) > on)


def years_between(start: date, end: date) -> float:
    """Years from `start` to `end` with four decimals, negative if `end` comes first.

    Whole years are exact: an end on the same day two years on is 2.0, one day later is more. The
    rest is the days since the last anniversary over the days of that year, rounded down.

    >>> years_between(date(2024, 10, 1), date(2026, 10, 1))
    2.0
    >>> years_between(date(2024, 10, 1), date(2026, 10, 2))
    2.0027
    """
    if end < start:
        return -years_between(end, start)
    whole = whole_years(start, end)
    last = add_years(start, whole)
    # A year of the cycle before is as long; there is none after MAXYEAR to measure by.
    back = whole - (_CYCLE if last.year == MAXYEAR else 0)
    length = (add_years(start, back + 1) - add_years(start, back)).days
    unit: int = 10**YEAR_DECIMALS
    part = (end - last).days * unit // length
    return (whole * unit + part) / unit
