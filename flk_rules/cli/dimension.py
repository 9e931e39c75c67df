"""flk dimension.

How many specialists regions need at a list size, and how many they have.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from flk_rules import load
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
from flk_rules.cli.options import (
    Day,
    Folders,
    Language,
    RulesetName,
    one_of,
    read_day,
    read_language,
)
from flk_rules.cli.output import as_json, console
from flk_rules.cli.planning_words import word
from flk_rules.planning import dimensioning
from flk_rules.planning.dimensioning import Dimensioning, Row
from flk_rules.planning.regions import read_regions

FORMAT = "flk_rules/dimension/1"
_COLUMNS = (
    "region", "specialists", "population", "residents_per_specialist", "need", "difference",
    "per_cent", "need_employed",
)  # fmt: skip


def dimension(
    table: Annotated[
        Path, typer.Argument(help="CSV with the columns region, population and specialists.")
    ],
    on: Day,
    list_size: Annotated[
        float | None,
        typer.Option(
            metavar="RESIDENTS", help="Residents per full-time physician; else the guideline."
        ),
    ] = None,
    ruleset: RulesetName = "se.national",
    path: Folders = None,
    lang: Language = "sv",
    format_: Annotated[
        str, typer.Option("--format", metavar="text|json|csv", help="How the table is printed.")
    ] = "text",
    ignore_column: Annotated[
        list[str] | None,
        typer.Option(metavar="HEADING", help="A column of the table to pass over; repeatable."),
    ] = None,
) -> None:
    """Dimension regions: need, difference and residents per specialist at a list size.

    Whoever has no figure of specialists gets a need and no difference. The CSV that is printed can
    be read again; the sum of all regions is in text and JSON alone.
    """
    day = read_day(on)
    read_language(lang)
    one_of("--format", format_, SHAPES)
    loaded = load(ruleset, on=day, path=path or ())
    regions = read_regions(table, ignored=ignore_column or ())
    found = dimensioning.dimension(loaded, regions, list_size=list_size)
    if format_ == "text":
        _print(found, lang)
    elif format_ == "csv":
        sys.stdout.write(csv_text(_cells(row) for row in found.rows))
    else:
        shown = {
            "format": FORMAT,
            "ruleset": used_record(found.by),
            "list_size": record(found.list_size),
            "employment_rate": record(found.employment_rate),
            "regions": [_values(row) for row in found.rows],
            "all": _values(found.total),
        }
        sys.stdout.write(as_json(shown, indent=2))


def _cells(row: Row) -> Cells:
    return {name: getattr(row, name) for name in _COLUMNS}


def _values(row: Row) -> dict[str, int | float | str | None]:
    found = {name: value_of(each) for name, each in _cells(row).items()}
    return found if row.region else {key: each for key, each in found.items() if key != "region"}


def _print(found: Dimensioning, language: str) -> None:
    size = number(found.list_size.value, language, 1)
    rows = [
        [
            row.region or word("everybody", language),
            number(row.specialists, language, 1),
            number(row.population, language),
            number(row.residents_per_specialist, language),
            number(row.need, language),
            number(row.difference, language, 1),
            number(row.per_cent, language),
            number(row.need_employed, language),
        ]
        for row in (*found.rows, found.total)
    ]
    headings = [word(each, language) for each in _COLUMNS]
    table_text(headings, rows, word("needed", language).format(size=size))
    out = console()
    out.print()
    for line in rests_on(found.figures, language):
        out.print(line, soft_wrap=True)
    out.print(f"{found.by.ruleset} {found.by.version} · {found.by.on}")
