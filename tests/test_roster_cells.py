"""cells of spreadsheets.

Numbers, yes and no, codes and lists of codes as people write them, with the messages.
"""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flk_rules import load
from flk_rules.facts.cells import (
    BOOLS,
    NONE_WORDS,
    UNKNOWN_WORDS,
    CodeNames,
    cell_reader,
    read_day,
)
from flk_rules.facts.validating import Rejected
from flk_rules.model.schema import Code

SCHEMA = load("se.stockholm", on=date(2024, 10, 1)).schema
SPECIALTIES = CodeNames(SCHEMA.codes_of("specialty"))
ENT = "oron_nas_och_halssjukdomar"
LICENCES = f"(codes: {', '.join(code.sv for code in SCHEMA.codes_of('licence').values())})"


def read(fact: str, text: str, *, decimal_comma: bool = True) -> Any:
    return cell_reader(SCHEMA.facts[fact], SCHEMA, decimal_comma=decimal_comma)(text)


def refused(fact: str, text: str, *, decimal_comma: bool = True) -> str:
    with pytest.raises(Rejected) as caught:
        read(fact, text, decimal_comma=decimal_comma)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2", 2.0), (" 2 ", 2.0), ("1,5", 1.5), ("1.5", 1.5), ("-0,25", -0.25), ("−1", -1.0),
        ("0,0001", 0.0001), ("002", 2.0),
    ],
)  # fmt: skip
def test_years(text: str, years: float) -> None:
    assert read("physician.training.years_left", text) == years


@pytest.mark.parametrize(
    "text",
    ["1 234", "1\u00a0234", "1e3", "NaN", "nan", "inf", "1,", ",5", "1,2,3", "٣", "１", "=1+1",
     "+1", "1_000", "0x10", "9" * 16, "ett", "1,5 år", "True"],
)  # fmt: skip
def test_what_is_no_number(text: str) -> None:
    assert refused("physician.training.years_left", text) == f"expected a number, found {text!r}"


def test_a_decimal_comma_where_commas_part_the_columns() -> None:
    assert read("physician.training.years_left", "1.5", decimal_comma=False) == 1.5
    assert refused("physician.training.years_left", "1,5", decimal_comma=False) == (
        "expected a number with a decimal point, as commas part the columns, found '1,5'; write 1.5"
    )


@pytest.mark.parametrize("text", ["47,0", "47.0", "4 7", "x"])
def test_an_age_is_whole(text: str) -> None:
    assert read("patient.age", " 47 ") == 47
    assert refused("patient.age", text) == f"expected a whole number, found {text!r}"


def test_yes_and_no() -> None:
    for word, meant in BOOLS.items():
        for text in (word, word.upper(), f" {word.title()} "):
            assert read("physician.training.supervised", text) is meant
    for text in ("1", "0", "x", "J", "kanske"):
        assert refused("physician.training.supervised", text) == (
            f"expected ja or nej, yes or no, found {text!r}"
        )


def test_days() -> None:
    assert read_day(" 2024-10-01 ") == date(2024, 10, 1)
    with pytest.raises(
        Rejected, match=r"^expected a date like 1950-12-31, found text \('1/2/24'\)$"
    ):
        read_day("1/2/24")


@pytest.mark.parametrize("text", ["valid", "Giltig", "GILTIG", " giltig ", "Valid"])
def test_codes_go_by_id_and_name(text: str) -> None:
    assert read("physician.licence", text) == "valid"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("gilltig", "no code 'gilltig'; did you mean 'giltig'?"),
        ("vallid", "no code 'vallid'; did you mean 'valid'?"),
        ("5", f"no code '5' {LICENCES}"),
        ("=A1", f"no code '=A1' {LICENCES}"), ("leg.", f"no code 'leg.' {LICENCES}"),
        ("\x1b[2J", f"no code '\\x1b[2J' {LICENCES}"),
    ],
)  # fmt: skip
def test_what_is_no_code(text: str, message: str) -> None:
    assert refused("physician.licence", text) == message


@pytest.mark.parametrize("text", UNKNOWN_WORDS)
def test_what_is_not_known_is_left_empty(text: str) -> None:
    empty = f"{text!r}; leave the cell empty where it is not known"
    assert refused("physician.licence", text) == f"no code {empty}"
    assert refused("physician.training.years_left", text) == f"expected a number, found {empty}"
    assert refused("patient.age", text) == f"expected a whole number, found {empty}"
    assert refused("physician.training.supervised", text) == (
        f"expected ja or nej, yes or no, found {empty}"
    )
    with pytest.raises(Rejected) as caught:
        read_day(text)
    assert str(caught.value) == f"expected a date like 1950-12-31, found {empty}"
    if text not in NONE_WORDS:
        assert refused("physician.specialties", text.upper()) == (
            f"no code {text.upper()!r}; leave the cell empty where it is not known"
        )


