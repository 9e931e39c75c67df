"""values of facts.

One validator per fact, made from the schema: it returns the value as engines use it or says what
was expected and found.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

from flk_rules.errors import nearest, shown
from flk_rules.model.calendar import EARLIEST, LATEST
from flk_rules.model.schema import Code, FactSpec, Schema
from flk_rules.model.values import Kind, Value

SAFE_INT = 2**63 - 1
"""The largest integer a fact may hold, either sign."""
SAFE_DIGITS = 15
"""Decimal digits a number may have in all; a double holds that many exactly."""

Validator = Callable[[Any], Value]


class Rejected(ValueError):
    """A value that its fact cannot have."""


def validator(spec: FactSpec, schema: Schema) -> Validator:
    """The check of one fact's values; it raises `Rejected`."""
    match spec.type.kind:
        case Kind.BOOL:
            return _bool
        case Kind.INT:
            return _int(spec)
        case Kind.DOUBLE:
            return _double(spec)
        case Kind.STRING:
            return _code(_codes(spec, schema), spec.type.codes)
        case Kind.LIST:
            return _codes_in(_codes(spec, schema), spec.type.codes)


def _codes(spec: FactSpec, schema: Schema) -> Mapping[str, Code]:
    assert spec.type.codes is not None, f"{spec.name} is text without a code list"
    return schema.codes_of(spec.type.codes)


def _bool(value: Any) -> Value:
    if value is True or value is False:
        return value
    raise Rejected(f"expected true or false, found {_found(value)}")


def _int(spec: FactSpec) -> Validator:
    low = -SAFE_INT if spec.minimum is None else spec.minimum
    high = SAFE_INT if spec.maximum is None else spec.maximum

    def check(value: Any) -> Value:
        if type(value) is not int:
            raise Rejected(f"expected a whole number, found {_found(value)}")
        if not low <= value <= high:
            raise Rejected(f"expected {_range(low, high, spec.unit)}, found {shown(value)}")
        return value

    return check


def _double(spec: FactSpec) -> Validator:
    bound = 10 ** (SAFE_DIGITS - spec.scale)
    low = -bound if spec.minimum is None else spec.minimum
    high = bound if spec.maximum is None else spec.maximum

    def check(value: Any) -> Value:
        if type(value) is not float and type(value) is not int:
            raise Rejected(f"expected a number, found {_found(value)}")
        if not (math.isfinite(value) and low <= value <= high):
            raise Rejected(f"expected {_range(low, high, spec.unit)}, found {shown(value)}")
        number = float(value)
        if round(number, spec.scale) != number:
            raise Rejected(f"expected at most {spec.scale} decimals, found {value!r}")
        return number

    return check


def _code(codes: Mapping[str, Code], name: str | None) -> Validator:
    def check(value: Any) -> Value:
        if type(value) is str and value in codes:
            return value
        raise Rejected(_unknown(value, codes, name))

    return check


def _codes_in(codes: Mapping[str, Code], name: str | None) -> Validator:
    def check(value: Any) -> Value:
        if not isinstance(value, (list, tuple, set, frozenset)):
            raise Rejected(f"expected a list of codes, found {_found(value)}")
        if len(value) > len(codes):
            raise Rejected(f"expected at most {len(codes)} codes, found {len(value)}")
        for each in value:
            if type(each) is not str or each not in codes:
                raise Rejected(_unknown(each, codes, name))
        return frozenset(value)

    return check


def _unknown(value: Any, codes: Mapping[str, Code], name: str | None) -> str:
    if type(value) is not str:
        return f"expected a code of {name}, found {_found(value)}"
    return f"no code {shown(value)} in the code list {name}{suggest_code(value, codes)}"


def suggest_code(value: str, codes: Mapping[str, Code]) -> str:
    """The code whose id or name is nearest to what was written."""
    names: dict[str, str] = {}
    for code in codes.values():
        for name in (code.sv, code.en, code.id):
            names[name.casefold()] = code.id
    close = nearest(value.casefold(), names)
    if not close:
        listed = ", ".join(sorted(codes)) if len(codes) <= 8 else ""
        return f" (codes: {listed})" if listed else ""
    return f"; did you mean {names[close.split(chr(39))[1]]!r}?"


def read_date(value: Any) -> date:
    """A date, or its ISO text; raises `Rejected` for anything else and for years far off."""
    found = value
    if type(value) is str:
        try:
            found = date.fromisoformat(value) if len(value) == 10 else None
        except ValueError:
            found = None
    if type(found) is not date:
        raise Rejected(f"expected a date like 1950-12-31, found {_found(value)}")
    if not EARLIEST <= found <= LATEST:
        raise Rejected(f"expected a date from {EARLIEST} to {LATEST}, found {found}")
    return found


def _found(value: Any) -> str:
    names: Collection[tuple[type, str]] = (
        (bool, "true or false"), (int, "a whole number"), (float, "a number"), (str, "text"),
        (list, "a list"), (dict, "a table"), (type(None), "nothing"),
    )  # fmt: skip
    name = next((name for kind, name in names if type(value) is kind), type(value).__name__)
    return f"{name} ({shown(value)})"


def _range(low: int, high: int, unit: str | None) -> str:
    return f"a number from {low} to {high}{f' ({unit})' if unit else ''}"
