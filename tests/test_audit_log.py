"""writing to a log.

Switching it on, what happens where it cannot be written, several processes and threads at once,
and what is kept when a process is killed.
"""

from __future__ import annotations

import logging
import os
import pickle
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from flk_rules import Ruleset
from flk_rules.audit import AuditLog
from flk_rules.audit.chain import MAX_CONTENT, Kind
from flk_rules.audit.reading import open_store
from flk_rules.audit.verifying import Verified, verify
from flk_rules.errors import (
    ArchiveInvalid,
    AuditUnreadable,
    AuditUnwritable,
    ExtraMissing,
    FactsInvalid,
    KeyInvalid,
    ReferenceInvalid,
)
from flk_rules.model.rules import Text
from support.audit import SECRET, Clock, asked, behind, decide, grow, make_log
from support.cases import NATIONAL, STOCKHOLM, shipped, specialist
from support.killing import crowd, killed

GERIATRICIAN = {"physician": specialist("geriatrik", id="A-17")}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "decisions.flk"


def verified(path: Path) -> Verified:
    store = open_store(path, read_only=True)
    found = verify(store)
    store.close()
    return found


def ask(log: AuditLog, **more: Any) -> int | None:
    return shipped(NATIONAL).decide("eligibility", audit=log, **GERIATRICIAN, **more).recorded


def test_a_decision_that_the_database_does_not_keep_is_not_acknowledged(path: Path) -> None:
    with AuditLog(path) as log:
        assert ask(log) == 3
        connection = sqlite3.connect(path)
        connection.execute(
            "CREATE TRIGGER quiet BEFORE INSERT ON record WHEN NEW.kind = 'decision' "
            "BEGIN SELECT RAISE(IGNORE); END"
        )
        connection.close()
        with pytest.raises(AuditUnwritable, match="the database did not keep record 4; its tables"):
            ask(log)


# ---- one line to switch it on --------------------------------------------------------------------


def test_a_decision_is_in_the_log_before_it_is_returned(path: Path) -> None:
    with AuditLog(path, key=SECRET, clock=Clock()) as log:
        decision = shipped(NATIONAL).decide(
            "eligibility", audit=log, reference="case-1", **GERIATRICIAN
        )
        assert decision.recorded == 3  # after the log's beginning and the ruleset
        receipt = log.receipt(3)
    assert decision == shipped(NATIONAL).decide("eligibility", **GERIATRICIAN)
    assert receipt.content["reference"] == "case-1"
    assert receipt.content["outcome"] == decision.outcome.value
    assert receipt.ruleset().questions.keys() == {"eligibility"}
    assert pickle.loads(pickle.dumps(decision)).recorded == 3
    assert verified(path).holds


def test_without_an_audit_nothing_is_recorded() -> None:
    assert shipped(NATIONAL).decide("eligibility", reference="x", **GERIATRICIAN).recorded is None


def test_a_ruleset_is_archived_once_whoever_writes(path: Path) -> None:
    make_log(path)
    make_log(path)
    found = verified(path)
    assert (found.records, found.decisions, found.rulesets) == (15, 12, 2)
    assert found.holds


def test_the_day_makes_no_other_archive(path: Path) -> None:
    from datetime import date

    with AuditLog(path) as log:
        for day in (1, 2, 3):
            ruleset = shipped(NATIONAL, date(2024, 10, day))
            ruleset.decide("eligibility", audit=log, **GERIATRICIAN)
        assert log.receipt(5).content["on"] == "2024-10-03"
        assert log.receipt(5).ruleset().on == date(2024, 10, 3)
    assert verified(path).rulesets == 1


def test_a_mistake_in_facts_or_reference_writes_nothing(path: Path) -> None:
    with AuditLog(path) as log:
        with pytest.raises(FactsInvalid):
            shipped(NATIONAL).decide("eligibility", audit=log, physician={"licence": "maybe"})
        with pytest.raises(ReferenceInvalid):
            ask(log, reference="19500131-2345")
    assert verified(path).records == 1


def test_a_ruleset_changed_by_hand_is_not_archived_under_a_name_that_is_not_its_own(
    path: Path,
) -> None:
    whole = shipped(NATIONAL).model
    words = Text(sv="annat", en="other")
    rules = {name: evolve(rule, because=words) for name, rule in whole.rules.items()}
    with AuditLog(path) as log, pytest.raises(ArchiveInvalid, match="changed after it was loaded"):
        Ruleset(evolve(whole, rules=rules)).decide("eligibility", audit=log, **GERIATRICIAN)


def test_a_log_goes_on_where_it_was(path: Path) -> None:
    with AuditLog(path) as log:
        identity, first = log.id, ask(log)
    with AuditLog(path) as log:
        assert log.id == identity
        assert ask(log) == (first or 0) + 1
        assert repr(log) == f"<audit log {path}>"


