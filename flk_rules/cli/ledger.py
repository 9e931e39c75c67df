"""flk ledger.

From each statement of the catalogue to its rules, parameters and tests, and back again.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from flk_rules.cli.options import Folders, Language, OptionInvalid, one_of, read_language
from flk_rules.cli.output import as_json, console
from flk_rules.errors import UnknownName, shown
from flk_rules.explaining.text import printable
from flk_rules.explaining.words import FORCES
from flk_rules.ledger import Item, Ledger, Line, build_ledger, tests_beside
from flk_rules.ledger.pages import KINDS, WORDS, counted, markdown, said

FORMAT = "flk_rules/ledger/1"


def ledger(
    only: Annotated[
        str | None,
        typer.Argument(metavar="STATEMENT", help="One statement, such as E10; without, all."),
    ] = None,
    option: Annotated[
        str | None,
        typer.Option("--statement", metavar="STATEMENT", help="The same, as an option."),
    ] = None,
    path: Folders = None,
    tests: Annotated[
        Path | None,
        typer.Option(
            "--tests", metavar="FOLDER", help="The folder of tests; a checkout's own are found."
        ),
    ] = None,
    lang: Language = "sv",
    format_: Annotated[
        str,
        typer.Option("--format", metavar="text|json|markdown", help="How the ledger is printed."),
    ] = "text",
) -> None:
    """Show which rules, parameters and tests say each statement of the catalogue."""
    read_language(lang)
    one_of("--format", format_, ("text", "json", "markdown"))
    if only is not None and option is not None:
        raise OptionInvalid("--statement", "no other statement beside it", shown(only))
    statement = option if only is None else only
    if tests is not None and not tests.is_dir():
        raise OptionInvalid("--tests", "a folder of tests", shown(str(tests)))
    found = build_ledger(path or (), tests or tests_beside())
    if statement is not None and statement not in found.lines:
        raise UnknownName("statement", statement, found.lines)
    if statement is not None and format_ == "markdown":
        raise OptionInvalid("--format", "text or json for one statement", "markdown")
    if format_ == "markdown":
        sys.stdout.write(markdown(found, lang))
    elif format_ == "json":
        sys.stdout.write(as_json(_record(found, statement), indent=2))
    elif statement is not None:
        _print_line(found, found.lines[statement], lang)
    else:
        _print(found, lang)


def _print(found: Ledger, language: str) -> None:
    out = console()
    for part in found.catalogue.parts:
        title = f"{part.id}. {part.title.in_language(language)}"
        table = Table(box=None, pad_edge=False, title=title, title_justify="left",
                      title_style="bold")  # fmt: skip
        for heading in ("id", "statement", "said_by", "tests"):
            right = heading == "tests"
            table.add_column(
                WORDS[heading][language], overflow="fold", justify="right" if right else "left"
            )
        for line in found.of(part):
            table.add_row(
                Text(line.statement.id),
                Text(line.statement.title.in_language(language)),
                Text(said(line.statement, line.items, language)),
                Text(str(len(line.tests)) if found.tests is not None else ""),
            )
        out.print(table)
        out.print()
    _print_end(found, language)


def _print_line(found: Ledger, line: Line, language: str) -> None:
    out = console()
    statement = line.statement
    out.print(Text(f"{statement.id}. {statement.title.in_language(language)}", style="bold"))
    if statement.struck_out is not None or statement.computed is not None:
        out.print(said(statement, (), language), soft_wrap=True)
    for item in line.items:
        out.print()
        out.print(f"{KINDS[item.kind][language]} {item.id} ({_facts(item, language)})")
        out.print(printable(f"  {item.text.in_language(language)}"), soft_wrap=True)
        for test in found.items[item]:
            out.print(f"  {WORDS['test'][language]} {test}")
    out.print()
    if line.tests:
        out.print(f"{WORDS['tests'][language]}: {', '.join(line.tests)}", soft_wrap=True)
    _print_untold(found, language)


def _facts(item: Item, language: str) -> str:
    """The ruleset, and on whose authority or on which basis."""
    facts = [item.ruleset]
    if item.force is not None:
        facts.append(FORCES[item.force].in_language(language))
    if item.basis is not None:
        facts.append(WORDS[item.basis.value][language])
    return ", ".join(facts)


def _print_end(found: Ledger, language: str) -> None:
    """What the whole comes to, and the holes."""
    out = console()
    out.print(counted(found, language), soft_wrap=True)
    for hole in found.holes():
        out.print(printable(f"- {hole}"), soft_wrap=True)
    _print_untold(found, language)


def _print_untold(found: Ledger, language: str) -> None:
    if found.tests is None:
        console().print(WORDS["no_tests"][language], soft_wrap=True)


def _record(found: Ledger, statement: str | None) -> dict[str, Any]:
    lines = found.lines.values() if statement is None else [found.lines[statement]]
    return {
        "format": FORMAT,
        "tests_known": found.tests is not None,
        "statements": [_line_record(found, each) for each in lines],
        "without_statement": [
            _item_record(found, each)
            for each in found.items
            if statement is None and each.statement is None
        ],
        "holes": [{"where": each.where, "message": each.message} for each in found.holes()],
    }


def _line_record(found: Ledger, line: Line) -> dict[str, Any]:
    statement = line.statement
    reason, computed = statement.struck_out, statement.computed
    return {
        "id": statement.id,
        "title": {"sv": statement.title.sv, "en": statement.title.en},
        "struck_out": reason and {"sv": reason.sv, "en": reason.en},
        "computed_by": list(computed.by) if computed else [],
        "entries": [_item_record(found, each) for each in line.items],
        "tests": list(line.tests),
    }


def _item_record(found: Ledger, item: Item) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "id": item.id,
        "ruleset": item.ruleset,
        "statement": item.statement,
        "text": {"sv": item.text.sv, "en": item.text.en},
        "force": item.force and item.force.value,
        "basis": item.basis and item.basis.value,
        "tests": list(found.items[item]),
    }
