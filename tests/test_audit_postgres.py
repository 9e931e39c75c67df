"""logs that units share.

The same log on a real server of PostgreSQL, started for these tests from Debian's package.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from flk_rules.audit import AuditLog
from flk_rules.audit.chain import Fault, Kind
from flk_rules.audit.dropping import Dropped, drop_before
from flk_rules.audit.heads import make_head
from flk_rules.audit.postgres_store import PostgresStore, without_password
from flk_rules.audit.reading import Reader, open_store
from flk_rules.audit.replaying import Replayer
from flk_rules.audit.verifying import Anchor, Verified, verify
from flk_rules.errors import AuditUnreadable, AuditUnwritable
from support.audit import SIGNING_KEY, Clock, make_log
from support.audit import START as NOON
from support.cases import NATIONAL, shipped, specialist
from support.killing import crowd, killed
from support.postgres import Server, programs, server
from support.services import absent

SOMEBODY = {"physician": specialist("geriatrik")}


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    if programs() is None:
        absent("a server of PostgreSQL", "apt-get install postgresql")
    with server() as found:
        yield found


@pytest.fixture
def address(running: Server) -> str:
    return running.database()


def verified(address: str, *anchors: Anchor, key: Any = None) -> Verified:
    return verify(open_store(address, read_only=True), anchors, key)


def behind(address: str, *statements: str) -> None:
    """Changes a log as the keeper of the database can: past the fence."""
    with psycopg.connect(address) as connection:
        connection.execute("ALTER TABLE flk_record DISABLE TRIGGER USER")
        for each in statements:
            connection.execute(each.encode())
        connection.execute("ALTER TABLE flk_record ENABLE TRIGGER USER")


def test_decisions_are_kept_verified_and_replayed(address: str) -> None:
    numbers = make_log(address, signing_key=SIGNING_KEY, head_every=4)
    found = verified(address, key=SIGNING_KEY.public_key())
    assert found.fault is None
    assert (found.decisions, found.rulesets, found.signed) == (len(numbers), 2, 2)
    reader, replayer = Reader(open_store(address, read_only=True)), Replayer()
    receipts = list(reader.receipts())
    assert [number for number, _ in receipts] == numbers
    for number, receipt in receipts:
        assert replayer.replay(receipt, reader.receipt(number).ruleset()).same


def test_a_log_goes_on_and_archives_a_ruleset_once(address: str) -> None:
    make_log(address)
    make_log(address)
    found = verified(address)
    assert (found.fault, found.decisions, found.rulesets) == (None, 12, 2)


@pytest.mark.parametrize("together", [False, True])
def test_four_processes_write_at_once(address: str, together: bool) -> None:
    acknowledged = crowd(address, processes=4, decisions=20, together=together)
    found = verified(address)
    assert found.fault is None
    assert sorted(number for each in acknowledged for number in each) == [*range(3, 83)]


@pytest.mark.parametrize("together", [False, True])
def test_nothing_acknowledged_is_lost_when_a_writer_is_killed(address: str, together: bool) -> None:
    told = killed(address, runs=5, seed=2, together=together)
    found = verified(address)
    assert found.fault is None
    numbers = [number for each in told for number in each]
    assert numbers
    assert max(numbers) <= found.records
    assert len(numbers) == len(set(numbers))


def test_nothing_acknowledged_is_lost_when_the_server_crashes(
    running: Server, address: str
) -> None:
    with AuditLog(address, patience=5) as log:
        decide = shipped(NATIONAL).decide
        last = decide("eligibility", audit=log, **SOMEBODY).recorded
        running.stop()
        with pytest.raises(AuditUnwritable) as caught:
            decide("eligibility", audit=log, **SOMEBODY)
        running.start()
        assert str(caught.value).startswith(f"{log.store.name}: the audit log cannot be written: ")
        assert "psycopg" not in str(caught.value)
        many = log.keep_all((decide("eligibility", **SOMEBODY), None) for _ in range(3))
        # The log connects anew by itself.
        assert decide("eligibility", audit=log, **SOMEBODY).recorded == (last or 0) + 1
        assert [each.recorded for each in many] == [(last or 0) + n for n in (2, 3, 4)]
    assert verified(address).fault is None


@pytest.mark.parametrize(
    ("statement", "number", "reason"),
    [
        ("UPDATE flk_record SET content = content || ' '::bytea WHERE number = 5", 5,
         "its content, salt or digest was changed"),
        ("UPDATE flk_record SET content = NULL, salt = NULL WHERE number = 5", 5,
         "its content is gone, and no record says it was dropped"),
        ("UPDATE flk_record SET digest = '' WHERE number = 5", 5,
         "its digest is not 32 bytes: changed"),
        ("DELETE FROM flk_record WHERE number = 5", 5,
         "missing: removed, or the log does not begin at record 1"),
        ("UPDATE flk_record SET number = -5 WHERE number = 5", 1,
         "its number is not the one that is due: inserted or moved"),
        ("TRUNCATE flk_record", 1, "missing: the log is empty"),
    ],
)  # fmt: skip
def test_the_first_bad_record_is_named(
    address: str, statement: str, number: int, reason: str
) -> None:
    make_log(address)
    behind(address, statement)
    assert verified(address).fault == Fault(number, reason)


NOTHING = (
    "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "CREATE TRIGGER a_quiet_end BEFORE INSERT ON flk_record FOR EACH ROW "
    "WHEN (NEW.kind = 'decision') EXECUTE FUNCTION nothing()",
)


@pytest.mark.parametrize(
    "statements",
    [
        NOTHING,
        ("ALTER TABLE flk_record DISABLE TRIGGER flk_record_fence",),
        ("DROP TRIGGER flk_record_stays ON flk_record",),
        ("CREATE OR REPLACE FUNCTION flk_append_only() RETURNS trigger LANGUAGE plpgsql "
         "AS 'BEGIN RETURN NEW; END'",),
        ("CREATE RULE quiet AS ON INSERT TO flk_record DO INSTEAD NOTHING",),
        ("ALTER TABLE flk_record RENAME TO kept", "CREATE VIEW flk_record AS SELECT * FROM kept"),
    ],
)  # fmt: skip
def test_tables_that_are_not_a_log_s_are_not_read(
    address: str, statements: tuple[str, ...]
) -> None:
    make_log(address)
    with psycopg.connect(address) as connection:
        for each in statements:
            connection.execute(each.encode())
    for read_only in (True, False):
        with pytest.raises(AuditUnreadable, match="its tables and triggers are not those of a log"):
            open_store(address, read_only=read_only)


def test_a_decision_that_the_database_does_not_keep_is_not_acknowledged(address: str) -> None:
    with AuditLog(address) as log:
        ask = shipped(NATIONAL).decide
        assert ask("eligibility", audit=log, **SOMEBODY).recorded == 3
        behind(address, *NOTHING)
        with pytest.raises(AuditUnwritable, match="the database did not keep record 4; its tables"):
            ask("eligibility", audit=log, **SOMEBODY)


def test_a_log_cut_short_shows_against_a_head(address: str) -> None:
    make_log(address)
    store = open_store(address, read_only=True)
    (last,) = store.entries(9, 9)
    kept = Anchor("kept.json", make_head(store.identity(), last.link, NOON, SIGNING_KEY))
    assert verified(address, kept, key=SIGNING_KEY.public_key()).vouched == 9
    behind(address, "DELETE FROM flk_record WHERE number > 7")
    reason = "records 8 to 9 are missing: kept.json vouches for record 9"
    assert verified(address, kept).fault == Fault(8, reason)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM flk_record WHERE number = 5",
        "UPDATE flk_record SET hash = digest WHERE number = 5",
        "UPDATE flk_record SET content = NULL, salt = NULL WHERE number = 1",
        "INSERT INTO flk_record SELECT 100, kind, salt, content, digest, hash FROM flk_record "
        "WHERE number = 5",
        "TRUNCATE flk_record",
    ],
)
def test_the_fence_keeps_an_honest_program_from_changing_a_log(
    address: str, statement: str
) -> None:
    make_log(address)
    with (
        psycopg.connect(address) as connection,
        pytest.raises(psycopg.errors.RestrictViolation, match="a log is append only"),
    ):
        connection.execute(statement.encode())
    assert verified(address).fault is None


def test_what_is_past_its_time_is_dropped(address: str) -> None:
    clock = Clock()
    make_log(address, clock=clock)
    store = open_store(address)
    assert drop_before(store, clock(), clock()) == Dropped(6, scrubbed=True)
    store.close()
    found = verified(address)
    assert (found.fault, found.dropped, found.records) == (None, 6, 10)
    with psycopg.connect(address) as connection:
        rows = connection.execute("SELECT content, salt FROM flk_record WHERE kind = 'decision'")
        assert {*rows.fetchall()} == {(None, None)}


def test_what_a_reader_keeps_from_being_scrubbed_is_told(address: str) -> None:
    clock = Clock()
    make_log(address, clock=clock)
    store = open_store(address)
    with psycopg.connect(address) as reader:
        reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        reader.execute("SELECT COUNT(*) FROM flk_record")
        assert drop_before(store, clock(), clock()) == Dropped(6, scrubbed=False)
    assert drop_before(store, clock(), clock()) == Dropped(0, scrubbed=True)
    store.close()


def test_who_waits_too_long_is_told(address: str) -> None:
    make_log(address)
    with AuditLog(address, patience=2) as log, psycopg.connect(address) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", (0x464C4B41,))
        log.store._connection().execute("SET lock_timeout = '100ms'")  # type: ignore[attr-defined]
        with pytest.raises(AuditUnwritable, match="another process kept it locked; try again"):
            shipped(NATIONAL).decide("eligibility", audit=log, **SOMEBODY)
        other.rollback()
        assert shipped(NATIONAL).decide("eligibility", audit=log, **SOMEBODY).recorded == 10


def test_what_was_written_here_and_is_gone_stops_the_log(address: str) -> None:
    with AuditLog(address) as log:
        last = shipped(NATIONAL).decide("eligibility", audit=log, **SOMEBODY).recorded
        behind(address, f"DELETE FROM flk_record WHERE number = {last}")
        with pytest.raises(AuditUnwritable, match=f"record {last}, which was written here, is"):
            shipped(NATIONAL).decide("eligibility", audit=log, **SOMEBODY)


def test_a_database_that_may_only_be_read(address: str) -> None:
    make_log(address)
    with psycopg.connect(address, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on".encode())
    assert verified(address).fault is None
    with pytest.raises(AuditUnwritable, match="it may not be written"):
        AuditLog(address)


def test_who_has_no_right_is_told(running: Server, address: str) -> None:
    make_log(address)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE USER reader")
    name = psycopg.conninfo.conninfo_to_dict(address)["dbname"]
    other = running.address(str(name), "reader")
    with pytest.raises(AuditUnreadable, match="no right to it"):
        open_store(other, read_only=True)


def test_a_database_without_a_log_is_none_to_read(address: str) -> None:
    with pytest.raises(AuditUnreadable, match="expected an audit log, found none in the database"):
        open_store(address, read_only=True)


def test_a_log_of_another_version_is_not_touched(address: str) -> None:
    make_log(address)
    behind(address, "UPDATE flk_audit SET version = 2")
    for read_only in (True, False):
        with pytest.raises(AuditUnreadable, match="expected a log of version 1, found version 2"):
            open_store(address, read_only=read_only)


def test_a_server_that_is_not_there(running: Server) -> None:
    absent = "postgresql://flk@127.0.0.1:1/audit"
    reason = "the server cannot be reached, or did not let us in"
    with pytest.raises(AuditUnreadable, match=f"^{absent}: {reason}$"):
        PostgresStore(absent, read_only=True, patience=2)
    with pytest.raises(AuditUnwritable, match=f"the audit log cannot be written: {reason}$"):
        AuditLog(absent, patience=2)
    with pytest.raises(AuditUnreadable, match=reason):
        open_store(running.address("none"), read_only=True)


def test_a_fork_carries_a_log_over(address: str) -> None:
    with AuditLog(address) as log:
        assert shipped(NATIONAL).decide("eligibility", audit=log, **SOMEBODY).recorded == 3
        child = os.fork()
        if not child:
            status = 1
            try:
                shipped(NATIONAL).decide("eligibility", audit=log, **SOMEBODY)
                status = 0
            finally:
                os._exit(status)
        assert os.waitpid(child, 0)[1] == 0
        assert shipped(NATIONAL).decide("eligibility", audit=log, **SOMEBODY).recorded == 5
    assert verified(address).fault is None


def test_a_content_too_large_to_read_is_a_fault(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_log(address)
    monkeypatch.setattr("flk_rules.audit.postgres_store.MAX_CONTENT", 1_000)
    fault = verified(address).fault
    assert fault == Fault(2, "its content or salt is not bytes: changed")


def test_messages_show_no_password() -> None:
    address = "postgresql://unit:secret@db.example:5433/audit?password=secret"
    assert without_password(address) == "postgresql://unit@db.example:5433/audit"
    assert without_password("postgresql://u:p@h:port/x") == "postgresql://u@h/x"


def test_both_stores_make_the_same_records(address: str, tmp_path: Path) -> None:
    make_log(address)
    make_log(tmp_path / "log.flk")
    one, other = (open_store(each, read_only=True) for each in (address, tmp_path / "log.flk"))
    for a, b in zip(one.entries(), other.entries(), strict=True):
        assert (a.number, a.kind) == (b.number, b.kind)
        if a.kind != Kind.LOG.value:  # which has its log's id
            assert a.content == b.content
