"""the form of tables.

Reads a file of cases as far as its own text goes: known keys, values of their kinds, rows written
out as cases. Whether what it names exists is for `flk_rules.cases.resolving`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from flk_rules.cases.keys import EXPECTATIONS, KEYS, OF_CASE, OF_FILE
from flk_rules.cases.merging import NotThere, merged, put, take
from flk_rules.cases.rows import Part, row_parts
from flk_rules.cases.shapes import mistake
from flk_rules.errors import CasesInvalid, FileUnreadable, Problem, nearest
from flk_rules.loading.files import SourceFile, parse_with_lines, read_text
from flk_rules.loading.lines import join
from flk_rules.loading.structuring import MAX_MISTAKES, Content

ENDING = ".cases.toml"
"""What the name of a table's file ends in."""
MAX_BYTES = 10_000_000
"""Bytes one table may have."""
NEEDED = tuple(each.name for each in KEYS.values() if each.needed and each.of_case)


@frozen(kw_only=True)
class Entry:
    """A case as its file says it; each row of a short form is one.

    at: its path in the file, such as ``case[3].rows[2]``. facts: the shared ones and its own,
    nested. given: the subjects that it gives facts of itself. said: its other keys, its own and
    shared. paths: where a key or a cell's fact stands; what is not there stands in the case's
    `with` or is shared. columns: where the column of a fact stands. broken: that it has a mistake
    of form; what else it says is there to be checked, and it is no case.
    """

    name: str
    at: str
    facts: dict[str, Any]
    given: frozenset[str]
    said: Mapping[str, Any]
    paths: Mapping[str, str]
    columns: Mapping[str, str]
    broken: bool = False


@frozen
class Entries:
    """The cases of a file, its places, the folders it names, and its mistakes of form."""

    source: SourceFile
    folders: tuple[Path, ...]
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]


def read_entries(path: Path) -> Entries:
    """The cases of a file; see `Entries.problems` for the mistakes of form.

    Raises `CasesInvalid` where the file cannot be read as TOML at all.
    """
    try:
        raw, lines = parse_with_lines(path, read_text(path, MAX_BYTES))
    except FileUnreadable as error:
        raise CasesInvalid([Problem(error.path, error.reason)]) from None
    reader = _Reader(SourceFile(path, Content(), lines), raw)
    entries = tuple(reader.entries())
    folders = tuple(path.parent / each for each in reader.top.get("path", ()))
    return Entries(reader.source, folders, entries, tuple(reader.problems))


class _Reader:
    """One file while it is read."""

    def __init__(self, source: SourceFile, raw: Mapping[str, Any]) -> None:
        self.source, self.raw = source, raw
        self.problems: list[Problem] = []
        self.top = self.read(raw, "", OF_FILE)
        self.shared = {key: value for key, value in self.top.items() if key in OF_CASE}

    def wrong(self, path: str, message: str) -> None:
        self.problems.append(Problem(self.source.place(path), message))

    def read(self, raw: Mapping[str, Any], path: str, known: tuple[str, ...]) -> dict[str, Any]:
        """The keys of a table that may stand there and whose values are of their kinds."""
        good: dict[str, Any] = {}
        for name, value in raw.items():
            where = join(path, name)
            if name in known:
                said = mistake(KEYS[name], value)
            elif name in KEYS:
                side = "in each [[case]]" if path == "" else "before the cases, for all of them"
                said = f"the key {name!r} stands {side}"
            else:
                hint = nearest(name, known)
                said = f"unknown key {name!r}{hint} (known: {', '.join(known)})"
            if said is None:
                good[name] = value
            else:
                self.wrong(where, said)
        return good

    def entries(self) -> Iterator[Entry]:
        if "case" not in self.raw:
            self.wrong("", "expected at least one [[case]], found none")
        names: dict[str, str] = {}
        for number, raw in enumerate(self.top.get("case", ())):
            if len(self.problems) >= MAX_MISTAKES:
                message = f"has {MAX_MISTAKES:,} mistakes and more; the rest was not read"
                self.problems.append(Problem(str(self.source.path), message))
                return
            for entry in self.case(f"case[{number}]", raw):
                first = names.setdefault(entry.name, entry.at) if entry.name else entry.at
                if first == entry.at or entry.broken:
                    yield entry
                if first != entry.at:
                    there = self.source.place(first)
                    self.wrong(entry.at, f"the name {entry.name!r} is taken, at {there}")

    def case(self, path: str, raw: Mapping[str, Any]) -> Iterator[Entry]:
        """The entries of one [[case]]; none where it does not say what it is about."""
        before = len(self.problems)
        own = self.read(raw, path, OF_CASE)
        facts = self.facts(own, path)
        whole = Part(path, {**self.shared, **own}, {key: join(path, key) for key in own})
        parts = [whole]
        if "rows" in raw or "columns" in raw:
            parts, mistakes = row_parts(whole, raw.keys())
            for where, message in mistakes:
                self.wrong(where, message)
        for part in parts:
            self.check(part, raw)
        for part in parts:
            if all(key in part.said for key in ("ruleset", "question", "on")):
                yield Entry(
                    name=part.said.get("name", ""),
                    at=part.at,
                    facts=self.filled(facts, part),
                    given=_given(own, part),
                    said=part.said,
                    paths=part.paths,
                    columns=part.columns,
                    broken=len(self.problems) > before,
                )

    def facts(self, own: Mapping[str, Any], path: str) -> dict[str, Any]:
        """The shared facts with the case's own in their place, and without what it takes away."""
        shared = {} if own.get("alone") else self.top.get("facts", {})
        facts = merged(shared, own.get("with", {}))
        for name in own.get("without", ()):
            try:
                take(facts, name)
            except NotThere as error:
                self.wrong(join(path, "without"), str(error))
        return facts

    def filled(self, facts: dict[str, Any], part: Part) -> dict[str, Any]:
        """The facts with those of a row's cells."""
        if not part.cells:
            return facts
        filled = merged(facts, {})
        for name, value in part.cells.items():
            put(filled, name, value)
        return filled

    def check(self, part: Part, raw: Mapping[str, Any]) -> None:
        """That an entry says what every case has to, and nothing that excludes the other."""
        said = part.said
        for key in NEEDED:
            if key not in said and key not in raw and key not in self.raw:
                place = "" if key == "name" else ", in the case or before all of them"
                wanted = f"expected {KEYS[key].kind.value}{place}"
                self.wrong(part.at, f"the key {key!r} is missing; {wanted}")
        if "error" in said:
            for key in EXPECTATIONS:
                if key in said:
                    path = part.paths.get(key, part.at)
                    self.wrong(path, f"a case that expects an error has no decision, so no {key!r}")
        elif "outcome" not in said and not {"outcome", "error"} & raw.keys():
            self.wrong(part.at, "the key 'outcome' is missing; expected it or 'error'")
        if "error" not in said:
            for key in ("at", "says"):
                if key in said:
                    path = part.paths.get(key, part.at)
                    self.wrong(path, f"{key!r} is about an error; expected 'error' beside it")
        elif "at" in said and said["error"] != "facts":
            self.wrong(part.paths.get("at", part.at), "'at' is of the error 'facts' only")


def _given(own: Mapping[str, Any], part: Part) -> frozenset[str]:
    cells = (name.partition(".")[0] for name, value in part.cells.items() if value is not None)
    return frozenset((*own.get("with", ()), *cells))
