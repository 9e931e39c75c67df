"""years to come.

The formulas against plain arithmetic, what a result says about its assumptions, the Stockholm
example, and every mistake of a plan with its line.
"""

# ruff: noqa: E501 - a change stands whole on one line

from __future__ import annotations

import json
import re
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

import flk_rules
from conftest import ROOT
from flk_rules import Basis, FileUnreadable, PlanInvalid
from flk_rules.cli.main import app
from flk_rules.model.rules import Citation, Text
from flk_rules.planning import Figure, Projection, make_plan, project, read_plan

STOCKHOLM = ROOT / "examples" / "regions" / "stockholm.toml"
SWEDEN = flk_rules.load("se.national", on=date(2024, 10, 1))
BASE = {
    "population": 110_000,
    "population_growth": 0,
    "specialists": 50,
    "newly_trained": 10,
    "retirements": 4,
    "other_movement": -1,
    "st_years_with_list": 2,
}


def figure(name: str, value: Any, **more: Any) -> Figure:
    given: dict[str, Any] = {
        "unit": "", "basis": Basis.ASSUMPTION, "because": Text(sv="a", en="b"), **more,
    }  # fmt: skip
    return Figure(id=name, value=value, **given)


def path(*more: Figure, years: int = 10, **changed: Any) -> Projection:
    figures = [figure(name, value) for name, value in {**BASE, **changed}.items()]
    plan = make_plan(
        SWEDEN, region="A", first_year=2024, last_year=2024 + years, figures=[*figures, *more]
    )
    return project(plan)


# ---- arithmetic ----------------------------------------------------------------------------------


def test_a_path_by_hand() -> None:
    found = path(years=12)
    assert [int(each.specialists) for each in found.years[:3]] == [50, 55, 60]
    first = found.years[0]
    assert first.year == 2024
    assert first.full_time == Fraction(85, 2)
    assert first.st_physicians == 20
    assert first.need == Fraction(110_000 - 20 * 550, 1100) == 90
    assert first.difference == -40
    assert first.difference_full_time == Fraction(-95, 2)
    assert first.residents_per_specialist == 2200
    assert first.residents_per_full_time == Fraction(110_000 * 2, 85)
    # 90 specialists are there when 40 more have come, 5 a year; 90 full-time ones are 106 persons.
    assert (found.reached, found.reached_full_time) == (2032, 2036)


def test_not_reached_is_none() -> None:
    found = path(years=7)
    assert (found.reached, found.reached_full_time) == (None, None)
    assert path(years=8).reached == 2032


def test_growth_compounds_exactly() -> None:
    last = path(population_growth=0.01, years=3).years[-1]
    assert last.population == 110_000 * Fraction(101, 100) ** 3
    assert path(population_growth=-0.5, years=1).years[-1].population == 55_000


def test_a_later_figure_holds_from_its_year_and_st_look_ahead() -> None:
    found = path(figure("newly_trained", 20, from_year=2027), years=4).years
    assert [int(each.specialists) for each in found] == [50, 55, 60, 75, 90]
    assert [int(each.st_physicians) for each in found] == [20, 30, 40, 40, 40]


def test_no_st_physician_with_a_list() -> None:
    first = path(st_years_with_list=0).years[0]
    assert first.st_physicians == 0
    assert first.need == 100


def test_the_need_is_never_below_nought() -> None:
    assert path(newly_trained=500).years[0].need == 0


def test_the_employment_rate_is_the_rulesets_or_the_plans() -> None:
    assert next(e for e in path().figures if e.id == "employment_rate").parameter
    assert path(figure("employment_rate", 1)).years[0].full_time == 50
    later = path(figure("employment_rate", 1), figure("employment_rate", 0.5, from_year=2025))
    assert [each.full_time for each in later.years[:2]] == [50, Fraction(55, 2)]


def test_more_cannot_leave_than_there_are() -> None:
    with pytest.raises(PlanInvalid) as caught:
        path(retirements=40)
    assert str(caught.value) == (
        "A 2026: more specialists leave than there are: 19 before, -31 in the year; lower "
        "retirements or other_movement"
    )


counts = st.integers(0, 500)


@given(counts, counts, st.integers(0, 100))
def test_more_trained_are_never_later(one: int, other: int, retirements: int) -> None:
    few, many = (
        path(newly_trained=each, retirements=retirements, specialists=5000, population=9_000_000)
        for each in sorted((one, other))
    )
    assert (many.reached or 9999) <= (few.reached or 9999)
    assert all(m.difference >= f.difference for m, f in zip(many.years, few.years, strict=True))


