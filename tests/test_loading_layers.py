"""layers and overlays.

A nation's ruleset, a region's on it and a unit's on that: what each layer adds and changes, in
the order of layers and never of files, and the overlays that are refused.
"""

# ruff: noqa: E501 - a message stands whole on one line, to be read as a user reads it

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flk_rules.model.answers import Effect
from flk_rules.model.rules import Basis, Force
from support.folders import entry, load, mistakes, write

SV_EN = {"sv": "annat", "en": "another"}
REGION = {"document": "decision", "section": "Region", "statement": "E9"}
UNIT = {"document": "decision", "section": "Unit", "statement": "E10"}
TARGET = {"rule": "nat.r", "source": REGION}


def nation(root: Path, *texts: str) -> None:
    rules = (entry("rule", id=f"nat.{each}") for each in ("r", "s", "t"))
    write(root, "nat", *rules, entry("parameter", id="p"), *texts)


def region(root: Path, *texts: str) -> None:
    write(root, "nat.reg", *texts, extends="nat")


def unit(root: Path, *texts: str) -> None:
    write(root, "nat.reg.unit", *texts, extends="nat.reg")


def test_each_layer_adds_to_those_below(tmp_path: Path) -> None:
    nation(tmp_path)
    region(tmp_path, entry("rule", id="nat.reg.r"), entry("definition", id="patient.old"))
    unit(tmp_path, entry("rule", id="nat.reg.unit.r", when="patient.old && patient.age > params.p"))
    ruleset = load(tmp_path, "nat.reg.unit")
    assert [each.id for each in ruleset.layers] == ["se.national", "nat", "nat.reg", "nat.reg.unit"]
    own = [each for each in ruleset.rules if each.startswith("nat.")]
    assert own == ["nat.r", "nat.reg.r", "nat.reg.unit.r", "nat.s", "nat.t"]
    assert ruleset.rules["nat.reg.unit.r"].origin.ruleset == "nat.reg.unit"
    assert ruleset.rules["nat.reg.unit.r"].overlaid == ()
    assert set(load(tmp_path, "nat").rules) < set(ruleset.rules)
    with pytest.raises(KeyError):
        load(tmp_path, "nat.reg").rules["nat.reg.unit.r"]


def test_replace_changes_all_but_the_id_and_the_question(tmp_path: Path) -> None:
    nation(tmp_path)
    keys: dict[str, Any] = {
        "effect": "forbid", "when": "patient.age < 65", "force": "contract", "source": REGION,
        "because": SV_EN, "reading": SV_EN, "authority": UNIT,
    }  # fmt: skip
    region(tmp_path, entry("replace", rule="nat.r", **keys))
    rule = load(tmp_path, "nat.reg").rules["nat.r"]
    assert (rule.id, rule.decides) == ("nat.r", "eligibility")
    assert (rule.effect, rule.force, rule.condition) == (Effect.FORBID, Force.CONTRACT, "patient.age < 65")  # fmt: skip
    assert (rule.source.section, rule.because.sv) == ("Region", "annat")
    assert rule.reading == rule.because
    assert rule.origin.ruleset == "nat.reg"
    assert [(each.action, each.ruleset) for each in rule.overlaid] == [("replace", "nat.reg")]
    assert (rule.overlaid[0].source.section, rule.overlaid[0].because.en) == ("Unit", "because")
    assert load(tmp_path, "nat").rules["nat.r"].effect is Effect.PERMIT


def test_disable_takes_away_and_says_who_did(tmp_path: Path) -> None:
    nation(tmp_path)
    region(tmp_path, entry("disable", **TARGET, because=SV_EN))
    unit(tmp_path)
    ruleset = load(tmp_path, "nat.reg.unit")
    assert "nat.r" not in ruleset.rules
    gone = ruleset.disabled["nat.r"]
    assert (gone.action, gone.ruleset, gone.source.section) == ("disable", "nat.reg", "Region")
    assert gone.because.en == "another"
    assert list(ruleset.disabled) == ["nat.r"]


def test_demote_makes_advice_and_keeps_the_rest(tmp_path: Path) -> None:
    nation(tmp_path)
    region(tmp_path, entry("demote", **TARGET))
    below, rule = load(tmp_path, "nat").rules["nat.r"], load(tmp_path, "nat.reg").rules["nat.r"]
    assert rule.effect is Effect.ADVISE
    assert (rule.when, rule.source, rule.valid_from) == (below.when, below.source, below.valid_from)
    assert [each.source.section for each in rule.overlaid] == ["Region"]


