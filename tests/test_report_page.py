"""what a report says.

The page of a receipt made from the receipt alone: all of it is there, in either language, with its
sources; what it may do in a browser is nothing; its colours can be read.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

import flk_rules
from flk_rules.audit import Receipt
from flk_rules.audit.receipts import Receipts
from flk_rules.errors import ReceiptInvalid, UnknownName, ValuesConflict
from flk_rules.explaining.phrases import cite
from flk_rules.explaining.text import printable
from flk_rules.explaining.words import FORCES
from flk_rules.model.rules import LANGUAGES
from flk_rules.reporting import page
from flk_rules.reporting.collecting import _KEYS
from flk_rules.reporting.shapes import Node
from flk_rules.reporting.trees import Trees
from flk_rules.reporting.words import _WORDS
from support.audit import Clock
from support.cases import NATIONAL, ON, shipped, specialist
from support.folders import entry, header
from support.reporting import (
    PAYLOAD,
    Element,
    Page,
    collected,
    hostile,
    page_of,
    receipts,
    shown,
    taken_apart,
)

NUMBERS = range(len(receipts()))
CSS = Path(flk_rules.__file__).parent / "reporting" / "templates" / "page.css"


def rules_on(found: Page) -> list[Element]:
    return found.all("details", "rule")


def changed(receipt: Receipt, **keys: Any) -> Receipt:
    return evolve(receipt, content={**receipt.content, **keys})


# ---- all of it -----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", NUMBERS)
def test_every_rule_is_there_once_with_its_truth_words_and_source(
    number: int, language: str
) -> None:
    receipt = receipts()[number]
    firings = receipt.content["firings"]
    found = shown(number, language)
    texts = {each.text for each in rules_on(found)}
    assert len(rules_on(found)) == len(texts)
    assert Counter(
        next(iter(each.classes() & {"is-true", "is-false", "is-open"})) for each in rules_on(found)
    ) == Counter(
        {"is-true": len(firings["true"]), "is-false": len(firings["false"]),
         "is-open": len(firings["unknown"])}
    )  # fmt: skip
    for rule in receipt.ruleset().rules.values():
        (mine,) = [text for text in texts if f" {rule.id} " in text]
        for said in (rule.because, FORCES[rule.force], rule.reading):
            assert said is None or said.in_language(language) in mine
        assert cite(rule.source, language) in mine
        assert " ".join(rule.condition.split()) in mine


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", NUMBERS)
def test_facts_assumptions_and_the_record_are_there(number: int, language: str) -> None:
    receipt = receipts()[number]
    content, ruleset = receipt.content, receipt.ruleset()
    found = shown(number, language)
    rows = [each.text for each in found.all("tr") if each.within("tbody")]
    for name in (*content["facts"], *content["not_known"]):
        assert len([row for row in rows if f" {name} " in f" {row} "]) == 1, name
    unknown = "inte känt" if language == "sv" else "not known"
    assert sum(row.endswith(unknown) for row in rows) == len(content["not_known"])
    for name in content["assumptions"]:
        parameter = ruleset.parameters[name]
        boxes = [e.text for e in found.all("li", "assumption") if not e.within("details")]
        (mine,) = [text for text in boxes if f"params.{name}" in text]
        assert parameter.because.in_language(language) in mine
    for said in (
        content["ruleset"]["fingerprint"], content["ruleset"]["id"], content["library"],
        content["ruleset"]["version"], content["on"], content["engine"], content["reference"] or "",
        content["time"][:10], *filter(None, content["subjects"].values()),
        *(each.in_language(language) for each in ruleset.readings),
        *(each.title for each in ruleset.documents.values()),
    ):  # fmt: skip
        assert " ".join(said.split()) in found.text, said


def test_the_outcome_its_force_and_why_are_at_the_top() -> None:
    for number, *said in (
        (1, "Inte fast läkarkontakt", "Hindras av avtal", "avtal",
         "Enligt avtalet får bara ST-läkare med två år kvar på sin ST ha listade patienter"),
        (11, "Avviker", "Punkter som inte är uppfyllda: Längden ligger inom ramen"),
        (0, "Villkorat", "Kan vara fast läkarkontakt om ålder är minst 65 år",
         "Behöver bedömas om ålder är under 65 år", "beror på fallet", "1 antagande"),
        (3, "Kan inte avgöras", "ingen regel avgjorde", "1 uppgift"),
        (5, "Riktvärde finns (vägledning, varken tak eller golv): 1100", "vägledning"),
    ):  # fmt: skip
        top = shown(number).one("header").text
        for each in said:
            assert each in top


def test_what_nothing_supports_does_not_look_forbidden() -> None:
    forbidden, unsupported = shown(1), shown(6)
    assert forbidden.all("div", "verdict", "tone-no")
    assert not forbidden.all("div", "verdict", "tone-none")
    assert unsupported.all("div", "verdict", "tone-none")
    assert "Vägledningen ger inget stöd; inget känt hinder" in unsupported.one("header").text


def test_missing_facts_and_the_sides_of_a_condition() -> None:
    undetermined = shown(3, "en")
    assert undetermined.one("section", "missing").text == "Missing facts age: not known patient.age"
    assert undetermined.one("section", "pivotal")
    sides = shown(0, "en").one("ul", "sides").text
    assert "Eligible guidance if age is at least 65 years patient.age >= 65 Specialist in" in sides
    assert "Assess guidance if age is under 65 years patient.age < 65 No specialty is" in sides


def test_the_tree_shows_values_definitions_and_parameters_with_their_sources() -> None:
    found = shown(1, "en")
    (rule,) = [e for e in rules_on(found) if "se.stockholm.eligibility.st_too_early" in e.text]
    for said in (
        "all of these",
        "In specialist training (ST) in general practice definition "
        "physician.in_st_general_practice kompetens-2023, Fast läkarkontakt, note 9 [E6]",
        "Years of training left is over 2 years "
        "physician.training.years_left > params.st_most_years_left",
        "years of training left: 3 years physician.training.years_left",
        'reading: The source says "two years left"', "not this",
        "specialties: none physician.specialties",
        "assumption The agreement's list of list-eligible specialties is exhaustive: yes "
        "params.listed_specialties_are_exhaustive",
    ):  # fmt: skip
        assert said in rule.text, said


def test_signs_say_in_words_what_they_show_in_colour() -> None:
    found = shown(1)
    labels = {
        each.attributes["aria-label"] for each in found.all("svg") if "role" in each.attributes
    }
    assert labels == {"sant", "falskt", "oavgjort"}
    for each in rules_on(found):
        tags = [tag.text for tag in found.all("span", "tag") if _inside(tag, each)]
        assert {"sant", "falskt", "oavgjort"} & {*tags}
        assert {force.sv for force in FORCES.values()} & {*tags}


def _inside(element: Element, outer: Element) -> bool:
    above = element.parent
    while above is not None and above is not outer:
        above = above.parent
    return above is outer


# ---- decided again -------------------------------------------------------------------------------


@pytest.mark.parametrize("number", NUMBERS)
def test_a_receipt_agrees_with_its_own_rules(number: int) -> None:
    found = shown(number, "en")
    assert "Decided again: the rules in the receipt give the same answer" in found.text
    assert not found.all("div", "alarm")


def test_one_that_was_changed_does_not() -> None:
    forged = changed(receipts()[2], outcome="not_eligible", reason="forbidden", force="law")
    found = page_of(forged, language="en")
    assert found.one("div", "alarm").within("header")
    alarm = found.one("div", "alarm").text
    assert alarm.startswith("The receipt does not agree with its own rules. Decided again, these")
    assert "outcome: the receipt says not_eligible; the rules give eligible" in alarm
    assert "force: the receipt says law; the rules give guidance" in alarm
    assert "reason: the receipt says forbidden; the rules give –" in alarm
    assert "the same answer" not in found.text
    both = page_of(forged, receipts()[3], language="en")
    assert [each.text for each in both.all("span", "alarm")] == ["does not agree with its rules"]


def test_one_that_cannot_be_decided_again_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def conflict(*_: Any) -> None:
        raise ValuesConflict("se.national", "capacity", {"a": 1, "b": 2})

    monkeypatch.setattr("flk_rules.audit.replaying.Replayer.replay", conflict)
    alarm = page_of(receipts()[2], language="en").one("div", "alarm").text
    assert alarm.startswith(
        "The receipt cannot be decided again: se.national gives the question capacity "
    )


def test_a_changed_fact_shows_too() -> None:
    facts = {**receipts()[2].content["facts"], "patient.age": 64}
    alarm = page_of(changed(receipts()[2], facts=facts)).one("div", "alarm").text
    assert "kvittot säger eligible; reglerna ger assess" in alarm


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"grounds": ["se.national.eligibility.geriatric"]},
         "set: grounds: names the rule 'se.national.eligibility.geriatric', which its rules do not "
         "have; did you mean 'se.national.eligibility.geriatrics'?"),
        ({"missing": ["patient.shoe"]},
         "set: missing: names the fact 'patient.shoe', which its rules do not have"),
        ({"assumptions": ["x"]},
         "set: assumptions: names the parameter 'x', which its rules do not have"),
        ({"left_out": ["dog"]},
         "set: left_out: names the subject 'dog', which its rules do not have"),
        ({"question": "priority"},
         "set: question: names the question 'priority', which its rules do not have"),
        ({"facts": {"patient.age": "old"}}, "set: facts: patient.age: expected a whole number"),
    ],
)  # fmt: skip
def test_names_and_values_that_its_rules_do_not_have_are_refused(
    keys: dict[str, Any], message: str
) -> None:
    with pytest.raises(ReceiptInvalid) as caught:
        page_of(changed(receipts()[2], **keys))
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("patient.age >=", "expected"),
        ("patient.shoe > 1", "unknown fact"),
        ("patient.age", "a condition"),
    ],
)
def test_a_side_that_is_no_condition_is_refused(when: str, said: str) -> None:
    first, second = receipts()[0].content["condition"]
    forged = changed(receipts()[0], condition=[{**first, "when": when}, second])
    with pytest.raises(ReceiptInvalid, match="set: condition: ") as caught:
        page_of(forged)
    assert said in str(caught.value)


# ---- form ----------------------------------------------------------------------------------------

SETS = [*([each] for each in (0, 1, 3, 5)), [0, 2, 5], []]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("chosen", SETS, ids=str)
def test_headings_names_and_landmarks(chosen: list[int], language: str) -> None:
    found = page_of(*(receipts()[n] for n in chosen), language=language) if chosen else taken_apart(
        page(collected_nothing(), language)
    )  # fmt: skip
    assert found.source.startswith("<!DOCTYPE html>")
    assert found.one("html").attributes["lang"] == language
    levels = [int(each.tag[1]) for each in found.elements if re.fullmatch("h[1-6]", each.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(next_ <= last + 1 for last, next_ in pairwise(levels))
    for tag in ("header", "main", "footer", "title"):
        assert found.one(tag).text
    ids = [each.attributes["id"] for each in found.elements if "id" in each.attributes]
    assert len(ids) == len({*ids})
    for each in found.elements:
        for name in ("aria-labelledby", "href"):
            target = each.attributes.get(name)
            if target and each.tag in ("section", "a", "use"):
                assert target.removeprefix("#") in ids
        if each.tag in ("summary", "a", "button", "th", "caption", "h1", "h2", "h3", "h4", "h5"):
            assert each.text, each
        if each.tag == "table":
            assert any(inner.tag == "caption" and inner.parent is each for inner in found.elements)
        if each.tag == "svg":
            labelled = each.attributes.get("role") == "img" and each.attributes.get("aria-label")
            assert labelled or each.attributes.get("aria-hidden") == "true"


def collected_nothing() -> Any:
    from flk_rules.reporting import Collection

    return Collection()


def test_no_word_of_the_other_language_is_left() -> None:
    swedish = page_of(*receipts()[:4], language="sv").text
    english = page_of(*receipts()[:4], language="en").text
    for word in ("The ", " and ", "decided", "Not met", "Missing"):
        assert word not in re.sub(r"[\w.]+\.[\w.]+|flk audit verify|Care Need Index", "", swedish)
    for word in ("Regler", "beslut", "Uppgift", "saknas", "antagande", "Svar", "avgjort"):
        assert word not in english


def test_every_word_is_used() -> None:
    room = CSS.parent.parent
    text = "".join(
        path.read_text(encoding="utf-8")
        for path in room.rglob("*")
        if path.suffix in (".py", ".html") and path.name != "words.py"
    ) + (room / "words.py").read_text(encoding="utf-8").partition("def said")[2]  # fmt: skip
    unused = {key for key in _WORDS if f'"{key}"' not in text} - {f"by_{key}" for key in _KEYS}
    assert unused == set()


def test_the_page_holds_all_it_needs_and_may_fetch_nothing() -> None:
    found = shown(5)
    assert {each.tag for each in found.elements} & {
        "link",
        "img",
        "iframe",
        "object",
        "base",
    } == set()
    assert not re.search(r"https?:|//www|url\(|@import|\bsrc=|\bstyle=|\son\w+=", found.source)
    policies = [e for e in found.all("meta") if "http-equiv" in e.attributes]
    assert [e.attributes["http-equiv"] for e in policies] == ["Content-Security-Policy"]
    style, script = (
        base64.b64encode(hashlib.sha256(found.source.partition(f"<{tag}>")[2].partition(f"</{tag}>")[
            0].encode()).digest()).decode() for tag in ("style", "script")
    )  # fmt: skip
    assert policies[0].attributes["content"] == (
        f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_the_same_receipt_gives_the_same_page() -> None:
    assert page(collected(receipts()[:2])) == page(collected(receipts()[:2]))


def test_another_language_is_refused() -> None:
    with pytest.raises(UnknownName, match="no language called 'fi'"):
        page(collected(receipts()[:1]), "fi")


# ---- hostile text --------------------------------------------------------------------------------


@pytest.mark.parametrize("number", NUMBERS)
def test_hostile_text_makes_no_element_and_turns_nothing_around(number: int) -> None:
    plain, evil = shown(number), page_of(hostile(receipts()[number]))
    assert Counter(each.tag for each in evil.elements) == Counter(
        each.tag for each in plain.elements
    )
    assert " ".join(printable(PAYLOAD).split()) in evil.text
    strange = {each for each in evil.source if not each.isprintable() and each != "\n"}
    assert strange == set()


def test_words_of_an_overlay_of_ones_own_are_text(tmp_path: Path) -> None:
    words = {"sv": PAYLOAD, "en": PAYLOAD}
    source = {"document": "decision", "section": PAYLOAD, "statement": "E14"}
    texts = [
        header("own", title=words),
        entry("document", id="decision", title=PAYLOAD, publisher=PAYLOAD, published="2024"),
        entry("rule", id="own.eligibility.all", because=words, reading=words, source=source),
    ]
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "own.toml").write_text("\n".join(texts), encoding="utf-8")
    ruleset = flk_rules.load("own", on=ON, path=[tmp_path])
    decision = ruleset.decide("eligibility", physician=specialist("geriatrik"), patient={"age": 70})
    found = page_of(Receipts(clock=Clock()).of(decision))
    assert len(found.all("script")) == 1
    assert not found.all("img")
    assert found.text.count(" ".join(printable(PAYLOAD).split())) >= 5


def test_a_rule_that_a_layer_took_away_is_named_where_nothing_gives_a_ground(
    tmp_path: Path,
) -> None:
    because = {"sv": "gäller inte hos oss", "en": "does not hold here"}
    source = {"document": "decision", "section": "All of it", "statement": "E14"}
    target = "se.national.eligibility.geriatrics"
    texts = [
        header("own"),
        entry("document", id="decision", title="D", publisher="P", published="2024"),
        entry("disable", rule=target, because=because, source=source),
    ]
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "own.toml").write_text("\n".join(texts), encoding="utf-8")
    physician = {**specialist("geriatrik"), "equivalent_competence": "not_equivalent"}
    ruleset = flk_rules.load("own", on=ON, path=[tmp_path])
    decision = ruleset.decide("eligibility", physician=physician, patient={"age": 70})
    found = page_of(Receipts(clock=Clock()).of(decision), language="en")
    assert found.one("section", "disabled").text == (
        f"Rules that do not apply here {target} "
        "taken away by own: does not hold here (decision, All of it [E14])"
    )


# ---- trees ---------------------------------------------------------------------------------------


def test_every_form_of_condition_has_a_tree() -> None:
    from flk_rules.engines.reference import Interpreter
    from support.cases import small

    conditions = [
        "a.yes", "!a.yes", "!(a.yes && a.other)", "a.yes ? a.other : a.age > 3", "has(a.age)",
        "!has(a.age)", "a.age + 1 > params.grown", "size(a.colours) > 1", "-a.age < 3",
        "sets.intersects(a.colours, ['red'])", "a.colour in ['red', 'blue']", "'red' in a.colours",
        "a.colour == 'red' || a.years >= params.share", "young && a.other", "young == a.other",
    ]  # fmt: skip
    model = small(*(("permit", each) for each in conditions), definitions={"young": "a.yes"})
    values = {"a.yes": True, "a.age": 17, "a.colours": frozenset({"red"})}
    trees = Trees(model, values, ("b",), "en")
    for rule in model.rules.values():
        trace = Interpreter(model).trace(rule.when, values)
        node = trees.node(trace)
        assert node.truth in ("true", "false", "open")
        read = {each.name for each in _reads(node)}
        named = {*re.findall(r"\b(?:[ab]|params)\.\w+", rule.condition)}
        if "young" in rule.condition:
            named.add("a.yes")
            assert any(part.kind == "definition" for part in node.parts)
        assert read == named, rule.condition


def _reads(node: Node) -> list[Any]:
    return [*node.reads, *(each for part in node.parts for each in _reads(part))]


# ---- colours -------------------------------------------------------------------------------------

_TEXT_PAIRS = [
    *((ink, paper) for paper in ("paper", "ground")
      for ink in ("ink", "soft", "accent", "yes", "look", "depends", "open", "none", "no")),
    ("on-accent", "accent"), ("assumed", "assumed-paper"), ("assumed", "paper"),
    ("ink", "alarm-paper"), ("no", "alarm-paper"), ("ink", "code-paper"), ("soft", "code-paper"),
]  # fmt: skip
_SHAPE_PAIRS = [("assumed-line", "paper"), ("assumed-line", "assumed-paper")]


def _variables() -> dict[str, dict[str, str]]:
    light, dark, *_ = re.findall(r":root \{(.*?)\}", CSS.read_text(encoding="utf-8"), re.DOTALL)
    found = {
        name: dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", text))
        for name, text in (("light", light), ("dark", dark))
    }
    assert found["light"].keys() == found["dark"].keys()
    return found


def _luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(share * each for share, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, two: str) -> float:
    """The contrast ratio of WCAG 2.2, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(two)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_rightly() -> None:
    assert contrast("#000000", "#ffffff") == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_can_be_read_in_either_scheme(scheme: str) -> None:
    """AA: 4.5 for text, 3 for what is drawn."""
    colours = _variables()[scheme]
    for least, pairs in ((4.5, _TEXT_PAIRS), (3.0, _SHAPE_PAIRS)):
        for one, two in pairs:
            assert contrast(colours[one], colours[two]) >= least, (one, two)


def test_the_style_names_no_colour_outside_its_variables() -> None:
    text = CSS.read_text(encoding="utf-8")
    without = re.sub(r":root \{.*?\}", "", text, flags=re.DOTALL)
    assert re.findall(r"#[0-9a-f]{3,8}\b(?!\s*\{)", without) == []


def test_shipped_rules_are_as_the_receipt_has_them() -> None:
    """That the page needs no ruleset but the receipt's."""
    ruleset = shipped(NATIONAL).model
    for name, rule in receipts()[2].ruleset().rules.items():
        assert ruleset.rules[name].because == rule.because
    assert date.fromisoformat(receipts()[2].content["on"]) == ON
