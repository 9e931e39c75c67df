"""values of facts.

One validator per fact, made from the schema: it returns the value as engines use it or says what
was expected and found. What was found may be anything at all, so it is shown with care: never the
whole of it, and nothing that could steer a terminal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, time
from difflib import get_close_matches
from typing import Any

from flk_rules.errors import shown
from flk_rules.model.calendar import EARLIEST, LATEST
from flk_rules.model.schema import Code, FactSpec, Schema
from flk_rules.model.values import Kind, Value

SAFE_INT = 2**63 - 1
"""The largest integer a fact may hold, either sign."""
SAFE_DIGITS = 15
"""Decimal digits a number may have in all; a double holds that many exactly."""
MAX_REFERENCE = 200
"""Characters a subject's reference may have."""

Validator = Callable[[Any], Value]

DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
"""The form of a date's text."""
_LISTED = 8
"""Codes that a message lists where none is near."""
_SHOWN_MISTAKES = 3
_NAMES = {
    int: "a whole number", float: "a number", str: "text",
    date: "a date", datetime: "a date with a time", time: "a time",
}  # fmt: skip
_COLLECTIONS = (list, tuple, set, frozenset)


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
    raise Rejected(f"expected true or false, found {found(value)}")


def _int(spec: FactSpec) -> Validator:
    low = -SAFE_INT if spec.minimum is None else spec.minimum
    high = SAFE_INT if spec.maximum is None else spec.maximum

    def check(value: Any) -> Value:
        if type(value) is not int:
            raise Rejected(f"expected a whole number, found {found(value)}")
        if not low <= value <= high:
            said = _range("a whole number", low, high, spec.unit)
            raise Rejected(f"expected {said}, found {_number(value)}")
        return value

    return check


def _double(spec: FactSpec) -> Validator:
    bound = 10 ** (SAFE_DIGITS - spec.scale)
    low = -bound if spec.minimum is None else spec.minimum
    high = bound if spec.maximum is None else spec.maximum
    unit = 10**spec.scale

    def check(value: Any) -> Value:
        if type(value) is not float and type(value) is not int:
            raise Rejected(f"expected a number, found {found(value)}")
        # NaN is in no range, and an integer that no double holds is out of this one.
        if not low <= value <= high:
            said = _range("a number", low, high, spec.unit)
            raise Rejected(f"expected {said}, found {_number(value)}")
        number = float(value) + 0.0  # so that there is one zero
        # The first is some three times as quick, and enough but for numbers beyond all digits.
        if round(number * unit) / unit != number and round(number, spec.scale) != number:
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
        if not isinstance(value, _COLLECTIONS):
            raise Rejected(f"expected a list of codes, found {found(value)}")
        if len(value) > len(codes):
            raise Rejected(f"expected at most {len(codes)} codes, found {len(value)}")
        wrong = []
        for each in value:
            if type(each) is not str or each not in codes:
                wrong.append(each)
        if wrong:
            raise Rejected(several([_unknown(each, codes, name) for each in wrong]))
        return frozenset(value)

    return check


def several(mistakes: list[str]) -> str:
    """The mistakes of one list in one message; those past the third are counted."""
    rest = len(mistakes) - _SHOWN_MISTAKES
    more = [f"and {rest} more"] if rest > 0 else []
    return "; ".join([*mistakes[:_SHOWN_MISTAKES], *more])


def _unknown(value: Any, codes: Mapping[str, Code], name: str | None) -> str:
    if type(value) is not str:
        return f"expected a code of {name}, found {found(value)}"
    return f"no code {shown(value)} in the code list {name}{suggest_code(value, codes)}"


def suggest_code(
    value: str, codes: Mapping[str, Code], *, by_name: bool = False, cutoff: float = 0.6
) -> str:
    """The code nearest to what was written, or all of a few codes; `by_name` for where a code's
    name does as well as its id."""
    spelled = {
        name.casefold(): name if by_name else code.id
        for code in codes.values()
        for name in (code.id, code.en, code.sv)
    }
    close = get_close_matches(value[:200].casefold(), sorted(spelled), n=1, cutoff=cutoff)
    if close:
        return f"; did you mean {spelled[close[0]]!r}?"
    all_of_them = [code.sv if by_name else code.id for code in codes.values()]
    return f" (codes: {', '.join(all_of_them)})" if 0 < len(codes) <= _LISTED else ""


def read_date(value: Any) -> date:
    """A date, or its ISO text; raises `Rejected` for anything else and for years far off."""
    day = value
    if type(value) is str:
        try:
            day = date.fromisoformat(value) if re.fullmatch(DATE, value) else None
        except ValueError:
            day = None
    if type(day) is not date:
        raise Rejected(f"expected a date like 1950-12-31, found {found(value)}")
    if not EARLIEST <= day <= LATEST:
        raise Rejected(f"expected a date from {EARLIEST} to {LATEST}, found {day}")
    return day


def read_reference(value: Any) -> str:
    """The caller's own name of a subject, a text or a number, as text; raises `Rejected`."""
    if type(value) is int and -SAFE_INT <= value <= SAFE_INT:
        return str(value)
    if type(value) is not str:
        raise Rejected(f"expected text or a whole number, found {found(value)}")
    if len(value) > MAX_REFERENCE:
        raise Rejected(f"expected at most {MAX_REFERENCE} characters, found {len(value)}")
    if any("\ud800" <= each <= "\udfff" for each in value):
        raise Rejected(f"expected text, found half a character ({shown(value)})")
    return value


def found(value: Any) -> str:
    """What a value is, in a few words."""
    kind = type(value)
    if value is None or kind is bool:
        return "nothing" if value is None else str(value).lower()
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, _COLLECTIONS):
        return f"a list of {len(value)}"
    if kind not in _NAMES:
        return kind.__name__
    text = _number(value) if kind is int else str(value) if kind in _WRITTEN else shown(value)
    return f"{_NAMES[kind]} ({text})"


_WRITTEN: Collection[type] = (date, datetime, time)


def _number(value: float) -> str:
    # Python refuses to write out an integer of thousands of digits.
    if type(value) is int and abs(value) > SAFE_INT:
        return f"a number of {value.bit_length()} bits"
    return repr(value)


def _range(kind: str, low: int, high: int, unit: str | None) -> str:
    return f"{kind} from {low} to {high}{f' ({unit})' if unit else ''}"
