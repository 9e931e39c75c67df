"""tables decided.

Checks the values of one table or several and runs the question's query on DuckDB, Arrow in and
Arrow out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import index
from typing import Any

import duckdb
import pyarrow as pa
from attrs import field, frozen

from flk_rules.deciding import Decider
from flk_rules.engines.sql import Dialect, dialect_of
from flk_rules.errors import Problem, TableInvalid, TablesFailure, shown
from flk_rules.facts import Facts
from flk_rules.model.rules import Ruleset
from flk_rules.tables.arrow import arrow_table, columns_of, narrowed, schema_of
from flk_rules.tables.checks import Unreadable, references_of, refuse_doubled, unreadable
from flk_rules.tables.duck import connected, told
from flk_rules.tables.pairing import unpaired, unpaired_rows
from flk_rules.tables.planning import WHOLE, Plan, Wish, plan
from flk_rules.tables.rows import Run, as_facts, facts_of_source, refuse_difference


@frozen(kw_only=True)
class DecidedTable:
    """A table of decisions, one a row of the question.

    It speaks Arrow itself: hand it to Polars, pandas, PyArrow or DuckDB as it is. `unreadable` are
    the values that were taken as not known, `unpaired` how many rows of a table met no other.
    """

    table: pa.Table
    unreadable: tuple[Unreadable, ...]
    unpaired: Mapping[str, int]
    sql: str = field(repr=False)
    _plan: Plan = field(repr=False)
    _given: Mapping[str, pa.Table] = field(repr=False)
    _decide: Callable[[Facts], Any] = field(repr=False)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def unpaired_rows(self, table: str) -> pa.Table:
        """The rows of one of several tables that met no other, such as patients listed with nobody:
        their references and what they were to be joined by, as text.

        Raises `UnknownName` for a table that is none of those that were joined.
        """
        query = unpaired_rows(self._plan, table)
        with connected() as connection:
            for name, each in self._given.items():
                connection.register(name, each)
            with told():
                return connection.sql(_DUCKDB.sql(query, pretty=False)).to_arrow_table()

    def decision(self, row: int) -> Any:
        """The `Decision` of a row, counted from 0: its facts decided once more by the reference
        interpreter, to explain or to keep.

        Raises `IndexError`, `TypeError` for what is no number, and `TableInvalid` where the rows of
        several tables have no ids to find them by.
        """
        try:
            row = index(row)
        except TypeError:
            raise TypeError(f"expected a row's number from 0, found {shown(row)}") from None
        if not 0 <= row < len(self):
            raise IndexError(f"expected a row from 0 to {len(self) - 1}, found {row}")
        said = self.table.slice(row, 1).to_pylist()[0]
        names = self._plan.references
        wanted = {name: said[name] for name in names if said[name] is not None}
        whole = len(self._given) == 1
        found: dict[str, Any] = {}
        for source in self._plan.sources:
            table = self._given[source.table]
            here = {} if whole else wanted
            if not whole and not any(name in wanted for name, _ in source.columns):
                message = f"no {source.table}.id by which its row could be found again"
                raise TableInvalid([Problem(source.table, message)])
            with connected() as connection:
                connection.register(source.table, table.slice(row, 1) if whole else table)
                run = runner(connection)
                found |= facts_of_source(run, self._plan, source, here, _DUCKDB) or {}
        decision = self._decide(as_facts(self._plan.query.ruleset, found))
        refuse_difference(said, decision)
        return decision


_DUCKDB = dialect_of("duckdb")


def decide_table(
    ruleset: Ruleset,
    decider: Decider,
    question: str,
    tables: Any,
    wish: Wish,
    *,
    decide: Callable[[Facts], Any],
    memory: str | None = None,
) -> DecidedTable:
    """Every row decided; see `flk_rules.library.Ruleset.decide_table`. `decide` makes a decision of
    facts."""
    given = tables if isinstance(tables, Mapping) else {WHOLE: tables}
    arrows = {name: arrow_table(name, each) for name, each in given.items()}
    columns = {name: columns_of(each.schema) for name, each in arrows.items()}
    made = plan(ruleset, decider, question, columns, _DUCKDB, wish)
    arrows = {name: narrowed(each, made.headings(name)) for name, each in arrows.items()}
    with connected(memory=memory) as connection:
        for name, each in arrows.items():
            connection.register(name, each)
        run = runner(connection)
        refuse_all_doubled(run, made, _DUCKDB)
        bad = unreadable_of(run, made, _DUCKDB)
        with told():
            table = connection.sql(made.sql).to_arrow_table()
        refuse_conflicts(table["outcome"].null_count, made)
        return DecidedTable(
            table=declared(table, made),
            unreadable=tuple(bad),
            unpaired=unpaired(run, made, _DUCKDB),
            sql=made.sql,
            plan=made,
            given=arrows,
            decide=decide,
        )


def unreadable_of(
    run: Run, made: Plan, dialect: Dialect, only: str | None = None
) -> list[Unreadable]:
    """What every table got wrong, or only the one of that name."""
    schema = made.query.ruleset.schema
    return [
        found
        for source in made.sources
        if only in (None, source.table)
        for found in unreadable(
            run, source, made.title(source.table), made.reads[source.table], schema, dialect
        )
    ]


def runner(connection: duckdb.DuckDBPyConnection) -> Run:
    """The rows of a query, failures told."""

    def run(sql: str) -> list[tuple[Any, ...]]:
        with told():
            return connection.execute(sql).fetchall()

    return run


def declared(table: pa.Table, made: Plan) -> pa.Table:
    """The table in the declared schema; columns of rules follow as they are."""
    schema = schema_of(made.outputs)
    for rule in made.query.rules[: table.num_columns - len(schema)]:
        schema = schema.append(pa.field(rule.id, pa.bool_()))
    return table.cast(schema)


def refuse_conflicts(without: int, made: Plan) -> None:
    """Raises `ValuesConflict` where rows are without an outcome: rules that are true together gave
    two numbers."""
    if without:
        for conflict in made.query.answers.conflicts.values():
            raise conflict
        raise TablesFailure("rows came to no outcome, a mistake of ours")


def refuse_all_doubled(run: Run, made: Plan, dialect: Dialect) -> None:
    """Raises `TableInvalid` where a reference stands on several rows of a table, or in a table of
    all subjects the references of all of them together."""
    for source in made.sources:
        refuse_doubled(run, source.table, made.title(source.table), references_of(source), dialect)
