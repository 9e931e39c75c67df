"""a progress bar.

On the error stream, if that is a terminal, and only for what takes a while: the bar never stands
between a command and its output.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

T = TypeVar("T")

PATIENCE = 2.0
"""Seconds before the bar appears."""


def with_progress(
    items: Iterable[T], total: int, to: Console, *, clock: Callable[[], float] = time.monotonic
) -> Iterator[T]:
    """The items, with a bar on `to` once `PATIENCE` is over, if that is a terminal."""
    if not to.is_terminal or to.is_dumb_terminal:
        yield from items
        return
    # Rich would otherwise take over standard output and send it to the bar's stream.
    bar = Progress(
        TextColumn("flk"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=to, transient=True, redirect_stdout=False, redirect_stderr=False,
    )  # fmt: skip
    task = bar.add_task("flk", total=total)
    started = clock()
    try:
        for done, item in enumerate(items, 1):
            yield item
            if not bar.live.is_started and clock() - started >= PATIENCE:
                bar.start()
            bar.update(task, completed=done)
    finally:
        bar.stop()


@contextmanager
def working(to: Console) -> Iterator[None]:
    """A bar that only shows that something goes on, for work whose steps cannot be counted; on
    `to` once `PATIENCE` is over, if that is a terminal."""
    if not to.is_terminal or to.is_dumb_terminal:
        yield
        return
    bar = Progress(
        TextColumn("flk"), BarColumn(), TimeElapsedColumn(),
        console=to, transient=True, redirect_stdout=False, redirect_stderr=False,
    )  # fmt: skip
    bar.add_task("flk", total=None)
    timer = threading.Timer(PATIENCE, bar.start)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()  # a bar that starts just now is stopped as well
        bar.stop()
