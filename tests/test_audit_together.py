"""many decisions into a log.

What `AuditLog.keep_all` and `flk decide --audit` promise where decisions wait for the disk
together: the same log as one by one, nothing given back before its record, all or none.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from typer.testing import CliRunner

from flk_rules import Decision, Ruleset
from flk_rules.audit import AuditLog, Reader
from flk_rules.audit import drafts as module
from flk_rules.audit.drafts import TOGETHER
from flk_rules.audit.reading import open_store
from flk_rules.audit.verifying import Verified, verify
from flk_rules.cli.main import app
from flk_rules.errors import ArchiveInvalid, AuditUnwritable, FactsInvalid, ReferenceInvalid
from flk_rules.model.rules import Text
from support.audit import SECRET, SIGNING_KEY, Clock, asked, decide
from support.cases import NATIONAL, shipped, specialist
from support.killing import crowd, killed


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "decisions.flk"


@pytest.fixture
def pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two are written together."""
    monkeypatch.setattr(module, "TOGETHER", 2)


def verified(path: Path, **more: Any) -> Verified:
    store = open_store(path, read_only=True)
    try:
        return verify(store, **more)
    finally:
        store.close()


def contents(path: Path) -> list[dict[str, Any]]:
    return [{**each.content} for _, each in Reader(open_store(path, read_only=True)).receipts()]


def made() -> Iterator[tuple[Decision, str | None]]:
    for number, each in enumerate(asked(), 1):
        yield decide(*each), f"case-{number}"


def of_age(number: int) -> Decision:
    return shipped(NATIONAL).decide(
        "eligibility", physician=specialist("geriatrik"), patient={"age": number % 100}
    )


# ---- the same as one by one ----------------------------------------------------------------------


def test_the_log_is_the_one_that_deciding_one_by_one_writes(path: Path) -> None:
    other = path.with_name("other.flk")
    with AuditLog(path, key=SECRET, clock=Clock()) as log:
        together = [*log.keep_all(made())]
    with AuditLog(other, key=SECRET, clock=Clock()) as log:
        alone = [
            decide(*each, audit=log, reference=f"case-{number}")
            for number, each in enumerate(asked(), 1)
        ]
    assert together == alone
    assert [each.recorded for each in together] == [each.recorded for each in alone]
    assert contents(path) == contents(other)
    assert verified(path).holds
    assert verified(path).rulesets == 2


def test_a_signed_head_comes_where_it_is_due(path: Path) -> None:
    with AuditLog(path, signing_key=SIGNING_KEY, head_every=10) as log:
        numbers = [each.recorded for each in log.keep_all((of_age(n), None) for n in range(25))]
    found = verified(path, public_key=SIGNING_KEY.public_key())
    assert (found.fault, found.decisions, found.signed) == (None, 25, 2)
    assert numbers == [*range(3, 11), *range(12, 22), *range(23, 30)]


def test_a_line_for_each_decision(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="flk_rules.audit")
    with AuditLog(path) as log:
        kept = [*log.keep_all(made())]
    assert [each.flk_record for each in caplog.records] == [each.recorded for each in kept]  # type: ignore[attr-defined]
    assert [each.flk_reference for each in caplog.records] == [f"case-{n}" for n in range(1, 7)]  # type: ignore[attr-defined]


