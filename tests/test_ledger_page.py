"""ledger without holes.

The page that is committed is the one made now; statements, rules and tests hold each other up; and
where something is missing the ledger says so.
"""

from __future__ import annotations

import ast
import importlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from typer.testing import CliRunner

import flk_rules.planning
from conftest import ROOT, SHARED
from flk_rules.cli import ledger as command
from flk_rules.cli.main import app
from flk_rules.errors import CasesInvalid, RulesetInvalid
from flk_rules.ledger import (
    Catalogue,
    Computed,
    Ledger,
    Part,
    Statement,
    build_ledger,
    read_catalogue,
    witnesses,
)
from flk_rules.ledger.pages import markdown
from flk_rules.loading import available
from flk_rules.loading.finder import shipped
from flk_rules.model.rules import Text
from support.folders import entry, write

TESTS = ROOT / "tests"
CATALOGUE = SHARED / "design" / "DOMAIN.md"
TEXT = Text(sv="därför", en="because")


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return build_ledger(tests=TESTS)


def flk(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["ledger", *arguments])


# ---- what is shipped -----------------------------------------------------------------------------


def test_the_committed_page_is_the_one_made_now(ledger: Ledger) -> None:
    page = (ROOT / "docs" / "ledger.md").read_text("utf-8")
    assert page == markdown(ledger, "en"), "docs/ledger.md is not up to date: make docs"


def test_the_ledger_has_no_hole(ledger: Ledger) -> None:
    """Every statement is said, computed or struck out; every entry that decides cites one of the
    catalogue; every rule, change and parameter has a test of its meaning."""
    assert [str(each) for each in ledger.holes()] == []
    kinds = {each.kind for each in ledger.items}
    assert kinds >= {"question", "rule", "replace", "demote", "parameter", "definition", "codes"}
    assert {each.ruleset for each in ledger.items} == set(available())


def test_the_statements_are_those_of_the_sources_catalogue(ledger: Ledger) -> None:
    if not CATALOGUE.is_file():
        pytest.skip(f"the catalogue of statements is not beside the checkout ({CATALOGUE})")
    known = re.findall(r"^\| ([A-Z]\d+) \|", CATALOGUE.read_text("utf-8"), re.MULTILINE)
    assert sorted(ledger.lines) == sorted(known)


def test_titles_are_short_and_in_two_languages(ledger: Ledger) -> None:
    for line in ledger.lines.values():
        title = line.statement.title
        assert title.sv != title.en
        assert max(len(title.sv), len(title.en)) <= 90, line.statement.id


def test_what_is_computed_is_computed_and_shown(ledger: Ledger) -> None:
    """A module says which statement it computes, and its tests import it."""
    for line in ledger.lines.values():
        computed = line.statement.computed
        for name in computed.by if computed else ():
            said = importlib.import_module(name).__doc__ or ""
            assert line.statement.id in _ranges(said), f"{name} says nothing of {line.statement.id}"
        for test in computed.tests if computed else ():
            tree = ast.parse((TESTS / test).read_text("utf-8"))
            imported = {e.module for e in ast.walk(tree) if isinstance(e, ast.ImportFrom)}
            assert imported & {*computed.by, "flk_rules.planning"}, test


def test_what_is_struck_out_is_not_computed_after_all(ledger: Ledger) -> None:
    """Once planning says that it computes a statement, the catalogue says so, too."""
    computed = {
        statement
        for path in Path(flk_rules.planning.__file__).parent.glob("*.py")
        for statement in _ranges(ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "")
    }
    struck_out = {name for name, each in ledger.lines.items() if each.statement.struck_out}
    assert struck_out
    assert not struck_out & computed


def _ranges(text: str) -> set[str]:
    """The statements that a text names: ``statements D1 to D3`` are three."""
    found = set(re.findall(r"\b[A-Z]\d+\b", text))
    for part, first, last in re.findall(r"\b([A-Z])(\d+) to \1(\d+)\b", text):
        found |= {f"{part}{number}" for number in range(int(first), int(last) + 1)}
    return found


