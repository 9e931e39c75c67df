"""what rests on assumptions.

A parameter counts as used where leaving it open would leave the outcome, a ground or an advice
open too. That is a counterfactual on the reference interpreter, not a list of what was read.
"""

from __future__ import annotations

from flk_rules.deciding import Answer, Decider
from flk_rules.explaining.measuring import assumed_factors
from flk_rules.model.rules import Basis, Parameter, Ruleset


def assumptions_of(answer: Answer, ruleset: Ruleset, decider: Decider) -> tuple[Parameter, ...]:
    """The parameters of basis assumption that the answer rests on."""

    assumed = [each for each in ruleset.parameters.values() if each.basis is Basis.ASSUMPTION]
    as_decided, *opened = (
        decider.combining.said(cases)
        for cases in decider.opened(answer.facts, [each.id for each in assumed])
    )
    factors = assumed_factors(answer, ruleset)
    return tuple(
        parameter
        for parameter, said in zip(assumed, opened, strict=True)
        if said != as_decided or parameter.id in factors
    )
