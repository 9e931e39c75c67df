"""plans against their schema.

The JSON of a unit's plan and of an assessment against the schemas that document them, for the
example and for random units, and the schemas against themselves.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

from conftest import ROOT
from flk_rules.planning import Window, assess
from flk_rules.planning.unit import UnitPlan
from support.drawing import often
from test_cli import flk
from test_explaining_record import SCHEMA as DECISION
from test_explaining_record import strict
from test_plan_unit import ON, SWEDEN, gp, planned


def _schema(name: str) -> dict[str, Any]:
    text = (files("flk_rules") / "schemas" / f"{name}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


PLAN, COMPETENCE = _schema("unit-plan-1"), _schema("competence-1")
REGISTRY: Registry[Any] = Registry().with_resources(
    (each["$id"], Resource.from_contents(each)) for each in (DECISION, COMPETENCE, PLAN)
)


def _validator(schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator(schema, registry=REGISTRY, format_checker=FormatChecker())


VALIDATOR = _validator(PLAN)


def _fits(plan: UnitPlan) -> dict[str, Any]:
    record = plan.to_dict()
    VALIDATOR.validate(record)
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    return record


@pytest.mark.parametrize("schema", [PLAN, COMPETENCE], ids=["plan", "competence"])
def test_the_schemas_are_valid_strict_and_described(schema: dict[str, Any]) -> None:
    strict(schema)


def test_the_example_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "examples" / "unit")
    result = flk("plan", "--on", "2024-10-01", "--format", "json", "unit.toml",
                 "--physicians", "physicians.csv", "--patients", "patients.csv",
                 "--visits", "visits.csv")  # fmt: skip
    record = json.loads(result.stdout)
    VALIDATOR.validate(record)
    ida = next(each for each in record["physicians"] if each["id"] == "Ida Tall")
    assert [each["outcome"] for each in ida["serving"]] == ["assess"]
    assert record["patients"]["serving"]["assess"] == 1


def test_a_plan_of_physicians_alone_fits() -> None:
    record = _fits(planned([gp("A"), {"id": "B"}]))
    assert (record["patients"], record["continuity"]) == (None, None)
    assert [each["serving"] for each in record["physicians"]] == [None, None]


def test_an_assessment_fits() -> None:
    older = SWEDEN.decide("priority", patient={"age": 80})
    found = assess(SWEDEN, gp("A", goals_met=["older.frailty"]), patients=[older])
    _validator(COMPETENCE).validate(found.to_dict())
    assert found.to_dict()["lacking"][0] == "rules"


physicians = st.fixed_dictionaries(
    {},
    optional={
        "specialties": st.sampled_from(
            [[], ["allmanmedicin"], ["geriatrik"], ["barn_och_ungdomsmedicin"], ["psykiatri"]]
        ),
        "licence": st.sampled_from(["valid", "revoked", None]),
        "listed": st.integers(0, 3000),
        "employment_rate": st.sampled_from([0.5, 1.0, None]),
        "equivalent_competence": st.sampled_from(["equivalent", "not_equivalent", None]),
        "training": st.fixed_dictionaries(
            {"stage": st.sampled_from(["none", "bt", "st"])},
            optional={
                "specialty": st.just("allmanmedicin"),
                "years_done": st.sampled_from([0.0, 2.0, 2.5, 6.0]),
                "years_left": st.sampled_from([-1.0, 2.0, 2.5, 5.0]),
            },
        ),
        "areas_set_aside": st.sampled_from([[], ["children"]]),
        "goals_met": st.sampled_from([[], ["older.frailty"]]),
    },
)
patients = st.fixed_dictionaries(
    {},
    optional={
        "listed_with": st.sampled_from(["A", "B", "none", None]),
        "age": st.integers(0, 110),
        "housing": st.sampled_from(["ordinary", "sabo", "lss", None]),
        "chronic_conditions": st.integers(0, 4),
        "mental_ill_health": st.sampled_from(["none", "long_term"]),
    },
)


@given(
    st.tuples(physicians, physicians),
    st.none() | st.lists(patients, max_size=6),
    st.none() | st.integers(0, 20_000),
    st.booleans(),
)
@settings(often, max_examples=60)
def test_random_plans_fit_and_pairs_add_up(
    both: tuple[dict[str, Any], dict[str, Any]],
    rows: list[dict[str, Any]] | None,
    listed: int | None,
    met: bool,
) -> None:
    more: dict[str, Any] = {}
    if rows and met:
        rows = [{**each, "id": f"P{n}"} for n, each in enumerate(rows)]
        visit = {"patient": "P0", "physician": "A", "date": ON}
        more = {"visits": [visit] * 2, "window": Window(name="w", first=ON, last=ON)}
    stated = sum(each.get("listed", 0) for each in both)
    unit = {"listed": listed if listed is None else listed + stated}
    plan = planned([{"id": name, **each} for name, each in zip("AB", both, strict=True)], rows,
                   unit=unit, **more)  # fmt: skip
    record = _fits(plan)
    if rows is None:
        return
    for each in record["physicians"]:
        assert sum(group["patients"] for group in each["serving"]) == each["patients"]
        for group in each["serving"]:
            assert len(group["such"]) == (
                0 if group["outcome"] == "eligible" else group["patients"]
            )
    together = record["patients"]["serving"]
    assert sum(together.values()) == record["patients"]["listed_with"]["named"]
