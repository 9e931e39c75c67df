"""a progress line.

Plain stderr, for runs of more than two seconds.
"""

from __future__ import annotations

import sys
import time


class Progress:
    """How much of a run is done; said every two seconds on a terminal, every minute elsewhere."""

    def __init__(self, what: str, total: int) -> None:
        self.what, self.total, self.done = what, total, 0
        self.started = self.said = time.monotonic()

    def advance(self, count: int) -> None:
        self.done += count
        now, watched = time.monotonic(), sys.stderr.isatty()
        if now - self.said > (2 if watched else 60):
            self.said = now
            rate = self.done / (now - self.started)
            left = max(0, self.total - self.done) / rate / 60
            line = f"{self.done:,} of {self.total:,} {self.what}, {left:.0f} minutes left"
            print(line, end="\r" if watched else "\n", file=sys.stderr, flush=True)
