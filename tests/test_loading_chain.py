"""chains of rulesets.

Rulesets that extend others, or themselves, or nobody; what stands in two of them at once; and the
mistakes of all of them together.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from flk_rules.errors import FileUnreadable, NotInForce, UnknownName
from support.folders import BECAUSE, ON, SOURCE, entry, load, mistakes, write


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
        "'se.national'? (there is: a, b, c, lost, one, se.borgholm, se.national, se.stockholm)"
    ]


def test_a_folder_without_files_is_no_ruleset(tmp_path: Path) -> None:
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "rules.txt").write_text("x", "utf-8")
    write(tmp_path, "above", extends="bare")
    said = "bare: expected the ruleset's files, found none that ends in .toml"
    with pytest.raises(FileUnreadable) as caught:
        load(tmp_path, "bare")
    assert str(caught.value) == f"{tmp_path}/{said}"
    assert mistakes(tmp_path, "above") == [f"above/ruleset.toml:6: ruleset.extends: {said}"]
    for name in ("../bare", "..", ".", "", "x" * 300, "a\0b", str(tmp_path / "bare")):
        with pytest.raises(UnknownName):
            load(tmp_path, name)


def test_a_ruleset_on_nothing_needs_the_code_lists(tmp_path: Path) -> None:
    write(tmp_path, "alone", entry("document"), extends=None)
    found = mistakes(tmp_path, "alone")
    assert len(found) == 16
    assert (
        "alone/ruleset.toml:1: ruleset: no [[codes]] fill the list 'licence', which the fact "
        "physician.licence needs; extend se.national"
    )


def test_mistakes_of_all_layers_come_together(tmp_path: Path) -> None:
    write(tmp_path, "nat", entry("rule", id="nat.x", when="patient.agee > 3"))
    write(tmp_path, "nat.reg", entry("rule", id=7), extends="nat")
    disable = entry("disable", rule="nat.none", source={**SOURCE, "statement": "?"})
    write(tmp_path, "nat.reg.unit", disable, extends="nat.reg")
    assert [each.split(": ")[:2] for each in mistakes(tmp_path, "nat.reg.unit")] == [
        ["nat.reg.unit/ruleset.toml:9", "disable[0].source.statement"],
        ["nat.reg.unit/ruleset.toml:12", "disable[0].rule"],
        ["nat.reg/ruleset.toml:16", "rule[0].id"],
        ["nat/ruleset.toml:17", "rule[0].when"],
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


CODES = {"list": "l", "title": BECAUSE, "code": [{"id": "a", "sv": "a", "en": "a"}]}
SINGLE = [
    (entry("document"), "document[0].id: the document 'decision'", "8: document[0]"),
    (entry("question", id="mine"), "question[0].id: the question 'mine'", "14: question[0]"),
    (entry("codes", **CODES), "codes[0].list: the code list 'l'", "14: codes[0]"),
]


@pytest.mark.parametrize(("text", "said", "first"), SINGLE, ids=["document", "question", "codes"])
def test_what_has_no_versions_stands_once(tmp_path: Path, text: str, said: str, first: str) -> None:
    write(tmp_path, "nat", text if "document" not in first else "")
    write(tmp_path, "nat.reg", text, extends="nat")
    (found,) = mistakes(tmp_path, "nat.reg")
    assert found.partition(": ")[2] == f"{said} is also at nat/ruleset.toml:{first}"


def test_each_layer_must_be_in_force(tmp_path: Path) -> None:
    write(tmp_path, "nat", valid_from=date(2024, 3, 1), valid_to=date(2026, 12, 31))
    write(tmp_path, "nat.reg", extends="nat")
    with pytest.raises(NotInForce) as early:
        load(tmp_path, "nat.reg", date(2024, 2, 29))
    assert str(early.value) == (
        "nat.reg: not in force on 2024-02-29; nat below it holds from 2024-03-01 to 2026-12-31"
    )
    assert early.value.ruleset == "nat.reg"
    assert early.value.layers == (("nat", date(2024, 3, 1), date(2026, 12, 31)),)
    assert load(tmp_path, "nat.reg", ON).id == "nat.reg"
