"""rows without another.

Of tables that are joined, the rows that met none: patients listed with nobody, or with somebody who
is not among the physicians. No question was asked of them, so they have no answer.
"""

from __future__ import annotations

from sqlglot import exp

from flk_rules.engines.sql import Dialect
from flk_rules.engines.sql.literals import column, negated
from flk_rules.errors import UnknownName
from flk_rules.tables.planning import Plan
from flk_rules.tables.rows import Run
from flk_rules.tables.sources import Source


def unpaired(run: Run, made: Plan, dialect: Dialect) -> dict[str, int]:
    """How many rows of each of several tables met none of another."""
    found = {}
    for source in made.sources if len(made.sources) > 1 else ():
        count = exp.Select(expressions=[exp.Count(this=exp.Star())])
        query = count.from_(_lone(made, source).subquery("lone"), copy=False)
        ((found[source.table],),) = run(dialect.sql(query, pretty=False))
    return found


def unpaired_rows(made: Plan, table: str) -> exp.Select:
    """The query of those rows of one table: their references and what they were to be joined by, as
    text.

    Raises `UnknownName` for a table that is none of those that were joined.
    """
    joined = {each.table: each for each in made.sources if each.key is not None}
    if table not in joined:
        raise UnknownName("joined table", table, joined)
    return _lone(made, joined[table])


def _lone(made: Plan, source: Source) -> exp.Select:
    others = [each for each in made.sources if each is not source]
    names = [name for name, _ in source.columns if name in made.references]
    columns: list[exp.Expr] = [column(each) for each in names]
    if source.joined_by not in names:
        key = column(source.key_name)
        columns.append(exp.alias_(key, source.joined_by, quoted=True, copy=False))
    return (
        exp.Select(expressions=columns)
        .from_(_keyed(made, source), copy=False)
        .where(exp.or_(*(negated(_meets(made, source, each)) for each in others)), copy=False)
    )


def _keyed(made: Plan, source: Source) -> exp.Subquery:
    """A table's references and its key."""
    assert source.key is not None
    named = [(name, tree) for name, tree in source.columns if name in made.references]
    named.append((source.key_name, source.key))
    columns = [exp.alias_(tree.copy(), name, quoted=True, copy=False) for name, tree in named]
    select = exp.Select(expressions=columns).from_(exp.to_table(source.table), copy=False)
    return select.subquery(source.table, copy=False)


def _meets(made: Plan, source: Source, other: Source) -> exp.Expr:
    keys = column(source.key_name, source.table), column(other.key_name, other.table)
    same = exp.EQ(this=keys[0], expression=keys[1])
    select = exp.Select(expressions=[exp.Literal.number(1)])
    return exp.Exists(this=select.from_(_keyed(made, other)).where(same, copy=False))
