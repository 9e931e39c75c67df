"""continuity of a unit.

The three measures of each patient, averaged over a list and over the unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction

from attrs import define, frozen

from flk_rules.planning.continuity import FEWEST, Window, coc, secon, upc
from flk_rules.planning.unit_data import PatientRow, UnitData


@frozen(kw_only=True)
class Continuity:
    """Measures averaged over patients, each patient weighing the same whatever their visits.

    `patients` have at least two visits in the window and are averaged in `coc` and `secon`;
    `with_physician` of them have a named physician, and `upc` is averaged over these: the share of
    visits that were to the physician they are listed with. `too_few` have fewer visits and are in
    no average. A measure is None where nobody can be averaged.
    """

    patients: int
    with_physician: int
    too_few: int
    upc: Fraction | None
    coc: Fraction | None
    secon: Fraction | None


@define
class _Sum:
    number: int = 0
    total: Fraction = Fraction(0)

    def add(self, value: Fraction) -> None:
        self.number += 1
        self.total += value

    @property
    def mean(self) -> Fraction | None:
        return self.total / self.number if self.number else None


@define(init=False)
class _Averages:
    upc: _Sum
    coc: _Sum
    secon: _Sum
    too_few: int

    def __init__(self) -> None:
        self.upc, self.coc, self.secon, self.too_few = _Sum(), _Sum(), _Sum(), 0

    def found(self) -> Continuity:
        return Continuity(
            patients=self.coc.number,
            with_physician=self.upc.number,
            too_few=self.too_few,
            upc=self.upc.mean,
            coc=self.coc.mean,
            secon=self.secon.mean,
        )


def twelve_months(on: date) -> Window:
    """The twelve months up to a day, that day among them. No source names a window, so this is an
    assumption of ours.

    >>> print(twelve_months(date(2024, 10, 1)).name)
    2023-10-02 – 2024-10-01
    """
    leap = (on.month, on.day) == (2, 29)
    before = date(on.year - 1, 2, 28) if leap else on.replace(year=on.year - 1)
    first = before + timedelta(days=1)
    return Window(name=f"{first} – {on}", first=first, last=on)


def continuity_of(
    unit: UnitData, window: Window
) -> tuple[Continuity, Mapping[str, Continuity]] | tuple[None, None]:
    """The continuity of the unit's patients, and of each physician's by key; nothing where
    nothing is known of visits.

    Formulas: of a patient as `continuity` has them (UPC with the physician they are listed with as
    the usual one); the average is the sum of the patients' values / the patients.
    """
    if unit.visits is None:
        return None, None
    everybody, lists = _Averages(), {each.key: _Averages() for each in unit.physicians}
    for patient in unit.patients or ():
        own = [everybody, *([lists[patient.physician]] if patient.physician else [])]
        _add(own, patient, unit, window)
    return everybody.found(), {key: each.found() for key, each in lists.items()}


def _add(
    averages: Iterable[_Averages], patient: PatientRow, unit: UnitData, window: Window
) -> None:
    assert unit.visits is not None
    visits = unit.visits.get(patient.key, ()) if patient.key else ()
    concentrated = coc(visits, window) if len(visits) >= FEWEST else None
    if concentrated is None:
        for each in averages:
            each.too_few += 1
        return
    in_turn = secon(visits, window)
    usual = upc(visits, window, usual=patient.physician) if patient.physician else None
    for each in averages:
        for total, value in ((each.coc, concentrated), (each.secon, in_turn), (each.upc, usual)):
            if value is not None:
                total.add(value)
