"""JSON and TOML rosters.

Lists of rows, physicians with patients, and everything that a document can be instead; the
combinations of two lists.
"""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest

from flk_rules import FileUnreadable, FlkError, RosterInvalid, UnknownName, load
from flk_rules.adapters.roster import FORMATS, expected_of, format_of, read_roster
from flk_rules.adapters.rows import Roster
from flk_rules.facts import Intake

RULESET = load("se.stockholm", on=date(2024, 10, 1))
INTAKE = Intake(RULESET.schema)
EXPECTED = expected_of(RULESET.model, "eligibility")
DEEP = 100_000


def roster(name: str, content: Any, **options: Any) -> Roster:
    text = content if isinstance(content, (str, bytes)) else json.dumps(content)
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return read_roster(name, data, RULESET.schema, EXPECTED, **options)


def sifted(name: str, content: Any, **options: Any) -> tuple[Roster, list[str]]:
    good, bad = roster(name, content, **options).sift(
        lambda given: INTAKE.read(RULESET.on, EXPECTED.subjects, given)
    )
    return good, [str(problem) for row in bad for problem in row.problems]


def told(name: str, content: Any) -> list[str]:
    try:
        return sifted(name, content)[1]
    except RosterInvalid as error:
        return [str(problem) for problem in error.problems]
    except FlkError as error:
        return [str(error)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("r.json", [{"id": "L1", "licence": "Giltig", "training": {"specialty": "Geriatrik"}}]),
        ("r.json", [{"physician": {"id": "L1", "licence": "valid",
                                   "training": {"specialty": "geriatrik"}}}]),
        ("r.json", {"physician": {"id": "L1", "licence": "GILTIG",
                                  "training": {"specialty": "Geriatrics"}}}),
        ("R.JSON", b"\xef\xbb\xbf" + json.dumps({"physicians": [
            {"id": "L1", "licence": "valid", "training": {"specialty": "geriatrik"}}]}).encode()),
        ("r.jsonl", '\n{"id":"L1","licence":"valid","training":{"specialty":"geriatrik"}}\r\n\n'),
        ("r.toml", '[[physicians]]\nid = "L1"\nlicence = "Giltig"\n'
                   'training.specialty = "Geriatrik"\n'),
        ("r.toml", '[physician]\nid = "L1"\nlicence = "valid"\n[physician.training]\n'
                   'specialty = "geriatrik"\n'),
    ],
)  # fmt: skip
def test_one_physician_in_many_dresses(name: str, content: Any) -> None:
    good, bad = sifted(name, content)
    assert bad == []
    (row,) = good
    assert row.subjects == {
        "physician": {"id": "L1", "licence": "valid", "training": {"specialty": "geriatrik"}}
    }


def test_specialties_go_by_name() -> None:
    good, _ = sifted("r.json", [{"specialties": ["Geriatrik", "General practice", "kirurgi"]}])
    assert [row.subjects["physician"]["specialties"] for row in good] == [
        ["geriatrik", "allmanmedicin", "kirurgi"]
    ]


@pytest.mark.parametrize("patient", [{"age": 70}, None, {}])
def test_the_keys_of_the_first_subject_stand_beside_the_others(patient: Any) -> None:
    flat = {"id": "L1", "licence": "Giltig", "patient": patient}
    good, bad = sifted("r.json", [flat])
    assert bad == []
    assert [row.subjects for row in good] == [
        {"physician": {"id": "L1", "licence": "valid"}, "patient": patient}
    ]
    text = 'id = "P1"\nage = 7\n[physician]\nlicence = "valid"\n'
    (row,) = sifted("r.jsonl", '{"age": 7, "physician": {"id": "L1"}}', subject="patient")[0]
    assert row.subjects == {"patient": {"age": 7}, "physician": {"id": "L1"}}
    assert told("r.toml", text)[0].startswith("r.toml: unknown key 'id'")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{a: 1}", "5: expected a key in double quotes, found 'a: 1}'"),
        ("{'a': 1}", "5: expected a key in double quotes, found \"'a': 1}\""),
        ('{"a" 1}', "9: expected : after the key, found '1}'"),
        ("[1 2]", "7: expected , or the end of the list or object, found '2]'"),
        ("[] 1", "7: expected nothing more after the value, found '1'"),
        ('"abc', "4: expected the quote that ends the string, found '\"abc'"),
        ('"a\tb"', "6: expected \\n or \\t for a line break or tab in a string, found 'b\"'"),
        (r'"a\qb"', "6: expected \\\\ for a backslash in a string, found '\\\\qb\"'"),
        ("\x1b[2J", "4: expected a value, found '\\x1b[2J'"),
        ("[1,", "7: expected a value, found the end"),
    ],
)
def test_json_is_refused_in_our_words(text: str, said: str) -> None:
    (message,) = told("r.json", f"\n   {text}")
    where, _, found = message.partition(": column ")
    assert (where, found) == ("r.json:2: not JSON we read", said)


