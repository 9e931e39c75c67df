"""flk sql.

Prints a question as the SQL that decides tables, beside the rules that it was made from.
"""

from __future__ import annotations

from typing import Annotated

import typer

from flk_rules import load
from flk_rules.cli.options import Day, Folders, one_of, read_day
from flk_rules.errors import ExtraMissing

_DIALECTS = ("duckdb", "spark", "postgres")


def sql(
    ruleset: Annotated[str, typer.Argument(help="The ruleset, such as se.stockholm.")],
    question: Annotated[str, typer.Argument(help="The question, such as eligibility.")],
    on: Day,
    dialect: Annotated[
        str, typer.Option(metavar="duckdb|spark|postgres", help="The database it is for.")
    ] = "duckdb",
    tables: Annotated[
        bool, typer.Option("--tables", help="A table a subject, joined, instead of one table.")
    ] = False,
    pairs: Annotated[
        str, typer.Option(metavar="listed|unit", help="How the rows of several tables meet.")
    ] = "listed",
    path: Folders = None,
) -> None:
    """Print the SQL of a question: facts, definitions, rules and answers, each a common table
    expression, with the rules' ids and sources beside them.

    The table is called roster and has a column for each fact, called as the fact; with --tables
    there is one for each subject, called as the subject.
    """
    one_of("--dialect", dialect, _DIALECTS)
    loaded = load(ruleset, on=read_day(on), path=path or ())
    decider = loaded.decider(question, "reference")
    try:
        from flk_rules.tables.printing import question_sql
    except ImportError:
        raise ExtraMissing("flk sql", "tables") from None
    typer.echo(question_sql(loaded.model, decider, question, dialect, tables=tables, pairs=pairs))
