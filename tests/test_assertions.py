"""assertions on decisions.

They pass in silence, fail with the explained decision, and refuse names that do not exist.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

import flk_rules
from flk_rules.errors import CasesInvalid, DateInvalid, UnknownName
from flk_rules.testing import (
    assert_assess,
    assert_conditional,
    assert_decision,
    assert_eligible,
    assert_not_eligible,
    assert_undetermined,
)
from support.cases import ENGINES, NATIONAL, ON, shipped, specialist

GERIATRICIAN = specialist("geriatrik")
OLD, ADULT = {"age": 70}, {"age": 40}
NATIONALLY = {"ruleset": NATIONAL, "on": ON}
REVOKED = {**GERIATRICIAN, "licence": "revoked"}
UNLICENSED = {**GERIATRICIAN, "licence": None}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("holds", "physician", "patient", "outcome"),
    [
        (assert_eligible, GERIATRICIAN, OLD, "eligible"),
        (assert_assess, GERIATRICIAN, ADULT, "assess"),
        (assert_conditional, GERIATRICIAN, None, "conditional"),
        (assert_undetermined, UNLICENSED, OLD, "undetermined"),
        (assert_not_eligible, REVOKED, OLD, "not_eligible"),
    ],
)
def test_each_assertion_is_of_its_outcome_alone(
    holds: Callable[..., Any], physician: Any, patient: Any, outcome: str, engine: str
) -> None:
    decision = holds(physician, patient, engine=engine, **NATIONALLY)
    assert decision.outcome.value == outcome
    assert decision.answer.engine == engine
    for other in (
        assert_eligible, assert_assess, assert_conditional, assert_undetermined,
        assert_not_eligible,
    ):  # fmt: skip
        if other is not holds:
            with pytest.raises(AssertionError, match=f"found {outcome}"):
                other(physician, patient, engine=engine, **NATIONALLY)


def test_a_loaded_ruleset_and_model_objects_do_as_well() -> None:
    physician = flk_rules.Physician(licence="valid", specialties=("allmanmedicin",))
    assert_eligible(physician, ruleset=shipped(NATIONAL))
    assert_eligible(physician, ruleset=shipped(NATIONAL), on=ON)
    with pytest.raises(CasesInvalid, match="on: expected 2024-10-01, for which the ruleset is"):
        assert_eligible(physician, ruleset=shipped(NATIONAL), on=date(2025, 1, 1))


def test_a_ruleset_is_loaded_once() -> None:
    one = assert_eligible(GERIATRICIAN, OLD, **NATIONALLY)
    two = assert_eligible(GERIATRICIAN, OLD, **NATIONALLY)
    assert one.parts[1] is two.parts[1]


def test_more_may_be_expected_than_the_outcome() -> None:
    assert_not_eligible(
        REVOKED, OLD, **NATIONALLY, reason=flk_rules.Reason.FORBIDDEN, force="law",
        grounds=["licence_revoked"], defeated=("equivalent_competence_to_assess", "geriatrics"),
        missing=[], condition=None,
    )  # fmt: skip
    with pytest.raises(AssertionError, match="reason: expected no_ground, found forbidden"):
        assert_not_eligible(REVOKED, OLD, **NATIONALLY, reason="no_ground")


def test_any_decision_may_be_asserted() -> None:
    decision = shipped(NATIONAL).decide("capacity", physician=GERIATRICIAN, unit={})
    assert assert_decision(decision, outcome=decision.outcome, value=decision.value) is decision
    with pytest.raises(AssertionError, match="value: expected 7"):
        assert_decision(decision, value=7)


def test_a_failure_shows_the_decision_beside_what_was_expected() -> None:
    with pytest.raises(AssertionError) as caught:
        assert_eligible(GERIATRICIAN, {"age": 64}, **NATIONALLY, grounds=["geriatrics"])
    lines = str(caught.value).splitlines()
    assert lines[:9] == [
        "eligibility in se.national on 2024-10-01 is not as expected",
        "  outcome: expected eligible, found assess",
        "  grounds: expected geriatrics, found equivalent_competence_to_assess",
        "",
        "se.national.eligibility.geriatrics: Specialist in geriatrics, suitable for older patients",
        "  expected true, found false; what first went otherwise:",
        "  patient.age >= params.elderly_from",
        "    patient.age = 64 years  (age)",
        "    params.elderly_from = 65 years",
    ]
    assert "Facts that were read" in lines
    assert "  ASSESS" in lines
    with pytest.raises(AssertionError, match="BEHÖVER BEDÖMAS"):
        assert_eligible(GERIATRICIAN, ADULT, **NATIONALLY, language="sv")


def test_what_does_not_exist_is_no_failed_assertion() -> None:
    with pytest.raises(CasesInvalid) as caught:
        assert_eligible(
            GERIATRICIAN, OLD, **NATIONALLY, grounds=["geriatric"], missing=["patient.agee"],
            fore="law", force="laww", value="much",
        )  # fmt: skip
    about = "eligibility in se.national on 2024-10-01"
    found = [str(each) for each in caught.value.problems]
    assert found[2].startswith("fore: unknown key; did you mean 'force'? (known: outcome, ")
    assert found[:2] + found[3:] == [
        f"grounds: no rule 'geriatric' decides {about}; did you mean 'geriatrics'?",
        f"missing: no fact 'patient.agee' of {about}; did you mean 'patient.age'?",
        "force: expected one of law, contract, guidance, recommendation, none, found 'laww'; did "
        "you mean 'law'?",
        "value: expected a number or \"none\", found a string ('much')",
    ]


def test_failures_of_the_library_are_its_own() -> None:
    with pytest.raises(DateInvalid):
        assert_eligible(GERIATRICIAN, OLD, ruleset=NATIONAL)
    with pytest.raises(UnknownName):
        assert_eligible(GERIATRICIAN, OLD, ruleset="se.natonal", on=ON)
    with pytest.raises(flk_rules.FactsInvalid):
        assert_eligible({"licence": "x"}, OLD, **NATIONALLY)


def test_the_traceback_ends_in_the_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        from datetime import date
        from flk_rules.testing import assert_eligible
        def test_it():
            assert_eligible({"licence": "revoked"}, ruleset="se.national", on=date(2024, 10, 1))
    """)
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("*assertions.py*")
    result.stdout.fnmatch_lines(["E * NOT ELIGIBLE (forbidden by law)"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("{}, ruleset='se.national', on=ON, grounds=['geriatric']",
         "*grounds: no rule 'geriatric' decides *did you mean 'geriatrics'?"),
        ("{}, ruleset='se.natonal', on=ON", "*no ruleset called 'se.natonal'; did you mean *"),
        ("{'licence': 'x'}, ruleset='se.national', on=ON", "*physician.licence: *"),
        ("{}, ruleset='se.national'", "*on: expected a datetime.date, *"),
    ],
)  # fmt: skip
def test_the_traceback_of_a_mistake_ends_in_the_test(
    pytester: pytest.Pytester, arguments: str, message: str
) -> None:
    pytester.makepyfile(f"""
        from datetime import date
        from flk_rules.testing import assert_eligible
        ON = date(2024, 10, 1)
        def test_it():
            assert_eligible({arguments})
    """)
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"E {message}"])
    result.stdout.no_fnmatch_line("*.py:*: in *")
    for name in ("holding", "assertions", "library", "finder"):
        result.stdout.no_fnmatch_line(f"*{name}.py*")


def test_assertions_need_no_pytest() -> None:
    """They are for any runner of tests."""
    code = (
        "import sys; sys.modules['pytest'] = sys.modules['_pytest'] = None\n"
        "from datetime import date; from flk_rules.testing import assert_not_eligible\n"
        "found = assert_not_eligible({'licence': 'none'}, ruleset='se.national', "
        "on=date(2024, 10, 1))\nprint(found.outcome.value)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "not_eligible\n"
