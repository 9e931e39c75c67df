"""answers kept by kind.

What a decider keeps for facts of one kind is what deciding each of them anew would give; kinds
differ wherever a rule could tell two facts apart.
"""

from __future__ import annotations

import pickle
import threading
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
from hypothesis import given

import flk_rules
from flk_rules.deciding import Answer, Decider, decider
from flk_rules.engines.rete import Rete, kinds
from flk_rules.errors import EngineClosed, EngineFailure, FactsInvalid
from flk_rules.facts import Facts, Intake
from flk_rules.model.rules import Effect, Ruleset
from flk_rules.model.values import Value
from flk_rules.model.verdicts import Condition, Firings, Verdict
from soak.memory import subjects as nested
from support.cases import ON, small, with_question
from support.drawing import often
from support.drawing import subjects as drawn
from support.random_facts import FactSource
from support.rulesets import QUESTION, random_ruleset

RULESETS = 80
EFFECTS = (Effect.PERMIT, Effect.PERMIT, Effect.FORBID, Effect.ASSESS, Effect.ADVISE)

Said = tuple[Verdict, Condition | None, tuple[str, ...]]


def _said(answer: Answer) -> Said:
    return answer.verdict, answer.condition, answer.missing


def _read(ruleset: Ruleset, values: Mapping[str, Value], *left_out: str) -> Facts:
    """The facts as the edge lets them through."""
    asked = [each for each in ruleset.schema.subjects if each not in left_out]
    given = {name: {} for name in asked} | nested(values)
    return Intake(ruleset.schema).read(ON, ruleset.schema.subjects, given)


def _near(facts: dict[str, Value], others: list[dict[str, Value]], random: Random) -> Any:
    """The facts with one of them as it is elsewhere, or not known."""
    changed = dict(facts)
    name = random.choice(sorted({name for each in others for name in each}))
    changed.pop(name, None)
    if name in (other := random.choice(others)):
        changed[name] = other[name]
    return changed


# ---- one kind, one answer ------------------------------------------------------------------------


def _shared(seed: int) -> int:
    """How many of a random ruleset's facts were answered by what was kept for others. All answers
    are what the reference engine says, which keeps nothing."""
    random = Random(seed)
    ruleset = random_ruleset(seed)
    ruleset = with_question(ruleset, [random.choice(EFFECTS) for _ in ruleset.rules])
    keeping, anew = Decider(ruleset, QUESTION, "rete"), Decider(ruleset, QUESTION, "reference")
    source = FactSource(ruleset, seed)
    first = [source.draw() for _ in range(15)]
    near = [_near(random.choice(first), first, random) for _ in range(45)]
    found = [_read(ruleset, values) for values in (*first, *near)]
    for facts in found + found:
        assert _said(keeping.answer(facts)) == _said(anew.answer(facts)), facts
    different = {frozenset(facts.values.items()) for facts in found}
    return len(different) - len(keeping._kept)


def test_random_facts_of_random_rulesets() -> None:
    shared = [_shared(seed) for seed in range(RULESETS)]
    assert sum(shared) > 10 * RULESETS
    assert min(shared) >= 0


