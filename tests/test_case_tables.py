"""tables of cases, read.

What a table may say, what becomes of it, and every mistake with its line and the nearest name.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from flk_rules.cases import Case, Rulesets, read_cases
from flk_rules.cases.keys import EXPECTATIONS, KEYS
from flk_rules.errors import CasesInvalid
from support.folders import entry, write

HEAD = """\
ruleset  = "se.national"
question = "eligibility"
on       = 2024-10-01

[facts]
physician.licence = "valid"
physician.training.stage = "none"
"""
SPECIALIST = 'with = { physician.specialties = ["geriatrik"] }'
RULESETS = Rulesets()


def _read(folder: Path, text: str) -> tuple[Case, ...]:
    path = folder / "t.cases.toml"
    path.write_text(text, "utf-8")
    return read_cases(path, RULESETS)


def _mistakes(folder: Path, text: str) -> list[str]:
    with pytest.raises(CasesInvalid) as caught:
        _read(folder, text)
    return [str(each).replace(f"{folder}/", "") for each in caught.value.problems]


def _case(text: str) -> str:
    return f'{HEAD}\n[[case]]\nname = "a"\n{text}\n'


# ---- what becomes of it --------------------------------------------------------------------------


def test_a_case_has_its_facts_and_names_resolved(tmp_path: Path) -> None:
    (case,) = _read(tmp_path, _case(f'why = "E4"\n{SPECIALIST}\noutcome = "undetermined"\n'
        'missing = ["patient.age"]\ngrounds = []\nadvice = ["only_another_specialty"]\n'
        'force = "none"'))  # fmt: skip
    assert (case.name, case.why, case.line) == ("a", "E4", 9)
    assert (case.ruleset, case.question, case.on) == (
        "se.national", "eligibility", date(2024, 10, 1),
    )  # fmt: skip
    assert case.place == f"{tmp_path}/t.cases.toml:9"
    assert case.subjects == {
        "physician": {
            "licence": "valid", "training": {"stage": "none"}, "specialties": ["geriatrik"],
        },
        "patient": {},
    }  # fmt: skip
    assert case.facts is not None
    assert case.facts.values == {
        "physician.licence": "valid",
        "physician.training.stage": "none",
        "physician.specialties": frozenset({"geriatrik"}),
    }
    assert case.expected == {
        "outcome": "undetermined",
        "force": None,
        "grounds": (),
        "advice": ("se.national.eligibility.only_another_specialty",),
        "missing": ("patient.age",),
    }


def test_shared_facts_are_overridden_taken_away_or_not_used(tmp_path: Path) -> None:
    cases = _read(tmp_path, HEAD + """
[[case]]
name = "other"
with = { physician.licence = "revoked" }
outcome = "not_eligible"
[[case]]
name = "without one"
without = ["physician.licence"]
outcome = "undetermined"
[[case]]
name = "without a table"
without = ["physician.training"]
outcome = "undetermined"
[[case]]
name = "alone"
alone = true
with = { patient.age = 3 }
outcome = "undetermined"
[[case]]
name = "left out"
left_out = ["physician"]
outcome = "undetermined"
""")  # fmt: skip
    assert [each.subjects["physician"] for each in cases] == [
        {"licence": "revoked", "training": {"stage": "none"}},
        {"training": {"stage": "none"}},
        {"licence": "valid"},
        {},
        None,
    ]
    assert [each.subjects["patient"] for each in cases] == [{}, {}, {}, {"age": 3}, {}]


def test_a_row_is_a_case_of_its_own(tmp_path: Path) -> None:
    cases = _read(tmp_path, _case(f"""{SPECIALIST}
