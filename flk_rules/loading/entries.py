"""entries with places.

The tables of all files of all layers in one list each, every entry with the place it came from,
and the checks that need no condition: ids, dates, citations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import combinations
from typing import Any, Generic, TypeVar

from attrs import field, frozen

from flk_rules.errors import Problem, nearest
from flk_rules.loading.files import SourceFile
from flk_rules.loading.shapes import (
    CodesEntry,
    DefinitionEntry,
    Header,
    OverlayEntry,
    ParameterEntry,
    QuestionEntry,
    ReplaceEntry,
    RuleEntry,
    SetEntry,
)
from flk_rules.model.rules import Citation, Document, Origin

T = TypeVar("T")


@frozen
class LayerFiles:
    """One ruleset's folder, read."""

    header: Header
    place: str
    files: tuple[SourceFile, ...]


@frozen
class Entry(Generic[T]):
    """An item of a file, which layer of the chain it belongs to, and where it stands."""

    item: T
    layer: int
    origin: Origin

    def at(self, key: str) -> str:
        """The place of one key of the entry."""
        return f"{self.origin.place}.{key}"


@frozen(kw_only=True)
class Entries:
    """Everything that a chain of layers says, lowest layer first."""

    layers: tuple[LayerFiles, ...]
    documents: list[Entry[Document]] = field(factory=list)
    codes: list[Entry[CodesEntry]] = field(factory=list)
    questions: list[Entry[QuestionEntry]] = field(factory=list)
    parameters: list[Entry[ParameterEntry]] = field(factory=list)
    definitions: list[Entry[DefinitionEntry]] = field(factory=list)
    rules: list[Entry[RuleEntry]] = field(factory=list)
    replaces: list[Entry[ReplaceEntry]] = field(factory=list)
    disables: list[Entry[OverlayEntry]] = field(factory=list)
    demotes: list[Entry[OverlayEntry]] = field(factory=list)
    sets: list[Entry[SetEntry]] = field(factory=list)

    @property
    def rule_overlays(self) -> Iterator[tuple[str, Entry[Any]]]:
        """Every overlay of a rule with its action's name."""
        for action, entries in (
            ("replace", self.replaces),
            ("disable", self.disables),
            ("demote", self.demotes),
        ):
            for entry in entries:
                yield action, entry


def collect(layers: Sequence[LayerFiles]) -> Entries:
    """All entries of the layers with their places."""
    entries = Entries(layers=tuple(layers))
    tables: tuple[tuple[str, list[Any]], ...] = (
        ("document", entries.documents),
        ("codes", entries.codes),
        ("question", entries.questions),
        ("parameter", entries.parameters),
        ("definition", entries.definitions),
        ("rule", entries.rules),
        ("replace", entries.replaces),
        ("disable", entries.disables),
        ("demote", entries.demotes),
        ("set", entries.sets),
    )
    for number, layer in enumerate(layers):
        for file in layer.files:
            for name, into in tables:
                for index, item in enumerate(getattr(file.content, name)):
                    place = file.place(f"{name}[{index}]")
                    into.append(Entry(item, number, Origin(ruleset=layer.header.id, place=place)))
    return entries


def live(item: Any, on: date) -> bool:
    """Is the entry in force on the date? Both ends belong to its validity."""
    return item.valid_from <= on and (item.valid_to is None or on <= item.valid_to)


def overlap(one: Any, two: Any) -> bool:
    """Do two validities share a day?"""
    return (one.valid_to is None or two.valid_from <= one.valid_to) and (
        two.valid_to is None or one.valid_from <= two.valid_to
    )


def check_entries(entries: Entries) -> list[Problem]:
    """Ids twice, validities that overlap or end before they start, citations of unknown documents,
    rules named outside their ruleset."""
    problems: list[Problem] = []
    for what, unique in (
        ("document", entries.documents),
        ("question", entries.questions),
    ):
        problems += _twice(what, unique, lambda one, two: True)
    problems += _twice("code list", entries.codes, lambda one, two: True, key="list")
    for codes in entries.codes:
        seen: set[str] = set()
        for code in codes.item.code:
            if code.id in seen:
                problems.append(Problem(codes.at("code"), f"the code {code.id!r} is there twice"))
            seen.add(code.id)
    dated: tuple[tuple[str, list[Entry[Any]]], ...] = (
        ("parameter", list(entries.parameters)),
        ("definition", list(entries.definitions)),
        ("rule", list(entries.rules)),
    )
    for what, versions in dated:
        problems += _twice(what, versions, overlap)
    overlays = [entry for _, entry in entries.rule_overlays] + list(entries.sets)
    everything: list[Entry[Any]] = [e for _, versions in dated for e in versions] + overlays
    for entry in everything:
        if entry.item.valid_to is not None and entry.item.valid_to < entry.item.valid_from:
            problems.append(
                Problem(
                    entry.at("valid_to"),
                    f"ends {entry.item.valid_to}, before it starts {entry.item.valid_from}",
                )
            )
    for rule in entries.rules:
        if not rule.item.id.startswith(f"{rule.origin.ruleset}."):
            problems.append(
                Problem(
                    rule.at("id"),
                    f"a rule of {rule.origin.ruleset} has an id that starts with "
                    f"'{rule.origin.ruleset}.', found {rule.item.id!r}",
                )
            )
    problems += _citations(entries, [*everything, *entries.questions, *entries.codes])
    return problems


def _twice(what: str, entries: Iterable[Entry[Any]], clash: Any, key: str = "id") -> list[Problem]:
    by_id: dict[str, list[Entry[Any]]] = {}
    for entry in entries:
        by_id.setdefault(getattr(entry.item, key), []).append(entry)
    return [
        Problem(
            two.origin.place,
            f"the {what} {name!r} is also at {one.origin.place}"
            + (", and both hold on the same day" if clash is overlap else "")
            + ("; a later layer changes it by [[replace]] or [[set]]"
               if one.layer != two.layer else ""),
        )
        for name, versions in by_id.items()
        for one, two in combinations(versions, 2)
        if clash(one.item, two.item)
    ]  # fmt: skip


def _citations(entries: Entries, cited: Iterable[Entry[Any]]) -> list[Problem]:
    known = {entry.item.id for entry in entries.documents}
    problems = []
    for entry in cited:
        source: Citation | None = entry.item.source
        if source is not None and source.document not in known:
            hint = nearest(source.document, known)
            problems.append(
                Problem(entry.at("source"), f"no [[document]] called {source.document!r}{hint}")
            )
    return problems
