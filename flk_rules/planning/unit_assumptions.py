"""assumptions of a plan.

The parameters without a source that a plan's numbers rest on.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from flk_rules.facts import Facts
from flk_rules.library import Ruleset
from flk_rules.model.answers import Effect
from flk_rules.model.expressions import ParameterRef
from flk_rules.model.rules import Basis, Parameter
from flk_rules.model.verdicts import Firings


class Resting:
    """Which assumptions the answers to one question rest on, of all whom it is asked about.

    An answer rests on a parameter where it would be another were the parameter not known: the
    outcome, its reason, the grounds, or of grounds as a set those that are open. A parameter that
    one answer rests on is not asked about again, nor is the kind of facts that one answer had, so
    that thousands of answers cost little more than the few that differ.
    """

    def __init__(self, ruleset: Ruleset, question: str, engine: str) -> None:
        self._decider = ruleset.decider(question, engine)
        rules = ruleset.model.rules_of(question)
        self._grounds = {each.id for each in rules if each.effect is Effect.GROUND}
        read = {
            node.path
            for rule in rules
            if rule.effect is not Effect.ADVISE
            for node in ruleset.model.nodes_of(rule.when)
            if isinstance(node, ParameterRef)
        }
        parameters = ruleset.model.parameters
        self._left = {
            name: parameters[name]
            for name in sorted(read)
            if parameters[name].basis is Basis.ASSUMPTION
        }
        self._seen: set[Hashable] = set()
        self.found: list[Parameter] = []

    def add(self, facts: Facts) -> None:
        """One more whom the question was asked about; no subject is left out."""
        if not self._left:
            return
        kind = self._decider.engine.kind(facts.values)
        if kind is not None:
            if kind in self._seen:
                return
            self._seen.add(kind)
        asked = list(self._left)
        settled, *opened = (self._said(cases[0]) for cases in self._decider.opened(facts, asked))
        for name, said in zip(asked, opened, strict=True):
            if said != settled:
                self.found.append(self._left.pop(name))

    def _said(self, firings: Firings) -> tuple[object, ...]:
        verdict = self._decider.combining.verdict(firings)
        open_ = tuple(each for each in verdict.unknown if each in self._grounds)
        return verdict.outcome, verdict.reason, verdict.grounds, open_


def by_id(parameters: Iterable[Parameter]) -> tuple[Parameter, ...]:
    """Each parameter once, by id."""
    found = {each.id: each for each in parameters}
    return tuple(found[each] for each in sorted(found))
