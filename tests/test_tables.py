"""tables in and out.

A question asked of every row of a table: Arrow in whatever shape, columns and values that are wrong,
tables that are joined, and any row explained.
"""

# ruff: noqa: E501 - messages stand whole on one line

from __future__ import annotations

import pickle
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

import flk_rules
from flk_rules import Ruleset, TableInvalid, TablesFailure, UnknownName, load
from flk_rules.engines.sql import DIALECTS
from flk_rules.tables.planning import WHOLE
from flk_rules.tables.printing import question_sql
from support.rulesets import DAY
from test_deciding_values import GP, PART_TIME, SUPERVISION, own_folder

ON = date(2024, 10, 1)


@pytest.fixture(scope="module")
def national() -> Ruleset:
    return load("se.national", on=ON)


@pytest.fixture(scope="module")
def stockholm() -> Ruleset:
    return load("se.stockholm", on=ON)


def contacts(**columns: list[Any]) -> pa.Table:
    return pa.table({f"contact.{name}": values for name, values in columns.items()})


CONTACTS = contacts(
    id=["A", "B", "C"],
    profession=["physician", "nurse", None],
    setting=["primary_care", "primary_care", "primary_care"],
)


def test_the_declared_schema(national: Ruleset) -> None:
    decided = national.decide_table("physician_contact", CONTACTS)
    lists = pa.list_(pa.field("element", pa.string(), nullable=False))
    assert decided.table.schema == pa.schema([
        pa.field("contact.id", pa.string()),
        pa.field("outcome", pa.string(), nullable=False),
        pa.field("reason", pa.string()),
        pa.field("force", pa.string()),
        *(pa.field(name, lists, nullable=False) for name in (
            "grounds", "defeated", "failed", "unknown", "advice", "missing", "assumptions"
        )),
    ])  # fmt: skip
    assert decided.table["outcome"].to_pylist() == ["eligible", "not_eligible", "undetermined"]
    assert decided.table["missing"].to_pylist()[2] == ["contact.profession"]
    assert (len(decided), decided.unreadable, decided.unpaired) == (3, (), {})


def test_arrow_of_any_kind(national: Ruleset) -> None:
    wanted = national.decide_table("physician_contact", CONTACTS).table
    with duckdb.connect() as connection:
        connection.register("people", CONTACTS)
        relation = connection.sql("SELECT * FROM people")
        for given in (CONTACTS.to_batches()[0], pa.RecordBatchReader.from_batches(
            CONTACTS.schema, CONTACTS.to_batches()), relation):  # fmt: skip
            decided = national.decide_table("physician_contact", given)
            assert decided.table == wanted
            assert pa.table(decided) == wanted
    encoded = CONTACTS.set_column(
        1, "contact.profession", CONTACTS["contact.profession"].dictionary_encode()
    )
    assert national.decide_table("physician_contact", encoded).table == wanted


def test_what_is_no_table(national: Ruleset) -> None:
    with pytest.raises(TableInvalid) as error:
        national.decide_table("physician_contact", [1, 2])
    assert str(error.value) == (
        "roster: expected a table that speaks Arrow, such as PyArrow, Polars, pandas or DuckDB, found list"
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"contact": {"profession": ["nurse"], "setting": ["other", "other"]}},
         "contact: not to be read as Arrow: "),
        (pa.table({"contact.profession": pa.nulls(1), "contact.setting": pa.array([1.5]).cast(pa.decimal128(5, 2))}),
         "roster 'contact.setting': expected codes as text, found decimal"),
        (pa.table({"contact.profession": pa.array([[1]]), "contact.setting": ["other"]}),
         "roster 'contact.profession': expected codes as text, found list<"),
    ],
)  # fmt: skip
def test_what_arrow_cannot_be(national: Ruleset, given: Any, message: str) -> None:
    with pytest.raises(TableInvalid) as error:
        national.decide_table("physician_contact", given)
    assert str(error.value).startswith(message)


