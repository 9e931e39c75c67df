"""records after their time.

Contents of decisions are taken away; their digests stay and so does the chain. A record of the log
says which were dropped and when, and a gap that no such record explains is a fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from attrs import frozen

from flk_rules.audit.canonical import canonical, parsed
from flk_rules.audit.chain import START, Entry, Fault, Kind, fault_of
from flk_rules.audit.receipts import library, written
from flk_rules.audit.stores import Store
from flk_rules.errors import AuditUnreadable

FORMAT = "flk_rules/drop/1"
AT_ONCE = 1_000
"""Decisions that one transaction drops."""


@frozen
class Dropped:
    """How many decisions were dropped, and whether nothing of them is left where the log lies:
    while another process reads the log, something may be, until they are dropped again."""

    count: int
    scrubbed: bool


def drop_before(
    store: Store,
    before: datetime,
    now: datetime,
    watch: Callable[[Iterable[Entry]], Iterable[Entry]] = lambda entries: entries,
) -> Dropped:
    """Drops the contents of all decisions that were made before a time.

    Every thousand are dropped together with the record that says so, so that an interruption
    leaves nothing unexplained. What was dropped is overwritten in the file. Raises
    `AuditUnreadable` at a record that does not hold: what shows a change is not thrown away; and
    `ValueError` for a time that is yet to come.
    """
    if before > now:
        raise ValueError("before: expected a time that is past")
    limit, said = written(before), written(now)
    dropped = 0
    numbers: list[int] = []
    for number in past(store, before, watch):
        numbers.append(number)
        if len(numbers) == AT_ONCE:
            _drop(store, numbers, limit, said)
            dropped += len(numbers)
            numbers = []
    if numbers:
        _drop(store, numbers, limit, said)
    return Dropped(dropped + len(numbers), store.scrub())


def past(
    store: Store,
    before: datetime,
    watch: Callable[[Iterable[Entry]], Iterable[Entry]] = lambda entries: entries,
) -> Iterator[int]:
    """The numbers of the decisions that were made before a time and are still there.

    Raises `AuditUnreadable` at a record that does not hold.
    """
    limit, place = written(before), START
    for entry in watch(store.entries()):
        if (fault := fault_of(entry, place)) is not None:
            raise AuditUnreadable(store.name, f"{fault}; nothing is dropped from there on")
        place = entry.link
        time = _time(entry)
        if time is not None and time < limit:
            yield entry.number


def _time(entry: Entry) -> str | None:
    """When a decision was made, of one that is still there."""
    if entry.kind != Kind.DECISION.value or entry.content is None:
        return None
    try:
        content = parsed(entry.content)
    except ValueError:
        return None
    time = content.get("time") if isinstance(content, dict) else None
    return time if isinstance(time, str) else None


def _drop(store: Store, numbers: list[int], before: str, time: str) -> None:
    content = {
        "format": FORMAT,
        "library": library(),
        "time": time,
        "before": before,
        "ranges": [list(each) for each in _ranges(numbers)],
    }
    with store.writing() as session:
        session.append(Kind.DROP, canonical(content))
        session.drop(numbers)


def _ranges(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Runs of consecutive numbers as first and last."""
    first = last = 0
    for number in numbers:
        if number != last + 1 or not first:
            if first:
                yield first, last
            first = number
        last = number
    if first:
        yield first, last


class Drops:
    """Gaps that a walk over a log came by, and what records say of them."""

    def __init__(self) -> None:
        self.count = 0
        self._gone: list[list[int]] = []
        self._said: list[tuple[int, int, int]] = []

    def gone(self, number: int) -> None:
        """A decision without content."""
        self.count += 1
        if self._gone and self._gone[-1][1] == number - 1:
            self._gone[-1][1] = number
        else:
            self._gone.append([number, number])

    def said(self, content: dict[str, Any], number: int) -> str | None:
        """What is wrong with what the record `number` says was dropped, if anything."""
        ranges = content.get("ranges")
        if content.get("format") != FORMAT or not isinstance(ranges, list):
            return f"expected what was dropped in the format {FORMAT}"
        before, time = content.get("before"), content.get("time")
        if not (isinstance(before, str) and isinstance(time, str) and before <= time):
            return "it says that what was made after its own time was dropped"
        for each in ranges:
            if not (
                isinstance(each, list)
                and [type(one) for one in each] == [int, int]
                and 0 < each[0] <= each[1] < number
            ):
                return "it says that records were dropped that are not before it"
            self._said.append((each[0], each[1], number))
        return None

    def unexplained(self) -> Fault | None:
        """The first gap that no record explains."""
        for first, _ in _uncovered(self._gone, [each[:2] for each in self._said]):
            return Fault(first, "its content is gone, and no record says it was dropped")
        return None

    def unvouched(self, vouched: int) -> tuple[tuple[int, int], ...]:
        """The gaps up to the record `vouched` that only records after it explain: whoever can
        write the log can have made them."""
        gone = [(first, min(last, vouched)) for first, last in self._gone if first <= vouched]
        said = [(first, last) for first, last, number in self._said if number <= vouched]
        return tuple(_uncovered(gone, said))


def _uncovered(
    gone: Iterable[Sequence[int]], said: Iterable[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """Runs of numbers, first and last, that are gone and not said to be."""
    told = sorted(said)
    upto, index = 0, 0
    for first, last in gone:
        number = first
        while number <= last:
            while index < len(told) and told[index][0] <= number:
                upto = max(upto, told[index][1])
                index += 1
            if upto >= number:
                number = upto + 1
            else:
                end = min(last, told[index][0] - 1) if index < len(told) else last
                yield number, end
                number = end + 1
