"""calendar time in SQL.

What the calendar makes of dates in Python, SQL makes of columns of them: ages and years, above all
at the ends of months.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

import attrs
import duckdb
import pyarrow as pa
import pytest

from flk_rules import load
from flk_rules.engines.sql import dialect_of
from flk_rules.engines.sql.literals import column
from flk_rules.model.calendar import age_on, years_from_to, years_since, years_until
from flk_rules.tables import dates
from flk_rules.tables.dates import derived, that_day

DAYS = (
    date(2024, 10, 1), date(2024, 2, 29), date(2023, 2, 28), date(2024, 1, 31), date(2024, 3, 1),
    date(2025, 3, 1), date(2024, 12, 31), date(2000, 2, 29), date(2100, 2, 28),
)  # fmt: skip
CHANCE = Random(1)


def _day() -> date:
    year = CHANCE.choice((1850, 1900, 2000, 2023, 2024, 2100, 2200, CHANCE.randint(1850, 2200)))
    month = CHANCE.choice((1, 2, 2, 3, 12, CHANCE.randint(1, 12)))
    last = monthrange(year, month)[1]
    return date(year, month, min(last, CHANCE.choice((1, 28, 29, 30, 31, CHANCE.randint(1, 31)))))


PAIRS = [(_day(), _day()) for _ in range(3_000)]
PAIRS += [
    (one, one + timedelta(CHANCE.randint(-800, 800))) for one, _ in PAIRS if 1860 < one.year < 2190
]
TABLE = pa.table({"one": [one for one, _ in PAIRS], "two": [two for _, two in PAIRS]})


def in_sql(compute: Callable[..., Any], names: tuple[str, ...], on: date) -> list[Any]:
    dialect = dialect_of("duckdb")
    tree = derived(compute, tuple(map(column, names)), on, dialect)
    with duckdb.connect() as connection:
        connection.register("days", TABLE)
        sql = f"SELECT {dialect.sql(tree, pretty=False)} FROM days"
        return [row[0] for row in connection.execute(sql).fetchall()]


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_as_the_calendar(on: date) -> None:
    for compute in (years_since, years_until):
        assert in_sql(compute, ("one",), on) == [compute((one,), on) for one, _ in PAIRS]
    ages = [max(age_on((one,), on), -1) for one, _ in PAIRS]  # what is not born has no age
    assert in_sql(age_on, ("one",), on) == ages


def test_from_one_date_to_another() -> None:
    on = DAYS[0]
    assert in_sql(years_from_to, ("one", "two"), on) == [years_from_to(pair, on) for pair in PAIRS]


BREAKS: dict[str, tuple[str, Any]] = {
    "a month's last day": ("_day_not_reached", lambda start, end: dates.exp.GT(
        this=start.day.copy(), expression=end.day.copy())),
    "the length of months": ("that_day", lambda on: attrs.evolve(
        that_day(on), here=dates.integer(30))),
    "before and after": ("_forward", lambda start, end, dialect: dates.double(1.0)),
}  # fmt: skip


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_calendar_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dates, *BREAKS[name])
    on = date(2023, 2, 28)
    years = in_sql(years_since, ("one",), on) == [years_since((one,), on) for one, _ in PAIRS]
    ages = in_sql(age_on, ("one",), on) == [max(age_on((one,), on), -1) for one, _ in PAIRS]
    assert not (years and ages)


def test_a_leap_day_s_birthday_in_a_table() -> None:
    """Born on 29 February: 18 on 28 February of a common year, and not the day before."""
    table = pa.table({"patient.birth_date": [date(2008, 2, 29)],
                      "physician.specialties": [["barn_och_ungdomsmedicin"]]})  # fmt: skip
    for on, eligible in ((date(2026, 2, 27), True), (date(2026, 2, 28), False)):
        ruleset = load("se.national", on=on)
        truths = ruleset.decide_table("eligibility", table, unknown=True, truths=True).table
        assert truths["se.national.eligibility.paediatrics"].to_pylist() == [eligible]


def test_a_number_and_its_dates_are_not_given_together() -> None:
    table = pa.table({
        "patient.age": [70, None, 70, None],
        "patient.birth_date": [date(1950, 1, 1), date(1950, 1, 1), None, date(2030, 1, 1)],
        "contact.profession": ["assistant_nurse"] * 4, "contact.setting": ["home_help"] * 4,
        "patient.home_help": [True] * 4,
    })  # fmt: skip
    decided = load("se.national", on=date(2024, 10, 1)).decide_table("social_care_contact", table)
    assert decided.table["outcome"].to_pylist() == [
        "undetermined", "grounded", "grounded", "undetermined"
    ]  # fmt: skip
    (bad,) = decided.unreadable
    assert (bad.fact, bad.headings, bad.count) == (
        "patient.age", ("patient.age", "patient.birth_date"), 2
    )  # fmt: skip
