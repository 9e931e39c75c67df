"""explanations in words.

Whole texts pinned word by word, what every text has to show, and what no text may let through.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings

from flk_rules import Ruleset, UnknownName
from flk_rules.explaining.phrases import cite, measured, phrase, plain
from flk_rules.explaining.text import printable
from flk_rules.explaining.words import FORCES, UNITS, word
from flk_rules.model.rules import Rule, Text
from flk_rules.model.values import Unknown
from support.cases import (
    ENGINES,
    NATIONAL,
    STOCKHOLM,
    condition,
    shipped,
    small,
    specialist,
    trainee,
)
from support.drawing import often, subjects
from support.folders import entry, load, write
from support.pins import FOLDER, LANGUAGES, texts

HOSTILE = "A\nELIGIBLE: physician B\r\x1b[31mred\x07\u202egnp\u2028[bold]<b>&amp;{0}%s"


@pytest.mark.parametrize("path", sorted(FOLDER.iterdir()), ids=lambda path: path.stem)
def test_the_whole_text(path: Path) -> None:
    assert dict(texts())[path] == path.read_text(encoding="utf-8")


def test_every_text_is_pinned() -> None:
    assert sorted(FOLDER.iterdir()) == sorted(path for path, _ in texts())


def _under(text: str, heading: str) -> list[str]:
    """The lines below a heading."""
    lines = text.splitlines()
    if heading not in lines:
        return []
    rest = lines[lines.index(heading) + 1 :]
    return rest[: rest.index("")] if "" in rest else rest


def _cited(rule: Rule, language: str) -> str:
    return f"{FORCES[rule.force].in_language(language)}: {cite(rule.source, language)}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [NATIONAL, STOCKHOLM])
@given(given_=subjects)
@settings(often, max_examples=50)
def test_every_rule_shows_its_words_force_document_and_section(
    name: str, language: str, given_: dict[str, Any]
) -> None:
    decision = shipped(name).decide("eligibility", engine="reference", **given_)
    text = decision.explain(language)
    lines = text.splitlines()
    verdict = decision.answer.verdict
    shown = [*verdict.grounds, *verdict.defeated, *verdict.pivotal, *verdict.advice]
    shown += [] if verdict.grounds else verdict.failed
    for rule in (decision._ruleset.rules[each] for each in shown):
        assert any(rule.because.in_language(language) in line for line in lines)
        assert any(line.strip() == _cited(rule, language) for line in lines)
        document = decision._ruleset.documents[rule.source.document]
        assert f"  {document.id}: {document.title} ({document.publisher}" in text
    for parameter in decision.assumptions:
        assert parameter.because.in_language(language) in text
    readings = [each.in_language(language) for each in decision.readings]
    assert _under(text, word("readings", language)) == [f"  ! {each}" for each in readings]
    assert len(
        [each for each in _under(text, word("assumptions", language)) if each.startswith("  ! ")]
    ) == len(decision.assumptions)
    for missing in decision.missing:
        assert f"({missing})" in text
    assert "\n\n\n" not in text


def test_a_ground_shows_its_condition_values_and_parameters() -> None:
    physician = specialist("geriatrik")
    decision = shipped(NATIONAL).decide("eligibility", physician=physician, patient={"age": 70})
    text = decision.explain("sv")
    for line in (
        "      se.national.eligibility.geriatrics, gäller från 2022-07-01",
        "      'geriatrik' in physician.specialties && patient.age >= params.elderly_from",
        "        specialiteter = Geriatrik",
        "        ålder = 70 år",
        "        params.elderly_from = 65 år (antagande [E14])",
    ):
        assert line in text.splitlines()


WHY_NOT = [
    (STOCKHOLM, specialist("ortopedi", equivalent_competence="equivalent"), 40,
     "Annan likvärdig kompetens, så bedömd av verksamheten, där avtalets uppräkning inte är "
     "uttömmande",
     ["      inte uppfyllt: !params.listed_specialties_are_exhaustive",
      "        params.listed_specialties_are_exhaustive = ja"]),
    (NATIONAL, specialist("geriatrik"), 40,
     "Specialist i geriatrik, lämplig för äldre patienter",
     ["      inte uppfyllt: patient.age >= params.elderly_from",
      "        ålder = 40 år",
      "        params.elderly_from = 65 år"]),
    (NATIONAL, specialist("psykiatri", equivalent_competence="not_equivalent"), 40,
     "Specialist i geriatrik, lämplig för äldre patienter",
     ["      inte uppfyllt: 'geriatrik' in physician.specialties",
      "        specialiteter = Psykiatri",
      "      inte uppfyllt: patient.age >= params.elderly_from",
      "        ålder = 40 år",
      "        params.elderly_from = 65 år"]),
    (NATIONAL, specialist("geriatrik"), 40, "ST-läkare i allmänmedicin",
     ["      inte uppfyllt: physician.training.stage == 'st'",
      "        utbildningsskede = ingen"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "physician", "age", "because", "why"), WHY_NOT)
def test_what_is_not_met_shows_what_kept_it_from_it(
    name: str, physician: dict[str, Any], age: int, because: str, why: list[str]
) -> None:
    """And nothing else: a fact that is not known is no gap where it would have changed nothing."""
    # A licence that is not recorded keeps the answer open, so that every ground is listed.
    physician = physician | {"licence": None}
    decision = shipped(name).decide("eligibility", physician=physician, patient={"age": age})
    lines = decision.explain("sv").splitlines()
    (start,) = (number for number, line in enumerate(lines) if line == f"  - {because}")
    below = lines[start + 1 :]
    end = next(number for number, line in enumerate(below) if not line.startswith("      "))
    found = [line for line in below[:end] if line.startswith(("      inte uppfyllt", "        "))]
    assert found == why


def test_what_is_met_shows_only_what_it_rests_on() -> None:
    physician = specialist("psykiatri") | {"training": {"stage": "none"}}
    decision = shipped(NATIONAL).decide("eligibility", physician=physician, patient={"age": 40})
    text = decision.explain("en")
    assert decision.outcome.value == "assess"
    assert "training stage = not in training" in text
    assert "training specialty" not in text


def test_an_assessment_is_told_from_the_grounds_it_stands_among() -> None:
    said = "bedömning: Ingen specialitet är reglerad"
    for licence, heading in ((None, "Redan uppfyllt"), ("revoked", "Upphävt av hindret")):
        physician = specialist("psykiatri", licence=licence)
        decision = shipped(NATIONAL).decide("eligibility", physician=physician, patient={"age": 40})
        (first, *_) = _under(decision.explain("sv"), heading)
        assert first.startswith(f"  + {said}")


def test_a_set_value_keeps_its_label_and_says_why_it_was_set(tmp_path: Path) -> None:
    why = {"sv": "Uppräkningen är inte uttömmande", "en": "The list is not exhaustive"}
    setting = entry("set", parameter="listed_specialties_are_exhaustive", value=False, because=why)
    write(tmp_path, "my.unit", entry("document"), setting, extends=STOCKHOLM)
    ruleset = Ruleset(load(tmp_path, "my.unit"))
    physician = specialist("psykiatri", equivalent_competence="equivalent")
    decision = ruleset.decide("eligibility", physician=physician, patient={"age": 40})
    assert _under(decision.explain("en"), "Assumptions") == [
        "  ! The agreement's list of list-eligible specialties is exhaustive: no",
        "      params.listed_specialties_are_exhaustive, my.unit [E14]",
        "      value set by my.unit: The list is not exhaustive (decision, All of it [E14])",
    ]


def test_readings_of_the_rulesets_are_no_assumptions_of_the_answer() -> None:
    """Text, record and property agree: a parameter is an assumption, a ruleset's date a reading."""
    physician = specialist("allmanmedicin")
    decision = shipped(STOCKHOLM).decide("eligibility", physician=physician, patient={"age": 40})
    record, text = decision.to_dict(), decision.explain("en")
    assert (decision.assumptions, record["assumptions"]) == ((), [])
    assert "\nAssumptions\n" not in text
    readings = [each.en for each in decision.readings]
    assert len(readings) == 2
    assert [each["en"] for each in record["ruleset"]["readings"]] == readings
    assert _under(text, "How the rulesets were read") == [f"  ! {each}" for each in readings]


