"""rulesets with one change.

A change of data, made on a resolved ruleset where that says the same, else on the entries of its
files, which are then resolved anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from flk_rules.analysis.operators import Variant
from flk_rules.language import print_expression
from flk_rules.loading.entries import LayerFiles
from flk_rules.loading.files import SourceFile
from flk_rules.loading.resolving import resolve
from flk_rules.loading.shapes import Header
from flk_rules.model.answers import Effect
from flk_rules.model.rules import Force, Rule, Ruleset
from flk_rules.model.values import Value


@frozen
class Rewritten:
    """Another condition of the rule or definition at a place."""

    place: str
    variant: Variant

    def of(self, ruleset: Ruleset) -> Ruleset:
        """The ruleset with the change; itself where nothing of the place holds."""

        def rewritten(each: Any) -> Any:
            when = self.variant.applied(ruleset, each.when)
            return evolve(each, when=when, condition=print_expression(when))

        rules = _changed(ruleset.rules, self.place, rewritten)
        definitions = _changed(ruleset.definitions, self.place, rewritten)
        if rules is ruleset.rules and definitions is ruleset.definitions:
            return ruleset
        return evolve(ruleset, rules=rules, definitions=definitions)


@frozen
class Valued:
    """Another value of the parameter at a place."""

    place: str
    value: Value

    def of(self, ruleset: Ruleset) -> Ruleset:
        """The ruleset with the change; itself where nothing of the place holds."""
        found = _changed(ruleset.parameters, self.place, lambda e: evolve(e, value=self.value))
        return ruleset if found is ruleset.parameters else evolve(ruleset, parameters=found)


@frozen
class Relabelled:
    """Another effect or force of the rule at a place. A rule that a layer demoted advises whatever
    its effect was."""

    place: str
    effect: Effect | None = None
    force: Force | None = None

    def of(self, ruleset: Ruleset) -> Ruleset:
        """The ruleset with the change; itself where nothing of the place holds."""

        def relabelled(rule: Rule) -> Rule:
            if self.force is not None:
                return evolve(rule, force=self.force)
            assert self.effect is not None
            demoted = bool(rule.overlaid) and rule.overlaid[-1].action == "demote"
            return rule if demoted else evolve(rule, effect=self.effect)

        rules = _changed(ruleset.rules, self.place, relabelled)
        return ruleset if rules is ruleset.rules else evolve(ruleset, rules=rules)


@frozen
class Refiled:
    """Another entry in a file of a layer, or none where `item` is None; `days` are those on which
    that can make a difference, None for any day."""

    layer: str
    file: Path
    table: str
    index: int
    item: Any
    days: tuple[date, ...] | None = field(default=None)

    def of(self, layers: Sequence[LayerFiles], on: date) -> Ruleset:
        """The layers resolved with the change; raises what `resolve` raises."""
        return resolve([self._layer(each) for each in layers], on)

    def _layer(self, layer: LayerFiles) -> LayerFiles:
        if layer.header.id != self.layer:
            return layer
        return evolve(layer, files=tuple(self._file(each) for each in layer.files))

    def _file(self, file: SourceFile) -> SourceFile:
        if file.path != self.file:
            return file
        items = tuple(
            (table, index, self.item if here else item)
            for table, index, item in file.content.items
            if not (here := (table, index) == (self.table, self.index)) or self.item is not None
        )
        return evolve(file, content=evolve(file.content, items=items))


@frozen
class Redated:
    """Other days of a layer."""

    layer: str
    header: Header
    days: tuple[date, ...]

    def of(self, layers: Sequence[LayerFiles], on: date) -> Ruleset:
        """The layers resolved with the change; raises what `resolve` raises."""
        changed = [
            evolve(each, header=self.header) if each.header.id == self.layer else each
            for each in layers
        ]
        return resolve(changed, on)


InPlace = Rewritten | Valued | Relabelled
Anew = Refiled | Redated
Change = InPlace | Anew


def _changed(table: Any, place: str, change: Any) -> Any:
    """The table with what stands at the place changed; the very same where nothing is."""
    found = {
        name: change(each) if each.origin.place == place else each for name, each in table.items()
    }
    same = all(found[name] is each for name, each in table.items())
    return table if same else found
