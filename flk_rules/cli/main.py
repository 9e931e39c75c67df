"""the command flk.

Puts the subcommands together.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

from flk_rules import __version__

try:
    import typer
except ImportError:  # pragma: no cover - tested in an environment without the extra
    sys.exit("flk: the command line needs the extra 'cli': pip install 'flk_rules[cli]'")

from flk_rules.cli.audit import audit
from flk_rules.cli.batch import batch
from flk_rules.cli.check import check
from flk_rules.cli.commands import Command, Commands
from flk_rules.cli.conformance import conformance
from flk_rules.cli.decide import decide
from flk_rules.cli.dimension import dimension
from flk_rules.cli.explain import explain
from flk_rules.cli.facts import facts
from flk_rules.cli.ledger import ledger
from flk_rules.cli.mutate import mutate
from flk_rules.cli.plan import plan
from flk_rules.cli.project import project
from flk_rules.cli.report import report
from flk_rules.cli.rulesets import rulesets
from flk_rules.cli.sql import sql

app = typer.Typer(
    name="flk",
    cls=Commands,
    help="Explained decisions about fast läkarkontakt.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for each in (
    decide, rulesets, facts, check, dimension, project, ledger, plan,
    mutate, conformance, sql, batch, explain, report,
):  # fmt: skip
    app.command(cls=Command)(each)
app.add_typer(audit, name="audit")


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
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started the command
            nowhere = os.open(os.devnull, os.O_WRONLY)
            setattr(sys, name, os.fdopen(nowhere, "w", encoding="utf-8"))
        # A letter that the terminal cannot show is spelled out, never a reason to fail.
        getattr(sys, name).reconfigure(errors="backslashreplace")
    app()