def test_a_reading_of_a_parameter_is_shown_with_it() -> None:
    """Two years left is read as at most two: whoever is decided by it gets to see that."""
    decision = shipped(STOCKHOLM).decide(
        "eligibility", physician=trainee(years_left=2.0), patient={"age": 40}
    )
    said = 'läsning: Källan säger "två år kvar"; det läses som högst två år.'
    assert f"          {said}" in decision.explain().splitlines()


def test_an_open_prohibition_is_not_told_as_a_fact() -> None:
    physician = specialist("allmanmedicin", licence=None)
    decision = shipped(NATIONAL).decide("eligibility", physician=physician, patient={"age": 40})
    text = decision.explain("en")
    assert "? prohibition: The role is for a physician, and the licence has been revoked" in text
    assert "  + The role is for a physician" not in text
    assert "+ Specialist in general practice, the starting point for the role" in text


def test_no_ground_under_guidance_is_never_told_as_forbidden() -> None:
    physician = specialist("psykiatri", equivalent_competence="not_equivalent")
    found = [
        shipped(name).decide("eligibility", physician=physician, patient={"age": 40}).explain("en")
        for name in (NATIONAL, STOCKHOLM)
    ]
    assert found[0].startswith("NOT ELIGIBLE (not supported by guidance; nothing known forbids it)")
    assert found[1].startswith("NOT ELIGIBLE (neither law nor contract gives a ground)")
    assert "forbidden by" not in "".join(found)


