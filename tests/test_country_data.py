"""a synthetic country.

Its people come from a seed, have the shares that the table of numbers gives, and are facts that the
schema takes; each number of basis source stands in its document.
"""

from __future__ import annotations

import hashlib
import math
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import flk_rules
import support.country  # noqa: F401
from benchmarks.country import figures, making, people
from benchmarks.country.people import Country
from conftest import SHARED

SIZE = 40_000
ON = date(2024, 10, 1)
NATIONAL = flk_rules.load("se.national", on=ON)
SOURCES = {
    "delredovisning-2022": "kompetensforsorjning-delredovisning-2022.txt",
    "kompetens-2023": "kompetens-underlagsrapport-2023.txt",
    "sidotjanstgoring-2025": "st-sidotjanstgoring-2025.txt",
}

PINNED = {
    "patient.id": "P00012345",
    "patient.listed_with": None,
    "unit.id": "V0002",
    "patient.age": 6,
    "patient.covered_by_region": True,
    "patient.chronic_conditions": 0,
    "patient.medicines": 0,
    "patient.mental_ill_health": "none",
    "patient.substance_use": False,
    "patient.disability": "none",
    "patient.frail": False,
    "patient.complex_needs": False,
    "patient.housing": "ordinary",
    "patient.home_health_care": False,
    "patient.home_help": False,
    "patient.deprived_area": True,
    "patient.vulnerable": False,
    "patient.municipality": "dense_mixed",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("country")
    making.make(Country(patients=SIZE), made / "a", part=20_000)
    return made / "a"


def _patients(folder: Path) -> pa.Table:
    return pq.read_table(folder / "patients")


def _share(column: pa.ChunkedArray) -> float:
    return pc.mean(column.cast(pa.float64())).as_py()


def _digest(folder: Path) -> str:
    files = sorted(each for each in folder.rglob("*") if each.is_file())
    return hashlib.sha256(b"".join(each.read_bytes() for each in files)).hexdigest()


def _near(found: float, share: float, count: int = SIZE) -> bool:
    """Five standard errors; drawn once from a fixed seed, so it never flickers."""
    return abs(found - share) <= 5 * math.sqrt(max(share * (1 - share), 1e-9) / count)


def test_the_same_seed_gives_the_same_files(folder: Path, tmp_path: Path) -> None:
    making.make(Country(patients=SIZE), tmp_path / "again", part=20_000)
    assert _digest(tmp_path / "again") == _digest(folder)
    making.make(Country(patients=SIZE, seed=2), tmp_path / "other", part=20_000)
    assert _digest(tmp_path / "other") != _digest(folder)


def test_the_people_are_the_same_however_they_are_parted(folder: Path, tmp_path: Path) -> None:
    making.make(Country(patients=SIZE), tmp_path / "b")
    assert _patients(tmp_path / "b").equals(_patients(folder))


def test_a_pinned_person_stays_the_same(folder: Path) -> None:
    """The numbers do not change with NumPy or PyArrow."""
    first = _patients(folder).slice(12_345, 1).to_pylist()[0]
    assert first == PINNED


def test_ages_have_the_shares_of_the_table(folder: Path) -> None:
    age = _patients(folder)["patient.age"]
    assert _near(_share(pc.greater(age, 65)), figures.figure("over_65"))
    assert _near(_share(pc.less(age, 18)), figures.figure("child"))
    assert _near(_share(pc.greater_equal(age, 80)), figures.figure("old"))
    assert 0 <= pc.min(age).as_py() <= pc.max(age).as_py() <= 105


@pytest.mark.parametrize("fact", figures.SPREADS)
def test_facts_have_the_shares_of_the_table(folder: Path, fact: str) -> None:
    column, bands = _patients(folder)[f"patient.{fact}"], people.band_shares()
    for value, shares in figures.SPREADS[fact].items():
        expected = sum(share * band for share, band in zip(shares, bands, strict=True))
        assert _near(_share(pc.equal(column, value)), expected), value


def test_places_have_the_shares_of_the_table(folder: Path) -> None:
    column = _patients(folder)["patient.municipality"]
    everybody = sum(figures.figure(each) for each in people.PLACES)
    for place in people.PLACES:
        assert _near(_share(pc.equal(column, place)), figures.figure(place) / everybody)


def test_as_many_have_an_flk_as_the_sources_say(folder: Path) -> None:
    rows = _patients(folder)
    listed = rows["patient.listed_with"].is_valid()
    ill = pc.greater_equal(rows["patient.chronic_conditions"], 2)
    sabo = pc.equal(rows["patient.housing"], "sabo")
    assert _near(_share(listed), figures.figure("listed"))
    at_home = listed.filter(pc.and_(ill, pc.invert(sabo)))
    assert _near(_share(at_home), figures.figure("listed_multimorbid"), len(at_home))
    there = listed.filter(sabo)
    assert _near(_share(there), figures.figure("listed_sabo"), len(there))


def test_physicians_are_dealt_as_the_sources_count_them(tmp_path: Path) -> None:
    country = Country(patients=10_600_000)
    assert (country.physicians, country.units) == (9_000, 1_171)
    rows = people.physicians(country, people.np.zeros(9_000, people.np.int64))
    stage, names = rows["physician.training.stage"], rows["physician.specialties"].to_pylist()
    assert pc.sum(pc.equal(stage, "st")).as_py() == figures.figure("st")
    for specialty in ("allmanmedicin", "barn_och_ungdomsmedicin", "psykiatri"):
        counted = sum(each[:1] == [specialty] for each in names)
        assert abs(counted - figures.figure(specialty)) <= 1
    assert pc.mean(rows["physician.employment_rate"]).as_py() == pytest.approx(0.85, abs=0.01)


def test_lists_are_counted(folder: Path) -> None:
    rows, doctors = _patients(folder), pq.read_table(folder / "physicians.parquet")
    counted = rows["patient.listed_with"].value_counts().to_pylist()
    counts = {each["values"]: each["counts"] for each in counted}
    for doctor in doctors.to_pylist():
        assert doctor["physician.listed"] == counts.get(doctor["physician.id"], 0)
        if doctor["physician.training.stage"] in ("at", "bt"):
            assert doctor["physician.listed"] == 0
    homes = {each["physician.id"]: each["unit.id"] for each in doctors.to_pylist()}
    pairs = zip(rows["patient.listed_with"].to_pylist(), rows["unit.id"].to_pylist(), strict=True)
    assert all(homes[doctor] == unit for doctor, unit in pairs if doctor)
    places = pq.read_table(folder / "units.parquet").to_pylist()
    assert sum(each["unit.listed"] for each in places) == SIZE
    where = {each["unit.id"]: each["unit.municipality"] for each in places}
    if set(where.values()) == set(people.PLACES):
        for unit, place in zip(*(rows[each].to_pylist() for each in
                                 ("unit.id", "patient.municipality")), strict=True):  # fmt: skip
            assert where[unit] == place


def test_facts_are_taken_by_the_schema(folder: Path) -> None:
    """Every physician and some hundred patients, read at the library's edge."""
    doctors = pq.read_table(folder / "physicians.parquet").to_pylist()
    someone = _patients(folder).slice(0, 300).to_pylist()
    for number, row in enumerate(someone):
        pair = {**doctors[number % len(doctors)], **row}
        subjects: dict[str, dict[str, object]] = {"physician": {}, "patient": {}}
        for name, value in pair.items():
            subject, *parts = name.split(".")
            if subject == "unit" or name == "patient.listed_with":
                continue
            place = subjects[subject]
            for part in parts[:-1]:
                place = place.setdefault(part, {})  # type: ignore[assignment]
            place[parts[-1]] = value
        decision = NATIONAL.decide("eligibility", **subjects)
        assert decision.outcome.value in ("eligible", "not_eligible", "assess")


def test_some_facts_are_not_known_on_request(tmp_path: Path) -> None:
    making.make(Country(patients=SIZE, unknown=0.1), tmp_path / "c")
    rows = _patients(tmp_path / "c")
    for name in rows.column_names:
        share = rows[name].null_count / SIZE
        if name in ("patient.id", "unit.id"):
            assert share == 0
        elif name != "patient.listed_with":
            assert _near(share, 0.1)
    assert rows["patient.listed_with"].is_valid().to_pylist() == (
        _patients(tmp_path / "c")["patient.listed_with"].is_valid().to_pylist()
    )


@pytest.mark.parametrize("on", [ON, date(2024, 2, 29), date(2025, 2, 28), date(2024, 12, 31)])
def test_birth_dates_give_the_ages(on: date, tmp_path: Path) -> None:
    making.make(Country(patients=10_000, on=on), tmp_path / "ages")
    making.make(Country(patients=10_000, on=on, birth_dates=True), tmp_path / "dates")
    ages = _patients(tmp_path / "ages")["patient.age"].to_pylist()
    days = _patients(tmp_path / "dates")["patient.birth_date"].to_pylist()
    from flk_rules.model.calendar import whole_years

    assert [whole_years(day, on) for day in days] == ages


def test_everybody_can_be_listed(tmp_path: Path) -> None:
    making.make(Country(patients=10_000, listed=1.0), tmp_path / "d")
    assert _patients(tmp_path / "d")["patient.listed_with"].null_count == 0


def test_what_is_there_is_not_written_over(folder: Path) -> None:
    before = _digest(folder)
    with pytest.raises(making.Unmade, match="already there; name another folder"):
        making.make(Country(patients=10_000), folder)
    assert _digest(folder) == before


def test_nothing_half_written_has_a_final_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(making.pq.ParquetWriter, "write_table", full)
    with pytest.raises(making.Unmade, match="No space left on device"):
        making.make(Country(patients=10_000), tmp_path / "e")
    assert not [each for each in (tmp_path / "e").rglob("*") if each.is_file()]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--patients", "9999", "x"], "--patients: expected 10,000 to 10,600,000, found '9999'"),
        (["--patients", "many", "x"], "--patients: expected 10,000 to 10,600,000, found 'many'"),
        (["--unknown", "2", "x"], "--unknown: expected a share from 0 to 1, found '2'"),
        (["--on", "1/10", "x"], "--on: expected a date like 2024-10-01, found '1/10'"),
        ([], "expected a folder to write to"),
    ],
)
def test_wrong_options_are_told(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        making.main(arguments)
    assert said in capsys.readouterr().err


def test_the_command_writes_and_prints(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = str(tmp_path / "f")
    assert making.main([where, "--patients", "10_000", "--physicians", "12", "--units", "2"]) == 0
    assert capsys.readouterr().out == f"{where}: 10,000 patients, 12 physicians, 2 units\n"
    assert making.main([where]) == 1
    assert "already there" in capsys.readouterr().err
    assert making.main(["--figures"]) == 0
    printed = capsys.readouterr().out
    assert "Tillgång på specialistläkare i allmänmedicin; table 3, 2019" in printed
    assert "| frail = true" in printed


def test_every_number_has_its_basis() -> None:
    for each in figures.FIGURES:
        if each.basis == "source":
            assert each.document in NATIONAL.model.documents
            assert each.section
        else:
            assert each.basis == "assumption"
            assert not each.document
    for fact, spread in figures.SPREADS.items():
        for band in range(4):
            total = sum(shares[band] for shares in spread.values())
            assert total == pytest.approx(1), fact
    assert sum(figures.EMPLOYMENT.values()) == pytest.approx(1)


def test_numbers_stand_in_their_documents() -> None:
    folder = SHARED / "sources"
    if not folder.is_dir():
        pytest.skip(f"the sources are not beside the checkout ({folder})")
    for each in figures.FIGURES:
        if each.basis == "source":
            text = (folder / SOURCES[each.document]).read_text(encoding="utf-8")
            plain = "".join(text.replace("-\n", "").split())
            assert "".join(each.section.split()) in plain, each.section
            assert any(form in plain for form in _forms(each)), each.name


def _forms(each: figures.Figure) -> list[str]:
    """How the document may print a number; table 3's small ones are differences of these."""
    if each.name in ("barn_och_ungdomsmedicin", "geriatrik"):
        return ["4489"]
    if each.unit == "share":
        return [f"{each.value * 100:g}procent".replace(".", ",")]
    return [f"{each.value:g}år".replace(".", ","), f"{each.value:.0f}"]
