"""the one command.

``python -m benchmarks``: checks that all engines agree, times them in turns, and prints tables.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import checking, parts, startup
from benchmarks.cases import COUNT, cases, distinct
from benchmarks.peers.ours import Ours
from benchmarks.shared import QUESTION, load
from benchmarks.tables import table
from benchmarks.timing import Contender, Spread, in_turns, ratios, spread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.cases import Case
    from benchmarks.checking import Sorted
    from benchmarks.shared import Peer
    from flk_rules import Ruleset

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- results -->", "<!-- end of results -->"
ONCE = ("flk_rules", "flk_rules, nothing kept", "zen, trace on", "zen, trace off", "clipspy")
"""Those that are timed on pairs of which none comes twice: the quickest."""
PEERS = ("zen", "clips", "cedar", "rule_engine")


def main(arguments: list[str] | None = None) -> int:
    """Runs what was asked for; 1 where an engine's answers are wrong."""
    options = _options(arguments)
    ruleset = load()
    sorted_cases = checking.sort_cases(ruleset, cases(options.cases))
    written = [_described(ruleset, sorted_cases, options.cases)]
    print(written[0])
    if "peers" in options.what:
        try:
            written += _peers(ruleset, sorted_cases, options)
        except checking.Disagreement as error:
            print(error, file=sys.stderr)
            return 1
        print(f"\n{written[-2]}\n\n{written[-1]}")
    if "parts" in options.what:
        measured = parts.measure(
            ruleset, sorted_cases, options.rounds, options.seconds / 2, _progress
        )
        written.append(_spreads("flk_rules, part by part", "µs", measured))
        print(f"\n{written[-1]}")
    if "startup" in options.what:
        written.append(_spreads("from nothing", "ms", startup.measure(options.starts)))
        print(f"\n{written[-1]}")
    if options.write:
        _write("\n\n".join(written))
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "what",
        nargs="*",
        default=["peers", "parts", "startup"],
        help="peers, parts, startup; all of them by default",
    )
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=0.3, help="of one block")
    parser.add_argument("--cases", type=int, default=COUNT)
    parser.add_argument("--distinct", type=int, default=20_000, help="pairs of which none is twice")
    parser.add_argument("--starts", type=int, default=10, help="fresh interpreters")
    parser.add_argument("--write", action="store_true", help="the tables into README.md")
    return parser.parse_args(arguments)


def _described(ruleset: Ruleset, sorted_cases: Sorted, count: int) -> str:
    counted = checking.outcomes(ruleset, [*sorted_cases.settled, *sorted_cases.gaps])
    listed = ", ".join(f"{name} {number}" for name, number in counted.items())
    rules = len(ruleset.model.rules_of(QUESTION))
    return (
        f"Python {platform.python_version()}, {os.cpu_count()} cores, load average"
        f" {os.getloadavg()[0]:.1f} at the start. {ruleset.id} {ruleset.version} on {ruleset.on}:"
        f" {rules} rules. {count} pairs, {len(sorted_cases.gaps)} of them with a rule left open:"
        f" {listed}."
    )


def _peers(ruleset: Ruleset, sorted_cases: Sorted, options: argparse.Namespace) -> list[str]:
    ours, reference = Ours(ruleset), Ours(ruleset, "reference")
    contestants: list[Peer] = [ours, Ours(load(), keeping=False)]
    for name in PEERS:
        try:
            contestants += importlib.import_module(f"benchmarks.peers.{name}").build(ruleset)
        except ModuleNotFoundError as error:
            print(f"{name}: left out, {error.name} is not installed (extra `bench`)")
    for peer in contestants:
        checking.check(peer, reference, sorted_cases.settled)
    agreed = len(sorted_cases.settled)
    print(f"On {agreed} settled pairs all give the reference's outcome, grounds and advice.")
    timed = in_turns(
        [Contender(peer.name, _on_case(peer), sorted_cases.settled) for peer in contestants],
        options.rounds,
        options.seconds,
        _progress,
    )
    rows = []
    for peer in contestants:
        taken = spread(timed[peer.name])
        times = ratios(timed[peer.name], timed[ours.name])
        gaps = checking.on_gaps(peer, sorted_cases.undetermined)
        rows.append(
            (
                peer.name,
                peer.version,
                peer.shape,
                f"{1e6 / taken.middle:,.0f}",
                taken.show(),
                "" if peer is ours else times.show(2),
                f"{gaps.raised} / {gaps.answered}",
            )
        )
    head = (
        "engine",
        "version",
        "shape",
        "decisions/s",
        "µs each (min-max)",
        "times as long as ours (min-max)",
        f"of {len(sorted_cases.undetermined)} undetermined: raises / answers",
    )
    return [table(head, rows, left=3), _once(ours, contestants, reference, ruleset, options)]


def _once(
    ours: Ours,
    contestants: Sequence[Peer],
    reference: Ours,
    ruleset: Ruleset,
    options: argparse.Namespace,
) -> str:
    """Pairs of which none comes twice, and nothing known of any of them before."""
    settled = checking.sort_cases(ruleset, distinct(options.distinct)).settled
    chosen = [each for each in contestants if each.name in ONCE]
    for peer in chosen:
        checking.check(peer, reference, settled)
    timed = in_turns(
        [
            Contender(peer.name, _on_case(peer), settled, *([ours.forget] if peer is ours else []))
            for peer in chosen
        ],
        options.rounds,
        None,
        _progress,
    )
    ours.forget()
    for case in settled:
        ours.decide(*case)
    share = 100 * (1 - ours.kept / len(settled))
    rows = [
        (
            peer.name,
            f"{1e6 / (taken := spread(timed[peer.name])).middle:,.0f}",
            taken.show(),
            "" if peer is ours else ratios(timed[peer.name], timed[ours.name]).show(2),
            f"{share:.0f} %" if peer is ours else "",
        )
        for peer in chosen
    ]
    title = f"{len(settled):,} settled pairs, no two alike, each once"
    head = (title, "decisions/s", "µs each (min-max)", "times as long as ours (min-max)", "kept")
    return table(head, rows)


def _on_case(peer: Peer) -> Callable[[Case], object]:
    decide = peer.decide
    return lambda case: decide(case.physician, case.patient)


def _spreads(title: str, unit: str, measured: dict[str, Spread]) -> str:
    rows = [(name, each.show()) for name, each in measured.items()]
    return table((title, f"{unit} (min-max)"), rows)


def _write(text: str) -> None:
    """Between the README's two marks."""
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{text} ", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
