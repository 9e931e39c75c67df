"""decisions held against cases.

What differs is told, what is not stated may be anything, and failures are expected by their kind.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from flk_rules.cases import Case, Difference, Rulesets, Trial, read_cases, said, try_case
from flk_rules.cases.keys import EXPECTATIONS
from support.cases import ENGINES
from support.folders import entry, write

RULESETS = Rulesets()
HEAD = """
ruleset  = "se.stockholm"
question = "eligibility"
on       = 2024-10-01
[facts]
physician.licence = "valid"
physician.specialties = ["geriatrik"]
physician.training.stage = "none"
patient.age = 70
[[case]]
name = "a"
"""


def _case(folder: Path, text: str, head: str = HEAD) -> Case:
    path = folder / "t.cases.toml"
    path.write_text(head + text, "utf-8")
    return read_cases(path, RULESETS)[0]


def _tried(folder: Path, text: str, engine: str = "rete") -> Trial:
    return try_case(_case(folder, text), RULESETS, engine)


RIGHT = """
outcome = "eligible"
reason = "none"
force = "contract"
grounds = ["list_eligible_specialist"]
defeated = []
advice = ["geriatrics", "specialty_under_review", "only_another_specialty"]
marks = {}
missing = []
assumptions = ["elderly_from"]
condition = "none"
value = "none"
status = "none"
difference = "none"
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_a_decision_as_stated_has_no_differences(tmp_path: Path, engine: str) -> None:
    trial = _tried(tmp_path, RIGHT, engine)
    assert trial.passed
    assert trial.differences == ()
    assert trial.decision is not None
    assert trial.decision.answer.engine == engine


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("outcome", '"assess"', "outcome: expected assess, found eligible"),
        ("reason", '"forbidden"', "reason: expected forbidden, found none"),
        ("force", '"none"', "force: expected none, found contract"),
        (
            "grounds",
            "[]",
            "grounds: expected none, found se.stockholm.eligibility.list_eligible_specialist",
        ),
        (
            "defeated",
            '["general_practice"]',
            "defeated: expected se.national.eligibility.general_practice, found none",
        ),
        ("missing", '["patient.age"]', "missing: expected patient.age, found none"),
        ("assumptions", "[]", "assumptions: expected none, found elderly_from"),
        ("value", "3", "value: expected 3, found none"),
        ("condition", '"x"', "condition: expected x, found none"),
        ("status", '"under"', "status: expected under, found none"),
        ("difference", "-3", "difference: expected -3, found none"),
    ],
)
def test_each_thing_that_differs_is_told(
    tmp_path: Path, key: str, value: str, message: str
) -> None:
    lines = [line for line in RIGHT.splitlines() if not line.startswith(f"{key} =")]
    trial = _tried(tmp_path, "\n".join([*lines, f"{key} = {value}"]))
    assert [str(each) for each in trial.differences] == [message]
    assert not trial.passed


def test_what_is_not_stated_may_be_anything(tmp_path: Path) -> None:
    assert _tried(tmp_path, 'outcome = "eligible"').passed


def test_lists_differ_by_what_is_lacking_and_what_is_too_much() -> None:
    difference = Difference(key="advice", expected=("a", "b"), found=("b", "c"))
    assert (difference.lacking, difference.surplus) == (("a",), ("c",))
    assert Difference(key="outcome", expected="a", found="b").lacking == ()


@pytest.mark.parametrize("key", EXPECTATIONS)
def test_every_key_reads_something_of_every_decision(tmp_path: Path, key: str) -> None:
    decision = _tried(tmp_path, 'outcome = "eligible"').decision
    assert decision is not None
    found = said(decision, key)
    assert found is None or isinstance(found, (str, tuple)) or found == {}


# ---- failures ------------------------------------------------------------------------------------

WRONG = 'with = { patient.age = 200, physician.licence = "x" }\n'


@pytest.mark.parametrize(
    ("text", "differences"),
    [
        (f'{WRONG}error = "facts"', []),
        (f'{WRONG}error = "facts"\nat = ["physician.licence", "patient.age"]', []),
        (f'{WRONG}error = "facts"\nsays = ["no code \'x\'", "from 0 to 150"]', []),
        (f'{WRONG}error = "facts"\nat = ["patient.age"]',
         ["at: expected patient.age, found patient.age, physician.licence"]),
        ('error = "values_conflict"', ["error: expected values_conflict, found none"]),
        ('error = "facts"', ["error: expected facts, found none"]),
        ('on = 2023-12-31\nerror = "not_in_force"\nsays = ["2023-12-31"]', []),
        ('error = "not_in_force"', ["error: expected not_in_force, found none"]),
        ('error = "question_not_yet"', ["error: expected question_not_yet, found none"]),
    ],
)  # fmt: skip
def test_a_failure_is_expected_by_its_kind_its_facts_and_its_words(
    tmp_path: Path, text: str, differences: list[str]
) -> None:
    assert [str(each) for each in _tried(tmp_path, text).differences] == differences


