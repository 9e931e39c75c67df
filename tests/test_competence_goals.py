"""competence goals as data.

The areas and goals of the appendix, which goals ask for knowledge, and the areas that matter most
for a group of patients. Where the source lies beside the checkout, its goals are counted.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest

from conftest import SHARED
from flk_rules.model.rules import Basis
from support.cases import NATIONAL, shipped

ON = date(2026, 1, 1)
MODEL = shipped(NATIONAL, ON).model
AREAS = list(MODEL.schema.codes_of("competence_area"))
GOALS = MODEL.schema.codes_of("competence_goal")
REPORT = SHARED / "sources" / "kompetens-underlagsrapport-2023.txt"
OWN = {
    "areas_for_children": "children",
    "areas_for_older": "older",
    "areas_for_mental_ill_health": "mental_ill_health",
    "areas_for_substance_use": "substance_use",
    "areas_for_disability": "disability",
    "areas_for_lss_housing": "disability",
    "areas_for_deprived_area": "vulnerable",
    "areas_for_vulnerable": "vulnerable",
    "areas_for_rural": "rural",
    "areas_for_sabo": "older",
    "areas_for_multimorbidity": "general_practice",
    "areas_for_frail_older": "older",
    "areas_for_extensive_disability": "disability",
    "areas_for_long_term_mental_ill_health": "mental_ill_health",
    "areas_for_multimorbid_home_care": "general_practice",
}
"""Of each parameter the area that is about the group itself, or about its illnesses."""
WHOLE = {"complex_needs", "large_and_complex_needs", "chronic_disease"}
"""Groups for which no source names an area: there the goals hold as a whole."""


def codes(parameter: str) -> frozenset[str]:
    value = MODEL.parameters[parameter].value
    assert isinstance(value, frozenset)
    return frozenset(str(each) for each in value)


def test_every_goal_is_of_an_area_and_every_area_has_one() -> None:
    assert (len(AREAS), len(GOALS)) == (21, 69)
    assert {each.kind for each in GOALS.values()} == set(AREAS)
    for name, goal in GOALS.items():
        assert name.partition(".")[0] == goal.kind
        assert goal.sv
        assert goal.en
        assert goal.sv != goal.en


def test_goals_are_of_two_kinds() -> None:
    knowledge = codes("knowledge_goals")
    assert knowledge < set(GOALS)
    assert (len(knowledge), len(GOALS) - len(knowledge)) == (23, 46)


@pytest.mark.parametrize("name", OWN)
def test_the_areas_of_a_group_have_its_own_among_them(name: str) -> None:
    assert MODEL.parameters[name].basis is Basis.SOURCE
    assert OWN[name] in codes(name) < set(AREAS)


def test_every_group_has_areas_or_the_goals_hold_as_a_whole() -> None:
    groups = set(MODEL.schema.codes_of("patient_group"))
    assert {name.removeprefix("areas_for_") for name in OWN} == groups - WHOLE
    assert {each for each in MODEL.parameters if each.startswith("areas_for_")} == set(OWN)
    assert groups > WHOLE


def test_the_goals_are_counted_in_the_source() -> None:
    """Area by area, those of knowledge and those of doing."""
    if not REPORT.is_file():
        pytest.skip(f"the source documents are not beside the checkout ({REPORT})")
    text = REPORT.read_text("utf-8")
    rest = text[text.index("Kompetensområde Kompetensmål") :]
    knowledge = Counter(name.partition(".")[0] for name in codes("knowledge_goals"))
    for number, area in enumerate(AREAS, 1):
        start = re.search(rf"(?m)^ *{number}\. ", rest)
        assert start is not None, area
        after = re.search(rf"(?m)^ *{number + 1}\. ", rest)
        printed = rest[start.start() : after.start() if after else None]
        goals = re.findall(r"(?m)(?:^|\s)- (?=[A-ZÅÄÖ])(\S+ kunskap)?", printed)
        assert len(goals) == sum(each.kind == area for each in GOALS.values()), area
        assert goals.count("Uppvisa kunskap") == knowledge[area], area
