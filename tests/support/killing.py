"""processes that write and die.

Forked children that write decisions to one log and say each number once it is acknowledged, killed
at some moment or left to end.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from flk_rules import Decision
from flk_rules.audit import AuditLog
from support.cases import NATIONAL, shipped, specialist

LONGEST = 0.08
"""Seconds after its first word within which a writer is killed."""


def _writer(path: Path, decisions: int, together: bool) -> tuple[int, int]:
    """A child that writes so many decisions, each alone or as those of a roster are; its id and
    where it tells the numbers."""
    shipped(NATIONAL).decide("eligibility", physician=specialist("geriatrik"))
    reads, writes = os.pipe()
    child = os.fork()
    if child:
        os.close(writes)
        return child, reads
    try:
        os.close(reads)
        with AuditLog(path, patience=120) as log:
            for decision in (_roster if together else _singly)(log, decisions):
                # Written in one piece, so that a number is told whole or not at all.
                os.write(writes, f"{decision.recorded:>9}\n".encode())
    finally:
        os._exit(0)


def _singly(log: AuditLog, decisions: int) -> Iterator[Decision]:
    for number in range(decisions):
        yield _decided(number, audit=log, reference=f"r{number}")


def _roster(log: AuditLog, decisions: int) -> Iterator[Decision]:
    return log.keep_all((_decided(number), f"r{number}") for number in range(decisions))


def _decided(number: int, **more: Any) -> Decision:
    return shipped(NATIONAL).decide(
        "eligibility", physician=specialist("geriatrik"), patient={"age": number % 100}, **more
    )


def _told(reads: int, so_far: bytes = b"") -> list[int]:
    with os.fdopen(reads, "rb") as stream:
        text = so_far + stream.read()
    return [int(line) for line in text.split()]


def killed(path: Path, runs: int, seed: int, *, together: bool = False) -> list[list[int]]:
    """The numbers that each of the writers had acknowledged before it was killed with -9, one
    after the other, at a moment drawn at random."""
    random, told = Random(seed), []
    for _ in range(runs):
        child, reads = _writer(path, 1_000_000, together)
        # Some are killed before their first record, most among their records.
        first = os.read(reads, 10) if random.random() < 0.9 else b""
        time.sleep(random.random() * LONGEST)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        told.append(_told(reads, first))
    return told


def crowd(path: Path, processes: int, decisions: int, *, together: bool = False) -> list[list[int]]:
    """The numbers that writers had acknowledged that all wrote at once."""
    writers = [_writer(path, decisions, together) for _ in range(processes)]
    told = [_told(reads) for _, reads in writers]
    for child, _ in writers:
        os.waitpid(child, 0)
    return told
