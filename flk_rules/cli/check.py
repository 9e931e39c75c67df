"""flk check.

Loads a ruleset and reports every mistake in it, for whoever writes rules.
"""

from __future__ import annotations

from typing import Annotated

import typer

from flk_rules import load
from flk_rules.analysis import conflicts
from flk_rules.cli.options import Day, Folders, Language, read_day, read_language
from flk_rules.cli.output import console
from flk_rules.engines import ENGINES
from flk_rules.errors import RulesetInvalid
from flk_rules.explaining.dormancy import held
from flk_rules.explaining.words import word


def check(
    name: Annotated[str, typer.Argument(metavar="RULESET", help="The ruleset's id.")],
    on: Day,
    path: Folders = None,
    lang: Language = "sv",
) -> None:
    """Check a ruleset: its files, its conditions, that every engine can hold it, and that no facts
    give a question two numbers."""
    read_language(lang)
    ruleset = load(name, on=read_day(on), path=path or ())
    for question in ruleset.questions:
        for engine in ENGINES:
            ruleset.decider(question, engine)
    model = ruleset.model
    found = [each.problem for name in model.questions for each in conflicts(model, name)]
    if found:
        raise RulesetInvalid(found)
    counted = ", ".join(
        f"{word(what, lang)}: {len(each)}"
        for what, each in (
            ("rules", model.rules), ("parameters", model.parameters),
            ("definitions", model.definitions),
        )
    )  # fmt: skip
    named = f"{ruleset.id} {ruleset.version} {word('on', lang)} {ruleset.on}"
    console().print(f"{named}: {counted}; {word('no_mistakes', lang)}")
    console().print(ruleset.fingerprint)
    if model.dormant:
        console().print(f"{word('dormant', lang)}:")
    for dormant in model.dormant:
        console().print(f"- {dormant.id}: {held(dormant, lang)}")
