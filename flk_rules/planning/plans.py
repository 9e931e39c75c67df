"""plans from TOML.

Reads a region's plan as strictly as a ruleset: every mistake at once, each with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, cast

from attrs import evolve, fields_dict, frozen

from flk_rules.errors import NotInForce, PlanInvalid, Problem, UnknownName, nearest, shown
from flk_rules.library import Ruleset, load
from flk_rules.loading.files import parse_toml, read_text
from flk_rules.loading.lines import index_lines, join
from flk_rules.loading.structuring import MAX_MISTAKES, found, structure_entry
from flk_rules.model.rules import Basis, Citation, Text
from flk_rules.planning.figures import PHYSICIANS, Figure, Limits, exact, from_ruleset
from flk_rules.planning.inputs import INPUTS, faults, year_faults
from flk_rules.planning.projecting import Plan, make_plan

MAX_BYTES = 1_000_000
"""Bytes a plan may have."""
_STATEMENT = re.compile(r"[ECPLSKDF][1-9][0-9]*")
_SAID_BY_PARAMETER = ("value", "basis", "because", "source", "reading")
_NEEDED = ("value", "basis", "because")


@frozen(kw_only=True)
class RegionEntry:
    """`[region]`: whose path, over which years, by which ruleset on which day; all is needed."""

    name: str = ""
    ruleset: str = ""
    on: date | None = None
    first_year: int | None = None
    last_year: int | None = None


@frozen(kw_only=True)
class FigureEntry:
    """`[[figure]]`: an input with its basis, or the parameter of the ruleset that is one."""

    id: str = ""
    value: Any = None
    basis: Basis | None = None
    because: Text | None = None
    source: Citation | None = None
    reading: Text | None = None
    from_year: int | None = None
    parameter: str | None = None


def read_plan(path: Path | str, *, rulesets: Sequence[Path | str] = ()) -> Plan:
    """The plan in a TOML file; docs/dimensioning.md has its tables.

    Args:
        path: the file.
        rulesets: further folders to look for the plan's ruleset in.

    Raises:
        FileUnreadable: missing, empty, over `MAX_BYTES`, not UTF-8 or not TOML.
        PlanInvalid: every mistake in it, in the order of lines.
        RulesetInvalid: the ruleset's own files are wrong.
        UnknownName: the ruleset lacks the guideline or the employment rate.
    """
    text = read_text(Path(path), MAX_BYTES)
    reader = _Reader(parse_toml(path, text), rulesets)
    if reader.problems or reader.ruleset is None:
        lines = index_lines(text)
        placed = [(lines.near(each.where) or 0, each) for each in reader.problems]
        raise PlanInvalid(
            Problem(_place(path, line, each.where), each.message)
            for line, each in sorted(placed, key=lambda pair: pair[0])
        )
    assert reader.years is not None
    return make_plan(
        reader.ruleset,
        region=reader.region.name,
        first_year=reader.years[0],
        last_year=reader.years[1],
        figures=reader.figures.values(),
    )


def _place(path: Path | str, line: int, where: str) -> str:
    start = f"{path}:{line}" if line else f"{path}"
    return f"{start}: {where}" if where else start


class _Reader:
    """Reads as far as it can: what has a mistake is put aside, so that the next one shows too."""

    def __init__(self, raw: Mapping[str, Any], rulesets: Sequence[Path | str]) -> None:
        self.problems: list[Problem] = []
        self.figures: dict[int, Figure] = {}
        self.excused: set[str] = set()
        for key in raw:
            known = ("region", "figure")
            if key not in known:
                message = f"unknown key {key!r}{nearest(key, known)} (known: {', '.join(known)})"
                self.tell(join("", key), message)
        self.region = self.read_region(raw.get("region", {}))
        self.ruleset = self.load(rulesets)
        self.years = self.read_years()
        self.read_figures(raw.get("figure", []))
        self.problems += faults(self.figures, self.years, self.excused)

    def tell(self, where: str, message: str) -> None:
        self.problems.append(Problem(where, message))

    def read_region(self, value: Any) -> RegionEntry:
        entry, wrong = self.salvage(value, RegionEntry, "region")
        if isinstance(value, dict):
            for key in fields_dict(RegionEntry):
                if getattr(entry, key) in ("", None) and key not in wrong:
                    self.tell("region", f"the key {key!r} is missing")
        return cast("RegionEntry", entry)

    def salvage(self, value: Any, shape: type, path: str) -> tuple[Any, set[str]]:
        """The entry without the keys that have a mistake, and these."""
        mistakes: list[Problem] = []
        entry = structure_entry(value, shape, path, mistakes)
        self.problems += mistakes
        if entry is not None:
            return entry, set()
        if not isinstance(value, dict):
            return shape(), set(fields_dict(shape))
        wrong = {
            key for key in value if any(_within(each.where, join(path, key)) for each in mistakes)
        }
        kept = {key: each for key, each in value.items() if key not in wrong}
        return structure_entry(kept, shape, path, []), wrong

    def load(self, rulesets: Sequence[Path | str]) -> Ruleset | None:
        if not self.region.ruleset or self.region.on is None:
            return None
        try:
            return load(self.region.ruleset, on=self.region.on, path=rulesets)
        except UnknownName as error:
            self.tell("region.ruleset", str(error))
        except NotInForce as error:
            self.tell("region.on", str(error))
        return None

    def read_years(self) -> tuple[int, int] | None:
        first, last = self.region.first_year, self.region.last_year
        if first is None or last is None:
            return None
        wrong = list(year_faults(first, last))
        self.problems += wrong
        return None if wrong else (first, last)

    def read_figures(self, listed: Any) -> None:
        if type(listed) is not list:
            message = f"expected a list of tables, each headed [[figure]], found {found(listed)}"
            self.tell("figure", message)
            self.excused.update(INPUTS)
            return
        if len(listed) > MAX_MISTAKES:
            self.tell("figure", f"expected at most {MAX_MISTAKES:,} figures, found {len(listed):,}")
        for number, each in enumerate(listed[:MAX_MISTAKES]):
            where = f"figure[{number}]"
            entry, wrong = self.salvage(each, FigureEntry, where)
            if entry.id:
                self.figures[number] = self.figure(entry, wrong, where)
                continue
            self.excused.update(INPUTS)  # any of them may be this one
            if "id" not in wrong:
                self.tell(where, f"the key 'id' is missing; expected one of {', '.join(INPUTS)}")

    def figure(self, entry: FigureEntry, wrong: set[str], where: str) -> Figure:
        """The figure, with harmless values in place of what is wrong."""
        limits = INPUTS[entry.id].limits if entry.id in INPUTS else PHYSICIANS
        stand_in = Figure(
            id=entry.id,
            value=limits.most,
            unit=INPUTS[entry.id].unit if entry.id in INPUTS else "",
            basis=Basis.ASSUMPTION,
            because=Text(sv="", en=""),
            from_year=entry.from_year,
        )
        if entry.parameter is not None:
            return self.of_parameter(entry, entry.parameter, stand_in, limits, where)
        if "parameter" in wrong:
            return stand_in
        for key in _NEEDED:
            if getattr(entry, key) is None and key not in wrong:
                message = f"the key {key!r} is missing; give it, or the parameter of a ruleset"
                self.tell(where, message)
        value = exact(entry.value)
        if value is None and entry.value is not None:
            self.tell(f"{where}.value", f"expected a finite number, found {found(entry.value)}")
        self.problems += _source_faults(entry, where, self.ruleset)
        return evolve(
            stand_in,
            value=stand_in.value if value is None else value,
            basis=stand_in.basis if "source" in wrong else entry.basis or stand_in.basis,
            because=entry.because or stand_in.because,
            source=entry.source,
            reading=entry.reading,
        )

    def of_parameter(
        self, entry: FigureEntry, name: str, stand_in: Figure, limits: Limits, where: str
    ) -> Figure:
        for key in _SAID_BY_PARAMETER:
            if getattr(entry, key) is not None:
                message = f"the parameter {shown(name)} says this already; keep one of the two"
                self.tell(f"{where}.{key}", message)
        if self.ruleset is None:
            return stand_in
        try:
            read = from_ruleset(self.ruleset, name, limits)
        except UnknownName as error:
            self.tell(f"{where}.parameter", str(error))
            return stand_in
        except PlanInvalid as error:
            for each in error.problems:
                self.tell(f"{where}.parameter", str(each))
            return stand_in
        return evolve(
            read, id=entry.id, unit=stand_in.unit, from_year=entry.from_year, parameter=name
        )


def _within(where: str, path: str) -> bool:
    return where == path or where.startswith((f"{path}.", f"{path}["))


def _source_faults(entry: FigureEntry, where: str, ruleset: Ruleset | None) -> Iterator[Problem]:
    if entry.source is None:
        return
    documents = ruleset.model.documents if ruleset else {}
    document, statement = entry.source.document, entry.source.statement
    if ruleset is not None and document not in documents:
        message = f"no [[document]] called {shown(document)}{nearest(document, documents)}"
        yield Problem(f"{where}.source.document", message)
    if not _STATEMENT.fullmatch(statement):
        message = f"expected a statement of the catalogue such as 'E10', found {shown(statement)}"
        yield Problem(f"{where}.source.statement", message)
