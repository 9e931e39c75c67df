"""the other commands.

flk facts, rulesets and check; help and version; that every failure is told and none escapes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner, Result

import flk_rules
import flk_rules.cli.decide as deciding
from flk_rules.cli.main import app
from flk_rules.errors import EngineFailure
from flk_rules.explaining.words import UNITS, unit_words
from flk_rules.model.domain import MODELS


def flk(*arguments: str) -> Result:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


ON = ("--on", "2024-10-01")


def test_facts_lists_every_column() -> None:
    schema = flk_rules.load("se.national", on=date(2024, 10, 1)).schema
    for language in ("sv", "en"):
        lines = flk("facts", *ON, "--lang", language).stdout.splitlines()
        for name, spec in {**schema.facts, **schema.inputs}.items():
            (line,) = [each for each in lines if each.startswith(f"{name} ")]
            shown = (spec.sv if language == "sv" else spec.en).split()
            assert line.split()[1 : 1 + min(3, len(shown))] == shown[:3]  # long ones are folded
    assert re.search(r"^patient\.age +ålder ", flk("facts", *ON).stdout, re.MULTILINE)


def test_facts_lists_codes() -> None:
    heading, *lines = flk("facts", *ON, "--codes", "licence").stdout.splitlines()
    assert heading.split() == ["kod", "svenska", "engelska"]
    assert lines[0].split() == ["valid", "giltig", "valid"]
    assert [line.split()[0] for line in lines] == [
        "valid", "special_appointment", "revoked", "none",
    ]  # fmt: skip
    assert len(flk("facts", *ON, "--codes", "specialty").stdout.splitlines()) == 65


def test_facts_as_json_schema() -> None:
    shape = json.loads(flk("facts", *ON, "--json-schema").stdout)
    Draft202012Validator.check_schema(shape)
    assert set(shape["properties"]) == set(MODELS)


def test_rulesets() -> None:
    listed = flk("rulesets")
    assert [line.split()[0] for line in listed.stdout.splitlines()] == [
        "se.borgholm",
        "se.national",
        "se.stockholm",
    ]
    shown = flk("rulesets", "se.stockholm", *ON, "--engine")
    assert shown.exit_code == 0
    assert shown.stdout.startswith("se.stockholm ")
    assert "sha256:" in shown.stdout
    assert "\x1b" not in shown.stdout


def test_check() -> None:
    for language, said in (("sv", "; inga fel\n"), ("en", "; no mistakes\n")):
        checked = flk("check", "se.stockholm", *ON, "--lang", language)
        assert checked.exit_code == 0
        assert said in checked.stdout
    assert flk("check", "se.stockholm", *ON).stdout.startswith("se.stockholm 2024.1 den 2024-10-01")


def words_of(language: str) -> set[str]:
    """The words that the other commands print, ids and the rulesets' own texts apart."""
    commands = (["rulesets", "se.stockholm", "--engine"], ["facts"], ["check", "se.national"])
    said = "".join(flk(*each, *ON, "--lang", language).stdout for each in commands)
    return {word for line in said.splitlines() for word in re.split(r"  +", line.strip())}


def test_the_other_commands_speak_the_language_asked_for() -> None:
    swedish, english = words_of("sv"), words_of("en")
    assert {
        "regel", "verkan", "kraft", "källa", "motor", "värde", "grundval", "gäller från",
        "antagande", "65 år", "nät om 1 och 1", "uppgift", "kolumn", "typ", "enhet", "ändras",
        "eller ur", "kod ur licence", "koder ur specialty", "genom beslut", "med tiden", "aldrig",
        "heltal", "ja eller nej",
    } <= swedish  # fmt: skip
    assert {
        "rule", "effect", "force", "source", "engine", "value", "basis", "holds from",
        "assumption", "65 years", "nets of 1 and 1", "fact", "column", "type", "unit", "changes",
        "or from", "code of licence", "codes of specialty", "by decision", "with time", "never",
        "whole number", "yes or no",
    } <= english  # fmt: skip
    alike = {"parameter", "text", "", "patient", "index"}
    assert {each for each in swedish & english if re.fullmatch(r"[a-zåäö ]+", each)} <= alike


