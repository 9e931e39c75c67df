"""contacts, placements, units, changes.

What is not a physician or a patient, and is asked about with them.
"""

from __future__ import annotations

from datetime import date

from attrs import frozen

from flk_rules.model.calendar import YEAR_DECIMALS, years_from_to, years_since, years_until
from flk_rules.model.schema import Changes, Derived, code, day, fact, part, reference
from flk_rules.model.values import BOOL, DOUBLE, INT


@frozen(kw_only=True)
class Contact:
    """A person proposed as one of the three fixed contacts."""

    id: str | None = reference(sv="kontakt", en="contact")
    profession: str | None = fact(
        code("profession"), changes=Changes.DECISION, sv="yrke", en="profession"
    )
    setting: str | None = fact(
        code("setting"), changes=Changes.DECISION, sv="verksamhet", en="setting"
    )


@frozen(kw_only=True)
class Placement:
    """A side placement in primary care as it is planned."""

    id: str | None = reference(sv="sidotjänstgöring", en="side placement")
    weeks: float | None = fact(
        DOUBLE,
        changes=Changes.DECISION,
        sv="veckor",
        en="weeks",
        unit="week",
        minimum=0,
        maximum=104,
        scale=1,
    )
    longer_for_goals: bool | None = fact(
        BOOL,
        changes=Changes.DECISION,
        sv="delmålen behöver längre tid",
        en="the goals need more time",
    )
    supervision_hours: float | None = fact(
        DOUBLE,
        changes=Changes.DECISION,
        sv="handledning per vecka",
        en="supervision per week",
        unit="hour",
        minimum=0,
        maximum=40,
        scale=2,
    )
    supervisor_is_flk: bool | None = fact(
        BOOL,
        changes=Changes.DECISION,
        sv="handledaren är fast läkarkontakt",
        en="the supervisor is an FLK",
    )
    education_plan: bool | None = fact(
        BOOL,
        changes=Changes.DECISION,
        sv="individuell utbildningsplan finns",
        en="there is an individual education plan",
    )
    lengthens_training: bool | None = fact(
        BOOL, changes=Changes.DECISION, sv="förlänger ST", en="lengthens the training"
    )


@frozen(kw_only=True)
class Cap:
    """A region's temporary limit on the number listed with a unit; both days belong to it."""

    decided: bool | None = fact(
        BOOL,
        changes=Changes.DECISION,
        sv="regionen har beslutat om listningstak",
        en="the region has decided on a cap",
    )
    limit: int | None = fact(
        INT,
        changes=Changes.DECISION,
        sv="listningstakets antal",
        en="the cap's number",
        unit="patient",
        minimum=0,
        maximum=1000000,
    )
    start: date | None = day(sv="listningstak från", en="cap from")
    end: date | None = day(sv="listningstak till och med", en="cap to and including")
    years_since_start: float | None = fact(
        DOUBLE,
        changes=Changes.TIME,
        sv="år sedan taket började",
        en="years since the cap began",
        unit="year",
        minimum=-100,
        maximum=100,
        scale=YEAR_DECIMALS,
        derived=Derived(inputs=("start",), compute=years_since),
    )
    years_until_end: float | None = fact(
        DOUBLE,
        changes=Changes.TIME,
        sv="år tills taket upphör",
        en="years until the cap ends",
        unit="year",
        minimum=-100,
        maximum=100,
        scale=YEAR_DECIMALS,
        derived=Derived(inputs=("end",), compute=years_until),
    )
    years_total: float | None = fact(
        DOUBLE,
        changes=Changes.DECISION,
        sv="takets längd",
        en="length of the cap",
        unit="year",
        minimum=0,
        maximum=100,
        scale=YEAR_DECIMALS,
        derived=Derived(inputs=("start", "end"), compute=years_from_to),
    )


@frozen(kw_only=True)
class Unit:
    """A health centre."""

    id: str | None = reference(sv="enhet", en="unit")
    gp_staffing: str | None = fact(
        code("gp_staffing"),
        changes=Changes.DECISION,
        sv="specialister i allmänmedicin på enheten",
        en="specialists in general practice at the unit",
    )
    listed: int | None = fact(
        INT,
        changes=Changes.DECISION,
        sv="listade hos enheten",
        en="listed with the unit",
        unit="patient",
        minimum=0,
        maximum=1000000,
    )
    municipality: str | None = fact(
        code("municipality_type"),
        changes=Changes.DECISION,
        sv="enhetens kommuntyp",
        en="the unit's type of municipality",
    )
    cni: float | None = fact(
        DOUBLE,
        changes=Changes.DECISION,
        sv="Care Need Index",
        en="Care Need Index (CNI)",
        unit="index",
        minimum=0,
        maximum=100,
        scale=4,
    )
    few_other_professions: bool | None = fact(
        BOOL,
        changes=Changes.DECISION,
        sv="få andra yrkesgrupper enligt bedömning",
        en="assessed as having few other professions",
    )
    cap: Cap | None = part(Cap)


@frozen(kw_only=True)
class Relistings:
    """How often a patient has changed provider, as of the date asked about; the first listing and
    changes within a unit not counted."""

    calendar_year: int | None = fact(
        INT,
        changes=Changes.DECISION,
        sv="omlistningar detta kalenderår",
        en="relistings this calendar year",
        unit="relisting",
        minimum=0,
        maximum=400,
    )
    twelve_months: int | None = fact(
        INT,
        changes=Changes.DECISION,
        sv="omlistningar de senaste tolv månaderna",
        en="relistings in the last twelve months",
        unit="relisting",
        minimum=0,
        maximum=400,
    )


@frozen(kw_only=True)
class Change:
    """A change of physician or provider that is asked for."""

    id: str | None = reference(sv="byte", en="change")
    special_reasons: bool | None = fact(
        BOOL, changes=Changes.DECISION, sv="särskilda skäl", en="special reasons"
    )
    within_unit: bool | None = fact(
        BOOL,
        changes=Changes.DECISION,
        sv="byte av läkare inom enheten",
        en="change of physician within the unit",
    )
