"""mistakes in entries.

One entry that says something it may not, and the exact message: where, what was expected, what
was found, and the nearest valid name. In every case the entry's head is on line 14.
"""

# ruff: noqa: E501 - a message stands whole on one line, to be read as a user reads it

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from support.folders import BECAUSE, SOURCE, entry, load, mistakes, write

KNOWN = (
    "id, decides, effect, when, force, source, because, valid_from, value, see, reading, valid_to"
)
EFFECTS = "permit, forbid, assess, ground, point, value, advise"
DOTTED = "expected words of a to z, 0 to 9 and _ joined by dots, such as 'se.stockholm'"
WORD = "expected a word of a to z, 0 to 9 and _ such as 'elderly_from'"
CODE = "expected letters, digits and the signs _ . : - without spaces, such as 'hslf_fs_2021_8'"
STATEMENT = "expected a statement of the catalogue such as 'E10'"
KEPT = "has a word that the language keeps for itself"
CODES = {"title": BECAUSE, "list": "list"}


def raw(table: str, key: str, value: str, **keys: Any) -> str:
    """An entry with one value that the writer of values would not make."""
    return entry(table, **{"id": "x", **keys, key: "@"}).replace('"@"', value)


def rule(**keys: Any) -> str:
    return entry("rule", **{"id": "t.u.r", **keys})


def parameter(**keys: Any) -> str:
    return entry("parameter", **{"id": "p", **keys})


def code(**keys: Any) -> dict[str, Any]:
    return {"id": "a", "sv": "a", "en": "a", **keys}


SHAPES = [
    (rule(efect="x"), f"23: rule[0].efect: unknown key 'efect'; did you mean 'effect'? (known: {KNOWN})"),
    (rule(id=7), "22: rule[0].id: expected a string, found an integer (7)"),
    (rule(id=True), "22: rule[0].id: expected a string, found true"),
    (rule(id=1.5), "22: rule[0].id: expected a string, found a number (1.5)"),
    (rule(id=[]), "22: rule[0].id: expected a string, found a list"),
    (rule(when=" "), "17: rule[0].when: expected a string that is not empty"),
    (rule(effect="permitt"), f"16: rule[0].effect: expected one of {EFFECTS}, found 'permitt'; did you mean 'permit'?"),
    (rule(effect=3), f"16: rule[0].effect: expected one of {EFFECTS}, found an integer (3)"),
    (rule(force="lag"), "18: rule[0].force: expected one of law, contract, guidance, recommendation, found 'lag'; did you mean 'law'?"),
    (raw("rule", "valid_from", "2024-01-01T10:00:00"), "21: rule[0].valid_from: expected a date like 2024-01-31, found a date with a time of day (2024-01-01T10:00:00)"),
    (raw("rule", "valid_from", "10:00:00"), "21: rule[0].valid_from: expected a date like 2024-01-31, found a time of day (10:00:00)"),
    (rule(valid_from="2024-01-01"), "21: rule[0].valid_from: expected a date like 2024-01-31, found a string ('2024-01-01')"),
    (rule(source="E1"), "19: rule[0].source: expected a table with the keys document, section, statement, found a string ('E1')"),
    (rule(source={**SOURCE, "page": "3"}), "19: rule[0].source.page: unknown key 'page' (known: document, section, statement, note, provision)"),
    (rule(source={"document": "decision", "section": "x"}), "19: rule[0].source: the key 'statement' is missing; expected a string"),
    (rule(because={"sv": "", "en": "x"}), "20: rule[0].because.sv: expected a string that is not empty"),
    (rule(effect=None), f"14: rule[0]: the key 'effect' is missing; expected one of {EFFECTS}"),
    (rule(valid_from=None), "14: rule[0]: the key 'valid_from' is missing; expected a date like 2024-01-31"),
    (rule(source=None), "14: rule[0]: the key 'source' is missing; expected a table with the keys document, section, statement"),
    (entry("set", parameter="elderly_from", source=None), "14: set[0]: the key 'source' is missing; expected a table with the keys document, section, statement"),
    ("[[rules]]\nid = 1\n", "14: rules: unknown table 'rules'; did you mean 'rule'? (known: ruleset, document, codes, question, parameter, definition, rule, replace, disable, demote, set)"),
    ("[rule]\nid = 1\n", "14: rule: expected a list of tables, each headed [[rule]], found a table"),
    (entry("question", id="q", subjects=[]), "17: question[0].subjects: expected a list of strings, found an empty list"),
    (entry("question", id="q", outcomes={"elgible": BECAUSE}), "21: question[0].outcomes.elgible: unknown key 'elgible'; did you mean 'eligible'? (known: eligible, assess, grounded, fulfilled, stated, conditional, undetermined, deviates, ungrounded, unstated, not_eligible)"),
    (entry("question", id="q", outcomes="x"), "21: question[0].outcomes: expected a table, found a string ('x')"),
    (entry("codes", **CODES, code=[]), "17: codes[0].code: expected a list of tables, found an empty list"),
    (entry("codes", **CODES, code=["a"]), "17: codes[0].code[0]: expected a table with the keys id, sv, en, found a string ('a')"),
]  # fmt: skip

