"""firings to verdicts.

What every way of combining shares. Written on sets, so the order of rules cannot matter. The
outcome is the one that every completion of the unknown rules agrees on; where they do not agree it
is undetermined.
"""

from __future__ import annotations

import functools
import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from attrs import frozen

from flk_rules.model.answers import Effect, Outcome
from flk_rules.model.rules import STRONGEST_FIRST, Force, Rule
from flk_rules.model.verdicts import Firings, Reason, Verdict

CACHED = 10_000
"""Verdicts kept per question; a verdict is a pure function of the firings."""


Side = tuple[Outcome, Reason | None, int | float | None]
"""What tells one answer from another."""


@frozen
class Found:
    """An outcome with the rules that made it, those that could still change it, and those whose
    force it has, as bit sets."""

    outcome: Outcome
    reason: Reason | None
    grounds: int
    pivotal: int
    binding: int
    value: int | float | None = None

    @property
    def side(self) -> Side:
        return self.outcome, self.reason, self.value


class Combining(ABC):
    """Verdicts of one question's rules."""

    answering: ClassVar[tuple[Effect, ...]]
    """The effects of the rules that an answer comes from; one that is false has failed."""
    joined: ClassVar[Callable[[int, int], int]] = operator.or_
    """What cases of one outcome, but without grounds that make it in all of them, have together."""

    directing: ClassVar[tuple[Effect, ...]] = ()
    """The effects of rules that stand beside the answer."""

    def __init__(self, rules: Sequence[Rule], numbers: Mapping[str, int | float]) -> None:
        self._rules = rules
        self._numbers = numbers
        self._directs = self._of(*self.directing)
        self._answers = self._of(*self.answering)
        self._advises = self._of(Effect.ADVISE)
        self._cache: dict[Firings, Verdict] = {}

    def _of(self, *effects: Effect) -> int:
        return sum(1 << n for n, rule in enumerate(self._rules) if rule.effect in effects)

    @abstractmethod
    def find(self, firings: Firings) -> Found:
        """The outcome of the firings."""

    def said(self, cases: Sequence[Firings]) -> tuple[object, ...]:
        """What an answer on these cases says and may rest on: of all of them together, and where
        they fall on several sides, which are on each and what is said of those."""
        sides: dict[Side, list[int]] = {}
        for number, each in enumerate(cases):
            sides.setdefault(self.find(each).side, []).append(number)
        parts = [range(len(cases)), *(sides.values() if len(sides) > 1 else ())]
        return tuple(
            (tuple(part), *self.says(self.merged([cases[each] for each in part]))) for part in parts
        )

    def says(self, verdict: Verdict) -> tuple[object, ...]:
        """What a verdict says: an advice that was not given is not said."""
        return verdict.outcome, verdict.reason, verdict.grounds, verdict.advice

    def verdict(self, firings: Firings) -> Verdict:
        """The verdict on the firings."""
        cached = self._cache.get(firings)
        if cached is None:
            if len(self._cache) >= CACHED:
                self._cache.clear()
            cached = self._cache[firings] = self._verdict(firings, self.find(firings))
        return cached

    def merged(self, cases: Sequence[Firings]) -> Verdict:
        """One verdict on all the cases that left-out facts may make.

        A rule is true or false where it is so in every case, else unknown. Cases of one outcome
        without a ground in common are given all their grounds; cases of several outcomes make it
        conditional; where only the reasons differ there is none.
        """
        found = [self.find(each) for each in cases]
        true = functools.reduce(operator.and_, [each.true for each in cases])
        possible = functools.reduce(operator.or_, [each.true | each.unknown for each in cases])
        common = Firings(true, possible & ~true)
        outcomes, sides = {each.outcome for each in found}, {each.side for each in found}
        whole = self.find(common)
        if sides == {whole.side} and not whole.pivotal:
            return self._verdict(common, whole)
        grounds = functools.reduce(type(self).joined, [each.grounds for each in found])
        together = Found(
            outcome=found[0].outcome if len(outcomes) == 1 else Outcome.CONDITIONAL,
            reason=found[0].reason if len(sides) == 1 else None,
            grounds=grounds if len(sides) == 1 else 0,
            pivotal=functools.reduce(operator.or_, [each.pivotal for each in found]),
            binding=(
                functools.reduce(operator.or_, [each.binding for each in found])
                if len(sides) == 1
                else 0
            ),
            value=found[0].value if len(sides) == 1 else None,
        )
        return self._verdict(Firings(true, common.unknown & ~together.grounds), together)

    def _verdict(self, firings: Firings, found: Found) -> Verdict:
        return self.shaped(firings, found, self._ids, self._force)

    def shaped(
        self,
        firings: Firings,
        found: Found,
        ids: Callable[[int], Any],
        force: Callable[[int], Any],
    ) -> Verdict:
        """The verdict with `ids` and `force` made of its bit sets; see `deciding/symbolic.py`."""
        true, unknown = firings.true, firings.unknown
        return Verdict(
            outcome=found.outcome,
            reason=found.reason,
            force=force(found.binding),
            grounds=ids(found.grounds),
            defeated=ids(true & self._answers) if found.reason is Reason.FORBIDDEN else (),
            failed=ids(self._answers & ~true & ~unknown & ~found.grounds),
            unknown=ids(unknown),
            pivotal=ids(found.pivotal),
            advice=ids(true & self._advises),
            value=found.value,
            directions=ids(true & self._directs),
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
