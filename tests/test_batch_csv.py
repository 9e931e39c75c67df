"""CSV as rosters have it.

The same cells through `flk batch` and through a roster's reader come to the same facts, whoever wrote
them.
"""

# ruff: noqa: E501 - letters that look alike are the point

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flk_rules import Ruleset, load
from flk_rules.adapters.rows import Expected
from flk_rules.adapters.tables import read_csv
from flk_rules.cli.batch import make_job
from flk_rules.facts.cells import cell_reader, read_day
from flk_rules.facts.validating import Rejected, validator
from flk_rules.tables.batch import parts_of, planned
from flk_rules.tables.rows import as_facts
from support.batches import ON, decide, flk, people

DAY = date.fromisoformat(ON)
STOCKHOLM = load("se.stockholm", on=DAY)
TEXTS = (
    "", " ", "\t", "\u00a0", "-", "?", "okänt", "vet ej", "null", "ja", "JA", " ja\n", "\tnej", "Yes", "no\u00a0",
    "sant", "true", "falskt", "1", "0", "70", " 70 ", "70.0", "70,0", "70.5", "0,8", "1,5", "1.50", "−3", "-3", "+3",
    "1e3", "151", "200", "1000000000000000", "99999", "0.00001", "NaN", "inf", "1950-02-28", " 1950-02-28\n",
    "1950-2-28", "2023-02-30", "1849-12-31", "2200-12-31", "28/2 1950", "valid", "Giltig", "GILTIG ", "giltig\u00a0",
    "vald", "återkallad", "revoked", "Revoked", "allmanmedicin", "Allmänmedicin", "ALLMÄNMEDICIN", "General practice",
    "inga", "Ingen", "none", "geriatrik|allmanmedicin", "Geriatrik; Allmänmedicin", "geriatrik / Allmänmedicin",
    "Allmänmedicin, geriatrik", "geriatrik och allmänmedicin", "geriatrik|vald", "inga|geriatrik", "|", "geriatrik|",
    "Barn- och ungdomsmedicin", "barn\u2010 och ungdomsmedicin", "yes|no", "a\"b", "a;b", "x, y", "ß", "ﬁ",
)  # fmt: skip
FACTS = (
    "patient.covered_by_region", "patient.age", "physician.training.years_left", "physician.licence",
    "physician.specialties",
)  # fmt: skip


def facts_of(ruleset: Ruleset, question: str, path: Path) -> list[dict[str, Any]]:
    """The facts of each row of a file, as a batch reads them."""
    job = make_job(
        ruleset, question, [path], {}, out=None, pairs="listed", unknown=True, outputs=None,
        written="parquet", rows=1_000, memory=None,
    )  # fmt: skip
    made = planned(job)
    (source,) = made.sources
    (part,) = parts_of(job, made)
    with duckdb.connect() as connection:
        connection.register(source.table, part.read())
        query = made.query.dialect.sql(made.query.facts([source]), pretty=False)
        found = connection.sql(query).to_arrow_table().to_pylist()
    return [
        dict(
            as_facts(
                ruleset.model,
                {
                    name: frozenset(value) if isinstance(value, list) else value
                    for name, value in row.items()
                    if value is not None
                },
            ).values
        )
        for row in found
    ]


def written(path: Path, rows: list[list[str]], delimiter: str) -> Path:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    return path


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("fact", FACTS)
def test_each_cell_is_read_as_a_roster_reads_it(tmp_path: Path, fact: str, delimiter: str) -> None:
    spec = STOCKHOLM.schema.facts[fact]
    read = cell_reader(spec, STOCKHOLM.schema, decimal_comma=delimiter != ",")
    valid = validator(spec, STOCKHOLM.schema)
    wanted = []
    for text in TEXTS:
        try:
            wanted.append({fact: valid(read(text))} if text.strip() else {})
        except Rejected:
            wanted.append({})
    assert len({str(each) for each in wanted}) >= 3
    rows = [["n", fact], *([str(n), text] for n, text in enumerate(TEXTS))]
    path = written(tmp_path / "cells.csv", rows, delimiter)
    found = facts_of(STOCKHOLM, "eligibility", path)
    assert dict(zip(TEXTS, found, strict=True)) == dict(zip(TEXTS, wanted, strict=True))


