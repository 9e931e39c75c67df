"""who is told of decisions.

`Ruleset.decide` tells every watcher of each decision that it made, in whichever thread it was made.
While nobody watches, that costs one test for truth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Watcher = Callable[[Any], object]
"""What is called with each `Decision`; what it raises reaches whoever asked for the decision."""

watchers: tuple[Watcher, ...] = ()
"""Those that watch now. Replaced as a whole, so that a thread never sees half a change."""


@contextmanager
def watching(watcher: Watcher) -> Iterator[None]:
    """Tells `watcher` of every decision that is made meanwhile, in this process.

    >>> from datetime import date
    >>> import flk_rules
    >>> ruleset, told = flk_rules.load("se.national", on=date(2024, 10, 1)), []
    >>> with watching(told.append):
    ...     decision = ruleset.decide("priority", patient={"age": 70})
    >>> told == [decision]
    True
    """
    global watchers
    watchers = (*watchers, watcher)
    try:
        yield
    finally:
        at = len(watchers) - 1 - watchers[::-1].index(watcher)
        watchers = watchers[:at] + watchers[at + 1 :]


def tell(decision: Any) -> None:
    """Calls every watcher, in the order in which they began."""
    for watcher in watchers:
        watcher(decision)
