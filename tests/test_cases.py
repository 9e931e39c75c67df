"""shipped case tables.

Every table of `tests/cases`, on both engines: facts in, outcome and deciding rules out. They were
written from the sources before the rules were.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import tomli

from flk_rules.decision import Decision
from flk_rules.model.answers import Effect
from support.cases import ENGINES, shipped

SET = (Effect.GROUND, Effect.POINT)
"""Effects whose rules are answered one by one."""
TABLES = sorted((Path(__file__).parent / "cases").glob("*.cases.toml"))


def _cases() -> Iterator[Any]:
    for path in TABLES:
        table = tomli.loads(path.read_text("utf-8"))
        for case in table["case"]:
            yield pytest.param(table, case, id=f"{path.name.split('.cases')[0]}-{case['name']}")


def _merged(facts: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(copy.deepcopy(facts))
    for key, value in more.items():
        inner = found.get(key)
        both = isinstance(inner, dict) and isinstance(value, dict)
        found[key] = _merged(inner, value) if both else value
    return found


def _without(facts: dict[str, Any], name: str) -> None:
    head, _, rest = name.partition(".")
    if rest:
        _without(facts[head], rest)
    else:
        del facts[head]


def _decide(table: Mapping[str, Any], case: Mapping[str, Any], engine: str) -> Decision:
    shared = {} if case.get("alone") else table.get("facts", {})
    facts = _merged(shared, case.get("with", {}))
    for name in case.get("without", ()):
        _without(facts, name)
    on: date = case.get("on", table["on"])
    ruleset = shipped(case.get("ruleset", table["ruleset"]), on)
    question = table["question"]
    subjects: dict[str, Any] = {each: {} for each in ruleset.questions[question].subjects}
    return ruleset.decide(question, engine=engine, **{**subjects, **facts})


def _said(decision: Decision) -> dict[str, Any]:
    def short(rules: Any) -> list[str]:
        return sorted(rule.id.rpartition(".")[2] for rule in rules)

    return {
        "outcome": decision.outcome.value,
        "reason": decision.reason.value if decision.reason else None,
        "force": decision.force.value if decision.force else None,
        "grounds": short(decision.grounds),
        "failed": short(decision.failed),
        "open": short(each for each in decision.unknown if each.effect in SET),
        "advice": short(decision.advice),
        "missing": sorted(decision.missing),
        "assumptions": sorted(each.id for each in decision.assumptions),
        "directions": short(decision.directions),
        "value": decision.value,
        "status": decision.measure.status if decision.measure else None,
        "difference": decision.measure.difference if decision.measure else None,
    }


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("table", "case"), list(_cases()))
def test_case(table: Mapping[str, Any], case: Mapping[str, Any], engine: str) -> None:
    decision = _decide(table, case, engine)
    said = _said(decision)
    wanted = {
        key: sorted(case[key]) if isinstance(case[key], list) else case[key]
        for key in said
        if key in case
    }
    assert {key: said[key] for key in wanted} == wanted, (
        f"{case.get('why')}\n{decision.explain('en')}"
    )


def test_every_case_says_what_it_wants() -> None:
    """A key that is misspelt would hold nothing."""
    known = {"name", "why", "alone", "with", "without", "on", "ruleset", "outcome", "reason",
             "force", "grounds", "failed", "open", "advice", "missing", "assumptions",
             "directions", "value", "status", "difference"}  # fmt: skip
    for path in TABLES:
        table = tomli.loads(path.read_text("utf-8"))
        names = [case["name"] for case in table["case"]]
        assert len(set(names)) == len(names), path
        for case in table["case"]:
            assert case.keys() <= known, (path, case["name"])
            assert "outcome" in case, (path, case["name"])
