"""coverage in three forms.

JSON that its schema accepts, a page that nothing can break out of and that everybody can read, and
a table.
"""

from __future__ import annotations

import json
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from attrs import evolve

import flk_rules
from conftest import ROOT
from flk_rules.analysis import coverage_text, coverage_words
from flk_rules.analysis.coverage import Count, Figures, figures
from flk_rules.analysis.coverage_json import as_json
from flk_rules.analysis.coverage_page import page
from flk_rules.analysis.coverage_points import Record
from flk_rules.analysis.coverage_reach import reach
from flk_rules.analysis.coverage_record import Recorder
from flk_rules.model.rules import Text
from flk_rules.watching import watching
from support.cases import shipped, specialist
from support.folders import entry, write

SCHEMA = json.loads((ROOT / "flk_rules/schemas/coverage-1.json").read_text("utf-8"))
HOSTILE = "</style><script>alert('1')</script>&\"<b>"


def _figures(ruleset: flk_rules.Ruleset) -> Figures:
    recorder = Recorder()
    with watching(recorder):
        for age in (40, 70):
            ruleset.decide("eligibility", physician=specialist("geriatrik"), patient={"age": age})
    return figures(recorder.trace(), reach)


@pytest.fixture(scope="module")
def found() -> Figures:
    return _figures(shipped("se.stockholm"))


class _Page(HTMLParser):
    """The tags of a page, their attributes, its text; and that each tag is closed."""

    OPEN = ("meta", "input", "!doctype")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.stack: list[str] = []
        self.feed(text)
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.OPEN:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


# ---- JSON ----------------------------------------------------------------------------------------


def test_the_json_is_as_its_schema_says(found: Figures) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    said = json.loads(json.dumps(as_json(found)))
    jsonschema.validate(said, SCHEMA)
    assert said["format"] == "flk_rules/coverage/1"
    assert said["totals"]["all"]["reachable"] == found.total.reachable
    geriatrics = next(
        each for each in said["rules"]
        if each["id"] == "se.national.eligibility.geriatrics"
    )  # fmt: skip
    assert geriatrics["ruleset"] == "se.stockholm"
    assert geriatrics["place"].startswith("se.national/eligibility.toml:")
    assert geriatrics["values"] == {
        "true": {"state": "covered"}, "false": {"state": "covered"}, "unknown": {"state": "missed"},
    }  # fmt: skip
    assert geriatrics["atoms"][1]["ways"] == {
        "true": {"state": "covered"}, "false": {"state": "covered"},
    }  # fmt: skip
    assert geriatrics["overlays"][0]["made_a_difference"] is True


def test_nothing_decided_is_a_report_too() -> None:
    empty = figures(Record(), reach)
    jsonschema.validate(as_json(empty), SCHEMA)
    assert as_json(empty)["totals"]["all"] == {"covered": 0, "reachable": 0, "percent": None}
    _Page(page(empty))


def test_the_schema_holds_what_it_describes(found: Figures) -> None:
    """A key more or less is a mistake, at every level."""
    for change in (
        lambda said: said.update(more=1),
        lambda said: said.pop("kinds"),
        lambda said: said["rules"][0].update(more=1),
        lambda said: said["rules"][0]["values"].pop("true"),
        lambda said: said["rules"][0]["atoms"][0]["ways"]["true"].update(state="seen"),
        lambda said: said["totals"]["all"].update(percent=101),
    ):
        said: Any = json.loads(json.dumps(as_json(found)))
        change(said)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(said, SCHEMA)


# ---- the page ------------------------------------------------------------------------------------


def test_the_page_shows_each_rule_with_its_text_words_source_and_what_was_seen(
    found: Figures,
) -> None:
    shown = _Page(page(found))
    sections = [attrs["id"] for tag, attrs in shown.tags if tag == "section"]
    assert sections == [f"{each.home}/{each.rule.id}/1" for each in found.rules]
    text = re.sub(r"\s+", " ", shown.text)
    for each in found.rules:
        assert each.rule.because.sv in text
        assert each.rule.because.en in text
        assert each.rule.source.section in text
        for line in each.lines:
            for piece, _ in line.pieces:
                assert piece.strip() in text
    assert "'geriatrik' in physician.specialties✓true ✗false && patient.age" in text
    assert "patient.age >= params.elderly_from✓true ✓false" in text
    assert "As a rule: ✓ true seen; ✓ false seen; ✗ unknown never seen" in text
    assert "✓ demote by se.stockholm made a difference" in text
    assert "– true: it reads no fact: parameters and constants settle it" in text


