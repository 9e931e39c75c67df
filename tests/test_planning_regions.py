"""tables of regions.

What spreadsheets write is read; what is wrong is told all at once; flk dimension prints text, JSON
and CSV, or one message and nothing else.
"""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from conftest import ROOT
from flk_rules import FileUnreadable, PlanInvalid
from flk_rules.cli.main import app
from flk_rules.planning import Region, read_regions

TABLE = str(ROOT / "examples" / "regions" / "table-5.csv")
ON = ("--on", "2024-10-01")


def flk(*arguments: str) -> Result:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return tmp_path / "t.csv"


def read(path: Path, text: str) -> tuple[Region, ...]:
    path.write_text(text, encoding="utf-8", newline="")
    return read_regions(path)


def mistakes(path: Path, text: str) -> list[str]:
    with pytest.raises(PlanInvalid) as caught:
        read(path, text)
    return [str(each).replace(str(path), "t.csv") for each in caught.value.problems]


# ---- what is read --------------------------------------------------------------------------------

UPPSALA = (Region(name="Uppsala", population=383_044, specialists=Fraction(319, 2)),)


@pytest.mark.parametrize(
    "text",
    [
        "region;population;specialists\nUppsala;383044;159,5\n",
        "region,population,specialists\nUppsala,383044,159.5\n",
        "\ufeffRegion;Befolkning;Specialister\r\nUppsala;383 044;159,5\r\n\r\n",
        'sep=;\nLän;Invånare;Specialister\n" Uppsala ";383\u00a0044;159,50\n',
        "county\tresidents\tspecialists\nUppsala\t383\u202f044\t159,5",
        "need;region;per cent;population;specialists;;\n1;Uppsala;;383044;159.5;;\n",
    ],
)
def test_a_table_as_spreadsheets_write_it(written: Path, text: str) -> None:
    assert read(written, text) == UPPSALA


def test_an_empty_cell_is_not_known(written: Path) -> None:
    (region,) = read(written, "region;population;specialists\nGotland;59636;\n")
    assert region.specialists is None


def test_a_column_can_be_passed_over(written: Path) -> None:
    written.write_text("region;population;specialists;Note\nA;1;1;x\n", encoding="utf-8")
    assert len(read_regions(written, ignored=["note"])) == 1


@given(st.integers(0, 10**9), st.integers(0, 10**9) | st.none())
def test_numbers_come_through_exactly(
    tmp_path_factory: pytest.TempPathFactory, population: int, specialists: int | None
) -> None:
    path = tmp_path_factory.getbasetemp() / "numbers.csv"
    there = "" if specialists is None else str(specialists)
    spaced = f"{population:,}".replace(",", " ")
    (region,) = read(path, f"region;population;specialists\nA;{spaced};{there}\n")
    assert (region.population, region.specialists) == (population, specialists)


# ---- what is not ---------------------------------------------------------------------------------


def test_all_mistakes_of_rows_at_once(written: Path) -> None:
    text = (
        'region,population,specialists\nA,2.5,x\n=B,"2,374,550",?\nA,,-3\nA,1\nC,1e3,nan\n'
        'D,2 37 455,1\nE,2000000000,0\n,1,1,1\nF,1,"1"x\n'
    )
    whole = "expected a whole number from 0 to 1,000,000,000, found"
    number = "expected a number from 0 to 1,000,000,000, found"
    empty = "; leave the cell empty where it is not known"
    name = "expected a name of at most 100 characters that begins with a letter or digit, found"
    assert mistakes(written, text) == [
        f"t.csv:2 population: {whole} '2.5'",
        f"t.csv:2 specialists: {number} 'x'{empty}",
        f"t.csv:3 region: {name} '=B'",
        f"t.csv:3 population: {whole} '2,374,550'",
        f"t.csv:3 specialists: {number} '?'{empty}",
        f"t.csv:4 population: {whole} an empty cell",
        f"t.csv:4 specialists: {number} '-3'",
        "t.csv:4 region: 'A' is there already, on line 2",
        "t.csv:5: expected 3 cells as the heading has, found 2",
        f"t.csv:6 population: {whole} '1e3'",
        f"t.csv:6 specialists: {number} 'nan'{empty}",
        f"t.csv:7 population: {whole} '2 37 455'",
        f"t.csv:8 population: {whole} '2000000000'",
        "t.csv:9: expected 3 cells as the heading has, found 4",
        "t.csv:10: text after a closing quotation mark; write a mark within a cell twice",
    ]


