"""the unit plan.

Sums that add up, boundaries at the guideline, what is not known staying so, and rows that cannot be
read told by their number.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import flk_rules
from flk_rules import PlanInvalid
from flk_rules.adapters.rows import Place, Row
from flk_rules.model.answers import Outcome
from flk_rules.planning.continuity import Visit, Window, coc, secon, upc
from flk_rules.planning.unit import UnitPlan, plan_unit
from flk_rules.planning.unit_continuity import twelve_months
from flk_rules.planning.unit_data import Listing
from flk_rules.planning.unit_lists import Lists
from flk_rules.planning.unit_rows import make_unit, unit_of_rows

ON = date(2024, 10, 1)
SWEDEN = flk_rules.load("se.national", on=ON)
GP = {"specialties": ["allmanmedicin"]}
CALM = {
    "age": 40, "chronic_conditions": 0, "mental_ill_health": "none", "substance_use": False,
    "disability": "none", "complex_needs": False, "housing": "ordinary", "deprived_area": False,
    "vulnerable": False, "municipality": "large_city",
}  # fmt: skip
Rows = list[Mapping[str, Any]]


def planned(physicians: Rows, patients: Rows | None = None, **more: Any) -> UnitPlan:
    unit = make_unit(SWEDEN, physicians=physicians, patients=patients, **more)
    return plan_unit(SWEDEN, unit)


def mistakes(physicians: Rows, patients: Rows | None = None, **more: Any) -> list[str]:
    with pytest.raises(PlanInvalid) as caught:
        planned(physicians, patients, **more)
    return [str(each) for each in caught.value.problems]


def gp(name: str, **facts: Any) -> dict[str, Any]:
    return {"id": name, **GP, **facts}


# ---- lists against the guideline -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("listed", "difference", "status"),
    [(0, -1100, "under"), (1099, -1, "under"), (1100, 0, "at"), (1101, 1, "over")],
)
def test_the_guideline_and_both_sides_of_it(listed: int, difference: int, status: str) -> None:
    (found,) = planned([gp("A", listed=listed)]).physicians
    assert (found.guideline, found.difference, found.status) == (1100, difference, status)
    assert found.force is not None
    assert found.force.value == "guidance"
    assert found.capacity.explain("en")


def test_a_list_not_known_is_not_nought() -> None:
    found = planned([gp("A"), gp("B", listed=900)])
    assert [each.listed for each in found.physicians] == [None, 900]
    assert (found.physicians[0].difference, found.physicians[0].status) == (None, None)
    assert (found.totals.listed, found.totals.difference) == (None, None)
    assert found.totals.guideline == 2200
    (average,) = found.totals.averages
    assert (average.physicians, average.known, average.mean) == (2, 1, Fraction(900))


def test_a_guideline_that_cannot_be_told_leaves_the_sum_open() -> None:
    found = planned([gp("A", listed=1000), {"id": "B", "listed": 500}])
    assert (found.totals.guideline, found.totals.undetermined) == (None, ("B",))
    assert found.totals.listed == 1500
    assert found.physicians[1].undetermined


def test_a_physician_without_guideline_is_named_and_in_no_difference() -> None:
    bt = {"id": "B", "listed": 60, "specialties": [], "training": {"stage": "bt"}}
    found = planned([gp("A", listed=1000), bt])
    assert found.totals.without == ("B",)
    assert (found.totals.listed, found.totals.guideline, found.totals.difference) == (
        1060, 1100, -100,
    )  # fmt: skip
    assert found.physicians[1].competence.applies is False


def test_directions_are_reported_and_open_ones_told_apart() -> None:
    (found,) = planned([gp("A", employment_rate=0.5, duties=["research"])]).physicians
    assert {each.id.rpartition(".")[2] for each in found.directions} == {"part_time", "research"}
    assert "little_experience" in {each.id.rpartition(".")[2] for each in found.open_directions}
    assert found.guideline == 1100


def test_the_longest_list_shows_what_a_share_hides() -> None:
    found = planned([gp("A", listed=3000), gp("B", listed=0)])
    assert found.totals.longest == ("A", Fraction(1))
    rules = {each.id for each in planned(
        [gp("A", listed=3000), gp("B", listed=0)], unit={"listed": 3000}
    ).physicians[0].capacity.advice}  # fmt: skip
    assert "se.national.capacity.all_with_one_physician" in rules


# ---- lists counted from patients -----------------------------------------------------------------


def test_a_list_is_counted_where_all_is_known() -> None:
    patients = [{**CALM, "listed_with": each} for each in ("A", "a", " A ", "none")]
    found = planned([gp("A"), gp("B")], patients)
    assert [each.listed for each in found.physicians] == [3, 0]
    assert found.listings == {Listing.NAMED: 3, Listing.NONE: 1}
    assert found.named_share is not None
    assert found.named_share.exact == Fraction(3, 4)


def test_a_patient_whose_listing_is_not_known_could_be_on_any_list() -> None:
    found = planned([gp("A")], [{**CALM, "listed_with": "A"}, dict(CALM)])
    assert (found.physicians[0].listed, found.physicians[0].in_file) == (None, 1)
    share = found.named_share
    assert share is not None
    assert (share.lowest, share.highest, share.met) == (Fraction(1, 2), Fraction(1), None)


def test_patients_that_are_not_all_are_no_share_of_the_unit() -> None:
    found = planned([gp("A", listed=1000), gp("B")], [{**CALM, "listed_with": "A"}])
    assert found.partial
    assert found.physicians[1].listed is None  # nought would be a guess
    assert found.named_share is not None
    assert (found.named_share.exact, found.named_share.met) == (Fraction(1), None)


def test_stated_totals_are_the_share() -> None:
    found = planned([gp("A", listed=550)], unit={"listed": 1000})
    assert found.named_share is not None
    assert (found.named_share.exact, found.named_share.met) == (Fraction(55, 100), True)
    assert found.sabo_share is None
    below = planned([gp("A", listed=549)], unit={"listed": 1000}).named_share
    assert below is not None
    assert below.met is False


def test_physicians_cannot_list_more_than_the_unit() -> None:
    assert mistakes([gp("A", listed=600), gp("B", listed=500)], unit={"listed": 1000}) == [
        "unit listed: the physicians list 1,100 together, but the unit 1,000; correct either"
    ]


def test_the_sabo_share_counts_those_who_live_there() -> None:
    homes = {"sabo": "A", "ordinary": "none"}
    patients = [{**CALM, "housing": home, "listed_with": who} for home, who in homes.items()]
    share = planned([gp("A")], patients).sabo_share
    assert share is not None
    assert (share.exact, share.met) == (Fraction(1), True)
    assert share.target.value == Fraction(4, 5)
    open_ = planned([gp("A")], [*patients, {**CALM, "housing": None, "listed_with": "none"}])
    assert open_.sabo_share is not None
    assert (open_.sabo_share.lowest, open_.sabo_share.highest) == (Fraction(1, 2), Fraction(1))
    assert open_.sabo_share.met is None


# ---- priority ------------------------------------------------------------------------------------


def test_who_has_priority_and_no_physician() -> None:
    patients: Rows = [
        {**CALM, "id": "old, none", "age": 80, "listed_with": "none"},
        {**CALM, "id": "old, named", "age": 80, "listed_with": "A"},
        {**CALM, "id": "old, unknown", "age": 80},
        {**CALM, "id": "calm, none", "listed_with": "none"},
        {**CALM, "id": "calm, unknown"},
        {**CALM, "id": "open, none", "housing": None, "listed_with": "none"},
        {**CALM, "id": "open, named", "housing": None, "listed_with": "A"},
        {"id": "nothing known"},
    ]
    found = planned([gp("A")], patients)
    assert [each.patient for each in found.waiting] == ["old, none"]
    assert [each.patient for each in found.open] == [
        "old, unknown", "open, none", "nothing known",
    ]  # fmt: skip
    assert found.priority == {
        Outcome.GROUNDED: 3, Outcome.UNGROUNDED: 2, Outcome.UNDETERMINED: 3,
    }  # fmt: skip
    assert all(each.decision.explain("sv") for each in (*found.waiting, *found.open))


outcomes = st.sampled_from(["A", "B", "none", None])
ages = st.sampled_from([5, 40, 80, None])
homes = st.sampled_from(["sabo", "ordinary", None])


@settings(max_examples=40)
@given(st.lists(st.tuples(outcomes, ages, homes), max_size=12))
def test_every_patient_is_counted_once(drawn: list[tuple[Any, Any, Any]]) -> None:
    patients = [
        {**CALM, "age": age, "housing": home, "listed_with": who} for who, age, home in drawn
    ]
    found = planned([gp("A"), gp("B")], patients)
    assert sum(found.listings.values()) == len(drawn)
    assert sum(found.priority.values()) == len(drawn)
    for each in found.physicians:
        assert each.prioritised + each.open + each.others == each.in_file
    named = [each for each in drawn if each[0] in ("A", "B")]
    assert sum(each.in_file or 0 for each in found.physicians) == len(named)
    waiting = [
        each for each in drawn if each[0] == "none" and (each[1] in (5, 80) or each[2] == "sabo")
    ]
    assert len(found.waiting) == len(waiting)
    assert json.loads(json.dumps(found.to_dict()))["patients"]["number"] == len(drawn)


def test_both_engines_plan_the_same() -> None:
    patients = [{**CALM, "age": each, "listed_with": "A"} for each in (5, 40, 80, None)]
    unit = make_unit(SWEDEN, physicians=[gp("A")], patients=patients)
    ours, other = (plan_unit(SWEDEN, unit, engine=each).to_dict() for each in ("rete", "reference"))
    for each in (ours, other):
        for physician in each["physicians"]:
            physician["capacity"].pop("engine", None)
            physician["competence"]["decision"].pop("engine", None)
    assert ours == other


def test_the_list_says_what_competence_is_lacking() -> None:
    met = [each for each in SWEDEN.schema.codes_of("competence_goal") if each.startswith("child")]
    patients = [{**CALM, "age": 5, "listed_with": each} for each in ("A", "B")]
    found = planned([gp("A", goals_met=met, areas_set_aside=[]), gp("B")], patients)
    lacking = [[area.id for area in each.competence.lacking] for each in found.physicians]
    assert lacking == [[], ["children"]]


# ---- continuity ----------------------------------------------------------------------------------

YEAR = Window(name="a year", first=date(2023, 10, 2), last=ON)


def met(patient: str, physicians: str) -> Rows:
    return [
        {"patient": patient, "physician": each, "date": ON - timedelta(len(physicians) - n)}
        for n, each in enumerate(physicians)
    ]


def test_continuity_is_the_mean_of_patients() -> None:
    listed = {"x": "A", "y": "A", "z": "none", "once": "B"}
    patients: Rows = [{"id": name, "listed_with": each} for name, each in listed.items()]
    visits = [*met("x", "aab"), *met("y", "ab"), *met("z", "bb"), *met("once", "b")]
    found = planned([gp("A"), gp("B")], patients, visits=visits, window=YEAR)
    own, other = (each.continuity for each in found.physicians)
    assert own is not None
    assert (own.upc, own.coc, own.secon) == (Fraction(7, 12), Fraction(1, 6), Fraction(1, 4))
    assert other is not None
    assert (other.patients, other.too_few, other.upc, other.coc) == (0, 1, None, None)
    together = found.continuity
    assert together is not None
    assert (together.patients, together.with_physician, together.too_few) == (3, 2, 1)
    assert together.coc == Fraction(4, 9)
    assert together.upc == own.upc


@given(st.lists(st.text("abc", max_size=6), min_size=1, max_size=5))
def test_continuity_against_the_measures_themselves(drawn: list[str]) -> None:
    patients: Rows = [{"id": f"p{n}", "listed_with": "a"} for n, _ in enumerate(drawn)]
    rows = [row for n, each in enumerate(drawn) for row in met(f"p{n}", each)]
    found = planned([gp("a")], patients, visits=rows, window=YEAR).continuity
    assert found is not None
    values = [
        [Visit(on=ON - timedelta(len(each) - n), physician=who) for n, who in enumerate(each)]
        for each in drawn
    ]
    enough = [each for each in values if len(each) >= 2]
    assert found.patients == len(enough)
    for name, measure in (("coc", coc), ("secon", secon)):
        each = [measure(visits, YEAR) for visits in enough]
        mean = sum(filter(None, each), Fraction(0)) / len(each) if each else None
        assert getattr(found, name) == mean
    own = [upc(visits, YEAR, usual="a") for visits in enough]
    assert found.upc == (sum(filter(None, own), Fraction(0)) / len(own) if own else None)


def test_only_days_of_the_window_count() -> None:
    visits = [{"patient": "x", "physician": "A", "date": each} for each in (
        YEAR.first - timedelta(1), YEAR.first, YEAR.last, YEAR.last + timedelta(1),
    )]  # fmt: skip
    found = planned([gp("A")], [{"id": "x"}], visits=visits, window=YEAR).continuity
    assert found is not None
    assert found.patients == 1
    visits = visits[:2]
    found = planned([gp("A")], [{"id": "x"}], visits=visits, window=YEAR).continuity
    assert found is not None
    assert (found.patients, found.coc) == (0, None)


def test_a_window_that_nobody_named_is_an_assumption() -> None:
    given_ = planned([gp("A")], [{"id": "x"}], visits=met("x", "aa"), window=YEAR)
    assert not given_.window_assumed
    ours = planned([gp("A")], [{"id": "x"}], visits=met("x", "aa"))
    assert ours.window_assumed
    assert ours.window == twelve_months(ON)
    assert planned([gp("A")]).window is None


@pytest.mark.parametrize(
    ("on", "first"),
    [(date(2024, 2, 29), date(2023, 3, 1)), (date(2025, 2, 28), date(2024, 2, 29)),
     (date(2024, 3, 1), date(2023, 3, 2)), (date(2024, 12, 31), date(2024, 1, 1))],
)  # fmt: skip
def test_twelve_months_up_to_a_day(on: date, first: date) -> None:
    window = twelve_months(on)
    assert (window.first, window.last) == (first, on)


# ---- what cannot be read -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("physicians", "patients", "more", "expected"),
    [
        ([], None, {}, ["no physicians; a plan is about at least one"]),
        ([{"id": ["A"]}, gp("B")], [{"listed_with": "A", "id": 1.5}], {},
         ["physician 1 physician.id: expected text or a whole number, found a list of 1",
          "patient 1 patient.id: expected text or a whole number, found a number (1.5)",
          "patient 1 listed_with: no physician called 'A'"]),
        ([gp("A", listed=-1)], [{"listed_with": "A"}], {},
         ["physician 1 physician.listed: expected a whole number from 0 to 100000 (patient), "
          "found -1"]),
        ([GP], None, {}, ["physician 1 id: expected a name of at most 100 characters that begins "
                          "with a letter or digit, found ''"]),
        ([gp("=1+1")], None, {}, ["physician 1 id: expected a name of at most 100 characters that "
                                  "begins with a letter or digit, found '=1+1'"]),
        ([gp("None")], None, {}, ["physician 1 id: expected a name, found 'None', which says that "
                                  "nobody is"]),
        ([gp("A"), gp(" a")], None, {}, ["physician 2 id: 'a' is there already, as physician 1"]),
        ([gp("A", listed=-1)], None, {},
         ["physician 1 physician.listed: expected a whole number from 0 to 100000 (patient), "
          "found -1"]),
        ([gp("Astrid")], [{"listed_with": "Astrd"}, {"listed_with": "-"}, {"listed_with": ["A"]}],
         {}, ["patient 1 listed_with: no physician called 'Astrd'; did you mean 'Astrid'?",
              "patient 2 listed_with: no physician called '-'; write none where there is none, and "
              "nothing where it is not known",
              "patient 3 listed_with: expected text or a whole number, found a list of 1"]),
        ([gp("A")], [{"id": "x"}, {"id": "X", "age": -1}, {"id": "X"}], {},
         ["patient 2 patient.age: expected a whole number from 0 to 150 (year), found -1",
          "patient 2 id: 'X' is there already, as patient 1",
          "patient 3 id: 'X' is there already, as patient 1"]),
        ([gp("A")], None, {"visits": []}, ["visits without patients; give the patients too"]),
        ([gp("A")], [{"id": "x"}], {"visits": [
            {"patient": "y", "physician": "A", "date": ON}, {"patient": "x", "date": "2024-13-01"},
            {"patient": "x", "physician": "A", "date": ON, "doctor": 1},
        ]}, ["visit 1 patient: no patient called 'y' among the patients",
             "visit 2 physician: expected a name, found nothing; leave the row out",
             "visit 2 date: expected a date like 1950-12-31, found text ('2024-13-01')",
             "visit 3: unknown key 'doctor'"]),
        ([gp("A")], None, {"window": Window(name="w", first=ON, last=date(2024, 9, 1))},
         ["window 'w': ends 2024-09-01, before it starts 2024-10-01"]),
        ([gp("A", goals_met=["older.frailty"], goals_not_met=["older.frailty"])], None, {},
         ["physician 1 physician.goals_met: 'older.frailty' is in physician.goals_not_met too; "
          "keep it in one"]),
    ],
)  # fmt: skip
def test_every_mistake_is_told_with_its_row(
    physicians: Rows, patients: Rows | None, more: dict[str, Any], expected: list[str]
) -> None:
    assert mistakes(physicians, patients, **more) == expected


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(anything, anything, anything)
def test_hostile_rows_are_told_or_planned(one: Any, two: Any, three: Any) -> None:
    with suppress(PlanInvalid):
        planned(
            [gp("A"), {"id": one}],
            [{"id": "x", "listed_with": two}, {"id": three}],
            visits=[{"patient": "x", "physician": one, "date": two}],
        )


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ({"unit": [{}, {}]}, ["file row 2: expected one unit, found 2"]),
        ({"window": [{"name": "w", "first": ON, "last": ON}] * 2},
         ["file row 2: expected one window, found 2"]),
        ({"window": [{"name": "w", "first": ON}]},
         ["file row 1 last: expected a date like 1950-12-31, found nothing"]),
        ({"window": [3]}, ["file row 1: expected a table with name, first, last, found 3"]),
        ({"patient": [{"id": "x"}], "visit": [{"patient": ["x"], "physician": "A", "date": ON}]},
         ["file row 1 patient: expected text or a whole number, found a list of 1"]),
    ],
)  # fmt: skip
def test_rows_of_files_are_told(rows: dict[str, Rows], expected: list[str]) -> None:
    given_ = {
        part: [Row((Place("file", number),), {part: each}) for number, each in enumerate(found, 1)]
        for part, found in {"physician": [gp("A")], **rows}.items()
    }
    with pytest.raises(PlanInvalid) as caught:
        unit_of_rows(SWEDEN, given_)
    assert [str(each) for each in caught.value.problems] == expected


def test_a_window_is_named_once() -> None:
    rows = {
        "physician": [Row((Place("p", 1),), {"physician": gp("A")})],
        "window": [Row((Place("w", 1),), {"window": {"name": "w", "first": ON, "last": ON}})],
    }
    with pytest.raises(PlanInvalid) as caught:
        unit_of_rows(SWEDEN, rows, window=YEAR)
    assert str(caught.value) == "w row 1: a window is given beside the plan too; give one"


def test_more_on_one_list_than_a_fact_allows_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    unit = make_unit(SWEDEN, physicians=[gp("A")], patients=[])
    monkeypatch.setattr(Lists, "listed", lambda *_: 100_001)
    with pytest.raises(PlanInvalid) as caught:
        plan_unit(SWEDEN, unit)
    assert str(caught.value) == (
        "physician 1 physician.listed: expected a whole number from 0 to 100000 (patient), "
        "found 100001"
    )


def test_no_ground_of_the_group_no_share_of_it(tmp_path: Path) -> None:
    folder = tmp_path / "my.unit"
    folder.mkdir()
    (folder / "ruleset.toml").write_text(
        '[ruleset]\nid = "my.unit"\nversion = "1"\ntitle = { sv = "x", en = "x" }\n'
        'extends = "se.national"\nvalid_from = 2024-01-01\n'
        '[[disable]]\nrule = "se.national.priority.sabo"\n'
        'because = { sv = "x", en = "x" }\nvalid_from = 2024-01-01\n'
        'source = { document = "kompetens-2023", section = "x", statement = "P4" }\n',
        encoding="utf-8",
    )
    ruleset = flk_rules.load("my.unit", on=ON, path=[tmp_path])
    patients = [{**CALM, "housing": "sabo", "listed_with": "A"}]
    found = plan_unit(ruleset, make_unit(ruleset, physicians=[gp("A")], patients=patients))
    assert found.sabo_share is None
    assert found.named_share is not None
