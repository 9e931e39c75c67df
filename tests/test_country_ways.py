"""the country's partners agree.

SQL written by hand, our SQL, and OpenFisca where it is installed, against the reference
interpreter: outcome and deciding rules of every patient of a small country in which much is not
known.
"""

from __future__ import annotations

import importlib.util
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import support.country  # noqa: F401
from benchmarks.country import asking, making
from benchmarks.country.by_hand import BY_HAND
from benchmarks.country.people import Country
from support.services import absent

SIZE = 2_000
Answers = list[tuple[str, str, list[str]]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Few patients to many physicians: every kind of physician has some."""
    made = tmp_path_factory.mktemp("country") / "small"
    making.make(
        Country(patients=SIZE, physicians=400, units=20, unknown=0.15, listed=1.0, seed=7), made
    )
    return made


@pytest.fixture(scope="module", params=asking.QUESTIONS)
def question(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def right(folder: Path, question: str) -> Answers:
    ruleset = asking.load()
    found = []
    for subjects in asking.pairs(question, folder, SIZE):
        decision = ruleset.decide(question, engine="reference", **subjects)
        grounds = [rule.id for rule in decision.grounds]
        found.append((subjects["patient"]["id"], decision.outcome.value, grounds))
    return found


def _by_sql(sql: str, folder: Path) -> Answers:
    found = asking.connected(folder, None, 1).sql(sql).project('"patient.id", outcome, grounds')
    return sorted(found.fetchall())


def test_every_outcome_occurs(right: Answers, question: str) -> None:
    expected = {
        "eligibility": {"eligible", "not_eligible", "assess", "undetermined"},
        "priority": {"grounded", "undetermined"},
    }
    assert len(right) == SIZE
    assert expected[question] <= set(Counter(outcome for _, outcome, _ in right))


def test_sql_by_hand_is_right(folder: Path, question: str, right: Answers) -> None:
    assert _by_sql(BY_HAND[question], folder) == right


def test_our_sql_is_right(folder: Path, question: str, right: Answers) -> None:
    assert _by_sql(asking.compiled(question, folder), folder) == right


def test_openfisca_is_right(folder: Path, question: str, right: Answers) -> None:
    """An extra of the benchmark alone."""
    if importlib.util.find_spec("openfisca_core") is None:
        absent("OpenFisca-Core", "pip install 'flk_rules[bench-openfisca]'")
    from benchmarks.country import fisca

    patients = pq.read_table(folder / "patients")
    given = fisca.inputs(question, patients, pq.read_table(folder / "physicians.parquet"))
    outcomes, masks = fisca.calculate(question, given)
    names = [f"se.national.{question}.{each}" for each in fisca.BITS[question]]
    found = [
        (who, fisca.OUTCOMES[question][outcome],
         [name for bit, name in enumerate(names) if mask >> bit & 1])
        for who, outcome, mask in zip(patients["patient.id"].to_pylist(), outcomes, masks,
                                      strict=True)
    ]  # fmt: skip
    assert found == right
