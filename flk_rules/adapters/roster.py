"""rosters of physicians.

Reads a health centre's roster, as CSV, JSON, JSON lines or TOML, into rows that a question can be
asked of. What is wrong with the whole file stops everything before the first row; what is wrong
with one row stays with that row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

from attrs import frozen

from flk_rules.adapters.cells import CodeNames
from flk_rules.adapters.documents import read_json, read_json_lines, read_toml_rows
from flk_rules.adapters.tables import read_csv
from flk_rules.errors import FileUnreadable, Problem, UnknownName
from flk_rules.loading.files import decode
from flk_rules.model.expressions import DefinitionRef, Expr, FactRef, Has, children
from flk_rules.model.rules import Effect, Ruleset
from flk_rules.model.schema import Schema
from flk_rules.model.values import Kind

FORMATS = ("csv", "json", "jsonl", "toml")
MAX_BYTES = 200_000_000
"""Bytes a roster may have."""


@frozen
class Row:
    """One thing to decide: where it stands, its subjects, and what could not be read of it."""

    where: str
    subjects: Mapping[str, Any]
    problems: tuple[Problem, ...] = ()


@frozen(kw_only=True)
class Expected:
    """What a table must have: fact columns by subject, from the rules that decide the question."""

    subjects: tuple[str, ...]
    columns: frozenset[str]


def expected_of(ruleset: Ruleset, question: str, *, columns: bool = True) -> Expected:
    """What a roster for the question has: a column for each fact that some rule with an outcome
    reads, save those that a rule asks for by `has()`, which a record may lack."""
    read: set[str] = set()
    asked: set[str] = set()

    def walk(node: Expr) -> None:
        match node:
            case FactRef(path=path):
                read.add(path)
            case Has(fact=fact):
                asked.add(fact.path)
            case DefinitionRef(path=path):
                walk(ruleset.definitions[path].when)
            case _:
                for child in children(node):
                    walk(child)

    for rule in ruleset.rules_of(question):
        if columns and rule.effect is not Effect.ADVISE:
            walk(rule.when)
    subjects = ruleset.questions[question].subjects
    return Expected(subjects=subjects, columns=frozenset(read - asked))


def read_roster(
    name: str,
    data: bytes,
    schema: Schema,
    expected: Expected,
    *,
    format_: str | None = None,
    subject: str = "physician",
) -> Iterator[Row]:
    """The rows of a roster; `subject` is whom its unprefixed columns and bare objects are about.

    Args:
        name: the file's name, for places in messages and, by its ending, the format.
        data: the file's bytes.
        schema: the facts that columns and keys are named after.
        expected: the question's subjects and the columns a table must have.
        format_: one of `FORMATS` where the name does not tell.

    Raises:
        FileUnreadable: empty, too large, not UTF-8, not in its format.
        RosterInvalid: columns missing, doubled or unknown; a shape that is no roster.
        UnknownName: another format.
    """
    format_ = format_ or Path(name).suffix.removeprefix(".").lower()
    if format_ not in FORMATS:
        raise UnknownName("roster format", format_, FORMATS, name)
    text = decode(name, data, MAX_BYTES)
    if format_ == "csv":
        table = read_csv(name, text, schema, expected, subject)
        return (Row(where, subjects, problems) for where, subjects, problems in table)
    reader = {"json": read_json, "jsonl": read_json_lines, "toml": read_toml_rows}[format_]
    rows = reader(name, text, expected.subjects, subject)
    names = _code_names(schema)
    return (Row(where, _named(subjects, names)) for where, subjects in rows)


def pair(rows: Sequence[Row], others: Sequence[Row], where: str) -> Iterator[Row]:
    """Every row with every other: each physician of a roster with each patient of a list."""
    for one, two in product(rows, others):
        doubled = set(one.subjects) & set(two.subjects)
        if doubled:
            raise FileUnreadable(where, f"gives the {', '.join(sorted(doubled))} a second time")
        yield Row(
            f"{one.where} with {two.where}",
            {**one.subjects, **two.subjects},
            (*one.problems, *two.problems),
        )


def _code_names(schema: Schema) -> dict[str, tuple[Kind, CodeNames]]:
    return {
        name: (spec.type.kind, CodeNames(schema.codes_of(spec.type.codes)))
        for name, spec in schema.facts.items()
        if spec.type.codes
    }


def _named(
    subjects: Mapping[str, Any], names: Mapping[str, tuple[Kind, CodeNames]], prefix: str = ""
) -> dict[str, Any]:
    """The same mapping with names of codes replaced by their ids; all else is left for intake."""
    read: dict[str, Any] = {}
    for key, value in subjects.items():
        path = f"{prefix}{key}"
        if isinstance(value, Mapping):
            read[key] = _named(value, names, f"{path}.")
        elif path not in names:
            read[key] = value
        elif isinstance(value, list) and len(value) <= 1_000:
            read[key] = [_code(each, names[path][1]) for each in value]
        else:
            read[key] = _code(value, names[path][1])
    return read


def _code(value: Any, names: CodeNames) -> Any:
    return (names.find(value) or value) if isinstance(value, str) and len(value) < 200 else value
