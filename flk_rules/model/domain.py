"""what rules are about.

The domain model. Every field may be None, which means *not known*: never false, zero or today.
A whole subject left out of a call is something else again: the answer is then a condition on it.
"""

from __future__ import annotations

from datetime import date

from attrs import frozen

from flk_rules.model.calendar import (
    YEAR_DECIMALS,
    age_on,
    years_from_to,
    years_since,
    years_until,
)
from flk_rules.model.care import Change, Contact, Placement, Relistings, Unit
from flk_rules.model.schema import (
    Changes,
    Derived,
    code,
    day,
    derive_schema,
    fact,
    part,
    reference,
)
from flk_rules.model.values import BOOL, DOUBLE, INT, Kind, Type


@frozen(kw_only=True)
class Training:
    """A physician's training: `stage` none, at, bt or st; years in calendar-exact years.

    `years_left` is negative when the planned end has passed. The years may be given instead of
    the dates, never both.
    """

    stage: str | None = fact(
        code("training_stage"),
        changes=Changes.DECISION,
        sv="utbildningsskede",
        en="training stage",
    )
    specialty: str | None = fact(
        code("specialty"), changes=Changes.DECISION, sv="ST-specialitet", en="training specialty"
    )
    regulation: str | None = fact(
        code("regulation"), changes=Changes.FIXED, sv="ST-föreskrift", en="training regulation"
    )
    supervised: bool | None = fact(
        BOOL, changes=Changes.DECISION, sv="handledning säkrad", en="supervision assured"
    )
    start: date | None = day(sv="ST-start", en="training start")
    planned_end: date | None = day(sv="ST-slut", en="planned end of training")
    years_done: float | None = fact(
        DOUBLE,
        changes=Changes.TIME,
        sv="år av utbildningen",
        en="years of training done",
        unit="year",
        minimum=-100,
        maximum=100,
        scale=YEAR_DECIMALS,
        derived=Derived(inputs=("start",), compute=years_since),
    )
    years_left: float | None = fact(
        DOUBLE,
        changes=Changes.TIME,
        sv="år kvar",
        en="years of training left",
        unit="year",
        minimum=-100,
        maximum=100,
        scale=YEAR_DECIMALS,
        derived=Derived(inputs=("planned_end",), compute=years_until),
    )
    years_total: float | None = fact(
        DOUBLE,
        changes=Changes.DECISION,
        sv="utbildningens längd",
        en="planned length of training",
        unit="year",
        minimum=0,
        maximum=100,
        scale=YEAR_DECIMALS,
        derived=Derived(inputs=("start", "planned_end"), compute=years_from_to),
    )


@frozen(kw_only=True)
class Physician:
    """A physician as a health centre's roster knows them."""

    id: str | None = reference(sv="läkare", en="physician")
    licence: str | None = fact(
        code("licence"), changes=Changes.DECISION, sv="legitimation", en="licence"
    )
    specialties: tuple[str, ...] | None = fact(
        Type(Kind.LIST, "specialty", Kind.STRING),
        changes=Changes.DECISION,
        sv="specialiteter",
        en="specialties",
    )
    equivalent_competence: str | None = fact(
        code("equivalent_competence"),
        changes=Changes.DECISION,
        sv="likvärdig kompetens",
        en="equivalent competence",
    )
    listed: int | None = fact(
        INT,
        changes=Changes.DECISION,
        sv="listade hos läkaren",
        en="listed with the physician",
        unit="patient",
        minimum=0,
        maximum=100000,
    )
    employment_rate: float | None = fact(
        DOUBLE,
        changes=Changes.DECISION,
        sv="tjänstgöringsgrad",
        en="employment rate",
        unit="share",
        minimum=0,
        maximum=1,
        scale=4,
    )
    duties: tuple[str, ...] | None = fact(
        Type(Kind.LIST, "duty", Kind.STRING),
        changes=Changes.DECISION,
        sv="uppdrag vid sidan av listan",
        en="duties beside the list",
    )
    older_multi_ill: str | None = fact(
        code("older_multi_ill"),
        changes=Changes.DECISION,
        sv="uppdrag för äldre och multisjuka",
        en="assignment for older and multi-ill people",
    )
    unlisted_time: float | None = fact(
        DOUBLE,
        changes=Changes.DECISION,
        sv="tid för olistade patienter",
        en="time for unlisted patients",
        unit="share",
        minimum=0,
        maximum=1,
        scale=4,
    )
    little_experience: bool | None = fact(
        BOOL,
        changes=Changes.DECISION,
        sv="liten erfarenhet enligt bedömning",
        en="assessed as having little experience",
    )
    only_older_patients: bool | None = fact(
        BOOL, changes=Changes.DECISION, sv="träffar bara äldre", en="meets older patients only"
    )
    goals_met: tuple[str, ...] | None = fact(
        Type(Kind.LIST, "competence_goal", Kind.STRING),
        changes=Changes.DECISION,
        sv="uppnådda kompetensmål",
        en="competence goals met",
    )
    goals_not_met: tuple[str, ...] | None = fact(
        Type(Kind.LIST, "competence_goal", Kind.STRING),
        changes=Changes.DECISION,
        sv="inte uppnådda kompetensmål",
        en="competence goals not met",
    )
    areas_set_aside: tuple[str, ...] | None = fact(
        Type(Kind.LIST, "competence_area", Kind.STRING),
        changes=Changes.DECISION,
        sv="områden som lagts åt sidan",
        en="areas set aside",
    )
    training: Training | None = part(Training)


