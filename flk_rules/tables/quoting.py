"""quotation marks of CSV.

A mark that is never closed makes one cell of many rows, and what is left looks well. Such a file is
refused, at the line where it goes wrong.
"""

from __future__ import annotations

import csv
from pathlib import Path

from flk_rules.errors import FileUnreadable

_CHUNK = 2**24


def refuse_loose_marks(path: Path, delimiter: str) -> None:
    """Raises `FileUnreadable` where a quotation mark is not as CSV has them; quick where a file has
    none."""
    if not _has_marks(path):
        return
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        reader = csv.reader(stream, delimiter=delimiter, strict=True)
        while True:
            line = reader.line_num + 1
            try:
                if next(reader, None) is None:
                    return
            except csv.Error as error:
                if "expected after" in str(error):
                    reason = "text after a closing quotation mark; write a mark within a cell twice"
                else:
                    reason = "a quotation mark opened in this row is never closed"
                raise FileUnreadable(f"{path}:{line}", f"not CSV: {reason}") from None


def _has_marks(path: Path) -> bool:
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            if b'"' in chunk:
                return True
    return False
