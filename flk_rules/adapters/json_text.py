"""json in our words.

Parses JSON, keeps note of keys that stand twice, and says in the words of this library what is
no JSON.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

from flk_rules.errors import shown

_MANY_DIGITS = re.compile(r"[0-9]{4301}")
# What Python says, in our words: its first words, and what was expected there.
_SYNTAX = (
    ("Expecting property name", "expected a key in double quotes"),
    ("Expecting ':'", "expected : after the key"),
    ("Expecting ','", "expected , or the end of the list or object"),
    ("Expecting value", "expected a value"),
    ("Extra data", "expected nothing more after the value"),
    ("Unterminated string", "expected the quote that ends the string"),
    ("Invalid control character", "expected \\n or \\t for a line break or tab in a string"),
    ("Invalid \\escape", "expected \\\\ for a backslash in a string"),
    ("Invalid \\u", "expected four digits of a character after \\u"),
    ("Illegal trailing comma", "expected no comma before the end of a list or object"),
)


class Object(dict[str, Any]):
    """A JSON object and the keys that it had more than once."""

    doubled: tuple[str, ...] = ()


class NotJson(Exception):
    """Text that is no JSON: the line, and what is wrong there."""

    def __init__(self, line: int, reason: str) -> None:
        self.line, self.reason = line, f"not JSON we read: {reason}"


def parse_json(text: str) -> Any:
    """The JSON value. Numbers that are none (NaN, 1e999) are left for intake, which has a place
    for its message. Raises `NotJson`."""
    try:
        return json.loads(text, object_pairs_hook=_members)
    except json.JSONDecodeError as error:
        words = next((ours for theirs, ours in _SYNTAX if error.msg.startswith(theirs)), None)
        rest = text[error.pos : error.pos + 60].split("\n")[0].strip()
        end = "the end of the line" if text[error.pos :].strip() else "the end"
        there = shown(rest, 40) if rest else end
        reason = f"column {error.colno}: {words or 'expected JSON'}, found {there}"
        raise NotJson(error.lineno, reason) from None
    except RecursionError:
        raise NotJson(1, "values nest too deep") from None
    except ValueError:
        # Python refuses to read so long an integer, and does not say where it stands.
        at = _MANY_DIGITS.search(text)
        line = text.count("\n", 0, at.start()) + 1 if at else 1
        raise NotJson(line, "a number has too many digits") from None


def _members(pairs: list[tuple[str, Any]]) -> Object:
    read = Object(pairs)
    if len(read) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        read.doubled = tuple(key for key, count in counts.items() if count > 1)
    return read
