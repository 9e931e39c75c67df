"""spans of decisions.

An OpenTelemetry span around each decision, if the caller has OpenTelemetry and has set it up. It
says what was asked and answered, by which rules; never a fact, a reference or a pseudonym.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from flk_rules.decision import Decision

Told = Callable[[Decision, int | None], None]


@cache
def _tracer() -> Any:
    """The caller's tracer, or None. Without a set-up OpenTelemetry's own does nothing."""
    try:
        from opentelemetry import trace
    except ImportError:
        return None
    return trace.get_tracer("flk_rules")


def _failed() -> Any:
    from opentelemetry.trace import StatusCode

    return StatusCode.ERROR


@contextmanager
def span(began: int) -> Iterator[Told]:
    """A span around a decision that was begun at that time, in nanoseconds since 1970; what is
    yielded tells it the decision and its record's number."""
    if (tracer := _tracer()) is None:
        yield lambda *_: None
        return
    with tracer.start_as_current_span(
        "flk_rules.decide",
        start_time=began,
        record_exception=False,
        set_status_on_exception=False,
    ) as found:

        def told(decision: Decision, number: int | None) -> None:
            ruleset = decision.parts[1]
            found.set_attributes(
                {
                    "flk_rules.question": decision.question,
                    "flk_rules.outcome": decision.outcome.value,
                    "flk_rules.engine": decision.answer.engine,
                    "flk_rules.ruleset": ruleset.id,
                    "flk_rules.ruleset.version": ruleset.version,
                    "flk_rules.ruleset.fingerprint": ruleset.fingerprint,
                    "flk_rules.recorded": number is not None,
                    **({} if number is None else {"flk_rules.record": number}),
                }
            )

        try:
            yield told
        except Exception as error:
            # Its text may show a fact; what kind of failure it was does not.
            found.set_attribute("error.type", type(error).__name__)
            found.set_status(_failed())
            raise
