"""what databases call things.

Where SQL has no one word for an operation, or sqlglot does not print it for a database: lists
mostly. All else is the same expression tree in every dialect.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from sqlglot import exp

from flk_rules.engines.sql.literals import TEXTS, cases, cast, text_array
from flk_rules.errors import UnknownName

_NAME = 63
"""Bytes that PostgreSQL keeps of a name."""
DIALECTS = ("duckdb", "spark", "postgres")


class Dialect:
    """DuckDB, whose words the others change where they have others."""

    name = "duckdb"

    def size(self, items: exp.Expr) -> exp.Expr:
        """How many a list holds; NULL of NULL."""
        return exp.ArraySize(this=items)

    def contains(self, items: exp.Expr, item: exp.Expr) -> exp.Expr:
        """Whether a list holds an item; NULL where either is."""
        return exp.ArrayContains(this=items, expression=item)

    def overlaps(self, left: exp.Expr, right: exp.Expr) -> exp.Expr:
        """Whether two lists have an item in common; NULL where either is."""
        return exp.Anonymous(this="LIST_HAS_ANY", expressions=[left, right])

    def contains_all(self, left: exp.Expr, right: exp.Expr) -> exp.Expr:
        """Whether the first list holds every item of the second; NULL where either is."""
        return exp.Anonymous(this="LIST_HAS_ALL", expressions=[left, right])

    def distinct(self, items: exp.Expr) -> exp.Expr:
        """A list with each item once, in any order."""
        return exp.Anonymous(this="LIST_DISTINCT", expressions=[items])

    def whole(self, items: exp.Expr) -> exp.Expr:
        """Whether no item of a list is NULL."""
        filled = exp.Anonymous(this="LIST_COUNT", expressions=[items.copy()])
        return exp.EQ(this=filled, expression=self.size(items))

    def divide(self, left: exp.Expr, right: exp.Expr) -> exp.Expr:
        """Integers divided, the fraction dropped toward zero; the divisor is not zero."""
        return exp.IntDiv(this=left, expression=right)

    def chosen(self, pairs: Sequence[tuple[str, exp.Expr]]) -> exp.Expr:
        """The texts whose condition, never NULL, is true, as a list."""
        if not pairs:
            return cast(exp.Array(expressions=[]), TEXTS)
        return self._chosen(pairs)

    def _chosen(self, pairs: Sequence[tuple[str, exp.Expr]]) -> exp.Expr:
        marks = exp.Array(expressions=[when for _, when in pairs])
        texts = text_array(text for text, _ in pairs)
        return exp.Anonymous(this="LIST_WHERE", expressions=[texts, marks])

    def sql(self, tree: exp.Expr, *, pretty: bool = True) -> str:
        """A tree as text."""
        return tree.sql(dialect=self.name, pretty=pretty, comments=pretty, identify=False)


class Spark(Dialect):
    """Apache Spark, ANSI mode or not."""

    name = "spark"

    def size(self, items: exp.Expr) -> exp.Expr:
        """`size` says -1 of NULL where Spark is not in ANSI mode."""
        return exp.Anonymous(this="ARRAY_SIZE", expressions=[items])

    def overlaps(self, left: exp.Expr, right: exp.Expr) -> exp.Expr:
        return exp.Anonymous(this="ARRAYS_OVERLAP", expressions=[left, right])

    def distinct(self, items: exp.Expr) -> exp.Expr:
        return exp.Anonymous(this="ARRAY_DISTINCT", expressions=[items])

    def whole(self, items: exp.Expr) -> exp.Expr:
        filled = exp.Anonymous(this="ARRAY_COMPACT", expressions=[items.copy()])
        return exp.EQ(this=self.size(filled), expression=self.size(items))

    def contains_all(self, left: exp.Expr, right: exp.Expr) -> exp.Expr:
        rest = exp.Anonymous(this="ARRAY_EXCEPT", expressions=[right, left])
        return exp.EQ(this=self.size(rest), expression=exp.Literal.number(0))

    def _chosen(self, pairs: Sequence[tuple[str, exp.Expr]]) -> exp.Expr:
        return exp.Anonymous(this="ARRAY_COMPACT", expressions=[_marked(pairs)])


class Postgres(Dialect):
    """PostgreSQL: printed, and run on a server by the tests alone. Arithmetic beyond what a double
    holds is infinite elsewhere and an error of the server there."""

    name = "postgres"

    def sql(self, tree: exp.Expr, *, pretty: bool = True) -> str:
        """A tree as text, in names that the server does not cut."""
        short = tree.copy()
        for each in short.find_all(exp.Identifier):
            each.set("this", self.called(each.this))
        return super().sql(short, pretty=pretty)

    @staticmethod
    def called(name: str) -> str:
        """What a column is called, of whose name the server would keep 63 bytes: one that is longer
        ends in a digest of the whole."""
        if len(name.encode()) <= _NAME:
            return name
        return f"{name[: _NAME - 9]}~{sha256(name.encode()).hexdigest()[:8]}"

    def size(self, items: exp.Expr) -> exp.Expr:
        return exp.Anonymous(this="CARDINALITY", expressions=[items])

    def contains(self, items: exp.Expr, item: exp.Expr) -> exp.Expr:
        return exp.EQ(this=item, expression=exp.Any(this=exp.paren(items, copy=False)))

    def distinct(self, items: exp.Expr) -> exp.Expr:
        every = exp.Anonymous(this="UNNEST", expressions=[items])
        select = exp.Select(expressions=[every], distinct=exp.Distinct())
        return exp.Anonymous(this="ARRAY", expressions=[select])

    def whole(self, items: exp.Expr) -> exp.Expr:
        place = exp.Anonymous(this="ARRAY_POSITION", expressions=[items, exp.null()])
        return exp.Is(this=place, expression=exp.null())

    def overlaps(self, left: exp.Expr, right: exp.Expr) -> exp.Expr:
        return exp.ArrayOverlaps(this=left, expression=right)

    def contains_all(self, left: exp.Expr, right: exp.Expr) -> exp.Expr:
        return exp.ArrayContainsAll(this=left, expression=right)

    def _chosen(self, pairs: Sequence[tuple[str, exp.Expr]]) -> exp.Expr:
        return exp.Anonymous(this="ARRAY_REMOVE", expressions=[_marked(pairs), exp.null()])


def dialect_of(name: str) -> Dialect:
    """The dialect called `name`; raises `UnknownName`."""
    for each in (Dialect, Spark, Postgres):
        if each.name == name:
            return each()
    raise UnknownName("dialect", name, DIALECTS)


def _marked(pairs: Sequence[tuple[str, exp.Expr]]) -> exp.Array:
    """Each text where its condition is true, NULL elsewhere."""
    cells = [cases((when, exp.Literal.string(text))) for text, when in pairs]
    return exp.Array(expressions=cells)
