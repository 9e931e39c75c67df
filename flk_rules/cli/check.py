"""flk check.

Loads a ruleset and reports every mistake in it, for whoever writes rules.
"""

from __future__ import annotations

from typing import Annotated

import typer

from flk_rules import load
from flk_rules.cli.options import Day, Folders, read_day
from flk_rules.cli.output import console
from flk_rules.engines import ENGINES


def check(
    name: Annotated[str, typer.Argument(help="The ruleset's id.")],
    on: Day,
    path: Folders = None,
) -> None:
    """Check a ruleset: its files, its conditions, and that every engine can hold it."""
    ruleset = load(name, on=read_day(on), path=path or ())
    for question in ruleset.questions:
        for engine in ENGINES:
            ruleset.decider(question, engine)
    model = ruleset.model
    console().print(
        f"{ruleset.id} {ruleset.version} on {ruleset.on}: {len(model.rules)} rules, "
        f"{len(model.parameters)} parameters, {len(model.definitions)} definitions, no mistakes"
    )
    console().print(ruleset.fingerprint)