def test_types_that_the_database_has_not(national: Ruleset) -> None:
    table = pa.table({
        "patient.age": pa.nulls(1, pa.float16()), "patient.home_help": [True],
        "contact.profession": ["nurse"], "contact.setting": ["home_help"],
        "contact.id": pa.nulls(1, pa.decimal256(50, 2)),
    })  # fmt: skip
    with pytest.raises(TableInvalid) as error:
        national.decide_table("social_care_contact", table)
    assert str(error.value).splitlines() == [
        "roster 'patient.age': expected whole numbers, found halffloat",
        "roster 'contact.id': expected text or whole numbers, found decimal256(50, 2)",
    ]
    # A column that nobody reads may be of any type.
    spare = CONTACTS.append_column("x", pa.nulls(3, pa.float16()))
    decided = national.decide_table("physician_contact", spare)
    assert decided.table == national.decide_table("physician_contact", CONTACTS).table
    assert decided.decision(0).outcome.value == "eligible"


def test_a_table_without_columns(national: Ruleset) -> None:
    with pytest.raises(TableInvalid) as error:
        national.decide_table("physician_contact", pa.table({}), unknown=True)
    assert str(error.value) == "roster: the table has no columns"
    with pytest.raises(TableInvalid) as error:
        national.decide_table("physician_contact", pa.table({}))
    assert str(error.value).splitlines()[-1] == "roster: the table has no columns"
    assert str(error.value).count("no columns") == 1
    strange = pa.table({"colour": ["red", "blue"]})
    decided = national.decide_table("physician_contact", strange, unknown=True)
    assert decided.table["outcome"].to_pylist() == ["undetermined"] * 2
    assert decided.decision(1).outcome.value == "undetermined"


def test_one_name_is_one_name(national: Ruleset) -> None:
    table = contacts(profession=["physician"])
    one, some = (
        national.decide_table("physician_contact", table, unknown=unknown, outputs=outputs).table
        for unknown, outputs in (("contact.setting", "missing"), (["contact.setting"], ["missing"]))
    )
    assert one == some
    assert one["missing"].to_pylist() == [["contact.setting"]]


def test_a_column_of_nothing_is_not_known(national: Ruleset) -> None:
    table = pa.table({
        "contact.profession": pa.nulls(1), "contact.setting": ["home_help"],
        "patient.birth_date": pa.nulls(1), "patient.home_help": pa.nulls(1),
    })  # fmt: skip
    decided = national.decide_table("social_care_contact", table, memory="1GB")
    assert decided.table["missing"].to_pylist() == [
        ["contact.profession", "patient.age", "patient.home_help"]
    ]
    assert decided.unreadable == ()


def test_ways_of_meeting(national: Ruleset) -> None:
    people, old = (
        contacts(profession=["nurse"], setting=["other"]),
        pa.table({"age": [70], "home_help": [True]}),
    )
    with pytest.raises(TableInvalid) as error:
        national.decide_table("social_care_contact", {"contact": people, "patient": old})
    assert str(error.value) == (
        "expected tables of physicians and patients, who meet by patient.listed_with, found contact and "
        "patient; pair them by unit"
    )
    with pytest.raises(UnknownName, match="no way of pairing called 'units'; did you mean 'unit'"):
        national.decide_table(
            "social_care_contact", {"contact": people, "patient": old}, pairs="units"
        )
    with pytest.raises(UnknownName, match="no dialect called 'mysql'"):
        question_sql(national.model, national.decider("priority"), "priority", "mysql")
    alone = national.decide_table("physician_contact", {"contact": CONTACTS})
    assert alone.table == national.decide_table("physician_contact", CONTACTS).table


