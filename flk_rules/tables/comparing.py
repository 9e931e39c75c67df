"""two rulesets compared.

The same rows under one ruleset and under another: which outcomes change, by which rules, and rows
of each change to explain under both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import duckdb
import pyarrow as pa
from attrs import evolve, field, frozen

from flk_rules.engines.sql import dialect_of
from flk_rules.errors import Problem, TableInvalid
from flk_rules.facts import Facts
from flk_rules.tables.batch import Job, headings, planned
from flk_rules.tables.deciding import refuse_all_doubled, refuse_conflicts, runner
from flk_rules.tables.duck import connected, told
from flk_rules.tables.planning import Plan
from flk_rules.tables.rows import as_facts, facts_of_source

BEFORE, AFTER = "before", "after"
GAINED, LOST = "gained", "lost"
_DUCKDB = dialect_of("duckdb")
_OUTPUTS = ("outcome", "reason", "grounds")

Change = tuple[str, str]
"""An outcome, with its reason if it has one, before and after."""


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
    """

    rows: int = 0
    changes: Mapping[Change, int] = field(factory=dict)
    rules: Mapping[tuple[str, str], int] = field(factory=dict)
    samples: tuple[Sample, ...] = ()

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
        }


def compare(before: Job, after: Job) -> Iterator[Comparison]:
    """What each part comes to under both jobs, which are of the same files.

    Raises as `run_batch` does, and `TableInvalid` where joined rows have no ids to tell them by.
    """
    jobs = [evolve(each, wish=evolve(each.wish, outputs=_OUTPUTS)) for each in (before, after)]
    plans = [planned(each) for each in jobs]
    references = plans[0].references
    alone = len(plans[0].sources) == 1
    if not alone and len(references) < len(plans[0].sources):
        raise TableInvalid([Problem("", "expected an id in every table, to tell the rows by")])
    read = {name: headings(plans[0], name) | headings(plans[1], name) for name in plans[0].bound}
    with connected(memory=before.memory) as connection:
        for name, file in before.others.items():
            connection.register(name, file.whole(read[name]))
        refuse_all_doubled_of_others(connection, plans[0], before.main.name)
        for part in before.main.parts(read[before.main.name], before.rows):
            yield _compared(connection, before.main.name, plans, part.read(), references, alone)


def refuse_all_doubled_of_others(
    connection: duckdb.DuckDBPyConnection, made: Plan, main: str
) -> None:
    """Raises `TableInvalid` where a table that is joined has a reference on several rows."""
    others = [each for each in made.sources if each.table != main]
    refuse_all_doubled(runner(connection), evolve(made, sources=tuple(others)), _DUCKDB)


def _compared(
    connection: duckdb.DuckDBPyConnection,
    main: str,
    plans: list[Plan],
    table: pa.Table,
    references: tuple[str, ...],
    alone: bool,
) -> Comparison:
    run = runner(connection)
    connection.register(main, table)
    for name, made in zip((BEFORE, AFTER), plans, strict=True):
        with told():
            connection.execute(
                f"CREATE OR REPLACE TEMP TABLE {name} AS "
                f"SELECT *, ROW_NUMBER() OVER () AS number FROM ({made.sql})"
            )
        ((without,),) = run(f"SELECT COUNT(*) FROM {name} WHERE outcome IS NULL")
        refuse_conflicts(without, made)
    ((rows,),) = run(f"SELECT COUNT(*) FROM {BEFORE}")
    keys = ", ".join(f'"{each}"' for each in references)
    meet = f"JOIN {AFTER} a ON b.number = a.number" if alone else f"JOIN {AFTER} a USING ({keys})"
    shown = "".join(f', b."{each}"' for each in references)
    run(
        "CREATE OR REPLACE TEMP TABLE changed AS SELECT * FROM (SELECT b.number AS number, "
        f"{_side('b')} AS before, {_side('a')} AS after, "
        f"b.grounds AS lost, a.grounds AS gained{shown} FROM {BEFORE} b {meet}) "
        "WHERE before <> after"
    )
    changes = {(one, two): count for one, two, count in run(
        "SELECT before, after, COUNT(*) FROM changed GROUP BY ALL"
    )}  # fmt: skip
    rules: dict[tuple[str, str], int] = {}
    for how, other in ((GAINED, LOST), (LOST, GAINED)):
        for rule, count in run(
            f"SELECT one, COUNT(*) FROM (SELECT UNNEST(LIST_FILTER({how}, "
            f"LAMBDA x: NOT LIST_CONTAINS({other}, x))) AS one FROM changed) GROUP BY one"
        ):
            rules[rule, how] = count
    ((neither,),) = run(
        "SELECT COUNT(*) FROM changed WHERE LIST_HAS_ALL(lost, gained) "
        "AND LIST_HAS_ALL(gained, lost)"
    )
    if neither:
        rules["", ""] = neither
    picked = run(
        f"SELECT DISTINCT ON (before, after) before, after, number{shown.replace('b.', '')} "
        "FROM changed ORDER BY before, after, number"
    )
    samples = [_sample(connection, main, plans, table, references, alone, row) for row in picked]
    return Comparison(rows=rows, changes=_most(changes), rules=_most(rules), samples=tuple(samples))


def _sample(
    connection: duckdb.DuckDBPyConnection,
    main: str,
    plans: list[Plan],
    table: pa.Table,
    references: tuple[str, ...],
    alone: bool,
    row: tuple[Any, ...],
) -> Sample:
    before, after, number, *names = row
    wanted = {k: v for k, v in zip(references, names, strict=True) if v is not None}
    found = []
    connection.register(main, table.slice(number - 1, 1) if alone else table)
    for made in plans:
        run: Callable[[str], list[tuple[Any, ...]]] = runner(connection)
        facts: dict[str, Any] = {}
        for source in made.sources:
            here = {} if alone else wanted
            facts |= facts_of_source(run, made, source, here, _DUCKDB) or {}
        found.append(as_facts(made.query.ruleset, facts))
    return Sample(change=(before, after), references=wanted, before=found[0], after=found[1])


def _side(table: str) -> str:
    return f"{table}.outcome || COALESCE(': ' || {table}.reason, '')"


def _most(counts: Mapping[Any, int]) -> dict[Any, int]:
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))
