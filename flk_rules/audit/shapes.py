"""shapes of receipts.

A receipt from outside is held against its schema. One from a record, which its digest vouches for,
is held against the schema's outline, which is some hundred times as quick.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files
from json import loads
from pathlib import Path
from typing import Any

from flk_rules.errors import ReceiptInvalid

FORMAT = "flk_rules/receipt/1"
RULES = "rules"
"""The key of the resolved rules that were read; a log leaves it out, for it keeps the ruleset."""

_TEXT = ("library", "time", "question", "on", "engine", "outcome")
_MAYBE = ("reference", "pseudonym_key", "reason", "force")
_LISTS = (
    "left_out", "not_known", "grounds", "defeated", "failed", "pivotal", "advice", "directions",
    "missing", "assumptions",
)  # fmt: skip


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of receipts."""
    path = Path(str(files("flk_rules"))) / "schemas" / "receipt-1.json"
    found: dict[str, Any] = loads(path.read_text(encoding="utf-8"))
    return found


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schema())


def check(content: Any, where: str) -> None:
    """Raise `ReceiptInvalid` for the first mistake that the schema finds."""
    from jsonschema.exceptions import best_match

    _check_format(content, where)
    error = best_match(_validator().iter_errors(content))
    if error is None:
        return
    path = ".".join(str(each)[:60] for each in error.absolute_path)
    reasons = {"required": "a key is missing", "additionalProperties": "a key is unknown"}
    reason = reasons.get(str(error.validator), "has a value that its format does not allow")
    raise ReceiptInvalid(f"{where}: {path}" if path else where, reason)


def check_outline(content: Any, where: str) -> None:
    """Raise `ReceiptInvalid` unless the content has the keys of a receipt without its rules, and
    those that the library reads have values of their kinds."""
    _check_format(content, where)
    if not isinstance(content, dict) or content.keys() != {*schema()["required"]}:
        raise ReceiptInvalid(where, "a key is missing or unknown")
    ruleset, firings, condition = content["ruleset"], content["firings"], content["condition"]
    fit = (
        all(type(content[each]) is str for each in _TEXT)
        and all(_texts(content[each]) for each in _LISTS)
        and _table(ruleset, "id", "version", "fingerprint", "layers")
        and all(type(ruleset[each]) is str for each in ("id", "version", "fingerprint"))
        and _table(firings, "true", "false", "unknown")
        and _texts(firings["true"])
        and _texts(firings["false"])
        and isinstance(firings["unknown"], dict)
        and isinstance(content["facts"], dict)
        and isinstance(content["subjects"], dict)
        and all(type(content[each]) in (str, type(None)) for each in _MAYBE)
        and _number(content["value"])
        and (condition is None or (isinstance(condition, list) and all(map(_branch, condition))))
    )
    if not fit or not _is_day(content["on"]):
        raise ReceiptInvalid(where, "has a value that its format does not allow")


def _check_format(content: Any, where: str) -> None:
    if isinstance(content, dict) and (found := content.get("format")) != FORMAT:
        reason = f"expected {FORMAT}, found {str(found)[:60]!r}; is it of a newer version?"
        raise ReceiptInvalid(f"{where}: format", reason)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(type(each) is str for each in value)


def _table(value: Any, *keys: str) -> bool:
    return isinstance(value, dict) and value.keys() == {*keys}


def _number(value: Any) -> bool:
    if isinstance(value, str):  # an integer that a double may not hold
        return value.removeprefix("-").isdecimal()
    return type(value) in (int, float, type(None))


def _branch(value: Any) -> bool:
    return isinstance(value, dict) and {"when", "outcome", "reason", "value"} <= value.keys()


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
