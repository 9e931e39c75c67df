"""se.stockholm where the list is not exhaustive.

A deployer's other reading of the agreement: `listed_specialties_are_exhaustive` set to false.
Equivalent competence is then a ground, and the ST limit concerns those who have no other.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import flk_rules
from support.cases import ENGINES, ON, STOCKHOLM, long, shipped, specialist, trainee
from support.folders import entry, write

ADULT = {"age": 40}
ST = {"stage": "st", "specialty": "allmanmedicin", "supervised": True}
EARLY, LATE = ST | {"years_left": 4.0}, ST | {"years_left": 2.0}
OUTSIDE = {"stage": "none"}


@pytest.fixture(scope="module")
def open_list(tmp_path_factory: pytest.TempPathFactory) -> flk_rules.Ruleset:
    root: Path = tmp_path_factory.mktemp("rulesets")
    setting = entry("set", parameter="listed_specialties_are_exhaustive", value=False)
    write(root, "my.unit", entry("document"), setting, extends=STOCKHOLM)
    return flk_rules.load("my.unit", on=ON, path=[root])


def _physician(
    specialties: tuple[str, ...], assessed: str | None, training: dict[str, Any]
) -> dict[str, Any]:
    return specialist(*specialties, equivalent_competence=assessed, training=training)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("specialties", "assessed", "training", "outcome", "grounds", "missing"),
    [
        (("ortopedi",), "equivalent", OUTSIDE, "eligible", "n.equivalent_competence", ""),
        (("ortopedi",), "equivalent", EARLY, "eligible",
         "n.equivalent_competence n.st_general_practice", ""),
        ((), "equivalent", EARLY, "eligible",
         "n.equivalent_competence n.st_general_practice", ""),
        (("ortopedi",), "not_equivalent", OUTSIDE, "not_eligible", "", ""),
        (("ortopedi",), "not_equivalent", EARLY, "not_eligible", "s.st_too_early", ""),
        ((), "not_equivalent", EARLY, "not_eligible", "s.st_too_early", ""),
        (("ortopedi",), None, OUTSIDE, "assess", "n.equivalent_competence_to_assess", ""),
        (("ortopedi",), None, EARLY, "undetermined", "", "physician.equivalent_competence"),
        (("ortopedi",), None, LATE, "eligible", "n.st_general_practice s.st_near_its_end", ""),
        ((), None, EARLY, "not_eligible", "s.st_too_early", ""),
        (("internmedicin",), None, EARLY, "eligible",
         "n.st_general_practice s.list_eligible_specialist", ""),
    ],
)  # fmt: skip
def test_the_limit_concerns_those_for_whom_st_is_the_ground(
    open_list: flk_rules.Ruleset,
    specialties: tuple[str, ...],
    assessed: str | None,
    training: dict[str, Any],
    outcome: str,
    grounds: str,
    missing: str,
    engine: str,
) -> None:
    physician = _physician(specialties, assessed, training)
    decision = open_list.decide("eligibility", engine=engine, physician=physician, patient=ADULT)
    assert decision.outcome.value == outcome
    assert [rule.id for rule in decision.grounds] == long(grounds.split())
    assert list(decision.missing) == missing.split()


@pytest.mark.parametrize("assessed", ["equivalent", "not_equivalent", None])
@pytest.mark.parametrize("specialties", [(), ("ortopedi",)])
def test_as_shipped_an_assessment_lifts_no_limit(
    specialties: tuple[str, ...], assessed: str | None
) -> None:
    """The answer is the same whatever was assessed, and names the assumption where that is why."""
    physician = _physician(specialties, assessed, EARLY)
    decision = shipped(STOCKHOLM).decide("eligibility", physician=physician, patient=ADULT)
    assert [rule.id for rule in decision.grounds] == long(["s.st_too_early"])
    limited_anyway = assessed == "not_equivalent" or (not specialties and assessed is None)
    assert [each.id for each in decision.assumptions] == (
        [] if limited_anyway else ["listed_specialties_are_exhaustive"]
    )


@pytest.mark.parametrize("licence", [None, "revoked", "none"])
def test_an_st_physician_is_not_put_forward_for_assessment(
    open_list: flk_rules.Ruleset, licence: str | None
) -> None:
    """ST in general practice is a ground that the sources name; nobody has to judge it."""
    for ruleset in (shipped("se.national"), open_list):
        physician = trainee(years_left=1.0) | {"licence": licence}
        decision = ruleset.decide("eligibility", physician=physician, patient=ADULT)
        (assess,) = long(["n.equivalent_competence_to_assess"])
        assert assess in [rule.id for rule in decision.failed]
