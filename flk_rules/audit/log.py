"""a log of decisions.

What `Ruleset.decide` writes to where an audit is asked for: each decision's receipt, and once the
ruleset that made it.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from time import time_ns
from typing import TYPE_CHECKING, Literal

from attrs import evolve

from flk_rules.audit.chain import START, Kind
from flk_rules.audit.drafts import Draft, together
from flk_rules.audit.identities import PseudonymKey, checked_reference
from flk_rules.audit.reading import Reader, open_store
from flk_rules.audit.receipts import Receipt, Receipts, library, now, written
from flk_rules.audit.stores import PATIENCE, Session, after
from flk_rules.audit.telemetry import span
from flk_rules.decision import Decision
from flk_rules.errors import (
    ArchiveInvalid,
    AuditUnreadable,
    AuditUnwritable,
    FlkError,
    Problem,
)
from flk_rules.loading.fingerprint import document, fingerprint_of
from flk_rules.model.rules import Ruleset

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

OnFailure = Literal["refuse", "report"]
HEAD_EVERY = 1_000
"""Records between signed heads."""
_KEPT = 100
"""Rulesets that are known to be archived."""

_said = logging.getLogger("flk_rules.audit")
_said.addHandler(logging.NullHandler())


class AuditLog:
    """A log that decisions are written to, in a file or on a server of PostgreSQL.

    >>> import tempfile
    >>> from datetime import date
    >>> import flk_rules
    >>> folder = tempfile.TemporaryDirectory()
    >>> sweden = flk_rules.load("se.national", on=date(2024, 10, 1))
    >>> with AuditLog(f"{folder.name}/decisions.flk") as log:
    ...     decision = sweden.decide("eligibility", physician={"licence": "revoked"}, audit=log)
    ...     log.receipt(decision.recorded).content["outcome"]
    'not_eligible'
    >>> folder.cleanup()

    Safe to share between threads, and to carry over a fork. Several processes may write to one log.
    """

    def __init__(
        self,
        where: Path | str,
        *,
        key: PseudonymKey | bytes | None = None,
        on_failure: OnFailure = "refuse",
        signing_key: Ed25519PrivateKey | None = None,
        head_every: int = HEAD_EVERY,
        clock: Callable[[], datetime] = now,
        patience: float = PATIENCE,
    ) -> None:
        """Opens the log; one that is not there is begun.

        Args:
            where: the path of its file, or an address ``postgresql://...``.
            key: the deployer's secret for pseudonyms, at least 32 bytes; without it subjects'
                references are left out.
            on_failure: ``"refuse"`` to raise `AuditUnwritable` where a decision cannot be written,
                so that nobody acts on it; ``"report"`` to decide all the same, with an error in the
                log ``flk_rules.audit`` and `Decision.recorded` None.
            signing_key: an Ed25519 key; the log then signs its head every `head_every` records.
            clock: the time now, with its zone.
            patience: seconds to wait for another writer.

        Raises `AuditUnwritable`, `AuditUnreadable`, `KeyInvalid` and `ExtraMissing`, whatever
        `on_failure` says.
        """
        if on_failure not in ("refuse", "report"):
            raise ValueError(f"on_failure: expected 'refuse' or 'report', found {on_failure!r}")
        secret = PseudonymKey(key) if isinstance(key, bytes) else key
        self._receipts, self._clock = Receipts(secret, clock), clock
        self._on_failure, self._signing_key, self._head_every = on_failure, signing_key, head_every
        self.store = open_store(where, patience=patience)
        self._reader = Reader(self.store)
        # No lock: threads that find the same twice write the same.
        self._archived: dict[int, Ruleset] = {}
        try:
            with self.store.writing() as session:
                if session.tail == START:
                    begun = {"id": str(uuid.uuid4()), "library": library()}
                    self.store.begin(session, {**begun, "time": written(clock())})
                self._last = session.tail
            self.id = self.store.identity()
        except BaseException:
            self.store.close()
            raise

    # ---- writing ---------------------------------------------------------------------------------

    def keep(self, decide: Callable[[], Decision], reference: str | None) -> Decision:
        """What `decide` decides, once it is written down; `Ruleset.decide` calls this.

        Raises `ReferenceInvalid`, and `AuditUnwritable` where the log refuses.
        """
        checked_reference(reference)
        began = time_ns()
        with span(began) as told:
            draft = self._draft(decide(), reference, began)
            (number,), failure = self._tried([draft])
            told(draft.decision, number)
            return self._acknowledged(draft, number, failure)

    def keep_all(self, made: Iterable[tuple[Decision, str | None]]) -> Iterator[Decision]:
        """Decisions that were made without an audit, each with the caller's reference to it: the
        same, in their order, each once it is written down.

        Up to a hundred are written in one transaction, so that many wait for the disk once. What
        is taken from `made` and not given back yet may have no record: act on what comes back. A
        failure is one of all that are written together: of a log that refuses, none of them is
        given back.

        Raises `ReferenceInvalid`, `AuditUnwritable` where the log refuses, and what `made` raises;
        what was made before that is written and given back first.

        >>> import tempfile
        >>> from datetime import date
        >>> import flk_rules
        >>> folder = tempfile.TemporaryDirectory()
        >>> sweden = flk_rules.load("se.national", on=date(2024, 10, 1))
        >>> doctor = {"licence": "valid", "specialties": ["geriatrik"]}
        >>> def made():
        ...     for case, age in (("case-1", 64), ("case-2", 65)):
        ...         yield sweden.decide("eligibility", physician=doctor, patient={"age": age}), case
        >>> with AuditLog(f"{folder.name}/decisions.flk") as log:
        ...     [(each.outcome.value, each.recorded) for each in log.keep_all(made())]
        [('undetermined', 3), ('eligible', 4)]
        >>> folder.cleanup()
        """
        for drafts in together(self._drafts(made)):
            numbers, failure = self._tried(drafts)
            for draft, number in zip(drafts, numbers, strict=True):
                with span(draft.began) as told:
                    told(draft.decision, number)
                    kept = self._acknowledged(draft, number, failure)
                yield kept

    def record(self, decision: Decision, reference: str | None = None) -> int:
        """Writes a decision that was made already; the number of its record.

        Raises `AuditUnwritable` and `ReferenceInvalid`; nothing is written then.
        """
        return self._write([self._draft(decision, reference, time_ns())])[0]

    def _draft(self, decision: Decision, reference: str | None, began: int) -> Draft:
        return Draft(decision, reference, self._receipts.entry_of(decision, reference), began)

    def _drafts(self, made: Iterable[tuple[Decision, str | None]]) -> Iterator[Draft]:
        began = time_ns()
        for decision, reference in made:
            yield self._draft(decision, reference, began)
            began = time_ns()  # when the next is asked for

    def _tried(self, drafts: Sequence[Draft]) -> tuple[Sequence[int | None], FlkError | None]:
        """The numbers of the records; or of each None, and why."""
        try:
            return self._write(drafts), None
        except (AuditUnwritable, AuditUnreadable, ArchiveInvalid) as error:
            return [None] * len(drafts), error

    def _acknowledged(self, draft: Draft, number: int | None, failure: FlkError | None) -> Decision:
        """The decision as its caller gets it, where it gets it."""
        decision, ruleset = draft.decision, draft.ruleset
        if failure is not None:
            if self._on_failure == "refuse":
                raise failure
            _said.error("decided without a record: %s", failure)
            return decision
        _said.info(
            "record %d: %s by %s %s: %s",
            number, decision.question, ruleset.id, ruleset.version, decision.outcome.value,
            extra={"flk_record": number, "flk_reference": draft.reference},
        )  # fmt: skip
        return evolve(decision, recorded=number)

    def _write(self, drafts: Sequence[Draft]) -> list[int]:
        """Writes all or none, with the rulesets that the log does not hold; their numbers."""
        rulesets = {id(each.ruleset): each.ruleset for each in drafts}
        new = [each for key, each in rulesets.items() if self._archived.get(key) is not each]
        archives = {each.fingerprint: _archive_of(each) for each in new}
        numbers = []
        with self.store.writing() as session:
            if not after(session, self._last):
                raise AuditUnwritable(
                    self.store.name,
                    f"record {self._last.number}, which was written here, is gone or changed; "
                    "verify the log and begin another",
                )
            for each in drafts:
                archive = archives.pop(each.ruleset.fingerprint, None)
                if archive is not None and not _holds(session, each.ruleset.fingerprint):
                    session.append(Kind.RULESET, archive)
                numbers.append(session.append(Kind.DECISION, each.content).number)
                self._sign(session)
            last = session.tail
        self._last = max(self._last, last, key=lambda link: link.number)
        if len(self._archived) >= _KEPT:
            self._archived.clear()
        self._archived.update((id(each), each) for each in new)
        return numbers

    def sign(self) -> None:
        """Signs the head now, such as at the end of a day; nothing without a signing key."""
        with self.store.writing() as session:
            if session.tail.number > session.last_of(Kind.HEAD):
                self._sign(session, every=1)

    def _sign(self, session: Session, every: int | None = None) -> None:
        if self._signing_key is None:
            return
        if session.tail.number - session.last_of(Kind.HEAD) >= (every or self._head_every):
            from flk_rules.audit.heads import make_head

            head = make_head(self.id, session.tail, self._clock(), self._signing_key)
            session.append(Kind.HEAD, head.text)

    # ---- reading ---------------------------------------------------------------------------------

    def receipt(self, number: int) -> Receipt:
        """The receipt in record `number`, with the rules that were read.

        Raises `AuditUnreadable` where there is none, or where the record does not hold.
        """
        return self._reader.receipt(number)

    def close(self) -> None:
        """Gives the log back; it is safe on the disk already."""
        self.store.close()

    def __enter__(self) -> AuditLog:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<audit log {self.store.name}>"


def _archive_of(ruleset: Ruleset) -> bytes:
    """The text of a ruleset, which its fingerprint vouches for."""
    text = document(ruleset)
    if (found := fingerprint_of(text)) != ruleset.fingerprint:
        said = f"it was changed after it was loaded: its content has the fingerprint {found}"
        raise ArchiveInvalid(ruleset.fingerprint, [Problem("", said)])
    return text


def _holds(session: Session, fingerprint: str) -> bool:
    """Whether the log has the ruleset already."""
    return any(fingerprint_of(text) == fingerprint for text in session.contents_of(Kind.RULESET))
