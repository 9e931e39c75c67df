"""rulesets and sources.

No number of the shipped rulesets lacks its basis, readings are told, and where the sources lie
beside the checkout every cited heading, footnote, specialty and number is found in them. That every
statement is said, and everything said cites one, is `test_ledger_page.py`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import tomli

from flk_rules.language import parse
from flk_rules.loading import load_ruleset
from flk_rules.loading.finder import shipped
from flk_rules.model.answers import Effect
from flk_rules.model.expressions import Expr, Literal, children
from flk_rules.model.rules import Basis, Citation, Force, Ruleset

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT.parent / "shared" / "sources"
NAMES = ("se.national", "se.stockholm", "se.borgholm")
FILES = {
    "kompetens-2023": "kompetens-underlagsrapport-2023.txt",
    "presentation-2022": "presentation-2022.txt",
    "delredovisning-2022": "kompetensforsorjning-delredovisning-2022.txt",
    "sidotjanstgoring-2025": "st-sidotjanstgoring-2025.txt",
    "handlingsplan-2024": "handlingsplan-stockholm-2024.txt",
}
OVERLAYS = ("replace", "disable", "demote", "set")
ENTRIES = ("question", "codes", "parameter", "definition", "rule", *OVERLAYS)


@cache
def ruleset(name: str) -> Ruleset:
    return load_ruleset(name, on=date(2026, 1, 1))


@cache
def entries() -> tuple[tuple[str, str, dict[str, Any]], ...]:
    """Every entry of both rulesets, live or not: its table, its name, itself."""
    found = []
    for name in NAMES:
        for file in sorted((shipped() / name).glob("*.toml")):
            content = tomli.loads(file.read_text("utf-8"))
            for table in ENTRIES:
                for entry in content.get(table, ()):
                    keys = ("id", "list", "rule", "parameter")
                    found.append((table, next(entry[key] for key in keys if key in entry), entry))
    return tuple(found)


def citations() -> Iterator[tuple[str, dict[str, str]]]:
    for table, name, entry in entries():
        for key in ("source", "authority"):
            if key in entry:
                yield f"{table} {name}", entry[key]


# ---- the rulesets by themselves ------------------------------------------------------------------


def test_the_ages_that_no_source_gives_are_assumptions() -> None:
    said = [name for _, name, entry in entries() if entry.get("statement") == "E14"]
    assert said == ["elderly_from", "adult_from"]
    for name in ("elderly_from", "adult_from"):
        parameter = ruleset("se.stockholm").parameters[name]
        assert parameter.basis is Basis.ASSUMPTION
        assert (parameter.source, parameter.statement) == (None, "E14")
        assert parameter.reading is not None
        assert "Ingen källa" in parameter.reading.sv
        assert "No source" in parameter.reading.en


def test_a_reading_that_decides_is_an_assumption_too() -> None:
    """No source calls Stockholm's list exhaustive; whoever rests on it is told."""
    parameter = ruleset("se.stockholm").parameters["listed_specialties_are_exhaustive"]
    assert parameter.basis is Basis.ASSUMPTION
    assert parameter.reading is not None
    assert "does not say so expressly" in parameter.reading.en


def test_a_change_cites_who_makes_it() -> None:
    """What Stockholm changes of the guidance, it changes by its plan, whatever the rule cites."""
    rules = ruleset("se.stockholm").rules.values()
    changes = [change for rule in rules for change in rule.overlaid]
    assert {each.action for each in changes} == {"demote", "replace"}
    assert {each.source.document for each in changes} == {"handlingsplan-2024"}


def numbers(node: Expr) -> Iterator[int | float]:
    if isinstance(node, Literal):
        values = node.value if isinstance(node.value, tuple) else (node.value,)
        yield from (e for e in values if isinstance(e, (int, float)) and type(e) is not bool)
    for child in children(node):
        yield from numbers(child)


def test_every_number_has_a_basis() -> None:
    """Numbers are parameters, and a parameter has a basis; a condition itself knows only nought and
    one: nothing left, none, more than one."""
    for table, name, entry in entries():
        if table in ("parameter", "set"):
            assert entry["basis"] in ("source", "assumption"), name
            if entry["basis"] == "source":
                assert entry["source"], name
        if "when" in entry:
            assert set(numbers(parse(entry["when"]))) <= {0, 1}, f"{table} {name}"


