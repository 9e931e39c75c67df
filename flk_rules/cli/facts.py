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
from flk_rules.explaining.words import unit_words, word
from flk_rules.facts.describing import json_schema
from flk_rules.model.rules import LANGUAGES
from flk_rules.model.schema import FactSpec, InputSpec, Schema
from flk_rules.model.values import Kind


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
        _print(("code", *LANGUAGES), lang, [(each.id, each.sv, each.en) for each in listed])
    else:
        headings = ("fact", "column", "type", "unit", "changes", "or_from")
        _print(headings, lang, _facts(schema, lang))


def _facts(schema: Schema, language: str) -> list[tuple[str, ...]]:
    specs: dict[str, FactSpec | InputSpec] = {**schema.inputs, **schema.facts}
    rows = [(name, *_fact(spec, language)) for name, spec in specs.items()]
    return sorted(rows, key=lambda row: schema.subjects.index(row[0].split(".")[0]))


def _fact(spec: FactSpec | InputSpec, language: str) -> tuple[str, ...]:
    """A fact's column, type, unit, how it changes, and the dates it may come from."""
    label = spec.sv if language == "sv" else spec.en
    if isinstance(spec, InputSpec):
        return label, word("date" if spec.is_date else "text", language), "", "", ""
    if spec.type.codes is not None:
        several = "codes_of" if spec.type.kind is Kind.LIST else "code_of"
        type_ = f"{word(several, language)} {spec.type.codes}"
    else:
        type_ = word(spec.type.kind.value, language)
    unit = unit_words(spec.unit, language)
    derived = ",\n".join(spec.derived.inputs) if spec.derived else ""
    return label, type_, unit, word(spec.changes.value, language), derived


def _print(headings: tuple[str, ...], language: str, rows: list[tuple[str, ...]]) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(word(heading, language), overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console().print(table)
