"""an order of one's own.

No source ranks the groups of patients against each other: an order is a deployer's parameter, and
the answer says so.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import flk_rules
from support.cases import ENGINES, NATIONAL, shipped
from support.folders import entry, write

ON = date(2026, 1, 1)
RULE = "se.national.priority.order_is_the_deployers"
OLDER = {"age": 80, "covered_by_region": True}


@pytest.mark.parametrize("engine", ENGINES)
def test_as_shipped_there_is_no_order(engine: str) -> None:
    decision = shipped(NATIONAL, ON).decide("priority", engine=engine, patient=OLDER)
    assert shipped(NATIONAL, ON).model.parameters["priority_order"].value == frozenset()
    assert RULE not in [rule.id for rule in decision.advice]


@pytest.mark.parametrize("engine", ENGINES)
def test_an_order_is_the_deployers_and_an_assumption(tmp_path: Path, engine: str) -> None:
    setting = entry("set", parameter="priority_order", value=["sabo", "older"])
    write(tmp_path, "my.unit", setting)
    ruleset = flk_rules.load("my.unit", on=ON, path=[tmp_path])
    decision = ruleset.decide("priority", engine=engine, patient=OLDER)
    assert RULE in [rule.id for rule in decision.advice]
    assert "priority_order" in [each.id for each in decision.assumptions]
    # Whoever is in none of the ordered groups is refused no more than before.
    other = ruleset.decide("priority", engine=engine, patient={"age": 40})
    assert other.outcome is not flk_rules.Outcome.NOT_ELIGIBLE
