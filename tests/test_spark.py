"""the same answers on Spark.

The same cases as on DuckDB, by the same query in Spark's dialect, on two workers of this machine;
and `decide_table` on Spark's own tables. `python -m soak` has 100,000 rows and random rulesets.
"""

from __future__ import annotations

import contextlib
import io
import runpy
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import flk_rules
import support.country  # noqa: F401
from benchmarks.country import making
from benchmarks.country.people import Country
from conftest import ROOT
from flk_rules.engines.sql import dialect_of
from flk_rules.engines.sql.literals import column
from flk_rules.errors import TableInvalid, TablesFailure, UnknownName
from flk_rules.model.answers import Combine
from flk_rules.model.calendar import age_on, years_from_to, years_since, years_until
from flk_rules.tables.dates import derived
from soak.shipped import differing
from soak.tables import Compared, compare, shipped_tables
from support.edges import edge_facts, edges
from support.rulesets import QUESTION
from support.services import absent
from support.spark import HOW, OnSpark, lacking, session

ON = date(2024, 10, 1)
NATIONAL = flk_rules.load("se.national", on=ON)
SHIPPED_ROWS = 150

PHYSICIANS = {
    "physician.id": ["Astrid", "Bo", "Cilla"],
    "physician.licence": ["valid", "valid", "revoked"],
    "physician.specialties": [["geriatrik"], ["allmanmedicin"], ["allmanmedicin"]],
    "physician.training.stage": ["none", "none", "none"],
    "unit.id": ["Norra", "Norra", "Sodra"],
}
PATIENTS = {
    "patient.id": ["P1", "P2", "P3", "P4", "P5"],
    "patient.listed_with": ["Astrid", "Astrid", "Bo", "Cilla", None],
    "patient.birth_date": [
        date(1950, 2, 28), date(1990, 1, 1), None, date(1950, 1, 1), date(2020, 1, 1),
    ],
    "unit.id": ["Norra", "Norra", "Norra", "Sodra", "Sodra"],
}  # fmt: skip


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    if (what := lacking()) is not None:
        absent(what, HOW)
    with session() as started:
        yield started


def _same(found: Compared) -> None:
    assert not found.differences, "\n".join(found.differences[:3])
    assert min(found.true, found.false, found.unknown) > 0


@pytest.mark.no_cover
@pytest.mark.parametrize("ansi", [True, False])
def test_edges(spark: Any, ansi: bool) -> None:
    """Where SQL overflows, rounds, divides or takes NULL for false; in both of Spark's modes."""
    spark.conf.set("spark.sql.ansi.enabled", str(ansi).lower())
    try:
        _same(compare(edges(Combine.FORBID_OVERRIDES), QUESTION, edge_facts(), run=OnSpark(spark)))
    finally:
        spark.conf.unset("spark.sql.ansi.enabled")


@pytest.mark.no_cover
@pytest.mark.parametrize(("name", "question"), differing())
def test_shipped_questions(spark: Any, name: str, question: str) -> None:
    found = shipped_tables(name, question, 5, SHIPPED_ROWS, run=OnSpark(spark))
    assert found.rows == SHIPPED_ROWS
    _same(found)


