"""rules on durable-rules.

Compiles a question's rules to handles and runs facts through them. The true nets run first; only
where a rule did not fire and one of its fields is missing can it be unknown, and only then do the
false nets run to tell unknown from false.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from flk_rules.engines.reference import Interpreter
from flk_rules.engines.rete.fields import Encoder, Field, encoder
from flk_rules.engines.rete.handle import Handle
from flk_rules.engines.rete.nets import Conjunction, NetBuilder, Nets, fields_of
from flk_rules.errors import EngineLimit
from flk_rules.model.rules import Rule, Ruleset
from flk_rules.model.values import Value
from flk_rules.model.verdicts import Firings

MAX_CONJUNCTIONS = 50
"""Conjunctions a handle holds: below the engine's 64 that may match one fact, 127, 255 and 511."""
MAX_FIELDS = 240
"""Fields a handle's fact may have: below the engine's 254 properties."""
MAX_HANDLES = 2_000
"""Handles one question may need: each keeps some 0.7 MB."""

_OPERATORS = {"!=": "$neq", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}
_RESERVED_NAMES = ("sid", "id", "k", "$s")


@frozen
class _Group:
    """A handle, the fields its rules read, and the rules (as a bit set) that it can decide."""

    handle: Handle
    fields: tuple[int, ...]
    rules: int


class Rete:
    """The default engine; one instance per ruleset and question.

    A decision holds the instance's lock, so instances may be shared between threads; after a fork
    the child gets fresh locks and clean states. `close` gives the engine's memory back.
    """

    def __init__(self, ruleset: Ruleset, question: str) -> None:
        self.rules: tuple[Rule, ...] = ruleset.rules_of(question)
        builder = NetBuilder(ruleset)
        self.nets: tuple[Nets, ...] = tuple(builder.build(rule.when) for rule in self.rules)
        when_true = {number: nets.when_true for number, nets in enumerate(self.nets)}
        when_false = {number: nets.when_false for number, nets in enumerate(self.nets)}
        self.fields: list[Field] = list(
            dict.fromkeys([*fields_of(when_true), *fields_of(when_false)])
        )
        interpreter = Interpreter(ruleset)
        self._encoders: list[Encoder] = [
            encoder(each, ruleset, interpreter) for each in self.fields
        ]
        names = field_names(len(self.fields))
        self._prefixes = [f',"{name}":' for name in names]
        numbers = {each: number for number, each in enumerate(self.fields)}
        self._needs = [
            sum({1 << numbers[atom.field] for c in nets.when_false for atom in c})
            | sum({1 << numbers[atom.field] for c in nets.when_true for atom in c})
            for nets in self.nets
        ]
        self._all = (1 << len(self.rules)) - 1
        self._lock = threading.Lock()
        self._true: list[_Group] = []
        self._false: list[_Group] = []
        try:
            for groups, side in ((self._true, when_true), (self._false, when_false)):
                for part in partition(
                    [(number, c) for number, net in side.items() for c in net]
                ):
                    groups.append(self._group(part, numbers, names))
        except BaseException:
            self.close()
            raise
        _live.add(self)

    def _group(
        self, part: list[tuple[int, Conjunction]], numbers: Mapping[Field, int], names: list[str]
    ) -> _Group:
        patterns: dict[str, list[dict[str, Any]]] = {}
        used: set[int] = set()
        for position, (rule, conjunction) in enumerate(part):
            atoms = []
            for atom in sorted(conjunction, key=lambda each: (numbers[each.field], each.op)):
                number = numbers[atom.field]
                used.add(number)
                plain = {names[number]: atom.value}
                atoms.append(plain if atom.op == "==" else {_OPERATORS[atom.op]: plain})
            patterns[f"r{rule}_{position}"] = atoms
        rules = sum({1 << rule for rule, _ in part})
        return _Group(Handle("flk", patterns), tuple(sorted(used)), rules)

    def fire(self, facts: Mapping[str, Value]) -> Firings:
        """Which rules are true and which unknown."""
        missing = 0
        parts: list[str] = []
        for number, encode in enumerate(self._encoders):
            value = encode(facts)
            if value is None:
                missing |= 1 << number
                parts.append("")
            else:
                parts.append(f"{self._prefixes[number]}{value}")
        with self._lock:
            true = self._run(self._true, parts, self._all)
            if not missing:
                return Firings(true, 0)
            open_ = sum(
                1 << number
                for number, needs in enumerate(self._needs)
                if needs & missing and not true >> number & 1
            )
            if not open_:
                return Firings(true, 0)
            return Firings(true, open_ & ~self._run(self._false, parts, open_))

    def _run(self, groups: list[_Group], parts: list[str], wanted: int) -> int:
        fired = 0
        for group in groups:
            if group.rules & wanted:
                for name in group.handle.fired("".join([parts[each] for each in group.fields])):
                    fired |= 1 << int(name[1 : name.index("_")])
        return fired

    def close(self) -> None:
        """Free the engine's handles."""
        for group in (*self._true, *self._false):
            group.handle.close()

    def __del__(self) -> None:
        if hasattr(self, "_false"):
            self.close()

    def after_fork(self) -> None:
        """In a forked child: another thread's lock is gone with the thread, its decision half
        made."""
        self._lock = threading.Lock()
        for group in (*self._true, *self._false):
            group.handle.reset()


def partition(
    conjunctions: list[tuple[int, Conjunction]],
) -> Iterator[list[tuple[int, Conjunction]]]:
    """Parts small enough for one handle each."""
    part: list[tuple[int, Conjunction]] = []
    fields: set[Field] = set()
    count = 0
    for rule, conjunction in conjunctions:
        wanted = {atom.field for atom in conjunction}
        if part and (len(part) == MAX_CONJUNCTIONS or len(fields | wanted) > MAX_FIELDS):
            yield part
            part, fields = [], set()
            count += 1
            if count >= MAX_HANDLES:
                raise EngineLimit(
                    "conjunctions of one question on the rete engine",
                    len(conjunctions),
                    MAX_HANDLES * MAX_CONJUNCTIONS,
                    "split the ruleset, or decide with the reference engine",
                )
        part.append((rule, conjunction))
        fields |= wanted
    if part:
        yield part


def field_names(count: int) -> list[str]:
    """Short names whose hashes differ: the engine compares names by 32-bit FNV-1a alone."""
    taken = {fnv1a(name) for name in _RESERVED_NAMES}
    names: list[str] = []
    number = 0
    while len(names) < count:
        name = f"a{number}"
        number += 1
        if fnv1a(name) not in taken:
            taken.add(fnv1a(name))
            names.append(name)
    return names


def fnv1a(name: str) -> int:
    """The engine's 32-bit hash of a property name."""
    value = 0x811C9DC5
    for byte in name.encode("ascii"):
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value


_live: weakref.WeakSet[Rete] = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for engine in list(_live):
        engine.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
