"""assumptions, counterfactually.

A parameter is listed exactly where an answer says less once the parameter is not known. Held
against rulesets in which the parameter is a fact that nobody knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

import pytest
from attrs import evolve

from flk_rules.deciding import Decider
from flk_rules.explaining import assumptions_of
from flk_rules.facts import Facts
from flk_rules.model.answers import Outcome
from flk_rules.model.expressions import (
    And,
    Compare,
    Conditional,
    Expr,
    FactRef,
    Not,
    Or,
    ParameterRef,
)
from flk_rules.model.rules import Basis, Ruleset
from flk_rules.model.values import Value
from flk_rules.model.verdicts import Verdict
from support.cases import FACTS, ON, small
from support.rulesets import QUESTION, fact

CONDITIONS = (
    "a.yes", "a.age >= params.grown", "a.age < params.grown", "params.grown == 18",
    "a.years <= params.share", "a.years > params.share", "a.age >= 18", "params.share > 1.5",
)  # fmt: skip


def _condition(random: Random, depth: int = 2) -> str:
    if depth == 0 or random.random() < 0.4:
        return random.choice(CONDITIONS)
    parts = [f"({_condition(random, depth - 1)})" for _ in range(3)]
    return random.choice(("{0} && {1}", "{0} || {1}", "!{0}", "{0} ? {1} : {2}")).format(*parts)


def _opened(node: Expr, parameter: str) -> Expr:
    """The tree with a fact that nobody knows in the parameter's place."""
    match node:
        case ParameterRef(path=path, type=type_) if path == parameter:
            return FactRef("a.unheard_of", type_)
        case And(operands=operands) | Or(operands=operands):
            return evolve(node, operands=tuple(_opened(each, parameter) for each in operands))
        case Not(operand=operand):
            return Not(_opened(operand, parameter))
        case Compare(op=op, left=left, right=right):
            return Compare(op, _opened(left, parameter), _opened(right, parameter))
        case Conditional(test=test, then=then, otherwise=otherwise):
            return Conditional(*(_opened(each, parameter) for each in (test, then, otherwise)))
    return node


def _without(ruleset: Ruleset, parameter: str) -> Ruleset:
    rules = {
        name: evolve(rule, when=_opened(rule.when, parameter))
        for name, rule in ruleset.rules.items()
    }
    unheard = fact("a.unheard_of", ruleset.parameters[parameter].type)
    schema = evolve(ruleset.schema, facts={**FACTS, unheard.name: evolve(unheard, subject="a")})
    return evolve(ruleset, rules=rules, schema=schema)


def _facts(values: Mapping[str, Value], *left_out: str) -> Facts:
    return Facts(on=ON, values=values, left_out=left_out, references={})


def _said(verdict: Verdict) -> tuple[object, ...]:
    return verdict.outcome, verdict.reason, verdict.grounds, verdict.advice


def _listed(ruleset: Ruleset, facts: Facts) -> set[str]:
    decider = Decider(ruleset, QUESTION, "reference")
    return {each.id for each in assumptions_of(decider.answer(facts), ruleset, decider)}


def test_listed_exactly_where_opening_it_changes_what_is_said() -> None:
    listed = 0
    for seed in range(250):
        random = Random(seed)
        effects = [random.choice(("permit", "forbid", "assess", "advise")) for _ in range(3)]
        ruleset = small(*((effect, _condition(random)) for effect in effects))
        for _ in range(4):
            values: dict[str, Value] = {
                "a.yes": random.random() < 0.5,
                "a.age": random.choice((17, 18)),
                "a.years": random.choice((1.0, 2.0, 2.0001)),
            }
            facts = _facts({k: v for k, v in values.items() if random.random() < 0.7})
            plain = Decider(ruleset, QUESTION, "reference").answer(facts).verdict
            expected = {
                name
                for name in ruleset.parameters
                if _said(Decider(_without(ruleset, name), QUESTION, "reference")
                         .answer(facts).verdict) != _said(plain)
            }  # fmt: skip
            assert _listed(ruleset, facts) == expected
            listed += bool(expected)
    assert listed > 100


