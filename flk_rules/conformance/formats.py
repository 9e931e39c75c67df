"""form of packs.

The names of a pack's files, its JSON Schema, and its README; both are made from the keys of tables
(`flk_rules.cases.keys`), so that nothing about them is said twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.resources import files
from string import Template
from typing import Any

from flk_rules.cases.keys import EXPECTATIONS, FAILURES, NONE, Expectation, Kind

FORMAT = "flk_rules/conformance/1"
ANSWERS = "flk_rules/conformance-answers/1"
CASES, SCHEMA, README = "cases.json", "conformance-1.json", "README.md"
RULESETS, OWN = "rulesets", "rulesets-own"
"""The folders of a pack in which the rulesets lie: those that the library ships, and others."""

_TEXT: Mapping[str, Any] = {"type": "string", "minLength": 1}
_DATE: Mapping[str, Any] = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_NAMES: Mapping[str, Any] = {"type": "array", "items": _TEXT, "uniqueItems": True}
_PLAIN: Mapping[str, Any] = {"type": ["boolean", "number", "string"]}
_VALUE: Mapping[str, Any] = {"anyOf": [_PLAIN, {"type": "array", "items": {"type": "string"}}]}


def schema() -> dict[str, Any]:
    """The JSON Schema, 2020-12, of `CASES`."""
    fingerprint = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}
    ruleset = {"id": _TEXT, "on": _DATE, "version": _TEXT, "fingerprint": fingerprint}
    expected = {key: _expected(each) for key, each in EXPECTATIONS.items()}
    error = {"kind": {"enum": list(FAILURES)}, "at": _NAMES}
    case = {
        "id": {**_TEXT, "description": "the table and the case's name in it; unique"},
        "why": {"type": ["string", "null"]},
        "ruleset": _TEXT,
        "question": _TEXT,
        "on": _DATE,
        "left_out": {**_NAMES, "description": "subjects that are not given"},
        "subjects": {
            "type": "object",
            "additionalProperties": {"$ref": "#/$defs/subject"},
            "description": "what is given of each subject; what is not there is not known",
        },
        "facts": {
            "anyOf": [{"type": "object", "additionalProperties": _VALUE}, {"type": "null"}],
            "description": "the same as rules read it: ages and years are computed for the date",
        },
        "expected": {
            **_object(expected, needed=()),
            "description": "what the answer has to say; what is not there may be anything",
        },
        "error": {"anyOf": [_object(error, needed=("kind",)), {"type": "null"}]},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Cases of flk_rules for other implementations",
        **_object(
            {
                "format": {"const": FORMAT},
                "rulesets": {"type": "array", "items": _object(ruleset)},
                "cases": {"type": "array", "items": _object(case)},
            }
        ),
        "$defs": {
            "subject": {
                "type": "object",
                "additionalProperties": {"anyOf": [_VALUE, {"$ref": "#/$defs/subject"}]},
            }
        },
    }


def _object(properties: Mapping[str, Any], needed: Iterable[str] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties if needed is None else needed),
        "additionalProperties": False,
    }


def _expected(key: Expectation) -> dict[str, Any]:
    """The schema of an expectation; null is what a table calls "none"."""
    said = {"description": _in_json(key.meaning)}
    match key.kind:
        case Kind.WORD:
            words = [None if word == NONE else word for word in key.words]
            return {**said, "enum": words}
        case Kind.NUMBER:
            return {**said, "type": ["number", "null"]}
        case Kind.TEXT:
            return {**said, "type": ["string", "null"]}
        case Kind.NUMBERS:
            return {**said, "type": "object", "additionalProperties": {"type": "number"}}
    return {**said, **_NAMES}


def readme(cases: int, rulesets: Iterable[Mapping[str, Any]]) -> str:
    """The README of a pack."""
    listed = "\n".join(
        f"| `{each['id']}` | {each['on']} | {each['version']} | `{each['fingerprint']}` |"
        for each in rulesets
    )
    keys = "\n".join(
        f"| `{key}` | {_form(each)} | {_in_json(each.meaning)} |"
        for key, each in EXPECTATIONS.items()
    )
    kinds = ", ".join(f"`{each}`" for each in FAILURES)
    text = files("flk_rules").joinpath("conformance", "readme.md").read_text("utf-8")
    return Template(text).substitute(
        cases=cases, rulesets=listed, keys=keys, kinds=kinds, format=FORMAT, answers=ANSWERS
    )


def _in_json(meaning: str) -> str:
    """What a key says, with null for what a table calls "none"."""
    return meaning.replace(f'`"{NONE}"`', "`null`")


def _form(key: Expectation) -> str:
    match key.kind:
        case Kind.WORD:
            return ", ".join("`null`" if word == NONE else f"`{word}`" for word in key.words)
        case Kind.NUMBER:
            return "a number or `null`"
        case Kind.TEXT:
            return "text or `null`"
        case Kind.NUMBERS:
            return "an object of numbers by rule"
    return f"{key.kind.value}, in any order"
