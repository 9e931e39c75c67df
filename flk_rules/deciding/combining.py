"""the combining rule.

`forbid-overrides` with default deny, in three-valued logic. Written on sets, so the order of
rules cannot matter. The outcome is the one that every completion of the unknown rules agrees on;
where they do not agree it is undetermined.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable, Sequence

from attrs import frozen

from flk_rules.model.rules import STRONGEST_FIRST, Effect, Force, Rule
from flk_rules.model.verdicts import Firings, Outcome, Reason, Verdict

CACHED = 10_000
"""Verdicts kept per question; a verdict is a pure function of the firings."""


@frozen
class _Found:
    """An outcome with the rules that made it and those that could still change it, as bit sets."""

    outcome: Outcome
    reason: Reason | None
    grounds: int
    pivotal: int

    @property
    def side(self) -> tuple[Outcome, Reason | None]:
        return self.outcome, self.reason


class ForbidOverrides:
    """Verdicts of one question's rules."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._permits, self._forbids, self._assesses, self._advises = (
            sum(1 << n for n, rule in enumerate(rules) if rule.effect is effect)
            for effect in (Effect.PERMIT, Effect.FORBID, Effect.ASSESS, Effect.ADVISE)
        )
        self._cache: dict[Firings, Verdict] = {}

    def verdict(self, firings: Firings) -> Verdict:
        """The verdict on the firings."""
        cached = self._cache.get(firings)
        if cached is None:
            if len(self._cache) >= CACHED:
                self._cache.clear()
            cached = self._cache[firings] = self._verdict(firings, self._find(firings))
        return cached

    def merged(self, cases: Sequence[Firings]) -> Verdict:
        """One verdict on all the cases that left-out facts may make.

        A rule is true or false where it is so in every case, else unknown. Cases of one outcome
        without a ground in common are given all their grounds; cases of several outcomes make it
        conditional; where only the reasons differ there is none.
        """
        found = [self._find(each) for each in cases]
        true = functools.reduce(operator.and_, [each.true for each in cases])
        possible = functools.reduce(operator.or_, [each.true | each.unknown for each in cases])
        common = Firings(true, possible & ~true)
        outcomes, sides = {each.outcome for each in found}, {each.side for each in found}
        whole = self._find(common)
        if sides == {whole.side} and not whole.pivotal:
            return self._verdict(common, whole)
        grounds = functools.reduce(operator.or_, [each.grounds for each in found])
        together = _Found(
            outcome=found[0].outcome if len(outcomes) == 1 else Outcome.CONDITIONAL,
            reason=found[0].reason if len(sides) == 1 else None,
            grounds=grounds if len(sides) == 1 else 0,
            pivotal=functools.reduce(operator.or_, [each.pivotal for each in found]),
        )
        return self._verdict(Firings(true, common.unknown & ~together.grounds), together)

    def _find(self, firings: Firings) -> _Found:
        true, unknown = firings.true, firings.unknown
        permitted, assessed = true & self._permits, true & self._assesses
        if forbidden := true & self._forbids:
            return _Found(Outcome.NOT_ELIGIBLE, Reason.FORBIDDEN, forbidden, 0)
        # What each kind of unknown rule could still change, the stronger kinds left as they are.
        pivotal = unknown & self._forbids
        if not permitted:
            pivotal |= unknown & self._permits
            if not assessed:
                pivotal |= unknown & self._assesses
        could_grant = (true | unknown) & (self._permits | self._assesses)
        if not could_grant:
            return _Found(Outcome.NOT_ELIGIBLE, Reason.NO_GROUND, 0, 0)
        if pivotal:
            return _Found(Outcome.UNDETERMINED, None, 0, pivotal)
        if permitted:
            return _Found(Outcome.ELIGIBLE, None, permitted, 0)
        return _Found(Outcome.ASSESS, None, assessed, 0)

    def _verdict(self, firings: Firings, found: _Found) -> Verdict:
        true, unknown = firings.true, firings.unknown
        grants = self._permits | self._assesses
        failed = grants & ~true & ~unknown & ~found.grounds
        return Verdict(
            outcome=found.outcome,
            reason=found.reason,
            force=self._force(failed if found.reason is Reason.NO_GROUND else found.grounds),
            grounds=self._ids(found.grounds),
            defeated=self._ids(true & grants) if found.reason is Reason.FORBIDDEN else (),
            failed=self._ids(failed),
            unknown=self._ids(unknown),
            pivotal=self._ids(found.pivotal),
            advice=self._ids(true & self._advises),
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
