"""facts as JSON Schema.

The input of a decision, described for systems that are not written in Python. Derived from the
fact schema, as everything about facts is. It says what `Intake` accepts, save for what a JSON
Schema cannot: the decimals of a number, dates that no calendar has or that lie far off, a number
given beside the dates it derives from; and it takes 47.0 for a whole number.
"""

from __future__ import annotations

from typing import Any

from flk_rules.facts.validating import DATE, MAX_REFERENCE, SAFE_INT
from flk_rules.model.schema import FactSpec, InputSpec, Schema
from flk_rules.model.values import Kind


def json_schema(schema: Schema) -> dict[str, Any]:
    """The JSON Schema (2020-12) of one row: subjects with their facts; null is not known."""
    properties: dict[str, Any] = {}
    for spec in schema.inputs.values():
        _put(properties, spec, _date() if spec.is_date else _reference())
    for fact in schema.facts.values():
        _put(properties, fact, _fact(fact, schema))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "subjects of a decision",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def _put(properties: dict[str, Any], spec: FactSpec | InputSpec, content: dict[str, Any]) -> None:
    *tables, key = spec.name.split(".")
    for table in tables:
        shape = properties.setdefault(
            table, {"type": ["object", "null"], "properties": {}, "additionalProperties": False}
        )
        properties = shape["properties"]
    properties[key] = {**content, "title": spec.en, "description": spec.sv}


def _date() -> dict[str, Any]:
    return {"type": ["string", "null"], "format": "date", "pattern": f"^{DATE}$"}


def _reference() -> dict[str, Any]:
    bounds = {"minimum": -SAFE_INT, "maximum": SAFE_INT}
    return {"type": ["string", "integer", "null"], "maxLength": MAX_REFERENCE, **bounds}


def _fact(spec: FactSpec, schema: Schema) -> dict[str, Any]:
    codes = list(schema.codes_of(spec.type.codes)) if spec.type.codes else []
    match spec.type.kind:
        case Kind.BOOL:
            return {"type": ["boolean", "null"]}
        case Kind.INT | Kind.DOUBLE:
            kind = "integer" if spec.type.kind is Kind.INT else "number"
            bounds = {"minimum": spec.minimum, "maximum": spec.maximum}
            return {
                "type": [kind, "null"],
                **{key: value for key, value in bounds.items() if value is not None},
            }
        case Kind.STRING:
            return {"enum": [*codes, None]}
        case Kind.LIST:
            return {"type": ["array", "null"], "items": {"enum": codes}, "maxItems": len(codes)}
