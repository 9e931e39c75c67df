"""files to read.

The bytes of a roster or a plan, from a file or standard input.
"""

from __future__ import annotations

import sys
from pathlib import Path

from flk_rules.adapters.roster import MAX_BYTES
from flk_rules.errors import FileUnreadable

STANDARD_INPUT = "standard input"


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
