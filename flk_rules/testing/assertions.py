"""assertions on decisions.

What a developer's own tests call. A failure shows the decision with its reasons beside what was
expected. Nothing of the library is imported before the first assertion.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flk_rules.decision import Decision
    from flk_rules.library import Ruleset


def assert_decision(decision: Decision, *, language: str = "en", **expected: Any) -> Decision:
    """Assert what a decision says, by the keys that a table of cases has; return the decision.

    Args:
        decision: what `Ruleset.decide` returned.
        language: of the explanation that a failure shows, ``"en"`` or ``"sv"``.
        expected: such as ``outcome="eligible"``, ``grounds=["geriatrics"]``, ``missing=[]``; what
            is not given may be anything. See docs/testing.md for the keys.

    Raises:
        AssertionError: the decision says otherwise; the message shows both.
        CasesInvalid: a key, rule, fact or parameter that does not exist.
    """
    __tracebackhide__ = True
    from flk_rules.testing.holding import differing

    message = differing(decision, expected, language)
    if message is not None:
        raise AssertionError(message)
    return decision


def assert_eligible(
    physician: Any,
    patient: Any = None,
    *,
    ruleset: Ruleset | str,
    on: date | None = None,
    path: Sequence[Path | str] = (),
    engine: str = "rete",
    language: str = "en",
    **expected: Any,
) -> Decision:
    """Assert that a physician is eligible as FLK of a patient; return the decision.

    Args:
        physician, patient: model objects or mappings, as `Ruleset.decide` takes them; None is left
            out.
        ruleset: a loaded ruleset, or the id of one, which then is loaded for `on`.
        on: the date asked about; needed with an id.
        path: further folders of rulesets, with an id.
        engine: ``"rete"`` or ``"reference"``.
        language: of the explanation that a failure shows.
        expected: more that the decision is to say, as in `assert_decision`.

    Raises `AssertionError` that shows the explained decision, and whatever `flk_rules.load` and
    `Ruleset.decide` raise.
    """
    __tracebackhide__ = True
    decision = _decided(physician, patient, ruleset, on, path, engine)
    return assert_decision(decision, language=language, outcome="eligible", **expected)


def assert_not_eligible(
    physician: Any,
    patient: Any = None,
    *,
    ruleset: Ruleset | str,
    on: date | None = None,
    path: Sequence[Path | str] = (),
    engine: str = "rete",
    language: str = "en",
    **expected: Any,
) -> Decision:
    """Assert that a physician is not eligible; ``reason="forbidden"`` or ``reason="no_ground"``
    says which of the two kinds of no it is to be. See `assert_eligible`."""
    __tracebackhide__ = True
    decision = _decided(physician, patient, ruleset, on, path, engine)
    return assert_decision(decision, language=language, outcome="not_eligible", **expected)


def assert_assess(
    physician: Any,
    patient: Any = None,
    *,
    ruleset: Ruleset | str,
    on: date | None = None,
    path: Sequence[Path | str] = (),
    engine: str = "rete",
    language: str = "en",
    **expected: Any,
) -> Decision:
    """Assert that people must assess the physician. See `assert_eligible`."""
    __tracebackhide__ = True
    decision = _decided(physician, patient, ruleset, on, path, engine)
    return assert_decision(decision, language=language, outcome="assess", **expected)


def assert_conditional(
    physician: Any,
    patient: Any = None,
    *,
    ruleset: Ruleset | str,
    on: date | None = None,
    path: Sequence[Path | str] = (),
    engine: str = "rete",
    language: str = "en",
    **expected: Any,
) -> Decision:
    """Assert that the answer depends on a subject that was left out; `condition` says how, as
    ``str(decision.condition)`` does. See `assert_eligible`."""
    __tracebackhide__ = True
    decision = _decided(physician, patient, ruleset, on, path, engine)
    return assert_decision(decision, language=language, outcome="conditional", **expected)


def assert_undetermined(
    physician: Any,
    patient: Any = None,
    *,
    ruleset: Ruleset | str,
    on: date | None = None,
    path: Sequence[Path | str] = (),
    engine: str = "rete",
    language: str = "en",
    **expected: Any,
) -> Decision:
    """Assert that facts are missing by which the answer is open; `missing` says which they are to
    be. See `assert_eligible`."""
    __tracebackhide__ = True
    decision = _decided(physician, patient, ruleset, on, path, engine)
    return assert_decision(decision, language=language, outcome="undetermined", **expected)


def _decided(
    physician: Any,
    patient: Any,
    ruleset: Ruleset | str,
    on: date | None,
    path: Sequence[Path | str],
    engine: str,
) -> Decision:
    __tracebackhide__ = True
    from flk_rules.errors import FlkError
    from flk_rules.testing.holding import ruleset_of

    subjects: Mapping[str, Any] = {"physician": physician, "patient": patient}
    try:
        return ruleset_of(ruleset, on, path).decide("eligibility", engine=engine, **subjects)
    except FlkError as error:  # the mistake is the test's: its traceback ends there
        raise error.with_traceback(None) from None
