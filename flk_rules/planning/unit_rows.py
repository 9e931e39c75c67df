"""rows of a unit.

Physicians, patients and visits as a unit keeps them, checked against each other: who is listed with
whom, and who met whom. A unit with a row that cannot be read is not planned, for each number would
be of another unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from attrs import field, frozen

from flk_rules.adapters.rows import Place, Row
from flk_rules.errors import FactsInvalid, PlanInvalid, Problem, nearest, shown
from flk_rules.facts import Intake
from flk_rules.facts.cells import UNKNOWN_WORDS
from flk_rules.facts.headings import LISTED_WITH, normal
from flk_rules.facts.validating import Rejected, read_date, read_reference
from flk_rules.library import Ruleset
from flk_rules.planning.continuity import Visit, Window
from flk_rules.planning.unit_data import Listing, PatientRow, PhysicianRow, UnitData

_LISTED = LISTED_WITH.name.partition(".")[2]
"""The key of a patient that names the physician."""
NOBODY = ("ingen", "none")
"""How a row says that a patient is listed with no named physician."""
VISIT_KEYS = ("patient", "physician", "date")
WINDOW_KEYS = ("name", "first", "last")
MAX_NAME = 100
"""Characters a physician's name may have."""


def make_unit(
    ruleset: Ruleset,
    *,
    physicians: Iterable[Mapping[str, Any]],
    patients: Iterable[Mapping[str, Any]] | None = None,
    visits: Iterable[Mapping[str, Any]] | None = None,
    unit: Mapping[str, Any] | None = None,
    window: Window | None = None,
) -> UnitData:
    """A unit from mappings, as an embedding system has them.

    Args:
        ruleset: has the schema and the date.
        physicians: facts of each, with ``id``.
        patients: facts of each; ``listed_with`` is a physician's id, ``"none"`` for no named
            physician, None where it is not known.
        visits: each with ``patient``, ``physician`` and ``date``.
        unit: facts of the unit.
        window: the days whose visits count.

    Raises `PlanInvalid` with every mistake, at ``physician 1`` and the like.
    """
    given = {"physician": physicians, "patient": patients, "visit": visits}
    rows = {
        subject: [
            Row((Place("", n, subject=subject),), {subject: each})
            for n, each in enumerate(found, 1)
        ]
        for subject, found in given.items()
        if found is not None
    }
    if unit is not None:
        rows["unit"] = [Row((Place("", 1, subject="unit"),), {"unit": unit})]
    return unit_of_rows(ruleset, rows, window=window)


def unit_of_rows(
    ruleset: Ruleset,
    rows: Mapping[str, Sequence[Row]],
    *,
    window: Window | None = None,
) -> UnitData:
    """A unit from rows by subject.

    Raises `PlanInvalid` with every mistake of every row.
    """
    return _Reading(ruleset, window).unit(rows)


