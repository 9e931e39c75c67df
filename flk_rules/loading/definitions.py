"""what rests on what.

Which definitions a condition rests on, which facts it reads through them, rings among them, and
how deep and large they grow. Nothing here recurses over definitions, however long their chain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from flk_rules.errors import SHOWN, Problem
from flk_rules.language.parser import MAX_DEPTH
from flk_rules.loading.entries import Entries, Entry, grouped, live, overlap
from flk_rules.loading.shapes import DefinitionEntry
from flk_rules.model.expressions import DefinitionRef, Expr, FactRef, ParameterRef, children

MAX_PARTS = 20_000
"""Parts a condition may have with its definitions written out; more than its text can hold."""

Trees = Mapping[str, Expr]
"""Checked conditions by the place of their entry."""


def references(node: Expr) -> Iterable[FactRef | ParameterRef | DefinitionRef]:
    """Every reference in a tree, left to right."""
    if isinstance(node, (FactRef, ParameterRef, DefinitionRef)):
        yield node
    for child in children(node):
        yield from references(child)


class Web:
    """The definitions of a chain of layers, versions apart, and what they name."""

    def __init__(self, entries: Entries, trees: Trees) -> None:
        self._entries = [each for each in entries.definitions if each.origin.place in trees]
        self._by_id = grouped(self._entries, "id")
        self._facts: dict[str, frozenset[str]] = {}
        self._names: dict[str, tuple[str, ...]] = {}
        for place, tree in trees.items():
            found = tuple(references(tree))
            self._facts[place] = frozenset(e.path for e in found if isinstance(e, FactRef))
            names = dict.fromkeys(e.path for e in found if isinstance(e, DefinitionRef))
            self._names[place] = tuple(names)

    def facts(self, entry: Entry[Any]) -> set[str]:
        """The facts that a condition reads, itself and through definitions of its own time."""
        seen: set[str] = set()
        waiting = [entry.origin.place]
        while waiting:
            place = waiting.pop()
            if place in seen or place not in self._names:
                continue
            seen.add(place)
            for name in self._names[place]:
                versions = self._by_id.get(name, ())
                waiting += [v.origin.place for v in versions if overlap(v.item, entry.item)]
        return {fact for place in seen for fact in self._facts[place]}

    def rings(self) -> Iterator[Problem]:
        """Definitions that rest on themselves on some day; the message follows the ring."""
        if next(rings_among(self._uses(self._entries)), None) is None:
            return
        said: set[frozenset[str]] = set()
        for day in sorted({each.item.valid_from for each in self._entries}):
            on_day = [each for each in self._entries if live(each.item, day)]
            places = {each.item.id: each.origin.place for each in on_day}
            for ring in rings_among(self._uses(on_day)):
                key = frozenset(places[name] for name in ring)
                if key not in said:
                    said.add(key)
                    steps = " -> ".join(f"{each} ({places[each]})" for each in ring[:SHOWN])
                    steps += f" -> ... ({len(ring) - 1} in all)" if len(ring) > SHOWN else ""
                    yield Problem(places[ring[0]], f"definitions rest on themselves: {steps}")

    def _uses(self, some: Sequence[Entry[DefinitionEntry]]) -> dict[str, list[str]]:
        uses: dict[str, list[str]] = {}
        for each in some:
            uses.setdefault(each.item.id, []).extend(self._names[each.origin.place])
        return uses


def rings_among(uses: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """The rings that a walk in depth comes upon, each as its names with the first one again."""
    done: set[str] = set()
    for start in uses:
        if start in done:
            continue
        path = {start: iter(uses[start])}  # in the order of the walk
        while path:
            last = next(reversed(path))
            name = next((each for each in path[last] if each in uses and each not in done), None)
            if name is None:
                del path[last]
                done.add(last)
            elif name in path:
                names = list(path)
                yield [*names[names.index(name) :], name]
            else:
                path[name] = iter(uses[name])


@frozen
class Extent:
    """Levels and parts of a condition with its definitions written out, as engines see it."""

    levels: int
    parts: int


def extents(definitions: Mapping[str, Expr]) -> dict[str, Extent]:
    """The extent of each definition; they form no ring."""
    found: dict[str, Extent] = {}
    for start in definitions:
        waiting = [start]
        while waiting:
            name = waiting[-1]
            tree = definitions[name]
            below = [e.path for e in references(tree) if isinstance(e, DefinitionRef)]
            missing = [each for each in below if each in definitions and each not in found]
            if missing and name not in found:
                waiting += missing
            else:
                waiting.pop()
                found.setdefault(name, extent(tree, found))
    return found


def extent(node: Expr, of: Mapping[str, Extent]) -> Extent:
    """The extent of a condition; `of` has that of the definitions."""
    if isinstance(node, DefinitionRef):
        below = [of[node.path]] if node.path in of else []
    else:
        below = [extent(each, of) for each in children(node)]
    levels = max((each.levels for each in below), default=0)
    return Extent(1 + levels, 1 + sum(each.parts for each in below))


def too_large(found: Extent, place: str) -> Iterator[Problem]:
    """The bounds that a condition must keep with its definitions written out: a definition named
    twice counts twice, so a short chain of them can grow beyond any engine."""
    if found.levels > MAX_DEPTH:
        yield Problem(
            place,
            f"a condition nests at most {MAX_DEPTH} deep, found {found.levels} with its "
            "definitions",
        )
    if found.parts > MAX_PARTS:
        yield Problem(
            place,
            f"a condition has at most {MAX_PARTS:,} parts, found {shown_count(found.parts)} with "
            "its definitions; name each definition less often",
        )


def shown_count(number: int) -> str:
    """A count that may be astronomic, in few characters."""
    return f"{number:,}" if number < 10**12 else "over 10^12"