def test_rules_that_give_two_numbers(tmp_path: Path) -> None:
    own = load("my.unit", on=date(2026, 1, 1), path=[own_folder(tmp_path, {
        "rule": "guideline_st", "effect": "value", "value": "700", "when": "'allmanmedicin' in physician.specialties",
    })])  # fmt: skip
    table = pa.table({"physician.specialties": [["allmanmedicin"]]})
    with pytest.raises(flk_rules.ValuesConflict) as error:
        own.decide_table("capacity", table, unknown=True, outputs=["value"])
    assert error.value.values == {
        "se.national.capacity.guideline_specialist": 1100, "se.national.capacity.guideline_st": 700
    }  # fmt: skip


def test_outputs_and_truths_by_choice(national: Ruleset) -> None:
    decided = national.decide_table("physician_contact", CONTACTS, outputs=["grounds"], truths=True)
    rule = "se.national.physician_contact.physician_in_primary_care"
    assert decided.table.column_names[:3] == ["contact.id", "outcome", "grounds"]
    assert decided.table[rule].to_pylist() == [True, False, None]
    with pytest.raises(
        UnknownName, match="no column of decisions called 'ground'; did you mean 'grounds'"
    ):
        national.decide_table("physician_contact", CONTACTS, outputs=["ground"])


def test_a_missing_column_is_an_error_unless_the_caller_says_so(national: Ruleset) -> None:
    table = contacts(proffession=["physician"], settings=["primary_care"], name=["x"])
    by_name = " if not, name the facts that are not known (unknown=)"
    # A misspelt heading is never a fact not known.
    for unknown, more in ((False, ""), (True, by_name)):
        with pytest.raises(TableInvalid) as error:
            national.decide_table("physician_contact", table, unknown=unknown)
        assert str(error.value) == (
            "roster: no column for contact.profession ('yrke'); did you mean 'contact.proffession'?"
            f"{more}\nroster: no column for contact.setting ('verksamhet'); did you mean 'contact.settings'?"
            f"{more}\nroster: the table has 'contact.proffession', 'contact.settings', 'contact.name'"
        )
    table = contacts(profession=["physician"])
    with pytest.raises(TableInvalid) as error:
        national.decide_table("physician_contact", table)
    assert str(error.value) == (
        "roster: no column for contact.setting ('verksamhet'); add it, or say that it is not known (unknown=)\n"
        "roster: the table has 'contact.profession'"
    )
    for said in (True, ["contact.setting"]):
        decided = national.decide_table("physician_contact", table, unknown=said)
        assert decided.table["missing"].to_pylist() == [["contact.setting"]]
    with pytest.raises(TableInvalid) as error:
        national.decide_table("physician_contact", table, unknown=["contact.seting"])
    assert str(error.value).splitlines()[:2] == [
        "unknown: no fact of physician_contact called 'contact.seting'; did you mean 'contact.setting'?",
        "roster: no column for contact.setting ('verksamhet'); add it, or say that it is not known (unknown=)",
    ]


def test_wrong_types_and_doubled_columns(national: Ruleset) -> None:
    table = pa.table(
        [["65"], [70], [1.5], ["x"]],
        names=["age", "patient.age", "hemtjänst", "contact.profession"],
    )
    table = table.rename_columns(
        ["patient.age", "ålder", "patient.home_help", "contact.profession"]
    )
    with pytest.raises(TableInvalid) as error:
        national.decide_table("social_care_contact", table, unknown=True)
    assert str(error.value).splitlines() == [
        "roster: columns 'patient.age' and 'ålder' are both patient.age; keep one",
        "roster 'patient.age': expected whole numbers, found text",
        "roster 'patient.home_help': expected true and false, found double",
    ]


def test_values_that_are_none_are_counted_and_not_known(national: Ruleset) -> None:
    table = contacts(
        profession=["physican", "physician", "läkare", "physican", None],
        setting=["primary_care"] * 5,
    )
    decided = national.decide_table("physician_contact", table)
    assert decided.table["outcome"].to_pylist() == [
        "undetermined", "eligible", "undetermined", "undetermined", "undetermined"
    ]  # fmt: skip
    (bad,) = decided.unreadable
    assert (bad.fact, bad.count) == ("contact.profession", 3)
    assert str(bad) == (
        "roster 'contact.profession': expected a code of profession, found 'physican'; did you mean "
        "'physician'? (2), 'läkare'; did you mean 'physician'? (1); 3 taken as not known"
    )


