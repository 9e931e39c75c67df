"""rulesets side by side.

What facts tell two versions of a ruleset apart: cells of their rules' partitions in which a truth
differs, and rules that are there, act or bind otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from attrs import frozen

from flk_rules.analysis.partitions import partition
from flk_rules.deciding.ways import WAYS
from flk_rules.engines.reference import Interpreter
from flk_rules.model.answers import Effect
from flk_rules.model.expressions import DefinitionRef, Expr, ParameterRef
from flk_rules.model.rules import STRONGEST_FIRST, Rule, Ruleset
from flk_rules.model.values import Outcome3, Unknown, Value


@frozen
class Gap:
    """A rule that says something else, and facts of which it does; None where the question itself
    is there in one version only."""

    question: str
    rule: str | None
    facts: Mapping[str, Value]


def gaps(before: Ruleset, after: Ruleset) -> Iterator[Gap]:
    """Everything that facts can show to be otherwise after a change."""
    for question in sorted({*before.questions, *after.questions}):
        if question not in before.questions or question not in after.questions:
            yield Gap(question, None, {})
            continue
        olds, news = (
            {rule.id: rule for rule in each.rules_of(question)} for each in (before, after)
        )
        for name in sorted({*olds, *news}):
            old, new = olds.get(name), news.get(name)
            if old is None or new is None:
                there, rule = (before, old) if old is not None else (after, new)
                assert rule is not None
                yield from (Gap(question, name, facts) for facts in _holding(there, rule))
            elif old is not new or meaning(before, old) != meaning(after, new):
                yield from _between(before, old, after, new)


def changed_rules(before: Ruleset, after: Ruleset) -> Iterator[tuple[Rule, Rule]]:
    """The rules that are in both versions and rest on something else in one of them."""
    for name in sorted(before.rules.keys() & after.rules.keys()):
        old, new = before.rules[name], after.rules[name]
        if meaning(before, old) != meaning(after, new):
            yield old, new


def touched(before: Ruleset, after: Ruleset) -> bool:
    """Does a change reach any rule that can be asked?"""
    return any(
        before.rules_of(question) != after.rules_of(question) for question in before.questions
    ) or any(old.decides in before.questions for old, _ in changed_rules(before, after))


def unsure(before: Ruleset, after: Ruleset) -> bool:
    """Is there a changed rule whose cells may not show all that its condition can tell?"""
    return any(
        partition([(before, old.when), (after, new.when)]).inexact
        for old, new in changed_rules(before, after)
        if meaning(before, old)[:2] != meaning(after, new)[:2]
    )


def meaning(ruleset: Ruleset, rule: Rule) -> tuple[Any, ...]:
    """Everything that a rule says, and that its truth and number rest on."""
    amount = None if rule.amount is None else (rule.amount, _read(ruleset, rule.amount))
    return rule.when, _read(ruleset, rule.when), amount, rule.effect, rule.force


def _between(before: Ruleset, old: Rule, after: Ruleset, new: Rule) -> Iterator[Gap]:
    question = old.decides
    numbers = [_number(ruleset, rule) for ruleset, rule in ((before, old), (after, new))]
    binding = old.force is not new.force and binds(before, old) and not outranked(before, old, new)
    if old.effect is not new.effect or numbers[0] != numbers[1] or binding:
        yield from (Gap(question, old.id, facts) for facts in _holding(before, old))
    if old.when == new.when and _read(before, old.when) == _read(after, new.when):
        return
    one, two = Interpreter(before), Interpreter(after)
    for facts in partition([(before, old.when), (after, new.when)]).cells():
        if truth(one.trace(old.when, facts).value) is not truth(two.trace(new.when, facts).value):
            yield Gap(question, old.id, facts)


def binds(ruleset: Ruleset, rule: Rule) -> bool:
    """Can an answer have the rule's force? An advice and a reason beside a number give it none."""
    way = WAYS[ruleset.questions[rule.decides].combine]
    return rule.effect in (*way.answering, Effect.FORBID)


def outranked(ruleset: Ruleset, rule: Rule, other: Rule) -> bool:
    """Is a ground or prohibition of one version and the other never true without one that is at
    least as strong as either? Where no ground is true the force is that of all, that one too."""
    if rule.effect is Effect.POINT:  # of a list that deviates it is that of the points missed
        return False
    strongest = min(STRONGEST_FIRST.index(each.force) for each in (rule, other))
    interpreter = Interpreter(ruleset)
    return any(
        all(
            truth(interpreter.trace(each.when, facts).value) is True
            for facts in partition([(ruleset, rule.when), (ruleset, each.when)]).cells()
            if truth(interpreter.trace(rule.when, facts).value) is True
        )
        for each in ruleset.rules_of(rule.decides)
        if each.id != rule.id
        and each.effect is rule.effect
        and STRONGEST_FIRST.index(each.force) <= strongest
    )


def truth(value: Outcome3) -> bool | None:
    """True, false, or None for not known."""
    return None if isinstance(value, Unknown) else bool(value)


def _holding(ruleset: Ruleset, rule: Rule) -> Iterator[dict[str, Value]]:
    """Cells in which the rule is true and cells in which it is false, by turns."""
    interpreter = Interpreter(ruleset)
    sides: dict[bool | None, list[dict[str, Value]]] = {True: [], False: [], None: []}
    for facts in partition([(ruleset, rule.when)]).cells():
        sides[truth(interpreter.trace(rule.when, facts).value)].append(facts)
    for pair in zip_longest(sides[True], sides[False]):
        yield from (each for each in pair if each is not None)


def _number(ruleset: Ruleset, rule: Rule) -> Any:
    """A rule's number; of a factor that reads facts, the parameters that it rests on."""
    if rule.amount is None:
        return None
    value = Interpreter(ruleset).trace(rule.amount, {}).value
    return value, (_read(ruleset, rule.amount) if isinstance(value, Unknown) else None)


def _read(ruleset: Ruleset, tree: Expr) -> dict[tuple[bool, str], Any]:
    """The parameters and definitions that a condition rests on, with what they are."""
    found: dict[tuple[bool, str], Any] = {}
    for node in ruleset.nodes_of(tree):
        if isinstance(node, ParameterRef):
            found[True, node.path] = ruleset.parameters[node.path].value
        elif isinstance(node, DefinitionRef):
            found[False, node.path] = ruleset.definitions[node.path].when
    return found
