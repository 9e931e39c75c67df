"""grounds divided apart.

A question that collects grounds, of a subject left out that is too much to divide as a whole: its
condition is held against deciding the subject's facts once they are given.
"""

from __future__ import annotations

from random import Random

import pytest

import flk_rules
from flk_rules.deciding import Decider
from flk_rules.engines.reference import Interpreter
from flk_rules.model.answers import Combine, Outcome
from flk_rules.model.rules import Ruleset
from support.cases import ENGINES, NATIONAL, STOCKHOLM, shipped, small
from support.rulesets import QUESTION
from test_deciding_conditions import (
    DEFINITIONS,
    _check,
    _condition,
    _facts,
    _recorded,
    _subject,
)
from test_explaining_record import VALIDATOR

BORGHOLM = "se.borgholm"


@pytest.fixture
def undivided(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every subject were too much to divide as a whole."""
    monkeypatch.setattr(Decider, "_division", lambda *_: None)


def _collecting(*rules: tuple[str, str]) -> Ruleset:
    return small(*rules, definitions=DEFINITIONS, combine=Combine.COLLECT)


def _ruleset(seed: int) -> Ruleset:
    random = Random(seed)
    grounds = [
        ("ground", _condition(random, random.choice((0, 0, 1, 2))))
        for _ in range(random.randint(1, 4))
    ]
    return _collecting(*grounds, ("advise", random.choice(("b.yes", "a.yes", "b.age < 18"))))


@pytest.mark.parametrize("chunk", range(2))
@pytest.mark.usefixtures("undivided")
def test_a_condition_says_what_deciding_the_completed_facts_says(chunk: int) -> None:
    divided = plain = 0
    for seed in range(chunk * 80, chunk * 80 + 80):
        ruleset, random = _ruleset(seed), Random(seed)
        decider = Decider(ruleset, QUESTION, "reference")
        given = _subject(random, "a", random.choice((0.0, 0.0, 0.5)))
        answer = decider.answer(_facts(given, "b"))
        if answer.verdict.outcome is Outcome.UNDETERMINED:
            continue
        divided += answer.condition is not None
        plain += answer.condition is None
        assert answer.missing == ()
        for _ in range(20):
            full = _recorded(ruleset, _subject(random, "b", 0.0), random)
            _check(ruleset, answer, decider, {**given, **full})
    assert divided > 20
    assert plain > 10


@pytest.mark.usefixtures("undivided")
def test_what_is_missing_of_the_given_leaves_the_answer_open() -> None:
    """A side would be told too early where a ground of the other subject is not known."""
    decider = Decider(_collecting(("ground", "a.yes"), ("ground", "b.yes")), QUESTION, "reference")
    unknown = decider.answer(_facts({}, "b"))
    assert (unknown.verdict.outcome, unknown.condition) == (Outcome.UNDETERMINED, None)
    assert unknown.missing == ("a.yes", "b.yes")
    known = decider.answer(_facts({"a.yes": False}, "b"))
    assert str(known.condition) == "grounded if b.yes, otherwise ungrounded"
    settled = decider.answer(_facts({"a.yes": True}, "b"))
    assert (settled.verdict.outcome, settled.condition) == (Outcome.GROUNDED, None)


@pytest.mark.usefixtures("undivided")
def test_every_case_on_one_side_is_no_condition() -> None:
    def decided(*rules: str) -> tuple[str, object, tuple[str, ...]]:
        decider = Decider(_collecting(*(("ground", each) for each in rules)), QUESTION, "reference")
        answer = decider.answer(_facts({}, "b"))
        return answer.verdict.outcome.value, answer.condition, answer.verdict.grounds

    assert decided("b.age < 18", "b.age >= 18", "b.yes")[:2] == ("grounded", None)
    assert decided("b.age < 18 && b.age >= 18") == ("ungrounded", None, ())


@pytest.mark.usefixtures("undivided")
def test_a_ground_that_computes_leaves_the_answer_open() -> None:
    decider = Decider(
        _collecting(("ground", "b.age > b.years"), ("ground", "b.yes")), QUESTION, "rete"
    )
    answer = decider.answer(_facts({}, "b"))
    assert (answer.verdict.outcome, answer.condition) == (Outcome.UNDETERMINED, None)


@pytest.mark.parametrize("name", [NATIONAL, STOCKHOLM, BORGHOLM])
def test_the_shipped_question_of_priority(name: str) -> None:
    """A patient left out is a condition; each of 2,000 patients falls on their own side."""
    ruleset = shipped(name)
    decision = ruleset.decide("priority")
    assert decision.outcome is Outcome.CONDITIONAL
    assert decision.missing == ()
    VALIDATOR.validate(decision.to_dict())
    assert decision.condition is not None
    grounded, ungrounded = decision.condition.branches
    assert len(grounded.verdict.grounds) == sum(
        rule.effect.value == "ground" for rule in ruleset.model.rules_of("priority")
    )
    interpreter, random = Interpreter(ruleset.model), Random(name)
    for _ in range(2_000):
        patient = _patient(random, ruleset)
        found = ruleset.decide("priority", patient=patient)
        values = found.answer.facts.values
        held = [
            each.verdict.outcome
            for each in (grounded, ungrounded)
            if interpreter.trace(each.when, values).value is True
        ]
        assert held == [found.outcome]


def _patient(random: Random, ruleset: flk_rules.Ruleset) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, spec in ruleset.schema.facts.items():
        if spec.subject == "patient" and name.count(".") == 1:
            key = name.partition(".")[2]
            if spec.type.codes:
                codes = list(ruleset.schema.codes_of(spec.type.codes))
                found[key] = codes[0] if random.random() < 0.7 else random.choice(codes)
            elif spec.type.numeric:
                found[key] = random.choice((0, 1, 2, 17, 18, 64, 65, 80))
            else:
                found[key] = random.random() < 0.1
    return found


def test_it_rests_on_the_assumptions_of_its_grounds() -> None:
    def assumed(name: str, **given: object) -> list[str]:
        return [each.id for each in shipped(name).decide("priority", **given).assumptions]

    national = ["adult_from", "elderly_from", "multimorbid_from"]
    assert assumed(NATIONAL) == national
    agreed = ["agreement_groups_suffice", "chronic_conditions_from"]
    assert assumed(STOCKHOLM) == sorted([*national, *agreed])
    contact = {"profession": "assistant_nurse", "setting": "home_help"}
    conditional = shipped(NATIONAL).decide("social_care_contact", contact=contact)
    assert str(conditional.condition) == (
        "grounded if patient.age >= 65 && patient.home_help, otherwise ungrounded"
    )
    assert [each.id for each in conditional.assumptions] == ["elderly_from"]


def test_each_ground_shows_its_own_condition() -> None:
    text = shipped(NATIONAL).decide("priority").explain("en")
    assert "The answer depends on (patient)\n  > there is a ground for priority if " in text
    assert "\n  > no ground for priority (never refused) if " in text
    assert "  ? Lives in SÄBO, for which the target share" in text
    assert "      patient.housing == 'sabo'\n        form of housing = left out\n" in text


def test_both_engines_divide_alike() -> None:
    for name in (NATIONAL, STOCKHOLM, BORGHOLM):
        one, two = (shipped(name).decide("priority", engine=each).answer for each in ENGINES)
        assert (one.verdict, one.condition, one.missing) == (
            two.verdict,
            two.condition,
            two.missing,
        )
