"""who may serve whom in a plan.

Each pair of a physician and a listed patient is answered as the question `eligibility` answers it,
told with its reason, and the plan names the assumptions that its numbers rest on and no others.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import flk_rules
from flk_rules.cli.plan_serving import served, serves
from flk_rules.model.answers import Outcome
from flk_rules.planning.unit import UnitPlan, plan_unit
from flk_rules.planning.unit_rows import make_unit
from support.drawing import often
from test_plan_schema import patients, physicians
from test_plan_unit import CALM, ON, SWEDEN, gp, planned

STOCKHOLM = flk_rules.load("se.stockholm", on=ON)
GERIATRICIAN = {"licence": "valid", "specialties": ["geriatrik"], "training": {"stage": "none"}}


def _lines(plan: UnitPlan, language: str = "en") -> list[str]:
    return [line for each in plan.physicians for line in serves(each, plan, language)]


@pytest.mark.parametrize("ruleset", [SWEDEN, STOCKHOLM], ids=lambda each: each.id)
@pytest.mark.parametrize("engine", ["rete", "reference"])
@given(st.tuples(physicians, physicians), st.lists(patients, max_size=8))
@settings(often, max_examples=25)
def test_a_pair_is_answered_as_the_question_does(
    ruleset: flk_rules.Ruleset,
    engine: str,
    both: tuple[dict[str, Any], dict[str, Any]],
    rows: list[dict[str, Any]],
) -> None:
    doctors = {name: {**each, "id": name} for name, each in zip("AB", both, strict=True)}
    unit = make_unit(ruleset, physicians=list(doctors.values()), patients=rows)
    plan = plan_unit(ruleset, unit, engine=engine)
    wanted: dict[str, Counter[tuple[Any, ...]]] = {name: Counter() for name in doctors}
    for row in rows:
        facts = {key: each for key, each in row.items() if key != "listed_with"}
        if (name := row.get("listed_with")) in doctors:
            pair = ruleset.decide("eligibility", physician=doctors[name], patient=facts)
            grounds = tuple(each.id for each in pair.grounds)
            wanted[name][pair.outcome, pair.reason, pair.force, grounds, pair.missing] += 1
    for found in plan.physicians:
        serving = {
            (each.outcome, each.reason, each.force, tuple(rule.id for rule in each.because),
             each.missing): each.patients
            for each in found.serving or ()
        }  # fmt: skip
        assert serving == wanted[found.id]
    assert plan.serving == sum(
        (Counter({key[0]: n}) for each in wanted.values() for key, n in each.items()), Counter()
    )


def test_what_keeps_a_pair_is_named_with_the_patients() -> None:
    rows = [
        {"id": "old", "age": 80, "listed_with": "G"},
        {"id": "young", "age": 30, "listed_with": "G"},
        {"id": "unknown", "listed_with": "G"},
        {"age": 30, "listed_with": "R"},
    ]
    revoked = {"id": "R", **GERIATRICIAN, "licence": "revoked"}
    plan = planned([{"id": "G", **GERIATRICIAN}, revoked], rows)
    assert _lines(plan) == [
        "  eligible for 1 of those listed",
        "  assess for 1 of those listed: No specialty is regulated; the unit assesses whether the "
        "competence is equivalent: young",
        "  undetermined for 1 of those listed: missing: age: unknown",
        "  not eligible for 1 of those listed: (forbidden by law) The role is for a physician, and "
        "the licence has been revoked: patient 4",
    ]
    assert list(served(plan, "sv")) == [
        "Läkarna och de listade hos dem: kan vara fast läkarkontakt 1, behöver bedömas 1, "
        "kan inte avgöras 1, inte fast läkarkontakt 1"
    ]
    psychiatrist = {**GERIATRICIAN, "specialties": ["psykiatri"], "id": "P",
                    "equivalent_competence": "not_equivalent"}  # fmt: skip
    unsupported = planned([psychiatrist], [{"age": 30, "listed_with": "P"}] * 7)
    assert _lines(unsupported) == [
        "  not eligible for 7 of those listed: (not supported by guidance; nothing known forbids "
        "it): patient 1, patient 2, patient 3, patient 4, patient 5, ..."
    ]


def test_nothing_is_said_of_nobody() -> None:
    alone = planned([gp("A")])
    assert (alone.serving, alone.physicians[0].serving) == (None, None)
    nobody = planned([gp("A")], [{"age": 30, "listed_with": "none"}])
    assert (nobody.serving, nobody.physicians[0].serving) == ({}, ())
    for plan in (alone, nobody):
        assert (list(served(plan, "en")), _lines(plan)) == ([], [])


def _assumed(physicians: list[Any], patients: list[Any] | None = None) -> list[str]:
    return [each.id for each in planned(physicians, patients).assumptions]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, []),
        ({"housing": "sabo"}, []),
        ({"age": 40}, ["adult_from", "elderly_from"]),
        ({"chronic_conditions": 0}, ["multimorbid_from"]),
        (CALM, ["adult_from", "elderly_from", "multimorbid_from"]),
    ],
)
def test_assumptions_are_those_that_numbers_rest_on(
    facts: dict[str, Any], expected: list[str]
) -> None:
    assert _assumed([gp("A")], [{**facts, "listed_with": "A"}]) == expected


def test_assumptions_behind_who_may_serve() -> None:
    unit = {"physicians": [{"id": "G", **GERIATRICIAN}], "patients": [{"listed_with": "G"}]}
    assert plan_unit(SWEDEN, make_unit(SWEDEN, **unit)).assumptions == ()
    known = {**unit, "patients": [{"age": 40, "listed_with": "G"}]}
    on = {each.id for each in plan_unit(SWEDEN, make_unit(SWEDEN, **known)).assumptions}
    assert on == {"adult_from", "elderly_from"}
    listed = {**unit, "patients": [{"listed_with": "G"}], "physicians": [
        {"id": "G", "licence": "valid", "specialties": ["psykiatri"], "training": {"stage": "none"}}
    ]}  # fmt: skip
    found = plan_unit(STOCKHOLM, make_unit(STOCKHOLM, **listed))
    assert found.serving == {Outcome.NOT_ELIGIBLE: 1}
    assert "listed_specialties_are_exhaustive" in {each.id for each in found.assumptions}


@given(st.lists(patients, max_size=6))
@settings(often, max_examples=40)
def test_no_assumption_is_missed_for_kinds_met_before(rows: list[dict[str, Any]]) -> None:
    """Together they rest on what each of them alone rests on."""
    doctors = [gp("A"), {"id": "B", **GERIATRICIAN}]
    together = set(_assumed(doctors, rows))
    alone = {name for row in rows for name in _assumed(doctors, [row])}
    assert together == alone
