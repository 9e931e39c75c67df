"""files decided.

Parquet and CSV in parts: what comes out, what a broken run leaves, and what is refused.
"""

# ruff: noqa: E501 - messages stand whole on one line

from __future__ import annotations

import inspect
import json
import re
import xml.etree.ElementTree as ET
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
import pytest

from flk_rules import FileUnreadable, TableInvalid, TablesFailure, load
from flk_rules.tables import batch as batches
from flk_rules.tables import files
from flk_rules.tables.batch import run_batch
from flk_rules.tables.summary import Summary
from support.batches import ON, ROWS, compared, decide, flk, job, people, read
from test_deciding_values import own_folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return people(tmp_path_factory.mktemp("data"))


def test_parts_are_the_whole(data: Path, tmp_path: Path) -> None:
    decide(data, tmp_path / "parts", "--part-rows", 1_000)
    decide(data, tmp_path / "one")
    decide(data, tmp_path / "csv", file="patients.csv")
    names = sorted(each.name for each in (tmp_path / "parts").iterdir())
    assert names == [
        "00000-patients-00000.parquet", "00000-patients-00001.parquet", "00000-patients-00002.parquet",
        "batch.json", "summary.json", "summary.svg", "unpaired",
    ]  # fmt: skip
    whole = read(tmp_path / "one")
    assert whole.num_rows == ROWS - ROWS // 50
    assert read(tmp_path / "parts") == whole == read(tmp_path / "csv")
    in_memory = load("se.national", on=date.fromisoformat(ON)).decide_table(
        "eligibility",
        {"physician": pq.read_table(data / "physicians.parquet"), "patient": pq.read_table(data / "patients.parquet")},
        unknown=True,
    )  # fmt: skip
    rows = sorted(in_memory.table.to_pylist(), key=lambda row: int(row["patient.id"]))
    assert rows == [
        {name: row[name] for name in in_memory.table.column_names} for row in whole.to_pylist()
    ]
    summaries = [
        json.loads((tmp_path / each / "summary.json").read_text())
        for each in ("parts", "one", "csv")
    ]
    assert summaries[0] == summaries[1] == summaries[2]
    assert summaries[0]["unpaired"] == ROWS // 50


def test_the_summary_is_told_and_drawn(data: Path, tmp_path: Path) -> None:
    said = decide(data, tmp_path / "out", "--picture", tmp_path / "p.svg")
    lines = said.splitlines()
    assert lines[0] == "May the physician serve as fast läkarkontakt?, se.national, 2024-10-01"
    assert re.search(r"^not eligible \(forbidden\) +\d+ +\d+\.\d %$", said, re.MULTILINE)
    assert re.search(
        r"^Age from which a patient counts as older \(elderly_from\) +\d+", said, re.MULTILINE
    )
    alone = "60 rows of patient met no other and are not among them."
    assert f"{alone} See {tmp_path / 'out' / 'unpaired'}." in lines
    drawn = (tmp_path / "p.svg").read_text(encoding="utf-8")
    picture = ET.fromstring(drawn)
    assert drawn == (tmp_path / "out" / "summary.svg").read_text(encoding="utf-8")
    bars = list(picture.iter("{http://www.w3.org/2000/svg}g"))
    assert len(bars) >= 4
    (described,) = picture.iter("{http://www.w3.org/2000/svg}desc")
    assert "Rules that decided: " in (described.text or "")
    assert (
        json.loads(decide(data, tmp_path / "out", "--format", "json"))["rows"] == ROWS - ROWS // 50
    )


