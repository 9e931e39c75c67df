"""se.stockholm, case by case.

Written from Region Stockholm's plan of action: which specialties are list-eligible under the
agreement, and which ST physicians may have listed patients.
"""

from __future__ import annotations

import pytest

from support.cases import ENGINES, STOCKHOLM, Case, specialist, trainee

ADULT = {"age": 40}
OLD = {"age": 70}
CHILD = {"age": 5}
REVIEWED = "n.only_another_specialty s.specialty_under_review"
ST = "n.st_size_of_assignment n.st_absences"

SPECIALISTS = [
    Case(
        name="general practice: by the agreement and by guidance",
        physician=specialist("allmanmedicin"), patient=ADULT,
        outcome="eligible", force="contract",
        grounds="n.general_practice s.list_eligible_specialist",
    ),
    Case(
        name="geriatrics: the agreement names no age; the age group is advice",
        physician=specialist("geriatrik"), patient=ADULT,
        outcome="eligible", force="contract", grounds="s.list_eligible_specialist",
        advice=f"{REVIEWED} n.geriatrics_outside_age_group", assumptions="elderly_from",
    ),
    Case(
        name="geriatrics for its age group: the demoted rule advises",
        physician=specialist("geriatrik"), patient=OLD,
        outcome="eligible", force="contract", grounds="s.list_eligible_specialist",
        advice=f"{REVIEWED} n.geriatrics", assumptions="elderly_from",
    ),
    Case(
        name="geriatrics, the patient's age not known: it makes no difference here",
        physician=specialist("geriatrik"), patient={},
        outcome="eligible", force="contract", grounds="s.list_eligible_specialist",
        advice=REVIEWED,
    ),
    Case(
        name="geriatrics, no patient given: eligible for all",
        physician=specialist("geriatrik"), patient=None,
        outcome="eligible", force="contract", grounds="s.list_eligible_specialist",
        advice=REVIEWED,
    ),
    Case(
        name="paediatrics for an adult",
        physician=specialist("barn_och_ungdomsmedicin"), patient=ADULT,
        outcome="eligible", force="contract", grounds="s.list_eligible_specialist",
        advice=f"{REVIEWED} n.paediatrics_outside_age_group", assumptions="adult_from",
    ),
    Case(
        name="paediatrics for its age group",
        physician=specialist("barn_och_ungdomsmedicin"), patient=CHILD,
        outcome="eligible", force="contract", grounds="s.list_eligible_specialist",
        advice=f"{REVIEWED} n.paediatrics", assumptions="adult_from",
    ),
    Case(
        name="internal medicine",
        physician=specialist("internmedicin"), patient=ADULT,
        outcome="eligible", force="contract", grounds="s.list_eligible_specialist",
        advice=REVIEWED,
    ),
    Case(
        name="rehabilitation medicine",
        physician=specialist("rehabiliteringsmedicin"), patient=ADULT,
        outcome="eligible", force="contract", grounds="s.list_eligible_specialist",
        advice=REVIEWED,
    ),
    Case(
        name="double specialist: general practice is not under review",
        physician=specialist("allmanmedicin", "geriatrik"), patient=ADULT,
        outcome="eligible", force="contract",
        grounds="n.general_practice s.list_eligible_specialist", advice="n.double_specialisation",
    ),
    Case(
        name="a specialty the agreement does not name",
        physician=specialist("psykiatri"), patient=ADULT,
        outcome="not_eligible", reason="no_ground", force="contract",
        assumptions="listed_specialties_are_exhaustive",
        advice="n.only_another_specialty s.other_specialty",
    ),
    Case(
        name="equivalent competence does not make list-eligible, and that is an assumption",
        physician=specialist("psykiatri", equivalent_competence="equivalent"), patient=ADULT,
        outcome="not_eligible", reason="no_ground", force="contract",
        advice="n.only_another_specialty s.other_specialty",
        assumptions="listed_specialties_are_exhaustive",
    ),
    Case(
        name="assessed as not equivalent",
        physician=specialist("psykiatri", equivalent_competence="not_equivalent"), patient=ADULT,
        outcome="not_eligible", reason="no_ground", force="contract",
        advice="n.only_another_specialty s.other_specialty",
        assumptions="listed_specialties_are_exhaustive",
    ),
    Case(
        name="an assessment takes nothing from a list-eligible specialist",
        physician=specialist("internmedicin", equivalent_competence="not_equivalent"),
        patient=ADULT,
        outcome="eligible", force="contract", grounds="s.list_eligible_specialist",
        advice=REVIEWED,
    ),
    Case(
        name="no specialty and not in training: nobody assesses here",
        physician=specialist(), patient=ADULT,
        outcome="not_eligible", reason="no_ground", force="contract",
        assumptions="listed_specialties_are_exhaustive",
    ),
    Case(
        name="a revoked licence: the law, above the agreement",
        physician=specialist("internmedicin", licence="revoked"), patient=ADULT,
        outcome="not_eligible", reason="forbidden", force="law", grounds="n.licence_revoked",
        defeated="s.list_eligible_specialist", advice=REVIEWED,
    ),
    Case(
        name="licence not recorded",
        physician=specialist("internmedicin", licence=None), patient=ADULT,
        outcome="undetermined", missing="physician.licence", advice=REVIEWED,
    ),
    Case(
        name="specialties not recorded",
        physician=specialist() | {"specialties": None}, patient=ADULT,
        outcome="undetermined", missing="physician.specialties",
    ),
]  # fmt: skip

