"""columns that come out.

The declared schema of a decided table, in the order of its columns, whatever the database.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from attrs import frozen

from flk_rules.errors import UnknownName
from flk_rules.model.answers import Combine
from flk_rules.model.rules import Ruleset

LISTS = ("grounds", "defeated", "failed", "unknown", "advice", "directions")
"""Lists of rule ids, as a verdict has them."""
OUTPUTS = ("outcome", "reason", "force", "value", *LISTS, "missing", "assumptions")
"""What can be asked for of each row."""
TEXT, NUMBER, TEXTS, TRUTH, COUNT = "text", "double", "list of texts", "bool", "int"


_SIZE = re.compile(r"[1-9][0-9]{0,5}(\.[0-9]{1,3})? ?[KMGT]i?B", re.IGNORECASE)


def is_size(text: str) -> bool:
    """Whether a text is an amount of memory, such as ``4GB``."""
    return isinstance(text, str) and _SIZE.fullmatch(text) is not None


@frozen
class Output:
    """A column that comes out: its name, its type, and whether it may be empty."""

    name: str
    type: str
    nullable: bool


def outputs_of(
    ruleset: Ruleset, question: str, references: Iterable[str], wanted: Iterable[str] | None
) -> tuple[Output, ...]:
    """The columns: the rows' own references, the outcome, then what is wanted, by default all that
    the question can have. Raises `UnknownName` for one that is none of `OUTPUTS`."""
    names = OUTPUTS if wanted is None else ("outcome", *wanted)
    for each in names:
        if each not in OUTPUTS:
            raise UnknownName("column of decisions", each, OUTPUTS)
    combine = ruleset.questions[question].combine
    left = set() if combine is Combine.VALUE else {"value", "directions"}
    if combine is not Combine.FORBID_OVERRIDES:
        left |= {"reason", "defeated"}
    chosen = [each for each in OUTPUTS if each in names and (wanted or each not in left)]
    kept = [Output(each, TEXT, nullable=True) for each in references]
    return (*kept, *(Output(each, _type(each), each in _NULLABLE) for each in chosen))


_NULLABLE = ("reason", "force", "value")


def _type(name: str) -> str:
    if name == "value":
        return NUMBER
    return TEXTS if name in (*LISTS, "missing", "assumptions") else TEXT
