"""contacts, placements, units.

What is not a physician or a patient, and is asked about with them.
"""

from __future__ import annotations

from attrs import frozen

from flk_rules.model.schema import Changes, code, fact, reference
from flk_rules.model.values import BOOL, DOUBLE


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
class Unit:
    """A health centre."""

    id: str | None = reference(sv="enhet", en="unit")
    gp_staffing: str | None = fact(
        code("gp_staffing"),
        changes=Changes.DECISION,
        sv="specialister i allmänmedicin på enheten",
        en="specialists in general practice at the unit",
    )
