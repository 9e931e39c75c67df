"""the public face.

What a system that embeds the library relies on: one answer however the facts come, decisions that
travel, rulesets that threads share, and errors that say what is wrong.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings

import flk_rules
from flk_rules import Decision, Patient, Physician, Ruleset, Training
from support.cases import ENGINES, NATIONAL, ON, STOCKHOLM, shipped, specialist, trainee
from support.drawing import often, subjects
from support.pins import decisions


def test_the_example_of_the_brief() -> None:
    ruleset = flk_rules.load("se.stockholm", on=date(2024, 10, 1))
    decision = ruleset.decide(
        "eligibility",
        physician=Physician(licence="valid", specialties=("geriatrik",)),
        patient=Patient(age=70),
    )
    assert decision.outcome is flk_rules.Outcome.ELIGIBLE
    assert decision.reason is None
    assert decision.force is flk_rules.Force.CONTRACT
    assert [rule.source.statement for rule in decision.grounds] == ["E9"]
    assert decision.defeated == ()
    assert {rule.source.statement for rule in decision.failed} >= {"E3"}
    assert {rule.source.statement for rule in decision.unknown} >= {"E2", "E6"}
    assert decision.missing == ()
    assert [each.id for each in decision.assumptions] == ["elderly_from"]
    assert {rule.source.statement for rule in decision.advice} == {"E4", "E9", "E11"}
    assert decision.condition is None
    assert (decision.question, decision.on) == ("eligibility", date(2024, 10, 1))
    assert decision.explain() == decision.explain("sv")
    assert decision.to_dict()["format"] == "flk_rules/decision/1"


def _objects(given_: dict[str, Any]) -> dict[str, Any]:
    """The same subjects as model objects; dates that came as text stay text."""
    physician, patient = given_["physician"], given_["patient"]
    if physician is not None:
        training = physician.get("training")
        physician = Physician(
            **{**physician, "training": None if training is None else Training(**training)}
        )
    return {
        "physician": physician, "patient": None if patient is None else Patient(**patient)
    }  # fmt: skip


@given(given_=subjects)
@settings(often, max_examples=100)
def test_objects_and_mappings_give_equal_decisions(given_: dict[str, Any]) -> None:
    ruleset = shipped(STOCKHOLM)
    mapped = ruleset.decide("eligibility", **given_)
    built = ruleset.decide("eligibility", **_objects(given_))
    assert mapped == built
    assert mapped.to_dict() == built.to_dict()


def test_known_values_in_any_container_are_one() -> None:
    ruleset, kinds = shipped(NATIONAL), (list, tuple, set, frozenset)
    made = [
        ruleset.decide("eligibility", physician={"specialties": kind(["geriatrik"])}, patient={})
        for kind in kinds
    ]
    assert all(each == made[0] for each in made)
    assert ruleset.decide("eligibility", physician={}, patient={}) == ruleset.decide(
        "eligibility", physician=Physician(), patient={"age": None, "birth_date": None}
    )


def test_left_out_is_not_given_or_none_but_not_empty() -> None:
    ruleset, physician = shipped(NATIONAL), specialist("geriatrik")
    left_out = ruleset.decide("eligibility", physician=physician)
    assert left_out == ruleset.decide("eligibility", physician=physician, patient=None)
    unknown = ruleset.decide("eligibility", physician=physician, patient={})
    assert left_out.outcome is flk_rules.Outcome.CONDITIONAL
    assert unknown.outcome is flk_rules.Outcome.UNDETERMINED
    assert (left_out.missing, unknown.missing) == ((), ("patient.age",))


@pytest.mark.parametrize("name", sorted(decisions()))
def test_a_pickled_decision_still_explains(name: str) -> None:
    made = decisions()[name]
    again: Decision = pickle.loads(pickle.dumps(made))
    assert again == made
    assert again.explain("sv") == made.explain("sv")
    assert again.explain("en") == made.explain("en")
    assert again.to_dict() == made.to_dict()
    assert again.assumptions == made.assumptions
    assert (str(again), repr(again)) == (str(made), repr(made))


def test_a_pickled_ruleset_decides_as_before() -> None:
    ruleset = shipped(STOCKHOLM)
    again: Ruleset = pickle.loads(pickle.dumps(ruleset))
    assert again.fingerprint == ruleset.fingerprint
    given_ = {"physician": trainee(years_left=2.0), "patient": {"age": 40}}
    for engine in ENGINES:
        assert again.decide("eligibility", engine=engine, **given_) == ruleset.decide(
            "eligibility", engine=engine, **given_
        )


def test_a_decision_travels_to_another_process(tmp_path: Path) -> None:
    made = decisions()["no-ground"]
    (tmp_path / "decision").write_bytes(pickle.dumps(made))
    code = (
        "import pickle, sys, pathlib; "
        "decision = pickle.loads(pathlib.Path(sys.argv[1]).read_bytes()); "
        "sys.stdout.buffer.write(decision.explain('sv').encode()); "
        "assert 'durable_rules_engine' not in sys.modules"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "decision")], capture_output=True, check=True
    )
    assert ran.stdout.decode() == made.explain("sv")


@pytest.mark.parametrize("engine", ENGINES)
def test_threads_share_one_ruleset(engine: str) -> None:
    ruleset = flk_rules.load(STOCKHOLM, on=ON)
    asked = [
        {"physician": physician, "patient": patient}
        for physician in (specialist("geriatrik"), specialist("psykiatri"), trainee(years_left=2.0),
                          trainee(years_left=3.0), specialist("allmanmedicin", licence=None), None)
        for patient in ({"age": 40}, {"age": 70}, {}, None)
    ]  # fmt: skip
    expected = [shipped(STOCKHOLM).decide("eligibility", engine=engine, **each) for each in asked]

    def work(number: int) -> None:
        position = number % len(asked)
        decision = ruleset.decide("eligibility", engine=engine, **asked[position])
        assert decision == expected[position]
        if number % 7 == 0:
            assert decision.explain("en") == expected[position].explain("en")

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(work, number) for number in range(400)]:
            done.result()


def test_an_unknown_ruleset_names_the_nearest() -> None:
    with pytest.raises(flk_rules.UnknownName) as caught:
        flk_rules.load("se.stokholm", on=ON)
    assert str(caught.value) == (
        "no ruleset called 'se.stokholm'; did you mean 'se.stockholm'? "
        "(there is: se.borgholm, se.national, se.stockholm)"
    )


def test_an_unknown_question_engine_or_subject() -> None:
    ruleset = shipped(NATIONAL)
    with pytest.raises(flk_rules.UnknownName) as question:
        ruleset.decide("eligable", physician={}, patient={})
    assert str(question.value) == (
        "se.national: no question called 'eligable'; did you mean 'eligibility'? "
        "(there is: capacity, care_contact, competence, eligibility, new_listing, "
        "physician_contact, priority, relisting, social_care_contact)"
    )
    with pytest.raises(flk_rules.UnknownName) as engine:
        ruleset.decide("eligibility", engine="ret", physician={}, patient={})
    assert str(engine.value) == (
        "no engine called 'ret'; did you mean 'rete'? (there is: reference, rete)"
    )
    with pytest.raises(flk_rules.FactsInvalid) as subject:
        ruleset.decide("eligibility", physician={}, pateint={"age": 70})
    assert [(each.where, each.message) for each in subject.value.problems] == [
        ("pateint", "the question is about physician and patient; did you mean 'patient'?")
    ]
    with pytest.raises(flk_rules.FactsInvalid) as on:
        ruleset.decide("eligibility", physician={}, patient={}, on=ON)
    assert on.value.problems[0].where == "on"


def test_every_mistake_in_the_subjects_at_once() -> None:
    with pytest.raises(flk_rules.FactsInvalid) as caught:
        shipped(NATIONAL).decide(
            "eligibility", physician={"licence": "Valid", "training": 5}, patient={"age": "70"}
        )
    assert [each.where for each in caught.value.problems] == [
        "physician.licence", "physician.training", "patient.age",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("on", "found"),
    [
        (datetime(2024, 10, 1, tzinfo=UTC), "datetime; take its .date()"),
        ("2024-10-01", "str ('2024-10-01'); date.fromisoformat() reads a text"),
        (None, "NoneType"),
        (20241001, "int"),
    ],
)
def test_the_date_asked_about_is_a_date(on: Any, found: str) -> None:
    with pytest.raises(flk_rules.DateInvalid) as caught:
        flk_rules.load(NATIONAL, on=on)
    assert str(caught.value) == f"on: expected a datetime.date, found {found}"
    assert isinstance(caught.value, TypeError)
    assert caught.value.found is on


def test_nothing_reads_todays_date_by_itself() -> None:
    with pytest.raises(TypeError, match="missing 1 required keyword-only argument: 'on'"):
        flk_rules.load(NATIONAL)  # type: ignore[call-arg]


def test_a_decision_is_frozen() -> None:
    decision = shipped(NATIONAL).decide("eligibility", physician={}, patient={})
    for name in ("answer", "_ruleset", "outcome", "anything"):
        with pytest.raises((attrs.exceptions.FrozenInstanceError, AttributeError)):
            setattr(decision, name, None)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        decision.answer.verdict.outcome = flk_rules.Outcome.ELIGIBLE  # type: ignore[misc]


def test_a_repr_is_short_and_names_nobody() -> None:
    physician = specialist("geriatrik", id="19121212-1212")
    decision = shipped(NATIONAL).decide("eligibility", physician=physician, patient={"age": 70})
    assert repr(decision) == (
        "<decision eligibility: eligible by se.national 2022.1 on 2024-10-01>"
    )
    assert repr(shipped(NATIONAL)) == "<ruleset se.national 2022.1 on 2024-10-01>"
    assert "19121212" not in str(decision)


@pytest.mark.parametrize(
    ("physician", "patient", "text"),
    [
        (specialist("geriatrik"), {"age": 70},
         "ELIGIBLE because Specialist in geriatrics, suitable for older patients [guidance, E4]"),
        (specialist("geriatrik"), None,
         "CONDITIONAL: eligible if patient.age >= 65, otherwise assess"),
        (specialist("geriatrik"), {}, "UNDETERMINED: missing patient.age"),
        (specialist("psykiatri", equivalent_competence="not_equivalent"), {"age": 40},
         "NOT ELIGIBLE: no ground [guidance]"),
        (specialist("psykiatri", licence="revoked"), {"age": 40},
         "NOT ELIGIBLE because The role is for a physician, and the licence has been revoked "
         "[law, E1]"),
    ],
)  # fmt: skip
def test_a_decision_in_one_line(
    physician: dict[str, Any], patient: dict[str, Any] | None, text: str
) -> None:
    decision = shipped(NATIONAL).decide("eligibility", physician=physician, patient=patient)
    assert str(decision) == text


def test_equality_is_about_answer_and_ruleset() -> None:
    """The same verdict of another ruleset, date, engine or person is another decision."""
    physician = specialist("allmanmedicin", id="A")
    given_: dict[str, Any] = {"physician": physician, "patient": {"age": 40}}
    national = shipped(NATIONAL)
    decision = national.decide("eligibility", **given_)
    assert decision == national.decide("eligibility", **given_)
    assert decision == flk_rules.load(NATIONAL, on=ON).decide("eligibility", **given_)
    others = [
        shipped(STOCKHOLM).decide("eligibility", **given_),
        shipped(NATIONAL, date(2024, 10, 2)).decide("eligibility", **given_),
        national.decide("eligibility", engine="reference", **given_),
        national.decide("eligibility", physician=specialist("allmanmedicin", id="B"),
                        patient={"age": 40}),
        national.decide("eligibility", physician=specialist("allmanmedicin", id="A"),
                        patient={"age": 41}),
    ]  # fmt: skip
    assert all(decision != other for other in others)
    model = attrs.evolve(national.model, fingerprint="sha256:other")
    assert Ruleset(model).decide("eligibility", **given_) != decision
