"""continuity of a unit.

The three measures of each patient, averaged over a list and over the unit.
"""

from __future__ import annotations

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


class Measuring:
    """The continuity of a unit's patients, one added after the other, by physician's key too.

    Formulas: of a patient as `continuity` has them (UPC with the physician they are listed with as
    the usual one); the average is the sum of the patients' values / the patients.
    """

    def __init__(self, unit: UnitData, window: Window) -> None:
        self._visits, self._window = unit.visits or {}, window
        self._all = _Averages()
        self._lists = {each.key: _Averages() for each in unit.physicians}

    def add(self, patient: PatientRow) -> None:
        """One more patient."""
        averages = [self._all, *([self._lists[patient.physician]] if patient.physician else [])]
        visits = self._visits.get(patient.key, ()) if patient.key else ()
        concentrated = coc(visits, self._window) if len(visits) >= FEWEST else None
        if concentrated is None:
            for each in averages:
                each.too_few += 1
            return
        usual = patient.physician
        values = (
            (concentrated, "coc"),
            (secon(visits, self._window), "secon"),
            (upc(visits, self._window, usual=usual) if usual else None, "upc"),
        )
        for each in averages:
            for value, name in values:
                if value is not None:
                    getattr(each, name).add(value)

    def together(self) -> Continuity:
        """The averages over all patients."""
        return self._all.found()

    def of(self, physician: str) -> Continuity:
        """The averages over one physician's list."""
        return self._lists[physician].found()
