"""entries with places.

The tables of all files of all layers in one list each, every entry with the place it came from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Generic, TypeVar

from attrs import field, frozen

from flk_rules.errors import Problem
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
from flk_rules.model.rules import Document, Origin

T = TypeVar("T")


@frozen
class LayerFiles:
    """One ruleset's folder, read; `home` is the file of its `[ruleset]` table, `problems` are
    the mistakes that reading found."""

    header: Header
    home: SourceFile
    files: tuple[SourceFile, ...]
    problems: tuple[Problem, ...]

    @property
    def place(self) -> str:
        """The place of the `[ruleset]` table."""
        return self.home.place("ruleset")

    def at(self, key: str) -> str:
        """The place of one key of the `[ruleset]` table."""
        return self.home.place(f"ruleset.{key}")


@frozen
class Entry(Generic[T]):
    """An item of a file, which layer of the chain it belongs to, and where it stands."""

    item: T
    layer: int
    origin: Origin
    path: str
    file: SourceFile = field(eq=False, repr=False)

    def at(self, key: str) -> str:
        """The place of one key of the entry."""
        return self.file.place(f"{self.path}.{key}")


@frozen(kw_only=True)
class Entries:
    """Everything that a chain of layers says, lowest layer first.

    `broken` names entries that were left out for a mistake; no check blames who names them.
    """

    layers: tuple[LayerFiles, ...]
    broken: set[str] = field(factory=set)
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

    @property
    def versioned(self) -> tuple[tuple[str, Sequence[Entry[Any]]], ...]:
        """What may have several versions, each with its dates."""
        return (
            ("parameter", self.parameters),
            ("definition", self.definitions),
            ("rule", self.rules),
        )

    @property
    def dated(self) -> Iterator[Entry[Any]]:
        """Every entry with a validity."""
        for _, versions in self.versioned:
            yield from versions
        for _, entry in self.rule_overlays:
            yield entry
        yield from self.sets


def collect(layers: Sequence[LayerFiles]) -> Entries:
    """All entries of the layers with their places."""
    entries = Entries(layers=tuple(layers))
    tables: dict[str, list[Any]] = {
        "document": entries.documents,
        "codes": entries.codes,
        "question": entries.questions,
        "parameter": entries.parameters,
        "definition": entries.definitions,
        "rule": entries.rules,
        "replace": entries.replaces,
        "disable": entries.disables,
        "demote": entries.demotes,
        "set": entries.sets,
    }
    for number, layer in enumerate(layers):
        for file in layer.files:
            entries.broken.update(file.content.broken)
            for table, index, item in file.content.items:
                path = f"{table}[{index}]"
                origin = Origin(ruleset=layer.header.id, place=file.place(path))
                tables[table].append(Entry(item, number, origin, path, file))
    return entries


def shape_problems(layers: Iterable[LayerFiles]) -> list[Problem]:
    """The mistakes that reading the layers' files found."""
    return [each for layer in layers for each in layer.problems]


def grouped(entries: Iterable[Entry[Any]], key: str) -> dict[str, list[Entry[Any]]]:
    """The entries by the value of one key."""
    groups: dict[str, list[Entry[Any]]] = {}
    for entry in entries:
        groups.setdefault(getattr(entry.item, key), []).append(entry)
    return groups


def rest(entries: Entries, key: str) -> Iterator[tuple[SourceFile, str, str]]:
    """The strings at a key, such as ``source.document``, of entries that were left out for a
    mistake elsewhere in them: file, path, string."""
    for file in (file for layer in entries.layers for file in layer.files):
        for path, raw in file.content.rest.items():
            value: Any = raw
            for step in key.split("."):
                value = value.get(step) if isinstance(value, dict) else None
            if isinstance(value, str) and value.strip():
                yield file, f"{path}.{key}", value


def live(item: Any, on: date) -> bool:
    """Is the entry in force on the date? Both ends belong to its validity."""
    return bool(item.valid_from <= on and (item.valid_to is None or on <= item.valid_to))


def overlap(one: Any, two: Any) -> bool:
    """Do two validities share a day?"""
    return (one.valid_to is None or two.valid_from <= one.valid_to) and (
        two.valid_to is None or one.valid_from <= two.valid_to
    )


def clashes(entries: Sequence[Entry[Any]]) -> Iterator[tuple[Entry[Any], Entry[Any]]]:
    """Pairs that share a day: each entry with the one that holds longest of those before it."""
    longest: tuple[int, Entry[Any]] | None = None
    for number, entry in sorted(enumerate(entries), key=lambda each: each[1].item.valid_from):
        if longest is not None and overlap(longest[1].item, entry.item):
            first, second = sorted((longest, (number, entry)), key=lambda each: each[0])
            yield first[1], second[1]
        end = entry.item.valid_to or date.max
        if longest is None or end > (longest[1].item.valid_to or date.max):
            longest = number, entry
