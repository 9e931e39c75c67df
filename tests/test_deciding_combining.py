"""combining, brute force.

Every truth assignment of small rule sets of all four effects, held against a definition that
knows nothing of bit sets: what all completions of the unknown rules agree on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from random import Random

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from flk_rules.deciding.ways import ForbidOverrides
from flk_rules.model.answers import EFFECTS_OF, Combine, Effect, Outcome
from flk_rules.model.expressions import Literal
from flk_rules.model.rules import STRONGEST_FIRST, Force, Rule
from flk_rules.model.values import BOOL
from flk_rules.model.verdicts import Firings, Reason, Verdict
from support.cases import with_question
from support.drawing import often
from support.rulesets import QUESTION, make_ruleset

EFFECTS = EFFECTS_OF[Combine.FORBID_OVERRIDES]
TRUTHS = (True, False, None)
Side = tuple[Outcome, Reason | None]


def _rules(effects: Sequence[Effect]) -> list[Rule]:
    made = make_ruleset([], [Literal(True, BOOL)] * len(effects))
    return list(with_question(made, effects).rules.values())


def _firings(truths: Iterable[bool | None]) -> Firings:
    listed = list(truths)
    return Firings(
        sum(1 << n for n, truth in enumerate(listed) if truth is True),
        sum(1 << n for n, truth in enumerate(listed) if truth is None),
    )


def _settled(effects: Sequence[Effect], truths: Sequence[bool]) -> Side:
    """Forbid-overrides with default deny, where every truth is known."""
    true = {effect for effect, truth in zip(effects, truths, strict=True) if truth}
    if Effect.FORBID in true:
        return Outcome.NOT_ELIGIBLE, Reason.FORBIDDEN
    if Effect.PERMIT in true:
        return Outcome.ELIGIBLE, None
    if Effect.ASSESS in true:
        return Outcome.ASSESS, None
    return Outcome.NOT_ELIGIBLE, Reason.NO_GROUND


def _completions(truths: Sequence[bool | None]) -> list[tuple[bool, ...]]:
    return list(product(*((truth,) if truth is not None else (True, False) for truth in truths)))


def _expected(rules: Sequence[Rule], truths: Sequence[bool | None]) -> Verdict:
    effects = [rule.effect for rule in rules]
    sides = {_settled(effects, each) for each in _completions(truths)}
    outcomes = {outcome for outcome, _ in sides}
    outcome = outcomes.pop() if len(outcomes) == 1 else Outcome.UNDETERMINED
    reason = None
    if outcome is Outcome.NOT_ELIGIBLE:
        # Forbidden only where it is so for certain; what may be forbidden has no ground anyway.
        certain = sides == {(Outcome.NOT_ELIGIBLE, Reason.FORBIDDEN)}
        reason = Reason.FORBIDDEN if certain else Reason.NO_GROUND
    pivotal = []
    for number, truth in enumerate(truths):
        if truth is None and outcome is Outcome.UNDETERMINED:
            flips = (
                {_settled(effects, (*each[:number], flip, *each[number + 1 :]))[0]
                 for flip in (True, False)}
                for each in _completions(truths)
            )  # fmt: skip
            if any(len(flip) > 1 for flip in flips):
                pivotal.append(number)

    def ids(wanted: Iterable[bool]) -> tuple[str, ...]:
        return tuple(rule.id for rule, want in zip(rules, wanted, strict=True) if want)

    def having(truth: bool | None, *wanted: Effect) -> tuple[str, ...]:
        pairs = zip(effects, truths, strict=True)
        return ids(effect in wanted and each is truth for effect, each in pairs)

    grants = (Effect.PERMIT, Effect.ASSESS)
    deciding = {
        (Outcome.ELIGIBLE, None): Effect.PERMIT,
        (Outcome.ASSESS, None): Effect.ASSESS,
        (Outcome.NOT_ELIGIBLE, Reason.FORBIDDEN): Effect.FORBID,
    }.get((outcome, reason))
    grounds = having(True, deciding) if deciding else ()
    failed = having(False, *grants)
    answering = failed if reason is Reason.NO_GROUND else grounds
    forces = [rule.force for rule in rules if rule.id in answering]
    return Verdict(
        outcome=outcome,
        reason=reason,
        force=min(forces, key=STRONGEST_FIRST.index) if forces else None,
        grounds=grounds,
        defeated=having(True, *grants) if reason is Reason.FORBIDDEN else (),
        failed=failed,
        unknown=having(None, *EFFECTS),
        pivotal=ids(number in pivotal for number in range(len(rules))),
        advice=having(True, Effect.ADVISE),
    )


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_every_assignment_of_every_small_rule_set(count: int) -> None:
    for effects in product(EFFECTS, repeat=count):
        rules = _rules(effects)
        combining = ForbidOverrides(rules, {})
        for truths in product(TRUTHS, repeat=count):
            assert combining.verdict(_firings(truths)) == _expected(rules, truths)


def test_every_assignment_of_two_rules_of_each_granting_and_forbidding_effect() -> None:
    effects = (Effect.PERMIT, Effect.ASSESS, Effect.FORBID, Effect.ADVISE) * 2
    rules = _rules(effects)
    combining = ForbidOverrides(rules, {})
    for truths in product(TRUTHS, repeat=len(effects)):
        assert combining.verdict(_firings(truths)) == _expected(rules, truths)


cases = st.lists(
    st.tuples(st.sampled_from(EFFECTS), st.sampled_from(tuple(Force)), st.sampled_from(TRUTHS)),
    max_size=12,
)


def _sets(verdict: Verdict, names: dict[str, str]) -> tuple[object, ...]:
    """A verdict with its rules renamed and without order."""
    lists = (verdict.grounds, verdict.defeated, verdict.failed, verdict.unknown, verdict.pivotal,
             verdict.advice)  # fmt: skip
    renamed = [frozenset(names[each] for each in listed) for listed in lists]
    return verdict.outcome, verdict.reason, verdict.force, *renamed


@given(cases, st.randoms(use_true_random=False))
@often
def test_neither_the_order_of_rules_nor_their_ids_matter(
    case: list[tuple[Effect, Force, bool | None]], random: Random
) -> None:
    rules = [
        evolve(rule, force=force)
        for rule, (_, force, _) in zip(_rules([each[0] for each in case]), case, strict=True)
    ]
    truths = [truth for _, _, truth in case]
    plain = ForbidOverrides(rules, {}).verdict(_firings(truths))
    order = list(range(len(rules)))
    random.shuffle(order)
    labels = [f"x{n}" for n in range(len(rules))]
    random.shuffle(labels)
    shuffled = [evolve(rules[n], id=label) for n, label in zip(order, labels, strict=True)]
    found = ForbidOverrides(shuffled, {}).verdict(_firings(truths[n] for n in order))
    names = {label: rules[n].id for n, label in zip(order, labels, strict=True)}
    assert _sets(found, names) == _sets(plain, {rule.id: rule.id for rule in rules})


@given(cases, st.lists(st.lists(st.sampled_from(TRUTHS), min_size=12, max_size=12), min_size=1,
                       max_size=4))  # fmt: skip
@often
def test_many_cases_merge_into_what_holds_in_all(
    case: list[tuple[Effect, Force, bool | None]], truths: list[list[bool | None]]
) -> None:
    effects = [effect for effect, _, _ in case]
    rules = _rules(effects)
    combining = ForbidOverrides(rules, {})
    ways = [_firings(each[: len(rules)]) for each in truths]
    verdicts = [combining.verdict(way) for way in ways]
    merged = combining.merged(ways)
    outcomes = {verdict.outcome for verdict in verdicts}
    reasons = {verdict.reason for verdict in verdicts}
    assert merged.outcome is (verdicts[0].outcome if len(outcomes) == 1 else Outcome.CONDITIONAL)
    assert merged.reason is (verdicts[0].reason if len(outcomes) == len(reasons) == 1 else None)
    assert set(merged.pivotal) == {rule for each in verdicts for rule in each.pivotal}
    common = set.intersection(*(set(each.grounds) for each in verdicts))
    anywhere = {rule for each in verdicts for rule in each.grounds}
    if len(outcomes) == len(reasons) == 1:
        assert set(merged.grounds) == (common or anywhere)
        answering = merged.failed if merged.reason is Reason.NO_GROUND else merged.grounds
        forces = [rule.force for rule in rules if rule.id in answering]
        assert merged.force is (min(forces, key=STRONGEST_FIRST.index) if forces else None)
    else:
        assert (merged.grounds, merged.force, merged.defeated) == ((), None, ())
    assert set(merged.advice) == set.intersection(*(set(each.advice) for each in verdicts))
    assert set(merged.failed) == set.intersection(*(set(each.failed) for each in verdicts))
    varying = {
        rule.id
        for number, rule in enumerate(rules)
        if len({each[number] for each in truths}) > 1 or truths[0][number] is None
    }
    assert set(merged.unknown) == varying - set(merged.grounds)


def test_rules_of_a_question_come_in_the_order_of_their_ids() -> None:
    """So that bit sets mean the same to every engine and to combining."""
    ruleset = with_question(make_ruleset([], [Literal(True, BOOL)] * 12), [Effect.PERMIT] * 12)
    backwards = evolve(ruleset, rules=dict(reversed(list(ruleset.rules.items()))))
    assert backwards.rules_of(QUESTION) == ruleset.rules_of(QUESTION)
