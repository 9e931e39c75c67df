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
from support.folders import ON, SOURCE, entry, load, mistakes, write

from flk_rules.errors import NotInForce
from flk_rules.model.rules import Basis, Effect, Force

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
        "because": SV_EN, "reading": SV_EN,
    }  # fmt: skip
    region(tmp_path, entry("replace", rule="nat.r", **keys))
    rule = load(tmp_path, "nat.reg").rules["nat.r"]
    assert (rule.id, rule.decides) == ("nat.r", "eligibility")
    assert (rule.effect, rule.force, rule.condition) == (Effect.FORBID, Force.CONTRACT, "patient.age < 65")  # fmt: skip
    assert (rule.source.section, rule.because.sv) == ("Region", "annat")
    assert rule.reading == rule.because
    assert rule.origin.ruleset == "nat.reg"
    assert [(each.action, each.ruleset) for each in rule.overlaid] == [("replace", "nat.reg")]
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
    assert (top.source and top.source.section, top.because.en) == ("Unit", "another")
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
    (entry("replace", rule="nat.rr"), "15: replace[0].rule: replace touches the rule 'nat.rr', which no lower layer has; did you mean 'nat.r'?"),
    (entry("disable", rule="nowhere"), "12: disable[0].rule: disable touches the rule 'nowhere', which no lower layer has"),
    (entry("set", parameter="q"), "14: set[0].parameter: set touches the parameter 'q', which no lower layer has"),
    (entry("set", parameter="elderly_form"), "14: set[0].parameter: set touches the parameter 'elderly_form', which no lower layer has; did you mean 'elderly_from'?"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=["near", "far", "set", "set near"])
def test_an_overlay_of_what_is_not_there(tmp_path: Path, text: str, message: str) -> None:
    nation(tmp_path)
    region(tmp_path, text)
    assert mistakes(tmp_path, "nat.reg") == [f"nat.reg/ruleset.toml:{message}"]


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
        "nat.reg/ruleset.toml:38: set[1].parameter: set touches 'p', and so does the set at "
        "nat.reg/ruleset.toml:24: set[0] on 2024-01-01",
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


def test_rulesets_that_extend_themselves_or_nobody(tmp_path: Path) -> None:
    write(tmp_path, "one", extends="one")
    assert mistakes(tmp_path, "one") == [
        "one/ruleset.toml:6: ruleset.extends: rulesets extend themselves: one "
        "(one/ruleset.toml:6: ruleset.extends) -> one"
    ]
    write(tmp_path, "a", extends="b")
    write(tmp_path, "b", entry("rule", id=3), extends="c")
    write(tmp_path, "c", extends="b")
    assert mistakes(tmp_path, "a") == [
        "b/ruleset.toml:16: rule[0].id: expected a string, found an integer (3)",
        "c/ruleset.toml:6: ruleset.extends: rulesets extend themselves: b "
        "(b/ruleset.toml:6: ruleset.extends) -> c (c/ruleset.toml:6: ruleset.extends) -> b",
    ]
    write(tmp_path, "lost", extends="se.nationel")
    assert mistakes(tmp_path, "lost") == [
        "lost/ruleset.toml:6: ruleset.extends: no ruleset called 'se.nationel'; did you mean "
        "'se.national'? (there is: a, b, c, lost, one, se.national, se.stockholm)"
    ]


def test_a_ruleset_on_nothing_needs_the_code_lists(tmp_path: Path) -> None:
    write(tmp_path, "alone", entry("document"), extends=None)
    found = mistakes(tmp_path, "alone")
    assert len(found) == 5
    assert found[1] == (
        "alone/ruleset.toml:1: ruleset: no [[codes]] fill the list 'licence', which the fact "
        "physician.licence needs; extend se.national"
    )


def test_mistakes_of_all_layers_come_together(tmp_path: Path) -> None:
    nation(tmp_path, entry("rule", id="nat.x", when="patient.agee > 3"))
    region(tmp_path, entry("rule", id=7))
    unit(tmp_path, entry("disable", rule="nat.none", source={**SOURCE, "statement": "?"}))
    assert [each.split(": ")[:2] for each in mistakes(tmp_path, "nat.reg.unit")] == [
        ["nat.reg.unit/ruleset.toml:9", "disable[0].source.statement"],
        ["nat.reg.unit/ruleset.toml:12", "disable[0].rule"],
        ["nat.reg/ruleset.toml:16", "rule[0].id"],
        ["nat/ruleset.toml:55", "rule[3].when"],
    ]


TWICE = [
    ("rule", "; a later layer changes it by [[replace]], [[disable]] or [[demote]]"),
    ("parameter", "; a later layer changes it by [[set]]"),
    ("definition", ""),
]


@pytest.mark.parametrize(("table", "hint"), TWICE, ids=["rule", "parameter", "definition"])
def test_two_live_values_name_both_places(tmp_path: Path, table: str, hint: str) -> None:
    name = "nat.reg.x" if table == "rule" else "x"
    low = entry(table, id=name.replace(".reg", ""))
    write(tmp_path, "nat", low, low)
    (found,) = mistakes(tmp_path, "nat")
    said = f"is also at nat/ruleset.toml:14: {table}[0], and both hold on"
    assert found.partition(": ")[2] == (
        f"{table}[1].id: the {table} {name.replace('.reg', '')!r} {said} 2024-01-01"
    )
    write(tmp_path, "nat", entry(table, id=name, valid_from=date(2024, 2, 1)))
    write(tmp_path, "nat.reg", entry(table, id=name), extends="nat")
    found = mistakes(tmp_path, "nat.reg")[0]
    assert found.partition(": ")[2] == (
        f"{table}[0].id: the {table} {name!r} {said} 2024-02-01{hint}"
    )


CODES = {"list": "l", "title": SV_EN, "code": [{"id": "a", "sv": "a", "en": "a"}]}
SINGLE = [
    (entry("document"), "document[0].id: the document 'decision'", "8: document[0]"),
    (entry("question", id="mine"), "question[0].id: the question 'mine'", "14: question[0]"),
    (entry("codes", **CODES), "codes[0].list: the code list 'l'", "14: codes[0]"),
]


@pytest.mark.parametrize(("text", "said", "first"), SINGLE, ids=["document", "question", "codes"])
def test_what_has_no_versions_stands_once(tmp_path: Path, text: str, said: str, first: str) -> None:
    write(tmp_path, "nat", text if "document" not in first else "")
    region(tmp_path, text)
    (found,) = mistakes(tmp_path, "nat.reg")
    assert found.partition(": ")[2] == f"{said} is also at nat/ruleset.toml:{first}"


def test_each_layer_must_be_in_force(tmp_path: Path) -> None:
    write(tmp_path, "nat", valid_from=date(2024, 3, 1), valid_to=date(2026, 12, 31))
    write(tmp_path, "nat.reg", extends="nat")
    with pytest.raises(NotInForce) as early:
        load(tmp_path, "nat.reg", date(2024, 2, 29))
    assert str(early.value) == (
        "nat: not in force on 2024-02-29; its versions hold from 2024-03-01 to 2026-12-31"
    )
    assert (early.value.ruleset, early.value.first) == ("nat", date(2024, 3, 1))
    assert load(tmp_path, "nat.reg", ON).id == "nat.reg"