def test_the_catalogue_is_no_ruleset() -> None:
    assert (shipped() / "catalogue.toml").is_file()
    assert all(folder.is_dir() for folder in available().values())


# ---- holes ---------------------------------------------------------------------------------------


def changed(**of_statement: Any) -> Catalogue:
    """The shipped catalogue and a part more, of one statement."""
    statement = Statement(**{"id": "F9", "title": TEXT, **of_statement})
    more = Part(id="F", title=TEXT, statements=(statement,))
    return Catalogue((*read_catalogue().parts, more))


@pytest.mark.parametrize(
    ("statement", "holes"),
    [
        ({}, ["F9: nothing says it or computes it, and it is not struck out",
              "F9: no test shows it"]),
        ({"struck_out": TEXT}, []),
        ({"computed": Computed(statement="F9", by=("m",), tests=("test_schema.py",))}, []),
        ({"computed": Computed(statement="F9", by=("m",), tests=("test_none.py",))},
         ["F9: no tests called test_none.py"]),
    ],
)  # fmt: skip
def test_a_statement_that_nobody_says(statement: dict[str, Any], holes: list[str]) -> None:
    found = build_ledger(tests=TESTS, catalogue=changed(**statement))
    assert [str(each) for each in found.holes()] == holes


def test_a_statement_that_is_struck_out_and_said(ledger: Ledger) -> None:
    parts = tuple(
        evolve(
            part,
            statements=tuple(
                evolve(each, struck_out=TEXT) if each.id == "S7" else each
                for each in part.statements
            ),
        )
        for part in read_catalogue().parts
    )
    (hole,) = build_ledger(tests=TESTS, catalogue=Catalogue(parts)).holes()
    first = ledger.lines["S7"].items[0]
    assert str(hole) == f"S7: struck out, and yet cited by {first.id}"


OWN = {"id": "my.unit.eligibility.x", "decides": "eligibility", "effect": "advise"}


def test_a_rule_without_test_or_statement(tmp_path: Path) -> None:
    cited = {"document": "decision", "section": "x", "statement": "E99"}
    write(tmp_path, "my.unit", entry("rule", **OWN, source=cited))
    found = build_ledger([tmp_path], TESTS)
    assert [str(each) for each in found.holes()] == [
        "rule my.unit.eligibility.x of my.unit: E99 is not in the catalogue",
        "rule my.unit.eligibility.x of my.unit: no test shows it",
    ]
    untold = build_ledger([tmp_path])
    assert [str(each) for each in untold.holes()] == [
        "rule my.unit.eligibility.x of my.unit: E99 is not in the catalogue"
    ]


def test_entries_without_a_statement(tmp_path: Path) -> None:
    """A parameter that names none is a hole; a definition may go without."""
    assumed = entry("parameter", id="mine", type="int", value=3, basis="assumption", source=None)
    defined = entry("definition", id="patient.mine", when="patient.age > params.mine", source=None)
    write(tmp_path, "my.unit", assumed, defined)
    found = build_ledger([tmp_path])
    assert [str(each) for each in found.holes()] == [
        "parameter mine of my.unit: cites no statement"
    ]
    ours = {each.id: each.statement for each in found.items if each.ruleset == "my.unit"}
    assert ours == {"mine": None, "patient.mine": None}


def test_a_ruleset_with_mistakes(tmp_path: Path) -> None:
    write(tmp_path, "my.unit", "[[rule]]\nid = 'x'\n")
    with pytest.raises(RulesetInvalid, match=r"the key 'decides' is missing"):
        build_ledger([tmp_path])


# ---- tests of rules ------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of tests with none in it."""
    (tmp_path / "cases").mkdir()
    return tmp_path


CASE = """ruleset = "{ruleset}"
question = "capacity"
on = 2026-01-01
[[case]]
name = "a"
outcome = "stated"
{key} = ["guideline_st"]
"""


