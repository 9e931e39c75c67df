"""cases against mutants.

Which case, if any, is decided otherwise than it expects once a ruleset is changed. Only a case that
a changed rule can tell is decided anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from attrs import define, field, frozen

from flk_rules.analysis.changes import Change, Redated, Refiled
from flk_rules.analysis.comparing import meaning
from flk_rules.cases import Case, Rulesets, judge, judge_failure, try_case
from flk_rules.deciding import Decider
from flk_rules.decision import Decision
from flk_rules.engines.reference import Interpreter
from flk_rules.errors import CasesInvalid, FlkError, Problem
from flk_rules.library import Ruleset as Asking
from flk_rules.loading.entries import LayerFiles
from flk_rules.loading.finder import read_chain
from flk_rules.model.expressions import ParameterRef
from flk_rules.model.rules import Basis, Rule, Ruleset
from flk_rules.model.values import Outcome3

Key = tuple[str, date, tuple[Path, ...]]
"""A ruleset on a day, and the folders it is looked for in."""


@frozen
class Asked:
    """A ruleset on a day, unchanged, with the cases that are asked of it."""

    key: Key
    model: Ruleset | FlkError
    cases: tuple[Case, ...]


@define
class Bench:
    """The cases that a layer has a bearing on, each passing on the rules as they are."""

    layer: str
    asked: tuple[Asked, ...]
    rulesets: Rulesets
    _chains: dict[tuple[str, tuple[Path, ...]], list[LayerFiles]] = field(factory=dict)
    _values: dict[tuple[int, str, int], Outcome3] = field(factory=dict)
    _last: Change | None = None
    _resolved: dict[Key, Ruleset | FlkError] = field(factory=dict)

    def chain(self, name: str, path: Sequence[Path] = ()) -> list[LayerFiles]:
        """The layers of a ruleset, read once."""
        key = name, tuple(path)
        if key not in self._chains:
            self._chains[key] = read_chain(name, self.rulesets.roots(path))
        return self._chains[key]

    def changed(self, change: Change, key: Key, model: Ruleset | FlkError) -> Ruleset | FlkError:
        """The ruleset with a change, itself where that touches nothing of it, or why there is
        none."""
        name, on, path = key
        if not isinstance(change, (Refiled, Redated)):
            return change.of(model) if isinstance(model, Ruleset) else model
        if change.days is not None and on not in change.days:
            return model
        if self._last is not change:
            self._last = change
            self._resolved.clear()
        if key not in self._resolved:
            try:
                self._resolved[key] = change.of(self.chain(name, path), on)
            except FlkError as error:
                self._resolved[key] = error
        return self._resolved[key]

    def killer(self, change: Change) -> Case | None:
        """The first case that fails with the change."""
        for asked in self.asked:
            after = self.changed(change, asked.key, asked.model)
            if after is asked.model:
                continue
            if found := self._failing(asked, after):
                return found
        return None

    def _failing(self, asked: Asked, after: Ruleset | FlkError) -> Case | None:
        if isinstance(after, FlkError) or not isinstance(asked.model, Ruleset):
            return next((each for each in asked.cases if fails(each, after)), None)
        touched: dict[str, list[tuple[Rule | None, Rule | None]]] = {}
        deciders: dict[str, Decider] = {}
        for case in asked.cases:
            question = case.question
            if question not in touched:
                touched[question] = _touched(asked.model, after, question)
            may_tell = self._may_tell(case, asked.model, after, touched[question])
            if may_tell and fails(case, after, deciders):
                return case
        return None

    def _may_tell(
        self,
        case: Case,
        before: Ruleset,
        after: Ruleset,
        touched: list[tuple[Rule | None, Rule | None]],
    ) -> bool:
        """Whether the case's answer can differ: a rule came, went, acts otherwise, or has another
        truth or other missing facts there."""
        if case.facts is None or case.facts.left_out:
            return True
        one, two = Interpreter(before), Interpreter(after)
        for old, new in touched:
            if old is None or new is None or _acts_otherwise(before, old, after, new):
                return True
            if "assumptions" in case.expected and (_assumes(before, old) or _assumes(after, new)):
                return True
            key = id(before), old.id, id(case)
            if key not in self._values:
                self._values[key] = one.trace(old.when, case.facts.values).value
            if self._values[key] != two.trace(new.when, case.facts.values).value:
                return True
        return False


def make_bench(layer: str, cases: Iterable[Case], rulesets: Rulesets) -> Bench:
    """The bench of a layer, which is looked for where the rulesets are.

    Raises `CasesInvalid` with every case that fails before anything is changed.
    """
    bench = Bench(layer, (), rulesets)
    groups: dict[Key, list[Case]] = {}
    problems: list[Problem] = []
    for case in cases:
        if all(each.header.id != layer for each in bench.chain(case.ruleset, case.path)):
            continue
        trial = try_case(case, rulesets, "reference")
        if not trial.passed:
            said = "; ".join(str(each) for each in trial.differences)
            message = f"{case.name} fails before anything is changed: {said}"
            problems.append(Problem(case.place, message))
        groups.setdefault((case.ruleset, case.on, case.path), []).append(case)
    if problems:
        raise CasesInvalid(problems)
    bench.asked = tuple(
        Asked(key, _loaded(rulesets, key), tuple(some)) for key, some in groups.items()
    )
    return bench


def _loaded(rulesets: Rulesets, key: Key) -> Ruleset | FlkError:
    try:
        return rulesets.load(*key).model
    except FlkError as error:
        return error


def fails(
    case: Case, after: Ruleset | FlkError, deciders: dict[str, Decider] | None = None
) -> bool:
    """Is the case decided otherwise than it expects by these rules?"""
    if isinstance(after, FlkError):
        return bool(judge_failure(case, after))
    if case.facts is None:  # a failure is expected
        return not try_case(case, Asking(after), "reference").passed
    kept = {} if deciders is None else deciders
    try:
        if case.question not in kept:
            kept[case.question] = Decider(after, case.question, "reference")
        decider = kept[case.question]
        return bool(judge(case, Decision(decider.answer(case.facts), after, decider)))
    except FlkError as error:
        return bool(judge_failure(case, error))


def _touched(
    before: Ruleset, after: Ruleset, question: str
) -> list[tuple[Rule | None, Rule | None]]:
    """The rules of a question that a change touches, as they were and as they are."""
    if question not in after.questions:
        return [(None, None)]
    old = {rule.id: rule for rule in before.rules_of(question)}
    new = {rule.id: rule for rule in after.rules_of(question)}
    pairs: Iterator[tuple[Rule | None, Rule | None]] = (
        (old.get(name), new.get(name)) for name in sorted({*old, *new})
    )
    return [
        (one, two)
        for one, two in pairs
        if one is None or two is None or meaning(before, one) != meaning(after, two)
    ]


def _acts_otherwise(before: Ruleset, old: Rule, after: Ruleset, new: Rule) -> bool:
    """Does the rule do something else, whatever its truth?"""
    return meaning(before, old)[2:] != meaning(after, new)[2:]


def _assumes(ruleset: Ruleset, rule: Rule) -> bool:
    return any(
        isinstance(node, ParameterRef) and ruleset.parameters[node.path].basis is Basis.ASSUMPTION
        for node in ruleset.nodes_of(rule.when)
    )
