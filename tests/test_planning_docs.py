"""planning on paper.

The tables of docs/dimensioning.md are those of the code, and the shipped tables those of the report
where it lies beside the checkout.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from fractions import Fraction
from math import ceil

import attrs
import pytest

from conftest import ROOT
from flk_rules.planning.dimensioning import rounded_up
from flk_rules.planning.inputs import INPUTS
from flk_rules.planning.plans import FigureEntry, RegionEntry

TEXT = (ROOT / "docs" / "dimensioning.md").read_text("utf-8")
TABLES = ROOT / "examples" / "regions"
REPORT = ROOT.parent / "shared" / "sources" / "kompetensforsorjning-delredovisning-2022.txt"


def rows(after: str) -> Iterator[list[str]]:
    """The rows of the first table that follows a line."""
    lines = TEXT[TEXT.index(after) + len(after) :].lstrip("\n").split("\n")
    start = next(number for number, line in enumerate(lines) if line.startswith("|---"))
    for line in lines[start + 1 :]:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split("|")]


@pytest.mark.parametrize(
    ("heading", "shape"), [("### `[region]`\n", RegionEntry), ("### `[[figure]]`\n", FigureEntry)]
)
def test_the_keys_are_those_of_the_shape(heading: str, shape: type) -> None:
    assert [row[0].strip("*") for row in rows(heading)] == [
        each.name for each in attrs.fields(shape)
    ]


def test_the_inputs_are_those_that_are_read() -> None:
    inputs = [row[0].strip("`") for row in rows("| parameter | string |")]
    assert inputs == list(INPUTS)


def test_the_cells_against_plain_rounding_up() -> None:
    checked = 0
    for _, what, exact, up, printed in rows("follows from another:\n"):
        if not exact:
            assert "difference" in what
            continue
        value = Fraction(exact.replace(",", ""))
        ours, plain = (int(each.replace(",", "")) for each in (printed, up))
        assert (rounded_up(value), ceil(value)) == (ours, plain)
        checked += 1
    assert checked == 3


def _printed(number: int) -> Iterator[list[str]]:
    with (TABLES / f"table-{number}.csv").open(encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream, delimiter=";")
        next(reader)
        yield from reader


@pytest.fixture(scope="module")
def report() -> str:
    """The report without spaces, as its tables break numbers over lines."""
    if not REPORT.is_file():
        pytest.skip(f"the source documents are not beside the checkout ({REPORT})")
    return re.sub(r"\s", "", REPORT.read_text("utf-8"))


def test_the_shipped_tables_are_the_reports(report: str) -> None:
    (high, low) = _printed(4)
    assert f"{high[1]}{low[1]}{high[2]}{low[2]}" in report
    for group, care, primary, people, *averages in _printed(3):
        # The residents are printed once, in the first row.
        between = people if group == "allmänmedicin" else ""
        assert f"{care}{primary}{between}{''.join(averages)}" in report
    found = list(_printed(5))
    assert len(found) == 21
    at = report.index("Tabell5:")
    for _, *cells in found:
        line = "".join(each or "." for each in cells) + ("%" if cells[-1] else "")
        at = report.index(line, at)  # in the report's order