@pytest.mark.parametrize(
    ("fact", "values", "known"),
    [
        ("patient.age", pa.array([0, 150, -1, 151, None]), [0, 150, None, None, None]),
        ("patient.age", pa.array([65.0, 65.5, float("nan"), 1e300]), [65, None, None, None]),
        ("patient.age", pa.array([2**64 - 1, 65], pa.uint64()), [None, 65]),
        ("physician.employment_rate", pa.array([0.8, 0.80001, 1.1, -0.0]), [0.8, None, None, 0.0]),
        ("physician.employment_rate", pa.array([0.8, 0.25], pa.float32()), [0.8, 0.25]),
        ("physician.employment_rate", pa.array([1, 2]), [1.0, None]),
        ("physician.specialties", pa.array([["geriatrik", "geriatrik"], ["x", "geriatrik"], [None], []]),
         [["geriatrik"], None, None, []]),
        ("patient.home_help", pa.array([True, None]), [True, None]),
    ],
)  # fmt: skip
def test_values_at_their_bounds(
    national: Ruleset, fact: str, values: Any, known: list[Any]
) -> None:
    """What the edge takes for a single decision, and nothing else, is known of a row."""
    from flk_rules.engines.sql import dialect_of
    from flk_rules.tables.arrow import columns_of
    from flk_rules.tables.reading import Reader

    table = pa.table({fact: values})
    (column,) = columns_of(table.schema)
    read = Reader(national.model, dialect_of("duckdb")).fact(fact, {fact: column})
    with duckdb.connect() as connection:
        connection.register("t", table)
        sql = dialect_of("duckdb").sql(read.tree, pretty=False)
        assert [row[0] for row in connection.execute(f"SELECT {sql} FROM t").fetchall()] == known


def test_references_stand_once(national: Ruleset) -> None:
    doubled = contacts(
        id=["B", "A", "B", "A", "C"], profession=["nurse"] * 5, setting=["other"] * 5
    )
    with pytest.raises(TableInvalid) as error:
        national.decide_table("physician_contact", doubled)
    assert str(error.value) == (
        "roster: expected each contact.id once, found 'A' (2 rows), 'B' (2 rows); keep one row of each"
    )
    one_side = pa.table({"contact.id": ["A", "A"], "contact.profession": ["nurse", "nurse"],
                         "contact.setting": ["other", "other"], "patient.age": [70, 80],
                         "patient.home_help": [True, True]})  # fmt: skip
    assert len(national.decide_table("social_care_contact", one_side)) == 2


PHYSICIANS = pa.table({
    "id": ["A", "B"], "licence": ["valid", "revoked"],
    "specialties": [["geriatrik"], ["allmanmedicin"]], "unit.id": ["north", "south"],
})  # fmt: skip
PATIENTS = pa.table({
    "id": [1, 2, 3, 4], "birth_date": [date(1959, 10, 1), date(1959, 10, 2), None, date(2000, 1, 1)],
    "listed_with": ["A", "A", "B", None], "unit.id": ["north", "south", "south", "east"],
})  # fmt: skip


def test_patients_meet_the_physician_they_are_listed_with(national: Ruleset) -> None:
    tables = {"physician": PHYSICIANS, "patient": PATIENTS}
    decided = national.decide_table("eligibility", tables, unknown=True)
    rows = {
        row["patient.id"]: (row["physician.id"], row["outcome"])
        for row in decided.table.to_pylist()
    }
    assert rows == {
        "1": ("A", "eligible"), "2": ("A", "undetermined"), "3": ("B", "not_eligible")
    }  # fmt: skip
    assert decided.unpaired == {"physician": 0, "patient": 1}


