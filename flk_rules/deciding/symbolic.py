"""combining without firings.

Runs a way of combining on sets of rules whose truth is left open, so that what `ways.py` says once
of the firings of one decision can be asked of a table's columns. Every question that the way asks
("is any of these true?") divides the answers in two; what it says on each side is a *leaf*.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import field, frozen

from flk_rules.deciding.combining import Combining
from flk_rules.errors import EngineLimit, ValuesConflict
from flk_rules.model.verdicts import Firings, Verdict

TRUE, FALSE, UNKNOWN = 1, 2, 4
"""Truths a rule may have, as bits: a member of a set wherever the rule has one of them."""
ALWAYS = TRUE | FALSE | UNKNOWN
States = tuple[int, ...]
"""Of each rule, the truths that make it a member of a set."""
MAX_LEAVES = 4_096
"""Sides that one question may divide into."""


class Oracle:
    """Answers whether sets hold any rule: by what was said before where that settles it, else by a
    script, and past its end with yes. What it had to be told is `asked`."""

    def __init__(self, script: Sequence[bool], count: int) -> None:
        self._script = script
        self._possible = [ALWAYS] * count
        self._not_empty: list[States] = []
        self.asked: list[States] = []

    def holds_any(self, states: States) -> bool:
        """Whether any rule is in the set."""
        within = self._left(states)
        if not any(within):
            return False
        if any(0 < each == mine for each, mine in zip(self._possible, within, strict=True)):
            return True
        if any(_within(self._left(each), within) for each in self._not_empty):
            return True
        place = len(self.asked)
        said = self._script[place] if place < len(self._script) else True
        self.asked.append(within)
        if said:
            self._not_empty.append(within)
        else:
            self._possible = [mine & ~its for mine, its in zip(self._possible, within, strict=True)]
        return said

    def _left(self, states: States) -> States:
        """The set without the truths that rules no longer can have."""
        return tuple(mine & its for mine, its in zip(states, self._possible, strict=True))


def _within(inner: States, outer: States) -> bool:
    return all(mine & ~its == 0 for mine, its in zip(inner, outer, strict=True))


@frozen
class Rules:
    """A set of rules: of each, the truths that make it a member. It stands where a bit set would,
    for the operations that ways of combining use."""

    states: States
    _oracle: Oracle = field(eq=False, repr=False)

    def __bool__(self) -> bool:
        return self._oracle.holds_any(self.states)

    def __and__(self, other: Any) -> Rules:
        return self._with([mine & its for mine, its in self._beside(other)])

    def __or__(self, other: Any) -> Rules:
        return self._with([mine | its for mine, its in self._beside(other)])

    __rand__, __ror__ = __and__, __or__

    def __invert__(self) -> Rules:
        return self._with([ALWAYS & ~each for each in self.states])

    def __rshift__(self, place: int) -> _Shifted:
        return _Shifted(self, place)

    def _with(self, states: list[int]) -> Rules:
        return Rules(tuple(states), self._oracle)

    def _beside(self, other: Any) -> list[tuple[int, int]]:
        theirs = other.states if isinstance(other, Rules) else members(other, len(self.states))
        return list(zip(self.states, theirs, strict=True))


@frozen
class _Shifted:
    """A set on the way to ``bits >> place & 1``, which asks for one rule."""

    rules: Rules
    place: int

    def __and__(self, one: int) -> Rules:
        assert one == 1
        return self.rules & (1 << self.place)


def members(bits: int, count: int) -> States:
    """A bit set as states: a member is one whatever its truth."""
    return tuple(ALWAYS if bits >> number & 1 else 0 for number in range(count))


@frozen(kw_only=True)
class Leaf:
    """One side: the verdict, with sets of rules as states in the place of ids, what it says, and
    the states of the rules whose strongest force it has. A `conflict` is no verdict but two
    numbers."""

    number: int
    verdict: Verdict | None
    said: tuple[object, ...] = ()
    conflict: ValuesConflict | None = None


@frozen
class Branching:
    """A question about a set, and what follows if any rule is in it and if none is."""

    states: States
    some: Branching | Leaf
    none: Branching | Leaf


def branches(combining: Combining, count: int) -> tuple[Branching | Leaf, list[Leaf]]:
    """Every side that a way of combining `count` rules can come to, as a tree and as a list.

    Raises `EngineLimit` where there are more than `MAX_LEAVES`.
    """
    leaves: list[Leaf] = []

    def grown(script: tuple[bool, ...]) -> Branching | Leaf:
        oracle = Oracle(script, count)
        leaf = _leaf(combining, count, oracle, len(leaves) + 1)
        if len(oracle.asked) == len(script):
            if len(leaves) >= MAX_LEAVES:
                raise EngineLimit(
                    "sides that one question divides into on the sql engine",
                    len(leaves) + 1,
                    MAX_LEAVES,
                    "split the question, or decide with another engine",
                )
            leaves.append(leaf)
            return leaf
        states = oracle.asked[len(script)]
        return Branching(states, grown((*script, True)), grown((*script, False)))

    return grown(()), leaves


def _leaf(combining: Combining, count: int, oracle: Oracle, number: int) -> Leaf:
    firings: Any = Firings(
        Rules((TRUE,) * count, oracle),  # type: ignore[arg-type]
        Rules((UNKNOWN,) * count, oracle),  # type: ignore[arg-type]
    )

    def states(found: Any) -> States:
        return found.states if isinstance(found, Rules) else members(found, count)

    try:
        found = combining.find(firings)
    except ValuesConflict as error:
        return Leaf(number=number, verdict=None, conflict=error)
    verdict = combining.shaped(firings, found, states, states)
    return Leaf(number=number, verdict=verdict, said=combining.says(verdict))
