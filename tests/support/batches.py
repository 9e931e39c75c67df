"""batches in tests.

Files of people, and the command on them.
"""

# ruff: noqa: E501 - messages stand whole on one line

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
from typer.testing import CliRunner

from flk_rules import load
from flk_rules.cli.main import app
from flk_rules.tables.batch import Job
from flk_rules.tables.files import open_source
from flk_rules.tables.planning import Wish

ON = "2024-10-01"
ROWS = 3_000


def people(folder: Path) -> Path:
    """Physicians and patients of many kinds, as files in the folder."""
    physicians = pa.table({
        "id": [f"D{n}" for n in range(20)],
        "licence": ["revoked" if n % 7 == 0 else "valid" for n in range(20)],
        "specialties": [[["allmanmedicin"], ["geriatrik"], [], None][n % 4] for n in range(20)],
        "training.stage": ["none"] * 20,
    })  # fmt: skip
    patients = pa.table({
        "id": [str(n) for n in range(ROWS)],
        "age": [n % 100 for n in range(ROWS)],
        "listed_with": [None if n % 50 == 0 else f"D{n % 20}" for n in range(ROWS)],
    })  # fmt: skip
    pq.write_table(physicians, folder / "physicians.parquet")
    pq.write_table(patients, folder / "patients.parquet", row_group_size=500)
    pcsv.write_csv(patients, folder / "patients.csv")
    return folder


def flk(*arguments: object, code: int = 0) -> str:
    ran = CliRunner().invoke(app, [str(each) for each in arguments])
    assert ran.exit_code == code, ran.output
    return ran.output


def decide(
    data: Path, out: Path, *more: object, file: str = "patients.parquet", code: int = 0
) -> str:
    return flk(
        "batch", "eligibility", data / file, "--with", f"physician={data / 'physicians.parquet'}",
        "--on", ON, "--out", out, "--lang", "en", "--allow-missing-columns", *more, code=code,
    )  # fmt: skip


def read(out: Path) -> pa.Table:
    with duckdb.connect() as connection:
        return connection.sql(
            f"SELECT * FROM read_parquet('{out}/*.parquet') ORDER BY CAST(\"patient.id\" AS INT)"
        ).to_arrow_table()


def job(data: Path, out: Path, file: str = "patients.parquet", **more: Any) -> Job:
    ruleset = load("se.national", on=date.fromisoformat(ON))
    return Job(
        ruleset=ruleset.model, decider=ruleset.decider("eligibility", "reference"),
        question="eligibility", main=open_source("patient", [data / file], ruleset.schema, ("patient",)),
        others={"physician": open_source(
            "physician", [data / "physicians.parquet"], ruleset.schema, ("physician",)
        )},
        wish=Wish(unknown=True), folder=out, rows=1_000, **more,
    )  # fmt: skip


def compared(main: Path, physicians: Path, *more: object, code: int = 0) -> str:
    return flk("batch", "eligibility", main, "--with", f"physician={physicians}", "--on", ON,
               "--allow-missing-columns", "--lang", "en", *more,
               "--compare", "se.national", "se.stockholm", code=code)  # fmt: skip
