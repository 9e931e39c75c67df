"""tampering that shows.

Any change, removal, move, insertion and truncation of a log is found, the first bad record named,
and what cannot be vouched for is never passed.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from attrs import evolve

from flk_rules.audit import AuditLog
from flk_rules.audit.canonical import canonical
from flk_rules.audit.chain import (
    NOTHING,
    START,
    Entry,
    Fault,
    Kind,
    Link,
    digest_of,
    fault_of,
    following,
    hash_of,
)
from flk_rules.audit.heads import make_head, read_head, read_private_key, read_public_key
from flk_rules.audit.reading import open_store
from flk_rules.audit.stores import Store
from flk_rules.audit.verifying import Anchor, Verified, verify
from flk_rules.errors import AuditUnreadable, FileUnreadable, HeadInvalid, KeyInvalid
from support.audit import OTHER_KEY, SIGNING_KEY, asked, behind, decide, grow, make_log
from support.audit import START as NOON
from support.tampering import byte_changes, changed_file, logical

RECORDS = 60


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("log") / "decisions.flk"
    make_log(path, signing_key=SIGNING_KEY, head_every=20)
    grow(path, RECORDS, signing_key=SIGNING_KEY, head_every=20)
    return path


@pytest.fixture
def path(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(original, tmp_path / "copy.flk"))


def verified(path: Path, *anchors: Anchor, key: Any = None) -> Verified:
    store = open_store(path, read_only=True)
    return verify(store, anchors, key)


def entries(path: Path) -> list[Entry]:
    return [*open_store(path, read_only=True).entries()]


def anchor(path: Path, number: int = RECORDS, key: Any = SIGNING_KEY) -> Anchor:
    store = open_store(path, read_only=True)
    (entry,) = store.entries(number, number)
    return Anchor("kept.json", make_head(store.identity(), entry.link, NOON, key))


CONTENT = "its content, salt or digest was changed"
CHAIN = (
    "it does not follow the record before it: changed, inserted or moved, or the one before was "
    "removed"
)


def test_an_untouched_log_holds(path: Path) -> None:
    found = verified(path)
    assert (found.fault, found.records, found.holds) == (None, RECORDS, True)
    assert found.decisions == RECORDS - 5  # the beginning, two rulesets and two heads
    assert (found.vouched, found.signed) == (0, 0)


@pytest.mark.parametrize(
    ("statement", "number", "reason"),
    [
        # Changed.
        ("UPDATE record SET content = CAST(replace(CAST(content AS TEXT), 'false', 'fakse') "
         "AS BLOB) WHERE number = 7", 7, CONTENT),
        ("UPDATE record SET salt = zeroblob(16) WHERE number = 8", 8, CONTENT),
        ("UPDATE record SET digest = zeroblob(32) WHERE number = 8", 8, CONTENT),
        ("UPDATE record SET hash = zeroblob(32) WHERE number = 9", 9, CHAIN),
        ("UPDATE record SET kind = 'ruleset' WHERE number = 9", 9, CHAIN),
        ("UPDATE record SET kind = 'Decision' WHERE number = 9", 9,
         "its kind is none of a log's: changed"),
        ("UPDATE record SET hash = zeroblob(31) WHERE number = 9", 9,
         "its hash is not 32 bytes: changed"),
        ("UPDATE record SET digest = x'' WHERE number = 9", 9,
         "its digest is not 32 bytes: changed"),
        ("UPDATE record SET salt = x'00' WHERE number = 9", 9, "its salt is not 16 bytes: changed"),
        ("UPDATE record SET salt = NULL WHERE number = 9", 9,
         "its content or salt is not bytes: changed"),
        ("UPDATE record SET content = NULL WHERE number = 9", 9,
         "its content or salt is not bytes: changed"),
        ("UPDATE record SET content = NULL, salt = NULL WHERE number = 9", 9,
         "its content is gone, and no record says it was dropped"),
        ("UPDATE record SET content = NULL, salt = NULL WHERE number = 2", 2,
         "its content is gone, and only decisions are ever dropped"),
        # Removed.
        ("DELETE FROM record WHERE number = 9", 9,
         "missing: removed, or the log does not begin at record 1"),
        ("DELETE FROM record WHERE number BETWEEN 9 AND 12", 9,
         "missing to 12: removed, or the log does not begin at record 1"),
        ("DELETE FROM record WHERE number = 1", 1,
         "missing: removed, or the log does not begin at record 1"),
        # Removed, and the numbers closed up.
        ("DELETE FROM record WHERE number = 9; "
         "UPDATE record SET number = number - 1 WHERE number > 9", 9, CHAIN),
        # Moved.
        ("UPDATE record SET number = 1000 WHERE number = 10; "
         "UPDATE record SET number = 10 WHERE number = 11; "
         "UPDATE record SET number = 11 WHERE number = 1000", 10, CHAIN),
        ("UPDATE record SET number = -1 WHERE number = 10", 1,
         "its number is not the one that is due: inserted or moved"),
        # Inserted.
        ("UPDATE record SET number = -number WHERE number > 9; "
         "UPDATE record SET number = 1 - number WHERE number < 0; "
         "INSERT INTO record SELECT 10, kind, salt, content, digest, hash FROM record "
         "WHERE number = 9", 10, CHAIN),
        ("INSERT INTO record SELECT 61, kind, salt, content, digest, hash FROM record "
         "WHERE number = 60", 61, CHAIN),
        ("DELETE FROM record", 1, "missing: the log is empty"),
    ],
)  # fmt: skip
def test_the_first_bad_record_is_named(
    path: Path, statement: str, number: int, reason: str
) -> None:
    behind(path, *statement.split("; "))
    found = verified(path)
    assert found.fault == Fault(number, reason)
    assert not found.holds
    if "no record says" not in reason:  # the walk goes on, since a later record may explain it
        assert found.records == number - 1


def rechained(path: Path, change: Callable[[list[Entry]], list[Entry]]) -> None:
    """Writes the log anew after a change, with a chain that holds in itself: what somebody can do
    who has the file and knows the format."""
    place, made = START, []
    for entry in change(entries(path)):
        content, salt = entry.content, entry.salt
        digest = entry.digest if content is None else digest_of(salt or b"", content)
        number = place.number + 1
        link = hash_of(number, entry.kind, place.hash, digest)
        made.append(evolve(entry, number=number, digest=digest, hash=link))
        place = made[-1].link
    insert = "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?)"
    rows = [(insert, (e.number, e.kind, e.salt, e.content, e.digest, e.hash)) for e in made]
    behind(path, "DELETE FROM record", *rows)


def _forged(number: int) -> Callable[[list[Entry]], list[Entry]]:
    def change(found: list[Entry]) -> list[Entry]:
        content = (found[number - 1].content or b"").replace(b'"eligible"', b'"assess"')
        assert content != found[number - 1].content
        found[number - 1] = evolve(found[number - 1], content=content)
        return [each for each in found if each.kind != Kind.HEAD.value]

    return change


def an_eligible(path: Path) -> int:
    """A record in the middle with an outcome to forge."""
    return next(
        each.number
        for each in entries(path)
        if each.number > 4 and b'"outcome":"eligible"' in (each.content or b"")
    )


def test_a_whole_rewritten_log_holds_in_itself_and_not_against_a_head(path: Path) -> None:
    kept = anchor(path, 40)
    number = an_eligible(path)
    rechained(path, _forged(number))
    assert verified(path).holds
    found = verified(path, kept)
    reason = "kept.json has another hash here: one from 1 to 40 was rewritten"
    assert found.fault == Fault(40, reason)


def test_several_heads_narrow_down_where_it_was_rewritten(path: Path) -> None:
    kept = [evolve(anchor(path, each), where=f"{each}.json") for each in (30, 4, 50, 60)]
    rechained(path, _forged(an_eligible(path)))
    found = verified(path, *kept)
    reason = "30.json has another hash here: one from 5 to 30 was rewritten"
    assert (found.fault, found.vouched) == (Fault(30, reason), 4)


def test_a_log_cut_short_holds_in_itself_and_not_against_a_head(path: Path) -> None:
    kept = anchor(path, 58)
    behind(path, "DELETE FROM record WHERE number > 57")
    found = verified(path)
    assert (found.holds, found.records, found.vouched) == (True, 57, 0)
    assert verified(path, kept).fault == Fault(58, "it is missing: kept.json vouches for record 58")
    behind(path, "DELETE FROM record WHERE number > 40")
    reason = "records 41 to 58 are missing: kept.json vouches for record 58"
    assert verified(path, kept).fault == Fault(41, reason)


def test_a_head_vouches_for_what_is_before_it_and_no_more(path: Path) -> None:
    found = verified(path, anchor(path, 40))
    assert (found.holds, found.vouched, found.records) == (True, 40, RECORDS)


def test_a_head_of_another_log(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.flk"
    make_log(other)
    kept = anchor(other, 3)
    found = verified(path, kept)
    mine = open_store(path, read_only=True).identity()
    reason = f"this log is {mine}, and kept.json is a head of {kept.head.log}"
    assert found.fault == Fault(1, reason)


# ---- signatures ----------------------------------------------------------------------------------


def test_signed_heads_in_the_log_vouch_for_it(path: Path) -> None:
    found = verified(path, key=SIGNING_KEY.public_key())
    heads = [each.number for each in entries(path) if each.kind == Kind.HEAD.value]
    assert (found.holds, found.signed, found.vouched) == (True, len(heads), heads[-1] - 1)
    assert heads == [21, 42]


def test_a_head_is_signed_when_it_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "log.flk"
    with AuditLog(path, signing_key=SIGNING_KEY) as log:
        decide(*next(asked()), audit=log)
        log.sign()
        log.sign()  # there is nothing new to sign
    found = verified(path, key=SIGNING_KEY.public_key())
    assert (found.fault, found.records, found.signed, found.vouched) == (None, 4, 1, 3)
    with AuditLog(path) as log:
        log.sign()  # without a key it signs nothing
    assert verified(path).records == 4


def test_who_rewrites_a_log_cannot_sign_it(path: Path) -> None:
    rechained(path, _forged(an_eligible(path)))
    found = verified(path, key=SIGNING_KEY.public_key())
    reason = "no head is signed, so no signature could be checked"
    assert found.fault == Fault(found.records + 1, reason)


def test_heads_that_another_key_signed_are_refused(path: Path) -> None:
    found = verified(path, key=OTHER_KEY.public_key())
    assert found.fault == Fault(21, "its signature is not by the key that was given")
    with pytest.raises(HeadInvalid, match=r"kept\.json: its signature is not by the key that was"):
        verified(path, anchor(path, 4), key=OTHER_KEY.public_key())
    with pytest.raises(HeadInvalid, match=r"kept\.json: its signature is not by the key that was"):
        verified(path, anchor(path, 4, key=None), key=SIGNING_KEY.public_key())


def test_heads_kept_over_from_before_the_rewriting_do_not_fit(path: Path) -> None:
    def change(found: list[Entry]) -> list[Entry]:
        number = an_eligible(path)
        content = (found[number - 1].content or b"").replace(b'"eligible"', b'"assess"')
        found[number - 1] = evolve(found[number - 1], content=content)
        return found

    rechained(path, change)
    assert verified(path).fault == Fault(21, "its head is not that of the record before it")


@pytest.mark.parametrize("field", ["log", "number", "hash", "time", "key", "signature"])
def test_a_changed_head_is_not_signed(path: Path, field: str) -> None:
    content = json.loads(anchor(path).head.text)
    before = content[field]
    if isinstance(before, int):
        content[field] = before - 1
    else:
        content[field] = ("1" if before[0] == "0" else "0") + before[1:]
    head = read_head(canonical(content), "kept.json")
    assert not head.is_signed_by(SIGNING_KEY.public_key())
    assert read_head(anchor(path).head.text, "").is_signed_by(SIGNING_KEY.public_key())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "h: expected a head of an audit log in JSON"),
        (b"[]", "h: expected a head of the format flk_rules/head/1"),
        (b'{"format":"flk_rules/head/2"}', "h: expected a head of the format flk_rules/head/1"),
        (b'{"format":"flk_rules/head/1"}',
         "h: a key is missing, unknown or has a value it cannot have"),
    ],
)  # fmt: skip
def test_what_is_no_head_is_refused(text: bytes, said: str) -> None:
    with pytest.raises(HeadInvalid) as caught:
        read_head(text, "h")
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", 0), ("number", True), ("number", "3"), ("hash", "00"), ("hash", "zz" * 32),
        ("hash", None), ("signature", "00"), ("signature", None), ("key", None), ("log", 1),
        ("time", None), ("surprise", 1),
    ],
)  # fmt: skip
def test_a_head_with_a_mistake_is_refused(path: Path, field: str, value: Any) -> None:
    content = {**json.loads(anchor(path).head.text), field: value}
    with pytest.raises(HeadInvalid, match="h: a key is missing, unknown or has a value it cannot"):
        read_head(canonical(content), "h")


# ---- what was never written by this library ------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "content", "reason"),
    [
        (9, b"", "its content is no JSON: it was never written by this library"),
        (9, b"\xff", "its content is no JSON: it was never written by this library"),
        (9, b'{"a":1,"a":2}', "its content is no JSON: it was never written by this library"),
        (9, b"[" * 10_000, "its content is no JSON: it was never written by this library"),
        (9, b"[]", "its content is no table: it was never written by this library"),
        (9, b"{}", "no record before it holds the ruleset that it names"),
        (9, b'{"ruleset":{"fingerprint":[]}}',
         "no record before it holds the ruleset that it names"),
        (2, b"{}", "no record before it holds the ruleset that it names"),
        (1, b"{}", "expected a log of the format flk_rules/log/1"),
        (21, b"{}", "its head cannot be read: expected a head of the format flk_rules/head/1"),
    ],
)  # fmt: skip
def test_contents_that_the_chain_holds_and_nobody_wrote(
    path: Path, number: int, content: bytes, reason: str
) -> None:
    def change(found: list[Entry]) -> list[Entry]:
        found[number - 1] = evolve(found[number - 1], content=content)
        return found

    rechained(path, change)
    found = verified(path)
    assert found.fault is not None
    # A changed ruleset is missed at the first decision that names it.
    assert found.fault == Fault(3 if number == 2 else number, reason)


def test_a_second_beginning(path: Path) -> None:
    rechained(path, lambda found: [*found[:9], found[0], *found[9:]])
    reason = "a log begins with one record of the kind log, and has no other: rewritten"
    assert verified(path).fault == Fault(10, reason)


def _as_view(path: Path) -> None:
    """A view in the table's place could show whatever it likes."""
    connection = sqlite3.connect(path)
    for (name,) in connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("ALTER TABLE record RENAME TO kept")
    connection.execute("CREATE VIEW record AS SELECT * FROM kept")
    connection.commit()
    connection.close()


