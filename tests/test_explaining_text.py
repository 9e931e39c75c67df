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
from flk_rules.explaining.phrases import cite, phrase, plain
from flk_rules.explaining.text import printable
from flk_rules.explaining.words import FORCES
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
from support.pins import FOLDER, LANGUAGES, texts

HOSTILE = "A\nELIGIBLE: physician B\r\x1b[31mred\x07\u202egnp\u2028[bold]<b>&amp;{0}%s"


@pytest.mark.parametrize("path", sorted(FOLDER.iterdir()), ids=lambda path: path.stem)
def test_the_whole_text(path: Path) -> None:
    assert dict(texts())[path] == path.read_text(encoding="utf-8")


def test_every_text_is_pinned() -> None:
    assert sorted(FOLDER.iterdir()) == sorted(path for path, _ in texts())


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
    for reading in decision._ruleset.readings:
        assert f"  ! {reading.in_language(language)}" in lines
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
    physician = specialist("geriatrik")
    left_out = shipped(NATIONAL).decide("eligibility", physician=physician)
    unknown = shipped(NATIONAL).decide("eligibility", physician=physician, patient={})
    assert "        ålder = lämnat öppet" in left_out.explain("sv").splitlines()
    assert "        ålder = inte känt" in unknown.explain("sv").splitlines()


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


def test_long_lists_are_cut() -> None:
    model = shipped(NATIONAL).model
    base = model.parameters["base_specialties"].value
    text = plain(base, "specialty", model, "sv")
    assert text.count(",") == 5
    assert text.endswith(f"… ({len(base)})")  # type: ignore[arg-type]