columns = ["patient.age", "on", "outcome", "grounds"]
rows = [
  [64, 2024-10-01, "assess", "?"],
  [65, 2024-10-01, "eligible", ["geriatrics"]],
  ["?", 2025-01-01, "undetermined", []],
]"""))  # fmt: skip
    assert [(each.name, each.line) for each in cases] == [
        ("a[64, 2024-10-01]", 14), ("a[65, 2024-10-01]", 15), ("a[?, 2025-01-01]", 16),
    ]  # fmt: skip
    assert [each.subjects["patient"] for each in cases] == [{"age": 64}, {"age": 65}, {}]
    assert [each.on.year for each in cases] == [2024, 2024, 2025]
    assert [each.expected for each in cases] == [
        {"outcome": "assess"},
        {"outcome": "eligible", "grounds": ("se.national.eligibility.geriatrics",)},
        {"outcome": "undetermined", "grounds": ()},
    ]


def test_rows_may_have_names_and_share_nothing_that_changes(tmp_path: Path) -> None:
    cases = _read(tmp_path, _case("""
columns = ["name", "physician.specialties", "left_out", "outcome"]
rows = [
  ["one", [], "?", "assess"],
  ["two", ["geriatrik"], ["patient"], "conditional"],
]"""))  # fmt: skip
    assert [each.name for each in cases] == ["a[one]", "a[two]"]
    assert [each.subjects["patient"] for each in cases] == [{}, None]
    training = [each.subjects["physician"]["training"] for each in cases]
    assert training[0] == training[1]
    assert training[0] is not training[1]


@pytest.mark.parametrize(
    "name", ["geriatrics", "eligibility.geriatrics", "se.national.eligibility.geriatrics"]
)
def test_a_rule_is_named_by_the_end_of_its_id_or_the_whole(tmp_path: Path, name: str) -> None:
    (case,) = _read(tmp_path, _case(f'outcome = "eligible"\ngrounds = ["{name}"]'))
    assert case.expected["grounds"] == ("se.national.eligibility.geriatrics",)


def test_a_table_names_folders_of_rulesets_beside_it(tmp_path: Path) -> None:
    rule = entry("rule", id="my.unit.geriatrics", when="patient.age > 3")
    write(tmp_path / "own", "my.unit", rule, extends="se.national")
    table = HEAD.replace("se.national", "my.unit").replace("\n\n", '\npath = ["own"]\n\n')
    text = table + '[[case]]\nname = "a"\noutcome = "eligible"\n'
    (case,) = _read(tmp_path, text + 'grounds = ["my.unit.geriatrics"]\n')
    assert case.path == (tmp_path / "own",)
    assert RULESETS.of(case).id == "my.unit"
    assert _mistakes(tmp_path, text + 'grounds = ["geriatrics"]\n') == [
        "t.cases.toml:12: case[0].grounds: 2 rules are called 'geriatrics'; expected "
        "my.unit.geriatrics or se.national.eligibility.geriatrics"
    ]


def test_a_byte_order_mark_and_windows_lines_are_read(tmp_path: Path) -> None:
    path = tmp_path / "t.cases.toml"
    text = _case('outcome = "undetermined"').replace("\n", "\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert [each.line for each in read_cases(path, RULESETS)] == [9]


def test_marks_have_whole_ids_and_may_be_said_of_a_row(tmp_path: Path) -> None:
    head = 'ruleset = "se.national"\nquestion = "capacity"\non = 2026-01-01\n'
    text = """[[case]]
name = "a"
outcome = "stated"
columns = ["name", "marks"]
rows = [["one", { "capacity.inquiries_mark" = 1500 }], ["none", {}], ["unsaid", "?"]]
"""
    cases = _read(tmp_path, head + text)
    assert [each.expected.get("marks") for each in cases] == [
        {"se.national.capacity.inquiries_mark": 1500}, {}, None,
    ]  # fmt: skip
    twice = text.replace("{}", '{ inquiries_mark = 1, "capacity.inquiries_mark" = 2 }')
    (found,) = _mistakes(tmp_path, head + twice)
    assert found.endswith("the rule se.national.capacity.inquiries_mark is named twice")


# ---- mistakes ------------------------------------------------------------------------------------


def test_all_mistakes_come_at_once_in_the_order_of_lines(tmp_path: Path) -> None:
    text = (
        HEAD
        + """
