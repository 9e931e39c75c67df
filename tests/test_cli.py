"""flk decide.

Exit codes, messages and what goes to which stream, for good, bad and odd rosters and options.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from flk_rules import load
from flk_rules.cli.main import app

HEAD = "läkare;legitimation;specialiteter;utbildningsskede;ST-specialitet;år kvar\n"
GOOD = "L1;giltig;Allmänmedicin;ingen;;\n"
BAD = "L2;gilltig;Allmän;ingen;;x\n"
STOCKHOLM = ("--ruleset", "se.stockholm")


def flk(*arguments: str, stdin: str | bytes | None = None) -> Result:
    result = CliRunner().invoke(app, list(arguments), input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def decide(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return flk("decide", "eligibility", "--on", "2024-10-01", *arguments, stdin=stdin)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write("good.csv", HEAD + GOOD)
    write("bad.csv", HEAD + GOOD + BAD + "L3;giltig\n" + GOOD)
    write("patients.csv", "id;ålder\nP1;70\nP2;7\n")
    return tmp_path


def write(name: str, text: str) -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


def refusal(result: Result) -> str:
    """The message of a command that printed nothing else."""
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr.removesuffix("\n")


def test_a_decision_in_words() -> None:
    result = decide(*STOCKHOLM, "good.csv")
    assert result.exit_code == 0
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    assert lines[0] == "KAN VARA FAST LÄKARKONTAKT: läkare L1"
    assert lines[1].startswith("se.stockholm 2024.1 den 2024-10-01 · ")
    assert "Därför att" in lines
    assert lines[-1] == "1 avgjorda: 1 KAN VARA FAST LÄKARKONTAKT"
    english = decide(*STOCKHOLM, "--lang", "en", "good.csv").stdout.splitlines()
    assert english[0] == "ELIGIBLE: physician L1"
    assert english[-1] == "1 decided: 1 ELIGIBLE"


def test_a_row_without_a_reference_is_named_by_its_place() -> None:
    write("anonymous.csv", HEAD + GOOD.replace("L1", ""))
    (first, *_) = decide("anonymous.csv", "--lang", "en").stdout.splitlines()
    assert first == "anonymous.csv row 1 (line 2)"
    lines = decide("anonymous.csv").stdout.splitlines()
    assert lines[:2] == ["anonymous.csv rad 1 (filens rad 2)", "KAN VARA FAST LÄKARKONTAKT"]
    write("half.csv", f"{HEAD.strip()};patient;ålder\n{GOOD.strip()};;70\n")
    lines = decide("half.csv").stdout.splitlines()
    assert lines[:2] == ["half.csv rad 1 (filens rad 2)", "KAN VARA FAST LÄKARKONTAKT: läkare L1"]


def test_places_of_lists_in_words() -> None:
    write("r.json", '{"physicians": [{"licence": "valid"}], "patients": [{"age": 7}]}')
    for language, place in (("sv", "r.json läkare 1 med r.json patient 1"),
                            ("en", "r.json physician 1 with r.json patient 1")):  # fmt: skip
        assert decide("r.json", "--lang", language).stdout.startswith(f"{place}\n")
    row = json.loads(decide("r.json", "--format", "jsonl").stdout)
    assert row["where"] == "r.json physician 1 with r.json patient 1"


def test_json_lines() -> None:
    result = decide(*STOCKHOLM, "--format", "jsonl", "good.csv", "good.csv")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["outcome"] for row in rows] == ["eligible", "eligible"]
    assert rows[0]["where"] == "good.csv row 1 (line 2)"
    assert rows[0]["references"] == {"physician": "L1"}
    assert "läkarkontakt" in result.stdout


def test_a_table() -> None:
    write(
        "more.csv", HEAD + GOOD + "Längre namn;giltig;inga;ST;Allmänmedicin;3,5\nL3;;inga;ingen;;\n"
    )
    result = decide(*STOCKHOLM, "--format", "table", "--lang", "en", "more.csv")
    lines = [line.rstrip() for line in result.stdout.splitlines()]
    assert lines[0] == "row          outcome       force     because"
    assert lines[1].startswith(
        "L1           ELIGIBLE      contract  Specialist in general practice"
    )
    too_early = load("se.stockholm", on=date(2024, 10, 1)).model.rules[
        "se.stockholm.eligibility.st_too_early"
    ]
    assert [line for line in lines if line.startswith(("Längre", "L3"))] == [
        f"Längre namn  NOT ELIGIBLE  contract  {too_early.because.en}",
        "L3           NOT ELIGIBLE  contract  neither law nor contract gives a ground",
    ]
    assert lines[-1] == "3 decided: 1 ELIGIBLE, 2 NOT ELIGIBLE"


def test_a_conditional_answer_in_a_table() -> None:
    write("g.csv", HEAD + GOOD.replace("Allmänmedicin", "Geriatrik"))
    result = decide("--format", "table", "g.csv")
    assert " ".join(result.stdout.split()) == (
        "rad svar kraft därför att L1 VILLKORAT kan vara fast läkarkontakt om ålder är minst "
        "65 år; behöver bedömas om ålder är under 65 år 1 avgjorda: 1 VILLKORAT"
    )


def test_physicians_meet_patients() -> None:
    result = decide("--format", "jsonl", "good.csv", "--patients", "patients.csv")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["references"] for row in rows] == [
        {"physician": "L1", "patient": "P1"}, {"physician": "L1", "patient": "P2"},
    ]  # fmt: skip
    assert rows[1]["where"] == "good.csv row 1 (line 2) with patients.csv row 2 (line 3)"
    piped = decide("good.csv", "--patients", "-", "--input", "csv", stdin="id,age\nP,70\n")
    assert piped.stdout.startswith("KAN VARA FAST LÄKARKONTAKT: läkare L1, patient P\n")


def test_a_bad_patient_is_told_once() -> None:
    write("two.csv", HEAD + GOOD + GOOD)
    write("patients.csv", "id;ålder\nP1;70\nP2;sju\n")
    result = decide("--format", "jsonl", "two.csv", "--patients", "patients.csv")
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 2
    assert result.stderr == (
        "flk: patients.csv row 2 (line 3) ålder: expected a whole number, found 'sju'\n"
        "flk: 1 of 4 rows could not be read and were left out; 2 of 4 combinations were decided\n"
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("csv", HEAD + GOOD), ("json", '{"physician": {"id": "L1", "licence": "valid"}}'),
        ("jsonl", '{"id": "L1", "licence": "valid"}\n'),
        ("toml", '[[physicians]]\nid = "L1"\nlicence = "Giltig"\n'),
    ],
)  # fmt: skip
def test_standard_input(name: str, content: str) -> None:
    result = decide("-", "--input", name, "--format", "jsonl", stdin=content)
    assert result.exit_code == 0
    row = json.loads(result.stdout)
    assert row["references"] == {"physician": "L1"}
    assert row["where"].startswith("standard input ")


BAD_ROWS = (
    "bad.csv row 2 (line 3) legitimation: no code 'gilltig'; did you mean 'giltig'?",
    "bad.csv row 2 (line 3) specialiteter: no code 'Allmän'; did you mean 'Allmänmedicin'?",
    "bad.csv row 2 (line 3) år kvar: expected a number, found 'x'",
    "bad.csv row 3 (line 4): expected 6 cells as the heading has, found 2",
)


def test_bad_rows_are_numbered_and_the_rest_is_decided() -> None:
    result = decide("--format", "jsonl", "bad.csv")
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 2
    assert result.stderr.splitlines() == [
        *(f"flk: {each}" for each in BAD_ROWS),
        "flk: 2 of 4 rows could not be read and were left out",
    ]


def test_fail_fast_decides_nothing() -> None:
    message = refusal(decide("--fail-fast", "good.csv", "bad.csv"))
    assert message.splitlines() == [
        "flk: the input has mistakes", *(f"  {each}" for each in BAD_ROWS),
    ]  # fmt: skip
    assert decide("--fail-fast", "good.csv").exit_code == 0


def test_nothing_but_bad_rows() -> None:
    write("worse.csv", HEAD + BAD * 2)
    for shape in ("text", "table", "jsonl"):
        message = refusal(decide("--format", shape, "worse.csv"))
        assert len(message.splitlines()) == 7
        assert message.endswith(
            "\nflk: 2 of 2 rows could not be read and were left out; nothing was decided"
        )
    write("sick.csv", "id;ålder\nP1;sjuttio\n")
    assert refusal(decide("good.csv", "--patients", "sick.csv")) == (
        "flk: sick.csv row 1 (line 2) ålder: expected a whole number, found 'sjuttio'\n"
        "flk: 1 of 2 rows could not be read and were left out; nothing was decided"
    )
    message = refusal(decide("--fail-fast", write("many.csv", HEAD + BAD * 20)))
    assert len(message.splitlines()) == 22
    assert message.endswith("\n  ... and 40 more")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["absent.csv"], "absent.csv: no such file or directory"),
        (["."], ".: its name does not tell its format; say it (--input csv, json, jsonl or toml)"),
        ([".", "--input", "csv"], ".: is a directory"),
        (["good.csv", "--patients", "absent.csv"], "absent.csv: no such file or directory"),
        (["good.csv", "--patients", "good.csv", *STOCKHOLM],
         "good.csv: gives the physician that good.csv gives too"),
        (["-"], "--input: expected csv or json or jsonl or toml for standard input, found nothing"),
        (["-", "--input", "csv"], "standard input: the file is empty"),
        (["-", "-", "--input", "csv"], "standard input: expected one file that is -, found two"),
        (["-", "--patients", "-", "--input", "csv"],
         "standard input: expected one file that is -, found two"),
        (["good.csv", "--ruleset", "se.stokholm"],
         "no ruleset called 'se.stokholm'; did you mean 'se.stockholm'? (there is: se.borgholm, "
         "se.national, se.stockholm)"),
        (["good.csv", "--lang", "se"], "--lang: expected sv or en, found 'se'"),
        (["good.csv", "--lang", "swe"], "--lang: expected sv or en, found 'swe'"),
        (["good.csv", "--format", "tabel"],
         "--format: expected text or table or jsonl, found 'tabel'; did you mean 'table'?"),
        (["good.csv", "--engine", "ret"],
         "--engine: expected rete or reference, found 'ret'; did you mean 'rete'?"),
        (["good.csv", "--input", "cvs"],
         "--input: expected csv or json or jsonl or toml, found 'cvs'; did you mean 'csv'?"),
        (["good.csv", "--path", "absent"], "absent: no such folder to look for rulesets in"),
        *((["good.csv", "--on", day], f"--on: expected a date like 2024-10-01, found {day!r}")
          for day in ("2024-13-40", "2024-W40-2", "20241001", "today", "", "2024-10-01 ")),
        (["good.csv", *STOCKHOLM, "--on", "2023-12-31"],
         "se.stockholm: not in force on 2023-12-31; its versions hold from 2024-01-01"),
        (["good.csv", "--on", "0001-01-01"],
         "se.national: not in force on 0001-01-01; its versions hold from 2022-07-01"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_what_stops_everything(arguments: list[str], message: str) -> None:
    assert refusal(decide(*arguments)) == f"flk: {message}"


def test_a_question_that_is_not_there() -> None:
    assert refusal(flk("decide", "eligibilty", "--on", "2024-10-01", "good.csv")) == (
        "flk: se.national: no question called 'eligibilty'; did you mean 'eligibility'? "
        "(there is: capacity, care_contact, competence, eligibility, new_listing, "
        "physician_contact, priority, relisting, social_care_contact)"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["decide"], "QUESTION: expected the question, such as eligibility, found nothing"),
        (["decide", "eligibility"],
         "ROSTER: expected CSV, JSON, JSON lines or TOML; - for standard input, found nothing"),
        (["decide", "eligibility", "good.csv"],
         "--on: expected the date asked about: 2024-10-01, found nothing"),
        (["decide", "eligibility", "good.csv", "--onn", "x"],
         "--onn: no such option; did you mean '--on'?"),
        (["decide", "eligibility", "good.csv", "--zzz\x1b[2J"], "--zzz\\x1b[2J: no such option"),
        (["decide", "eligibility", "good.csv", "--on"], "--on: expected a value, found nothing"),
        (["decide", "eligibility", "good.csv", "--fail-fast=yes"],
         "--fail-fast: expected no value, found one"),
        (["facts", "--on", "2024-10-01", "licence"],
         "expected no more arguments, found 'licence'"),
        (["dimension", "x.csv", "--on", "2024-10-01", "--list-size", "many"],
         "--list-size: expected a number, found 'many'"),
        (["mutate", "se.national", "--sample", "1.5"],
         "--sample: expected a whole number, found '1.5'"),
        (["report", "--log", "x.flk", "--record", "\x1b[2J"],
         "--record: expected a whole number, found '\\x1b[2J'"),
        (["check", "--on", "2024-10-01"], "RULESET: expected the ruleset's id, found nothing"),
    ],
)  # fmt: skip
def test_a_command_that_is_incomplete(arguments: list[str], message: str) -> None:
    ending = f"; flk {arguments[0]} --help shows what there is"
    said = refusal(flk(*arguments))
    assert said.removesuffix(ending) == f"flk: {message}"
    assert said.endswith(ending) or " value, found " in said


def test_commands_and_options_that_are_not_there() -> None:
    assert refusal(flk("--foo")) == "flk: --foo: no such option; flk --help shows what there is"
    assert refusal(flk("decid")) == (
        "flk: no command called 'decid'; did you mean 'decide'? (there is: audit, batch, "
        "check, conformance, decide, dimension, explain, facts, ledger, mutate, plan, project, "
        "report, rulesets, sql)"
    )


def test_columns_allowed_to_miss_or_passed_over() -> None:
    write("few.csv", "läkare;Namn\nL1;Kim\n")
    message = refusal(decide("few.csv"))
    assert "few.csv column 2: unknown column 'Namn'" in message
    assert "no column for physician.licence ('legitimation')" in message
    result = decide("few.csv", "--allow-missing-columns", "--ignore-column", "namn")
    assert result.exit_code == 0
    assert result.stdout.startswith("KAN INTE AVGÖRAS: läkare L1\n")


def test_a_column_to_pass_over_is_one_that_some_roster_has() -> None:
    write("more.csv", f"{HEAD.strip()};E-post\n{GOOD.strip()};a@b.se\n")
    assert decide("good.csv", "more.csv", "--ignore-column", "e-post").exit_code == 0
    assert decide("good.csv", "--patients", write("p.csv", "id;ålder;Namn\nP;7;K\n"),
                  "--ignore-column", "namn").exit_code == 0  # fmt: skip
    assert refusal(decide("more.csv", "--ignore-column", "E-post", "--ignore-column", "läkar")) == (
        "flk: --ignore-column: expected a heading of a roster, found 'läkar'; did you mean "
        "'läkare'?"
    )


def test_references_cannot_steer_a_terminal() -> None:
    write("evil.json", json.dumps([{"id": "a\x1b[2J\nKAN VARA: b\u202e", "licence": "\x1b[31m"}]))
    shown = decide("evil.json")
    assert "\x1b" not in shown.stdout + shown.stderr
    write("evil.json", json.dumps([{"id": "a\x1b[2J\nb\u202e", "licence": "valid"}]))
    for shape in ("text", "table"):
        shown = decide("evil.json", "--format", shape)
        assert "\x1b" not in shown.stdout
        assert "\u202e" not in shown.stdout
        assert "\nb" not in shown.stdout
    assert json.loads(decide("evil.json", "--format", "jsonl").stdout)["references"] == {
        "physician": "a\x1b[2J\nb\u202e"
    }


def test_every_engine_says_the_same() -> None:
    said = [decide("good.csv", "--engine", each).stdout for each in ("rete", "reference")]
    assert said[0] == said[1]
