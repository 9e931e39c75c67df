"""values of facts.

Every validator on both sides of its edge, with the messages: numbers, codes, lists, dates.
"""

from __future__ import annotations

import math
from datetime import date, datetime, time
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from typing import Any

import pytest

from flk_rules import load
from flk_rules.facts.validating import Rejected, read_date, validator

SCHEMA = load("se.national", on=date(2024, 10, 1)).schema
HUGE = 10**5_000
YEARS = "expected a number from -100 to 100 (year), found"
AGES = "expected a whole number from 0 to 150 (year), found"
LICENCES = "in the code list licence (codes: valid, special_appointment, revoked, none)"


class Str(str):
    """A string that could lie about what it equals."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = str.__hash__


class Number(IntEnum):
    """An integer of another class."""

    THREE = 3


class NumpyLike(float):
    """As numpy's float64, a float by inheritance only."""


def check(name: str, value: Any) -> Any:
    return validator(SCHEMA.facts[name], SCHEMA)(value)


def name_of(value: Any) -> str:
    """A test's name; some values have no text that Python would write."""
    return value if type(value) is str and len(value) < 60 else type(value).__name__


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("physician.training.supervised", True, True),
        ("physician.training.supervised", False, False),
        ("patient.age", 0, 0), ("patient.age", 150, 150),
        ("physician.training.years_left", 2, 2.0),
        ("physician.training.years_left", -100, -100.0),
        ("physician.training.years_left", 100.0, 100.0),
        ("physician.training.years_left", 1.2345, 1.2345),
        ("physician.training.years_left", -0.0, 0.0),
        ("physician.training.years_total", 0, 0.0),
        ("physician.licence", "valid", "valid"),
        ("physician.specialties", [], frozenset()),
        ("physician.specialties", ["geriatrik", "geriatrik"], frozenset({"geriatrik"})),
        ("physician.specialties", ("geriatrik",), frozenset({"geriatrik"})),
        ("physician.specialties", {"geriatrik"}, frozenset({"geriatrik"})),
        ("physician.specialties", frozenset({"geriatrik"}), frozenset({"geriatrik"})),
    ],
    ids=name_of,
)  # fmt: skip
def test_what_a_fact_takes(name: str, value: Any, expected: Any) -> None:
    found = check(name, value)
    assert found == expected
    assert type(found) is type(expected)
    assert found != 0 or type(found) is not float or math.copysign(1, found) == 1


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("physician.training.supervised", 1, "expected true or false, found a whole number (1)"),
        ("physician.training.supervised", "ja", "expected true or false, found text ('ja')"),
        ("physician.training.supervised", [], "expected true or false, found a list of 0"),
        ("patient.age", True, "expected a whole number, found true"),
        ("patient.age", 47.0, "expected a whole number, found a number (47.0)"),
        ("patient.age", "47", "expected a whole number, found text ('47')"),
        ("patient.age", Number.THREE, "expected a whole number, found Number"),
        ("patient.age", -1, f"{AGES} -1"),
        ("patient.age", 151, f"{AGES} 151"),
        ("patient.age", HUGE, f"{AGES} a number of 16610 bits"),
        ("physician.training.years_left", False, "expected a number, found false"),
        ("physician.training.years_left", "2", "expected a number, found text ('2')"),
        ("physician.training.years_left", Decimal(2), "expected a number, found Decimal"),
        ("physician.training.years_left", Fraction(2), "expected a number, found Fraction"),
        ("physician.training.years_left", NumpyLike(2), "expected a number, found NumpyLike"),
        ("physician.training.years_left", math.nan, f"{YEARS} nan"),
        ("physician.training.years_left", math.inf, f"{YEARS} inf"),
        ("physician.training.years_left", -math.inf, f"{YEARS} -inf"),
        ("physician.training.years_left", 100.0001, f"{YEARS} 100.0001"),
        ("physician.training.years_left", -101, f"{YEARS} -101"),
        ("physician.training.years_left", -HUGE, f"{YEARS} a number of 16610 bits"),
        ("physician.training.years_left", 1.23456, "expected at most 4 decimals, found 1.23456"),
        ("physician.training.years_left", 5e-324, "expected at most 4 decimals, found 5e-324"),
        ("physician.licence", 5, "expected a code of licence, found a whole number (5)"),
        ("physician.licence", True, "expected a code of licence, found true"),
        ("physician.licence", Str("valid"), "expected a code of licence, found Str"),
        ("physician.licence", b"valid", "expected a code of licence, found bytes"),
        ("physician.licence", ["valid"], "expected a code of licence, found a list of 1"),
        ("physician.licence", "gilltig",
         "no code 'gilltig' in the code list licence; did you mean 'valid'?"),
        ("physician.licence", "zzz", f"no code 'zzz' {LICENCES}"),
        ("physician.licence", "", f"no code '' {LICENCES}"),
        ("physician.licence", "x" * 10**6, f"no code '{'x' * 56}... {LICENCES}"),
        ("physician.licence", "\x1b[31m\n", f"no code '\\x1b[31m\\n' {LICENCES}"),
        ("physician.specialties", "geriatrik",
         "expected a list of codes, found text ('geriatrik')"),
        ("physician.specialties", {"geriatrik": 1}, "expected a list of codes, found a table"),
        ("physician.specialties", 5, "expected a list of codes, found a whole number (5)"),
        ("physician.specialties", ["geriatrik"] * 100_000,
         "expected at most 64 codes, found 100000"),
        ("physician.specialties", ["geriatrik", 1, None],
         "expected a code of specialty, found a whole number (1); "
         "expected a code of specialty, found nothing"),
        ("physician.specialties", ["Geriatrik", "a", "b", "c", "d"],
         "no code 'Geriatrik' in the code list specialty; did you mean 'geriatrik'?; "
         "no code 'a' in the code list specialty; no code 'b' in the code list specialty; "
         "and 2 more"),
    ],
    ids=name_of,
)  # fmt: skip
def test_what_a_fact_refuses(name: str, value: Any, message: str) -> None:
    with pytest.raises(Rejected) as caught:
        check(name, value)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (date(2020, 2, 29), date(2020, 2, 29)), ("2020-02-29", date(2020, 2, 29)),
        ("1850-01-01", date(1850, 1, 1)), ("2200-12-31", date(2200, 12, 31)),
    ],
)  # fmt: skip
def test_dates(value: Any, expected: date) -> None:
    assert read_date(value) == expected


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("2023-02-29", "text ('2023-02-29')"), ("2024-13-01", "text ('2024-13-01')"),
        ("20240101", "text ('20240101')"), ("2024-W40-2", "text ('2024-W40-2')"),
        ("2024-01-01 ", "text ('2024-01-01 ')"), ("2024-01-01\n", "text ('2024-01-01\\n')"),
        ("٢٠٢٤-٠١-٠١", "text ('٢٠٢٤-٠١-٠١')"), ("0000-01-01", "text ('0000-01-01')"),
        ("2024-01-01T00:00:00", "text ('2024-01-01T00:00:00')"), ("", "text ('')"),
        (20240101, "a whole number (20240101)"), (True, "true"), (1.5, "a number (1.5)"),
        (datetime(2024, 1, 1), "a date with a time (2024-01-01 00:00:00)"),
        (time(12), "a time (12:00:00)"), ([2024], "a list of 1"),
    ],
)  # fmt: skip
def test_what_is_no_date(value: Any, found: str) -> None:
    with pytest.raises(Rejected) as caught:
        read_date(value)
    assert str(caught.value) == f"expected a date like 1950-12-31, found {found}"


@pytest.mark.parametrize("value", ["1849-12-31", "2201-01-01", "9999-12-31", date.min])
def test_dates_far_off_are_refused(value: Any) -> None:
    with pytest.raises(Rejected, match=r"^expected a date from 1850-01-01 to 2200-12-31, found"):
        read_date(value)
