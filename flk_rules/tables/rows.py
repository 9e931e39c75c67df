"""one row again.

The facts of one row of a decided table, read from its sources as the query read them, so that the
reference interpreter can explain what the batch decided.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve
from sqlglot import exp

from flk_rules.engines.sql import Dialect
from flk_rules.engines.sql.literals import all_of, column, text
from flk_rules.errors import TablesFailure
from flk_rules.facts import Facts
from flk_rules.model.rules import Ruleset
from flk_rules.model.verdicts import Verdict
from flk_rules.tables.planning import Plan
from flk_rules.tables.shape import LISTS
from flk_rules.tables.sources import Source

Run = Callable[[str], list[tuple[Any, ...]]]


def facts_of_source(
    run: Run, made: Plan, source: Source, wanted: Mapping[str, str], dialect: Dialect
) -> dict[str, Any] | None:
    """The facts and references of the row of one source with these references, None where it has
    none; without references of its own, the source's only row."""
    alone = evolve(source, key=None)
    names = [name for name, _ in source.columns]
    mine = {name: value for name, value in wanted.items() if name in names}
    query = made.query.facts([alone])
    if mine:
        same = [exp.EQ(this=column(name), expression=text(value)) for name, value in mine.items()]
        query = query.where(all_of(same), copy=False)
    rows = run(dialect.sql(query.limit(1, copy=False), pretty=False))
    if not rows:
        return None
    return {
        name: frozenset(value) if isinstance(value, list) else value
        for name, value in zip(names, rows[0], strict=True)
        if value is not None
    }


def as_facts(ruleset: Ruleset, found: Mapping[str, Any]) -> Facts:
    """Facts and references of a row as the deciders take them."""
    values = {name: value for name, value in found.items() if name in ruleset.schema.facts}
    references = {
        name.partition(".")[0]: value
        for name, value in found.items()
        if name in ruleset.schema.inputs
    }
    return Facts(ruleset.on, values, (), references, True)


def refuse_difference(row: Mapping[str, Any], decision: Any) -> None:
    """Raises `TablesFailure` where a row's answer is another than the reference interpreter's."""
    said = verdict_row(decision.answer.verdict) | {
        "missing": list(decision.missing),
        "assumptions": [each.id for each in decision.assumptions],
    }
    refuse_unlike(row, said)


def verdict_row(verdict: Verdict) -> dict[str, Any]:
    """What a row says of a verdict, by column."""
    return {
        "outcome": verdict.outcome.value,
        "reason": verdict.reason.value if verdict.reason else None,
        "force": verdict.force.value if verdict.force else None,
        "value": None if verdict.value is None else float(verdict.value),
        **{name: list(getattr(verdict, name)) for name in LISTS},
    }


def refuse_unlike(row: Mapping[str, Any], said: Mapping[str, Any]) -> None:
    """Raises `TablesFailure` where a row says otherwise than the reference interpreter said."""
    differ = [name for name in said if name in row and row[name] != said[name]]
    if differ:
        raise TablesFailure(
            f"its row says otherwise than the reference interpreter in {', '.join(differ)}: "
            "the row's facts or the ruleset have changed since, or this is a mistake of ours"
        )
