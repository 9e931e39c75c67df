"""plans of queries.

From the columns that tables have to the query that decides them: what each column is, how tables
meet, and what comes out. Nothing runs here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import field, frozen

from flk_rules.deciding import Decider
from flk_rules.engines.sql import Dialect
from flk_rules.engines.sql.literals import column
from flk_rules.errors import Problem, TableInvalid, UnknownName, nearest
from flk_rules.facts.headings import LISTED_WITH
from flk_rules.model.rules import Ruleset
from flk_rules.tables.columns import Bound, Column, bind
from flk_rules.tables.query import Query, facts_of
from flk_rules.tables.reading import Read, Reader
from flk_rules.tables.shape import Output, outputs_of
from flk_rules.tables.sources import Source

WHOLE = "roster"
"""What a table is called that has every subject of the question in a row."""
LISTED, UNIT = "listed", "unit"
PAIRS = (LISTED, UNIT)
"""How the rows of several tables meet: a patient with the physician listed with, or each with each
within a unit."""
_PHYSICIAN, _PATIENT = "physician", "patient"
_ID = "{}.id"


@frozen(kw_only=True)
class Plan:
    """A question ready to be asked of tables of these columns.

    `sql` reads tables called as `sources` call them and gives the columns `outputs`; `reads` are
    the facts of each table, `references` the names of the outputs that are the caller's own.
    """

    sql: str
    outputs: tuple[Output, ...]
    references: tuple[str, ...]
    sources: tuple[Source, ...]
    reads: Mapping[str, Sequence[Read]]
    bound: Mapping[str, Bound]
    query: Query
    titles: Mapping[str, str]

    def headings(self, table: str) -> frozenset[str]:
        """The columns that are read of a table."""
        return frozenset(each.heading for each in self.bound[table].columns.values())

    def title(self, table: str) -> str:
        """What messages call a table."""
        return self.titles.get(table, table)


@frozen(kw_only=True)
class Wish:
    """What is asked of tables.

    unknown: facts that may lack a column and are then not known, True for any. outputs: those of
    `OUTPUTS` that are wanted, None for all that the question has. truths: a column a rule as well.
    titles: what messages call the tables, where not by their names. numbered: every table has a
    column of row numbers, called as `row_of` says, that comes out beside the outputs. unknown_by:
    how the caller names facts in `unknown`, for messages.
    """

    pairs: str = LISTED
    unknown: bool | frozenset[str] = False
    outputs: tuple[str, ...] | None = None
    truths: bool = False
    pretty: bool = False
    titles: Mapping[str, str] = field(factory=dict)
    numbered: bool = False
    unknown_by: str = "unknown="


def plan(
    ruleset: Ruleset,
    decider: Decider,
    question: str,
    tables: Mapping[str, Sequence[Column]],
    dialect: Dialect,
    wish: Wish,
) -> Plan:
    """The plan for tables of these columns: one called `WHOLE`, or one a subject, called so.

    Raises `TableInvalid` for columns that are missing, doubled or of the wrong type or tables that
    are not those of the question, `UnknownName` for what else is asked for by a wrong name.
    """
    subjects = ruleset.questions[question].subjects
    keys = _keys(tables, subjects, wish.pairs, question)
    bound = _bound(ruleset, question, tables, keys, wish)
    needed = facts_of(ruleset, question)
    reads: dict[str, list[Read]] = {}
    sources: list[Source] = []
    references: list[str] = []
    for name, columns in ((name, each.columns) for name, each in bound.items()):
        mine = subjects if name == WHOLE else (name,)
        reader = Reader(ruleset, dialect)
        reads[name] = [
            reader.fact(each, columns) for each in needed if each.partition(".")[0] in mine
        ]
        named = [(each.name, each.tree) for each in reads[name]]
        for reference in (_ID.format(each) for each in mine):
            if reference in columns:
                references.append(reference)
                named.append((reference, reader.reference(columns[reference])))
        if wish.numbered:
            named.append((row_of(name), column(row_of(name))))
        key = reader.reference(columns[keys[name]]) if name in keys else None
        days = tuple(reader.days.items())
        sources.append(Source(name, mine, tuple(named), key, keys.get(name, ""), days))
    outputs = outputs_of(ruleset, question, references, wish.outputs)
    query = Query(ruleset, decider.combining, question, dialect)
    if wish.truths:
        _refuse_twice([rule.id for rule in query.rules], [each.name for each in outputs])
    wanted = [each.name for each in outputs if each.name not in references]
    numbers = [row_of(name) for name in bound] if wish.numbered else []
    tree = query.tree(sources, [*references, *numbers], wanted, truths=wish.truths)
    return Plan(
        sql=dialect.sql(tree, pretty=wish.pretty), outputs=outputs, references=tuple(references),
        sources=tuple(sources), reads=reads, bound=bound, query=query, titles=wish.titles,
    )  # fmt: skip


def _refuse_twice(rules: Sequence[str], outputs: Sequence[str]) -> None:
    """Raises `TableInvalid` where a rule is called as another column that comes out."""
    twice = sorted(set(rules) & set(outputs))
    if twice:
        message = f"the rule {twice[0]!r} is called as another column; ask without truths"
        raise TableInvalid([Problem("truths", message)])


def row_of(table: str) -> str:
    """What the column of a table's row numbers is called."""
    return f"{table} row"


def _bound(
    ruleset: Ruleset,
    question: str,
    tables: Mapping[str, Sequence[Column]],
    keys: Mapping[str, str],
    wish: Wish,
) -> dict[str, Bound]:
    """The columns of every table; raises `TableInvalid` with the mistakes of all."""
    subjects = ruleset.questions[question].subjects
    known = facts_of(ruleset, question)
    unknown = wish.unknown if isinstance(wish.unknown, bool) else frozenset(wish.unknown)
    problems: list[Problem] = []
    if not isinstance(unknown, bool):
        problems += [
            Problem(
                wish.unknown_by.rstrip("="),
                f"no fact of {question} called {each!r}{nearest(each, known)}",
            )
            for each in sorted(unknown.difference(known))
        ]
    bound = {}
    for name, columns in tables.items():
        mine = subjects if name == WHOLE else (name,)
        key = [keys[name]] if name in keys else []
        try:
            where = wish.titles.get(name, name)
            bound[name] = bind(
                ruleset, question, where, columns, mine,
                unknown=unknown, unknown_by=wish.unknown_by, keys=key,
            )  # fmt: skip
        except TableInvalid as error:
            problems += error.problems
    if problems:
        raise TableInvalid(problems)
    return bound


def _keys(
    tables: Mapping[str, object], subjects: tuple[str, ...], pairs: str, question: str
) -> dict[str, str]:
    """The column of each table by which it is joined; none for a single one."""
    if pairs not in PAIRS:
        raise UnknownName("way of pairing", pairs, PAIRS)
    if set(tables) == {WHOLE}:
        return {}
    if set(tables) != set(subjects):
        about = " and ".join(subjects)
        there = " and ".join(tables) or "none"
        message = f"{question} is about {about}: expected a table of each, found {there}"
        raise TableInvalid([Problem("", message)])
    if len(tables) == 1:
        return {}
    if pairs == UNIT:
        return dict.fromkeys(tables, _ID.format(UNIT))
    if set(tables) != {_PHYSICIAN, _PATIENT}:
        message = (
            f"expected tables of physicians and patients, who meet by {LISTED_WITH.name}, found "
            f"{' and '.join(tables)}; pair them by unit"
        )
        raise TableInvalid([Problem("", message)])
    return {_PATIENT: LISTED_WITH.name, _PHYSICIAN: _ID.format(_PHYSICIAN)}
