"""rules with values.

Replays a rule on the reference interpreter and reads off which facts, parameters and definitions
its value came from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import frozen

from flk_rules.deciding import Answer, Awaiting
from flk_rules.engines.reference import Trace
from flk_rules.model.answers import Combine, Effect, Outcome
from flk_rules.model.expressions import (
    And,
    Conditional,
    DefinitionRef,
    FactRef,
    Has,
    Or,
    ParameterRef,
)
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
    return _replayed(rule, interpreter.trace(rule.when, answer.facts.values), answer)


def weighed(found: Replay, answer: Answer) -> Replay:
    """The rule with only what its truth rests on."""
    return _replayed(found.rule, _decisive(found.trace), answer)


def part_of(found: Replay, trace: Trace, answer: Answer) -> Replay:
    """A part of the rule's condition with only what its value rests on."""
    return _replayed(found.rule, _decisive(trace), answer)


def unmet(found: Replay, answer: Answer) -> Iterator[Replay]:
    """The smallest conditions within the rule's that keep it from being true, each by itself."""
    open_ = [_decisive(found.trace)]
    while open_:
        trace = open_.pop(0)
        if isinstance(trace.node, (And, DefinitionRef)):
            open_[:0] = [part for part in trace.parts if part.value is not True]
        else:
            yield _replayed(found.rule, trace, answer)


def _replayed(rule: Rule, trace: Trace, answer: Answer) -> Replay:
    found = Replay(rule, trace, {}, {}, {})
    _read(trace, answer, found)
    return found


def _decisive(trace: Trace) -> Trace:
    """The trace without the parts that its value does not rest on: one false part makes an `&&`
    false, and what the others are, or that they are not known, is then no news."""
    parts = trace.parts
    if isinstance(trace.node, (And, Or)) and not isinstance(trace.value, Unknown):
        parts = tuple([part for part in parts if part.value is trace.value])
    elif isinstance(trace.node, Conditional) and not isinstance(parts[0].value, Unknown):
        parts = (parts[0], parts[1 if parts[0].value else 2])
    return Trace(trace.node, trace.value, tuple([_decisive(part) for part in parts]))


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


def sections(answer: Answer, ruleset: Ruleset) -> Iterator[tuple[str, Iterable[str]]]:
    """The rules that matter, each kind by the word of its heading."""
    verdict, combine = answer.verdict, ruleset.questions[answer.question].combine
    checklist = combine is Combine.CHECKLIST
    yield "fulfilled" if checklist else "because", verdict.grounds
    yield "directions", verdict.directions
    yield "defeated", verdict.defeated
    yield "pivotal", verdict.pivotal
    yield "standing", standing(answer, ruleset)
    if checklist:
        yield "unfulfilled", verdict.failed
    elif not verdict.grounds:
        yield "failed", verdict.failed
    if combine is not Combine.FORBID_OVERRIDES:
        # A set is answered member by member: one that is open is open, whatever the outcome.
        yield "open", still_open(answer, ruleset)


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