@pytest.mark.parametrize("name", NAMES)
def test_only_law_and_contract_forbid(name: str) -> None:
    forbidding = [each for each in ruleset(name).rules.values() if each.effect is Effect.FORBID]
    assert forbidding
    assert {each.force for each in forbidding} <= {Force.LAW, Force.CONTRACT}


@pytest.mark.parametrize("name", NAMES)
def test_a_recommendation_only_advises(name: str) -> None:
    for rule in ruleset(name).rules.values():
        if rule.force is Force.RECOMMENDATION:
            # A ground of a set denies nobody anything.
            assert rule.effect in (Effect.ADVISE, Effect.GROUND), rule.id


def test_the_specialties_are_64_where_the_text_says_63() -> None:
    """Appendix 3 prints 64 names: 45 base, 9 branch and 10 additional. The text of the same
    document says 63: 44, 9 and 10. The code list follows the appendix, and says so."""
    kinds = Counter(
        each.kind for each in ruleset("se.national").schema.codes_of("specialty").values()
    )
    assert kinds == {"base": 45, "branch": 9, "additional": 10}
    assert kinds.total() == 64 == (44 + 9 + 10) + 1
    parameters = ruleset("se.national").parameters
    reading = parameters["base_specialties"].reading
    assert reading is not None
    for text in (reading.sv, reading.en):
        assert "45" in text
        assert "44" in text
    for kind, count in kinds.items():
        value = parameters[f"{kind}_specialties"].value
        assert isinstance(value, frozenset)
        assert len(value) == count


def test_readings_say_where_a_source_was_interpreted() -> None:
    """E10's "at most", E7's who assesses, and the dates that no source gives."""
    stockholm = ruleset("se.stockholm")
    assert stockholm.parameters["st_most_years_left"].reading is not None
    assert len(stockholm.readings) == 2
    assert all("2022-07-01" in each.en or "2024-01-01" in each.en for each in stockholm.readings)


# ---- the rulesets against the sources ------------------------------------------------------------


def one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    """The texts of the documents by id; CI has them beside the checkout, a plain clone does not."""
    if not SOURCES.is_dir():
        pytest.skip(f"the source documents are not beside the checkout ({SOURCES})")
    return {each: (SOURCES / file).read_text("utf-8") for each, file in FILES.items()}


@cache
def headings(text: str) -> frozenset[str]:
    """One to three lines that follow each other, joined: a heading stands on lines of its own."""
    lines = [one_line(each) for each in text.split("\n") if each.strip()]
    return frozenset(
        " ".join(lines[start : start + count]) for count in (1, 2, 3) for start in range(len(lines))
    )


def test_every_document_is_a_source() -> None:
    assert set(ruleset("se.stockholm").documents) == set(FILES)


def test_every_cited_section_is_a_heading_of_its_document(sources: dict[str, str]) -> None:
    missing = {
        (source["document"], source["section"], who)
        for who, source in citations()
        if one_line(source["section"]) not in headings(sources[source["document"]])
    }
    assert not missing


def test_every_cited_note_is_a_footnote_of_its_document(sources: dict[str, str]) -> None:
    missing = {
        (source["document"], note, who)
        for who, source in citations()
        for note in source.get("note", "").split(", ")
        if note and not re.search(rf"^ *{note} \S", sources[source["document"]], re.MULTILINE)
    }
    assert not missing


CORRECTED = {"Obstetrik och gynekologi": "Obstretrik och gynekologi"}
"""Names that the appendix misprints, and how it prints them."""
GROUPS = (
    "Barn- och ungdomsmedicinska specialiteter", "Bild- och funktionsmedicinska specialiteter",
    "Enskilda basspecialiteter", "Invärtesmedicinska specialiteter", "Kirurgiska specialiteter",
    "Laboratoriemedicinska specialiteter", "Neurologiska specialiteter",
    "Psykiatriska specialiteter", "Tilläggspecialiteter", "Basspecialitet:", "Grenspecialiteter:",
    "Grenspecialitet:",
)  # fmt: skip