def test_units_without_words_are_shown_as_they_are() -> None:
    assert [unit_words(each, "sv") for each in ("year", "visit per hour", None)] == [
        "år", "visit per hour", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["facts", *ON, "--codes", "licens"],
         "no code list called 'licens'; did you mean 'licence'? (there is: competence_area, "
         "competence_goal, disability, duty, equivalent_competence, gp_staffing, housing, licence, "
         "mental_ill_health, municipality_type, older_multi_ill, patient_group, profession, "
         "regulation, setting, specialty, "
         "training_stage)"),
        (["facts", "--on", "x"], "--on: expected a date like 2024-10-01, found 'x'"),
        (["facts", *ON, "--lang", "no"], "--lang: expected sv or en, found 'no'"),
        (["rulesets", "se.national"],
         "--on: expected a date like 2024-10-01 to show the ruleset for, found nothing"),
        (["rulesets", "se.nationall", *ON],
         "no ruleset called 'se.nationall'; did you mean 'se.national'? (there is: se.borgholm, "
         "se.national, se.stockholm)"),
        (["check", "x", *ON],
         "no ruleset called 'x' (there is: se.borgholm, se.national, se.stockholm)"),
        (["check", "se.national", "--on", "2019-01-01"],
         "se.national: not in force on 2019-01-01; its versions hold from 2022-07-01"),
    ],
)  # fmt: skip
def test_what_the_other_commands_refuse(arguments: list[str], message: str) -> None:
    result = flk(*arguments)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"flk: {message}\n")


@pytest.mark.parametrize("command", ["decide", "rulesets", "facts", "check"])
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help(command: str, option: str) -> None:
    result = flk(command, option)
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: flk {command} ")
    assert max(len(line) for line in result.stdout.splitlines()) <= 80


def sections(text: str) -> dict[str, list[str]]:
    """What stands to the left in each section of a help."""
    found: dict[str, list[str]] = {}
    heading = ""
    for line in text.splitlines():
        if line[:1].strip():
            heading = line.rstrip(":")
        elif re.match(r"  \S", line):
            found.setdefault(heading, []).append(re.split(r" {2,}", line.strip())[0])
    return found


def helps(*command: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every command and its help, the groups' own too."""
    text = flk(*command, "--help").stdout
    yield command, text
    for each in sections(text).get("Commands", []):
        yield from helps(*command, each)


def test_help_calls_everything_by_a_word_of_the_field() -> None:
    word = r"[A-Z]{2,}(\.svg)?([|=][A-Z]{2,})?"
    choices = r"[a-z]+(\|[a-z]+)+"
    argument = re.compile(rf"\[?{word}\]?(\.\.\.)?")
    option = re.compile(rf"(-[a-z], )?--[a-z-]+( {word}| A B| {choices})?")
    types = re.compile(
        r"\b(TEXT|STR|STRING|INT|INTEGER|FLOAT|PATH|BOOLEAN|DATETIME|UUID)\b|<|list\["
    )
    seen = 0
    for command, text in helps():
        found = sections(text)
        for each in found.get("Arguments", []):
            assert argument.fullmatch(each), (command, each)
            assert f" {each}" in text.splitlines()[0], (command, each)
        for each in found["Options"]:
            assert option.fullmatch(each), (command, each)
        for each in (*found.get("Arguments", []), *found["Options"], text.splitlines()[0]):
            assert not types.search(each), (command, each)
        assert max(map(len, text.splitlines())) <= 80, command
        seen += 1
    assert seen == 1 + 15 + 7


def test_help_of_a_command_begins_with_how_to_type_it() -> None:
    assert flk("decide", "-h").stdout.startswith("Usage: flk decide [OPTIONS] QUESTION ROSTER...\n")
    assert flk("report", "-h").stdout.startswith("Usage: flk report [OPTIONS] [FILE]...\n")
    assert flk("conformance", "-h").stdout.startswith("Usage: flk conformance [OPTIONS] [PACK]\n")


def test_help_and_version_of_all() -> None:
    assert "Explained decisions" in flk("--help").stdout
    assert flk("--version").stdout == f"flk_rules {flk_rules.__version__}\n"
    assert flk().exit_code == 2
    assert "Usage: " in flk().stdout + flk().stderr


def failing(error: BaseException) -> Callable[..., object]:
    def fail(*_: object, **__: object) -> object:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (EngineFailure("as told"), 2, "flk: the durable-rules engine failed (as told)"),
        (KeyboardInterrupt(), 130, ""),
        (BrokenPipeError(), 0, ""),
        (OSError(28, "No space left on device"), 2, "flk: standard output: no space"),
        (PermissionError(13, "Permission denied", "x"), 2, "flk: x: permission denied"),
    ],
)  # fmt: skip
def test_how_a_command_ends(
    error: BaseException, code: int, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deciding, "load", failing(error))
    result = flk("decide", "eligibility", *ON, "x.csv")
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr.startswith(message)
    assert bool(result.stderr) == bool(message)


def test_every_unit_of_the_shipped_has_words() -> None:
    for name in ("se.national", "se.stockholm"):
        model = flk_rules.load(name, on=date(2024, 10, 1)).model
        specs = (*model.schema.facts.values(), *model.parameters.values())
        assert {each.unit for each in specs} - {None} <= UNITS.keys()