NAMES = [
    (rule(id="t.u.My Rule"), f"22: rule[0].id: {DOTTED}, found 't.u.My Rule'"),
    (rule(id="t.u.Rule"), f"22: rule[0].id: {DOTTED}, found 't.u.Rule'"),
    (rule(id="t.r"), "22: rule[0].id: a rule of t.u has an id that starts with 't.u.', found 't.r'"),
    (rule(source={**SOURCE, "statement": "e10"}), f"19: rule[0].source.statement: {STATEMENT}, found 'e10'"),
    (rule(source={**SOURCE, "statement": "E0"}), f"19: rule[0].source.statement: {STATEMENT}, found 'E0'"),
    (rule(source={**SOURCE, "statement": "X1"}), f"19: rule[0].source.statement: {STATEMENT}, found 'X1'"),
    (rule(source={**SOURCE, "document": "decison"}), "19: rule[0].source.document: no [[document]] called 'decison'; did you mean 'decision'?"),
    (rule(decides="eligibilty"), "15: rule[0].decides: no [[question]] called 'eligibilty'; did you mean 'eligibility'?"),
    (parameter(id="Elderly"), f"20: parameter[0].id: {WORD}, found 'Elderly'"),
    (parameter(id="a.b"), f"20: parameter[0].id: {WORD}, found 'a.b'"),
    (parameter(id="in"), f"20: parameter[0].id: 'in' {KEPT}"),
    (parameter(id="for"), f"20: parameter[0].id: 'for' {KEPT}"),
    (entry("definition", id="a-b"), f"18: definition[0].id: {DOTTED}, found 'a-b'"),
    (entry("definition", id="for.x"), f"18: definition[0].id: 'for.x' {KEPT}"),
    (entry("definition", id="true"), f"18: definition[0].id: 'true' {KEPT}"),
    (entry("definition", id="params.x"), "18: definition[0].id: no definition starts with 'params', which the language keeps for itself"),
    (entry("definition", id="sets.x"), "18: definition[0].id: no definition starts with 'sets', which the language keeps for itself"),
    (entry("definition", id="patient.age", when="true"), "18: definition[0].id: 'patient.age' is a fact; name it otherwise"),
    (entry("definition", id="patient.birth_date"), "18: definition[0].id: 'patient.birth_date' is a fact; name it otherwise"),
    (entry("definition", id="placement"), "18: definition[0].id: 'placement' and the fact 'placement.weeks' cannot both be names; name it otherwise"),
    (entry("definition", id="patient.age.old"), "18: definition[0].id: 'patient.age.old' and the fact 'patient.age' cannot both be names; name it otherwise"),
    (entry("document", id="d 2"), f"15: document[1].id: {CODE}, found 'd 2'"),
    (entry("document", id="d", published="2024-13"), "18: document[1].published: expected a year, month or day such as '2024', '2024-01' or '2024-01-31', found '2024-13'"),
    (entry("codes", **CODES, code=[code(id="a b")]), f"17: codes[0].code[0].id: {CODE}, found 'a b'"),
    (entry("codes", **CODES, code=[code(), code()]), "17: codes[0].code[1]: the code 'a' is also at t.u/ruleset.toml:17: codes[0].code[0]"),
    (entry("codes", title=BECAUSE, list="A list", code=[code()]), f"16: codes[0].list: {WORD}, found 'A list'"),
    (entry("question", id="q", subjects=["pateint"]), "17: question[0].subjects[0]: no subject 'pateint'; did you mean 'patient'? (known: physician, patient, contact, placement, unit, change)"),
    (entry("question", id="q", subjects=["patient", "patient"]), "17: question[0].subjects[1]: the subject 'patient' is there twice"),
]  # fmt: skip

