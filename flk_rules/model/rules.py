"""rules and rulesets.

A resolved ruleset: what holds on one date, every layer applied, nothing left to look up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from enum import Enum

from attrs import field, frozen

from flk_rules.model.answers import Combine, Effect, Outcome
from flk_rules.model.expressions import DefinitionRef, Expr, children
from flk_rules.model.schema import Schema
from flk_rules.model.values import Type, Value

LANGUAGES = ("sv", "en")


class Force(Enum):
    """Who may bind whom. Only law and contract can forbid."""

    LAW = "law"
    CONTRACT = "contract"
    GUIDANCE = "guidance"
    RECOMMENDATION = "recommendation"

    @property
    def binding(self) -> bool:
        return self in (Force.LAW, Force.CONTRACT)


STRONGEST_FIRST = tuple(Force)


class Basis(Enum):
    """Whether a number stands in a cited text or somebody has to answer for it."""

    SOURCE = "source"
    ASSUMPTION = "assumption"


@frozen(kw_only=True)
class Text:
    """One short text in each language of the library."""

    sv: str
    en: str

    def in_language(self, language: str) -> str:
        return self.sv if language == "sv" else self.en


@frozen(kw_only=True)
class Document:
    """A source document, cited by `id`."""

    id: str
    title: str
    publisher: str
    published: str


@frozen(kw_only=True)
class Citation:
    """Where a statement stands: document and section, note or page, and the provision of law that
    the document reports; `statement` is the catalogue's id."""

    document: str
    section: str
    statement: str
    note: str | None = None
    provision: str | None = None


@frozen(kw_only=True)
class Origin:
    """The ruleset and the place in its files that something came from."""

    ruleset: str
    place: str = field(eq=False)


@frozen(kw_only=True)
class Overlaid:
    """What an overlay did to a rule or parameter, by which ruleset, on whose authority.

    `before` is what stood there; it says nothing more of what holds, so it is in no comparison and
    no fingerprint.
    """

    action: str
    ruleset: str
    source: Citation
    because: Text
    before: Rule | Parameter | None = field(default=None, eq=False, repr=False)


@frozen(kw_only=True)
class Rule:
    """One statement of a source as a condition with an effect.

    `amount`, in text `formula`, is the number that a rule of a value question brings; `see` is the
    question that goes on where the rule ends.
    """

    id: str
    decides: str
    effect: Effect
    when: Expr
    condition: str
    force: Force
    source: Citation
    because: Text
    reading: Text | None
    valid_from: date
    valid_to: date | None
    origin: Origin
    amount: Expr | None = None
    formula: str | None = None
    see: str | None = None
    overlaid: tuple[Overlaid, ...] = ()


@frozen(kw_only=True)
class Parameter:
    """A named value; `basis` says whether a source states it. `statement` is the catalogue's where
    there is no source to cite."""

    id: str
    type: Type
    value: Value
    unit: str | None
    basis: Basis
    source: Citation | None
    because: Text
    reading: Text | None
    valid_from: date
    valid_to: date | None
    origin: Origin
    statement: str | None = None
    overlaid: tuple[Overlaid, ...] = ()


@frozen(kw_only=True)
class Definition:
    """A condition with a name of its own; it shows as one node in explanations."""

    id: str
    when: Expr
    condition: str
    because: Text
    source: Citation | None
    valid_from: date
    valid_to: date | None
    origin: Origin


@frozen(kw_only=True)
class Assessing:
    """How people assess what a question is about: what they assess, who does, against which list of
    codes, and with which function of the library."""

    what: Text
    by: Text
    source: Citation
    against: str | None = None
    tool: str | None = None


@frozen(kw_only=True)
class Question:
    """What a ruleset can be asked: whom it is about, how its rules combine, and how its outcomes
    are called where the usual words would not do.

    `compares` is the fact that the number of a value question is held against; `assessing` is how
    people assess the matter, where they do.
    """

    id: str
    combine: Combine
    subjects: tuple[str, ...]
    title: Text
    scope: Text
    outcomes: Mapping[Outcome, Text]
    source: Citation
    origin: Origin
    compares: str | None = None
    assessing: Assessing | None = None


@frozen(kw_only=True)
class Dormant:
    """A rule that holds on other days only, or, without an effect, a question that begins later.

    `days` are the first and last day of each version; None is no end.
    """

    id: str
    decides: str
    effect: Effect | None
    because: Text
    days: tuple[tuple[date, date | None], ...]


@frozen(kw_only=True)
class Layer:
    """One ruleset in the chain that was resolved, the lowest first."""

    id: str
    version: str


@frozen(kw_only=True)
class Ruleset:
    """Everything that holds on `on`. `rules` and the other tables are keyed by id; `disabled` says
    of each rule that a layer took away who did and why; `dormant` are the rules and questions of
    other days; `readings` are how the layers' own dates were read."""

    id: str
    version: str
    title: Text
    readings: tuple[Text, ...]
    on: date
    layers: tuple[Layer, ...]
    questions: Mapping[str, Question]
    rules: Mapping[str, Rule]
    parameters: Mapping[str, Parameter]
    definitions: Mapping[str, Definition]
    disabled: Mapping[str, Overlaid]
    documents: Mapping[str, Document]
    schema: Schema
    fingerprint: str
    dormant: tuple[Dormant, ...] = ()

    def rules_of(self, question: str) -> tuple[Rule, ...]:
        """The rules that decide `question`, in the order of their ids."""
        return tuple(rule for _, rule in sorted(self.rules.items()) if rule.decides == question)

    def nodes_of(self, condition: Expr) -> Iterator[Expr]:
        """Every node of a condition, and of each definition that it refers to once."""
        entered: set[str] = set()
        ahead = [condition]
        while ahead:
            node = ahead.pop()
            yield node
            ahead += children(node)
            if isinstance(node, DefinitionRef) and node.path not in entered:
                entered.add(node.path)
                ahead.append(self.definitions[node.path].when)
