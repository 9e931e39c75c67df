"""CSV rosters.

As spreadsheets write them and as they go wrong: what stops a file, what stays with a row, and the
exact words.
"""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

import pytest

from flk_rules import FileUnreadable, FlkError, RosterInvalid, load
from flk_rules.adapters.roster import expected_of, read_roster
from flk_rules.adapters.rows import Row
from flk_rules.facts import Intake

RULESET = load("se.stockholm", on=date(2024, 10, 1))
INTAKE = Intake(RULESET.schema)
HEAD = "läkare;legitimation;specialiteter;utbildningsskede;ST-specialitet;år kvar"
GOOD = "L1;giltig;Allmänmedicin;ST;Allmänmedicin;1,5"
READ = {
    "physician": {
        "id": "L1", "licence": "valid", "specialties": ["allmanmedicin"],
        "training": {"stage": "st", "specialty": "allmanmedicin", "years_left": 1.5},
    },
}  # fmt: skip
LICENCES = ", ".join(code.sv for code in RULESET.schema.codes_of("licence").values())
TOO_LONG = "expected at most 10,000 characters a cell, found over 131,072 in column"
SHORTEN = "shorten it, or close its quotation mark"
MISSING = "; add it and leave cells empty where it is not known, or do without it "


def read(text: str | bytes, *, columns: bool = True, ignored: tuple[str, ...] = ()) -> list[Row]:
    data = text if isinstance(text, bytes) else text.encode()
    expected = expected_of(
        RULESET.model, "eligibility", columns=columns, ignored=frozenset(ignored)
    )
    (rows,) = read_roster("r.csv", data, RULESET.schema, expected).lists
    return list(rows)


def told(text: str | bytes, **options: Any) -> list[str]:
    """The mistakes of the file, or of its rows."""
    try:
        rows = read(text, **options)
    except RosterInvalid as error:
        return [str(problem) for problem in error.problems]
    except FlkError as error:
        return [str(error)]
    return [str(problem) for row in rows for problem in row.problems]


def table(*rows: str) -> str:
    return "\n".join([HEAD, *rows]) + "\n"


@pytest.mark.parametrize(
    "text",
    [
        table(GOOD),
        table(GOOD).strip(),
        "\ufeff" + table(GOOD),
        table(GOOD).replace("\n", "\r\n"),
        table(GOOD).replace("\n", "\r"),
        table(GOOD).replace(";", "\t"),
        table(GOOD).replace("1,5", "1.5").replace(";", ","),
        "sep=;\n" + table(GOOD),
        "\ufeffsep=;\r\n" + table(GOOD).replace("\n", "\r\n"),
        "sep=,\n" + table(GOOD).replace("1,5", "1.5").replace(";", ","),
        "\n;;;;;\n\n" + table("", GOOD, " ; ;;;;", ""),
        '"' + table(GOOD).replace(";", '";"').replace("\n", '"\n"', 1).strip() + '"\n',
        '\ufeff"' + HEAD.replace(";", '";"') + '"\n' + GOOD,
        unicodedata.normalize("NFD", table(GOOD)),
        table(GOOD).upper(),
        table(f"{GOOD};;;"),
        f"{HEAD};;;\n{GOOD};;;\n",
        table(GOOD).replace("läkare;", " Läkare\u00a0;").replace("år kvar", '"år\n  kvar"'),
        table(GOOD).replace("år kvar", "training.years_left").replace("läkare", "id"),
        table(GOOD).replace("år kvar", "physician.training.years_left"),
        table(GOOD).replace("år kvar", "years of training left").replace("läkare", "Physician"),
    ],
)
def test_one_table_in_many_dresses(text: str) -> None:
    (row,) = read(text)
    assert row.problems == ()
    assert row.subjects == READ


def test_an_empty_cell_is_not_known_and_none_is_known() -> None:
    rows = read(table("L1;;;;;", "L2;NONE;inga;ingen;;"))
    assert rows[0].subjects == {"physician": {"id": "L1"}}
    assert rows[1].subjects == {
        "physician": {
            "id": "L2", "licence": "none", "specialties": [], "training": {"stage": "none"},
        },
    }  # fmt: skip


