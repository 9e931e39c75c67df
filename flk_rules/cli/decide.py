"""flk decide.

Reads a roster, decides each row and prints the decisions with their reasons.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from flk_rules import load
from flk_rules.adapters.roster import FORMATS, Expected, Row, expected_of, pair, read_roster
from flk_rules.cli.options import Day, Folders, Language, RulesetName, one_of, read_day
from flk_rules.cli.options import read_language
from flk_rules.cli.output import JsonWriter, TableWriter, TextWriter, Writer, printable
from flk_rules.cli.output import with_progress
from flk_rules.engines import ENGINES
from flk_rules.errors import FactsInvalid, FileUnreadable, Problem, RosterInvalid, UnknownName
from flk_rules.library import Decision, Ruleset

ROWS_LEFT_OUT = 1
"""Exit code where some rows could not be decided and the others were."""


def decide(
    question: Annotated[str, typer.Argument(help="The question, such as eligibility.")],
    rosters: Annotated[
        list[str], typer.Argument(metavar="ROSTER...", help="CSV, JSON, JSON lines or TOML; - for "
                                                            "standard input.")
    ],
    on: Day,
    ruleset: RulesetName = "se.national",
    patients: Annotated[
        Path | None, typer.Option(help="A list of patients; each is paired with each physician.")
    ] = None,
    path: Folders = None,
    lang: Language = "sv",
    format_: Annotated[
        str, typer.Option("--format", metavar="text|table|jsonl", help="How decisions are printed.")
    ] = "text",
    input_: Annotated[
        str | None,
        typer.Option("--input", metavar="csv|json|jsonl|toml", help="The format, where the file's "
                                                                    "name does not tell."),
    ] = None,
    engine: Annotated[str, typer.Option(metavar="rete|reference", help="The engine.")] = "rete",
    fail_fast: Annotated[
        bool, typer.Option("--fail-fast", help="Stop before anything is printed if a row is bad.")
    ] = False,
    allow_missing_columns: Annotated[
        bool, typer.Option("--allow-missing-columns", help="Take facts without a column as not "
                                                           "known.")
    ] = False,
) -> None:
    """Decide each physician of a roster, with or without patients.

    A row that cannot be read is reported by its number on the error stream, the rest is decided,
    and the exit code is 1; with --fail-fast, and for any other mistake, it is 2.
    """  # fmt: skip
    loaded = load(ruleset, on=read_day(on), path=path or ())
    one_of("--engine", engine, ENGINES)
    if input_ is not None:
        one_of("--input", input_, FORMATS)
    read_language(lang)
    writer = _writer(one_of("--format", format_, ("text", "table", "jsonl")), lang)
    if question not in loaded.questions:
        raise UnknownName("question", question, loaded.questions, ruleset)
    expected = expected_of(loaded.model, question, columns=not allow_missing_columns)
    rows: list[Row] = []
    for name in rosters:
        rows += _read(name, loaded, expected, input_, "physician")
    if patients is not None:
        listed = _read(str(patients), loaded, expected, None, "patient")
        rows = list(pair(rows, listed, str(patients)))
    if fail_fast:
        mistakes = [each for row in rows for each in _decided(loaded, question, engine, row)[1]]
        if mistakes:
            raise RosterInvalid(mistakes)
    bad = 0
    for row in with_progress(rows, len(rows)):
        decision, problems = _decided(loaded, question, engine, row)
        if decision is None:
            bad += 1
            for problem in problems:
                typer.echo(f"flk: {printable(str(problem))}", err=True)
        else:
            writer.decision(row.where, decision)
    writer.end()
    if bad:
        typer.echo(f"flk: {bad} of {len(rows)} rows could not be read and were left out", err=True)
        raise typer.Exit(ROWS_LEFT_OUT)


def _writer(format_: str, language: str) -> Writer:
    match format_:
        case "text":
            return TextWriter(language)
        case "table":
            return TableWriter(language)
    return JsonWriter()


def _read(
    name: str, ruleset: Ruleset, expected: Expected, format_: str | None, subject: str
) -> list[Row]:
    if name == "-":
        name, data = "standard input", sys.stdin.buffer.read()
        if format_ is None:
            raise FileUnreadable(name, f"say its format by --input {'|'.join(FORMATS)}")
    else:
        try:
            data = Path(name).read_bytes()
        except OSError as error:
            raise FileUnreadable(name, (error.strerror or str(error)).lower()) from None
    return list(
        read_roster(name, data, ruleset.schema, expected, format_=format_, subject=subject)
    )


def _decided(
    ruleset: Ruleset, question: str, engine: str, row: Row
) -> tuple[Decision | None, tuple[Problem, ...]]:
    """The row's decision, or every mistake in the row."""
    problems = row.problems
    try:
        if row.subjects or not problems:
            decision = ruleset.decide(question, engine=engine, **row.subjects)
            if not problems:
                return decision, ()
    except FactsInvalid as error:
        problems += tuple(
            Problem(f"{row.where} {each.where}", each.message) for each in error.problems
        )
    return None, problems
