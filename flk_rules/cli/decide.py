"""flk decide.

Reads a roster, decides each row and prints the decisions with their reasons.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flk_rules import load
from flk_rules.adapters.roster import (
    FORMATS,
    absent_column,
    expected_of,
    format_of,
    read_roster,
)
from flk_rules.adapters.rows import Expected, Roster, Row
from flk_rules.cli.audit import audited
from flk_rules.cli.files import STANDARD_INPUT, read_bytes
from flk_rules.cli.options import (
    Day,
    Folders,
    Language,
    OptionInvalid,
    RulesetName,
    one_of,
    read_day,
    read_language,
)
from flk_rules.cli.output import JsonWriter, TableWriter, TextWriter, Writer, console, say
from flk_rules.cli.progress import with_progress
from flk_rules.deciding import no_question
from flk_rules.decision import Decision
from flk_rules.engines import ENGINES
from flk_rules.errors import Problem, RosterInvalid, ValuesConflict, shown
from flk_rules.facts import Intake
from flk_rules.library import Ruleset

if TYPE_CHECKING:
    from flk_rules.audit import AuditLog

ROWS_LEFT_OUT, NOTHING_DECIDED = 1, 2
"""Exit codes where some rows could not be decided and the others were, and where none was."""
PATIENT = "patient"
_SHAPES = ("text", "table", "jsonl")


def decide(
    question: Annotated[str, typer.Argument(help="The question, such as eligibility.")],
    rosters: Annotated[
        list[str],
        typer.Argument(
            metavar="ROSTER", help="CSV, JSON, JSON lines or TOML; - for standard input."
        ),
    ],
    on: Day,
    ruleset: RulesetName = "se.national",
    patients: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="A list of patients; each is paired with each row of the roster."
        ),
    ] = None,
    path: Folders = None,
    lang: Language = "sv",
    format_: Annotated[
        str, typer.Option("--format", metavar="text|table|jsonl", help="How decisions are printed.")
    ] = "text",
    input_: Annotated[
        str | None,
        typer.Option(
            "--input",
            metavar="csv|json|jsonl|toml",
            help="The format, where a file's name does not tell.",
        ),
    ] = None,
    engine: Annotated[str, typer.Option(metavar="rete|reference", help="The engine.")] = "rete",
    fail_fast: Annotated[
        bool, typer.Option("--fail-fast", help="Decide nothing if a row is bad.")
    ] = False,
    allow_missing_columns: Annotated[
        bool,
        typer.Option("--allow-missing-columns", help="Take facts without a column as not known."),
    ] = False,
    ignore_column: Annotated[
        list[str] | None,
        typer.Option(metavar="HEADING", help="A column of a CSV roster to pass over; repeatable."),
    ] = None,
    audit: Annotated[
        str | None,
        typer.Option(metavar="LOG", help="Write each decision to this log; see flk audit."),
    ] = None,
    audit_key: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The key of the log's pseudonyms; without it, none."),
    ] = None,
) -> None:
    """Decide each row of a roster, such as physicians with or without patients.

    A row that cannot be read, or to which the ruleset gives two numbers at once, is reported by its
    number on the error stream, the rest is decided, and the exit code is 1; with --fail-fast, where
    no row is left, and for any other mistake, it is 2.
    """
    day = read_day(on)
    read_language(lang)
    one_of("--format", format_, _SHAPES)
    one_of("--engine", engine, ENGINES)
    if input_ is not None:
        one_of("--input", input_, FORMATS)
    if [*rosters, patients].count("-") > 1:
        raise OptionInvalid(STANDARD_INPUT, "one file that is -", "two")
    loaded = load(ruleset, on=day, path=path or ())
    if question not in loaded.questions:
        raise no_question(question, loaded.model)
    ignored = frozenset(ignore_column or ())
    expected = expected_of(
        loaded.model, question, columns=not allow_missing_columns, ignored=ignored
    )
    subjects = expected.subjects
    if patients is not None and PATIENT not in subjects[1:]:
        raise _no_list_of_patients(question, subjects)
    read = [_read(name, loaded, expected, input_) for name in rosters]
    if patients is not None:
        others = _read(patients, loaded, expected, input_, PATIENT)
        read = [each.with_each(others) for each in read]
    if absent := absent_column(ignore_column or (), read):
        heading, hint = absent
        raise OptionInvalid("--ignore-column", "a heading of a roster", shown(heading), hint)
    good, bad = _sift(read, loaded, question)
    if fail_fast:
        refused = bad or list(_refused(good, loaded, question, engine))
        if refused:
            raise RosterInvalid(problem for row in refused for problem in row.problems)
    undecided: list[Row] = []
    if decided := sum(len(each) for each in good):
        with audited(audit, audit_key) as log:
            undecided = _decide(good, loaded, question, engine, _writer(format_, lang), log)
    if bad:
        _tell(bad, read, decided)
    if undecided:
        _tell_undecided(undecided, decided)
    if bad or undecided:
        raise typer.Exit(ROWS_LEFT_OUT if decided > len(undecided) else NOTHING_DECIDED)


def _no_list_of_patients(question: str, subjects: tuple[str, ...]) -> OptionInvalid:
    hint = "; give the patients as the roster" if PATIENT in subjects else "; leave it away"
    about = " and ".join(subjects)
    expected = "a question that pairs others with patients"
    return OptionInvalid("--patients", expected, f"{question}, which is about {about}", hint)


def _tell(bad: list[Row], read: list[Roster], decided: int) -> None:
    """Every mistake of the bad rows, and what they cost."""
    for problem in (problem for row in bad for problem in row.problems):
        say(str(problem))
    among = len({row.where for each in read for rows in each.lists for row in rows})
    what = f"{len(bad)} of {among} rows could not be read and were left out"
    if not decided:
        what += "; nothing was decided"
    elif any(len(each.lists) > 1 for each in read):  # a row stands for several decisions there
        what += f"; {decided} of {sum(map(len, read))} combinations were decided"
    say(what)


def _tell_undecided(undecided: list[Row], among: int) -> None:
    for row in undecided:
        for problem in row.problems:
            say(str(problem))
    what = f"{len(undecided)} of {among} could not be decided, as the ruleset contradicts itself"
    say(what if len(undecided) < among else f"{what}; nothing was decided")


def _read(
    name: str,
    ruleset: Ruleset,
    expected: Expected,
    format_: str | None,
    subject: str | None = None,
) -> Roster:
    shown = STANDARD_INPUT if name == "-" else name
    if name == "-" and format_ is None:
        raise OptionInvalid("--input", f"{' or '.join(FORMATS)} for {STANDARD_INPUT}", "nothing")
    format_of(shown, format_)  # before a long file is read
    data = read_bytes(name, shown)
    return read_roster(shown, data, ruleset.schema, expected, format_=format_, subject=subject)


def _sift(rosters: list[Roster], ruleset: Ruleset, question: str) -> tuple[list[Roster], list[Row]]:
    """The rosters without their bad rows, and these, each once."""
    intake, subjects = Intake(ruleset.schema), ruleset.questions[question].subjects
    good: list[Roster] = []
    bad: dict[str, Row] = {}
    for roster in rosters:
        kept, left = roster.sift(
            lambda given: intake.read(ruleset.on, subjects, given),
            lambda rows: with_progress(rows, len(rows), console(err=True)),
        )
        good.append(kept)
        bad.update({row.where: row for row in left})
    return good, list(bad.values())


def _refused(rosters: list[Roster], ruleset: Ruleset, question: str, engine: str) -> Iterator[Row]:
    """The rows to which the ruleset gives two numbers at once, each with its problem."""
    for row in chain.from_iterable(rosters):
        try:
            ruleset.decide(question, engine=engine, **row.subjects)
        except ValuesConflict as error:
            yield _contradicted(row, error)


def _contradicted(row: Row, error: ValuesConflict) -> Row:
    return Row(row.places, {}, (Problem(row.where, str(error)),))


def _decide(
    rosters: list[Roster],
    ruleset: Ruleset,
    question: str,
    engine: str,
    writer: Writer,
    log: AuditLog | None,
) -> list[Row]:
    """Decides and prints each row; returns those to which the ruleset gives two numbers at once,
    each with its problem."""
    rows: Iterable[Row] = chain.from_iterable(rosters)
    if not (writer.at_once and console().is_terminal):  # there the output itself is the progress
        rows = with_progress(rows, sum(len(each) for each in rosters), console(err=True))
    undecided: list[Row] = []
    waiting: deque[Row] = deque()

    def made() -> Iterator[tuple[Decision, None]]:
        for row in rows:
            try:
                decision = ruleset.decide(question, engine=engine, **row.subjects)
            except ValuesConflict as error:
                undecided.append(_contradicted(row, error))
            else:
                waiting.append(row)
                yield decision, None

    # With a log, some are decided before the first of them is written and shown.
    for decision in (each for each, _ in made()) if log is None else log.keep_all(made()):
        writer.decision(writer.where(waiting.popleft(), ruleset), decision)
    writer.end()
    return undecided


def _writer(shape: str, language: str) -> Writer:
    match shape:
        case "text":
            return TextWriter(language)
        case "table":
            return TableWriter(language)
    return JsonWriter()