def test_a_patient_of_whom_nothing_is_said_is_left_out() -> None:
    rows = read(f"{HEAD};patient;ålder\nL1;;;;;;;\nL2;;;;;;P;\nL3;;;;;;;70\n;;;;;;P;70\n")
    assert [row.subjects.get("patient") for row in rows] == [
        None, {"id": "P"}, {"age": 70}, {"id": "P", "age": 70},
    ]  # fmt: skip
    assert rows[3].subjects["physician"] == {}


def test_rows_are_numbered_and_have_their_line() -> None:
    rows = read(table("", GOOD, "", '"L\n2";giltig;inga;ingen;;', ";;;;;", GOOD))
    assert [row.where for row in rows] == [
        "r.csv row 1 (line 3)", "r.csv row 2 (line 5)", "r.csv row 3 (line 8)",
    ]  # fmt: skip
    assert rows[1].subjects["physician"]["id"] == "L\n2"


def test_one_bad_row_costs_no_other() -> None:
    rows = read(
        table(
            GOOD, "L2;giltig", f"{GOOD};9", 'L3;"gil"tig;inga;;;', "L4;x;y;z;Kirurgi;1 2", GOOD,
            f"L5;giltig;{'q' * 10_001};;;", f"L6;giltig;{'geriatrik|' * 100_000};;;", GOOD,
        )
    )  # fmt: skip
    assert [not row.problems for row in rows] == [
        True, False, False, False, False, True, False, False, True,
    ]  # fmt: skip
    assert [str(problem) for row in rows for problem in row.problems] == [
        "r.csv row 2 (line 3): expected 6 cells as the heading has, found 2",
        "r.csv row 3 (line 4): expected 6 cells as the heading has, found 7",
        "r.csv row 4 (line 5): text after a closing quotation mark; write a mark within a cell "
        "twice",
        f"r.csv row 5 (line 6) legitimation: no code 'x' (codes: {LICENCES})",
        "r.csv row 5 (line 6) specialiteter: no code 'y'",
        "r.csv row 5 (line 6) utbildningsskede: no code 'z' (codes: ingen, AT, BT, ST)",
        "r.csv row 5 (line 6) år kvar: expected a number, found '1 2'",
        "r.csv row 7 (line 8) specialiteter: expected at most 10,000 characters, found 10,001",
        f"r.csv row 8 (line 9): {TOO_LONG} 3; {SHORTEN}",
    ]
    assert rows[5].subjects == rows[8].subjects == READ