def test_a_log_stays_where_it_was_opened(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one with a name that SQLite would take for something else."""
    monkeypatch.chdir(path.parent)
    odd = os.fsdecode(b"\xff.flk")  # no UTF-8
    for name in ("decisions.flk", ":memory:", "file:odd?mode=ro", "a b%20#ö.flk", odd):
        with AuditLog(name) as log:
            ask(log)
            (path.parent / "elsewhere").mkdir(exist_ok=True)
            monkeypatch.chdir(path.parent / "elsewhere")
            number = ask(log) or 0
            assert log.receipt(number).content["question"] == "eligibility"
            monkeypatch.chdir(path.parent)
        assert verified(path.parent / name).decisions == 2


def test_a_new_log_is_its_owner_s_alone(path: Path) -> None:
    make_log(path)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("key", [b"short", b"\0" * 32])
def test_a_weak_key_is_refused_and_no_file_made(path: Path, key: bytes) -> None:
    with pytest.raises(KeyInvalid):
        AuditLog(path, key=key)
    assert not path.exists()


def test_what_to_do_on_failure_is_one_of_two(path: Path) -> None:
    with pytest.raises(ValueError, match="on_failure: expected 'refuse' or 'report', found 'hope'"):
        AuditLog(path, on_failure="hope")  # type: ignore[arg-type]


# ---- where it cannot be written ------------------------------------------------------------------


def broken(log: AuditLog, reason: str) -> None:
    """Holds what both choices do where the log cannot be written."""
    with pytest.raises(AuditUnwritable) as caught:
        ask(log)
    assert str(caught.value) == f"{log.store.name}: the audit log cannot be written: {reason}"


LOCKED = "another process kept it locked; try again"


def test_by_default_nothing_is_decided_without_a_record(path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    with AuditLog(path, patience=0.05) as log:
        other.execute("BEGIN IMMEDIATE")
        broken(log, LOCKED)
        other.execute("ROLLBACK")
        assert ask(log) == 3
    other.close()
    assert verified(path).holds


def test_a_caller_may_choose_to_decide_and_report(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    with AuditLog(path, patience=0.05, on_failure="report") as log:
        other.execute("BEGIN IMMEDIATE")
        decision = shipped(NATIONAL).decide("eligibility", audit=log, **GERIATRICIAN)
        assert decision.recorded is None
        assert decision.outcome.value == "conditional"
        with pytest.raises(ReferenceInvalid):  # the caller's own mistake
            ask(log, reference="Anna Andersson")
        other.execute("ROLLBACK")
    other.close()
    (said,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert said.name == "flk_rules.audit"
    assert said.getMessage() == (
        f"decided without a record: {path}: the audit log cannot be written: {LOCKED}"
    )


def test_a_full_disk(path: Path) -> None:
    with AuditLog(path) as log:
        ask(log)
        connection = log.store._connection()  # type: ignore[attr-defined]
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")
        with suppress(AuditUnwritable):
            for _ in range(50):
                ask(log)
        broken(log, "the disk is full")
        before = log.store.last_number()
        connection.execute("PRAGMA max_page_count = 1000000")
        assert ask(log) == before + 1
    assert verified(path).holds


def _in_child(do: Callable[[], None]) -> str:
    """What `do` says in a forked child, with its failure if there is one."""
    reads, writes = os.pipe()
    child = os.fork()
    if not child:
        said = ""
        try:
            do()
        except BaseException as error:  # noqa: BLE001 - told to the parent, whatever it is
            said = f"{type(error).__name__}: {error}"
        os.write(writes, said.encode())
        os._exit(0)
    os.close(writes)
    with os.fdopen(reads, "rb") as stream:
        said = stream.read().decode()
    os.waitpid(child, 0)
    return said


def test_a_file_that_may_grow_no_more(path: Path) -> None:
    """As a quota or a full file system is: writing fails in the middle."""
    make_log(path)

    def fill() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        size = path.stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 40_000, size + 40_000))
        with AuditLog(path) as log:
            for _ in range(200):
                ask(log)

    said = _in_child(fill)
    assert said.startswith("AuditUnwritable: ")
    assert said.endswith(("the disk failed or is full", "the disk is full"))
    found = verified(path)
    assert found.holds
    assert found.records > 9


def _as_nobody() -> None:
    """Root may write everything."""
    if os.getuid() == 0:
        os.setgid(65534)
        os.setuid(65534)


@pytest.fixture
def open_path() -> Any:
    """A folder that another user may enter."""
    folder = Path(f"/tmp/flk-audit-{os.getpid()}-{threading.get_ident()}")
    folder.mkdir(mode=0o755)
    yield folder / "decisions.flk"
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_a_file_that_is_read_only(open_path: Path) -> None:
    make_log(open_path)
    open_path.chmod(0o444)
    open_path.parent.chmod(0o555)

    def write() -> None:
        _as_nobody()
        AuditLog(open_path)

    def read() -> None:
        _as_nobody()
        found = verified(open_path)
        raise RuntimeError(f"{found.records} {found.holds}")

    where = f"{open_path}: the audit log cannot be written: "
    assert _in_child(write) in (
        f"AuditUnwritable: {where}it may not be written",
        f"AuditUnwritable: {where}cannot be opened: no such folder or file, or no right to it",
    )
    assert _in_child(read) == "RuntimeError: 9 True"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda p: p.write_bytes(b"not a database" * 100),
         "expected an audit log, found another kind of file"),
        (lambda p: sqlite3.connect(p).execute("CREATE TABLE a (b)").connection.close(),
         "expected an audit log, found another database"),
        (lambda p: p.mkdir(), "expected a file, found a folder"),
    ],
)  # fmt: skip
def test_what_is_no_log_is_not_written_to(
    path: Path, make: Callable[[Path], object], said: str
) -> None:
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(AuditUnreadable) as caught:
        AuditLog(path)
    assert str(caught.value) == f"{path}: {said}"
    assert before is None or path.read_bytes() == before


@pytest.mark.parametrize("letter", [b"\xdc", b"\x00", b"\xff", b"%"])
def test_a_log_whose_tables_are_damaged(path: Path, letter: bytes) -> None:
    """SQLite names what it cannot read in its message, which then is no text either."""
    make_log(path)
    whole = path.read_bytes()
    at = whole.index(b"CREATE TABLE record")
    for place in range(at, at + 60):
        path.write_bytes(whole[:place] + letter + whole[place + 1 :])
        with pytest.raises(AuditUnreadable):
            verify(open_store(path, read_only=True))
        with pytest.raises((AuditUnreadable, AuditUnwritable)):
            AuditLog(path)


def test_a_log_of_another_version_is_not_written_to(path: Path) -> None:
    make_log(path)
    behind(path, "PRAGMA user_version = 2")
    with pytest.raises(AuditUnreadable, match="expected a log of version 1, found version 2"):
        AuditLog(path)


def test_a_log_that_does_not_say_which_it_is(path: Path) -> None:
    make_log(path)
    behind(path, "UPDATE record SET content = x'7b' WHERE number = 1")
    for reason in ("its first record does not say which log it is",) * 2:
        with pytest.raises(AuditUnreadable, match=reason):
            AuditLog(path)
        behind(path, "UPDATE record SET content = x'7b7d' WHERE number = 1")


def test_where_no_write_ahead_log_can_be_kept(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite answers with the mode that it kept, as on some network drives."""
    real = sqlite3.connect

    class Stubborn(sqlite3.Connection):
        def execute(self, statement: str, *values: Any) -> Any:
            return super().execute(statement.replace("journal_mode = WAL", "journal_mode"), *values)

    monkeypatch.setattr(
        sqlite3, "connect", lambda *names, **options: real(*names, **options, factory=Stubborn)
    )
    with pytest.raises(AuditUnwritable, match="no write-ahead log can be kept beside it"):
        AuditLog(path)


def test_many_rulesets_are_archived_once_each(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flk_rules.audit.log._KEPT", 1)
    make_log(path)
    assert verified(path).rulesets == 2


def test_a_shared_log_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "flk_rules.audit.postgres_store", None)
    said = r"^a log on PostgreSQL needs the extra 'postgres': pip install 'flk_rules\[postgres\]'$"
    with pytest.raises(ExtraMissing, match=said):
        AuditLog("postgresql://unit@db/audit")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    reason = "cannot be opened: no such folder or file, or no right to it"
    with pytest.raises(AuditUnwritable, match=reason):
        AuditLog(tmp_path / "none" / "decisions.flk")


def test_what_was_written_here_and_is_gone_stops_the_log(path: Path) -> None:
    with AuditLog(path) as log:
        last = ask(log) or 0
        behind(path, f"DELETE FROM record WHERE number = {last}")
        reason = (
            f"record {last}, which was written here, is gone or changed; verify the log and begin "
            "another"
        )
        broken(log, reason)
    with AuditLog(path) as log:
        ask(log)
        behind(path, "UPDATE record SET hash = zeroblob(32) WHERE number = 3")
        broken(log, reason)


def test_the_fence_keeps_an_honest_program_from_changing_a_log(path: Path) -> None:
    make_log(path)
    connection = sqlite3.connect(path)
    for statement in (
        "DELETE FROM record",
        "DELETE FROM record WHERE number = 9",
        "UPDATE record SET content = x'00' WHERE number = 5",
        "UPDATE record SET content = NULL, salt = NULL WHERE number = 1",
        "UPDATE record SET number = 100 WHERE number = 5",
        "UPDATE record SET content = NULL, salt = NULL, hash = x'00' WHERE number = 5",
        "INSERT INTO record VALUES (20, 'decision', x'00', x'00', x'00', x'00')",
        "REPLACE INTO record SELECT * FROM record WHERE number = 5",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="a log is append only"):
            connection.execute(statement)
    connection.close()


def test_a_record_too_large_is_refused(path: Path) -> None:
    with (
        AuditLog(path) as log,
        pytest.raises(AuditUnwritable, match="at most 16,000,000 bytes"),
        log.store.writing() as session,
    ):
        session.append(Kind.DECISION, bytes(MAX_CONTENT + 1))


# ---- several at once -----------------------------------------------------------------------------


def test_threads_share_a_log(path: Path) -> None:
    with AuditLog(path, patience=60) as log:
        failed: list[BaseException] = []

        def write() -> None:
            try:
                for each in asked():
                    decide(*each, audit=log)
            except BaseException as error:  # noqa: BLE001 - shown by the assertion
                failed.append(error)

        threads = [threading.Thread(target=write) for _ in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    assert failed == []
    found = verified(path)
    assert found.holds
    assert (found.decisions, found.rulesets) == (24, 2)


def test_four_processes_write_at_once(path: Path) -> None:
    """Each begins the log if it is the first, and archives the ruleset if it is."""
    acknowledged = crowd(path, processes=4, decisions=25)
    found = verified(path)
    assert found.holds
    assert sorted(number for each in acknowledged for number in each) == [*range(3, 103)]
    assert (found.decisions, found.rulesets) == (100, 1)


def test_readers_neither_wait_nor_are_waited_for(path: Path) -> None:
    make_log(path)
    with AuditLog(path, patience=0.05) as log:
        reader = open_store(path, read_only=True)
        entries = reader.entries()
        next(entries)
        assert ask(log) == 10
        assert len([*entries]) == 8  # what was there when the reader began
        with log.store.writing() as session:
            session.append(Kind.DECISION, b"{}")
            assert reader.last_number() == 10


def test_a_fork_carries_a_log_over(path: Path) -> None:
    with AuditLog(path) as log:
        assert ask(log) == 3
        assert _in_child(lambda: [ask(log) for _ in range(3)] and None) == ""
        assert ask(log) == 7
    assert verified(path).holds


def test_nothing_acknowledged_is_lost_when_a_process_is_killed(path: Path) -> None:
    """The long proof, 200 times, is in tests/soak."""
    told = killed(path, runs=12, seed=1)
    assert sum(map(len, told)) > 0
    found = verified(path)
    assert found.holds
    numbers = [number for each in told for number in each]
    assert len(numbers) == len(set(numbers))
    assert max(numbers) <= found.records


# ---- what is told of it --------------------------------------------------------------------------


def test_a_line_for_each_decision_without_facts(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="flk_rules.audit")
    with AuditLog(path, key=SECRET) as log:
        ask(log, reference="case-1")
    (said,) = caplog.records
    assert said.getMessage() == (
        f"record 3: eligibility by se.national {shipped(NATIONAL).version}: conditional"
    )
    assert (said.flk_record, said.flk_reference) == (3, "case-1")  # type: ignore[attr-defined]
    assert "geriatrik" not in caplog.text
    assert "A-17" not in caplog.text


def test_a_span_for_each_decision_without_facts(path: Path) -> None:
    """In a process of its own, since OpenTelemetry is set up once a process."""
    code = f"""
from datetime import date
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
with AuditLog({str(path)!r}) as log:
    sweden.decide("eligibility", audit=log, physician={{"id": "A-17", "licence": "revoked"}})
    try:
        sweden.decide("eligibility", audit=log, physician={{"licence": "secret"}})
    except flk_rules.FactsInvalid:
        pass
good, bad = spans.get_finished_spans()
print(good.name, dict(good.attributes))
print(bad.status.status_code.name, bad.status.description, bad.events, dict(bad.attributes))
"""
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True
    )
    good, bad = ran.stdout.splitlines()
    fingerprint = shipped(NATIONAL).fingerprint
    assert good == "flk_rules.decide " + str({
        "flk_rules.question": "eligibility", "flk_rules.outcome": "not_eligible",
        "flk_rules.engine": "rete", "flk_rules.ruleset": "se.national",
        "flk_rules.ruleset.version": shipped(NATIONAL).version,
        "flk_rules.ruleset.fingerprint": fingerprint,
        "flk_rules.recorded": True, "flk_rules.record": 3,
    })  # fmt: skip
    assert bad == "ERROR None () {'error.type': 'FactsInvalid'}"
    assert "secret" not in ran.stdout
    assert "revoked" not in ran.stdout


def test_a_log_grows_by_copies_for_other_tests(path: Path) -> None:
    grow(path, 30)
    assert verified(path).records == 30
    assert shipped(STOCKHOLM)
