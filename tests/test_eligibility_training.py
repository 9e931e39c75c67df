"""se.national, training.

Written from the sources, not from the rules: who counts as an ST physician, what Socialstyrelsen's
competence goals leave out, and what the law on training and specialties lets a record say.
"""

from __future__ import annotations

import pytest

from support.cases import ENGINES, NATIONAL, Case, specialist, trainee

ADULT = {"age": 40}
OLD = {"age": 70}
CHILD = {"age": 5}

TRAINING = [
    Case(
        name="ST in general practice, however early",
        physician=trainee(years_left=5.0), patient=ADULT,
        outcome="eligible", force="guidance", grounds="n.st_general_practice",
        advice="n.st_size_of_assignment n.st_absences",
    ),
    Case(
        name="ST without assured supervision: advice, no condition",
        physician=trainee(supervised=False), patient=ADULT,
        outcome="eligible", force="guidance", grounds="n.st_general_practice",
        advice="n.st_size_of_assignment n.st_absences n.st_supervision",
    ),
    Case(
        name="ST, supervision not recorded: no reproach",
        physician=trainee(supervised=None), patient=ADULT,
        outcome="eligible", force="guidance", grounds="n.st_general_practice",
        advice="n.st_size_of_assignment n.st_absences",
    ),
    Case(
        name="ST in another specialty is no ground",
        physician=trainee(specialty="psykiatri"), patient=ADULT,
        outcome="assess", force="guidance", grounds="n.equivalent_competence_to_assess",
    ),
    Case(
        name="ST in a specialty not recorded",
        physician=trainee(specialty=None), patient=ADULT,
        outcome="undetermined", missing="physician.training.specialty",
    ),
    Case(
        name="stage of training not recorded",
        physician=trainee(stage=None), patient=ADULT,
        outcome="undetermined", missing="physician.training.stage",
    ),
    Case(
        name="BT is not ST",
        physician=trainee(stage="bt"), patient=ADULT,
        outcome="not_eligible", reason="no_ground", force="guidance", advice="n.bt_outside_goals",
    ),
    Case(
        name="BT after a specialty from elsewhere is assessed, without the goals",
        physician=trainee("psykiatri", stage="bt"), patient=ADULT,
        outcome="assess", force="guidance", grounds="n.equivalent_competence_to_assess",
        advice="n.bt_outside_goals n.only_another_specialty",
    ),
    Case(
        name="BT, specialties not recorded",
        physician=trainee(stage="bt") | {"specialties": None}, patient=ADULT,
        outcome="undetermined", missing="physician.specialties", advice="n.bt_outside_goals",
    ),
    Case(
        name="AT on special appointment has no ground",
        physician=trainee(stage="at", specialty=None, licence="special_appointment"),
        patient=ADULT,
        outcome="not_eligible", reason="no_ground", force="guidance",
    ),
    Case(
        name="AT without licence or appointment is forbidden",
        physician=trainee(stage="at", specialty=None, licence="none"), patient=ADULT,
        outcome="not_eligible", reason="forbidden", force="law", grounds="n.not_licensed",
    ),
    Case(
        name="a specialist in general practice training in a second specialty",
        physician=trainee("allmanmedicin", specialty="geriatrik", years_left=4.0), patient=ADULT,
        outcome="eligible", force="guidance", grounds="n.general_practice",
    ),
    Case(
        name="a specialist in geriatrics training in general practice, for any age",
        physician=trainee("geriatrik", years_left=4.0), patient=ADULT,
        outcome="eligible", force="guidance", grounds="n.st_general_practice",
        advice="n.st_size_of_assignment n.st_absences n.only_another_specialty "
               "n.geriatrics_outside_age_group",
        assumptions="elderly_from",
    ),
]  # fmt: skip

RECORDS = [
    Case(
        name="branch specialty without its base: the record is incomplete",
        physician=specialist("neonatologi"), patient=CHILD,
        outcome="assess", force="guidance", grounds="n.equivalent_competence_to_assess",
        advice="n.base_specialty_missing n.only_another_specialty",
    ),
    Case(
        name="additional specialty without its base",
        physician=specialist("palliativ_medicin"), patient=OLD,
        outcome="assess", force="guidance", grounds="n.equivalent_competence_to_assess",
        advice="n.base_specialty_missing n.only_another_specialty",
    ),
    Case(
        name="branch specialty with its base",
        physician=specialist("barn_och_ungdomsmedicin", "neonatologi"), patient=CHILD,
        outcome="eligible", force="guidance", grounds="n.paediatrics",
        advice="n.only_another_specialty", assumptions="adult_from",
    ),
    Case(
        name="ST of 5 years under SOSFS 2015:8 is long enough",
        physician=trainee(regulation="sosfs_2015_8", years_total=5.0), patient=ADULT,
        outcome="eligible", force="guidance", grounds="n.st_general_practice",
        advice="n.st_size_of_assignment n.st_absences",
    ),
    Case(
        name="ST shorter than 5 years under SOSFS 2015:8",
        physician=trainee(regulation="sosfs_2015_8", years_total=4.9999), patient=ADULT,
        outcome="eligible", force="guidance", grounds="n.st_general_practice",
        advice="n.st_size_of_assignment n.st_absences n.st_shorter_than_2015",
    ),
    Case(
        name="ST of 5.5 years under HSLF-FS 2021:8 is long enough",
        physician=trainee(regulation="hslf_fs_2021_8", years_total=5.5, years_done=1.0),
        patient=ADULT,
        outcome="eligible", force="guidance", grounds="n.st_general_practice",
        advice="n.st_size_of_assignment n.st_absences",
    ),
    Case(
        name="ST shorter than 5.5 years under HSLF-FS 2021:8",
        physician=trainee(regulation="hslf_fs_2021_8", years_total=5.4999, years_done=1.0),
        patient=ADULT,
        outcome="eligible", force="guidance", grounds="n.st_general_practice",
        advice="n.st_size_of_assignment n.st_absences n.st_shorter_than_2021",
    ),
    Case(
        name="5 years, the regulation not recorded: no remark",
        physician=trainee(years_total=5.0), patient=ADULT,
        outcome="eligible", force="guidance", grounds="n.st_general_practice",
        advice="n.st_size_of_assignment n.st_absences",
    ),
    Case(
        name="ST under HSLF-FS 2021:8 begins with half a year of BT",
        physician=trainee(regulation="hslf_fs_2021_8", years_done=0.4999), patient=ADULT,
        outcome="eligible", force="guidance", grounds="n.st_general_practice",
        advice="n.st_size_of_assignment n.st_absences n.bt_comes_first",
    ),
    Case(
        name="half a year done under HSLF-FS 2021:8",
        physician=trainee(regulation="hslf_fs_2021_8", years_done=0.5), patient=ADULT,
        outcome="eligible", force="guidance", grounds="n.st_general_practice",
        advice="n.st_size_of_assignment n.st_absences",
    ),
    Case(
        name="the planned end has passed: the record needs a look",
        physician=trainee(years_left=-0.0001), patient=ADULT,
        outcome="eligible", force="guidance", grounds="n.st_general_practice",
        advice="n.st_size_of_assignment n.st_absences n.st_end_passed",
    ),
    Case(
        name="the planned end is today",
        physician=trainee(years_left=0.0), patient=ADULT,
        outcome="eligible", force="guidance", grounds="n.st_general_practice",
        advice="n.st_size_of_assignment n.st_absences",
    ),
]  # fmt: skip

CASES = [*TRAINING, *RECORDS]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case, engine: str) -> None:
    assert case.decided(NATIONAL, engine) == case.expected
