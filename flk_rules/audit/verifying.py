"""what can be vouched for.

Walks a log from its first record to its last, in constant memory, and names the first that does not
hold. What cannot be checked is said so and never counts as checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from attrs import frozen

from flk_rules.audit.canonical import parsed
from flk_rules.audit.chain import FORMAT, START, Entry, Fault, Kind, Link, fault_of
from flk_rules.audit.dropping import Drops
from flk_rules.audit.stores import Store
from flk_rules.errors import AuditUnreadable, HeadInvalid
from flk_rules.loading.fingerprint import fingerprint_of

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from flk_rules.audit.heads import Head


@frozen(kw_only=True)
class Verified:
    """What a walk over a log found.

    records: those that hold, from the first on; `last` is the last of them. decisions: of these,
    the decisions; dropped: of these, those whose content was dropped. signed: the heads in the log
    whose signature was checked. vouched: the last record that a head kept elsewhere, or a checked
    signature, vouches for; 0 where none does. unvouched: runs of decisions up to there, first and
    last, that only records after `vouched` say were dropped. fault: the first record that does not
    hold.
    """

    log: str
    records: int
    last: Link
    decisions: int
    dropped: int
    rulesets: int
    signed: int
    vouched: int
    unvouched: tuple[tuple[int, int], ...]
    fault: Fault | None

    @property
    def holds(self) -> bool:
        """Whether everything that was asked holds, and nothing that is vouched for is gone on the
        word of a record that is not."""
        return self.fault is None and not self.unvouched


@frozen
class Anchor:
    """A head that was kept elsewhere, and where it was read from."""

    where: str
    head: Head


def verify(
    store: Store,
    anchors: Sequence[Anchor] = (),
    public_key: Ed25519PublicKey | None = None,
    watch: Callable[[Iterable[Entry]], Iterable[Entry]] = lambda entries: entries,
) -> Verified:
    """Checks every record, each anchor, and with a public key every signed head.

    `watch` sees the records pass, such as for a progress bar. Raises `AuditUnreadable` only where
    the log cannot be opened at all, for one that cannot be read to its end has a fault; and
    `HeadInvalid` for an anchor that the public key's owner did not sign.
    """
    for each in anchors:
        if public_key is not None and not each.head.is_signed_by(public_key):
            raise HeadInvalid(each.where, "its signature is not by the key that was given")
    walk = _Walk(anchors, public_key)
    try:
        for entry in watch(store.entries()):
            if (fault := walk.step(entry)) is not None:
                return walk.result(fault)
    except AuditUnreadable as error:
        return walk.result(Fault(walk.last.number + 1, f"cannot be read: {error.reason}"))
    return walk.result(walk.end())


class _Walk:
    def __init__(self, anchors: Sequence[Anchor], public_key: Ed25519PublicKey | None) -> None:
        self._anchors = sorted(anchors, key=lambda each: each.head.link.number)
        self._key = public_key
        self.last, self._log = START, ""
        self._decisions = self._signed = self._vouched = 0
        self._rulesets: set[str] = set()
        self._drops = Drops()

    def step(self, entry: Entry) -> Fault | None:
        """Takes one record."""
        if (fault := fault_of(entry, self.last)) is not None:
            return fault
        if (reason := self._content(entry)) is not None:
            return Fault(entry.number, reason)
        for each in self._anchors:
            if each.head.link.number == entry.number:
                if each.head.link.hash != entry.hash:
                    return self._rewritten(each)
                self._vouched = entry.number
        self.last = entry.link
        return None

    def _content(self, entry: Entry) -> str | None:
        """What is wrong with what a record says; its own hashes hold."""
        if (entry.number == 1) != (entry.kind == Kind.LOG.value):
            return "a log begins with one record of the kind log, and has no other: rewritten"
        if entry.content is None:
            self._decisions += 1
            self._drops.gone(entry.number)
            return None
        if entry.kind == Kind.RULESET.value:
            self._rulesets.add(fingerprint_of(entry.content))
            return None
        try:
            content = parsed(entry.content)
        except ValueError:
            return "its content is no JSON: it was never written by this library"
        if not isinstance(content, dict):
            return "its content is no table: it was never written by this library"
        match Kind(entry.kind):
            case Kind.LOG:
                return self._begun(content)
            case Kind.DECISION:
                return self._decided(content)
            case Kind.HEAD:
                return self._signed_head(entry)
            case Kind.DROP:
                return self._drops.said(content, entry.number)
        return None

    def _begun(self, content: dict[str, Any]) -> str | None:
        self._log = content["id"] if isinstance(content.get("id"), str) else ""
        if content.get("format") != FORMAT or not self._log:
            return f"expected a log of the format {FORMAT}"
        for each in self._anchors:
            if each.head.log != self._log:
                return f"this log is {self._log}, and {each.where} is a head of {each.head.log}"
        return None

    def _decided(self, content: dict[str, Any]) -> str | None:
        self._decisions += 1
        ruleset = content.get("ruleset")
        fingerprint = ruleset.get("fingerprint") if isinstance(ruleset, dict) else None
        if not isinstance(fingerprint, str) or fingerprint not in self._rulesets:
            return "no record before it holds the ruleset that it names"
        return None

    def _signed_head(self, entry: Entry) -> str | None:
        from flk_rules.audit.heads import read_head

        assert entry.content is not None
        try:
            head = read_head(entry.content, "")
        except HeadInvalid as error:
            return f"its head cannot be read: {error.reason}"
        if head.link != self.last or head.log != self._log:
            return "its head is not that of the record before it"
        if self._key is not None:
            if not head.is_signed_by(self._key):
                return "its signature is not by the key that was given"
            self._signed += 1
            self._vouched = self.last.number
        return None

    def _rewritten(self, anchor: Anchor) -> Fault:
        """The chain holds in itself and is not the one that the head was taken of."""
        number = anchor.head.link.number
        since = self._vouched + 1
        between = f"one from {since} to {number}" if since < number else f"record {number}"
        return Fault(number, f"{anchor.where} has another hash here: {between} was rewritten")

    def end(self) -> Fault | None:
        """What is wrong with the log as a whole."""
        if self.last == START:
            return Fault(1, "missing: the log is empty")
        if (fault := self._drops.unexplained()) is not None:
            return fault
        for each in self._anchors:
            if (number := each.head.link.number) > self.last.number:
                first = self.last.number + 1
                missing = f"records {first} to {number} are" if first < number else "it is"
                return Fault(first, f"{missing} missing: {each.where} vouches for record {number}")
        if self._key is not None and not self._vouched:
            return Fault(
                self.last.number + 1, "no head is signed, so no signature could be checked"
            )
        return None

    def result(self, fault: Fault | None) -> Verified:
        """What was found, up to the fault if there is one."""
        return Verified(
            log=self._log,
            records=self.last.number,
            last=self.last,
            decisions=self._decisions,
            dropped=self._drops.count,
            rulesets=len(self._rulesets),
            signed=self._signed,
            vouched=self._vouched,
            unvouched=self._drops.unvouched(self._vouched),
            fault=fault,
        )