@pytest.mark.parametrize("text", ["[1, ]", '{"a": 1, }', r'"\u12"'])
def test_json_whose_mistake_each_python_places_otherwise(text: str) -> None:
    (message,) = told("r.json", text)
    assert re.fullmatch(
        r"r\.json:1: not JSON we read: column [0-9]+: expected .+, found .+", message
    )


def test_toml_dates_are_dates() -> None:
    text = "[physician.training]\nstart = 2020-01-01\nplanned_end = 2026-01-01T00:00:00\n"
    assert told("r.toml", text) == [
        "r.toml physician 1 physician.training.planned_end: expected a date like 1950-12-31, "
        "found a date with a time (2026-01-01 00:00:00)"
    ]


@pytest.mark.parametrize(
    ("name", "content", "messages"),
    [
        ("r.json", '[{"id": "a"}, 5, null, "x", [], {}]',
         ["r.json row 2: expected an object, found a whole number (5)",
          "r.json row 3: expected an object, found nothing",
          "r.json row 4: expected an object, found text ('x')",
          "r.json row 5: expected an object, found a list of 0"]),
        ("r.json", '{"physicians": [{"id": "a"}, 5]}',
         ["r.json physician 2 physician: expected a mapping or a model object, found a whole "
          "number (5)"]),
        ("r.json", '[{"training": {"years_left": NaN}}, {"training": {"years_left": 1e999}}, '
                   '{"patient": {"age": -Infinity}}]',
         ["r.json row 1 physician.training.years_left: expected a number from -100 to 100 (year), "
          "found nan",
          "r.json row 2 physician.training.years_left: expected a number from -100 to 100 (year), "
          "found inf",
          "r.json row 3 patient.age: expected a whole number, found a number (-inf)"]),
        ("r.json", '[{"licence": "valid", "licence": "revoked"}, {"patient": 1, "patient": {}}]',
         ["r.json row 1 physician: the key 'licence' is there twice",
          "r.json row 2: the key 'patient' is there twice"]),
        ("r.json", [{"id": "A", "licens": "valid", "training": {"stag": 1}, "patient": {}},
                    {"patient": {}, "physican": {"id": "A"}}],
         ["r.json row 1 physician.licens: unknown fact; did you mean 'licence'?",
          "r.json row 1 physician.training.stag: unknown fact; did you mean 'stage'?",
          "r.json row 2 physican: the question is about physician and patient; did you mean "
          "'physician'?"]),
        ("r.json", [{"specialties": "Allmänmedicin", "licence": ["Giltig"]}],
         ["r.json row 1 physician.specialties: expected a list of codes, found text "
          "('Allmänmedicin')",
          "r.json row 1 physician.licence: expected a code of licence, found a list of 1"]),
        ("r.json", f'[{{"training": {{"years_left": {"9" * 400}}}}}]',
         ["r.json row 1 physician.training.years_left: expected a number from -100 to 100 (year), "
          "found a number of 1329 bits"]),
        ("r.json", [{"specialties": ["geriatrik"] * 100_000}],
         ["r.json row 1 physician.specialties: expected at most 64 codes, found 100000"]),
        ("r.json", [{"physician": {}, "patiant": {"age": 5}}],
         ["r.json row 1 patiant: the question is about physician and patient; did you mean "
          "'patient'?"]),
        ("r.json", '[{"id": "\\ud800"}, {"\\ud800": 1}, {"licence": "\\ud800"}]',
         ["r.json row 1 physician.id: expected text, found half a character ('\\ud800')",
          "r.json row 2 physician.'\\ud800': unknown fact",
          "r.json row 3 physician.licence: no code '\\ud800' in the code list licence (codes: "
          "valid, special_appointment, revoked, none)"]),
        ("r.json", '{"physician": {"training": ' + '{"a":' * 900 + "1" + "}" * 902,
         ["r.json physician 1 physician.training.a: unknown fact"]),
        ("r.json", '{"physician": {"specialties": ' + "[" * 900 + "]" * 900 + "}}",
         ["r.json physician 1 physician.specialties: expected a code of specialty, found a list "
          "of 1"]),
        ("r.jsonl", f'{{"id": "a\u2028b"}}\nnot\n[1]\n{{"id": {"9" * 5_000}}}\n{"[" * DEEP}\n{{}}',
         ["r.jsonl row 2 (line 2): not JSON we read: column 1: expected a value, found 'not'",
          "r.jsonl row 3 (line 3): expected an object, found a list of 1",
          "r.jsonl row 4 (line 4): not JSON we read: a number has too many digits",
          "r.jsonl row 5 (line 5): not JSON we read: values nest too deep"]),
        ("r.toml", f"[physician]\ntraining.years_left = nan\ntraining.start = 12:00:00\n"
                   f"[patient]\nage = 0x{'f' * 50}\n",
         ["r.toml physician 1 physician.training.years_left: expected a number from -100 to 100 "
          "(year), found nan",
          "r.toml physician 1 physician.training.start: expected a date like 1950-12-31, found a "
          "time (12:00:00)",
          "r.toml patient 1 patient.age: expected a whole number from 0 to 150 (year), found a "
          "number of 200 bits"]),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 10 else "",
)  # fmt: skip
def test_what_stays_with_a_row(name: str, content: Any, messages: list[str]) -> None:
    assert told(name, content) == messages


@pytest.mark.parametrize(
    ("name", "content", "messages"),
    [
        ("r.json", "", ["r.json: the file is empty"]),
        ("r.json", "[]", ["r.json: the roster has no rows"]),
        ("r.json", '{"physicians": []}', ["r.json: the roster has no rows"]),
        ("r.json", '{"physicians": [{}], "patients": []}', ["r.json: the roster has no rows"]),
        ("r.json", "5", ["r.json: expected a list of rows or a table of subjects, found a whole "
                         "number (5)"]),
        ("r.json", '{"id": "a"}',
         ["r.json: expected 'physicians' and 'patients', or a list of rows, found the facts of one "
          "physician; put them in a list, or under 'physician'"]),
        ("r.json", '{"id": "a", "licens": "valid", "patient": {"age": 7}}',
         ["r.json: expected 'physicians' and 'patients', or a list of rows, found the facts of one "
          "physician; put them in a list, or under 'physician'"]),
        ("r.toml", 'id = "a"\nspecialties = []\n',
         ["r.toml: expected 'physicians' and 'patients', or a list of rows, found the facts of one "
          "physician; put them in a list, or under 'physician'"]),
        ("r.json", '{"name": "a"}',
         ["r.json: unknown key 'name'",
          "r.json: expected 'physicians' and 'patients', or a list of rows"]),
        ("r.json", '{"physican": {}, "patients": [{}]}',
         ["r.json: unknown key 'physican'; did you mean 'physician'?"]),
        ("r.json", '{"physician": {}, "physicians": [{}]}',
         ["r.json: both 'physician' and 'physicians'; give one"]),
        ("r.json", '{"physicians": [{}], "physicians": [{}]}',
         ["r.json: the key 'physicians' is there twice"]),
        ("r.json", '[{"id": "a"},\n {"id": ',
         ["r.json:2: not JSON we read: column 9: expected a value, found the end"]),
        ("r.json", "[" * DEEP, ["r.json:1: not JSON we read: values nest too deep"]),
        ("r.json", '{"a":' * DEEP, ["r.json:1: not JSON we read: values nest too deep"]),
        ("r.json", f'[{{"id": 1}},\n{{"id": {"9" * 5_000}}}]',
         ["r.json:2: not JSON we read: a number has too many digits"]),
        ("r.json", '[{"id": "å"}]'.encode("latin-1"),
         ["r.json: not UTF-8: byte 0xe5 on line 1; save it as UTF-8"]),
        ("r.toml", '[[physicians]]\nid = "x"\n' * 450_000,
         ["r.toml: larger than 1,000,000 bytes; use CSV or JSON lines for a long roster"]),
        ("r.toml", f'[[physicians]]\nid = "x"\n# {"ö" * 500_000}\n',
         ["r.toml: larger than 1,000,000 bytes; use CSV or JSON lines for a long roster"]),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 10 else "",
)  # fmt: skip
def test_what_stops_a_document(name: str, content: Any, messages: list[str]) -> None:
    assert told(name, content) == messages


@pytest.mark.parametrize(
    "text",
    ["a = " + "[" * 10_000 + "]" * 10_000, "a." * 10_000 + "a = 1", f"[{'a.' * 10_000}a]\nx = 1",
     "[[physicians]\nid = 1", "id = 1\nid = 2", f"[physician]\nid = {'9' * 5_000}"],
)  # fmt: skip
def test_toml_that_is_not_read_is_refused_in_our_words(text: str) -> None:
    (message,) = told("r.toml", text)
    assert re.match(r"r\.toml:[0-9]+: not TOML we read: ", message)
    assert len(message) < 200


# ---- lists combined ----------------------------------------------------------------------------


def test_each_physician_meets_each_patient_and_a_bad_one_nobody() -> None:
    content = {
        "physicians": [{"id": "A"}, {"id": "B"}],
        "patients": [{"id": "1"}, {"id": "2", "age": "x"}, {"id": "3"}],
    }
    good, bad = sifted("r.json", content)
    assert bad == ["r.json patient 2 patient.age: expected a whole number, found text ('x')"]
    assert len(good) == 4
    assert [row.where for row in good] == [
        "r.json physician 1 with r.json patient 1", "r.json physician 1 with r.json patient 3",
        "r.json physician 2 with r.json patient 1", "r.json physician 2 with r.json patient 3",
    ]  # fmt: skip
    assert next(iter(good)).subjects == {"physician": {"id": "A"}, "patient": {"id": "1"}}


def test_very_many_pairs_take_no_room() -> None:
    physicians = roster("r.json", [{"id": n} for n in range(5_000)])
    patients = roster("p.json", [{"id": n} for n in range(5_000)], subject="patient")
    pairs = physicians.with_each(patients)
    assert len(pairs) == 25_000_000
    assert next(iter(pairs)).where == "r.json row 1 with p.json row 1"


def test_a_subject_is_given_once() -> None:
    both = roster("r.json", [{"physician": {}}, {"physician": {}, "patient": {}}])
    patients = roster("p.json", [{"id": 1}], subject="patient")
    with pytest.raises(FileUnreadable) as caught:
        both.with_each(patients)
    assert str(caught.value) == "p.json: gives the patient that r.json gives too"


# ---- formats -----------------------------------------------------------------------------------


def test_a_name_tells_the_format_and_otherwise_somebody_must() -> None:
    for each in FORMATS:
        assert format_of(f"a.b.{each.upper()}", "json") == each
        assert format_of("standard input", each) == each
    for name in ("roster", "roster.txt", "r.csv.bak", ".csv"):
        with pytest.raises(FileUnreadable, match="its name does not tell its format; say it"):
            format_of(name)
    with pytest.raises(UnknownName, match=r"no roster format called 'cvs'; did you mean 'csv'\?"):
        format_of("roster", "cvs")
    for name in ("r.xlsx", "r.XLS", "r.ods"):
        with pytest.raises(FileUnreadable, match="a workbook; save its sheet as CSV UTF-8"):
            format_of(name, "csv")
