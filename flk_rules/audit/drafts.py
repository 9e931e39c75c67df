"""decisions to be written.

What waits for its record, and which of many wait for the disk together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import frozen

from flk_rules.decision import Decision
from flk_rules.model.rules import Ruleset

TOGETHER = 100
"""Decisions that `AuditLog.keep_all` writes in one transaction, at most."""
BYTES = 1_000_000
"""Bytes of their contents, at most; a content that is larger is written alone."""


@frozen
class Draft:
    """A decision that was made and is not written yet: what its record will hold, and when it was
    begun, in nanoseconds since 1970."""

    decision: Decision
    reference: str | None
    content: bytes
    began: int

    @property
    def ruleset(self) -> Ruleset:
        """The ruleset that decided."""
        return self.decision.parts[1]


def together(drafts: Iterable[Draft]) -> Iterator[list[Draft]]:
    """All of them in their order, those in one list that are to be written in one transaction.

    Where one cannot be made, what was made before it comes first and then the failure.
    """
    some: list[Draft] = []
    size, failure = 0, None
    try:
        for draft in drafts:
            if some and size + len(draft.content) > BYTES:
                yield some
                some, size = [], 0
            some.append(draft)
            size += len(draft.content)
            if len(some) == TOGETHER:
                yield some
                some, size = [], 0
    except Exception as error:  # noqa: BLE001 - raised once those before it are written
        failure = error
    if some:
        yield some
    if failure is not None:
        raise failure
