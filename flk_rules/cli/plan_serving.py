"""who may serve, on paper.

Whether physicians may be the FLK of the patients listed with them, as lines of a plan's text.
"""

from __future__ import annotations

from collections.abc import Iterator

from flk_rules.cli.figures import number
from flk_rules.cli.planning_words import word
from flk_rules.explaining.phrases import label
from flk_rules.explaining.words import outcome_words, reason_words
from flk_rules.model.answers import Outcome
from flk_rules.planning.unit import UnitPlan
from flk_rules.planning.unit_lists import PhysicianPlan
from flk_rules.planning.unit_serving import ELIGIBILITY, OUTCOMES, Serving

NAMED = 5
"""Patients that a line names; JSON has all."""


def served(plan: UnitPlan, language: str) -> Iterator[str]:
    """The line of the unit: all pairs by outcome."""
    if plan.serving is not None and any(plan.serving.values()):
        counts = ", ".join(
            f"{_called(each, plan, language)} {number(plan.serving.get(each, 0), language)}"
            for each in OUTCOMES
        )
        yield word("serving", language).format(counts=counts)


def serves(found: PhysicianPlan, plan: UnitPlan, language: str) -> Iterator[str]:
    """The lines of a physician: for how many eligible, and the others by reason."""
    serving = found.serving or ()
    eligible = sum(each.patients for each in serving if each.outcome is Outcome.ELIGIBLE)
    if eligible:
        yield _line(Outcome.ELIGIBLE, eligible, "", plan, language)
    for each in serving:
        if each.outcome is not Outcome.ELIGIBLE:
            because = ": ".join(filter(None, [_why(each, plan, language), _who(each)]))
            yield _line(each.outcome, each.patients, f": {because}", plan, language)


def _line(outcome: Outcome, patients: int, because: str, plan: UnitPlan, language: str) -> str:
    said = word("serves", language).format(
        outcome=_called(outcome, plan, language), patients=number(patients, language)
    )
    return f"  {said}{because}"


def _called(outcome: Outcome, plan: UnitPlan, language: str) -> str:
    return outcome_words(outcome, plan.ruleset.questions[ELIGIBILITY], language)


def _why(found: Serving, plan: UnitPlan, language: str) -> str:
    """``(forbidden by law) The licence has been revoked``"""
    why = reason_words(found.reason, found.force)
    said = [f"({why.in_language(language)})"] if why else []
    said += ["; ".join(each.because.in_language(language) for each in found.because)]
    if found.missing:
        names = ", ".join(label(each, plan.ruleset.model, language) for each in found.missing)
        said.append(word("missing", language).format(facts=names))
    return " ".join(filter(None, said))


def _who(found: Serving) -> str:
    more = "" if len(found.such) <= NAMED else ", ..."
    return f"{', '.join(found.such[:NAMED])}{more}"
