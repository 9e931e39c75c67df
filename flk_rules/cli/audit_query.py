"""receipts of a log.

What `flk audit show`, `query` and `export` do.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from rich.table import Table
from rich.text import Text

from flk_rules.audit.exporting import csv_lines, row, write_parquet
from flk_rules.audit.querying import Counts, Search
from flk_rules.audit.reading import Reader, open_store
from flk_rules.audit.receipts import Receipt
from flk_rules.cli.audit_search import tell_barren
from flk_rules.cli.audit_upkeep import watched
from flk_rules.cli.audit_words import decisions, said
from flk_rules.cli.files import output_to, refuse_overwriting
from flk_rules.cli.output import STYLES, as_json, console
from flk_rules.errors import ExtraMissing
from flk_rules.explaining.text import printable


def show_receipt(log: str, record: int) -> None:
    """Prints one receipt with the rules that were read."""
    receipt = Reader(open_store(log, read_only=True)).receipt(record)
    sys.stdout.write(as_json(receipt.to_dict(), indent=2))


def query_log(log: str, search: Search, count: str | None, language: str) -> None:
    """Lists receipts, or counts what they rest on."""
    reader = Reader(open_store(log, read_only=True))
    found = _receipts(reader, search)
    if count is not None:
        _print_counts(found, count, language)
    else:
        _print_list(found, language)
    tell_barren(search, language)


def export_log(log: str, search: Search, out: str, shape: str, whole: bool, language: str) -> None:
    """Writes receipts into a file."""
    reader = Reader(open_store(log, read_only=True))
    found = _receipts(reader, search)
    refuse_overwriting(out, log=log)
    with output_to(out) as stream:
        if shape == "parquet":
            try:
                write_parquet((row(number, each.content) for number, each in found), stream)
            except ImportError:
                raise ExtraMissing("--format parquet", "tables") from None
        elif shape == "csv":
            for line in csv_lines(row(number, each.content) for number, each in found):
                stream.write(line.encode())
        else:
            for number, each in found:
                one = reader.whole(each) if whole else each
                line = as_json({"record": number, "receipt": one.to_dict()})
                stream.write(line.encode())
    tell_barren(search, language)


def _receipts(reader: Reader, search: Search) -> Iterator[tuple[int, Receipt]]:
    for number, receipt in reader.receipts(watched(reader.store)):
        if search.fits(receipt.content):
            yield number, receipt


def audit_table(language: str, *headings: str) -> Table:
    """A table with these headings; numbers stand to the right."""
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        right = heading in ("record", "count", "share")
        table.add_column(
            said(heading, language), overflow="fold", justify="right" if right else "left"
        )
    return table


def outcome_of(content: Any) -> Text:
    """A receipt's outcome, with its number and its colour."""
    value = content["value"]
    words = content["outcome"].replace("_", " ").upper() + (f" {value}" if value else "")
    return Text(printable(words), style=STYLES.get(content["outcome"], ""))


def _print_list(found: Iterator[tuple[int, Receipt]], language: str) -> None:
    table = audit_table(
        language, "record", "time", "reference", "ruleset", "question", "outcome", "why"
    )
    for number, receipt in found:
        content = receipt.content
        why = ", ".join(content["grounds"] or content["missing"])
        id_, question = content["ruleset"]["id"], content["question"]
        row_ = content["time"][:19], content["reference"] or "", id_, question
        cells = [Text(printable(each)) for each in row_]
        table.add_row(str(number), *cells, outcome_of(content), Text(printable(why)))
    out = console()
    if table.row_count:
        out.print(table)
        out.print()
    out.print(decisions(table.row_count, language))


def _print_counts(found: Iterator[tuple[int, Receipt]], what: str, language: str) -> None:
    counts = Counts(what)
    for _, receipt in found:
        counts.add(receipt.content)
    table = audit_table(language, "count", "share")
    table.add_column(what, overflow="fold")
    for name, number in counts.most():
        table.add_row(str(number), f"{100 * number / counts.receipts:.1f} %", Text(printable(name)))
    out = console()
    if table.row_count:
        out.print(table)
        out.print()
    out.print(said("counted", language, found=decisions(counts.receipts, language)))
