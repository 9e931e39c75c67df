"""options in common.

What several subcommands ask for in the same words.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from flk_rules.errors import FlkError, nearest, shown
from flk_rules.facts.validating import DATE
from flk_rules.model.rules import LANGUAGES


class OptionInvalid(FlkError):
    """An option's value that its command cannot take."""

    def __init__(self, option: str, expected: str, found: str, hint: str = "") -> None:
        self.option, self.expected, self.found, self.hint = option, expected, found, hint
        super().__init__(option, expected, found, hint)

    def __str__(self) -> str:
        return f"{self.option}: expected {self.expected}, found {self.found}{self.hint}"


Folders = Annotated[
    list[Path] | None,
    typer.Option("--path", metavar="FOLDER", help="A further folder of rulesets; repeatable."),
]
Day = Annotated[str, typer.Option("--on", metavar="DATE", help="The date asked about: 2024-10-01.")]
Language = Annotated[
    str, typer.Option("--lang", metavar="sv|en", help="The language of explanations.")
]
RulesetName = Annotated[
    str, typer.Option("--ruleset", "-r", metavar="ID", help="The ruleset, such as se.stockholm.")
]


def read_day(text: str, option: str = "--on") -> date:
    """The date an option names."""
    try:
        if re.fullmatch(DATE, text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise OptionInvalid(option, "a date like 2024-10-01", shown(text))


def one_of(option: str, value: str, known: tuple[str, ...]) -> str:
    """The value, if it is one of those known."""
    if value not in known:
        raise OptionInvalid(option, " or ".join(known), shown(value), nearest(value, known))
    return value


def read_language(value: str) -> str:
    """The language of explanations."""
    return one_of("--lang", value, LANGUAGES)
