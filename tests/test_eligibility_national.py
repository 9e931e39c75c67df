"""se.national, specialists.

Written from the sources, not from the rules: prop. 2021/22:72 as kompetens-2023 and
delredovisning-2022 report it.
"""

from __future__ import annotations

import pytest

from support.cases import ENGINES, NATIONAL, Case, specialist

ADULT = {"age": 40}
OLD = {"age": 70}
CHILD = {"age": 5}

PHYSICIAN = [
    Case(
        name="licence, specialist in general practice",
        physician=specialist("allmanmedicin"),
        patient=ADULT,
        outcome="eligible", force="guidance", grounds="n.general_practice",
    ),
    Case(
        name="special appointment stands in for a licence",
        physician=specialist("allmanmedicin", licence="special_appointment"),
        patient=ADULT,
        outcome="eligible", force="guidance", grounds="n.general_practice",
    ),
    Case(
        name="licence revoked: the law forbids",
        physician=specialist("allmanmedicin", licence="revoked"),
        patient=ADULT,
        outcome="not_eligible", reason="forbidden", force="law",
        grounds="n.licence_revoked",
        defeated="n.general_practice",
    ),
    Case(
        name="never licensed: the law forbids, and says so differently",
        physician=specialist("allmanmedicin", licence="none"),
        patient=ADULT,
        outcome="not_eligible", reason="forbidden", force="law",
        grounds="n.not_licensed", defeated="n.general_practice",
    ),
    Case(
        name="licence not recorded is not a revoked one",
        physician=specialist("allmanmedicin", licence=None),
        patient=ADULT,
        outcome="undetermined", missing="physician.licence",
    ),
    Case(
        name="a revoked licence settles it, whatever else is missing",
        physician={"licence": "revoked"},
        patient={},
        outcome="not_eligible", reason="forbidden", force="law", grounds="n.licence_revoked",
    ),
    Case(
        name="a revoked licence leaves nothing to assess",
        physician=specialist("psykiatri", licence="revoked"),
        patient=ADULT,
        outcome="not_eligible", reason="forbidden", force="law", grounds="n.licence_revoked",
        defeated="n.equivalent_competence_to_assess", advice="n.only_another_specialty",
    ),
    Case(
        name="a licence alone says nothing yet",
        physician={"licence": "valid"},
        patient=ADULT,
        outcome="undetermined",
        missing="physician.specialties physician.training.stage physician.training.specialty",
    ),
    Case(
        name="without a ground the licence makes no difference",
        physician={"specialties": [], "training": {"stage": "at"}},
        patient=ADULT,
        outcome="not_eligible", reason="no_ground", force="guidance",
    ),
]  # fmt: skip

CHOICE = [
    Case(
        name="covered by the region: law gives the patient the choice",
        physician=specialist("allmanmedicin"),
        patient={"age": 40, "covered_by_region": True},
        outcome="eligible", force="guidance", grounds="n.general_practice", advice="n.free_choice",
    ),
    Case(
        name="not covered by the region: nothing is forbidden by that",
        physician=specialist("allmanmedicin"),
        patient={"age": 40, "covered_by_region": False},
        outcome="eligible", force="guidance", grounds="n.general_practice",
    ),
]  # fmt: skip

