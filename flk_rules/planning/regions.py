"""tables of regions.

A CSV as spreadsheets write it: semicolons, commas or tabs, decimal commas where commas do not part
the columns, spaces in large numbers. What the report computed may stand there too and is passed
over: it is computed anew.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from flk_rules.adapters.records import filled, open_records
from flk_rules.errors import PlanInvalid, Problem, nearest, shown
from flk_rules.facts.headings import normal
from flk_rules.loading.files import read_text
from flk_rules.planning.dimensioning import Region
from flk_rules.planning.figures import PEOPLE, PHYSICIANS, Limits

MAX_BYTES = 1_000_000
"""Bytes a table may have."""
COLUMNS = {
    "region": ("region", "län", "county"),
    "population": ("population", "befolkning", "residents", "invånare"),
    "specialists": ("specialists", "specialister"),
}
"""Columns that are read, each with the headings that name it."""
COMPUTED = (
    "residents_per_specialist", "need", "difference", "per_cent",
    "invånare_per_specialist", "behov", "differens", "procent", "need_employed",
    "behov_vid_sysselsättningsgrad",
)  # fmt: skip
"""Headings of columns that are computed anew."""
_NAMES = {name: column for column, names in COLUMNS.items() for name in names}
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:[.,][0-9]{1,15})?")
_APART = re.compile("(?<=[0-9])[ \u00a0\u202f](?=[0-9]{3}(?![0-9]))")
"""A space before three digits, as in 2 374 550."""


def read_regions(path: Path | str, *, ignored: Sequence[str] = ()) -> tuple[Region, ...]:
    """The regions of a CSV table with the columns region, population and specialists.

    An empty cell of specialists is a number not known. `ignored` are headings to pass over.

    Raises `FileUnreadable` for a file that is missing, empty, over `MAX_BYTES`, not UTF-8 or not
    CSV; `PlanInvalid` with every mistake in the table.
    """
    name = str(path)
    records, header = open_records(name, read_text(Path(path), MAX_BYTES))
    columns = _columns(name, header, {normal(each) for each in ignored})
    problems: list[Problem] = []
    regions: list[Region] = []
    places: dict[str, int] = {}
    while True:
        line, cells = records.next()
        where = f"{name}:{line}"
        if cells is None:
            break
        if isinstance(cells, str):
            problems.append(Problem(where, cells))
        elif not (width := filled(cells)):
            continue
        elif len(cells) < len(columns) or width > len(columns):
            message = f"expected {len(columns)} cells as the heading has, found {len(cells)}"
            problems.append(Problem(where, message))
        else:
            region = _region(where, dict(zip(columns, cells, strict=False)), problems)
            before = places.setdefault(normal(region.name), line)
            if region.name and before != line:
                message = f"{shown(region.name)} is there already, on line {before}"
                problems.append(Problem(f"{where} region", message))
            regions.append(region)
    if not regions and not problems:
        problems.append(Problem(name, "the table has no rows"))
    if problems:
        raise PlanInvalid(problems)
    return tuple(regions)


def _columns(name: str, header: list[str], ignored: set[str]) -> list[str]:
    """What each column is; empty where one is passed over. Raises `PlanInvalid`."""
    columns: list[str] = []
    problems: list[Problem] = []
    for number, heading in enumerate(header[: filled(header)], 1):
        text = normal(heading).replace(" ", "_")
        column = _NAMES.get(text, "")
        columns.append(column)
        if column or text in COMPUTED or normal(heading) in ignored:
            continue
        message = (
            f"unknown column {shown(heading)}"
            + (
                nearest(text, (*_NAMES, *COMPUTED))
                or "; remove it, or pass it over (--ignore-column)"
            )
            if text
            else "the column has no heading"
        )
        problems.append(Problem(f"{name} column {number}", message))
    counts = Counter(columns)
    for column, names in COLUMNS.items():
        if counts[column] > 1:
            problems.append(Problem(name, f"{counts[column]} columns for {column}; keep one"))
        elif not counts[column]:
            message = f"no column for {column}; add one headed {' or '.join(names)}"
            problems.append(Problem(name, message))
    if problems:
        raise PlanInvalid(problems)
    return columns


def _region(where: str, cells: dict[str, str], problems: list[Problem]) -> Region:
    """The region of a row; what could not be read is a problem, and nought in its place."""
    name = " ".join(cells["region"].split())
    problems += [Problem(f"{where} region", message) for message in _name_faults(name)]
    read: dict[str, Fraction | None] = {}
    for column, limits in (("population", PEOPLE), ("specialists", PHYSICIANS)):
        cell = cells[column].strip()
        found = _number(cell, limits) if cell else None
        if not cell and column == "population":
            found = f"expected {limits}, found an empty cell"
        if isinstance(found, str):
            problems.append(Problem(f"{where} {column}", found))
            found = None
        read[column] = found
    population = read["population"] or Fraction(0)
    return Region(name=name, population=int(population), specialists=read["specialists"])


def _name_faults(name: str) -> Iterator[str]:
    # A name that begins as a formula would run in the spreadsheet that opens our table.
    if not name or not name.isprintable() or not name[0].isalnum() or len(name) > 100:
        yield (
            "expected a name of at most 100 characters that begins with a letter or digit, "
            f"found {shown(name)}"
        )


def _number(cell: str, limits: Limits) -> Fraction | str:
    """The number in a cell, or why there is none."""
    text = _APART.sub("", cell).replace("−", "-")
    if not _NUMBER.fullmatch(text):
        hint = (
            "; leave the cell empty where it is not known"
            if not limits.whole and not any(each.isdigit() for each in cell)
            else ""
        )
        return f"expected {limits}, found {shown(cell)}{hint}"
    found = Fraction(text.replace(",", "."))
    return found if limits.fault(found) is None else f"expected {limits}, found {shown(cell)}"
