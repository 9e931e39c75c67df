"""numbers and factors.

A value question's one number, what is held against it, and what a deployer's own factors make of it.
"""

# ruff: noqa: E501 - texts of rules and messages stand whole on one line

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from jsonschema import Draft202012Validator

from flk_rules import FactsInvalid, Ruleset, RulesetInvalid, UnknownName, ValuesConflict, load
from flk_rules.deciding.ways import Value
from flk_rules.model.answers import Combine, Effect, Outcome
from flk_rules.model.expressions import Literal
from flk_rules.model.rules import Document
from flk_rules.model.values import BOOL, INT
from flk_rules.model.verdicts import Firings
from support.cases import small, with_question
from support.folders import mistakes
from support.rulesets import QUESTION, make_ruleset
from test_explaining_record import SCHEMA

ON = date(2026, 1, 1)
GP: dict[str, Any] = {"specialties": ["allmanmedicin"], "training": {"stage": "none"}}
OWN = """
[ruleset]
id = "my.unit"
version = "1"
title = { sv = "Vår enhet", en = "Our unit" }
extends = "se.national"
valid_from = 2025-01-01

[[document]]
id = "routine"
title = "Rutin"
publisher = "Enheten"
published = "2025"

[[parameter]]
id = "supervision_factor"
type = "double"
value = 0.9
basis = "assumption"
because = { sv = "Handledares lista mot andras", en = "A supervisor's list against others'" }
valid_from = 2025-01-01
"""
REPLACE = """
[[replace]]
rule = "se.national.capacity.{rule}"
authority = {{ document = "routine", section = "Listor", statement = "L3" }}
reason = {{ sv = "Enhetens eget tal", en = "The unit's own number" }}
effect = "{effect}"
when = "{when}"
value = "{value}"
force = "recommendation"
source = {{ document = "routine", section = "Listor", statement = "L3" }}
because = {{ sv = "Faktor", en = "Factor" }}
valid_from = 2025-01-01
"""
PART_TIME = {"rule": "part_time", "effect": "ground", "when": "physician.employment_rate < 1.0",
             "value": "params.supervision_factor > 0.0 ? physician.employment_rate : 1.0"}  # fmt: skip
SUPERVISION = {"rule": "supervision", "effect": "ground", "value": "params.supervision_factor",
               "when": "'supervision' in physician.duties"}  # fmt: skip

BOTH = {"rule": "guideline_st", "effect": "value", "when": "size(physician.specialties) > 0",
        "value": "params.guideline_per_st"}  # fmt: skip
CONFLICT = (
    "my.unit gives the question capacity several numbers at once: "
    "se.national.capacity.guideline_specialist says 1100, se.national.capacity.guideline_st says "
    "550; make the rules' conditions exclude each other, or disable all but one"
)


