"""docs/rosters.md.

Its table of columns is the schema's, its examples are read, its messages are what is printed.
"""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from conftest import ROOT
from flk_rules import load
from flk_rules.adapters.records import MAX_CELL
from flk_rules.adapters.roster import MAX_BYTES, expected_of, read_roster
from flk_rules.cli.main import app
from flk_rules.facts import Intake
from flk_rules.facts.headings import BOOLS, NONE_WORDS, column_names, normal
from flk_rules.loading.files import MAX_BYTES as MAX_TOML_BYTES
from flk_rules.model.calendar import EARLIEST, LATEST, YEAR_DECIMALS
from flk_rules.model.schema import FactSpec, InputSpec
from flk_rules.model.values import Kind

TEXT = (ROOT / "docs" / "rosters.md").read_text(encoding="utf-8")
RULESET = load("se.stockholm", on=date(2024, 10, 1))
SCHEMA = RULESET.schema
HEADING = "| heading | or | or | takes | or instead |\n|---|---|---|---|---|\n"
TAKES = {Kind.BOOL: "yes or no", Kind.INT: "whole number", Kind.DOUBLE: "number"}


def takes(spec: FactSpec | InputSpec) -> str:
    if isinstance(spec, InputSpec):
        return "date" if spec.is_date else "text"
    if spec.type.codes is None:
        bounds = f", {spec.minimum} to {spec.maximum}" if spec.type.numeric else ""
        return TAKES[spec.type.kind] + bounds
    several = "list of codes" if spec.type.kind is Kind.LIST else "code"
    return f"{several} of `{spec.type.codes}`"


def table() -> str:
    """The table of columns, in the order that `flk facts` has."""
    rows = []
    specs: list[FactSpec | InputSpec] = [*SCHEMA.inputs.values(), *SCHEMA.facts.values()]
    for spec in sorted(specs, key=lambda each: SCHEMA.subjects.index(each.subject)):
        derived = spec.derived.inputs if isinstance(spec, FactSpec) and spec.derived else ()
        instead = " and ".join(SCHEMA.inputs[each].sv for each in derived)
        rows.append(f"| {spec.sv} | {spec.en} | `{spec.name}` | {takes(spec)} | {instead} |\n")
    return HEADING + "".join(rows)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


def test_the_table_of_columns_is_the_schema_s() -> None:
    start = TEXT.index(HEADING)
    assert TEXT[start : TEXT.index("\n\n", start) + 1] == table()


def test_every_heading_of_the_table_is_read() -> None:
    names = column_names(SCHEMA, SCHEMA.subjects, "physician")
    for row in table().splitlines()[2:]:
        swedish, english, fact = row.split(" | ")[:3]
        found = {names[each.casefold()] for each in (swedish.strip("| "), english, fact.strip("`"))}
        assert found == {fact.strip("`")}


def test_no_heading_of_a_question_names_two_facts() -> None:
    for question in RULESET.questions.values():
        specs: list[FactSpec | InputSpec] = [*SCHEMA.inputs.values(), *SCHEMA.facts.values()]
        first = f"{question.subjects[0]}."
        named = [
            {normal(each) for each in (spec.sv, spec.en, spec.name, spec.name.removeprefix(first))}
            for spec in specs
            if spec.subject in question.subjects
        ]
        assert len(set().union(*named)) == sum(map(len, named)), question.id


def test_the_words_and_bounds_are_those_of_the_code() -> None:
    cells = TEXT[TEXT.index("## Cells") : TEXT.index("## JSON and TOML")]
    assert all(f"`{word}`" in cells for word in NONE_WORDS)
    written = set(re.findall(r"`(\w+)`", cells.casefold()))
    assert set(BOOLS) <= written
    assert f"from {EARLIEST} to {LATEST}" in cells
    assert "up to four decimals" in cells
    assert YEAR_DECIMALS == 4
    assert f"| up to {MAX_CELL:,} characters |" in cells
    assert f"over {csv.field_size_limit():,} " in cells
    assert (MAX_BYTES, MAX_TOML_BYTES) == (200_000_000, 1_000_000)
    assert "up to 200 MB (TOML: 1 MB)" in " ".join(TEXT.split())


@pytest.mark.parametrize(
    ("name", "text", "decisions"),
    [("r.json", blocks("json")[0], 3), ("r.json", blocks("json")[1], 2),
     ("r.toml", blocks("toml")[0], 1)],
)  # fmt: skip
def test_the_examples_are_rosters(name: str, text: str, decisions: int) -> None:
    expected = expected_of(RULESET.model, "eligibility")
    roster = read_roster(name, text.encode(), SCHEMA, expected)
    good, bad = roster.sift(lambda given: Intake(SCHEMA).read(RULESET.on, expected.subjects, given))
    assert bad == []
    assert len(good) == decisions


FILES = (
    "läkare;legitimation;specialitet;utbildningsskede;ST-specialitet;år kvar\n",
    "läkare;legitimation;specialiteter;utbildningsskede;ST-specialitet;år kvar\n"
    "L1;giltig;Allmänmedicin;ingen;;\nL2;gilltig;inga;ST;;snart\nL3;giltig;inga;ingen;;\n",
)


@pytest.mark.parametrize(
    ("text", "said", "code"), [*zip(FILES, blocks("text"), (2, 1), strict=True)]
)
def test_the_messages_are_what_is_printed(
    text: str, said: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("roster.csv").write_text(text, encoding="utf-8")
    result = CliRunner().invoke(app, [*blocks("console")[0].split()[2:]])
    assert (result.stderr, result.exit_code) == (said, code)


def test_an_empty_cell_and_none_are_told_apart(tmp_path: Path) -> None:
    rows = "L1;giltig;;ingen;;\nL2;giltig;inga;ingen;;\n"
    (tmp_path / "r.csv").write_text(FILES[1].splitlines()[0] + "\n" + rows, encoding="utf-8")
    ran = CliRunner().invoke(
        app, ["decide", "eligibility", "-r", "se.stockholm", "--on", "2024-10-01", "--format",
              "jsonl", str(tmp_path / "r.csv")]
    )  # fmt: skip
    outcomes = re.findall(r'"outcome": "(\w+)", "reason": (\S+),', ran.stdout)
    assert outcomes == [("undetermined", "null"), ("not_eligible", '"no_ground"')]
