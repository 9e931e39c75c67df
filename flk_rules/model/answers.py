"""effects and outcomes.

What a true rule does, what a question may be answered, and the ways from the one to the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum


class Effect(Enum):
    """What a true rule does; see docs/deciding.md."""

    PERMIT = "permit"
    FORBID = "forbid"
    ASSESS = "assess"
    GROUND = "ground"
    POINT = "point"
    VALUE = "value"
    ADVISE = "advise"


class Outcome(Enum):
    """The answers to questions, of each way of combining the best first; see docs/deciding.md."""

    ELIGIBLE = "eligible"
    ASSESS = "assess"
    GROUNDED = "grounded"
    FULFILLED = "fulfilled"
    STATED = "stated"
    CONDITIONAL = "conditional"
    UNDETERMINED = "undetermined"
    DEVIATES = "deviates"
    UNGROUNDED = "ungrounded"
    UNSTATED = "unstated"
    NOT_ELIGIBLE = "not_eligible"


class Combine(Enum):
    """How a question's rules become one outcome."""

    FORBID_OVERRIDES = "forbid-overrides"
    COLLECT = "collect"
    CHECKLIST = "checklist"
    VALUE = "value"


EFFECTS_OF: Mapping[Combine, tuple[Effect, ...]] = {
    Combine.FORBID_OVERRIDES: (Effect.PERMIT, Effect.FORBID, Effect.ASSESS, Effect.ADVISE),
    Combine.COLLECT: (Effect.GROUND, Effect.ADVISE),
    Combine.CHECKLIST: (Effect.POINT, Effect.ADVISE),
    Combine.VALUE: (Effect.VALUE, Effect.GROUND, Effect.ADVISE),
}
"""The effects that the rules of a question may have."""

_ANY = (Outcome.CONDITIONAL, Outcome.UNDETERMINED)
OUTCOMES_OF: Mapping[Combine, tuple[Outcome, ...]] = {
    Combine.FORBID_OVERRIDES: (Outcome.ELIGIBLE, Outcome.ASSESS, *_ANY, Outcome.NOT_ELIGIBLE),
    Combine.COLLECT: (Outcome.GROUNDED, *_ANY, Outcome.UNGROUNDED),
    Combine.CHECKLIST: (Outcome.FULFILLED, *_ANY, Outcome.DEVIATES),
    Combine.VALUE: (Outcome.STATED, *_ANY, Outcome.UNSTATED),
}
"""The answers that a question may have."""