@pytest.mark.parametrize("delimiter", [";", ","])
def test_each_date_is_read_as_a_roster_reads_it(tmp_path: Path, delimiter: str) -> None:
    rows = [["födelsedatum", "n"], *([text, str(n)] for n, text in enumerate(TEXTS))]
    found = facts_of(STOCKHOLM, "eligibility", written(tmp_path / "d.csv", rows, delimiter))
    compute = STOCKHOLM.schema.facts["patient.age"].derived
    assert compute is not None
    for text, facts in zip(TEXTS, found, strict=True):
        try:
            age = compute.compute((read_day(text),), DAY) if text.strip() else None
        except Rejected:
            age = None
        assert facts.get("patient.age") == (age if age is None or age >= 0 else None), text


HEADS = {
    "plain": "yrke;verksamhet\nläkare;primärvård\n",
    "hint": "sep=;\r\nyrke;verksamhet\r\nläkare;primärvård\r\n",
    "mark and hint": "\ufeffsep=;\nyrke;verksamhet\nläkare;primärvård\n",
    "blank before": "\n;\n \nyrke;verksamhet\nläkare;primärvård\n",
    "blank after": "yrke;verksamhet\nläkare;primärvård\n;\n\n ; \n",
    "blank between": "yrke;verksamhet\n;\nläkare;primärvård\n",
    "tabs": "yrke\tverksamhet\nläkare\tprimärvård\n",
    "quoted": '"yrke";"verksamhet"\n"läkare";"primärvård"\n',
    "no last line end": "yrke;verksamhet\nläkare;primärvård",
    "further columns": "yrke;anm;verksamhet\nläkare;x;primärvård\n;y;\n",
}


@pytest.mark.parametrize("name", HEADS)
def test_heads_and_blank_lines_are_those_of_a_roster(tmp_path: Path, name: str) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(HEADS[name].encode())
    expected = Expected(subjects=("contact",), columns=frozenset(), ignored=frozenset({"anm"}))
    rows, _ = read_csv(
        path.name, path.read_text(encoding="utf-8-sig"), STOCKHOLM.schema, expected, "contact"
    )
    assert not [problem for row in rows for problem in row.problems]
    wanted = [row.subjects["contact"] for row in rows]
    found = [
        {key.partition(".")[2]: value for key, value in facts.items()}
        for facts in facts_of(STOCKHOLM, "physician_contact", path)
    ]
    assert found == wanted
    assert found[0] == {"profession": "physician", "setting": "primary_care"}


def test_a_batch_of_another_version_is_not_gone_on_with(tmp_path: Path) -> None:
    """What a cell says may be another in another version: no folder holds answers of two."""
    data = people(tmp_path)
    out = tmp_path / "out"
    decide(data, out)
    record = out / "batch.json"
    whole = json.loads(record.read_text(encoding="utf-8"))
    record.write_text(json.dumps({**whole, "format": "flk_rules/batch/1"}), encoding="utf-8")
    said = f"flk: {record}: begun by another version of flk_rules; choose another folder, or decide anew\n"
    assert decide(data, out, code=2) == said
    assert flk("explain", out, "patient.id=1", code=2) == said
    record.write_text(json.dumps({**whole, "library": "0.0.1"}), encoding="utf-8")
    assert decide(data, out, code=2) == (
        f"flk: {out}: holds a batch with another version of flk_rules; choose another folder, or remove it\n"
    )


def test_ids_are_trimmed_of_every_blank(tmp_path: Path) -> None:
    written(tmp_path / "d.csv", [["id", "licence"], ["A\n", "valid"], ["\u00a0B", "valid"]], ";")
    rows = [["id", "listad hos"], ["1", "A"], ["2", "A\t"], ["3\n", " B"], ["4", "\t"], ["5", "C"]]
    written(tmp_path / "p.csv", rows, ";")
    flk("batch", "eligibility", tmp_path / "p.csv", "--with", f"physician={tmp_path / 'd.csv'}", "--on", ON,
        "--allow-missing-columns", "--out", tmp_path / "out", "--write", "csv", "--columns", "outcome")  # fmt: skip
    (part,) = (tmp_path / "out").glob("*.csv")
    (alone,) = (tmp_path / "out" / "unpaired").glob("*.csv")
    assert sorted(part.read_text().splitlines()[1:]) == [
        "1,A,undetermined", "2,A,undetermined", "3,B,undetermined"
    ]  # fmt: skip
    assert sorted(alone.read_text().splitlines()[1:]) == ["4,", "5,C"]


