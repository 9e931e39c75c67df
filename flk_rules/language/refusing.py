"""refusals in words.

How the parser says no: where, what it expected in the words of a reader and not of the grammar,
and what CEL has that the profile lacks.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NoReturn

from flk_rules.errors import ExpressionInvalid, Problem, shown
from flk_rules.model.expressions import Place

_SURROGATE = re.compile("[\ud800-\udfff]")
_CLOSERS = {
    "RPAR": "')'", "RSQB": "']'", "RBRACE": "'}'", "COMMA": "','", "COLON": "':'",
    "$END": "the end",
}  # fmt: skip
_UNCLOSED = "the string does not end on its line"
_STRAY = {
    "'": _UNCLOSED,
    '"': _UNCLOSED,
    "`": "outside the profile: names in backquotes",
    "=": "no part of the language starts with '='; equality is ==",
    "&": "no part of the language starts with '&'; and is &&",
    "|": "no part of the language starts with '|'; or is ||",
}


def refuse(place: Place, message: str) -> NoReturn:
    """Refuse a condition for one mistake."""
    raise ExpressionInvalid([Problem(str(place), message)]) from None


def outside(place: Place, what: str, instead: str = "") -> NoReturn:
    """Refuse what CEL has and the profile lacks."""
    hint = f"; {instead}" if instead else ""
    refuse(place, f"outside the profile: {what}{hint}")


def refuse_surrogates(text: str) -> None:
    """Half a character: no file holds one, and no escape may write one."""
    if half := _SURROGATE.search(text):
        refuse(end_of(text[: half.start()]), f"{shown(half.group())} is no character")


def end_of(text: str) -> Place:
    """The place just after a text."""
    lines = text.split("\n")
    return Place(len(lines), len(lines[-1]) + 1)


def stray(character: str) -> str:
    """What is wrong with a character that starts no token."""
    return _STRAY.get(character, f"no part of the language starts with {shown(character)}")


def expected(terminals: Collection[str]) -> str:
    """What may stand where one of the grammar's `terminals` may."""
    words: list[str] = []
    if "INT" in terminals:
        # CEL lets ! repeat and - repeat, but does not mix them.
        signs = "NOT" in terminals and "MINUS" in terminals
        words.append("a value" if signs else "a value without a sign")
    elif "RELOP" in terminals:
        words.append("an operator")
    elif "IDENT" in terminals:
        words.append("a name")
    words += [word for name, word in _CLOSERS.items() if name in terminals]
    return " or ".join(words)
