"""facts to answers.

Runs an engine on the facts, combines the firings, asks the reference interpreter which facts are
missing, and divides the answer where a subject was left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from flk_rules.deciding.cells import Division, NotDivisible, describe
from flk_rules.deciding.combining import ForbidOverrides
from flk_rules.engines import Engine, build_engine
from flk_rules.engines.reference import Interpreter
from flk_rules.errors import UnknownName
from flk_rules.facts import Facts
from flk_rules.language import print_expression
from flk_rules.model.rules import Ruleset
from flk_rules.model.values import Unknown, Value
from flk_rules.model.verdicts import Branch, Condition, Outcome, Verdict


@frozen(kw_only=True)
class Answer:
    """A question answered: what was known, the verdict, the condition where a subject was left
    out, and the facts that could still change an undetermined outcome."""

    question: str
    engine: str
    facts: Facts
    verdict: Verdict
    condition: Condition | None
    missing: tuple[str, ...]


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
        self.combining = ForbidOverrides(tuple(self._rules.values()))
        self._interpreter = Interpreter(ruleset)
        self._divisions: dict[tuple[str, ...], Division | NotDivisible] = {}

    def answer(self, facts: Facts) -> Answer:
        """The answer for facts of this ruleset's schema."""
        condition: Condition | None = None
        if facts.left_out and (division := self.division(facts.left_out)).axes:
            verdict, condition, missing = self._divided(facts, division)
        else:
            verdict = self.combining.verdict(self.engine.fire(facts.values))
            missing = self.missing(verdict, facts.values) if verdict.pivotal else ()
        return Answer(
            question=self._question,
            engine=self._name,
            facts=facts,
            verdict=verdict,
            condition=condition,
            missing=missing,
        )

    def division(self, subjects: tuple[str, ...]) -> Division:
        """The cells of the subjects' facts; without axes where there is no finite division, and
        the answer is then undetermined by what is missing."""
        found = self._divisions.get(subjects)
        if found is None:
            try:
                found = Division(self._ruleset, self._question, subjects)
            except NotDivisible as error:
                found = error
            self._divisions[subjects] = found
        return Division(self._ruleset, self._question, ()) if isinstance(
            found, NotDivisible
        ) else found  # fmt: skip

    def missing(self, verdict: Verdict, values: Mapping[str, Value]) -> tuple[str, ...]:
        """The missing facts that the verdict's pivotal rules are unknown by."""
        names: set[str] = set()
        for rule in verdict.pivotal:
            value = self._interpreter.trace(self._rules[rule].when, values).value
            if isinstance(value, Unknown):
                names |= value.missing
        return tuple(sorted(names))

    def _divided(
        self, facts: Facts, division: Division
    ) -> tuple[Verdict, Condition | None, tuple[str, ...]]:
        verdicts: dict[tuple[int, ...], Verdict] = {}
        missing: dict[tuple[int, ...], tuple[str, ...]] = {}
        for choice, values in division.cells():
            known = {**facts.values, **values}
            verdict = self.combining.verdict(self.engine.fire(known))
            verdicts[choice] = verdict
            missing[choice] = self.missing(verdict, known) if verdict.pivotal else ()
        sides = {choice: (each.outcome, each.reason) for choice, each in verdicts.items()}
        # The best answer first, so that the text reads "eligible if ..., otherwise ...".
        order = list(Outcome)
        distinct = sorted(set(sides.values()), key=lambda side: (order.index(side[0]), str(side)))
        branches = []
        for side in distinct:
            mine = [choice for choice, each in sides.items() if each == side]
            when = describe(division.axes, sides, side)
            branches.append(
                Branch(
                    when=when,
                    text=print_expression(when),
                    verdict=_merged([verdicts[choice] for choice in mine]),
                    missing=tuple(sorted({name for choice in mine for name in missing[choice]})),
                )
            )
        if len(branches) == 1:
            return branches[0].verdict, None, branches[0].missing
        whole = _merged(list(verdicts.values()), Outcome.CONDITIONAL)
        condition = Condition(subjects=facts.left_out, branches=tuple(branches))
        return whole, condition, tuple(sorted({n for each in missing.values() for n in each}))


def _merged(verdicts: Sequence[Verdict], outcome: Outcome | None = None) -> Verdict:
    """One verdict for many cells: what holds in all of them; what varies is unknown.

    Where cells of one outcome have no ground in common, their grounds are listed together.
    """
    first = verdicts[0]
    if len(verdicts) == 1:
        return first

    def common(name: str) -> tuple[str, ...]:
        sets = [set(getattr(each, name)) for each in verdicts]
        return tuple(sorted(set.intersection(*sets)))

    def anywhere(name: str) -> set[str]:
        return {rule for each in verdicts for rule in getattr(each, name)}

    conditional = outcome is Outcome.CONDITIONAL
    grounds = common("grounds")
    if not grounds and not conditional:
        grounds = tuple(sorted(anywhere("grounds")))
    settled = {*grounds, *common("defeated"), *common("failed"), *common("advice")}
    varying = anywhere("grounds") | anywhere("defeated") | anywhere("advice") | anywhere("failed")
    return Verdict(
        outcome=outcome or first.outcome,
        reason=None if conditional else first.reason,
        force=None if conditional else first.force,
        grounds=() if conditional else grounds,
        defeated=common("defeated"),
        failed=common("failed"),
        unknown=tuple(sorted((anywhere("unknown") | varying) - settled)),
        pivotal=tuple(sorted(anywhere("pivotal"))),
        advice=common("advice"),
    )
