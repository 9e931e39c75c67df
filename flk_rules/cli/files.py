"""files to read and write.

The bytes of a roster or a plan, from a file or standard input; and files that are written whole or
not at all.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from flk_rules.adapters.roster import MAX_BYTES
from flk_rules.cli.options import OptionInvalid
from flk_rules.errors import FileUnreadable, shown

STANDARD_INPUT = "standard input"
_OF_A_LOG = {
    "": "the log",
    **dict.fromkeys(("-wal", "-shm", "-journal", ".part"), "one of the log's own"),
}
"""How the names of a log's files end, and what they are."""


def read_bytes(name: str, shown: str) -> bytes:
    """At most one byte more than a roster may have; raises `FileUnreadable`."""
    try:
        if name == "-":
            if sys.stdin is None:
                raise FileUnreadable(shown, "closed")
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        with Path(name).open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise FileUnreadable(shown, (error.strerror or str(error)).lower()) from None


def refuse_overwriting(out: str, read: Iterable[str] = (), log: str | None = None) -> None:
    """What is written must not take the place of a folder, nor of what it is made from, nor lie
    where a log's own files do, even if those are not there just now. Raises `OptionInvalid`."""
    if out == "-":
        return
    if Path(out).is_dir():
        raise OptionInvalid("--out", "a file", f"a folder ({shown(out)})")
    real = "" if log is None else os.path.realpath(log)
    kept = [
        *((name, "another file than is read") for name in read if name != "-"),
        *((real + end, f"another file than {what}") for end, what in _OF_A_LOG.items() if real),
    ]
    path = Path(out)
    for name, expected in kept:
        if _same(path, Path(name)):
            raise OptionInvalid("--out", expected, shown(out))
        if _same(_beside(path), Path(name)):
            hint = f", which is written by way of {_beside(path).name}"
            raise OptionInvalid("--out", expected, shown(out), hint)


@contextmanager
def output_to(out: str) -> Iterator[BinaryIO]:
    """The file to write to, or standard output for ``-``; one that fails leaves nothing half
    written."""
    if out == "-":
        sys.stdout.flush()
        yield sys.stdout.buffer
        return
    path = Path(out)
    beside = _beside(path)
    try:
        with beside.open("wb") as stream:
            yield stream
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    return Path(f"{path}.part")


def _same(one: Path, other: Path) -> bool:
    if one.exists() and other.exists():
        return one.samefile(other)
    return os.path.realpath(one) == os.path.realpath(other)
