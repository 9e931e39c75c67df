"""peer: rule-engine, Python.

A compiled `Rule` object per rule, each asked whether it matches.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import rule_engine

from benchmarks.shared import QUESTION, Answer, Combiner, Subject
from benchmarks.translating import Translator, settled

if TYPE_CHECKING:
    from flk_rules import Ruleset


def flat(fact: str) -> str:
    """A dotted name as one symbol."""
    return fact.replace(".", "_")


class _RuleEngine:
    """Conditions in rule-engine's language, each fact under one flat name: a nested one costs a
    conversion of the whole subject at every mention."""

    def true(self, fact: str) -> str:
        return flat(fact)

    def known(self, fact: str) -> str:
        return f"{flat(fact)} != null"

    def compare(self, fact: str, op: str, value: bool | int | float | str) -> str:
        return f"{flat(fact)} {op} {json.dumps(value)}"

    def size(self, fact: str, op: str, value: int) -> str:
        return f"{flat(fact)}.length {op} {value}"

    def contains(self, fact: str, code: str) -> str:
        return f"{json.dumps(code)} in {flat(fact)}"

    def one_of(self, fact: str, codes: Sequence[str]) -> str:
        return f"{flat(fact)} in {json.dumps(list(codes))}"

    def intersects(self, fact: str, codes: Sequence[str]) -> str:
        return f"[each for each in {flat(fact)} if each in {json.dumps(list(codes))}].length > 0"

    def negation(self, part: str) -> str:
        return f"not ({part})"

    def conjunction(self, parts: Sequence[str]) -> str:
        return f"({' and '.join(parts)})"

    def disjunction(self, parts: Sequence[str]) -> str:
        return f"({' or '.join(parts)})"


class RuleEngine:
    """rule-engine: each rule asked in turn, with None for what is not known."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.name = "rule-engine"
        self.version = version("rule-engine")
        rules = settled(ruleset.model, QUESTION)
        self.shape = f"{len(rules)} compiled rules, matches() each"
        self._combiner = Combiner(rules)
        self._names = {name: flat(name) for name in ruleset.schema.facts}
        self._unknown = dict.fromkeys(self._names.values())
        context = rule_engine.Context(default_value=None)
        translator = Translator(ruleset.model, _RuleEngine())
        self._rules = [
            (number, rule_engine.Rule(translator.write(rule.when), context=context).matches)
            for number, rule in enumerate(rules)
        ]

    def decide(self, physician: Subject, patient: Subject) -> Answer:
        """The answer from the numbers of the rules that match."""
        facts = dict(self._unknown)
        self._fill(facts, "physician", physician)
        self._fill(facts, "patient", patient)
        return self._combiner.of_numbers(
            tuple([number for number, matches in self._rules if matches(facts)])
        )

    answer = decide

    def _fill(self, facts: dict[str, Any], prefix: str, subject: Subject) -> None:
        for key, value in subject.items():
            name = f"{prefix}.{key}"
            if type(value) is dict:
                self._fill(facts, name, value)
            elif (symbol := self._names.get(name)) is not None:
                facts[symbol] = value


def build(ruleset: Ruleset) -> list[RuleEngine]:
    """The one shape that the benchmark times."""
    return [RuleEngine(ruleset)]
