"""subjects left out.

The condition of an answer, held against deciding the subject's facts once they are given: for
random small rulesets, for the general random rulesets, and where axes have their edges.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random

import pytest
from support.cases import ENGINES, FACTS, ON, condition, print_expression, small, with_question
from support.random_facts import FactSource
from support.rulesets import QUESTION, random_ruleset

from flk_rules.deciding import Answer, Decider
from flk_rules.deciding.cells import MAX_CELLS, Division, NotDivisible
from flk_rules.engines.reference import Interpreter
from flk_rules.facts import Facts
from flk_rules.model.rules import Effect, Ruleset
from flk_rules.model.values import Value
from flk_rules.model.verdicts import Outcome

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


def _texts(ruleset: Ruleset, given: Mapping[str, Value] | None = None) -> list[tuple[str, str]]:
    answer = Decider(ruleset, QUESTION, "reference").answer(_facts(given or {}, "b"))
    assert answer.condition is not None
    return [(each.verdict.outcome.value, each.text) for each in answer.condition.branches]


@pytest.mark.parametrize(
    ("when", "eligible", "otherwise"),
    [
        ("b.age < 18", "b.age < 18", "b.age >= 18"),
        ("b.age <= 18", "b.age <= 18", "b.age > 18"),
        ("b.age > 18", "b.age > 18", "b.age <= 18"),
        ("18 <= b.age", "b.age >= 18", "b.age < 18"),
        ("b.age >= params.grown", "b.age >= 18", "b.age < 18"),
        ("b.age == 18", "b.age >= 18 && b.age <= 18", "b.age < 18 || b.age > 18"),
        ("b.age != 18", "b.age < 18 || b.age > 18", "b.age >= 18 && b.age <= 18"),
        ("b.age >= 64.5", "b.age >= 64.5", "b.age < 64.5"),
        ("b.age < 18 || b.age >= 65", "b.age < 18 || b.age >= 65", "b.age >= 18 && b.age < 65"),
        ("b.years <= 2.0", "b.years <= 2.0", "b.years > 2.0"),
        ("b.years < 2.00015", "b.years < 2.00015", "b.years >= 2.00015"),
        ("b.yes", "b.yes", "!b.yes"),
        ("b.colour == 'red'", "b.colour == 'red'", "b.colour != 'red'"),
        ("b.colour in ['red', 'blue']", "b.colour == 'blue' || b.colour == 'red'",
         "b.colour != 'blue' && b.colour != 'red'"),
        ("'red' in b.colours", "'red' in b.colours", "!('red' in b.colours)"),
        ("has(b.age)", "has(b.age)", "!has(b.age)"),
        ("has(b.age) && b.age >= 18", "b.age >= 18", "b.age < 18 || !has(b.age)"),
        ("!has(b.yes) || b.yes", "b.yes || !has(b.yes)", "!b.yes"),
        ("b.yes && b.age >= 18", "b.age >= 18 && b.yes", "b.age < 18 || !b.yes"),
    ],
)  # fmt: skip
def test_the_text_of_a_condition(when: str, eligible: str, otherwise: str) -> None:
    assert _texts(small(("permit", when))) == [("eligible", eligible), ("not_eligible", otherwise)]


@pytest.mark.parametrize(
    "when", ["b.age >= 0", "b.age < 200", "b.age != 200", "b.age != 64.5", "b.years > -100.5"]
)
def test_a_bound_beyond_the_fact_divides_nothing(when: str) -> None:
    answer = Decider(small(("permit", when)), QUESTION, "reference").answer(_facts({}, "b"))
    assert answer.condition is None
    assert answer.verdict.outcome is Outcome.ELIGIBLE


@pytest.mark.parametrize("bound", ["1.7e308", "-1.7e308", "5e-324", "9007199254740993"])
def test_awkward_constants(bound: str) -> None:
    ruleset = small(("permit", f"b.years < {bound}"), ("assess", f"b.age > {bound}"))
    decider = Decider(ruleset, QUESTION, "reference")
    answer = decider.answer(_facts({}, "b"))
    for age, years in zip(AGES, YEARS, strict=False):
        _check(ruleset, answer, decider, {"b.age": age, "b.years": years})


def test_a_branch_names_the_given_facts_that_are_missing() -> None:
    ruleset = small(("permit", "b.age >= 65"), ("permit", "a.yes"), ("forbid", "a.other && b.yes"))
    answer = Decider(ruleset, QUESTION, "reference").answer(_facts({}, "b"))
    assert answer.condition is not None
    missing = {branch.text: branch.missing for branch in answer.condition.branches}
    assert missing == {
        "b.age >= 65 && !b.yes": (),
        "b.age < 65 || b.yes": ("a.other", "a.yes"),
    }
    assert answer.missing == ("a.other", "a.yes")


def test_where_only_the_reason_differs_the_outcome_is_settled() -> None:
    """Not eligible either way, so the outcome is no condition; who says no is."""
    ruleset = small(("permit", "b.age >= 65"), ("forbid", "b.age >= 65"))
    answer = Decider(ruleset, QUESTION, "reference").answer(_facts({}, "b"))
    assert answer.verdict.outcome is Outcome.NOT_ELIGIBLE
    assert answer.verdict.reason is None
    assert answer.condition is not None
    reasons = [(each.verdict.reason, each.text) for each in answer.condition.branches]
    assert [(reason.value if reason else None, text) for reason, text in reasons] == [
        ("forbidden", "b.age >= 65"), ("no_ground", "b.age < 65"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("when", "facts"),
    [
        ("b.age > a.age", {"b.age"}),
        ("b.age + 1 > 18", {"b.age"}),
        ("size(b.colours) > 1", {"b.colours"}),
        ("sets.intersects(b.colours, ['red'])", {"b.colours"}),
        ("b.colour == a.colour", {"b.colour"}),
        ("b.colour in a.colours", {"b.colour"}),
        ("a.colour in b.colours", {"b.colours"}),
        ("b.age in [17, 18]", {"b.age"}),
        ("b.grown == true", {"b.age", "b.other"}),
        ("b.yes == a.yes", {"b.yes"}),
    ],
)
def test_what_has_no_division(when: str, facts: set[str]) -> None:
    ruleset = small(("permit", when), definitions=DEFINITIONS)
    with pytest.raises(NotDivisible) as caught:
        Division(ruleset, QUESTION, ("b",))
    assert caught.value.facts == facts
    given: dict[str, Value] = {"a.age": 5, "a.colour": "red", "a.yes": True,
                               "a.colours": frozenset({"red"})}  # fmt: skip
    answer = Decider(ruleset, QUESTION, "reference").answer(_facts(given, "b"))
    assert answer.verdict.outcome is Outcome.UNDETERMINED
    assert answer.condition is None
    assert set(answer.missing) == facts


def test_has_is_open_where_the_subject_is_left_out_undivided() -> None:
    """`has` is about a record, and a subject left out has none that could lack a fact."""
    ruleset = small(("assess", "!has(b.yes)"), ("advise", "b.age > a.age"))
    for engine in ENGINES:
        answer = Decider(ruleset, QUESTION, engine).answer(_facts({"a.age": 3}, "b"))
        assert answer.verdict.outcome is Outcome.UNDETERMINED
        assert answer.missing == ("b.yes",)


def _many(count: int) -> Iterator[tuple[str, str]]:
    for number in range(count):
        yield "permit", f"b.age == {number * 2} && a.yes"


def test_too_many_cells_are_undetermined_not_slow() -> None:
    within = small(*_many(70))
    assert len(Division(within, QUESTION, ("b",)).axes[0].cells) == 140
    beyond = small(
        *_many(40), *(("permit", f"b.years > {n}.0 && b.other && b.yes") for n in range(20))
    )
    with pytest.raises(NotDivisible):
        Division(beyond, QUESTION, ("b",))
    assert MAX_CELLS == 1_024
    answer = Decider(beyond, QUESTION, "reference").answer(_facts({"a.yes": True}, "b"))
    assert answer.verdict.outcome is Outcome.UNDETERMINED
    assert answer.missing == ("b.age", "b.other", "b.years", "b.yes")
