"""rounds of timings.

Contenders take turns, one block each a round, so that whatever else the machine does falls on
all of them; a ratio is taken within a round and only then summarised.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Sequence
from statistics import median
from time import process_time
from typing import Any, NamedTuple

MICRO = 1e6


class Contender(NamedTuple):
    """What is timed: `call` on each of `items`, after `prepare`, which is not timed."""

    name: str
    call: Callable[[Any], object]
    items: Sequence[Any]
    prepare: Callable[[], object] = lambda: None


class Spread(NamedTuple):
    """A median and what it lies between."""

    middle: float
    low: float
    high: float

    def show(self, digits: int = 1) -> str:
        """``12.3 (11.9-14.0)``."""
        return f"{self.middle:,.{digits}f} ({self.low:,.{digits}f}-{self.high:,.{digits}f})"


def spread(values: Iterable[float]) -> Spread:
    """The median, least and greatest of some values."""
    listed = list(values)
    return Spread(median(listed), min(listed), max(listed))


def ratios(theirs: Sequence[float], ours: Sequence[float]) -> Spread:
    """How many times longer theirs took, round by round."""
    return spread(one / other for one, other in zip(theirs, ours, strict=True))


def in_turns(
    contenders: Sequence[Contender],
    rounds: int,
    seconds: float | None,
    report: Callable[[str], None] = lambda text: None,
) -> dict[str, list[float]]:
    """Microseconds per item of each contender, one value a round.

    A block repeats its items for about `seconds`, or has them once if that is None. Each round
    begins one contender later.
    """
    passes = {each.name: 1 if seconds is None else _passes(each, seconds) for each in contenders}
    found: dict[str, list[float]] = {each.name: [] for each in contenders}
    for number in range(rounds):
        report(f"round {number + 1} of {rounds}")
        start = number % len(contenders)
        for each in (*contenders[start:], *contenders[:start]):
            found[each.name].append(_block(each, passes[each.name]))
    return found


def _passes(contender: Contender, seconds: float) -> int:
    """How often the items fit into `seconds`, after one pass to warm up."""
    _block(contender, 1)
    once = _block(contender, 1) * len(contender.items) / MICRO
    return max(1, round(seconds / once))


def _block(contender: Contender, passes: int) -> float:
    call, items = contender.call, contender.items
    contender.prepare()
    gc.collect()
    started = process_time()
    for _ in range(passes):
        for item in items:
            call(item)
    return (process_time() - started) * MICRO / (passes * len(items))
