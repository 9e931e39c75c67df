"""packs against engines.

Decides every case of a pack with an engine and counts, by question, what passed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import frozen

from flk_rules.cases import Case, Difference, Rulesets, try_case
from flk_rules.conformance.reading import Pack
from flk_rules.explaining.record import json_value
from flk_rules.model.values import Value


@frozen
class Result:
    """A case and what an engine or implementation says otherwise."""

    case: Case
    differences: tuple[Difference, ...]


@frozen
class Score:
    """How many cases of a question passed and failed."""

    question: str
    passed: int
    failed: int


def run_engine(pack: Pack, engine: str, rulesets: Rulesets) -> Iterator[Result]:
    """Each case of the pack, decided by one of our engines.

    That rules read the facts that the pack says is a part of it. A ruleset that cannot be loaded
    is a failure of its cases.
    """
    for each in pack.cases:
        trial = try_case(each.case, rulesets, engine)
        differences = trial.differences
        if trial.decision is not None and each.facts is not None:
            read = in_json(trial.decision.answer.facts.values)
            if read != each.facts:
                facts = Difference(key="facts", expected=_told(each.facts), found=_told(read))
                differences = (*differences, facts)
        yield Result(each.case, differences)


def in_json(facts: Mapping[str, Value]) -> dict[str, Any]:
    """Facts as a pack writes them."""
    return {name: json_value(value) for name, value in facts.items()}


def _told(facts: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(f"{name}={value}" for name, value in sorted(facts.items()))


def scores(results: Iterable[Result]) -> tuple[Score, ...]:
    """What passed and failed, by question."""
    counts: dict[str, list[int]] = {}
    for each in results:
        counts.setdefault(each.case.question, [0, 0])[bool(each.differences)] += 1
    return tuple(Score(question, *counts[question]) for question in sorted(counts))
