"""decided once more.

A receipt's facts put to the rules that the log kept, byte for byte; or to other rules, with what
they make of it and which of them makes the difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from attrs import evolve, field, frozen

from flk_rules.audit.canonical import canonical, within
from flk_rules.audit.receipts import Receipt, decided, library
from flk_rules.deciding import Decider
from flk_rules.deciding.decider import numbers
from flk_rules.deciding.ways import WAYS
from flk_rules.engines.reference import Interpreter
from flk_rules.errors import ReceiptInvalid
from flk_rules.facts import Facts
from flk_rules.facts.validating import Rejected, validator
from flk_rules.loading.parts import part_of
from flk_rules.model.expressions import DefinitionRef, ParameterRef
from flk_rules.model.rules import Rule, Ruleset
from flk_rules.model.schema import Schema
from flk_rules.model.values import Kind, Value
from flk_rules.model.verdicts import Firings

_KEPT = 200
"""Deciders that are kept: each may hold an engine of its own."""


@frozen
class Difference:
    """One value of a receipt that is another when it is decided again."""

    path: str
    before: Any
    after: Any


@frozen
class Replayed:
    """A receipt beside what the same rules say of the same facts now.

    `versions` are those of the library where they differ, which is told and is no difference.
    """

    receipt: Receipt
    again: Receipt
    differences: tuple[Difference, ...]
    versions: tuple[str, str] | None

    @property
    def same(self) -> bool:
        """Whether both are one, byte for byte but for time, references and the library."""
        return not self.differences


@frozen
class Compared:
    """A receipt beside what other rules say of its facts.

    rules: those that make the difference, each alone; or where none does alone, all that differ.
    alone: which of the two. unread: facts that the other rules read and the receipt does not hold,
    for the rules that decided did not read them.
    """

    receipt: Receipt
    again: Receipt
    rules: tuple[str, ...]
    alone: bool
    unread: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether the outcome, its reason and its number are the same."""
        return _side(self.receipt.content) == _side(self.again.content)


def _side(content: Mapping[str, Any]) -> tuple[Any, ...]:
    branches = content["condition"] or ()
    return (
        content["outcome"],
        content["reason"],
        content["value"],
        [(each["when"], each["outcome"], each["reason"], each["value"]) for each in branches],
    )


@frozen(eq=False)
class Replayer:
    """Decides receipts again; rulesets and engines are built once."""

    _deciders: dict[tuple[int, str, str], tuple[Ruleset, Ruleset, Decider]] = field(factory=dict)

    def again(self, receipt: Receipt, ruleset: Ruleset, day: date | None = None) -> Receipt:
        """What the rules say of the receipt's facts, on its day or another.

        Raises `ReceiptInvalid` where its facts are none of the ruleset's.
        """
        content = receipt.content
        question, engine = content["question"], content["engine"]
        whole, read, decider = self._decider(ruleset, question, engine)
        on = date.fromisoformat(content["on"]) if day is None else day
        values = facts_of(content["facts"], read.schema)
        left_out = tuple(content["left_out"])
        if not {*left_out} <= {*read.questions[question].subjects}:
            raise ReceiptInvalid("receipt", "a subject was left out that the question is not about")
        answer = decider.answer(Facts(on, values, left_out, {}, True))
        said = decided(answer, whole, decider, read)
        return Receipt(within({**content, "library": library(), **said}))

    def replay(self, receipt: Receipt, ruleset: Ruleset) -> Replayed:
        """The receipt decided again by the rules that decided it."""
        again = self.again(receipt, ruleset)
        before, after = receipt.content["library"], again.content["library"]
        versions = None if before == after else (before, after)
        found = evolve(again, content={**again.content, "library": before})
        differences = tuple(_differences(receipt.content, found.content))
        # What was found is told key by key; the text is what has to be the same.
        assert bool(differences) == (canonical(receipt.content) != canonical(found.content))
        return Replayed(receipt, again, differences, versions)

    def compare(self, receipt: Receipt, old: Ruleset, new: Ruleset) -> Compared:
        """The receipt decided by other rules, on their day."""
        again = self.again(receipt, new, new.on)
        _, read, _ = self._decider(new, receipt.content["question"], receipt.content["engine"])
        told = {*receipt.content["facts"], *receipt.content["not_known"]}
        left_out = {*receipt.content["left_out"]}
        unread = tuple(
            name
            for name, spec in sorted(read.schema.facts.items())
            if name not in told and spec.subject not in left_out
        )
        compared = Compared(receipt, again, (), False, unread)
        if compared.same:
            return compared
        differ = _differ(receipt, again, old, new)
        alone = tuple(name for name in differ if _restores(name, receipt, again, old, new))
        return evolve(compared, rules=alone or differ, alone=bool(alone))

    def _decider(
        self, ruleset: Ruleset, question: str, engine: str
    ) -> tuple[Ruleset, Ruleset, Decider]:
        key = id(ruleset), question, engine
        found = self._deciders.get(key)
        if found is None or found[0] is not ruleset:
            if len(self._deciders) >= _KEPT:
                self._deciders.clear()
            decider = Decider(ruleset, question, engine)
            found = self._deciders[key] = ruleset, part_of(ruleset, question), decider
        return found


