"""firings and verdicts.

What an engine reports and what deciding makes of it, as plain values.
"""

from __future__ import annotations

from enum import Enum

from attrs import frozen

from flk_rules.model.answers import Outcome
from flk_rules.model.expressions import Expr
from flk_rules.model.rules import Force


class Reason(Enum):
    """Why not: somebody with the power to forbid did, or nothing gives a ground."""

    FORBIDDEN = "forbidden"
    NO_GROUND = "no_ground"


@frozen
class Firings:
    """Truth of a question's rules as bit sets over `Ruleset.rules_of(question)`.

    A rule in neither set is false.
    """

    true: int
    unknown: int


@frozen(kw_only=True)
class Verdict:
    """An outcome, of a value question its number, and the ids of the rules that made it; a pure
    function of the firings.

    grounds: the true rules that decided; defeated: true rules that a forbid overrode; failed:
    false rules that could have given a ground; unknown: rules whose truth is open; pivotal: the
    unknown ones that could still change the outcome; advice: true rules that only advise;
    directions: of a value question, true reasons to differ from the number.
    """

    outcome: Outcome
    reason: Reason | None
    force: Force | None
    grounds: tuple[str, ...]
    defeated: tuple[str, ...]
    failed: tuple[str, ...]
    unknown: tuple[str, ...]
    pivotal: tuple[str, ...]
    advice: tuple[str, ...]
    value: int | float | None = None
    directions: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The outcome in English words, with the number where there is one: ``stated 1100``."""
        said = self.outcome.value.replace("_", " ")
        return said if self.value is None else f"{said} {self.value}"


@frozen(kw_only=True)
class Branch:
    """One side of a conditional answer: where `when` holds of the subject left out, `verdict`.

    `text` is `when` in the condition language; `missing` are facts of the given subjects that
    could still change this side's outcome.
    """

    when: Expr
    text: str
    verdict: Verdict
    missing: tuple[str, ...]


@frozen(kw_only=True)
class Condition:
    """An answer that depends on the subjects left out; its branches cover every case once."""

    subjects: tuple[str, ...]
    branches: tuple[Branch, ...]

    def __str__(self) -> str:
        """``eligible if patient.age >= 65, otherwise not eligible``."""
        sides = [(each.verdict.words, each.text) for each in self.branches]
        *first, (last, _) = sides
        return f"{', '.join(f'{what} if {when}' for what, when in first)}, otherwise {last}"