def test_set_changes_a_parameter_layer_by_layer(tmp_path: Path) -> None:
    nation(tmp_path)
    region(tmp_path, entry("set", parameter="p", value=70, source=REGION, basis="source"))
    unit(tmp_path, entry("set", parameter="p", value=75, source=UNIT, because=SV_EN))
    values = [load(tmp_path, name).parameters["p"] for name in ("nat", "nat.reg", "nat.reg.unit")]
    assert [each.value for each in values] == [65, 70, 75]
    assert [each.basis for each in values] == [Basis.ASSUMPTION, Basis.SOURCE, Basis.ASSUMPTION]
    top = values[-1]
    assert [(each.ruleset, each.source.section) for each in top.overlaid] == [
        ("nat.reg", "Region"), ("nat.reg.unit", "Unit"),
    ]  # fmt: skip
    assert top.source is not None
    assert top.source.section == "Unit"
    assert [each.because.en for each in top.overlaid] == ["because", "another"]
    assert top.because == values[0].because, "what the value is; why it was set is said beside it"
    assert top.origin.ruleset == "nat.reg.unit"


@pytest.mark.parametrize(
    ("first", "second", "effect", "condition"),
    [
        ("demote", "replace", Effect.ASSESS, "patient.age > 80"),
        ("replace", "demote", Effect.ADVISE, "patient.age > 80"),
        ("demote", "demote", Effect.ADVISE, "patient.age >= 65"),
    ],
)
def test_overlays_apply_from_the_lowest_layer_up(
    tmp_path: Path, first: str, second: str, effect: Effect, condition: str
) -> None:
    keys = {"replace": {"effect": "assess", "when": "patient.age > 80"}}
    nation(tmp_path)
    region(tmp_path, entry(first, rule="nat.r", **keys.get(first, {})))
    unit(tmp_path, entry(second, rule="nat.r", **keys.get(second, {})))
    rule = load(tmp_path, "nat.reg.unit").rules["nat.r"]
    assert (rule.effect, rule.condition) == (effect, condition)
    assert [(each.action, each.ruleset) for each in rule.overlaid] == [
        (first, "nat.reg"), (second, "nat.reg.unit"),
    ]  # fmt: skip


def test_the_order_of_entries_and_files_never_matters(tmp_path: Path) -> None:
    texts = [
        entry("set", parameter="p"),
        entry("demote", rule="nat.r"),
        entry("replace", rule="nat.s", effect="assess"),
        entry("disable", rule="nat.t"),
        entry("rule", id="nat.reg.r"),
        entry("rule", id="nat.reg.s"),
    ]
    nation(tmp_path)
    region(tmp_path, *texts)
    there = load(tmp_path, "nat.reg")
    folder = tmp_path / "nat.reg"
    region(tmp_path)
    for number, text in enumerate(texts):
        (folder / f"{9 - number}.toml").write_text(text, "utf-8")
    back = load(tmp_path, "nat.reg")
    assert back == there
    assert back.fingerprint == there.fingerprint
    assert list(back.rules) == list(there.rules)


