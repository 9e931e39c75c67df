"""cases for other implementations.

A pack says what its tables say, keeps to its schema, and comes back as the same cases; engines and
the answers of others are held against it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner, Result

from conftest import ROOT
from flk_rules.cases import Rulesets, read_cases
from flk_rules.cases.keys import EXPECTATIONS
from flk_rules.cli import conformance as command
from flk_rules.cli.main import app
from flk_rules.conformance import (
    ANSWERS,
    FORMAT,
    as_pack,
    pack,
    read_pack,
    run_engine,
    schema,
    scores,
    shipped_tables,
    tables_in,
    unpack,
    write_pack,
)
from flk_rules.engines import ENGINES
from flk_rules.errors import CasesInvalid

TABLE = """\
ruleset  = "se.national"
question = "eligibility"
on       = 2024-10-01

[facts]
physician.licence = "valid"
physician.specialties = ["geriatrik"]
physician.training.stage = "none"

[[case]]
name = "birth date"
why = "E4"
with = { patient.birth_date = 1950-02-28 }
outcome = "eligible"
force = "guidance"
reason = "none"
grounds = ["geriatrics"]

[[case]]
name = "left out"
left_out = ["patient"]
outcome = "conditional"
condition = "eligible if patient.age >= 65, otherwise assess"

[[case]]
name = "impossible"
with = { patient.age = 200 }
error = "facts"
at = ["patient.age"]
says = ["expected a whole number"]

