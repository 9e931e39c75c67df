"""a user's own ruleset.

Loaded from any folder, extending ours: what it adds, sets and demotes decides and shows.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import flk_rules
from support.cases import NATIONAL, ON, STOCKHOLM, specialist, trainee

OWN = """
[ruleset]
id         = "my.unit"
version    = "7"
title      = { sv = "Vår enhet", en = "Our unit" }
extends    = "se.stockholm"
valid_from = 2024-01-01

[[document]]
id        = "routine"
title     = "Rutin"
publisher = "Vår enhet"
published = "2024"

[[set]]
parameter  = "elderly_from"
value      = 75
basis      = "assumption"
source     = { document = "routine", section = "Ålder", statement = "E14" }
because    = { sv = "Hos oss från 75 år", en = "From 75 here" }
valid_from = 2024-01-01

[[demote]]
rule       = "se.stockholm.eligibility.st_near_its_end"
source     = { document = "routine", section = "ST", statement = "E10" }
because    = { sv = "Vi avvaktar", en = "We wait" }
valid_from = 2024-01-01

[[rule]]
id         = "my.unit.eligibility.addiction"
decides    = "eligibility"
effect     = "permit"
when       = "'beroendemedicin' in physician.specialties && patient.age >= params.adult_from"
force      = "contract"
source     = { document = "routine", section = "Beroende", statement = "E7" }
because    = { sv = "Beroendeläkare för vuxna", en = "Addiction medicine for adults" }
valid_from = 2024-01-01
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a user's own ruleset."""
    (tmp_path / "my.unit").mkdir()
    (tmp_path / "my.unit" / "ruleset.toml").write_text(OWN, encoding="utf-8")
    return tmp_path


def test_a_users_own_ruleset_extends_ours(folder: Path) -> None:
    assert sorted(flk_rules.available([folder])) == ["my.unit", "se.borgholm", NATIONAL, STOCKHOLM]
    ruleset = flk_rules.load("my.unit", on=ON, path=[folder])
    assert [layer.id for layer in ruleset.model.layers] == [NATIONAL, STOCKHOLM, "my.unit"]
    physician = specialist("psykiatri", "beroendemedicin")
    decision = ruleset.decide("eligibility", physician=physician)
    assert str(decision.condition) == "eligible if patient.age >= 18, otherwise not eligible"
    assert [each.id for each in decision.assumptions] == [
        "adult_from", "listed_specialties_are_exhaustive",
    ]  # fmt: skip
    adult = ruleset.decide("eligibility", physician=physician, patient={"age": 18})
    assert [rule.id for rule in adult.grounds] == ["my.unit.eligibility.addiction"]
    assert "avtal: routine, Beroende [E7]" in adult.explain("sv")
    assert "routine: Rutin (Vår enhet, 2024)" in adult.explain("sv")


def test_a_users_own_overlays_are_visible(folder: Path) -> None:
    ruleset = flk_rules.load("my.unit", on=ON, path=[folder])
    geriatrics = ruleset.decide(
        "eligibility", physician=specialist("geriatrik"), patient={"age": 74}
    )
    (parameter,) = geriatrics.assumptions
    assert (parameter.value, parameter.origin.ruleset) == (75, "my.unit")
    text = geriatrics.explain("sv")
    assert "Ålder från vilken en patient räknas som äldre: 75 år" in text
    assert "värdet satt av my.unit: Hos oss från 75 år (routine, Ålder [E14])" in text
    assert "Ingen källa" not in text, "that was said of the value that is gone"
    late = ruleset.decide("eligibility", physician=trainee(years_left=1.0), patient={"age": 40})
    assert [rule.id for rule in late.grounds] == [f"{NATIONAL}.eligibility.st_general_practice"]
    assert "demoted to advice by my.unit: We wait (routine, ST [E10])" in late.explain("en")
    assert late.force is flk_rules.Force.GUIDANCE
