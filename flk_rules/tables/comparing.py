"""two rulesets compared.

The same rows under one ruleset and under another, or on one day and on another: which outcomes
change, by which rules, and rows of each change to explain under both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from attrs import evolve, field, frozen

from flk_rules.engines.sql import dialect_of
from flk_rules.facts import Facts
from flk_rules.tables.batch import Job, planned, refuse_doubled_in_files
from flk_rules.tables.changing import into
from flk_rules.tables.checks import Unreadable
from flk_rules.tables.deciding import refuse_conflicts, runner, unreadable_of
from flk_rules.tables.duck import connected, told
from flk_rules.tables.pairing import unpaired
from flk_rules.tables.planning import Plan, row_of
from flk_rules.tables.rows import Run, as_facts, facts_of_source, refuse_unlike, verdict_row
from flk_rules.tables.summary import together

BEFORE, AFTER = "before", "after"
GAINED, LOST = "gained", "lost"
_DUCKDB = dialect_of("duckdb")
_OUTPUTS = ("outcome", "reason", "value", "grounds")

CHANGED = pa.schema([
    pa.field("before", pa.string()), pa.field("after", pa.string()),
    pa.field(LOST, pa.list_(pa.string())), pa.field(GAINED, pa.list_(pa.string())),
])  # fmt: skip
"""What is said of a changed row beside its references: its outcome before and after, and the
grounds that it has under one of the two alone."""
Change = tuple[str, str]
"""An outcome, with its reason or number if it has one, before and after."""


@frozen(kw_only=True)
class Sample:
    """A row whose outcome changes: its references, and its facts as each ruleset reads them."""

    change: Change
    references: Mapping[str, str]
    before: Facts
    after: Facts


@frozen(kw_only=True)
class Comparison:
    """What another ruleset would do.

    changes: rows by outcome before and after. rules: of those rows, how many have a rule among
    their grounds under one ruleset alone, by rule and whether it is gained or lost; a row without
    such a rule counts under the empty name. samples: rows to explain, one of each change a part.
    unpaired and unreadable: as of a batch, by either ruleset.
    """

    rows: int = 0
    changes: Mapping[Change, int] = field(factory=dict)
    rules: Mapping[tuple[str, str], int] = field(factory=dict)
    samples: tuple[Sample, ...] = ()
    unpaired: int = 0
    unreadable: tuple[Unreadable, ...] = ()

    @property
    def changed(self) -> int:
        """Rows with another outcome."""
        return sum(self.changes.values())

    def __add__(self, other: Comparison) -> Comparison:
        seen = {each.change for each in self.samples}
        return Comparison(
            rows=self.rows + other.rows,
            changes=_most(Counter(self.changes) + Counter(other.changes)),
            rules=_most(Counter(self.rules) + Counter(other.rules)),
            samples=(
                *self.samples,
                *(each for each in other.samples if each.change not in seen),
            ),
            unpaired=self.unpaired + other.unpaired,
            unreadable=together(self.unreadable, other.unreadable),
        )

    def to_dict(self) -> dict[str, Any]:
        """The counts as JSON values."""
        return {
            "rows": self.rows,
            "changed": self.changed,
            "changes": [
                {"before": before, "after": after, "rows": rows}
                for (before, after), rows in self.changes.items()
            ],
            "rules": [
                {"rule": rule or None, "ground": how or None, "rows": rows}
                for (rule, how), rows in self.rules.items()
            ],
            "samples": [
                {"before": each.change[0], "after": each.change[1], **each.references}
                for each in self.samples
            ],
            "unpaired": self.unpaired,
            "unreadable": [each.to_dict() for each in self.unreadable],
        }


def compare(before: Job, after: Job, changed: Path | None = None) -> Iterator[Comparison]:
    """What each part comes to under both jobs, which are of the same files; the rows that change
    go into the file `changed`, Parquet or CSV by its name, which is there when all are.

    Raises as `run_batch` does, and `TablesFailure` where a row that is picked as a sample is
    decided otherwise by the reference interpreter.
    """
    jobs = [
        evolve(each, wish=evolve(each.wish, outputs=_OUTPUTS, numbered=True))
        for each in (before, after)
    ]
    plans = [planned(each) for each in jobs]
    read = {name: plans[0].headings(name) | plans[1].headings(name) for name in plans[0].bound}
    references = plans[0].references
    with ExitStack() as stack:
        connection = stack.enter_context(connected(memory=before.memory))
        write = stack.enter_context(into(changed, _schema(references))) if changed else None
        for job, made in zip(jobs, plans, strict=True):
            refuse_doubled_in_files(connection, job, made)
        tables = {
            name: _numbered(name, after.others[name].spelled(file.whole(read[name])))
            for name, file in before.others.items()
        }
        for name, table in tables.items():
            connection.register(name, table)
        main, first = before.main.name, True
        for part in before.main.parts(read[main], before.rows):
            tables[main] = _numbered(main, after.main.spelled(part.read()))
            connection.register(main, tables[main])
            found = _compared(connection, jobs, plans, tables)
            if write:
                names = ", ".join(f'"{each}"' for each in _schema(references).names)
                ordered = sorted(tables, key=lambda name: name != main)
                numbers = ", ".join(f'"{row_of(name)}"' for name in ordered)
                rows = f"SELECT {names} FROM changed ORDER BY {numbers}"
                write(connection.sql(rows).to_arrow_table().cast(_schema(references)))
            yield evolve(found, unreadable=_unreadable(connection, plans, None if first else main))
            first = False


def _schema(references: Sequence[str]) -> pa.Schema:
    """The columns of changed rows."""
    return pa.schema([*(pa.field(each, pa.string()) for each in references), *CHANGED])


def _unreadable(
    connection: duckdb.DuckDBPyConnection, plans: list[Plan], only: str | None
) -> tuple[Unreadable, ...]:
    """What either reads and cannot, each column once."""
    found = {
        (each.table, each.fact): each
        for made in reversed(plans)
        for each in unreadable_of(runner(connection), made, _DUCKDB, only)
    }
    return tuple(found.values())


def _numbered(name: str, table: pa.Table) -> pa.Table:
    """A table with its rows' numbers: what a row is known by under both rulesets, id or none."""
    return table.append_column(row_of(name), pa.array(range(table.num_rows), pa.int64()))


