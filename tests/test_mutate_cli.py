"""flk mutate.

What it prints in each format, what it says to bad input, that it stops cleanly, and the scores of
the shipped rulesets on a sample; `make soak` tries every mutant.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from conftest import ROOT
from flk_rules.analysis.mutants import Mutant
from flk_rules.analysis.scoring import Fate, Judge
from flk_rules.analysis.scoring import Result as Found
from flk_rules.cli.main import app
from flk_rules.conformance import shipped_tables
from support.folders import QUESTION, entry, write

TABLE = """
ruleset  = "xx.small"
question = "fit"
on       = 2024-10-01

[[case]]
name    = "old enough"
with    = { patient.age = 65 }
outcome = "eligible"

[[case]]
name    = "too young"
with    = { patient.age = 64 }
outcome = "not_eligible"
"""
RULE = entry("rule", id="xx.small.fit.old", decides="fit", when="patient.age >= 65")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "xx.small", entry("question", **{**QUESTION, "id": "fit"}), RULE)
    (tmp_path / "small.cases.toml").write_text(TABLE, "utf-8")
    return tmp_path


def flk(folder: Path, *arguments: str, name: str = "xx.small", code: int = 0) -> Result:
    cases = () if "--cases" in arguments else ("--cases", str(folder))
    result = CliRunner().invoke(app, ["mutate", name, "--path", str(folder), *cases, *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == code, result.output
    return result


def test_the_text_has_a_table_reasons_and_survivors_with_cases(folder: Path) -> None:
    lines = flk(folder, "--lang", "en").stdout.splitlines()
    assert lines[0] == "xx.small: 13 mutants, 2 cases"
    table = {line[:18].strip(): line[18:].split() for line in lines[2:10]}
    assert table["boundary moved"] == ["2", "0", "0", "100.0", "%"]
    assert table["force changed"] == ["0", "2", "0", "0.0", "%"]
    killed, survived, apart, share, _ = table["all"]
    assert int(killed) + int(survived) + int(apart) == 13
    assert share == f"{100 * int(killed) / (int(killed) + int(survived)):.1f}"
    (start,) = [n for n, line in enumerate(lines) if line.startswith("Survivors")]
    assert any("the force were contract instead of guidance" in each for each in lines[start:])
    assert 'force = "guidance"' in lines[start:]


def test_swedish_says_the_same(folder: Path) -> None:
    text = flk(folder).stdout
    assert text.startswith("xx.small: 13 mutanter, 2 fall\n")
    assert "i ”därför” (xx.small.fit.old) kraften vore avtal i stället för vägledning" in text
    assert "ett fall som skulle märka det; kontrollera mot källan:" in text


def test_json_has_every_mutant(folder: Path) -> None:
    record = json.loads(flk(folder, "--format", "json").stdout)
    assert record["format"] == "flk_rules/mutants/1"
    assert record["mutants"] == len(record["results"]) == 13
    assert not record["stopped"]
    for each in record["results"]:
        assert (each["killed_by"] is not None) == (each["fate"] == "killed")
        assert (each["why"] is not None) == (each["fate"] in ("equivalent", "refused"))
    counted = record["killed"] + record["survived"]
    assert record["score"] == record["killed"] / counted


def test_the_least_score(folder: Path) -> None:
    flk(folder, "--fail-under", "50")
    flk(folder, "--fail-under", "100", code=1)


def test_a_sample_is_drawn_the_same_each_time(folder: Path) -> None:
    def drawn(*more: str) -> list[str]:
        out = flk(folder, "--format", "json", "--sample", "5", *more).stdout
        return [each["id"] for each in json.loads(out)["results"]]

    assert drawn() == drawn("--seed", "1") != drawn("--seed", "2")
    assert len(drawn()) == 5


def test_it_stops_with_what_was_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[Mutant] = []
    fate = Judge.fate

    def interrupted(self: Judge, mutant: Mutant) -> Found:
        tried.append(mutant)
        if len(tried) == 4:
            raise KeyboardInterrupt
        return fate(self, mutant)

    monkeypatch.setattr(Judge, "fate", interrupted)
    out = flk(folder, "--lang", "en", code=130).stdout
    assert "stopped after 3 of 13 mutants" in out
    tried.clear()
    record = json.loads(flk(folder, "--format", "json", code=130).stdout)
    assert record["stopped"]
    assert len(record["results"]) == 3


@pytest.mark.parametrize(
    ("arguments", "name", "message"),
    [
        (("--sample", "0"), "xx.small",
         "flk: --sample: expected a number of at least 1, found '0'"),
        (("--fail-under", "101"), "xx.small",
         "flk: --fail-under: expected a percentage from 0 to 100, found '101.0'"),
        (("--format", "html"), "xx.small", "flk: --format: expected text or json, found 'html'"),
        (("--cases", "nowhere"), "xx.small",
         "flk: nowhere: expected a table of cases or a folder of them"),
        ((), "xx.smal",
         "flk: no ruleset called 'xx.smal'; did you mean 'xx.small'? (there is: se.borgholm, "
         "se.national, se.stockholm, xx.small)"),
        ((), "se.stockholm",
         "flk: --cases: expected tables with cases of se.stockholm, found none"),
    ],
)  # fmt: skip
def test_bad_input(folder: Path, arguments: tuple[str, ...], name: str, message: str) -> None:
    assert flk(folder, *arguments, name=name, code=2).stderr.strip() == message


def test_mistakes_of_all_tables_come_at_once(folder: Path) -> None:
    (folder / "a.cases.toml").write_text(TABLE.replace("eligible", "elligible", 1), "utf-8")
    (folder / "b.cases.toml").write_text("ruleset = 3\n", "utf-8")
    said = flk(folder, code=2).stderr
    assert "a.cases.toml:9" in said
    assert "b.cases.toml:1" in said


def test_a_hostile_case_is_a_message(folder: Path) -> None:
    (folder / "c.cases.toml").write_bytes(b"\xff\xfe[[case]]\x1b[31m")
    said = flk(folder, code=2).stderr
    assert "not UTF-8" in said
    assert "\x1b" not in said


def test_check_finds_two_numbers(folder: Path) -> None:
    """Before any decision comes upon them."""
    number = {
        "decides": "much", "effect": "value", "because": {"sv": "x", "en": "x"}, "value": "params.n"
    }  # fmt: skip
    write(
        folder,
        "xx.two",
        entry("question", **{**QUESTION, "id": "much", "combine": "value"}),
        entry("parameter", id="n", value=1),
        entry("parameter", id="m", value=2),
        entry("rule", id="xx.two.a", when="patient.age >= 65", **number),
        entry("rule", id="xx.two.b", when="patient.age <= 65", **{**number, "value": "params.m"}),
    )
    ran = CliRunner().invoke(app, ["check", "xx.two", "--on", "2024-10-01", "--path", str(folder)])
    assert ran.exit_code == 2
    assert "xx.two.b says 2 and xx.two.a (" in ran.stderr
    assert (
        "says 1 of the same facts (patient.age 65); make their conditions exclude each other, or "
        "disable all but one" in ran.stderr
    )


@pytest.mark.parametrize(
    ("name", "sample"), [("se.borgholm", 43), ("se.stockholm", 60), ("se.national", 60)]
)
def test_the_shipped_rulesets_kill_their_mutants(tmp_path: Path, name: str, sample: int) -> None:
    out = flk(
        tmp_path, "--cases", str(ROOT / "tests" / "cases"), "--format", "json",
        "--sample", str(sample), name=name,
    ).stdout  # fmt: skip
    record = json.loads(out)
    assert record["mutants"] == len(record["results"]) >= min(sample, 43)
    assert record["score"] >= 0.95
    assert {each["fate"] for each in record["results"]} <= {each.value for each in Fate}


def test_a_ruleset_has_one_name_however_tables_find_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two tables name its folder in two ways, the option in a third."""
    rules = tmp_path / "rules"
    write(rules, "xx.small", entry("question", **{**QUESTION, "id": "fit"}), RULE)
    monkeypatch.chdir(tmp_path)
    records, folders = [], {"plain": None, "one": '["../rules"]', "deep": '["../../rules", ".."]'}
    for name, path in folders.items():
        table = tmp_path / ("deep/er" if name == "deep" else name) / "small.cases.toml"
        table.parent.mkdir(parents=True)
        table.write_text((f"path = {path}\n" if path else "") + TABLE, "utf-8")
        for option in ((), ("--path", "rules")) if path else (("--path", "rules"),):
            ran = CliRunner().invoke(
                app, ["mutate", "xx.small", *option, "--cases", name, "--format", "json"]
            )
            assert ran.exit_code == 0, ran.output
            record = json.loads(ran.stdout)
            fates = {each["id"]: each["fate"] for each in record["results"]}
            records.append((record["score"], fates))
            pasted = "".join(f"\n{each['case']}" for each in record["results"] if each["case"])
            healed = table.with_name("healed.cases.toml")
            healed.write_text(table.read_text("utf-8") + pasted, "utf-8")
            table.rename(table.with_suffix(".kept"))
            ran = CliRunner().invoke(
                app, ["mutate", "xx.small", *option, "--cases", name, "--format", "json"]
            )
            healed.unlink()
            table.with_suffix(".kept").rename(table)
            assert json.loads(ran.stdout)["score"] == 1.0
    assert len(records) == 5
    assert all(each == records[0] for each in records)
    assert 0 < records[0][0] < 1


def test_the_tables_of_the_library_without_any(tmp_path: Path) -> None:
    """Wherever it is installed, and whatever folder it runs in."""

    def mutated(*more: str) -> str:
        arguments = ["mutate", "se.borgholm", "--sample", "3", "--format", "json", *more]
        return CliRunner().invoke(app, arguments).stdout

    assert json.loads(mutated())["cases"] > 0
    assert mutated() == mutated("--cases", str(shipped_tables()))