[[case]]
name = "too early"
on = 2000-01-01
error = "not_in_force"
"""
CASES = ("t/birth date", "t/left out", "t/impossible", "t/too early")


@pytest.fixture
def tables(tmp_path: Path) -> dict[str, Path]:
    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "t.cases.toml").write_text(TABLE, "utf-8")
    return tables_in([folder])


@pytest.fixture
def folder(tmp_path: Path, tables: dict[str, Path]) -> Path:
    """A pack."""
    write_pack(tmp_path / "pack", tables)
    return tmp_path / "pack"


def flk(*arguments: object) -> Result:
    result = CliRunner().invoke(app, ["conformance", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


# ---- packs ---------------------------------------------------------------------------------------


def test_a_pack_says_what_the_tables_say(folder: Path) -> None:
    made = json.loads((folder / "cases.json").read_text("utf-8"))
    assert made["format"] == FORMAT
    assert [each["id"] for each in made["cases"]] == [*CASES]
    first, second, third, fourth = made["cases"]
    specialist = {
        "licence": "valid", "specialties": ["geriatrik"], "training": {"stage": "none"},
    }  # fmt: skip
    assert first == {
        "id": "t/birth date", "why": "E4", "ruleset": "se.national", "question": "eligibility",
        "on": "2024-10-01", "left_out": [],
        "subjects": {"physician": specialist, "patient": {"birth_date": "1950-02-28"}},
        "facts": {
            "patient.age": 74, "physician.licence": "valid",
            "physician.specialties": ["geriatrik"], "physician.training.stage": "none",
        },
        "expected": {
            "outcome": "eligible", "reason": None, "force": "guidance",
            "grounds": ["se.national.eligibility.geriatrics"],
        },
        "error": None,
    }  # fmt: skip
    assert (second["left_out"], second["subjects"]) == (["patient"], {"physician": specialist})
    assert third["error"] == {"kind": "facts", "at": ["patient.age"]}
    assert (third["facts"], third["expected"]) == (None, {})
    assert (fourth["on"], fourth["error"]) == ("2000-01-01", {"kind": "not_in_force"})
    (ruleset,) = made["rulesets"]
    assert ruleset.keys() == {"id", "on", "version", "fingerprint"}


def test_a_pack_keeps_to_its_schema_and_the_schema_to_the_keys(folder: Path) -> None:
    written = json.loads((folder / "conformance-1.json").read_text("utf-8"))
    assert written == schema()
    Draft202012Validator.check_schema(written)
    made = json.loads((folder / "cases.json").read_text("utf-8"))
    validator = Draft202012Validator(written)
    assert list(validator.iter_errors(made)) == []
    expected = written["properties"]["cases"]["items"]["properties"]["expected"]["properties"]
    assert expected.keys() == EXPECTATIONS.keys()
    made["cases"][0]["expected"]["outcome"] = "eligibel"
    made["cases"][1]["grounds"] = []
    assert len(list(validator.iter_errors(made))) == 2


def test_the_readme_tells_how(folder: Path) -> None:
    text = (folder / "README.md").read_text("utf-8")
    assert text.startswith("# Cases for an implementation of the FLK rules\n\n4 cases: ")
    for said in (FORMAT, ANSWERS, "`not_in_force`", *(f"| `{key}` |" for key in EXPECTATIONS)):
        assert said in text
    assert "$" not in text
    assert '"none"' not in text


def test_a_pack_brings_its_rulesets(folder: Path, tmp_path: Path) -> None:
    mine = folder / "rulesets" / "se.national" / "eligibility.toml"
    assert mine.read_bytes() == (ROOT / "rulesets/se.national/eligibility.toml").read_bytes()
    assert not (folder / "rulesets-own").exists()
    own = tables_in([ROOT / "tests" / "cases" / "open_list"])
    write_pack(tmp_path / "own", own)
    assert (tmp_path / "own" / "rulesets-own" / "my.unit" / "ruleset.toml").is_file()
    assert (tmp_path / "own" / "rulesets" / "se.stockholm" / "ruleset.toml").is_file()
    assert flk(tmp_path / "own", "--engine", "reference").exit_code == 0


def test_the_shipped_cases_come_back_the_same() -> None:
    """Through JSON and back, every shipped case: the same subjects, expectations and facts."""
    rulesets = Rulesets()
    tables = tables_in([shipped_tables()])
    assert len(tables) >= 18
    before = as_pack(tables, rulesets)
    assert len(before.cases) >= 449
    made = json.loads(json.dumps(pack(before.cases, rulesets)))
    assert list(Draft202012Validator(schema()).iter_errors(made)) == []
    after = unpack(made, Path("cases.json"))
    for one, two in zip(before.cases, after.cases, strict=True):
        assert two.case.expected == one.case.expected
        assert two.facts == one.facts
        assert (two.case.ruleset, two.case.on) == (one.case.ruleset, one.case.on)


@pytest.mark.parametrize("engine", ENGINES)
def test_engines_are_held_against_a_pack(folder: Path, engine: str) -> None:
    results = list(run_engine(read_pack(folder), engine, Rulesets()))
    assert [each.case.name for each in results] == [*CASES]
    assert [each.differences for each in results] == [()] * 4
    assert [(each.question, each.passed, each.failed) for each in scores(results)] == [
        ("eligibility", 4, 0)
    ]


def test_facts_that_rules_read_otherwise_are_a_difference(folder: Path) -> None:
    made = json.loads((folder / "cases.json").read_text("utf-8"))
    made["cases"][0]["facts"]["patient.age"] = 75
    (folder / "cases.json").write_text(json.dumps(made), "utf-8")
    first, *_ = run_engine(read_pack(folder), "reference", Rulesets())
    (difference,) = first.differences
    assert (difference.lacking, difference.surplus) == (("patient.age=75",), ("patient.age=74",))


# ---- mistakes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "messages"),
    [
        ({"format": "x"}, [f"expected a pack of the format {FORMAT}, found 'x'"]),
        ({"cases": 3}, [": cases: expected a list, found a whole number (3)"]),
        ({"rulesets": [{"id": "a", "on": 3}, 3]}, [
            f": rulesets[{number}]: expected an object with an id, a date in on, and a fingerprint"
            for number in (0, 1)]),
        ({"cases": [3]}, [": cases[0]: expected an object, found a whole number (3)"]),
        ({"on": "2024-13-01"}, [": cases[0].on: expected a date like 1950-12-31, found text "]),
        ({"id": None, "question": 1}, [
            ": cases[0].id: expected text, found nothing",
            ": cases[0].question: expected text, found a whole number (1)"]),
        ({"expected": {"outcom": "x", "grounds": "y"}}, [
            ": cases[0].expected.outcom: unknown key; did you mean 'outcome'?",
            ": cases[0].expected.grounds: expected a list of text, found text ('y')"]),
        ({"expected": {"marks": {"a": True}}}, [
            ": cases[0].expected.marks: expected an object of numbers, found true for 'a'"]),
        ({"expected": {"marks": [1]}}, [
            ": cases[0].expected.marks: expected an object of numbers, found a list of 1"]),
        ({"error": {"kind": "other"}}, [
            ": cases[0].error: expected null or a kind of facts, not_in_force, question_not_yet"]),
        ({"id": "t/left out"}, [": cases[1].id: 't/left out' is there twice"]),
    ],
)  # fmt: skip
def test_a_pack_with_mistakes_tells_them_all(
    folder: Path, change: dict[str, Any], messages: list[str]
) -> None:
    file = folder / "cases.json"
    made = json.loads(file.read_text("utf-8"))
    for key, value in change.items():
        (made if key in ("format", "cases", "rulesets") else made["cases"][0])[key] = value
    file.write_text(json.dumps(made), "utf-8")
    with pytest.raises(CasesInvalid) as caught:
        read_pack(folder)
    found = [str(each).removeprefix(str(file)).removeprefix(": expected a pack") for each in
             caught.value.problems]  # fmt: skip
    wanted = [each.removeprefix("expected a pack") for each in messages]
    assert all(one.startswith(two) for one, two in zip(found, wanted, strict=True)), found


def test_what_is_no_pack_is_said(tmp_path: Path) -> None:
    with pytest.raises(CasesInvalid, match=r"cases\.json: expected a file, found nothing there"):
        read_pack(tmp_path)
    (tmp_path / "cases.json").write_text("{", "utf-8")
    with pytest.raises(CasesInvalid, match=r"cases\.json:1: not JSON we read"):
        read_pack(tmp_path)


def test_tables_with_mistakes_make_no_pack(tmp_path: Path, tables: dict[str, Path]) -> None:
    (tmp_path / "tables" / "u.cases.toml").write_text("a = 1\n", "utf-8")
    tables["t"].write_text(TABLE.replace('"geriatrics"', '"geriatric"'), "utf-8")
    with pytest.raises(CasesInvalid) as caught:
        write_pack(tmp_path / "pack", tables_in([tmp_path / "tables"]))
    places = [each.where.partition(":")[0] for each in caught.value.problems]
    assert {Path(each).name for each in places} == {"t.cases.toml", "u.cases.toml"}
    assert not (tmp_path / "pack").exists()


# ---- the command ---------------------------------------------------------------------------------


def test_the_command_prints_a_table(folder: Path) -> None:
    result = flk(folder, "--lang", "en")
    assert result.exit_code == 0
    assert [line.split() for line in result.stdout.splitlines()] == [
        ["question", "rete", "reference"],
        ["eligibility", "4", "passed", "4", "passed"],
        ["all", "4", "passed", "4", "passed"],
    ]
    assert flk(folder).stdout.splitlines()[0].split() == ["fråga", "rete", "reference"]


def test_the_command_runs_tables_too_and_the_shipped_ones_by_itself(
    tables: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tables["t"]
    assert flk("--cases", table, "--engine", "rete", "--lang", "en").exit_code == 0
    monkeypatch.setattr(command, "shipped_tables", lambda: table)
    result = flk("--lang", "en", "--format", "json")
    found = json.loads(result.stdout)
    assert [(each["engine"], each["passed"], each["failed"]) for each in found["engines"]] == [
        ("rete", 4, 0), ("reference", 4, 0),
    ]  # fmt: skip
    assert found["rulesets_changed"] == []


def test_a_failure_is_told_and_makes_the_exit_code(tables: dict[str, Path]) -> None:
    wrong = TABLE.replace('outcome = "eligible"', 'outcome = "assess"')
    tables["t"].write_text(wrong, "utf-8")
    result = flk("--cases", tables["t"], "--engine", "reference", "--lang", "en")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[1].split() == ["eligibility", "3", "passed,", "1", "failed"]
    assert lines[-2:] == [
        "reference: t/birth date", "  outcome: expected assess, found eligible",
    ]  # fmt: skip
    found = json.loads(flk("--cases", tables["t"], "--format", "json").stdout)
    assert found["engines"][0]["failures"] == [{
        "case": "t/birth date",
        "differences": [{"key": "outcome", "expected": "assess", "found": "eligible"}],
    }]  # fmt: skip


def test_many_failures_are_counted(tables: dict[str, Path]) -> None:
    rows = ", ".join(f'[{age}, "eligible"]' for age in range(30))
    head = TABLE.partition("[[case]]")[0]
    case = f'[[case]]\nname = "a"\ncolumns = ["patient.age", "outcome"]\nrows = [{rows}]\n'
    tables["t"].write_text(head + case, "utf-8")
    result = flk("--cases", tables["t"], "--engine", "rete", "--lang", "en")
    assert result.stdout.splitlines()[-1] == "and 10 more"


def test_a_ruleset_that_has_changed_is_told(folder: Path) -> None:
    file = folder / "cases.json"
    made = json.loads(file.read_text("utf-8"))
    made["rulesets"][0]["fingerprint"] = "sha256:" + "0" * 64
    file.write_text(json.dumps(made), "utf-8")
    result = flk(folder, "--lang", "en", "--engine", "rete")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == (
        "! se.national 2024-10-01: the ruleset is another than when the cases were written"
    )


def test_a_ruleset_that_is_not_there_fails_its_cases(folder: Path) -> None:
    file = folder / "cases.json"
    file.write_text(file.read_text("utf-8").replace("se.national", "se.nowhere"), "utf-8")
    result = flk(folder, "--lang", "en", "--engine", "rete")
    assert result.exit_code == 1
    assert "  error: expected none, found no ruleset called 'se.nowhere'" in result.stdout


def _answers(tmp_path: Path, **changes: Any) -> Path:
    right: dict[str, Any] = {
        "t/birth date": {
            "outcome": "eligible", "reason": None, "force": "guidance",
            "grounds": ["se.national.eligibility.geriatrics"], "advice": ["whatever"],
        },
        "t/left out": {
            "outcome": "conditional",
            "condition": "eligible if patient.age >= 65, otherwise assess",
        },
        "t/impossible": {"error": {"kind": "facts", "at": ["patient.age"]}},
        "t/too early": {"error": {"kind": "not_in_force"}},
    }  # fmt: skip
    path = tmp_path / "answers.json"
    said = {"format": ANSWERS, "implementation": "mine 1.0", "answers": right, **changes}
    path.write_text(json.dumps(said), "utf-8")
    return path


MARKED = """\
ruleset  = "se.national"
question = "capacity"
on       = 2026-01-01

