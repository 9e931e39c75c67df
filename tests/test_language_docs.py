"""the language page.

Every example of docs/language.md is parsed and checked against the facts and the national ruleset
as shipped, and evaluated where it states a value; every refusal shown is the one given.
"""

from __future__ import annotations

import re
from datetime import date

import pytest

from conftest import ROOT
from flk_rules import load
from flk_rules.engines.reference import Interpreter
from flk_rules.errors import ExpressionInvalid
from flk_rules.language import Scope, check, parse
from flk_rules.language.parser import FUNCTIONS, MAX_DEPTH, MAX_LENGTH
from flk_rules.model.rules import Ruleset
from flk_rules.model.values import BOOL, Unknown
from test_language_conformance import PASSED, REFUSED
from test_language_unknown import TABLE

PAGE = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
VALUES = {"true", "false", "unknown"}


def _blocks(kind: str) -> list[str]:
    found = re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return [line for block in found for line in block.splitlines()]


EXAMPLES = _blocks("cel")


def _refusals() -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    for line in _blocks("refused"):
        if line.startswith("// "):
            found[-1][1].append(line.removeprefix("// "))
        else:
            found.append((line, []))
    return found


@pytest.fixture(scope="module")
def ruleset(on: date) -> Ruleset:
    return load("se.national", on=on).model


@pytest.fixture(scope="module")
def scope(ruleset: Ruleset) -> Scope:
    return Scope(
        facts={name: spec.type for name, spec in ruleset.schema.facts.items()},
        parameters={name: each.type for name, each in ruleset.parameters.items()},
        definitions=dict.fromkeys(ruleset.definitions, BOOL),
        codes={name: frozenset(each.codes) for name, each in ruleset.schema.codes.items()},
    )


@pytest.mark.parametrize("text", EXAMPLES)
def test_examples_are_conditions_and_have_the_value_stated(
    text: str, scope: Scope, ruleset: Ruleset
) -> None:
    tree, found = check(parse(text), scope)
    assert found == BOOL
    stated = text.rpartition("// ")[2].strip()
    if stated in VALUES:
        value = Interpreter(ruleset).trace(tree, {}).value
        assert ("unknown" if isinstance(value, Unknown) else str(value).lower()) == stated


@pytest.mark.parametrize(("text", "messages"), _refusals())
def test_refusals_are_the_ones_shown(text: str, messages: list[str], scope: Scope) -> None:
    with pytest.raises(ExpressionInvalid) as caught:
        check(parse(text), scope)
    assert str(caught.value).split("\n") == messages


def test_the_page_has_examples_of_every_value_and_refusal() -> None:
    stated = [text.rpartition("// ")[2].strip() for text in EXAMPLES]
    assert all(stated.count(value) >= 4 for value in VALUES)
    assert len(_refusals()) >= 10
    # Nothing on the page escapes the two kinds of block.
    assert set(re.findall(r"^```(\w+)$", PAGE, re.MULTILINE)) == {"cel", "refused"}


@pytest.mark.parametrize("row", ["facts", "parameters", "definitions", "constants"])
def test_the_names_and_constants_in_the_table_are_real(row: str, scope: Scope) -> None:
    (cells,) = re.findall(rf"^\| {row} \| (.*) \|$", PAGE, re.MULTILINE)
    examples = re.findall(r"`([^`]+)`", cells)
    assert examples
    for text in examples:
        check(parse(text), scope)


def test_the_three_valued_table_is_the_tested_one() -> None:
    rows = re.findall(r"^\| (\w+) \| (\w+) \| (\w+) \| (\w+) \| (\w+) \|$", PAGE, re.MULTILINE)
    opposite = {"true": "false", "false": "true", "unknown": "unknown"}
    assert rows == [(*pair, *both, opposite[pair[0]]) for pair, both in TABLE.items()]


def test_the_conformance_numbers_are_the_tested_ones() -> None:
    rows = re.findall(r"^\| (\w+) \| (\d+) \| (\d+) \|$", PAGE, re.MULTILINE)
    assert rows == [(name, str(PASSED[name]), str(REFUSED[name])) for name in PASSED]
    total = sum(PASSED.values()) + sum(REFUSED.values())
    assert f"Of the {total} cases" in PAGE


def test_the_limits_and_functions_are_the_real_ones() -> None:
    assert f"{MAX_LENGTH:,} characters, {MAX_DEPTH} levels" in PAGE
    assert all(f"`{name}()`" in PAGE for name in FUNCTIONS)
