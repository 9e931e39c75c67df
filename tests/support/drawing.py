"""subjects drawn at random.

Hypothesis strategies of physicians and patients as callers give them: facts known, not known, by
number or by date, and subjects left out.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

often = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Without a deadline: a busy machine is no failure."""

SPECIALTIES = (
    "allmanmedicin", "geriatrik", "barn_och_ungdomsmedicin", "internmedicin",
    "rehabiliteringsmedicin", "psykiatri", "neonatologi", "palliativ_medicin",
)  # fmt: skip
LICENCES = ("valid", "special_appointment", "revoked", "none")

_years = st.one_of(
    st.sampled_from((0.0, -0.0001, 0.5, 0.4999, 2.0, 2.0001, 1.9999, 5.0, 4.9999, 5.5, 5.4999)),
    st.integers(-50_000, 100_000).map(lambda number: number / 10_000),
)
_days = st.dates(date(2015, 1, 1), date(2035, 12, 31))
_ages = st.one_of(st.sampled_from((0, 17, 18, 64, 65, 150)), st.integers(0, 150))
_specialties = st.lists(st.sampled_from(SPECIALTIES), max_size=3, unique=True)


def _maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """The values, or not known."""
    return st.one_of(st.none(), values, values)


_training = st.fixed_dictionaries(
    {
        "stage": _maybe(st.sampled_from(("none", "at", "bt", "st", "st"))),
        "specialty": _maybe(st.sampled_from(("allmanmedicin", "allmanmedicin", "geriatrik"))),
        "regulation": _maybe(st.sampled_from(("sosfs_2015_8", "hslf_fs_2021_8"))),
        "supervised": _maybe(st.booleans()),
    }
)
_by_number = st.fixed_dictionaries(
    {
        "years_left": _maybe(_years),
        "years_done": _maybe(_years),
        "years_total": _maybe(_years.map(abs)),
    }
)
_by_date = st.fixed_dictionaries({"start": _maybe(_days), "planned_end": _maybe(_days)}).filter(
    lambda dates: (
        not (dates["start"] and dates["planned_end"] and dates["planned_end"] < dates["start"])
    )
)
physicians = st.fixed_dictionaries(
    {
        "licence": _maybe(st.sampled_from(LICENCES)),
        "specialties": _maybe(_specialties),
        "equivalent_competence": _maybe(st.sampled_from(("equivalent", "not_equivalent"))),
        "training": st.one_of(
            st.none(),
            st.builds(lambda one, two: {**one, **two}, _training, st.one_of(_by_number, _by_date)),
        ),
    }
)
patients = st.one_of(
    st.fixed_dictionaries(
        {
            "age": _maybe(_ages),
            "covered_by_region": _maybe(st.booleans()),
        }
    ),
    st.fixed_dictionaries({"birth_date": _maybe(st.dates(date(1900, 1, 1), date(2024, 1, 1)))}),
)
subjects = st.fixed_dictionaries(
    {"physician": st.one_of(physicians, physicians, st.none()), "patient": st.one_of(
        patients, patients, st.none())}
)  # fmt: skip
"""Both subjects of the question about eligibility, either of them left out now and then."""