def test_words_that_are_not_said_are_told_with_the_message(tmp_path: Path) -> None:
    (found,) = _tried(tmp_path, f'{WRONG}error = "facts"\nsays = ["nope"]').differences
    assert str(found).startswith("says: expected nope, found physician.licence: no code 'x' in the")


def test_numbers_in_conflict_are_a_failure(tmp_path: Path) -> None:
    rules = [
        entry("rule", id=f"my.unit.capacity.{name}", decides="capacity", effect="value",
              when="has(physician.listed)", value=number)
        for name, number in (("a", "1"), ("b", "2"))
    ]  # fmt: skip
    write(tmp_path / "own", "my.unit", *rules, extends="se.national")
    head = """
ruleset  = "my.unit"
question = "capacity"
on       = 2026-01-01
path     = ["own"]
[[case]]
name = "a"
with = { physician.listed = 1 }
"""
    case = _case(tmp_path, 'error = "values_conflict"\nsays = ["says 1", "says 2"]', head)
    assert try_case(case, RULESETS).passed
    stated = _case(tmp_path, 'outcome = "stated"', head)
    assert [str(each) for each in try_case(stated, RULESETS).differences] == [
        "error: expected none, found values_conflict"
    ]


def test_a_question_that_cannot_be_asked_yet_is_a_failure(tmp_path: Path) -> None:
    head = """
ruleset  = "se.national"
question = "priority"
[facts]
patient.age = 70
[[case]]
name = "a"
"""
    early = 'on = 2023-01-30\nerror = "question_not_yet"\nsays = ["from 2023-01-31"]'
    assert try_case(_case(tmp_path, early, head), RULESETS).passed
    late = _case(tmp_path, early.replace("01-30", "01-31"), head)
    assert [str(each) for each in try_case(late, RULESETS).differences] == [
        "error: expected question_not_yet, found none"
    ]
    otherwise = _case(tmp_path, early.replace("from 2023-01-31", "from 2023-02-01"), head)
    (found,) = try_case(otherwise, RULESETS).differences
    assert (found.key, found.expected) == ("says", ("from 2023-02-01",))


# ---- marks ---------------------------------------------------------------------------------------

NUMBERS = """
ruleset  = "se.borgholm"
question = "capacity"
on       = 2026-01-01
[facts]
physician.specialties = ["allmanmedicin"]
[[case]]
name = "a"
outcome = "stated"
"""
MARKS = {
    "inquiries_mark": 1500, "model_ceiling": 1000, "profession_mark_from": 1000,
    "profession_mark_to": 1500,
}  # fmt: skip


def _marked(folder: Path, marks: dict[str, float], engine: str = "reference") -> list[str]:
    said_ = ", ".join(f"{name} = {number}" for name, number in marks.items())
    case = _case(folder, f"marks = {{ {said_} }}", NUMBERS)
    return [str(each) for each in try_case(case, RULESETS, engine).differences]


@pytest.mark.parametrize("engine", ENGINES)
def test_marks_are_expected_by_rule_all_of_them(tmp_path: Path, engine: str) -> None:
    assert _marked(tmp_path, MARKS, engine) == []
    assert _marked(tmp_path, {**MARKS, "model_ceiling": 1000.0}, engine) == []


def test_marks_that_differ_are_told_with_their_numbers(tmp_path: Path) -> None:
    national = "se.national.capacity"
    found = (
        f"se.borgholm.capacity.model_ceiling = 1000, {national}.inquiries_mark = 1500, "
        f"{national}.profession_mark_from = 1000, {national}.profession_mark_to = 1500"
    )
    assert _marked(tmp_path, {**MARKS, "model_ceiling": 1001}) == [
        f"marks: expected {found.replace('1000', '1001', 1)}, found {found}"
    ]
    assert _marked(tmp_path, {}) == [f"marks: expected none, found {found}"]


def test_of_marks_that_differ_only_those_are_shown() -> None:
    difference = Difference(key="marks", expected={"a": 1, "b": 2}, found={"b": 3, "a": 1})
    assert (difference.lacking, difference.surplus) == (("b = 2",), ("b = 3",))


def test_a_case_may_be_held_against_another_ruleset(tmp_path: Path) -> None:
    case = _case(tmp_path, RIGHT)
    national = RULESETS.load("se.national", case.on)
    trial = try_case(case, national)
    assert {each.key for each in trial.differences} >= {"force", "grounds"}
