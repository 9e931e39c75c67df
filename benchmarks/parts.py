"""our own parts.

Where the time of a decision goes, and what is timed apart from it: explanations, records, missing
facts, other shapes of input, the reference engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from benchmarks.cases import Case, cases, with_dates, with_objects
from benchmarks.shared import ON, QUESTION
from benchmarks.timing import Contender, Spread, in_turns, spread
from flk_rules.facts import Intake

if TYPE_CHECKING:
    from benchmarks.checking import Sorted
    from flk_rules import Decision, Ruleset

NEW_PAIRS = 20_000


def contenders(ruleset: Ruleset, sorted_cases: Sorted) -> list[Contender]:
    """The parts, each with what it is called on."""
    settled, gaps = sorted_cases.settled, sorted_cases.gaps
    decider, reference = ruleset.decider(QUESTION), ruleset.decider(QUESTION, "reference")
    intake = Intake(ruleset.schema)
    subjects = ruleset.questions[QUESTION].subjects

    def decide(case: Case) -> Decision:
        decision = ruleset.decide(QUESTION, physician=case.physician, patient=case.patient)
        _ = decision.outcome, decision.grounds, decision.advice, decision.missing
        return decision

    def read(case: Case) -> Any:
        return intake.read(ON, subjects, {"physician": case.physician, "patient": case.patient})

    def left_out(case: Case) -> Decision:
        return ruleset.decide(QUESTION, physician=case.physician)

    facts = [read(case) for case in settled]
    with_gaps = [read(case) for case in gaps]
    decisions = [decide(case) for case in settled]
    few = decisions[:60]

    def look(decision: Decision) -> object:
        return decision.outcome, decision.grounds, decision.advice, decision.missing

    return [
        Contender("decide, all facts that matter known", decide, settled),
        Contender("- facts read and validated", read, settled),
        Contender("- engine: rete", lambda each: decider.engine.fire(each.values), facts),
        Contender("- engine and combining, to an Answer", decider.answer, facts),
        Contender("- grounds, advice, missing read", look, decisions),
        Contender("engine: reference", lambda each: reference.engine.fire(each.values), facts),
        Contender("decide, facts missing", decide, gaps),
        Contender("- engine and combining, facts missing", decider.answer, with_gaps),
        Contender("decide, from dates", decide, [with_dates(case) for case in settled]),
        Contender("decide, from model objects", decide, [with_objects(case) for case in settled]),
        Contender("decide, patient left out", left_out, settled[:100]),
        Contender("explain('sv')", lambda each: each.explain("sv"), few),
        Contender("explain('en')", lambda each: each.explain("en"), few),
        Contender("to_dict()", lambda each: each.to_dict(), few),
    ]


def measure(
    ruleset: Ruleset,
    sorted_cases: Sorted,
    rounds: int,
    seconds: float,
    report: Callable[[str], None],
) -> dict[str, Spread]:
    """Microseconds of each part; the last is over pairs of which none comes twice."""
    timed = in_turns(contenders(ruleset, sorted_cases), rounds, seconds, report)
    found = {name: spread(values) for name, values in timed.items()}
    fresh = [_new_pairs(ruleset, NEW_PAIRS, number) for number in range(3)]
    found[f"decide, {NEW_PAIRS:,} pairs never seen before"] = spread(fresh)
    return found


def _new_pairs(ruleset: Ruleset, count: int, number: int) -> float:
    from time import process_time

    pairs: Sequence[Case] = cases(count, seed=number)
    started = process_time()
    for case in pairs:
        decision = ruleset.decide(QUESTION, physician=case.physician, patient=case.patient)
        _ = decision.outcome, decision.grounds, decision.advice, decision.missing
    return (process_time() - started) * 1e6 / count
