"""collect and checklist.

Every truth assignment of small rule sets, held against what all completions of the unknown rules
agree on; and what their explanations say of grounds and points that are still open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import pytest
from attrs import evolve

from flk_rules.deciding.ways import WAYS
from flk_rules.library import Decision, Ruleset
from flk_rules.model.answers import EFFECTS_OF, OUTCOMES_OF, Combine, Effect, Outcome
from flk_rules.model.expressions import Literal
from flk_rules.model.rules import STRONGEST_FIRST, Document, Rule
from flk_rules.model.values import BOOL
from flk_rules.model.verdicts import Firings
from support.cases import small, with_question
from support.rulesets import QUESTION, make_ruleset

TRUTHS = (True, False, None)
Truths = Sequence[bool | None]


def _grounded(truths: Sequence[bool]) -> Outcome:
    return Outcome.GROUNDED if any(truths) else Outcome.UNGROUNDED


def _fulfilled(truths: Sequence[bool]) -> Outcome:
    if not truths:
        return Outcome.UNDETERMINED
    return Outcome.FULFILLED if all(truths) else Outcome.DEVIATES


SETTLED: dict[Combine, tuple[Effect, Callable[[Sequence[bool]], Outcome]]] = {
    Combine.COLLECT: (Effect.GROUND, _grounded),
    Combine.CHECKLIST: (Effect.POINT, _fulfilled),
}


def _rules(combine: Combine, effects: Sequence[Effect]) -> list[Rule]:
    made = make_ruleset([], [Literal(True, BOOL)] * len(effects))
    return list(with_question(made, effects, combine=combine).rules.values())


def _firings(truths: Truths) -> Firings:
    return Firings(
        sum(1 << n for n, truth in enumerate(truths) if truth is True),
        sum(1 << n for n, truth in enumerate(truths) if truth is None),
    )


@pytest.mark.parametrize("combine", SETTLED)
@pytest.mark.parametrize("count", [0, 1, 2, 3, 4])
def test_every_assignment_of_every_small_rule_set(combine: Combine, count: int) -> None:
    answering, settled = SETTLED[combine]
    for effects in product(EFFECTS_OF[combine], repeat=count):
        rules = _rules(combine, effects)
        way = WAYS[combine](rules, {})
        mine = [n for n, effect in enumerate(effects) if effect is answering]
        for truths in product(TRUTHS, repeat=count):
            verdict = way.verdict(_firings(truths))
            choices = [(truths[n],) if truths[n] is not None else (True, False) for n in mine]
            outcomes = {settled(each) for each in product(*choices)}  # type: ignore[arg-type]
            alike = len(outcomes) == 1
            assert verdict.outcome is (outcomes.pop() if alike else Outcome.UNDETERMINED)
            by = {truth: {rules[n].id for n in mine if truths[n] is truth} for truth in TRUTHS}
            assert set(verdict.grounds) == by[True]
            assert set(verdict.failed) == by[False]
            assert set(verdict.pivotal) == (set() if alike else by[None])
            assert set(verdict.unknown) >= by[None]
            assert (verdict.reason, verdict.defeated) == (None, ())
            decided = {
                Outcome.GROUNDED: by[True],
                Outcome.FULFILLED: by[True],
                Outcome.DEVIATES: by[False],
            }.get(verdict.outcome, set())
            forces = [rule.force for rule in rules if rule.id in decided]
            assert verdict.force is min(forces, key=STRONGEST_FIRST.index, default=None)


def test_every_way_has_its_effects_and_outcomes() -> None:
    assert WAYS.keys() == set(Combine) == EFFECTS_OF.keys() == OUTCOMES_OF.keys()
    for combine, way in WAYS.items():
        assert set(way.answering) < set(EFFECTS_OF[combine])
    assert {each for some in EFFECTS_OF.values() for each in some} == set(Effect)
    assert {each for some in OUTCOMES_OF.values() for each in some} == set(Outcome)


def _decide(combine: Combine, rules: dict[str, str], **subjects: Any) -> Decision:
    made = small(*((SETTLED[combine][0].value, when) for when in rules.values()))
    question = evolve(made.questions[QUESTION], combine=combine)
    document = Document(id="d", title="D", publisher="P", published="2024")
    made = evolve(made, questions={QUESTION: question}, documents={"d": document})
    return Ruleset(made).decide(QUESTION, **subjects)


def test_a_point_fulfilled_in_some_cases_only_is_open() -> None:
    """With `b` left out: every case deviates, each in another point."""
    rules = {"yes": "b.yes", "no": "!b.yes", "mine": "a.yes"}
    decision = _decide(Combine.CHECKLIST, rules, a={"yes": True})
    assert decision.outcome is Outcome.DEVIATES
    assert decision.condition is None
    assert [each.condition for each in decision.grounds] == ["a.yes"]
    assert decision.failed == ()
    assert len(decision.unknown) == 2


def test_open_members_are_shown_whatever_the_outcome() -> None:
    grounds = {"one": "a.yes", "two": "a.age >= 65"}
    decision = _decide(Combine.COLLECT, grounds, a={"yes": True}, b={})
    assert (decision.outcome, decision.missing) == (Outcome.GROUNDED, ())
    text = decision.explain("en")
    assert "Still open\n" in text
    assert "not known" in text.split("Still open")[1]
    points = _decide(Combine.CHECKLIST, grounds, a={"yes": False}, b={})
    assert points.outcome is Outcome.DEVIATES
    said = points.explain("sv")
    assert said.startswith("AVVIKER PÅ NÅGON PUNKT")
    assert said.index("Punkter som inte är uppfyllda") < said.index("Ännu oavgjort")
    assert str(points).startswith("DEVIATES in ")


def test_what_a_checklist_does_not_fulfil_may_rest_on_an_assumption() -> None:
    rules = {"old": "a.age >= params.grown", "yes": "a.yes"}
    decision = _decide(Combine.CHECKLIST, rules, a={"age": 3, "yes": False}, b={})
    assert decision.outcome is Outcome.DEVIATES
    assert [each.id for each in decision.assumptions] == ["grown"]
