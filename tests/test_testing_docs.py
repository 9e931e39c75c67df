"""the page on testing.

Holds docs/testing.md: its table of keys against those of the reader, its tables of cases, its
failure and its mistakes by running them.
"""

from __future__ import annotations

import re

import pytest

from conftest import ROOT
from flk_rules.cases import read_cases
from flk_rules.cases.keys import KEYS, Key, Kind
from flk_rules.errors import CasesInvalid

PAGE = (ROOT / "docs" / "testing.md").read_text("utf-8")
WORDS = {
    Kind.TEXT: "string", Kind.DATE: "date", Kind.TRUTH: "`true`, `false`", Kind.TABLE: "table",
    Kind.TABLES: "list of tables", Kind.NAMES: "list of strings", Kind.ROWS: "list of rows",
    Kind.NUMBER: 'number or `"none"`', Kind.RULES: "list of rules", Kind.FACTS: "list of facts",
    Kind.PARAMETERS: "list of parameters", Kind.NUMBERS: "table of numbers by rule",
}  # fmt: skip
(TABLE,) = re.findall(r"\*\*`geriatrics\.cases\.toml`\*\*\n\n```toml\n(.*?)```", PAGE, re.DOTALL)
MISTAKES, FAILURE = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)


def _row(key: Key) -> str:
    places = {"file": key.of_file, "case": key.of_case, "column": key.of_case and key.column}
    where = ", ".join(place for place, there in places.items() if there)
    kind = ", ".join(f"`{word}`" for word in key.words) or WORDS[key.kind]
    bold = "**" if key.needed else ""
    return f"| {bold}{key.name}{bold} | {where} | {kind} | {key.meaning} |"


def test_the_keys_are_those_of_the_reader() -> None:
    section = PAGE.split("| key | stands in | is | says |\n")[1].split("\n\n")[0]
    assert section.splitlines()[1:] == [_row(key) for key in KEYS.values()]


def test_the_table_passes(pytester: pytest.Pytester) -> None:
    (pytester.path / "geriatrics.cases.toml").write_text(TABLE, "utf-8")
    pytester.runpytest_inprocess().assert_outcomes(passed=7)


def test_the_failure_is_verbatim(pytester: pytest.Pytester) -> None:
    wrong = '[64,            "eligible",     ["geriatrics"]],'
    text = TABLE.replace(
        '[64,            "assess",       ["equivalent_competence_to_assess"]],', wrong
    )
    (pytester.path / "geriatrics.cases.toml").write_text(text, "utf-8")
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(passed=6, failed=1)
    lines = [line.rstrip() for line in result.outlines]
    shown = FAILURE.splitlines()
    start = lines.index("the age[64]")
    assert lines[start : start + len(shown)] == shown


def test_the_mistakes_are_verbatim(pytester: pytest.Pytester) -> None:
    text = TABLE.replace('outcome = "eligible"', 'outcome = "eligibel"', 1)
    path = pytester.path / "geriatrics.cases.toml"
    path.write_text(text.replace('["geriatrics"]', '["geriatric"]', 1), "utf-8")
    with pytest.raises(CasesInvalid) as caught:
        read_cases(path)
    found = [str(each).replace(f"{path.parent}/", "") for each in caught.value.problems]
    assert found == MISTAKES.splitlines()


def test_the_fixtures_of_the_page_run(pytester: pytest.Pytester) -> None:
    (code,) = re.findall(r"```python\n(import pytest\n.*?)```", PAGE, re.DOTALL)
    pytester.makepyfile(code)
    pytester.runpytest_inprocess("--strict-markers").assert_outcomes(passed=1)


def test_options_and_settings_are_those_of_the_plugin(pytester: pytest.Pytester) -> None:
    text = pytester.runpytest_inprocess("--help").stdout.str()
    section = PAGE.split("## Options and settings")[1].split("\n## ")[0]
    told = set(re.findall(r"^  (--flk-\w+|flk_\w+)", text, re.MULTILINE))
    assert set(re.findall(r"`(--flk-\w+|flk_(?!rules\b)\w+)", section)) == told