[[case]]
name = "marks"
with = { physician.specialties = ["allmanmedicin"] }
outcome = "stated"
marks = { profession_mark_from = 1000, profession_mark_to = 1500, inquiries_mark = 1500 }

[[case]]
name = "not yet"
question = "priority"
on = 2023-01-30
error = "question_not_yet"
"""


def test_marks_and_questions_to_come_go_through_a_pack(tmp_path: Path) -> None:
    (tmp_path / "t.cases.toml").write_text(MARKED, "utf-8")
    write_pack(tmp_path / "pack", tables_in([tmp_path / "t.cases.toml"]))
    made = json.loads((tmp_path / "pack" / "cases.json").read_text("utf-8"))
    assert list(Draft202012Validator(schema()).iter_errors(made)) == []
    first, second = made["cases"]
    marks = {
        f"se.national.capacity.{name}": number
        for name, number in (
            ("profession_mark_from", 1000), ("profession_mark_to", 1500), ("inquiries_mark", 1500),
        )
    }  # fmt: skip
    assert first["expected"] == {"outcome": "stated", "marks": marks}
    assert second["error"] == {"kind": "question_not_yet"}
    for engine in ENGINES:
        results = run_engine(read_pack(tmp_path / "pack"), engine, Rulesets())
        assert [each.differences for each in results] == [(), ()]
    right = {
        "t/marks": {"outcome": "stated", "marks": {name: 1.0 * n for name, n in marks.items()}},
        "t/not yet": {"error": {"kind": "question_not_yet"}},
    }
    answers = _answers(tmp_path, answers=right)
    assert flk(tmp_path / "pack", "--answers", answers).exit_code == 0
    one = next(iter(marks))
    for wrong in ({}, {**marks, "x": 1}, {**marks, one: True}, {**marks, one: 1001}, [], None):
        said = {**right, "t/marks": {"outcome": "stated", "marks": wrong}}
        answers = _answers(tmp_path, answers=said)
        result = flk(tmp_path / "pack", "--answers", answers, "--lang", "en")
        assert result.exit_code == 1
        assert "  marks: expected se.national.capacity.inquiries_mark = 1500, " in result.stdout
    result = flk(tmp_path / "pack", "--answers", answers, "--format", "json")
    (failure,) = json.loads(result.stdout)["engines"][0]["failures"]
    assert failure["differences"] == [{"key": "marks", "expected": marks, "found": None}]


def test_another_implementation_is_held_against_a_pack(folder: Path, tmp_path: Path) -> None:
    result = flk(folder, "--answers", _answers(tmp_path), "--lang", "en")
    assert result.exit_code == 0
    assert [line.split() for line in result.stdout.splitlines()] == [
        ["question", "mine", "1.0"], ["eligibility", "4", "passed"], ["all", "4", "passed"],
    ]  # fmt: skip
    wrong = _answers(tmp_path, answers={
        "t/birth date": {"outcome": "eligible", "reason": None, "force": "law", "grounds": []},
        "t/left out": {"error": {"kind": "facts"}},
        "t/impossible": {"error": {"kind": "facts", "at": []}},
    })  # fmt: skip
    result = flk(folder, "--answers", wrong, "--lang", "en")
    assert result.exit_code == 1
    assert [line for line in result.stdout.splitlines() if line.startswith("  ")] == [
        "  force: expected guidance, found law",
        "  grounds: expected se.national.eligibility.geriatrics, found none",
        "  error: expected none, found facts",
        "  at: expected patient.age, found none",
        "  answer: expected one, found none",
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": 1}, f"expected answers of the format {ANSWERS}, found 1"),
        ({"implementation": " "}, "implementation: expected text, found text (' ')"),
        ({"answers": []}, "answers: expected an object of answers by case, found a list of 0"),
        ({"answers": {"t/left oot": {}}}, "no case of that id; did you mean 't/left out'?"),
        ({"answers": {"t/left out": 3}}, "expected an object, found a whole number (3)"),
    ],
)
def test_answers_with_mistakes_are_refused(
    folder: Path, tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    result = flk(folder, "--answers", _answers(tmp_path, **changes))
    assert result.exit_code == 2
    assert message in result.stderr


def test_the_command_writes_a_pack(tmp_path: Path, tables: dict[str, Path]) -> None:
    result = flk("--write", tmp_path / "p", "--cases", tables["t"], "--lang", "en")
    assert result.exit_code == 0
    assert result.stdout.startswith("4 cases in ")
    assert {each.name for each in (tmp_path / "p").iterdir()} == {
        "README.md", "cases.json", "conformance-1.json", "rulesets",
    }  # fmt: skip
    again = flk("--write", tmp_path / "p", "--cases", tables["t"])
    assert again.exit_code == 2
    assert "expected a new or empty folder to write into" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("p", "--cases", "t"), "--cases: expected no pack beside it, found 'p'"),
        (("p", "--write", "t"), "--write: expected no pack to read beside it, found 'p'"),
        (("--answers", "a", "--write", "t"), "--write: expected no --answers beside it, found 'a'"),
        (("--answers", "a", "--engine", "rete"),
         "--engine: expected no --answers beside it, found 'a'"),
        (("--engine", "ret"), "--engine: expected rete or reference, found 'ret'; did you mean"),
        (("--format", "xml"), "--format: expected text or json, found 'xml'"),
        (("--cases", "nowhere"), "nowhere: expected a file, found nothing there"),
    ],
)  # fmt: skip
def test_options_that_do_not_go_together_are_told(arguments: tuple[str, ...], message: str) -> None:
    result = flk(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_folder_without_tables_is_told(tmp_path: Path) -> None:
    result = flk("--cases", tmp_path)
    assert result.exit_code == 2
    assert "expected a file that ends in .cases.toml, found none" in result.stderr
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "t.cases.toml").write_text(TABLE, "utf-8")
    assert "a table of that name is also at" in flk("--cases", tmp_path).stderr


def test_the_shipped_tables_lie_where_they_are_looked_for() -> None:
    assert len(read_cases(shipped_tables() / "relisting.national.cases.toml")) >= 18
