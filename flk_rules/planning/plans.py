"""plans from TOML.

Reads a region's plan as strictly as a ruleset: every mistake at once, each with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from attrs import frozen

from flk_rules.errors import NotInForce, PlanInvalid, Problem, UnknownName, nearest, shown
from flk_rules.library import Ruleset, load
from flk_rules.loading.files import parse_toml, read_text
from flk_rules.loading.lines import index_lines, join
from flk_rules.loading.structuring import MAX_MISTAKES, found, structure_entry
from flk_rules.model.rules import Basis, Citation, Text
from flk_rules.planning.figures import Figure, exact, from_ruleset
from flk_rules.planning.inputs import INPUTS, faults, year_faults
from flk_rules.planning.projecting import Plan, make_plan

MAX_BYTES = 1_000_000
"""Bytes a plan may have."""
_STATEMENT = re.compile(r"[ECPLSKDF][1-9][0-9]*")
_SAID_BY_PARAMETER = ("value", "basis", "because", "source", "reading")
_NEEDED = ("value", "basis", "because")


@frozen(kw_only=True)
class RegionEntry:
    """`[region]`: whose path, over which years, by which ruleset on which day."""

    name: str
    ruleset: str
    on: date
    first_year: int
    last_year: int


@frozen(kw_only=True)
class FigureEntry:
    """`[[figure]]`: an input with its basis, or the parameter of the ruleset that is one."""

    id: str
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
    """
    text = read_text(Path(path), MAX_BYTES)
    raw = parse_toml(path, text)
    lines = index_lines(text)
    problems: list[Problem] = []
    region, entries = _entries(raw, problems)
    ruleset = _ruleset(region, rulesets, problems)
    figures: dict[int, Figure] = {}
    for number, entry in entries.items():
        before = len(problems)
        figure = _figure(entry, f"figure[{number}]", ruleset, problems)
        if figure is not None and len(problems) == before:
            figures[number] = figure
    if region is not None:
        wrong = list(year_faults(region.first_year, region.last_year))
        problems += wrong
        if not wrong:
            broken = _ids(raw) - {each.id for each in figures.values()}
            problems += faults(figures, region.first_year, region.last_year, frozenset(broken))
    if problems:
        placed = [(lines.near(each.where) or 0, each) for each in problems]
        raise PlanInvalid(
            Problem(
                f"{path}:{line}: {each.where}" if line else f"{path}: {each.where}", each.message
            )
            for line, each in sorted(placed, key=lambda pair: pair[0])
        )
    assert region is not None
    assert ruleset is not None
    return make_plan(
        ruleset,
        region=region.name,
        first_year=region.first_year,
        last_year=region.last_year,
        figures=figures.values(),
    )


def _entries(
    raw: Mapping[str, Any], problems: list[Problem]
) -> tuple[RegionEntry | None, dict[int, FigureEntry]]:
    region: RegionEntry | None = None
    entries: dict[int, FigureEntry] = {}
    if "region" not in raw:
        problems.append(Problem("region", "the table [region] is missing"))
    for key, value in raw.items():
        if key == "region":
            region = structure_entry(value, RegionEntry, key, problems)
        elif key != "figure":
            known = ("region", "figure")
            message = f"unknown key {key!r}{nearest(key, known)} (known: {', '.join(known)})"
            problems.append(Problem(join("", key), message))
        elif type(value) is not list:
            message = f"expected a list of tables, each headed [[figure]], found {found(value)}"
            problems.append(Problem(key, message))
        else:
            for number, each in enumerate(value[:MAX_MISTAKES]):
                entry = structure_entry(each, FigureEntry, f"figure[{number}]", problems)
                if entry is not None:
                    entries[number] = entry
            if len(value) > MAX_MISTAKES:
                problems.append(Problem(key, f"more than {MAX_MISTAKES:,} figures"))
    return region, entries


def _ids(raw: Mapping[str, Any]) -> set[str]:
    listed = raw.get("figure")
    if not isinstance(listed, list):
        return set(INPUTS)  # nothing of it was read, so that nothing is missing
    names = (each.get("id") for each in listed if isinstance(each, dict))
    return {each for each in names if isinstance(each, str)}


def _ruleset(
    region: RegionEntry | None, path: Sequence[Path | str], problems: list[Problem]
) -> Ruleset | None:
    if region is None:
        return None
    try:
        return load(region.ruleset, on=region.on, path=path)
    except UnknownName as error:
        problems.append(Problem("region.ruleset", str(error)))
    except NotInForce as error:
        problems.append(Problem("region.on", str(error)))
    return None


def _figure(
    entry: FigureEntry, where: str, ruleset: Ruleset | None, problems: list[Problem]
) -> Figure | None:
    if entry.parameter is not None:
        return _of_parameter(entry, entry.parameter, where, ruleset, problems)
    missing = [key for key in _NEEDED if getattr(entry, key) is None]
    for key in missing:
        message = f"the key {key!r} is missing; give it, or the parameter of a ruleset"
        problems.append(Problem(where, message))
    value = exact(entry.value)
    if value is None and entry.value is not None:
        message = f"expected a finite number, found {found(entry.value)}"
        problems.append(Problem(f"{where}.value", message))
    problems += _source_faults(entry, where, ruleset)
    if value is None or entry.basis is None or entry.because is None:
        return None
    return Figure(
        id=entry.id,
        value=value,
        unit=INPUTS[entry.id].unit if entry.id in INPUTS else "",
        basis=entry.basis,
        because=entry.because,
        source=entry.source,
        reading=entry.reading,
        from_year=entry.from_year,
    )


def _of_parameter(
    entry: FigureEntry,
    name: str,
    where: str,
    ruleset: Ruleset | None,
    problems: list[Problem],
) -> Figure | None:
    for key in _SAID_BY_PARAMETER:
        if getattr(entry, key) is not None:
            message = f"the parameter {shown(name)} says this already; keep one of the two"
            problems.append(Problem(f"{where}.{key}", message))
    if ruleset is None or entry.id not in INPUTS:
        if entry.id not in INPUTS:
            message = f"no input called {shown(entry.id)}{nearest(entry.id, INPUTS)}"
            problems.append(Problem(f"{where}.id", message))
        return None
    wanted = INPUTS[entry.id]
    try:
        read = from_ruleset(ruleset, name, wanted.limits)
    except UnknownName as error:
        problems.append(Problem(f"{where}.parameter", str(error)))
        return None
    except PlanInvalid as error:
        problems += [Problem(f"{where}.parameter", str(each)) for each in error.problems]
        return None
    return Figure(
        id=entry.id,
        value=read.value,
        unit=wanted.unit,
        basis=read.basis,
        because=read.because,
        source=read.source,
        reading=read.reading,
        from_year=entry.from_year,
        parameter=name,
    )


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
