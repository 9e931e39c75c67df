"""people from a seed.

Draws patients, physicians and units in chunks of a fixed size, each from a stream of its own, so
that the same seed gives the same people whatever memory there is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import field, frozen
from numpy.typing import NDArray

from benchmarks.country.figures import BANDS, EMPLOYMENT, FIRST_YEARS, SPREADS, figure
from flk_rules.model.calendar import EARLIEST

CHUNK = 20_000
"""Patients drawn at a time."""
PLACES = (
    "large_city", "dense_mixed", "sparse_mixed", "rural_near_town", "rural_sparse",
    "rural_very_sparse",
)  # fmt: skip
LISTING = (
    "allmanmedicin", "st", "psykiatri", "geriatrik", "barn_och_ungdomsmedicin", "internmedicin",
    "rehabiliteringsmedicin", "none",
)  # fmt: skip
"""Physicians who have lists; those in AT and BT come after them and have none."""
KINDS = (*LISTING, "bt", "at")
_PATIENTS, _PHYSICIANS, _UNITS = 1, 2, 3
_DAYS = 365.25

Numbers = NDArray[np.int64]
Shares = NDArray[np.float64]


class Draw:
    """Uniform numbers from a seed, the same with every version of NumPy."""

    def __init__(self, *seed: int) -> None:
        self._bits = np.random.PCG64(np.random.SeedSequence(seed))

    def uniform(self, count: int) -> Shares:
        """Numbers from 0 to less than 1."""
        drawn: Shares = (self._bits.random_raw(count) >> np.uint64(11)) * 2.0**-53
        return drawn

    def choice(self, shares: Sequence[float], count: int) -> Numbers:
        """Which of the shares, by its number."""
        return _nearest(np.cumsum(shares), self.uniform(count))


def _nearest(upto: Shares, drawn: Shares) -> Numbers:
    last = len(upto) - 1
    return np.minimum(np.searchsorted(upto / upto[-1], drawn, side="right"), last)


@frozen(kw_only=True)
class Country:
    """How many there are of whom.

    `unknown` is the share of each fact that is not known; `listed` the share of patients who have
    an FLK, None for the sources' own.
    """

    patients: int
    seed: int = 1
    on: date = date(2024, 10, 1)
    physicians: int = field()
    units: int = field()
    unknown: float = 0.0
    listed: float | None = None
    birth_dates: bool = False

    @physicians.default
    def _default_physicians(self) -> int:
        return max(len(KINDS), round(self.patients / figure("patients_per_physician")))

    @units.default
    def _default_units(self) -> int:
        return max(1, round(self.patients * figure("units") / figure("population")))

    @property
    def listing(self) -> int:
        """How many physicians have lists: the first ones."""
        without = sum(figure(kind) for kind in KINDS if kind not in LISTING)
        share = without / sum(figure(kind) for kind in KINDS)
        return max(1, self.physicians - round(self.physicians * share))


def ages() -> Shares:
    """The share of each year of age."""
    band = dict(zip(BANDS, band_shares(), strict=True))
    parts = []
    for name, first, end in zip(BANDS, FIRST_YEARS, FIRST_YEARS[1:], strict=False):
        weights = np.arange(end - first, 0, -1.0) if name == "old" else np.ones(end - first)
        parts.append(band[name] * weights / weights.sum())
    return np.concatenate(parts)


def band_shares() -> tuple[float, float, float, float]:
    """The share of each band of age."""
    over, child, old = figure("over_65"), figure("child"), figure("old")
    return child, 1 - child - over, over - old, old


def listed_otherwise() -> float:
    """The share with an FLK among those who neither live in SÄBO nor have several long-term
    illnesses: what is left for them of the share of everybody."""
    bands = band_shares()
    several = [
        sum(share[band] for value, share in SPREADS["chronic_conditions"].items() if value >= 2)
        for band in range(len(BANDS))
    ]
    sabo = SPREADS["housing"]["sabo"]
    in_sabo = sum(bands[n] * sabo[n] for n in range(len(bands)))
    ill = sum(bands[n] * (1 - sabo[n]) * several[n] for n in range(len(bands)))
    given = in_sabo * figure("listed_sabo") + ill * figure("listed_multimorbid")
    return (figure("listed") - given) / (1 - in_sabo - ill)


def patients(country: Country) -> Iterator[tuple[pa.RecordBatch, Numbers, Numbers]]:
    """Chunks of patients, with the number of each one's physician (-1 for none) and unit."""
    places = _unit_places(country)
    for start in range(0, country.patients, CHUNK):
        count = min(CHUNK, country.patients - start)
        yield _patients(country, places, start, count)


