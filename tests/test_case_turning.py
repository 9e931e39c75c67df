"""where decisions went otherwise.

The first condition that would have to be otherwise, through definitions, negations and choices.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from flk_rules.cases import Difference, Turn, turns
from flk_rules.decision import Decision
from flk_rules.language import print_expression
from flk_rules.library import Ruleset
from support.cases import NATIONAL, ON, STOCKHOLM, shipped, small, specialist
from support.rulesets import QUESTION


def _decision(
    condition: str, facts: Mapping[str, Any], definitions: Mapping[str, str] | None = None
) -> Decision:
    ruleset = Ruleset(small(("permit", condition), definitions=definitions))
    return ruleset.decide(QUESTION, engine="reference", a=facts, b={})


def _turn(decision: Decision, key: str = "grounds", *, expected: bool = True) -> Turn:
    (rule,) = decision.parts[1].rules
    named, none = (rule,), ()
    difference = Difference(
        key=key, expected=named if expected else none, found=none if expected else named
    )
    (turn,) = turns(decision, [difference])
    return turn


@pytest.mark.parametrize(
    ("condition", "facts", "part", "read"),
    [
        ("a.yes", {"yes": False}, "a.yes", {"a.yes": False}),
        ("a.yes && a.age >= params.grown", {"yes": True, "age": 17},
         "a.age >= params.grown", {"a.age": 17}),
        ("a.yes && a.other", {"yes": False, "other": False}, "a.yes", {"a.yes": False}),
        ("a.yes || a.other && a.age > 3", {"yes": False, "other": False, "age": 1},
         "a.yes", {"a.yes": False}),
        ("a.other && a.age > 3 || a.yes", {"yes": False, "other": False, "age": 1},
         "a.yes", {"a.yes": False}),
        ("!(a.yes || a.other)", {"yes": False, "other": True}, "a.other", {"a.other": True}),
        ("a.yes ? a.other : a.age > 3", {"yes": False, "other": True, "age": 1},
         "a.age > 3", {"a.age": 1}),
        ("'red' in a.colours", {"colours": ["blue"]}, "'red' in a.colours",
         {"a.colours": frozenset({"blue"})}),
    ],
)  # fmt: skip
def test_of_a_false_rule_the_first_condition_that_keeps_it_from_being_true(
    condition: str, facts: dict[str, Any], part: str, read: dict[str, Any]
) -> None:
    turn = _turn(_decision(condition, facts))
    assert (turn.expected, turn.truth, turn.named) == (True, False, True)
    assert print_expression(turn.part.trace.node) == part
    assert turn.part.facts == read


@pytest.mark.parametrize(
    ("condition", "facts", "part"),
    [
        ("a.yes && a.age > 3", {"yes": True, "age": 5}, "a.yes && a.age > 3"),
        (
            "a.other || a.yes && a.age > 3",
            {"other": False, "yes": True, "age": 5},
            "a.yes && a.age > 3",
        ),
        ("a.yes || a.age > 3", {"yes": False, "age": 5}, "a.age > 3"),
        ("!a.yes", {"yes": False}, "a.yes"),
        ("has(a.age)", {"age": 3}, "has(a.age)"),
    ],
)
def test_of_a_true_rule_the_first_condition_that_makes_it_true_or_all_of_them(
    condition: str, facts: dict[str, Any], part: str
) -> None:
    turn = _turn(_decision(condition, facts), expected=False)
    assert (turn.expected, turn.truth) == (False, True)
    assert print_expression(turn.part.trace.node) == part


def test_of_an_unknown_rule_the_first_condition_that_is_not_known() -> None:
    decision = _decision("a.yes && a.age > 3", {"yes": True})
    turn = _turn(decision)
    assert (turn.expected, turn.truth) == (True, None)
    assert print_expression(turn.part.trace.node) == "a.age > 3"
    assert turn.part.missing == ("a.age",)
    assert _turn(decision, "failed").expected is False


def test_a_test_that_is_not_known_is_where_a_choice_stands() -> None:
    turn = _turn(_decision("a.yes ? a.other : a.age > 3", {"other": False, "age": 1}))
    assert print_expression(turn.part.trace.node) == "a.yes ? a.other : a.age > 3"


def test_a_definition_is_entered() -> None:
    turn = _turn(_decision("a.grown", {"age": 3}, {"a.grown": "a.age >= params.grown"}))
    assert print_expression(turn.part.trace.node) == "a.age >= params.grown"
    assert turn.part.parameters == {"grown": 18}


def test_a_rule_expected_to_be_open_shows_its_condition() -> None:
    turn = _turn(_decision("a.yes && a.age > 3", {"yes": True, "age": 5}), "unknown")
    assert (turn.expected, turn.truth) == (None, True)
    assert print_expression(turn.part.trace.node) == "a.yes && a.age > 3"


def test_a_true_rule_in_another_part_is_told_as_such() -> None:
    """Demoted: the rule is true as expected, and only advises."""
    decision = shipped(STOCKHOLM).decide(
        "eligibility", physician=specialist("geriatrik"), patient={"age": 70}
    )
    name = "se.national.eligibility.geriatrics"
    lacking = Difference(key="grounds", expected=(name,), found=())
    surplus = Difference(key="advice", expected=(), found=(name,))
    (turn,) = turns(decision, [lacking, surplus])
    assert (turn.expected, turn.truth) == (True, True)


def test_where_no_rule_is_named_the_nearest_is_told() -> None:
    decision = shipped(NATIONAL).decide(
        "eligibility", physician=specialist("geriatrik"), patient={"age": 64}
    )
    outcome = Difference(key="outcome", expected="eligible", found="assess")
    found = [(each.rule.id.rpartition(".")[2], each.expected, each.named) for each in
             turns(decision, [outcome])]  # fmt: skip
    assert found == [
        ("equivalent_competence_to_assess", False, False), ("geriatrics", True, False),
    ]  # fmt: skip


def test_what_is_no_rule_turns_nothing() -> None:
    decision = shipped(NATIONAL).decide("eligibility", physician={"licence": "revoked"})
    assert decision.on == ON
    assert turns(decision, [Difference(key="missing", expected=("patient.age",), found=())]) == ()
    unknown = Difference(key="grounds", expected=("my.unit.other",), found=())
    assert turns(decision, [unknown]) == ()
