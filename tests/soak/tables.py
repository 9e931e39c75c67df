"""parity of the sql engine.

Holds whole tables decided by SQL on DuckDB against the reference interpreter, row by row: the truth
of every rule, and everything that an answer says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
from attrs import define, field

from flk_rules.deciding import Decider
from flk_rules.engines.reference import Reference
from flk_rules.engines.sql import dialect_of
from flk_rules.engines.sql.literals import column
from flk_rules.model.answers import Combine
from flk_rules.model.expressions import ParameterRef
from flk_rules.model.rules import Ruleset
from flk_rules.model.values import Value
from flk_rules.model.verdicts import Firings
from flk_rules.tables.query import Query
from flk_rules.tables.shape import OUTPUTS
from flk_rules.tables.sources import Source
from soak.shipped import asked, loaded
from support.random_facts import FactSource
from support.rulesets import QUESTION, random_ruleset
from support.tabled import asking, decided, read_facts, table_of

ROWS_EACH = 40
"""Rows of one random ruleset: compiling its SQL costs as much as deciding thousands."""
CHUNK = 20_000
"""Rows of a table at a time."""
MOST_KEPT = 100_000
"""Answers of the reference that are kept."""


@define
class Compared:
    """Rows compared, the truths seen in them, and the first rows that differ."""

    rows: int = 0
    true: int = 0
    false: int = 0
    unknown: int = 0
    differences: list[str] = field(factory=list)

    def add(self, other: Compared) -> None:
        self.rows += other.rows
        self.true += other.true
        self.false += other.false
        self.unknown += other.unknown
        self.differences += other.differences


class _Watched(Reference):
    """The reference engine, which remembers what it last fired."""

    last = Firings(0, 0)

    def fire(self, facts: Mapping[str, Value]) -> Firings:
        self.last = super().fire(facts)
        return self.last


class Wanted:
    """What the reference says of facts, with the truth of each rule; facts met before are not
    asked again."""

    def __init__(self, ruleset: Ruleset, question: str, outputs: Sequence[str]) -> None:
        self.decider = Decider(ruleset, question, "reference")
        self.decider.engine = self._engine = _Watched(ruleset, question)
        self.rules = [rule.id for rule in ruleset.rules_of(question)]
        self._ruleset, self._outputs = ruleset, outputs
        self._names = read_facts(ruleset, question)
        self._found: dict[tuple[Value | None, ...], tuple[Firings, dict[str, Any]]] = {}

    def of(self, facts: Mapping[str, Value]) -> tuple[Firings, dict[str, Any]]:
        key = tuple([facts.get(name) for name in self._names])
        if key not in self._found:
            if len(self._found) >= MOST_KEPT:
                self._found.clear()
            self._found[key] = self._asked({n: v for n, v in zip(self._names, key, strict=True)
                                            if v is not None})  # fmt: skip
        return self._found[key]

    def _asked(self, known: dict[str, Value]) -> tuple[Firings, dict[str, Any]]:
        said = decided(self.decider, self._ruleset, known, self._outputs)
        firings = self._engine.last
        for place, rule in enumerate(self.rules):
            open_ = firings.unknown >> place & 1
            said[rule] = None if open_ else bool(firings.true >> place & 1)
        return firings, said


def compare(
    ruleset: Ruleset,
    question: str,
    facts: Sequence[dict[str, Value]],
    *,
    outputs: Sequence[str] = OUTPUTS,
    seed: int = 0,
    wanted: Wanted | None = None,
) -> Compared:
    """Every row by SQL and by reference."""
    wanted = wanted or Wanted(ruleset, question, outputs)
    rows = run_sql(ruleset, wanted.decider, question, facts, outputs)
    found = Compared()
    for number, (known, row) in enumerate(zip(facts, rows, strict=True)):
        firings, said = wanted.of(known)
        found.rows += 1
        found.true += firings.true.bit_count()
        found.unknown += firings.unknown.bit_count()
        if said != row:
            differ = {name: (said[name], row.get(name)) for name in said
                      if said[name] != row.get(name)}  # fmt: skip
            found.differences.append(
                f"{ruleset.id} {question}, seed {seed}, row {number}: {differ}\n    {known!r}"
            )
    found.false = found.rows * len(wanted.rules) - found.true - found.unknown
    return found


def random_tables(first: int, rulesets: int) -> Compared:
    """Rulesets of as many seeds from `first`, each combined in one of the four ways."""
    found = Compared()
    for seed in range(first, first + rulesets):
        combine = list(Combine)[seed % len(Combine)]
        ruleset = asking(random_ruleset(seed), combine, seed)
        source = FactSource(ruleset, seed)
        facts = [source.draw() for _ in range(ROWS_EACH)]
        found.add(compare(ruleset, QUESTION, facts, seed=seed))
    return found


def distinct() -> list[tuple[str, str]]:
    """The shipped questions, those whose rules a lower layer has exactly so left out."""
    found: dict[object, tuple[str, str]] = {}
    for name, question in sorted(asked(), key=lambda each: (each[0] != "se.national", each)):
        ruleset = loaded(name)
        rules = ruleset.rules_of(question)
        read = {
            each.path: ruleset.parameters[each.path].value
            for rule in rules
            for each in ruleset.nodes_of(rule.when)
            if isinstance(each, ParameterRef)
        }
        key = question, rules, tuple(sorted(read.items(), key=str))
        found.setdefault(key, (name, question))
    return list(found.values())


def shipped_tables(
    name: str, question: str, seed: int, rows: int, outputs: Sequence[str] = OUTPUTS
) -> Compared:
    """As many random rows of one shipped question, in tables of `CHUNK` rows."""
    ruleset = loaded(name)
    source = FactSource(ruleset, seed, question)
    wanted = Wanted(ruleset, question, outputs)
    found = Compared()
    for done in range(0, rows, CHUNK):
        facts = [source.draw() for _ in range(min(CHUNK, rows - done))]
        found.add(compare(ruleset, question, facts, outputs=outputs, seed=seed, wanted=wanted))
    return found


def run_sql(
    ruleset: Ruleset,
    decider: Decider,
    question: str,
    facts: Sequence[dict[str, Value]],
    outputs: Sequence[str],
) -> list[dict[str, Any]]:
    """What the query gives for each of the facts, in their order."""
    names = read_facts(ruleset, question)
    query = Query(ruleset, decider.combining, question, dialect_of("duckdb"))
    source = Source("roster", (), tuple((name, column(name)) for name in names))
    sql = query.dialect.sql(query.tree([source], [], outputs, truths=True), pretty=False)
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        connection.register("roster", table_of(ruleset, facts, names))
        rows: list[dict[str, Any]] = connection.sql(sql).to_arrow_table().to_pylist()
    return rows
