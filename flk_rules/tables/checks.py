"""what tables got wrong.

Counts, per column, what was given and is no value of its fact, with the first examples; and refuses
references that stand twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen
from sqlglot import exp

from flk_rules.engines.sql import Dialect
from flk_rules.engines.sql.literals import all_of, cases, column, integer, is_known, is_null
from flk_rules.errors import Problem, TableInvalid, shown
from flk_rules.facts.validating import suggest_code
from flk_rules.model.schema import FactSpec, Schema
from flk_rules.model.values import Kind
from flk_rules.tables.reading import Read
from flk_rules.tables.sources import Source

EXAMPLES = 100
"""Bad values that are kept of a column, the most frequent first: so many that the most frequent of
several parts are among theirs."""
_SHOWN = 3


@frozen(kw_only=True)
class Unreadable:
    """Values of a column that its fact cannot have: how many, and the most frequent ones with how
    often each came. They were taken as not known."""

    table: str
    fact: str
    headings: tuple[str, ...]
    expected: str
    count: int
    examples: tuple[tuple[str, int], ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "table": self.table, "fact": self.fact, "headings": list(self.headings),
            "expected": self.expected, "count": self.count,
            "examples": [list(each) for each in self.examples],
        }  # fmt: skip

    def __str__(self) -> str:
        most = self.examples[:_SHOWN]
        listed = ", ".join(f"{value} ({count:,})" for value, count in most)
        more = " and others" if sum(count for _, count in most) < self.count else ""
        columns = " and ".join(shown(each) for each in self.headings)
        return (
            f"{self.table} {columns}: expected {self.expected}, found {listed}{more}; "
            f"{self.count:,} taken as not known"
        )


def unreadable(
    run: Any, source: Source, title: str, reads: Sequence[Read], schema: Schema, dialect: Dialect
) -> list[Unreadable]:
    """What was given and is no value, by fact; `run` gives the rows of a query."""
    doubtful = [each for each in reads if each.given is not None]
    if not doubtful:
        return []
    counts = exp.Select(expressions=[
        exp.Sum(this=cases((_bad(each), integer(1)), otherwise=integer(0))) for each in doubtful
    ]).from_(source.rows(), copy=False)  # fmt: skip
    (found,) = run(dialect.sql(counts, pretty=False))
    return [
        Unreadable(
            table=title,
            fact=read.name,
            headings=read.headings,
            expected=_expected(schema.facts[read.name], schema),
            count=int(count),
            examples=_examples(run, source, read, schema.facts[read.name], schema, dialect),
        )
        for read, count in zip(doubtful, found, strict=True)
        if count
    ]


def _bad(read: Read) -> exp.Expr:
    assert read.given is not None
    return all_of([read.given.copy(), is_null(exp.paren(read.tree.copy(), copy=False))])


def _examples(
    run: Any, source: Source, read: Read, spec: FactSpec, schema: Schema, dialect: Dialect
) -> tuple[tuple[str, int], ...]:
    columns: list[exp.Expr] = [column(each) for each in read.headings]
    many = exp.alias_(exp.Count(this=exp.Star()), "many")
    rest = [each.copy() for each in columns]
    query = (
        exp.Select(expressions=[*columns, many])
        .from_(source.rows(), copy=False)
        .where(_bad(read), copy=False)
        .group_by(*rest, copy=False)
        .order_by(
            exp.Ordered(this=exp.column("many"), desc=True),
            *[each.copy() for each in rest],
            copy=False,
        )
        .limit(EXAMPLES, copy=False)
    )
    return tuple(
        (_shown(values, spec, schema), int(count))
        for *values, count in run(dialect.sql(query, pretty=False))
    )


def _shown(values: Sequence[Any], spec: FactSpec, schema: Schema) -> str:
    codes = schema.codes_of(spec.type.codes) if spec.type.codes else {}
    said = " and ".join(str(each) if not isinstance(each, (str, list)) else shown(each)
                        for each in values if each is not None)  # fmt: skip
    wrong = [each for value in values for each in (value if isinstance(value, list) else [value])
             if isinstance(each, str) and codes and each not in codes]  # fmt: skip
    return said + (suggest_code(wrong[0], codes) if wrong else "")


def _expected(spec: FactSpec, schema: Schema) -> str:
    match spec.type.kind:
        case Kind.BOOL:
            return "yes or no"
        case Kind.STRING:
            return f"a code of {spec.type.codes}"
        case Kind.LIST:
            return f"codes of {spec.type.codes}"
    whole = "a whole number" if spec.type.kind is Kind.INT else "a number"
    bounds = (
        "" if spec.minimum is None or spec.maximum is None
        else f" from {spec.minimum} to {spec.maximum}"
    )  # fmt: skip
    decimals = "" if spec.type.kind is Kind.INT else f" with at most {spec.scale} decimals"
    return f"{whole}{bounds}{decimals} for {spec.name}"


def references_of(source: Source) -> dict[str, exp.Expr]:
    """The references that tell a source's rows apart, as its query reads them; none where one of
    its subjects has none."""
    names = [f"{subject}.id" for subject in source.subjects]
    columns = dict(source.columns)
    return {name: columns[name] for name in names} if columns.keys() >= set(names) else {}


def refuse_doubled(
    run: Any, table: str, title: str, references: Mapping[str, exp.Expr], dialect: Dialect
) -> None:
    """Raises `TableInvalid` where a reference, or a pair of them, stands on several rows."""
    if not references:
        return
    what = " with ".join(references)
    columns: list[exp.Expr] = [column(each) for each in references]
    named = [exp.alias_(tree.copy(), name, quoted=True) for name, tree in references.items()]
    inner = exp.Select(expressions=named).from_(exp.to_table(table), copy=False)
    many = exp.Count(this=exp.Star())
    doubled = exp.Window(this=exp.Count(this=exp.Star()))
    query = (
        exp.Select(expressions=[*columns, many, doubled])
        .from_(inner.subquery("references_of", copy=False), copy=False)
        .where(all_of([is_known(each.copy()) for each in columns]), copy=False)
        .group_by(*[each.copy() for each in columns], copy=False)
        .having(exp.GT(this=many.copy(), expression=integer(1)), copy=False)
        .order_by(*[each.copy() for each in columns], copy=False)
        .limit(_SHOWN, copy=False)
    )
    first = run(dialect.sql(query, pretty=False))
    if first:
        count = first[0][-1]
        listed = ", ".join(
            f"{' with '.join(shown(each) for each in values)} ({rows} rows)"
            for *values, rows, _ in first
        )
        more = f" and {count - len(first):,} more" if count > len(first) else ""
        raise TableInvalid([
            Problem(title, f"expected each {what} once, found {listed}{more}; keep one row of each")
        ])  # fmt: skip