def facts_of(facts: Mapping[str, Any], schema: Schema) -> dict[str, Value]:
    """The facts of a receipt as engines take them; those that the schema's rules do not read are
    left away. Raises `ReceiptInvalid` for a value that its fact cannot have."""
    values: dict[str, Value] = {}
    for name, value in facts.items():
        spec = schema.facts.get(name)
        if spec is None:
            continue
        if spec.type.kind is Kind.INT and type(value) is str:
            value = _integer(value)
        try:
            values[name] = validator(spec, schema)(value)
        except Rejected as error:
            raise ReceiptInvalid(f"receipt: facts: {name}", str(error)) from None
    return values


def _integer(text: str) -> int | str:
    """An integer that canonical JSON has as text."""
    try:
        return int(text)
    except ValueError:
        return text


def _differences(before: Any, after: Any, path: str = "") -> Iterator[Difference]:
    """Where two JSON values differ, as deep as both are tables."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted({*before, *after}):
            inner = f"{path}.{key}" if path else str(key)
            yield from _differences(before.get(key), after.get(key), inner)
    elif canonical(before) != canonical(after):
        yield Difference(path, before, after)


def _truth(receipt: Receipt, name: str) -> bool | None:
    """A rule's truth in a receipt; a rule that is not there is as good as false."""
    firings = receipt.content["firings"]
    if name in firings["unknown"]:
        return None
    return name in firings["true"]


def _differ(one: Receipt, two: Receipt, old: Ruleset, new: Ruleset) -> tuple[str, ...]:
    """The rules that do another thing: another truth, another effect, force or number; of a rule
    that is open, another condition."""

    def does(receipt: Receipt, ruleset: Ruleset, name: str) -> tuple[Any, ...]:
        rule = ruleset.rules.get(name)
        truth = _truth(receipt, name)
        if rule is None or truth is False:
            return (False,)
        asks = _asked(rule, ruleset) if truth is None else ()
        return truth, rule.effect, rule.force, _numbers([rule], ruleset).get(name), asks

    question = one.content["question"]
    names = {rule.id for each in (old, new) for rule in each.rules_of(question)}
    return tuple(sorted(name for name in names if does(one, old, name) != does(two, new, name)))


def _restores(name: str, one: Receipt, two: Receipt, old: Ruleset, new: Ruleset) -> bool:
    """Whether the new rules give the old outcome once this rule is as it was."""
    question = one.content["question"]
    if one.content["condition"] is not None or two.content["condition"] is not None:
        return False  # cases differ within: no one truth of a rule tells
    rules = {rule.id: rule for rule in new.rules_of(question) if rule.id != name}
    truths = {each: _truth(two, each) for each in rules}
    values = _numbers([*rules.values()], new)
    if (before := old.rules.get(name)) is not None:
        rules[name], truths[name] = before, _truth(one, name)
        values |= _numbers([before], old)
    ordered = [rules[each] for each in sorted(rules)]
    bits = {rule.id: 1 << number for number, rule in enumerate(ordered)}
    firings = Firings(
        sum(bits[each] for each, truth in truths.items() if truth),
        sum(bits[each] for each, truth in truths.items() if truth is None),
    )
    found = WAYS[new.questions[question].combine](ordered, values).find(firings)
    content = one.content
    reason = found.reason.value if found.reason else None
    return (found.outcome.value, reason, found.value) == (
        content["outcome"], content["reason"], content["value"],
    )  # fmt: skip


def _asked(rule: Rule, ruleset: Ruleset) -> tuple[Any, ...]:
    """A condition with what its names stand for."""
    nodes = [*ruleset.nodes_of(rule.when)]
    definitions = {n.path: ruleset.definitions[n.path].condition for n in nodes
                   if isinstance(n, DefinitionRef)}  # fmt: skip
    parameters = {n.path: ruleset.parameters[n.path].value for n in nodes
                  if isinstance(n, ParameterRef)}  # fmt: skip
    return rule.condition, definitions, parameters


def _numbers(rules: list[Rule], ruleset: Ruleset) -> dict[str, int | float]:
    return numbers(rules, Interpreter(ruleset))