@pytest.mark.parametrize(
    ("ruleset", "key", "of_rule", "of_change"),
    [
        ("se.national", "grounds", True, False),
        ("se.stockholm", "grounds", True, True),
        ("se.stockholm", "directions", True, True),
        ("se.stockholm", "open", False, False),  # nothing was decided
        ("se.stockholm", "missing", False, False),
        ("se.borgholm", "advice", True, False),
    ],
)
def test_a_table_of_cases_shows_what_had_its_say(
    folder: Path, ruleset: str, key: str, of_rule: bool, of_change: bool
) -> None:
    name = "cases/capacity.x.cases.toml"
    (folder / name).write_text(CASE.format(ruleset=ruleset, key=key), "utf-8")
    of = {
        each.kind: tests
        for each, tests in build_ledger(tests=folder).items.items()
        if each.id.endswith(".capacity.guideline_st")
    }
    assert of == {
        "rule": (name,) if of_rule else (),
        "replace": (name,) if of_change else (),
    }


def test_a_table_with_a_mistake_is_no_proof(folder: Path) -> None:
    table = CASE.format(ruleset="se.national", key="grunds")
    (folder / "cases" / "a.cases.toml").write_text(table, "utf-8")
    with pytest.raises(CasesInvalid, match=r"unknown key 'grunds'; did you mean 'grounds'\?"):
        build_ledger(tests=folder)


GERIATRICS = ".".join(("se.national.eligibility", "geriatrics"))  # this file decides nothing


@pytest.mark.parametrize(
    ("test", "text", "kinds"),
    [
        ("test_eligibility_x.py", f"'{GERIATRICS}'", ["rule"]),
        ("test_eligibility_x.py", "'y n.geriatrics z'", ["rule"]),
        ("test_eligibility_x.py", "'s.geriatrics', 'geriatrics'", []),
        ("test_eligibility_x.py", "STOCKHOLM, 'n.geriatrics'", ["demote", "rule"]),
        ("test_eligibility_x.py", "'se.stockholm', 'n.geriatrics'", ["demote", "rule"]),
        ("test_eligibility_x.py", "1  # n.geriatrics", []),
        ("test_capacity_x.py", f"'{GERIATRICS}'", []),
        ("test_loading.py", f"'{GERIATRICS}'", []),
    ],
)
def test_tests_of_a_question_show_what_they_name(
    folder: Path, test: str, text: str, kinds: list[str]
) -> None:
    (folder / test).write_text(text, "utf-8")
    found = build_ledger(tests=folder)
    tested = {each: tests for each, tests in found.items.items() if tests}
    assert sorted(each.kind for each in tested if each.id == GERIATRICS) == kinds
    assert set(tested.values()) <= {(test,)}


def test_a_parameter_is_shown_by_its_name_or_by_a_rule_that_reads_it(folder: Path) -> None:
    (folder / "test_planning_x.py").write_text("'employment_rate'", "utf-8")
    (folder / "test_loading_x.py").write_text("'employment_rate'", "utf-8")
    (folder / "test_eligibility_x.py").write_text("'n.geriatrics'", "utf-8")
    (folder / "cases" / "a.cases.toml").write_text(
        CASE.format(ruleset="se.stockholm", key="grounds") + 'assumptions = ["adult_from"]\n',
        "utf-8",
    )
    found = build_ledger(tests=folder).items
    shown = {each.id: tests for each, tests in found.items() if each.kind == "parameter"}
    assert shown["employment_rate"] == ("test_planning_x.py",)
    assert shown["elderly_from"] == ("test_eligibility_x.py",)
    assert shown["adult_from"] == ("cases/a.cases.toml",)
    # Read through a definition: the middle of ST.
    assert shown["st_middle_difference"] == ("cases/a.cases.toml",)
    assert shown["relistings_at_most"] == ()


