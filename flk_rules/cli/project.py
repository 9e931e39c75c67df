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
from flk_rules.planning import projecting
from flk_rules.planning.plans import read_plan
from flk_rules.planning.projecting import Projection, Year, whole_need

FORMAT = "flk_rules/project/1"
_COLUMNS = {
    "year": {"sv": "år", "en": "year"},
    "population": {"sv": "invånare", "en": "residents"},
    "specialists": {"sv": "specialister", "en": "specialists"},
    "full_time": {"sv": "heltider", "en": "full time"},
    "st_physicians": {"sv": "ST-läkare med lista", "en": "ST with a list"},
    "residents_per_specialist": {"sv": "invånare per specialist", "en": "residents per specialist"},
    "need": {"sv": "behov", "en": "need"},
    "difference": {"sv": "differens", "en": "difference"},
    "difference_full_time": {"sv": "differens i heltider", "en": "difference, full time"},
}
_WORDS = {
    "title": {
        "sv": "{region}: vägen till riktvärdet {first}–{last}",
        "en": "{region}: the path to the guideline {first}–{last}",
    },
    "persons": {"sv": "räknat i personer", "en": "counting persons"},
    "full_time": {"sv": "räknat i heltider", "en": "counting full-time equivalents"},
    "reached": {
        "sv": "Riktvärdet nås {year}, {how}.",
        "en": "The guideline is met in {year}, {how}.",
    },
    "never": {
        "sv": "Riktvärdet nås inte till och med {last}, {how}.",
        "en": "The guideline is not met by {last}, {how}.",
    },
    "assumed": {
        "sv": "{count} av {all} tal är antaganden: {names}.",
        "en": "{count} of {all} figures are assumptions: {names}.",
    },
}


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
    title = _WORDS["title"][language].format(
        region=plan.region, first=plan.first_year, last=plan.last_year
    )
    table_text([names[language] for names in _COLUMNS.values()], rows, title)
    out = console()
    out.print()
    for year, how in ((found.reached, "persons"), (found.reached_full_time, "full_time")):
        words = _WORDS["never" if year is None else "reached"][language]
        out.print(words.format(year=year, last=plan.last_year, how=_WORDS[how][language]))
    assumed = _assumed(found)
    words = _WORDS["assumed"][language]
    count, among = len(found.assumptions), len(found.figures)
    out.print(words.format(count=count, all=among, names=", ".join(assumed)), soft_wrap=True)
    out.print()
    for line in rests_on(found.figures, language):
        out.print(line, soft_wrap=True)
    out.print(f"{plan.by.ruleset} {plan.by.version} · {plan.by.on}")


def _whole(year: Year) -> int | None:
    found = year.residents_per_specialist
    return None if found is None else round(found)
