"""eligibility of a region on Spark.

Run it on this machine or hand it to a cluster; see docs/spark.md.
"""

from __future__ import annotations

import sys
from datetime import date

from pyspark.sql import SparkSession

import flk_rules


def main(physicians: str, patients: str, decided: str) -> None:
    """Decides every patient with the physician they are listed with, and counts."""
    spark = SparkSession.builder.appName("flk_rules").getOrCreate()
    ruleset = flk_rules.load("se.stockholm", on=date(2024, 10, 1))
    answers = ruleset.decide_table(
        "eligibility",
        {"physician": spark.read.parquet(physicians), "patient": spark.read.parquet(patients)},
        outputs=("outcome", "reason", "grounds", "missing"),
    )
    for each in answers.unreadable:
        print("taken as not known:", each)
    answers.frame.write.parquet(decided)
    counts = spark.read.parquet(decided).groupBy("outcome").count().orderBy("outcome").collect()
    for row in counts:
        print(f"{row['outcome']}: {row['count']:,}")
    print(f"listed with nobody: {answers.unpaired['patient']:,}")


if __name__ == "__main__":
    main(*sys.argv[1:])
