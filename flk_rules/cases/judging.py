"""decisions against cases.

What a decision says of each thing that a case states, and what differs.
"""

from __future__ import annotations

from typing import Any

from attrs import field, frozen

from flk_rules.cases.case import Case, Difference
from flk_rules.cases.keys import EXPECTATIONS, FAILURES
from flk_rules.cases.rulesets import Rulesets
from flk_rules.decision import Decision
from flk_rules.errors import FactsInvalid, FlkError
from flk_rules.library import DEFAULT_ENGINE, Ruleset


@frozen
class Trial:
    """A case that was tried: the decision or the failure, and what differs from the case."""

    case: Case
    decision: Decision | None = None
    failure: FlkError | None = None
    differences: tuple[Difference, ...] = field(default=())

    @property
    def passed(self) -> bool:
        """Whether everything is as the case states it."""
        return not self.differences


def said(decision: Decision, key: str) -> Any:
    """What a decision says of one key of `EXPECTATIONS`: a string, a number, a sorted tuple, or
    None for nothing."""
    return EXPECTATIONS[key].read(decision)


def judge(case: Case, decision: Decision) -> tuple[Difference, ...]:
    """What the decision says otherwise than the case states; what it does not state may be
    anything. A decision where a failure was expected is a difference, too."""
    if case.failure is not None:
        return (Difference(key="error", expected=case.failure.kind, found=None),)
    found = []
    for key, expected in case.expected.items():
        there = EXPECTATIONS[key].read(decision)
        if there != expected:
            found.append(Difference(key=key, expected=expected, found=there))
    return tuple(found)


def judge_failure(case: Case, error: FlkError) -> tuple[Difference, ...]:
    """What sets a failure apart from the one that the case expects."""
    message = str(error)
    kind = next((name for name, each in FAILURES.items() if isinstance(error, each)), message)
    expected = case.failure
    if expected is None or expected.kind != kind:
        wanted = None if expected is None else expected.kind
        return (Difference(key="error", expected=wanted, found=kind),)
    found = []
    if expected.at is not None and isinstance(error, FactsInvalid):
        at = tuple(sorted({each.where for each in error.problems}))
        if at != expected.at:
            found.append(Difference(key="at", expected=expected.at, found=at))
    lacking = tuple(each for each in expected.says or () if each not in message)
    if lacking:
        found.append(Difference(key="says", expected=lacking, found=message))
    return tuple(found)


def try_case(case: Case, ruleset: Ruleset | Rulesets, engine: str = DEFAULT_ENGINE) -> Trial:
    """Decide a case with an engine, by a plain `Ruleset.decide`, and judge the decision.

    `ruleset` is one to hold the case against, or where its own is found. Raises nothing that the
    facts or the rules can cause: that is the trial's failure.
    """
    try:
        if isinstance(ruleset, Rulesets):
            ruleset = ruleset.of(case)
        decision = ruleset.decide(case.question, engine=engine, **case.subjects)
    except FlkError as error:
        return Trial(case, failure=error, differences=judge_failure(case, error))
    return Trial(case, decision=decision, differences=judge(case, decision))
