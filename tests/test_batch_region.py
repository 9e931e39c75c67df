"""regions at once.

What a region asks of its files: who has no physician, what another day or ruleset changes, codes as
people write them, and what happens where a run is broken off.
"""

# ruff: noqa: E501 - messages stand whole on one line

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import attrs
import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import ROOT
from flk_rules import TableInvalid, TablesFailure, load
from flk_rules.model.rules import Text
from flk_rules.tables.batch import run_batch
from flk_rules.tables.files import open_source
from flk_rules.tables.picture import picture
from flk_rules.tables.summary import Summary
from support.batches import ON, ROWS, compared, decide, flk, job, people


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return people(tmp_path_factory.mktemp("data"))


def region(*more: object, question: str = "eligibility", code: int = 0) -> str:
    folder = ROOT / "examples" / "region"
    return flk(
        "batch", question, folder / "patients.csv", "--with", f"physician={folder / 'physicians.csv'}",
        "--on", ON, "--unknown", "physician.equivalent_competence", "--lang", "en", *more, code=code,
    )  # fmt: skip


def lines_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("written", ["parquet", "csv"])
def test_those_without_a_physician_stand_apart(data: Path, tmp_path: Path, written: str) -> None:
    """Who has no physician is a row too, if none of the answers: part by part, and done anew where
    it is gone."""
    out = tmp_path / "out"
    decide(data, out, "--part-rows", 1_000, "--write", written)
    parts = sorted((out / "unpaired").iterdir())
    assert [each.stem for each in parts] == [f"00000-patients-0000{n}" for n in range(3)]
    with duckdb.connect() as connection:
        found = connection.sql(f"SELECT * FROM '{out}/unpaired/*.{written}'").to_arrow_table()
    assert {int(each) for each in found["patient.id"].to_pylist()} == set(range(0, ROWS, 50))
    assert found["patient.listed_with"].null_count == ROWS // 50
    parts[1].unlink()
    said = decide(data, out, "--part-rows", 1_000, "--write", written)
    assert f"The answers are in {out}; finished before: 2.\n" in said
    assert parts[1].is_file()


def test_a_region_s_questions(tmp_path: Path) -> None:
    """Counted by hand: of twelve, two have no physician; Elsa's licence is revoked; the geriatrician
    has one patient of 64, the paediatrician one who becomes 18 within the year."""
    region("--out", tmp_path / "now", "--columns", "grounds", "--write", "csv")
    (part,) = (tmp_path / "now").glob("*.csv")
    rows = {row["patient.id"]: row for row in csv.DictReader(lines_of(part))}
    assert {key: row["outcome"] for key, row in rows.items() if row["outcome"] != "eligible"} == {
        "P04": "assess", "P08": "not_eligible"
    }  # fmt: skip
    (alone,) = (tmp_path / "now" / "unpaired").iterdir()
    assert sorted(lines_of(alone)) == [
        "P10,", "P11,Gösta Berg", "patient.id,patient.listed_with"
    ]  # fmt: skip
    region("--out", tmp_path / "decided")
    text = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
    (query,) = re.findall(r"```sql\n(.+?)```", text, re.DOTALL)
    with duckdb.connect() as connection:
        found = connection.execute(query.replace("'decided/", f"'{tmp_path}/decided/")).fetchall()
    assert sorted(found) == [("P04",), ("P08",), ("P10",), ("P11",)]
    changed = tmp_path / "changed.csv"
    days = ("--compare", "se.national", "se.national@2025-10-01")
    said = region(*days, "--changed", changed)
    assert said.startswith(f"2 of 10 rows get another outcome. See {changed}.\n")
    assert "under se.national 2022.1, 2025-10-01\nASSESS: patient P05" in said.replace("\n\n", "\n")
    assert list(csv.reader(lines_of(changed))) == [
        ["patient.id", "physician.id", "before", "after", "lost", "gained"],
        ["P04", "Bo Ask", "assess", "eligible",
         "se.national.eligibility.equivalent_competence_to_assess", "se.national.eligibility.geriatrics"],
        ["P05", "Cilla Lind", "eligible", "assess",
         "se.national.eligibility.paediatrics", "se.national.eligibility.equivalent_competence_to_assess"],
    ]  # fmt: skip
    region(*days, "--changed", tmp_path / "changed.parquet")
    table = pq.read_table(tmp_path / "changed.parquet")
    assert table["gained"].to_pylist()[0] == ["se.national.eligibility.geriatrics"]
    assert {each.name for each in tmp_path.iterdir()} == {
        "now", "decided", "changed.csv", "changed.parquet"
    }  # fmt: skip


