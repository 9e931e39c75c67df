"""what rules tell apart.

The kind of facts: the truth of every atom about each of them. Facts of one kind have the same
firings and lack the same facts, so deciding one of them decides them all.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping

from flk_rules.engines.reference import Interpreter
from flk_rules.engines.rete.fields import Encoder, encoder, facts_of
from flk_rules.engines.rete.nets import Atom
from flk_rules.model.rules import Ruleset
from flk_rules.model.values import Value

MAX_VALUES = 10_000
"""Values that are kept with their kind, of all facts together: some 2 MB."""

_HOLDS: dict[str, Callable[[int, int], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_Test = tuple[Encoder, Callable[[int, int], bool], int]


class Kinds(dict[tuple[str, Value], object]):
    """A fact's name and value to its kind, filled as values come.

    `atoms` are all that the conditions were made of, also those that no net needs in the end: they
    can still tell which facts are missing. A fact that is computed with another counts by its
    value, since atoms then tell the two apart only together.
    """

    def __init__(self, atoms: Iterable[Atom], ruleset: Ruleset, interpreter: Interpreter) -> None:
        super().__init__()
        self._alone: dict[str, list[_Test]] = {}
        self._together: set[str] = set()
        for atom in atoms:
            read = facts_of(atom.field, ruleset)
            if len(read) > 1:
                self._together |= read
            for name in read:
                test = encoder(atom.field, ruleset, interpreter), _HOLDS[atom.op], atom.value
                self._alone.setdefault(name, []).append(test)
        self._numbers = {name: number for number, name in enumerate(self._alone)}

    def of(self, facts: Mapping[str, Value]) -> frozenset[object]:
        """The kind of validated facts; one that is not known has none."""
        return frozenset(map(self.__getitem__, facts.items()))

    def __missing__(self, fact: tuple[str, Value]) -> object:
        if len(self) >= MAX_VALUES:
            self.clear()
        kind = self[fact] = self._kind(*fact)
        return kind

    def _kind(self, name: str, value: Value) -> object:
        if name in self._together:
            return name, value
        if name not in self._alone:
            return None  # no rule reads it
        truths = 0
        for encode, holds, bound in self._alone[name]:
            number = encode({name: value})
            truths = truths << 1 | (number is not None and holds(number, bound))
        return truths * len(self._numbers) + self._numbers[name]