def test_a_parameter_with_a_source_is_no_assumption() -> None:
    ruleset = small(("permit", "a.age >= params.grown"))
    grown = evolve(ruleset.parameters["grown"], basis=Basis.SOURCE)
    sourced = evolve(ruleset, parameters={**ruleset.parameters, "grown": grown})
    assert _listed(ruleset, _facts({"a.age": 20})) == {"grown"}
    assert _listed(sourced, _facts({"a.age": 20})) == set()


def test_what_was_read_but_changes_nothing_is_not_listed() -> None:
    ruleset = small(("permit", "a.age >= params.grown || a.yes"), ("permit", "a.other"))
    assert _listed(ruleset, _facts({"a.age": 20, "a.yes": True})) == set()
    assert _listed(ruleset, _facts({"a.age": 20, "a.yes": False})) == {"grown"}


def test_a_ground_that_rests_on_it_lists_it_though_the_outcome_does_not() -> None:
    ruleset = small(("permit", "a.age >= params.grown"), ("permit", "a.yes"))
    assert _listed(ruleset, _facts({"a.age": 20, "a.yes": True})) == {"grown"}


def test_advice_that_rests_on_it_lists_it() -> None:
    """Advice that is given does; that none is given says nothing."""
    ruleset = small(("permit", "a.yes"), ("advise", "a.age < params.grown"))
    assert _listed(ruleset, _facts({"a.yes": True, "a.age": 3})) == {"grown"}
    assert _listed(ruleset, _facts({"a.yes": True, "a.age": 20})) == set()
    assert _listed(ruleset, _facts({"a.yes": True})) == set()


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([("permit", "b.age >= params.grown")], {"grown"}),
        ([("permit", "b.age >= params.grown"), ("permit", "a.yes")], set()),
        ([("advise", "b.age >= params.grown"), ("permit", "a.yes")], set()),
        ([("advise", "b.age >= params.grown"), ("forbid", "a.yes")], set()),
        ([("advise", "b.age >= params.grown"), ("permit", "b.age >= 18")], {"grown"}),
        ([("advise", "b.age >= params.grown"), ("permit", "b.age >= 17")], set()),
        ([("permit", "b.age >= params.grown"), ("permit", "b.age < params.grown")], {"grown"}),
        ([("permit", "b.age >= params.grown"), ("forbid", "a.yes")], set()),
        ([("permit", "b.age >= params.grown && a.other")], {"grown"}),
        ([("permit", "b.age >= a.age"), ("permit", "a.years < params.share")], set()),
        ([("permit", "!has(b.yes) && a.years <= params.share")], {"share"}),
        ([("assess", "!has(b.yes) && a.years <= params.share"), ("advise", "b.age > a.age")],
         set()),
        ([("assess", "b.age > a.age"), ("permit", "a.years <= params.share")], {"share"}),
    ],
)  # fmt: skip
def test_of_a_subject_left_out_what_is_said_of_all_cases_or_of_a_side_counts(
    rules: list[tuple[str, str]], expected: set[str]
) -> None:
    """What is so in some cases of a side only, no text shows."""
    facts = _facts({"a.yes": True, "a.other": True, "a.years": 2.0, "a.age": 5}, "b")
    assert _listed(small(*rules), facts) == expected


def test_a_condition_rests_on_the_parameter_that_draws_its_line() -> None:
    ruleset = small(("permit", "b.age >= params.grown"), parameters={"grown": 30})
    decider = Decider(ruleset, QUESTION, "reference")
    answer = decider.answer(_facts({}, "b"))
    assert answer.verdict.outcome is Outcome.CONDITIONAL
    assert str(answer.condition) == "eligible if b.age >= 30, otherwise not eligible"
    assert [each.id for each in assumptions_of(answer, ruleset, decider)] == ["grown"]
