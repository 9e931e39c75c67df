"""one way, one process.

``python -m benchmarks.country.asking WAY QUESTION FOLDER ROWS``: asks the first ROWS patients of a
country one way, and prints what it took as JSON. A process of its own, for a memory of its own.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

import flk_rules
from benchmarks.country.by_hand import BY_HAND
from flk_rules.cli.batch import make_job
from flk_rules.engines.sql import dialect_of
from flk_rules.tables.arrow import columns_of
from flk_rules.tables.batch import ROWS as PART
from flk_rules.tables.batch import run_batch
from flk_rules.tables.planning import Wish, plan

RULESET, ON = "se.national", date(2024, 10, 1)
QUESTIONS = ("eligibility", "priority")
OUTPUTS = ("outcome", "grounds")
BATCH = 100_000
"""Rows that come out at a time and are let go."""


def load() -> flk_rules.Ruleset:
    """The ruleset that every way is given."""
    return flk_rules.load(RULESET, on=ON)


def tables(question: str, folder: Path) -> dict[str, pa.Schema]:
    """The tables that a question is about, with their columns."""
    found = {"patient": pq.read_schema(sorted((folder / "patients").glob("*.parquet"))[0])}
    if question == "eligibility":
        found["physician"] = pq.read_schema(folder / "physicians.parquet")
    return found


def compiled(question: str, folder: Path, outputs: tuple[str, ...] = OUTPUTS) -> str:
    """Our SQL for the question on tables with these columns."""
    ruleset = load()
    decider = ruleset.decider(question, "reference")
    schemas = {name: columns_of(schema) for name, schema in tables(question, folder).items()}
    wish = Wish(outputs=outputs)
    return plan(ruleset.model, decider, question, schemas, dialect_of("duckdb"), wish).sql


def connected(folder: Path, rows: int | None, threads: int) -> duckdb.DuckDBPyConnection:
    """DuckDB with the country's files as views."""
    connection = duckdb.connect(config={"threads": threads})
    some = "" if rows is None else f" LIMIT {rows:d}"
    for name, files in (("patient", "patients/*.parquet"), ("physician", "physicians.parquet")):
        path = str(folder / files).replace("'", "''")
        limit = some if name == "patient" else ""
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM '{path}'{limit}")
    return connection


def _by_sql(make: Callable[[], str], folder: Path, rows: int, threads: int) -> int:
    """Every row decided and handed over as Arrow, a batch at a time."""
    connection = connected(folder, None, threads)
    connection.execute("SET preserve_insertion_order = false")
    batches = connection.sql(make()).to_arrow_reader(BATCH)
    return sum(batch.num_rows for batch in batches)


def _by_table(question: str, folder: Path) -> int:
    """`decide_table` on Arrow tables that are in memory, as a user calls it."""
    given: dict[str, Any] = {"patient": pq.read_table(folder / "patients")}
    if question == "eligibility":
        given["physician"] = pq.read_table(folder / "physicians.parquet")
    return len(load().decide_table(question, given, outputs=OUTPUTS))


def _by_batch(question: str, folder: Path) -> int:
    """`flk batch` into a folder: checks, parts, summary and all."""
    others = {"physician": [folder / "physicians.parquet"]} if question == "eligibility" else {}
    with tempfile.TemporaryDirectory() as out:
        job = make_job(
            load(), question, [folder / "patients"], others, out=Path(out) / "decided",
            pairs="listed", unknown=False, outputs=OUTPUTS, written="parquet", rows=PART,
            memory=None,
        )  # fmt: skip
        return sum(done.summary.rows for done in run_batch(job))


def pairs(question: str, folder: Path, rows: int) -> Iterator[dict[str, Any]]:
    """Subjects as nested dicts, a patient with the physician they are listed with."""
    doctors = {}
    if question == "eligibility":
        listed = pq.read_table(folder / "physicians.parquet").to_pylist()
        doctors = {each["physician.id"]: _nested(each, "physician") for each in listed}
    files = sorted((folder / "patients").glob("*.parquet"))
    people = (
        row
        for file in files
        for batch in pq.ParquetFile(file).iter_batches(10_000)
        for row in batch.to_pylist()
    )
    for row in islice(people, rows):
        patient = {"patient": _nested(row, "patient")}
        if question != "eligibility":
            yield patient
        elif row["patient.listed_with"] is not None:
            yield {"physician": doctors[row["patient.listed_with"]], **patient}


def _nested(row: dict[str, Any], subject: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in row.items():
        first, *parts = name.split(".")
        if first == subject and name != "patient.listed_with":
            place = found
            for part in parts[:-1]:
                place = place.setdefault(part, {})
            place[parts[-1]] = value
    return found


def _by_loop(question: str, folder: Path, rows: int) -> int:
    """`decide`, one pair after the other."""
    ruleset, count = load(), 0
    for subjects in pairs(question, folder, rows):
        decision = ruleset.decide(question, **subjects)
        count += (decision.outcome, decision.grounds) is not None
    return count


def _by_fisca(question: str, folder: Path) -> int:
    from benchmarks.country import fisca

    physicians = pq.read_table(folder / "physicians.parquet")
    given = fisca.inputs(question, pq.read_table(folder / "patients"), physicians)
    return len(fisca.calculate(question, given)[0])


def _most_held() -> float:
    """MiB of memory at the most. Not `ru_maxrss`, which begins at what the parent held."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main() -> None:
    """Asks, and prints rows, seconds, seconds of the processor, and MiB at the most."""
    way, question, folder, rows, threads = sys.argv[1:]
    root, count = Path(folder), int(rows)
    started, worked = perf_counter(), process_time()
    match way:
        case "ours":
            done = _by_sql(lambda: compiled(question, root), root, count, int(threads))
        case "hand":
            done = _by_sql(lambda: BY_HAND[question], root, count, int(threads))
        case "table":
            done = _by_table(question, root)
        case "batch":
            done = _by_batch(question, root)
        case "loop":
            done = _by_loop(question, root, count)
        case "openfisca":
            done = _by_fisca(question, root)
        case _:
            raise SystemExit(f"expected ours, hand, table, batch, loop or openfisca, found {way!r}")
    took = {
        "rows": done,
        "seconds": perf_counter() - started,
        "processor": process_time() - worked,
        "mebibytes": _most_held(),
    }
    print(json.dumps(took))


if __name__ == "__main__":
    main()
