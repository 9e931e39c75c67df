"""two numbers at once.

A ruleset that contradicts itself on some facts costs the rows with those facts and no other.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import Result

from flk_rules import load
from flk_rules.errors import PlanInvalid
from flk_rules.planning import make_unit, plan_unit
from test_cli import flk, refusal
from test_deciding_values import BOTH, CONFLICT, ON, own_folder

ROSTER = "läkare;specialiteter;utbildningsskede;ST-specialitet\n"
ST, GP = "Bo;;st;allmanmedicin\n", "Astrid;allmanmedicin;none;\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    own_folder(tmp_path, BOTH)
    Path("some.csv").write_text(ROSTER + ST + GP + ST, encoding="utf-8")
    Path("all.csv").write_text(ROSTER + GP, encoding="utf-8")
    return tmp_path


def _flk(command: str, *arguments: str) -> Result:
    return flk(command, *arguments, "--on", str(ON), "-r", "my.unit", "--path", ".")


def _decide(*arguments: str) -> Result:
    return _flk("decide", "capacity", *arguments, "--allow-missing-columns")


@pytest.mark.parametrize("format_", ["text", "table", "jsonl"])
def test_the_row_is_named_and_the_others_are_decided(format_: str) -> None:
    result = _decide("some.csv", "--format", format_)
    assert result.exit_code == 1
    assert result.stderr == (
        f"flk: some.csv row 2 (line 3): {CONFLICT}\n"
        "flk: 1 of 3 could not be decided, as the ruleset contradicts itself\n"
    )
    if format_ == "jsonl":
        decided = [json.loads(line) for line in result.stdout.splitlines()]
        assert [each["where"] for each in decided] == [
            "some.csv row 1 (line 2)",
            "some.csv row 3 (line 4)",
        ]
    else:
        assert "2 avgjorda" in result.stdout


def test_nothing_is_decided_if_no_other_row_is_left() -> None:
    result = _decide("all.csv", "--format", "jsonl")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        f"flk: all.csv row 1 (line 2): {CONFLICT}\n"
        "flk: 1 of 1 could not be decided, as the ruleset contradicts itself; nothing was decided\n"
    )


def test_fail_fast_decides_nothing() -> None:
    assert (
        refusal(_decide("some.csv", "--fail-fast")) == f"flk: some.csv row 2 (line 3): {CONFLICT}"
    )


def test_a_plan_names_the_physician() -> None:
    ruleset = load("my.unit", on=ON, path=["."])
    physicians = [
        {"id": "Bo", "specialties": []},
        {"id": "Astrid", "specialties": ["allmanmedicin"]},
    ]
    with pytest.raises(PlanInvalid) as conflict:
        plan_unit(ruleset, make_unit(ruleset, physicians=physicians))
    assert str(conflict.value) == f"physician 2: {CONFLICT}"
    assert refusal(_flk("plan", "--physicians", "all.csv")) == (
        f"flk: all.csv row 1 (line 2): {CONFLICT}"
    )
