"""what rests on what.

Which definitions a condition rests on, which facts it reads through them, rings among them, and
how deep they nest. Nothing here recurses over definitions, however long their chain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from flk_rules.errors import SHOWN, Problem
from flk_rules.language.parser import MAX_DEPTH
from flk_rules.loading.entries import Entries, Entry, grouped, live, overlap
from flk_rules.loading.shapes import DefinitionEntry
from flk_rules.model.expressions import DefinitionRef, Expr, FactRef, ParameterRef, children

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
        if next(_rings(self._uses(self._entries)), None) is None:
            return
        said: set[frozenset[str]] = set()
        for day in sorted({each.item.valid_from for each in self._entries}):
            on_day = [each for each in self._entries if live(each.item, day)]
            places = {each.item.id: each.origin.place for each in on_day}
            for ring in _rings(self._uses(on_day)):
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


def _rings(uses: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
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


def depths(definitions: Mapping[str, Expr]) -> dict[str, int]:
    """How deep each definition nests with the others written out in it; they form no ring."""
    found: dict[str, int] = {}
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
                found.setdefault(name, depth(tree, found))
    return found


def depth(node: Expr, of: Mapping[str, int]) -> int:
    """Levels of a tree with its definitions written out; `of` has theirs."""
    if isinstance(node, DefinitionRef):
        return 1 + of.get(node.path, 0)
    return 1 + max((depth(each, of) for each in children(node)), default=0)


def too_deep(levels: int, place: str) -> Iterator[Problem]:
    """The bound that a condition must keep with its definitions written out, as engines see it."""
    if levels > MAX_DEPTH:
        yield Problem(
            place,
            f"a condition nests at most {MAX_DEPTH} deep, found {levels} with its definitions",
        )
