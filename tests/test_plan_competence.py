"""competence against the goals.

Every goal stands in one way, a goal in both lists is told, what patients make relevant follows
from their grounds, and nobody in BT is assessed.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import flk_rules
from flk_rules import FactsInvalid
from flk_rules.model.rules import Basis
from flk_rules.planning.competence import Area, Assessment, Standing, areas_for, assess
from flk_rules.planning.groups import PRIORITY, group_of

SWEDEN = flk_rules.load("se.national", on=date(2024, 10, 1))
GOALS = tuple(SWEDEN.schema.codes_of("competence_goal"))
AREAS = tuple(SWEDEN.schema.codes_of("competence_area"))
SPECIALIST = {"id": "Astrid", "specialties": ["allmanmedicin"], "areas_set_aside": []}
CALM = {
    "age": 40, "chronic_conditions": 0, "medicines": 0, "mental_ill_health": "none",
    "substance_use": False, "disability": "none", "frail": False, "complex_needs": False,
    "housing": "ordinary", "home_health_care": False, "home_help": False, "deprived_area": False,
    "vulnerable": False, "municipality": "large_city",
}  # fmt: skip


def of(*patients: dict[str, Any], **facts: Any) -> Assessment:
    decisions = [SWEDEN.decide(PRIORITY, patient=each) for each in patients]
    return assess(SWEDEN, {**SPECIALIST, **facts}, patients=decisions)


def ids(areas: tuple[Area, ...]) -> set[str]:
    return {each.id for each in areas}


@given(st.lists(st.sampled_from(GOALS), unique=True), st.data())
def test_every_goal_stands_in_one_way(met: list[str], data: st.DataObject) -> None:
    rest = [each for each in GOALS if each not in met]
    missed = data.draw(st.lists(st.sampled_from(rest), unique=True) if rest else st.just([]))
    aside = data.draw(st.lists(st.sampled_from(AREAS), unique=True))
    found = of(goals_met=met, goals_not_met=missed, areas_set_aside=aside)
    assert [area.id for area in found.areas] == list(AREAS)
    goals = {goal.id: goal.standing for area in found.areas for goal in area.goals}
    assert set(goals) == set(GOALS)
    assert len(GOALS) == 69
    for goal, standing in goals.items():
        if goal.partition(".")[0] in aside:
            assert standing is Standing.SET_ASIDE
        else:
            expected = (
                Standing.MET if goal in met
                else Standing.NOT_MET if goal in missed
                else Standing.NOT_ASSESSED
            )  # fmt: skip
            assert standing is expected
    assert ids(found.gaps) == {each.partition(".")[0] for each in missed} - set(aside)


def test_a_goal_that_nobody_assessed_is_neither_met_nor_missed() -> None:
    for facts in ({}, {"goals_met": None, "goals_not_met": None}):
        found = of(**facts)
        assert found.gaps == ()
        assert {goal.standing for area in found.areas for goal in area.goals} == {
            Standing.NOT_ASSESSED
        }


def test_a_goal_in_both_lists_is_told() -> None:
    with pytest.raises(FactsInvalid) as caught:
        of(goals_met=["older.frailty", "ethics.respect"], goals_not_met=["older.frailty"])
    assert str(caught.value) == (
        "physician.goals_met: 'older.frailty' is in physician.goals_not_met too; keep it in one"
    )


def test_a_goal_that_is_none_is_told() -> None:
    with pytest.raises(FactsInvalid) as caught:
        of(goals_met=["older.frailyt"])
    assert "did you mean 'older.frailty'?" in str(caught.value)


def test_kinds_of_goals_follow_the_parameter() -> None:
    knowledge = {goal.id for area in of().areas for goal in area.goals if goal.knowledge}
    assert knowledge == SWEDEN.model.parameters["knowledge_goals"].value


# ---- whom it concerns ----------------------------------------------------------------------------


def test_nobody_in_bt_is_assessed() -> None:
    found = assess(SWEDEN, {"specialties": [], "training": {"stage": "bt"}})
    assert (found.applies, found.areas) == (False, ())
    assert "not apply to physicians in BT" in found.explain("en")


def test_the_decision_goes_along() -> None:
    assert of().decision.question == "competence"
    assert of().applies is True
    unknown = assess(SWEDEN, {})
    assert unknown.applies is None
    assert len(unknown.areas) == len(AREAS)
    assert "missing: physician.specialties" in unknown.explain("en")


# ---- what patients make relevant -----------------------------------------------------------------


@pytest.mark.parametrize("group", sorted(
    each.removeprefix("areas_for_")
    for each in SWEDEN.model.parameters if each.startswith("areas_for_")
))  # fmt: skip
def test_each_parameter_ties_areas_that_exist_and_cites_where(group: str) -> None:
    areas = areas_for(SWEDEN, group)
    assert areas
    assert areas <= set(AREAS)
    assert SWEDEN.model.parameters[f"areas_for_{group}"].basis is Basis.SOURCE
    assert group in SWEDEN.schema.codes_of("patient_group")


def test_no_patients_make_nothing_relevant() -> None:
    assert (of().relevant, of().possibly_relevant, of().lacking) == ((), (), ())


@pytest.mark.parametrize(
    ("facts", "group"),
    [
        ({"age": 17}, "children"),
        ({"age": 65}, "older"),
        ({"housing": "sabo"}, "sabo"),
        ({"housing": "lss"}, "lss_housing"),
        ({"municipality": "rural_sparse"}, "rural"),
        ({"chronic_conditions": 2}, "multimorbidity"),
        ({"substance_use": True}, "substance_use"),
    ],
)
def test_a_ground_makes_its_areas_relevant(facts: dict[str, Any], group: str) -> None:
    found = of({**CALM, **facts})
    assert ids(found.relevant) == areas_for(SWEDEN, group)
    assert all(each.groups == (group,) for each in found.relevant)
    assert found.possibly_relevant == ()


def test_an_open_ground_makes_its_areas_possibly_relevant() -> None:
    found = of({**CALM, "housing": None})
    assert found.relevant == ()
    both = areas_for(SWEDEN, "sabo"), areas_for(SWEDEN, "lss_housing")
    assert both[0] is not None
    assert both[1] is not None
    assert ids(found.possibly_relevant) == both[0] | both[1]


def test_a_ground_that_is_true_of_one_is_no_longer_open() -> None:
    found = of({**CALM, "housing": None}, {**CALM, "housing": "sabo"})
    assert ids(found.relevant) == areas_for(SWEDEN, "sabo")
    assert "communication" in ids(found.possibly_relevant)


def test_groups_without_areas_hold_the_goals_as_a_whole() -> None:
    found = of({**CALM, "complex_needs": True})
    assert (found.relevant, found.as_a_whole) == ((), ("complex_needs",))
    assert "The sources tie no area to complex care needs" in found.explain("en")


def test_what_is_lacking_is_missed_not_assessed_or_set_aside() -> None:
    children = [each for each in GOALS if each.startswith("children.")]
    child = {**CALM, "age": 3}
    assert of(child, goals_met=children).lacking == ()
    assert ids(of(child, goals_met=children[1:]).lacking) == {"children"}
    assert ids(of(child, goals_met=children, areas_set_aside=["children"]).lacking) == {"children"}


def test_the_reason_for_setting_aside_is_the_rulesets_or_none() -> None:
    with_reason = of(areas_set_aside=["children", "ethics"], only_older_patients=True)
    reasons = {each.id: each.reason for each in with_reason.areas if each.set_aside}
    assert reasons["children"] is not None
    assert reasons["children"].en.endswith("the physician meets older people only")
    assert reasons["ethics"] is None
    without = of(areas_set_aside=["children"], only_older_patients=None)
    assert [each.reason for each in without.areas if each.set_aside] == [None]


def test_every_ground_of_the_shipped_rulesets_has_a_named_group() -> None:
    for name in flk_rules.available():
        ruleset = flk_rules.load(name, on=date(2024, 10, 1))
        for rule in ruleset.model.rules_of(PRIORITY):
            if rule.effect.value == "ground":
                assert group_of(rule.id) in ruleset.schema.codes_of("patient_group")


# ---- as text and JSON ----------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_text_names_every_area(language: str) -> None:
    text = of({**CALM, "age": 80, "housing": None}).explain(language)
    for code in SWEDEN.schema.codes_of("competence_area").values():
        assert (code.sv if language == "sv" else code.en) in text


def test_another_language_is_told() -> None:
    with pytest.raises(flk_rules.UnknownName):
        of().explain("de")


def test_a_name_cannot_forge_a_line() -> None:
    text = of(id="A\n  + met").explain("en")
    assert len(text.splitlines()) == len(of(id="A").explain("en").splitlines())


def test_the_record_is_json() -> None:
    record = json.loads(json.dumps(of({**CALM, "age": 80}).to_dict()))
    assert record["format"] == "flk_rules/competence/1"
    assert record["decision"]["question"] == "competence"
    assert sum(len(each["goals"]) for each in record["areas"]) == len(GOALS)
    older = next(each for each in record["areas"] if each["id"] == "older")
    assert older["relevant_for"] == ["older"]


def test_the_text_names_what_is_missed_and_why_an_area_is_set_aside() -> None:
    found = of(
        goals_not_met=["older.frailty"],
        areas_set_aside=["children", "ethics"],
        only_older_patients=True,
    )
    text = found.explain("en").splitlines()
    assert "    - frailty and what follows from it [older.frailty]" in text
    children = text.index("  Children and young people: set aside 7")
    assert text[children + 1].endswith("the physician meets older people only")
    ethics = text.index("  Ethics: set aside 2")
    assert text[ethics + 1] == "    set aside; the ruleset names no reason that the facts show"