@frozen(kw_only=True)
class Patient:
    """A patient; a birth date or an age in whole years, never both."""

    id: str | None = reference(sv="patient", en="patient")
    birth_date: date | None = day(sv="födelsedatum", en="birth date")
    age: int | None = fact(
        INT,
        changes=Changes.TIME,
        sv="ålder",
        en="age",
        unit="year",
        minimum=0,
        maximum=150,
        derived=Derived(inputs=("birth_date",), compute=age_on),
    )
    covered_by_region: bool | None = fact(
        BOOL,
        changes=Changes.DECISION,
        sv="omfattas av regionens ansvar",
        en="covered by the region's responsibility",
    )
    chronic_conditions: int | None = fact(
        INT,
        changes=Changes.DECISION,
        sv="långvariga sjukdomar",
        en="long-term illnesses",
        unit="disease",
        minimum=0,
        maximum=100,
    )
    medicines: int | None = fact(
        INT,
        changes=Changes.DECISION,
        sv="ordinerade läkemedel",
        en="prescribed medicines",
        unit="medicine",
        minimum=0,
        maximum=200,
    )
    mental_ill_health: str | None = fact(
        code("mental_ill_health"),
        changes=Changes.DECISION,
        sv="psykisk ohälsa",
        en="mental ill health",
    )
    substance_use: bool | None = fact(
        BOOL,
        changes=Changes.DECISION,
        sv="riskbruk, skadligt bruk eller beroende",
        en="risk use, harmful use or dependence",
    )
    disability: str | None = fact(
        code("disability"),
        changes=Changes.DECISION,
        sv="funktionsnedsättning",
        en="functional impairment",
    )
    frail: bool | None = fact(
        BOOL, changes=Changes.DECISION, sv="skör enligt bedömning", en="assessed as frail"
    )
    complex_needs: bool | None = fact(
        BOOL,
        changes=Changes.DECISION,
        sv="stora och sammansatta vårdbehov enligt bedömning",
        en="assessed as having large and complex care needs",
    )
    housing: str | None = fact(
        code("housing"), changes=Changes.DECISION, sv="boendeform", en="form of housing"
    )
    home_health_care: bool | None = fact(
        BOOL,
        changes=Changes.DECISION,
        sv="inskriven i hemsjukvård",
        en="enrolled in home health care",
    )
    home_help: bool | None = fact(
        BOOL, changes=Changes.DECISION, sv="har hemtjänst", en="has home help"
    )
    deprived_area: bool | None = fact(
        BOOL,
        changes=Changes.DECISION,
        sv="bor i socioekonomiskt utsatt område",
        en="lives in a socio-economically deprived area",
    )
    vulnerable: bool | None = fact(
        BOOL, changes=Changes.DECISION, sv="lever i utsatthet", en="lives in vulnerability"
    )
    municipality: str | None = fact(
        code("municipality_type"),
        changes=Changes.DECISION,
        sv="kommuntyp",
        en="type of municipality",
    )
    relistings: Relistings | None = part(Relistings)


MODELS = {
    "physician": Physician,
    "patient": Patient,
    "contact": Contact,
    "placement": Placement,
    "unit": Unit,
    "change": Change,
}
DOMAIN = derive_schema(MODELS)