@given(counts, st.floats(-0.1, 0.1), st.floats(0.01, 1))
def test_full_time_is_never_earlier_than_persons(trained: int, growth: float, rate: float) -> None:
    found = path(
        figure("employment_rate", rate), newly_trained=trained + 5, population_growth=growth
    )
    assert (found.reached or 9999) <= (found.reached_full_time or 9999)
    for year in found.years:
        assert year.full_time <= year.specialists
        assert year.population > 0


# ---- basis ---------------------------------------------------------------------------------------


def test_the_result_names_its_assumptions() -> None:
    source = Citation(document="x", section="y", statement="D5")
    figures = [figure(n, v, basis=Basis.SOURCE, source=source) for n, v in BASE.items()]
    figures.append(figure("retirements", 9, from_year=2030))
    plan = make_plan(SWEDEN, region="A", first_year=2024, last_year=2034, figures=figures)
    (assumed,) = project(plan).assumptions
    assert (assumed.id, assumed.from_year) == ("retirements", 2030)
    assert {each.id for each in project(plan).figures} == {
        *BASE, "employment_rate", "guideline_per_specialist", "guideline_per_st",
    }  # fmt: skip


def test_stockholm_runs_on_what_the_plan_gives_and_marks_the_rest() -> None:
    found = project(read_plan(STOCKHOLM))
    assert {each.id for each in found.assumptions} == {
        "population", "population_growth", "newly_trained", "retirements", "other_movement",
    }  # fmt: skip
    stated = {each.id: each for each in found.figures if not each.assumed}
    assert {name: float(each.value) for name, each in stated.items()} == {
        "specialists": 1000, "newly_trained": 100, "st_years_with_list": 2,
        "employment_rate": 0.85, "guideline_per_specialist": 1100, "guideline_per_st": 550,
    }  # fmt: skip
    assert all(each.source is not None for each in stated.values())
    assert stated["st_years_with_list"].parameter == "st_most_years_left"
    assert found.plan.by.ruleset == "se.stockholm"
    assert [each.year for each in found.years] == list(range(2024, 2035))
    assert (found.reached, found.reached_full_time) == (None, None)
    # The plan's "a little over the double of 1,000" is the need without ST physicians.
    assert 2 < found.years[0].population / 1100 / 1000 < Fraction(22, 10)


def test_stockholms_sources_are_headings_of_their_documents() -> None:
    folder = ROOT.parent / "shared" / "sources"
    if not folder.is_dir():
        pytest.skip(f"the source documents are not beside the checkout ({folder})")
    files = {
        "handlingsplan-2024": "handlingsplan-stockholm-2024.txt",
        "delredovisning-2022": "kompetensforsorjning-delredovisning-2022.txt",
    }
    for each in project(read_plan(STOCKHOLM)).assumptions:
        if each.source is not None:
            text = " ".join((folder / files[each.source.document]).read_text("utf-8").split())
            assert each.source.section in text


# ---- what a plan may not say ---------------------------------------------------------------------

GOOD = STOCKHOLM.read_text("utf-8")