VALUES = [
    (parameter(value=None), "14: parameter[0]: expected one of the keys value and select, found none"),
    (parameter(value=2.0), "16: parameter[0].value: expected an integer, found a number (2.0)"),
    (parameter(value=True), "16: parameter[0].value: expected an integer, found true"),
    (parameter(type="bool", value=1), "16: parameter[0].value: expected true or false, found an integer (1)"),
    (parameter(type="double", value=2), "16: parameter[0].value: expected a number with a decimal point, found an integer (2)"),
    (raw("parameter", "value", "nan", type="double"), "16: parameter[0].value: expected a finite number, found nan"),
    (raw("parameter", "value", "-inf", type="double"), "16: parameter[0].value: expected a finite number, found -inf"),
    (raw("parameter", "value", "+inf"), "16: parameter[0].value: expected an integer, found a number (inf)"),
    (raw("parameter", "value", "9223372036854775808"), "16: parameter[0].value: expected an integer of at most 64 bits, found 9223372036854775808"),
    (raw("parameter", "value", "2024-01-01"), "16: parameter[0].value: expected an integer, found a date (2024-01-01)"),
    (parameter(type="code:licence", value=3), "16: parameter[0].value: expected a code of licence, found an integer (3)"),
    (parameter(type="code:licence", value="valld"), "16: parameter[0].value: no code 'valld' in the code list licence; did you mean 'valid'?"),
    (parameter(type="codes:licence", value="valid"), "16: parameter[0].value: expected a list of codes, found a string ('valid')"),
    (parameter(type="codes:specialty", value=["geriatri"]), "16: parameter[0].value[0]: no code 'geriatri' in the code list specialty; did you mean 'geriatrik'?"),
    (parameter(type="codes:specialty", value=["kirurgi", "kirurgi"]), "16: parameter[0].value[1]: the code 'kirurgi' is there twice"),
    (parameter(type="integer"), "15: parameter[0].type: expected the type bool, int, double, code:<list> or codes:<list>, found 'integer'; did you mean 'int'?"),
    (parameter(type="codes:speciality"), "15: parameter[0].type: no code list 'speciality'; did you mean 'specialty'?"),
    (parameter(type="codes:specialty", value=None, select={"list": "specialty", "kind": "bas"}), "20: parameter[0].select.kind: no code of the kind 'bas' in the code list specialty; did you mean 'base'?"),
    (parameter(type="codes:specialty", value=[], select={"list": "specialty"}), "21: parameter[0].select: expected a value or a select, found both"),
    (parameter(type="codes:specialty", value=None, select={"list": "licence"}), "20: parameter[0].select: a select from licence needs the type 'codes:licence', found 'codes:specialty'"),
    (parameter(basis="source"), "17: parameter[0].basis: the basis is 'source', but no source is cited; cite one, or call it an assumption"),
    (parameter(statement="14"), "21: parameter[0].statement: expected a statement of the catalogue such as 'E10', found '14'"),
    (parameter(statement="E14", source=SOURCE), "21: parameter[0].statement: expected a source or a statement, found both; the source has its statement"),
    (entry("set", parameter="elderly_from", value="70"), "15: set[0].value: expected an integer, found a string ('70')"),
]  # fmt: skip

DATES = [
    (rule(valid_to=date(2023, 12, 31)), "23: rule[0].valid_to: ends 2023-12-31, before it starts 2024-01-01"),
    (rule(valid_from=date(202, 1, 1)), "21: rule[0].valid_from: expected a date from 1850-01-01 to 2200-12-31, found 0202-01-01"),
    (rule(valid_to=date(9999, 12, 31)), "23: rule[0].valid_to: expected a date from 1850-01-01 to 2200-12-31, found 9999-12-31; leave valid_to out where there is no end"),
]  # fmt: skip

