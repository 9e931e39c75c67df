"""canonical JSON.

One text for one value, as RFC 8785 has it, so that a hash of it means something. JSON numbers are
doubles: an integer that a double may not hold is written as text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import rfc8785

SAFE = 2**53 - 1
"""The largest integer that is a number of canonical JSON, either sign."""
MAX_DEPTH = 100
"""Levels a value may nest where it is read."""


def canonical(value: Any) -> bytes:
    """The canonical text of JSON values, in UTF-8."""
    return rfc8785.dumps(within(value))


def within(value: Any) -> Any:
    """The value with integers beyond `SAFE` as decimal text."""
    if type(value) is int:
        return value if -SAFE <= value <= SAFE else str(value)
    if isinstance(value, Mapping):
        return {key: within(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [within(each) for each in value]
    return value


def parsed(text: bytes) -> Any:
    """What the JSON text says; raises ValueError for what is none, for a key that stands twice,
    for a number that is none, and for what nests deeper than `MAX_DEPTH`."""
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("it nests too deep") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number of JSON")
