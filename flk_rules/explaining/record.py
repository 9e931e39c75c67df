"""answers as JSON.

The versioned record of a decision: `flk_rules/schemas/decision-1.json` documents it. JSON values
only, facts by name, rules with their sources; subjects' references and no other identity.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flk_rules.deciding import Answer, Decider
from flk_rules.explaining.assumptions import assumptions_of
from flk_rules.explaining.replay import replay
from flk_rules.model.rules import Citation, Overlaid, Parameter, Ruleset, Text
from flk_rules.model.values import Value
from flk_rules.model.verdicts import Branch, Verdict

FORMAT = "flk_rules/decision/1"


def record(answer: Answer, ruleset: Ruleset, decider: Decider) -> dict[str, Any]:
    """The decision as a dictionary that `json.dumps` takes as it is."""
    verdict, facts = answer.verdict, answer.facts
    question = ruleset.questions[answer.question]
    condition = answer.condition
    return {
        "format": FORMAT,
        "question": answer.question,
        "scope": _text(question.scope),
        "on": facts.on.isoformat(),
        "ruleset": {
            "id": ruleset.id,
            "version": ruleset.version,
            "fingerprint": ruleset.fingerprint,
            "layers": [{"id": each.id, "version": each.version} for each in ruleset.layers],
            "disabled": sorted(ruleset.disabled),
            "readings": [_text(each) for each in ruleset.readings],
        },
        "engine": answer.engine,
        "references": dict(facts.references),
        "left_out": list(facts.left_out),
        "facts": {name: json_value(value) for name, value in sorted(facts.values.items())},
        **_verdict(verdict),
        "condition": None if condition is None else [_branch(each) for each in condition.branches],
        "missing": list(answer.missing),
        "assumptions": [_parameter(each) for each in assumptions_of(answer, ruleset, decider)],
        "rules": {
            name: _rule(name, answer, ruleset) for name in _mentioned(verdict, condition)
        },
    }  # fmt: skip


def json_value(value: Value) -> Any:
    """A fact's or parameter's value with sets as sorted lists."""
    return sorted(value) if isinstance(value, (frozenset, tuple)) else value


def _mentioned(verdict: Verdict, condition: Any) -> list[str]:
    branches: Iterable[Branch] = condition.branches if condition else ()
    verdicts = [verdict, *(each.verdict for each in branches)]
    return sorted(
        {
            rule
            for each in verdicts
            for rule in (
                *each.grounds, *each.defeated, *each.failed, *each.unknown, *each.advice
            )
        }
    )  # fmt: skip


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "outcome": verdict.outcome.value,
        "reason": verdict.reason.value if verdict.reason else None,
        "force": verdict.force.value if verdict.force else None,
        "grounds": list(verdict.grounds),
        "defeated": list(verdict.defeated),
        "failed": list(verdict.failed),
        "unknown": list(verdict.unknown),
        "pivotal": list(verdict.pivotal),
        "advice": list(verdict.advice),
    }


def _branch(branch: Branch) -> dict[str, Any]:
    return {"when": branch.text, **_verdict(branch.verdict), "missing": list(branch.missing)}


def _rule(name: str, answer: Answer, ruleset: Ruleset) -> dict[str, Any]:
    found = replay(name, answer, ruleset)
    rule = found.rule
    return {
        "effect": rule.effect.value,
        "force": rule.force.value,
        "when": rule.condition,
        "because": _text(rule.because),
        "reading": _text(rule.reading) if rule.reading else None,
        "source": _source(rule.source),
        "valid_from": rule.valid_from.isoformat(),
        "valid_to": rule.valid_to.isoformat() if rule.valid_to else None,
        "ruleset": rule.origin.ruleset,
        "overlaid": [_overlaid(each) for each in rule.overlaid],
        "reads": sorted(found.facts),
        "parameters": sorted(found.parameters),
        "missing": list(found.missing),
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "id": parameter.id,
        "value": json_value(parameter.value),
        "unit": parameter.unit,
        "basis": parameter.basis.value,
        "because": _text(parameter.because),
        "ruleset": parameter.origin.ruleset,
    }


def _overlaid(overlaid: Overlaid) -> dict[str, Any]:
    return {
        "action": overlaid.action,
        "ruleset": overlaid.ruleset,
        "because": _text(overlaid.because),
        "source": _source(overlaid.source),
    }


def _source(source: Citation) -> Mapping[str, Any]:
    return {
        "document": source.document,
        "section": source.section,
        "note": source.note,
        "provision": source.provision,
        "statement": source.statement,
    }


def _text(text: Text) -> dict[str, str]:
    return {"sv": text.sv, "en": text.en}
