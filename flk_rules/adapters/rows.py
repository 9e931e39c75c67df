"""rows of rosters.

What a roster holds, whatever its format. A row that could not be read carries its mistakes, so
that one bad row costs no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from math import prod
from typing import Any

from attrs import evolve, field, frozen

from flk_rules.errors import FactsInvalid, FileUnreadable, Problem


@frozen
class Place:
    """Where a row stands: its file, its number, its line, and in a list of subjects whose."""

    name: str
    number: int
    line: int | None = None
    subject: str | None = None

    def __str__(self) -> str:
        line = f" (line {self.line})" if self.line else ""
        return f"{self.name} {self.subject or 'row'} {self.number}{line}".lstrip()


@frozen
class Row:
    """One thing to decide: where it stands, its subjects, and what could not be read of it.

    `headings` are the file's own words for facts, so that a message can use them.
    """

    places: tuple[Place, ...]
    subjects: Mapping[str, Any]
    problems: tuple[Problem, ...] = ()
    headings: Mapping[str, str] = field(factory=dict)

    @property
    def where(self) -> str:
        """The places as messages and records write them."""
        return " with ".join(map(str, self.places))


@frozen(kw_only=True)
class Expected:
    """What a roster must have: the question's subjects, a table's columns by fact, and the
    headings of columns to pass over."""

    subjects: tuple[str, ...]
    columns: frozenset[str]
    ignored: frozenset[str] = frozenset()


@frozen
class Roster:
    """One list of rows, or several that are combined each with each: `len` counts the
    combinations and iterating makes them one by one, for they may be very many."""

    name: str
    lists: tuple[tuple[Row, ...], ...]
    headings: tuple[str, ...] = ()
    """Those of a table, as they stand there."""

    def __len__(self) -> int:
        return prod(len(rows) for rows in self.lists)

    def __iter__(self) -> Iterator[Row]:
        for rows in product(*self.lists):
            if len(rows) == 1:
                yield rows[0]
            else:
                subjects = {key: value for row in rows for key, value in row.subjects.items()}
                yield Row(tuple(place for row in rows for place in row.places), subjects)

    @property
    def subjects(self) -> frozenset[str]:
        """Every subject that some row gives."""
        return frozenset(key for rows in self.lists for row in rows for key in row.subjects)

    def with_each(self, other: Roster) -> Roster:
        """Every row with every row of the other; raises `FileUnreadable` if both give a subject."""
        doubled = sorted(self.subjects & other.subjects)
        if doubled:
            reason = f"gives the {' and the '.join(doubled)} that {self.name} gives too"
            raise FileUnreadable(other.name, reason)
        headings = (*self.headings, *other.headings)
        return Roster(self.name, (*self.lists, *other.lists), headings)

    def sift(
        self,
        check: Callable[[Mapping[str, Any]], object],
        watch: Callable[[tuple[Row, ...]], Iterable[Row]] = iter,
    ) -> tuple[Roster, list[Row]]:
        """The roster without its bad rows, and these, each with all its mistakes.

        `check` raises `FactsInvalid` for the subjects of a row; `watch` may show the progress.
        """
        bad: list[Row] = []
        kept: list[tuple[Row, ...]] = []
        for rows in self.lists:
            checked = [(row, _mistakes(row, check)) for row in watch(rows)]
            bad += [Row(row.places, {}, found) for row, found in checked if found]
            kept.append(tuple(row for row, found in checked if not found))
        return evolve(self, lists=tuple(kept)), bad


def _mistakes(row: Row, check: Callable[[Mapping[str, Any]], object]) -> tuple[Problem, ...]:
    try:
        check(row.subjects)
    except FactsInvalid as error:
        return row.problems + tuple(
            Problem(f"{row.where} {row.headings.get(each.where, each.where)}", each.message)
            for each in error.problems
        )
    return row.problems