@pytest.mark.parametrize("on", [ON, date(2024, 2, 29), date(2023, 2, 28)], ids=str)
def test_years_are_those_of_the_calendar(spark: Any, on: date) -> None:
    """Ages and years, above all at the ends of months."""
    chance = Random(3)
    ends = [date(2000 + n // 12, n % 12 + 1, 1) - timedelta(n % 3) for n in range(300)]
    pairs = [(end, end + timedelta(chance.randint(-900, 900))) for end in ends]
    table = pa.table({"row": range(300), "one": ends, "two": [two for _, two in pairs]})
    spark.createDataFrame(table).createOrReplaceTempView("days")
    wanted: dict[Any, list[Any]] = {
        years_since: [years_since((one,), on) for one, _ in pairs],
        years_until: [years_until((one,), on) for one, _ in pairs],
        years_from_to: [years_from_to(pair, on) for pair in pairs],
        age_on: [max(age_on((one,), on), -1) for one, _ in pairs],
    }
    dialect = dialect_of("spark")
    for compute, right in wanted.items():
        days = tuple(map(column, ("one", "two") if compute is years_from_to else ("one",)))
        tree = dialect.sql(derived(compute, days, on, dialect), pretty=False)
        rows = spark.sql(f"SELECT row, {tree} AS found FROM days ORDER BY row").collect()
        assert [row["found"] for row in rows] == right


def _rows(frame: Any) -> list[dict[str, Any]]:
    return sorted((row.asDict() for row in frame.collect()), key=lambda row: str(row))


def _given(spark: Any) -> dict[str, Any]:
    return {
        "physician": spark.createDataFrame(pa.table(PHYSICIANS)),
        "patient": spark.createDataFrame(pa.table(PATIENTS)),
    }


@pytest.mark.parametrize("pairs", ["listed", "unit"])
def test_frames_are_decided_as_arrow_tables_are(spark: Any, pairs: str) -> None:
    arrow = {"physician": pa.table(PHYSICIANS), "patient": pa.table(PATIENTS)}
    options: dict[str, Any] = {"pairs": pairs, "unknown": True}
    on_spark = NATIONAL.decide_table("eligibility", _given(spark), **options)
    on_duckdb = NATIONAL.decide_table("eligibility", arrow, **options)
    rows = sorted(on_duckdb.table.to_pylist(), key=lambda row: str(row))
    assert _rows(on_spark.frame) == rows
    assert on_spark.frame.columns == on_duckdb.table.column_names
    assert on_spark.unpaired == on_duckdb.unpaired
    for name in ("physician", "patient"):
        alone = on_duckdb.unpaired_rows(name).to_pylist()
        assert _rows(on_spark.unpaired_rows(name)) == sorted(alone, key=str)
        assert len(alone) == on_duckdb.unpaired[name]
    with pytest.raises(UnknownName, match="no joined table called 'doctor'"):
        on_spark.unpaired_rows("doctor")
    assert len({row["outcome"] for row in rows}) > 1


def test_a_row_is_explained(spark: Any) -> None:
    decided = NATIONAL.decide_table("eligibility", _given(spark), unknown=True)
    row = decided.frame.where("`patient.id` = 'P1'").collect()[0]
    decision = decided.decision(row)
    assert decision.outcome.value == row["outcome"] == "eligible"
    assert [rule.id for rule in decision.grounds] == row["grounds"]
    assert "ELIGIBLE" in decision.explain("en")


def test_a_row_without_ids_cannot_be_found_again(spark: Any) -> None:
    rows = spark.createDataFrame(pa.table({"patient.age": [70, 40]}))
    decided = NATIONAL.decide_table("priority", rows, unknown=True)
    with pytest.raises(TableInvalid, match=r"no patient\.id by which its row could be found"):
        decided.decision(decided.frame.collect()[0])


def test_what_is_no_value_is_counted_and_not_false(spark: Any) -> None:
    rows = spark.createDataFrame(pa.table({
        "patient.id": ["a", "b", "c"], "patient.housing": ["sabo", "sebo", "ordinary"],
    }))  # fmt: skip
    decided = NATIONAL.decide_table("priority", rows, unknown=True)
    (bad,) = decided.unreadable
    assert (bad.fact, bad.count) == ("patient.housing", 1)
    assert "found 'sebo'; did you mean 'sabo'? (1); 1 taken as not known" in str(bad)
    found = {row["patient.id"]: row for row in decided.frame.collect()}
    assert found["b"]["outcome"] == "undetermined"
    assert "patient.housing" in found["b"]["missing"]
    assert "patient.housing" not in found["c"]["missing"]


def test_columns_are_told_as_for_other_tables(spark: Any) -> None:
    rows = spark.createDataFrame(pa.table({"patient.id": ["a"], "patient.aeg": [7]}))
    with pytest.raises(TableInvalid, match=r"did you mean 'patient\.aeg'"):
        NATIONAL.decide_table("priority", rows)
    wrong = spark.createDataFrame(pa.table({"patient.age": ["seven"]}))
    with pytest.raises(TableInvalid, match="expected whole numbers, found text"):
        NATIONAL.decide_table("priority", wrong, unknown=True)


def test_references_that_stand_twice_are_refused(spark: Any) -> None:
    rows = spark.createDataFrame(pa.table({"patient.id": ["a", "a"], "patient.age": [1, 2]}))
    with pytest.raises(TableInvalid, match="'a' \\(2 rows\\)"):
        NATIONAL.decide_table("priority", rows, unknown=True)


def test_other_tables_beside_a_frame_are_refused(spark: Any) -> None:
    mixed = {**_given(spark), "patient": pa.table(PATIENTS)}
    with pytest.raises(TableInvalid, match="expected a Spark DataFrame, found 'Table'"):
        NATIONAL.decide_table("eligibility", mixed, unknown=True)


def test_views_of_the_caller_are_left_alone(spark: Any) -> None:
    spark.createDataFrame(pa.table({"kept": [1]})).createOrReplaceTempView("patient")
    decided = NATIONAL.decide_table("eligibility", _given(spark), unknown=True)
    assert decided.frame.count() == 4
    assert spark.table("patient").columns == ["kept"]
    assert [each.name for each in spark.catalog.listTables() if "flk_" in each.name] == []


def test_a_failure_of_spark_is_told_in_our_words(spark: Any, tmp_path: Path) -> None:
    pq.write_table(pa.table({"patient.age": [70]}), tmp_path / "cut.parquet")
    rows = spark.read.parquet(str(tmp_path / "cut.parquet"))
    (tmp_path / "cut.parquet").write_bytes(b"PAR1")
    with pytest.raises(TablesFailure, match="the table could not be decided") as error:
        NATIONAL.decide_table("priority", rows, unknown=True)
    said = str(error.value)
    assert "an error occurred while calling" not in said
    assert "\n" not in said
    assert "spark" in said


def test_what_is_no_frame_or_row_is_told(spark: Any) -> None:
    frame = _given(spark)["patient"]
    for each in (frame.groupBy(), spark):
        name = type(each).__name__
        with pytest.raises(TableInvalid, match=f"expected a Spark DataFrame, found '{name}'"):
            NATIONAL.decide_table("priority", each, unknown=True)
    decided = NATIONAL.decide_table("priority", frame, unknown=True)
    with pytest.raises(TypeError, match="expected a row of the frame, found 0"):
        decided.decision(0)


def test_no_python_function_sees_a_row(spark: Any) -> None:
    plan = NATIONAL.decide_table("priority", _given(spark)["patient"], unknown=True).frame
    said = plan._jdf.queryExecution().toString()
    assert "Python" not in said
    assert "Scan" in said


def test_the_example_decides_a_region(spark: Any, tmp_path: Path) -> None:
    """The program of docs/spark.md, in this session instead of one of its own."""
    making.make(Country(patients=10_000, unknown=0.05), tmp_path / "region")
    place = {"physician": tmp_path / "region" / "physicians.parquet",
             "patient": tmp_path / "region" / "patients"}  # fmt: skip
    example = runpy.run_path(str(ROOT / "examples" / "spark" / "decide.py"))
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        example["main"](*map(str, place.values()), str(tmp_path / "decided"))
    stockholm = flk_rules.load("se.stockholm", on=ON)
    arrow = {name: pq.read_table(path) for name, path in place.items()}
    right = stockholm.decide_table("eligibility", arrow, outputs=("outcome", "grounds"))
    counts = Counter(right.table["outcome"].to_pylist())
    lines = [f"{outcome}: {count:,}" for outcome, count in sorted(counts.items())]
    lines.append(f"listed with nobody: {right.unpaired['patient']:,}")
    assert printed.getvalue().splitlines() == lines
    assert pq.read_table(tmp_path / "decided").num_rows == len(right)


class _Stranger:
    """Stands for a DataFrame of a session that queries a server, of which there is none here."""


_Stranger.__module__ = "pyspark.sql.connect.dataframe"


def test_a_session_of_spark_connect_is_refused() -> None:
    """Without Java too: nothing of Spark is asked."""
    with pytest.raises(TableInvalid) as refused:
        NATIONAL.decide_table("eligibility", {"physician": _Stranger(), "patient": {}})
    assert [(each.where, each.message) for each in refused.value.problems] == [
        ("physician",
         "expected a DataFrame of a classic Spark session, found one of Spark Connect"),
        ("patient", "expected a Spark DataFrame, found 'dict'"),
    ]  # fmt: skip
