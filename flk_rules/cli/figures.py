"""figures on paper.

What the commands of planning share: numbers in each language, what a computation rests on, tables.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from rich.table import Table
from rich.text import Text

from flk_rules.cli.output import console
from flk_rules.cli.planning_words import word
from flk_rules.explaining.text import printable
from flk_rules.planning.figures import Figure, Used

SHAPES = ("text", "json", "csv")
Cells = Mapping[str, Fraction | int | str | None]


def number(value: Fraction | int | None, language: str, decimals: int | None = 0) -> str:
    """A number with marks for thousands and a decimal sign as the language has them; nothing for
    what is not known. Without a count of decimals, as many as it has."""
    if value is None:
        return ""
    if Fraction(value).denominator == 1:
        text = f"{int(value):,}"
    else:
        text = f"{float(value):,}" if decimals is None else f"{float(value):,.{decimals}f}"
    return text.translate({ord(","): " ", ord("."): ","}) if language == "sv" else text


def value_of(value: Fraction | int | str | None) -> int | float | str | None:
    """A value of JSON; the nearest floating-point number where it is no whole one."""
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else float(value)
    return value


def record(figure: Figure) -> dict[str, Any]:
    """A figure as JSON values."""
    source = figure.source
    return {
        "id": figure.id,
        "value": value_of(figure.value),
        "unit": figure.unit,
        "basis": figure.basis.value,
        "because": {"sv": figure.because.sv, "en": figure.because.en},
        "reading": figure.reading
        and {"sv": figure.reading.sv, "en": figure.reading.en},
        "source": source
        and {
            "document": source.document,
            "section": source.section,
            "statement": source.statement,
            "note": source.note,
            "provision": source.provision,
        },
        "from_year": figure.from_year,
        "parameter": figure.parameter,
    }  # fmt: skip


def used_record(by: Used) -> dict[str, Any]:
    """The ruleset as JSON values."""
    return {
        "id": by.ruleset,
        "version": by.version,
        "on": by.on.isoformat(),
        "fingerprint": by.fingerprint,
    }


def rests_on(figures: Iterable[Figure], language: str) -> Iterable[str]:
    """A line for each figure, the assumptions first, with source and reading."""
    yield word("rests", language)
    for figure in sorted(figures, key=lambda each: not each.assumed):
        year = f" {word('from_year', language)} {figure.from_year}" if figure.from_year else ""
        cited = figure.source
        parts = [word(figure.basis.value, language)]
        if cited is not None:
            parts.append(f"{cited.document}, {cited.section} [{cited.statement}]")
        because = figure.because.in_language(language)
        value = number(figure.value, language, None)
        yield printable(f"  {figure.id}{year}: {value}  {because} ({'; '.join(parts)})")
        if figure.reading is not None:
            reading = figure.reading.in_language(language)
            yield printable(f"    {word('reading', language)}: {reading}")


def table_text(headings: Iterable[str], rows: Iterable[Iterable[str]], title: str) -> None:
    """Prints a table: the first column to the left, numbers to the right."""
    table = Table(
        box=None, pad_edge=False, title=printable(title), title_justify="left", title_style="bold"
    )
    for place, heading in enumerate(headings):
        table.add_column(heading, overflow="fold", justify="right" if place else "left")
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    console().print(table)


def csv_text(rows: Iterable[Cells]) -> str:
    """A CSV table with a decimal point; an empty cell for what is not known."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    for place, row in enumerate(rows):
        if not place:
            writer.writerow(row)
        writer.writerow(["" if each is None else value_of(each) for each in row.values()])
    return stream.getvalue()