def test_the_specialties_are_those_of_the_appendix(sources: dict[str, str]) -> None:
    """Each name is there, and when the names and the groups' headings are taken away nothing but
    commas is left."""
    text = one_line(sources["sidotjanstgoring-2025"])
    start = text.index("Specialistgrupp Specialistbevis")
    rest = text[start : text.index("Bilaga 4 - Antal specialistläkare", start)]
    rest = rest.removeprefix("Specialistgrupp Specialistbevis").casefold()
    codes = ruleset("se.national").schema.codes_of("specialty").values()
    names = [CORRECTED.get(each.sv, each.sv).casefold() for each in codes]
    for name in sorted((*(each.casefold() for each in GROUPS), *names), key=len, reverse=True):
        assert name in rest, name
        rest = rest.replace(name, "")
    assert not rest.replace(",", "").strip()
    assert (
        "63 läkarspecialiteter som är uppdelade på 44 basspecialiteter, 9 grenspecialiteter" in text
    )


def test_the_numbers_with_a_source_stand_in_it(sources: dict[str, str]) -> None:
    parameters = {**ruleset("se.stockholm").parameters, **ruleset("se.borgholm").parameters}
    said = {
        "st_minimum_years_2015": (5.0, "och 5 år för ST-läkare som gör ST enligt SOSFS 2015:8"),
        "st_minimum_years_2021": (
            5.5,
            "minimitiden är 5,5 år för ST-läkare som gör ST enligt HSLF-FS 2021:8",
        ),
        "bt_minimum_years": (0.5, "inledas med bastjänstgöring (BT) under minst sex måna- der"),
        "st_most_years_left": (2.0, "två år kvar på sin ST"),
        "medication_review_above": (75, "erbjuda patienter som över 75 år"),
        "medication_review_medicines": (5, "ordinerade minst fem läkemedel"),
        "named_share_in_region": (0.65, "cirka 65 procent av de listade patienterna"),
        "population_share_target": (0.55, "utgöra minst 55 procent"),
        "sabo_share_target": (0.8, "utgöra minst 80 procent"),
        "side_placement_weeks_from": (4.0, "variera från minst fyra till tolv veckor"),
        "side_placement_weeks_to": (12.0, "variera från minst fyra till tolv veckor"),
        "side_placement_years_from": (3.0, "förslagsvis placeras mellan år 3 och 4"),
        "side_placement_years_to": (4.0, "förslagsvis placeras mellan år 3 och 4"),
        "side_placement_last_years": (1.0, "sista året i utbildningen är intensivt"),
        "side_placement_supervision_hours": (1.0, "cirka en timmes handledning per vecka"),
        "home_care_patients_per_physician": (20, "ansvar för cirka tjugo hemsjukvårdspatienter"),
        "cni_country": (1.0, "där ett värde över 1 innebär"),
        "relistings_at_most": (2, "omlistning kan ske max två gånger om året"),
        "model_list_at_most": (1000, "som mest 1000 patienter på sin lista"),
        "profession_mark_from": (1000, "ansvar för 1000–1500 patienter"),
        "profession_mark_to": (1500, "ansvar för 1000–1500 patienter"),
        "inquiries_mark": (1500, "utifrån 1 500 genomsnittliga invånare per heltidslista"),
        "guideline_per_specialist": (1100, "i snitt 1100 invånare per färdig specialist"),
        "guideline_per_st": (
            550,
            "befinner sig i mitten av sin utbildning är riktvärdet satt till 550",
        ),
        "example_list_high": (1500, "för 1000 respektive 1500 patienter per specialistläkare"),
        "example_list_low": (1000, "för 1000 respektive 1500 patienter per specialistläkare"),
        "employment_rate": (0.85, "i genomsnitt drygt 85 procent år 2020"),
    }
    scalar = {name for name, each in parameters.items() if isinstance(each.value, (int, float))}
    stated = {name for name in scalar if parameters[name].basis is Basis.SOURCE}
    assert stated == set(said)
    for name, (value, words) in said.items():
        parameter = parameters[name]
        source: Citation | None = parameter.source
        assert parameter.value == value
        assert source is not None
        assert words in one_line(sources[source.document]), name
