"""peer: CLIPS, clipspy.

One deftemplate with a slot per fact, one defrule per rule. A rule's parts that read one slot are
constraints on that slot, as CLIPS has it, so its Rete network shares and indexes them. Each rule
adds its bit to a global, which is read after the run.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import reduce
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import clips
from clips._clips import lib

from benchmarks.shared import QUESTION, Answer, Combiner, Subject
from benchmarks.translating import Translator, conjuncts, facts_of, settled

if TYPE_CHECKING:
    from flk_rules import Ruleset

_NEVER_RELEASES = ("1.0.6",)
"""Versions whose `Fact.__del__` hands the release one argument too many and swallows the error:
facts pile up, and each run is slower than the one before. We release by hand there."""
_OPS = {"==": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_INTERSECTS = """
(deffunction intersects (?some ?wanted)
  (progn$ (?each ?some) (if (member$ ?each ?wanted) then (return TRUE)))
  FALSE)
"""


def slot(fact: str) -> str:
    """The slot, and the variable, of a fact."""
    return fact.replace(".", "-").replace("_", "-")


class _Clips:
    """Conditions as CLIPS expressions over one variable per slot."""

    def __init__(self) -> None:
        self.lists: dict[tuple[str, ...], str] = {}

    def true(self, fact: str) -> str:
        return f"(eq ?{slot(fact)} TRUE)"

    def known(self, fact: str) -> str:
        return f"(neq ?{slot(fact)} nil)"

    def compare(self, fact: str, op: str, value: bool | int | float | str) -> str:
        if isinstance(value, str):
            return f"({'eq' if op == '==' else 'neq'} ?{slot(fact)} {value})"
        # A slot that is not known holds nil, which no number comparison accepts.
        return f"(and (numberp ?{slot(fact)}) ({_OPS[op]} ?{slot(fact)} {json.dumps(value)}))"

    def size(self, fact: str, op: str, value: int) -> str:
        return f"({_OPS[op]} (length$ ?{slot(fact)}) {value})"

    def contains(self, fact: str, code: str) -> str:
        return f"(member$ {code} ?{slot(fact)})"

    def one_of(self, fact: str, codes: Sequence[str]) -> str:
        return f"(member$ ?{slot(fact)} {self._list(codes)})"

    def intersects(self, fact: str, codes: Sequence[str]) -> str:
        return f"(intersects ?{slot(fact)} {self._list(codes)})"

    def negation(self, part: str) -> str:
        return f"(not {part})"

    def conjunction(self, parts: Sequence[str]) -> str:
        return f"(and {' '.join(parts)})"

    def disjunction(self, parts: Sequence[str]) -> str:
        return f"(or {' '.join(parts)})"

    def _list(self, codes: Sequence[str]) -> str:
        return self.lists.setdefault(tuple(codes), f"?*list{len(self.lists)}*")


class Clips:
    """clipspy: assert one fact, run, read the mask, retract."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.name = "clipspy"
        self.version = version("clipspy")
        self._release = self.version in _NEVER_RELEASES
        self.shape = "one fact, slot constraints, a bit per rule"
        rules = settled(ruleset.model, QUESTION)
        self._combiner = Combiner(rules)
        facts = sorted({name for rule in rules for name in facts_of(rule.when, ruleset.model)})
        lists = {name for name in facts if ruleset.schema.facts[name].type.kind.value == "list"}
        dialect = _Clips()
        translator = Translator(ruleset.model, dialect)
        built = []
        for number, rule in enumerate(rules):
            by_slot: dict[str, list[str]] = {}
            tests = ""
            for part in conjuncts(rule.when, ruleset.model):
                read = facts_of(part, ruleset.model)
                for fact in read:
                    by_slot.setdefault(fact, [])
                if len(read) == 1:
                    by_slot[read.pop()].append(translator.write(part))
                else:
                    tests += f" (test {translator.write(part)})"
            pattern = " ".join(
                _constraint(fact, parts, fact in lists) for fact, parts in sorted(by_slot.items())
            )
            built.append(
                f"(defrule r{number} (case {pattern}){tests}"
                f" => (bind ?*true* (+ ?*true* {1 << number})))"
            )
        self._env = clips.Environment()
        self._env.build("(defglobal ?*true* = 0)")
        for codes, name in dialect.lists.items():
            self._env.build(f"(defglobal {name} = (create$ {' '.join(codes)}))")
        self._env.build(_INTERSECTS)
        slots = " ".join(
            f"({'multislot' if name in lists else 'slot'} {slot(name)}"
            f"{'' if name in lists else ' (default nil)'})"
            for name in facts
        )
        self._env.build(f"(deftemplate case {slots})")
        for construct in built:
            self._env.build(construct)
        self._env.reset()
        self._true = self._env.find_global("true")
        self._template = self._env.find_template("case")
        self._symbols = {
            code: clips.Symbol(code)
            for spec in ruleset.schema.facts.values()
            if spec.type.codes
            for code in ruleset.schema.codes_of(spec.type.codes)
        }
        self._slots = {name: slot(name) for name in facts}

    def decide(self, physician: Subject, patient: Subject) -> Answer:
        """The answer; the fact is asserted by slot and retracted after."""
        slots: dict[str, Any] = {}
        self._fill(slots, "physician", physician)
        self._fill(slots, "patient", patient)
        self._true.value = 0
        fact = self._template.assert_fact(**slots)
        self._env.run()
        mask: int = self._true.value
        fact.retract()
        if self._release:
            lib.ReleaseFact(fact._fact)
        return self._combiner.of_mask(mask)

    answer = decide

    def _fill(self, slots: dict[str, Any], prefix: str, subject: Subject) -> None:
        symbols, names = self._symbols, self._slots
        for key, value in subject.items():
            name = f"{prefix}.{key}"
            if type(value) is dict:
                self._fill(slots, name, value)
            elif value is not None and (slot := names.get(name)) is not None:
                if type(value) is str:
                    value = symbols[value]
                elif type(value) is list:
                    value = [symbols[each] for each in value]
                slots[slot] = value


def _constraint(fact: str, parts: list[str], many: bool) -> str:
    """``(slot ?x&:(...)&:(...))``, or the constant itself where the test is equality with one."""
    name = slot(fact)
    if not many and len(parts) == 1 and parts[0].startswith(f"(eq ?{name} "):
        return f"({name} {parts[0].removeprefix(f'(eq ?{name} ').removesuffix(')')})"
    variable = f"{'$' if many else ''}?{name}"
    return f"({name} {reduce(lambda text, part: f'{text}&:{part}', parts, variable)})"


def build(ruleset: Ruleset) -> list[Clips]:
    """The one shape that the benchmark times."""
    return [Clips(ruleset)]
