"""receipts as tables.

A receipt as one row, for CSV and for Parquet.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    import pyarrow

_TEXT = (
    "time", "reference", "ruleset", "ruleset_version", "fingerprint", "library", "question", "on",
    "engine", "outcome", "reason", "force",
)  # fmt: skip
_LISTS = ("left_out", "grounds", "true_rules", "open_rules", "missing", "assumptions")
COLUMNS = ("record", *_TEXT, "value", *_LISTS, "subjects", "facts")
"""The columns of a row, in order; `subjects` and `facts` are JSON."""
_AT_ONCE = 10_000
"""Rows of one piece of a Parquet file."""


def row(number: int, content: Mapping[str, Any]) -> dict[str, Any]:
    """A receipt as one row: its record's number and what was decided."""
    ruleset, firings = content["ruleset"], content["firings"]
    return {
        "record": number,
        **{name: content[name] for name in _TEXT if name in content},
        "ruleset": ruleset["id"],
        "ruleset_version": ruleset["version"],
        "fingerprint": ruleset["fingerprint"],
        "value": None if content["value"] is None else float(content["value"]),
        "left_out": content["left_out"],
        "grounds": content["grounds"],
        "true_rules": firings["true"],
        "open_rules": [*firings["unknown"]],
        "missing": content["missing"],
        "assumptions": content["assumptions"],
        "subjects": json.dumps(content["subjects"], sort_keys=True),
        "facts": json.dumps(content["facts"], sort_keys=True),
    }


def csv_lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The rows as lines of CSV with a heading; a list is its items with spaces between them."""
    yield _line(COLUMNS)
    for each in rows:
        cells = [each[name] for name in COLUMNS]
        yield _line([" ".join(cell) if isinstance(cell, list) else cell for cell in cells])


def _line(cells: Iterable[Any]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def write_parquet(rows: Iterable[Mapping[str, Any]], stream: BinaryIO) -> None:
    """Writes the rows as Parquet, some thousands at a time in memory."""
    import pyarrow
    import pyarrow.parquet

    schema = _schema()
    with pyarrow.parquet.ParquetWriter(stream, schema) as writer:
        waiting: list[Mapping[str, Any]] = []
        for each in rows:
            waiting.append(each)
            if len(waiting) == _AT_ONCE:
                writer.write_table(pyarrow.Table.from_pylist(waiting, schema))
                waiting = []
        writer.write_table(pyarrow.Table.from_pylist(waiting, schema))


def _schema() -> pyarrow.Schema:
    import pyarrow

    text = pyarrow.string()
    return pyarrow.schema(
        [
            ("record", pyarrow.int64()),
            *((name, text) for name in _TEXT),
            ("value", pyarrow.float64()),
            *((name, pyarrow.list_(text)) for name in _LISTS),
            ("subjects", text),
            ("facts", text),
        ]
    )