def _patients(
    country: Country, places: Numbers, start: int, count: int
) -> tuple[pa.RecordBatch, Numbers, Numbers]:
    draw = Draw(country.seed, _PATIENTS, start // CHUNK)
    age = draw.choice(list(ages()), count)
    band = np.searchsorted(np.array(FIRST_YEARS[1:]), age, side="right")
    drawn = {fact: _spread(spread, band, draw) for fact, spread in SPREADS.items()}
    place = draw.choice([figure(each) for each in PLACES], count)
    unit = _units_of(place, places, draw.uniform(count))
    chronic = np.array([int(each) for each in SPREADS["chronic_conditions"]])
    several = chronic[drawn["chronic_conditions"]] >= 2
    sabo = drawn["housing"] == list(SPREADS["housing"]).index("sabo")
    physician = _physicians_of(country, unit, sabo, several, draw)
    columns: dict[str, pa.Array] = {
        "patient.id": _names("P", start + np.arange(count), 8),
        "patient.listed_with": _names("L", physician, 5),
        "unit.id": _names("V", unit, 4),
    }
    facts: dict[str, pa.Array] = {}
    chance = draw.uniform(count)
    if country.birth_dates:
        days = _birth_days(country.on, age, chance)
        facts["patient.birth_date"] = pa.array(days.astype(np.int32)).cast(pa.date32())
    else:
        facts["patient.age"] = pa.array(age.astype("int16"))
    for fact, spread in SPREADS.items():
        facts[f"patient.{fact}"] = _values(list(spread), drawn[fact])
    facts["patient.municipality"] = _values(list(PLACES), place)
    for name, values in facts.items():
        columns[name] = _forget(values, country.unknown, draw)
    return pa.RecordBatch.from_pydict(columns), physician, unit


def physicians(country: Country, listed: Numbers) -> pa.Table:
    """All physicians, each with as many listed as `listed` counts."""
    count, draw = country.physicians, Draw(country.seed, _PHYSICIANS)
    kind = _kinds(country, draw)
    named = np.array(KINDS, dtype=object)[kind]
    st, at = named == "st", named == "at"
    also = (named == "allmanmedicin") & (draw.uniform(count) < figure("double_specialist"))
    old = draw.uniform(count) < figure("st_under_2015")
    length = np.where(old, figure("st_years_2015"), figure("st_years_2021")) * _DAYS
    done = (draw.uniform(count) * length).astype(np.int64)
    today = (country.on - date(1970, 1, 1)).days
    begun = today - done
    ended = begun + length.round().astype(np.int64)
    chance = draw.uniform(count)
    revoked, none = figure("licence_revoked"), figure("licence_none")
    licence = np.select(
        [at, chance < revoked, chance < revoked + none],
        ["special_appointment", "revoked", "none"], "valid",
    )  # fmt: skip
    assessed = ~st & (named != "allmanmedicin")
    assessed &= draw.uniform(count) < figure("equivalence_assessed")
    equal = np.where(draw.uniform(count) < figure("equivalent"), "equivalent", "not_equivalent")
    stage = np.where(np.isin(named, ("st", "bt", "at")), named, "none")
    facts = {
        "physician.licence": pa.array(licence.tolist()),
        "physician.specialties": pa.array(
            [_specialties(each, two) for each, two in zip(named, also, strict=True)],
            pa.list_(pa.string()),
        ),
        "physician.employment_rate": pa.array(
            np.array(list(EMPLOYMENT))[draw.choice(list(EMPLOYMENT.values()), count)]
        ),
        "physician.listed": pa.array(listed),
        "physician.training.stage": pa.array(stage.tolist()),
        "physician.training.specialty": _where(st, ["allmanmedicin"] * count, pa.string()),
        "physician.training.regulation": _where(
            st, np.where(old, "sosfs_2015_8", "hslf_fs_2021_8").tolist(), pa.string()
        ),
        "physician.training.supervised": _where(
            st, (draw.uniform(count) < figure("st_supervised")).tolist(), pa.bool_()
        ),
        "physician.training.start": _where(st, begun.tolist(), pa.int32()).cast(pa.date32()),
        "physician.training.planned_end": _where(st, ended.tolist(), pa.int32()).cast(pa.date32()),
    }
    columns = {
        "physician.id": _names("L", np.arange(count), 5),
        "unit.id": _names("V", np.arange(count) % country.units, 4),
        # No assessment is what a rule asks for with has(): it stays unknown, whatever is forgotten.
        "physician.equivalent_competence": _where(assessed, equal.tolist(), pa.string()),
    }
    columns |= {name: _forget(each, country.unknown, draw) for name, each in facts.items()}
    return pa.table(columns)


def units(country: Country, listed: Numbers) -> pa.Table:
    """All units, each with as many listed as `listed` counts."""
    draw = Draw(country.seed, _UNITS, 1)
    places = _values(list(PLACES), _unit_places(country))
    return pa.table(
        {
            "unit.id": _names("V", np.arange(country.units), 4),
            "unit.listed": _forget(pa.array(listed), country.unknown, draw),
            "unit.municipality": _forget(places, country.unknown, draw),
        }
    )


def _unit_places(country: Country) -> Numbers:
    """The type of municipality of each unit: each type has its share of them, at the least one
    where there are enough."""
    draw = Draw(country.seed, _UNITS, 0)
    places = draw.choice([figure(each) for each in PLACES], country.units)
    if country.units >= len(PLACES):
        places[: len(PLACES)] = np.arange(len(PLACES))
    return places


def _units_of(place: Numbers, places: Numbers, chance: Shares) -> Numbers:
    """A unit of each patient's type of municipality; any unit where no unit is of that type."""
    found = np.empty(len(place), dtype=np.int64)
    for number in range(len(PLACES)):
        mine = place == number
        there = np.flatnonzero(places == number)
        if not len(there):
            there = np.arange(len(places))
        found[mine] = there[(chance[mine] * len(there)).astype(np.int64)]
    return found


def _physicians_of(
    country: Country, unit: Numbers, sabo: NDArray[np.bool_], several: NDArray[np.bool_], draw: Draw
) -> Numbers:
    """A physician with a list at each patient's unit, -1 for those who have none."""
    share: Shares | float
    if country.listed is None:
        share = np.where(several, figure("listed_multimorbid"), listed_otherwise())
        share = np.where(sabo, figure("listed_sabo"), share)
    else:
        share = country.listed
    has_one = draw.uniform(len(unit)) < share
    # Physicians are dealt out in turn: unit 3 of 100 has numbers 3, 103, 203, ...
    here = (country.listing - 1 - unit) // country.units + 1
    number = unit + (draw.uniform(len(unit)) * here).astype(np.int64) * country.units
    return np.where(has_one & (here > 0), number, -1)


def _kinds(country: Country, draw: Draw) -> Numbers:
    """What each physician is: shares as exact as whole numbers allow, in no order, those with
    lists first."""

    def dealt(kinds: Sequence[str], count: int, offset: int) -> Numbers:
        upto = np.cumsum([figure(kind) for kind in kinds])
        middles = (np.arange(count) + 0.5) / max(count, 1)
        return offset + _nearest(upto, middles)[np.argsort(draw.uniform(count), kind="stable")]

    listing = country.listing
    rest = dealt(KINDS[len(LISTING) :], country.physicians - listing, len(LISTING))
    return np.concatenate([dealt(LISTING, listing, 0), rest])


def _specialties(kind: str, also: bool) -> list[str]:
    if kind in ("st", "bt", "at", "none"):
        return []
    return [kind, "geriatrik"] if also else [kind]


def _spread(spread: Mapping[object, Sequence[float]], band: Numbers, draw: Draw) -> Numbers:
    """Which value of a spread each person has, by its number."""
    chance = draw.uniform(len(band))
    upto = np.cumsum(np.array(list(spread.values())), axis=0)
    found = np.zeros(len(band), dtype=np.int64)
    for row in upto[:-1]:
        found += chance >= row[band]
    return found


def _values(values: Sequence[object], which: Numbers) -> pa.Array:
    type_ = pa.int16() if type(values[0]) is int else None
    return pa.array(list(values), type_).take(pa.array(which))


def _where(there: NDArray[np.bool_], values: Sequence[object], type_: pa.DataType) -> pa.Array:
    pairs = zip(values, there, strict=True)
    return pa.array([value if mine else None for value, mine in pairs], type_)


def _forget(values: pa.Array, share: float, draw: Draw) -> pa.Array:
    if not share:
        return values
    forgotten = pa.array(draw.uniform(len(values)) < share)
    return pc.if_else(forgotten, pa.scalar(None, values.type), values)


def _names(letter: str, numbers: Numbers, digits: int) -> pa.Array:
    """References such as P00000012; None for a negative number."""
    known = pa.array(numbers, mask=numbers < 0)
    padded = pc.utf8_lpad(known.cast(pa.string()), digits, "0")
    return pc.binary_join_element_wise(letter, padded, "")


def _birth_days(on: date, age: Numbers, chance: Shares) -> Numbers:
    """Days since 1970 of births that give these ages on the date."""
    year = np.array(on.year - 1970 - age).astype("datetime64[Y]")
    after, upto = ((year + step).astype("datetime64[M]") + on.month - 1 for step in (-1, 0))
    if (on + timedelta(1)).month != on.month:  # a month's last day stands for all later
        early, late = (after + 1).astype("datetime64[D]"), (upto + 1).astype("datetime64[D]") - 1
    else:
        early, late = (
            months.astype("datetime64[D]") + day
            for months, day in ((after, on.day), (upto, on.day - 1))
        )
    first, last = early.astype(np.int64), late.astype(np.int64)
    days = first + (chance * (last - first + 1)).astype(np.int64)
    return np.maximum(days, (EARLIEST - date(1970, 1, 1)).days)