SPECIALISTS = [
    Case(
        name="general practice for a child",
        physician=specialist("allmanmedicin"), patient=CHILD,
        outcome="eligible", force="guidance", grounds="n.general_practice",
    ),
    Case(
        name="general practice for an old person",
        physician=specialist("allmanmedicin"), patient=OLD,
        outcome="eligible", force="guidance", grounds="n.general_practice",
    ),
    Case(
        name="general practice for a patient of unknown age",
        physician=specialist("allmanmedicin"), patient={},
        outcome="eligible", force="guidance", grounds="n.general_practice",
    ),
    Case(
        name="general practice for whomever",
        physician=specialist("allmanmedicin"), patient=None,
        outcome="eligible", force="guidance", grounds="n.general_practice",
    ),
    Case(
        name="geriatrics for its age group",
        physician=specialist("geriatrik"), patient=OLD,
        outcome="eligible", force="guidance", grounds="n.geriatrics",
        advice="n.only_another_specialty", assumptions="elderly_from",
    ),
    Case(
        name="geriatrics outside its age group is assessed, not refused",
        physician=specialist("geriatrik"), patient=ADULT,
        outcome="assess", force="guidance", grounds="n.equivalent_competence_to_assess",
        advice="n.only_another_specialty n.geriatrics_outside_age_group",
        assumptions="elderly_from",
    ),
    Case(
        name="geriatrics, the patient's age not known",
        physician=specialist("geriatrik"), patient={},
        outcome="undetermined", missing="patient.age", advice="n.only_another_specialty",
    ),
    Case(
        name="geriatrics, no patient given: a condition, nothing missing",
        physician=specialist("geriatrik"), patient=None,
        outcome="conditional", condition="eligible if patient.age >= 65, otherwise assess",
        advice="n.only_another_specialty", assumptions="elderly_from",
    ),
    Case(
        name="paediatrics for its age group",
        physician=specialist("barn_och_ungdomsmedicin"), patient=CHILD,
        outcome="eligible", force="guidance", grounds="n.paediatrics",
        advice="n.only_another_specialty", assumptions="adult_from",
    ),
    Case(
        name="paediatrics for an adult is assessed",
        physician=specialist("barn_och_ungdomsmedicin"), patient=ADULT,
        outcome="assess", force="guidance", grounds="n.equivalent_competence_to_assess",
        advice="n.only_another_specialty n.paediatrics_outside_age_group",
        assumptions="adult_from",
    ),
    Case(
        name="paediatrics, no patient given",
        physician=specialist("barn_och_ungdomsmedicin"), patient=None,
        outcome="conditional", condition="eligible if patient.age < 18, otherwise assess",
        advice="n.only_another_specialty", assumptions="adult_from",
    ),
    Case(
        name="both age groups: that of the other specialty is no news where one is suitable",
        physician=specialist("barn_och_ungdomsmedicin", "geriatrik"), patient=OLD,
        outcome="eligible", force="guidance", grounds="n.geriatrics",
        advice="n.only_another_specialty", assumptions="elderly_from",
    ),
    Case(
        name="both age groups, a child",
        physician=specialist("barn_och_ungdomsmedicin", "geriatrik"), patient=CHILD,
        outcome="eligible", force="guidance", grounds="n.paediatrics",
        advice="n.only_another_specialty", assumptions="adult_from",
    ),
    Case(
        name="both age groups, a patient in neither: both are said",
        physician=specialist("barn_och_ungdomsmedicin", "geriatrik"), patient=ADULT,
        outcome="assess", force="guidance", grounds="n.equivalent_competence_to_assess",
        advice="n.only_another_specialty n.geriatrics_outside_age_group "
               "n.paediatrics_outside_age_group",
        assumptions="adult_from elderly_from",
    ),
    Case(
        name="both age groups, no patient given",
        physician=specialist("barn_och_ungdomsmedicin", "geriatrik"), patient=None,
        outcome="conditional",
        condition="eligible if patient.age < 18 || patient.age >= 65, otherwise assess",
        advice="n.only_another_specialty", assumptions="adult_from elderly_from",
    ),
    Case(
        name="double specialist: through general practice, for any age",
        physician=specialist("allmanmedicin", "internmedicin"), patient=ADULT,
        outcome="eligible", force="guidance", grounds="n.general_practice",
        advice="n.double_specialisation",
    ),
    Case(
        name="double specialist in geriatrics: no advice on the age group",
        physician=specialist("allmanmedicin", "geriatrik"), patient=ADULT,
        outcome="eligible", force="guidance", grounds="n.general_practice",
        advice="n.double_specialisation",
    ),
    Case(
        name="double specialist in geriatrics for its age group: both are grounds",
        physician=specialist("allmanmedicin", "geriatrik"), patient=OLD,
        outcome="eligible", force="guidance", grounds="n.general_practice n.geriatrics",
        advice="n.double_specialisation", assumptions="elderly_from",
    ),
]  # fmt: skip

ASSESSED = [
    Case(
        name="another specialty, nobody has assessed it",
        physician=specialist("psykiatri"), patient=ADULT,
        outcome="assess", force="guidance", grounds="n.equivalent_competence_to_assess",
        advice="n.only_another_specialty",
    ),
    Case(
        name="assessed as equivalent",
        physician=specialist("psykiatri", equivalent_competence="equivalent"), patient=ADULT,
        outcome="eligible", force="guidance", grounds="n.equivalent_competence",
        advice="n.only_another_specialty",
    ),
    Case(
        name="assessed as not equivalent: not supported, and nothing forbids",
        physician=specialist("psykiatri", equivalent_competence="not_equivalent"), patient=ADULT,
        outcome="not_eligible", reason="no_ground", force="guidance",
        advice="n.only_another_specialty",
    ),
    Case(
        name="assessed as not equivalent, but geriatrics needs no assessment for its age group",
        physician=specialist("geriatrik", equivalent_competence="not_equivalent"), patient=OLD,
        outcome="eligible", force="guidance", grounds="n.geriatrics",
        advice="n.only_another_specialty", assumptions="elderly_from",
    ),
    Case(
        name="no specialty, not in training: the unit assesses",
        physician=specialist(), patient=ADULT,
        outcome="assess", force="guidance", grounds="n.equivalent_competence_to_assess",
    ),
    Case(
        name="specialties not recorded are not none",
        physician=specialist() | {"specialties": None}, patient=ADULT,
        outcome="undetermined", missing="physician.specialties",
    ),
]  # fmt: skip

LEFT_OUT = [
    Case(
        name="no physician given: too many ways to be one, so what is missing is named",
        physician=None, patient=ADULT,
        outcome="undetermined",
        missing="physician.licence physician.specialties physician.equivalent_competence "
                "physician.training.stage physician.training.specialty",
    ),
    Case(
        name="an empty physician is a record: no assessment stands in it",
        physician={}, patient=ADULT,
        outcome="undetermined",
        missing="physician.licence physician.specialties physician.training.stage "
                "physician.training.specialty",
    ),
    Case(
        name="forbidden whoever the patient is",
        physician=specialist("geriatrik", licence="revoked"), patient=None,
        outcome="not_eligible", reason="forbidden", force="law", grounds="n.licence_revoked",
        defeated="n.equivalent_competence_to_assess", advice="n.only_another_specialty",
    ),
    Case(
        name="geriatrics, licence not recorded, no patient given",
        physician=specialist("geriatrik", licence=None), patient=None,
        outcome="undetermined", missing="physician.licence", advice="n.only_another_specialty",
    ),
]  # fmt: skip

CASES = [*PHYSICIAN, *CHOICE, *SPECIALISTS, *ASSESSED, *LEFT_OUT]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case, engine: str) -> None:
    assert case.decided(NATIONAL, engine) == case.expected