def test_the_test_above_sees_what_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it is worth: a kind that drops a test of a fact is seen."""
    whole = kinds.Kinds._kind

    def coarse(self: kinds.Kinds, name: str, value: Value) -> object:
        kept = self._alone.get(name)
        if kept:
            self._alone[name] = kept[: len(kept) // 2]
        try:
            return whole(self, name, value)
        finally:
            if kept:
                self._alone[name] = kept

    monkeypatch.setattr(kinds.Kinds, "_kind", coarse)
    with pytest.raises(AssertionError):
        sum(_shared(seed) for seed in range(RULESETS))


@pytest.fixture(scope="module")
def stockholm() -> flk_rules.Ruleset:
    return flk_rules.load("se.stockholm", on=ON)


@often
@given(given=drawn)
def test_shipped_rules(stockholm: flk_rules.Ruleset, given: dict[str, Any]) -> None:
    """Subjects left out among them: a kept answer holds the condition too. What is explained
    comes from the facts themselves."""
    anew = stockholm.decide("eligibility", engine="reference", **given)
    for _ in range(2):
        kept = stockholm.decide("eligibility", **given)
        assert _said(kept.answer) == _said(anew.answer)
        assert kept.assumptions == anew.assumptions
        assert kept.explain("en") == anew.explain("en")


def test_explanations_are_of_the_facts_themselves(stockholm: flk_rules.Ruleset) -> None:
    physician = {"licence": "valid", "specialties": ["geriatrik"], "training": {"stage": "none"}}
    one, two = (
        stockholm.decide("eligibility", physician=physician, patient={"age": age, "id": age})
        for age in (70, 71)
    )
    assert one.answer.verdict is two.answer.verdict
    assert (one.to_dict()["facts"]["patient.age"], two.to_dict()["facts"]["patient.age"]) == (
        70, 71,
    )  # fmt: skip
    assert one.answer.facts.references == {"patient": "70"}
    assert "71" in two.explain("en")
    assert "70" not in two.explain("en")


# ---- both sides of every boundary ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "same", "other"),
    [
        ("a.age >= 65", ({"a.age": 65}, {"a.age": 99}), {"a.age": 64}),
        ("a.age <= 65", ({"a.age": 65}, {"a.age": 0}), {"a.age": 66}),
        ("65 < a.age", ({"a.age": 65}, {"a.age": 0}), {"a.age": 66}),
        ("a.age == 65", ({"a.age": 64}, {"a.age": 66}), {"a.age": 65}),
        ("a.age >= 64.5", ({"a.age": 65}, {"a.age": 66}), {"a.age": 64}),
        ("a.age >= params.grown", ({"a.age": 18}, {"a.age": 19}), {"a.age": 17}),
        ("a.years < 2.00005", ({"a.years": 2.0}, {"a.years": -9.0}), {"a.years": 2.0001}),
        ("a.years == 2.00005", ({"a.years": 2.0}, {"a.years": 2.0001}), {}),
        ("a.years >= -0.5", ({"a.years": -0.5}, {"a.years": 0.0}), {"a.years": -0.5001}),
        ("a.years > 0.1", ({"a.years": 0.1}, {"a.years": 0.0999}), {"a.years": 0.1001}),
        ("a.yes", ({"a.yes": True}, {"a.yes": True, "a.age": 1}), {"a.yes": False}),
        ("a.colour == 'red'", ({"a.colour": "blue"}, {"a.colour": "green"}), {"a.colour": "red"}),
        ("a.colour in ['red', 'blue']", ({"a.colour": "blue"}, {"a.colour": "red"}),
         {"a.colour": "green"}),
        ("'red' in a.colours", ({"a.colours": frozenset()}, {"a.colours": frozenset({"blue"})}),
         {"a.colours": frozenset({"red"})}),
        ("size(a.colours) >= 2", ({"a.colours": frozenset()}, {"a.colours": frozenset({"blue"})}),
         {"a.colours": frozenset({"blue", "red"})}),
        ("sets.intersects(a.colours, ['red', 'blue'])",
         ({"a.colours": frozenset({"red"})}, {"a.colours": frozenset({"blue"})}),
         {"a.colours": frozenset({"green"})}),
        ("has(a.age)", ({"a.age": 3}, {"a.age": 4}), {}),
        ("a.age + 1 > 65", ({"a.age": 3}, {"a.age": 4}), {"a.age": 65}),
        ("10 / a.age > 2", ({"a.age": 5}, {"a.age": 6}), {"a.age": 0}),
        ("10 / a.age > 2", ({"a.age": 0}, {"a.age": 0}), {}),
        ("a.age < b.age", ({"a.age": 3, "b.age": 4}, {"a.age": 3, "b.age": 4, "a.yes": True}),
         {"a.age": 3, "b.age": 3}),
    ],
)  # fmt: skip
def test_kinds_at_boundaries(
    when: str, same: tuple[dict[str, Value], dict[str, Value]], other: dict[str, Value]
) -> None:
    ruleset = small(("permit", when))
    engine = Rete(ruleset, QUESTION)
    unread = {"a.yes": True, "a.age": 3}
    ones = [engine.kind({**each}) for each in same]
    # That unread facts are there makes a kind of its own at most.
    assert ones[0] == ones[1] or ones[0] == ones[1] - {None}  # type: ignore[operator]
    assert engine.kind(other) not in ones
    assert engine.kind({}) not in ones
    assert engine.kind(unread) == engine.kind(dict(reversed(unread.items())))


def test_what_no_net_needs_can_tell_what_is_missing() -> None:
    """`a.age > 5` swallows the bracket, in the nets but not in what would settle it."""
    ruleset = small(("permit", "a.age > 5 && (a.years > 3.0 || a.age > 5 || b.yes)"))
    keeping = Decider(ruleset, QUESTION, "rete")
    assert keeping.answer(_read(ruleset, {"a.years": 4.0})).missing == ("a.age",)
    assert keeping.answer(_read(ruleset, {"a.years": 2.0})).missing == ("a.age", "b.yes")


def test_subjects_left_out_are_kept_apart() -> None:
    ruleset = small(("permit", "a.yes && b.yes"))
    keeping = Decider(ruleset, QUESTION, "rete")
    for _ in range(2):
        unknown = keeping.answer(_read(ruleset, {"a.yes": True}))
        left_out = keeping.answer(_read(ruleset, {"a.yes": True}, "b"))
        assert unknown.condition is None
        assert unknown.missing == ("b.yes",)
        assert str(left_out.condition) == "eligible if b.yes, otherwise not_eligible"


# ---- what is kept --------------------------------------------------------------------------------


@pytest.fixture
def grown() -> Ruleset:
    return small(("permit", "a.age >= 18 && a.age + b.age > 0"))


def _ages(ruleset: Ruleset, *ages: int) -> list[Facts]:
    return [_read(ruleset, {"a.age": age, "b.age": 1}) for age in ages]


def test_bounds(grown: Ruleset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decider, "MAX_KEPT", 5)
    monkeypatch.setattr(kinds, "MAX_VALUES", 7)
    keeping, anew = Decider(grown, QUESTION, "rete"), Decider(grown, QUESTION, "reference")
    assert isinstance(keeping.engine, Rete)
    for facts in _ages(grown, *range(60), *range(60)):
        assert _said(keeping.answer(facts)) == _said(anew.answer(facts))
        assert 0 < len(keeping._kept) <= 5
        assert 0 < len(keeping.engine._kinds) <= 7


@pytest.mark.parametrize("hostile", [True, 20.0, "20", 2**63, [20], None, float("nan")], ids=repr)
def test_facts_that_nobody_validated(hostile: Any) -> None:
    """Nothing is kept of them, nor anything that was kept taken for them, however equal."""
    ruleset = small(("permit", "a.age >= 18"))
    keeping = Decider(ruleset, QUESTION, "rete")
    for facts in _ages(ruleset, 1, 20):
        keeping.answer(facts)
    kept = dict(keeping._kept)
    invented = Facts(on=ON, values={"a.age": hostile}, left_out=(), references={})
    if hostile is None:
        assert keeping.answer(invented).missing == ("a.age",)
    else:
        with pytest.raises(FactsInvalid):
            keeping.answer(invented)
    assert keeping._kept == kept


def test_a_failing_engine_leaves_nothing(grown: Ruleset, monkeypatch: pytest.MonkeyPatch) -> None:
    keeping = Decider(grown, QUESTION, "rete")
    (facts,) = _ages(grown, 20)

    def fails(self: Rete, facts: Mapping[str, Value]) -> Firings:
        raise EngineFailure("it broke")

    with monkeypatch.context() as broken:
        broken.setattr(Rete, "fire", fails)
        for _ in range(2):
            with pytest.raises(EngineFailure):
                keeping.answer(facts)
    assert not keeping._kept
    assert keeping.answer(facts).verdict.outcome.value == "eligible"


def test_a_closed_engine_answers_nothing(grown: Ruleset) -> None:
    keeping = Decider(grown, QUESTION, "rete")
    assert isinstance(keeping.engine, Rete)
    (facts,) = _ages(grown, 20)
    keeping.answer(facts)
    keeping.engine.close()
    with pytest.raises(EngineClosed):
        keeping.answer(facts)


def test_a_pickle_keeps_nothing(grown: Ruleset) -> None:
    keeping = Decider(grown, QUESTION, "rete")
    (facts,) = _ages(grown, 20)
    answer = keeping.answer(facts)
    again = pickle.loads(pickle.dumps(keeping))
    assert not again._kept
    assert again.answer(pickle.loads(pickle.dumps(facts))) == answer
    assert len(again._kept) == 1


def test_threads(grown: Ruleset, monkeypatch: pytest.MonkeyPatch) -> None:
    """They meet on few kinds, and what is kept is cleared all the time."""
    monkeypatch.setattr(decider, "MAX_KEPT", 3)
    monkeypatch.setattr(kinds, "MAX_VALUES", 3)
    keeping, anew = Decider(grown, QUESTION, "rete"), Decider(grown, QUESTION, "reference")
    asked = [(facts, _said(anew.answer(facts))) for facts in _ages(grown, *range(14, 22))]
    wrong: list[Facts] = []

    def decide(seed: int) -> None:
        random = Random(seed)
        for _ in range(1_000):
            facts, wanted = random.choice(asked)
            if _said(keeping.answer(facts)) != wanted:
                wrong.append(facts)

    threads = [threading.Thread(target=decide, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(keeping._kept) <= 3 + len(threads)
