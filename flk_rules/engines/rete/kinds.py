"""what rules tell apart.

The kind of facts: the truth of every atom about each. Facts of one kind have the same firings and
lack the same facts, so deciding one of them decides them all.
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
"""Values of one fact that are kept with their kind: some 1 MB."""

_HOLDS: dict[str, Callable[[int, int], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Kinds:
    """The kinds of one question's facts.

    `atoms` are all that the conditions were made of, also those that the nets do without: they
    can still tell which facts are missing. A fact that is computed with another one counts by its
    value, since how it is read is not told by atoms.
    """

    def __init__(self, atoms: Iterable[Atom], ruleset: Ruleset, interpreter: Interpreter) -> None:
        alone: dict[str, list[tuple[Encoder, Atom]]] = {}
        together: set[str] = set()
        for atom in atoms:
            read = facts_of(atom.field, ruleset)
            if len(read) > 1:
                together |= read
            for name in read:
                encode = encoder(atom.field, ruleset, interpreter)
                alone.setdefault(name, []).append((encode, atom))
        self._together = tuple(sorted(together))
        self._alone = tuple(sorted(alone.keys() - together))
        self._kinds = [_KindOf(name, alone[name]) for name in self._alone]

    def of(self, facts: Mapping[str, Value]) -> tuple[object, ...]:
        """The kind of validated facts."""
        get = facts.get
        return (
            *map(operator.getitem, self._kinds, map(get, self._alone)),
            *map(get, self._together),
        )


class _KindOf(dict[Value | None, int]):
    """Values of one fact, None for not known, to their kinds; filled as values come."""

    def __init__(self, name: str, atoms: list[tuple[Encoder, Atom]]) -> None:
        super().__init__()
        self._name = name
        self._atoms = [(encode, _HOLDS[atom.op], atom.value) for encode, atom in atoms]

    def __missing__(self, value: Value | None) -> int:
        facts = {} if value is None else {self._name: value}
        kind = len(facts)
        for encode, holds, bound in self._atoms:
            number = encode(facts)
            kind = kind << 1 | (number is not None and holds(number, bound))
        if len(self) >= MAX_VALUES:
            self.clear()
        self[value] = kind
        return kind
