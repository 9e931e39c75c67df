"""records in a chain.

What a record of a log is, the hash that ties it to the one before, and what is wrong with a record
that does not hold.
"""

from __future__ import annotations

import hashlib
import secrets
from enum import Enum

from attrs import frozen

FORMAT = "flk_rules/log/1"
NOTHING = bytes(32)
"""The hash before the first record."""
SALT = 16
"""Bytes of a record's salt."""
MAX_CONTENT = 16_000_000
"""Bytes that the content of a record has at most."""


class Kind(Enum):
    """What a record holds: the log's own beginning, a ruleset, a decision, a signed head, or that
    contents were dropped."""

    LOG = "log"
    RULESET = "ruleset"
    DECISION = "decision"
    HEAD = "head"
    DROP = "drop"


@frozen
class Link:
    """A place in a chain: a record's number and hash."""

    number: int
    hash: bytes


START = Link(0, NOTHING)


@frozen
class Entry:
    """One record. `content` and `salt` are None once they are dropped; the digest stays, and with
    it the chain.

    The salt keeps a digest from telling, once the content is gone, whether a guess at it is right.
    """

    number: int
    kind: str
    salt: bytes | None
    content: bytes | None
    digest: bytes
    hash: bytes

    @property
    def link(self) -> Link:
        """Its place in the chain."""
        return Link(self.number, self.hash)


def following(last: Link, kind: Kind, content: bytes) -> Entry:
    """The record after `last`."""
    salt = secrets.token_bytes(SALT)
    digest = digest_of(salt, content)
    number = last.number + 1
    return Entry(
        number, kind.value, salt, content, digest, hash_of(number, kind.value, last.hash, digest)
    )


def digest_of(salt: bytes, content: bytes) -> bytes:
    """SHA-256 of the salt and the content."""
    return hashlib.sha256(salt + content).digest()


def hash_of(number: int, kind: str, before: bytes, digest: bytes) -> bytes:
    """SHA-256 of everything that a record is and of the hash before it: format, number in eight
    bytes, kind with its length, hash before, digest."""
    name = kind.encode("utf-8", "surrogatepass")
    whole = (
        FORMAT.encode() + b"\0" + number.to_bytes(8, "big")
        + len(name).to_bytes(4, "big") + name + before + digest
    )  # fmt: skip
    return hashlib.sha256(whole).digest()


UNFIT = (
    "it does not follow the record before it: changed, inserted or moved, or the one before was "
    "removed"
)
KINDS = frozenset(each.value for each in Kind)


@frozen
class Fault:
    """The first record that does not hold, and what is wrong with it."""

    number: int
    reason: str

    def __str__(self) -> str:
        return f"record {self.number}: {self.reason}"


def fault_of(entry: Entry, last: Link) -> Fault | None:
    """What is wrong with a record after `last`, if anything."""
    due = last.number + 1
    number = entry.number
    if number != due:
        if type(number) is int and number > due:
            upto = f" to {number - 1}" if number - 1 > due else ""
            return Fault(due, f"missing{upto}: removed, or the log does not begin at record 1")
        return Fault(due, "its number is not the one that is due: inserted or moved")
    if entry.kind not in KINDS:
        return Fault(due, "its kind is none of a log's: changed")
    for name, value, size in (("digest", entry.digest, 32), ("hash", entry.hash, 32)):
        if type(value) is not bytes or len(value) != size:
            return Fault(due, f"its {name} is not {size} bytes: changed")
    if entry.content is None and entry.salt is None:
        if entry.kind != Kind.DECISION.value:
            return Fault(due, "its content is gone, and only decisions are ever dropped")
    elif type(entry.content) is not bytes or type(entry.salt) is not bytes:
        return Fault(due, "its content or salt is not bytes: changed")
    elif len(entry.salt) != SALT:
        return Fault(due, f"its salt is not {SALT} bytes: changed")
    elif digest_of(entry.salt, entry.content) != entry.digest:
        return Fault(due, "its content, salt or digest was changed")
    return None if follows(entry, last) else Fault(due, UNFIT)


def follows(entry: Entry, last: Link) -> bool:
    """Whether a record's hash ties it to `last`, whatever else is wrong with it."""
    return (
        type(entry.digest) is bytes
        and type(entry.kind) is str
        and hash_of(entry.number, entry.kind, last.hash, entry.digest) == entry.hash
    )