def test_what_was_left_out_is_not_called_unknown() -> None:
    left_out = shipped(NATIONAL).decide("eligibility", patient={"age": 40})
    unknown = shipped(NATIONAL).decide("eligibility", physician={}, patient={"age": 40})
    assert "        legitimation = lämnat öppet" in left_out.explain("sv").splitlines()
    assert "        legitimation = inte känt" in unknown.explain("sv").splitlines()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("engine", ENGINES)
def test_a_hostile_reference_stays_on_its_line(language: str, engine: str) -> None:
    physician = specialist("allmanmedicin", id=HOSTILE)
    text = (
        shipped(NATIONAL)
        .decide(
            "eligibility", engine=engine, physician=physician, patient={"id": HOSTILE, "age": 40}
        )
        .explain(language)
    )
    plain_text = (
        shipped(NATIONAL)
        .decide("eligibility", physician=physician | {"id": "A"}, patient={"id": "B", "age": 40})
        .explain(language)
    )
    assert text.count("\n") == plain_text.count("\n")
    assert all(each.isprintable() for each in text.replace("\n", ""))
    assert len(text.splitlines()) == len(plain_text.splitlines())
    assert "A ELIGIBLE: physician B" in text.splitlines()[0]
    assert "[bold]<b>&amp;{0}%s" in text.splitlines()[0]


def test_a_hostile_wording_stays_on_its_line() -> None:
    """A user's ruleset is anybody's text too."""
    model = shipped(NATIONAL).model
    words = Text(sv=HOSTILE, en=HOSTILE)
    rules = {name: evolve(rule, because=words) for name, rule in model.rules.items()}
    hostile = Ruleset(evolve(model, rules=rules))
    subjects_: dict[str, Any] = {"physician": specialist("allmanmedicin"), "patient": {"age": 40}}
    text = hostile.decide("eligibility", **subjects_).explain("en")
    usual = shipped(NATIONAL).decide("eligibility", **subjects_).explain("en")
    assert len(text.splitlines()) == len(usual.splitlines())
    assert all(each.isprintable() for each in text.replace("\n", ""))


def test_printable() -> None:
    assert printable("å 1\N{NO-BREAK SPACE}000\ttab") == "å 1 000 tab"
    assert printable("\x00\ud800\u200b") == "\N{REPLACEMENT CHARACTER}" * 3


@pytest.mark.parametrize("language", ["de", "", "SV", "sv-SE"])
def test_another_language_is_refused(language: str) -> None:
    decision = shipped(NATIONAL).decide("eligibility", physician={}, patient={})
    with pytest.raises(UnknownName) as caught:
        decision.explain(language)
    assert str(caught.value).startswith(f"no language called {language!r}")
    assert str(caught.value).endswith("(there is: en, sv)")


