"""where facts come from.

One table with every subject in a row, or a table a subject that are joined. What rests on one
table alone is computed there, before the join: nine thousand physicians, not ten million pairs.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define, field, frozen
from sqlglot import exp

from flk_rules.engines.sql import Compiler, Dialect
from flk_rules.engines.sql.conditions import Placed
from flk_rules.engines.sql.literals import column
from flk_rules.language import print_expression
from flk_rules.model.expressions import (
    And,
    Compare,
    DefinitionRef,
    Expr,
    FactRef,
    Member,
    Not,
    Or,
    SetRelation,
)
from flk_rules.model.rules import Citation, Ruleset

Named = tuple[str, exp.Expr]
"""A column: what it is called and what it is."""


@frozen
class Source:
    """A table: its name, the subjects whose facts it has, its columns as typed facts and, where it
    is one of several, what it is joined by, as it reads it and as it is called. `days` are cells
    read as dates, columns that others are made of: each names a date dozens of times."""

    table: str
    subjects: tuple[str, ...]
    columns: tuple[Named, ...]
    key: exp.Expr | None = None
    joined_by: str = ""
    days: tuple[Named, ...] = ()

    def rows(self) -> exp.Expr:
        """What is read: the table, with its days where it has some."""
        table = exp.to_table(self.table)
        if not self.days:
            return table
        made = [exp.alias_(tree.copy(), name, quoted=True, copy=False) for name, tree in self.days]
        select = exp.Select(expressions=[exp.Star(), *made]).from_(table, copy=False)
        return select.subquery(self.table, copy=False)

    @property
    def key_name(self) -> str:
        """What the column is called by which it is joined."""
        return f"{self.table} key"


@define
class Frame:
    """The common table expressions of a query, each made of the one before and called otherwise
    than the tables."""

    tables: set[str]
    stages: list[tuple[str, exp.Select]] = field(factory=list)

    def begin(self, name: str, source: Source) -> str:
        """A table with its columns as facts."""
        columns = [*source.columns]
        if source.key is not None:
            columns.append((source.key_name, source.key.copy()))
        select = exp.Select(expressions=[_aliased(each) for each in columns])
        return self._stage(name, select.from_(source.rows(), copy=False))

    def more(self, name: str, of: str, columns: Sequence[Named]) -> str:
        """A stage with further columns; the stage itself where there are none."""
        if not columns:
            return of
        star: list[exp.Expr] = [exp.Star()]
        select = exp.Select(expressions=star + [_aliased(each) for each in columns])
        return self._stage(name, select.from_(exp.to_identifier(of), copy=False))

    def joined(self, name: str, select: exp.Select) -> str:
        """A stage of several."""
        return self._stage(name, select)

    def _stage(self, name: str, select: exp.Select) -> str:
        while name in self.tables:
            name += "_"
        self.tables.add(name)
        self.stages.append((name, select))
        return name

    def query(self, of: str, columns: Sequence[Named]) -> exp.Select:
        """The whole, whose last stage has these columns alone."""
        select = exp.Select(expressions=[_aliased(each) for each in columns])
        select = select.from_(exp.to_identifier(of), copy=False)
        for name, stage in self.stages:
            select = select.with_(name, as_=stage, copy=False)
        return select


def _aliased(named: Named) -> exp.Expr:
    name, tree = named
    if isinstance(tree, exp.Column) and tree.name == name:
        return tree
    alias = exp.alias_(tree, name, quoted=True, copy=False)
    alias.comments, tree.comments = tree.comments, None
    return alias


class Placing:
    """Columns for what rests on one source alone, made as conditions ask for them."""

    def __init__(self, ruleset: Ruleset, dialect: Dialect, sources: Sequence[Source]) -> None:
        self._ruleset, self._dialect = ruleset, dialect
        self._of = {subject: each for each in sources for subject in each.subjects}
        self._several = len(sources) > 1
        self._found: dict[tuple[Expr, frozenset[str]], tuple[Source, Named]] = {}

    def alone(self, node: Expr) -> Source | None:
        """The source that has every fact that a condition reads, if there is one."""
        found = {
            self._of[each.path.partition(".")[0]].table
            for each in self._ruleset.nodes_of(node)
            if isinstance(each, FactRef)
        }
        if len(found) != 1:
            return None
        return next(each for each in self._of.values() if each.table in found)

    def placed(self, opened: frozenset[str]) -> Placed:
        """Where a condition with these parameters open stands already."""
        return lambda node: self._column(node, opened) if self._several else None

    def columns(self, source: Source) -> list[Named]:
        """What was asked for of one source."""
        return [named for of, named in self._found.values() if of is source]

    def _column(self, node: Expr, opened: frozenset[str]) -> exp.Column | None:
        if not isinstance(node, (And, Or, Not, Compare, Member, SetRelation)):
            return None
        source = self.alone(node)
        if source is None:
            return None
        compiler = Compiler(self._ruleset, self._dialect, opened)
        if not compiler.reads_open(node):
            opened = frozenset()
            compiler = Compiler(self._ruleset, self._dialect)
        key = node, opened
        if key not in self._found:
            name = f"{source.table} {len(self._found) + 1}"
            tree = compiler.condition(node)
            tree.add_comments([print_expression(node).replace("*/", "* /")])
            self._found[key] = source, (name, tree)
        return column(self._found[key][1][0])


def definitions(
    ruleset: Ruleset, conditions: Sequence[Expr], compiler: Compiler
) -> list[list[str]]:
    """The definitions that conditions use as columns, each after those that it uses itself, in
    levels."""
    levels: dict[str, int] = {}

    def level(path: str) -> int:
        if path not in levels:
            when = ruleset.definitions[path].when
            inner = [
                each.path for each in ruleset.nodes_of(when) if isinstance(each, DefinitionRef)
            ]
            levels[path] = 1 + max((level(each) for each in inner), default=0)
        return levels[path]

    def used(condition: Expr) -> list[str]:
        return [
            each.path
            for each in ruleset.nodes_of(condition)
            if isinstance(each, DefinitionRef) and not compiler.written_out(each)
        ]

    for condition in conditions:
        for each in used(condition):
            level(each)
    return [
        sorted(path for path, at in levels.items() if at == number)
        for number in range(1, max(levels.values(), default=0) + 1)
    ]


def cited(name: str, source: Citation | None) -> str:
    """What a comment beside a column says."""
    said = f"{name}: {source.document}, {source.section} [{source.statement}]" if source else name
    return said.replace("*/", "* /")
