"""tables on Spark.

The same query in Spark's dialect on Spark's own tables, for those that one machine does not hold.
SQL alone: no Python function sees a row, and Spark plans the whole of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from attrs import field, frozen
from sqlglot import exp

from flk_rules.deciding import Decider
from flk_rules.engines.sql.dialects import Spark
from flk_rules.errors import Problem, TableInvalid, TablesFailure, shown
from flk_rules.facts import Facts
from flk_rules.model.rules import Ruleset
from flk_rules.tables import columns as kind
from flk_rules.tables.checks import Unreadable
from flk_rules.tables.columns import Column
from flk_rules.tables.deciding import (
    refuse_all_doubled,
    refuse_conflicts,
    unreadable_of,
)
from flk_rules.tables.pairing import unpaired, unpaired_rows
from flk_rules.tables.planning import WHOLE, Plan, Wish, plan
from flk_rules.tables.rows import Run, as_facts, facts_of_source, refuse_difference

_KINDS = {
    "boolean": kind.BOOL, "tinyint": kind.WHOLE, "smallint": kind.WHOLE, "int": kind.WHOLE,
    "bigint": kind.WHOLE, "float": kind.SINGLE, "double": kind.REAL, "string": kind.TEXT,
    "array<string>": kind.TEXTS, "array<void>": kind.TEXTS, "date": kind.DATE,
    "void": kind.NOTHING,
}  # fmt: skip
"""What Spark calls its types, in our words."""


class _Over(Spark):
    """Spark's dialect, where tables are called as views are for the moment."""

    def __init__(self, views: Mapping[str, str]) -> None:
        self._views = views

    def sql(self, tree: exp.Expr, *, pretty: bool = True) -> str:
        """A tree as text."""
        return super().sql(tree.transform(self._renamed), pretty=pretty)

    def _renamed(self, node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Table) and node.name in self._views:
            node.set("this", exp.to_identifier(self._views[node.name]))
        return node


@frozen(kw_only=True)
class DecidedFrame:
    """Decisions as a Spark DataFrame, one a row of the question, decided when Spark is asked.

    `unreadable` are the values that were taken as not known, `unpaired` how many rows of a table
    met no other; both were counted when this was made.
    """

    frame: Any
    unreadable: tuple[Unreadable, ...]
    unpaired: Mapping[str, int]
    sql: str = field(repr=False)
    _plan: Plan = field(repr=False)
    _given: Mapping[str, Any] = field(repr=False)
    _decide: Callable[[Facts], Any] = field(repr=False)

    def unpaired_rows(self, table: str) -> Any:
        """The rows of one of several tables that met no other, as a DataFrame: their references and
        what they were to be joined by, as text.

        Raises `UnknownName` for a table that is none of those that were joined.
        """
        query = unpaired_rows(self._plan, table)
        with _views(self._given) as (dialect, _), _told():
            session = next(iter(self._given.values())).sparkSession
            return session.sql(dialect.sql(query, pretty=False))

    def decision(self, row: Any) -> Any:
        """The `Decision` of a row of `frame`: its facts decided once more by the reference
        interpreter, to explain or to keep.

        Raises `TableInvalid` where the row has no ids to find its facts by, and `TypeError` for
        what is no row.
        """
        if not hasattr(row, "asDict"):
            raise TypeError(f"expected a row of the frame, found {shown(row)}")
        said = row.asDict()
        wanted = {name: said[name] for name in self._plan.references if said.get(name) is not None}
        found: dict[str, Any] = {}
        with _views(self._given) as (dialect, run):
            for source in self._plan.sources:
                if not any(name in wanted for name, _ in source.columns):
                    names = " or ".join(f"{each}.id" for each in source.subjects)
                    message = f"no {names} by which its row could be found again"
                    raise TableInvalid([Problem(source.table, message)])
                found |= facts_of_source(run, self._plan, source, wanted, dialect) or {}
        decision = self._decide(as_facts(self._plan.query.ruleset, found))
        refuse_difference(said, decision)
        return decision


def is_frame(tables: Any) -> bool:
    """Whether what was given is Spark's: a DataFrame, or DataFrames by subject."""
    some = list(tables.values()) if isinstance(tables, Mapping) else [tables]
    return any(type(each).__module__.startswith("pyspark.sql") for each in some)


def decide_frame(
    ruleset: Ruleset,
    decider: Decider,
    question: str,
    tables: Any,
    wish: Wish,
    *,
    decide: Callable[[Facts], Any],
) -> DecidedFrame:
    """Every row decided; see `flk_rules.library.Ruleset.decide_table`."""
    given = dict(tables) if isinstance(tables, Mapping) else {WHOLE: tables}
    _refuse_strangers(given)
    columns = {name: _columns_of(frame) for name, frame in given.items()}
    with _views(given) as (dialect, run):
        made = plan(ruleset, decider, question, columns, dialect, wish)
        refuse_all_doubled(run, made, dialect)
        bad = unreadable_of(run, made, dialect)
        alone = unpaired(run, made, dialect)
        with _told():
            frame = next(iter(given.values())).sparkSession.sql(made.sql)
        if made.query.answers.conflicts and "outcome" in frame.columns:
            refuse_conflicts(frame.where("outcome IS NULL").limit(1).count(), made)
    return DecidedFrame(
        frame=frame, unreadable=tuple(bad), unpaired=alone, sql=made.sql, plan=made, given=given,
        decide=decide,
    )  # fmt: skip


def _refuse_strangers(given: Mapping[str, Any]) -> None:
    """Raises `TableInvalid` for what is no DataFrame of a session with a driver of its own."""
    problems = []
    for name, each in given.items():
        home = type(each).__module__
        if home.startswith("pyspark.sql.connect"):
            # Its queries are read anew whenever they run, when the views are gone.
            message = "expected a DataFrame of a classic Spark session, found one of Spark Connect"
            problems.append(Problem(name, message))
        elif not is_frame({name: each}) or not hasattr(each, "createOrReplaceTempView"):
            message = f"expected a Spark DataFrame, found {shown(type(each).__name__)}"
            problems.append(Problem(name, message))
    if problems:
        raise TableInvalid(problems)


def _columns_of(frame: Any) -> list[Column]:
    return [Column(name, _kind_of(type_)) for name, type_ in frame.dtypes]


def _kind_of(type_: str) -> str:
    return kind.DECIMAL if type_.startswith("decimal") else _KINDS.get(type_, type_)


@contextmanager
def _views(given: Mapping[str, Any]) -> Iterator[tuple[_Over, Run]]:
    """The tables as views of names that nobody else has, for as long as queries are made. A
    DataFrame of theirs keeps what it was made from when they are gone."""
    mark = uuid4().hex
    names = {name: f"flk_{mark}_{name}" for name in given}
    session = next(iter(given.values())).sparkSession

    def run(sql: str) -> list[tuple[Any, ...]]:
        with _told():
            return [tuple(row) for row in session.sql(sql).collect()]

    try:
        with _told():
            for name, frame in given.items():
                frame.createOrReplaceTempView(names[name])
        yield _Over(names), run
    finally:
        for each in names.values():
            session.catalog.dropTempView(each)


@contextmanager
def _told() -> Iterator[None]:
    """Spark's failures as ours."""
    from py4j.protocol import Py4JError, Py4JJavaError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as error:
        # What Java says of itself is in the first line of its own exception.
        said = error.java_exception if isinstance(error, Py4JJavaError) else error
        raise TablesFailure(str(said).strip().split("\n")[0].lower()) from None