def mistakes(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "p.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(PlanInvalid) as caught:
        read_plan(file)
    return [str(each).replace(str(file), "p.toml") for each in caught.value.problems]


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


CHANGES = {
    "an unknown key": ("value   = 1000", "valu = 1000", ["the key 'value' is missing", "unknown key 'valu'; did you mean 'value'? (known:"]),
    "a key missing": ("value   = 1000", "", ["the key 'value' is missing; give it, or the parameter"]),
    "an unknown input": (
        'id      = "retirements"', 'id = "retirement"',
        ["no input called 'retirement'; did you mean 'retirements'? (there is: population, "],
    ),
    "a string": ("value   = 1000", 'value = "1000"', ["expected a finite number, found a string ('1000')"]),
    "a truth": ("value   = 1000", "value = true", ["expected a finite number, found true"]),
    "not a number": ("value   = 1000", "value = nan", ["expected a finite number, found a number (nan)"]),
    "no end": ("value   = 1000", "value = inf", ["expected a finite number, found a number (inf)"]),
    "negative": ("value   = 1000", "value = -1", ["expected a number from 0 to 1,000,000,000, found -1"]),
    "too many": ("value   = 1000", "value = 1000000001", ["expected a number from 0 to 1,000,000,000, found 1,000"]),
    "half a person": ("value   = 2374550", "value = 0.5", ["expected a whole number over 0 and at most 1,000"]),
    "growth in per cent": ("value   = 0\nbasis   = \"assumption\"\nbecause = { sv = \"Bef", "value = 1.5\nbasis   = \"assumption\"\nbecause = { sv = \"Bef", ["expected a number over -1 and at most 1, found 1.5"]),
    "another basis": (
        'basis   = "assumption"', 'basis = "asumption"',
        ["expected one of source, assumption, found 'asumption'; did you mean 'assumption'?"],
    ),
    "another document": ('document = "delredovisning-2022"', 'document = "delredovisning-2023"', [
        "no [[document]] called 'delredovisning-2023'; did you mean 'delredovisning-2022'?"]),
    "another statement": ('statement = "D2"', 'statement = "2"', ["expected a statement of the catalogue such as"]),
    "a year outside": ("from_year = 2030", "from_year = 2035", ["expected a year from 2024 to 2034, found 2035"]),
    "twice": ("from_year = 2030", "from_year = 2024", ["newly_trained from 2024 is there already, as figure[1]"]),
    "a year too many": (
        "value   = 1000", "value = 1000\nfrom_year = 2024",
        ["specialists stands for the first year alone; take from_year away"],
    ),
    "an unknown parameter": (
        '"st_most_years_left"', '"st_most_year_left"',
        ["se.stockholm: no parameter called 'st_most_year_left'; did you mean 'st_most_years_left'?"],
    ),
    "a parameter that does not fit": (
        '"st_most_years_left"', '"guideline_per_st"',
        ["se.stockholm: parameter guideline_per_st: expected a whole number from 0 to 10, found 550"],
    ),
    "a parameter that is no number": (
        '"st_most_years_left"', '"base_specialties"',
        ["se.stockholm: parameter base_specialties: expected a whole number from 0 to 10, found f"],
    ),
    "a parameter that is no name": ('"st_most_years_left"', "2", ["expected a string, found an integer (2)"]),
    "both": (
        'parameter = "st_most_years_left"', 'parameter = "st_most_years_left"\nvalue = 2',
        ["the parameter 'st_most_years_left' says this already; keep one of the two"],
    ),
    "another ruleset": ('"se.stockholm"', '"se.stockhlm"', ["no ruleset called 'se.stockhlm'; did you mean"]),
    "another day": ("2024-10-01", "2020-10-01", ["se.national: not in force on 2020-10-01; its versions"]),
    "backwards": ("last_year  = 2034", "last_year = 2024", ["expected a year from 2025 to 2124, found 2024"]),
    "too far": ("last_year  = 2034", "last_year = 3000", ["expected a year from 1900 to 2200, found 3000"]),
    "no name": ('name       = "Region Stockholm"', "", ["region: the key 'name' is missing"]),
    "an unknown table": ("[region]", "[regio]\n[region]", ["unknown key 'regio'; did you mean 'region'?"]),
    "one figure": ("[[figure]]", "[figures]", None),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_one_mistake_has_one_message_with_its_line(tmp_path: Path, change: str) -> None:
    old, new, messages = CHANGES[change]
    found = mistakes(tmp_path, changed(old, new))
    if messages is None:
        assert found
        return
    assert len(found) == len(messages), found
    for message, start in zip(found, messages, strict=True):
        assert re.match(r"p\.toml:\d+: ", message)
        assert start in message


def test_a_source_must_be_cited(tmp_path: Path) -> None:
    text = re.sub(r"source  = .*D5.*\n", "", GOOD, count=1)
    assert mistakes(tmp_path, text) == [
        "p.toml:17: figure[0].basis: the basis is 'source', but no source is cited; cite one, or "
        "call it an assumption"
    ]


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    assert mistakes(tmp_path, GOOD[: GOOD.index("[[figure]]")]) == [
        f"p.toml: no figure for {name} ({unit}); add it, with its basis"
        for name, unit in {
            "population": "residents",
            "population_growth": "share a year",
            "specialists": "persons",
            "newly_trained": "persons a year",
            "retirements": "persons a year",
            "other_movement": "persons a year",
            "st_years_with_list": "years",
        }.items()
    ]


def test_a_figure_of_later_years_alone(tmp_path: Path) -> None:
    text = GOOD.replace("value   = 30\n", "value = 30\nfrom_year = 2025\n")
    assert mistakes(tmp_path, text) == [
        "p.toml: no figure for retirements holds from 2024; add one without from_year"
    ]


MANY = """\
[region]
name       = ""
ruleset    = "se.stockhlm"
on         = 2024-10-01
first_year = "2024"

[[figure]]
id      = "populaton"
value   = 5
basis   = "sourc"

[[figure]]
id      = "retirements"
value   = nan
basis   = "source"
because = { sv = "a", en = "b" }
colour  = 3

[[figure]]
value = 3
"""


def test_all_mistakes_at_once_in_the_order_of_lines(tmp_path: Path) -> None:
    found = mistakes(tmp_path, MANY)
    places = [re.match(r"p\.toml:(\d+): (\S+):", each) for each in found]
    assert [(each[1], each[2]) for each in places if each] == [
        ("1", "region"), ("2", "region.name"), ("3", "region.ruleset"), ("5", "region.first_year"),
        ("7", "figure[0]"), ("8", "figure[0].id"), ("10", "figure[0].basis"),
        ("14", "figure[1].value"), ("15", "figure[1].basis"), ("17", "figure[1].colour"),
        ("19", "figure[2]"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "[region", "a = 1\na = 2", "x = " + "[" * 100])
def test_what_is_no_toml(tmp_path: Path, text: str) -> None:
    file = tmp_path / "p.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(FileUnreadable):
        read_plan(file)


@pytest.mark.parametrize(
    "text", ["region = 1", "[[region]]", "figure = 3", "[[figure]]\nid = 7", "figure = [1]"]
)
def test_other_shapes_are_told(tmp_path: Path, text: str) -> None:
    assert mistakes(tmp_path, text)


def test_too_many_figures(tmp_path: Path) -> None:
    found = mistakes(tmp_path, "[[figure]]\n" * 1_001)
    assert any("expected at most 1,000 figures, found 1,001" in each for each in found)


def test_a_program_gets_the_same_messages() -> None:
    with pytest.raises(PlanInvalid) as caught:
        make_plan(
            SWEDEN, region="A", first_year=2024, last_year=2030,
            figures=[figure("specialists", -1), figure("x", float("nan"))],
        )  # fmt: skip
    assert str(caught.value).splitlines()[:2] == [
        "figure[0].value: expected a number from 0 to 1,000,000,000, found -1",
        "figure[1].id: no input called 'x' (there is: population, population_growth, specialists, "
        "newly_trained, retirements, other_movement, st_years_with_list, employment_rate)",
    ]
    with pytest.raises(PlanInvalid, match=r"figure\[0\].value: expected a number .* found nan"):
        make_plan(
            SWEDEN, region="A", first_year=2024, last_year=2030,
            figures=[figure("specialists", float("nan"))],
        )  # fmt: skip


# ---- flk project ---------------------------------------------------------------------------------


def flk(*arguments: str) -> Result:
    result = CliRunner().invoke(app, ["project", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_text_in_both_languages() -> None:
    swedish = flk(str(STOCKHOLM)).stdout
    assert "Region Stockholm: vägen till riktvärdet 2024–2034" in swedish
    assert "Riktvärdet nås inte till och med 2034, räknat i personer." in swedish
    assert "5 av 11 tal är antaganden: population, population_growth, newly_trained" in swedish
    assert "(ANTAGANDE" in swedish
    english = flk(str(STOCKHOLM), "--lang", "en").stdout
    assert "5 of 11 figures are assumptions" in english
    assert "2034  2,374,550        1,950    1,657.5             300" in english


def test_reached_is_told(tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_text(changed("value     = 150", "value     = 400"), "utf-8")
    assert (
        "The guideline is met in 2031, counting persons." in flk(str(file), "--lang", "en").stdout
    )


def test_a_small_figure_is_shown_whole(tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_text(
        GOOD.replace(
            'id      = "population_growth"\nvalue   = 0',
            'id      = "population_growth"\nvalue   = 0.00042',
        ),
        "utf-8",
    )
    assert "population_growth: 0,00042  Befolkningsökning" in flk(str(file)).stdout


def test_json_and_csv_have_every_year() -> None:
    found = json.loads(flk(str(STOCKHOLM), "--format", "json").stdout)
    assert found["format"] == "flk_rules/project/1"
    assert [each["year"] for each in found["years"]] == list(range(2024, 2035))
    assert found["reached"] is None
    assert {each["basis"] for each in found["figures"]} == {"source", "assumption"}
    heading, *rows = flk(str(STOCKHOLM), "--format", "csv").stdout.splitlines()
    assert heading.split(",") == list(found["years"][0])
    assert len(rows) == 11


def test_a_mistake_ends_with_2_and_prints_nothing(tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_text(changed("value   = 30", "value   = 3000"), "utf-8")
    for arguments in (
        (str(file),), (str(tmp_path / "none.toml"),), (str(tmp_path),), (),
        (str(STOCKHOLM), "--lang", "x"), (str(STOCKHOLM), "--format", "x"),
    ):  # fmt: skip
        result = flk(*arguments)
        assert result.exit_code == 2, arguments
        assert result.stdout == "", arguments
