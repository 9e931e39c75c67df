"""axes at their edges.

How a condition on a subject left out is worded, and what has no division into cases.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from flk_rules.deciding import Decider
from flk_rules.deciding.cells import MAX_CELLS, Division, NotDivisible
from flk_rules.facts import Facts
from flk_rules.model.answers import Outcome
from flk_rules.model.rules import Ruleset
from flk_rules.model.values import Value
from support.cases import ENGINES, ON, small
from support.rulesets import QUESTION

DEFINITIONS = {"b.grown": "b.age >= params.grown && !b.other"}


def _facts(values: Mapping[str, Value], *left_out: str) -> Facts:
    return Facts(on=ON, values=values, left_out=left_out, references={})


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
        Division(ruleset, ruleset.rules_of(QUESTION), ("b",))
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
    assert len(Division(within, within.rules_of(QUESTION), ("b",)).axes[0].cells) == 140
    beyond = small(
        *_many(40), *(("permit", f"b.years > {n}.0 && b.other && b.yes") for n in range(20))
    )
    with pytest.raises(NotDivisible):
        Division(beyond, beyond.rules_of(QUESTION), ("b",))
    assert MAX_CELLS == 1_024
    answer = Decider(beyond, QUESTION, "reference").answer(_facts({"a.yes": True}, "b"))
    assert answer.verdict.outcome is Outcome.UNDETERMINED
    assert answer.missing == ("b.age", "b.other", "b.years", "b.yes")
