"""the shared ruleset.

What every peer is given: the resolved rules, and the combining of true rules into an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple, Protocol

import flk_rules
from flk_rules.model.answers import Effect
from flk_rules.model.rules import Rule

RULESET, QUESTION, ON = "se.stockholm", "eligibility", date(2024, 10, 1)

Subject = Mapping[str, Any]


class Answer(NamedTuple):
    """What every engine must give: the outcome, and the ids of the true rules behind it."""

    outcome: str
    grounds: tuple[str, ...]
    advice: tuple[str, ...]


class Peer(Protocol):
    """An engine with the ruleset prepared. `decide` is what is timed; `answer` is compared."""

    name: str
    version: str
    shape: str

    def decide(self, physician: Subject, patient: Subject) -> object:
        """The engine's decision on one pair, from plain dicts."""

    def answer(self, physician: Subject, patient: Subject) -> Answer:
        """The same in the form that all engines share."""


class Combiner:
    """Forbid-overrides for peers that only say which rules hold.

    Each set of true rules is combined once and then looked up, so that a peer pays next to
    nothing for it.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)
        self._by_numbers: dict[tuple[int, ...], Answer] = {}
        self._by_mask: dict[int, Answer] = {}

    def of_numbers(self, numbers: tuple[int, ...]) -> Answer:
        """The answer when the rules of these numbers hold."""
        found = self._by_numbers.get(numbers)
        if found is None:
            found = self._by_numbers[numbers] = self._combine(set(numbers))
        return found

    def of_mask(self, mask: int) -> Answer:
        """The answer when the rules of these bits hold."""
        found = self._by_mask.get(mask)
        if found is None:
            numbers = {n for n in range(len(self._rules)) if mask >> n & 1}
            found = self._by_mask[mask] = self._combine(numbers)
        return found

    def _combine(self, true: set[int]) -> Answer:
        def ids(effect: Effect) -> tuple[str, ...]:
            return tuple(
                rule.id
                for number, rule in enumerate(self._rules)
                if number in true and rule.effect is effect
            )

        advice = ids(Effect.ADVISE)
        for effect, outcome in (
            (Effect.FORBID, "not_eligible"),
            (Effect.PERMIT, "eligible"),
            (Effect.ASSESS, "assess"),
        ):
            if grounds := ids(effect):
                return Answer(outcome, grounds, advice)
        return Answer("not_eligible", (), advice)


def load() -> flk_rules.Ruleset:
    """The ruleset that all engines are given."""
    return flk_rules.load(RULESET, on=ON)
