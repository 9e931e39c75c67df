"""a session of Spark.

Two workers on this machine, nothing listening, and the query of a question run there.
"""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from flk_rules.deciding import Decider
from flk_rules.engines.sql import dialect_of
from flk_rules.engines.sql.literals import column
from flk_rules.model.rules import Ruleset
from flk_rules.model.values import Value
from flk_rules.tables.query import Query
from flk_rules.tables.sources import Source
from support.tabled import read_facts, table_of

HOW = "apt-get install openjdk-17-jre-headless, pip install pyspark"


def lacking() -> str | None:
    """What Spark would need and this machine has not."""
    if shutil.which("java") is None:
        return "java"
    return None if importlib.util.find_spec("pyspark") else "pyspark"


@contextmanager
def session() -> Iterator[Any]:
    """Spark on two cores of this machine."""
    from pyspark.sql import SparkSession

    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "4g",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.session.timeZone": "UTC",
        "spark.log.level": "ERROR",
    }
    builder = SparkSession.builder.master("local[2]").appName("flk_rules")
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    try:
        yield spark
    finally:
        spark.stop()


class OnSpark:
    """Runs the query of a question on Spark, as `soak.tables.compare` asks for it."""

    def __init__(self, spark: Any) -> None:
        self._spark = spark

    def __call__(
        self,
        ruleset: Ruleset,
        decider: Decider,
        question: str,
        facts: Sequence[dict[str, Value]],
        outputs: Sequence[str],
    ) -> list[dict[str, Any]]:
        names = read_facts(ruleset, question)
        table = table_of(ruleset, facts, names)
        table = table.append_column("row", [list(range(len(facts)))])
        query = Query(ruleset, decider.combining, question, dialect_of("spark"))
        source = Source("roster", (), tuple((name, column(name)) for name in ("row", *names)))
        tree = query.tree([source], ["row"], outputs, truths=True)
        self._spark.createDataFrame(table).createOrReplaceTempView("roster")
        rows = self._spark.sql(query.dialect.sql(tree, pretty=False)).toArrow().to_pylist()
        rows.sort(key=lambda row: row["row"])
        return [{name: row[name] for name in row if name != "row"} for row in rows]
