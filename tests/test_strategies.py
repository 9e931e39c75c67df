"""subjects for Hypothesis.

Everything drawn is accepted and decided; boundaries are favoured, on both sides; dates or numbers,
never both; examples shrink to the facts that matter.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import date
from typing import Any

import attrs
import pytest
from attrs import evolve
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

import flk_rules
from flk_rules.analysis.coverage_conditions import shown
from flk_rules.analysis.partitions import partition
from flk_rules.engines.reference import Interpreter
from flk_rules.errors import UnknownName
from flk_rules.facts import Intake
from flk_rules.model.domain import MODELS
from flk_rules.model.rules import Rule
from flk_rules.model.values import Kind
from flk_rules.testing import strategies
from flk_rules.testing.boundaries import boundaries, in_units, limits, turning
from flk_rules.testing.strategies_values import MOST_CODES
from support.cases import NATIONAL, ON, STOCKHOLM, shipped

PLACEMENTS_FROM = date(2026, 1, 1)
"""A day on which every question can be asked."""
few = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
quiet = settings(
    max_examples=300, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
QUESTIONS = sorted(shipped(NATIONAL, PLACEMENTS_FROM).questions)


def _draw(strategy: st.SearchStrategy[Any], wanted: int = 150) -> list[Any]:
    drawn: list[Any] = []

    @settings(quiet, max_examples=wanted)
    @given(strategy)
    def collect(one: Any) -> None:
        drawn.append(one)

    collect()
    return drawn


# ---- what is drawn is valid ----------------------------------------------------------------------


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("ruleset", [STOCKHOLM, "se.borgholm"])
def test_whatever_is_drawn_is_decided(ruleset: str, question: str) -> None:
    loaded = shipped(ruleset, PLACEMENTS_FROM)

    @few
    @given(strategies.subjects(loaded, question, unknown=True, left_out=True))
    def decide(subjects: dict[str, Any]) -> None:
        loaded.decide(question, engine="reference", **subjects)

    decide()


@pytest.mark.parametrize("name", list(MODELS))
@pytest.mark.parametrize("objects", [False, True])
def test_every_subject_is_read_without_a_mistake(name: str, objects: bool) -> None:
    ruleset = shipped(NATIONAL, PLACEMENTS_FROM)
    intake = Intake(ruleset.schema)
    drawn = strategies.subject(ruleset, name, unknown=0.5, objects=objects, references=True)

    @few
    @given(drawn)
    def read(one: Any) -> None:
        assert isinstance(one, MODELS[name]) is objects
        facts = intake.read(ruleset.on, (name,), {name: one})
        if not objects:
            again = MODELS[name](**{k: v for k, v in one.items() if not isinstance(v, dict)})
            assert attrs.has(type(again))
        assert all(each.partition(".")[0] == name for each in facts.values)

    read()


def test_each_subject_has_a_name_of_its_own() -> None:
    ruleset = shipped(NATIONAL, PLACEMENTS_FROM)
    of = {
        "physician": strategies.physicians, "patient": strategies.patients,
        "unit": strategies.units, "placement": strategies.placements,
        "contact": strategies.contacts, "change": strategies.changes,
    }  # fmt: skip
    assert of.keys() == set(ruleset.schema.subjects)
    for name, strategy in of.items():
        (drawn,) = _draw(strategy(ruleset, objects=True), 1)
        assert type(drawn) is MODELS[name]


def test_without_unknowns_every_fact_is_there() -> None:
    ruleset = shipped(STOCKHOLM, PLACEMENTS_FROM)
    facts = [each for each in ruleset.schema.facts if each.startswith("patient.")]
    intake = Intake(ruleset.schema)
    for one in _draw(strategies.patients(ruleset), 40):
        assert set(intake.read(ruleset.on, ("patient",), {"patient": one}).values) == set(facts)


def test_of_a_question_only_what_its_rules_read() -> None:
    ruleset = shipped(STOCKHOLM)
    keys: set[str] = set()
    for one in _draw(strategies.patients(ruleset, question="eligibility", unknown=True), 60):
        keys |= set(one)
    assert keys == {"age", "birth_date", "covered_by_region"}
    more = _draw(strategies.patients(ruleset, question="eligibility", everything=True), 10)
    assert all("medicines" in one for one in more)


@pytest.mark.parametrize(("unknown", "low", "high"), [(True, 0.15, 0.35), (0.5, 0.4, 0.6)])
def test_unknowns_are_as_many_as_asked_for(unknown: float, low: float, high: float) -> None:
    drawn = _draw(strategies.units(shipped(NATIONAL), unknown=unknown))
    facts = ("gp_staffing", "listed", "municipality", "cni", "few_other_professions")
    known = sum(fact in one for one in drawn for fact in facts)
    assert low < 1 - known / (len(facts) * len(drawn)) < high


def test_a_small_probability_is_a_twentieth() -> None:
    drawn = _draw(strategies.units(shipped(NATIONAL), unknown=0.001))
    assert any("listed" not in one for one in drawn)
    assert sum("listed" in one for one in drawn) > len(drawn) / 2


def test_a_list_without_codes_has_none() -> None:
    ruleset = shipped(NATIONAL)
    bare = evolve(ruleset.model, schema=evolve(ruleset.schema, codes={}), rules={})
    drawn = _draw(strategies.physicians(flk_rules.Ruleset(bare), unknown=0.0), 5)
    assert all(one["specialties"] == () and "licence" not in one for one in drawn)


def test_all_unknown_and_none() -> None:
    ruleset = shipped(NATIONAL)
    assert all(one == {} for one in _draw(strategies.contacts(ruleset, unknown=1.0), 5))
    assert all(len(one) == 2 for one in _draw(strategies.contacts(ruleset, unknown=0.0), 20))


# ---- dates or numbers ----------------------------------------------------------------------------


def test_derived_facts_come_by_dates_or_as_numbers_never_both() -> None:
    seen: Counter[str] = Counter()
    for one in _draw(strategies.physicians(shipped(STOCKHOLM), unknown=True)):
        training = one.get("training", {})
        numbers = [key for key in training if key.startswith("years_")]
        days = [key for key in training if key in ("start", "planned_end")]
        assert not (numbers and days)
        seen.update(
            ["numbers"] * bool(numbers) + ["days"] * bool(days) + ["both"] * (len(days) > 1)
        )
    assert seen["numbers"] > 25
    assert seen["days"] > 25
    assert seen["both"] > 5


def test_days_favour_those_on_which_a_fact_passes_a_boundary() -> None:
    """A list under the agreement turns where two years are left: on that day, and one day later."""
    ruleset = shipped(STOCKHOLM)
    ends: Counter[date] = Counter()
    for one in _draw(strategies.physicians(ruleset, question="eligibility"), 250):
        if end := one["training"].get("planned_end"):
            ends[end] += 1
    turns = (date(2026, 10, 1), date(2026, 10, 2), date(2024, 10, 1), date(2024, 9, 30))
    assert sum(ends[day] for day in turns) > 2  # by chance there would be none


def test_ages_by_birth_date_turn_on_the_birthday() -> None:
    births: Counter[date] = Counter()
    for one in _draw(strategies.patients(shipped(NATIONAL), question="eligibility"), 250):
        if "birth_date" in one:
            births[one["birth_date"]] += 1
    turns = (date(1959, 10, 1), date(1959, 10, 2), date(2006, 10, 1), date(2006, 10, 2))
    assert sum(births[day] for day in turns) > 2  # by chance there would be none


@given(st.integers(-40, 40), st.booleans())
@settings(max_examples=40, deadline=None)
def test_the_day_of_a_turn_is_the_first(years: int, grows: bool) -> None:
    sign = 1 if grows else -1

    def value_on(day: date) -> int:
        return sign * (day.year - 2024)

    day = turning(value_on, years)
    assert day == date(2024 + sign * years, 1, 1)
    assert turning(value_on, sign * 1000) is None


# ---- boundaries ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [NATIONAL, STOCKHOLM, "se.borgholm"])
def test_every_cell_of_every_rule_has_a_value_at_hand(name: str) -> None:
    """What rules tell apart is among the values that are favoured."""
    model = shipped(name, PLACEMENTS_FROM).model
    near, interpreter = boundaries(model), Interpreter(model)
    for rule in model.rules.values():
        for axis in partition([(model, rule.when)]).axes:
            spec, fact = model.schema.facts[axis.fact], axis.fact
            if spec.type.kind is Kind.LIST:
                for value in axis.values:
                    assert value is None or len(value) <= MOST_CODES  # type: ignore[arg-type]
                    assert value is None or set(value) <= set(near.codes[fact])  # type: ignore[arg-type]
                continue
            favoured = (
                [in_units(spec, each) for each in near.numbers[fact]]
                if spec.type.numeric
                else near.codes[fact]
            )

            def told(value: Any, fact: str = fact, rule: Rule = rule) -> Any:
                return [each.truth for each in shown(interpreter.trace(rule.when, {fact: value}))]

            at_hand = [told(each) for each in favoured]
            assert all(told(value) in at_hand for value in axis.values if value is not None)


def test_boundaries_are_one_unit_to_either_side() -> None:
    near = boundaries(shipped(STOCKHOLM).model, "eligibility")
    assert near.numbers["patient.age"] == (0, 15, 16, 17, 18, 19, 63, 64, 65, 66, 150)
    left = near.numbers["physician.training.years_left"]
    assert {19_999, 20_000, 20_001, -1, 0, 1} <= set(left)
    spec = shipped(STOCKHOLM).schema.facts["physician.training.years_left"]
    assert (left[0], left[-1]) == limits(spec) == (-1_000_000, 1_000_000)
    assert 1100 in boundaries(shipped(STOCKHOLM).model, "capacity").numbers["physician.listed"]


def test_boundaries_are_those_of_the_ruleset_that_is_loaded(tmp_path: Any) -> None:
    from support.folders import entry, write

    setting = entry("set", parameter="elderly_from", value=75)
    write(tmp_path, "my.unit", setting)
    own = flk_rules.load("my.unit", on=ON, path=[tmp_path])
    ages = boundaries(own.model, "eligibility").numbers["patient.age"]
    assert {74, 75, 76} <= set(ages)
    assert not {64, 65, 66} & set(ages)


def test_ages_at_a_boundary_come_more_often_than_not() -> None:
    ruleset = shipped(NATIONAL)
    near = set(boundaries(ruleset.model, "priority").numbers["patient.age"])
    drawn = _draw(strategies.patients(ruleset, question="priority"), 250)
    ages = [one["age"] for one in drawn if "age" in one]
    assert len(ages) > 60
    assert sum(age in near for age in ages) > len(ages) / 2
    assert sum(age not in near for age in ages) > len(ages) / 20
    assert len({17, 18, 64, 65}.intersection(ages)) > 2


def test_codes_that_rules_name_come_more_often_than_by_chance() -> None:
    drawn = _draw(strategies.physicians(shipped(NATIONAL), question="eligibility"), 200)
    named = {"allmanmedicin", "geriatrik", "barn_och_ungdomsmedicin"}
    found = sum(not named.isdisjoint(one["specialties"]) for one in drawn)
    assert found > len(drawn) / 5  # by chance, of 64 codes, one in ten
    assert any(len(one["specialties"]) == 0 for one in drawn)
    assert any(len(one["specialties"]) > 1 for one in drawn)


# ---- shrinking -----------------------------------------------------------------------------------


def test_a_failing_example_shrinks_to_the_facts_that_matter() -> None:
    ruleset = shipped(NATIONAL)

    def outside_the_age_group(subjects: dict[str, Any]) -> bool:
        decision = ruleset.decide("eligibility", engine="reference", **subjects)
        return any(rule.id.endswith("paediatrics_outside_age_group") for rule in decision.advice)

    drawn = strategies.subjects(ruleset, "eligibility", unknown=True)
    smallest = find(drawn, outside_the_age_group, settings=settings(quiet, max_examples=1000))
    assert smallest["physician"] == {"specialties": ("barn_och_ungdomsmedicin",)}
    assert [*smallest["patient"]] in (["age"], ["birth_date"])


def test_a_boundary_shrinks_to_itself() -> None:
    drawn = strategies.patients(shipped(NATIONAL), question="priority", unknown=True)
    assert find(drawn, lambda one: one.get("medicines", 0) >= 5, settings=quiet) == {"medicines": 5}


# ---- mistakes ------------------------------------------------------------------------------------


def test_mistakes_say_what_was_expected() -> None:
    ruleset = shipped(NATIONAL)
    with pytest.raises(UnknownName, match="no subject called 'pasient'; did you mean 'patient'"):
        strategies.subject(ruleset, "pasient")
    with pytest.raises(UnknownName, match=r"se\.national: no question called 'priorty'; did you"):
        strategies.patients(ruleset, question="priorty")
    with pytest.raises(UnknownName, match=r"se\.national: no question called 'priorty'; did you"):
        strategies.subjects(ruleset, "priorty")
    for wrong in (-0.1, 1.5, float("nan")):
        with pytest.raises(InvalidArgument, match="unknown: expected a bool or a number from 0 to"):
            strategies.patients(ruleset, unknown=wrong)


def test_without_hypothesis_it_says_how_to_get_it() -> None:
    code = "import sys; sys.modules['hypothesis'] = None; import flk_rules.testing.strategies"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.stderr.splitlines()[-1] == (
        "flk_rules.errors.ExtraMissing: flk_rules.testing.strategies needs the extra 'testing': "
        "pip install 'flk_rules[testing]'"
    )
