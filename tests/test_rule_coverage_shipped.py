"""shipped rules all seen.

The tables of cases show every shipped rule true, false and unknown, and every atom decide both
ways, where any facts can; what none can is listed here, with the reason that the reports give.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from flk_rules.analysis import coverage_text
from flk_rules.analysis.coverage import Count, Figures, figures
from flk_rules.analysis.coverage_reach import reach
from flk_rules.analysis.coverage_record import Recorder
from flk_rules.cases import Rulesets, read_cases, try_case
from flk_rules.library import available
from flk_rules.watching import watching

TABLES = sorted((Path(__file__).parent / "cases").glob("*.cases.toml"))
SETTLED = "it reads no fact: parameters and constants settle it"
EXHAUSTIVE = "params.listed_specialties_are_exhaustive is true here"
UNREACHABLE = {
    "se.national.eligibility.equivalent_competence, unknown (se.national)":
        "none of the 3 cells of its facts leaves it unknown; has() asks about the record and is "
        "never unknown",
    "se.national.priority.order_is_the_deployers, true (se.national)": SETTLED,
    "se.national.priority.order_is_the_deployers, unknown (se.national)": SETTLED,
    "se.national.eligibility.equivalent_competence, true (se.stockholm)":
        f"none of the 3 cells of its facts makes it true ({EXHAUSTIVE})",
    "se.national.eligibility.equivalent_competence, unknown (se.stockholm)":
        f"none of the 3 cells of its facts leaves it unknown ({EXHAUSTIVE}); has() asks about the "
        "record and is never unknown",
    "se.national.eligibility.equivalent_competence_to_assess, true (se.stockholm)":
        f"none of the 120 cells of its facts makes it true ({EXHAUSTIVE})",
    "se.national.eligibility.equivalent_competence_to_assess, unknown (se.stockholm)":
        f"none of the 120 cells of its facts leaves it unknown ({EXHAUSTIVE}); has() asks about "
        "the record and is never unknown",
}  # fmt: skip
"""Values of shipped rules that no facts reach, and why."""


@pytest.fixture(scope="module")
def found() -> Figures:
    rulesets, recorder = Rulesets(), Recorder()
    with watching(recorder):
        for path in TABLES:
            for case in read_cases(path, rulesets):
                assert try_case(case, rulesets, "reference").passed, (path.name, case.name)
    return figures(recorder.trace(), reach)


def test_the_tables_show_all_that_can_be_seen_of_the_shipped_rules(found: Figures) -> None:
    assert "\n".join(coverage_text.missing(found)) == ""
    for count in (found.values, found.ways, found.overlays, found.told):
        assert count == Count(count.reachable, count.reachable)
    assert found.values.reachable + len(UNREACHABLE) == 3 * len(found.rules)


def test_every_shipped_ruleset_is_in_it(found: Figures) -> None:
    assert {each.home for each in found.rules} == set(available())


def test_each_value_out_of_reach_is_known_and_explained(found: Figures) -> None:
    assert {
        f"{each.rule.id}, {name} ({each.home})": point.why.en
        for each in found.rules
        for name, point in each.values.items()
        if point.why
    } == UNREACHABLE


def test_each_way_out_of_reach_is_explained(found: Figures) -> None:
    """Parameters and constants that have one value here, what is named twice in one condition, and
    what a parameter settles."""
    reasons = [p.why for each in found.rules for a in each.atoms for p in a.ways.values() if p.why]
    assert len(reasons) == 56
    for why in reasons:
        assert why.sv.startswith(("den läser ingen uppgift och är ", "överallt där den är ")), why
        assert why.en.startswith(("it reads no fact and is ", "wherever it is ")), why
