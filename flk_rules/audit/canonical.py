"""canonical JSON.

One text for one value, as RFC 8785 has it, so that a hash of it means something. JSON numbers are
doubles: an integer that a double may not hold is written as text.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from flk_rules.errors import ExtraMissing

try:
    import rfc8785
except ImportError as error:
    raise ExtraMissing("flk_rules.audit", "audit") from error

SAFE = 2**53 - 1
"""The largest integer that is a number of canonical JSON, either sign."""
_ESCAPED_HALF = re.compile(rb"\\u[dD][89a-fA-F]")


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
    for a number that is none or that no double holds, for half a character, and for what nests
    too deep."""
    try:
        found = json.loads(
            text, object_pairs_hook=_once, parse_constant=_no_number, parse_float=_finite
        )
    except RecursionError:
        raise ValueError("it nests too deep") from None
    if _ESCAPED_HALF.search(text):
        try:
            json.dumps(found, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError:
            raise ValueError("half a character") from None
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:20]} is more than a double holds")
    return number


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number of JSON")
