"""rosters in files.

Reads a health centre's roster, as CSV, JSON, JSON lines or TOML, into rows that a question can be
asked of. What is wrong with the whole file stops everything before the first row; what is wrong
with one row stays with that row.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from flk_rules.adapters.documents import DocumentReader
from flk_rules.adapters.rows import Expected, Roster
from flk_rules.adapters.tables import read_csv
from flk_rules.errors import FileUnreadable, Problem, RosterInvalid, UnknownName, nearest
from flk_rules.facts.headings import normal
from flk_rules.loading.files import MAX_BYTES as MAX_TOML_BYTES
from flk_rules.loading.files import decode
from flk_rules.model.answers import Effect
from flk_rules.model.expressions import DefinitionRef, Expr, FactRef, Has, children
from flk_rules.model.rules import Ruleset
from flk_rules.model.schema import Schema

FORMATS = ("csv", "json", "jsonl", "toml")
MAX_BYTES = 200_000_000
"""Bytes a roster may have."""
_WORKBOOKS = ("xls", "xlsx", "xlsm", "xlsb", "ods", "numbers")
_SAY = "say it (--input csv, json, jsonl or toml)"
_WORKBOOK = "a workbook; save its sheet as CSV UTF-8"


def expected_of(
    ruleset: Ruleset, question: str, *, columns: bool = True, ignored: frozenset[str] = frozenset()
) -> Expected:
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
    return Expected(subjects=subjects, columns=frozenset(read - asked), ignored=ignored)


def format_of(name: str, otherwise: str | None = None) -> str:
    """The format that a file's name tells by its ending, or the other one.

    Raises `FileUnreadable` for a workbook or where neither tells, `UnknownName` if the other is
    none of `FORMATS`.
    """
    if otherwise is not None and otherwise not in FORMATS:
        raise UnknownName("roster format", otherwise, FORMATS, name)
    ending = Path(name).suffix.removeprefix(".").lower()
    if ending in FORMATS:
        return ending
    if ending in _WORKBOOKS:
        raise FileUnreadable(name, _WORKBOOK)
    if otherwise is None:
        raise FileUnreadable(name, f"its name does not tell its format; {_SAY}")
    return otherwise


def read_roster(
    name: str,
    data: bytes,
    schema: Schema,
    expected: Expected,
    *,
    format_: str | None = None,
    subject: str | None = None,
) -> Roster:
    """A roster; `subject` is whom its unprefixed columns and bare objects are about, the
    question's first unless another is named.

    Args:
        name: the file's name, for places in messages and, by its ending, the format.
        data: the file's bytes.
        schema: the facts that columns and keys are named after.
        expected: the question's subjects and the columns a table must have.
        format_: one of `FORMATS` where the name does not tell.

    Raises:
        FileUnreadable: empty, too large, not UTF-8, not in its format.
        RosterInvalid: columns missing, doubled or unknown; a shape that is no roster; no rows.
        UnknownName: another format.
    """
    format_, subject = format_of(name, format_), subject or expected.subjects[0]
    if data.startswith(b"PK\x03\x04"):
        raise FileUnreadable(name, _WORKBOOK)
    if format_ == "toml" and len(data) > MAX_TOML_BYTES:
        reason = f"larger than {MAX_TOML_BYTES:,} bytes; use CSV or JSON lines for a long roster"
        raise FileUnreadable(name, reason)
    text = decode(name, data, MAX_BYTES)
    if (at := text.find("\0")) >= 0:
        line = text.count("\n", 0, at) + 1
        reason = f"not UTF-8 text: a null character on line {line}; save it as UTF-8"
        raise FileUnreadable(name, reason)
    headings: tuple[str, ...] = ()
    if format_ == "csv":
        rows, headings = read_csv(name, text, schema, expected, subject)
        lists = [rows]
    else:
        reader = DocumentReader(name, schema, expected.subjects, subject)
        lists = {"json": reader.json, "jsonl": reader.json_lines, "toml": reader.toml}[format_](
            text
        )
    if not all(lists):
        raise RosterInvalid([Problem(name, "the roster has no rows")])
    return Roster(name, tuple(tuple(rows) for rows in lists), headings)


def absent_column(ignored: Iterable[str], rosters: Iterable[Roster]) -> tuple[str, str] | None:
    """The first heading to pass over that no table has, and the nearest one that some has."""
    headings = {normal(each): each for roster in rosters for each in roster.headings}
    for each in ignored:
        if normal(each) not in headings:
            return each, nearest(each, headings.values())
    return None
