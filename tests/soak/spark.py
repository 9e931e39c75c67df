"""parity on Spark.

The rows of shipped questions that DuckDB is held to, and random rulesets, decided on two workers of
Spark as well.
"""

from __future__ import annotations

from soak.progress import Progress
from soak.shipped import differing
from soak.tables import Compared, random_tables, shipped_tables
from support.spark import HOW, OnSpark, lacking, session

SHOWN = 10
RULESETS = 8


def on_spark(rows: int, seed: int) -> bool:
    """At least as many rows over all distinct shipped questions, a line each; False on any
    difference, and where Spark cannot run."""
    if (what := lacking()) is not None:
        print(f"spark: not run, {what} is not on this machine; to get it: {HOW}")
        return False
    good, questions = True, differing()
    each = -(-rows // len(questions))
    progress = Progress("rows on Spark", each * len(questions))
    with session() as spark:
        run = OnSpark(spark)
        good &= _told("random rulesets", random_tables(seed * 10**6, RULESETS, run))
        for name, question in questions:
            found = shipped_tables(name, question, seed * 10**6, each, run=run)
            progress.advance(found.rows)
            good &= _told(f"{question} of {name}", found)
    return good


def _told(of: str, found: Compared) -> bool:
    print(
        f"spark: {found.rows:,} rows of {of}: {found.true:,} truths true, {found.false:,} false, "
        f"{found.unknown:,} unknown, {len(found.differences):,} differences",
        flush=True,
    )
    for difference in found.differences[:SHOWN]:
        print(difference)
    return not found.differences
