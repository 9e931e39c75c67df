"""flk facts.

Shows the facts that rules may read: for people, or as a JSON Schema for systems.
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
from flk_rules.facts.describing import json_schema


def facts(
    on: Day,
    ruleset: RulesetName = "se.national",
    path: Folders = None,
    lang: Language = "sv",
    as_json: Annotated[
        bool, typer.Option("--json-schema", help="Print the JSON Schema of a row.")
    ] = False,
) -> None:
    """Show the facts that rules may read."""
    read_language(lang)
    schema = load(ruleset, on=read_day(on), path=path or ()).schema
    if as_json:
        typer.echo(json.dumps(json_schema(schema), ensure_ascii=False, indent=2))
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("fact", "column", "type", "unit", "changes", "or from"):
        table.add_column(heading, overflow="fold")
    for name, spec in schema.facts.items():
        derived = ", ".join(spec.derived.inputs) if spec.derived else ""
        label = spec.sv if lang == "sv" else spec.en
        cells = (name, label, str(spec.type), spec.unit or "", spec.changes.value, derived)
        table.add_row(*(Text(cell) for cell in cells))
    console().print(table)
