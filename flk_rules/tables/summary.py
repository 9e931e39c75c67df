"""what a batch came to.

Counts over the rows of a decided table: outcomes, the rules that decided, assumptions, missing
facts. Sums of parts are the sum of the whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from attrs import field, frozen

from flk_rules.tables.checks import EXAMPLES, Unreadable
from flk_rules.tables.shape import Output

COUNTED = ("grounds", "failed", "advice", "directions", "assumptions", "missing")
"""Lists whose items are counted."""


@frozen(kw_only=True)
class Summary:
    """Counts of rows.

    outcomes: by outcome and, where there is one, reason. lists: by list of a decision, how many
    rows name each rule, parameter or fact in it. with_missing: rows that lack a fact that could
    still change their outcome, None where missing facts were not asked for. unpaired: rows of a
    joined table that met no other.
    """

    rows: int = 0
    outcomes: Mapping[str, int] = field(factory=dict)
    lists: Mapping[str, Mapping[str, int]] = field(factory=dict)
    with_missing: int | None = 0
    unpaired: int = 0
    unreadable: tuple[Unreadable, ...] = ()

    def __add__(self, other: Summary) -> Summary:
        return Summary(
            rows=self.rows + other.rows,
            outcomes=_sum(self.outcomes, other.outcomes),
            lists={
                name: _sum(self.lists.get(name, {}), other.lists.get(name, {}))
                for name in COUNTED
                if name in self.lists or name in other.lists
            },
            with_missing=None
            if self.with_missing is None or other.with_missing is None
            else self.with_missing + other.with_missing,
            unpaired=self.unpaired + other.unpaired,
            unreadable=together(self.unreadable, other.unreadable),
        )

    def to_dict(self) -> dict[str, Any]:
        """The summary as JSON values."""
        return {
            "rows": self.rows,
            "outcomes": dict(self.outcomes),
            "lists": {name: dict(each) for name, each in self.lists.items()},
            "with_missing": self.with_missing,
            "unpaired": self.unpaired,
            "unreadable": [each.to_dict() for each in self.unreadable],
        }


def summary_of(record: Mapping[str, Any]) -> Summary:
    """The summary of JSON values."""
    return Summary(
        rows=record["rows"],
        outcomes=record["outcomes"],
        lists=record["lists"],
        with_missing=record["with_missing"],
        unpaired=record["unpaired"],
        unreadable=tuple(
            Unreadable(
                table=each["table"], fact=each["fact"], headings=tuple(each["headings"]),
                expected=each["expected"], count=each["count"],
                examples=tuple((value, count) for value, count in each["examples"]),
            )
            for each in record["unreadable"]
        ),
    )  # fmt: skip


def counted(
    run: Callable[[str], list[tuple[Any, ...]]], table: str, outputs: tuple[Output, ...]
) -> Summary:
    """The counts of a table in the database."""
    names = {each.name for each in outputs}
    ((rows,),) = run(f'SELECT COUNT(*) FROM "{table}"')
    reason = "|| COALESCE(': ' || \"reason\", '')" if "reason" in names else ""
    side = f'SELECT "outcome" {reason} AS side FROM "{table}"'
    outcomes: dict[str, int] = dict(run(f"SELECT side, COUNT(*) FROM ({side}) GROUP BY side"))
    lists = {}
    for name in COUNTED:
        if name in names:
            items = f'SELECT UNNEST("{name}") AS item FROM "{table}"'
            lists[name] = dict(run(f"SELECT item, COUNT(*) FROM ({items}) GROUP BY item"))
    without = None
    if "missing" in names:
        ((without,),) = run(f'SELECT COUNT(*) FROM "{table}" WHERE LEN("missing") > 0')
    return Summary(
        rows=rows,
        outcomes=_ordered(outcomes),
        lists={name: _ordered(each) for name, each in lists.items()},
        with_missing=without,
    )


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return _ordered(Counter(one) + Counter(other))


def _ordered(counts: Mapping[str, int]) -> dict[str, int]:
    """The most frequent first."""
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


def together(one: tuple[Unreadable, ...], other: tuple[Unreadable, ...]) -> tuple[Unreadable, ...]:
    """What columns of several parts hold that cannot be read, added up."""
    found = {(each.table, each.fact): each for each in one}
    for each in other:
        before = found.get((each.table, each.fact))
        if before is None:
            found[each.table, each.fact] = each
            continue
        examples = _sum(dict(before.examples), dict(each.examples))
        found[each.table, each.fact] = Unreadable(
            table=each.table, fact=each.fact, headings=each.headings, expected=each.expected,
            count=before.count + each.count, examples=tuple(examples.items())[:EXAMPLES],
        )  # fmt: skip
    return tuple(found.values())