def own_folder(folder: Path, *replaced: dict[str, str]) -> Path:
    (folder / "my.unit").mkdir()
    text = OWN + "".join(REPLACE.format(**each) for each in replaced)
    (folder / "my.unit" / "ruleset.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def own(tmp_path: Path) -> Ruleset:
    return load("my.unit", on=ON, path=[own_folder(tmp_path, PART_TIME, SUPERVISION)])


def test_factors_are_the_deployer_s_and_said_to_be(own: Ruleset) -> None:
    physician = {**GP, "listed": 800, "employment_rate": 0.8, "duties": ["supervision"]}
    decision = own.decide("capacity", physician=physician, unit={})
    measure = decision.measure
    assert measure is not None
    assert (decision.value, measure.difference, measure.status) == (1100, -300, "under")
    assert measure.adjusted == pytest.approx(1100 * 0.8 * 0.9)
    assert [each.id for each in decision.assumptions] == ["supervision_factor"]
    text = decision.explain("en")
    assert "with factors of the deployer's own: 792\n" in text
    record = decision.to_dict()
    assert record["measure"]["adjusted"] == measure.adjusted
    Draft202012Validator(SCHEMA).validate(record)


def test_an_open_factor_or_direction_leaves_no_adjusted_number(own: Ruleset) -> None:
    for physician, missing in (
        ({**GP, "duties": ["supervision"]}, ("physician.employment_rate",)),
        ({**GP, "employment_rate": 1.0}, ("physician.duties",)),
    ):
        measure = own.decide("capacity", physician=physician, unit={}).measure
        assert measure is not None
        assert (measure.adjusted, measure.missing) == (None, missing)
    settled = own.decide("capacity", physician={**GP, "employment_rate": 1.0, "duties": []},
                         unit={}).measure  # fmt: skip
    assert settled is not None
    assert (settled.adjusted, settled.missing, settled.factors) == (None, (), ())


def test_the_shipped_rulesets_have_no_factor() -> None:
    for name in ("se.national", "se.stockholm", "se.borgholm"):
        for rule in load(name, on=ON).model.rules_of("capacity"):
            assert rule.effect is not Effect.GROUND or rule.amount is None


def test_the_list_that_is_not_known_has_no_side() -> None:
    decision = load("se.national", on=ON).decide("capacity", physician=GP, unit={})
    measure = decision.measure
    assert measure is not None
    assert (decision.value, measure.found, measure.status) == (1100, None, None)
    assert "listed with the physician = not known" in decision.explain("en")


def test_every_assignment_of_values_directions_and_advice() -> None:
    """The true rules' one number, whatever is open; undetermined only where none is true."""
    for effects in product((Effect.VALUE, Effect.GROUND, Effect.ADVISE), repeat=3):
        made = make_ruleset([], [Literal(True, BOOL)] * 3)
        rules = list(with_question(made, effects).rules.values())
        numbers = {rule.id: 7 for rule in rules if rule.effect is Effect.VALUE}
        way = Value(rules, numbers)
        for truths in product((True, False, None), repeat=3):
            verdict = way.verdict(
                Firings(
                    sum(1 << n for n, truth in enumerate(truths) if truth is True),
                    sum(1 << n for n, truth in enumerate(truths) if truth is None),
                )
            )
            mine = [
                truth
                for truth, effect in zip(truths, effects, strict=True)
                if effect is Effect.VALUE
            ]
            wanted = (
                Outcome.STATED if True in mine
                else Outcome.UNDETERMINED if None in mine
                else Outcome.UNSTATED
            )  # fmt: skip
            assert verdict.outcome is wanted
            assert verdict.value == (7 if wanted is Outcome.STATED else None)
            assert len(verdict.directions) == sum(
                truth is True and effect is Effect.GROUND
                for truth, effect in zip(truths, effects, strict=True)
            )
            assert bool(verdict.pivotal) == (wanted is Outcome.UNDETERMINED)


def test_two_numbers_at_once_are_an_error_that_names_both(tmp_path: Path) -> None:
    ruleset = load("my.unit", on=ON, path=[own_folder(tmp_path, BOTH)])
    with pytest.raises(ValuesConflict) as conflict:
        ruleset.decide("capacity", physician=GP, unit={})
    assert (conflict.value.ruleset, conflict.value.question) == ("my.unit", "capacity")
    assert str(conflict.value) == CONFLICT


def test_a_demoted_value_becomes_a_mark(tmp_path: Path) -> None:
    folder = own_folder(tmp_path)
    with (folder / "my.unit" / "ruleset.toml").open("a", encoding="utf-8") as file:
        file.write(
            '[[demote]]\nrule = "se.national.capacity.guideline_specialist"\n'
            'source = { document = "routine", section = "Listor", statement = "L2" }\n'
            'because = { sv = "Råd hos oss", en = "Advice with us" }\nvalid_from = 2025-01-01\n'
        )
    decision = load("my.unit", on=ON, path=[folder]).decide("capacity", physician=GP, unit={})
    assert (decision.outcome, decision.value) == (Outcome.UNSTATED, None)
    assert "The guideline per finished specialist: 1100\n" in decision.explain("en")


WRONG = [
    ({**SUPERVISION, "value": "0.9"},
     "replace[0].value: a factor reads a parameter, so that somebody answers for it; found '0.9'"),
    ({**SUPERVISION, "value": "'a'"}, "replace[0].value: a value is an int or a double, found string"),
    ({**SUPERVISION, "effect": "advise", "value": "physician.listed"},
     "replace[0].value: a number by effect advise reads parameters only, found physician.listed"),
    ({**SUPERVISION, "value": "params.supervison_factor"},
     "replace[0].value: line 1 column 1: unknown parameter 'params.supervison_factor'; did you mean "
     "'params.supervision_factor'?"),
]  # fmt: skip


@pytest.mark.parametrize(("replaced", "message"), WRONG)
def test_a_number_that_may_not_be(tmp_path: Path, replaced: dict[str, str], message: str) -> None:
    (found,) = mistakes(own_folder(tmp_path, replaced), "my.unit", ON)
    assert found.partition(": ")[2] == message


RATE = "physician.employment_rate"


@pytest.mark.parametrize(
    ("factor", "rate", "adjusted"),
    [
        (f"{RATE} * 2.0", 0.5, 1100),  # exactly one lowers nothing, and is allowed
        (f"{RATE} * 2.0", 0.99, None),
        (f"{RATE} - 0.5", 0.99, 539),
        (f"{RATE} - 0.5", 0.5, None),
        (f"params.supervision_factor / ({RATE} - 0.5)", 0.5, None),  # without end
        (f"0.0 - {RATE}", 0.5, None),
    ],
)
def test_a_factor_is_over_nought_and_at_most_one(
    tmp_path: Path, factor: str, rate: float, adjusted: float | None
) -> None:
    own = f"({factor}) * params.supervision_factor / params.supervision_factor"
    ruleset = load("my.unit", on=ON, path=[own_folder(tmp_path, {**PART_TIME, "value": own})])
    decision = ruleset.decide("capacity", physician={**GP, "employment_rate": rate}, unit={})
    measure = decision.measure
    assert measure is not None
    rule = "se.national.capacity.part_time"
    assert measure.unusable == (() if adjusted is not None else (rule,))
    assert measure.adjusted == (None if adjusted is None else pytest.approx(adjusted))
    said = f"each is to be over 0 and at most 1: {rule}"
    assert (said in decision.explain("en")) is (adjusted is None)
    Draft202012Validator(SCHEMA).validate(decision.to_dict())


def test_what_capacity_says_of_the_agreement_rests_on_its_list_being_exhaustive() -> None:
    """No source calls the list exhaustive; who says that an orthopaedist may have none says so."""
    orthopaedist = {"specialties": ["ortopedi"], "training": {"stage": "none"}}
    decision = load("se.stockholm", on=ON).decide("capacity", physician=orthopaedist, unit={})
    assert "se.stockholm.capacity.no_list_by_agreement" in {each.id for each in decision.advice}
    assert "listed_specialties_are_exhaustive" in {each.id for each in decision.assumptions}


def test_a_number_that_is_none_is_refused(tmp_path: Path) -> None:
    none = {"rule": "guideline_specialist", "effect": "value", "when": "size(physician.specialties) > 0",
            "value": "params.supervision_factor / 0.0"}  # fmt: skip
    ruleset = load("my.unit", on=ON, path=[own_folder(tmp_path, none)])
    with pytest.raises(RulesetInvalid, match="expected a number"):
        ruleset.decide("capacity", physician=GP, unit={})


def test_a_conditional_number_says_its_numbers() -> None:
    made = small(("value", "b.yes"), ("value", "!b.yes"))
    rules = {
        name: evolve(rule, amount=Literal(value, INT), formula=str(value))
        for (name, rule), value in zip(made.rules.items(), (7, 9), strict=True)
    }
    question = evolve(made.questions[QUESTION], combine=Combine.VALUE)
    document = Document(id="d", title="D", publisher="P", published="2024")
    made = evolve(made, rules=rules, questions={QUESTION: question}, documents={"d": document})
    decision = Ruleset(made).decide(QUESTION, a={})
    assert decision.outcome is Outcome.STATED
    assert decision.value is None
    assert str(decision.condition) == "stated 7 if b.yes, otherwise stated 9"
    assert "stated: 7 if" in decision.explain("en")


def test_before_its_first_day_a_question_is_not_there() -> None:
    """Without a rule in force, "no ground" would be said of a day that nobody wrote rules for."""
    for question, first in (
        ("priority", date(2023, 1, 31)), ("competence", date(2023, 1, 31)),
        ("care_contact", date(2022, 10, 14)), ("side_placement", date(2025, 6, 3)),
    ):  # fmt: skip
        assert question in load("se.national", on=first).questions
        before = load("se.national", on=first - timedelta(days=1))
        assert question not in before.questions
        with pytest.raises(UnknownName):
            before.decide(question)


def test_a_cap_does_not_end_before_it_begins() -> None:
    cap = {"decided": True, "limit": 5, "start": date(2027, 1, 1), "end": date(2025, 1, 1)}
    with pytest.raises(FactsInvalid, match=r"unit\.cap"):
        load("se.national", on=ON).decide("new_listing", unit={"listed": 9, "cap": cap})
