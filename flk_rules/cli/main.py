"""commands and errors.

Puts the subcommands together and turns every failure of ours into one message and exit code 2.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

from flk_rules import __version__
from flk_rules.errors import FlkError

try:
    import typer
except ImportError:  # pragma: no cover - tested in an environment without the extra
    sys.exit("flk: the command line needs the extra 'cli': pip install 'flk_rules[cli]'")

from flk_rules.cli.check import check
from flk_rules.cli.decide import decide
from flk_rules.cli.facts import facts
from flk_rules.cli.rulesets import rulesets

BAD_INPUT = 2
INTERRUPTED = 130

app = typer.Typer(
    name="flk",
    help="Explained decisions about fast läkarkontakt.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(decide)
app.command()(rulesets)
app.command()(facts)
app.command()(check)


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


def run() -> None:
    """The entry point of ``flk`` and ``python -m flk_rules``."""
    try:
        app()
    except FlkError as error:
        lines = str(error).splitlines()
        head = "flk: " if len(lines) == 1 else "flk: the input has mistakes\n  "
        typer.echo(head + "\n  ".join(lines), err=True)
        sys.exit(BAD_INPUT)
    except BrokenPipeError:
        # The reader went away, as `head` does; nothing more can be written anywhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