CONDITIONS = [
    (rule(when="patient.agee > 3"), "17: rule[0].when: line 1 column 1: unknown fact or definition 'patient.agee'; did you mean 'patient.age'?"),
    (rule(when="patient.age > params.elderly"), "17: rule[0].when: line 1 column 15: unknown parameter 'params.elderly'; did you mean 'params.elderly_from'?"),
    (rule(when="physician.licence == 'valld'"), "17: rule[0].when: line 1 column 22: no code 'valld' in the code list licence; did you mean 'valid'?"),
    (rule(when="physician.licence == 3"), "17: rule[0].when: line 1 column 1: code of licence never equals int; compare values of one kind"),
    (rule(when="patient.age"), "17: rule[0].when: a condition is a bool, found int"),
    (rule(when="patient.age >= 65 &&"), "17: rule[0].when: line 1 column 21: expected a value, found the end"),
    (rule(effect="forbid"), "18: rule[0].force: only law and contract can forbid, found guidance; make the rule advise, or cite what binds"),
    (entry("question", id="q", outcomes={"grounded": BECAUSE}), "21: question[0].outcomes.grounded: a question that combines by forbid-overrides has no outcome 'grounded' (its outcomes: eligible, assess, conditional, undetermined, not_eligible)"),
    (rule(effect="ground"), "16: rule[0].effect: the question eligibility combines by forbid-overrides, whose rules have an effect among permit, forbid, assess, advise; found ground"),
    (rule(when="(" * 10_000 + "true" + ")" * 10_000), "17: rule[0].when: line 1 column 10001: a condition nests at most 100 deep; name a part of it as a definition"),
    (rule(when="!" * 10_000 + "true"), "17: rule[0].when: line 1 column 9901: a condition nests at most 100 deep; name a part of it as a definition"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [*SHAPES, *NAMES, *VALUES, *DATES, *CONDITIONS],
    ids=lambda each: each[-60:],
)
def test_a_mistake_has_its_message(tmp_path: Path, text: str, message: str) -> None:
    write(tmp_path, "t.u", text)
    assert mistakes(tmp_path, "t.u") == [f"t.u/ruleset.toml:{message}"]


def test_an_entry_without_a_mistake_loads(tmp_path: Path) -> None:
    write(tmp_path, "t.u", rule(), parameter(), entry("definition", id="patient.old"))
    ruleset = load(tmp_path, "t.u")
    assert "t.u.r" in ruleset.rules
    assert ruleset.parameters["p"].value == 65
    assert ruleset.definitions["patient.old"].condition == "patient.age >= 65"


def test_all_mistakes_come_at_once_in_the_order_of_lines(tmp_path: Path) -> None:
    texts = (
        rule(
            id=7,
            when="patient.agee > 3",
            effect="permitt",
            decides="x",
            source={"document": "x", "statement": "e"},
        ),
        parameter(type="codes:specialty", value=["geriatri", 7, "kirurgi", "kirurgi"]),
        rule(decides="x", force="guidance", effect="forbid", source={**SOURCE, "document": "x"}),
    )
    write(tmp_path, "t.u", *texts, title="x")
    found = [each.split(": ")[:2] for each in mistakes(tmp_path, "t.u")]
    assert [(where.removeprefix("t.u/ruleset.toml:"), path) for where, path in found] == [
        ("4", "ruleset.title"),
        ("15", "rule[0].decides"),
        ("16", "rule[0].effect"),
        ("17", "rule[0].when"),
        ("19", "rule[0].source"),
        ("19", "rule[0].source.document"),
        ("19", "rule[0].source.statement"),
        ("22", "rule[0].id"),
        ("26", "parameter[0].value[0]"),
        ("26", "parameter[0].value[1]"),
        ("26", "parameter[0].value[3]"),
        ("33", "rule[1].decides"),
        ("36", "rule[1].force"),
        ("37", "rule[1].source.document"),
    ]


def test_what_names_a_broken_entry_is_not_blamed(tmp_path: Path) -> None:
    texts = (
        parameter(value=1.0, type="integer"),
        entry("definition", id="patient.old", because="x"),
        entry("codes", list="letters", title=BECAUSE, code=[code(id=1)]),
        entry("question", id="other", subjects=7),
        rule(when="patient.age > params.p"),
        rule(id="t.u.s", when="patient.old"),
        rule(id="t.u.t", decides="other"),
        parameter(id="q", type="code:letters", value="a"),
    )
    write(tmp_path, "t.u", *texts)
    assert [each.split(": ")[1] for each in mistakes(tmp_path, "t.u")] == [
        "parameter[0].type",
        "definition[0].because",
        "codes[0].code[0].id",
        "question[0].subjects",
    ]


def test_messages_are_in_our_words(tmp_path: Path) -> None:
    """No class of ours, no dependency and no Python shows in a message."""
    for text, _ in (*SHAPES, *NAMES, *VALUES, *DATES, *CONDITIONS):
        write(tmp_path, "t.u", text)
        for message in mistakes(tmp_path, "t.u"):
            said = message.split(": ", 2)[2]
            for word in ("Entry", "Error", "cattrs", "tomli", "datetime", "None", "dict", "Any"):
                assert word not in said, message
            assert said[0].islower() or said[0] == "'", message