def test_a_broken_run_goes_on_where_it_was(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = [each.summary for each in run_batch(job(data, tmp_path / "whole"))]
    out = tmp_path / "broken"
    running = run_batch(job(data, out))
    next(running)
    running.close()
    (out / ".00000-patients-00001.parquet.part").write_text("half")
    first = (out / "00000-patients-00000.parquet").stat().st_mtime_ns
    done = list(run_batch(job(data, out)))
    assert [each.before for each in done] == [True, False, False]
    assert [each.summary for each in done] == whole
    assert (out / "00000-patients-00000.parquet").stat().st_mtime_ns == first
    assert not list(out.glob(".*.part"))
    (out / "00000-patients-00002.parquet").unlink()  # a part that is gone is decided once more
    assert [each.before for each in run_batch(job(data, out))] == [True, True, False]


def test_a_full_disk_leaves_what_is_finished(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = batches.written_whole
    left = [8]

    def full(path: Path, write: Any) -> None:
        left[0] -= 1
        if left[0] <= 0:

            def half(to: Path) -> None:
                to.write_text("half")
                raise OSError(28, "No space left on device")

            return written(path, half)
        return written(path, write)

    monkeypatch.setattr(batches, "written_whole", full)
    with pytest.raises(
        FileUnreadable, match=r"00000-patients-00002\.parquet: no space left on device"
    ):
        list(run_batch(job(data, tmp_path)))
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "00000-patients-00000.parquet", "00000-patients-00001.parquet", "batch.json", "unpaired"
    ]  # fmt: skip
    monkeypatch.undo()
    assert [each.before for each in run_batch(job(data, tmp_path))] == [True, True, False]


def test_the_database_s_full_disk_is_told(tmp_path: Path) -> None:
    from flk_rules.tables.duck import told

    with (
        pytest.raises(FileUnreadable, match=r"part\.parquet: no space left on device"),
        told("part.parquet"),
    ):
        raise duckdb.IOException('IO Error: Could not write file "x": No space left on device')
    with pytest.raises(TablesFailure, match="out of memory; give it more memory"), told():
        raise duckdb.OutOfMemoryException("Out of Memory Error: failed")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (r'Async write failed for range [offset=27, size=9]: {"exception_type":"IO",'
         r'"exception_message":"Could not write file \"x\": File too large","errno":"27"}',
         "file too large"),
        ('Could not write file "x": Disk quota exceeded', "disk quota exceeded"),
        ('Cannot open file "x": No such file or directory', "no such file or directory"),
        ("something [of=its] own", "could not be read or written"),
    ],
)  # fmt: skip
def test_the_database_s_own_words_do_not_reach_people(said: str, words: str) -> None:
    from flk_rules.tables.duck import told

    with pytest.raises(FileUnreadable) as error, told("part.parquet"):
        raise duckdb.IOException(f"IO Error: {said}")
    assert str(error.value) == f"part.parquet: {words}"


def test_a_missing_column_is_told_by_the_option(data: Path, tmp_path: Path) -> None:
    said = flk(
        "batch", "priority", data / "patients.parquet", "--on", ON, "--out", tmp_path, code=2
    )
    assert "or say that it is not known (--unknown)" in said


def test_a_file_that_has_no_column_of_the_question(tmp_path: Path) -> None:
    pq.write_table(pa.table({"colour": ["red", "blue"]}), tmp_path / "p.parquet")
    pcsv.write_csv(pa.table({"colour": ["red", "blue"]}), tmp_path / "p.csv")
    for name in ("p.parquet", "p.csv"):
        out = tmp_path / f"{name}.out"
        flk(
            "batch",
            "priority",
            tmp_path / name,
            "--on",
            ON,
            "--out",
            out,
            "--allow-missing-columns",
        )
        assert json.loads((out / "summary.json").read_text())["rows"] == 2


def test_a_folder_of_another_batch_is_left_alone(data: Path, tmp_path: Path) -> None:
    decide(data, tmp_path)
    said = decide(data, tmp_path, "--ruleset", "se.stockholm", "--columns", "outcome", code=2)
    assert said == (
        f"flk: {tmp_path}: holds a batch with another ruleset and version and fingerprint and --columns; "
        "choose another folder, or remove it\n"
    )


def test_files_that_cannot_be_read(data: Path, tmp_path: Path) -> None:
    whole = (data / "patients.parquet").read_bytes()
    (tmp_path / "cut.parquet").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "empty.parquet").write_bytes(b"")
    (tmp_path / "empty.csv").write_bytes(b"\n")
    (tmp_path / "rows.xlsx").write_bytes(b"PK")
    (tmp_path / "none").mkdir()
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "a.csv").write_text("id,age\n1,2\n", encoding="utf-8")
    (tmp_path / "two" / "b.csv").write_text("id,ages\n1,2\n", encoding="utf-8")
    for name, message in (
        ("cut.parquet", "no whole Parquet file: it is cut short or damaged; fetch it again"),
        ("empty.parquet", "an empty file"),
        ("empty.csv", "no heading: the first line is empty"),
        ("rows.xlsx", "expected a file whose name ends in .parquet or .csv"),
        ("missing.csv", "no such file"),
        ("none", "a folder without a Parquet or CSV file"),
    ):
        said = flk(
            "batch", "priority", tmp_path / name, "--on", ON, "--out", tmp_path / "out", code=2
        )
        assert said == f"flk: {tmp_path / name}: {message}\n"
    said = flk("batch", "priority", tmp_path / "two", "--on", ON, "--out", tmp_path / "out", code=2)
    assert said.endswith("its columns are not those of "
                         f"{tmp_path / 'two' / 'a.csv'} (differing: age, ages)\n")  # fmt: skip
    assert not (tmp_path / "out").exists()