def test_definitions_in_a_ring_end_the_search(tmp_path: Path, folder: Path) -> None:
    ring = [
        entry("definition", id="patient.a", when="patient.b || params.mine > 0"),
        entry("definition", id="patient.b", when="patient.a"),
    ]
    write(tmp_path, "my.unit", entry("parameter", id="mine", type="int", value=3), *ring)
    found = build_ledger([tmp_path], folder).items
    assert [tests for each, tests in found.items() if each.id == "mine"] == [()]


def test_tests_are_found_of_a_checkout_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witnesses, "shipped", lambda: ROOT / "rulesets")
    assert witnesses.tests_beside() == TESTS
    monkeypatch.setattr(witnesses, "shipped", lambda: tmp_path / "rulesets")
    monkeypatch.chdir(ROOT)  # installed, and run in a checkout
    assert witnesses.tests_beside() == Path("tests")
    (tmp_path / "tests" / "cases").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)  # another project, with tests of its own
    assert witnesses.tests_beside() is None


# ---- a catalogue with mistakes -------------------------------------------------------------------

PART = """
[[part]]
id = "E"
title = { sv = "a", en = "b" }
statement = [
  { id = "E1", sv = "a", en = "b" },
]
"""
REASON = 'because = { sv = "a", en = "b" }\n'


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (PART.replace('"E1"', '"P1"'),
         ["6: part[0].statement[0].id: expected E and a number, found 'P1'"]),
        (PART + PART, ["13: part[1].statement[0].id: the statement E1 is there already"]),
        (PART.replace(", en = ", ", fi = "), [
            "4: part[0].title: the key 'en' is missing; expected a string",
            "4: part[0].title.fi: unknown key 'fi' (known: sv, en)",
            "6: part[0].statement[0]: the key 'en' is missing; expected a string",
            "6: part[0].statement[0].fi: unknown key 'fi' (known: id, sv, en)",
        ]),
        ("parts = 1\n", ["1: parts: unknown key 'parts'; did you mean 'part'? "
                         "(known: part, computed, struck_out)"]),
        ("part = 1\n", ["1: part: expected a list of tables, each headed [[part]], "
                        "found an integer (1)"]),
        (f'{PART}[[struck_out]]\nstatement = "E2"\n{REASON}',
         ["9: struck_out[0].statement: no statement called 'E2'"]),
        (f'{PART}[[struck_out]]\nstatement = "E1"\n{REASON}'
         f'[[struck_out]]\nstatement = "E1"\n{REASON}',
         ["12: struck_out[1].statement: E1 is there already"]),
        (f'{PART}[[computed]]\nstatement = "E1"\nby = ["m"]\ntests = ["t"]\n'
         f'[[struck_out]]\nstatement = "E1"\n{REASON}',
         ["12: struck_out[0]: E1 is computed, too; keep one of the two"]),
    ],
)  # fmt: skip
def test_a_catalogue_with_mistakes(tmp_path: Path, text: str, messages: list[str]) -> None:
    path = tmp_path / "catalogue.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(RulesetInvalid) as caught:
        read_catalogue(path)
    assert str(caught.value).split("\n") == [f"{path}:{each}" for each in messages]


# ---- the command ---------------------------------------------------------------------------------


def test_the_table() -> None:
    result = flk("--lang", "en", "--tests", str(TESTS))
    assert result.exit_code == 0
    lines = [" ".join(each.split()) for each in result.stdout.splitlines()]
    assert lines[0] == "E. Who may serve as fast läkarkontakt"
    assert any(each.startswith("D3 Residents per specialist on average computed") for each in lines)
    assert any(" left out: " in each for each in lines if each.startswith("D6 "))
    assert re.fullmatch(
        r"58 statements: \d+ said by rulesets, 6 computed only, 1 left out; "
        r"\d+ rules, \d+ parameters; 0 holes\.", lines[-1],
    )  # fmt: skip