TRAINEES = [
    Case(
        name="exactly two years left",
        physician=trainee(years_left=2.0), patient=ADULT,
        outcome="eligible", force="contract", grounds="n.st_general_practice s.st_near_its_end",
        advice=ST,
    ),
    Case(
        name="a little more than two years left",
        physician=trainee(years_left=2.0001), patient=ADULT,
        outcome="not_eligible", reason="forbidden", force="contract", grounds="s.st_too_early",
        defeated="n.st_general_practice", advice=ST,
    ),
    Case(
        name="a little less than two years left",
        physician=trainee(years_left=1.9999), patient=ADULT,
        outcome="eligible", force="contract", grounds="n.st_general_practice s.st_near_its_end",
        advice=ST,
    ),
    Case(
        name="the end has passed: near the end all the more",
        physician=trainee(years_left=-0.5), patient=ADULT,
        outcome="eligible", force="contract", grounds="n.st_general_practice s.st_near_its_end",
        advice=f"{ST} n.st_end_passed",
    ),
    Case(
        name="years left not recorded: national guidance would permit, the agreement could forbid",
        physician=trainee(), patient=ADULT,
        outcome="undetermined", missing="physician.training.years_left", advice=ST,
    ),
    Case(
        name="too early whoever the patient is",
        physician=trainee(years_left=4.0), patient=None,
        outcome="not_eligible", reason="forbidden", force="contract", grounds="s.st_too_early",
        defeated="n.st_general_practice", advice=ST,
    ),
    Case(
        name="too early and unlicensed: law and agreement both forbid",
        physician=trainee(years_left=4.0, licence="none"), patient=ADULT,
        outcome="not_eligible", reason="forbidden", force="law",
        grounds="n.not_licensed s.st_too_early", defeated="n.st_general_practice", advice=ST,
    ),
    Case(
        name="early in ST, specialties not recorded: a list-eligible one could be among them",
        physician=trainee(years_left=4.0) | {"specialties": None}, patient=ADULT,
        outcome="undetermined", missing="physician.specialties", advice=ST,
    ),
    Case(
        name="late in ST, specialties not recorded: the ST is ground enough",
        physician=trainee(years_left=1.0) | {"specialties": None}, patient=ADULT,
        outcome="eligible", force="contract", grounds="n.st_general_practice s.st_near_its_end",
        advice=ST,
    ),
    Case(
        name="ST in another specialty is no ground, however late",
        physician=trainee(specialty="geriatrik", years_left=1.0), patient=OLD,
        outcome="not_eligible", reason="no_ground", force="contract",
        assumptions="listed_specialties_are_exhaustive",
    ),
    Case(
        name="BT in general practice is no ground",
        physician=trainee(stage="bt", years_left=1.0), patient=ADULT,
        outcome="not_eligible", reason="no_ground", force="contract", advice="n.bt_outside_goals",
    ),
]  # fmt: skip

SECOND_SPECIALTY = [
    Case(
        name="general practice first, ST in geriatrics since: no limit",
        physician=trainee("allmanmedicin", specialty="geriatrik", years_left=4.0), patient=ADULT,
        outcome="eligible", force="contract",
        grounds="n.general_practice s.list_eligible_specialist",
    ),
    Case(
        name="geriatrics first, early in ST in general practice: no limit",
        physician=trainee("geriatrik", years_left=4.0), patient=ADULT,
        outcome="eligible", force="contract",
        grounds="n.st_general_practice s.list_eligible_specialist",
        advice=f"{ST} {REVIEWED} n.geriatrics_outside_age_group", assumptions="elderly_from",
    ),
    Case(
        name="geriatrics first, time left not recorded: no limit either",
        physician=trainee("geriatrik"), patient=OLD,
        outcome="eligible", force="contract",
        grounds="n.st_general_practice s.list_eligible_specialist",
        advice=f"{ST} {REVIEWED} n.geriatrics", assumptions="elderly_from",
    ),
    Case(
        name="psychiatry first, early in ST in general practice: ST is the only ground",
        physician=trainee("psykiatri", years_left=4.0), patient=ADULT,
        outcome="not_eligible", reason="forbidden", force="contract", grounds="s.st_too_early",
        defeated="n.st_general_practice", advice=f"{ST} n.only_another_specialty",
        assumptions="listed_specialties_are_exhaustive",
    ),
    Case(
        name="psychiatry first, late in ST in general practice",
        physician=trainee("psykiatri", years_left=2.0), patient=ADULT,
        outcome="eligible", force="contract", grounds="n.st_general_practice s.st_near_its_end",
        advice=f"{ST} n.only_another_specialty",
    ),
]  # fmt: skip

CASES = [*SPECIALISTS, *TRAINEES, *SECOND_SPECIALTY]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case, engine: str) -> None:
    assert case.decided(STOCKHOLM, engine) == case.expected