def test_a_message_uses_the_file_s_own_heading() -> None:
    text = "År   kvar;id;födelsedatum;ålder\n101;L1;1950-01-01;74\n"
    expected = expected_of(RULESET.model, "eligibility", columns=False)
    roster = read_roster("r.csv", text.encode(), RULESET.schema, expected)
    good, bad = roster.sift(lambda given: INTAKE.read(RULESET.on, expected.subjects, given))
    assert len(good) == 0
    assert [str(problem) for row in bad for problem in row.problems] == [
        "r.csv row 1 (line 2) År kvar: expected a number from -100 to 100 (year), found 101.0",
        "r.csv row 1 (line 2) ålder: given both itself and by patient.birth_date; give one",
    ]


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("", ["r.csv: the file is empty"]),
        (" \r\n\n", ["r.csv: the file is empty"]),
        (";;;\n\n;;\n", ["r.csv:4: not CSV: the table has no heading"]),
        (table(), ["r.csv: the roster has no rows"]),
        (table("", ";;;;;"), ["r.csv: the roster has no rows"]),
        (table(GOOD).encode("latin-1"),
         ["r.csv: not UTF-8: byte 0xe4 on line 1; save it as UTF-8"]),
        (table(GOOD).encode("utf-16"),
         ["r.csv: not UTF-8: byte 0xff on line 1; save it as UTF-8"]),
        ("id\nA\n".encode("utf-16-le"),
         ["r.csv: not UTF-8 text: a null character on line 1; save it as UTF-8"]),
        (b"PK\x03\x04\x14\x00\x06", ["r.csv: a workbook; save its sheet as CSV UTF-8"]),
        (table(GOOD, 'L2;"giltig;;;;', GOOD),
         ["r.csv:3: not CSV: a quotation mark opened in this row is never closed"]),
        (table(GOOD, 'L2;"giltig;;;;', *[GOOD] * 9_000),
         ["r.csv:3: not CSV: a quotation mark opened in this row is never closed"]),
        (f'"{table(GOOD)}',
         ["r.csv:1: not CSV: a quotation mark opened in this row is never closed"]),
        (f'"läkare"x;{HEAD}\n',
         ["r.csv:1: not CSV: text after a closing quotation mark; write a mark within a cell "
          "twice"]),
        (table(GOOD).replace("år kvar", "år kvarr;Telefon;;x\x1b[31m"),
         ["r.csv column 6: unknown column 'år kvarr'; did you mean 'år kvar'?",
          "r.csv column 7: unknown column 'Telefon'; remove it, or pass it over (--ignore-column)",
          "r.csv column 8: the column has no heading",
          "r.csv column 9: unknown column 'x\\x1b[31m'; remove it, or pass it over "
          "(--ignore-column)",
          "r.csv: no column for physician.training.years_left or physician.training.planned_end "
          f"('år kvar'){MISSING}(--allow-missing-columns)"]),
        (f"{HEAD};Legitimation;licence\n{GOOD};;\n",
         ["r.csv: columns 2 ('legitimation'), 7 ('Legitimation') and 8 ('licence') are all "
          "physician.licence; keep one"]),
        (f"{HEAD};licence\n{GOOD};\n",
         ["r.csv: columns 2 ('legitimation') and 7 ('licence') are both physician.licence; keep "
          "one"]),
        ("läkare;specialiteter;utbildningsskede;ST-specialitet;ST-slut\nL1;;;;\n",
         [f"r.csv: no column for physician.licence ('legitimation'){MISSING}"
          "(--allow-missing-columns)"]),
        (table("9" * 200_000), [f"r.csv row 1 (line 2): {TOO_LONG} 1; {SHORTEN}"]),
        (table(f'"a;""b;";{"9;" * 9}"{"9;" * 100_000}";'),
         [f"r.csv row 1 (line 2): {TOO_LONG} 11; {SHORTEN}"]),
    ],
    ids=lambda value: None if isinstance(value, list) else f"{len(value)}",
)  # fmt: skip
def test_what_stops_a_table(text: str | bytes, messages: list[str]) -> None:
    assert told(text) == messages


def test_missing_columns_may_be_allowed_and_others_passed_over() -> None:
    (row,) = read("läkare;legitimation\nL1;giltig\n", columns=False)
    assert row.subjects == {"physician": {"id": "L1", "licence": "valid"}}
    text = f"Namn;{HEAD};E-post\nKim;{GOOD};k@x.se\n"
    (row,) = read(text, ignored=("NAMN", "e-post", "absent"))
    assert row.subjects == READ
    assert told(f"Namn;{HEAD}\nKim;{GOOD}\n") == [
        "r.csv column 1: unknown column 'Namn'; remove it, or pass it over (--ignore-column)"
    ]


def test_columns_of_the_rules_are_asked_for_and_patients_only_if_there_are_any() -> None:
    national = load("se.national", on=date(2024, 10, 1))
    expected = expected_of(national.model, "eligibility")
    assert "patient.age" in expected.columns
    header = "id;licence;specialties;training.stage;training.specialty;equivalent_competence"
    body = "\nL1;valid;geriatrik;none;;\n"
    read_roster("r.csv", f"{header}{body}".encode(), national.schema, expected)
    text = f"{header};patient.id\nL1;valid;geriatrik;none;;;P\n"
    with pytest.raises(RosterInvalid) as caught:
        read_roster("r.csv", text.encode(), national.schema, expected)
    assert str(caught.value) == (
        f"r.csv: no column for patient.age or patient.birth_date ('ålder'){MISSING}"
        "(--allow-missing-columns)"
    )


def test_a_roster_has_a_size() -> None:
    with pytest.raises(FileUnreadable, match=r"^r\.csv: larger than 200,000,000 bytes; split it$"):
        read(b"x" * 200_000_001)
