"""shares and orders.

The ends of a share are those that filling in what is not known can reach; an order is the
deployer's alone, stable, and says why.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import flk_rules
from flk_rules import Ruleset
from flk_rules.planning.figures import RATE, Figure, from_ruleset
from flk_rules.planning.order import Place
from flk_rules.planning.shares import Counting, Share
from flk_rules.planning.unit import UnitPlan, plan_unit
from flk_rules.planning.unit_rows import make_unit

ON = date(2024, 10, 1)
SWEDEN = flk_rules.load("se.national", on=ON)
TARGET: Figure = from_ruleset(SWEDEN, "population_share_target", RATE)
three = st.sampled_from([True, False, None])


def share(*patients: tuple[bool | None, bool | None], partial: bool = False) -> Share:
    counting = Counting()
    for belongs, named in patients:
        counting.add(belongs, named)
    return counting.share(TARGET, partial=partial)


def completions(patients: list[tuple[bool | None, bool | None]]) -> Iterator[Fraction]:
    """The share for every way to fill in what is not known, where anybody is counted."""
    ways = [
        [(b, n) for b in ([belongs] if belongs is not None else [True, False])
         for n in ([named] if named is not None else [True, False])]
        for belongs, named in patients
    ]  # fmt: skip
    for filled in product(*ways):
        counted = [named for belongs, named in filled if belongs]
        if counted:
            yield Fraction(sum(counted), len(counted))


@given(st.lists(st.tuples(three, three), max_size=5))
def test_the_ends_are_what_can_be_reached(
    patients: list[tuple[bool | None, bool | None]],
) -> None:
    found, possible = share(*patients), list(completions(patients))
    if not possible:
        assert (found.lowest, found.highest, found.met) == (None, None, None)
        return
    assert (found.lowest, found.highest) == (min(possible), max(possible))
    reached = {each >= TARGET.value for each in possible}
    assert found.met is (reached.pop() if len(reached) == 1 else None)


@pytest.mark.parametrize(("named", "met"), [(54, False), (55, True), (56, True)])
def test_the_target_itself_is_met(named: int, met: bool) -> None:
    found = share(*[(True, True)] * named, *[(True, False)] * (100 - named))
    assert found.exact == Fraction(named, 100)
    assert found.met is met


def test_a_share_of_some_never_tells_whether_the_target_is_met() -> None:
    assert share((True, True)).met is True
    assert share((True, True), partial=True).met is None


# ---- the order -----------------------------------------------------------------------------------

DEPLOYER = """
[ruleset]
id         = "my.order"
version    = "1"
title      = {{ sv = "Egen ordning", en = "An order of one's own" }}
extends    = "se.national"
valid_from = 2024-01-01

[[document]]
id        = "routine"
title     = "Vår rutin"
publisher = "Enheten"
published = "2024-01"

[[set]]
parameter  = "priority_order"
value      = {groups}
basis      = "assumption"
source     = {{ document = "routine", section = "Ordning", statement = "P7" }}
because    = {{ sv = "Beslut av verksamheten", en = "Decided by the unit" }}
valid_from = 2024-01-01
"""
PATIENTS = (
    {"id": "child", "age": 5},
    {"id": "maybe", "age": 5, "housing": None},
    {"id": "sabo", "age": 85, "housing": "sabo"},
    {"id": "old", "age": 85, "housing": "ordinary"},
    {"id": "sabo too", "age": 60, "housing": "sabo"},
)


@pytest.fixture
def with_order(tmp_path: Path) -> Ruleset:
    folder = tmp_path / "my.order"
    folder.mkdir()
    text = DEPLOYER.format(groups='["sabo", "lss_housing"]')
    (folder / "ruleset.toml").write_text(text, encoding="utf-8")
    return flk_rules.load("my.order", on=ON, path=[tmp_path])


def planned(ruleset: Ruleset) -> UnitPlan:
    patients = [{"housing": "ordinary", **each, "listed_with": "none"} for each in PATIENTS]
    unit = make_unit(ruleset, physicians=[{"id": "Astrid"}], patients=patients)
    return plan_unit(ruleset, unit)


def test_without_a_deployers_parameter_there_is_no_order() -> None:
    found = planned(SWEDEN)
    assert [each.patient for each in found.waiting] == [each["id"] for each in PATIENTS]
    assert {each.place for each in found.waiting} == {None}
    assert found.to_dict()["order"] is None


def test_the_order_is_the_deployers_stable_and_says_why(with_order: Ruleset) -> None:
    found = planned(with_order)
    places = [(each.patient, each.place, each.because) for each in found.waiting]
    assert places == [
        ("sabo", Place.FIRST, ("sabo",)),
        ("sabo too", Place.FIRST, ("sabo",)),
        ("maybe", Place.POSSIBLY_FIRST, ("lss_housing", "sabo")),
        ("child", Place.AFTER, ()),
        ("old", Place.AFTER, ()),
    ]


def test_the_order_is_an_assumption(with_order: Ruleset) -> None:
    found = planned(with_order)
    assert "priority_order" in [each.id for each in found.assumptions]
    order = found.to_dict()["order"]
    assert (order["first"], order["assumption"]) == (["lss_housing", "sabo"], True)
    assert "priority_order" not in [each.id for each in planned(SWEDEN).assumptions]


def test_the_region_s_share_stands_beside_the_unit_s() -> None:
    """Stockholm's plan reports 65 per cent; nationally no source gives a share of today."""
    given = {"physicians": [{"id": "A"}], "patients": [{"listed_with": "A"}]}
    stockholm = flk_rules.load("se.stockholm", on=ON)
    plan = plan_unit(stockholm, make_unit(stockholm, **given))
    assert plan.region_share is not None
    assert plan.region_share.value == Fraction(65, 100)
    assert plan.to_dict()["region_share"]["parameter"] == "named_share_in_region"
    assert plan_unit(SWEDEN, make_unit(SWEDEN, **given)).region_share is None
