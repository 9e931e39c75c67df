"""flk batch.

Decides whole files, part by part, or compares what two rulesets make of them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from flk_rules import load
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
from flk_rules.cli.output import as_json, console
from flk_rules.cli.progress import with_progress
from flk_rules.errors import ExtraMissing, UnknownName, shown
from flk_rules.library import Ruleset
from flk_rules.tables.shape import is_size

if TYPE_CHECKING:
    from flk_rules.tables.batch import Job
    from flk_rules.tables.files import Source

T = TypeVar("T")
_WRITTEN = ("parquet", "csv")
_PAIRS = ("listed", "unit")
_SHAPES = ("text", "json")
MOST_ROWS = 10_000_000


def batch(
    ctx: typer.Context,
    question: Annotated[str, typer.Argument(help="The question, such as eligibility.")],
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE", help="Parquet or CSV files, or a folder of them."),
    ],
    on: Day,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where the answers go, part by part.")
    ] = None,
    ruleset: RulesetName = "se.national",
    with_: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            metavar="SUBJECT=FILE",
            help="A file of another subject to join, or a folder of them: "
            "physician=doctors.csv; repeatable.",
        ),
    ] = None,
    pairs: Annotated[
        str,
        typer.Option(
            metavar="listed|unit",
            help="Join a patient with the physician of listed_with, or all who share unit.id.",
        ),
    ] = "listed",
    unknown: Annotated[
        list[str] | None,
        typer.Option(metavar="FACT", help="A fact without a column, not known; repeatable."),
    ] = None,
    allow_missing_columns: Annotated[
        bool,
        typer.Option("--allow-missing-columns", help="Take facts without a column as not known."),
    ] = False,
    columns: Annotated[
        str | None,
        typer.Option(metavar="NAMES", help="The columns to write: outcome,grounds; all if not."),
    ] = None,
    written: Annotated[
        str, typer.Option("--write", metavar="parquet|csv", help="What the parts are written as.")
    ] = "parquet",
    part_rows: Annotated[
        int,
        typer.Option(
            metavar="NUMBER",
            help="About how many rows a part has; a row group of Parquet, or 8 MB of CSV, is "
            "never split.",
        ),
    ] = 1_000_000,
    memory: Annotated[
        str | None, typer.Option(metavar="SIZE", help="What the database may hold: 4GB.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Draw the summary into this file.")
    ] = None,
    compare: Annotated[
        tuple[str, str] | None,
        typer.Option(
            metavar="A B",
            help="Compare two rulesets instead, or two days: se.national se.national@2025-10-01.",
        ),
    ] = None,
    changed: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="With --compare: the rows that change, as .parquet or .csv."
        ),
    ] = None,
    format_: Annotated[
        str, typer.Option("--format", metavar="text|json", help="How the summary is printed.")
    ] = "text",
    path: Folders = None,
    lang: Language = "sv",
) -> None:
    """Decide every row of Parquet or CSV files, of any size, and sum up.

    Each part of the answers gets its name when it is whole. A run that was broken off goes on where
    it was when the same command is given again. Values that no fact can have are counted, shown and
    taken as not known. With --compare two rulesets are asked, each on the day of --on or on one
    after an @, and what changes is told, with a row of each change explained under both.
    """
    day = read_day(on)
    read_language(lang)
    for option, value, known in (("--write", written, _WRITTEN), ("--pairs", pairs, _PAIRS),
                                 ("--format", format_, _SHAPES)):  # fmt: skip
        one_of(option, value, known)
    if not 1 <= part_rows <= MOST_ROWS:
        raise OptionInvalid("--part-rows", f"a number from 1 to {MOST_ROWS:,}", str(part_rows))
    if picture is not None and picture.suffix.lower() != ".svg":
        raise OptionInvalid("--picture", "a file whose name ends in .svg", repr(str(picture)))
    if (out is None) == (compare is None):
        found = "neither" if out is None else "both"
        raise OptionInvalid("--out", "a folder, or --compare with two rulesets", found)
    if changed is not None and (
        compare is None or changed.suffix.lower() not in {f".{each}" for each in _WRITTEN}
    ):
        expected = "--compare and a file whose name ends in .parquet or .csv"
        raise OptionInvalid("--changed", expected, shown(str(changed)))
    if compare is not None:
        _refuse_given(ctx, "ruleset", "columns", "written", "picture")
    if unknown and allow_missing_columns:
        raise OptionInvalid("--unknown", "it or --allow-missing-columns", "both")
    if memory is not None and not is_size(memory):
        raise OptionInvalid("--memory", "a size like 4GB", shown(memory))
    others: dict[str, list[Path]] = {}
    for each in with_ or ():
        subject, file = _other(each)
        others.setdefault(subject, []).append(file)
    outputs = None if columns is None else tuple(each.strip() for each in columns.split(","))
    missing = True if allow_missing_columns else frozenset(unknown or ())
    asked = [_dated(each, day) for each in compare] if compare else [(ruleset, day)]
    loaded = [load(name, on=its_day, path=path or ()) for name, its_day in asked]
    jobs = [
        make_job(
            each, question, files, others, out=out, pairs=pairs, unknown=missing, outputs=outputs,
            written=written, rows=part_rows, memory=memory,
        )
        for each in loaded
    ]  # fmt: skip
    read = {
        each.resolve() for file in (jobs[0].main, *jobs[0].others.values()) for each in file.paths
    }
    if changed is not None and changed.resolve() in read:
        raise OptionInvalid("--changed", "a file that is not read", shown(str(changed)))
    if compare is not None:
        _compare(loaded, jobs, lang, format_, changed)
    else:
        _decide(loaded[0], jobs[0], lang, format_, picture)


def make_job(
    ruleset: Ruleset,
    question: str,
    files: Iterable[Path],
    others: dict[str, list[Path]],
    *,
    out: Path | None,
    pairs: str,
    unknown: bool | frozenset[str],
    outputs: tuple[str, ...] | None,
    written: str,
    rows: int,
    memory: str | None,
) -> Job:
    """The batch of these options; raises `ExtraMissing` where its packages are not installed."""
    if question not in ruleset.questions:
        raise UnknownName("question", question, ruleset.questions, ruleset.id)
    try:
        from flk_rules.tables.batch import Job, main_name
        from flk_rules.tables.files import open_source
        from flk_rules.tables.planning import WHOLE, Wish
    except ImportError:
        raise ExtraMissing("tables", "tables") from None
    subjects = ruleset.questions[question].subjects
    main = main_name(subjects, others, question)

    def opened(name: str, some: Iterable[Path]) -> Source:
        about = subjects if main == WHOLE else (name,)
        return open_source(name, list(some), ruleset.schema, about)

    return Job(
        ruleset=ruleset.model,
        decider=ruleset.decider(question, "reference"),
        question=question,
        main=opened(main, files),
        others={name: opened(name, some) for name, some in others.items()},
        wish=Wish(pairs=pairs, unknown=unknown, outputs=outputs, unknown_by="--unknown"),
        folder=out or Path(),
        format=written,
        rows=rows,
        memory=memory,
    )


def _other(text: str) -> tuple[str, Path]:
    subject, mark, name = text.partition("=")
    if not (mark and subject and name):
        raise OptionInvalid("--with", "a subject and a file: physician=doctors.csv", repr(text))
    return subject, Path(name)


def _refuse_given(ctx: typer.Context, *names: str) -> None:
    """Raises `OptionInvalid` for an option that means nothing beside --compare."""
    for each in ctx.command.params:
        source = ctx.get_parameter_source(each.name or "")
        if each.name in names and source is not None and source.name == "COMMANDLINE":
            found = shown(str(ctx.params[each.name]))
            raise OptionInvalid(each.opts[0], "no --compare beside it", found)


def _dated(text: str, day: date) -> tuple[str, date]:
    """A ruleset to compare, and its day: the one after an @, or that of the whole command."""
    name, mark, own = text.partition("@")
    return name, read_day(own, "--compare") if mark else day


def _decide(ruleset: Ruleset, job: Job, language: str, shape: str, picture: Path | None) -> None:
    from flk_rules.cli.batch_text import print_summary, say_stopped
    from flk_rules.tables.batch import run_batch, write_json, written_whole
    from flk_rules.tables.picture import picture as draw
    from flk_rules.tables.summary import Summary

    summary, kept = Summary(), 0
    parts = 0
    try:
        for done in _watched(run_batch(job), job):
            summary += done.summary
            kept += done.before
            parts += 1
    except KeyboardInterrupt:
        say_stopped(job, parts, language)
        raise
    write_json(job.folder / "summary.json", summary.to_dict())
    drawing = draw(summary, ruleset.model, job.question, language)
    for each in (job.folder / "summary.svg", *([picture] if picture else [])):
        written_whole(each, lambda half: half.write_text(drawing, encoding="utf-8"))
    if shape == "json":
        sys.stdout.write(as_json(summary.to_dict(), indent=2))
    else:
        print_summary(summary, ruleset, job, kept, language)


def _compare(
    rulesets: list[Ruleset], jobs: list[Job], language: str, shape: str, changed: Path | None
) -> None:
    from flk_rules.cli.batch_text import print_comparison
    from flk_rules.tables.comparing import Comparison, compare

    found = Comparison()
    before, after = jobs
    for each in _watched(compare(before, after, changed), before):
        found += each
    if shape == "json":
        sys.stdout.write(as_json(found.to_dict(), indent=2))
    else:
        print_comparison(found, rulesets, before, changed, language)


def _watched(items: Iterable[T], job: Job) -> Iterator[T]:
    return with_progress(items, job.main.count(job.rows), console(err=True))
