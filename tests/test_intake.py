"""subjects to facts.

What is not known, what is left out, all mistakes at once, attrs objects and mappings alike, and
numbers that come from dates.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import date
from enum import Enum
from types import MappingProxyType
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flk_rules import FactsInvalid, Patient, Physician, Training, load
from flk_rules.facts import Facts, Intake

ON = date(2024, 10, 1)
INTAKE = Intake(load("se.national", on=ON).schema)
SUBJECTS = ("physician", "patient")
HUGE = 10**5_000


class Str(str):
    """A string of another class."""


def read(on: date = ON, **given: Any) -> Facts:
    return INTAKE.read(on, SUBJECTS, given)


def problems(on: date = ON, **given: Any) -> list[str]:
    with pytest.raises(FactsInvalid) as caught:
        read(on, **given)
    return [str(problem) for problem in caught.value.problems]


def test_none_is_not_known_and_a_subject_left_out_is_something_else() -> None:
    assert read(physician={"licence": None}) == read(physician={})
    assert read(physician={}).left_out == ("patient",)
    assert read(physician={}, patient={}).left_out == ()
    assert read(physician={}, patient=None).left_out == ("patient",)
    assert read().left_out == ("physician", "patient")
    assert read(physician={"specialties": []}).values == {"physician.specialties": frozenset()}
    assert read(physician={"training": None}) == read(physician={"training": {}})


def test_every_mistake_is_told_at_once() -> None:
    found = problems(
        physician={
            "licens": "valid", "licence": 1, "specialties": ["x"], "id": 1.5,
            "training": {"stage": "zz", "years_left": "2", "start": "x", "trainer": None},
        },
        patient=[1],
        docter={},
    )  # fmt: skip
    assert found == [
        "docter: the question is about physician and patient",
        "physician.licens: unknown fact; did you mean 'licence'?",
        "physician.licence: expected a code of licence, found a whole number (1)",
        "physician.specialties: no code 'x' in the code list specialty",
        "physician.id: expected text or a whole number, found a number (1.5)",
        "physician.training.stage: no code 'zz' in the code list training_stage (codes: none, at, "
        "bt, st)",
        "physician.training.years_left: expected a number, found text ('2')",
        "physician.training.start: expected a date like 1950-12-31, found text ('x')",
        "physician.training.trainer: unknown fact",
        "patient: expected a mapping or a model object, found a list of 1",
    ]
    assert problems(pasient={}) == [
        "pasient: the question is about physician and patient; did you mean 'patient'?"
    ]


def test_a_part_that_is_no_table() -> None:
    assert problems(physician={"training": "st"}) == [
        "physician.training: expected a table, found text ('st')"
    ]
    assert problems(physician=5) == [
        "physician: expected a mapping or a model object, found a whole number (5)"
    ]


def test_unknown_keys_are_shown_with_care() -> None:
    assert problems(physician={1: 2, "a\x1b\n": 1, "q" * 10**6: 1, ("x",): 1, "": 0}) == [
        "physician.1: unknown fact",
        "physician.'a\\x1b\\n': unknown fact",
        f"physician.'{'q' * 56}...: unknown fact",
        "physician.('x',): unknown fact",
        "physician.: unknown fact",
    ]
    assert len(problems(physician={f"k{n}": n for n in range(10_000)})) == 10_000


@pytest.mark.parametrize("kind", [dict, OrderedDict, MappingProxyType])
def test_attrs_objects_and_mappings_agree(kind: Any) -> None:
    training = Training(
        stage="st", specialty="allmanmedicin", regulation="hslf_fs_2021_8", supervised=True,
        start=date(2020, 1, 1), planned_end=date(2026, 10, 1),
    )  # fmt: skip
    physician = Physician(id="L1", licence="valid", specialties=("geriatrik",), training=training)
    patient = Patient(birth_date=date(1950, 1, 1), covered_by_region=False)
    expected = read(physician=physician, patient=patient)
    assert expected.values["physician.training.years_left"] == 2.0
    assert expected.values["patient.age"] == 74
    assert expected.references == {"physician": "L1"}
    mappings = {
        "physician": kind(attrs.asdict(physician)),
        "patient": kind(attrs.asdict(patient)),
    }
    assert read(**mappings) == expected
    mixed = kind({**attrs.asdict(physician, recurse=False), "specialties": ["geriatrik"]})
    assert read(physician=mixed, patient=patient) == expected


def test_the_wrong_model_object_names_what_it_does_not_know() -> None:
    assert problems(patient=Physician(id="L1"))[0] == "patient.licence: unknown fact"


@pytest.mark.parametrize(
    ("value", "expected"), [("L1", "L1"), ("", ""), (17, "17"), ("å" * 200, "å" * 200)]
)
def test_references(value: Any, expected: str) -> None:
    assert read(physician={"id": value}).references == {"physician": expected}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("å" * 201, "expected at most 200 characters, found 201"),
        ("a\ud800b", "expected text, found half a character ('a\\ud800b')"),
        (True, "expected text or a whole number, found true"),
        (["L1"], "expected text or a whole number, found a list of 1"),
        (HUGE, "expected text or a whole number, found a whole number (a number of 16610 bits)"),
        (Str("L1"), "expected text or a whole number, found Str"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_reference(value: Any, message: str) -> None:
    assert problems(physician={"id": value}) == [f"physician.id: {message}"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"training.stage": "st"},
         "physician.training.stage: found the key 'training.stage'; facts nest: write {training: "
         "{stage: ...}}"),
        ({"physician.licence": "valid"},
         "physician.licence: found the key 'physician.licence'; facts nest: write {licence: ...}"),
        ({"training.stag": "st"},
         "physician.training.stag: unknown fact; did you mean 'training'?"),
        ({"licence.stage": 1}, "physician.licence.stage: unknown fact; did you mean 'licence'?"),
    ],
)  # fmt: skip
def test_a_dotted_key_is_told_to_nest(given: dict[str, Any], message: str) -> None:
    assert problems(physician=given) == [message]


# ---- numbers from dates ------------------------------------------------------------------------


def test_a_number_and_its_dates_are_never_both_given() -> None:
    assert problems(patient={"age": 74, "birth_date": "1950-01-01"}) == [
        "patient.age: given both itself and by patient.birth_date; give one"
    ]
    training = {"years_total": 5, "start": "2020-01-01", "planned_end": "2025-01-01"}
    assert problems(physician={"training": training}) == [
        "physician.training.years_total: given both itself and by physician.training.start and "
        "physician.training.planned_end; give one"
    ]
    del training["planned_end"]
    found = read(physician={"training": training}).values
    assert found == {"physician.training.years_total": 5.0, "physician.training.years_done": 4.75}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"patient": {"birth_date": "2024-10-02"}},
         "patient.birth_date: expected a whole number from 0 to 150 (year), found -1 for "
         "patient.age (from patient.birth_date 2024-10-02 on 2024-10-01)"),
        ({"physician": {"training": {"start": "2021-01-01", "planned_end": "2020-01-01"}}},
         "physician.training.planned_end: expected a number from 0 to 100 (year), found -1.0 for "
         "physician.training.years_total (from physician.training.start 2021-01-01 and "
         "physician.training.planned_end 2020-01-01 on 2024-10-01)"),
    ],
)  # fmt: skip
def test_dates_that_give_no_number(given: dict[str, Any], message: str) -> None:
    assert problems(**given) == [message]


@given(st.dates(), st.dates(), st.dates(), st.dates())
def test_any_dates_are_read_or_refused(on: date, born: date, start: date, end: date) -> None:
    training = {"start": start, "planned_end": end}
    try:
        facts = read(on, physician={"training": training}, patient={"birth_date": born})
    except FactsInvalid:
        return
    assert facts.values.keys() == {
        "patient.age", "physician.training.years_done", "physician.training.years_left",
        "physician.training.years_total",
    }  # fmt: skip


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.dates()
    | st.datetimes() | st.decimals() | st.sampled_from([Str(), Enum, object()]),
    lambda inner: st.lists(inner) | st.tuples(inner) | st.frozensets(st.text())
    | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=12,
)  # fmt: skip
KEYS = st.sampled_from(["id", "licence", "specialties", "training", "stage", "years_left", "start"])


@given(
    physician=st.dictionaries(KEYS, anything | st.dictionaries(KEYS, anything)), patient=anything
)
def test_whatever_is_given_ends_in_facts_or_problems(**given: Any) -> None:
    try:
        read(**given)
    except FactsInvalid as error:
        told = [str(problem) for problem in error.problems]
    else:
        told = ["nothing"]
    assert told
    assert max(len(each) for each in told) < 1_000
