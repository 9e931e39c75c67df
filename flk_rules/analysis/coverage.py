"""figures of coverage.

What a record covers of what can be covered. Each rule has three values (true, false, unknown), each
atom two ways (true and false while it decides); those that no facts reach do not count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum

from attrs import frozen

from flk_rules.analysis.coverage_conditions import Atom, Line
from flk_rules.analysis.coverage_points import (
    FALSE,
    TRUE,
    UNKNOWN,
    ParameterSeen,
    Record,
    RuleSeen,
    TakenSeen,
)
from flk_rules.model.rules import Overlaid, Rule, Text

VALUES = {"true": TRUE, "false": FALSE, "unknown": UNKNOWN}
WAYS = {"true": TRUE, "false": FALSE}


class State(Enum):
    """Of a value or a way: seen; not seen; or proven to be out of reach."""

    COVERED = "covered"
    MISSED = "missed"
    UNREACHABLE = "unreachable"


@frozen
class Point:
    """One value of a rule or way of an atom, and why it is out of reach where it is."""

    state: State
    why: Text | None = None


@frozen
class Reached:
    """What facts can reach of a condition: why a value, by name, or a way, by atom and name, is out
    of reach."""

    values: Mapping[str, Text]
    ways: Mapping[tuple[int, str], Text]


Reach = Callable[[RuleSeen], Reached]


@frozen
class Count:
    """So many of so many. Nothing of nothing is no share."""

    covered: int
    reachable: int

    @property
    def percent(self) -> float | None:
        """The share in per cent, None where there is nothing to cover."""
        return 100 * self.covered / self.reachable if self.reachable else None

    def __add__(self, other: Count) -> Count:
        return Count(self.covered + other.covered, self.reachable + other.reachable)


NOTHING = Count(0, 0)


@frozen
class AtomFigures:
    """An atom and its two ways."""

    atom: Atom
    ways: Mapping[str, Point]


@frozen
class RuleFigures:
    """A rule, the lines of its condition, its three values and its atoms; of each overlay on it,
    whether it made a difference. `home` is the ruleset under which it is counted; `number` counts
    the versions that it has there."""

    home: str
    number: int
    rule: Rule
    lines: tuple[Line, ...]
    values: Mapping[str, Point]
    atoms: tuple[AtomFigures, ...]
    overlays: tuple[tuple[Overlaid, bool], ...]

    @property
    def value_count(self) -> Count:
        """Values seen of those in reach."""
        return count(self.values.values())

    @property
    def way_count(self) -> Count:
        """Ways seen of those in reach."""
        return count(point for each in self.atoms for point in each.ways.values())

    @property
    def unreachable(self) -> int:
        """How many of both are out of reach."""
        points = [*self.values.values(), *(p for each in self.atoms for p in each.ways.values())]
        return sum(point.state is State.UNREACHABLE for point in points)


@frozen
class Figures:
    """The figures of a record, rules by ruleset, question and id."""

    decisions: int
    kinds: int
    rules: tuple[RuleFigures, ...]
    taken: tuple[TakenSeen, ...]
    parameters: tuple[ParameterSeen, ...]

    @property
    def values(self) -> Count:
        """Values of rules."""
        return sum((each.value_count for each in self.rules), NOTHING)

    @property
    def ways(self) -> Count:
        """Ways of atoms."""
        return sum((each.way_count for each in self.rules), NOTHING)

    @property
    def total(self) -> Count:
        """Both together: the number that ``--flk-cov-fail-under`` is about."""
        return self.values + self.ways

    @property
    def overlays(self) -> Count:
        """Overlays that made a difference; a `set` makes one where the parameter told."""
        used = [used for rule in self.rules for _, used in rule.overlays]
        used += [each.was_true for each in self.taken]
        used += [each.used for each in self.parameters if each.parameter.overlaid]
        return Count(sum(used), len(used))

    @property
    def told(self) -> Count:
        """Parameters whose value told, of those that rules read."""
        read = [each for each in self.parameters if each.readers]
        return Count(sum(each.used for each in read), len(read))


def count(points: Iterable[Point]) -> Count:
    """How many of the points in reach are covered."""
    states = [point.state for point in points]
    covered = states.count(State.COVERED)
    return Count(covered, covered + states.count(State.MISSED))


def figures(record: Record, reach: Reach) -> Figures:
    """What the record covers; `reach` is asked about each rule of which something was missed."""
    rules = sorted(
        record.rules.values(),
        key=lambda each: (each.home, each.rule.decides, each.rule.id, each.rule.valid_from),
    )
    return Figures(
        record.decisions,
        record.kinds,
        tuple(
            _rule(each, number, reach) for each, number in zip(rules, _versions(rules), strict=True)
        ),
        tuple(sorted(record.taken.values(), key=lambda each: (each.home, each.rule.id))),
        tuple(sorted(record.parameters.values(), key=lambda each: (each.home, each.parameter.id))),
    )


def _versions(rules: Iterable[RuleSeen]) -> Iterator[int]:
    met: dict[tuple[str, str], int] = {}
    for each in rules:
        key = each.home, each.rule.id
        met[key] = met.get(key, 0) + 1
        yield met[key]


def _rule(seen: RuleSeen, number: int, reach: Reach) -> RuleFigures:
    whole = seen.truths == TRUE | FALSE | UNKNOWN and all(w == TRUE | FALSE for w in seen.ways)
    reached = Reached({}, {}) if whole else reach(seen)
    return RuleFigures(
        seen.home,
        number,
        seen.rule,
        seen.parts.lines,
        {name: _point(seen.truths & bit, reached.values.get(name)) for name, bit in VALUES.items()},
        tuple(
            AtomFigures(
                atom,
                {
                    name: _point(seen.ways[number] & bit, reached.ways.get((number, name)))
                    for name, bit in WAYS.items()
                },
            )
            for number, atom in enumerate(seen.parts.atoms)
        ),
        tuple(
            (each, bool(seen.overlays >> number & 1))
            for number, each in enumerate(seen.rule.overlaid)
        ),
    )


def _point(seen: int, why: Text | None) -> Point:
    if seen:
        return Point(State.COVERED)
    return Point(State.MISSED) if why is None else Point(State.UNREACHABLE, why)