def test_all_mistakes_of_the_heading_at_once(written: Path) -> None:
    assert mistakes(written, "region;befolknng;region;;Antal;specialister\n") == [
        "t.csv column 2: unknown column 'befolknng'; did you mean 'befolkning'?",
        "t.csv column 4: the column has no heading",
        "t.csv column 5: unknown column 'Antal'; remove it, or pass it over (--ignore-column)",
        "t.csv: 2 columns for region; keep one",
        "t.csv: no column for population; add one headed population or befolkning or residents "
        "or invånare",
    ]


def test_a_name_cannot_steer_a_terminal_or_spreadsheet(written: Path) -> None:
    for name in ("=1+1", "+1", "-1", "@x", "\x1b[31mA", "A\x1b[31m", "", "x" * 101):
        (message,) = mistakes(written, f"region;population;specialists\n{name};1;1\n")
        assert message.startswith("t.csv:2 region: expected a name")
        assert "\x1b" not in message


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b"region;\xff", "not UTF-8: byte 0xff on line 1; save it as UTF-8"),
        (b'region;population;specialists\n"A;1;1\n', "not CSV: a quotation mark opened"),
        (b"x" * 1_000_001, "larger than 1,000,000 bytes"),
    ],
)
def test_files_that_are_no_table(written: Path, data: bytes, reason: str) -> None:
    written.write_bytes(data)
    with pytest.raises(FileUnreadable) as caught:
        read_regions(written)
    assert caught.value.reason.startswith(reason)
    assert flk("dimension", str(written), *ON).exit_code == 2


def test_a_table_without_rows(written: Path) -> None:
    assert mistakes(written, "region;population;specialists\n\n") == [
        "t.csv: the table has no rows"
    ]


# ---- flk dimension -------------------------------------------------------------------------------


def test_text_in_both_languages() -> None:
    swedish = flk("dimension", TABLE, *ON, "--list-size", "1500")
    assert swedish.exit_code == 0
    lines = swedish.stdout.splitlines()
    assert lines[0].rstrip() == "Specialister som behövs vid 1 500 invånare per läkare"
    stockholm = next(line for line in lines if line.startswith("Stockholms län"))
    assert stockholm.split("län")[1].split() == [
        "997", "2", "374", "550", "2", "382", "1", "583", "-586", "59", "1", "863",
    ]  # fmt: skip
    assert "källa; delredovisning-2022" in swedish.stdout
    english = flk("dimension", TABLE, *ON, "--list-size", "1500", "--lang", "en").stdout
    assert "Specialists needed at 1,500 residents per physician" in english
    assert "2,374,550" in english
    assert "all " in english
    assert "ASSUMPTION" not in english
    chosen = flk("dimension", TABLE, *ON, "--list-size", "1234.5", "--lang", "en").stdout
    assert "list_size: 1,234.5  Chosen by whoever asks" in chosen
    assert "(ASSUMPTION)" in chosen


def test_json() -> None:
    found = json.loads(flk("dimension", TABLE, *ON, "--format", "json").stdout)
    assert found["format"] == "flk_rules/dimension/1"
    assert found["list_size"]["value"] == 1100
    assert found["list_size"]["source"]["statement"] == "L1"
    assert len(found["regions"]) == 21
    assert found["regions"][7] == {
        "region": "Gotlands län", "specialists": None, "population": 59636,
        "residents_per_specialist": None, "need": 55, "difference": None, "per_cent": None,
        "need_employed": 64,
    }  # fmt: skip
    assert found["all"]["need"] == 9382
    assert found["ruleset"]["fingerprint"].startswith("sha256:")


def test_csv_can_be_read_again(written: Path) -> None:
    printed = flk("dimension", TABLE, *ON, "--format", "csv").stdout
    written.write_text(printed, encoding="utf-8")
    assert read_regions(written) == read_regions(TABLE)
    assert flk("dimension", str(written), *ON, "--format", "csv").stdout == printed


def test_a_mistake_ends_with_2_and_prints_nothing(written: Path) -> None:
    written.write_text("region;population;specialists\nA;1;1\nB;x;1\n", encoding="utf-8")
    for arguments in (
        (str(written), *ON),
        (str(written), *ON, "--format", "json"),
        (str(written.parent / "none.csv"), *ON),
        (TABLE, *ON, "--list-size", "0"),
        (TABLE, *ON, "--list-size", "nan"),
        (TABLE, *ON, "--list-size", "many"),
        (TABLE, *ON, "--format", "xml"),
        (TABLE, *ON, "--lang", "fi"),
        (TABLE, *ON, "--ruleset", "se.natonal"),
        (TABLE, "--on", "2024-13-01"),
        (TABLE,),
    ):
        result = flk("dimension", *arguments)
        assert result.exit_code == 2, arguments
        assert result.stdout == "", arguments
        assert "Error" not in result.stderr or "Usage" in result.stderr