def test_files_whose_columns_stand_in_another_order(tmp_path: Path) -> None:
    written(tmp_path / "a.csv", [["yrke", "verksamhet"], ["läkare", "primärvård"]], ";")
    written(tmp_path / "b.csv", [["verksamhet", "yrke"], ["primärvård", "läkare"]], ";")
    arguments = ("batch", "physician_contact", "--on", ON, "--format", "json")
    found = flk(*arguments, tmp_path / "a.csv", tmp_path / "b.csv", "--out", tmp_path / "out")
    assert json.loads(found)["outcomes"] == {"eligible": 2}
    written(tmp_path / "c.csv", [["yrke", "verksamhet"], ["läkare", "primärvård"]], ",")
    said = flk(*arguments, tmp_path / "a.csv", tmp_path / "c.csv", "--out", tmp_path / "o", code=2)
    assert said == (
        f"flk: {tmp_path / 'c.csv'}: its columns are parted by ',', those of {tmp_path / 'a.csv'} by ';'\n"
    )


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_a_folder_whose_name_is_a_pattern(tmp_path: Path, kind: str) -> None:
    """The database would look for other files by it."""
    data = people(tmp_path)
    for name, outcome in (
        ("dec[1]", "--columns=grounds"),
        ("dec1", "--columns=outcome"),
        ("d*?", "--columns=grounds"),
    ):
        decide(data, tmp_path / name, "--write", kind, outcome)
        said = flk("explain", tmp_path / name, "patient.id=1", "--lang", "en")
        assert said.startswith("ASSESS: patient 1, physician D1\n")
    (part,) = (tmp_path / "dec1").glob(f"0*.{kind}")
    part.unlink()
    assert flk("explain", tmp_path / "dec[1]", "patient.id=1")


LOOSE = {
    "one": ([11], 12, "a quotation mark opened in this row is never closed"),
    "two": ([11, 501], 12, "text after a closing quotation mark; write a mark within a cell twice"),
    "the last": ([999], 1_000, "a quotation mark opened in this row is never closed"),
}


@pytest.mark.parametrize("name", LOOSE)
def test_marks_that_are_never_closed(tmp_path: Path, name: str) -> None:
    """Else one cell would swallow the rows behind it, without a word."""
    loose, line, reason = LOOSE[name]
    rows = [f"{n};{n % 90};{chr(34) if n in loose else ''}Kalle" for n in range(1, 1_000)]
    path = tmp_path / "p.csv"
    path.write_text("\n".join(["id;age;namn", *rows, ""]), encoding="utf-8")
    said = flk(
        "batch",
        "priority",
        path,
        "--on",
        ON,
        "--allow-missing-columns",
        "--out",
        tmp_path / "o",
        code=2,
    )
    assert said == f"flk: {path}:{line}: not CSV: {reason}\n"
    assert not (tmp_path / "o").exists()


def test_marks_as_csv_has_them(tmp_path: Path) -> None:
    text = 'id;"age";namn\n1;"70";"Kalle ""Kula"" K\nsson"\n2;71;K"alle\n3;72;""\n'
    (tmp_path / "p.csv").write_text(text, encoding="utf-8")
    found = facts_of(STOCKHOLM, "priority", tmp_path / "p.csv")
    assert [row["patient.age"] for row in found] == [70, 71, 72]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"yrke;verksamhet\nl\xc3\xa4kare\n", "expected 2 cells as the heading has, found 1 in the row 'läkare'"),
        (b"yrke;verksamhet\nl\xe4kare;x\n", "not UTF-8; save it as CSV UTF-8"),
        (b"yrke;verksamhet", "no rows, or no line end after the heading"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_told_in_our_words(
    tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "p.csv"
    path.write_bytes(content)
    said = flk("batch", "physician_contact", path, "--on", ON, "--out", tmp_path / "o", code=2)
    assert said == f"flk: {path}: {message}\n"


def test_texts_that_are_no_codes_are_not_looked_for_long(tmp_path: Path) -> None:
    """A suggestion takes a millisecond, and nobody would read a million of them."""
    rows = [
        ["id", "specialiteter"],
        *([str(n), f"namnlös {n}"] for n in range(3)),
        ["x", "Geriatrik"],
    ]
    path = written(tmp_path / "d.csv", rows, ";")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("flk_rules.facts.cells.suggest_code", None)
        assert [row.get("physician.specialties") for row in facts_of(STOCKHOLM, "eligibility", path)] == [
            None, None, None, {"geriatrik"}
        ]  # fmt: skip
