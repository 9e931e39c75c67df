"""bytes that change.

Every single-byte change of a record, and changed bytes of a log's file.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from attrs import evolve

from flk_rules.audit.chain import Entry
from flk_rules.audit.reading import open_store
from flk_rules.audit.verifying import verify
from flk_rules.errors import AuditUnreadable


def byte_changes(entry: Entry, random: Random) -> Iterator[Entry]:
    """The record with each byte of each of its columns changed to another, one at a time."""
    for name in ("salt", "content", "digest", "hash"):
        value: bytes = getattr(entry, name) or b""
        for index in range(len(value)):
            other = bytearray(value)
            other[index] ^= random.randrange(1, 256)
            yield evolve(entry, **{name: bytes(other)})
    for index in range(len(entry.kind)):
        for letter in "aX\x00":
            if letter != entry.kind[index]:
                yield evolve(entry, kind=entry.kind[:index] + letter + entry.kind[index + 1 :])
    for index in range(8):
        number = int.from_bytes(
            bytes(
                byte ^ (random.randrange(1, 128) if place == index else 0)
                for place, byte in enumerate(entry.number.to_bytes(8, "big"))
            ),
            "big",
        )
        yield evolve(entry, number=number)


def logical(path: Path) -> list[Entry]:
    """Every record of a log's file, or none where it cannot be read."""
    try:
        return [*open_store(path, read_only=True).entries()]
    except AuditUnreadable:
        return []


@contextmanager
def changed_file(path: Path, whole: bytes, offset: int, random: Random) -> Iterator[bool]:
    """The file with one byte changed, and whether verifying it finds that; then as it was."""
    value = bytes([whole[offset] ^ random.randrange(1, 256)])
    with path.open("r+b") as stream:
        stream.seek(offset)
        stream.write(value)
    try:
        found = not verify(open_store(path, read_only=True)).holds
    except AuditUnreadable:
        found = True
    try:
        yield found
    finally:
        with path.open("r+b") as stream:
            stream.seek(offset)
            stream.write(whole[offset : offset + 1])
        for companion in ("-wal", "-shm"):
            path.with_name(path.name + companion).unlink(missing_ok=True)