def _compared(
    connection: duckdb.DuckDBPyConnection,
    jobs: list[Job],
    plans: list[Plan],
    tables: Mapping[str, pa.Table],
) -> Comparison:
    run = runner(connection)
    for name, made in zip((BEFORE, AFTER), plans, strict=True):
        with told():
            connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {made.sql}")
        ((without,),) = run(f"SELECT COUNT(*) FROM {name} WHERE outcome IS NULL")
        refuse_conflicts(without, made)
    ((rows,),) = run(f"SELECT COUNT(*) FROM {BEFORE}")
    numbers = ", ".join(f'"{row_of(name)}"' for name in plans[0].bound)
    references = "".join(f'b."{each}", ' for each in plans[0].references)
    run(
        "CREATE OR REPLACE TEMP TABLE changed AS SELECT * FROM "
        f"(SELECT {numbers}, {references}{_side('b')} AS before, {_side('a')} AS after, "
        f"{_said('b')} AS was, {_said('a')} AS becomes, {_without('b', 'a')} AS {LOST}, "
        f"{_without('a', 'b')} AS {GAINED} "
        f"FROM {BEFORE} b JOIN {AFTER} a USING ({numbers})) WHERE before <> after"
    )
    changes = {(one, two): count for one, two, count in run(
        "SELECT before, after, COUNT(*) FROM changed GROUP BY ALL"
    )}  # fmt: skip
    rules: dict[tuple[str, str], int] = {}
    for how in (GAINED, LOST):
        for rule, count in run(
            f"SELECT one, COUNT(*) FROM (SELECT UNNEST({how}) AS one FROM changed) GROUP BY one"
        ):
            rules[rule, how] = count
    ((neither,),) = run(f"SELECT COUNT(*) FROM changed WHERE LEN({LOST}) = 0 AND LEN({GAINED}) = 0")
    if neither:
        rules["", ""] = neither
    picked = run(
        f"SELECT DISTINCT ON (before, after) before, after, was, becomes, {numbers} "
        f"FROM changed ORDER BY before, after, {numbers}"
    )
    samples = []
    for one, two, was, becomes, *places in picked:
        for name, place in zip(plans[0].bound, places, strict=True):
            connection.register(name, tables[name].slice(place, 1))
        samples.append(_sample(run, (one, two), (was, becomes), jobs, plans))
    for name, table in tables.items():
        connection.register(name, table)
    return Comparison(
        rows=rows, changes=_most(changes), rules=_most(rules), samples=tuple(samples),
        unpaired=unpaired(run, plans[0], _DUCKDB).get(jobs[0].main.name, 0),
    )  # fmt: skip


def _sample(
    run: Run,
    change: Change,
    said: tuple[Mapping[str, Any], Mapping[str, Any]],
    jobs: list[Job],
    plans: list[Plan],
) -> Sample:
    """A changed row, alone in its tables, held against the reference interpreter."""
    found = []
    references: dict[str, str] = {}
    for job, made, row in zip(jobs, plans, said, strict=True):
        facts: dict[str, Any] = {}
        for source in made.sources:
            facts |= facts_of_source(run, made, source, {}, _DUCKDB) or {}
        found.append(as_facts(made.query.ruleset, facts))
        refuse_unlike(row, verdict_row(job.decider.answer(found[-1]).verdict))
        references = {name: facts[name] for name in made.references if name in facts}
    return Sample(change=change, references=references, before=found[0], after=found[1])


def _without(table: str, other: str) -> str:
    """The grounds that a row has in one table alone."""
    here, there = f"{table}.grounds", f"{other}.grounds"
    return f"LIST_FILTER({here}, LAMBDA x: NOT LIST_CONTAINS({there}, x))"


def _said(table: str) -> str:
    """What a row says, as `verdict_row` has it."""
    return "{" + ", ".join(f"'{each}': {table}.{each}" for each in _OUTPUTS) + "}"


def _side(table: str) -> str:
    """An outcome with its reason, or with the number of a value question, as text."""
    value = (
        f"CASE WHEN {table}.value = FLOOR({table}.value) AND ABS({table}.value) < 1e15 "
        f"THEN CAST(CAST({table}.value AS BIGINT) AS VARCHAR) "
        f"ELSE CAST({table}.value AS VARCHAR) END"
    )
    return (
        f"{table}.outcome || COALESCE(': ' || {table}.reason, '') || COALESCE(': ' || {value}, '')"
    )


def _most(counts: Mapping[Any, int]) -> dict[Any, int]:
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))
