"""flk plan.

Plans a unit: its physicians' lists against the guideline, its patients with priority, shares,
continuity and competence.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from flk_rules import load
from flk_rules.adapters.roster import FORMATS, format_of
from flk_rules.cli.figures import SHAPES, csv_text
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
from flk_rules.cli.output import as_json, console
from flk_rules.cli.plan_text import print_plan
from flk_rules.cli.progress import with_progress, working
from flk_rules.engines import ENGINES
from flk_rules.planning.continuity import Window
from flk_rules.planning.picture import picture as draw
from flk_rules.planning.unit import plan_unit
from flk_rules.planning.unit_files import PARTS, File, read_unit
from flk_rules.planning.unit_record import cells

T = TypeVar("T")
_TABLES = ("csv", "jsonl")
"""Formats that hold rows of one kind alone."""


def plan(
    on: Day,
    document: Annotated[
        str | None,
        typer.Argument(
            metavar="PLAN",
            help="A unit as TOML or JSON, or its physicians as CSV; - for standard input.",
            show_default=False,
        ),
    ] = None,
    physicians: Annotated[
        str | None, typer.Option(metavar="FILE", help="The physicians, each with an id.")
    ] = None,
    patients: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="The patients; listed_with names the physician."),
    ] = None,
    visits: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="The visits: patient, physician and date."),
    ] = None,
    visits_from: Annotated[
        str | None, typer.Option(metavar="DATE", help="The first day whose visits count.")
    ] = None,
    visits_to: Annotated[
        str | None, typer.Option(metavar="DATE", help="The last day whose visits count.")
    ] = None,
    ruleset: RulesetName = "se.national",
    path: Folders = None,
    lang: Language = "sv",
    format_: Annotated[
        str, typer.Option("--format", metavar="text|json|csv", help="How the plan is printed.")
    ] = "text",
    picture: Annotated[
        str | None, typer.Option(metavar="FILE.svg", help="Draw the lists into this file as well.")
    ] = None,
    input_: Annotated[
        str | None,
        typer.Option(
            "--input",
            metavar="csv|json|jsonl|toml",
            help="The format, where a file's name does not tell.",
        ),
    ] = None,
    engine: Annotated[str, typer.Option(metavar="rete|reference", help="The engine.")] = "rete",
    ignore_column: Annotated[
        list[str] | None,
        typer.Option(metavar="HEADING", help="A column of a CSV to pass over; repeatable."),
    ] = None,
) -> None:
    """Plan a unit: lists against the guideline, patients with priority and no FLK, shares,
    continuity, competence.

    A row that cannot be read is reported by its number and nothing is planned, for every sum would
    be wrong. The CSV has a row a physician; what is about the unit is in text and JSON alone.
    """
    day = read_day(on)
    read_language(lang)
    one_of("--format", format_, SHAPES)
    one_of("--engine", engine, ENGINES)
    if input_ is not None:
        one_of("--input", input_, FORMATS)
    window = _window(visits_from, visits_to)
    given = zip((None, *PARTS), (document, physicians, patients, visits), strict=True)
    named = {part: name for part, name in given if name is not None}
    if not named:
        raise OptionInvalid("PLAN", "a plan, or --physicians with a file", "neither")
    if list(named.values()).count("-") > 1:
        raise OptionInvalid(STANDARD_INPUT, "one file that is -", "several")
    if picture is not None:
        _writable(picture, named.values())
    loaded = load(ruleset, on=day, path=path or ())
    files = [_file(part, name, input_) for part, name in named.items()]
    with working(console(err=True)):
        unit = read_unit(loaded, files, window=window, ignored=ignore_column or ())
    found = plan_unit(loaded, unit, engine=engine, watch=_watched)
    if picture is not None:
        Path(picture).write_text(draw(found, lang), encoding="utf-8")
    if format_ == "json":
        sys.stdout.write(as_json(found.to_dict(), indent=2))
    elif format_ == "csv":
        sys.stdout.write(csv_text(cells(each) for each in found.physicians))
    else:
        print_plan(found, lang)


def _file(part: str | None, name: str, input_: str | None) -> File:
    if name == "-" and input_ is None:
        raise OptionInvalid("--input", f"{' or '.join(FORMATS)} for {STANDARD_INPUT}", "nothing")
    shown = STANDARD_INPUT if name == "-" else name
    format_ = format_of(shown, input_)  # before a long file is read
    if part is None and format_ in _TABLES:
        part = PARTS[0]
    return File(name=shown, data=read_bytes(name, shown), part=part, format=format_)


def _writable(name: str, read: Iterable[str]) -> None:
    """Refuses to draw over what is read."""
    target = Path(name)
    if target.suffix.lower() != ".svg":
        raise OptionInvalid("--picture", "a file whose name ends in .svg", repr(name))
    if any(target.resolve() == Path(each).resolve() for each in read if each != "-"):
        raise OptionInvalid("--picture", "a file that is not read", repr(name))


def _window(first: str | None, last: str | None) -> Window | None:
    if first is None and last is None:
        return None
    if first is None or last is None:
        missing = "--visits-from" if first is None else "--visits-to"
        raise OptionInvalid(missing, "the other end of the days that count", "nothing")
    days = read_day(first, "--visits-from"), read_day(last, "--visits-to")
    return Window(name=f"{days[0]} – {days[1]}", first=days[0], last=days[1])


def _watched(rows: Sequence[T]) -> Iterable[T]:
    return with_progress(rows, len(rows), console(err=True))