def test_a_span_for_each_decision_from_when_it_was_begun(path: Path) -> None:
    """In a process of its own, since OpenTelemetry is set up once a process."""
    code = f"""
from datetime import date
from time import time_ns
import flk_rules
from flk_rules.audit import AuditLog
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

spans = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(spans))
trace.set_tracer_provider(provider)
sweden = flk_rules.load("se.national", on=date(2024, 10, 1))
times = []
def made():
    for licence in ("revoked", "valid"):
        times.append(time_ns())
        yield sweden.decide("eligibility", physician={{"licence": licence}}), None
with AuditLog({str(path)!r}) as log:
    before = time_ns()
    assert len([*log.keep_all(made())]) == 2
one, two = spans.get_finished_spans()
assert one.attributes["flk_rules.record"] == 3 and two.attributes["flk_rules.record"] == 4
assert one.parent is None and two.parent is None
assert before <= one.start_time <= times[0] <= two.start_time <= times[1] <= one.end_time
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True)


# ---- nothing before its record -------------------------------------------------------------------


def test_each_is_on_the_disk_before_it_is_given_back(path: Path, pairs: None) -> None:
    with AuditLog(path) as log:
        for number, decision in enumerate(log.keep_all((of_age(n), None) for n in range(5)), 1):
            connection = sqlite3.connect(path)  # another's: it sees what is committed
            (last,) = connection.execute("SELECT MAX(number) FROM record").fetchone()
            connection.close()
            assert (decision.recorded or 0) <= last
            assert decision.recorded == number + 2
            # Nor is more taken than is written together.
            assert last == 2 + min(5, 2 * ((number + 1) // 2))


def test_no_more_are_made_than_are_written_together(path: Path) -> None:
    taken: list[int] = []

    def made() -> Iterator[tuple[Decision, None]]:
        for number in range(1_000):
            taken.append(number)
            yield of_age(number), None

    with AuditLog(path) as log:
        next(log.keep_all(made()))
    assert len(taken) == TOGETHER == 100
    assert verified(path).decisions == TOGETHER


def test_much_is_written_alone(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No transaction is large because receipts are."""
    sizes = []
    with AuditLog(path) as log:
        content = len(log._draft(of_age(1), None, 0).content)
        monkeypatch.setattr(module, "BYTES", 3 * content + 50)
        write = log._write
        monkeypatch.setattr(log, "_write", lambda some: sizes.append(len(some)) or write(some))
        assert len([*log.keep_all((of_age(1), None) for _ in range(7))]) == 7
        assert sizes == [3, 3, 1]
        monkeypatch.setattr(module, "BYTES", 1)
        assert len([*log.keep_all((of_age(1), None) for _ in range(2))]) == 2
        assert sizes == [3, 3, 1, 1, 1]


def test_nothing_written_together_is_lost_when_a_process_is_killed(path: Path) -> None:
    """The long proof, 200 times, is in tests/soak."""
    told = killed(path, runs=6, seed=3, together=True)
    found = verified(path)
    assert found.holds
    assert sum(map(len, told)) > 0
    references = {
        number: receipt.content["reference"]
        for number, receipt in Reader(open_store(path, read_only=True)).receipts()
    }
    for some in told:
        assert [references[number] for number in some] == [f"r{n}" for n in range(len(some))]
    # And of each writer at most so many are there that it had not told.
    assert found.decisions - sum(map(len, told)) <= TOGETHER * len(told)


def test_processes_that_write_many_at_once(path: Path) -> None:
    acknowledged = crowd(path, processes=3, decisions=150, together=True)
    found = verified(path)
    assert found.holds
    assert sorted(number for each in acknowledged for number in each) == [*range(3, 453)]
    assert (found.decisions, found.rulesets) == (450, 1)


# ---- all or none ---------------------------------------------------------------------------------


LOCKED = "the audit log cannot be written: another process kept it locked; try again"


def test_a_log_that_refuses_gives_none_of_them_back(path: Path, pairs: None) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    with AuditLog(path, patience=0.05) as log:
        kept = log.keep_all((of_age(n), None) for n in range(6))
        assert [next(kept).recorded, next(kept).recorded] == [3, 4]
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(AuditUnwritable, match=LOCKED):
            next(kept)
        other.execute("ROLLBACK")
        assert [*kept] == []
    other.close()
    assert (verified(path).holds, verified(path).decisions) == (True, 2)


def test_a_log_that_reports_gives_them_back_without_records(
    path: Path, pairs: None, caplog: pytest.LogCaptureFixture
) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    with AuditLog(path, patience=0.05, on_failure="report") as log:
        kept = log.keep_all((of_age(n), None) for n in range(6))
        numbers = [next(kept).recorded, next(kept).recorded]
        other.execute("BEGIN IMMEDIATE")
        numbers += [next(kept).recorded, next(kept).recorded]
        other.execute("ROLLBACK")
        numbers += [each.recorded for each in kept]
    other.close()
    assert numbers == [3, 4, None, None, 5, 6]
    assert verified(path).holds
    said = [each.getMessage() for each in caplog.records if each.levelno == logging.ERROR]
    assert said == [f"decided without a record: {path}: {LOCKED}"] * 2