def test_all_pairs_within_a_unit(national: Ruleset) -> None:
    tables = {"physician": PHYSICIANS, "patient": PATIENTS}
    decided = national.decide_table("eligibility", tables, unknown=True, pairs="unit")
    rows = {(row["physician.id"], row["patient.id"]) for row in decided.table.to_pylist()}
    assert rows == {("A", "1"), ("B", "2"), ("B", "3")}
    assert decided.unpaired == {"physician": 0, "patient": 1}


def test_joined_as_one_by_one(stockholm: Ruleset) -> None:
    """What rests on one table alone is computed before the join, and comes to the same."""
    physicians = pa.table({
        "id": [str(n) for n in range(6)],
        "licence": ["valid", "valid", "revoked", None, "valid", "valid"],
        "specialties": [["geriatrik"], ["barn_och_ungdomsmedicin"], [], ["psykiatri"], None, ["allmanmedicin"]],
        "training.stage": ["none", "none", "st", "st", "st", None],
        "training.specialty": [None, None, "allmanmedicin", "allmanmedicin", "allmanmedicin", None],
        "training.planned_end": [None, None, date(2026, 10, 1), date(2026, 10, 2), None, None],
    })  # fmt: skip
    patients = pa.table({"id": ["x", "y", "z"], "age": [17, 65, None], "unit.id": ["u"] * 3})
    physicians = physicians.append_column("unit.id", [["u"] * 6])
    joined = stockholm.decide_table(
        "eligibility", {"physician": physicians, "patient": patients}, unknown=True, pairs="unit"
    ).table.to_pylist()
    assert len(joined) == 18
    for row in joined:
        physician = next(
            each for each in physicians.to_pylist() if each["id"] == row["physician.id"]
        )
        patient = next(each for each in patients.to_pylist() if each["id"] == row["patient.id"])
        decision = stockholm.decide(
            "eligibility", engine="reference",
            physician={"licence": physician["licence"], "specialties": physician["specialties"],
                       "training": {key: physician[f"training.{key}"]
                                    for key in ("stage", "specialty", "planned_end")}},
            patient={"age": patient["age"]},
        )  # fmt: skip
        assert row["outcome"] == decision.outcome.value
        assert row["grounds"] == [each.id for each in decision.grounds]
        assert row["missing"] == list(decision.missing)
        assert row["assumptions"] == [each.id for each in decision.assumptions]


@pytest.mark.parametrize(
    ("tables", "pairs", "message"),
    [
        ({"physician": PHYSICIANS}, "listed",
         "eligibility is about physician and patient: expected a table of each, found physician"),
        ({"physician": PHYSICIANS.drop(["id"]), "patient": PATIENTS}, "listed",
         "physician: no column for physician.id, by which the tables are joined; the table has 'licence', 'specialties', 'unit.id'"),
        ({"physician": PHYSICIANS, "patient": PATIENTS.drop(["unit.id"])}, "unit",
         "patient: no column for unit.id, by which the tables are joined; the table has 'id', 'birth_date', 'listed_with'"),
    ],
)  # fmt: skip
def test_tables_that_do_not_meet(national: Ruleset, tables: Any, pairs: str, message: str) -> None:
    with pytest.raises(TableInvalid) as error:
        national.decide_table("eligibility", tables, pairs=pairs, unknown=True)
    assert str(error.value) == message


def test_any_row_is_explained_by_the_reference(national: Ruleset) -> None:
    decided = national.decide_table(
        "eligibility", {"physician": PHYSICIANS, "patient": PATIENTS}, unknown=True
    )
    for number, row in enumerate(decided.table.to_pylist()):
        decision = decided.decision(number)
        assert decision.outcome.value == row["outcome"]
        assert decision.answer.facts.references == {
            "physician": row["physician.id"], "patient": row["patient.id"]
        }  # fmt: skip
        assert row["patient.id"] in decision.explain("en").splitlines()[0]
    without = national.decide_table("physician_contact", CONTACTS.drop(["contact.id"]))
    assert [without.decision(n).outcome.value for n in range(3)] == without.table[
        "outcome"
    ].to_pylist()
    with pytest.raises(IndexError, match="expected a row from 0 to 2, found 3"):
        without.decision(3)
    for wrong in ("x", 1.0, None):
        with pytest.raises(TypeError, match=f"expected a row's number from 0, found {wrong!r}"):
            without.decision(wrong)


