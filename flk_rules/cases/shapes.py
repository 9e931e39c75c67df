"""values of keys.

Whether a value that a table gives for a key is of the key's kind, and what a message says if not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from flk_rules.cases.keys import NONE, Key, Kind
from flk_rules.errors import nearest, shown
from flk_rules.loading.structuring import found

_TYPES: Mapping[Kind, type] = {
    Kind.TEXT: str, Kind.DATE: date, Kind.TRUTH: bool, Kind.TABLE: dict, Kind.WORD: str,
}  # fmt: skip


def mistake(key: Key, value: Any) -> str | None:
    """What is wrong with the value of a key, None where nothing is."""
    kind = key.kind
    if kind is Kind.NUMBER:
        return _number(value)
    if kind is Kind.NUMBERS:
        return _numbers(value)
    if kind not in _TYPES:
        return _list(key, value)
    if _kind(value) is not _TYPES[kind]:
        return f"expected {_wanted(key)}, found {found(value)}"
    if kind is Kind.TEXT and not value.strip():
        return "expected a string that is not empty"
    if kind is Kind.WORD and value not in key.words:
        return f"expected {_wanted(key)}, found {shown(value)}{nearest(value, key.words)}"
    return None


def _kind(value: Any) -> type:
    """Exactly: a date with a time of day is no date."""
    return type(value)


def _wanted(key: Key) -> str:
    return f"one of {', '.join(key.words)}" if key.kind is Kind.WORD else key.kind.value


def _number(value: Any) -> str | None:
    if value == NONE or _finite(value):
        return None
    return f"expected {Kind.NUMBER.value}, found {_there(value)}"


def _numbers(value: Any) -> str | None:
    if type(value) is not dict:
        return f"expected {Kind.NUMBERS.value}, found {found(value)}"
    for name, each in value.items():
        if type(each) is dict:
            return f"expected a number for {shown(name)}, found a table; quote a name with dots"
        if not _finite(each):
            return f"expected a number for {shown(name)}, found {_there(each)}"
    return None


def _finite(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def _there(value: Any) -> str:
    return str(value) if type(value) is float else found(value)


def _list(key: Key, value: Any) -> str | None:
    """A list of strings, of tables or of rows."""
    inner = {Kind.TABLES: dict, Kind.ROWS: list}.get(key.kind, str)
    if type(value) is not list:
        return f"expected {key.kind.value}, found {found(value)}"
    if inner is not str and not value:
        return f"expected {key.kind.value}, found an empty list"
    for each in value:
        if type(each) is not inner:
            return f"expected {key.kind.value}, found {found(each)} among them"
    if inner is str:
        twice = sorted({each for each in value if value.count(each) > 1})
        if twice:
            return f"{shown(twice[0])} is there twice"
    return None
