"""parity of the sql engine.

Holds whole tables decided by SQL on DuckDB against the reference interpreter, row by row: the truth
of every rule, and everything that an answer says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs
import duckdb
from attrs import define, field

from flk_rules.deciding import Decider
from flk_rules.engines.reference import Interpreter, Trace, fire
from flk_rules.engines.sql import dialect_of
from flk_rules.engines.sql.literals import column
from flk_rules.explaining import assumptions_of
from flk_rules.facts import Facts
from flk_rules.model.answers import Combine
from flk_rules.model.expressions import Expr, FactRef
from flk_rules.model.rules import Ruleset
from flk_rules.model.values import Value
from flk_rules.model.verdicts import Firings
from flk_rules.tables.query import Query
from flk_rules.tables.shape import OUTPUTS
from flk_rules.tables.sources import Source
from soak.shipped import differing, loaded
from support.random_facts import FactSource
from support.rulesets import QUESTION, random_ruleset
from support.tabled import answered, asking, read_facts, table_of

Run = Callable[
    [Ruleset, Decider, str, Sequence[dict[str, Value]], Sequence[str]], list[dict[str, Any]]
]
"""What a query gives for each of the facts, in their order."""
ROWS_EACH = 40
"""Rows of one random ruleset: compiling its SQL costs as much as deciding thousands."""
CHUNK = 20_000
"""Rows of a table at a time."""
ASSUMED = 1_000
"""Rows whose assumptions are held against the reference too."""
MOST_KEPT = 100_000
"""Truths of the reference that are remembered."""


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


class Remembering(Interpreter):
    """The reference interpreter, which asks about a condition once for the same values of the facts
    that it reads: what it says depends on nothing else."""

    def __init__(self, ruleset: Ruleset, conditions: Sequence[Expr]) -> None:
        super().__init__(ruleset)
        self._reads = {
            id(when): tuple(sorted({
                each.path for each in ruleset.nodes_of(when) if isinstance(each, FactRef)
            }))
            for when in conditions
        }  # fmt: skip
        self._found: dict[tuple[object, ...], Trace] = {}

    def trace(self, node: Expr, facts: Mapping[str, Value]) -> Trace:
        reads = self._reads.get(id(node))
        if reads is None:
            return super().trace(node, facts)
        key = id(node), *map(facts.get, reads)
        found = self._found.get(key)
        if found is None:
            if len(self._found) >= MOST_KEPT:
                self._found.clear()
            whole = super().trace(node, facts)
            found = self._found[key] = Trace(node, whole.value)
        return found


class Wanted:
    """What the reference says of facts, with the truth of each rule."""

    def __init__(self, ruleset: Ruleset, question: str, outputs: Sequence[str]) -> None:
        rules = ruleset.rules_of(question)
        self.rules = [rule.id for rule in rules]
        self.decider = Decider(ruleset, question, "reference")
        self._ruleset, self._outputs = ruleset, outputs
        self._conditions = [*enumerate(rule.when for rule in rules)]
        self._interpreter = Remembering(ruleset, [rule.when for rule in rules])

    def of(self, facts: dict[str, Value]) -> tuple[Firings, dict[str, Any]]:
        firings = fire(self._interpreter, self._conditions, facts)
        verdict = self.decider.combining.verdict(firings)
        missing = self.decider.missing(verdict, facts, self._interpreter)
        said = answered(verdict, missing)
        if "assumptions" in self._outputs:
            answer = self.decider.answer(Facts(self._ruleset.on, facts, (), {}))
            assert (answer.verdict, answer.missing) == (verdict, missing)
            found = assumptions_of(answer, self._ruleset, self.decider)
            said["assumptions"] = [each.id for each in found]
        said = {name: said[name] for name in self._outputs}
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
    run: Run | None = None,
) -> Compared:
    """Every row by SQL and by reference; on DuckDB, or where `run` runs it."""
    wanted = wanted or Wanted(ruleset, question, outputs)
    rows = (run or run_sql)(ruleset, wanted.decider, question, facts, outputs)
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


def random_tables(first: int, rulesets: int, run: Run | None = None) -> Compared:
    """Rulesets of as many seeds from `first`, each combined in one of the four ways."""
    found = Compared()
    for seed in range(first, first + rulesets):
        combine = list(Combine)[seed % len(Combine)]
        ruleset = asking(random_ruleset(seed), combine, seed)
        source = FactSource(ruleset, seed)
        facts = [source.draw() for _ in range(ROWS_EACH)]
        found.add(compare(ruleset, QUESTION, facts, seed=seed, run=run))
    return found


def parts(rows: int, seed: int) -> list[tuple[str, str, int, int, tuple[str, ...]]]:
    """At least as many rows of each distinct shipped question, in parts with seeds of their own,
    and some more with their assumptions, which take the reference twenty times as long."""
    plain = tuple(each for each in OUTPUTS if each != "assumptions")
    found = []
    for name, question in differing():
        found.append((name, question, seed * 10**6, min(rows, ASSUMED), OUTPUTS))
        found += [
            (name, question, seed * 10**6 + part, min(rows, CHUNK), plain)
            for part in range(1, 1 - (-rows // CHUNK))
        ]
    return found


def shipped_tables(
    name: str,
    question: str,
    seed: int,
    rows: int,
    outputs: Sequence[str] = OUTPUTS,
    run: Run | None = None,
) -> Compared:
    """As many random rows of one shipped question, in tables of `CHUNK` rows."""
    ruleset = loaded(name)
    read = {fact: ruleset.schema.facts[fact] for fact in read_facts(ruleset, question)}
    narrow = attrs.evolve(ruleset, schema=attrs.evolve(ruleset.schema, facts=read))
    source = FactSource(narrow, seed, question)
    wanted = Wanted(ruleset, question, outputs)
    found = Compared()
    for done in range(0, rows, CHUNK):
        facts = [source.draw() for _ in range(min(CHUNK, rows - done))]
        found.add(
            compare(ruleset, question, facts, outputs=outputs, seed=seed, wanted=wanted, run=run)
        )
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
