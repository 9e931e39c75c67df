"""boundaries in time.

The day before and the day itself: birthdays, the end of training, the first day of a ruleset.
"""

from __future__ import annotations

from datetime import date

import pytest

import flk_rules
from support.cases import ENGINES, NATIONAL, STOCKHOLM, shipped, specialist, trainee


def _outcome(ruleset: str, on: date, engine: str, **subjects: object) -> str:
    decision = shipped(ruleset, on).decide("eligibility", engine=engine, **subjects)
    return decision.outcome.value


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("born", "on", "outcome"),
    [
        (date(1959, 10, 2), date(2024, 10, 1), "assess"),
        (date(1959, 10, 1), date(2024, 10, 1), "eligible"),
        (date(1959, 9, 30), date(2024, 10, 1), "eligible"),
        (date(1960, 2, 29), date(2025, 2, 27), "assess"),
        (date(1960, 2, 29), date(2025, 2, 28), "eligible"),
        (date(1960, 2, 29), date(2025, 3, 1), "eligible"),
    ],
)
def test_geriatrics_from_the_65th_birthday(born: date, on: date, outcome: str, engine: str) -> None:
    patient = {"birth_date": born}
    physician = specialist("geriatrik")
    assert _outcome(NATIONAL, on, engine, physician=physician, patient=patient) == outcome


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("born", "on", "outcome"),
    [
        (date(2006, 10, 2), date(2024, 10, 1), "eligible"),
        (date(2006, 10, 1), date(2024, 10, 1), "assess"),
        (date(2008, 2, 29), date(2026, 2, 27), "eligible"),
        (date(2008, 2, 29), date(2026, 2, 28), "assess"),
        (date(2024, 10, 1), date(2024, 10, 1), "eligible"),
    ],
)
def test_paediatrics_until_the_18th_birthday(
    born: date, on: date, outcome: str, engine: str
) -> None:
    patient = {"birth_date": born.isoformat()}
    physician = specialist("barn_och_ungdomsmedicin")
    assert _outcome(NATIONAL, on, engine, physician=physician, patient=patient) == outcome


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("age", "geriatrics", "paediatrics"),
    [(17, "assess", "eligible"), (18, "assess", "assess"), (64, "assess", "assess"),
     (65, "eligible", "assess")],
)  # fmt: skip
def test_age_groups_by_number(age: int, geriatrics: str, paediatrics: str, engine: str) -> None:
    on, patient = date(2024, 10, 1), {"age": age}
    for specialty, outcome in (("geriatrik", geriatrics), ("barn_och_ungdomsmedicin", paediatrics)):
        physician = specialist(specialty)
        assert _outcome(NATIONAL, on, engine, physician=physician, patient=patient) == outcome


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("on", "end", "outcome"),
    [
        (date(2024, 10, 1), date(2026, 9, 30), "eligible"),
        (date(2024, 10, 1), date(2026, 10, 1), "eligible"),
        (date(2024, 10, 1), date(2026, 10, 2), "not_eligible"),
        (date(2024, 10, 2), date(2026, 10, 2), "eligible"),
        (date(2024, 2, 29), date(2026, 2, 28), "eligible"),
        (date(2024, 2, 29), date(2026, 3, 1), "not_eligible"),
        (date(2026, 2, 28), date(2028, 2, 29), "not_eligible"),
        (date(2024, 10, 1), date(2024, 9, 30), "eligible"),
    ],
)
def test_two_years_left_to_the_day(on: date, end: date, outcome: str, engine: str) -> None:
    physician = trainee(planned_end=end)
    assert _outcome(STOCKHOLM, on, engine, physician=physician, patient={"age": 40}) == outcome


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("regulation", "end", "short"),
    [
        ("sosfs_2015_8", date(2027, 1, 1), False),
        ("sosfs_2015_8", date(2026, 12, 31), True),
        ("hslf_fs_2021_8", date(2027, 7, 1), False),
        ("hslf_fs_2021_8", date(2027, 6, 30), True),
    ],
)
def test_the_least_length_of_st_to_the_day(
    regulation: str, end: date, short: bool, engine: str
) -> None:
    """Five years, or five and a half, whatever the lengths of the months between."""
    physician = trainee(regulation=regulation, start=date(2022, 1, 1), planned_end=end)
    decision = shipped(NATIONAL).decide(
        "eligibility", engine=engine, physician=physician, patient={"age": 40}
    )
    assert any("st_shorter_than" in rule.id for rule in decision.advice) is short


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("start", "early"),
    [(date(2024, 4, 1), False), (date(2024, 4, 2), True), (date(2024, 3, 31), False)],
)
def test_half_a_year_of_bt_to_the_day(start: date, early: bool, engine: str) -> None:
    physician = trainee(regulation="hslf_fs_2021_8", start=start)
    decision = shipped(NATIONAL).decide(
        "eligibility", engine=engine, physician=physician, patient={"age": 40}
    )
    assert any("bt_comes_first" in rule.id for rule in decision.advice) is early


@pytest.mark.parametrize("engine", ENGINES)
def test_the_same_record_on_two_days(engine: str) -> None:
    """Nothing but the calendar moved, so nothing but the date asked about may differ."""
    physician = trainee(planned_end=date(2026, 10, 1))
    outcomes = [
        _outcome(STOCKHOLM, on, engine, physician=physician, patient={"age": 40})
        for on in (date(2024, 9, 30), date(2024, 10, 1))
    ]
    assert outcomes == ["not_eligible", "eligible"]


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


def test_the_national_ruleset_holds_before_stockholms_does() -> None:
    on = date(2023, 12, 31)
    physician = specialist("internmedicin")
    assert _outcome(NATIONAL, on, "rete", physician=physician, patient={"age": 40}) == "assess"
    with pytest.raises(flk_rules.NotInForce):
        flk_rules.load(STOCKHOLM, on=on)


def test_the_rulesets_say_that_their_first_day_is_an_assumption() -> None:
    """No source carries a date of entry into force."""
    for name, years in ((NATIONAL, ["2022"]), (STOCKHOLM, ["2022", "2024"])):
        readings = shipped(name).model.readings
        assert len(readings) == len(years)
        for reading, year in zip(readings, years, strict=True):
            assert year in reading.sv
            assert "antagande" in reading.sv
            assert "assumption" in reading.en
