"""partitions of facts.

That the cells of a condition show everything it can tell: on random conditions, at the boundaries
of those that compute or compare facts, and on every shipped rule.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from flk_rules.analysis.conflicts import conflicts
from flk_rules.analysis.partitions import partition
from flk_rules.engines.reference import Interpreter
from flk_rules.model.expressions import Arithmetic, Expr
from flk_rules.model.rules import Ruleset
from flk_rules.model.values import Unknown, Value
from support.cases import condition, shipped, small
from support.exhaustive import of_question
from support.random_facts import FactSource
from support.rulesets import QUESTION, random_ruleset

RULESETS = ("se.national", "se.stockholm", "se.borgholm")
MOST_CELLS = 20_000


def _truth(interpreter: Interpreter, when: Expr, facts: Mapping[str, Value]) -> bool | None:
    value = interpreter.trace(when, facts).value
    return None if isinstance(value, Unknown) else bool(value)


def _told(ruleset: Ruleset, conditions: list[Expr]) -> set[tuple[bool | None, ...]]:
    """Every row of truths that the cells of all the conditions show."""
    interpreter = Interpreter(ruleset)
    cells = partition((ruleset, each) for each in conditions).cells()
    return {tuple(_truth(interpreter, each, facts) for each in conditions) for facts in cells}


def test_random_facts_tell_nothing_that_the_cells_do_not() -> None:
    """Of random rules, three at a time: each row of truths that facts can make is in some cell."""
    tried = 0
    for seed in range(250):
        ruleset = random_ruleset(seed)
        conditions = [rule.when for rule in ruleset.rules_of(QUESTION)][:3]
        found = partition((ruleset, each) for each in conditions)
        if found.inexact or found.size > MOST_CELLS:
            continue
        tried += 1
        told = _told(ruleset, conditions)
        interpreter, source = Interpreter(ruleset), FactSource(ruleset, seed)
        for _ in range(60):
            facts = source.draw()
            row = tuple(_truth(interpreter, each, facts) for each in conditions)
            assert row in told, (seed, facts, [rule.condition for rule in ruleset.rules.values()])
    assert tried > 50


@pytest.mark.parametrize(
    ("when", "fact", "values"),
    [
        ("a.age >= 18", "a.age", (17, 18)),
        ("a.age > 18", "a.age", (18, 19)),
        ("a.age == 18", "a.age", (17, 18, 19)),
        ("a.age + 1 == 18", "a.age", (16, 17, 18)),
        ("18 > a.age - 2", "a.age", (19, 20, 21)),  # where it is computed, below, at and above
        ("a.age * 2 >= 35", "a.age", (16, 17, 18, 19)),
        ("-a.age <= -18", "a.age", (17, 18, 19)),
        ("a.age in [18, 20]", "a.age", (17, 18, 19, 20, 21)),
        ("(a.yes ? a.age : b.age) > 18", "a.age", (17, 18, 19)),
        ("(a.yes ? 20 : 18) > a.age", "a.age", (17, 18, 19, 20, 21)),
        ("a.years < 2.00005", "a.years", (2.0, 2.0001)),
        ("a.age < 0", "a.age", (0,)),
        ("a.age > 150", "a.age", (0,)),
        ("has(a.age)", "a.age", (0,)),
        ("a.yes == a.other", "a.yes", (True, False)),
        ("a.colour == 'red'", "a.colour", ("red", "blue")),
        ("a.colour in ['red', 'blue', 'green']", "a.colour", ("blue",)),
        ("'red' in a.colours", "a.colours", ({}, {"red"}, {"blue"}, {"red", "blue"})),
        ("sets.intersects(a.colours, ['red', 'blue'])", "a.colours",
         ({}, {"blue"}, {"green"}, {"blue", "green"})),
        ("sets.contains(a.colours, ['red', 'blue'])", "a.colours",
         ({}, {"red"}, {"blue"}, {"green"}, {"red", "blue"}, {"red", "green"}, {"blue", "green"},
          {"red", "blue", "green"})),
        ("sets.contains(['red'], a.colours)", "a.colours",
         ({}, {"red"}, {"blue"}, {"red", "blue"})),
        ("size(a.colours) > 1", "a.colours", ({}, {"blue"}, {"blue", "green"})),
        ("size(params.grown > 1 ? a.colours : a.colours) == 0", "a.colours", None),
    ],
)  # fmt: skip
def test_the_values_that_stand_for_a_fact(when: str, fact: str, values: tuple[object, ...]) -> None:
    found = partition([(small(("permit", when)), condition(when))])
    (axis,) = (axis for axis in found.axes if axis.fact == fact)
    *known, last = axis.values
    assert last is None
    if values is None:
        assert fact in found.inexact
        return
    assert not found.inexact
    wanted = [frozenset(each) if isinstance(each, (set, dict)) else each for each in values]
    assert sorted(known, key=_order) == sorted(wanted, key=_order)


def _order(value: object) -> object:
    """Sets in an order that is the same in every process."""
    return sorted(value) if isinstance(value, frozenset) else value


@pytest.mark.parametrize(
    "when",
    [
        "a.age == b.age",
        "a.age > b.age + 3",
        "a.age >= 18 && a.age - b.age == 30",
        "a.age > 140 && b.age > a.age",
        "a.years >= b.years - a.years",
    ],
)
def test_facts_against_facts_fall_on_both_sides_of_their_boundary(when: str) -> None:
    ruleset = small(("permit", when))
    assert _told(ruleset, [condition(when)]) == {(True,), (False,), (None,)}


def test_what_is_not_followed_is_named() -> None:
    """A product of facts is no sum; the cells are then a sample, and the partition says so."""
    ruleset = small(("permit", "a.age * b.age > 100 && a.yes"))
    found = partition([(ruleset, next(iter(ruleset.rules.values())).when)])
    assert found.inexact == {"a.age", "b.age"}


def test_without_unknown_a_fact_is_missing_only_where_a_rule_asks() -> None:
    when = "has(a.age) && a.age >= 18 && a.yes"
    found = partition([(small(("permit", when)), condition(when))], unknown=False)
    assert {axis.fact: axis.values for axis in found.axes} == {
        "a.age": (17, 18, None),
        "a.yes": (True, False),
    }


@pytest.mark.parametrize("name", RULESETS)
def test_shipped_rules_divide_exactly_but_for_those_that_halve_a_training(name: str) -> None:
    """Half of the training is arithmetic on doubles; the others are exact, and small."""
    model = shipped(name).model
    for rule in model.rules.values():
        found = partition([(model, rule.when)])
        halves = any(
            isinstance(node, Arithmetic) and node.op == "-" for node in model.nodes_of(rule.when)
        )
        assert bool(found.inexact) == halves, rule.id
        assert 0 < found.size < (100_000 if halves else 1_000)


@pytest.mark.parametrize("name", RULESETS)
def test_no_two_numbers_of_a_shipped_question_contradict(name: str) -> None:
    model = shipped(name).model
    for question in model.questions:
        assert list(conflicts(model, question)) == []


def test_a_question_small_enough_is_divided_as_a_whole() -> None:
    assert of_question(shipped("se.national").model, "relisting").size == 90
