"""where an answer leads.

A rule may send the reader to another question, and a question may say how people assess what it is
about: an `assess` then names the assessment, who makes it, against what and with which tool.
"""

# ruff: noqa: E501 - texts stand whole on one line

from __future__ import annotations

from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from flk_rules import Decision, load
from support.cases import NATIONAL, STOCKHOLM, shipped, specialist
from support.folders import entry, mistakes, write
from test_explaining_record import VALIDATOR

ASSESSED = (
    "  > Do the competence goals concern the physician? (the question competence)\n"
    "      The physician's actual competence is assessed, with the competence goals as voluntary "
    "support; kompetens-2023, Slutsatser och arbete framåt [E7]\n"
    "      assessed by the care provider, the unit or the head of operations; in the end most often "
    "the head of operations\n"
    "      against Areas of competence (21): Primary care: assignment and conditions; Laws and rules;"
)


def _psychiatrist(**facts: Any) -> Decision:
    return shipped(NATIONAL).decide(
        "eligibility", physician=specialist("psykiatri", **facts), patient={"age": 40}
    )


def test_an_assessment_is_named_in_words() -> None:
    decision = _psychiatrist()
    assert decision.outcome.value == "assess"
    assert str(decision).endswith("[guidance, E7]; see competence")
    english, swedish = decision.explain("en"), decision.explain("sv")
    assert f"\nGo on with\n{ASSESSED}" in english
    assert (
        "Palliative care at the end of life\n      with the help of flk_rules.planning.assess"
        in english
    )
    assert "      se frågan competence\n" in swedish
    assert (
        "\n      bedöms av vårdgivaren, vårdenheten eller verksamhetschefen; i slutändan oftast"
        in swedish
    )
    assert (
        "\n      mot Kompetensområden (21): Primärvårdens uppdrag och förutsättningar; " in swedish
    )


def test_an_assessment_is_named_in_the_record() -> None:
    record = _psychiatrist().to_dict()
    VALIDATOR.validate(record)
    assert record["rules"]["se.national.eligibility.equivalent_competence_to_assess"]["see"] == (
        "competence"
    )
    assert list(record["see"]) == ["competence"]
    how = record["see"]["competence"]["assessing"]
    assert how["tool"] == "flk_rules.planning.assess"
    assert how["source"]["statement"] == "E7"
    assert how["against"]["list"] == "competence_area"
    areas = [each["code"] for each in how["against"]["codes"]]
    assert areas == list(shipped(NATIONAL).schema.codes_of("competence_area"))
    assert len(areas) == 21


def test_the_tool_is_there() -> None:
    (question,) = _psychiatrist().see
    assert question.assessing is not None
    module, _, function = str(question.assessing.tool).rpartition(".")
    assert callable(getattr(import_module(module), function))


def test_one_side_of_a_condition_leads_there_too() -> None:
    decision = shipped(NATIONAL).decide("eligibility", physician=specialist("geriatrik"))
    assert decision.outcome.value == "conditional"
    assert [each.id for each in decision.see] == ["competence"]
    assert ASSESSED in decision.explain("en")


def test_what_is_not_so_leads_nowhere() -> None:
    """Assessed already; Stockholm's list leaves no room; a question that begins later."""
    assessed = _psychiatrist(equivalent_competence="equivalent")
    listed = shipped(STOCKHOLM).decide(
        "eligibility", physician=specialist("psykiatri"), patient={"age": 40}
    )
    before = load(NATIONAL, on=date(2023, 1, 30)).decide(
        "eligibility", physician=specialist("psykiatri"), patient={"age": 40}
    )
    assert before.outcome.value == "assess"
    for decision in (assessed, listed, before):
        assert decision.see == ()
        assert decision.to_dict()["see"] == {}
        assert "Go on with" not in decision.explain("en")
        assert "see the question competence" not in decision.explain("en")
        assert "see competence" not in str(decision)


def test_open_assessments_lead_there() -> None:
    decision = _psychiatrist(licence=None)
    assert decision.outcome.value == "undetermined"
    assert decision.see == ()  # the licence is pivotal, the assessment is met already
    unknown = shipped(NATIONAL).decide(
        "eligibility", physician={"licence": "valid"}, patient={"age": 40}
    )
    assert [each.id for each in unknown.see] == ["competence"]


def _write(tmp_path: Path, see: str, **assessing: Any) -> None:
    text = {"sv": "x", "en": "x"}
    source = {"document": "decision", "section": "s", "statement": "E7"}
    how = {"what": text, "by": text, "source": source, **assessing}
    write(
        tmp_path,
        "t.u",
        entry("question", id="further", assessing=how),
        entry("rule", id="t.u.r", see=see),
    )


def test_a_rule_may_lead_to_another_question(tmp_path: Path) -> None:
    _write(tmp_path, "further", against="specialty", tool="my.tool")
    loaded = load("t.u", on=date(2024, 10, 1), path=[tmp_path])
    decision = loaded.decide("eligibility", physician=specialist("psykiatri"), patient={"age": 70})
    assert [each.id for each in decision.see] == ["further"]
    assert "(64): " in decision.explain("en")


@pytest.mark.parametrize(
    ("see", "assessing", "message"),
    [
        ("furter", {}, "rule[0].see: no [[question]] called 'furter'; did you mean 'further'?"),
        ("eligibility", {},
         "rule[0].see: names its own question 'eligibility'; name another or leave out"),
        ("further", {"against": "specialities"},
         "question[0].assessing.against: no [[codes]] called 'specialities'; did you mean "
         "'specialty'?"),
        ("further", {"tool": "my tool"},
         "question[0].assessing.tool: expected words of a to z, 0 to 9 and _ joined by dots, such "
         "as 'se.stockholm', found 'my tool'"),
        ("further", {"source": {"document": "decison", "section": "s", "statement": "E7"}},
         "question[0].assessing.source.document: no [[document]] called 'decison'; did you mean "
         "'decision'?"),
        ("further", {"source": {"document": "decision", "section": "s", "statement": "7"}},
         "question[0].assessing.source.statement: expected a statement of the catalogue such as "
         "'E10', found '7'"),
        ("further", {"by": "me"},
         "question[0].assessing.by: expected a table with the keys sv, en, found a string ('me')"),
    ],
)  # fmt: skip
def test_what_leads_nowhere_is_refused(
    tmp_path: Path, see: str, assessing: dict[str, Any], message: str
) -> None:
    _write(tmp_path, see, **assessing)
    (found,) = mistakes(tmp_path, "t.u")
    assert found.partition(": ")[2] == message
