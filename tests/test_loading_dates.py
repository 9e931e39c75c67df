"""dates and definitions.

What holds on which day, both ends of a validity included; versions and the gaps between them; and
what rests on what holds only then.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from flk_rules.errors import NotInForce
from flk_rules.loading import load_ruleset
from support.folders import entry, load, mistakes, write

DAY = timedelta(days=1)
START, END = date(2024, 3, 1), date(2024, 8, 31)
VALID = {"valid_from": START, "valid_to": END}


def rule(**keys: object) -> str:
    return entry("rule", **{"id": "t.r", **keys})


@pytest.mark.parametrize(
    ("on", "holds"),
    [
        (START - DAY, False),
        (START, True),
        (START + DAY, True),
        (END - DAY, True),
        (END, True),
        (END + DAY, False),
    ],
)
def test_both_ends_of_a_validity_belong_to_it(tmp_path: Path, on: date, holds: bool) -> None:
    texts = (
        rule(**VALID),
        entry("parameter", id="p", **VALID),
        entry("definition", id="d", **VALID),
        entry("set", parameter="elderly_from", **VALID),
        entry("disable", rule="se.national.eligibility.geriatrics", **VALID),
        entry("demote", rule="se.national.eligibility.paediatrics", **VALID),
        entry("replace", rule="se.national.eligibility.free_choice", **VALID),
    )
    write(tmp_path, "t", *texts)
    ruleset = load(tmp_path, "t", on)
    national = "se.national.eligibility."
    assert ("t.r" in ruleset.rules) is holds
    assert ("p" in ruleset.parameters) is holds
    assert ("d" in ruleset.definitions) is holds
    assert ruleset.parameters["elderly_from"].value == (70 if holds else 65)
    assert (f"{national}geriatrics" in ruleset.disabled) is holds
    assert (f"{national}geriatrics" in ruleset.rules) is not holds
    assert bool(ruleset.rules[f"{national}paediatrics"].overlaid) is holds
    assert bool(ruleset.rules[f"{national}free_choice"].overlaid) is holds


@pytest.mark.parametrize(
    ("on", "condition"),
    [
        (date(2024, 1, 1), "patient.age >= 65"),
        (date(2024, 5, 31), "patient.age >= 65"),
        (date(2024, 6, 1), "patient.age >= 70"),
        (date(2024, 6, 30), "patient.age >= 70"),
        (date(2024, 7, 1), None),
        (date(2024, 12, 31), None),
        (date(2025, 1, 1), "patient.age >= 75"),
        (date(2199, 1, 1), "patient.age >= 75"),
    ],
)
def test_versions_back_to_back_and_with_a_gap(
    tmp_path: Path, on: date, condition: str | None
) -> None:
    ends = (
        (date(2024, 1, 1), date(2024, 5, 31)),
        (date(2024, 6, 1), date(2024, 6, 30)),
        (date(2025, 1, 1), None),
    )
    versions = [
        rule(when=f"patient.age >= {65 + 5 * number}", valid_from=first, valid_to=last)
        for number, (first, last) in enumerate(ends)
    ]
    write(tmp_path, "t", *versions)
    found = load(tmp_path, "t", on).rules.get("t.r")
    assert (found.condition if found else None) == condition


def test_an_overlay_meets_whichever_version_holds(tmp_path: Path) -> None:
    write(tmp_path, "t", rule(valid_to=date(2024, 5, 31)), rule(valid_from=date(2024, 7, 1)))
    write(tmp_path, "t.u", entry("demote", rule="t.r"), extends="t")
    for on, rules in ((date(2024, 5, 31), 1), (date(2024, 6, 15), 0), (date(2024, 7, 1), 1)):
        found = [each for each in load(tmp_path, "t.u", on).rules.values() if each.id == "t.r"]
        assert len(found) == rules
        assert all(each.overlaid for each in found)


def test_versions_that_share_a_day(tmp_path: Path) -> None:
    texts = rule(valid_to=date(2024, 6, 1)), rule(valid_from=date(2024, 6, 1))
    write(tmp_path, "t", *texts)
    assert mistakes(tmp_path, "t") == [
        "t/ruleset.toml:33: rule[1].id: the rule 't.r' is also at t/ruleset.toml:14: rule[0], and "
        "both hold on 2024-06-01"
    ]
    write(tmp_path, "t", *reversed(texts))
    assert mistakes(tmp_path, "t") == [
        "t/ruleset.toml:32: rule[1].id: the rule 't.r' is also at t/ruleset.toml:14: rule[0], and "
        "both hold on 2024-06-01"
    ]


def test_versions_decide_one_question_and_have_one_type(tmp_path: Path) -> None:
    later = date(2025, 1, 1)
    texts = (
        entry("question", id="other"),
        rule(valid_to=date(2024, 12, 31)),
        rule(decides="other", valid_from=later),
        entry("parameter", id="p", valid_to=date(2024, 12, 31)),
        entry("parameter", id="p", type="double", value=1.0, valid_from=later),
    )
    write(tmp_path, "t", *texts)
    assert mistakes(tmp_path, "t") == [
        "t/ruleset.toml:34: rule[1].decides: 't.r' decides other here and eligibility at "
        "t/ruleset.toml:22: rule[0]; versions of a rule decide one question",
        "t/ruleset.toml:53: parameter[1].type: 'p' is a double here and a int at "
        "t/ruleset.toml:43: parameter[0]",
    ]


def test_before_the_first_day_and_after_the_last(tmp_path: Path) -> None:
    with pytest.raises(NotInForce) as error:
        load_ruleset("se.stockholm", on=date(2023, 12, 31))
    assert str(error.value) == (
        "se.stockholm: not in force on 2023-12-31; its versions hold from 2024-01-01"
    )
    assert load_ruleset("se.stockholm", on=date(2024, 1, 1)).on == date(2024, 1, 1)
    with pytest.raises(NotInForce) as error:
        load_ruleset("se.stockholm", on=date(2022, 6, 30))
    assert str(error.value) == (
        "se.stockholm: not in force on 2022-06-30; its versions hold from 2024-01-01 and "
        "se.national below it holds from 2022-07-01"
    )
    assert load_ruleset("se.national", on=date(2022, 7, 1)).rules
    write(tmp_path, "t", **VALID)
    for on in (START, END):
        assert load(tmp_path, "t", on).id == "t"
    for on in (START - DAY, END + DAY):
        with pytest.raises(NotInForce) as error:
            load(tmp_path, "t", on)
        assert str(error.value) == (
            f"t: not in force on {on}; its versions hold from 2024-03-01 to 2024-08-31"
        )


def test_a_head_that_ends_before_it_starts(tmp_path: Path) -> None:
    write(tmp_path, "t", valid_from=END, valid_to=START)
    assert mistakes(tmp_path, "t") == [
        "t/ruleset.toml:7: ruleset.valid_to: ends 2024-03-01, before it starts 2024-08-31"
    ]


def test_a_live_rule_names_what_does_not_hold(tmp_path: Path) -> None:
    texts = (
        entry("parameter", id="p", valid_from=date(2025, 1, 1)),
        entry("definition", id="d", when="patient.age > params.p", valid_to=date(2024, 9, 30)),
        rule(when="d || patient.age > params.p"),
    )
    write(tmp_path, "t", *texts)
    value = "t/ruleset.toml:32: rule[0].when: names"
    assert mistakes(tmp_path, "t", date(2024, 10, 1)) == [
        f"{value} d, which has no value on 2024-10-01 (it stands at t/ruleset.toml:22: "
        "definition[0])",
        f"{value} params.p, which has no value on 2024-10-01 (it stands at t/ruleset.toml:14: "
        "parameter[0])",
    ]
    assert len(mistakes(tmp_path, "t", date(2025, 1, 1))) == 1
    assert len(mistakes(tmp_path, "t", date(2024, 9, 30))) == 2


def test_rings_of_definitions_name_each_place(tmp_path: Path) -> None:
    write(
        tmp_path, "t", entry("definition", id="a", when="b"), entry("definition", id="b", when="!a")
    )
    one, two = "a (t/ruleset.toml:14: definition[0])", "b (t/ruleset.toml:20: definition[1])"
    assert mistakes(tmp_path, "t") == [
        f"t/ruleset.toml:14: definition[0]: definitions rest on themselves: {one} -> {two} -> {one}"
    ]
    write(tmp_path, "t", entry("definition", id="a", when="a || true"))
    assert mistakes(tmp_path, "t") == [
        f"t/ruleset.toml:14: definition[0]: definitions rest on themselves: {one} -> {one}"
    ]


def test_a_ring_that_never_holds_on_one_day_is_none(tmp_path: Path) -> None:
    texts = (
        entry("definition", id="a", when="b", valid_to=date(2024, 5, 31)),
        entry("definition", id="a", valid_from=date(2024, 6, 1)),
        entry("definition", id="b", valid_to=date(2024, 5, 31)),
        entry("definition", id="b", when="a", valid_from=date(2024, 6, 1)),
    )
    write(tmp_path, "t", *texts)
    assert load(tmp_path, "t").definitions["b"].condition == "a"
    write(tmp_path, "t", texts[0], texts[1], texts[3].replace("2024-06-01", "2024-05-31"))
    (found,) = mistakes(tmp_path, "t")
    assert "definitions rest on themselves: a" in found


def chain(length: int, when: str) -> list[str]:
    """Definitions d0, d1 and so on, each of which rests on the one before."""
    rest = (entry("definition", id=f"d{n}", when=when.format(n - 1)) for n in range(1, length))
    return [entry("definition", id="d0"), *rest]


def test_a_long_ring_is_cut_short(tmp_path: Path) -> None:
    ring = [entry("definition", id=f"d{n}", when=f"d{(n + 1) % 2000}") for n in range(2000)]
    write(tmp_path, "t", *ring)
    (found,) = mistakes(tmp_path, "t")
    assert found.endswith(" -> ... (2000 in all)")
    assert len(found) < 2000


def test_a_condition_nests_no_deeper_through_definitions(tmp_path: Path) -> None:
    write(tmp_path, "t", *chain(98, "d{}"), rule(when="d97"))
    assert "t.r" in load(tmp_path, "t").rules
    write(tmp_path, "t", *chain(99, "d{}"), rule(when="d98"))
    assert mistakes(tmp_path, "t") == [
        "t/ruleset.toml:611: rule[0].when: a condition nests at most 100 deep, found 101 with its "
        "definitions"
    ]
    write(tmp_path, "t", *reversed(chain(99, "d{}")), rule(when="d98"))
    assert len(mistakes(tmp_path, "t")) == 1
    write(tmp_path, "t", *chain(80, "d{0} || d{0}"), rule(when="d79"))
    assert (
        "rule[0].when: a condition nests at most 100 deep, found 161" in mistakes(tmp_path, "t")[-2]
    )


def test_a_condition_grows_no_larger_through_definitions(tmp_path: Path) -> None:
    """Each doubles the one before: the depth is small and the whole is not."""
    write(tmp_path, "t", *chain(12, "d{0} || d{0}"), rule(when="d11"))
    assert "t.r" in load(tmp_path, "t").rules
    write(tmp_path, "t", *chain(13, "d{0} || d{0}"), rule(when="d12"))
    assert mistakes(tmp_path, "t")[-1].endswith(
        "rule[0].when: a condition has at most 20,000 parts, found 24,574 with its definitions; "
        "name each definition less often"
    )
    write(tmp_path, "t", *chain(49, "d{0} || d{0}"), rule(when="d48"))
    assert "found over 10^12 with its definitions" in mistakes(tmp_path, "t")[-1]


def test_a_rule_reads_only_what_its_question_is_about(tmp_path: Path) -> None:
    later = date(2024, 6, 1)
    texts = (
        entry("question", id="doctors", subjects=["physician"]),
        entry("definition", id="old"),
        entry("definition", id="older", when="old || patient.age > 80", valid_to=date(2024, 5, 31)),
        entry("definition", id="older", when="physician.licence == 'valid'", valid_from=later),
        rule(decides="doctors", when="older", valid_from=later),
    )
    write(tmp_path, "t", *texts)
    assert "t.r" in load(tmp_path, "t").rules
    write(tmp_path, "t", *texts[:-1], rule(decides="doctors", when="older"))
    assert [each.partition(": ")[2] for each in mistakes(tmp_path, "t")] == [
        "rule[0].when: reads patient.age, but the question doctors is about physician"
    ]
