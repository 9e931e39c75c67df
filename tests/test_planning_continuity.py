"""continuity from visits.

Ranges, symmetries and known values of the three measures, the window's ends, and hostile visits.
"""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from flk_rules import PlanInvalid
from flk_rules.planning import Visit, Window, coc, secon, upc

FIRST = date(2024, 1, 1)
YEAR = Window(name="2024", first=FIRST, last=date(2024, 12, 31))
MEASURES = (upc, coc, secon)


def visits(physicians: str) -> list[Visit]:
    return [Visit(on=FIRST + timedelta(n), physician=each) for n, each in enumerate(physicians)]


some = st.text("abcd", min_size=2, max_size=30)


@pytest.mark.parametrize(
    ("physicians", "expected"),
    [
        ("aa", (1, 1, 1)),
        ("ab", ("1/2", 0, 0)),
        ("aab", ("2/3", "1/3", "1/2")),
        ("aba", ("2/3", "1/3", 0)),
        ("aabb", ("1/2", "1/3", "2/3")),
        ("abab", ("1/2", "1/3", 0)),
        ("aaab", ("3/4", "1/2", "2/3")),
        ("aaabbc", ("1/2", "4/15", "3/5")),
    ],
)
def test_known_values(physicians: str, expected: tuple[Any, ...]) -> None:
    met = visits(physicians)
    assert tuple(measure(met, YEAR) for measure in MEASURES) == tuple(map(Fraction, expected))


@pytest.mark.parametrize("physicians", ["", "a"])
def test_below_two_visits_nothing_is_said(physicians: str) -> None:
    assert [measure(visits(physicians), YEAR) for measure in MEASURES] == [None, None, None]
    assert upc(visits(physicians), YEAR, usual="a") is None


@given(some)
def test_a_measure_is_a_share_and_exact(physicians: str) -> None:
    for measure in MEASURES:
        found = measure(visits(physicians), YEAR)
        assert isinstance(found, Fraction)
        assert 0 <= found <= 1


@given(st.integers(2, 40))
def test_one_physician_gives_one(count: int) -> None:
    assert all(measure(visits("a" * count), YEAR) == 1 for measure in MEASURES)


@given(st.integers(2, 26))
def test_never_the_same_gives_the_least(count: int) -> None:
    met = visits("abcdefghijklmnopqrstuvwxyz"[:count])
    assert upc(met, YEAR) == Fraction(1, count)
    assert coc(met, YEAR) == secon(met, YEAR) == 0


@given(some)
def test_only_one_physician_gives_one(physicians: str) -> None:
    assume(len(set(physicians)) > 1)
    for measure in MEASURES:
        found = measure(visits(physicians), YEAR)
        assert found is not None
        assert found < 1


@given(some, st.randoms(use_true_random=False))
def test_order_matters_to_the_sequence_alone(physicians: str, order: random.Random) -> None:
    mixed = list(physicians)
    order.shuffle(mixed)
    for measure in (upc, coc):
        assert measure(visits("".join(mixed)), YEAR) == measure(visits(physicians), YEAR)
    assert secon(visits(physicians[::-1]), YEAR) == secon(visits(physicians), YEAR)


@given(some, st.randoms(use_true_random=False))
def test_dates_order_visits_not_the_list(physicians: str, order: random.Random) -> None:
    met = visits(physicians)
    shuffled = met.copy()
    order.shuffle(shuffled)
    assert all(measure(shuffled, YEAR) == measure(met, YEAR) for measure in MEASURES)


@given(some, st.permutations("abcd"))
def test_names_mean_nothing(physicians: str, names: list[str]) -> None:
    other = physicians.translate(str.maketrans("abcd", "".join(names)))
    for measure in MEASURES:
        assert measure(visits(other), YEAR) == measure(visits(physicians), YEAR)


@given(some)
def test_shares_of_named_physicians_add_up(physicians: str) -> None:
    met = visits(physicians)
    shares = [upc(met, YEAR, usual=each) for each in "abcd"]
    assert sum(each or 0 for each in shares) == 1
    assert max(each or 0 for each in shares) == upc(met, YEAR)
    assert upc(met, YEAR, usual="nobody") == 0


@given(some)
def test_grouped_visits_have_the_longest_sequence(physicians: str) -> None:
    grouped = secon(visits("".join(sorted(physicians))), YEAR)
    mixed = secon(visits(physicians), YEAR)
    assert grouped is not None
    assert mixed is not None
    assert grouped >= mixed


def test_visits_of_one_day_keep_their_order() -> None:
    one_day = [Visit(on=FIRST, physician=each) for each in "aabb"]
    assert secon(one_day, YEAR) == Fraction(2, 3)
    assert secon([one_day[0], one_day[2], one_day[1], one_day[3]], YEAR) == 0


def test_both_ends_of_the_window_count() -> None:
    days = (date(2023, 12, 31), date(2024, 1, 1), date(2024, 12, 31), date(2025, 1, 1))
    met = [Visit(on=day, physician=each) for day, each in zip(days, "baab", strict=True)]
    assert [measure(met, YEAR) for measure in MEASURES] == [1, 1, 1]
    one_day = Window(name="a day", first=days[1], last=days[1])
    assert upc(met, one_day) is None


def test_any_iterable_will_do() -> None:
    assert coc(iter(visits("aab")), YEAR) == Fraction(1, 3)


def test_all_mistakes_at_once() -> None:
    wrong: Any = [
        Visit(on=datetime(2024, 1, 1), physician="a"),
        Visit(on=FIRST, physician=None),  # type: ignore[arg-type]
        Visit(on="2024", physician=" "),  # type: ignore[arg-type]
    ]
    for measure in MEASURES:
        with pytest.raises(PlanInvalid) as caught:
            measure(wrong, YEAR)
        assert str(caught.value).splitlines() == [
            "visits[0].on: expected a datetime.date, found datetime.datetime(2024, 1, 1, 0, 0)",
            "visits[1].physician: expected the id of a physician, found None; leave the visit out",
            "visits[2].on: expected a datetime.date, found '2024'",
            "visits[2].physician: expected the id of a physician, found ' '; leave the visit out",
        ]


def test_a_window_that_is_none() -> None:
    backwards = Window(name="back", first=date(2024, 2, 1), last=date(2024, 1, 1))
    with pytest.raises(PlanInvalid) as caught:
        coc(visits("aa"), backwards)
    assert str(caught.value) == "window 'back': ends 2024-01-01, before it starts 2024-02-01"
    undated: Any = Window(name="x", first=None, last=FIRST)  # type: ignore[arg-type]
    with pytest.raises(PlanInvalid, match=r"window\.first: expected a datetime.date, found None"):
        coc(visits("aa"), undated)
    nobody: Any = ""
    with pytest.raises(PlanInvalid, match="usual: expected the id of a physician, found ''"):
        upc(visits("aa"), YEAR, usual=nobody)
