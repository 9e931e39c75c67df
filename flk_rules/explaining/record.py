"""answers as JSON.

The versioned record of a decision: `flk_rules/schemas/decision-1.json` documents it. JSON values
only, facts by name, rules with their sources; subjects' references and no other identity.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flk_rules.deciding import Answer, Decider
from flk_rules.explaining.assumptions import assumptions_of
from flk_rules.explaining.dormancy import dormant_rules
from flk_rules.explaining.measuring import measure
from flk_rules.explaining.pointing import seen
from flk_rules.explaining.replay import Replay, replay, standing
from flk_rules.model.rules import (
    Citation,
    Definition,
    Overlaid,
    Parameter,
    Question,
    Ruleset,
    Text,
)
from flk_rules.model.values import Value
from flk_rules.model.verdicts import Branch, Verdict

FORMAT = "flk_rules/decision/1"


def record(answer: Answer, ruleset: Ruleset, decider: Decider) -> dict[str, Any]:
    """The decision as a dictionary that `json.dumps` takes as it is."""
    facts, condition = answer.facts, answer.condition
    question = ruleset.questions[answer.question]
    branches = condition.branches if condition else ()
    names = _mentioned(answer.verdict, branches) | set(standing(answer, ruleset))
    replays = {name: replay(name, answer, ruleset) for name in sorted(names)}
    definitions = {name for each in replays.values() for name in each.definitions}
    assumptions = assumptions_of(answer, ruleset, decider)
    parameters = {name for each in replays.values() for name in each.parameters}
    parameters |= {each.id for each in assumptions}
    return {
        "format": FORMAT,
        "question": answer.question,
        "scope": _text(question.scope),
        "on": facts.on.isoformat(),
        "ruleset": _ruleset(ruleset, answer.question),
        "engine": answer.engine,
        "references": dict(facts.references),
        "left_out": list(facts.left_out),
        "facts": {name: json_value(value) for name, value in sorted(facts.values.items())},
        **verdict_record(answer.verdict),
        "measure": measure_record(answer, ruleset),
        "condition": None if condition is None else [branch_record(each) for each in branches],
        "missing": list(answer.missing),
        "assumptions": [each.id for each in assumptions],
        "see": {each.id: _seen(each, ruleset) for each in seen(answer, ruleset)},
        "rules": {name: _rule(each) for name, each in replays.items()},
        "definitions": {
            name: _definition(ruleset.definitions[name]) for name in sorted(definitions)
        },
        "parameters": {name: _parameter(ruleset.parameters[name]) for name in sorted(parameters)},
    }


def json_value(value: Value) -> Any:
    """A fact's or parameter's value with sets as sorted lists."""
    return sorted(value) if isinstance(value, (frozenset, tuple)) else value


def _mentioned(verdict: Verdict, branches: Iterable[Branch]) -> set[str]:
    """Every rule that some list of the verdicts names."""
    names: set[str] = set()
    for each in (verdict, *(branch.verdict for branch in branches)):
        names.update(each.grounds, each.defeated, each.failed, each.unknown, each.advice)
        names.update(each.directions)
    return names


def _ruleset(ruleset: Ruleset, question: str) -> dict[str, Any]:
    return {
        "id": ruleset.id,
        "version": ruleset.version,
        "fingerprint": ruleset.fingerprint,
        "layers": [{"id": each.id, "version": each.version} for each in ruleset.layers],
        "disabled": {name: _overlaid(each) for name, each in ruleset.disabled.items()},
        "dormant": {
            each.id: [
                {"first": first.isoformat(), "last": last.isoformat() if last else None}
                for first, last in each.days
            ]
            for each in dormant_rules(question, ruleset)
        },
        "readings": [_text(each) for each in ruleset.readings],
        "documents": {
            name: {"title": each.title, "publisher": each.publisher, "published": each.published}
            for name, each in sorted(ruleset.documents.items())
        },
    }


def verdict_record(verdict: Verdict) -> dict[str, Any]:
    """An outcome with the rules that made it."""
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
        "value": verdict.value,
        "directions": list(verdict.directions),
    }


def measure_record(answer: Answer, ruleset: Ruleset) -> dict[str, Any] | None:
    """The number beside its fact, None where there is none."""
    found = measure(answer, ruleset)
    if found is None:
        return None
    return {
        "compared": found.compared,
        "found": found.found,
        "difference": found.difference,
        "status": found.status,
        "factors": dict(found.factors),
        "adjusted": found.adjusted,
        "missing": list(found.missing),
        "unusable": list(found.unusable),
    }


def _seen(question: Question, ruleset: Ruleset) -> dict[str, Any]:
    how = question.assessing
    return {
        "title": _text(question.title),
        "scope": _text(question.scope),
        "source": _source(question.source),
        "assessing": how
        and {
            "what": _text(how.what),
            "by": _text(how.by),
            "against": how.against
            and {
                "list": how.against,
                "codes": [
                    {"code": each.id, "label": {"sv": each.sv, "en": each.en}}
                    for each in ruleset.schema.codes_of(how.against).values()
                ],
            },
            "tool": how.tool,
            "source": _source(how.source),
        },
    }


def branch_record(branch: Branch) -> dict[str, Any]:
    """One side of a conditional answer."""
    return {"when": branch.text, **verdict_record(branch.verdict), "missing": list(branch.missing)}


def _rule(found: Replay) -> dict[str, Any]:
    rule = found.rule
    return {
        "effect": rule.effect.value,
        "force": rule.force.value,
        "when": rule.condition,
        "value": rule.formula,
        "see": rule.see,
        "truth": found.truth,
        "missing": list(found.missing),
        "reads": sorted(found.facts),
        "parameters": sorted(found.parameters),
        "definitions": sorted(found.definitions),
        "because": _text(rule.because),
        "reading": _text(rule.reading),
        "source": _source(rule.source),
        "valid_from": rule.valid_from.isoformat(),
        "valid_to": rule.valid_to.isoformat() if rule.valid_to else None,
        "ruleset": rule.origin.ruleset,
        "overlaid": [_overlaid(each) for each in rule.overlaid],
    }


def _definition(definition: Definition) -> dict[str, Any]:
    return {
        "when": definition.condition,
        "because": _text(definition.because),
        "source": _source(definition.source),
        "ruleset": definition.origin.ruleset,
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "value": json_value(parameter.value),
        "unit": parameter.unit,
        "basis": parameter.basis.value,
        "because": _text(parameter.because),
        "reading": _text(parameter.reading),
        "source": _source(parameter.source),
        "statement": parameter.statement,
        "ruleset": parameter.origin.ruleset,
        "overlaid": [_overlaid(each) for each in parameter.overlaid],
    }


def _overlaid(overlaid: Overlaid) -> dict[str, Any]:
    return {
        "action": overlaid.action,
        "ruleset": overlaid.ruleset,
        "because": _text(overlaid.because),
        "source": _source(overlaid.source),
    }


def _source(source: Citation | None) -> dict[str, Any] | None:
    if source is None:
        return None
    return {
        "document": source.document,
        "section": source.section,
        "note": source.note,
        "provision": source.provision,
        "statement": source.statement,
    }


def _text(text: Text | None) -> dict[str, str] | None:
    return None if text is None else {"sv": text.sv, "en": text.en}
