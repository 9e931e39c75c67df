"""rules with values.

Replays a rule on the reference interpreter and reads off which facts and parameters its value
came from.
"""

from __future__ import annotations

from attrs import frozen

from flk_rules.deciding import Answer
from flk_rules.engines.reference import Interpreter, Trace
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
    def missing(self) -> tuple[str, ...]:
        value = self.trace.value
        return tuple(sorted(value.missing)) if isinstance(value, Unknown) else ()


def replay(rule_id: str, answer: Answer, ruleset: Ruleset) -> Replay:
    """The rule on the answer's facts."""
    rule = ruleset.rules[rule_id]
    trace = Interpreter(ruleset).trace(rule.when, answer.facts.values)
    found = Replay(rule, trace, {}, {}, {})
    _read(trace, found)
    return found


def _read(trace: Trace, into: Replay) -> None:
    match trace.node:
        case FactRef(path=path):
            into.facts[path] = trace.value
        case Has(fact=fact) if not trace.value:
            into.facts.setdefault(fact.path, Unknown(frozenset({fact.path})))
        case ParameterRef(path=path):
            into.parameters[path] = trace.value
        case DefinitionRef(path=path):
            into.definitions[path] = trace.value
    for part in trace.parts:
        _read(part, into)
