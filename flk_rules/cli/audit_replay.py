"""decisions once more.

What `flk audit replay` does.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import typer
from rich.text import Text

from flk_rules import load
from flk_rules.audit.reading import Reader, open_store
from flk_rules.audit.receipts import Receipt
from flk_rules.audit.replaying import Replayer
from flk_rules.cli.audit_query import audit_table, outcome_of
from flk_rules.cli.audit_upkeep import DOES_NOT_HOLD, watched
from flk_rules.cli.audit_words import said
from flk_rules.cli.options import read_day
from flk_rules.cli.output import as_json, console
from flk_rules.errors import shown
from flk_rules.explaining.text import printable
from flk_rules.library import Ruleset
from flk_rules.model import rules as model

_SHOWN = 20
"""Differences of one decision that are printed."""


def replay_log(
    log: str,
    records: Sequence[int],
    against: str | None,
    on: str | None,
    path: Sequence[Path],
    shape: str,
    language: str,
) -> None:
    """Decides the receipts of a log again and prints what is different."""
    other = None
    if against is not None and on is not None:
        other = load(against, on=read_day(on), path=path)
    reader = Reader(open_store(log, read_only=True))
    if records:
        found: Iterator[tuple[int, Receipt]] = ((each, reader.receipt(each)) for each in records)
    else:
        found = reader.receipts(watched(reader.store))
    told = _Told(reader, other, shape, language)
    for number, receipt in found:
        told.add(number, receipt)
    if not told.end():
        raise typer.Exit(DOES_NOT_HOLD)


class _Told:
    """Prints what is different, and what the whole came to."""

    def __init__(self, reader: Reader, other: Ruleset | None, shape: str, language: str) -> None:
        self._reader, self._other = reader, other
        self._json, self._language = shape == "jsonl", language
        self._replayer, self._all, self._same = Replayer(), 0, 0
        self._unread: set[str] = set()
        self._versions: set[tuple[str, str]] = set()
        self._table = audit_table(
            language, "record", "reference", "question", "before", "now", "rules"
        )

    def add(self, number: int, receipt: Receipt) -> None:
        """One receipt, decided again."""
        content = receipt.content
        day = date.fromisoformat(content["on"])
        ruleset = self._reader.ruleset(content["ruleset"]["fingerprint"], day)
        self._all += 1
        if self._other is None:
            self._replayed(number, receipt, ruleset)
        else:
            self._compared(number, receipt, ruleset)

    def _replayed(self, number: int, receipt: Receipt, ruleset: model.Ruleset) -> None:
        found = self._replayer.replay(receipt, ruleset)
        self._same += found.same
        if found.versions is not None:
            self._versions.add(found.versions)
        changed = [
            {"path": each.path, "before": each.before, "after": each.after}
            for each in found.differences
        ]
        if self._json:
            sys.stdout.write(
                as_json({"record": number, "same": found.same, "differences": changed})
            )
        for each in found.differences[:_SHOWN] if not self._json else ():
            text = f"{number} {each.path}: {shown(each.before)} -> {shown(each.after)}"
            sys.stdout.write(f"{printable(text)}\n")

    def _compared(self, number: int, receipt: Receipt, ruleset: model.Ruleset) -> None:
        assert self._other is not None
        found = self._replayer.compare(receipt, ruleset, self._other.model)
        self._same += found.same
        self._unread.update(found.unread)
        before, after = receipt.content, found.again.content
        if self._json:
            sys.stdout.write(as_json({
                "record": number, "same": found.same, "before": before["outcome"],
                "after": after["outcome"], "rules": list(found.rules), "alone": found.alone,
                "unread": list(found.unread),
            }))  # fmt: skip
        elif not found.same:
            rules = ", ".join(found.rules)
            if len(found.rules) > 1 and not found.alone:
                rules += f" ({said('together', self._language)})"
            self._table.add_row(
                str(number), Text(printable(before["reference"] or "")),
                Text(printable(before["question"])), outcome_of(before), outcome_of(after),
                Text(printable(rules)),
            )  # fmt: skip

    def end(self) -> bool:
        """Whether every decision came out the same."""
        out = console()
        values: dict[str, object] = {"same": self._same, "all": self._all}
        if not self._json:
            if self._table.row_count:
                out.print(self._table)
                out.print()
            name = "same"
            if self._other is not None:
                name = "compared"
                values |= {"ruleset": self._other.id, "version": self._other.version,
                           "on": self._other.on}  # fmt: skip
            out.print(said(name, self._language, **values), soft_wrap=True)
            for before, after in sorted(self._versions):
                words = said("versions", self._language, before=before, after=after)
                out.print(printable(words), soft_wrap=True)
            if self._unread:
                names = ", ".join(sorted(self._unread))
                out.print(said("unread", self._language, names=names), soft_wrap=True)
        return self._same == self._all
