"""subjects left out.

The condition of an answer, held against deciding the subject's facts once they are given: for
random small rulesets, for the general random rulesets, and where axes have their edges.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

import pytest

from flk_rules.deciding import Answer, Decider
from flk_rules.engines.reference import Interpreter
from flk_rules.facts import Facts
from flk_rules.model.answers import Effect, Outcome
from flk_rules.model.rules import Ruleset
from flk_rules.model.values import Value
from support.cases import ENGINES, FACTS, ON, condition, print_expression, small, with_question
from support.random_facts import FactSource
from support.rulesets import QUESTION, random_ruleset

ATOMS = (
    "a.yes", "b.yes", "b.other", "b.yes == true", "b.other != true", "has(a.yes)", "has(b.yes)",
    "has(b.age)", "has(b.colour)", "has(b.colours)", "b.age < 18", "b.age <= 18", "b.age > 64",
    "b.age >= params.grown", "b.age == 65", "b.age != 65", "18 < b.age", "65.5 >= b.age",
    "b.age >= 200", "b.age < 0", "b.years < params.share", "b.years <= 2.0001", "b.years > 2.00015",
    "b.years >= -0.5", "b.years == 2.0", "b.years != 0.1", "b.years == 0.00001", "2 < b.years",
    "b.colour == 'red'", "'green' != b.colour", "b.colour in ['red', 'blue']", "b.colour in []",
    "'red' in b.colours", "'blue' in b.colours", "a.age >= 18", "'red' in a.colours", "b.grown",
)  # fmt: skip
DEFINITIONS = {"b.grown": "b.age >= params.grown && !b.other"}
AGES = (0, 17, 18, 19, 64, 65, 66, 150)
YEARS = (-100.0, -0.5001, -0.5, 0.0, 0.1, 1.9999, 2.0, 2.0001, 2.0002, 100.0)


def _condition(random: Random, depth: int) -> str:
    if depth == 0 or random.random() < 0.3:
        return random.choice(ATOMS)
    parts = [f"({_condition(random, depth - 1)})" for _ in range(3)]
    return random.choice(("{0} && {1}", "{0} || {1}", "!{0}", "{0} ? {1} : {2}")).format(*parts)


def _ruleset(seed: int) -> Ruleset:
    random = Random(seed)
    rules = [
        (random.choice(("permit", "permit", "forbid", "assess", "advise")),
         _condition(random, random.choice((0, 1, 1, 2))))
        for _ in range(random.randint(1, 4))
    ]  # fmt: skip
    return small(*rules, definitions=DEFINITIONS)


def _subject(random: Random, subject: str, missing: float) -> dict[str, Value]:
    values: dict[str, Value] = {
        "yes": random.random() < 0.5,
        "other": random.random() < 0.5,
        "age": random.choice(AGES),
        "years": random.choice(YEARS),
        "colour": random.choice(("red", "green", "blue")),
        "colours": frozenset(random.sample(("red", "green", "blue"), random.randint(0, 3))),
    }
    return {f"{subject}.{k}": v for k, v in values.items() if random.random() >= missing}


def _facts(values: Mapping[str, Value], *left_out: str) -> Facts:
    return Facts(on=ON, values=values, left_out=left_out, references={})


def _check(ruleset: Ruleset, answer: Answer, decider: Decider, full: Mapping[str, Value]) -> None:
    """Exactly one branch holds of the completed facts, and it says what deciding them says."""
    verdict = decider.answer(_facts(full)).verdict
    side = (verdict.outcome, verdict.reason)
    if answer.condition is None:
        assert (answer.verdict.outcome, answer.verdict.reason) == side
        found = answer.verdict
    else:
        interpreter = Interpreter(ruleset)
        branches = answer.condition.branches
        held = [each for each in branches if interpreter.trace(each.when, full).value is True]
        assert len(held) == 1
        (branch,) = held
        assert (branch.verdict.outcome, branch.verdict.reason) == side
        assert condition(branch.text) == condition(print_expression(branch.when))
        found = branch.verdict
    if found.grounds:
        assert set(found.grounds) & set(verdict.grounds)
    assert set(found.failed) <= set(verdict.failed)
    assert set(found.advice) <= set(verdict.advice)


def _recorded(ruleset: Ruleset, values: dict[str, Value], random: Random) -> dict[str, Value]:
    """Some facts that rules ask about by `has`, and no others, not recorded."""
    texts = " ".join(rule.condition for rule in ruleset.rules.values())
    asked = {name for name in FACTS if f"has({name})" in texts}
    return {k: v for k, v in values.items() if k not in asked or random.random() < 0.7}


@pytest.mark.parametrize("chunk", range(4))
def test_a_condition_says_what_deciding_the_completed_facts_says(chunk: int) -> None:
    divided = 0
    for seed in range(chunk * 60, chunk * 60 + 60):
        ruleset, random = _ruleset(seed), Random(seed)
        decider = Decider(ruleset, QUESTION, "reference")
        given = _subject(random, "a", random.choice((0.0, 0.5, 1.0)))
        answer = decider.answer(_facts(given, "b"))
        divided += answer.condition is not None
        for _ in range(25):
            full = _recorded(ruleset, _subject(random, "b", 0.0), random)
            _check(ruleset, answer, decider, {**given, **full})
    assert divided > 20


def test_facts_that_stay_unknown_never_contradict_the_condition() -> None:
    """Of a record with gaps the outcome is that of some branch, or undetermined."""
    for seed in range(200):
        ruleset, random = _ruleset(seed), Random(seed)
        decider = Decider(ruleset, QUESTION, "reference")
        answer = decider.answer(_facts({}, "b"))
        branches = answer.condition.branches if answer.condition else ()
        possible = {each.verdict.outcome for each in branches} or {answer.verdict.outcome}
        for _ in range(10):
            verdict = decider.answer(_facts(_subject(random, "b", 0.5))).verdict
            assert verdict.outcome in possible | {Outcome.UNDETERMINED}


def test_both_engines_give_the_same_condition() -> None:
    for seed in range(60):
        ruleset, random = _ruleset(seed), Random(seed)
        facts = _facts(_subject(random, "a", 0.3), "b")
        one, two = (Decider(ruleset, QUESTION, engine).answer(facts) for engine in ENGINES)
        assert (one.verdict, one.condition, one.missing) == (
            two.verdict, two.condition, two.missing,
        )  # fmt: skip


def test_both_subjects_left_out() -> None:
    for seed in range(100):
        ruleset, random = _ruleset(seed), Random(seed)
        decider = Decider(ruleset, QUESTION, "reference")
        answer = decider.answer(_facts({}, "a", "b"))
        for _ in range(10):
            given = {**_subject(random, "a", 0.0), **_subject(random, "b", 0.0)}
            if decider._division(("a", "b")) is not None:
                _check(ruleset, answer, decider, _recorded(ruleset, given, random))


def _general(seed: int) -> Ruleset:
    ruleset, random = random_ruleset(seed), Random(seed)
    effects = random.choices(tuple(Effect), k=len(ruleset.rules))
    return with_question(ruleset, effects, subjects=("p",))


@pytest.mark.parametrize("chunk", range(4))
def test_an_answer_without_the_subject_is_sound_for_any_ruleset(chunk: int) -> None:
    """Divisible or not: what is settled without the subject stays so with it."""
    settled = 0
    for seed in range(chunk * 40, chunk * 40 + 40):
        ruleset = _general(seed)
        decider = Decider(ruleset, QUESTION, "reference")
        answer = decider.answer(_facts({}, "p"))
        source = FactSource(ruleset, seed)
        for _ in range(15):
            values = source.draw()
            verdict = decider.answer(_facts(values)).verdict
            if answer.verdict.outcome not in (Outcome.CONDITIONAL, Outcome.UNDETERMINED):
                settled += 1
                assert verdict.outcome in (answer.verdict.outcome, Outcome.UNDETERMINED)
            if answer.condition and len(values) == len(ruleset.schema.facts):
                _check_general(ruleset, answer, verdict.outcome, values)
    assert settled > 50


def _check_general(
    ruleset: Ruleset, answer: Answer, outcome: Outcome, values: Mapping[str, Value]
) -> None:
    interpreter = Interpreter(ruleset)
    assert answer.condition is not None
    held = [
        branch.verdict.outcome
        for branch in answer.condition.branches
        if interpreter.trace(branch.when, values).value is True
    ]
    assert held == [outcome]


@pytest.mark.parametrize("one", ["<", "<=", ">", ">=", "==", "!="])
@pytest.mark.parametrize("two", ["<", "<=", ">", ">=", "==", "!="])
def test_cuts_next_to_each_other(one: str, two: str) -> None:
    """Constants on, and between, numbers that the fact can have."""
    pairs = ("2.0001", "2.00015"), ("2.0001", "2.0002"), ("2.00015", "2.0003")
    for first, second in pairs:
        rules = ("permit", f"b.years {one} {first}"), ("assess", f"b.years {two} {second}")
        ruleset = small(*rules, ("permit", f"b.age {one} 64"), ("forbid", f"b.age {two} 64.5"))
        decider = Decider(ruleset, QUESTION, "reference")
        answer = decider.answer(_facts({}, "b"))
        for years in (2.0, 2.0001, 2.0002, 2.0003):
            for age in (63, 64, 65):
                _check(ruleset, answer, decider, {"b.age": age, "b.years": years})


@pytest.mark.parametrize("bound", ["1.7e308", "-1.7e308", "5e-324", "9007199254740993"])
def test_awkward_constants(bound: str) -> None:
    ruleset = small(("permit", f"b.years < {bound}"), ("assess", f"b.age > {bound}"))
    decider = Decider(ruleset, QUESTION, "reference")
    answer = decider.answer(_facts({}, "b"))
    for age, years in zip(AGES, YEARS, strict=False):
        _check(ruleset, answer, decider, {"b.age": age, "b.years": years})


def test_a_settled_answer_holds_whatever_the_unknown_facts_are() -> None:
    """Unknown rules are taken as independent: that can leave open what the facts could not, and
    never settles what they could change. `has` is about the record, so it is kept out."""
    settled = 0
    for seed in range(300):
        ruleset, random = _ruleset(seed), Random(seed)
        if any("has(" in rule.condition for rule in ruleset.rules.values()):
            continue
        decider = Decider(ruleset, QUESTION, "reference")
        given = {**_subject(random, "a", 0.5), **_subject(random, "b", 0.5)}
        verdict = decider.answer(_facts(given)).verdict
        if verdict.outcome is Outcome.UNDETERMINED:
            continue
        settled += 1
        for _ in range(10):
            full = {**_subject(random, "a", 0.0), **_subject(random, "b", 0.0), **given}
            assert decider.answer(_facts(full)).verdict.outcome is verdict.outcome
    assert settled > 50


def test_undetermined_may_be_too_careful() -> None:
    ruleset = small(("permit", "b.age < 65"), ("permit", "b.age >= 65"))
    decider = Decider(ruleset, QUESTION, "reference")
    unknown, left_out = decider.answer(_facts({})), decider.answer(_facts({}, "b"))
    assert (unknown.verdict.outcome, unknown.missing) == (Outcome.UNDETERMINED, ("b.age",))
    assert (left_out.verdict.outcome, left_out.condition) == (Outcome.ELIGIBLE, None)