@frozen
class _Reading:
    ruleset: Ruleset
    window: Window | None
    problems: list[Problem] = field(factory=list)
    keys: dict[str, str] = field(factory=dict)
    intake: Intake = field(init=False)

    @intake.default
    def _make(self) -> Intake:
        return Intake(self.ruleset.schema)

    def unit(self, rows: Mapping[str, Sequence[Row]]) -> UnitData:
        facts = self.only("unit", rows)
        window = self.days(rows)
        physicians = tuple(self.physicians(rows.get("physician", ())))
        if not rows.get("physician"):
            self.tell("", "no physicians; a plan is about at least one")
        known = {each.key: each.id for each in physicians}
        patients = tuple(self.patients(rows["patient"], known)) if "patient" in rows else None
        visits = None
        if "visit" in rows:
            if patients is None:
                self.tell("", "visits without patients; give the patients too")
            visits = self.visits(rows["visit"], patients or (), known)
        if self.problems:
            raise PlanInvalid(self.problems)
        return UnitData(
            facts=facts, physicians=physicians, patients=patients, visits=visits, window=window
        )

    def key(self, name: str) -> str:
        """A name as compared; each is made comparable once."""
        found = self.keys.get(name)
        if found is None:
            found = self.keys[name] = normal(name)
        return found

    def tell(self, where: str, message: str) -> None:
        self.problems.append(Problem(where, message))

    def only(self, subject: str, rows: Mapping[str, Sequence[Row]]) -> Mapping[str, Any] | None:
        found = rows.get(subject, ())
        if len(found) > 1:
            self.tell(found[1].where, f"expected one {subject}, found {len(found)}")
        return self.facts(found[0], subject) if found else None

    def facts(self, row: Row, subject: str) -> Mapping[str, Any] | None:
        """The facts of a row, without what is no fact; None where it has none. A row with mistakes
        is read on, so that all are told and nobody seems to be missing."""
        self.problems.extend(row.problems)
        content = row.subjects.get(subject)
        if not isinstance(content, Mapping):
            if not row.problems:
                self.tell(row.where, f"expected a table of facts, found {shown(content)}")
            return None
        facts = {key: each for key, each in content.items() if key != _LISTED}
        try:
            self.intake.read(self.ruleset.on, (subject,), {subject: facts})
        except FactsInvalid as error:
            for each in error.problems:
                where = row.headings.get(each.where, each.where)
                self.tell(f"{row.where} {where}", each.message)
        return facts

    def physicians(self, rows: Iterable[Row]) -> Iterator[PhysicianRow]:
        places: dict[str, str] = {}
        for row in rows:
            facts = self.facts(row, "physician")
            if facts is None:
                continue
            name = _name(facts.get("id"))
            if name is None:
                continue
            # A name that begins as a formula would run in the spreadsheet that opens our table.
            if not name or not name.isprintable() or not name[0].isalnum() or len(name) > MAX_NAME:
                expected = f"expected a name of at most {MAX_NAME} characters that begins with a"
                self.tell(f"{row.where} id", f"{expected} letter or digit, found {shown(name)}")
            elif self.key(name) in NOBODY:
                message = f"expected a name, found {shown(name)}, which says that nobody is"
                self.tell(f"{row.where} id", message)
            elif self.first(places, name, row, "id"):
                yield PhysicianRow(id=name, key=self.key(name), facts=facts, where=row.where)

    def patients(self, rows: Iterable[Row], known: Mapping[str, str]) -> Iterator[PatientRow]:
        places: dict[str, str] = {}
        for row in rows:
            facts = self.facts(row, "patient")
            if facts is None:
                continue
            listing, physician = self.listing(row.subjects["patient"].get(_LISTED), row, known)
            name = _name(facts.get("id")) or None
            if name is None or self.first(places, name, row, "id"):
                yield PatientRow(
                    id=name,
                    key=name and self.key(name),
                    facts=facts,
                    listing=listing,
                    physician=physician,
                    where=row.where,
                )

    def listing(self, value: Any, row: Row, known: Mapping[str, str]) -> tuple[Listing, str | None]:
        if value is None:
            return Listing.UNKNOWN, None
        try:
            name = _name(read_reference(value)) or ""
        except Rejected as error:
            self.tell(f"{row.where} {row.headings.get(LISTED_WITH.name, _LISTED)}", str(error))
            return Listing.UNKNOWN, None
        key = self.key(name)
        if key in NOBODY:
            return Listing.NONE, None
        if key in known:
            return Listing.NAMED, key
        hint = (
            f"; write {NOBODY[1]} where there is none, and nothing where it is not known"
            if not key or key in UNKNOWN_WORDS
            else nearest(name, known.values())
        )
        where = f"{row.where} {row.headings.get(LISTED_WITH.name, _LISTED)}"
        self.tell(where, f"no physician called {shown(name)}{hint}")
        return Listing.UNKNOWN, None

    def first(self, places: dict[str, str], name: str, row: Row, key: str) -> bool:
        """Whether nobody before has the name."""
        before = places.setdefault(self.key(name), row.where)
        if before != row.where:
            self.tell(f"{row.where} {key}", f"{shown(name)} is there already, as {before}")
        return before == row.where

    def visits(
        self, rows: Iterable[Row], patients: Iterable[PatientRow], known: Mapping[str, str]
    ) -> dict[str, list[Visit]]:
        there = {each.key for each in patients if each.key is not None}
        found: dict[str, list[Visit]] = {}
        for row in rows:
            values = self.table(row, "visit", VISIT_KEYS)
            if values is None:
                continue
            names = {key: self.named(row, key, values[key]) for key in VISIT_KEYS[:2]}
            day = self.day(row, "date", values["date"])
            patient, physician = (self.key(names[key] or "") for key in VISIT_KEYS[:2])
            if names["patient"] and patient not in there:
                message = f"no patient called {shown(names['patient'])} among the patients"
                self.tell(f"{row.where} patient", message)
            elif patient and physician and day is not None:
                found.setdefault(patient, []).append(Visit(on=day, physician=physician))
        return found

    def days(self, rows: Mapping[str, Sequence[Row]]) -> Window | None:
        """The window of the rows, or else the one that was given."""
        found = rows.get("window", ())
        if len(found) > 1:
            self.tell(found[1].where, f"expected one window, found {len(found)}")
        values = self.table(found[0], "window", WINDOW_KEYS) if found else None
        window = self.window
        if values is not None:
            name = self.named(found[0], "name", values["name"])
            first, last = (self.day(found[0], key, values[key]) for key in WINDOW_KEYS[1:])
            if name and first and last:
                if self.window is not None:
                    self.tell(found[0].where, "a window is given beside the plan too; give one")
                window = Window(name=name, first=first, last=last)
        if window is not None and window.last < window.first:
            where = f"window {shown(window.name)}"
            self.tell(where, f"ends {window.last}, before it starts {window.first}")
        return window

    def table(self, row: Row, subject: str, keys: tuple[str, ...]) -> dict[str, Any] | None:
        self.problems.extend(row.problems)
        content = row.subjects.get(subject)
        if row.problems:
            return None
        if not isinstance(content, Mapping):
            self.tell(row.where, f"expected a table with {', '.join(keys)}, found {shown(content)}")
            return None
        for key in content:
            if key not in keys:
                self.tell(row.where, f"unknown key {shown(key)}{nearest(str(key), keys)}")
        return {key: content.get(key) for key in keys}

    def named(self, row: Row, key: str, value: Any) -> str | None:
        try:
            name = "" if value is None else _name(read_reference(value))
        except Rejected as error:
            self.tell(f"{row.where} {key}", str(error))
            return None
        if not name:
            self.tell(f"{row.where} {key}", "expected a name, found nothing; leave the row out")
        return name or None

    def day(self, row: Row, key: str, value: Any) -> date | None:
        try:
            return read_date(value)
        except Rejected as error:
            self.tell(f"{row.where} {key}", str(error))
            return None


def _name(value: object) -> str | None:
    """A name with single spaces, empty where there is none; None for what is no name, which the
    facts' own reading has told."""
    if value is None:
        return ""
    return " ".join(str(value).split()) if type(value) in (str, int) else None
