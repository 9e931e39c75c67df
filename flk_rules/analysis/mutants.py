"""mutants of rules.

Every small change of what a ruleset's own files say, each with its place and in words. The layers
below it have mutants of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from attrs import evolve, frozen

from flk_rules.analysis import sentences
from flk_rules.analysis.changes import Change, Redated, Refiled, Relabelled, Rewritten, Valued
from flk_rules.analysis.operators import Kinds, moved, other_codes, variants
from flk_rules.analysis.trees import walk
from flk_rules.deciding.reading import constant
from flk_rules.errors import NotInForce, RulesetInvalid
from flk_rules.loading.conditions import Checked
from flk_rules.loading.entries import Entries, Entry, LayerFiles
from flk_rules.loading.parameters import select, typed
from flk_rules.loading.resolving import examine, resolve
from flk_rules.model.answers import EFFECTS_OF, Effect
from flk_rules.model.expressions import Compare, Expr, FactRef, ParameterRef
from flk_rules.model.rules import STRONGEST_FIRST, Ruleset, Text
from flk_rules.model.schema import Schema
from flk_rules.model.values import Kind, Type, Value

_DAY = timedelta(days=1)


@frozen(kw_only=True)
class Mutant:
    """One change: its kind, the ruleset and the entry that it changes, the line that says it, what
    the entry is about, and the change in words and as it is made."""

    id: str
    kind: Kinds
    ruleset: str
    entry: str
    place: str
    because: Text
    what: Text
    change: Change

    def sentence(self, language: str) -> str:
        """``in “Specialist in geriatrics” (its id) “age is at least 65 years” were “...”``."""
        because, what = self.because.in_language(language), self.what.in_language(language)
        if language == "sv":
            return f"i ”{because}” ({self.entry}) {what}"
        return f"in “{because}” ({self.entry}) {what}"


def mutants(layers: Sequence[LayerFiles]) -> tuple[Mutant, ...]:
    """The mutants of the last layer, in the order of its files.

    Raises `RulesetInvalid` with all mistakes of all layers, `NotInForce` where there is no day on
    which the layers hold together.
    """
    found: list[Mutant] = []
    counts: dict[tuple[str, Kinds], int] = {}
    for each in _Maker(list(layers)).all():
        key = each.entry, each.kind
        counts[key] = counts.get(key, 0) + 1
        found.append(evolve(each, id=f"{each.entry}/{each.kind.value}/{counts[key]}"))
    return tuple(found)


def shown_day(layers: Sequence[LayerFiles], entries: Entries) -> Ruleset:
    """The ruleset on the last of the days on which something begins to hold, to take values and
    words from."""
    days = {each.item.valid_from for each in entries.dated}
    days |= {each.header.valid_from for each in layers}
    refused: NotInForce | RulesetInvalid | None = None
    for day in sorted(days, reverse=True):
        try:
            return resolve(list(layers), day)
        except (NotInForce, RulesetInvalid) as error:
            refused = refused or error
    assert refused is not None
    raise refused


class _Maker:
    """The mutants of the last of some layers."""

    def __init__(self, layers: list[LayerFiles]) -> None:
        self.layers, self.top = layers, layers[-1]
        self.entries, self.schema, self.checked = examine(layers)
        self.model = shown_day(layers, self.entries)
        self.questions = {each.item.id: each.item for each in self.entries.questions}
        self.decides = {each.item.id: each.item.decides for each in self.entries.rules}
        self.because = {each.item.id: each.item.because for each in self.entries.rules}
        self.because |= {each.item.id: each.item.because for each in self.entries.parameters}

    def all(self) -> Iterator[Mutant]:
        """Every mutant, without a number of its own yet."""
        yield from self.header()
        for entry in self.own(self.entries.questions):
            if entry.item.valid_from is not None:
                yield from self.dates(entry, entry.item.id, entry.item.title)
        for entry in self.own(self.entries.parameters):
            yield from self.values(entry, entry.item.id, entry.item)
        for entry in self.own(self.entries.definitions):
            yield from self.conditions(entry, entry.item.id)
            yield from self.dates(entry, entry.item.id, entry.item.because)
        for entry in self.own(self.entries.rules):
            yield from self.rule(entry, entry.item.id)
        for entry in self.own(self.entries.replaces):
            yield from self.rule(entry, entry.item.rule)
        for action, entry in self.entries.rule_overlays:
            if entry.layer == len(self.layers) - 1:
                yield self.gone(entry, action, entry.item.rule)
                if action != "replace":
                    because = self.because.get(entry.item.rule, entry.item.because)
                    yield from self.dates(entry, entry.item.rule, because)
        for setting in self.own(self.entries.sets):
            name = setting.item.parameter
            below = next(e.item for e in self.entries.parameters if e.item.id == name)
            yield from self.values(setting, name, below)
            yield self.gone(setting, "set", name)

    def own(self, some: Sequence[Entry[Any]]) -> Iterator[Entry[Any]]:
        """The entries of the last layer."""
        return (each for each in some if each.layer == len(self.layers) - 1)

    def made(
        self, kind: Kinds, entry: Entry[Any], name: str, because: Text, what: Text, key: str,
        change: Change,
    ) -> Mutant:  # fmt: skip
        return Mutant(
            id="", kind=kind, ruleset=self.top.header.id, entry=name, place=entry.at(key),
            because=because, what=what, change=change,
        )  # fmt: skip

    def rule(self, entry: Entry[Any], name: str) -> Iterator[Mutant]:
        """A rule or what replaces one."""
        yield from self.conditions(entry, name)
        yield from self.labels(entry, name)
        yield from self.dates(entry, name, entry.item.because)

    def conditions(self, entry: Entry[Any], name: str) -> Iterator[Mutant]:
        place = entry.origin.place
        for each in variants(self.checked.trees[place], self.schema):
            what = sentences.of_variant(each, self.model)
            yield self.made(
                each.kind, entry, name, entry.item.because, what, "when", Rewritten(place, each)
            )

    def labels(self, entry: Entry[Any], name: str) -> Iterator[Mutant]:
        item, place = entry.item, entry.origin.place
        at = STRONGEST_FIRST.index(item.force)
        for force in STRONGEST_FIRST[max(0, at - 1) : at + 2]:
            if force is not item.force and (force.binding or item.effect is not Effect.FORBID):
                what = sentences.of_force(item.force, force)
                change = Relabelled(place, force=force)
                yield self.made(Kinds.FORCE, entry, name, item.because, what, "force", change)
        for effect in EFFECTS_OF[self.questions[self.decides[name]].combine]:
            fits = effect is not Effect.FORBID or item.force.binding
            # A number stays a number or becomes a mark; a factor has another meaning than either.
            if effect is Effect.VALUE or (item.value is not None and effect is Effect.GROUND):
                fits = False
            if fits and effect is not item.effect:
                what = sentences.of_effect(item.effect, effect)
                change = Relabelled(place, effect=effect)
                yield self.made(Kinds.EFFECT, entry, name, item.because, what, "effect", change)

    def dates(self, entry: Entry[Any], name: str, because: Text) -> Iterator[Mutant]:
        for key in ("valid_from", "valid_to"):
            was: date | None = getattr(entry.item, key, None)
            if was is None:
                continue
            for becomes in (was - _DAY, was + _DAY):
                item = evolve(entry.item, **{key: becomes})
                if getattr(item, "valid_to", None) and item.valid_to < item.valid_from:
                    continue
                change = self.refiled(entry, item, (_between(key, was, becomes),))
                what = sentences.of_date(key, was, becomes)
                yield self.made(Kinds.DATE, entry, name, because, what, key, change)

    def refiled(
        self, entry: Entry[Any], item: Any, days: tuple[date, ...] | None = None
    ) -> Refiled:
        """The entry with another item."""
        table, _, number = entry.path.partition("[")
        return Refiled(
            self.top.header.id, entry.file.path, table, int(number.rstrip("]")), item, days
        )

    def gone(self, entry: Entry[Any], action: str, name: str) -> Mutant:
        """A change of a lower layer that is not made."""
        because = self.because.get(name, entry.item.because)
        what = sentences.of_overlay(action, name)
        key = "parameter" if action == "set" else "rule"
        return self.made(Kinds.OVERLAY, entry, name, because, what, key, self.refiled(entry, None))

    def header(self) -> Iterator[Mutant]:
        """The layer's own days."""
        header: Any = self.top.header
        for key in ("valid_from", "valid_to"):
            was: date | None = getattr(header, key)
            if was is None:
                continue
            for becomes in (was - _DAY, was + _DAY):
                moved_ = evolve(header, **{key: becomes})
                day = _between(key, was, becomes)
                if moved_.valid_to is not None and moved_.valid_to < moved_.valid_from:
                    continue
                yield Mutant(
                    id="", kind=Kinds.DATE, ruleset=header.id, entry=header.id,
                    place=self.top.at(key), because=header.title,
                    what=sentences.of_date(key, was, becomes),
                    change=Redated(header.id, moved_, (day,)),
                )  # fmt: skip

    def values(self, entry: Entry[Any], name: str, declared: Any) -> Iterator[Mutant]:
        """A parameter's value, declared or set."""
        type_ = self.checked.parameter_types[name]
        selected = getattr(entry.item, "select", None)
        was = select(self.schema, entry.item) if selected else typed(entry.item.value)
        key = "select" if selected else "value"
        others = (
            _other_kinds(selected, was, self.schema)
            if selected
            else self.other_values(name, was, type_)
        )
        for value in others:
            what = sentences.of_value(was, value, type_.codes, declared.unit, self.model)
            change = Valued(entry.origin.place, value)
            kind = Kinds.CODE if type_.codes else Kinds.PARAMETER
            yield self.made(kind, entry, name, declared.because, what, key, change)
        yield from self.dates(entry, name, declared.because)

    def other_values(self, name: str, was: Value, type_: Type) -> Iterator[Value]:
        if isinstance(was, bool):
            yield not was
        elif isinstance(was, (int, float)):
            scale = max((_scales(name, self.checked, self.schema)), default=0)
            for shift in (1, -1):
                yield moved(was, shift, scale)
        else:
            assert type_.codes is not None
            yield from other_codes(was, sorted(self.schema.codes_of(type_.codes)))


