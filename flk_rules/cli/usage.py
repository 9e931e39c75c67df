"""usage in words.

What the arguments of a command are called, and what Typer finds wrong with them and with options,
said as every other message is.
"""

from __future__ import annotations

import re
from typing import Any

from flk_rules.errors import nearest, shown

_NUMBER = re.compile("(integer)|number|float")
_FOUND = re.compile(r"(['\"].*['\"]) is not a valid")
_EXTRA = re.compile(r"unexpected extra arguments?(?:\(s\))? \((.*)\)", re.DOTALL)


def argument_word(argument: Any) -> str:
    """What an argument is called: a word of the field in capitals, such as ROSTER."""
    return str(argument.metavar or argument.name.upper())


def argument_usage(argument: Any) -> str:
    """The same as a line of usage has it: ``[ROSTER]`` where it may be left away, ``ROSTER...``
    where there may be several."""
    word = argument_word(argument)
    return (word if argument.required else f"[{word}]") + ("" if argument.nargs == 1 else "...")


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
        name = _name(error.param)
        wanted = re.sub("^The ", "the ", error.param.help or "a value").rstrip(".")
        return f"{name}: expected {wanted}, found nothing"
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
    if "BadParameter" in kinds and (number := _NUMBER.search(error.message)):
        wanted = "a whole number" if number[1] else "a number"
        return f"{_name(error.param)}: expected {wanted}, found {_found(error)}"
    message: str = error.format_message()
    return (message[:1].lower() + message[1:]).rstrip(".")


def _name(parameter: Any) -> str:
    option: str = parameter.opts[0]
    return option if option.startswith("-") else argument_word(parameter)


def _found(error: Any) -> str:
    """The value that is no number; versions of Typer keep it in different places."""
    if (cause := error.__cause__) is not None and hasattr(cause, "errors"):
        return shown(cause.errors()[0]["input"])
    found = _FOUND.search(error.message)  # a literal already
    literal = found[1] if found else "something else"
    return literal if len(literal) <= 60 else f"{literal[:57]}..."