[[case]]
name = "a"
with = { physician.specialties = ["geriatric"], patient.agee = 3 }
outcome = "eligible"
grounds = ["geriatric"]

[[case]]
name = "a"
outcme = "eligible"

[[case]]
name = "c"
outcome = "grounded"
missing = ["patient.agee"]
assumptions = ["elderly_form"]
"""
    )
    about = "eligibility in se.national on 2024-10-01"
    there = "eligible, assess, conditional, undetermined, not_eligible"
    found = _mistakes(tmp_path, text)
    assert found[4] == (
        "t.cases.toml:15: case[1]: the name 'a' is taken, at t.cases.toml:9: case[0]"
    )
    assert found[3].startswith(
        "t.cases.toml:15: case[1]: the key 'outcome' is missing; expected it or 'error'"
    )
    assert found[5].startswith("t.cases.toml:17: case[1].outcme: unknown key 'outcme'; did you "
        "mean 'outcome'? (known: ruleset, question, on, left_out, name, ")  # fmt: skip
    assert found[:3] + found[6:] == [
        "t.cases.toml:11: case[0].with.physician.specialties: no code 'geriatric' in the code "
        "list specialty; did you mean 'geriatrik'?",
        "t.cases.toml:11: case[0].with.patient.agee: unknown fact; did you mean 'age'?",
        f"t.cases.toml:13: case[0].grounds: no rule 'geriatric' decides {about}; did you mean "
        "'geriatrics'?",
        f"t.cases.toml:21: case[2].outcome: no outcome 'grounded' of {about} (there is: {there})",
        f"t.cases.toml:22: case[2].missing: no fact 'patient.agee' of {about}; did you mean "
        "'patient.age'?",
        f"t.cases.toml:23: case[2].assumptions: no parameter 'elderly_form' of {about}; did you "
        "mean 'elderly_from'?",
    ]


def test_a_mistake_hides_no_other(tmp_path: Path) -> None:
    """A wrong question no names and facts; a broken row no names of cases; a column no rows."""
    text = (
        HEAD.replace("eligibility", "eligibilty")
        + """
[[case]]
name = "a"
with = { patient.agee = 3 }
outcome = "eligible"
grounds = ["geriatric"]

[[case]]
name = "a"
columns = ["name", "patient.age", "outcome"]
rows = [
  ["b", 3, "eligibel"],
  ["c", 3, "eligible"],
  ["c", 4, "eligible"],
]

[[case]]
name = "a[c]"
outcome = "eligible"
force = "laww"

[[case]]
name = "d"
columns = ["patient.age", "outcme"]
rows = [
  [3, "eligible", 4],
  [3],
  [{ a = 3 }, "eligible"],
]

