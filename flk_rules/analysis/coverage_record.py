"""what decisions covered.

Told of decisions, a recorder keeps the kinds of facts that it has not met and traces those alone on
the reference interpreter. What it finds is a record, which merges with records of other processes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Hashable, Mapping
from weakref import WeakKeyDictionary

from attrs import frozen

from flk_rules.analysis.coverage_conditions import shown
from flk_rules.analysis.coverage_points import (
    Record,
    RuleSeen,
    bit,
    note,
    parameter_keys,
    taken_keys,
)
from flk_rules.deciding import Awaiting, Decider
from flk_rules.deciding.cells import Division, NotDivisible
from flk_rules.decision import Decision
from flk_rules.engines.reference import Interpreter, Trace
from flk_rules.model.expressions import ParameterRef
from flk_rules.model.rules import Overlaid, Rule, Ruleset
from flk_rules.model.values import Unknown, Value


@frozen
class _Pending:
    """Facts of a kind that was not met before."""

    plan: _Plan
    values: Mapping[str, Value]
    left_out: tuple[str, ...]


class Recorder:
    """A watcher of decisions; see `flk_rules.watching`.

    `homes` are the rulesets whose rules are counted, none for all. Being told is cheap and asks
    nothing of a lock; `trace` looks at what has come since it was last called.
    """

    def __init__(self, homes: Collection[str] = ()) -> None:
        self._homes = frozenset(homes)
        self._record = Record()
        # By decider, for kinds of two engines are not comparable; weakly, for engines are dear.
        self._plans: WeakKeyDictionary[Decider, _Plan] = WeakKeyDictionary()
        self._pending: deque[_Pending] = deque()

    def __call__(self, decision: Decision) -> None:
        """Takes note of a decision."""
        answer, ruleset, decider = decision.parts
        plan = self._plans.get(decider)
        if plan is None:
            plan = self._plans[decider] = _Plan(ruleset, answer.question, self._record, self._homes)
            self._record.rulesets.update(layer.id for layer in ruleset.layers)
        self._record.decisions += 1
        facts = answer.facts
        kind = decider.engine.kind(facts.values) if facts.validated else None
        key = facts.left_out, frozenset(facts.values.items()) if kind is None else kind
        if key not in plan.met:
            plan.met.add(key)
            self._pending.append(_Pending(plan, facts.values, facts.left_out))

    def trace(self) -> Record:
        """What all decisions so far have shown."""
        while self._pending:
            new = self._pending.popleft()
            self._record.kinds += 1
            new.plan.trace(new.values, new.left_out)
        return self._record


class _Plan:
    """What to look for in decisions of one question of one ruleset."""

    def __init__(
        self, ruleset: Ruleset, question: str, record: Record, homes: frozenset[str]
    ) -> None:
        self._ruleset, self._question = ruleset, question
        self.met: set[Hashable] = set()
        self._interpreter = Interpreter(ruleset)
        noted = {each.rule.id: each for each in note(ruleset, record, homes)}
        self._parameters = {
            name: record.parameters[key]
            for name, key in parameter_keys(ruleset).items()
            if key in record.parameters
        }
        self._watched = [noted[each.id] for each in ruleset.rules_of(question) if each.id in noted]
        taken = [record.taken.get(key) for key in taken_keys(ruleset).values()]
        self._taken = [
            each
            for each in taken
            if each and each.rule.decides == question and _lives(each.rule, ruleset)
        ]

    def trace(self, values: Mapping[str, Value], left_out: tuple[str, ...]) -> None:
        """Notes what facts of one kind show; of subjects left out, what each of their cells shows,
        for the answer says what holds in each. Where they have no cells, a rule that is open by
        them alone is not unknown: they are left out."""
        interpreter, cases = self._interpreter, [dict(values)]
        beyond: tuple[str, ...] = ()
        if left_out:
            try:
                rules = self._ruleset.rules_of(self._question)
                division = Division(self._ruleset, rules, left_out)
            except NotDivisible:
                interpreter, beyond = Awaiting(self._ruleset, left_out), left_out
            else:
                cases = [{**values, **cell} for _, cell in division.cells()]
        for facts in cases:
            for seen in self._watched:
                self._rule(seen, interpreter, facts, beyond)
            for taken in self._taken:
                if not taken.was_true:
                    taken.was_true = interpreter.trace(taken.rule.when, facts).value is True

    def _rule(
        self,
        seen: RuleSeen,
        interpreter: Interpreter,
        facts: Mapping[str, Value],
        left_out: tuple[str, ...],
    ) -> None:
        trace = interpreter.trace(seen.rule.when, facts)
        value = trace.value
        missing = value.missing if left_out and isinstance(value, Unknown) else ()
        if not any(name.partition(".")[0] in left_out for name in missing):
            seen.truths |= bit(truth_of(trace))
        for number, atom in enumerate(shown(trace)):
            if atom.decides:
                seen.ways[number] |= bit(atom.truth)
                self._used(seen, seen.parts.atoms[number].parameters)
        if trace.value is True and (amount := seen.rule.amount) is not None:
            nodes = self._ruleset.nodes_of(amount)
            self._used(seen, {each.path for each in nodes if isinstance(each, ParameterRef)})
        for number, overlaid in enumerate(seen.rule.overlaid):
            if not seen.overlays >> number & 1 and (
                value is True or self._would_be_true(overlaid, interpreter, facts)
            ):
                seen.overlays |= 1 << number

    def _used(self, seen: RuleSeen, parameters: Collection[str]) -> None:
        for name in parameters:
            seen.parameters.add(name)
            if name in self._parameters:
                self._parameters[name].used = True

    def _would_be_true(
        self, overlaid: Overlaid, interpreter: Interpreter, facts: Mapping[str, Value]
    ) -> bool:
        """Whether a rule that is not true would be, had it not been replaced."""
        before = overlaid.before
        if overlaid.action != "replace" or not isinstance(before, Rule):
            return False
        living = _lives(before, self._ruleset)
        return living and interpreter.trace(before.when, facts).value is True


def _lives(rule: Rule, ruleset: Ruleset) -> bool:
    """Whether all that a rule of before names still holds, so that it can be asked what it would
    have said."""
    try:
        nodes = [*ruleset.nodes_of(rule.when)]
    except KeyError:  # a definition that does not hold today
        return False
    return all(each.path in ruleset.parameters for each in nodes if isinstance(each, ParameterRef))


def truth_of(trace: Trace) -> bool | None:
    """The truth that a condition's trace came to, None where it is unknown."""
    return None if isinstance(trace.value, Unknown) else bool(trace.value)
