"""our own parts.

Where the time of a decision goes, and what is timed apart from it: explanations, records, missing
facts, other shapes of input, the reference engine.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from benchmarks.cases import Case, with_dates, with_objects
from benchmarks.shared import ON, QUESTION, load
from benchmarks.timing import Contender, Spread, in_turns, spread
from flk_rules.facts import Intake

if TYPE_CHECKING:
    from benchmarks.checking import Sorted
    from flk_rules import Decision, Ruleset


def contenders(ruleset: Ruleset, sorted_cases: Sorted) -> list[Contender]:
    """The parts, each with what it is called on."""
    settled, gaps = sorted_cases.settled, sorted_cases.gaps
    decider, reference = ruleset.decider(QUESTION), ruleset.decider(QUESTION, "reference")
    anew = load().decider(QUESTION)
    anew.engine.kind = lambda facts: None  # type: ignore[method-assign]
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
    open_ = [left_out(case).answer.facts for case in settled[:100]]
    with_gaps = [read(case) for case in gaps]
    decisions = [decide(case) for case in settled]
    few = decisions[:60]

    def look(decision: Decision) -> object:
        return decision.outcome, decision.grounds, decision.advice, decision.missing

    return [
        Contender("decide, all facts that matter known", decide, settled),
        Contender("- facts read and validated", read, settled),
        Contender("- their kind told", lambda each: decider.engine.kind(each.values), facts),
        Contender("- Answer, of a kind that was kept", decider.answer, facts),
        Contender("- engine: rete", lambda each: decider.engine.fire(each.values), facts),
        Contender("- engine and combining, to an Answer", anew.answer, facts),
        Contender("- grounds, advice, missing read", look, decisions),
        Contender("engine: reference", lambda each: reference.engine.fire(each.values), facts),
        Contender("decide, facts missing", decide, gaps),
        Contender("- engine and combining, facts missing", anew.answer, with_gaps),
        Contender("decide, from dates", decide, [with_dates(case) for case in settled]),
        Contender("decide, from model objects", decide, [with_objects(case) for case in settled]),
        Contender("decide, patient left out", left_out, settled[:100]),
        Contender("- engine and combining, patient left out", anew.answer, open_),
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
    """Microseconds of each part."""
    timed = in_turns(contenders(ruleset, sorted_cases), rounds, seconds, report)
    return {name: spread(values) for name, values in timed.items()}
