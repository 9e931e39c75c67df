"""logs to try things on.

A log with decisions of the shipped rulesets, grown by copies of their receipts where many records
are wanted; and ways to change a log behind its back.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from flk_rules import Decision
from flk_rules.audit import AuditLog
from flk_rules.audit.chain import Kind
from support.cases import NATIONAL, STOCKHOLM, shipped, specialist, trainee

SECRET = bytes(range(32))
SIGNING_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(64, 96)))
START = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    """A clock that goes on one minute each time it is read."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        self.time += timedelta(minutes=1)
        return self.time


def asked() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Decisions of several questions and rulesets, with every kind of outcome: ruleset, question,
    subjects."""
    yield NATIONAL, "eligibility", {"physician": specialist("geriatrik", id="A-17")}
    yield STOCKHOLM, "eligibility", {
        "physician": trainee(planned_end="2027-10-01"), "patient": {"age": 40},
    }  # fmt: skip
    yield NATIONAL, "eligibility", {
        "physician": specialist("geriatrik"), "patient": {"id": "B", "age": 70},
    }  # fmt: skip
    yield NATIONAL, "eligibility", {"physician": specialist("geriatrik"), "patient": {}}
    yield NATIONAL, "priority", {"patient": {"id": "B", "chronic_conditions": 3, "medicines": 9}}
    yield STOCKHOLM, "capacity", {
        "physician": {**specialist("allmanmedicin"), "listed": 1180, "employment_rate": 0.8},
        "unit": {},
    }  # fmt: skip


def decide(ruleset: str, question: str, subjects: dict[str, Any], **more: Any) -> Decision:
    """One of those decisions."""
    return shipped(ruleset).decide(question, **subjects, **more)


def make_log(path: Path | str, **options: Any) -> list[int]:
    """A log of those decisions; the numbers of their records."""
    options = {"key": SECRET, "clock": Clock(), **options}
    with AuditLog(path, **options) as log:
        return [
            decide(*each, audit=log, reference=f"case-{number}").recorded or 0
            for number, each in enumerate(asked(), 1)
        ]


def grow(path: Path | str, records: int, **options: Any) -> None:
    """Makes the log one of so many records, in transactions of a thousand."""
    if not Path(path).exists():
        make_log(path)
    with AuditLog(path, **options) as log:
        contents = [receipt.entry for _, receipt in log._reader.receipts()]
        last = log.store.last_number()
        while last < records:
            with log.store.writing() as session:
                for _ in range(min(1_000, records - last)):
                    session.append(Kind.DECISION, contents[last % len(contents)])
                    log._sign(session)
                    last = session.tail.number
                    if last >= records:
                        break


def behind(path: Path | str, *statements: tuple[str, tuple[Any, ...]] | str) -> None:
    """Changes a log as somebody who has its file can: past the fence."""
    connection = sqlite3.connect(path)
    fence = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    triggers = fence.fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    for each in statements:
        connection.execute(*((each,) if isinstance(each, str) else each))
    for _, trigger in triggers:
        connection.execute(trigger)
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.close()