def test_a_row_that_says_otherwise_is_told(national: Ruleset) -> None:
    from flk_rules.tables.rows import refuse_difference

    decided = national.decide_table("physician_contact", CONTACTS)
    row = decided.table.to_pylist()[0]
    refuse_difference(row, decided.decision(0))
    with pytest.raises(TablesFailure, match="in outcome, grounds: the row's facts or the ruleset"):
        refuse_difference({**row, "outcome": "assess", "grounds": []}, decided.decision(0))


def test_a_deployer_s_factors_are_assumptions(tmp_path: Path) -> None:
    own = load("my.unit", on=date(2026, 1, 1), path=[own_folder(tmp_path, PART_TIME, SUPERVISION)])
    rows = [
        {"specialties": each, "employment_rate": rate, "duties": duties}
        for each in (["allmanmedicin"], None)
        for rate in (0.8, 1.0, 0.0, None)
        for duties in (["supervision"], [], None)
    ]
    table = pa.table({
        "physician.specialties": [each["specialties"] for each in rows],
        "physician.employment_rate": pa.array([each["employment_rate"] for each in rows]),
        "physician.duties": [each["duties"] for each in rows],
        "physician.training.stage": ["none"] * len(rows),
    })  # fmt: skip
    decided = own.decide_table("capacity", table, unknown=True).table["assumptions"].to_pylist()
    stage = GP["training"]
    wanted = [
        [
            found.id
            for found in own.decide(
                "capacity", physician={**each, "training": stage}, unit={}
            ).assumptions
        ]
        for each in rows
    ]
    assert decided == wanted
    assert ["supervision_factor"] in wanted


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", ["se.national", "se.stockholm", "se.borgholm"])
def test_every_question_prints_and_parses(name: str, dialect: str) -> None:
    import sqlglot

    ruleset = load(name, on=ON)
    for question in ruleset.questions:
        decider = ruleset.decider(question, "reference")
        sql = question_sql(ruleset.model, decider, question, dialect)
        (parsed,) = sqlglot.parse(sql, dialect=dialect)
        assert parsed is not None
        assert parsed.sql(dialect=dialect, comments=False)
        for rule in ruleset.model.rules_of(question):
            assert f"/* {rule.id}: {rule.source.document}, " in sql


def test_the_printed_sql_gives_what_decide_table_gives(national: Ruleset) -> None:
    decider = national.decider("physician_contact", "reference")
    sql = question_sql(national.model, decider, "physician_contact", "duckdb")
    with duckdb.connect() as connection:
        connection.register(WHOLE, CONTACTS)
        found = connection.sql(sql).to_arrow_table()
    wanted = national.decide_table("physician_contact", CONTACTS).table
    assert found.to_pylist() == wanted.to_pylist()


def test_the_extra_is_named_where_it_is_missing() -> None:
    code = (
        "import sys\n"
        "for each in ('duckdb', 'sqlglot', 'pyarrow'): sys.modules[each] = None\n"
        "import flk_rules\nfrom datetime import date\n"
        "ruleset = flk_rules.load('se.national', on=date(2024, 10, 1))\n"
        "try: ruleset.decide_table('priority', None)\n"
        "except flk_rules.ExtraMissing as error: print(error)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "decide_table needs the extra 'tables': pip install 'flk_rules[tables]'\n"


def test_errors_pickle() -> None:
    error = flk_rules.ExtraMissing("tables", "tables")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    assert DAY == ON
