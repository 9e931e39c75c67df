"""commands and errors.

Puts the subcommands together and turns every failure of ours into one message and exit code 2.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Annotated, Any

from flk_rules import __version__
from flk_rules.errors import FlkError, UnknownName

try:
    import typer
except ImportError:  # pragma: no cover - tested in an environment without the extra
    sys.exit("flk: the command line needs the extra 'cli': pip install 'flk_rules[cli]'")

from typer.core import TyperGroup

from flk_rules.cli.batch import batch
from flk_rules.cli.check import check
from flk_rules.cli.decide import decide
from flk_rules.cli.dimension import dimension
from flk_rules.cli.explain import explain
from flk_rules.cli.facts import facts
from flk_rules.cli.ledger import ledger
from flk_rules.cli.output import say
from flk_rules.cli.plan import plan
from flk_rules.cli.project import project
from flk_rules.cli.rulesets import rulesets
from flk_rules.cli.sql import sql
from flk_rules.cli.usage import wrong_usage

BAD_INPUT = 2
INTERRUPTED = 130


class _Commands(TyperGroup):
    def make_context(self, *args: Any, **options: Any) -> Any:
        with _failures_told():
            return super().make_context(*args, **options)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args[0] not in self.commands:
            raise UnknownName("command", args[0], self.commands)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        with _failures_told():
            return super().invoke(ctx)


app = typer.Typer(
    name="flk",
    cls=_Commands,
    help="Explained decisions about fast läkarkontakt.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(decide)
app.command()(rulesets)
app.command()(facts)
app.command()(check)
app.command()(dimension)
app.command()(project)
app.command()(ledger)
app.command()(plan)
app.command()(sql)
app.command()(batch)
app.command()(explain)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"flk_rules {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Explained decisions about fast läkarkontakt."""


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


def run() -> None:
    """The entry point of ``flk`` and ``python -m flk_rules``."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started the command
            nowhere = os.open(os.devnull, os.O_WRONLY)
            setattr(sys, name, os.fdopen(nowhere, "w", encoding="utf-8"))
        # A letter that the terminal cannot show is spelled out, never a reason to fail.
        getattr(sys, name).reconfigure(errors="backslashreplace")
    app()
