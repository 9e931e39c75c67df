"""files of a unit.

A plan as one TOML or JSON document, or a table each of physicians, patients and visits. They are
read as rosters are, by the same names of columns and codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import evolve, frozen

from flk_rules.adapters.roster import read_roster
from flk_rules.adapters.rows import Expected, Row
from flk_rules.errors import PlanInvalid, Problem
from flk_rules.facts.headings import LISTED_WITH
from flk_rules.library import Ruleset
from flk_rules.model.schema import InputSpec, Schema
from flk_rules.planning.continuity import Window
from flk_rules.planning.unit_data import UnitData
from flk_rules.planning.unit_rows import VISIT_KEYS, WINDOW_KEYS, unit_of_rows

PARTS = ("physician", "patient", "visit")
"""What a file of its own may be about."""
DOCUMENT = ("unit", *PARTS, "window")
"""What one document may hold."""


@frozen(kw_only=True)
class File:
    """A file as read: its name for messages, its bytes, what it is about (None for a document of
    several parts), and its format where the name does not tell."""

    name: str
    data: bytes
    part: str | None = None
    format: str | None = None


def read_unit(
    ruleset: Ruleset,
    files: Iterable[File],
    *,
    window: Window | None = None,
    ignored: Iterable[str] = (),
) -> UnitData:
    """A unit from files.

    Args:
        ruleset: has the schema, the code lists and the date.
        files: documents and tables; what two of them give is a mistake.
        window: the days whose visits count, where no document says.
        ignored: headings of columns to pass over.

    Raises:
        FileUnreadable: missing, empty, too large, not UTF-8, not in its format.
        RosterInvalid: columns or keys that are unknown or doubled; a file without rows.
        PlanInvalid: every mistake in the rows, each with its number.
        UnknownName: another format.
    """
    schema = _schema(ruleset.schema)
    rows: dict[str, Sequence[Row]] = {}
    givers: dict[str, str] = {}
    problems: list[Problem] = []
    for file in files:
        expected = Expected(
            subjects=(file.part,) if file.part else DOCUMENT,
            columns=frozenset(),
            ignored=frozenset(ignored),
        )
        roster = read_roster(
            file.name,
            file.data,
            schema,
            expected,
            format_=file.format,
            subject=file.part or "physician",
        )
        for found in roster.lists:
            part = next(iter(found[0].subjects), file.part or "physician")
            before = givers.setdefault(part, file.name)
            if part in rows:
                problems.append(Problem(file.name, f"gives the {part}s that {before} gives too"))
            problems += [
                Problem(row.where, f"expected a {part} as before, found a {other}")
                for row in found
                for other in row.subjects
                if other != part
            ]
            rows[part] = found
    if problems:
        raise PlanInvalid(problems)
    return unit_of_rows(ruleset, rows, window=window)


def _schema(schema: Schema) -> Schema:
    """The facts, and what else a plan's rows have."""
    named = [LISTED_WITH]
    labels = {"patient": "patient", "physician": "läkare", "date": "datum"}
    named += [
        InputSpec(
            name=f"visit.{key}", subject="visit", sv=labels[key], en=key, is_date=key == "date"
        )
        for key in VISIT_KEYS
    ]
    named += [
        InputSpec(
            name=f"window.{key}", subject="window", sv=key, en=key, is_date=key != "name"
        )
        for key in WINDOW_KEYS
    ]  # fmt: skip
    return evolve(schema, inputs={**schema.inputs, **{each.name: each for each in named}})