REFUSED = [
    (entry("replace", rule="nat.rr"), "17: replace[0].rule: replace touches the rule 'nat.rr', which no lower layer has; did you mean 'nat.r'?"),
    (entry("disable", rule="nowhere"), "12: disable[0].rule: disable touches the rule 'nowhere', which no lower layer has"),
    (entry("set", parameter="q"), "14: set[0].parameter: set touches the parameter 'q', which no lower layer has"),
    (entry("set", parameter="elderly_form"), "14: set[0].parameter: set touches the parameter 'elderly_form', which no lower layer has; did you mean 'elderly_from'?"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=["near", "far", "set", "set near"])
def test_an_overlay_of_what_is_not_there(tmp_path: Path, text: str, message: str) -> None:
    nation(tmp_path)
    region(tmp_path, text)
    assert mistakes(tmp_path, "nat.reg") == [f"nat.reg/ruleset.toml:{message}"]


def test_a_replace_cites_for_its_rule_and_for_the_change(tmp_path: Path) -> None:
    nation(tmp_path)
    region(
        tmp_path,
        entry("replace", rule="nat.r", authority={**REGION, "document": "decison"}),
        entry("replace", rule="nat.s", authority={**REGION, "statement": "nine"}, effect=1),
        entry("replace", rule="nat.t", authority=None, reason=None),
    )
    assert [each.partition(": ")[2] for each in mistakes(tmp_path, "nat.reg")] == [
        "replace[0].authority.document: no [[document]] called 'decison'; did you mean 'decision'?",
        "replace[1].authority.statement: expected a statement of the catalogue such as 'E10', found 'nine'",
        "replace[1].effect: expected one of permit, forbid, assess, ground, point, advise, found an integer (1)",
        "replace[2]: the key 'authority' is missing; expected a table with the keys document, section, statement",
        "replace[2]: the key 'reason' is missing; expected a table with the keys sv, en",
    ]


def test_an_overlay_of_its_own_layer_or_of_a_higher_one(tmp_path: Path) -> None:
    nation(tmp_path, entry("disable", rule="nat.r"), entry("demote", rule="nat.reg.r"))
    region(tmp_path, entry("rule", id="nat.reg.r"))
    assert [each.partition(": ")[2] for each in mistakes(tmp_path, "nat.reg")] == [
        "disable[0].rule: disable touches the rule 'nat.r', which no lower layer has; it is this "
        "layer's own: change it where it stands",
        "demote[0].rule: demote touches the rule 'nat.reg.r', which no lower layer has; only a "
        "higher layer has it",
    ]


def test_an_overlay_while_the_rule_does_not_hold(tmp_path: Path) -> None:
    nation(tmp_path, entry("rule", id="nat.old", valid_to=date(2024, 6, 30)))
    region(tmp_path, entry("demote", rule="nat.old", valid_from=date(2024, 7, 1)))
    assert mistakes(tmp_path, "nat.reg") == [
        "nat.reg/ruleset.toml:11: demote[0].valid_from: demote touches the rule 'nat.old' only "
        "while it does not hold (it stands at nat/ruleset.toml:52: rule[3])"
    ]
    region(tmp_path, entry("demote", rule="nat.old", valid_from=date(2024, 6, 30)))
    assert load(tmp_path, "nat.reg", date(2024, 6, 29)).rules["nat.old"].overlaid == ()
    last = load(tmp_path, "nat.reg", date(2024, 6, 30)).rules["nat.old"]
    assert last.effect is Effect.ADVISE
    assert "nat.old" not in load(tmp_path, "nat.reg", date(2024, 7, 1)).rules


@pytest.mark.parametrize("action", ["replace", "demote", "disable"])
def test_an_overlay_of_what_a_lower_layer_disabled(tmp_path: Path, action: str) -> None:
    """Else the unit's word would be lost without a sound."""
    nation(tmp_path)
    region(tmp_path, entry("disable", rule="nat.r", valid_from=date(2025, 1, 1)))
    unit(tmp_path, entry(action, rule="nat.r"))
    (found,) = mistakes(tmp_path, "nat.reg.unit")
    assert found.partition(": ")[2] == (
        f"{action}[0].rule: {action} touches the rule 'nat.r', which the disable at "
        "nat.reg/ruleset.toml:8: disable[0] takes away on 2025-01-01"
    )
    unit(tmp_path, entry(action, rule="nat.r", valid_to=date(2024, 12, 31)))
    assert "nat.r" not in load(tmp_path, "nat.reg.unit", date(2025, 1, 1)).rules


def test_two_overlays_of_one_layer_on_one_day(tmp_path: Path) -> None:
    nation(tmp_path)
    region(
        tmp_path,
        entry("demote", rule="nat.r", valid_from=date(2024, 5, 1)),
        entry("replace", rule="nat.r", valid_to=date(2024, 5, 1)),
        entry("set", parameter="p"),
        entry("set", parameter="p"),
    )
    assert mistakes(tmp_path, "nat.reg") == [
        "nat.reg/ruleset.toml:12: demote[0].rule: demote touches 'nat.r', and so does the replace "
        "at nat.reg/ruleset.toml:14: replace[0] on 2024-05-01",
        "nat.reg/ruleset.toml:40: set[1].parameter: set touches 'p', and so does the set at "
        "nat.reg/ruleset.toml:26: set[0] on 2024-01-01",
    ]
    region(
        tmp_path,
        entry("demote", rule="nat.r", valid_from=date(2024, 5, 2)),
        entry("replace", rule="nat.r", effect="assess", valid_to=date(2024, 5, 1)),
    )
    assert load(tmp_path, "nat.reg", date(2024, 5, 1)).rules["nat.r"].effect is Effect.ASSESS
    assert load(tmp_path, "nat.reg", date(2024, 5, 2)).rules["nat.r"].effect is Effect.ADVISE


def test_a_replaced_rule_holds_while_both_hold(tmp_path: Path) -> None:
    nation(tmp_path, entry("rule", id="nat.old", valid_to=date(2025, 6, 30)))
    region(tmp_path, entry("replace", rule="nat.old", valid_from=date(2024, 3, 1)))
    rule = load(tmp_path, "nat.reg").rules["nat.old"]
    assert (rule.valid_from, rule.valid_to) == (date(2024, 3, 1), date(2025, 6, 30))


def test_an_overlay_of_a_broken_entry_is_not_blamed(tmp_path: Path) -> None:
    nation(tmp_path, entry("rule", id="nat.x", force=1), entry("parameter", id="q", type="it"))
    region(tmp_path, entry("demote", rule="nat.x"), entry("set", parameter="q"))
    assert [each.split(": ")[1] for each in mistakes(tmp_path, "nat.reg")] == [
        "rule[3].force",
        "parameter[1].type",
    ]
