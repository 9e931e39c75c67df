"""flk rulesets.

Lists the rulesets, or shows one as it holds on a date.
"""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from flk_rules import available, load
from flk_rules.cli.options import Folders, Language, OptionInvalid, read_day, read_language
from flk_rules.cli.output import console
from flk_rules.engines.rete import Rete
from flk_rules.explaining import plain
from flk_rules.explaining.dormancy import held
from flk_rules.explaining.words import EFFECTS, FORCES, unit_words, word
from flk_rules.library import Ruleset


def rulesets(
    name: Annotated[
        str | None, typer.Argument(metavar="RULESET", help="A ruleset to show.")
    ] = None,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help="The date to show it for.")
    ] = None,
    engine: Annotated[
        bool, typer.Option("--engine", help="Show how each rule runs on durable-rules.")
    ] = False,
    path: Folders = None,
    lang: Language = "sv",
) -> None:
    """List the rulesets, or show one as it holds on a date."""
    read_language(lang)
    if name is None:
        for each, folder in sorted(available(path or ()).items()):
            typer.echo(f"{each:<20} {folder}")
        return
    if on is None:
        raise OptionInvalid("--on", "a date like 2024-10-01 to show the ruleset for", "nothing")
    ruleset = load(name, on=read_day(on), path=path or ())
    out = console()
    out.print(f"{ruleset.id} {ruleset.version}: {ruleset.model.title.in_language(lang)}")
    out.print(f"{ruleset.on}  {ruleset.fingerprint}")
    for reading in ruleset.model.readings:
        out.print(reading.in_language(lang))
    for question in ruleset.questions:
        out.print()
        out.print(_rules(ruleset, question, lang, engine))
    out.print()
    out.print(_parameters(ruleset, lang))
    if ruleset.model.disabled:
        out.print(f"\n{word('disabled', lang)}")
    for rule, overlaid in ruleset.model.disabled.items():
        out.print(f"- {rule}: {overlaid.ruleset}, {overlaid.because.in_language(lang)}")
    if ruleset.model.dormant:
        out.print(f"\n{word('dormant', lang)}")
    for dormant in ruleset.model.dormant:
        out.print(f"- {dormant.id}: {held(dormant, lang)}")


def _rules(ruleset: Ruleset, question: str, language: str, engine: bool) -> Table:
    title = ruleset.questions[question].title.in_language(language)
    table = Table(box=None, pad_edge=False, title=title, title_justify="left", title_style="bold")
    columns = ("rule", "effect", "force", "source")
    for heading in (*columns, *(("engine",) if engine else ())):
        table.add_column(word(heading, language), overflow="fold")
    built = Rete(ruleset.model, question) if engine else None
    for number, rule in enumerate(ruleset.model.rules_of(question)):
        cells = [
            rule.id,
            EFFECTS[rule.effect].in_language(language),
            FORCES[rule.force].in_language(language),
            f"{rule.source.document} [{rule.source.statement}]",
        ]
        if built is not None:
            nets = built.nets[number]
            cells.append(
                word("computed", language)
                if nets.computed
                else f"{word('nets', language)} {len(nets.when_true)} {word('and', language)} "
                f"{len(nets.when_false)}"
            )
        table.add_row(*(Text(cell) for cell in cells))
    return table


def _parameters(ruleset: Ruleset, language: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("parameter", "parameter_value", "basis", "from"):
        table.add_column(word(heading, language), overflow="fold")
    for parameter in ruleset.model.parameters.values():
        value = plain(parameter.value, parameter.type.codes, ruleset.model, language)
        table.add_row(
            Text(parameter.id),
            Text(f"{value} {unit_words(parameter.unit, language)}".rstrip()),
            Text(word(parameter.basis.value, language)),
            Text(str(parameter.valid_from)),
        )
    return table
