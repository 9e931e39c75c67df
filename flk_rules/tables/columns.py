"""columns to facts.

Which column of a table is which fact, and whether it can be: headings as rosters have them, types
as the schema has them. What is wrong with the whole table is said before the first row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from attrs import evolve, frozen

from flk_rules.errors import Problem, TableInvalid, nearest, shown
from flk_rules.facts.headings import LISTED_WITH, column_names, normal
from flk_rules.model.rules import Ruleset
from flk_rules.model.schema import FactSpec, Schema
from flk_rules.model.values import Kind
from flk_rules.tables.query import facts_of

BOOL, WHOLE, REAL, SINGLE, DECIMAL = "bool", "int", "double", "float", "decimal"
TEXT, TEXTS, DATE, NOTHING = "text", "list of texts", "date", "null"
CELLS = "cells"
"""Text of CSV that stands for any value, as `facts/cells.py` spells it."""
_NUMBERS = (WHOLE, REAL, SINGLE, DECIMAL)
_TAKES: Mapping[Kind, tuple[tuple[str, ...], str]] = {
    Kind.BOOL: ((BOOL,), "true and false"),
    Kind.INT: (_NUMBERS, "whole numbers"),
    Kind.DOUBLE: (_NUMBERS, "numbers"),
    Kind.STRING: ((TEXT,), "codes as text"),
    Kind.LIST: ((TEXTS,), "lists of codes"),
}
_NAMES = "text or whole numbers"
_CASTS = {
    ("dates", "timestamp"): "; give days without a time, in pandas .dt.date",
    (_NAMES, REAL): "; give them as text, or in pandas as 'Int64'",
}
"""What to do about types that other tables make of dates, and of numbers where one is missing."""
_SHOWN = 40


@frozen
class Column:
    """A column as it comes: its heading, and what kind of values it holds, in our words."""

    heading: str
    kind: str


@frozen
class Bound:
    """The columns of one table by the fact, date or reference that each is, and the facts that are
    to be taken as not known because no column has them."""

    columns: Mapping[str, Column]
    absent: frozenset[str]


def bind(
    ruleset: Ruleset,
    question: str,
    where: str,
    columns: Sequence[Column],
    subjects: tuple[str, ...],
    *,
    unknown: bool | Collection[str] = False,
    unknown_by: str = "unknown=",
    keys: Collection[str] = (),
) -> Bound:
    """The columns that a question needs of a table about `subjects`.

    Args:
        where: what messages call the table.
        unknown: facts that may lack a column and are then not known; True for any.
        unknown_by: how the caller says so, for messages.
        keys: references, or whom a patient is listed with, that must be there.

    Raises `TableInvalid` with every column that is missing, doubled or of the wrong type.
    """
    schema = ruleset.schema
    paired = evolve(schema, inputs={**schema.inputs, LISTED_WITH.name: LISTED_WITH})
    names = column_names(paired, (*subjects, *_owners(keys)), subjects[0])
    problems: list[Problem] = []
    found: dict[str, Column] = {}
    for column in columns:
        name = names.get(normal(column.heading))
        if name is not None and name in found:
            both = f"columns {shown(found[name].heading)} and {shown(column.heading)}"
            problems.append(Problem(where, f"{both} are both {name}; keep one"))
        elif name is not None:
            found[name] = column
    needed = [each for each in facts_of(ruleset, question) if each.partition(".")[0] in subjects]
    absent = [each for each in needed if not _given(schema.facts[each], found)]
    strange = [each.heading for each in columns if normal(each.heading) not in names]
    problems += _missing(where, absent, [schema.facts[each] for each in absent], columns, strange,
                         unknown, unknown_by)  # fmt: skip
    if not columns and not problems:
        problems.append(Problem(where, f"the table has {_listed(columns)}"))
    problems += [_no_key(where, each, columns, strange) for each in keys if each not in found]
    used = {*needed, *keys, *(each for each in found if _is_reference(each, schema, subjects))}
    used |= {each for name in needed if (of := schema.facts[name].derived) for each in of.inputs}
    problems += _wrong_types(where, {k: v for k, v in found.items() if k in used}, schema)
    if problems:
        raise TableInvalid(problems)
    kept = {name: column for name, column in found.items() if name in used}
    return Bound(kept, frozenset(absent))


def _is_reference(name: str, schema: Schema, subjects: Collection[str]) -> bool:
    spec = schema.inputs.get(name)
    return spec is not None and not spec.is_date and spec.subject in subjects


def _owners(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(key.partition(".")[0] for key in keys)


def _given(spec: FactSpec, found: Collection[str]) -> bool:
    return spec.name in found or (
        spec.derived is not None and all(each in found for each in spec.derived.inputs)
    )


def _missing(
    where: str,
    names: Sequence[str],
    specs: Sequence[FactSpec],
    columns: Sequence[Column],
    strange: Sequence[str],
    unknown: bool | Collection[str],
    unknown_by: str,
) -> list[Problem]:
    problems = []
    for name, spec in zip(names, specs, strict=True):
        inputs = spec.derived.inputs if spec.derived else ()
        hint = next(
            filter(None, (_near(each, strange) for each in (name, *inputs, spec.sv, spec.en))), ""
        )
        # Who says it of any fact may not have seen that this one's heading is misspelt.
        if unknown and not hint if isinstance(unknown, bool) else name in unknown:
            continue
        ways = [name, *([" and ".join(inputs)] if inputs else [])]
        remedy = f"; add it, or say that it is not known ({unknown_by})"
        if hint:
            by_name = f" if not, name the facts that are not known ({unknown_by})"
            remedy = hint + (by_name if unknown is True else "")
        problems.append(Problem(where, f"no column for {' or '.join(ways)} ('{spec.sv}'){remedy}"))
    if problems:
        problems.append(Problem(where, f"the table has {_listed(columns)}"))
    return problems


def _near(name: str, strange: Sequence[str]) -> str:
    """The heading that may be meant: of the whole name, or of its last word."""
    return nearest(name, strange) or nearest(name.rpartition(".")[2], strange)


def _no_key(where: str, key: str, columns: Sequence[Column], strange: Sequence[str]) -> Problem:
    hint = nearest(key, strange) or f"; the table has {_listed(columns)}"
    return Problem(where, f"no column for {key}, by which the tables are joined{hint}")


def _listed(columns: Sequence[Column]) -> str:
    names = [shown(each.heading) for each in columns[:_SHOWN]]
    more = [f"and {len(columns) - _SHOWN} more"] if len(columns) > _SHOWN else []
    return ", ".join([*names, *more]) if names else "no columns"


def _wrong_types(where: str, found: Mapping[str, Column], schema: Schema) -> list[Problem]:
    problems = []
    for name, column in found.items():
        if column.kind in (CELLS, NOTHING):
            continue
        if name in schema.facts:
            taken, words = _TAKES[schema.facts[name].type.kind]
        elif name in schema.inputs and schema.inputs[name].is_date:
            taken, words = (DATE,), "dates"
        else:
            taken, words = (TEXT, WHOLE), _NAMES
        if column.kind not in taken:
            place = f"{where} {shown(column.heading)}"
            cast = _CASTS.get((words, column.kind.partition("[")[0]), "")
            problems.append(Problem(place, f"expected {words}, found {column.kind}{cast}"))
    return problems
