"""what rulesets say.

Every entry of every ruleset with the statement it cites, whether or not it holds today.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from flk_rules.errors import RulesetInvalid
from flk_rules.loading import available
from flk_rules.loading.entries import Entries, LayerFiles, collect
from flk_rules.loading.finder import read_layer
from flk_rules.model.rules import Basis, Force, Text

CHANGES = ("replace", "disable", "demote", "set")
KINDS = ("question", "rule", *CHANGES, "parameter", "definition", "codes")
"""Kinds of entries, in the order in which they are shown."""
_NAME = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*")


@frozen(kw_only=True)
class Item:
    """An entry of a ruleset; a change is called by the rule or parameter that it changes.

    Versions of one entry that cite one statement are one item. `reads` are the names in its
    conditions, parameters as ``params.NAME``.
    """

    kind: str
    id: str
    ruleset: str
    statement: str | None
    text: Text
    decides: str | None = None
    force: Force | None = None
    basis: Basis | None = None
    reads: frozenset[str] = frozenset()

    @property
    def key(self) -> tuple[int, str, str, str]:
        """What items are sorted by."""
        return KINDS.index(self.kind), self.ruleset, self.id, self.statement or ""


def read_layers(path: Sequence[Path | str] = ()) -> Mapping[str, LayerFiles]:
    """The shipped rulesets' files, and those in further folders, by id.

    Raises `RulesetInvalid` with the mistakes of shape in all of them.
    """
    layers = {name: read_layer(name, folder) for name, folder in available(path).items()}
    problems = [each for layer in layers.values() for each in layer.problems]
    if problems:
        raise RulesetInvalid(problems)
    return layers


def read_items(layers: Iterable[LayerFiles]) -> tuple[Item, ...]:
    """Every entry of the layers, in the order of kinds, rulesets and ids."""
    found: dict[tuple[int, str, str, str], Item] = {}
    for layer in layers:
        for item in _items(collect([layer])):
            same = found.setdefault(item.key, item)
            found[item.key] = evolve(same, reads=same.reads | item.reads)
    return tuple(found[key] for key in sorted(found))


def chain(name: str, layers: Mapping[str, LayerFiles]) -> tuple[str, ...]:
    """The ruleset and those that it extends."""
    names: dict[str, None] = {}
    following: str | None = name
    while following is not None and following in layers and following not in names:
        names[following] = None
        following = layers[following].header.extends
    return tuple(names)


def _items(entries: Entries) -> Iterator[Item]:
    tables: Mapping[str, tuple[Iterable[Any], str]] = {
        "question": (entries.questions, "id"),
        "rule": (entries.rules, "id"),
        "replace": (entries.replaces, "rule"),
        "disable": (entries.disables, "rule"),
        "demote": (entries.demotes, "rule"),
        "set": (entries.sets, "parameter"),
        "parameter": (entries.parameters, "id"),
        "definition": (entries.definitions, "id"),
        "codes": (entries.codes, "list"),
    }
    for kind, (listed, named) in tables.items():
        for entry in listed:
            item = entry.item
            yield Item(
                kind=kind,
                id=getattr(item, named),
                ruleset=entry.origin.ruleset,
                statement=_statement(item),
                text=item.title if kind in ("question", "codes") else item.because,
                decides=getattr(item, "decides", None),
                force=getattr(item, "force", None),
                basis=getattr(item, "basis", None),
                reads=_reads(item),
            )


def _reads(item: Any) -> frozenset[str]:
    conditions = (getattr(item, "when", ""), getattr(item, "value", ""))
    return frozenset(
        name for each in conditions if isinstance(each, str) for name in _NAME.findall(each)
    )


def _statement(item: Any) -> str | None:
    cited: str | None = item.source.statement if item.source else getattr(item, "statement", None)
    return cited
