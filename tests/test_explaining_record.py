"""explanations as JSON.

The record of a decision against the schema that documents it, for hundreds of random decisions,
and the schema against itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from jsonschema import Draft202012Validator, FormatChecker

from flk_rules import Decision, Ruleset
from flk_rules.model.rules import Text
from support.cases import NATIONAL, STOCKHOLM, shipped, specialist, trainee
from support.drawing import often, subjects
from support.pins import decisions

SCHEMA: dict[str, Any] = json.loads(
    (files("flk_rules") / "schemas" / "decision-1.json").read_text(encoding="utf-8")
)
LATER = ("see", "dormant")
"""Keys that the format got after records were kept in it: one without them is still read."""
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker())


def _record() -> dict[str, Any]:
    physician = specialist("geriatrik", id="A-17")
    return shipped(STOCKHOLM).decide("eligibility", physician=physician).to_dict()


@pytest.mark.parametrize("name", [NATIONAL, STOCKHOLM])
@given(given_=subjects)
@often
def test_random_decisions_fit_the_schema(name: str, given_: dict[str, Any]) -> None:
    decision = shipped(name).decide("eligibility", engine="reference", **given_)
    record = decision.to_dict()
    VALIDATOR.validate(record)
    assert json.loads(json.dumps(record, allow_nan=False)) == record


@pytest.mark.parametrize("decision", decisions().values(), ids=decisions())
def test_the_record_says_what_the_decision_says(decision: Decision) -> None:
    record = decision.to_dict()
    VALIDATOR.validate(record)
    assert record["outcome"] == decision.outcome.value
    assert record["reason"] == (decision.reason.value if decision.reason else None)
    assert record["force"] == (decision.force.value if decision.force else None)
    for key in ("grounds", "defeated", "failed", "unknown", "advice"):
        assert record[key] == [rule.id for rule in getattr(decision, key)]
    assert record["missing"] == list(decision.missing)
    assert record["assumptions"] == [each.id for each in decision.assumptions]
    assert record["ruleset"]["fingerprint"] == decision._ruleset.fingerprint
    assert record["on"] == "2024-10-01"
    if decision.condition is None:
        assert record["condition"] is None
    else:
        branches = [each.text for each in decision.condition.branches]
        assert [each["when"] for each in record["condition"]] == branches


@pytest.mark.parametrize("name", [NATIONAL, STOCKHOLM])
@given(given_=subjects)
@settings(often, max_examples=50)
def test_nothing_named_is_left_unexplained(name: str, given_: dict[str, Any]) -> None:
    """Every id that the record mentions is there with its words and its source."""
    record = shipped(name).decide("eligibility", engine="reference", **given_).to_dict()
    sides = [record, *(record["condition"] or [])]
    named = {
        rule
        for side in sides
        for key in ("grounds", "defeated", "failed", "unknown", "pivotal", "advice")
        for rule in side[key]
    }
    assert named <= set(record["rules"])
    rules = record["rules"].values()
    assert {each for rule in rules for each in rule["definitions"]} == set(record["definitions"])
    read = {each for rule in rules for each in rule["parameters"]} | set(record["assumptions"])
    assert read == set(record["parameters"])
    cited = {rule["source"]["document"] for rule in rules}
    assert cited <= set(record["ruleset"]["documents"])
    for key, truth in (("grounds", True), ("advice", True), ("defeated", True), ("failed", False)):
        if record["condition"] is None and record["left_out"] == []:
            assert all(record["rules"][rule]["truth"] is truth for rule in record[key])
    if record["left_out"] == []:
        assert all(record["rules"][rule]["truth"] is None for rule in record["unknown"])


def test_the_record_carries_readings_overlays_and_what_was_disabled() -> None:
    record = (
        shipped(STOCKHOLM)
        .decide("eligibility", physician=trainee("geriatrik", years_left=2.0), patient={"age": 70})
        .to_dict()
    )
    limit = record["parameters"]["st_most_years_left"]
    assert limit["reading"]["en"].endswith("at most two years.")
    assert limit["source"]["statement"] == "E10"
    assert record["parameters"]["elderly_from"]["basis"] == "assumption"
    geriatrics = record["rules"]["se.national.eligibility.geriatrics"]
    assert (geriatrics["effect"], geriatrics["ruleset"]) == ("advise", "se.national")
    assert [each["action"] for each in geriatrics["overlaid"]] == ["demote"]
    assert record["ruleset"]["disabled"] == {}
    assert [each["id"] for each in record["ruleset"]["layers"]] == [NATIONAL, STOCKHOLM]
    assert len(record["ruleset"]["readings"]) == 2
    assert record["definitions"]["physician.in_st_general_practice"]["when"] == (
        "physician.training.stage == 'st' && physician.training.specialty == 'allmanmedicin'"
    )


def test_a_rule_about_a_record_that_was_left_out_is_open() -> None:
    record = shipped(NATIONAL).decide("eligibility", patient={"age": 40}).to_dict()
    rule = record["rules"]["se.national.eligibility.equivalent_competence"]
    assert (rule["truth"], rule["missing"]) == (None, ["physician.equivalent_competence"])


def test_sets_are_sorted_and_identities_are_only_the_callers_own() -> None:
    record = (
        shipped(NATIONAL)
        .decide(
            "eligibility",
            physician={
                "id": "A",
                "licence": "valid",
                "specialties": ["geriatrik", "allmanmedicin"],
            },
            patient={"id": "B", "birth_date": "1950-01-31"},
        )
        .to_dict()
    )
    assert record["references"] == {"physician": "A", "patient": "B"}
    assert record["facts"] == {
        "patient.age": 74,
        "physician.licence": "valid",
        "physician.specialties": ["allmanmedicin", "geriatrik"],
    }
    assert "1950" not in json.dumps(record)


def test_hostile_text_is_only_a_string() -> None:
    hostile = '\x00\x1b[2J\n"}],{\u2028</script>'
    model = shipped(NATIONAL).model
    words = Text(sv=hostile, en=hostile)
    rules = {name: evolve(rule, because=words) for name, rule in model.rules.items()}
    record = (
        Ruleset(evolve(model, rules=rules))
        .decide(
            "eligibility", physician=specialist("allmanmedicin", id=hostile), patient={"age": 40}
        )
        .to_dict()
    )
    VALIDATOR.validate(record)
    assert json.loads(json.dumps(record)) == record
    assert record["references"]["physician"] == hostile


def _objects(node: Any, path: str = "$") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema of an object, with its path."""
    if isinstance(node, dict):
        if node.get("type") == "object":
            yield path, node
        for key, inner in node.items():
            yield from _objects(inner, f"{path}.{key}")
    elif isinstance(node, list):
        for number, inner in enumerate(node):
            yield from _objects(inner, f"{path}[{number}]")


