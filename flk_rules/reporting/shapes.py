"""what pages show.

A receipt taken apart into what a template lays out: words in one language, and names of kinds that
the style sheet knows. Nothing here is HTML.
"""

from __future__ import annotations

from attrs import frozen

from flk_rules.audit import Receipt

TRUTHS = {True: "true", False: "false", None: "open"}
"""The truth of a rule or condition as templates name it."""


@frozen(kw_only=True)
class Shown:
    """A receipt to show, and the number of its record where that is known; `vouched` where it was
    read from its log, whose chain holds as far as there."""

    receipt: Receipt
    position: int | None = None
    vouched: bool = False


@frozen(kw_only=True)
class Read:
    """A fact or parameter that a condition read: what it is called, its name and value.

    kind: fact, open (a fact not known or left out), source or assumption (of a parameter);
    cite: the source of a parameter, with `notes` on how it was read and who set it.
    """

    kind: str
    label: str
    name: str
    value: str
    cite: str | None = None
    notes: tuple[str, ...] = ()


@frozen(kw_only=True)
class Node:
    """A part of a condition with its truth: ``all``, ``any``, ``not``, ``choice``, ``definition``
    or ``atom``; `words` say it, `code` is it in the condition language."""

    kind: str
    truth: str
    words: str
    code: str
    cite: str | None = None
    reads: tuple[Read, ...] = ()
    parts: tuple[Node, ...] = ()


@frozen(kw_only=True)
class RuleView:
    """A rule with its source, its condition as a tree and what was done to it."""

    anchor: str
    id: str
    truth: str
    effect: str
    force: str
    force_kind: str
    because: str
    amount: str | None
    cite: str
    title: str
    validity: str
    ruleset: str
    condition: str
    formula: str | None
    notes: tuple[str, ...]
    missing: tuple[str, ...]
    tree: Node
    formula_reads: tuple[Read, ...]


@frozen(kw_only=True)
class Section:
    """Rules under one heading; `unfolded` where they are why the answer is what it is."""

    key: str
    heading: str
    rules: tuple[RuleView, ...]
    unfolded: bool


@frozen(kw_only=True)
class Side:
    """One side of an answer that depends on a subject left out."""

    outcome: str
    tone: str
    reason: str | None
    force: str | None
    force_kind: str | None
    words: str
    code: str
    grounds: tuple[RuleView, ...]
    advice: tuple[RuleView, ...]
    missing: tuple[Read, ...]


@frozen(kw_only=True)
class Again:
    """What deciding again comes to: same, other (with path, receipt's value and the rules'), or
    failed (with why)."""

    kind: str
    differences: tuple[tuple[str, str, str], ...] = ()
    failure: str | None = None


@frozen(kw_only=True)
class Pair:
    """A name with what is said of it; `code` where that is an identifier."""

    name: str
    text: str
    code: bool = False


@frozen(kw_only=True)
class ReceiptView:
    """A whole receipt."""

    anchor: str
    title: str
    scope: str
    outcome: str
    tone: str
    number: str | None
    reason: str | None
    force: str | None
    force_kind: str | None
    why: tuple[str, ...]
    on: str
    time: str
    reference: str | None
    ruleset: str
    position: int | None
    left_out: tuple[str, ...]
    missing: tuple[Read, ...]
    assumptions: tuple[Read, ...]
    condition: tuple[Side, ...]
    figures: tuple[str, ...]
    sections: tuple[Section, ...]
    advice: tuple[RuleView, ...]
    tried: tuple[RuleView, ...]
    disabled: tuple[Pair, ...]
    readings: tuple[str, ...]
    facts: tuple[tuple[str, tuple[Read, ...]], ...]
    documents: tuple[tuple[str, str, str, str], ...]
    about: tuple[Pair, ...]
    again: Again
    vouched: bool


@frozen(kw_only=True)
class Row:
    """A row of counts: what was counted, where it belongs, how often, and as a share of all."""

    label: str
    detail: str
    number: int
    share: float
    tone: str = "plain"


@frozen(kw_only=True)
class Table:
    """Counts of one thing, the most frequent first; `more` rows are not shown."""

    key: str
    heading: str
    rows: tuple[Row, ...]
    more: int = 0
