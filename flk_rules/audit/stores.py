"""where logs lie.

What a store does, whatever database it is: one writer at a time, many readers, appending only.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from flk_rules.audit.canonical import canonical, parsed
from flk_rules.audit.chain import FORMAT, MAX_CONTENT, START, Entry, Kind, Link, following
from flk_rules.errors import AuditUnreadable, AuditUnwritable

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE = 30.0
"""Seconds that a writer waits for another."""


class Session(ABC):
    """One transaction of a writer: what is appended in it is kept as a whole, or not at all."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.tail = START

    def append(self, kind: Kind, content: bytes) -> Entry:
        """Appends a record. Raises `AuditUnwritable` for a content beyond `MAX_CONTENT`, and where
        the database takes the record and does not keep it."""
        if len(content) > MAX_CONTENT:
            reason = f"a record has at most {MAX_CONTENT:,} bytes, found {len(content):,}"
            raise AuditUnwritable(self._name, reason)
        entry = following(self.tail, kind, content)
        if self.insert(entry) != 1:
            reason = f"the database did not keep record {entry.number}; its tables were changed"
            raise AuditUnwritable(self._name, reason)
        self.tail = entry.link
        return entry

    @abstractmethod
    def insert(self, entry: Entry) -> int:
        """Writes a record after the last; how many rows the database says it wrote."""

    @abstractmethod
    def hash_at(self, number: int) -> bytes | None:
        """The hash of a record, None where there is none of the number."""

    @abstractmethod
    def last_of(self, kind: Kind) -> int:
        """The number of the last record of a kind that is no decision, 0 where there is none."""

    @abstractmethod
    def contents_of(self, kind: Kind) -> Iterator[bytes]:
        """The contents of the records of a kind that is no decision."""

    @abstractmethod
    def drop(self, numbers: list[int]) -> None:
        """Takes the contents and salts of decisions away."""


class Store(ABC):
    """A log in a database."""

    name: str
    """What messages call it."""

    @abstractmethod
    def writing(self) -> AbstractContextManager[Session]:
        """A transaction that no other writer has a part in; raises `AuditUnwritable`."""

    @abstractmethod
    def entries(self, first: int = 1, last: int | None = None) -> Iterator[Entry]:
        """The records in the order of their numbers, a few at a time in memory; raises
        `AuditUnreadable` where the rest cannot be read."""

    @abstractmethod
    def rulesets(self) -> Iterator[bytes]:
        """The rulesets' texts; each is what its fingerprint says, or is not looked for."""

    @abstractmethod
    def last_number(self) -> int:
        """The number of the last record, 0 of an empty log."""

    @abstractmethod
    def scrub(self) -> bool:
        """Leaves nothing of what was dropped where the database keeps its own history; whether it
        could, which it cannot while somebody reads what was there before."""

    @abstractmethod
    def close(self) -> None:
        """Gives its connections back."""

    def begin(self, session: Session, content: dict[str, str]) -> None:
        """The first record of a new log."""
        session.append(Kind.LOG, canonical({"format": FORMAT, **content}))

    def identity(self) -> str:
        """The log's id, from its first record. Raises `AuditUnreadable` where that is none."""
        first = next(self.entries(1, 1), None)
        try:
            content = parsed(first.content) if first is not None and first.content else {}
        except ValueError:
            content = {}
        if not isinstance(content, dict) or not isinstance(found := content.get("id"), str):
            raise AuditUnreadable(self.name, "its first record does not say which log it is")
        return found


def is_address(where: Path | str) -> bool:
    """Whether a log lies on a server of PostgreSQL rather than in a file."""
    return isinstance(where, str) and where.startswith(("postgresql://", "postgres://"))


def after(session: Session, known: Link) -> bool:
    """Whether the log still holds what its writer last wrote."""
    if session.tail.number == known.number:
        return session.tail.hash == known.hash
    return session.tail.number > known.number and session.hash_at(known.number) == known.hash