def _between(key: str, was: date, becomes: date) -> date:
    """The one day on which a first or last day beside the right one makes a difference."""
    return min(was, becomes) if key == "valid_from" else max(was, becomes)


def _other_kinds(selected: Any, was: Value, schema: Schema) -> Iterator[Value]:
    """All codes of another kind of the list that is selected from."""
    codes = schema.codes_of(selected.list).values()
    for kind in sorted({code.kind for code in codes if code.kind}):
        value = frozenset(code.id for code in codes if code.kind == kind)
        if value != was:
            yield value


def _scales(name: str, checked: Checked, schema: Schema) -> Iterator[int]:
    """The decimals of the facts that a parameter is compared with."""
    for tree in checked.trees.values():
        for _, node in walk(tree):
            match node:
                case Compare(left=left, right=right):
                    if any(_names(each, name) for each in (left, right) if constant(each)):
                        yield from _decimals(left, schema)
                        yield from _decimals(right, schema)


def _names(node: Expr, name: str) -> bool:
    return isinstance(node, ParameterRef) and node.path == name


def _decimals(node: Expr, schema: Schema) -> Iterator[int]:
    for _, each in walk(node):
        if isinstance(each, FactRef) and each.type.kind is Kind.DOUBLE:
            yield schema.facts[each.path].scale
