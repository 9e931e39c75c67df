"""the soak command.

`python -m soak --cases 1000000 --decisions 1000000 --seed 1` with `tests` and the library on the
path. Exit code 1 on any difference between the engines or on growth beyond the bound.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from soak.audit import every_byte, kills, million
from soak.exhaustive import cells, scores
from soak.memory import BOUND_KB, WARM_UP, decide_watched
from soak.parity import FACTS_EACH, Tally, random_cases, run_measured
from soak.progress import Progress
from soak.shipped import asked, chunks, shipped_cases
from soak.spark import on_spark
from soak.tables import Compared, parts, shipped_tables

CHUNK = 25
"""Rulesets that a worker does between reports."""
SHOWN = 10


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m soak", description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--shipped", type=int, default=100_000, metavar="CASES",
                        help="of each question of each shipped ruleset")  # fmt: skip
    parser.add_argument("--cells", type=int, default=200_000, metavar="MOST",
                        help="of a shipped question, to be gone through as a whole")  # fmt: skip
    parser.add_argument("--mutants", type=int, default=1, metavar="0|1",
                        help="whether the mutants of shipped rulesets are tried")  # fmt: skip
    parser.add_argument("--tables", type=int, default=1_000_000, metavar="ROWS",
                        help="of each distinct shipped question, by SQL")  # fmt: skip
    parser.add_argument("--spark", type=int, default=100_000, metavar="ROWS",
                        help="of all distinct shipped questions together, on Spark")  # fmt: skip
    parser.add_argument("--decisions", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--kills", type=int, default=200, help="writers of an audit log")
    parser.add_argument("--records", type=int, default=1_000_000, help="of an audit log")
    parser.add_argument("--bytes", type=int, default=1_000, metavar="RECORDS",
                        help="of an audit log that is changed in every byte")  # fmt: skip
    parser.add_argument("--again", type=int, metavar="SEED", help="one random ruleset only")
    options = parser.parse_args()
    if options.again is not None:
        return int(not _agree(random_cases(options.again)))
    print(f"seed {options.seed}, Python {sys.version.split()[0]}", flush=True)
    good = True
    if options.cases:
        good &= _agree(_spread(options.cases, options.seed, options.processes))
    if options.shipped:
        tally = _shipped(options.shipped, options.seed, options.processes)
        good &= _agree(tally, f"{len(asked())} shipped questions")
    if options.cells:
        good &= _agree(cells(options.cells), "every cell of shipped questions")
    if options.mutants:
        good &= scores()
    if options.tables:
        good &= _tables(options.tables, options.seed, options.processes)
    if options.spark:
        good &= on_spark(options.spark, options.seed)
    if options.decisions:
        good &= _flat(options.decisions, options.seed)
    if options.kills:
        for together in (False, True):
            good &= kills(options.kills, options.seed, together=together)
    if options.bytes:
        good &= every_byte(options.bytes, options.seed)
    if options.records:
        good &= million(options.records)
    return int(not good)


def _spread(cases: int, seed: int, processes: int) -> Tally:
    """As many cases over several processes, in chunks of consecutive seeds."""
    rulesets = -(-cases // FACTS_EACH)
    first = seed * 10**6
    chunks = [(first + start, min(CHUNK, rulesets - start)) for start in range(0, rulesets, CHUNK)]
    tally, progress = Tally(), Progress("cases", rulesets * FACTS_EACH)
    held: list[int] = []
    with _pool(processes) as pool:
        for part, kilobytes in pool.map(run_measured, *zip(*chunks, strict=True)):
            tally.add(part)
            progress.advance(part.cases)
            held.append(kilobytes)
    print(f"memory of a worker: {max(held[:10]):,} KB at first, {max(held[-10:]):,} KB at the end")
    return tally


def _shipped(cases: int, seed: int, processes: int) -> Tally:
    """Every question of every shipped ruleset over several processes."""
    some = chunks(cases, seed)
    tally, progress = Tally(), Progress("shipped cases", sum(count for *_, count in some))
    with _pool(processes) as pool:
        for part in pool.map(shipped_cases, *zip(*some, strict=True)):
            tally.add(part)
            progress.advance(part.cases)
    return tally


def _tables(rows: int, seed: int, processes: int) -> bool:
    """Every shipped question by SQL, a line each."""
    some = parts(rows, seed)
    progress = Progress("rows", sum(count for *_, count, _ in some))
    found: dict[tuple[str, str], Compared] = {}
    left = Counter((name, question) for name, question, *_ in some)
    with _pool(processes) as pool:
        done = pool.map(shipped_tables, *zip(*some, strict=True))
        for (name, question, *_), compared in zip(some, done, strict=True):
            each = found.setdefault((name, question), Compared())
            each.add(compared)
            progress.advance(compared.rows)
            left[name, question] -= 1
            if not left[name, question]:
                print(
                    f"tables: {each.rows:,} rows of {question} of {name}: {each.true:,} truths "
                    f"true, {each.false:,} false, {each.unknown:,} unknown, "
                    f"{len(each.differences):,} differences",
                    flush=True,
                )
                for difference in each.differences[:SHOWN]:
                    print(difference)
    return not any(each.differences for each in found.values())


def _pool(processes: int) -> ProcessPoolExecutor:
    """Fresh processes: a crash of one ends the run, and what it holds is its own."""
    return ProcessPoolExecutor(processes, mp_context=get_context("spawn"))


def _agree(tally: Tally, of: str = "") -> bool:
    rules = tally.true + tally.false + tally.unknown
    shares = ", ".join(
        f"{name} {100 * getattr(tally, name) / rules:.0f} %"
        for name in ("true", "false", "unknown")
    )
    of = of or f"{tally.rulesets:,} rulesets"
    print(
        f"parity: {tally.cases:,} cases of {of}, {rules:,} truths "
        f"({shares}), {tally.computed:,} rules computed, {len(tally.differences):,} differences",
        flush=True,
    )
    for each in tally.differences[:SHOWN]:
        print(each)
    return not tally.differences


def _flat(decisions: int, seed: int) -> bool:
    with _pool(1) as pool:
        memory = pool.submit(decide_watched, decisions, seed).result()
    for number, kilobytes in memory.readings:
        print(f"memory: {kilobytes:,} KB after {number:,} decisions")
    print(
        f"memory: {memory.growth_kb:,} KB growth after {WARM_UP:,} to warm up (bound {BOUND_KB:,})"
    )
    return memory.growth_kb <= BOUND_KB


if __name__ == "__main__":
    sys.exit(main())
