"""flk facts.

Shows the facts that rules may read and the codes they take: for people, or as a JSON Schema for
systems.
"""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from flk_rules import load
from flk_rules.cli.options import Day, Folders, Language, RulesetName, read_day, read_language
from flk_rules.cli.output import console
from flk_rules.errors import UnknownName
from flk_rules.facts.describing import json_schema
from flk_rules.model.schema import Schema


def facts(
    on: Day,
    ruleset: RulesetName = "se.national",
    path: Folders = None,
    lang: Language = "sv",
    codes: Annotated[
        str | None, typer.Option(metavar="LIST", help="Show the codes of a list, as specialty.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json-schema", help="Print the JSON Schema of a row.")
    ] = False,
) -> None:
    """Show the facts that rules may read: the columns of a roster."""
    day = read_day(on)
    read_language(lang)
    schema = load(ruleset, on=day, path=path or ()).schema
    if as_json:
        typer.echo(json.dumps(json_schema(schema), ensure_ascii=False, indent=2))
    elif codes is not None:
        if codes not in schema.codes:
            raise UnknownName("code list", codes, schema.codes)
        listed = schema.codes[codes].codes.values()
        _print(("code", "sv", "en"), [(each.id, each.sv, each.en) for each in listed])
    else:
        _print(("fact", "column", "type", "unit", "changes", "or from"), _facts(schema, lang))


def _facts(schema: Schema, language: str) -> list[tuple[str, ...]]:
    inputs = [
        (name, spec.sv if language == "sv" else spec.en, "date" if spec.is_date else "text")
        for name, spec in schema.inputs.items()
    ]
    found = [
        (
            name,
            spec.sv if language == "sv" else spec.en,
            str(spec.type),
            spec.unit or "",
            spec.changes.value,
            ", ".join(spec.derived.inputs) if spec.derived else "",
        )
        for name, spec in schema.facts.items()
    ]
    return sorted([*inputs, *found], key=lambda row: schema.subjects.index(row[0].split(".")[0]))


def _print(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console().print(table)
