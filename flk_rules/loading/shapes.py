"""shapes of files.

What a ruleset's TOML may contain, as attrs classes; cattrs structures into them strictly.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import attrs
from attrs import frozen

from flk_rules.model.answers import Combine, Effect, Outcome
from flk_rules.model.rules import Assessing, Basis, Citation, Document, Force, Text


@frozen(kw_only=True)
class Header:
    """`[ruleset]`: which ruleset this is, from when, and what it rests on."""

    id: str
    version: str
    title: Text
    valid_from: date
    valid_to: date | None = None
    extends: str | None = None
    reading: Text | None = None


@frozen(kw_only=True)
class CodeEntry:
    """One code of a list."""

    id: str
    sv: str
    en: str
    kind: str | None = None


@frozen(kw_only=True)
class CodesEntry:
    """`[[codes]]`: a list of the codes that a fact or parameter may have."""

    list: str
    title: Text
    code: tuple[CodeEntry, ...]
    source: Citation | None = None


OutcomesEntry: Any = attrs.make_class(
    "OutcomesEntry",
    {
        each.value: attrs.field(default=None, type=Text | None)  # type: ignore[arg-type]
        for each in Outcome
    },
    frozen=True,
    kw_only=True,
)
"""`[question.outcomes]`: what outcomes are called where the usual words would not do."""


@frozen(kw_only=True)
class QuestionEntry:
    """`[[question]]`: what can be asked, of whom, and how rules combine."""

    id: str
    combine: Combine
    subjects: tuple[str, ...]
    title: Text
    scope: Text
    source: Citation
    outcomes: OutcomesEntry | None = None
    compares: str | None = None
    assessing: Assessing | None = None
    valid_from: date | None = None

    def words(self) -> dict[Outcome, Text]:
        """The outcomes that have words of their own."""
        named = ((each, getattr(self.outcomes, each.value, None)) for each in Outcome)
        return {each: text for each, text in named if text is not None}


@frozen(kw_only=True)
class Select:
    """The codes of a list, or those of one kind, as a parameter's value."""

    list: str
    kind: str | None = None


@frozen(kw_only=True)
class ParameterEntry:
    """`[[parameter]]`: a named value, and whether a source states it.

    `statement` is for a value that the catalogue says no source states; a source brings its own.
    """

    id: str
    type: str
    basis: Basis
    because: Text
    valid_from: date
    value: Any = None
    select: Select | None = None
    unit: str | None = None
    source: Citation | None = None
    statement: str | None = None
    reading: Text | None = None
    valid_to: date | None = None


@frozen(kw_only=True)
class DefinitionEntry:
    """`[[definition]]`: a condition with a name."""

    id: str
    when: str
    because: Text
    valid_from: date
    source: Citation | None = None
    valid_to: date | None = None


@frozen(kw_only=True)
class RuleEntry:
    """`[[rule]]`: a condition with an effect, and on whose authority."""

    id: str
    decides: str
    effect: Effect
    when: str
    force: Force
    source: Citation
    because: Text
    valid_from: date
    value: str | None = None
    see: str | None = None
    reading: Text | None = None
    valid_to: date | None = None


@frozen(kw_only=True)
class ReplaceEntry:
    """`[[replace]]`: another content for a rule of a lower layer.

    The content has its source, as any rule; `authority` and `reason` are those of the change.
    """

    rule: str
    authority: Citation
    reason: Text
    effect: Effect
    when: str
    force: Force
    source: Citation
    because: Text
    valid_from: date
    value: str | None = None
    see: str | None = None
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