def test_what_came_before_a_mistake_is_written_and_given_back(path: Path) -> None:
    """As it is where each waits alone."""

    def wrong() -> Iterator[tuple[Decision, str]]:
        yield of_age(1), "case-1"
        yield of_age(2), "19500131-2345"
        raise AssertionError("nothing more is asked for")

    def worse() -> Iterator[tuple[Decision, None]]:
        yield of_age(1), None
        yield shipped(NATIONAL).decide("eligibility", physician={"licence": "maybe"}), None

    with AuditLog(path) as log:
        kept = log.keep_all(wrong())
        assert next(kept).recorded == 3
        with pytest.raises(ReferenceInvalid):
            next(kept)
        kept = log.keep_all(worse())
        assert next(kept).recorded == 4
        with pytest.raises(FactsInvalid):
            next(kept)
        with pytest.raises(ReferenceInvalid):
            next(log.keep_all([(of_age(1), "Anna Andersson")]))
    assert (verified(path).holds, verified(path).decisions) == (True, 2)


def test_who_stops_asking_leaves_what_was_written(path: Path, pairs: None) -> None:
    with AuditLog(path) as log:
        kept = log.keep_all((of_age(n), None) for n in range(9))
        assert next(kept).recorded == 3
        kept.close()  # type: ignore[attr-defined]
    assert (verified(path).holds, verified(path).decisions) == (True, 2)


def test_a_ruleset_changed_by_hand_is_not_archived(path: Path) -> None:
    whole = shipped(NATIONAL).model
    rules = {
        name: evolve(rule, because=Text(sv="annat", en="other"))
        for name, rule in whole.rules.items()
    }
    changed = Ruleset(evolve(whole, rules=rules))
    decisions = [
        each.decide("priority", patient={"age": 70}) for each in (shipped(NATIONAL), changed)
    ]
    with AuditLog(path) as log, pytest.raises(ArchiveInvalid, match="changed after it was loaded"):
        [*log.keep_all((each, None) for each in decisions)]
    assert verified(path).records == 1


# ---- flk decide ----------------------------------------------------------------------------------


@pytest.fixture
def roster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(tmp_path)
    rows = [
        json.dumps({"physician": {"id": f"A-{number}", "licence": licence}})
        for number, licence in enumerate(("revoked", "valid", "maybe", "revoked", "valid", "valid"))
    ]
    Path("roster.jsonl").write_text("\n".join(rows), encoding="utf-8")
    return [
        "decide", "eligibility", "roster.jsonl", "--on", "2024-10-01", "--format", "jsonl",
        "--audit", "decisions.flk",
    ]  # fmt: skip


def test_a_roster_is_shown_as_without_a_log(path: Path, roster: list[str], pairs: None) -> None:
    logged = CliRunner().invoke(app, roster)
    plain = CliRunner().invoke(app, roster[:-2])
    assert (logged.exit_code, logged.stdout, logged.stderr) == (1, plain.stdout, plain.stderr)
    assert len(logged.stdout.splitlines()) == 5
    assert (verified(path).holds, verified(path).decisions) == (True, 5)


def test_of_a_roster_no_row_is_shown_that_has_no_record(
    path: Path, roster: list[str], pairs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = AuditLog._write

    def full(log: AuditLog, some: Any) -> list[int]:
        if log.store.last_number() > 3:
            raise AuditUnwritable(log.store.name, "the disk is full")
        return write(log, some)

    monkeypatch.setattr(AuditLog, "_write", full)
    ran = CliRunner().invoke(app, roster)
    assert ran.exit_code == 2
    assert len(ran.stdout.splitlines()) == verified(path).decisions == 2
    assert ran.stderr.endswith(
        "flk: decisions.flk: the audit log cannot be written: the disk is full\n"
    )
