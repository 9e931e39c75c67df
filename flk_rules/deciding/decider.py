"""facts to answers.

Runs an engine on the facts, combines the firings, asks the reference interpreter which facts are
missing, and divides the answer where a subject was left out.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator, Mapping

from attrs import frozen

from flk_rules.deciding.axes import describe
from flk_rules.deciding.cells import Division, NotDivisible
from flk_rules.deciding.combining import Combining
from flk_rules.deciding.ways import WAYS
from flk_rules.engines import Engine, build_engine
from flk_rules.engines.reference import Interpreter, Trace, fire
from flk_rules.errors import Problem, RulesetInvalid, UnknownName
from flk_rules.facts import Facts
from flk_rules.language import print_expression
from flk_rules.model.answers import Effect, Outcome
from flk_rules.model.expressions import Expr, Has, ParameterRef
from flk_rules.model.rules import Rule, Ruleset
from flk_rules.model.values import Unknown, Value
from flk_rules.model.verdicts import Branch, Condition, Firings, Verdict

MAX_KEPT = 10_000
"""Kinds of facts whose verdicts are kept, a few MB at most."""

_Found = tuple[Verdict, Condition | None, tuple[str, ...]]
"""What an answer says besides the facts: verdict, condition and missing facts."""


@frozen(slots=False)  # half as long to make
class Answer:
    """A question answered: what was known, the verdict, the condition where a subject was left
    out, and the facts that could still change the outcome."""

    question: str
    engine: str
    facts: Facts
    verdict: Verdict
    condition: Condition | None
    missing: tuple[str, ...]


class Awaiting(Interpreter):
    """The reference interpreter while subjects are left out.

    `has` asks about a record. A subject that was left out has none yet, so the answer is unknown.
    """

    def __init__(
        self,
        ruleset: Ruleset,
        left_out: tuple[str, ...],
        open_parameters: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(ruleset, open_parameters)
        self._left_out = left_out

    def trace(self, node: Expr, facts: Mapping[str, Value]) -> Trace:
        if isinstance(node, Has) and self._left_out:
            name = node.fact.path
            if name.partition(".")[0] in self._left_out:
                return Trace(node, Unknown(frozenset({name})))
        return super().trace(node, facts)


class Decider:
    """Answers one question of one ruleset with one engine."""

    def __init__(self, ruleset: Ruleset, question: str, engine: str) -> None:
        if question not in ruleset.questions:
            raise UnknownName("question", question, ruleset.questions, ruleset.id)
        self._ruleset = ruleset
        self._question = question
        self._name = engine
        self.engine: Engine = build_engine(engine, ruleset, question)
        self._rules = {rule.id: rule for rule in ruleset.rules_of(question)}
        self._conditions = [*enumerate(rule.when for rule in self._rules.values())]
        self._reads = [
            {each.path for each in ruleset.nodes_of(when) if isinstance(each, ParameterRef)}
            for _, when in self._conditions
        ]
        way = WAYS[ruleset.questions[question].combine]
        self._interpreter = Interpreter(ruleset)
        rules = tuple(self._rules.values())
        self.numbers = numbers(rules, self._interpreter)
        self.combining: Combining = way(rules, self.numbers)
        self._divisions: dict[tuple[str, ...], Division | None] = {}
        # No lock: threads that find the same twice write the same.
        self._kept: dict[tuple[tuple[str, ...], Hashable], _Found] = {}

    def __reduce__(self) -> tuple[type[Decider], tuple[Ruleset, str, str]]:
        return Decider, (self._ruleset, self._question, self._name)

    def answer(self, facts: Facts) -> Answer:
        """The answer for facts of this ruleset's schema. What was found for facts is kept for
        those of the same kind, if they are validated: True is no 1."""
        if facts.validated and (kind := self.engine.kind(facts.values)) is not None:
            key = facts.left_out, kind
            found = self._kept.get(key) or self._keep(key, self._find(facts))
        else:
            found = self._find(facts)
        verdict, condition, missing = found
        return Answer(self._question, self._name, facts, verdict, condition, missing)

    def _keep(self, key: tuple[tuple[str, ...], Hashable], found: _Found) -> _Found:
        if len(self._kept) >= MAX_KEPT:
            self._kept.clear()
        self._kept[key] = found
        return found

    def _find(self, facts: Facts) -> _Found:
        if not facts.left_out:
            verdict = self.combining.verdict(self.engine.fire(facts.values))
            return verdict, None, self.missing(verdict, facts.values, self._interpreter)
        if (division := self._division(facts.left_out)) is not None:
            return self._divided(facts, division)
        awaiting = Awaiting(self._ruleset, facts.left_out)
        verdict = self.combining.verdict(fire(awaiting, self._conditions, facts.values))
        return verdict, None, self.missing(verdict, facts.values, awaiting)

    def opened(self, facts: Facts, parameters: Iterable[str]) -> Iterator[list[Firings]]:
        """What the reference interpreter fires on the cases that the left-out subjects make: first
        as things are, then with each parameter in turn taken as not known. Only the rules that
        read a parameter are asked again."""
        division = self._division(facts.left_out)
        left_out = facts.left_out if division is None else ()
        cells = [{}] if division is None else [values for _, values in division.cells()]
        cases = [{**facts.values, **cell} for cell in cells]
        interpreter = Awaiting(self._ruleset, left_out)
        settled = [fire(interpreter, self._conditions, known) for known in cases]
        yield settled
        for parameter in parameters:
            again = [(n, when) for n, when in self._conditions if parameter in self._reads[n]]
            kept = ~sum(1 << number for number, _ in again)
            interpreter = Awaiting(self._ruleset, left_out, frozenset({parameter}))
            opened = []
            for known, before in zip(cases, settled, strict=True):
                asked = fire(interpreter, again, known)
                opened.append(
                    Firings(before.true & kept | asked.true, before.unknown & kept | asked.unknown)
                )
            yield opened

    def _division(self, subjects: tuple[str, ...]) -> Division | None:
        """The cells of the subjects' facts; None where there is no finite division, and the
        answer is then undetermined by what is missing."""
        if subjects not in self._divisions:
            try:
                found = Division(self._ruleset, self._question, subjects)
            except NotDivisible:
                found = None
            self._divisions[subjects] = found
        return self._divisions[subjects]

    def missing(
        self, verdict: Verdict, values: Mapping[str, Value], interpreter: Interpreter
    ) -> tuple[str, ...]:
        """The missing facts that the verdict's pivotal rules are unknown by."""
        names: set[str] = set()
        for rule in verdict.pivotal:
            value = interpreter.trace(self._rules[rule].when, values).value
            if isinstance(value, Unknown):
                names |= value.missing
        return tuple(sorted(names))

    def _divided(self, facts: Facts, division: Division) -> _Found:
        firings: dict[tuple[int, ...], Firings] = {}
        missing: dict[tuple[int, ...], tuple[str, ...]] = {}
        sides: dict[tuple[int, ...], tuple[Outcome, str, int | float]] = {}
        for choice, values in division.cells():
            known = {**facts.values, **values}
            firings[choice] = self.engine.fire(known)
            verdict = self.combining.verdict(firings[choice])
            missing[choice] = self.missing(verdict, known, self._interpreter)
            reason = verdict.reason.value if verdict.reason else ""
            sides[choice] = verdict.outcome, reason, verdict.value or 0
        whole = self.combining.merged(list(firings.values()))
        everything = tuple(sorted({name for each in missing.values() for name in each}))
        # The best answer first, so that the text reads "eligible if ..., otherwise ...".
        order = list(Outcome)
        distinct = sorted(set(sides.values()), key=lambda side: (order.index(side[0]), *side[1:]))
        if len(distinct) == 1:
            return whole, None, everything
        branches = []
        for side in distinct:
            mine = [choice for choice, each in sides.items() if each == side]
            when = describe(division.axes, sides, side)
            branches.append(
                Branch(
                    when=when,
                    text=print_expression(when),
                    verdict=self.combining.merged([firings[choice] for choice in mine]),
                    missing=tuple(sorted({name for choice in mine for name in missing[choice]})),
                )
            )
        return whole, Condition(subjects=facts.left_out, branches=tuple(branches)), everything


def numbers(rules: Iterable[Rule], interpreter: Interpreter) -> dict[str, int | float]:
    """The numbers that rules bring by parameters alone."""
    found: dict[str, int | float] = {}
    for rule in rules:
        if rule.amount is not None and rule.effect is not Effect.GROUND:
            value = interpreter.trace(rule.amount, {}).value
            if not isinstance(value, (int, float)) or not math.isfinite(value):
                why = value.error if isinstance(value, Unknown) else f"found {value}"
                raise RulesetInvalid([Problem(rule.origin.place, f"expected a number: {why}")])
            found[rule.id] = value
    return found
