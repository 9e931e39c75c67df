"""three-valued values.

A condition's value is a Python value or `Unknown`. Unknown is no error: it says that facts are
missing (or an arithmetic operation has no value) and which, so that a decision can ask for them.
"""

from __future__ import annotations

from enum import Enum

from attrs import frozen


class Kind(Enum):
    """The kinds of value in the condition language; named as CEL names them."""

    BOOL = "bool"
    INT = "int"
    DOUBLE = "double"
    STRING = "string"
    LIST = "list"


@frozen
class Type:
    """The static type of an expression or fact.

    `codes` names the code list that a STRING, or the items of a LIST, must come from; `item` is
    the kind of a LIST's items (None for the empty list literal, which fits any list).
    """

    kind: Kind
    codes: str | None = None
    item: Kind | None = None

    @property
    def numeric(self) -> bool:
        return self.kind in (Kind.INT, Kind.DOUBLE)

    def __str__(self) -> str:
        kind = self.item if self.kind is Kind.LIST else self.kind
        name = f"code of {self.codes}" if self.codes else kind.value if kind else "anything"
        return f"list of {name}" if self.kind is Kind.LIST else name


BOOL, INT, DOUBLE = Type(Kind.BOOL), Type(Kind.INT), Type(Kind.DOUBLE)


@frozen
class Unknown:
    """No value: the facts in `missing` are not known, or `error` says why there is none."""

    missing: frozenset[str] = frozenset()
    error: str | None = None


Scalar = bool | int | float | str
Value = Scalar | tuple[Scalar, ...] | frozenset[str]
Outcome3 = Value | Unknown
