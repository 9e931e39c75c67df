"""rules of other days.

A rule that begins later than its question, or has ended, is seen: in the resolved ruleset, by the
commands that show one, and in an answer that lacks a ground.
"""

from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path

import pytest

from flk_rules import QuestionNotYet, load
from flk_rules.model.answers import Effect
from support.cases import NATIONAL, shipped
from support.folders import entry, write
from test_cli import flk, refusal
from test_explaining_record import VALIDATOR

ON = date(2024, 10, 1)
BEFORE, AFTER = date(2024, 9, 30), date(2024, 10, 2)
WORDS = {"sv": "Ny grund", "en": "A new ground"}
GP = {"licence": "valid", "specialties": ["psykiatri"], "training": {"stage": "none"},
      "equivalent_competence": "not_equivalent"}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A ground that begins the day after, a prohibition with two versions and a gap over the day,
    an advice of the past, and a question of the future with a rule."""
    days = ({"valid_from": date(2024, 1, 1), "valid_to": BEFORE}, {"valid_from": AFTER})
    write(
        tmp_path,
        "my.unit",
        entry("question", id="further", valid_from=AFTER),
        entry("rule", id="my.unit.r", decides="further", valid_from=AFTER),
        entry("rule", id="my.unit.new", valid_from=AFTER, because=WORDS,
              when="'psykiatri' in physician.specialties"),
        *(entry("rule", id="my.unit.gap", effect="forbid", force="law", **each) for each in days),
        entry("rule", id="my.unit.old", effect="advise", valid_to=BEFORE),
    )  # fmt: skip
    return tmp_path


def test_the_ruleset_knows_them(folder: Path) -> None:
    found = load("my.unit", on=ON, path=[folder]).model.dormant
    own = {each.id: each for each in found if each.id.startswith("my.") or each.id == "further"}
    assert {name: (each.effect, each.days) for name, each in own.items()} == {
        "further": (None, ((AFTER, None),)),
        "my.unit.new": (Effect.PERMIT, ((AFTER, None),)),
        "my.unit.gap": (Effect.FORBID, ((date(2024, 1, 1), BEFORE), (AFTER, None))),
        "my.unit.old": (Effect.ADVISE, ((date(2024, 1, 1), BEFORE),)),
    }


@pytest.mark.parametrize("on", [BEFORE, ON, AFTER])
def test_a_rule_is_live_or_dormant(folder: Path, on: date) -> None:
    model = load("my.unit", on=on, path=[folder]).model
    dormant = {each.id for each in model.dormant if each.effect is not None}
    assert dormant.isdisjoint(model.rules)
    of_later = {"my.unit.r"} - ({"my.unit.r"} if "further" in model.questions else set())
    assert {"my.unit.new", "my.unit.gap", "my.unit.old", "my.unit.r"} <= {
        *dormant, *model.rules, *of_later
    }  # fmt: skip


def test_no_ground_names_the_grounds_of_other_days(folder: Path) -> None:
    decision = load("my.unit", on=ON, path=[folder]).decide(
        "eligibility", physician=GP, patient={"age": 40}
    )
    assert decision.outcome.value == "not_eligible"
    english = decision.explain("en")
    assert (
        "\n\nRules not in force that day\n"
        "  - because (my.unit.gap, holds from 2024-01-01 to 2024-09-30, 2024-10-02)\n"
        "  - A new ground (my.unit.new, holds from 2024-10-02)\n\n"
    ) in english
    assert "my.unit.old" not in english  # an advice, and no rule of the future question
    assert "\n  - Ny grund (my.unit.new, gäller från 2024-10-02)\n" in decision.explain("sv")
    record = decision.to_dict()
    VALIDATOR.validate(record)
    assert record["ruleset"]["dormant"] == {
        "my.unit.gap": [
            {"first": "2024-01-01", "last": "2024-09-30"}, {"first": "2024-10-02", "last": None},
        ],
        "my.unit.new": [{"first": "2024-10-02", "last": None}],
    }  # fmt: skip
    after = load("my.unit", on=AFTER, path=[folder]).decide(
        "eligibility", physician=GP, patient={"age": 40}
    )
    assert [each.id for each in after.grounds] == ["my.unit.new"]


def test_an_answer_with_a_ground_does_not_name_them(folder: Path) -> None:
    gp = {**GP, "specialties": ["allmanmedicin"]}
    decision = load("my.unit", on=ON, path=[folder]).decide("eligibility", physician=gp, patient={})
    assert "Rules not in force" not in decision.explain("en")


def test_the_fingerprint_is_of_what_holds(folder: Path) -> None:
    before = load("my.unit", on=ON, path=[folder]).fingerprint
    file = folder / "my.unit" / "ruleset.toml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("Ny grund", "Annan grund"), "utf-8")
    assert load("my.unit", on=ON, path=[folder]).fingerprint == before
    assert load("my.unit", on=AFTER, path=[folder]).fingerprint != before


@pytest.mark.parametrize("command", ["check", "rulesets"])
def test_commands_list_them(folder: Path, command: str) -> None:
    said = flk(command, "my.unit", "--on", str(ON), "--path", str(folder), "--lang", "en").stdout
    _, _, listed = said.partition("Rules and questions not in force that day")
    assert "- further: holds from 2024-10-02\n" in listed
    assert "- my.unit.gap: holds from 2024-01-01 to 2024-09-30, 2024-10-02\n" in listed
    assert "- side_placement: holds from 2025-06-03\n" in listed
    assert "my.unit.r:" not in listed  # its question says it
    assert "se.national.side_placement." not in listed


def test_a_question_asked_too_early_says_from_when(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    message = "se.national: the question priority can be asked from 2023-01-31, not on 2023-01-30"
    with pytest.raises(QuestionNotYet) as early:
        shipped(NATIONAL, date(2023, 1, 30)).decide("priority", patient={})
    assert str(early.value) == message
    assert early.value.first == date(2023, 1, 31)
    assert str(pickle.loads(pickle.dumps(early.value))) == message
    Path("p.csv").write_text("id;ålder\nP;80\n", encoding="utf-8")
    asked = flk("decide", "priority", "p.csv", "--on", "2023-01-30")
    assert refusal(asked) == f"flk: {message}"
    assert shipped(NATIONAL, date(2023, 1, 31)).decide("priority", patient={"age": 80}).grounds


def test_nothing_is_listed_where_all_holds() -> None:
    assert shipped(NATIONAL, date(2025, 6, 3)).model.dormant == ()
    assert "not in force" not in flk("check", NATIONAL, "--on", "2025-06-03", "-l", "en").stdout