# ---- files that are damaged or something else ----------------------------------------------------


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda p: p.unlink(), "expected an audit log, found no file there"),
        (lambda p: p.write_bytes(b""), "expected an audit log, found another database"),
        (lambda p: p.write_bytes(b"x" * 5_000),
         "expected an audit log, found another kind of file"),
        (lambda p: behind(p, "PRAGMA user_version = 9"),
         "expected a log of version 1, found version 9"),
        (lambda p: behind(p, "CREATE TABLE more (a)"),
         "its tables and triggers are not those of a log: changed"),
        (lambda p: _as_view(p),
         "its tables and triggers are not those of a log: changed"),
    ],
)  # fmt: skip
def test_what_is_no_log_is_not_verified(
    path: Path, make: Callable[[Path], object], said: str
) -> None:
    make(path)
    with pytest.raises(AuditUnreadable) as caught:
        open_store(path, read_only=True)
    assert str(caught.value) == f"{path}: {said}"


def test_without_its_fence_a_log_is_not_read(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("DROP TRIGGER record_stays")
    connection.commit()
    connection.close()
    with pytest.raises(AuditUnreadable, match="its tables and triggers are not those of a log"):
        open_store(path, read_only=True)


@pytest.mark.parametrize("name", ["evil", "sqliteXevil", "sqlite_evil", "SQLITE_evil"])
def test_a_trigger_of_whatever_name_is_seen(path: Path, name: str) -> None:
    """Who has the file can give a trigger a name that SQLite keeps for itself."""
    trigger = "TRIGGER {} BEFORE INSERT ON record BEGIN SELECT RAISE(IGNORE); END"
    connection = sqlite3.connect(path)
    connection.execute(f"CREATE {trigger.format('plain')}")
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute(
        "UPDATE sqlite_master SET name = ?, sql = ? WHERE name = 'plain'",
        (name, f"CREATE {trigger.format(name)}"),
    )
    connection.commit()
    connection.close()
    for read_only in (True, False):
        with pytest.raises(AuditUnreadable, match="its tables and triggers are not those"):
            open_store(path, read_only=read_only)


def test_a_log_that_was_analysed_is_one(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("ANALYZE")
    connection.close()
    assert verified(path).holds


def test_a_file_cut_short(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as stream:
        stream.truncate(size - 3 * 4096)
    with pytest.raises(AuditUnreadable, match="the file is damaged"):
        verified(path)


def test_what_a_killed_writer_left_is_put_right_and_read(path: Path, tmp_path: Path) -> None:
    """Its write-ahead log holds records that the file itself has not."""
    folder = tmp_path / "left"
    folder.mkdir()
    left = folder / "log.flk"
    with AuditLog(path) as log:
        decide(*next(asked()), audit=log)
        for ending in ("", "-wal"):
            shutil.copy(f"{path}{ending}", f"{left}{ending}")
    found = verified(left)
    assert (found.fault, found.records) == (None, RECORDS + 1)


def test_text_that_is_none(path: Path) -> None:
    """Bytes that are no UTF-8, where SQLite has text."""
    behind(path, "UPDATE record SET kind = CAST(x'fffe' AS TEXT) WHERE number = 9")
    assert verified(path).fault == Fault(9, "its kind is none of a log's: changed")
    whole = path.read_bytes()
    at = whole.index(b"CREATE TRIGGER record_stays")
    path.write_bytes(whole[:at] + b"\xff" + whole[at + 1 :])
    with pytest.raises(AuditUnreadable):
        open_store(path, read_only=True)


def test_a_page_of_zeros(path: Path) -> None:
    with path.open("r+b") as stream:
        stream.seek(path.stat().st_size - 8 * 4096)
        stream.write(bytes(4096))
    assert not verified(path).holds


# ---- every byte ----------------------------------------------------------------------------------


def test_every_changed_byte_of_every_column_is_found(path: Path) -> None:
    """Each byte of some records; tests/soak changes each of a log of 1,000."""
    changed = 0
    place = START
    for entry in entries(path):
        assert fault_of(entry, place) is None
        if entry.number in (1, 9, 21, 60):
            for other in byte_changes(entry, Random(entry.number)):
                assert fault_of(other, place) is not None
                changed += 1
        place = entry.link
    assert changed > 5_000


def test_a_changed_byte_of_the_file_is_found_or_was_no_record_s(path: Path) -> None:
    """Bytes that no record has, such as unused ones of a page, may be anything."""
    whole, before = path.read_bytes(), logical(path)
    random, found = Random(1), 0
    for _ in range(250):
        with changed_file(path, whole, random.randrange(len(whole)), random) as told:
            found += told
            assert told or logical(path) == before
    assert found > 200


# ---- the format ----------------------------------------------------------------------------------


def test_the_hash_of_a_record_is_as_documented() -> None:
    """As docs/audit.md has it, for whoever checks a log without this library."""
    entry = following(Link(6, bytes(range(32))), Kind.DECISION, b"{}")
    assert entry.salt is not None
    digest = hashlib.sha256(entry.salt + b"{}").digest()
    whole = b"flk_rules/log/1\0" + (7).to_bytes(8, "big") + (8).to_bytes(4, "big") + b"decision"
    assert entry.digest == digest
    assert entry.hash == hashlib.sha256(whole + bytes(range(32)) + digest).digest()
    assert bytes(32) == NOTHING


def test_two_records_of_one_content_have_different_digests() -> None:
    one, other = (following(START, Kind.DECISION, b"{}") for _ in range(2))
    assert one.digest != other.digest


def test_memory_does_not_grow_with_the_log() -> None:
    """A store that has no end but a number: only what is constant is kept of it."""
    import tracemalloc

    class Endless(Store):
        name = "endless"
        writing = scrub = close = last_number = rulesets = None  # type: ignore[assignment]

        def entries(self, first: int = 1, last: int | None = None) -> Iterator[Entry]:
            content = canonical({"format": "flk_rules/log/1", "id": "x"})
            entry = following(START, Kind.LOG, content)
            yield entry
            entry = following(entry.link, Kind.RULESET, b"{}")
            yield entry
            receipt = canonical(
                {"ruleset": {"fingerprint": f"sha256:{hashlib.sha256(b'{}').hexdigest()}"}}
            )
            for number in range(30_000):
                entry = following(entry.link, Kind.DECISION, receipt)
                yield entry
                if number == 3_000:
                    tracemalloc.reset_peak()
                    self.held = tracemalloc.get_traced_memory()[0]

    Endless.__abstractmethods__ = frozenset()  # type: ignore[attr-defined]
    store = Endless()  # type: ignore[abstract]
    tracemalloc.start()
    try:
        assert verify(store).holds
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak - store.held < 50_000


# ---- keys ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("read", "data", "said"),
    [
        (read_private_key, b"", "expected a private Ed25519 key as PEM, without a password, found "
         "0 bytes of something else"),
        (read_public_key, b"\0" * 32, "expected a public Ed25519 key as PEM, found 32 bytes of "
         "something else"),
        (read_private_key, b"-----BEGIN PUBLIC KEY-----\n", "expected a private Ed25519 key as "
         "PEM, without a password, found another public key"),
        (read_public_key, b"-----BEGIN PRIVATE KEY-----\n", "expected a public Ed25519 key as "
         "PEM, found another private key"),
    ],
)  # fmt: skip
def test_what_is_no_key_is_refused(
    tmp_path: Path, read: Callable[[Path], object], data: bytes, said: str
) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(data)
    with pytest.raises(KeyInvalid) as caught:
        read(path)
    assert str(caught.value) == f"{path}: {said}"


def test_a_key_that_is_not_there_or_too_large(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="cannot be read: no such file or directory"):
        read_public_key(tmp_path / "none.pem")
    large = tmp_path / "large.pem"
    large.write_bytes(b"x" * 20_000)
    with pytest.raises(FileUnreadable, match="larger than 10,000 bytes; expected a key"):
        read_private_key(large)
