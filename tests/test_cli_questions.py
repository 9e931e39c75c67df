"""questions about others.

A question of a unit's own that is about patients alone, or about a patient and then a physician:
its rosters are about its first subject.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.folders import entry, write
from test_cli import flk, refusal

GROUNDS = (
    ("elderly", "patient.age >= params.elderly_from"),
    ("young", "patient.age < params.adult_from"),
    ("covered", "patient.covered_by_region"),
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    about = {"turn": ["patient"], "encounter": ["patient", "physician"]}
    rules = [
        entry("rule", id=f"my.unit.{question}.{name}", decides=question, effect="ground", when=when,
              because={"sv": f"skäl {name}", "en": f"reason {name}"})
        for question in about for name, when in GROUNDS
    ]  # fmt: skip
    rules.append(
        entry("rule", id="my.unit.encounter.gp", decides="encounter", effect="ground",
              when="'allmanmedicin' in physician.specialties")
    )  # fmt: skip
    questions = [
        entry("question", id=name, combine="collect", subjects=subjects)
        for name, subjects in about.items()
    ]
    write(tmp_path / "rs", "my.unit", *questions, *rules)
    Path("patients.csv").write_text(
        "id;ålder;omfattas av regionens ansvar\nP1;70;ja\nP2;40;nej\n", encoding="utf-8"
    )
    return tmp_path


def decide(question: str, *arguments: str) -> tuple[int, list[dict[str, object]], str]:
    result = flk("decide", question, "--on", "2024-10-01", "-r", "my.unit", "--path", "rs",
                 "--format", "jsonl", *arguments)  # fmt: skip
    return (
        result.exit_code,
        [json.loads(line) for line in result.stdout.splitlines()],
        (result.stderr),
    )


def text(name: str, content: object) -> str:
    written = content if isinstance(content, str) else json.dumps(content)
    Path(name).write_text(written, encoding="utf-8")
    return name


def test_a_roster_is_about_the_question_s_first_subject() -> None:
    code, rows, said = decide("turn", "patients.csv")
    assert (code, said) == (0, "")
    assert [row["references"] for row in rows] == [{"patient": "P1"}, {"patient": "P2"}]
    assert [row["outcome"] for row in rows] == ["grounded", "ungrounded"]
    documents = {
        "r.json": [{"id": "P1", "age": 70, "covered_by_region": True}],
        "p.json": {"patients": [{"id": "P1", "age": 70, "covered_by_region": True}]},
        "r.jsonl": '{"id": "P1", "age": 70, "covered_by_region": true}',
        "r.toml": '[[patients]]\nid = "P1"\nage = 70\ncovered_by_region = true\n',
    }
    for name, content in documents.items():
        code, (row,), said = decide("turn", text(name, content))
        assert (code, said, row["references"]) == (0, "", {"patient": "P1"})
        assert row["outcome"] == "grounded"


def test_columns_of_subjects_that_the_question_is_not_about_are_unknown() -> None:
    text("r.csv", "id;ålder;omfattas av regionens ansvar;legitimation\nP;70;;giltig\n")
    code, rows, said = decide("turn", "r.csv")
    assert (code, rows) == (2, [])
    assert "r.csv column 4: unknown column 'legitimation'" in said


def test_columns_of_every_subject_of_the_question() -> None:
    text("r.csv", "id;ålder;omfattas av regionens ansvar;läkare;physician.specialties\n"
                  "P;40;nej;L;allmanmedicin\n")  # fmt: skip
    code, (row,), said = decide("encounter", "r.csv")
    assert (code, said) == (0, "")
    assert row["references"] == {"patient": "P", "physician": "L"}
    assert row["outcome"] == "grounded"


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("turn", "turn, which is about patient; give the patients as the roster"),
        ("encounter", "encounter, which is about patient and physician; give the patients as the "
                    "roster"),
    ],
)  # fmt: skip
def test_a_list_of_patients_is_for_questions_that_pair_others_with_them(
    question: str, message: str
) -> None:
    result = flk("decide", question, "--on", "2024-10-01", "-r", "my.unit", "--path", "rs",
                 "patients.csv", "--patients", "patients.csv")  # fmt: skip
    assert refusal(result) == (
        f"flk: --patients: expected a question that pairs others with patients, found {message}"
    )


def test_texts_and_tables_of_a_question_without_physicians() -> None:
    for shape in ("text", "table"):
        result = flk("decide", "turn", "--on", "2024-10-01", "-r", "my.unit", "--path", "rs",
                     "--format", shape, "--lang", "en", "patients.csv")  # fmt: skip
        assert result.exit_code == 0
        assert result.stdout.splitlines()[-1] == "2 decided: 1 GROUNDED, 1 NO GROUND"
