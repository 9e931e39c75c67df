"""deciding into a log.

``python -m benchmarks.audit``: decisions a second with and without a log, side by side, in wall
time, because a record waits for the disk.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, BinaryIO

from benchmarks.cases import COUNT, cases, distinct
from benchmarks.shared import QUESTION, load
from benchmarks.tables import table
from benchmarks.timing import ratios, spread
from flk_rules.audit import AuditLog, PseudonymKey, Receipts

if TYPE_CHECKING:
    from benchmarks.cases import Case
    from flk_rules import Ruleset

KEY = bytes(range(32))
ROUNDS = 7


Timed = Callable[[Sequence["Case"]], object]


def contenders(
    ruleset: Ruleset, logs: Sequence[AuditLog], servers: Sequence[AuditLog], plain: BinaryIO
) -> dict[str, Timed]:
    """What is timed, by name. One log is for decisions one by one and one for many together, since
    each keeps what it has said."""
    one, other = (Receipts(PseudonymKey(KEY)) for _ in range(2))  # each keeps what it has said

    def decide(case: Case, audit: AuditLog | None = None) -> Any:
        return ruleset.decide(
            QUESTION, physician=case.physician, patient=case.patient, audit=audit, reference="c-1"
        )

    def synchronised(text: bytes) -> None:
        plain.write(text)
        plain.flush()
        os.fsync(plain.fileno())

    def singly(call: Callable[[Case], object]) -> Timed:
        return lambda some: deque(map(call, some), maxlen=0)

    def together(audit: AuditLog) -> Timed:
        return lambda some: deque(audit.keep_all((decide(each), "c-1") for each in some), maxlen=0)

    found = {
        "no log": singly(decide),
        "the receipt's text, written nowhere": singly(
            lambda case: one.entry_of(decide(case), "c-1")
        ),
        "- and appended to a file, which is synchronised": singly(
            lambda case: synchronised(other.entry_of(decide(case), "c-1"))
        ),
        "a log in SQLite": singly(lambda case: decide(case, logs[0])),
        "- many together, as a roster's": together(logs[1]),
    }
    if servers:
        found["a log on PostgreSQL"] = singly(lambda case: decide(case, servers[0]))
        found["- many together on PostgreSQL"] = together(servers[1])
    return found


def measure(some: Sequence[Case], timed: dict[str, Timed], rounds: int) -> dict[str, list[float]]:
    """Microseconds a decision, one value a round; they take turns."""
    found: dict[str, list[float]] = {name: [] for name in timed}
    names = [*timed]
    for number in range(rounds):
        start = number % len(names)
        for name in (*names[start:], *names[:start]):
            started = perf_counter()
            timed[name](some)
            found[name].append((perf_counter() - started) * 1e6 / len(some))
    return found


def rows(measured: dict[str, list[float]]) -> list[tuple[str, ...]]:
    """A row for each of what was timed."""
    first = measured["no log"]
    return [
        (
            name,
            f"{1e6 / spread(values).middle:,.0f}",
            spread(values).show(),
            "" if values is first else ratios(values, first).show(),
        )
        for name, values in measured.items()
    ]


def main() -> None:
    """Prints two tables: pairs that come again, and pairs of which none does."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.audit", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--cases", type=int, default=COUNT)
    parser.add_argument("--distinct", type=int, default=2_000)
    parser.add_argument("--folder", type=Path, help="on the disk to be measured")
    parser.add_argument("--server", help="postgresql://..., an empty database")
    options = parser.parse_args()
    heads = "decisions/s", "µs each (min-max)", "times as long (min-max)"
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} at the start")
    for title, some, rounds in (
        (f"{options.cases} pairs again and again", cases(options.cases), options.rounds),
        (f"{options.distinct:,} pairs, each once", distinct(options.distinct), 1),
    ):
        ruleset = load()
        ruleset.decide(QUESTION, physician={}, patient={})  # the engine is built at first use
        with (
            tempfile.TemporaryDirectory(dir=options.folder) as folder,
            ExitStack() as opened,
            (Path(folder) / "plain").open("wb") as plain,
        ):
            places = [[f"{folder}/{name}.flk" for name in ("one", "many")]]
            places += [[options.server] * 2] if options.server else [[]]
            logs, servers = (
                [opened.enter_context(AuditLog(each, key=KEY)) for each in some_of]
                for some_of in places
            )
            measured = measure(some, contenders(ruleset, logs, servers, plain), rounds)
        print(f"\n{table((title, *heads), rows(measured))}")


if __name__ == "__main__":
    main()
