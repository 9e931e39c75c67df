"""what rests on assumptions.

A parameter counts as used where leaving it open would leave the outcome, a ground or an advice
open too. That is a counterfactual on the reference interpreter, not a list of what was read.
"""

from __future__ import annotations

from flk_rules.deciding import Answer, Decider
from flk_rules.model.rules import Basis, Parameter, Ruleset


def assumptions_of(answer: Answer, ruleset: Ruleset, decider: Decider) -> tuple[Parameter, ...]:
    """The parameters of basis assumption that the answer rests on."""

    def said(*opened: str) -> list[tuple[object, ...]]:
        return [
            (each.outcome, each.reason, each.grounds, each.advice)
            for each in decider.verdicts(answer.facts, frozenset(opened))
        ]

    as_decided = said()
    return tuple(
        parameter
        for parameter in ruleset.parameters.values()
        if parameter.basis is Basis.ASSUMPTION and said(parameter.id) != as_decided
    )
