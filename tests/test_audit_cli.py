"""flk audit.

What the commands about a log print, refuse and return.
"""

from __future__ import annotations

import csv
import functools
import io
import json
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from jsonschema import Draft202012Validator
from typer.testing import CliRunner, Result

from flk_rules.audit import AuditLog, PseudonymKey
from flk_rules.audit.exporting import COLUMNS
from flk_rules.audit.reading import open_store
from flk_rules.audit.receipts import Receipt
from flk_rules.audit.shapes import schema
from flk_rules.audit.verifying import verify
from flk_rules.cli.audit import COUNTED
from flk_rules.cli.audit_words import WORDS
from flk_rules.cli.main import app
from support.audit import OTHER_KEY, SECRET, SIGNING_KEY, behind, grow, make_log
from support.cases import NATIONAL, STOCKHOLM, shipped


def flk(*arguments: object) -> Result:
    result = CliRunner().invoke(app, ["audit", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    make_log(tmp_path / "log.flk")
    for name, key in (("signing", SIGNING_KEY), ("other", OTHER_KEY)):
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (tmp_path / f"{name}.pem").write_bytes(private)
        (tmp_path / f"{name}.pub").write_bytes(public)
    (tmp_path / "key").write_text(f"{SECRET.hex()}\n", encoding="ascii")
    (tmp_path / "raw").write_bytes(SECRET)
    return Path("log.flk")


# ---- verify and head -----------------------------------------------------------------------------


def test_a_log_that_holds(log: Path) -> None:
    found = flk("verify", log, "--lang", "en")
    identity = open_store(log, read_only=True).identity()
    assert (found.exit_code, found.stderr) == (0, "")
    assert found.stdout.splitlines() == [
        f"log          log.flk ({identity})",
        "holds        records 1 to 9: decisions: 6, of these dropped: 0; rulesets: 2",
        "vouched for  nothing: a log that was rewritten as a whole shows only against a head kept "
        "elsewhere (--head) or a signature (--public-key)",
        "after that   nothing vouches for what may have stood after record 9",
    ]
    assert flk("verify", log).stdout.splitlines()[1:] == [
        "håller    post 1 till 9: beslut: 6, varav gallrade: 0; regelverk: 2",
        "intygat   inget: en logg som skrivits om i sin helhet syns bara mot ett huvud som hållits "
        "på annat håll (--head) eller en signatur (--public-key)",
        "därefter  ingenting intygar vad som kan ha stått efter post 9",
    ]


def test_a_log_that_does_not(log: Path) -> None:
    behind(log, "DELETE FROM record WHERE number = 5")
    found = flk("verify", log, "--lang", "en")
    assert found.exit_code == 1
    assert found.stderr == (
        "flk: log.flk: record 5: missing: removed, or the log does not begin at record 1\n"
    )
    assert found.stdout.splitlines()[1].startswith("holds        records 1 to 4: ")
    assert "after that" not in found.stdout


def test_verifying_as_json(log: Path) -> None:
    holds = json.loads(flk("verify", log, "--format", "json").stdout)
    assert holds["format"] == "flk_rules/verified/1"
    assert (holds["holds"], holds["records"], holds["fault"]) == (True, 9, None)
    behind(log, "UPDATE record SET salt = zeroblob(16) WHERE number = 7")
    found = flk("verify", log, "--format", "json")
    assert found.exit_code == 1
    assert json.loads(found.stdout)["fault"] == {
        "record": 7, "reason": "its content, salt or digest was changed",
    }  # fmt: skip


def test_a_head_kept_elsewhere(log: Path) -> None:
    kept = Path("head.json")
    kept.write_text(flk("head", log, "--signing-key", "signing.pem").stdout, encoding="utf-8")
    grow(log, 12)
    found = flk("verify", log, "--head", kept, "--public-key", "signing.pub", "--lang", "en")
    assert found.exit_code == 0
    assert found.stdout.splitlines()[2] == (
        "vouched for  records 1 to 9, by heads kept elsewhere or by signatures"
    )
    behind(log, "DELETE FROM record WHERE number > 8")
    found = flk("verify", log, "--head", kept)
    assert found.exit_code == 1
    assert found.stderr == (
        "flk: log.flk: record 9: it is missing: head.json vouches for record 9\n"
    )
    found = flk("verify", log, "--head", kept, "--public-key", "other.pub")
    assert (found.exit_code, found.stdout) == (2, "")
    assert found.stderr == "flk: head.json: its signature is not by the key that was given\n"


def test_a_signature_that_was_not_checked_is_told(log: Path) -> None:
    kept = Path("head.json")
    kept.write_text(flk("head", log, "--signing-key", "signing.pem").stdout, encoding="utf-8")
    told = "signature    of head.json: not checked (no public key given, --public-key)"
    assert told in flk("verify", log, "--head", kept, "--lang", "en").stdout.splitlines()
    told = "signatur  av head.json: inte prövad (ingen publik nyckel, --public-key)"
    assert told in flk("verify", log, "--head", kept).stdout.splitlines()
    found = flk("verify", log, "--head", kept, "--format", "json")
    assert (found.exit_code, json.loads(found.stdout)["signatures_not_checked"]) == (
        0, ["head.json"],
    )  # fmt: skip
    key = "--public-key", "signing.pub"
    assert "not checked" not in flk("verify", log, "--head", kept, *key, "--lang", "en").stdout
    found = flk("verify", log, "--head", kept, *key, "--format", "json")
    assert json.loads(found.stdout)["signatures_not_checked"] == []


def test_what_no_head_vouches_for_is_told_by_its_records(log: Path) -> None:
    Path("head.json").write_text(flk("head", log).stdout, encoding="utf-8")
    grow(log, 12)
    assert flk("verify", log, "--head", "head.json", "--lang", "en").stdout.splitlines()[-1] == (
        "after that   nothing vouches for records 10 to 12, nor for what else may have stood after "
        "record 9"
    )
    assert flk("verify", log, "--head", "head.json").stdout.splitlines()[-1] == (
        "därefter  ingenting intygar post 10 till 12, eller vad mer som kan ha stått efter post 9"
    )


def test_one_record_is_said_as_one(log: Path) -> None:
    AuditLog("begun.flk").close()
    Path("begun.json").write_text(flk("head", "begun.flk").stdout, encoding="utf-8")
    assert flk("verify", "begun.flk", "--head", "begun.json", "--lang", "en").stdout.splitlines()[
        1:3
    ] == [
        "holds        record 1: decisions: 0, of these dropped: 0; rulesets: 0",
        "vouched for  record 1, by heads kept elsewhere or by signatures",
    ]
    assert flk("verify", "begun.flk", "--head", "begun.json").stdout.splitlines()[1:3] == [
        "håller    post 1: beslut: 0, varav gallrade: 0; regelverk: 0",
        "intygat   post 1, av huvuden som hållits på annat håll eller signaturer",
    ]
    Path("head.json").write_text(flk("head", log).stdout, encoding="utf-8")
    grow(log, 10)
    assert flk("verify", log, "--head", "head.json", "--lang", "en").stdout.splitlines()[-1] == (
        "after that   nothing vouches for record 10, nor for what else may have stood after record "
        "9"
    )
    assert flk("verify", log, "--head", "head.json").stdout.splitlines()[-1] == (
        "därefter  ingenting intygar post 10, eller vad mer som kan ha stått efter post 9"
    )


def test_a_drop_that_nothing_vouches_for_is_told(log: Path) -> None:
    Path("head.json").write_text(flk("head", log).stdout, encoding="utf-8")
    flk("prune", log, "--before", "2026-03-01T12:05:00Z", "--yes")
    found = flk("verify", log, "--head", "head.json", "--lang", "en")
    assert found.exit_code == 1
    assert found.stdout.splitlines()[3] == (
        "dropped      decisions vouched for and dropped by the word of records that are not: 3, "
        "the first is record 3; verify against a head from after the dropping"
    )
    assert (
        flk("verify", log, "--head", "head.json")
        .stdout.splitlines()[3]
        .startswith(
            "gallrat   beslut som intygas men gallrades enligt poster som ingenting intygar: 3, "
            "det första är post 3; "
        )
    )
    found = flk("verify", log, "--head", "head.json", "--format", "json")
    assert (found.exit_code, json.loads(found.stdout)["drops_not_vouched"]) == (1, [[3, 3], [5, 6]])
    assert not json.loads(found.stdout)["holds"]
    Path("later.json").write_text(flk("head", log).stdout, encoding="utf-8")
    found = flk("verify", log, "--head", "head.json", "--head", "later.json")
    assert (found.exit_code, "gallrat " in found.stdout) == (0, False)


def test_a_head_without_a_signature_does_as_well_where_it_is_kept_safe(log: Path) -> None:
    Path("head.json").write_text(flk("head", log).stdout, encoding="utf-8")
    assert json.loads(Path("head.json").read_text(encoding="utf-8"))["signature"] is None
    assert flk("verify", log, "--head", "head.json").exit_code == 0
    assert flk("verify", log, "--head", "head.json", "--public-key", "signing.pub").exit_code == 2


def test_the_last_head_in_a_log_can_be_taken_elsewhere(log: Path) -> None:
    grow(log, 30, signing_key=SIGNING_KEY, head_every=10)
    found = flk("head", log, "--stored")
    heads = [e for e in open_store(log, read_only=True).entries() if e.kind == "head"]
    assert found.stdout == f"{(heads[-1].content or b'').decode()}\n"
    Path("head.json").write_text(found.stdout, encoding="utf-8")
    found = flk("verify", log, "--head", "head.json", "--public-key", "signing.pub")
    assert found.exit_code == 0


def test_no_head_is_made_of_what_does_not_hold(log: Path) -> None:
    behind(log, "DELETE FROM record WHERE number = 5")
    found = flk("head", log, "--signing-key", "signing.pem")
    assert (found.exit_code, found.stdout) == (1, "")
    assert found.stderr.endswith("; no head is made of what does not hold\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["verify", "none.flk"], "none.flk: expected an audit log, found no file there"),
        (["verify", "key"], "key: expected an audit log, found another kind of file"),
        (["verify", "log.flk", "--head", "none"],
         "none: cannot be read: no such file or directory"),
        (["verify", "log.flk", "--head", "key"],
         "key: expected a head of an audit log in JSON"),
        (["verify", "log.flk", "--public-key", "signing.pem"],
         "signing.pem: expected a public Ed25519 key as PEM, found another private key"),
        (["head", "log.flk", "--signing-key", "signing.pub"],
         "signing.pub: expected a private Ed25519 key as PEM, without a password, found another "
         "public key"),
        (["head", "log.flk", "--stored"],
         "log.flk: no head stands in it; --signing-key makes one"),
        (["head", "log.flk", "--stored", "--signing-key", "signing.pem"],
         "--stored: expected no key beside it, found --signing-key"),
        (["verify", "postgresql://h/y?nonsense=1"],
         "postgresql://h/y: expected an address like postgresql://user@host/database"),
        (["verify", "log.flk", "--format", "xml"], "--format: expected text or json, found 'xml'"),
        (["verify", "log.flk", "--lang", "de"], "--lang: expected sv or en, found 'de'"),
        (["prune", "log.flk", "--before", "2999-01-01"],
         "--before: expected a time that is past, found '2999-01-01'"),
        (["prune", "log.flk", "--before", "soon"],
         "--before: expected a date like 2024-10-01 or a time like 2024-10-01T12:00:00Z, found "
         "'soon'"),
        (["prune", "log.flk", "--before", "2024-10-01T12:00:00"],
         "--before: expected a date like 2024-10-01 or a time like 2024-10-01T12:00:00Z, found "
         "'2024-10-01T12:00:00'"),
        (["prune", "log.flk", "--before", "0001-01-01T00:00:00+05:00", "--yes"],
         "--before: expected a date like 2024-10-01 or a time like 2024-10-01T12:00:00Z, found "
         "'0001-01-01T00:00:00+05:00'"),
        (["prune", "none.flk", "--before", "2024-10-01", "--yes"],
         "none.flk: expected an audit log, found no file there"),
        (["show", "log.flk", "2"], "log.flk: record 2 holds no decision but a ruleset"),
        (["query", "log.flk", "--count", "rules"],
         "--count: expected outcome or question or rule or ground or assumption or missing or "
         "ruleset, found 'rules'; did you mean 'rule'?"),
        (["query", "log.flk", "--subject", "17"],
         "--subject: expected a subject and its reference, patient=17, found '17'"),
        (["query", "log.flk", "--subject", "patient=17"],
         "--key: expected the file of the pseudonyms' key, found nothing"),
        (["query", "log.flk", "--subject", "patient=17", "--key", "signing.pub", "--count", "rule"],
         None),
        (["query", "log.flk", "--subject", "patient=17", "--key", "none"],
         "none: cannot be read: no such file or directory"),
        (["export", "log.flk", "--out", "-", "--format", "parquet"],
         "--out: expected a file for the format parquet, found -"),
        (["export", "log.flk", "--out", "x", "--format", "csv", "--whole"],
         "--whole: expected the format jsonl, found csv"),
        (["export", "log.flk", "--out", "log.flk"],
         "--out: expected another file than the log, found 'log.flk'"),
        (["replay", "log.flk", "--against", "se.national"],
         "--on: expected a value beside --against, found nothing"),
        (["replay", "log.flk", "--on", "2024-10-01"],
         "--against: expected a value beside --on, found nothing"),
        (["replay", "log.flk", "--record", "99"], "log.flk: no record 99; the last is 9"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_told(log: Path, arguments: list[str], said: str | None) -> None:
    found = flk(*arguments)
    if said is None:
        assert found.exit_code == 0
    else:
        assert (found.exit_code, found.stdout, found.stderr) == (2, "", f"flk: {said}\n")


@pytest.mark.parametrize("command", [["query"], ["export", "--out", "x"]])
def test_an_outcome_that_no_decision_can_have_is_a_mistake(log: Path, command: list[str]) -> None:
    found = flk(command[0], log, *command[1:], "--outcome", "not eligible")
    assert (found.exit_code, found.stdout, found.stderr) == (2, "", (
        "flk: --outcome: expected eligible or assess or grounded or fulfilled or stated or "
        "conditional or undetermined or deviates or ungrounded or unstated or not_eligible, "
        "found 'not eligible'; did you mean 'not_eligible'?\n"
    ))  # fmt: skip
    assert not Path("x").exists()


def test_a_key_too_short(log: Path) -> None:
    Path("short").write_text("00ff", encoding="ascii")
    found = flk("query", log, "--subject", "patient=17", "--key", "short")
    assert found.stderr == (
        "flk: the pseudonym key: expected at least 32 random bytes, found 2 bytes\n"
    )


# ---- query ---------------------------------------------------------------------------------------


def test_decisions_are_listed(log: Path) -> None:
    found = flk("query", log, "--question", "eligibility", "--lang", "en")
    heading, *rows, _, total = found.stdout.splitlines()
    assert heading.split() == [
        "record", "time", "reference", "ruleset", "question", "outcome", "why",
    ]  # fmt: skip
    assert [row.split()[0] for row in rows] == ["3", "5", "6", "7"]
    assert rows[1].split()[2:6] == ["case-2", "se.stockholm", "eligibility", "NOT"]
    assert rows[3].split()[-1] == "patient.age"
    assert total == "4 decisions"
    assert flk("query", log, "--question", "priority").stdout.splitlines()[-1] == "1 beslut"
    one = flk("query", log, "--question", "priority", "--lang", "en")
    assert one.stdout.splitlines()[-1] == "1 decision"


@pytest.mark.parametrize("key", ["key", "raw"])
def test_the_key_s_owner_finds_a_subject_s_decisions(log: Path, key: str) -> None:
    found = flk("query", log, "--subject", "patient=B", "--key", key, "--lang", "en")
    assert found.stdout.splitlines()[-1] == "2 decisions"
    other = flk("query", log, "--subject", "physician=B", "--key", key, "--lang", "en")
    assert other.stdout == "0 decisions\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--question", "eligiblity"],
         ["of 6 decisions, none is of the question 'eligiblity'; did you mean 'eligibility'? "
          "(there is: capacity, eligibility, priority)"]),
        (["--outcome", "deviates"],
         ["of 6 decisions, none has the outcome 'deviates' (there is: conditional, eligible, "
          "grounded, not_eligible, stated, undetermined)"]),
        (["--ruleset", "se.orebro"],
         ["of 6 decisions, none is by the ruleset 'se.orebro' (there is: se.national, "
          "se.stockholm)"]),
        (["--assumption", "elderly_form", "--question", "priority"],
         ["of 6 decisions, none rests on the assumption 'elderly_form'; did you mean "
          "'elderly_from'? (there is: elderly_from, multimorbid_from)"]),
        (["--reference", "case-77"], ["of 6 decisions, none has the reference 'case-77'"]),
        (["--subject", "patient=nobody", "--key", "key"],
         ["of 6 decisions, none is about the one asked for, by that key (there are pseudonyms of: "
          "patient, physician)"]),
        (["--since", "2027-01-01"],
         ["of 6 decisions, none is of that time (the first is of 2026-03-01T12:02:00, the last of "
          "2026-03-01T12:07:00)"]),
        # Both are there, though not of one decision: how many there are says it.
        (["--question", "priority", "--outcome", "eligible"], []),
        # What one does find needs no word about another.
        (["--question", "priority"], []),
        (["--question", "x", "--reference", "y"],
         ["of 6 decisions, none is of the question 'x' (there is: capacity, eligibility, "
          "priority)",
          "of 6 decisions, none has the reference 'y'"]),
    ],
)  # fmt: skip
def test_where_nothing_is_found_what_there_is_is_told(
    log: Path, arguments: list[str], told: list[str]
) -> None:
    for command in (["query"], ["query", "--count", "rule"], ["export", "--out", "-"]):
        found = flk(command[0], log, *command[1:], *arguments, "--lang", "en")
        assert found.exit_code == 0
        assert found.stderr.splitlines() == [f"flk: {each}" for each in told]


