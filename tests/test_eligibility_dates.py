"""first days of rulesets.

What is said of a day before a ruleset, and of the day that it begins. The boundaries in time of its
decisions are cases: `cases/eligibility_dates.cases.toml`.
"""

from __future__ import annotations

from datetime import date

import pytest

import flk_rules
from support.cases import NATIONAL, STOCKHOLM, shipped


@pytest.mark.parametrize(
    ("ruleset", "first"), [(NATIONAL, date(2022, 7, 1)), (STOCKHOLM, date(2024, 1, 1))]
)
def test_the_first_day_of_a_ruleset(ruleset: str, first: date) -> None:
    assert flk_rules.load(ruleset, on=first).on == first
    before = date.fromordinal(first.toordinal() - 1)
    with pytest.raises(flk_rules.NotInForce) as caught:
        flk_rules.load(ruleset, on=before)
    assert caught.value.ruleset == ruleset
    assert caught.value.layers == ((ruleset, first, None),)
    assert str(before) in str(caught.value)


def test_the_rulesets_say_that_their_first_day_is_an_assumption() -> None:
    """No source carries a date of entry into force."""
    for name, years in ((NATIONAL, ["2022"]), (STOCKHOLM, ["2022", "2024"])):
        readings = shipped(name).model.readings
        assert len(readings) == len(years)
        for reading, year in zip(readings, years, strict=True):
            assert year in reading.sv
            assert "antagande" in reading.sv
            assert "assumption" in reading.en
