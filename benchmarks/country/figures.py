"""numbers behind the people.

One table: each number with its basis. *source* says that the cited document states it; *assumption*
that nobody does and that it is made up, so that there is something to draw from.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Figure(NamedTuple):
    """A number of the synthetic country, and where it stands.

    `document` is one of the rulesets' documents and `section` a heading of it; both are empty where
    the number is made up. `reading` says how the words were read, or what was made up.
    """

    name: str
    value: float
    unit: str
    basis: str
    document: str = ""
    section: str = ""
    reading: str = ""


_REPORT, _COMPETENCE, _PLAN = "delredovisning-2022", "kompetens-2023", "handlingsplan-2024"
_SUPPLY = "Tillgång på specialistläkare i allmänmedicin"
_SAME = "Fler patienter vill träffa samma person vid varje vårdbesök"
_STAFF = "Ytterligare utmaningar i primärvårdens kompetensförsörjning"
_PLACES = "Definition och demografi"
_LEFT = "made up, so that the country has 9,000 physicians"


def _source(
    name: str, value: float, unit: str, document: str, section: str, reading: str = ""
) -> Figure:
    return Figure(name, value, unit, "source", document, section, reading)


def _assumed(name: str, value: float, unit: str, reading: str = "") -> Figure:
    return Figure(name, value, unit, "assumption", reading=reading)


FIGURES = (
    # ---- the country ----------------------------------------------------------------------------
    _source("population", 10_319_473, "persons", _REPORT, _SUPPLY, "table 3, 2019"),
    _source("units", 1_140, "health centres", _REPORT, "Primärvården i offentlig och privat regi",
            "2019"),
    _assumed("patients_per_physician", 10_600_000 / 9_000, "patients",
             "every physician below counts, with or without a list"),
    # ---- physicians, as weights of one another --------------------------------------------------
    _source("allmanmedicin", 4_410, "physicians", _REPORT, _SUPPLY, "table 3, in primary care"),
    _source("barn_och_ungdomsmedicin", 79, "physicians", _REPORT, _SUPPLY,
            "table 3, 4,489 less 4,410"),
    _source("geriatrik", 90, "physicians", _REPORT, _SUPPLY, "table 3, 4,579 less 4,489"),
    _source("psykiatri", 200, "physicians", _COMPETENCE, _STAFF, "just under 200 in 2020"),
    _source("st", 3_286, "physicians", _REPORT, "ST-läkare i allmänmedicin", "2021"),
    _assumed("internmedicin", 60, "physicians", _LEFT),
    _assumed("rehabiliteringsmedicin", 20, "physicians", _LEFT),
    _assumed("none", 205, "physicians", f"neither specialist nor in training; {_LEFT}"),
    _assumed("bt", 350, "physicians", _LEFT),
    _assumed("at", 300, "physicians", _LEFT),
    _source("employment_rate", 0.85, "share", _REPORT, _SUPPLY,
            "a little over 85 per cent on average in 2020; the spread around it is made up"),
    _source("st_years_2015", 5, "years", "sidotjanstgoring-2025",
            "Specialiseringstjänstgöring – ST", "planned length under SOSFS 2015:8"),
    _source("st_years_2021", 5.5, "years", "sidotjanstgoring-2025",
            "Specialiseringstjänstgöring – ST", "planned length under HSLF-FS 2021:8"),
    _assumed("licence_revoked", 0.001, "share"),
    _assumed("licence_none", 0.001, "share"),
    _assumed("double_specialist", 0.03, "share", "of specialists in general practice: geriatrik"),
    _assumed("st_supervised", 0.97, "share"),
    _assumed("st_under_2015", 0.4, "share", "of ST physicians, under SOSFS 2015:8"),
    _assumed("equivalence_assessed", 0.3, "share", "of those without general practice or ST"),
    _assumed("equivalent", 0.5, "share", "of those assessed"),
    # ---- where people live ----------------------------------------------------------------------
    _source("large_city", 3_357_620, "persons", _REPORT, _PLACES, "table 10, 2020"),
    _source("dense_mixed", 4_129_804, "persons", _REPORT, _PLACES, "table 10, 2020"),
    _source("sparse_mixed", 764_029, "persons", _REPORT, _PLACES, "table 10, 2020"),
    _source("rural_near_town", 1_248_311, "persons", _REPORT, _PLACES, "table 10, 2020"),
    _source("rural_sparse", 801_275, "persons", _REPORT, _PLACES, "table 10, 2020"),
    _source("rural_very_sparse", 78_256, "persons", _REPORT, _PLACES, "table 10, 2020"),
    # ---- ages -----------------------------------------------------------------------------------
    _source("over_65", 0.221, "share", _REPORT, "Mått för att uppskatta vårdtyngd",
            "mean of the regions in 2019; 65 itself is read as not over 65"),
    _assumed("child", 0.21, "share", "0 to 17 years"),
    _assumed("old", 0.055, "share", "80 to 105 years, fewer with each year"),
    # ---- who has an FLK -------------------------------------------------------------------------
    _source("listed", 0.26, "share", _REPORT, _SAME, "of everybody"),
    _source("listed_multimorbid", 0.40, "share", _REPORT, _SAME,
            "a little over 40 per cent of those with several long-term illnesses"),
    _source("listed_sabo", 0.93, "share", _COMPETENCE, "Fast läkarkontakt",
            "one count by SKR in 2021, which Vårdanalys holds to be unreliable"),
)  # fmt: skip
"""Every number but those of `SPREADS`."""

BANDS = ("child", "adult", "older", "old")
"""0 to 17, 18 to 65, 66 to 79, and 80 to 105 years."""
FIRST_YEARS = (0, 18, 66, 80, 106)
"""The first year of each band, and the first of none."""

Spread = Mapping[object, tuple[float, float, float, float]]

SPREADS: Mapping[str, Spread] = {
    "covered_by_region": {True: (0.99, 0.99, 0.998, 0.999), False: (0.01, 0.01, 0.002, 0.001)},
    "chronic_conditions": {
        0: (0.85, 0.62, 0.25, 0.10), 1: (0.12, 0.23, 0.30, 0.20), 2: (0.02, 0.10, 0.22, 0.25),
        3: (0.01, 0.04, 0.14, 0.25), 5: (0.00, 0.01, 0.09, 0.20),
    },
    "medicines": {
        0: (0.86, 0.60, 0.20, 0.08), 2: (0.12, 0.27, 0.32, 0.20), 4: (0.015, 0.08, 0.22, 0.22),
        5: (0.005, 0.03, 0.14, 0.20), 9: (0.00, 0.02, 0.12, 0.30),
    },
    "mental_ill_health": {
        "none": (0.90, 0.84, 0.90, 0.88), "passing": (0.07, 0.11, 0.07, 0.08),
        "long_term": (0.03, 0.05, 0.03, 0.04),
    },
    "substance_use": {True: (0.005, 0.05, 0.03, 0.01), False: (0.995, 0.95, 0.97, 0.99)},
    "disability": {
        "none": (0.94, 0.91, 0.82, 0.60), "some": (0.05, 0.075, 0.15, 0.32),
        "extensive": (0.01, 0.015, 0.03, 0.08),
    },
    "frail": {True: (0.002, 0.005, 0.06, 0.35), False: (0.998, 0.995, 0.94, 0.65)},
    "complex_needs": {True: (0.01, 0.02, 0.06, 0.18), False: (0.99, 0.98, 0.94, 0.82)},
    "housing": {
        "ordinary": (0.999, 0.995, 0.985, 0.87), "sabo": (0.0, 0.0, 0.012, 0.129),
        "lss": (0.001, 0.005, 0.003, 0.001),
    },
    "home_health_care": {True: (0.002, 0.004, 0.04, 0.20), False: (0.998, 0.996, 0.96, 0.80)},
    "home_help": {True: (0.0, 0.003, 0.05, 0.30), False: (1.0, 0.997, 0.95, 0.70)},
    "deprived_area": {True: (0.07, 0.06, 0.03, 0.02), False: (0.93, 0.94, 0.97, 0.98)},
    "vulnerable": {True: (0.05, 0.04, 0.02, 0.02), False: (0.95, 0.96, 0.98, 0.98)},
}  # fmt: skip
"""Of each fact of a patient, the share of each value in each band of age. All are made up: the
sources count none of these groups."""

EMPLOYMENT = {1.0: 0.45, 0.8: 0.30, 0.75: 0.15, 0.5: 0.10}
"""Employment rates and their shares; made up around the mean, 0.8525."""


def figure(name: str) -> float:
    """A number by its name."""
    return next(each.value for each in FIGURES if each.name == name)


def as_rows() -> list[list[str]]:
    """Every number as a row of text: name, value, unit, basis, where it stands or what it is."""
    rows = [
        [
            each.name,
            f"{each.value:,.4g}" if each.value < 100 else f"{each.value:,.0f}",
            each.unit,
            each.basis,
            "; ".join(filter(None, (each.document, each.section, each.reading))),
        ]
        for each in FIGURES
    ]
    for fact, spread in SPREADS.items():
        for value, shares in spread.items():
            cells = ", ".join(f"{share:g}" for share in shares)
            rows.append([f"{fact} = {str(value).lower()}", cells, "shares", "assumption",
                         "of 0 to 17, 18 to 65, 66 to 79, 80 and over"])  # fmt: skip
    for rate, share in EMPLOYMENT.items():
        rows.append([f"employment_rate = {rate:g}", f"{share:g}", "share", "assumption", ""])
    return rows