def test_the_page_needs_nothing_and_runs_nothing(found: Figures) -> None:
    shown = _Page(page(found))
    tags = {tag for tag, _ in shown.tags}
    assert not tags & {"script", "link", "img", "iframe", "object", "form"}
    assert all(not key.startswith("on") for _, attrs in shown.tags for key in attrs)
    assert {a["href"][:1] for t, a in shown.tags if t == "a" and a["href"]} == {"#"}
    assert "http" not in re.sub(r'http-equiv|content="default', "", page(found))
    ids = [attrs["id"] for _, attrs in shown.tags if attrs.get("id")]
    assert len(set(ids)) == len(ids)


def test_text_of_rules_stays_text() -> None:
    model = shipped("se.national").model
    rules = {
        name: evolve(rule, id=name + HOSTILE, because=Text(sv=HOSTILE, en=HOSTILE),
                     condition=HOSTILE, source=evolve(rule.source, section=HOSTILE))
        for name, rule in model.rules.items()
    }  # fmt: skip
    parameters = {
        name: evolve(each, because=Text(sv=HOSTILE, en=HOSTILE))
        for name, each in model.parameters.items()
    }
    hostile = evolve(model, rules={r.id: r for r in rules.values()}, parameters=parameters)
    text = page(_figures(flk_rules.Ruleset(hostile)))
    assert "<script" not in text
    assert "<b>" not in text
    assert HOSTILE in _Page(text).text


def test_versions_of_a_rule_are_told_apart(tmp_path: Path) -> None:
    """On two days the rule reads differently, and each reading is a rule to cover."""
    write(
        tmp_path, "my.unit",
        entry("rule", id="my.unit.old", when="patient.age >= 80", valid_to=date(2024, 12, 31)),
        entry("rule", id="my.unit.old", when="patient.age >= 90", valid_from=date(2025, 1, 1)),
    )  # fmt: skip
    recorder = Recorder(["my.unit"])
    with watching(recorder):
        for day in (date(2025, 3, 1), date(2024, 10, 1), date(2025, 3, 2)):
            ruleset = flk_rules.load("my.unit", on=day, path=[tmp_path])
            ruleset.decide("eligibility", physician={}, patient={"age": 85})
    found = figures(recorder.trace(), reach)
    assert [each.rule.condition for each in found.rules] == [
        "patient.age >= 80", "patient.age >= 90",
    ]  # fmt: skip
    assert [each.values["true"].state.value for each in found.rules] == ["covered", "missed"]
    said = as_json(found)
    jsonschema.validate(said, SCHEMA)
    assert [each["valid_to"] for each in said["rules"]] == ["2024-12-31", None]
    shown = _Page(page(found))
    ids = [attrs["id"] for tag, attrs in shown.tags if tag == "section"]
    assert ids == ["my.unit/my.unit.old/1", "my.unit/my.unit.old/2"]
    assert "from 2024-01-01 to 2024-12-31" in shown.text


def test_a_rule_that_was_disabled_is_on_the_page(tmp_path: Path) -> None:
    write(tmp_path, "my.unit", entry("disable", rule="se.national.eligibility.general_practice"))
    ruleset = flk_rules.load("my.unit", on=date(2024, 10, 1), path=[tmp_path])
    for specialty, said in (
        ("geriatrik", "✗ se.national.eligibility.general_practice by my.unit: would have been "
                      "true of no decision"),
        ("allmanmedicin", "✓ se.national.eligibility.general_practice by my.unit: would have been "
                          "true"),
    ):  # fmt: skip
        recorder = Recorder()
        with watching(recorder):
            ruleset.decide("eligibility", physician=specialist(specialty), patient={})
        found = figures(recorder.trace(), reach)
        assert said in _Page(page(found)).text
        (disabled,) = as_json(found)["disabled"]
        assert disabled["would_have_been_true"] is (specialty == "allmanmedicin")
        jsonschema.validate(as_json(found), SCHEMA)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [0, 1])
def test_the_page_can_be_read(found: Figures, theme: int) -> None:
    """WCAG 2.2 AA: text has a contrast of 4.5 on every ground, in light and in dark."""
    blocks = re.findall(r":root \{(.*?)\}", page(found), re.DOTALL)
    colours = dict(re.findall(r"--(\w+): (#\w{6})", blocks[theme]))
    for ground in ("paper", "both", "one", "never", "beyond"):
        for ink in ("ink", "soft") if ground == "paper" else ("ink",):
            one, two = sorted((_luminance(colours[ink]), _luminance(colours[ground])))
            assert (two + 0.05) / (one + 0.05) >= 4.5, (ink, ground)


