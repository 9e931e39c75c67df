"""numbers in words.

The number of a value question as a person reads it, beside the fact it is held against.
"""

from __future__ import annotations

from collections.abc import Iterator

from flk_rules.deciding import Answer
from flk_rules.explaining.measuring import Measure, measure
from flk_rules.explaining.phrases import label, measured, plain
from flk_rules.explaining.words import word
from flk_rules.model.rules import Ruleset


def figured(answer: Answer, ruleset: Ruleset, language: str) -> Iterator[str]:
    """The lines about the number, none where none is stated."""
    found = measure(answer, ruleset)
    if found is None:
        return
    yield f"  {plain(found.value, None, ruleset, language)}"
    if found.compared is not None:
        yield f"  {label(found.compared, ruleset, language)} = {_held(found, ruleset, language)}"
    if found.adjusted is not None:
        yield f"  {word('adjusted', language)}: {round(found.adjusted)}"
        for rule, factor in found.factors:
            because = ruleset.rules[rule].because.in_language(language)
            yield f"      x {plain(factor, None, ruleset, language)}  {because}"
    elif found.unusable:
        yield f"  {word('unusable', language)}: {', '.join(found.unusable)}"
    elif found.missing:
        names = ", ".join(label(each, ruleset, language) for each in found.missing)
        yield f"  {word('not_adjusted', language)}: {names}"


def _held(found: Measure, ruleset: Ruleset, language: str) -> str:
    """``1180 (over: +80)``"""
    if found.found is None or found.status is None:
        return word("unknown", language)
    unit = ruleset.schema.facts[str(found.compared)].unit
    shown = measured(found.found, None, unit, ruleset, language)
    sign = "+" if found.difference and found.difference > 0 else ""
    by = f": {sign}{plain(found.difference, None, ruleset, language)}" if found.difference else ""
    return f"{shown} ({word(found.status, language)}{by})"
