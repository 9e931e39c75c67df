"""wrong usage in words.

What Typer finds wrong with a command's options and arguments, said as every other message is.
"""

from __future__ import annotations

import re
from typing import Any

from flk_rules.errors import nearest, shown

_EXTRA = re.compile(r"unexpected extra arguments?(?:\(s\))? \((.*)\)", re.DOTALL)


def wrong_usage(error: Exception) -> str | None:
    """The message for what Typer raised, or None for anything else.

    The classes go by name: Typer keeps them in a room of its own, which moves.
    """
    kinds = {each.__name__ for each in type(error).__mro__}
    if "UsageError" not in kinds or "NoArgsIsHelpError" in kinds:
        return None
    given: Any = error
    # Where a value is missing or too many, Typer does not say of which command.
    there_is = f"; {given.ctx.command_path} --help shows what there is" if given.ctx else ""
    return _said(given, kinds) + there_is


def _said(error: Any, kinds: set[str]) -> str:
    if "MissingParameter" in kinds:
        name = error.param.opts[0] if error.param.opts[0].startswith("-") else error.param.metavar
        wanted = re.sub("^The ", "the ", error.param.help or "a value").rstrip(".")
        return f"{name or error.param.name}: expected {wanted}, found nothing"
    if "NoSuchOption" in kinds:
        params = error.ctx.command.params if error.ctx else ()
        known = [name for each in params for name in each.opts]
        return (
            f"{shown(error.option_name)[1:-1]}: no such option{nearest(error.option_name, known)}"
        )
    if "BadOptionUsage" in kinds:
        wanted = "a value, found nothing" if "requires" in error.message else "no value, found one"
        return f"{error.option_name}: expected {wanted}"
    if extra := _EXTRA.search(error.message):
        return f"expected no more arguments, found {shown(extra[1])}"
    message: str = error.format_message()
    return (message[:1].lower() + message[1:]).rstrip(".")
