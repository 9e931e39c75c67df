"""logs under strain.

Writers killed at random, a log of a million records verified in constant memory, and every single
byte of a log of a thousand records changed.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from random import Random

from flk_rules.audit.chain import START, Entry, fault_of
from flk_rules.audit.drafts import TOGETHER
from flk_rules.audit.reading import open_store
from flk_rules.audit.verifying import verify
from soak.memory import resident_kb
from soak.progress import Progress
from support.audit import SIGNING_KEY, grow, make_log
from support.killing import killed
from support.tampering import byte_changes, changed_file, logical

BOUND_KB = 4_096
"""Growth while a million records are verified that counts as constant: four bytes a record."""
WARM_UP = 100_000
FILE_BYTES = 2_000
"""Bytes of a log's file that are changed, beside every byte of every record."""


def kills(runs: int, seed: int, *, together: bool) -> bool:
    """Writers of decisions one by one, or of those of a roster, are killed with -9 so many times;
    nothing acknowledged is lost, the chain holds."""
    way = "many together" if together else "one by one"
    with tempfile.TemporaryDirectory() as folder:
        path, progress = Path(folder) / "log.flk", Progress(f"killed writers, {way}", runs)
        told: list[list[int]] = []
        good = True
        for number in range(runs):
            told += killed(path, 1, seed * 10**6 + number, together=together)
            found = verify(open_store(path, read_only=True))
            acknowledged = [each for some in told for each in some]
            good &= found.fault is None and max(acknowledged, default=0) <= found.records
            progress.advance(1)
        kept = {entry.number: entry.content for entry in open_store(path, read_only=True).entries()}
        good &= len(acknowledged) == len(set(acknowledged))
        good &= all(
            b'"reference":"r%d"' % order in (kept.get(number) or b"")
            for some in told
            for order, number in enumerate(some)
        )
        # What was written and not told is at most what one writer writes at a time.
        decisions = sum(b'"reference":"r' in (each or b"") for each in kept.values())
        good &= decisions - len(acknowledged) <= runs * (TOGETHER if together else 1)
        empty = sum(not each for each in told)
        print(
            f"audit: {runs} writers killed, {way}, {empty} before a record was acknowledged; "
            f"{len(acknowledged):,} records acknowledged, {len(kept):,} in the log, "
            f"{'all there and the chain whole' if good else 'NOT ALL THERE OR NOT WHOLE'}",
            flush=True,
        )
    return good


def million(records: int) -> bool:
    """A log of so many records is verified; what the process holds does not grow with it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.flk"
        make_log(path, signing_key=SIGNING_KEY)
        grow(path, records, signing_key=SIGNING_KEY)
        size = path.stat().st_size
        readings: list[int] = []
        progress = Progress("records", records)

        def watch(entries: object) -> object:
            for number, entry in enumerate(entries, 1):  # type: ignore[arg-type, var-annotated]
                if number % WARM_UP == 0:
                    readings.append(resident_kb())
                if number % 1_000 == 0:
                    progress.advance(1_000)
                yield entry

        started = time.monotonic()
        found = verify(open_store(path, read_only=True), (), SIGNING_KEY.public_key(), watch)  # type: ignore[arg-type]
        took = time.monotonic() - started
    growth = (readings[-1] - readings[0]) if readings else 0
    print(
        f"audit: {found.records:,} records ({size / 1e9:.1f} GB) verified in {took:.0f} s, "
        f"{found.signed:,} signatures; {growth:,} KB growth (bound {BOUND_KB:,}); "
        f"{found.fault or 'it holds'}",
        flush=True,
    )
    return found.fault is None and found.records == records and growth <= BOUND_KB


def every_byte(records: int, seed: int) -> bool:
    """Each byte of each column of each record is changed, and so are bytes of the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.flk"
        grow(path, records)
        entries: list[Entry] = [*open_store(path, read_only=True).entries()]
        random, progress = Random(seed), Progress("records", records)
        changed = missed = 0
        place = START
        for entry in entries:
            for other in byte_changes(entry, random):
                changed += 1
                missed += fault_of(other, place) is None
            place = entry.link
            progress.advance(1)
        print(
            f"audit: {changed:,} changes of one byte in a log of {len(entries):,} records, "
            f"{missed} not found",
            flush=True,
        )
        whole, before = path.read_bytes(), logical(path)
        told = silent = 0
        for _ in range(FILE_BYTES):
            with changed_file(path, whole, random.randrange(len(whole)), random) as found:
                told += found
                silent += not found and logical(path) != before
        print(
            f"audit: {FILE_BYTES:,} changed bytes of its file, {told:,} found, "
            f"{FILE_BYTES - told:,} of no record, {silent} not found",
            flush=True,
        )
    return not missed and not silent
