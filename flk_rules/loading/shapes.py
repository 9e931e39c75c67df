"""shapes of files.

What a ruleset's TOML may contain, as attrs classes; cattrs structures into them strictly.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from attrs import frozen

from flk_rules.model.rules import Basis, Citation, Combine, Document, Effect, Force, Text


@frozen(kw_only=True)
class Header:
    id: str
    version: str
    title: Text
    valid_from: date
    valid_to: date | None = None
    extends: str | None = None
    reading: Text | None = None


@frozen(kw_only=True)
class CodeEntry:
    id: str
    sv: str
    en: str
    kind: str | None = None


@frozen(kw_only=True)
class CodesEntry:
    list: str
    title: Text
    code: tuple[CodeEntry, ...]
    source: Citation | None = None


@frozen(kw_only=True)
class QuestionEntry:
    id: str
    combine: Combine
    subjects: tuple[str, ...]
    title: Text
    scope: Text
    source: Citation


@frozen(kw_only=True)
class Select:
    """The codes of a list, or those of one kind, as a parameter's value."""

    list: str
    kind: str | None = None


@frozen(kw_only=True)
class ParameterEntry:
    id: str
    type: str
    basis: Basis
    because: Text
    valid_from: date
    value: Any = None
    select: Select | None = None
    unit: str | None = None
    source: Citation | None = None
    reading: Text | None = None
    valid_to: date | None = None


@frozen(kw_only=True)
class DefinitionEntry:
    id: str
    when: str
    because: Text
    valid_from: date
    source: Citation | None = None
    valid_to: date | None = None


@frozen(kw_only=True)
class RuleEntry:
    id: str
    decides: str
    effect: Effect
    when: str
    force: Force
    source: Citation
    because: Text
    valid_from: date
    reading: Text | None = None
    valid_to: date | None = None


@frozen(kw_only=True)
class ReplaceEntry:
    rule: str
    effect: Effect
    when: str
    force: Force
    source: Citation
    because: Text
    valid_from: date
    reading: Text | None = None
    valid_to: date | None = None


@frozen(kw_only=True)
class OverlayEntry:
    """`[[disable]]` or `[[demote]]`: a rule by id, on whose authority, and why."""

    rule: str
    source: Citation
    because: Text
    valid_from: date
    valid_to: date | None = None


@frozen(kw_only=True)
class SetEntry:
    """`[[set]]`: another value for a parameter of a lower layer, and on whose authority.

    A source is asked for whatever the basis is: an assumption has somebody who makes it.
    """

    parameter: str
    value: Any
    basis: Basis
    source: Citation
    because: Text
    valid_from: date
    reading: Text | None = None
    valid_to: date | None = None


TABLES: Mapping[str, type] = {
    "document": Document,
    "codes": CodesEntry,
    "question": QuestionEntry,
    "parameter": ParameterEntry,
    "definition": DefinitionEntry,
    "rule": RuleEntry,
    "replace": ReplaceEntry,
    "disable": OverlayEntry,
    "demote": OverlayEntry,
    "set": SetEntry,
}
"""What a file may hold beside `[ruleset]`: lists of tables by name. The tables of all files of a
folder make the ruleset."""
