"""facts in layers.

Shared facts with a case's own in their place: nested tables, and facts by their dotted names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flk_rules.errors import nearest


class NotThere(KeyError):
    """A fact was to be taken away that was not given."""

    def __init__(self, name: str, hint: str) -> None:
        self.name, self.hint = name, hint
        super().__init__(name, hint)

    def __str__(self) -> str:
        return f"no fact {self.name!r} is given that could be taken away{self.hint}"


def merged(facts: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """`facts` with `more` in its place, tables merged; neither is changed or shared."""
    found = {key: merged(each, {}) if type(each) is dict else each for key, each in facts.items()}
    for key, value in more.items():
        inner = found.get(key)
        if type(value) is dict:
            found[key] = merged(inner if type(inner) is dict else {}, value)
        else:
            found[key] = value
    return found


def take(facts: dict[str, Any], name: str) -> None:
    """Take a fact, or a table of them, away by its dotted name; raises `NotThere`."""
    *around, last = name.split(".")
    table: Any = facts
    for each in around:
        table = table.get(each) if type(table) is dict else None
    if type(table) is not dict or last not in table:
        raise NotThere(name, nearest(name, names(facts)))
    del table[last]


def put(facts: dict[str, Any], name: str, value: Any) -> None:
    """Give a fact by its dotted name; None takes it away."""
    *around, last = name.split(".")
    table = facts
    for each in around:
        inner = table.get(each)
        if type(inner) is not dict:
            inner = table[each] = {}
        table = inner
    if value is None:
        table.pop(last, None)
    else:
        table[last] = value


def names(facts: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """The dotted names of all facts."""
    for key, value in facts.items():
        if type(value) is dict:
            yield from names(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"
