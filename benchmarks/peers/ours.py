"""this library, flk_rules.

The public call, from plain dicts to a Decision whose outcome, grounds, advice and missing facts
have been read.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from benchmarks.shared import QUESTION, Answer, Subject

if TYPE_CHECKING:
    from flk_rules import Decision, Ruleset


class Ours:
    """`Ruleset.decide` with one of the library's engines."""

    def __init__(self, ruleset: Ruleset, engine: str = "rete") -> None:
        self.name = "flk_rules" if engine == "rete" else f"flk_rules ({engine})"
        self.shape = f"decide(), engine {engine}, every fact validated"
        self.version = _version()
        self._ruleset = ruleset
        self._engine = engine
        ruleset.decider(QUESTION, engine)

    def decide(self, physician: Subject, patient: Subject) -> Decision:
        """The Decision, with all of it read that a caller reads first."""
        decision = self._ruleset.decide(
            QUESTION, engine=self._engine, physician=physician, patient=patient
        )
        _ = decision.outcome, decision.grounds, decision.advice, decision.missing
        return decision

    def answer(self, physician: Subject, patient: Subject) -> Answer:
        """The same as every peer gives it."""
        decision = self.decide(physician, patient)
        return Answer(
            decision.outcome.value,
            tuple(rule.id for rule in decision.grounds),
            tuple(rule.id for rule in decision.advice),
        )


def _version() -> str:
    try:
        return version("flk_rules")
    except PackageNotFoundError:
        return "source"
