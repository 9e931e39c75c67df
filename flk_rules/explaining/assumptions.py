"""what rests on assumptions.

A parameter counts as used where leaving it open would leave the outcome, a ground or an advice
open too. That is a counterfactual on the reference interpreter, not a list of what was read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flk_rules.deciding import Answer, Decider
from flk_rules.engines.reference import Interpreter, fire
from flk_rules.model.rules import Basis, Parameter, Ruleset
from flk_rules.model.values import Value
from flk_rules.model.verdicts import Verdict


def assumptions_of(answer: Answer, ruleset: Ruleset, decider: Decider) -> tuple[Parameter, ...]:
    """The parameters of basis assumption that the answer rests on."""
    conditions = [rule.when for rule in ruleset.rules_of(answer.question)]

    def said(interpreter: Interpreter) -> list[tuple[object, ...]]:
        return [
            _said(decider.combining.verdict(fire(interpreter, conditions, values)))
            for values in _cases(answer, decider)
        ]

    as_decided = said(Interpreter(ruleset))
    return tuple(
        parameter
        for parameter in ruleset.parameters.values()
        if parameter.basis is Basis.ASSUMPTION
        and said(Interpreter(ruleset, frozenset({parameter.id}))) != as_decided
    )


def _said(verdict: Verdict) -> tuple[object, ...]:
    return (verdict.outcome, verdict.reason, verdict.grounds, verdict.advice)


def _cases(answer: Answer, decider: Decider) -> Iterator[Mapping[str, Value]]:
    """The facts as given, or completed by each cell of the subjects left out."""
    for _, values in decider.division(answer.facts.left_out).cells():
        yield {**answer.facts.values, **values}
