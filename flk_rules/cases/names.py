"""names of expectations.

What a case may name of its ruleset: outcomes of the question, rules by short name or whole id,
facts and parameters. A name that is not there is a mistake of the file, with the nearest that is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flk_rules.cases.keys import EXPECTATIONS, NONE, Kind
from flk_rules.errors import nearest, shown
from flk_rules.library import Ruleset
from flk_rules.model.answers import OUTCOMES_OF, Effect


class Names:
    """The names of one question of a ruleset."""

    def __init__(self, ruleset: Ruleset, question: str) -> None:
        model = ruleset.model
        asked = model.questions[question]
        self._about = f"{question} in {model.id} on {model.on}"
        self._outcomes = tuple(each.value for each in OUTCOMES_OF[asked.combine])
        self._rules: dict[str, tuple[str, ...]] = {}
        for rule in model.rules_of(question):
            for name in endings(rule.id):
                self._rules[name] = (*self._rules.get(name, ()), rule.id)
        self._facts = tuple(
            name for name, spec in model.schema.facts.items() if spec.subject in asked.subjects
        )
        self._parameters = tuple(model.parameters)
        self._marks = frozenset(
            rule.id
            for rule in model.rules_of(question)
            if rule.effect is Effect.ADVISE and rule.amount is not None
        )

    def resolve(self, key: str, value: Any) -> tuple[Any, list[str]]:
        """The value of an expectation as `Case.expected` has it, and the mistakes in it."""
        kind = EXPECTATIONS[key].kind
        if kind is Kind.RULES:
            return self._ruled(value)
        if kind is Kind.NUMBERS:
            return self._numbered(value)
        if kind in (Kind.FACTS, Kind.PARAMETERS):
            what, known = (
                ("fact", self._facts) if kind is Kind.FACTS else ("parameter", self._parameters)
            )
            wrong = [self._absent(what, each, known) for each in value if each not in known]
            return tuple(sorted(value)), wrong
        if key == "outcome" and value not in self._outcomes:
            listed = ", ".join(self._outcomes)
            hint = nearest(value, self._outcomes)
            return value, [f"no outcome {value!r} of {self._about}{hint} (there is: {listed})"]
        return None if value == NONE else value, []

    def rules(self, names: Iterable[str]) -> tuple[tuple[str, ...], list[str]]:
        """Whole ids of rules, sorted, and the mistakes among the names."""
        ids: list[str] = []
        wrong: list[str] = []
        for name in names:
            found = self._rules.get(name, ())
            if len(found) == 1:
                ids.append(found[0])
            elif found:
                listed = " or ".join(found)
                wrong.append(f"{len(found)} rules are called {name!r}; expected {listed}")
            else:
                depth = name.count(".")
                known = [each for each in self._rules if each.count(".") == depth]
                hint = nearest(name, known) or nearest(name, self._rules)
                wrong.append(f"no rule {shown(name)} decides {self._about}{hint}")
        return tuple(sorted(ids)), wrong

    def _ruled(self, value: Iterable[str]) -> tuple[tuple[str, ...], list[str]]:
        ids, wrong = self.rules(value)
        twice = sorted({each for each in ids if ids.count(each) > 1})
        return ids, [*wrong, *(f"the rule {each} is named twice" for each in twice)]

    def _numbered(self, value: Mapping[str, float]) -> tuple[dict[str, float], list[str]]:
        """Numbers by whole ids of rules that advise and have one."""
        numbers: dict[str, float] = {}
        wrong: list[str] = []
        for name, number in value.items():
            ids, mistakes = self.rules([name])
            wrong += mistakes
            for each in ids:
                if each not in self._marks:
                    known = ", ".join(sorted(self._marks)) or "none"
                    wrong.append(f"the rule {each} is no advice with a number (there is: {known})")
                elif each in numbers:
                    wrong.append(f"the rule {each} is named twice")
                numbers[each] = number
        return numbers, wrong

    def _absent(self, what: str, name: str, known: Iterable[str]) -> str:
        return f"no {what} {shown(name)} of {self._about}{nearest(name, known)}"


def endings(rule: str) -> Iterator[str]:
    """``b.c``, ``c`` and the whole of ``a.b.c``: what a rule may be called for short."""
    yield rule
    while "." in rule:
        rule = rule.partition(".")[2]
        yield rule
