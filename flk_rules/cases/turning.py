"""where decisions went otherwise.

Of each rule that a case expected to be another way, the first condition within it that would have
to be otherwise, with the values that it read; of parts that should not all hold, all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import frozen

from flk_rules.cases.case import Difference
from flk_rules.decision import Decision
from flk_rules.engines.reference import Trace
from flk_rules.explaining.replay import Replay, part_of, replay
from flk_rules.model.answers import Effect, Outcome
from flk_rules.model.expressions import And, Conditional, DefinitionRef, Not, Or
from flk_rules.model.rules import Rule
from flk_rules.model.values import Unknown

MOST = 5
"""Rules that are told of one decision."""
_TRUTH: Mapping[str, bool | None] = {
    "grounds": True, "defeated": True, "advice": True, "directions": True,
    "failed": False, "unknown": None, "open": None,
}  # fmt: skip
"""What the rules are that a key names."""
_GIVEN_BY: Mapping[str, tuple[Effect, ...]] = {
    Outcome.ELIGIBLE.value: (Effect.PERMIT,),
    Outcome.ASSESS.value: (Effect.ASSESS,),
    Outcome.GROUNDED.value: (Effect.GROUND,),
    Outcome.FULFILLED.value: (Effect.POINT,),
    Outcome.STATED.value: (Effect.VALUE,),
    Outcome.NOT_ELIGIBLE.value: (Effect.FORBID,),
}
"""Effects of the rules that could have given an outcome."""


@frozen(kw_only=True)
class Turn:
    """A rule that is not as expected. truth: what it is, None where it is unknown; expected: what
    it was to be; part: the first condition that went otherwise, or the `&&` all of whose parts hold
    though one should not. Where the rule is as expected and
    only its role is not, such as a ground that was overridden, part is the whole rule."""

    rule: Rule
    expected: bool | None
    truth: bool | None
    part: Replay
    named: bool


def turns(decision: Decision, differences: Iterable[Difference]) -> tuple[Turn, ...]:
    """What went otherwise: of each rule that differs; of the rules that gave the outcome found;
    and, where the case names none that could have given the one expected, of the nearest that
    could."""
    answer, ruleset, _ = decision.parts
    expected: dict[str, bool | None] = {}
    for name, wanted in _named(differences):
        if name in ruleset.rules:
            expected.setdefault(name, wanted)
    named = set(expected)
    if True not in expected.values():
        for name, wanted in _standing(decision, differences):
            expected.setdefault(name, wanted)
    found = []
    for name, wanted in [*expected.items()][:MOST]:
        whole = replay(name, answer, ruleset)
        part = whole
        if whole.truth is not wanted:
            part = part_of(whole, _first(whole.trace, wanted), answer)
        turn = Turn(
            rule=whole.rule, expected=wanted, truth=whole.truth, part=part, named=name in named
        )
        found.append(turn)
    return tuple(found)


def _named(differences: Iterable[Difference]) -> Iterator[tuple[str, bool | None]]:
    """Rules that the case names, and what each was to be. One too many in one list and lacking in
    another was expected as where it is lacking."""
    each = [difference for difference in differences if difference.key in _TRUTH]
    for difference in each:
        for name in difference.lacking:
            yield name, _TRUTH[difference.key]
    for difference in each:
        truth = _TRUTH[difference.key]
        if truth is not None:
            yield from ((name, not truth) for name in difference.surplus)


def _standing(
    decision: Decision, differences: Iterable[Difference]
) -> Iterator[tuple[str, bool | None]]:
    """Where only the outcome differs: what gave it, or what was nearest to the one expected."""
    wanted = next((each.expected for each in differences if each.key == "outcome"), None)
    if wanted is None:
        return
    yield from ((rule.id, False) for rule in decision.grounds)
    effects = _GIVEN_BY.get(wanted, ())
    near = [rule for rule in (*decision.failed, *decision.unknown) if rule.effect in effects]
    if near:
        answer, ruleset, _ = decision.parts
        traces = {rule.id: replay(rule.id, answer, ruleset).trace for rule in near}
        yield min(traces, key=lambda each: (*_nearness(traces[each]), each)), True


def _nearness(trace: Trace) -> tuple[int, int]:
    """The fewest conditions to change first; of as many, where the most hold already."""
    whole = isinstance(trace.node, And)
    return _distance(trace, True), -sum(part.value is True for part in trace.parts if whole)


def _first(trace: Trace, wanted: bool | None) -> Trace:
    """The first of the smallest conditions that keep a condition from being as wanted."""
    while (inner := _inner(trace, wanted)) is not None:
        trace, wanted = inner
    return trace


def _inner(trace: Trace, wanted: bool | None) -> tuple[Trace, bool | None] | None:
    node, parts = trace.node, trace.parts
    if isinstance(node, Not):
        return parts[0], None if wanted is None else not wanted
    if isinstance(node, DefinitionRef):
        return parts[0], wanted
    if isinstance(node, Conditional):
        test = parts[0].value
        return None if isinstance(test, Unknown) else (parts[1 if test else 2], wanted)
    if not isinstance(node, (And, Or)) or wanted is None:
        return None
    if isinstance(node, And) and trace.value is True:
        return None  # which of its parts was to be false, nobody has said
    # Of parts that must all change the first; of parts one of which is enough the nearest.
    against = [part for part in parts if part.value is not wanted]
    if isinstance(node, And) is wanted:
        return against[0], wanted
    return min(against, key=lambda part: _distance(part, wanted)), wanted


def _distance(trace: Trace, wanted: bool) -> int:
    """How many of the smallest conditions would have to change."""
    if trace.value is wanted:
        return 0
    node, parts = trace.node, trace.parts
    if isinstance(node, Not):
        return _distance(parts[0], not wanted)
    if isinstance(node, DefinitionRef):
        return _distance(parts[0], wanted)
    if isinstance(node, (And, Or)):
        each = [_distance(part, wanted) for part in parts]
        return sum(each) if isinstance(node, And) is wanted else min(each)
    return 1