def test_changed_rows_of_every_part(data: Path, tmp_path: Path) -> None:
    found = json.loads(compared(
        data / "patients.parquet", data / "physicians.parquet", "--part-rows", 1_000,
        "--changed", tmp_path / "c.parquet", "--format", "json",
    ))  # fmt: skip
    table = pq.read_table(tmp_path / "c.parquet")
    assert table.num_rows == found["changed"] > 1_000
    ids = [int(each) for each in table["patient.id"].to_pylist()]
    assert ids == sorted(set(ids))


def test_changed_rows_that_cannot_be_written(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder.csv").mkdir()
    Path("own.parquet").write_bytes((data / "patients.parquet").read_bytes())
    main, physicians = Path("own.parquet"), data / "physicians.parquet"
    for place, message in (
        ("folder.csv", "folder.csv: is a directory"),
        ("no/c.csv", "no/c.csv: no such file or directory"),
        ("no/c.parquet", "no/c.parquet: no such file or directory"),
        ("own.parquet", "--changed: expected a file that is not read, found 'own.parquet'"),
        ("c.txt", "--changed: expected --compare and a file whose name ends in .parquet or .csv, "
                  "found 'c.txt'"),
    ):  # fmt: skip
        assert compared(main, physicians, "--changed", place, code=2) == f"flk: {message}\n"
    said = decide(data, tmp_path / "out", "--changed", "c.csv", code=2)
    assert said.startswith("flk: --changed: expected --compare and a file")
    assert {each.name for each in tmp_path.iterdir()} == {"folder.csv", "own.parquet"}


def test_a_day_that_is_none(data: Path) -> None:
    said = region("--compare", "se.national", "se.national@next year", code=2)
    assert said == "flk: --compare: expected a date like 2024-10-01, found 'next year'\n"


def test_what_cannot_be_read_is_told_of_a_comparison(data: Path, tmp_path: Path) -> None:
    rows = [f"{n},{age},D" for n, age in enumerate(("70", "old", "200", "9"))]
    (tmp_path / "p.csv").write_text("\n".join(["id,age,listed_with", *rows, ""]))
    (tmp_path / "d.csv").write_text("id,licence,specialties\nD,vald,geriatrik\n")
    said = compared(tmp_path / "p.csv", tmp_path / "d.csv", "--part-rows", 1)
    assert f"flk: {tmp_path / 'd.csv'} 'licence': expected a code of licence, found 'vald'" in said
    assert said.count("'vald'") == 1
    assert re.search(r"'age': expected .*, found '200' \(1\), 'old' \(1\); 2 taken as not", said)


def test_codes_by_name_as_in_a_roster(tmp_path: Path) -> None:
    """The very file that `flk decide` reads: headings and codes in Swedish, decimal commas."""
    file = ROOT / "examples" / "eligible.csv"
    asked = ("eligibility", "--ruleset", "se.stockholm", "--on", ON)
    flk("batch", *asked, file, "--out", tmp_path / "out", "--unknown",
        "physician.equivalent_competence", "--unknown", "physician.training.years_done",
        "--unknown", "physician.training.years_total")  # fmt: skip
    (part,) = (tmp_path / "out").glob("*.parquet")
    rows = pq.read_table(part).to_pylist()
    decided = flk("decide", *asked, file, "--format", "jsonl")
    decisions = [json.loads(line) for line in decided.splitlines()]
    assert [(row["physician.id"], row["outcome"], row["grounds"]) for row in rows] == [
        (each["references"]["physician"], each["outcome"], each["grounds"]) for each in decisions
    ]
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["unreadable"] == []
    explained = flk("explain", tmp_path / "out", "physician.id=Bo", "patient.id=Olga")
    assert explained.startswith("KAN VARA FAST LÄKARKONTAKT: ")


def test_names_of_codes_in_lists(tmp_path: Path) -> None:
    cells = {
        "a": "Allmänmedicin | geriatrik", "b": "inga", "c": "", "d": "allmänmedicin, Okänt",
        "e": "Barn- och ungdomsmedicin", "f": "Geriatrics", "g": "geriatrik; geriatrik",
    }  # fmt: skip
    table = "\n".join(["id,licence,specialties", *(f'{k},valid,"{v}"' for k, v in cells.items())])
    (tmp_path / "d.csv").write_text(table + "\n", encoding="utf-8")
    (tmp_path / "p.csv").write_text("id,age,unit.id\np,70,u\n")
    source = open_source("physician", [tmp_path / "d.csv"], load("se.national", on=date.fromisoformat(ON)).schema,
                         ("physician",))  # fmt: skip
    (whole,) = [part.read() for part in source.parts(["id", "specialties"], 100)]
    assert dict(zip(*whole.to_pydict().values(), strict=True)) == {
        "a": "allmanmedicin|geriatrik", "b": "-", "c": None, "d": "allmänmedicin, Okänt",
        "e": "barn_och_ungdomsmedicin", "f": "geriatrik", "g": "geriatrik|geriatrik",
    }  # fmt: skip
    assert source.spelled(whole) == whole


def test_outcomes_alone_say_nothing_of_missing_facts(tmp_path: Path) -> None:
    """Six of the region's patients are undetermined: not asked which facts lack, no number is
    told."""
    folder = ROOT / "examples" / "region"
    arguments = ("batch", "priority", folder / "patients.csv", "--on", ON, "--lang", "en",
                 "--allow-missing-columns")  # fmt: skip
    said = flk(*arguments, "--columns", "outcome", "--out", tmp_path / "some")
    assert re.search(r"^cannot be told, facts are missing +6 +50\.0 %$", said, re.MULTILINE)
    assert "lack facts" not in said
    assert "lack facts" not in (tmp_path / "some" / "summary.svg").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "some" / "summary.json").read_text())["with_missing"] is None
    again = flk(*arguments, "--columns", "outcome", "--out", tmp_path / "some", "--format", "json")
    assert json.loads(again)["with_missing"] is None
    assert "\n6 rows lack facts that could" in flk(*arguments, "--out", tmp_path / "all")


