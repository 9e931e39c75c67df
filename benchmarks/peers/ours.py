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
    """`Ruleset.decide` with one of the library's engines. `keeping` is what users have: verdicts
    are kept by kind of facts; without it the engine runs each time."""

    def __init__(self, ruleset: Ruleset, engine: str = "rete", *, keeping: bool = True) -> None:
        self.name = "flk_rules" if keeping else "flk_rules, nothing kept"
        self.shape = f"decide(), {'verdicts kept by kind' if keeping else f'{engine} each time'}"
        self.version = _version()
        self._ruleset = ruleset
        self._engine = engine
        self._decider = ruleset.decider(QUESTION, engine)
        if not keeping:
            # As the reference engine, which tells no kinds; no user would do that.
            self._decider.engine.kind = lambda facts: None  # type: ignore[method-assign]

    def forget(self) -> None:
        """As if nothing had been decided, the engine built."""
        self._decider._kept.clear()

    @property
    def kept(self) -> int:
        """How many kinds of facts have been decided since."""
        return len(self._decider._kept)

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
