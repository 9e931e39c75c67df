"""grounds apart.

A question that collects grounds needs no division of everything that a left-out subject can be:
each ground has facts of its own. The rules are put into parts that share no fact of that subject,
each part is divided by itself, and there is a ground where one part gives one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import field, frozen

from flk_rules.deciding.axes import Axis, all_of, any_of, describe
from flk_rules.deciding.cells import Division, NotDivisible
from flk_rules.engines import Engine
from flk_rules.model.expressions import Expr, FactRef
from flk_rules.model.rules import Rule, Ruleset
from flk_rules.model.values import Value


@frozen
class Part:
    """Rules that share facts of the left-out subject, by bit, and the cells of these facts."""

    rules: int
    division: Division


@frozen
class Sides:
    """Where there is a ground and where there is none, None where that is so nowhere, and the rules
    that give one somewhere."""

    with_ground: Expr | None
    without: Expr | None
    grounds: int


@frozen
class Apart:
    """The parts of a question's grounds, for some subjects left out."""

    parts: tuple[Part, ...] = field(repr=False)

    @property
    def rules(self) -> int:
        """All rules of the parts, by bit."""
        return sum(part.rules for part in self.parts)

    def cases(self) -> Iterator[dict[str, Value]]:
        """The facts of every cell of every part."""
        for part in self.parts:
            for _, values in part.division.cells():
                yield values

    def sides(self, engine: Engine, known: Mapping[str, Value]) -> Sides | None:
        """The two sides, given the facts of the other subjects; None where facts of these are
        missing for it."""
        tables: list[tuple[tuple[Axis, ...], dict[tuple[int, ...], object]]] = []
        grounds = 0
        for part in self.parts:
            table: dict[tuple[int, ...], object] = {}
            for choice, values in part.division.cells():
                firings = engine.fire({**known, **values})
                if firings.unknown & part.rules:
                    return None
                table[choice] = bool(firings.true & part.rules)
                grounds |= firings.true & part.rules
            if any(table.values()):
                tables.append((part.division.axes, table))
        everywhere = any(all(table.values()) for _, table in tables)
        return Sides(
            with_ground=any_of([describe(*each, True) for each in tables]) if tables else None,
            without=None if everywhere else all_of([describe(*each, False) for each in tables]),
            grounds=grounds,
        )


def apart(
    ruleset: Ruleset, rules: Sequence[Rule], answering: int, subjects: tuple[str, ...]
) -> Apart | None:
    """The grounds among the rules in parts; None where one part has no finite division."""
    parts: list[tuple[int, set[str], list[Rule]]] = []
    for number, rule in enumerate(rules):
        reads = {
            each.path
            for each in ruleset.nodes_of(rule.when)
            if isinstance(each, FactRef) and each.path.partition(".")[0] in subjects
        }
        if not (reads and answering >> number & 1):
            continue
        joined = [part for part in parts if part[1] & reads]
        parts = [part for part in parts if part not in joined]
        bits, facts, members = 1 << number, reads, [rule]
        for part in joined:
            bits, facts, members = bits | part[0], facts | part[1], [*members, *part[2]]
        parts.append((bits, facts, members))
    try:
        return Apart(
            tuple(Part(bits, Division(ruleset, members, subjects)) for bits, _, members in parts)
        )
    except NotDivisible:
        return None
