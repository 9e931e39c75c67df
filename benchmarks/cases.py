"""physicians with patients.

Seeded, realistic pairs: the people that a health centre's roster holds, most of them fully known.
The same plain dicts go to every engine.
"""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any, NamedTuple

from benchmarks.shared import ON
from flk_rules import Patient, Physician, Training

COUNT, SEED, WITH_GAPS = 400, 20241001, 0.2

_STAGE_NONE = {"stage": "none"}
_LISTED = ("geriatrik", "internmedicin", "barn_och_ungdomsmedicin", "rehabiliteringsmedicin")
_OTHERS = ("kardiologi", "psykiatri", "ortopedi", "kirurgi", "neurologi", "akutsjukvard")
_FURTHER = ("allergologi", "palliativ_medicin", "beroendemedicin", "aldrepsykiatri", "neonatologi")


class Case(NamedTuple):
    """One pair as the caller has it; an absent key is a fact not known."""

    physician: dict[str, Any]
    patient: dict[str, Any]


def cases(count: int = COUNT, seed: int = SEED) -> list[Case]:
    """The pairs, the same for one seed."""
    chance = random.Random(seed)
    made = []
    for _ in range(count):
        physician, patient = _physician(chance), _patient(chance)
        if chance.random() < WITH_GAPS:
            _forget(chance, physician, patient)
        made.append(Case(physician, patient))
    return made


def distinct(count: int, seed: int = SEED) -> list[Case]:
    """Pairs of which no two have the same facts, with years of training by the day. Dropping what
    comes twice leaves a larger share of odd pairs than a roster has."""
    chance = random.Random(seed)
    found: dict[str, Case] = {}
    while len(found) < count:
        (case,) = cases(1, chance.randrange(2**62))
        if (done := case.physician.get("training", {}).get("years_done")) is not None:
            _shift(case.physician["training"], done, chance.randint(-90, 90))
        found[repr(case)] = case
    return list(found.values())


def _shift(training: dict[str, Any], done: float, days: int) -> None:
    years = round(days / 365.25, 4)
    training["years_done"] = round(done + years, 4)
    if (left := training.get("years_left")) is not None:
        training["years_left"] = round(left - years, 4)


def _physician(chance: random.Random) -> dict[str, Any]:
    profile = chance.choices(
        ("gp", "double", "listed", "other", "further", "st", "st_done", "st_other", "bt", "at"),
        (30, 6, 14, 8, 4, 20, 4, 4, 6, 4),
    )[0]
    specialties: list[str] = []
    training: dict[str, Any] = dict(_STAGE_NONE)
    match profile:
        case "gp":
            specialties = ["allmanmedicin"]
        case "double":
            specialties = ["allmanmedicin", chance.choice(_LISTED + _OTHERS)]
        case "listed":
            specialties = [chance.choice(_LISTED)]
        case "other":
            specialties = [chance.choice(_OTHERS)]
        case "further":
            specialties = [chance.choice(_FURTHER)]
            if chance.random() < 0.5:
                specialties.append(chance.choice(_OTHERS))
        case "st":
            training = _st(chance, "allmanmedicin")
        case "st_done":
            specialties = [chance.choice(_LISTED + _OTHERS)]
            training = _st(chance, "allmanmedicin")
        case "st_other":
            training = _st(chance, chance.choice(_OTHERS))
        case "bt" | "at":
            training = {"stage": profile}
    physician: dict[str, Any] = {
        "licence": chance.choices(
            ("valid", "special_appointment", "revoked", "none"), (90, 4, 3, 3)
        )[0],
        "specialties": specialties,
        "training": training,
    }
    if chance.random() < 0.4:
        physician["equivalent_competence"] = chance.choice(("equivalent", "not_equivalent"))
    return physician


def _st(chance: random.Random, specialty: str) -> dict[str, Any]:
    total = chance.choice((4.5, 5.0, 5.0, 5.5, 5.5, 6.0, 7.0))
    done = chance.choice((0.25, 1.0, 2.5, 3.0, 3.5, 4.0, 5.0, 5.2501))
    return {
        "stage": "st",
        "specialty": specialty,
        "regulation": chance.choice(("sosfs_2015_8", "hslf_fs_2021_8")),
        "supervised": chance.random() < 0.8,
        "years_done": done,
        "years_left": round(total - done, 4),
        "years_total": total,
    }


def _patient(chance: random.Random) -> dict[str, Any]:
    return {"age": chance.randint(0, 99), "covered_by_region": chance.random() < 0.95}


def _forget(chance: random.Random, physician: dict[str, Any], patient: dict[str, Any]) -> None:
    """Drop one to three facts, as records do."""
    for _ in range(chance.randint(1, 3)):
        owner = chance.choice((physician, physician, physician.get("training"), patient))
        if owner:
            del owner[chance.choice(sorted(owner))]


def with_dates(case: Case) -> Case:
    """The same pair, with dates to derive years and age from."""
    physician, patient = dict(case.physician), dict(case.patient)
    training = dict(physician.get("training", {}))
    left, done = training.pop("years_left", None), training.pop("years_done", None)
    training.pop("years_total", None)
    if left is not None:
        training["planned_end"] = ON + timedelta(days=round(left * 365.25))
    if done is not None:
        training["start"] = ON - timedelta(days=round(done * 365.25))
    physician["training"] = training
    if (age := patient.pop("age", None)) is not None:
        patient["birth_date"] = ON - timedelta(days=round((age + 0.5) * 365.25))
    return Case(physician, patient)


def with_objects(case: Case) -> Case:
    """The same pair as model objects; typed loosely, since every engine else takes dicts."""
    physician: Any = dict(case.physician)
    if "training" in physician:
        physician["training"] = Training(**physician["training"])
    return Case(Physician(**physician), Patient(**case.patient))  # type: ignore[arg-type]
