"""coverage as JSON.

In the format that ``flk_rules/schemas/coverage-1.json`` documents.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flk_rules.analysis.coverage import Count, Figures, Point, RuleFigures
from flk_rules.model.rules import Text

FORMAT = "flk_rules/coverage/1"


def as_json(figures: Figures) -> dict[str, Any]:
    """The figures as JSON values."""
    return {
        "format": FORMAT,
        "decisions": figures.decisions,
        "kinds": figures.kinds,
        "totals": {
            "all": _count(figures.total),
            "values": _count(figures.values),
            "ways": _count(figures.ways),
            "overlays": _count(figures.overlays),
            "parameters": _count(figures.told),
        },
        "rules": [_rule(each) for each in figures.rules],
        "disabled": [
            {
                "id": each.rule.id,
                "ruleset": each.home,
                "because": _text(each.overlaid.because),
                "would_have_been_true": each.was_true,
            }
            for each in figures.taken
        ],
        "parameters": [
            {
                "id": each.parameter.id,
                "ruleset": each.home,
                "value": _value(each.parameter.value),
                "set": bool(each.parameter.overlaid),
                "read_by_rules": each.readers,
                "told": each.used,
            }
            for each in figures.parameters
        ],
    }


def _rule(figures: RuleFigures) -> dict[str, Any]:
    rule = figures.rule
    return {
        "id": rule.id,
        "ruleset": figures.home,
        "question": rule.decides,
        "effect": rule.effect.value,
        "force": rule.force.value,
        "because": _text(rule.because),
        "condition": rule.condition,
        "source": {
            "document": rule.source.document,
            "section": rule.source.section,
            "statement": rule.source.statement,
        },
        "valid_from": rule.valid_from.isoformat(),
        "valid_to": None if rule.valid_to is None else rule.valid_to.isoformat(),
        "place": _place(rule.origin.place),
        "values": _points(figures.values),
        "atoms": [
            {"text": each.atom.text, "within": list(each.atom.within), "ways": _points(each.ways)}
            for each in figures.atoms
        ],
        "overlays": [
            {
                "action": overlaid.action,
                "ruleset": overlaid.ruleset,
                "because": _text(overlaid.because),
                "made_a_difference": used,
            }
            for overlaid, used in figures.overlays
        ],
    }


def _points(points: Mapping[str, Point]) -> dict[str, Any]:
    return {
        name: {"state": point.state.value, **({"why": point.why.en} if point.why else {})}
        for name, point in points.items()
    }


def _count(count: Count) -> dict[str, Any]:
    share = count.percent
    return {
        "covered": count.covered,
        "reachable": count.reachable,
        "percent": None if share is None else round(share, 4),
    }


def _text(text: Text) -> dict[str, str]:
    return {"sv": text.sv, "en": text.en}


def _place(place: str) -> str:
    """The place without the folder that the rulesets happen to lie in."""
    return "/".join(re.split(r"[/\\]", place)[-2:])


def _value(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value
