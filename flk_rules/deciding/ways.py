"""ways of combining.

`forbid-overrides` with default deny, `collect` for grounds as a set, `checklist`, and `value` for a
number, each in three-valued logic; docs/deciding.md says what they mean.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence

from flk_rules.deciding.combining import Combining, Found
from flk_rules.errors import ValuesConflict
from flk_rules.model.answers import Combine, Effect, Outcome
from flk_rules.model.rules import Rule
from flk_rules.model.verdicts import Firings, Reason, Verdict


class ForbidOverrides(Combining):
    """A true forbid wins; without a permit or an assess there is no ground."""

    answering = (Effect.PERMIT, Effect.ASSESS)

    def __init__(
        self, rules: Sequence[Rule], numbers: Mapping[str, int | float], ruleset: str = ""
    ) -> None:
        super().__init__(rules, numbers, ruleset)
        self._permits, self._forbids, self._assesses = (
            self._of(each) for each in (Effect.PERMIT, Effect.FORBID, Effect.ASSESS)
        )

    def find(self, firings: Firings) -> Found:
        """The outcome of the firings."""
        true, unknown = firings.true, firings.unknown
        permitted, assessed = true & self._permits, true & self._assesses
        if forbidden := true & self._forbids:
            return Found(Outcome.NOT_ELIGIBLE, Reason.FORBIDDEN, forbidden, 0, forbidden)
        # What each kind of unknown rule could still change, the stronger kinds left as they are.
        pivotal = unknown & self._forbids
        if not permitted:
            pivotal |= unknown & self._permits
            if not assessed:
                pivotal |= unknown & self._assesses
        if not (true | unknown) & self.answers:
            return Found(Outcome.NOT_ELIGIBLE, Reason.NO_GROUND, 0, 0, self.answers)
        if pivotal:
            return Found(Outcome.UNDETERMINED, None, 0, pivotal, 0)
        if permitted:
            return Found(Outcome.ELIGIBLE, None, permitted, 0, permitted)
        return Found(Outcome.ASSESS, None, assessed, 0, assessed)


class Collect(Combining):
    """Grounds as a set: one is enough, none outranks another, and without one nothing is denied."""

    answering = (Effect.GROUND,)

    def find(self, firings: Firings) -> Found:
        """The outcome of the firings."""
        grounds, open_ = firings.true & self.answers, firings.unknown & self.answers
        if grounds:
            return Found(Outcome.GROUNDED, None, grounds, 0, grounds)
        if open_:
            return Found(Outcome.UNDETERMINED, None, 0, open_, 0)
        return Found(Outcome.UNGROUNDED, None, 0, 0, 0)

    def sided(self, firings: Firings, grounds: int) -> Verdict:
        """The verdict of one side of an answer whose grounds are divided each by itself: these
        grounds may each be true there, and where there are none all are false."""
        outcome = Outcome.GROUNDED if grounds else Outcome.UNGROUNDED
        unknown = firings.unknown & ~self.answers
        return self._verdict(
            Firings(firings.true, unknown), Found(outcome, None, grounds, 0, grounds)
        )


class Checklist(Combining):
    """Points that are each fulfilled, not fulfilled or open; one that is not makes a deviation."""

    answering = (Effect.POINT,)
    joined = operator.and_  # a point fulfilled in some cases only is open

    def find(self, firings: Firings) -> Found:
        """The outcome of the firings."""
        fulfilled, open_ = firings.true & self.answers, firings.unknown & self.answers
        if missed := self.answers & ~fulfilled & ~open_:
            return Found(Outcome.DEVIATES, None, fulfilled, 0, missed)
        if open_ or not self.answers:  # a list without points is not fulfilled by anything
            return Found(Outcome.UNDETERMINED, None, fulfilled, open_, 0)
        return Found(Outcome.FULFILLED, None, fulfilled, 0, fulfilled)

    def says(self, verdict: Verdict) -> tuple[object, ...]:
        """A point that is not fulfilled is said too."""
        return *super().says(verdict), verdict.failed


class Value(Combining):
    """One number. Reasons to differ and other numbers stand beside it and change nothing."""

    answering = (Effect.VALUE,)
    directing = (Effect.GROUND,)

    def __init__(
        self, rules: Sequence[Rule], numbers: Mapping[str, int | float], ruleset: str = ""
    ) -> None:
        super().__init__(rules, numbers, ruleset)
        self._stating: dict[int | float, int] = {}
        for place, rule in enumerate(rules):
            if rule.effect is Effect.VALUE:
                number = numbers[rule.id]
                self._stating[number] = self._stating.get(number, 0) | 1 << place

    def find(self, firings: Firings) -> Found:
        """The outcome of the firings; raises `ValuesConflict` where true rules give two numbers.

        A true rule settles it: completions in which an open one gives another number are those in
        which the ruleset itself is broken.
        """
        stating, open_ = firings.true & self.answers, firings.unknown & self.answers
        if stating:
            number, *others = [each for each, of in self._stating.items() if stating & of]
            if others:
                rules = self._members(stating)
                values = {rule.id: self._numbers[rule.id] for rule in rules}
                raise ValuesConflict(self._ruleset, self._rules[0].decides, values)
            return Found(Outcome.STATED, None, stating, 0, stating, number)
        if open_:
            return Found(Outcome.UNDETERMINED, None, 0, open_, 0)
        return Found(Outcome.UNSTATED, None, 0, 0, 0)

    def says(self, verdict: Verdict) -> tuple[object, ...]:
        """The number and the reasons to differ are said too."""
        return *super().says(verdict), verdict.value, verdict.directions


WAYS: Mapping[Combine, type[Combining]] = {
    Combine.FORBID_OVERRIDES: ForbidOverrides,
    Combine.COLLECT: Collect,
    Combine.CHECKLIST: Checklist,
    Combine.VALUE: Value,
}
