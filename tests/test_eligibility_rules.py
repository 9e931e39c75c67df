"""each rule by itself.

Every shipped rule true, false and unknown, on both engines; and what no rule of the catalogue may
do.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given

from flk_rules.library import Ruleset, load
from flk_rules.model.answers import Effect, Outcome
from flk_rules.model.rules import Force
from support.cases import BINDING, ENGINES, NATIONAL, STOCKHOLM, long, shipped
from support.drawing import often, subjects

ST = {"stage": "st", "specialty": "allmanmedicin"}


def _physician(**facts: Any) -> dict[str, Any]:
    return {"physician": facts}


def _training(**facts: Any) -> dict[str, Any]:
    return {"physician": {"training": facts}}


def _specialties(*codes: str, **patient: Any) -> dict[str, Any]:
    return {"physician": {"specialties": list(codes)}, "patient": patient}


NEVER: dict[str, Any] = {"never": None}
"""No record leaves the rule unknown: it asks by `has` whether an assessment is recorded."""

# Of each rule: the facts that make it true, false, and unknown.
TRUTHS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "n.licence_revoked": (
        _physician(licence="revoked"), _physician(licence="none"), _physician()),
    "n.not_licensed": (
        _physician(licence="none"), _physician(licence="special_appointment"), _physician()),
    "n.free_choice": (
        {"patient": {"covered_by_region": True}}, {"patient": {"covered_by_region": False}}, {}),
    "n.general_practice": (
        _specialties("allmanmedicin", "geriatrik"), _specialties("geriatrik"), _physician()),
    "n.geriatrics": (
        _specialties("geriatrik", age=65), _specialties("geriatrik", age=64),
        _specialties("geriatrik")),
    "n.geriatrics_outside_age_group": (
        _specialties("geriatrik", age=64), _specialties("geriatrik", "allmanmedicin", age=64),
        _specialties("geriatrik")),
    "n.paediatrics": (
        _specialties("barn_och_ungdomsmedicin", age=17),
        _specialties("barn_och_ungdomsmedicin", age=18), _specialties("barn_och_ungdomsmedicin")),
    "n.paediatrics_outside_age_group": (
        _specialties("barn_och_ungdomsmedicin", age=18),
        _specialties("barn_och_ungdomsmedicin", age=17), _specialties("barn_och_ungdomsmedicin")),
    "n.st_general_practice": (
        _training(**ST), _training(stage="bt", specialty="allmanmedicin"), _training(stage="st")),
    "n.st_size_of_assignment": (
        _training(**ST), _training(stage="none"), _training(specialty="allmanmedicin")),
    "n.st_absences": (_training(**ST), _training(stage="at"), _training(stage="st")),
    "n.st_supervision": (
        _training(**ST, supervised=False), _training(**ST, supervised=True), _training(**ST)),
    "n.equivalent_competence": (
        _physician(equivalent_competence="equivalent"),
        _physician(equivalent_competence="not_equivalent"), NEVER),
    "n.equivalent_competence_to_assess": (
        _physician(specialties=["psykiatri"], training={"stage": "none"}),
        _physician(specialties=["psykiatri"], training=ST), _specialties("psykiatri")),
    "n.bt_outside_goals": (_training(stage="bt"), _training(stage="st"), _training()),
    "n.double_specialisation": (
        _specialties("allmanmedicin", "geriatrik"), _specialties("allmanmedicin"), _physician()),
    "n.only_another_specialty": (
        _specialties("geriatrik"), _specialties("allmanmedicin", "geriatrik"), _physician()),
    "n.st_shorter_than_2015": (
        _training(**ST, regulation="sosfs_2015_8", years_total=4.9999),
        _training(**ST, regulation="sosfs_2015_8", years_total=5.0),
        _training(**ST, years_total=4.0)),
    "n.st_shorter_than_2021": (
        _training(**ST, regulation="hslf_fs_2021_8", years_total=5.4999),
        _training(**ST, regulation="sosfs_2015_8", years_total=4.0),
        _training(**ST, regulation="hslf_fs_2021_8")),
    "n.bt_comes_first": (
        _training(**ST, regulation="hslf_fs_2021_8", years_done=0.4999),
        _training(**ST, regulation="hslf_fs_2021_8", years_done=0.5),
        _training(**ST, regulation="hslf_fs_2021_8")),
    "n.st_end_passed": (
        _training(**ST, years_left=-0.0001), _training(**ST, years_left=0.0), _training(**ST)),
    "n.base_specialty_missing": (
        _specialties("rattspsykiatri"), _specialties("rattspsykiatri", "psykiatri"), _physician()),
    "s.list_eligible_specialist": (
        _specialties("rehabiliteringsmedicin"), _specialties("psykiatri"), _physician()),
    "s.specialty_under_review": (
        _specialties("internmedicin"), _specialties("internmedicin", "allmanmedicin"),
        _physician()),
    "s.st_near_its_end": (
        _training(**ST, years_left=2.0), _training(**ST, years_left=2.0001), _training(**ST)),
    "s.st_too_early": (
        _physician(training={**ST, "years_left": 2.0001}, specialties=[]),
        _physician(training={**ST, "years_left": 9.0}, specialties=["internmedicin"]),
        _physician(training={**ST, "years_left": 2.0001})),
    "s.other_specialty": (
        _physician(specialties=["psykiatri"], training={"stage": "none"}),
        _physician(specialties=["psykiatri"], training=ST),
        _physician(specialties=["psykiatri"])),
}  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("rule", TRUTHS)
def test_rule_true_false_and_unknown(rule: str, engine: str) -> None:
    ruleset, (name,) = shipped(STOCKHOLM if rule.startswith("s.") else NATIONAL), long([rule])
    decider = ruleset.decider("eligibility", engine)
    position = [each.id for each in ruleset.model.rules_of("eligibility")].index(name)
    for expected, given_ in zip((True, False, None), TRUTHS[rule], strict=True):
        if given_ is not NEVER:
            subjects_ = {"physician": {}, "patient": {}} | given_
            decision = ruleset.decide("eligibility", engine=engine, **subjects_)
            fired = decider.engine.fire(decision.answer.facts.values)
            true, unknown = (bool(bits >> position & 1) for bits in (fired.true, fired.unknown))
            assert (true, unknown) == (expected is True, expected is None)


def test_an_assessment_is_unknown_only_while_no_physician_is_given() -> None:
    """A record without an assessment says that none was made; no record says nothing."""
    ruleset, names = shipped(NATIONAL), long(["n.equivalent_competence"])
    given_ = ruleset.decide("eligibility", physician={}, patient={"age": 40})
    left_out = ruleset.decide("eligibility", patient={"age": 40})
    assert names[0] in [rule.id for rule in given_.failed]
    assert names[0] in [rule.id for rule in left_out.unknown]
    assert "physician.equivalent_competence" in left_out.missing


def test_no_rule_is_left_out_of_the_table() -> None:
    stockholm = shipped(STOCKHOLM).model
    mine = {rule.id for rule in stockholm.rules_of("eligibility")}
    assert sorted(long(TRUTHS)) == sorted(mine | stockholm.disabled.keys())


def test_every_statement_of_the_catalogue_is_there() -> None:
    """E1 to E15, each by a rule, definition or parameter; E14, that no source gives the ages, by
    the parameters without a source."""
    model = shipped(STOCKHOLM).model
    said = {rule.source.statement for rule in model.rules_of("eligibility")}
    said |= {each.source.statement for each in model.parameters.values() if each.source}
    said |= {each.source.statement for each in model.definitions.values() if each.source}
    assert said >= {f"E{number}" for number in range(1, 16) if number != 14}
    for name in ("adult_from", "elderly_from"):
        assert model.parameters[name].source is None
        assert model.parameters[name].basis.value == "assumption"
        assert model.parameters[name].statement == "E14"


@pytest.mark.parametrize("name", [NATIONAL, STOCKHOLM])
def test_a_recommendation_neither_grants_nor_forbids(name: str) -> None:
    for rule in shipped(name).model.rules_of("eligibility"):
        if rule.force is Force.RECOMMENDATION:
            assert rule.effect is Effect.ADVISE
        if rule.effect is Effect.FORBID:
            assert rule.force in BINDING


def _without_advice(name: str) -> Ruleset:
    model = shipped(name).model
    kept = {key: rule for key, rule in model.rules.items() if rule.effect is not Effect.ADVISE}
    return Ruleset(evolve(model, rules=kept))


BARE = {name: _without_advice(name) for name in (NATIONAL, STOCKHOLM)}


@pytest.mark.parametrize("name", [NATIONAL, STOCKHOLM])
@given(given_=subjects)
@often
def test_advice_never_changes_an_outcome(name: str, given_: dict[str, Any]) -> None:
    full = shipped(name).decide("eligibility", engine="reference", **given_)
    bare = BARE[name].decide("eligibility", engine="reference", **given_)
    assert (full.outcome, full.reason, full.force, full.missing) == (
        bare.outcome, bare.reason, bare.force, bare.missing,
    )  # fmt: skip
    assert full.grounds == bare.grounds
    assert str(full.condition) == str(bare.condition)


@pytest.mark.parametrize("name", [NATIONAL, STOCKHOLM])
@given(given_=subjects)
@often
def test_both_engines_give_one_answer(name: str, given_: dict[str, Any]) -> None:
    one, two = (
        shipped(name).decide("eligibility", engine=engine, **given_).answer for engine in ENGINES
    )
    assert evolve(one, engine="") == evolve(two, engine="")


def test_stockholm_shows_what_it_demoted_and_replaced() -> None:
    model = shipped(STOCKHOLM).model
    touched = {
        name: [(each.action, each.ruleset) for each in rule.overlaid]
        for name, rule in model.rules.items()
        if rule.overlaid and rule.decides == "eligibility"
    }
    demoted = long(["n.geriatrics", "n.paediatrics"])
    replaced = long(["n.equivalent_competence", "n.equivalent_competence_to_assess"])
    assert touched == {
        **{name: [("demote", STOCKHOLM)] for name in demoted},
        **{name: [("replace", STOCKHOLM)] for name in replaced},
    }
    assert all(model.rules[name].effect is Effect.ADVISE for name in demoted)
    assert model.disabled == {}


def test_an_exhaustive_list_is_a_deployers_to_open(tmp_path: Path) -> None:
    """With the assumption set to false, equivalent competence counts as it does nationally."""
    ruleset = unit(tmp_path, LIST_IS_OPEN)
    psychiatrist = {"licence": "valid", "specialties": ["psykiatri"], "training": {"stage": "none"}}
    open_ = ruleset.decide("eligibility", physician=psychiatrist, patient={"age": 40})
    assert open_.outcome is Outcome.ASSESS
    assessed = {**psychiatrist, "equivalent_competence": "equivalent"}
    decided = ruleset.decide("eligibility", physician=assessed, patient={"age": 40})
    assert decided.outcome is Outcome.ELIGIBLE
    assert decided.force is Force.GUIDANCE


def test_a_disabled_rule_is_shown_as_such(tmp_path: Path) -> None:
    (name,) = long(["n.equivalent_competence"])
    ruleset = unit(tmp_path, DISABLED.format(name=name))
    physician = {"licence": "valid", "specialties": ["psykiatri"], "training": {"stage": "none"}}
    decision = ruleset.decide("eligibility", physician=physician, patient={"age": 40})
    assert f"- {name}\n      borttagen av my.unit" in decision.explain("sv")
    assert decision.to_dict()["ruleset"]["disabled"][name]["ruleset"] == "my.unit"


HEAD = """
[ruleset]
id         = "my.unit"
version    = "1"
title      = { sv = "Enheten", en = "The unit" }
extends    = "se.stockholm"
valid_from = 2024-01-01

[[document]]
id        = "routine"
title     = "Rutin"
publisher = "Enheten"
published = "2024"
"""
SOURCE = """
source     = { document = "routine", section = "1", statement = "E9" }
because    = { sv = "Så gör vi", en = "So we do" }
valid_from = 2024-01-01
"""
LIST_IS_OPEN = """
[[set]]
parameter = "listed_specialties_are_exhaustive"
value     = false
basis     = "assumption"
"""
DISABLED = """
[[disable]]
rule = "{name}"
"""


def unit(tmp_path: Path, overlay: str) -> Ruleset:
    folder = tmp_path / "my.unit"
    folder.mkdir()
    (folder / "ruleset.toml").write_text(HEAD + overlay + SOURCE, encoding="utf-8")
    return load("my.unit", on=date(2024, 10, 1), path=[tmp_path])
