"""the combining rule.

`forbid-overrides` with default deny, in three-valued logic. Written on sets, so the order of
rules cannot matter. The outcome is the one that every completion of the unknown rules agrees on;
where they do not agree it is undetermined.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flk_rules.model.rules import STRONGEST_FIRST, Effect, Force, Rule
from flk_rules.model.verdicts import Firings, Outcome, Reason, Verdict

CACHED = 10_000
"""Verdicts kept per question; a verdict is a pure function of the firings."""


class ForbidOverrides:
    """Verdicts of one question's rules."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._of = {
            effect: sum(1 << n for n, rule in enumerate(rules) if rule.effect is effect)
            for effect in Effect
        }
        self._cache: dict[Firings, Verdict] = {}

    def verdict(self, firings: Firings) -> Verdict:
        """The verdict on the firings."""
        found = self._cache.get(firings)
        if found is None:
            if len(self._cache) >= CACHED:
                self._cache.clear()
            found = self._cache[firings] = self._combine(firings.true, firings.unknown)
        return found

    def _combine(self, true: int, unknown: int) -> Verdict:
        permits, forbids, assesses, advises = (
            self._of[effect]
            for effect in (Effect.PERMIT, Effect.FORBID, Effect.ASSESS, Effect.ADVISE)
        )
        grants = permits | assesses
        forbidden = true & forbids
        possible = {
            outcome
            for outcome, can in (
                # Each outcome with what has to be so for some completion to give it.
                ((Outcome.NOT_ELIGIBLE), (true | unknown) & forbids or not true & grants),
                (Outcome.ELIGIBLE, not forbidden and (true | unknown) & permits),
                (
                    Outcome.ASSESS,
                    not forbidden and not true & permits and (true | unknown) & assesses,
                ),
            )
            if can
        }
        outcome = possible.pop() if len(possible) == 1 else Outcome.UNDETERMINED
        reason: Reason | None = None
        pivotal = 0
        match outcome:
            case Outcome.NOT_ELIGIBLE if forbidden:
                grounds, reason = forbidden, Reason.FORBIDDEN
            case Outcome.NOT_ELIGIBLE:
                grounds, reason = 0, Reason.NO_GROUND
            case Outcome.ELIGIBLE:
                grounds = true & permits
            case Outcome.ASSESS:
                grounds = true & assesses
            case _:
                grounds = 0
                pivotal = unknown & forbids
                if not true & permits:
                    pivotal |= unknown & permits
                    if not true & assesses:
                        pivotal |= unknown & assesses
        failed = grants & ~true & ~unknown
        return Verdict(
            outcome=outcome,
            reason=reason,
            force=self._force(failed if reason is Reason.NO_GROUND else grounds),
            grounds=self._ids(grounds),
            defeated=self._ids(true & grants) if reason is Reason.FORBIDDEN else (),
            failed=self._ids(failed),
            unknown=self._ids(unknown),
            pivotal=self._ids(pivotal),
            advice=self._ids(true & advises),
        )

    def _members(self, bits: int) -> Iterable[Rule]:
        return (rule for number, rule in enumerate(self._rules) if bits >> number & 1)

    def _ids(self, bits: int) -> tuple[str, ...]:
        return tuple(rule.id for rule in self._members(bits))

    def _force(self, bits: int) -> Force | None:
        """The strongest force among the rules."""
        return min(
            (rule.force for rule in self._members(bits)), key=STRONGEST_FIRST.index, default=None
        )
