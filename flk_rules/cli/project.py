"""flk project.

A region's path to the guideline, year by year, with what it rests on.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from flk_rules.cli.figures import (
    SHAPES,
    Cells,
    csv_text,
    number,
    record,
    rests_on,
    table_text,
    used_record,
    value_of,
)
from flk_rules.cli.options import Folders, Language, one_of, read_language
from flk_rules.cli.output import as_json, console
from flk_rules.cli.planning_words import word
from flk_rules.planning import projecting
from flk_rules.planning.plans import read_plan
from flk_rules.planning.projecting import Projection, Year, whole_need

FORMAT = "flk_rules/project/1"
_COLUMNS = {
    "year": "year",
    "population": "residents",
    "specialists": "specialists",
    "full_time": "full_time",
    "st_physicians": "st_physicians",
    "residents_per_specialist": "residents_per_specialist",
    "need": "need",
    "difference": "difference",
    "difference_full_time": "difference_full_time",
}
"""What is shown of a year, and the word for it."""


def project(
    plan: Annotated[Path, typer.Argument(help="TOML with [region] and [[figure]] tables.")],
    path: Folders = None,
    lang: Language = "sv",
    format_: Annotated[
        str, typer.Option("--format", metavar="text|json|csv", help="How the path is printed.")
    ] = "text",
) -> None:
    """Project a region's path to the guideline from a plan whose every figure has a basis."""
    read_language(lang)
    one_of("--format", format_, SHAPES)
    found = projecting.project(read_plan(plan, rulesets=path or ()))
    if format_ == "text":
        _print(found, lang)
    elif format_ == "csv":
        sys.stdout.write(csv_text(_cells(year) for year in found.years))
    else:
        shown = {
            "format": FORMAT,
            "ruleset": used_record(found.plan.by),
            "region": found.plan.region,
            "years": [{k: value_of(v) for k, v in _cells(each).items()} for each in found.years],
            "reached": found.reached,
            "reached_full_time": found.reached_full_time,
            "figures": [record(each) for each in found.figures],
            "assumptions": _assumed(found),
        }
        sys.stdout.write(as_json(shown, indent=2))


def _cells(year: Year) -> Cells:
    return {name: getattr(year, name) for name in _COLUMNS}


def _assumed(found: Projection) -> list[str]:
    """The names of assumptions, each once."""
    return list(dict.fromkeys(each.id for each in found.assumptions))


def _print(found: Projection, language: str) -> None:
    plan = found.plan
    rows = [
        [
            str(year.year),
            number(round(year.population), language),
            number(year.specialists, language, 1),
            number(year.full_time, language, 1),
            number(year.st_physicians, language, 1),
            number(_whole(year), language),
            number(whole_need(year), language),
            number(year.specialists - whole_need(year), language, 1),
            number(year.full_time - whole_need(year), language, 1),
        ]
        for year in found.years
    ]
    title = word("path", language).format(
        region=plan.region, first=plan.first_year, last=plan.last_year
    )
    table_text([word(each, language) for each in _COLUMNS.values()], rows, title)
    out = console()
    out.print()
    for year, how in ((found.reached, "in_persons"), (found.reached_full_time, "in_full_time")):
        words = word("never" if year is None else "reached", language)
        out.print(words.format(year=year, last=plan.last_year, how=word(how, language)))
    assumed = _assumed(found)
    words = word("assumed", language)
    count, among = len(found.assumptions), len(found.figures)
    out.print(words.format(count=count, all=among, names=", ".join(assumed)), soft_wrap=True)
    out.print()
    for line in rests_on(found.figures, language):
        out.print(line, soft_wrap=True)
    out.print(f"{plan.by.ruleset} {plan.by.version} · {plan.by.on}")


def _whole(year: Year) -> int | None:
    found = year.residents_per_specialist
    return None if found is None else round(found)