def test_holes_are_listed(tmp_path: Path) -> None:
    write(tmp_path, "my.unit", entry("rule", **OWN))
    result = flk("--tests", str(TESTS), "--path", str(tmp_path))
    assert result.stdout.splitlines()[-2].endswith(" 1 luckor.")
    assert result.stdout.splitlines()[-1] == (
        "- rule my.unit.eligibility.x of my.unit: no test shows it"
    )


def test_one_statement() -> None:
    result = flk("--statement", "S5", "--lang", "en", "--tests", str(TESTS))
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "S5. Time for supervision, and who supervises"
    heads = [each for each in lines if each.startswith(("rule ", "parameter "))]
    assert all(
        each.endswith(("(se.national, guidance)", "(se.national, source)")) for each in heads
    )
    assert len(heads) == 3
    assert "  test cases/side_placement.national.cases.toml" in lines
    assert lines[-1].startswith("tests: cases/side_placement.national.cases.toml")


def test_one_statement_that_no_rule_holds() -> None:
    result = flk("F3", "--tests", str(TESTS))
    assert result.stdout == flk("--statement", "F3", "--tests", str(TESTS)).stdout
    assert "räknas fram av flk_rules.planning.continuity" in result.stdout
    assert result.stdout.endswith("tester: test_planning_continuity.py\n")


def test_without_tests_the_command_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "tests_beside", lambda: None)
    for arguments in ((), ("--statement", "E10"), ("--format", "markdown")):
        result = flk(*arguments)
        assert result.exit_code == 0
        assert "här är ingen. Säg var de är: --tests tests." in result.stdout
        assert ".py" not in result.stdout.replace("test_ledger_page.py", "")
    assert json.loads(flk("--format", "json").stdout)["tests_known"] is False


def test_json(ledger: Ledger) -> None:
    found = json.loads(flk("--format", "json", "--tests", str(TESTS)).stdout)
    assert (found["format"], found["tests_known"]) == ("flk_rules/ledger/1", True)
    assert [each["id"] for each in found["statements"]] == list(ledger.lines)
    entries = [entry for each in found["statements"] for entry in each["entries"]]
    assert len(entries) + len(found["without_statement"]) == len(ledger.items)
    assert {each["statement"] for each in found["without_statement"]} == {None}
    assert found["holes"] == []
    (rule,) = {each["force"] for each in entries if each["id"].endswith(".licence_revoked")}
    assert rule == "law"
    one = json.loads(flk("--format", "json", "--statement", "D6").stdout)
    assert [each["id"] for each in one["statements"]] == ["D6"]
    assert set(one["statements"][0]["struck_out"]) == {"sv", "en"}


def test_markdown_is_the_page(ledger: Ledger) -> None:
    result = flk("--format", "markdown", "--lang", "en", "--tests", str(TESTS))
    assert result.stdout == markdown(ledger, "en")
    assert flk("--format", "markdown").stdout.startswith("# Förteckningen\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--statement", "E16"], "no statement called 'E16'; did you mean 'E"),
        (["--format", "csv"], "--format: expected text or json or markdown, found 'csv'"),
        (["--lang", "fi"], "--lang: expected sv or en, found 'fi'"),
        (["--tests", "nowhere"], "--tests: expected a folder of tests, found 'nowhere'"),
        (["E16"], "no statement called 'E16'; did you mean 'E"),
        (["e10"], "no statement called 'e10'; did you mean 'E10'? (there is: "),
        (["E1", "E2"], "expected no more arguments, found 'E2'; flk ledger --help shows what"),
        (["E1", "--statement", "E2"],
         "--statement: expected no other statement beside it, found 'E1'"),
        (["E1", "--format", "markdown"],
         "--format: expected text or json for one statement, found markdown"),
        (["--statement", "E1", "--format", "markdown"],
         "--format: expected text or json for one statement, found markdown"),
    ],
)  # fmt: skip
def test_mistakes_in_the_command(arguments: list[str], message: str) -> None:
    result = flk(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"flk: {message}")
