"""a case for a survivor.

Facts on which a ruleset and its mutant give two decisions, as a case in the form of tables. What it
expects is what the rules say as they are: whoever takes it over asks the source first.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from attrs import frozen

from flk_rules.analysis.bench import Bench, fails
from flk_rules.analysis.comparing import Gap, gaps, truth
from flk_rules.analysis.partitions import partition
from flk_rules.cases import ENDING, EXPECTATIONS, Case, Rulesets, endings, read_cases
from flk_rules.cases.keys import NONE, Kind
from flk_rules.deciding import Decider
from flk_rules.decision import Decision
from flk_rules.engines.reference import Interpreter
from flk_rules.errors import FlkError
from flk_rules.facts import Facts
from flk_rules.model.expressions import FactRef
from flk_rules.model.rules import Ruleset
from flk_rules.model.values import Value

MAX_GAPS = 20
"""Facts that tell the two apart which are tried."""
MAX_CELLS = 1_000
"""Cells of another rule among which one is looked for that makes it false."""
MAX_BASES = 12
"""Cases whose other facts these are put among."""
_KEYS = tuple(key for key in EXPECTATIONS if key not in ("outcome", "condition", "assumptions"))


@frozen
class Proposal:
    """A case as text, ready to paste into a table."""

    text: str


def propose(bench: Bench, name: str, why: str, before: Ruleset, after: Ruleset) -> Proposal | None:
    """A case that the mutant fails and the rules as they are pass, read back and tried; None where
    none was found."""
    pair = _Pair(before, after)
    for gap in islice(gaps(before, after), MAX_GAPS):
        if gap.rule is None:
            continue
        for base in _bases(bench, before, gap):
            facts = pair.merged(gap, base)
            said = pair.said(gap.question, facts)
            if said is None:
                continue
            text = _text(before, gap.question, name, why, facts, said)
            if _kills(text, before, after, bench.rulesets):
                return Proposal(text)
    return None


class _Pair:
    """A ruleset before and after a change, to be asked the same."""

    def __init__(self, before: Ruleset, after: Ruleset) -> None:
        self._rulesets = before, after
        self._deciders: dict[str, tuple[Decider, Decider]] = {}

    def merged(self, gap: Gap, base: Mapping[str, Value]) -> dict[str, Value]:
        """The facts of a gap among those of a base that the rule does not read."""
        before, after = self._rulesets
        rule = before.rules.get(gap.rule or "") or after.rules[gap.rule or ""]
        read = {each.path for each in before.nodes_of(rule.when) if isinstance(each, FactRef)}
        return {**{key: each for key, each in base.items() if key not in read}, **gap.facts}

    def said(self, question: str, facts: Mapping[str, Value]) -> dict[str, Any] | None:
        """What the decision before the change says that the one after it does not; None where both
        say the same."""
        if question not in self._deciders:
            one, two = (Decider(each, question, "reference") for each in self._rulesets)
            self._deciders[question] = one, two
        known = Facts(on=self._rulesets[0].on, values=facts, left_out=(), references={})
        try:
            first, second = (each.answer(known) for each in self._deciders[question])
        except FlkError:
            return None
        numbers = [each.numbers for each in self._deciders[question]]
        same = first.verdict == second.verdict and first.missing == second.missing
        if same and numbers[0] == numbers[1]:
            return None
        one_, two_ = (
            Decision(answer, ruleset, decider)
            for answer, ruleset, decider in zip(
                (first, second), self._rulesets, self._deciders[question], strict=True
            )
        )
        differing = [key for key in _KEYS if _reads(key, one_) != _reads(key, two_)]
        if not differing and first.verdict.outcome is second.verdict.outcome:
            return None
        return {key: _reads(key, one_) for key in ("outcome", *differing)}


def _reads(key: str, decision: Decision) -> Any:
    return EXPECTATIONS[key].read(decision)


def outside(
    layer: str, question: str, day: date, name: str, why: str, kind: str = "not_in_force"
) -> Proposal:
    """A case on a day on which the ruleset does not hold, or does not have the question yet."""
    lines = [
        "[[case]]", f"name = {_toml(name)}", f"why = {_toml(why)}", f"ruleset = {_toml(layer)}",
        f"question = {_toml(question)}", f"on = {day}", "alone = true", f"error = {_toml(kind)}",
    ]  # fmt: skip
    return Proposal("\n".join(lines) + "\n")


def plain(before: Ruleset, question: str, name: str, why: str) -> Proposal:
    """A case of whom nothing is known, on a day on which the ruleset holds."""
    known = Facts(on=before.on, values={}, left_out=(), references={})
    verdict = Decider(before, question, "reference").answer(known).verdict
    said = {"outcome": verdict.outcome.value}
    return Proposal(_text(before, question, name, why, {}, said))


def _bases(bench: Bench, before: Ruleset, gap: Gap) -> Iterator[Mapping[str, Value]]:
    """Nothing else known; no other rule true; then what cases of the question know: their facts
    set the stage."""
    yield {}
    yield _alone(before, gap)
    seen: list[Mapping[str, Value]] = []
    for asked in bench.asked:
        for case in asked.cases:
            if case.question == gap.question and case.facts is not None:
                values = case.facts.values
                if values not in seen and all(each in before.schema.facts for each in values):
                    seen.append(values)
                    yield values
                    if len(seen) == MAX_BASES:
                        return


def _alone(ruleset: Ruleset, gap: Gap) -> dict[str, Value]:
    """Facts with which, as far as one after another can be made so, the other rules are false."""
    interpreter, facts = Interpreter(ruleset), dict(gap.facts)
    for rule in ruleset.rules_of(gap.question):
        if rule.id == gap.rule or truth(interpreter.trace(rule.when, facts).value) is False:
            continue
        for cell in islice(partition([(ruleset, rule.when)]).cells(), MAX_CELLS):
            tried = {**cell, **facts}
            if truth(interpreter.trace(rule.when, tried).value) is False:
                facts = tried
                break
    return facts


def _text(
    ruleset: Ruleset, question: str, name: str, why: str, facts: Mapping[str, Value],
    said: Mapping[str, Any],
) -> str:  # fmt: skip
    ids = [each.id for each in ruleset.rules_of(question)]
    lines = [
        "[[case]]", f"name = {_toml(name)}", f"why = {_toml(why)}",
        f"ruleset = {_toml(ruleset.id)}", f"question = {_toml(question)}",
        f"on = {ruleset.on}", "alone = true",
    ]  # fmt: skip
    for key, value in said.items():
        if EXPECTATIONS[key].kind is Kind.RULES:
            value = [_short(each, ids) for each in value]
        elif EXPECTATIONS[key].kind is Kind.NUMBERS:
            value = {_short(each, ids): number for each, number in value.items()}
        lines.append(f"{key} = {_toml(NONE if value is None else value)}")
    if facts:
        lines += ["[case.with]", *(f"{name} = {_toml(facts[name])}" for name in sorted(facts))]
    return "\n".join(lines) + "\n"


def _short(rule: str, ids: Iterable[str]) -> str:
    """The shortest name that is no other rule's."""
    others = {ending for each in ids if each != rule for ending in endings(each)}
    return min((each for each in endings(rule) if each not in others), key=len, default=rule)


def _toml(value: Any) -> str:
    if isinstance(value, (list, tuple, frozenset)):
        some = sorted(value) if isinstance(value, frozenset) else value
        return f"[{', '.join(map(_toml, some))}]"
    if isinstance(value, dict):
        listed = ", ".join(f"{_toml(name)} = {_toml(each)}" for name, each in value.items())
        return f"{{ {listed} }}" if listed else "{}"
    if isinstance(value, bool):
        return str(value).lower()
    # JSON's strings are TOML's, but for one character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _kills(text: str, before: Ruleset, after: Ruleset, rulesets: Rulesets) -> bool:
    """Whether the case as it is written passes and the mutant fails it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"proposed{ENDING}"
        file.write_text(text, "utf-8")
        try:
            case: Case = read_cases(file, rulesets)[0]
        except FlkError:
            return False
    return not fails(case, before) and fails(case, after)
