"""what is to be covered.

Every rule, rule taken away and parameter of the rulesets that were met, and what was seen of each.
A rule is counted where it stands: once for all rulesets in which it reads the same, under the
highest layer that had a hand in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from attrs import define, field

from flk_rules.analysis.coverage_conditions import Parts, parts_of
from flk_rules.language import print_expression
from flk_rules.model.expressions import DefinitionRef, ParameterRef
from flk_rules.model.rules import Overlaid, Parameter, Rule, Ruleset

TRUE, FALSE, UNKNOWN = 1, 2, 4
"""Bits of the truths that a rule was seen with, and of the ways in which an atom decided."""

Key = tuple[str, ...]


@define
class RuleSeen:
    """A rule as it reads in `ruleset`, and what was seen of it.

    truths: bits; ways: bits of each atom; parameters: those read by an atom that decided, or by the
    number of a rule that was true; overlays: a bit for each of the rule's that made a difference.
    """

    home: str
    rule: Rule
    ruleset: Ruleset
    parts: Parts
    truths: int = 0
    ways: list[int] = field(factory=list)
    parameters: set[str] = field(factory=set)
    overlays: int = 0


@define
class TakenSeen:
    """A rule that a `disable` took away, and whether it would have been true of some decision."""

    home: str
    rule: Rule
    overlaid: Overlaid
    was_true: bool = False


@define
class ParameterSeen:
    """A parameter as it stands, whether a rule reads it, and whether its value told."""

    home: str
    parameter: Parameter
    readers: bool = False
    used: bool = False


@define
class Record:
    """What was seen: rules, rules taken away and parameters, each by what it says; and which
    rulesets were decided with, those that they extend included."""

    rules: dict[Key, RuleSeen] = field(factory=dict)
    taken: dict[Key, TakenSeen] = field(factory=dict)
    parameters: dict[Key, ParameterSeen] = field(factory=dict)
    rulesets: set[str] = field(factory=set)
    decisions: int = 0
    kinds: int = 0

    def merge(self, other: Record) -> None:
        """Adds what another process saw; a kind of facts that both met counts twice."""
        self.rulesets |= other.rulesets
        self.decisions += other.decisions
        self.kinds += other.kinds
        for key, rule in other.rules.items():
            if (mine := self.rules.setdefault(key, rule)) is not rule:
                mine.truths |= rule.truths
                mine.ways = [a | b for a, b in zip(mine.ways, rule.ways, strict=True)]
                mine.parameters |= rule.parameters
                mine.overlays |= rule.overlays
        for key, taken in other.taken.items():
            self.taken.setdefault(key, taken).was_true |= taken.was_true
        for key, parameter in other.parameters.items():
            found = self.parameters.setdefault(key, parameter)
            found.readers |= parameter.readers
            found.used |= parameter.used


def note(ruleset: Ruleset, record: Record, homes: Collection[str] = ()) -> Iterator[RuleSeen]:
    """Puts all that is to be covered of a ruleset into the record, asked about or not; gives back
    its rules."""
    read: set[str] = set()
    for rule in ruleset.rules.values():
        named = _named(rule, ruleset)
        read |= {name for kind, name, *_ in named if kind == "params"}
        home = _home(rule, ruleset, named)
        if homes and home not in homes:
            continue
        said = rule.effect.value, rule.condition, rule.formula or ""
        key: Key = (home, rule.id, *said, repr(named))
        if key not in record.rules:
            parts = parts_of(rule.when, ruleset)
            record.rules[key] = RuleSeen(home, rule, ruleset, parts, ways=[0] * len(parts.atoms))
        yield record.rules[key]
    for name, key in taken_keys(ruleset).items():
        overlaid = ruleset.disabled[name]
        if isinstance(overlaid.before, Rule) and (not homes or overlaid.ruleset in homes):
            record.taken.setdefault(key, TakenSeen(overlaid.ruleset, overlaid.before, overlaid))
    for name, key in parameter_keys(ruleset).items():
        if not homes or key[0] in homes:
            seen = record.parameters.setdefault(
                key, ParameterSeen(key[0], ruleset.parameters[name])
            )
            seen.readers |= name in read


def taken_keys(ruleset: Ruleset) -> dict[str, Key]:
    """Of each rule that was taken away, its key in a record: by whom, its id, its condition."""
    return {
        name: (each.ruleset, name, each.before.condition)
        for name, each in ruleset.disabled.items()
        if isinstance(each.before, Rule)
    }


def parameter_keys(ruleset: Ruleset) -> dict[str, Key]:
    """Of each parameter by id, its key in a record: where it got its value, its id, the value."""
    return {
        each.id: (each.origin.ruleset, each.id, _written(each.value))
        for each in ruleset.parameters.values()
    }


def _named(rule: Rule, ruleset: Ruleset) -> list[tuple[str, str, str, str]]:
    """The definitions and parameters that a rule's truth and number rest on: kind, name, what it
    says and the ruleset that says so."""
    found = set()
    for tree in (rule.when, rule.amount):
        for node in ruleset.nodes_of(tree) if tree is not None else ():
            match node:
                case ParameterRef(path=path):
                    parameter = ruleset.parameters[path]
                    written = _written(parameter.value)
                    found.add(("params", path, written, parameter.origin.ruleset))
                case DefinitionRef(path=path):
                    text = print_expression(ruleset.definitions[path].when)
                    found.add(("definition", path, text, ""))
    return sorted(found)


def _home(rule: Rule, ruleset: Ruleset, named: list[tuple[str, str, str, str]]) -> str:
    """The highest layer that had a hand in the rule as it reads: its own, an overlay's, or that of
    a parameter set anew."""
    heights = {layer.id: number for number, layer in enumerate(ruleset.layers)}
    hands = [rule.origin.ruleset, *(each.ruleset for each in rule.overlaid)]
    hands += [origin for kind, _, _, origin in named if kind == "params"]
    return max(hands, key=lambda name: heights.get(name, -1))


def _written(value: Any) -> str:
    return repr(sorted(value)) if isinstance(value, frozenset) else repr(value)


def bit(truth: bool | None) -> int:
    """The bit of a truth."""
    if truth is None:
        return UNKNOWN
    return TRUE if truth else FALSE