def test_a_file_that_lost_a_block(data: Path, tmp_path: Path) -> None:
    """The footer is whole and a row group is not: as a copy that lost a block."""
    rotten = bytearray((data / "patients.parquet").read_bytes())
    place = (
        pq.ParquetFile(data / "patients.parquet").metadata.row_group(4).column(0).data_page_offset
    )
    rotten[place : place + 60] = b"\xff" * 60
    (tmp_path / "patients.parquet").write_bytes(rotten)
    (tmp_path / "physicians.parquet").write_bytes((data / "physicians.parquet").read_bytes())
    with pytest.raises(FileUnreadable, match="no whole Parquet file"):
        list(run_batch(job(tmp_path, tmp_path / "out")))


def test_references_stand_once_over_all_parts(data: Path, tmp_path: Path) -> None:
    table = pq.read_table(data / "patients.parquet")
    pq.write_table(
        pa.concat_tables([table, table.slice(0, 2)]),
        tmp_path / "patients.parquet",
        row_group_size=500,
    )
    (tmp_path / "physicians.parquet").write_bytes((data / "physicians.parquet").read_bytes())
    with pytest.raises(TableInvalid) as error:
        list(run_batch(job(tmp_path, tmp_path / "out")))
    assert str(error.value) == (
        f"{tmp_path / 'patients.parquet'}: expected each patient.id once, found '0' (2 rows), '1' (2 rows); keep one row of each"
    )


def test_what_other_tables_got_wrong_is_told_once(data: Path, tmp_path: Path) -> None:
    table = pq.read_table(data / "physicians.parquet")
    codes = pa.array(["vald", *table["licence"].to_pylist()[1:]])
    wrong = table.set_column(table.schema.get_field_index("licence"), "licence", codes)
    pq.write_table(wrong, tmp_path / "physicians.parquet")
    (tmp_path / "patients.parquet").write_bytes((data / "patients.parquet").read_bytes())
    said = decide(tmp_path, tmp_path / "out", "--part-rows", 1_000)
    assert said.count("taken as not known") == 1
    name = tmp_path / "physicians.parquet"
    assert f"flk: {name} 'licence': expected a code of licence, found 'vald'" in said


