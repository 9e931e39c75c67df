"""rules of other days.

A rule that holds before or after the day asked about has no part in an answer. Where no rule of the
day gave a ground, the texts name those of other days that might have.
"""

from __future__ import annotations

from collections.abc import Iterator

from flk_rules.deciding import Answer
from flk_rules.explaining.words import word
from flk_rules.model.answers import Effect
from flk_rules.model.rules import Dormant, Ruleset


def dormant_rules(question: str, ruleset: Ruleset) -> tuple[Dormant, ...]:
    """The rules of a question that hold on other days only and would do more than advise."""
    return tuple(
        each
        for each in ruleset.dormant
        if each.decides == question and each.effect is not Effect.ADVISE
    )


def dormant_lines(answer: Answer, ruleset: Ruleset, language: str) -> Iterator[str]:
    """A line for each such rule, where nothing gave a ground."""
    if not answer.verdict.grounds and answer.condition is None:
        for each in dormant_rules(answer.question, ruleset):
            days = held(each, language)
            yield f"  - {each.because.in_language(language)} ({each.id}, {days})"


def held(dormant: Dormant, language: str) -> str:
    """``holds from 2023-01-31 to 2024-12-31``, each version after the other."""
    spans = (
        f"{first} {word('to', language)} {last}" if last else f"{first}"
        for first, last in dormant.days
    )
    return f"{word('from', language)} {', '.join(spans)}"