def strict(schema: dict[str, Any]) -> None:
    """The schema is valid, every object in it says all its keys and no others, and every property
    is described in one sentence."""
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    for path, each in _objects(schema):
        if "properties" in each:
            assert each["additionalProperties"] is False, path
            assert each["required"] == [key for key in each["properties"] if key not in LATER], path
        else:
            assert isinstance(each["additionalProperties"], dict), path
        for name, inner in {"": each, **each.get("properties", {})}.items():
            sentence = inner.get("description", "")
            assert sentence.endswith("."), f"{path}.{name}"
            assert sentence.count(". ") == 0, f"{path}.{name}"
    assert all("description" in each for each in schema["$defs"].values())


def test_the_schema_is_valid_strict_and_described() -> None:
    strict(SCHEMA)
    assert len(dict(_objects(SCHEMA))) > 10


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ([], {"surprise": 1}),
        (["format"], "flk_rules/decision/2"),
        (["outcome"], "maybe"),
        (["reason"], "forbidden"),
        (["force"], "opinion"),
        (["on"], "2024-13-01"),
        (["on"], "1 October"),
        (["ruleset", "fingerprint"], "sha256:abc"),
        (["ruleset", "surprise"], 1),
        (["facts", "physician.licence"], None),
        (["facts", "physician.licence"], {"a": 1}),
        (["missing"], ["a", "a"]),
        (["left_out"], None),
        (["condition"], []),
        (["rules", "x"], {}),
        (["engine"], "prolog"),
    ],
)
def test_the_schema_refuses(path: list[str], value: Any) -> None:
    record = _record()
    VALIDATOR.validate(record)
    into = record
    for key in path[:-1]:
        into = into[key]
    if path:
        into[path[-1]] = value
    else:
        into.update(value)
    assert not VALIDATOR.is_valid(record)


@pytest.mark.parametrize("key", sorted(_record()))
def test_the_schema_wants_every_key(key: str) -> None:
    record = _record()
    del record[key]
    assert VALIDATOR.is_valid(record) == (key in LATER)
