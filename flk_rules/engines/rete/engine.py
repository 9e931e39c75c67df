"""rules on durable-rules.

Compiles a question's rules to handles and runs facts through them. The true nets run first; only
where a rule did not fire and one of its fields is missing can it be unknown, and only then do the
false nets run, for those rules alone, to tell unknown from false.
"""

from __future__ import annotations

import functools
import operator
import os
import threading
import weakref
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

from attrs import frozen

from flk_rules.engines.reference import Interpreter
from flk_rules.engines.rete.fields import Encoder, Field, encoder
from flk_rules.engines.rete.handle import Handle
from flk_rules.engines.rete.kinds import Kinds
from flk_rules.engines.rete.nets import Atom, Conjunction, Net, NetBuilder, Nets, fields_of
from flk_rules.errors import EngineClosed, EngineLimit
from flk_rules.model.rules import Rule, Ruleset
from flk_rules.model.values import Value
from flk_rules.model.verdicts import Firings

MAX_CONJUNCTIONS = 50
"""Conjunctions a handle holds: below the engine's 64 that may match one fact, 127, 255 and 511."""
MAX_FIELDS = 190
"""Fields a handle's fact may have: with one question mark a rule below the engine's 254
properties."""
MAX_HANDLES = 1_000
"""Handles one question may need: a full one takes some 1.2 MB."""
MAX_KEPT = 10_000
"""Questions kept, over all patterns of missing fields and true rules: 4 MB at most, however many
handles a pattern asks."""

_OPERATORS = {"!=": "$neq", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}
_RESERVED_NAMES = ("sid", "id", "k", "$s")


@frozen
class _Asked:
    """A distinct conjunction: the rules that share it and the fields it needs, as bit sets, and
    the mark by which a fact asks for it."""

    rules: int
    needs: int
    mark: str


@frozen
class _Group:
    """A handle, the fields its conjunctions read, and the conjunctions in the handle's order."""

    handle: Handle
    fields: tuple[int, ...]
    asked: tuple[_Asked, ...]

    def run(self, parts: list[str], marks: str = "") -> int:
        """The rules with a conjunction that holds."""
        fired = 0
        for name in self.handle.fired("".join([parts[each] for each in self.fields]) + marks):
            fired |= self.asked[int(name[1:])].rules
        return fired


