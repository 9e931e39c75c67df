"""cases and differences.

A case as it is decided, with its names resolved, and what sets a decision apart from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from attrs import frozen

from flk_rules.facts import Facts

LISTED = (tuple, Mapping)
"""Types of what has parts: a list, or numbers by rule."""


@frozen(kw_only=True)
class Failure:
    """A failure that a case expects: its kind, the facts at fault, pieces of its message.

    `at` and `says` are None where the case does not say; see `flk_rules.cases.keys.FAILURES`.
    """

    kind: str
    at: tuple[str, ...] | None = None
    says: tuple[str, ...] | None = None


@frozen(kw_only=True)
class Case:
    """Facts in, a decision or a failure out.

    name: unique in its file. ruleset, path, on: what `flk_rules.load` takes. subjects: as
    `Ruleset.decide` takes them, None where one is left out. facts: the same as rules see them,
    None where a failure is expected. expected: by key of `EXPECTATIONS`, what is stated and
    nothing else; lists are sorted tuples, rules have their whole ids, `marks` maps them to numbers,
    None is "none".
    """

    name: str
    file: Path
    line: int
    ruleset: str
    question: str
    on: date
    path: tuple[Path, ...]
    subjects: Mapping[str, Any]
    facts: Facts | None
    expected: Mapping[str, Any]
    failure: Failure | None = None
    why: str | None = None

    @property
    def place(self) -> str:
        """``file:line``"""
        return f"{self.file}:{self.line}"


@frozen(kw_only=True)
class Difference:
    """One thing that a decision says otherwise than its case.

    Lists are sorted tuples, numbers by rule a mapping; None is nothing at all, such as no force.
    """

    key: str
    expected: Any
    found: Any

    @property
    def lacking(self) -> tuple[str, ...]:
        """Of a list, what was expected and is not there."""
        return _less(self.expected, self.found)

    @property
    def surplus(self) -> tuple[str, ...]:
        """Of a list, what is there and was not expected."""
        return _less(self.found, self.expected)

    def __str__(self) -> str:
        return f"{self.key}: expected {written(self.expected)}, found {written(self.found)}"


def _less(these: Any, those: Any) -> tuple[str, ...]:
    if not (isinstance(these, LISTED) and isinstance(those, LISTED)):
        return ()
    others = parts(those)
    return tuple(each for each in parts(these) if each not in others)


def parts(value: Iterable[str]) -> tuple[str, ...]:
    """The parts of a list; of numbers by rule ``RULE = NUMBER``."""
    if isinstance(value, Mapping):
        return tuple(f"{name} = {value[name]}" for name in sorted(value))
    return tuple(value)


def written(value: Any) -> str:
    """A value as a message shows it: rules by their last word, nothing as ``none``."""
    if value is None or value == () or value == {}:
        return "none"
    if isinstance(value, LISTED):
        return ", ".join(parts(value))
    return str(value)
