"""the fact schema.

That the schema says everything about each fact of the model, and that its JSON Schema accepts
and refuses what the library itself accepts and refuses.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from flk_rules import load
from flk_rules.errors import FactsInvalid
from flk_rules.facts import Intake
from flk_rules.facts.describing import json_schema
from flk_rules.facts.headings import column_names, normal
from flk_rules.model.domain import DOMAIN, MODELS
from flk_rules.model.schema import Changes, FactSpec
from flk_rules.model.values import Kind

ON = date(2024, 10, 1)
SCHEMA = load("se.stockholm", on=ON).schema
JSON_SCHEMA = json_schema(SCHEMA)
VALIDATOR = Draft202012Validator(JSON_SCHEMA, format_checker=FormatChecker(["date"]))
INTAKE = Intake(SCHEMA)
SUBJECTS = DOMAIN.subjects
UNITS = ("year", "disease", "medicine", "week", "hour", "patient", "share", "index", "relisting")
FACTS = list(SCHEMA.facts.values())


def names_in(model: type, prefix: str) -> list[str]:
    names: list[str] = []
    for each in attrs.fields(model):
        options = each.metadata["flk"].options
        name = f"{prefix}.{each.name}"
        names += names_in(options["model"], name) if "model" in options else [name]
    return names


def test_the_schema_holds_every_field_of_the_model_and_nothing_else() -> None:
    fields = [name for subject, model in MODELS.items() for name in names_in(model, subject)]
    assert sorted(fields) == sorted([*DOMAIN.facts, *DOMAIN.inputs])
    assert len(fields) == 68
    assert tuple(MODELS) == DOMAIN.subjects


@pytest.mark.parametrize("model", MODELS.values())
def test_the_model_is_frozen_slotted_and_unknown_by_default(model: type) -> None:
    empty = model()
    assert all(getattr(empty, each.name) is None for each in attrs.fields(model))
    assert not hasattr(empty, "__dict__")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        empty.id = "other"


@pytest.mark.parametrize("spec", FACTS, ids=lambda spec: spec.name)
def test_a_fact_is_fully_described(spec: FactSpec) -> None:
    assert spec.name.startswith(f"{spec.subject}.")
    assert spec.sv
    assert spec.en
    assert isinstance(spec.changes, Changes)
    if spec.type.numeric:
        assert spec.minimum is not None
        assert spec.maximum is not None
        assert spec.minimum < spec.maximum
        assert spec.unit in UNITS
    else:
        assert (spec.minimum, spec.maximum, spec.unit) == (None, None, None)
    assert (spec.scale > 0) == (spec.type.kind is Kind.DOUBLE)
    assert (spec.type.codes is not None) == (spec.type.kind in (Kind.STRING, Kind.LIST))


@pytest.mark.parametrize("spec", FACTS, ids=lambda spec: spec.name)
def test_what_a_fact_refers_to_is_there(spec: FactSpec) -> None:
    if spec.type.codes:
        assert SCHEMA.codes_of(spec.type.codes)
    for name in spec.derived.inputs if spec.derived else ():
        assert SCHEMA.inputs[name].is_date
        assert SCHEMA.inputs[name].subject == spec.subject


def test_what_time_alone_changes_is_derived_from_dates() -> None:
    assert {spec.name for spec in FACTS if spec.changes is Changes.TIME} == {
        "patient.age", "physician.training.years_done", "physician.training.years_left",
        "unit.cap.years_since_start", "unit.cap.years_until_end",
    }  # fmt: skip
    assert all(spec.derived for spec in FACTS if spec.changes is Changes.TIME)


def test_codes_are_told_apart_by_every_name_they_have() -> None:
    for codes in SCHEMA.codes.values():
        for language in ("sv", "en"):
            names = [normal(getattr(code, language)) for code in codes.codes.values()]
            assert len(set(names)) == len(names), codes.id


@pytest.mark.parametrize("subject", SUBJECTS)
def test_no_heading_names_two_columns(subject: str) -> None:
    names = column_names(SCHEMA, SUBJECTS, subject)
    specs = {**SCHEMA.facts, **SCHEMA.inputs}
    for name, spec in specs.items():
        headings = [name, spec.sv, spec.en, name.removeprefix(f"{subject}.")]
        assert {names.get(normal(each), name) for each in headings} == {name}


# ---- JSON Schema -------------------------------------------------------------------------------


def accepted(row: dict[str, Any]) -> bool:
    try:
        INTAKE.read(ON, SUBJECTS, row)
    except FactsInvalid:
        return False
    return True


def test_the_json_schema_is_one() -> None:
    Draft202012Validator.check_schema(JSON_SCHEMA)
    assert json.loads(json.dumps(JSON_SCHEMA)) == JSON_SCHEMA
    physician = JSON_SCHEMA["properties"]["physician"]["properties"]
    assert physician["licence"] == {
        "enum": ["valid", "special_appointment", "revoked", "none", None],
        "title": "licence", "description": "legitimation",
    }  # fmt: skip
    assert physician["training"]["properties"]["years_total"] == {
        "type": ["number", "null"], "minimum": 0, "maximum": 100,
        "title": "planned length of training", "description": "utbildningens längd",
    }  # fmt: skip
    assert len(physician["specialties"]["items"]["enum"]) == 64


LEAP_DAY = "2020-02-29"
DATES = {name.split(".")[-1] for name, spec in SCHEMA.inputs.items() if spec.is_date}
wrong = st.sampled_from(
    [True, False, 0, 1, -1, 3, 151, 1.5, -100.5, 101.25, "", "valid", "Giltig", "x", "2024-13-01",
     LEAP_DAY, "20200229", [], ["geriatrik"], ["x"], [1], {}, {"x": 1}, 2**70]
)  # fmt: skip


def right(spec: FactSpec) -> st.SearchStrategy[Any]:
    codes = sorted(SCHEMA.codes_of(spec.type.codes or ""))
    match spec.type.kind:
        case Kind.BOOL:
            return st.booleans()
        case Kind.INT:
            return st.integers(spec.minimum, spec.maximum)
        case Kind.DOUBLE:
            assert spec.minimum is not None
            assert spec.maximum is not None
            unit = 10**spec.scale
            scaled = st.integers(spec.minimum * unit, spec.maximum * unit).map(lambda n: n / unit)
            return scaled | st.integers(spec.minimum, spec.maximum)
        case Kind.STRING:
            return st.sampled_from(codes)
        case Kind.LIST:
            return st.lists(st.sampled_from(codes), max_size=70)


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    """Rows with right, wrong and unknown values. Of a date and the number derived from it there is
    one, and a date's text is right or no date: what else may be wrong no JSON Schema can say."""
    row: dict[str, Any] = {}
    dated = draw(st.booleans())
    now = st.integers(0, 30 * 365).map(lambda days: (ON - timedelta(days=days)).isoformat())
    later = st.integers(0, 30 * 365).map(lambda days: (ON + timedelta(days=days)).isoformat())
    for name, spec in {**SCHEMA.facts, **SCHEMA.inputs}.items():
        *tables, key = name.split(".")
        table = row
        for each in tables:
            table = table.setdefault(each, {})
        if isinstance(spec, FactSpec):
            good = st.none() if spec.derived and dated else right(spec)
        elif spec.is_date:
            good = (later if "end" in key else now) if dated else st.none()
        else:
            good = st.text(st.characters(codec="utf-8"), max_size=210) | st.integers()
        choice = draw(st.integers(0, 12))
        if choice == 0 and not (isinstance(spec, FactSpec) and spec.derived and dated):
            bad = wrong.filter(lambda value: value != LEAP_DAY) if key in DATES else wrong
            table[key] = draw(bad)
        elif choice < 10:
            table[key] = draw(good)
        elif choice == 10:
            table[key] = None
    if draw(st.integers(0, 9)) == 0:
        row[draw(st.sampled_from(["physician", "patient", "doctor"]))] = draw(wrong | st.none())
    if draw(st.integers(0, 9)) == 0 and isinstance(row.get("patient"), dict):
        row["patient"]["unknown"] = draw(st.none() | st.integers())
    return row


@given(rows())
def test_the_json_schema_accepts_what_intake_accepts(row: dict[str, Any]) -> None:
    assert VALIDATOR.is_valid(row) == accepted(row), list(VALIDATOR.iter_errors(row))


@pytest.mark.parametrize(
    ("row", "valid"),
    [
        ({"patient": {"age": 47.0}}, True),
        ({"patient": {"age": 47, "birth_date": "1977-03-02"}}, True),
        ({"patient": {"birth_date": "1777-03-02"}}, True),
        ({"patient": {"birth_date": "2025-01-01"}}, True),
        ({"physician": {"training": {"years_left": 1.23456}}}, True),
        ({"patient": {"id": "\ud800"}}, True),
        ({"patient": {"birth_date": date(1977, 3, 2)}}, False),
        ({"physician": {"specialties": ("geriatrik",)}}, False),
    ],
)  # fmt: skip
def test_where_a_json_schema_says_less_or_more(row: dict[str, Any], valid: bool) -> None:
    """The exceptions that flk_rules/facts/describing.py states, and Python's own types."""
    assert VALIDATOR.is_valid(row) is valid
    assert accepted(row) is not valid
