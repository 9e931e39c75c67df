"""content fingerprint.

SHA-256 over everything of a resolved ruleset that can change an answer: conditions in canonical
text, effects, forces, sources, wordings, values, dates, codes and the facts they rest on. Not in
it: formatting, file names and lines, the order of entries, the date it was resolved for, and what
holds on other days only.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any

import attrs

from flk_rules.model.rules import Ruleset

_LEFT_OUT = {"on", "fingerprint", "when", "amount", "place", "derived", "dormant", "before"}


def fingerprint(ruleset: Ruleset) -> str:
    """``sha256:`` and 64 hexadecimal digits."""
    return fingerprint_of(document(ruleset))


def fingerprint_of(written: bytes) -> str:
    """The fingerprint of the ruleset whose `document` this is."""
    return f"sha256:{hashlib.sha256(written).hexdigest()}"


def document(ruleset: Ruleset) -> bytes:
    """The ruleset as the text that its fingerprint is taken of; `archive.restore` reads it."""
    text = json.dumps(plain(ruleset), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8")


def plain(value: Any) -> Any:
    """JSON values only; sets sorted, enums by value, attrs classes by field."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return {plain(key): plain(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    if attrs.has(type(value)):
        return {
            each.name: plain(getattr(value, each.name))
            for each in attrs.fields(type(value))
            if each.name not in _LEFT_OUT
        }
    return value
