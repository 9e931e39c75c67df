"""peer: Cedar, cedarpy.

A policy per rule: permits and forbids under one action, advice as permits under another, since a
Cedar answer names only the policies that determined it. Both requests go in one call.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import cedarpy

from benchmarks.shared import QUESTION, Answer, Subject
from benchmarks.translating import Translator, settled
from flk_rules.model.answers import Effect

if TYPE_CHECKING:
    from flk_rules import Ruleset

SCALE = 10_000
"""Cedar has no floating point; years cross as whole ten-thousandths."""


class _Cedar:
    """Conditions as Cedar expressions over `context`."""

    def true(self, fact: str) -> str:
        return f"context.{fact}"

    def known(self, fact: str) -> str:
        owner, _, key = fact.rpartition(".")
        return f"context.{owner} has {key}"

    def compare(self, fact: str, op: str, value: bool | int | float | str) -> str:
        if _is_scaled(fact):
            assert not isinstance(value, str)
            value = round(value * SCALE)
        return f"context.{fact} {op} {json.dumps(value)}"

    def size(self, fact: str, op: str, value: int) -> str:
        """Cedar has no size of a set; the two that the rules ask for are written another way."""
        if (op, value) == (">", 0):
            return f"!context.{fact}.isEmpty()"
        # More than one code: the caller hands the count over beside the set.
        return f"context.{fact}_count {op} {value}"

    def contains(self, fact: str, code: str) -> str:
        return f"context.{fact}.contains({json.dumps(code)})"

    def one_of(self, fact: str, codes: Sequence[str]) -> str:
        return f"{json.dumps(list(codes))}.contains(context.{fact})"

    def intersects(self, fact: str, codes: Sequence[str]) -> str:
        return f"context.{fact}.containsAny({json.dumps(list(codes))})"

    def negation(self, part: str) -> str:
        return f"!({part})"

    def conjunction(self, parts: Sequence[str]) -> str:
        return f"({' && '.join(parts)})"

    def disjunction(self, parts: Sequence[str]) -> str:
        return f"({' || '.join(parts)})"


def _is_scaled(fact: str) -> bool:
    return fact.rpartition(".")[2].startswith("years_")


class Cedar:
    """cedarpy with a parsed policy set and no entities."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.name = "cedarpy"
        self.version = version("cedarpy")
        self.shape = "parsed policy set, two requests in one batch"
        translator = Translator(ruleset.model, _Cedar())
        policies = {}
        for rule in settled(ruleset.model, QUESTION):
            action = "advise" if rule.effect is Effect.ADVISE else "decide"
            effect = "forbid" if rule.effect is Effect.FORBID else "permit"
            policies[rule.id] = (
                f'{effect}(principal, action == Action::"{action}", resource)'
                f" when {{ {translator.write(rule.when)} }};"
            )
        parsed = json.loads(cedarpy.policies_to_json_str("\n".join(policies.values())))
        # The parser numbers the policies in the order of the text; they get the rules' ids.
        numbered = parsed["staticPolicies"]
        parsed["staticPolicies"] = {
            name: numbered[f"policy{number}"] for number, name in enumerate(policies)
        }
        self._policies = cedarpy.PolicySet.from_json_str(json.dumps(parsed))
        self._entities = cedarpy.Entities.from_json_str("[]")
        common = {
            "principal": {"type": "Physician", "id": "p"},
            "resource": {"type": "List", "id": "l"},
        }
        self._decide = {**common, "action": {"type": "Action", "id": "decide"}}
        self._advise = {**common, "action": {"type": "Action", "id": "advise"}}

    def decide(self, physician: Subject, patient: Subject) -> Answer:
        """The answer; grounds and advice are the determining policies of the two requests."""
        context = json.dumps({"physician": _scaled(physician), "patient": patient})
        decided, advised = cedarpy.is_authorized_batch(
            [{**self._decide, "context": context}, {**self._advise, "context": context}],
            self._policies,
            self._entities,
        )
        outcome = "eligible" if decided.allowed else "not_eligible"
        return Answer(
            outcome,
            tuple(sorted(decided.diagnostics.reasons)),
            tuple(sorted(advised.diagnostics.reasons)),
        )

    answer = decide


def _scaled(physician: Subject) -> dict[str, Any]:
    copied = dict(physician)
    training = copied.get("training")
    if training:
        copied["training"] = {
            key: round(value * SCALE) if type(value) is float else value
            for key, value in training.items()
        }
    if "specialties" in copied:
        copied["specialties_count"] = len(copied["specialties"])
    return copied


def build(ruleset: Ruleset) -> list[Cedar]:
    """The one shape that the benchmark times."""
    return [Cedar(ruleset)]
