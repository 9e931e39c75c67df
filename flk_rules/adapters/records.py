"""records of CSV.

Whatever a table is about: what parts its columns, where its heading is, and on which line each
record begins.
"""

from __future__ import annotations

import csv
import io
import re
from itertools import islice
from typing import Any

from attrs import field, frozen

from flk_rules.errors import FileUnreadable
from flk_rules.facts.headings import parted

MAX_CELL = 10_000
"""Characters a cell may have."""


@frozen
class Records:
    """The records of a table, each with the line it begins on."""

    name: str
    text: str
    delimiter: str
    start: int
    _reader: Any = field(init=False)

    @_reader.default
    def _make(self) -> Any:
        # newline="" keeps the line breaks within cells; any of the three kinds ends a line.
        stream = io.StringIO(self.text[self.start :], newline="")
        return csv.reader(stream, delimiter=self.delimiter, strict=True)

    def next(self) -> tuple[int, list[str] | str | None]:
        """A line with the cells there, or why there are none, or None at the end.

        Raises `FileUnreadable` where the rest of the file is lost.
        """
        line = self._reader.line_num + 1
        try:
            return line, next(self._reader, None)
        except csv.Error as error:
            if "expected after" in str(error):
                return line, "text after a closing quotation mark; write a mark within a cell twice"
            if "limit" in str(error) and self._reader.line_num == line:
                return line, self._too_long(line)
            reason = "not CSV: a quotation mark opened in this row is never closed"
            raise FileUnreadable(f"{self.name}:{line}", reason) from None

    def _too_long(self, line: int) -> str:
        """Which cell of a line is longer than the csv module reads; the line is one record."""
        stream = io.StringIO(self.text[self.start :], newline="")
        (text,) = islice(stream, line - 1, line)
        cell = rf'((?:"(?:[^"]|"")*+"|[^{self.delimiter}])*+){self.delimiter}?'
        lengths = [len(each) for each in re.findall(cell, text)]
        return (
            f"expected at most {MAX_CELL:,} characters a cell, found over "
            f"{csv.field_size_limit():,} in column {lengths.index(max(lengths)) + 1}; "
            "shorten it, or close its quotation mark"
        )


def open_records(name: str, text: str) -> tuple[Records, list[str]]:
    """The records of a table, the heading read off, and the heading.

    Raises `FileUnreadable` where there is no heading, or a quotation mark is never closed.
    """
    start, delimiter = parted(text)
    records = Records(name, text, delimiter, start)
    line, header = records.next()
    while isinstance(header, list) and not filled(header):
        line, header = records.next()
    if not isinstance(header, list):
        reason = header or "the table has no heading"
        raise FileUnreadable(f"{name}:{line}", f"not CSV: {reason}")
    return records, header


def filled(cells: list[str]) -> int:
    """How many cells there are up to the last that is not blank."""
    return next((n for n in range(len(cells), 0, -1) if cells[n - 1].strip()), 0)
