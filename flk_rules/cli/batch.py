"""flk batch.

Decides whole files, part by part, or compares what two rulesets make of them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
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
from flk_rules.errors import ExtraMissing, UnknownName
from flk_rules.library import Ruleset

if TYPE_CHECKING:
    from flk_rules.tables.batch import Job

T = TypeVar("T")
_WRITTEN = ("parquet", "csv")
_PAIRS = ("listed", "unit")
_SHAPES = ("text", "json")
MOST_ROWS = 10_000_000


def batch(
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
            help="A file of another subject to join: physician=doctors.csv; repeatable.",
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
            help="About how many rows a part has; a row group of Parquet is never split.",
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
        typer.Option(metavar="A B", help="Compare two rulesets instead; nothing is written."),
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
    taken as not known. With --compare two rulesets are asked and what changes is told, with a row
    of each change explained under both.
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
    others = dict(_other(each) for each in with_ or ())
    outputs = None if columns is None else tuple(each.strip() for each in columns.split(","))
    missing = True if allow_missing_columns else frozenset(unknown or ())
    names = compare or (ruleset,)
    loaded = [load(name, on=day, path=path or ()) for name in names]
    jobs = [
        make_job(
            each, question, files, others, out=out, pairs=pairs, unknown=missing, outputs=outputs,
            written=written, rows=part_rows, memory=memory,
        )
        for each in loaded
    ]  # fmt: skip
    if compare is not None:
        _compare(loaded, jobs, lang, format_)
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
        from flk_rules.tables.planning import Wish
    except ImportError:
        raise ExtraMissing("tables", "tables") from None
    main = main_name(ruleset.questions[question].subjects, others, question)
    return Job(
        ruleset=ruleset.model,
        decider=ruleset.decider(question, "reference"),
        question=question,
        main=open_source(main, list(files)),
        others={name: open_source(name, some) for name, some in others.items()},
        wish=Wish(pairs=pairs, unknown=unknown, outputs=outputs, unknown_by="--unknown"),
        folder=out or Path(),
        format=written,
        rows=rows,
        memory=memory,
    )


def _other(text: str) -> tuple[str, list[Path]]:
    subject, mark, name = text.partition("=")
    if not (mark and subject and name):
        raise OptionInvalid("--with", "a subject and a file: physician=doctors.csv", repr(text))
    return subject, [Path(name)]


def _decide(ruleset: Ruleset, job: Job, language: str, shape: str, picture: Path | None) -> None:
    from flk_rules.cli.batch_text import print_summary
    from flk_rules.tables.batch import run_batch, write_json, written_whole
    from flk_rules.tables.picture import picture as draw
    from flk_rules.tables.summary import Summary

    summary, kept = Summary(), 0
    for done in _watched(run_batch(job), job):
        summary += done.summary
        kept += done.before
    write_json(job.folder / "summary.json", summary.to_dict())
    drawing = draw(summary, ruleset.model, job.question, language)
    for each in (job.folder / "summary.svg", *([picture] if picture else [])):
        written_whole(each, lambda half: half.write_text(drawing, encoding="utf-8"))
    if shape == "json":
        sys.stdout.write(as_json(summary.to_dict(), indent=2))
    else:
        print_summary(summary, ruleset, job, kept, language)


def _compare(rulesets: list[Ruleset], jobs: list[Job], language: str, shape: str) -> None:
    from flk_rules.cli.batch_text import print_comparison
    from flk_rules.tables.comparing import Comparison, compare

    found = Comparison()
    for each in _watched(compare(*jobs), jobs[0]):
        found += each
    if shape == "json":
        sys.stdout.write(as_json(found.to_dict(), indent=2))
    else:
        print_comparison(found, rulesets, jobs[0].question, language)


def _watched(items: Iterable[T], job: Job) -> Iterator[T]:
    return with_progress(items, job.main.count(job.rows), console(err=True))
