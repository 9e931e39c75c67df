"""answers before timings.

Every peer must give what our reference engine gives wherever no rule is open; where a fact that
matters is missing, what a peer says instead is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.cases import Case
from benchmarks.peers.ours import Ours
from benchmarks.shared import QUESTION, Peer

if TYPE_CHECKING:
    from flk_rules import Ruleset


class Sorted(NamedTuple):
    """Cases where every rule is true or false, cases with an open rule, and those of the latter
    whose outcome is undetermined."""

    settled: list[Case]
    gaps: list[Case]
    undetermined: list[Case]


class Gaps(NamedTuple):
    """What a peer does with the undetermined cases."""

    raised: int
    answered: int


class Disagreement(Exception):
    """A peer's answer is not the reference's."""


def sort_cases(ruleset: Ruleset, cases: Sequence[Case]) -> Sorted:
    """The cases by what the reference engine knows of them."""
    found = Sorted([], [], [])
    for case in cases:
        decision = ruleset.decide(QUESTION, engine="reference", **case._asdict())
        (found.gaps if decision.unknown else found.settled).append(case)
        if decision.outcome.value == "undetermined":
            found.undetermined.append(case)
    return found


def outcomes(ruleset: Ruleset, cases: Sequence[Case]) -> dict[str, int]:
    """How often each outcome occurs, with the reason of a no."""
    counted: dict[str, int] = {}
    for case in cases:
        decision = ruleset.decide(QUESTION, engine="reference", **case._asdict())
        name = decision.outcome.value
        if decision.reason is not None:
            name = f"{name}: {decision.reason.value}"
        counted[name] = counted.get(name, 0) + 1
    return dict(sorted(counted.items()))


def check(peer: Peer, reference: Ours, cases: Sequence[Case]) -> None:
    """Raises `Disagreement` at the first case with another answer than the reference's."""
    for case in cases:
        expected, found = reference.answer(*case), peer.answer(*case)
        if found != expected:
            raise Disagreement(f"{peer.name}: {case}\n  expected {expected}\n  found    {found}")


def on_gaps(peer: Peer, cases: Sequence[Case]) -> Gaps:
    """Of the undetermined cases, how many raise and how many get an answer all the same."""
    raised = answered = 0
    for case in cases:
        try:
            outcome = peer.answer(*case).outcome
        except Exception:  # noqa: BLE001 - whatever the peer raises is what is counted
            raised += 1
        else:
            answered += outcome != "undetermined"
    return Gaps(raised, answered)