@pytest.mark.parametrize(
    ("when", "sv", "en"),
    [
        ("b.age < 65", "x är under 65", "x is under 65"),
        ("b.age <= 65", "x är högst 65", "x is at most 65"),
        ("b.age > 65", "x är över 65", "x is over 65"),
        ("b.years >= 2.5", "x är minst 2,5", "x is at least 2.5"),
        ("b.colour == 'red'", "x är x", "x is x"),
        ("b.colour != 'red'", "x är inte x", "x is not x"),
        ("b.yes", "x = ja", "x = yes"),
        ("!b.yes", "x = nej", "x = no"),
        ("'red' in b.colours", "x omfattar x", "x include x"),
        ("!('red' in b.colours)", "x omfattar inte x", "x do not include x"),
        ("has(b.age)", "x är känt", "x is recorded"),
        ("!has(b.age)", "x är inte känt", "x is not recorded"),
        ("b.yes || b.age < 1 && b.other", "x = ja eller (x är under 1 och x = ja)",
         "x = yes or (x is under 1 and x = yes)"),
        ("!(b.yes && b.age < 1)", "det är inte så att x = ja och x är under 1",
         "it is not so that x = yes and x is under 1"),
        ("b.other && !(b.yes || b.age < 1)",
         "x = ja och (det är inte så att x = ja eller x är under 1)",
         "x = yes and (it is not so that x = yes or x is under 1)"),
        ("!(b.yes && !(b.age < 1 || b.other))",
         "det är inte så att x = ja och (det är inte så att x är under 1 eller x = ja)",
         "it is not so that x = yes and (it is not so that x is under 1 or x = yes)"),
        ("size(b.colours) > 1", "size(b.colours) > 1", "size(b.colours) > 1"),
    ],
)  # fmt: skip
def test_conditions_in_words(when: str, sv: str, en: str) -> None:
    ruleset = small(("permit", when))
    assert phrase(condition(when), ruleset, "sv") == sv
    assert phrase(condition(when), ruleset, "en") == en


@pytest.mark.parametrize(
    ("value", "sv", "en"),
    [
        (True, "ja", "yes"),
        (False, "nej", "no"),
        (65, "65", "65"),
        (2.0, "2", "2"),
        (1.9999, "1,9999", "1.9999"),
        (-0.5, "-0,5", "-0.5"),
        (frozenset(), "inga", "none"),
        (frozenset({"geriatrik", "allmanmedicin"}), "Allmänmedicin, Geriatrik",
         "General practice, Geriatrics"),
        ("psykiatri", "Psykiatri", "Psychiatry"),
        ("not a code", "not a code", "not a code"),
        (Unknown(frozenset({"patient.age"})), "inte känt", "not known"),
        (Unknown(error="division by zero"), "division by zero", "division by zero"),
    ],
)  # fmt: skip
def test_values_in_words(value: Any, sv: str, en: str) -> None:
    model = shipped(NATIONAL).model
    assert plain(value, "specialty", model, "sv") == sv
    assert plain(value, "specialty", model, "en") == en


@pytest.mark.parametrize(
    ("value", "unit", "sv", "en"),
    [
        (1, "year", "1 år", "1 year"),
        (1.0, "year", "1 år", "1 year"),
        (1.5, "year", "1,5 år", "1.5 years"),
        (0, "year", "0 år", "0 years"),
        (-1, "year", "-1 år", "-1 years"),
        (1, "disease", "1 sjukdom", "1 disease"),
        (2, "disease", "2 sjukdomar", "2 diseases"),
        (5, "medicine", "5 läkemedel", "5 medicines"),
        (1, "week", "1 vecka", "1 week"),
        (40.0, "hour", "40 timmar", "40 hours"),
        (1100, "patient", "1100 patienter", "1100 patients"),
        (0.8, "share", "0,8 av helheten", "0.8 of the whole"),
        (3, "visit_a_day", "3 visit_a_day", "3 visit_a_day"),
        (3, None, "3", "3"),
        (True, "year", "ja", "yes"),
        (Unknown(frozenset({"patient.age"})), "year", "inte känt", "not known"),
    ],
)  # fmt: skip
def test_numbers_with_their_units(value: Any, unit: str | None, sv: str, en: str) -> None:
    model = shipped(NATIONAL).model
    assert measured(value, None, unit, model, "sv") == sv
    assert measured(value, None, unit, model, "en") == en


@pytest.mark.parametrize("name", [NATIONAL, STOCKHOLM])
def test_every_unit_of_a_shipped_ruleset_has_words(name: str) -> None:
    model = shipped(name).model
    units = {each.unit for each in (*model.parameters.values(), *model.schema.facts.values())}
    assert units - {None} <= set(UNITS)


def test_long_lists_are_cut() -> None:
    model = shipped(NATIONAL).model
    base = model.parameters["base_specialties"].value
    text = plain(base, "specialty", model, "sv")
    assert text.count(",") == 5
    assert text.endswith(f"… ({len(base)})")  # type: ignore[arg-type]