[[case]]
name = "e"
columns = ["patient.age", "outcme"]
rows = [3]
outcome = "eligible"
"""
    )
    found = _mistakes(tmp_path, text)
    on = "in se.national on 2024-10-01"
    outcomes = next(each for each in found if "[0][2]" in each).partition("expected ")[2]
    column = "no column 'outcme'; did you mean 'outcome'?"
    wanted = "expected 2 values, one for every column, found"
    assert outcomes.endswith("found 'eligibel'; did you mean 'eligible'?")
    assert [each.removeprefix("t.cases.toml:") for each in found] == [
        found[0].removeprefix("t.cases.toml:"),
        "11: case[0].with.patient.agee: unknown fact; did you mean 'age'?",
        f"13: case[0].grounds: no rule 'geriatric' decides eligibility {on}; did you mean "
        "'geriatrics'?",
        f"19: case[1].rows[0][2]: expected {outcomes}",
        "21: case[1].rows[2]: the name 'a[c]' is taken, at t.cases.toml:20: case[1].rows[1]",
        "24: case[2]: the name 'a[c]' is taken, at t.cases.toml:20: case[1].rows[1]",
        "27: case[2].force: expected one of law, contract, guidance, recommendation, none, found "
        "'laww'; did you mean 'law'?",
        f"31: case[3].columns[1]: {column}",
        f"33: case[3].rows[0]: {wanted} 3",
        f"34: case[3].rows[1]: {wanted} 1",
        "35: case[3].rows[2][0]: expected a value of patient.age, found a table",
        f"40: case[4].columns[1]: {column}",
        "41: case[4].rows: expected a list of rows, each a list with a value for every column, "
        "found an integer (3) among them",
    ]
    assert found[0].startswith(f"t.cases.toml:2: question: no question 'eligibilty' {on}; did ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('outcome = "eligible"\nname2 = 1',
         "12: case[0].name2: unknown key 'name2'; did you mean 'name'? (known: "),
        ("outcome = 3", "11: case[0].outcome: expected one of eligible, "),
        ('outcome = "eligibel"', "11: case[0].outcome: expected one of eligible, "),
        ('outcome = "eligible"\nwhy = " "', "12: case[0].why: expected a string that is not empty"),
        ('outcome = "eligible"\nalone = "yes"',
         "12: case[0].alone: expected true or false, found a string ('yes')"),
        ('outcome = "eligible"\non = "2024-10-01"',
         "12: case[0].on: expected a date like 2024-01-31, found a string ('2024-10-01')"),
        ('outcome = "eligible"\non = 2024-10-01T10:00:00',
         "12: case[0].on: expected a date like 2024-01-31, found a date with a time of day"),
        ('outcome = "eligible"\ngrounds = "geriatrics"',
         "12: case[0].grounds: expected a list of rules, found a string ('geriatrics')"),
        ('outcome = "eligible"\ngrounds = ["geriatrics", 3]',
         "12: case[0].grounds: expected a list of rules, found an integer (3) among them"),
        ('outcome = "eligible"\ngrounds = ["geriatrics", "geriatrics"]',
         "12: case[0].grounds: 'geriatrics' is there twice"),
        ('outcome = "eligible"\ngrounds = ["geriatrics", "eligibility.geriatrics"]',
         "12: case[0].grounds: the rule se.national.eligibility.geriatrics is named twice"),
        ('outcome = "eligible"\nvalue = nan',
         '12: case[0].value: expected a number or "none", found nan'),
        ('outcome = "eligible"\nvalue = "many"',
         '12: case[0].value: expected a number or "none", found a string (\'many\')'),
        ('outcome = "eligible"\nmarks = 3',
         "12: case[0].marks: expected a table of numbers by rule, found an integer (3)"),
        ('outcome = "eligible"\nmarks = { a = true }',
         "12: case[0].marks: expected a number for 'a', found true"),
        ('outcome = "eligible"\nmarks = { a = inf }',
         "12: case[0].marks: expected a number for 'a', found inf"),
        ('outcome = "eligible"\nmarks = { eligibility.geriatrics = 3 }',
         "12: case[0].marks: expected a number for 'eligibility', found a table; quote a name "),
        ('outcome = "eligible"\nmarks = { geriatric = 3 }',
         "12: case[0].marks: no rule 'geriatric' decides eligibility in se.national on 2024-10-01; "
         "did you mean 'geriatrics'?"),
        ('outcome = "eligible"\nmarks = { only_another_specialty = 3 }',
         "12: case[0].marks: the rule se.national.eligibility.only_another_specialty is no advice "
         "with a number (there is: none)"),
        ('outcome = "eligible"\nforce = "laww"', "12: case[0].force: expected one of law, "),
        ('outcome = "eligible"\npath = ["x"]',
         "12: case[0].path: the key 'path' stands before the cases, for all of them"),
        ('outcome = "eligible"\nwithout = ["physician.license"]',
         "12: case[0].without: no fact 'physician.license' is given that could be taken away; "
         "did you mean 'physician.licence'?"),
        ('outcome = "eligible"\nwithout = ["patient.age.years"]',
         "12: case[0].without: no fact 'patient.age.years' is given that could be taken away"),
        ('outcome = "eligible"\nwith = { unit.listed = 3 }',
         "12: case[0].with.unit: the question is about physician and patient"),
        ('outcome = "eligible"\nwith = { patient = 3 }',
         "12: case[0].with.patient: expected a mapping or a model object, found a whole number"),
        ('outcome = "eligible"\nleft_out = ["patint"]',
         "12: case[0].left_out: no subject 'patint'; the question is about physician and patient; "
         "did you mean 'patient'?"),
        ('outcome = "eligible"\nleft_out = ["patient"]\nwith = { patient.age = 3 }',
         "12: case[0].left_out: 'patient' is left out, and the case gives facts of it"),
        ('outcome = "eligible"\non = 2000-01-01',
         "12: case[0].on: se.national: not in force on 2000-01-01; its versions hold from 2022"),
        ('outcome = "eligible"\nruleset = "se.natonal"',
         "12: case[0].ruleset: cannot be loaded: no ruleset called 'se.natonal'; did you mean "),
        ('outcome = "eligible"\nquestion = "eligability"',
         "12: case[0].question: no question 'eligability' in se.national on 2024-10-01; did you "),
        ('outcome = "eligible"\nquestion = "priority"\non = 2023-01-30',
         "13: case[0].on: se.national: the question priority can be asked from 2023-01-31, not on"),
        ('error = "question_not_yet"\nquestion = "prioritet"',
         "12: case[0].question: no question 'prioritet' in se.national on 2024-10-01; did you "),
        ('error = "facts"\nquestion = "priority"\non = 2023-01-30',
         "13: case[0].on: se.national: the question priority can be asked from 2023-01-31, not on"),
        ('error = "facts"\noutcome = "eligible"',
         "12: case[0].outcome: a case that expects an error has no decision, so no 'outcome'"),
        ('outcome = "eligible"\nat = ["patient.age"]',
         "12: case[0].at: 'at' is about an error; expected 'error' beside it"),
        ('error = "not_in_force"\nat = ["patient.age"]',
         "12: case[0].at: 'at' is of the error 'facts' only"),
        ('rows = [[1]]\noutcome = "eligible"', "11: case[0].rows: expected 'columns' beside"),
        ('columns = ["patient.age"]\noutcome = "eligible"',
         "11: case[0].columns: expected 'rows' beside 'columns'"),
        ('columns = ["patient.age", "outcme"]\nrows = [[1, "eligible"]]',
         "11: case[0].columns[1]: no column 'outcme'; did you mean 'outcome'?"),
        ('columns = ["age", "outcome"]\nrows = [[1, "eligible"]]',
         "11: case[0].columns[0]: no column 'age'; expected a fact's dotted name, or one of "),
        ('outcome = "assess"\ncolumns = ["outcome"]\nrows = [["eligible"]]',
         "12: case[0].columns[0]: 'outcome' is said by the case, too; expected it once"),
        ('columns = ["patient.age", "outcome"]\nrows = [\n[1, "eligible"],\n[2]]',
         "14: case[0].rows[1]: expected 2 values, one for every column, found 1"),
        ('columns = ["patient.age", "outcome"]\nrows = [\n[1, "eligibel"]]',
         "13: case[0].rows[0][1]: expected one of eligible, "),
        ('columns = ["patient.age", "outcome"]\nrows = [\n[200, "eligible"]]',
         "13: case[0].rows[0][0]: patient.age: expected a whole number from 0 to 150 (year), "),
        ('columns = ["patient.age", "outcome"]\nrows = [\n[{ a = 1 }, "eligible"]]',
         "13: case[0].rows[0][0]: expected a value of patient.age, found a table"),
        ('columns = ["patient.age", "outcome"]\nrows = [\n[1, "eligible"],\n[1, "assess"]]',
         "14: case[0].rows[1]: the name 'a[1]' is taken, at t.cases.toml:13: case[0].rows[0]"),
        ('columns = ["patient.agee", "outcome"]\nrows = [[1, "eligible"], [2, "eligible"]]',
         "11: case[0].columns[0]: patient.agee: unknown fact; did you mean 'age'?"),
        ('columns = ["patient.age", "outcome"]\nrows = []',
         "12: case[0].rows: expected a list of rows, each a list with a value for every column, "
         "found an empty list"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_case_has_its_line(tmp_path: Path, text: str, expected: str) -> None:
    (found,) = _mistakes(tmp_path, _case(text))
    assert found.startswith(f"t.cases.toml:{expected}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["t.cases.toml: the file is empty"]),
        ("a = \n", ["t.cases.toml:1: not TOML we read: column 5: expected a value, such as a "
                    "string in quotes, found the end of the line"]),
        (HEAD, ["t.cases.toml: expected at least one [[case]], found none"]),
        (f"{HEAD}\n[case]\n", ["t.cases.toml:9: case: expected a list of tables, each headed "
                               "[[case]], found a table"]),
        (f'outcome = "eligible"\n{_case("")}', [
            "t.cases.toml:1: outcome: the key 'outcome' stands in each [[case]]",
            "t.cases.toml:10: case[0]: the key 'outcome' is missing; expected it or 'error'"]),
        ('[[case]]\noutcome = "eligible"\n', [
            "t.cases.toml:1: case[0]: the key 'ruleset' is missing; expected a string, in the case "
            "or before all of them",
            "t.cases.toml:1: case[0]: the key 'question' is missing; expected a string, in the "
            "case or before all of them",
            "t.cases.toml:1: case[0]: the key 'on' is missing; expected a date like 2024-01-31, in "
            "the case or before all of them",
            "t.cases.toml:1: case[0]: the key 'name' is missing; expected a string"]),
        (HEAD.replace('"se.national"', '"se.nation"') +
         '[[case]]\nname = "a"\noutcome = "eligible"\n[[case]]\nname = "b"\noutcome = "eligible"',
         ["t.cases.toml:1: ruleset: cannot be loaded: no ruleset called 'se.nation'; did you mean "
          "'se.national'? (there is: se.borgholm, se.national, se.stockholm)"]),
        (HEAD.replace("\n\n", '\npath = ["nowhere"]\n\n') +
         '[[case]]\nname = "a"\noutcome = "eligible"',
         ["t.cases.toml:1: ruleset: cannot be loaded: nowhere: no such folder to look for "
          "rulesets in"]),
    ],
)  # fmt: skip
def test_a_mistake_of_the_file_has_its_line(tmp_path: Path, text: str, expected: list[str]) -> None:
    assert _mistakes(tmp_path, text) == expected


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(CasesInvalid, match="expected a file, found nothing there"):
        read_cases(tmp_path / "a.cases.toml")


def test_mistakes_beyond_a_thousand_are_not_looked_for(tmp_path: Path) -> None:
    found = _mistakes(tmp_path, HEAD + "".join(f'[[case]]\nname = "{n}"\n' for n in range(1200)))
    assert len(found) == 1001
    assert found[0] == "t.cases.toml: has 1,000 mistakes and more; the rest was not read"


def test_mistakes_of_a_ruleset_are_those_of_the_table(tmp_path: Path) -> None:
    write(tmp_path / "own", "my.unit", entry("rule", id="my.unit.a", when="patient.agee > 3"))
    table = HEAD.replace("se.national", "my.unit").replace("\n\n", '\npath = ["own"]\n\n')
    found = _mistakes(tmp_path, table + '[[case]]\nname = "a"\noutcome = "eligible"\n')
    assert all(each.startswith("t.cases.toml:1: ruleset: cannot be loaded: own/") for each in found)
    assert any("did you mean 'patient.age'?" in each for each in found)


def test_every_key_says_what_it_is() -> None:
    assert all(each.meaning for each in KEYS.values())
    assert all(bool(each.words) == (each.kind.name == "WORD") for each in KEYS.values())
    assert EXPECTATIONS.keys() <= KEYS.keys()