def test_what_was_seen_is_said_without_colour(found: Figures) -> None:
    """Each atom has its two ways as signs with words, whatever its colour."""
    marks = re.findall(r"<small>(.*?)</small>", page(found))
    assert len(marks) == sum(
        1 for each in found.rules for line in each.lines for _, n in line.pieces if n is not None
    )
    assert all(re.fullmatch("[✓✗–]true [✓✗–]false", each) for each in marks)


# ---- the table -----------------------------------------------------------------------------------


def test_the_table_has_a_row_a_question_and_its_columns_stand_under_each_other(
    found: Figures,
) -> None:
    lines = list(coverage_text.table(found))
    assert lines[0].split() == ["ruleset", "question", "rules", "values", "ways", "cover"]
    assert lines[-1].startswith("TOTAL")
    rows = [line for line in lines if "/" in line]
    assert len({len(line) for line in rows}) == 1
    questions = {(each.home, each.rule.decides) for each in found.rules}
    assert len(rows) == len(questions) + 1


@pytest.mark.parametrize(
    ("count", "percent"),
    [(Count(0, 0), "-"), (Count(0, 3), "0%"), (Count(999, 1000), "99%"), (Count(5, 5), "100%")],
)
def test_per_cent_is_whole_and_never_100_unless_all(count: Count, percent: str) -> None:
    assert coverage_text.percent(count) == percent


# ---- in Swedish ----------------------------------------------------------------------------------


def test_every_word_is_in_both_languages_with_the_same_values() -> None:
    for name, each in coverage_words._WORDS.items():
        places = [sorted(re.findall(r"\{[^}]*\}", text)) for text in (each.sv, each.en)]
        assert places[0] == places[1], name


def test_the_texts_in_swedish(found: Figures) -> None:
    lines = list(coverage_text.table(found, "sv"))
    assert lines[0].split() == ["regelverk", "fråga", "regler", "värden", "utslag", "täckt"]
    assert lines[-1].startswith("ALLA")
    assert coverage_text.met(found, "sv") == "2 beslut om 2 slags uppgifter"
    missed = list(coverage_text.missing(found, "sv"))
    assert len(missed) == len(list(coverage_text.missing(found)))
    said = "\n".join(missed)
    assert "    aldrig frågad" in said
    assert "    aldrig sant eller okänt" in said
    assert re.search(r"^    aldrig avgjord av att .+ är sant eller falskt$", said, re.MULTILINE)
    assert "    dess värde avgjorde inget beslut" in said
    assert not re.search(r"\b(never|decided|being|its value|TOTAL)\b", said)
    summed = list(coverage_text.summary(found, "sv"))
    assert [each.split(":")[0] for each in summed] == [
        "lagerändringar som gjorde skillnad", "parametrar vars värde avgjorde",
        "utom räckhåll för alla uppgifter, och inte räknade",
    ]  # fmt: skip


def test_the_page_in_swedish(found: Figures) -> None:
    text = page(found, "sv")
    shown, english = _Page(text), _Page(page(found))
    assert [tag for tag, _ in shown.tags] == [tag for tag, _ in english.tags]
    assert '<html lang="sv">' in text
    assert f"<h1>Regeltäckning: {coverage_text.percent(found.total)}</h1>" in text
    for said in (
        "2 beslut om 2 slags uppgifter. Sedda är ", "Bara regler där något saknas",
        "ett utslag saknas ✗", "Som regel: ✓ sant sett; ✓ falskt sett; ✗ okänt aldrig sett",
        "permit för eligibility, avtal, från ", "replace av se.stockholm gjorde skillnad: ",
        "utom räckhåll", "Parametrar som regler läser",
        "– okänt: ingen av de 3 cellerna av dess uppgifter lämnar den okänd "
        "(params.listed_specialties_are_exhaustive är true här); has() frågar om uppgiften är känd "
        "och är aldrig okänt",
    ):  # fmt: skip
        assert said in shown.text, said
    marks = re.findall(r"<small>(.*?)</small>", text)
    assert all(re.fullmatch("[✓✗–]sant [✓✗–]falskt", each) for each in marks)
    words = r"\b(seen|never|settle|decided|unknown|out of reach|made|told|coverage)\b"
    # What is left of English is the rules' own: each is shown in both languages, and its code.
    own = re.sub(r'<p lang="en">.*?</p>|<span.*?</span>|<p class="code">.*?</p>|<style>.*?</style>',
                 "", text, flags=re.DOTALL)  # fmt: skip
    assert re.findall(words, re.sub("<[^>]*>", "", own)) == []
