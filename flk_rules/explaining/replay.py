"""rules with values.

Replays a rule on the reference interpreter and reads off which facts, parameters and definitions
its value came from.
"""

from __future__ import annotations

from attrs import frozen

from flk_rules.deciding import Answer, Awaiting
from flk_rules.engines.reference import Trace
from flk_rules.model.answers import Effect, Outcome
from flk_rules.model.expressions import DefinitionRef, FactRef, Has, ParameterRef
from flk_rules.model.rules import Rule, Ruleset
from flk_rules.model.values import Outcome3, Unknown


@frozen
class Replay:
    """A rule, the trace of its condition, and what the trace read, each name once."""

    rule: Rule
    trace: Trace
    facts: dict[str, Outcome3]
    parameters: dict[str, Outcome3]
    definitions: dict[str, Outcome3]

    @property
    def truth(self) -> bool | None:
        """The rule's truth, None where it is unknown."""
        return None if isinstance(self.trace.value, Unknown) else bool(self.trace.value)

    @property
    def missing(self) -> tuple[str, ...]:
        """The facts that the rule is unknown by."""
        value = self.trace.value
        return tuple(sorted(value.missing)) if isinstance(value, Unknown) else ()


def replay(rule_id: str, answer: Answer, ruleset: Ruleset) -> Replay:
    """The rule on the answer's facts."""
    rule = ruleset.rules[rule_id]
    interpreter = Awaiting(ruleset, answer.facts.left_out)
    found = Replay(rule, interpreter.trace(rule.when, answer.facts.values), {}, {}, {})
    _read(found.trace, answer, found)
    return found


def standing(answer: Answer, ruleset: Ruleset) -> tuple[str, ...]:
    """The true rules that give an undetermined answer a ground, should nothing forbid it."""
    verdict = answer.verdict
    if verdict.outcome is not Outcome.UNDETERMINED:
        return ()
    open_or_false = {*verdict.unknown, *verdict.failed}
    return tuple(
        rule.id
        for rule in ruleset.rules_of(answer.question)
        if rule.effect in (Effect.PERMIT, Effect.ASSESS) and rule.id not in open_or_false
    )


def still_open(answer: Answer, ruleset: Ruleset) -> tuple[str, ...]:
    """Unknown rules that would answer, and are not named as pivotal already."""
    verdict = answer.verdict
    return tuple(
        name
        for name in verdict.unknown
        if name not in verdict.pivotal and ruleset.rules[name].effect is not Effect.ADVISE
    )


def _read(trace: Trace, answer: Answer, into: Replay) -> None:
    match trace.node:
        case FactRef(path=path):
            into.facts[path] = trace.value
        case Has(fact=fact):
            known = answer.facts.values.get(fact.path)
            into.facts[fact.path] = Unknown(frozenset({fact.path})) if known is None else known
        case ParameterRef(path=path):
            into.parameters[path] = trace.value
        case DefinitionRef(path=path):
            into.definitions[path] = trace.value
    for part in trace.parts:
        _read(part, answer, into)
