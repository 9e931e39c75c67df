"""commands and errors.

A command, whose help has words of the field and no types of Python; and a group of commands, which
turns every failure of ours into one message and exit code 2.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from flk_rules.cli.output import say
from flk_rules.cli.usage import argument_usage, wrong_usage
from flk_rules.errors import ExtraMissing, FlkError, UnknownName

BAD_INPUT = 2
INTERRUPTED = 130


class Command(TyperCommand):
    """One command. What its arguments look like in its help would else change with the version of
    Typer."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        arguments = [each for each in self.get_params(ctx) if _is_argument(each)]
        return ["[OPTIONS]", *map(argument_usage, arguments)]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        records: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": []}
        for each in self.get_params(ctx):
            if (record := each.get_help_record(ctx)) is not None:
                is_argument = _is_argument(each)
                left = argument_usage(each) if is_argument else record[0]
                records["Arguments" if is_argument else "Options"].append((left, record[1]))
        for heading, rows in records.items():
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)


def _is_argument(parameter: Any) -> bool:
    return bool(parameter.param_type_name == "argument")


class Commands(TyperGroup):
    """The commands of `flk`, or of one of its groups."""

    def make_context(self, *args: Any, **options: Any) -> Any:
        with _failures_told():
            return super().make_context(*args, **options)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args[0] not in self.commands:
            raise UnknownName("command", args[0], self.commands)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        with _failures_told(), _asked_by(ctx):
            return super().invoke(ctx)


@contextmanager
def _asked_by(ctx: Any) -> Iterator[None]:
    """What needs an extra is the command that was typed, with the option if it is for one."""
    try:
        yield
    except ExtraMissing as error:
        command = f"{ctx.command_path} {ctx.invoked_subcommand}"
        what = f"{command} {error.what}" if error.what.startswith("--") else command
        raise ExtraMissing(what, error.extra) from None


@contextmanager
def _failures_told() -> Iterator[None]:
    try:
        yield
        sys.stdout.flush()
    except FlkError as error:
        lines = str(error).split("\n")
        say(lines[0] if len(lines) == 1 else "the input has mistakes")
        for line in lines if len(lines) > 1 else ():
            say(line, mark=" ")
        raise typer.Exit(BAD_INPUT) from None
    except BrokenPipeError:
        # The reader went away, as `head` does; nothing more can be written anywhere.
        _write_nowhere()
        raise typer.Exit(0) from None
    except OSError as error:
        _write_nowhere()
        say(f"{error.filename or 'standard output'}: {(error.strerror or str(error)).lower()}")
        raise typer.Exit(BAD_INPUT) from None
    except Exception as error:
        if (message := wrong_usage(error)) is None:
            raise
        say(message)
        raise typer.Exit(BAD_INPUT) from None
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None


def _write_nowhere() -> None:
    """What is still unwritten must not fail a second time when Python ends."""
    with suppress(OSError):  # a stream that is no file, as in a test
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