def test_every_code_is_found_by_each_of_its_names_however_it_is_typed() -> None:
    for codes in SCHEMA.codes.values():
        names = CodeNames(codes.codes)
        for code in codes.codes.values():
            for name in (code.id, code.sv, code.en):
                spaced = f" {name} ".replace(" ", "\u00a0 ")
                hyphens = name.replace("-", "\N{NON-BREAKING HYPHEN}")
                for text in (
                    name,
                    name.upper(),
                    unicodedata.normalize("NFD", name),
                    spaced,
                    hyphens,
                ):
                    assert names.read(text) == code.id


# ---- lists -------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [*NONE_WORDS, "Inga", " INGEN ", "None", "–"])
def test_a_list_is_said_to_be_empty(text: str) -> None:
    assert SPECIALTIES.read_list(text) == []


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Allmänmedicin", ["allmanmedicin"]),
        ("Allmänmedicin, Geriatrik", ["allmanmedicin", "geriatrik"]),
        ("Allmänmedicin,Geriatrik,", ["allmanmedicin", "geriatrik"]),
        ("Öron-, näs- och halssjukdomar, Allmänmedicin", [ENT, "allmanmedicin"]),
        ("Allmänmedicin, Öron-, näs- och halssjukdomar", ["allmanmedicin", ENT]),
        ("Öron-, näs- och halssjukdomar", [ENT]),
        ("Allmänmedicin / Geriatrik", ["allmanmedicin", "geriatrik"]),
        ("Allmänmedicin|geriatrik", ["allmanmedicin", "geriatrik"]),
        ("Allmänmedicin; Geriatrik", ["allmanmedicin", "geriatrik"]),
        ("Allmänmedicin\nGeriatrik\r\nKirurgi", ["allmanmedicin", "geriatrik", "kirurgi"]),
        ("Allmänmedicin och Geriatrik", ["allmanmedicin", "geriatrik"]),
        ("Allmänmedicin OCH Geriatrik", ["allmanmedicin", "geriatrik"]),
        ("Surgery and Geriatrics & Urology", ["kirurgi", "geriatrik", "urologi"]),
        ("Obstetrik och gynekologi och kirurgi", ["obstetrik_och_gynekologi", "kirurgi"]),
        ("Barn- och ungdomsmedicin och kirurgi", ["barn_och_ungdomsmedicin", "kirurgi"]),
        ("Barn- och ungdomshematologi och onkologi", ["barn_och_ungdomshematologi_och_onkologi"]),
    ],
)  # fmt: skip
def test_lists_as_people_write_them(text: str, codes: list[str]) -> None:
    assert SPECIALTIES.read_list(text) == codes


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Allmänmedecin", "no code 'Allmänmedecin'; did you mean 'Allmänmedicin'?"),
        ("Öron-, näss- och halssjukdomar, Geriatrik",
         "no code 'Öron-, näss- och halssjukdomar'; did you mean 'Öron-, näs- och halssjukdomar'?"),
        *((text, f"{word!r} says that there are none and stands alone; remove it or the rest")
          for text, word in (("Geriatrik, inga", "inga"), ("Ingen/Geriatrik", "Ingen"),
                             ("Geriatrik; -", "-"), ("none och Geriatrik", "none"))),
        ("Geriatri, Kirurgi, q, w", "no code 'Geriatri'; did you mean 'Geriatrik'?; no code 'q'; "
                                    "no code 'w'"),
        ("q|w|z|x|y", "no code 'q'; no code 'w'; no code 'z'; and 2 more"),
        (",", "no code ','"), (" | / ", "no code ' | / '"),
        ("|".join(["geriatrik"] * 65), "expected at most 64 codes, found 65"),
        ("/".join(["q"] * 5_000), "expected at most 64 codes, found 5000"),
    ],
)  # fmt: skip
def test_lists_that_are_none(text: str, message: str) -> None:
    with pytest.raises(Rejected) as caught:
        SPECIALTIES.read_list(text)
    assert str(caught.value) == message


IDS = sorted(SCHEMA.codes_of("specialty"))
SEPARATORS = [", ", ",", " / ", "/", "|", " ; ", "\n", " och ", " and ", " & "]


@given(st.lists(st.sampled_from(IDS), min_size=1, max_size=20), st.data())
def test_any_names_between_any_separators_are_read_back(
    ids: list[str], data: st.DataObject
) -> None:
    codes = SCHEMA.codes_of("specialty")
    text = ""
    for each in ids:
        name = data.draw(st.sampled_from([each, codes[each].sv, codes[each].en]))
        text += (data.draw(st.sampled_from(SEPARATORS)) if text else "") + name
    assert SPECIALTIES.read_list(text) == ids


def test_a_name_with_a_separator_is_read_whole() -> None:
    names = CodeNames({"x": Code(id="x", kind=None, sv="A/B; C", en="A|B")})
    assert names.read_list("a/b;  c") == ["x"]
    assert CodeNames({}).find("x") is None