def test_rows_of_several_parts_are_several(tmp_path: Path) -> None:
    """A physician alone names the rows of all their patients, in whatever parts they stand."""
    pq.write_table(pa.table({"id": ["1", "2"], "age": [70, 9], "listed_with": ["A", "A"]}),
                   tmp_path / "p.parquet", row_group_size=1)  # fmt: skip
    pq.write_table(pa.table({"id": ["A"], "licence": ["valid"]}), tmp_path / "d.parquet")
    flk("batch", "eligibility", tmp_path / "p.parquet", "--with", f"physician={tmp_path / 'd.parquet'}",
        "--on", ON, "--out", tmp_path / "out", "--allow-missing-columns", "--part-rows", 1)  # fmt: skip
    assert len(list((tmp_path / "out").glob("*.parquet"))) == 2
    said = flk("explain", tmp_path / "out", "physician.id=A", code=2)
    assert (
        said == f"flk: {tmp_path / 'out'}: several rows with A; name patient.id and physician.id\n"
    )
    assert "patient 2" in flk("explain", tmp_path / "out", "patient.id=2", "--lang", "en")


def test_broken_off_by_hand(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C is that, wherever it comes: in the database, or while it reads a file of ours."""
    from flk_rules.tables.duck import told

    for error in (duckdb.InterruptException("INTERRUPT Error: Interrupted!"),
                  RuntimeError("Query interrupted")):  # fmt: skip
        with pytest.raises(KeyboardInterrupt), told():
            raise error
    with pytest.raises(RuntimeError, match="of its own"), told():
        raise RuntimeError("of its own")
    (tmp_path / "p.csv").write_bytes((data / "patients.csv").read_bytes())
    asked = job(data, tmp_path / "out")
    whole = type(asked.main).parts

    def interrupted(source: Any, headings: Any, rows: int) -> Any:
        yield from whole(source, headings, rows) if rows == 1 else ()
        if rows > 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(type(asked.main), "parts", interrupted)
    with pytest.raises(KeyboardInterrupt):
        list(run_batch(asked))


@pytest.mark.parametrize("written", ["parquet", "csv"])
def test_a_file_system_that_takes_no_more(data: Path, tmp_path: Path, written: str) -> None:
    """A system that refuses to write, as a full disk does: files of at most 8 KiB."""
    command = [
        sys.executable, "-c",
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192)); "
        "from flk_rules.cli.main import run; run()",
        "batch", "eligibility", str(data / "patients.parquet"),
        "--with", f"physician={data / 'physicians.parquet'}", "--on", ON,
        "--out", str(tmp_path / "out"), "--allow-missing-columns", "--write", written, "--lang", "en",
    ]  # fmt: skip
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    part = tmp_path / "out" / f"00000-patients-00000.{written}"
    assert (ran.returncode, ran.stderr) == (2, f"flk: {part}: file too large\n")
    assert [each.name for each in (tmp_path / "out").iterdir() if each.is_file()] == ["batch.json"]
    decide(data, tmp_path / "out", "--write", written)
    assert part.is_file()


def test_one_run_at_a_time(data: Path, tmp_path: Path) -> None:
    """A second run in the folder is told; a lock that a dead process left is none."""
    out = tmp_path / "out"
    running = run_batch(job(data, out))
    next(running)
    said = decide(data, out, "--part-rows", 1_000, code=2)
    assert (
        said == f"flk: {out}: another run is at work there; wait for it, or choose another folder\n"
    )
    running.close()
    assert not (out / ".lock").exists()
    (out / ".lock").touch()
    assert "finished before: 1.\n" in decide(data, out, "--part-rows", 1_000)
    assert not (out / ".lock").exists()


def test_a_run_stopped_by_hand_says_what_is_kept(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flk_rules.tables import batch as batches

    whole = batches.counted

    def stop(*arguments: Any) -> Any:
        if list((tmp_path / "out").glob("*1.parquet")):
            raise KeyboardInterrupt
        return whole(*arguments)

    monkeypatch.setattr(batches, "counted", stop)
    said = decide(data, tmp_path / "out", "--part-rows", 1_000, code=130)
    assert said == (
        f"flk: stopped; finished parts in {tmp_path / 'out'}: 2; the same command goes on\n"
    )
    monkeypatch.undo()
    assert "finished before: 2.\n" in decide(data, tmp_path / "out", "--part-rows", 1_000)


def test_several_files_of_another_subject(data: Path, tmp_path: Path) -> None:
    physicians = pq.read_table(data / "physicians.parquet")
    for number in range(2):
        pq.write_table(physicians.slice(number * 10, 10), tmp_path / f"{number}.parquet")
    arguments = ("batch", "eligibility", data / "patients.parquet", "--on", ON,
                 "--allow-missing-columns", "--format", "json")  # fmt: skip
    found = [
        flk(*arguments, "--out", tmp_path / f"out{len(files)}",
            *(f"--with=physician={each}" for each in files))
        for files in ([data / "physicians.parquet"], [tmp_path / "0.parquet", tmp_path / "1.parquet"])
    ]  # fmt: skip
    assert found[0] == found[1]


@pytest.mark.parametrize("size", ["nonsense", "0", "0GB", "-5GB", "80%", "4", ""])
def test_sizes_that_are_none(data: Path, tmp_path: Path, size: str) -> None:
    said = decide(data, tmp_path / "out", f"--memory={size}", code=2)
    assert said == f"flk: --memory: expected a size like 4GB, found '{size}'\n"
    with pytest.raises(TablesFailure, match="expected memory like 4GB, found"):
        load("se.national", on=date.fromisoformat(ON)).decide_table(
            "priority", pa.table({"age": [7]}), unknown=True, memory=size
        )


def test_a_size_that_is_one(data: Path, tmp_path: Path) -> None:
    decide(data, tmp_path / "out", "--memory", "1.5 gib")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--picture", "x.svg"), "--picture: expected no --compare beside it, found 'x.svg'"),
        (("--columns", "outcome"), "--columns: expected no --compare beside it, found 'outcome'"),
        (("--ruleset", "se.national"), "--ruleset: expected no --compare beside it, found 'se.national'"),
        (("--write", "csv"), "--write: expected no --compare beside it, found 'csv'"),
        (("--unknown", "patient.age"), "--unknown: expected it or --allow-missing-columns, found both"),
    ],
)  # fmt: skip
def test_options_that_do_not_go_together(
    data: Path, arguments: tuple[str, ...], message: str
) -> None:
    said = compared(data / "patients.parquet", data / "physicians.parquet", *arguments, code=2)
    assert said == f"flk: {message}\n"


def test_a_reference_twice(data: Path, tmp_path: Path) -> None:
    decide(data, tmp_path)
    said = flk("explain", tmp_path, "patient.id=1", "patient.id=2", code=2)
    assert said == "flk: NAME=ID: expected each reference once, found patient.id=1 patient.id=2\n"


def test_the_most_frequent_examples_of_all_parts(tmp_path: Path) -> None:
    """A value that no part has most of may be the most frequent of all."""
    ages = (
        ["aa"] * 5
        + ["bb"] * 5
        + ["cc"] * 5
        + ["dd"] * 4
        + ["ee"] * 5
        + ["ff"] * 5
        + ["gg"] * 5
        + ["dd"] * 4
    )
    pq.write_table(pa.table({"housing": ages}), tmp_path / "p.parquet", row_group_size=19)
    said = flk("batch", "priority", tmp_path / "p.parquet", "--on", ON, "--allow-missing-columns",
               "--out", tmp_path / "out", "--part-rows", 19)  # fmt: skip
    assert len(list((tmp_path / "out").glob("*.parquet"))) == 2
    assert "found 'dd'" in said
    assert "(8), " in said


def test_a_heading_near_a_fact_that_is_said_to_be_unknown() -> None:
    """Named, it is not known, whatever else the table has; said of any, its heading may be
    misspelt."""
    ruleset = load("se.national", on=date.fromisoformat(ON))
    table = pa.table({"contact.profession": ["nurse"], "contact.settings": ["other"]})
    decided = ruleset.decide_table("physician_contact", table, unknown="contact.setting")
    assert decided.table["outcome"].to_pylist() == ["not_eligible"]
    with pytest.raises(TableInvalid) as error:
        ruleset.decide_table("physician_contact", table, unknown=True)
    assert str(error.value).splitlines()[0] == (
        "roster: no column for contact.setting ('verksamhet'); did you mean 'contact.settings'? "
        "if not, name the facts that are not known (unknown=)"
    )


def test_days_and_ids_of_other_types() -> None:
    ruleset = load("se.national", on=date.fromisoformat(ON))
    table = pa.table({
        "id": [1.0], "birth_date": pa.array([0], pa.timestamp("ns")),
    })  # fmt: skip
    with pytest.raises(TableInvalid) as error:
        ruleset.decide_table("priority", table, unknown=True)
    assert str(error.value).splitlines() == [
        "roster 'id': expected text or whole numbers, found double; give them as text, or in pandas as 'Int64'",
        "roster 'birth_date': expected dates, found timestamp[ns]; give days without a time, in pandas .dt.date",
    ]  # fmt: skip


def test_rules_of_the_same_words_are_drawn_each() -> None:
    summary = Summary(rows=9, outcomes={"grounded": 9}, lists={"grounds": {
        "se.national.priority.older": 5, "se.national.priority.sabo": 4,
    }})  # fmt: skip
    model = load("se.national", on=date.fromisoformat(ON)).model
    same = {
        name: attrs.evolve(rule, because=Text(sv="samma ord\u202e", en="the same words"))
        for name, rule in model.rules.items()
    }
    drawn = picture(summary, attrs.evolve(model, rules=same), "priority")
    assert [drawn.count(f"samma ord\ufffd: {each}") for each in ("5 (55,6 %)", "4 (44,4 %)")] == [
        1,
        1,
    ]
    assert "\u202e" not in drawn


def test_a_rule_called_as_a_column(tmp_path: Path) -> None:
    """No name of a rule, a definition or a ruleset meets that of a column in the query."""
    words = '{ sv = "x", en = "x" }'
    source = '{ document = "doc", section = "S", statement = "E1" }'
    parts = [
        f'[ruleset]\nid = "patient"\nversion = "1"\ntitle = {words}\nextends = "se.national"\n'
        'valid_from = 2024-01-01\n[[document]]\nid = "doc"\ntitle = "D"\npublisher = "P"\n'
        f'published = "2024"\n[[question]]\nid = "mine"\ncombine = "collect"\nsubjects = ["patient"]\n'
        f"title = {words}\nscope = {words}\nsource = {source}\n"
    ]
    for name, when in (("side", "patient.age >= 65"), ("patient.own", "!side")):
        parts.append(f'[[definition]]\nid = "{name}"\nwhen = "{when}"\nbecause = {words}\n'
                     f"source = {source}\nvalid_from = 2024-01-01\n")  # fmt: skip
    for name, when in (("age", "side"), ("id", "patient.own"), ("own", "!patient.own")):
        parts.append(f'[[rule]]\nid = "patient.{name}"\ndecides = "mine"\neffect = "ground"\n'
                     f'when = "{when}"\nforce = "guidance"\nsource = {source}\nbecause = {words}\n'
                     "valid_from = 2024-01-01\n")  # fmt: skip
    (tmp_path / "patient").mkdir()
    (tmp_path / "patient" / "r.toml").write_text("\n".join(parts), encoding="utf-8")
    ruleset = load("patient", on=date.fromisoformat(ON), path=[tmp_path])
    table = pa.table({"patient.id": ["7", "8", "9"], "patient.age": [70, 3, None]})
    decided = ruleset.decide_table("mine", table).table
    assert decided["patient.id"].to_pylist() == ["7", "8", "9"]
    assert decided["grounds"].to_pylist() == [["patient.age", "patient.own"], ["patient.id"], []]
    assert decided["outcome"].to_pylist() == ["grounded", "grounded", "undetermined"]
    with pytest.raises(
        TableInvalid, match=r"truths: the rule 'patient\.id' is called as another col"
    ):
        ruleset.decide_table("mine", table, truths=True)