class Rete:
    """The default engine; one instance per ruleset and question.

    A decision holds the instance's lock, so instances may be shared between threads; a forked
    child gets a fresh lock, and a pickle holds what the engine was built from, to be built anew.
    `close` gives the engine's memory back, as does dropping the last reference.
    """

    def __init__(self, ruleset: Ruleset, question: str) -> None:
        self._built_from = ruleset, question
        self.rules: tuple[Rule, ...] = ruleset.rules_of(question)
        builder = NetBuilder(ruleset)
        self.nets: tuple[Nets, ...] = tuple(builder.build(rule.when) for rule in self.rules)
        when_true = {number: nets.when_true for number, nets in enumerate(self.nets)}
        when_false = {number: nets.when_false for number, nets in enumerate(self.nets)}
        parts_true, parts_false = list(partition(when_true)), list(partition(when_false))
        _check_handles(len(parts_true) + len(parts_false))
        self.fields: list[Field] = list(
            dict.fromkeys([*fields_of(when_true), *fields_of(when_false)])
        )
        interpreter = Interpreter(ruleset)
        self._kinds = Kinds(builder.atoms, ruleset, interpreter)
        self._encoders: list[Encoder] = [
            encoder(each, ruleset, interpreter) for each in self.fields
        ]
        names = field_names(len(self.fields) + MAX_CONJUNCTIONS)
        self._names, self._marks = names[: len(self.fields)], names[len(self.fields) :]
        self._prefixes = [f',"{name}":' for name in self._names]
        self._numbers = {each: number for number, each in enumerate(self.fields)}
        self._needs = [
            self._fields_of(frozenset().union(*nets.when_true, *nets.when_false))
            for nets in self.nets
        ]
        self._asked: dict[tuple[int, int], tuple[int, list[tuple[_Group, str]]]] = {}
        self._kept = 0
        self._lock = threading.Lock()
        self._handles: list[Handle] = []
        # At interpreter exit the process gives its memory back, and modules may be half gone.
        self._closing = weakref.finalize(self, _close, self._handles)
        self._closing.atexit = False
        try:
            self._true = [self._group(part, marked=False) for part in parts_true]
            self._false = [self._group(part, marked=True) for part in parts_false]
        except BaseException:
            self.close()
            raise
        _live.add(self)

    def __reduce__(self) -> tuple[type[Rete], tuple[Ruleset, str]]:
        return Rete, self._built_from

    def _fields_of(self, conjunction: Conjunction) -> int:
        return functools.reduce(
            operator.or_, (1 << self._numbers[atom.field] for atom in conjunction), 0
        )

    def _group(self, part: list[tuple[Conjunction, int]], *, marked: bool) -> _Group:
        """One handle. A marked conjunction fires only where the fact asks for it: each firing
        costs, and the false nets are asked about few rules."""
        patterns: dict[str, list[dict[str, Any]]] = {}
        asked: list[_Asked] = []
        for position, (conjunction, rules) in enumerate(part):
            mark = self._marks[position]
            atoms: list[dict[str, Any]] = [{mark: 1}] if marked else []
            for atom in sorted(conjunction, key=self._order):
                plain = {self._names[self._numbers[atom.field]]: atom.value}
                atoms.append(plain if atom.op == "==" else {_OPERATORS[atom.op]: plain})
            patterns[f"r{position}"] = atoms
            asked.append(_Asked(rules, self._fields_of(conjunction), f',"{mark}":1'))
        used = functools.reduce(operator.or_, (each.needs for each in asked), 0)
        fields = tuple(n for n in range(len(self.fields)) if used >> n & 1)
        self._handles.append(Handle(patterns))
        return _Group(self._handles[-1], fields, tuple(asked))

    def _order(self, atom: Atom) -> tuple[int, str, int]:
        return self._numbers[atom.field], atom.op, atom.value

    def fire(self, facts: Mapping[str, Value]) -> Firings:
        """Which rules are true and which unknown; raises `EngineFailure`, and `FactsInvalid` for
        facts that were not validated."""
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
            if not self._closing.alive:
                raise EngineClosed
            true = 0
            for group in self._true:
                true |= group.run(parts)
            open_, questions = self._questions(missing, true)
            false = 0
            for group, marks in questions:
                false |= group.run(parts, marks)
        return Firings(true, open_ & ~false)

    def kind(self, facts: Mapping[str, Value]) -> Hashable:
        """What the rules can tell of validated facts; raises `EngineClosed` as `fire` does."""
        if not self._closing.alive:
            raise EngineClosed
        return self._kinds.of(facts)

    def _questions(self, missing: int, true: int) -> tuple[int, list[tuple[_Group, str]]]:
        """The rules that may be unknown, and what to ask of the false nets to tell: it follows
        from the missing fields and the true rules alone, so it is kept."""
        found = self._asked.get((missing, true))
        if found is None:
            open_ = 0
            for number, needs in enumerate(self._needs):
                if needs & missing and not true >> number & 1:
                    open_ |= 1 << number
            questions = []
            for group in self._false:
                marks = [
                    each.mark
                    for each in group.asked
                    if each.rules & open_ and not each.needs & missing
                ]
                if marks:
                    questions.append((group, "".join(marks)))
            self._kept += 1 + len(questions)
            if self._kept > MAX_KEPT:
                self._asked.clear()
                self._kept = 1 + len(questions)
            found = self._asked[missing, true] = (open_, questions)
        return found

    def close(self) -> None:
        """Free the engine's handles; a second call does nothing, a decision asked for later
        raises `EngineClosed`."""
        with self._lock:
            self._closing()

    def after_fork(self) -> None:
        """In a forked child: another thread's lock is gone with the thread. A decision that it
        left half made is forgotten by its handle before the next."""
        self._lock = threading.Lock()


def _close(handles: list[Handle]) -> None:
    for handle in handles:
        handle.close()


def _check_handles(found: int) -> None:
    if found > MAX_HANDLES:
        raise EngineLimit(
            f"handles of {MAX_CONJUNCTIONS} conjunctions for one question on the rete engine",
            found,
            MAX_HANDLES,
            "split the ruleset, or decide with the reference engine",
        )


def partition(nets: Mapping[int, Net]) -> Iterator[list[tuple[Conjunction, int]]]:
    """The distinct conjunctions of all rules with the rules that share each, in parts small
    enough for one handle."""
    shared: dict[Conjunction, int] = {}
    for rule, net in nets.items():
        for conjunction in net:
            shared[conjunction] = shared.get(conjunction, 0) | 1 << rule
    part: list[tuple[Conjunction, int]] = []
    fields: set[Field] = set()
    for conjunction, rules in shared.items():
        wanted = {atom.field for atom in conjunction}
        if part and (len(part) == MAX_CONJUNCTIONS or len(fields | wanted) > MAX_FIELDS):
            yield part
            part, fields = [], set()
        part.append((conjunction, rules))
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
