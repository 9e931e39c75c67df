"""numbers beside facts.

The number of a value question held against the fact that the question compares it with, and the
number that a deployer's factors make of it. Neither changes the outcome.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from attrs import frozen

from flk_rules.deciding import Answer
from flk_rules.engines.reference import Interpreter
from flk_rules.model.answers import Effect
from flk_rules.model.expressions import ParameterRef
from flk_rules.model.rules import Basis, Rule, Ruleset
from flk_rules.model.values import Unknown


@frozen(kw_only=True)
class Measure:
    """What a number comes to.

    compared: the fact it is held against, with `found` its value, `difference` and `status`
    (under, at, over), None where the fact is not known. adjusted: the number times the factors of
    the true directions that have one; None without such, or where `missing` names what it lacks or
    `unusable` the rules whose factor is not over nought and at most one.
    """

    value: int | float
    compared: str | None
    found: int | float | None
    difference: int | float | None
    status: str | None
    factors: tuple[tuple[str, float], ...]
    adjusted: float | None
    missing: tuple[str, ...]
    unusable: tuple[str, ...]


def measure(answer: Answer, ruleset: Ruleset) -> Measure | None:
    """The answer's number, None where it states none."""
    value = answer.verdict.value
    if value is None:
        return None
    compared = ruleset.questions[answer.question].compares
    known = answer.facts.values.get(compared) if compared else None
    found = known if isinstance(known, (int, float)) else None
    difference = None if found is None else found - value
    status = None
    if difference is not None:
        status = "at" if difference == 0 else "over" if difference > 0 else "under"
    factors, missing, unusable = _factors(answer, ruleset)
    return Measure(
        value=value,
        compared=compared,
        found=found,
        difference=difference,
        status=status,
        factors=factors,
        adjusted=math.prod((each for _, each in factors), start=value)
        if factors and not missing and not unusable
        else None,
        missing=missing,
        unusable=unusable,
    )


def assumed_factors(answer: Answer, ruleset: Ruleset) -> frozenset[str]:
    """The parameters of basis assumption that the adjusted number rests on."""
    found = measure(answer, ruleset)
    names = found.factors if found is not None and found.adjusted is not None else ()
    return frozenset(
        parameter
        for rule, _ in names
        for parameter in _parameters(ruleset.rules[rule], ruleset)
        if ruleset.parameters[parameter].basis is Basis.ASSUMPTION
    )


def _factors(
    answer: Answer, ruleset: Ruleset
) -> tuple[tuple[tuple[str, float], ...], tuple[str, ...], tuple[str, ...]]:
    """The factors of true directions, the facts that a factor or a direction with one lacks, since
    a reason that may hold is not left out of the product, and the rules whose factor is none: a
    reason for less lowers."""
    interpreter, values = Interpreter(ruleset), answer.facts.values
    factors: list[tuple[str, float]] = []
    missing: set[str] = set()
    unusable: list[str] = []
    for rule in _directions(ruleset, answer.question):
        assert rule.amount is not None
        holds = interpreter.trace(rule.when, values).value
        factor = interpreter.trace(rule.amount, values).value
        for each in (holds, factor) if holds is not False else ():
            if isinstance(each, Unknown):
                missing |= each.missing
                if each.error:
                    unusable.append(rule.id)
        if holds is True and isinstance(factor, (int, float)):
            if 0 < factor <= 1:
                factors.append((rule.id, float(factor)))
            else:
                unusable.append(rule.id)
    return tuple(factors), tuple(sorted(missing)), tuple(dict.fromkeys(unusable))


def _directions(ruleset: Ruleset, question: str) -> Iterator[Rule]:
    return (
        rule
        for rule in ruleset.rules_of(question)
        if rule.amount is not None and rule.effect is Effect.GROUND
    )


def _parameters(rule: Rule, ruleset: Ruleset) -> Iterator[str]:
    assert rule.amount is not None
    return (each.path for each in ruleset.nodes_of(rule.amount) if isinstance(each, ParameterRef))