def test_what_there_is_is_told_in_swedish_and_not_without_end(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flk_rules.cli.audit_search._LISTED", 1)
    assert flk("query", log, "--rule", "se.national.eligibility.geriatric").stderr == (
        "flk: av 6 beslut är inget ett där regeln 'se.national.eligibility.geriatric' är sann; "
        "menades 'se.national.eligibility.geriatrics'? (det finns: "
        "se.national.capacity.guideline_specialist, ... +16)\n"
    )
    known = shipped(NATIONAL).fingerprint, shipped(STOCKHOLM).fingerprint
    assert flk("query", log, "--ruleset", "sha256:0").stderr == (
        f"flk: av 6 beslut är inget fattat enligt regelverket 'sha256:0' (det finns: {min(known)}, "
        "... +1)\n"
    )


def test_a_log_of_no_decisions_says_so_and_no_more(log: Path) -> None:
    AuditLog("empty.flk").close()
    found = flk("query", "empty.flk", "--question", "x", "--lang", "en")
    assert (found.exit_code, found.stdout, found.stderr) == (0, "0 decisions\n", "")


def test_counts(log: Path) -> None:
    found = flk("query", log, "--count", "assumption", "--lang", "en").stdout.splitlines()
    assert found[0].split() == ["count", "share", "assumption"]
    assert "elderly_from" in {row.split()[-1] for row in found[1:-2]}
    assert re.search(r"^ +2 +33\.3 % +elderly_from", "\n".join(found), re.MULTILINE)
    assert found[-1] == "of 6 decisions"
    for each in COUNTED:
        assert flk("query", log, "--count", each).exit_code == 0
    assert flk("query", log, "--count", "rule", "--reference", "x").stdout == "av 0 beslut\n"


def test_nothing_is_listed_as_if_it_held(log: Path) -> None:
    behind(log, "UPDATE record SET salt = zeroblob(16) WHERE number = 7")
    found = flk("query", log)
    assert (found.exit_code, found.stdout) == (2, "")
    assert found.stderr == (
        "flk: log.flk: record 7: its content, salt or digest was changed; verify the log\n"
    )


# ---- show and export -----------------------------------------------------------------------------


def test_a_receipt_is_shown_whole(log: Path) -> None:
    content = json.loads(flk("show", log, 6).stdout)
    Draft202012Validator(schema()).validate(content)
    assert Receipt.from_dict(content).ruleset().questions.keys() == {"eligibility"}


def test_export_as_json_lines(log: Path) -> None:
    assert flk("export", log, "--out", "some.jsonl", "--question", "eligibility").exit_code == 0
    lines = Path("some.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["record"] for line in lines] == [3, 5, 6, 7]
    whole = flk("export", log, "--out", "-", "--whole").stdout.splitlines()
    assert len(whole) == 6
    for line in whole:
        Draft202012Validator(schema()).validate(json.loads(line)["receipt"])
        assert "rules" in json.loads(line)["receipt"]


def test_export_as_csv(log: Path) -> None:
    rows = [
        *csv.DictReader(io.StringIO(flk("export", log, "--out", "-", "--format", "csv").stdout))
    ]
    assert [each["record"] for each in rows] == ["3", "5", "6", "7", "8", "9"]
    assert tuple(rows[0]) == COLUMNS
    assert rows[1]["outcome"] == "not_eligible"
    assert rows[2]["grounds"] == "se.national.eligibility.geriatrics"
    assert rows[5]["value"] == "1100.0"
    assert json.loads(rows[2]["facts"])["patient.age"] == 70


def test_export_as_parquet(log: Path) -> None:
    assert flk("export", log, "--out", "all.parquet", "--format", "parquet").exit_code == 0
    table = pyarrow.parquet.read_table("all.parquet")
    assert tuple(table.column_names) == COLUMNS
    rows: list[dict[str, Any]] = table.to_pylist()
    assert [each["record"] for each in rows] == [3, 5, 6, 7, 8, 9]
    assert rows[3]["missing"] == ["patient.age"]
    assert rows[5]["value"] == 1100
    assert flk("export", log, "--out", "no.parquet", "--format", "parquet", "--reference", "x")
    assert pyarrow.parquet.read_table("no.parquet").num_rows == 0


def test_parquet_is_written_in_pieces(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flk_rules.audit.exporting._AT_ONCE", 4)
    assert flk("export", log, "--out", "all.parquet", "--format", "parquet").exit_code == 0
    assert pyarrow.parquet.ParquetFile("all.parquet").num_row_groups == 2
    assert pyarrow.parquet.read_table("all.parquet").num_rows == 6


def test_parquet_says_what_it_needs(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    found = flk("export", log, "--out", "all.parquet", "--format", "parquet")
    assert (found.exit_code, found.stderr) == (2, (
        "flk: flk audit export --format parquet needs the extra 'tables': pip install "
        "'flk_rules[tables]'\n"
    ))  # fmt: skip
    assert not Path("all.parquet").exists()


@pytest.mark.parametrize(
    ("out", "said"),
    [
        ("log.flk", "the log, found 'log.flk'"),
        ("./x/../log.flk", "the log, found './x/../log.flk'"),
        ("linked.flk", "the log, found 'linked.flk'"),
        ("hard.flk", "the log, found 'hard.flk'"),
        ("log.flk-wal", "one of the log's own, found 'log.flk-wal'"),
        ("log.flk-shm", "one of the log's own, found 'log.flk-shm'"),
        ("log.flk-journal", "one of the log's own, found 'log.flk-journal'"),
        ("log.flk.part", "one of the log's own, found 'log.flk.part'"),
    ],
)
def test_an_export_never_takes_a_log_s_place(log: Path, out: str, said: str) -> None:
    """Nor that of a file which is only there while somebody writes the log."""
    Path("x").mkdir()
    Path("linked.flk").symlink_to(log)
    Path("hard.flk").hardlink_to(log)
    before = log.read_bytes()
    for name in ("log.flk", "linked.flk", log.absolute()):
        found = flk("export", name, "--out", out)
        assert (found.exit_code, found.stdout) == (2, "")
        assert found.stderr == f"flk: --out: expected another file than {said}\n"
    assert log.read_bytes() == before
    assert not [*Path().glob("*.part")]


def test_an_export_is_not_written_by_way_of_a_log(log: Path) -> None:
    make_log("old.csv.part")
    before = Path("old.csv.part").read_bytes()
    found = flk("export", "old.csv.part", "--out", "old.csv")
    assert (found.exit_code, found.stderr) == (2, (
        "flk: --out: expected another file than the log, found 'old.csv', which is written by way "
        "of old.csv.part\n"
    ))  # fmt: skip
    assert Path("old.csv.part").read_bytes() == before
    assert flk("export", log, "--out", "new.csv").exit_code == 0


def test_a_failed_export_leaves_nothing_half_written(log: Path) -> None:
    Path("some.csv").write_text("before", encoding="utf-8")
    behind(log, "UPDATE record SET salt = zeroblob(16) WHERE number = 7")
    for shape in ("csv", "jsonl", "parquet"):
        assert flk("export", log, "--out", "some.csv", "--format", shape).exit_code == 2
    assert Path("some.csv").read_text(encoding="utf-8") == "before"
    assert sorted(each.name for each in Path().glob("some*")) == ["some.csv"]
    found = flk("export", log, "--out", "none/some.csv")
    assert (found.exit_code, found.stderr) == (
        2, "flk: none/some.csv.part: no such file or directory\n",
    )  # fmt: skip


# ---- replay --------------------------------------------------------------------------------------


def test_a_log_is_replayed(log: Path) -> None:
    found = flk("replay", log, "--lang", "en")
    assert found.exit_code == 0
    assert found.stdout == "6 of 6 decisions came out the same, byte for byte\n"
    one = flk("replay", log, "--record", 6, "--record", 7, "--format", "jsonl").stdout
    assert [json.loads(line) for line in one.splitlines()] == [
        {"record": 6, "same": True, "differences": []},
        {"record": 7, "same": True, "differences": []},
    ]


def test_forged_text_cannot_steer_a_terminal(log: Path) -> None:
    for before in (b'"reference":"case-3"', b'"outcome":"eligible"', b'"question":"eligibility"'):
        _forge(log, before, before[:-1] + b'\\u001b[2J"')
    for arguments in (["query", log], ["query", log, "--count", "outcome"]):
        assert "\x1b" not in flk(*arguments).output
    assert "\x1b" not in flk("replay", log, "--record", 10).output


def _forge(path: Path, before: bytes, after: bytes) -> None:
    """A log whose chain holds and whose decision was never made: what replay is for."""
    from flk_rules.audit import AuditLog
    from flk_rules.audit.chain import Kind

    entry = next(e for e in open_store(path, read_only=True).entries(6, 6))
    content = (entry.content or b"").replace(before, after)
    assert content != entry.content
    with AuditLog(path) as log, log.store.writing() as session:
        session.append(Kind.DECISION, content)


def test_a_decision_that_the_rules_never_made(log: Path) -> None:
    _forge(log, b'"outcome":"eligible"', b'"outcome":"not_eligible"')
    assert flk("verify", log).exit_code == 0
    found = flk("replay", log, "--lang", "en")
    assert found.exit_code == 1
    assert found.stdout.splitlines() == [
        "10 outcome: 'not_eligible' -> 'eligible'",
        "6 of 7 decisions came out the same, byte for byte",
    ]
    (line,) = flk("replay", log, "--record", 10, "--format", "jsonl").stdout.splitlines()
    assert json.loads(line)["differences"] == [
        {"path": "outcome", "before": "not_eligible", "after": "eligible"}
    ]


def test_another_version_of_the_library_is_told(log: Path) -> None:
    _forge(log, b'"library":"', b'"library":"0.')
    found = flk("replay", log, "--lang", "en")
    assert found.exit_code == 0
    assert re.search(r"^decided by flk_rules 0\.\S+, now by ", found.stdout, re.MULTILINE)


def test_what_other_rules_would_have_said(log: Path) -> None:
    found = flk("replay", log, "--against", "se.borgholm", "--on", "2025-06-01", "--lang", "en")
    same = flk("replay", log, "--against", "se.national", "--on", "2024-10-01", "--record", 6)
    assert same.exit_code == 0
    assert found.exit_code == 1
    lines = found.stdout.splitlines()
    assert lines[0].split()[:5] == ["record", "reference", "question", "then", "now"]
    assert re.search(r"\d of 6 decisions have the same outcome by se.borgholm ", found.stdout)
    rows = [
        json.loads(line)
        for line in flk(
            "replay", log, "--against", "se.borgholm", "--on", "2025-06-01", "--format", "jsonl"
        ).stdout.splitlines()
    ]
    assert [each["record"] for each in rows] == [3, 5, 6, 7, 8, 9]
    different = [each for each in rows if not each["same"]]
    assert different
    assert all(each["rules"] for each in different)


# ---- prune ---------------------------------------------------------------------------------------


def test_records_are_counted_first_and_dropped_when_told(log: Path) -> None:
    before = "2026-03-01T12:05:00Z"
    found = flk("prune", log, "--before", before, "--lang", "en")
    assert found.stdout == (
        f"3 decisions older than {before}; --yes drops, and nothing brings back what was dropped\n"
    )
    assert flk("query", log, "--lang", "en").stdout.endswith("6 decisions\n")
    found = flk("prune", log, "--before", before, "--yes", "--lang", "en")
    assert found.stdout == (
        f"3 decisions older than {before}, dropped now; the chain holds all the same\n"
    )
    assert flk("query", log, "--lang", "en").stdout.endswith("3 decisions\n")
    assert "decisions: 6, of these dropped: 3" in flk("verify", log, "--lang", "en").stdout


def test_what_could_not_be_scrubbed_is_told(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = functools.partial(open_store, patience=0.1)
    monkeypatch.setattr("flk_rules.cli.audit_upkeep.open_store", quick)
    arguments = "prune", log, "--before", "2026-03-01T12:05:00Z", "--yes"
    reader = sqlite3.connect(log, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT COUNT(*) FROM record").fetchone()
    found = flk(*arguments, "--lang", "en")
    assert (found.exit_code, found.stdout.split()[0]) == (1, "3")
    assert found.stderr == (
        "flk: log.flk: the contents may still lie on the disk, for somebody is reading the log; "
        "run the command again when nobody is\n"
    )
    assert "innehållet kan ligga kvar på disken" in flk(*arguments).stderr
    reader.close()
    found = flk(*arguments)
    assert (found.exit_code, found.stdout.split()[0], found.stderr) == (0, "0", "")


@pytest.mark.parametrize("day", ["0001-01-01", "0204-01-01", "0999-12-31"])
def test_a_year_of_few_digits_is_long_ago(log: Path, day: str) -> None:
    """A slip of the fingers drops nothing."""
    found = flk("prune", log, "--before", day, "--yes", "--lang", "en")
    assert found.stdout.startswith(f"0 decisions older than {day}, dropped now")
    assert flk("query", log, "--since", day, "--lang", "en").stdout.endswith("6 decisions\n")
    assert flk("query", log, "--until", day, "--lang", "en").stdout == "0 decisions\n"


# ---- flk decide --audit --------------------------------------------------------------------------


def test_deciding_a_roster_into_a_log(log: Path) -> None:
    Path("roster.jsonl").write_text(
        '{"physician": {"id": "A-17", "licence": "revoked"}}\n'
        '{"physician": {"id": "A-18", "licence": "valid"}}\n',
        encoding="utf-8",
    )
    arguments = [
        "decide", "eligibility", "roster.jsonl", "--on", "2024-10-01", "--format", "table",
    ]  # fmt: skip
    result = CliRunner().invoke(app, [*arguments, "--audit", "new.flk", "--audit-key", "key"])
    assert result.exit_code == 0, result.output
    found = verify(open_store("new.flk", read_only=True))
    assert (found.fault, found.decisions) == (None, 2)
    content = json.loads(flk("show", "new.flk", 3).stdout)
    pseudonym = PseudonymKey(SECRET).pseudonym("physician", "A-17")
    assert content["subjects"] == {"physician": pseudonym}
    lonely = CliRunner().invoke(app, [*arguments, "--audit-key", "key"])
    assert (lonely.exit_code, lonely.stderr) == (
        2, "flk: --audit-key: expected a log beside it, --audit, found none\n",
    )  # fmt: skip
    refused = CliRunner().invoke(app, [*arguments, "--audit", "none/new.flk"])
    assert refused.exit_code == 2
    assert refused.stderr.startswith("flk: none/new.flk: the audit log cannot be written: ")
    assert refused.stdout == ""


# ---- beside ------------------------------------------------------------------------------------


def test_every_sentence_is_in_both_languages_with_the_same_values() -> None:
    for name, each in WORDS.items():
        assert each.keys() == {"sv", "en"}
        places = [sorted(re.findall(r"\{(\w+)\}", text)) for text in each.values()]
        assert places[0] == places[1], name


def test_commands_that_need_no_log_load_nothing_of_it() -> None:
    code = (
        "import sys, flk_rules.cli.main\n"
        "print(*sorted({'rfc8785', 'cryptography', 'psycopg', 'sqlite3'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []


def test_a_bar_shows_on_a_terminal_while_a_long_log_is_verified(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rich.console import Console

    import flk_rules.cli.audit_upkeep as upkeep
    import flk_rules.cli.progress as progress

    stream = io.StringIO()
    terminal = Console(file=stream, width=60, force_terminal=True, legacy_windows=False)
    monkeypatch.setattr(progress, "PATIENCE", 0)
    monkeypatch.setattr(upkeep, "console", lambda err=False: terminal if err else Console())
    store = open_store(log, read_only=True)
    assert verify(store, (), None, upkeep.watched(store)).holds
    assert "/9" in stream.getvalue()
