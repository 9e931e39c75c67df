"""exact calendar time.

Properties of ages and years against definitions written another way, and the birthday rule.
"""

from __future__ import annotations

import ast
import doctest
from datetime import MAXYEAR, date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT
from flk_rules.model.calendar import (
    EARLIEST,
    LATEST,
    YEAR_DECIMALS,
    add_months,
    whole_years,
    years_between,
)

DAY = timedelta(days=1)
UNIT = 10**YEAR_DECIMALS
days = st.dates(EARLIEST, LATEST)
leap_days = st.sampled_from([date(year, 2, 29) for year in (1852, 1896, 1904, 2000, 2020, 2024)])
# The end of February is where things go wrong, so it is met often.
awkward = days | leap_days | st.builds(lambda day, n: day + n * DAY, leap_days, st.integers(-2, 2))


def is_birthday(day: date, born: date) -> bool:
    """The rule in words: the same day of the same month, or the last of February for a 29th."""
    if (born.month, born.day) == (2, 29) and day.month == 2:
        return (day + DAY).month == 3
    return (day.month, day.day) == (born.month, born.day)


def same_day(start: date, months: int) -> date:
    """The day `months` later, counted from the last of that month."""
    month = start.year * 12 + start.month - 1 + months
    first = date(month // 12, month % 12 + 1, 1)
    last = date((month + 1) // 12, (month + 1) % 12 + 1, 1) - DAY
    return min(first + (start.day - 1) * DAY, last)


@given(awkward, st.integers(0, 9 * 366))
def test_an_age_is_the_number_of_birthdays_had(born: date, lived: int) -> None:
    had = sum(is_birthday(born + n * DAY, born) for n in range(1, lived + 1))
    assert whole_years(born, born + lived * DAY) == had


@given(awkward, awkward, awkward)
def test_an_age_never_falls_with_time_nor_rises_with_a_later_birth(
    a: date, b: date, c: date
) -> None:
    first, middle, last = sorted([a, b, c])
    assert whole_years(first, middle) <= whole_years(first, last)
    assert whole_years(first, last) >= whole_years(middle, last)


@given(awkward, st.integers(0, 9 * 366))
def test_years_are_completed_months_and_the_part_of_the_running_one(start: date, n: int) -> None:
    end = start + n * DAY
    turns = [start]
    while turns[-1] <= end:
        turns.append(same_day(start, len(turns)))
    last, following = turns[-2:]
    exact = len(turns) - 2 + Fraction((end - last).days, (following - last).days)
    assert years_between(start, end) == float(Decimal(int(exact * UNIT / 12)) / UNIT)
    assert int(years_between(start, end)) == whole_years(start, end)


@given(awkward, st.integers(0, 150))
def test_years_are_exact_on_anniversaries_and_more_one_day_later(start: date, years: int) -> None:
    end = add_months(start, 12 * years)
    assert years_between(start, end) == years
    assert years_between(start, end + DAY) > years
    assert years_between(end, start) == -years


@given(awkward, st.integers(0, 300))
def test_half_years_are_exact_whatever_the_months_lengths(start: date, halves: int) -> None:
    end = add_months(start, 6 * halves)
    assert years_between(start, end) == halves / 2
    assert years_between(start, end + DAY) > halves / 2


@given(awkward, awkward)
def test_years_grow_with_every_day(a: date, b: date) -> None:
    start, end = sorted([a, b])
    assert years_between(start, end + DAY) > years_between(start, end)
    assert years_between(end, start - DAY) <= years_between(end, start)


@given(awkward, awkward)
def test_years_never_grow_with_a_later_start(start: date, end: date) -> None:
    assert years_between(start + DAY, end) <= years_between(start, end)


@given(awkward, awkward)
def test_years_there_are_years_back(a: date, b: date) -> None:
    assert years_between(a, b) == -years_between(b, a)
    assert (years_between(a, b) > 0) == (a < b)


@given(awkward, awkward)
def test_years_have_four_decimals_exactly(a: date, b: date) -> None:
    years = years_between(a, b)
    assert round(years * UNIT) / UNIT == years == float(f"{years:.{YEAR_DECIMALS}f}")
    assert Decimal(repr(years)) * UNIT % 1 == 0


def test_days_that_a_month_lacks_count_as_its_last() -> None:
    left = [years_between(date(2024, 8, 28) + n * DAY, date(2026, 2, 28)) for n in range(5)]
    assert left == [1.5, 1.5, 1.5, 1.5, 1.497]


@given(st.dates(), st.dates())
def test_no_date_is_out_of_reach(a: date, b: date) -> None:
    assert abs(years_between(a, b)) <= MAXYEAR
    assert abs(whole_years(a, b)) <= MAXYEAR


def test_the_last_day_of_the_calendar() -> None:
    assert years_between(date(9998, 12, 31), date.max) == 1.0
    assert years_between(date(2020, 1, 1), date.max) == 7979.9973
    assert years_between(date.min, date.max) == 9998.9973


@pytest.mark.parametrize(
    ("on", "age"),
    [
        ("2004-02-29", 0), ("2005-02-27", 0), ("2005-02-28", 1), ("2005-03-01", 1),
        ("2008-02-28", 3), ("2008-02-29", 4), ("2008-03-01", 4), ("2069-02-27", 64),
        ("2069-02-28", 65), ("2100-02-28", 96), ("2104-02-28", 99), ("2104-02-29", 100),
    ],
)  # fmt: skip
def test_who_is_born_on_29_february_has_a_birthday_each_year(on: str, age: int) -> None:
    assert whole_years(date(2004, 2, 29), date.fromisoformat(on)) == age


@pytest.mark.parametrize(
    ("day", "years", "expected"),
    [
        ("2024-02-29", 1, "2025-02-28"), ("2024-02-29", 4, "2028-02-29"),
        ("2024-02-29", -1, "2023-02-28"), ("2024-02-29", -4, "2020-02-29"),
        ("1896-02-29", 4, "1900-02-28"), ("1996-02-29", 4, "2000-02-29"),
        ("2023-02-28", 1, "2024-02-28"), ("2024-12-31", 1, "2025-12-31"),
        ("2024-10-01", 0, "2024-10-01"),
    ],
)  # fmt: skip
def test_anniversaries(day: str, years: int, expected: str) -> None:
    assert add_months(date.fromisoformat(day), 12 * years) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("start", "end", "years"),
    [
        ("2024-10-01", "2026-10-01", 2.0), ("2024-10-01", "2026-10-02", 2.0026),
        ("2024-10-01", "2026-09-30", 1.9972), ("2024-10-01", "2024-10-01", 0.0),
        ("2024-10-01", "2024-09-30", -0.0027), ("2021-10-01", "2027-04-01", 5.5),
        ("2021-10-01", "2022-04-01", 0.5), ("2021-10-01", "2022-03-31", 0.4973),
        ("2023-08-31", "2024-02-29", 0.5), ("2023-08-31", "2024-02-28", 0.4971),
        ("2024-02-29", "2026-02-28", 2.0),
        ("2024-02-28", "2026-02-28", 2.0), ("2022-10-01", "2028-04-01", 5.5),
        ("2023-10-01", "2024-04-01", 0.5), ("2024-01-01", "2024-02-01", 0.0833),
    ],
)  # fmt: skip
def test_years_of_training(start: str, end: str, years: float) -> None:
    assert years_between(date.fromisoformat(start), date.fromisoformat(end)) == years


def test_nothing_reads_todays_date_but_the_time_of_a_receipt() -> None:
    reading = {"today", "now", "utcnow", "localtime", "gmtime", "ctime"}
    found = [
        f"{path.name}:{node.lineno}"
        for path in (ROOT / "flk_rules").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in reading
    ]
    assert [each.partition(":")[0] for each in found] == ["receipts.py"]


def test_the_document_is_true() -> None:
    failed, tried = doctest.testfile(str(ROOT / "docs" / "calendar.md"), module_relative=False)
    assert failed == 0
    assert tried >= 8