def test_cells_as_spreadsheets_write_them(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(
        "\ufeffid;yrke;contact.setting;ålder;har hemtjänst;födelsedatum\n"
        "1;assistant_nurse;home_help;;ja;1950-02-28\n"
        "2;assistant_nurse;home_help;70;NEJ;\n"
        "3;assistant_nurse;home_help;70,5;kanske;\n"
        "4;assistant_nurse;home_help;;yes;2023-02-30\n"
        ";;;;;\n",
        encoding="utf-8",
    )
    flk("batch", "social_care_contact", tmp_path / "people.csv", "--on", ON, "--out", tmp_path / "out",
        "--write", "csv", "--columns", "outcome,missing")  # fmt: skip
    (part,) = (tmp_path / "out").glob("0*.csv")
    assert part.read_text(encoding="utf-8").splitlines() == [
        "contact.id,outcome,missing",
        '1,grounded,""',
        '2,ungrounded,""',
        "3,undetermined,patient.age|patient.home_help",
        "4,undetermined,patient.age",
    ]
    bad = json.loads((tmp_path / "out" / "summary.json").read_text())["unreadable"]
    assert {(each["fact"], each["count"], each["examples"][0][0]) for each in bad} == {
        ("patient.age", 2, "'70,5'"), ("patient.home_help", 1, "'kanske'")
    }  # fmt: skip


def test_a_row_of_a_batch_explained(data: Path, tmp_path: Path) -> None:
    decide(data, tmp_path / "parquet", "--part-rows", 1_000)
    decide(data, tmp_path / "csv", "--write", "csv")
    for folder in ("parquet", "csv"):
        said = flk("explain", tmp_path / folder, "patient.id=2501", "--lang", "en")
        assert said.startswith("ASSESS: patient 2501, physician D1\n")
    record = json.loads(flk("explain", tmp_path / "parquet", "patient.id=7", "--format", "json"))
    assert (record["outcome"], record["references"]) == (
        "not_eligible", {"physician": "D7", "patient": "7"}
    )  # fmt: skip
    hostile = "patient.id=x' OR 1=1 --"
    assert f"no row with {hostile} among" in flk("explain", tmp_path / "csv", hostile, code=2)
    assert flk("explain", tmp_path / "csv", "patient.id=x", code=2) == (
        f"flk: {tmp_path / 'csv'}: no row with patient.id=x among the finished parts; "
        "60 of patient met no other and were asked nothing (unpaired)\n"
    )
    assert "several rows with D1; name patient.id and physician.id" in flk(
        "explain", tmp_path / "csv", "physician.id=D1", code=2
    )
    assert flk("explain", data, "patient.id=1", code=2) == (
        f"flk: {data}: no batch: it has no batch.json\n"
    )


def test_a_row_without_ids_by_its_number(tmp_path: Path) -> None:
    table = pa.table({
        "listed": [1_000 + n for n in range(1_500)],
        "specialties": [["allmanmedicin"] if n % 3 else [] for n in range(1_500)],
        "training.stage": ["none"] * 1_500,
    })  # fmt: skip
    pq.write_table(table, tmp_path / "p.parquet", row_group_size=500)
    for written in ("csv", "parquet"):
        flk("batch", "capacity", tmp_path / "p.parquet", "--on", ON, "--out", tmp_path / written,
            "--write", written, "--part-rows", 500, "--allow-missing-columns")  # fmt: skip
        for row, outcome in (("row=1", "unstated"), ("row=1403", "stated")):
            said = flk("explain", tmp_path / written, row, "--format", "json")
            record = json.loads(said)
            assert (record["outcome"], record["facts"].get("physician.specialties")) == (
                outcome, ["allmanmedicin"] if outcome == "stated" else []
            )  # fmt: skip
    folder = tmp_path / "csv"
    for row, message in (
        ("row=0", "expected row= with a whole number from 1, found '0'"),
        ("row=1501", "no row with row=1501 among the finished parts"),
        ("patient.id=1", "expected row, found patient.id"),
    ):
        assert flk("explain", folder, row, code=2) == f"flk: {folder}: {message}\n"
    assert flk("explain", folder, "row", code=2) == (
        "flk: NAME=ID: expected a reference such as patient.id=7, found 'row'\n"
    )


def test_any_row_by_its_number(tmp_path: Path) -> None:
    """A row without an id in a table that has ids, and one with an id, are found by number."""
    jobs = ("physician", "nurse", "assistant_nurse", "physician")
    rows = [
        f"{id_},{each},primary_care" for id_, each in zip(("A", "", " ", "B"), jobs, strict=True)
    ]
    (tmp_path / "c.csv").write_text("\n".join(["id,contact.profession,contact.setting", *rows, ""]))
    for written in ("csv", "parquet"):
        out = tmp_path / written
        flk(
            "batch",
            "physician_contact",
            tmp_path / "c.csv",
            "--on",
            ON,
            "--out",
            out,
            "--write",
            written,
        )
        for row, profession in enumerate(jobs, 1):
            record = json.loads(flk("explain", out, f"row={row}", "--format", "json"))
            assert record["facts"]["contact.profession"] == profession


def test_a_joined_row_by_its_number(data: Path, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("id,age,listed_with\n7,64,D7\n,70,D1\n")
    decide(data, tmp_path / "named", "--part-rows", 1_000)
    record = json.loads(flk("explain", tmp_path / "named", "row=2500", "--format", "json"))
    row = (
        pq.read_table(tmp_path / "named" / "00000-patients-00002.parquet").slice(539, 1).to_pylist()
    )
    assert record["references"]["patient"] == row[0]["patient.id"]
    out = tmp_path / "out"
    flk("batch", "eligibility", tmp_path / "p.csv", "--with", f"physician={data / 'physicians.parquet'}",
        "--on", ON, "--out", out, "--allow-missing-columns")  # fmt: skip
    (part,) = out.glob("0*.parquet")
    nameless = pq.read_table(part)["patient.id"].to_pylist().index(None) + 1
    assert flk("explain", out, f"row={nameless}", code=2) == (
        f"flk: {out}: the row has no patient.id by which its facts could be found again; "
        "give the table's rows ids\n"
    )
    assert flk("explain", out, "row=1", "patient.id=7", code=2) == (
        f"flk: {out}: expected patient.id and physician.id or row, found row and patient.id\n"
    )


def test_a_record_that_is_none(data: Path, tmp_path: Path) -> None:
    decide(data, tmp_path)
    record = tmp_path / "batch.json"
    (tmp_path / "whole.json").write_bytes(record.read_bytes())
    changed = json.loads(record.read_text(encoding="utf-8"))
    changed["fingerprint"] = "sha256:0"
    record.write_text(json.dumps(changed), encoding="utf-8")
    assert "decided by se.national 2022.1, which has changed since" in flk(
        "explain", tmp_path, "patient.id=1", code=2
    )
    whole = (tmp_path / "whole.json").read_text(encoding="utf-8")
    for name, value, message in (
        ("parts", None, "no parts"),
        ("on", "2024-13-01", "on is not as a batch writes it"),
        ("outputs", [1], "outputs is not as a batch writes it"),
        ("unknown", "all", "unknown is not as a batch writes it"),
        ("files", {"patient": [{"path": "x"}]}, "files is not as a batch writes it"),
        ("parts", {"x": {"rows": "many"}}, "parts is not as a batch writes it"),
    ):
        damaged = json.loads(whole)
        damaged.pop(name)
        record.write_text(json.dumps(damaged | ({name: value} if value else {})))
        message = f"flk: {record}: {message}; remove the folder and decide anew\n"
        assert flk("explain", tmp_path, "patient.id=1", code=2) == message
        assert decide(data, tmp_path, code=2) == message
    record.write_text("{}", encoding="utf-8")
    assert "expected a record of the format flk_rules/batch/2" in flk(
        "explain", tmp_path, "patient.id=1", code=2
    )
    record.write_text("{", encoding="utf-8")
    assert "not JSON; remove the folder and decide anew" in decide(data, tmp_path, code=2)


def test_many_rules_are_counted_in_the_picture() -> None:
    from flk_rules.tables.picture import picture

    ruleset = load("se.national", on=date.fromisoformat(ON)).model
    rules = [rule.id for rule in ruleset.rules_of("priority")]
    counts = {rule: 100 - number for number, rule in enumerate(rules)}
    summary = Summary(rows=200, outcomes={"grounded": 200}, lists={"grounds": counts})
    drawn = picture(summary, ruleset, "priority", "en")
    assert f"and {len(rules) - 12} more rules" in drawn
    assert "och" in picture(summary, ruleset, "priority", "sv")


def test_files_that_are_not_ours_are_left_alone(data: Path, tmp_path: Path) -> None:
    for name in (".draft.part", "summary.json", "00000-patients-00000.parquet", ".batch.json"):
        out = tmp_path / name
        out.mkdir()
        (out / name).write_text("mine")
        said = decide(data, out, code=2)
        assert said == (
            f"flk: {out}: holds {name} and no batch.json: not the folder of a batch; "
            "choose another, or an empty one\n"
        )
        assert {each.name: each.read_text() for each in out.iterdir()} == {name: "mine"}
    out = tmp_path / "ours"
    decide(data, out)
    (out / ".draft.part").write_text("mine")
    decide(data, out)
    assert (out / ".draft.part").read_text() == "mine"
    (tmp_path / "file.parquet").write_text("mine")
    assert decide(data, tmp_path / "file.parquet", code=2) == (
        f"flk: {tmp_path / 'file.parquet'}: expected a folder, found a file; choose another\n"
    )


def test_answers_do_not_go_among_inputs(data: Path, tmp_path: Path) -> None:
    for name in ("patients.parquet", "physicians.parquet"):
        (tmp_path / name).write_bytes((data / name).read_bytes())
    assert decide(tmp_path, tmp_path, code=2) == (
        f"flk: {tmp_path}: holds patients.parquet, which is read; choose another folder for the answers\n"
    )
    assert len(list(tmp_path.iterdir())) == 2


def test_a_folder_is_ours_from_the_first_part_on(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Broken off in its first part, a run can be taken up, or another begun."""
    running = run_batch(job(data, tmp_path / "out"))

    def fail(*_: object) -> None:
        assert (tmp_path / "out" / "batch.json").is_file()
        raise KeyboardInterrupt

    monkeypatch.setattr(batches, "_write", fail)
    with pytest.raises(KeyboardInterrupt):
        next(running)
    monkeypatch.undo()
    assert len(list(run_batch(job(data, tmp_path / "out", "patients.csv")))) > 0


def test_a_file_that_has_changed_since(data: Path, tmp_path: Path) -> None:
    for name in ("patients.parquet", "physicians.parquet"):
        (tmp_path / name).write_bytes((data / name).read_bytes())
    out = tmp_path / "out"
    decide(tmp_path, out)
    file = tmp_path / "patients.parquet"
    table = pq.read_table(file)
    older = table.set_column(1, "age", pa.array([99] * table.num_rows))
    pq.write_table(older, file)
    assert flk("explain", out, "patient.id=7", code=2) == (
        f"flk: {file.resolve()}: has changed since the batch was decided; decide anew\n"
    )
    assert decide(tmp_path, out, code=2) == (
        f"flk: {out}: holds a batch with another file {file.resolve()}; choose another folder, or remove it\n"
    )


def test_a_row_joined_with_a_folder_of_files(data: Path, tmp_path: Path) -> None:
    table = pq.read_table(data / "physicians.parquet")
    (tmp_path / "d").mkdir()
    pq.write_table(table.slice(0, 10), tmp_path / "d" / "a.parquet")
    pq.write_table(table.slice(10), tmp_path / "d" / "b.parquet")
    flk("batch", "eligibility", data / "patients.parquet", "--with", f"physician={tmp_path / 'd'}",
        "--on", ON, "--out", tmp_path / "out", "--allow-missing-columns")  # fmt: skip
    said = flk("explain", tmp_path / "out", "patient.id=15", "--format", "json")
    assert json.loads(said)["references"] == {"physician": "D15", "patient": "15"}


def test_a_failure_while_writing_leaves_nothing(tmp_path: Path) -> None:
    def fail(half: Path) -> None:
        half.write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        batches.written_whole(tmp_path / "x", fail)
    assert list(tmp_path.iterdir()) == []


def test_a_changed_answer_is_told(data: Path, tmp_path: Path) -> None:
    decide(data, tmp_path)
    (part,) = tmp_path.glob("0*.parquet")
    table = pq.read_table(part)
    forged = table.set_column(
        table.schema.get_field_index("outcome"), "outcome", pa.array(["eligible"] * table.num_rows)
    )
    pq.write_table(forged, part)
    said = flk("explain", tmp_path, "patient.id=7", code=2)
    assert "its row says otherwise than the reference interpreter in outcome" in said


def test_what_another_ruleset_would_do(data: Path) -> None:
    arguments = ("batch", "eligibility", data / "patients.parquet",
                 "--with", f"physician={data / 'physicians.parquet'}", "--on", ON, "--lang", "en",
                 "--allow-missing-columns", "--part-rows", 1_000)  # fmt: skip
    said = flk(*arguments, "--compare", "se.national", "se.stockholm")
    found = json.loads(
        flk(*arguments, "--compare", "se.national", "se.stockholm", "--format", "json")
    )
    rows = {}
    for name in ("se.national", "se.stockholm"):
        decided = load(name, on=date.fromisoformat(ON)).decide_table(
            "eligibility",
            {"physician": pq.read_table(data / "physicians.parquet"), "patient": pq.read_table(data / "patients.parquet")},
            unknown=True,
        )  # fmt: skip
        rows[name] = {row["patient.id"]: row for row in decided.table.to_pylist()}
    sides = [
        tuple(
            f"{row['outcome']}: {row['reason']}" if row["reason"] else row["outcome"]
            for row in pair
        )
        for pair in (
            (rows["se.national"][key], rows["se.stockholm"][key]) for key in rows["se.national"]
        )
    ]
    wanted = {side: sides.count(side) for side in set(sides) if side[0] != side[1]}
    assert {(each["before"], each["after"]): each["rows"] for each in found["changes"]} == wanted
    assert found["changed"] == sum(wanted.values()) > 0
    assert len(found["samples"]) == len(wanted)
    assert f"{found['changed']:,} of {found['rows']:,} rows get another outcome." in said
    assert (
        said.count("under se.national 2022.1")
        == said.count("under se.stockholm 2024.1")
        == len(wanted)
    )
    gained = {each["rule"]: each["rows"] for each in found["rules"] if each["ground"] == "gained"}
    assert gained
    rule, count = next(iter(gained.items()))
    assert count == sum(
        rule in rows["se.stockholm"][key]["grounds"] and rule not in rows["se.national"][key]["grounds"]
        and sides[n][0] != sides[n][1]
        for n, key in enumerate(rows["se.national"])
    )  # fmt: skip
    same = flk(*arguments, "--compare", "se.national", "se.national")
    assert same == (
        f"0 of {found['rows']:,} rows get another outcome.\n"
        "60 rows of patient met no other and are not among them.\n"
    )


def test_rows_without_an_id_are_compared(tmp_path: Path) -> None:
    """A row is known by its number, so that one without an id is compared as the others."""
    pcsv.write_csv(pa.table({
        "id": ["A"], "licence": ["valid"], "specialties": ["barn_och_ungdomsmedicin"],
        "training.stage": ["none"],
    }), tmp_path / "physicians.csv")  # fmt: skip
    found = {}
    for name, ids in {"with": "123", "without": ("", "", ""), "mixed": ("", "2", "")}.items():
        rows = [f"{id_},{age},A" for id_, age in zip(ids, (70, 10, 80), strict=True)]
        (tmp_path / f"{name}.csv").write_text("\n".join(["id,age,listed_with", *rows, ""]))
        said = compared(tmp_path / f"{name}.csv", tmp_path / "physicians.csv", "--format", "json")
        found[name] = {**json.loads(said), "samples": None}
    assert found["with"] == found["without"] == found["mixed"]
    assert (found["with"]["rows"], found["with"]["changed"]) == (3, 2)


def test_rows_without_any_column_of_ids_are_compared(data: Path, tmp_path: Path) -> None:
    found = []
    for names in ([], ["id"]):
        table = pq.read_table(data / "patients.parquet").drop(names)
        pq.write_table(table, tmp_path / "p.parquet")
        said = compared(tmp_path / "p.parquet", data / "physicians.parquet", "--format", "json")
        found.append({**json.loads(said), "samples": None})
    assert found[0] == found[1]
    assert found[0]["changed"] > 0


@pytest.mark.parametrize("ids", [("A", "A"), ("A", "A "), (" A", "A")])
def test_references_stand_once_as_they_are_read(tmp_path: Path, ids: tuple[str, ...]) -> None:
    """Cells of CSV are trimmed before they are references: by `flk batch` and by `--compare`."""
    rows = [f"{id_},70,D" for id_ in (*ids, "", " ", " ")]
    (tmp_path / "p.csv").write_text("\n".join(["id,age,listed_with", *rows, ""]))
    (tmp_path / "d.csv").write_text("id,licence\nD,valid\n")
    message = f"flk: {tmp_path / 'p.csv'}: expected each patient.id once, found 'A' (2 rows); keep one row of each\n"
    assert compared(tmp_path / "p.csv", tmp_path / "d.csv", code=2) == message
    assert message == flk(
        "batch", "eligibility", tmp_path / "p.csv", "--with", f"physician={tmp_path / 'd.csv'}",
        "--on", ON, "--out", tmp_path / "out", "--allow-missing-columns", code=2,
    )  # fmt: skip


def test_other_numbers_are_a_change(tmp_path: Path) -> None:
    """Of a value question, another number is another outcome."""
    other = {"rule": "guideline_specialist", "effect": "value", "value": "700.5",
             "when": "'allmanmedicin' in physician.specialties"}  # fmt: skip
    own_folder(tmp_path, other)
    table = pa.table({"specialties": [["allmanmedicin"], [], ["allmanmedicin"]]})
    pq.write_table(table, tmp_path / "p.parquet")
    arguments = ("batch", "capacity", tmp_path / "p.parquet", "--on", "2026-01-01", "--path", tmp_path,
                 "--allow-missing-columns", "--compare", "se.national", "my.unit")  # fmt: skip
    found = json.loads(flk(*arguments, "--format", "json"))
    assert (found["rows"], found["changed"]) == (3, 2)
    assert found["changes"] == [{"before": "stated: 1100", "after": "stated: 700.5", "rows": 2}]
    said = flk(*arguments, "--lang", "en")
    assert "(1100)" in said
    assert "(700.5)" in said
    assert "(700,5)" in flk(*arguments, "--lang", "sv")


def test_a_sample_is_held_against_the_reference(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flk_rules.tables import comparing

    def forged(verdict: Any) -> dict[str, Any]:
        return {**kept(verdict), "outcome": "assess"}

    kept = comparing.verdict_row
    monkeypatch.setattr(comparing, "verdict_row", forged)
    said = compared(data / "patients.parquet", data / "physicians.parquet", code=2)
    assert "its row says otherwise than the reference interpreter in outcome" in said


def test_rulesets_that_read_other_facts_are_compared(data: Path, tmp_path: Path) -> None:
    """Each ruleset reads its own columns of one file; samples of a table without ids too."""
    table = pa.table({
        "age": [50] * 40, "chronic_conditions": [n % 4 for n in range(40)],
        "frail": [True] * 40, "complex_needs": [False] * 40, "deprived_area": [n % 2 == 0 for n in range(40)],
        "mental_ill_health": ["none"] * 40, "disability": ["none"] * 40, "housing": ["ordinary"] * 40,
        "substance_use": [False] * 40, "vulnerable": [False] * 40, "home_health_care": [False] * 40,
        "patient.municipality": pa.nulls(40, pa.string()),
    })  # fmt: skip
    pq.write_table(table, tmp_path / "p.parquet")
    for names in (("se.national", "se.stockholm"), ("se.stockholm", "se.borgholm")):
        found = json.loads(flk("batch", "priority", tmp_path / "p.parquet", "--on", ON, "--format", "json",
                               "--allow-missing-columns", "--compare", *names))  # fmt: skip
        assert found["rows"] == 40
        counts = {name: load(name, on=date.fromisoformat(ON)).decide_table("priority", table, unknown=True)
                  .table["outcome"].to_pylist() for name in names}  # fmt: skip
        changed = sum(one != other for one, other in zip(*counts.values(), strict=True))
        assert found["changed"] == changed > 0
        said = flk("batch", "priority", tmp_path / "p.parquet", "--on", ON, "--lang", "sv",
                   "--allow-missing-columns", "--compare", *names)  # fmt: skip
        assert f"enligt {names[1]} " in said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--out", "x", "--compare", "se.national", "se.stockholm"),
         "--out: expected a folder, or --compare with two rulesets, found both"),
        ((), "--out: expected a folder, or --compare with two rulesets, found neither"),
        (("--out", "x", "--part-rows", "0"), "--part-rows: expected a number from 1 to 10,000,000, found 0"),
        (("--out", "x", "--picture", "x.png"), "--picture: expected a file whose name ends in .svg, found 'x.png'"),
        (("--out", "x", "--with", "physician"),
         "--with: expected a subject and a file: physician=doctors.csv, found 'physician'"),
        (("--out", "x", "--pairs", "unti"), "--pairs: expected listed or unit, found 'unti'; did you mean 'unit'?"),
    ],
)  # fmt: skip
def test_wrong_options(data: Path, arguments: tuple[str, ...], message: str) -> None:
    said = flk("batch", "eligibility", data / "patients.parquet", "--on", ON, *arguments, code=2)
    assert said == f"flk: {message}\n"


def test_a_file_of_a_stranger(data: Path) -> None:
    said = flk("batch", "eligibility", data / "patients.parquet", "--with", f"unit={data / 'patients.csv'}",
               "--on", ON, "--out", "x", code=2)  # fmt: skip
    assert said == (
        "flk: eligibility is about physician and patient: expected one main file and one for each other, found others of unit\n"
    )


def test_options_say_what_there_is() -> None:
    """The commands load nothing of the tables to list their choices; they must be the same."""
    from flk_rules.cli import batch, sql
    from flk_rules.engines.sql import DIALECTS
    from flk_rules.tables.planning import PAIRS

    assert set(sql._DIALECTS) == set(DIALECTS)
    assert batch._PAIRS == PAIRS
    assert batch._WRITTEN == batches.FORMATS
    assert inspect.signature(batch.batch).parameters["part_rows"].default == batches.ROWS


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_one_row_is_one_row(tmp_path: Path, lang: str) -> None:
    (tmp_path / "d.csv").write_text("id,licence\nD,valid\n")
    (tmp_path / "p.csv").write_text("id,age,listed_with\n1,70,D\n2,70,\n")
    said = flk("batch", "eligibility", tmp_path / "p.csv", "--with", f"physician={tmp_path / 'd.csv'}",
               "--on", ON, "--out", tmp_path / "out", "--allow-missing-columns", "--lang", lang)  # fmt: skip
    drawn = (tmp_path / "out" / "summary.svg").read_text(encoding="utf-8")
    if lang == "en":
        assert "One row lacks facts that could change its outcome." in said
        assert "One row of patient met no other and is not among them." in said
        assert "One row lacks facts." in drawn
    else:
        assert "Uppgifter som kunde ändra utfallet saknas på en rad." in said
        assert "En rad i patient fick ingen motpart och är inte med." in said
        assert "Uppgifter saknas på en rad." in drawn


def test_flk_sql(tmp_path: Path) -> None:
    said = flk("sql", "se.national", "physician_contact", "--on", ON, "--dialect", "spark")
    assert said.startswith(
        "-- se.national 2022.1, physician_contact, 2024-10-01\nWITH facts AS (\n"
    )
    assert "/* contact.physician_in_primary_care: presentation-2022, " in said
    joined = flk("sql", "se.national", "eligibility", "--on", ON, "--tables")
    assert 'ON physician_parts."physician key" = patient_parts."patient key"' in joined
    assert flk("sql", "se.national", "priority", "--on", ON, "--dialect", "mysql", code=2) == (
        "flk: --dialect: expected duckdb or spark or postgres, found 'mysql'\n"
    )


def test_sums_of_parts() -> None:
    one = Summary(rows=2, outcomes={"a": 1, "b": 1}, lists={"grounds": {"r": 1}}, with_missing=1)
    both = one + Summary(rows=1, outcomes={"b": 1}, lists={"advice": {"s": 1}}, unpaired=3)
    assert both == Summary(
        rows=3, outcomes={"b": 2, "a": 1}, lists={"grounds": {"r": 1}, "advice": {"s": 1}},
        with_missing=1, unpaired=3,
    )  # fmt: skip
    assert list(both.outcomes) == ["b", "a"]
    assert batches.summary_of(both.to_dict()) == both
    assert files.ENDINGS == (".parquet", ".csv")
