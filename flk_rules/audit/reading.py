"""receipts from logs.

Each receipt is checked against its record's digest and gets back the rules that were read, from the
ruleset that the log keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from attrs import evolve

from flk_rules.audit.chain import START, UNFIT, Entry, Kind, fault_of, follows
from flk_rules.audit.receipts import Receipt
from flk_rules.audit.sqlite_store import SqliteStore
from flk_rules.audit.stores import PATIENCE, Store, is_address
from flk_rules.errors import ArchiveInvalid, AuditUnreadable, ExtraMissing, Problem, UnknownName
from flk_rules.loading.archive import restore
from flk_rules.loading.fingerprint import fingerprint_of, plain
from flk_rules.loading.parts import part_of
from flk_rules.model.rules import Ruleset

_KEPT = 1_000
"""Parts of rulesets that are kept at hand."""


def open_store(where: Path | str, *, read_only: bool = False, patience: float = PATIENCE) -> Store:
    """The store of a log: a file, or the address of a server of PostgreSQL. For the latter raises
    `ExtraMissing` where the extra is not installed."""
    if is_address(where):
        try:
            from flk_rules.audit.postgres_store import PostgresStore
        except ImportError:
            raise ExtraMissing("a log on PostgreSQL", "postgres") from None
        return PostgresStore(str(where), read_only=read_only, patience=patience)
    return SqliteStore(where, read_only=read_only, patience=patience)


class Reader:
    """Reads the receipts of one log."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._rulesets: dict[str, Ruleset] = {}
        self._parts: dict[tuple[str, str], Mapping[str, Any]] = {}

    def receipt(self, number: int) -> Receipt:
        """The receipt in record `number`, with its rules.

        The record is held against the one before it and the one after: one that was changed alone
        does not fit between them. Only `verify` tells whether those were not changed with it.
        Raises `AuditUnreadable` where there is none, or where the record does not hold, and
        `ArchiveInvalid` where its ruleset cannot be read.
        """
        near = self.store.entries(number - 1, number + 1) if number > 0 else ()
        around = {each.number: each for each in near}
        entry = around.get(number)
        if entry is None:
            last = self.store.last_number()
            raise AuditUnreadable(self.store.name, f"no record {number}; the last is {last}")
        if (reason := _misfit(entry, around)) is not None:
            raise AuditUnreadable(self.store.name, f"{reason}; verify the log")
        if entry.kind != Kind.DECISION.value:
            reason = f"record {number} holds no decision but a {entry.kind}"
            raise AuditUnreadable(self.store.name, reason)
        if entry.content is None:
            reason = f"record {number} was dropped; only its place in the chain is left"
            raise AuditUnreadable(self.store.name, reason)
        return self.whole(self._read(entry))

    def receipts(
        self, watch: Callable[[Iterable[Entry]], Iterable[Entry]] = lambda entries: entries
    ) -> Iterator[tuple[int, Receipt]]:
        """The receipts that were not dropped, without their rules, each with its number.

        `watch` sees every record pass. Raises `AuditUnreadable` at the first that does not hold:
        what comes after is not shown as if it did.
        """
        place = START
        for entry in watch(self.store.entries()):
            if (fault := fault_of(entry, place)) is not None:
                raise AuditUnreadable(self.store.name, f"{fault}; verify the log")
            place = entry.link
            if entry.kind == Kind.DECISION.value and entry.content is not None:
                yield entry.number, self._read(entry)

    def _read(self, entry: Entry) -> Receipt:
        """The receipt in a record that holds."""
        assert entry.content is not None
        return Receipt.from_entry(entry.content, f"{self.store.name}: record {entry.number}")

    def whole(self, receipt: Receipt) -> Receipt:
        """The receipt with the rules that were read."""
        question, fingerprint = (
            receipt.content["question"],
            receipt.content["ruleset"]["fingerprint"],
        )
        key = fingerprint, question
        if key not in self._parts:
            ruleset = self.ruleset(fingerprint, date.fromisoformat(receipt.content["on"]))
            if question not in ruleset.questions:
                raise UnknownName("question", question, ruleset.questions, ruleset.id)
            if len(self._parts) >= _KEPT:
                self._parts.clear()
            self._parts[key] = plain(part_of(ruleset, question))
        return Receipt(receipt.content, self._parts[key])

    def ruleset(self, fingerprint: str, on: date) -> Ruleset:
        """The archived ruleset of a fingerprint, for a day.

        Raises `ArchiveInvalid` where the log does not hold it, or this version cannot read it.
        """
        found = self._rulesets.get(fingerprint)
        if found is None:
            for text in self.store.rulesets():
                if type(text) is bytes and fingerprint_of(text) == fingerprint:
                    found = self._rulesets[fingerprint] = restore(text, fingerprint, on)
                    break
            else:
                said = f"{self.store.name} does not hold it, or holds it changed"
                raise ArchiveInvalid(fingerprint, [Problem("", said)])
        return found if found.on == on else evolve(found, on=on)


def _misfit(entry: Entry, around: Mapping[int, Entry]) -> str | None:
    """Why a record does not hold beside those around it, if it does not."""
    before = around.get(entry.number - 1)
    if entry.number > 1 and (before is None or type(before.hash) is not bytes):
        return f"record {entry.number - 1}, which it follows, is gone or was changed"
    if (fault := fault_of(entry, START if before is None else before.link)) is not None:
        return str(fault)
    after = around.get(entry.number + 1)
    if after is not None and not follows(after, entry.link):
        return f"record {after.number}: {UNFIT}"
    return None
