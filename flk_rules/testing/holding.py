"""what assertions hold.

The rulesets of assertions, loaded once, and the text of an assertion that fails.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from flk_rules.cases import EXPECTATIONS, Difference, said
from flk_rules.cases.keys import KEYS
from flk_rules.cases.names import Names
from flk_rules.cases.rulesets import Rulesets
from flk_rules.cases.shapes import mistake
from flk_rules.decision import Decision
from flk_rules.errors import CasesInvalid, DateInvalid, Problem, nearest
from flk_rules.library import Ruleset
from flk_rules.testing.showing import difference_lines, text

_RULESETS = Rulesets()


def ruleset_of(ruleset: Ruleset | str, on: date | None, path: Sequence[Path | str]) -> Ruleset:
    """The ruleset itself, or the one of that id on the date, loaded once."""
    __tracebackhide__ = True
    if isinstance(ruleset, Ruleset):
        if on is not None and on != ruleset.on:
            message = f"expected {ruleset.on}, for which the ruleset is loaded, found {on}"
            raise CasesInvalid([Problem("on", message)])
        return ruleset
    if type(on) is not date:
        raise DateInvalid("on", on)
    return _RULESETS.load(ruleset, on, tuple(Path(each) for each in path))


def differing(decision: Decision, expected: Mapping[str, Any], language: str) -> str | None:
    """The message of an assertion that fails, None where the decision is as expected.

    Raises `CasesInvalid` for what a decision cannot say: unknown keys, rules, facts, outcomes.
    """
    __tracebackhide__ = True
    wanted = _resolved(decision, expected)
    found = tuple(
        Difference(key=key, expected=value, found=there)
        for key, value in wanted.items()
        if (there := said(decision, key)) != value
    )
    if not found:
        return None
    _, model, _ = decision.parts
    about = f"{decision.question} in {model.id} on {decision.on} is not as expected"
    return f"{about}\n{text(difference_lines(decision, found, language))}"


def _resolved(decision: Decision, expected: Mapping[str, Any]) -> dict[str, Any]:
    __tracebackhide__ = True
    _, model, _ = decision.parts
    names = Names(Ruleset(model), decision.question)
    problems: list[Problem] = []
    resolved: dict[str, Any] = {}
    for key, given in expected.items():
        value = _plain(given)
        if key not in EXPECTATIONS:
            message = f"unknown key{nearest(key, EXPECTATIONS)} (known: {', '.join(EXPECTATIONS)})"
            problems.append(Problem(key, message))
        elif (wrong := mistake(KEYS[key], value)) is not None:
            problems.append(Problem(key, wrong))
        else:
            resolved[key], mistakes = names.resolve(key, value)
            problems += [Problem(key, each) for each in mistakes]
    if problems:
        raise CasesInvalid(problems)
    return resolved


def _plain(value: Any) -> Any:
    """A value as a table would say it: nothing as ``"none"``, members of enums by their value."""
    if value is None:
        return "none"
    if isinstance(value, (tuple, set, frozenset)):
        return list(value)
    return getattr(value, "value", value)
