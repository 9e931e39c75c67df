"""words of explanations.

Every fixed word that a reader sees, in Swedish and English.
"""

from __future__ import annotations

from flk_rules.errors import UnknownName
from flk_rules.model.answers import Effect, Outcome
from flk_rules.model.rules import LANGUAGES, Force, Question, Text
from flk_rules.model.verdicts import Reason, Verdict

OUTCOMES = {
    Outcome.ELIGIBLE: Text(sv="uppfyller villkoren", en="eligible"),
    Outcome.ASSESS: Text(sv="behöver bedömas", en="assess"),
    Outcome.GROUNDED: Text(sv="grund finns", en="grounded"),
    Outcome.FULFILLED: Text(sv="alla punkter uppfyllda", en="all points fulfilled"),
    Outcome.STATED: Text(sv="värde finns", en="stated"),
    Outcome.CONDITIONAL: Text(sv="villkorat", en="conditional"),
    Outcome.UNDETERMINED: Text(sv="kan inte avgöras", en="undetermined"),
    Outcome.DEVIATES: Text(sv="avviker på någon punkt", en="deviates in some point"),
    Outcome.UNGROUNDED: Text(sv="ingen grund", en="no ground"),
    Outcome.UNSTATED: Text(sv="inget värde angivet", en="no value stated"),
    Outcome.NOT_ELIGIBLE: Text(sv="uppfyller inte villkoren", en="not eligible"),
}
FORCES = {
    Force.LAW: Text(sv="lag", en="law"),
    Force.CONTRACT: Text(sv="avtal", en="contract"),
    Force.GUIDANCE: Text(sv="vägledning", en="guidance"),
    Force.RECOMMENDATION: Text(sv="rekommendation", en="recommendation"),
}
EFFECTS = {
    Effect.PERMIT: Text(sv="grund", en="ground"),
    Effect.FORBID: Text(sv="hinder", en="prohibition"),
    Effect.ASSESS: Text(sv="bedömning", en="assessment"),
    Effect.GROUND: Text(sv="grund", en="ground"),
    Effect.POINT: Text(sv="punkt", en="point"),
    Effect.VALUE: Text(sv="värde", en="value"),
    Effect.ADVISE: Text(sv="råd", en="advice"),
}
NO_BINDING_GROUND = Text(
    sv="varken lag eller avtal ger grund", en="neither law nor contract gives a ground"
)
NO_SUPPORT = Text(
    sv="vägledningen ger inget stöd; inget känt hinder",
    en="not supported by guidance; nothing known forbids it",
)
HEADINGS = {
    "because": Text(sv="Därför att", en="Because"),
    "defeated": Text(sv="Upphävt av hindret", en="Defeated by the prohibition"),
    "failed": Text(sv="Inte uppfyllt", en="Not met"),
    "unmet": Text(sv="inte uppfyllt", en="not met"),
    "fulfilled": Text(sv="Uppfyllda punkter", en="Points fulfilled"),
    "unfulfilled": Text(sv="Punkter som inte är uppfyllda", en="Points not fulfilled"),
    "value": Text(sv="Värde", en="Value"),
    "directions": Text(sv="Skäl att avvika nedåt", en="Reasons for less"),
    "under": Text(sv="under", en="under"),
    "at": Text(sv="lika med", en="at"),
    "over": Text(sv="över", en="over"),
    "adjusted": Text(sv="med egna faktorer", en="with factors of the deployer's own"),
    "unusable": Text(
        sv="egna faktorer går inte att räkna in; varje faktor ska vara över 0 och högst 1",
        en="factors of the deployer's own cannot be reckoned; each is to be over 0 and at most 1",
    ),
    "not_adjusted": Text(
        sv="egna faktorer går inte att räkna in; det saknas",
        en="factors of the deployer's own cannot be reckoned; missing",
    ),
    "open": Text(sv="Ännu oavgjort", en="Still open"),
    "pivotal": Text(sv="Kan ännu ändra svaret", en="Could still change the answer"),
    "standing": Text(sv="Redan uppfyllt", en="Met already"),
    "missing": Text(sv="Uppgifter som saknas", en="Missing facts"),
    "condition": Text(sv="Svaret beror på", en="The answer depends on"),
    "assumptions": Text(sv="Antaganden", en="Assumptions"),
    "readings": Text(sv="Så är regelverken lästa", en="How the rulesets were read"),
    "advice": Text(sv="Råd", en="Advice"),
    "question": Text(sv="frågan", en="the question"),
    "see": Text(sv="Gå vidare med", en="Go on with"),
    "see_question": Text(sv="se frågan", en="see the question"),
    "assessed_by": Text(sv="bedöms av", en="assessed by"),
    "assessed_against": Text(sv="mot", en="against"),
    "assessed_with": Text(sv="med stöd av", en="with the help of"),
    "if": Text(sv="om", en="if"),
    "reading": Text(sv="läsning", en="reading"),
    "demote": Text(sv="nedsatt till råd av", en="demoted to advice by"),
    "replace": Text(sv="ersatt av", en="replaced by"),
    "set": Text(sv="värdet satt av", en="value set by"),
    "from": Text(sv="gäller från", en="holds from"),
    "to": Text(sv="till", en="to"),
    "on": Text(sv="den", en="on"),
    "scope": Text(sv="avser", en="scope"),
    "unknown": Text(sv="inte känt", en="not known"),
    "empty": Text(sv="inga", en="none"),
    "missing_here": Text(sv="saknas", en="missing"),
    "true": Text(sv="ja", en="yes"),
    "false": Text(sv="nej", en="no"),
    "source": Text(sv="källa", en="source"),
    "assumption": Text(sv="antagande", en="assumption"),
    "force": Text(sv="kraft", en="force"),
    "left_out": Text(sv="lämnat öppet", en="left out"),
    "disabled": Text(sv="Regler som inte gäller här", en="Rules that do not apply here"),
    "disable": Text(sv="borttagen av", en="taken away by"),
    "dormant": Text(
        sv="Regler och frågor som inte gäller den dagen",
        en="Rules and questions not in force that day",
    ),
    "dormant_rules": Text(sv="Regler som inte gäller den dagen", en="Rules not in force that day"),
    "documents": Text(sv="Källor", en="Sources"),
    "is_recorded": Text(sv="är känt", en="is recorded"),
    "is_not_recorded": Text(sv="är inte känt", en="is not recorded"),
    "includes": Text(sv="omfattar", en="include"),
    "includes_not": Text(sv="omfattar inte", en="do not include"),
    "and": Text(sv="och", en="and"),
    "or": Text(sv="eller", en="or"),
    "not_so": Text(sv="det är inte så att", en="it is not so that"),
    "==": Text(sv="är", en="is"),
    "!=": Text(sv="är inte", en="is not"),
    "<": Text(sv="är under", en="is under"),
    "<=": Text(sv="är högst", en="is at most"),
    ">": Text(sv="är över", en="is over"),
    ">=": Text(sv="är minst", en="is at least"),
    "note": Text(sv="not", en="note"),
    "row": Text(sv="rad", en="row"),
    "line": Text(sv="filens rad", en="line"),
    "with": Text(sv="med", en="with"),
    "outcome": Text(sv="svar", en="outcome"),
    "why": Text(sv="därför att", en="because"),
    "decided": Text(sv="avgjorda", en="decided"),
    "rule": Text(sv="regel", en="rule"),
    "rules": Text(sv="regler", en="rules"),
    "effect": Text(sv="verkan", en="effect"),
    "parameter": Text(sv="parameter", en="parameter"),
    "parameters": Text(sv="parametrar", en="parameters"),
    "definitions": Text(sv="definitioner", en="definitions"),
    "no_mistakes": Text(sv="inga fel", en="no mistakes"),
    "parameter_value": Text(sv="värde", en="value"),
    "basis": Text(sv="grundval", en="basis"),
    "engine": Text(sv="motor", en="engine"),
    "computed": Text(sv="ett beräknat sanningsvärde", en="one computed truth"),
    "nets": Text(sv="nät om", en="nets of"),
    "fact": Text(sv="uppgift", en="fact"),
    "column": Text(sv="kolumn", en="column"),
    "type": Text(sv="typ", en="type"),
    "unit": Text(sv="enhet", en="unit"),
    "changes": Text(sv="ändras", en="changes"),
    "or_from": Text(sv="eller ur", en="or from"),
    "code": Text(sv="kod", en="code"),
    "code_of": Text(sv="kod ur", en="code of"),
    "codes_of": Text(sv="koder ur", en="codes of"),
    "sv": Text(sv="svenska", en="Swedish"),
    "en": Text(sv="engelska", en="English"),
    "bool": Text(sv="ja eller nej", en="yes or no"),
    "int": Text(sv="heltal", en="whole number"),
    "double": Text(sv="tal", en="number"),
    "text": Text(sv="text", en="text"),
    "date": Text(sv="datum", en="date"),
    "fixed": Text(sv="aldrig", en="never"),
    "time": Text(sv="med tiden", en="with time"),
    "decision": Text(sv="genom beslut", en="by decision"),
}
UNITS = {
    "year": (Text(sv="år", en="year"), Text(sv="år", en="years")),
    "month": (Text(sv="månad", en="month"), Text(sv="månader", en="months")),
    "week": (Text(sv="vecka", en="week"), Text(sv="veckor", en="weeks")),
    "day": (Text(sv="dag", en="day"), Text(sv="dagar", en="days")),
    "hour": (Text(sv="timme", en="hour"), Text(sv="timmar", en="hours")),
    "hour per week": (
        Text(sv="timme i veckan", en="hour a week"),
        Text(sv="timmar i veckan", en="hours a week"),
    ),
    "disease": (Text(sv="sjukdom", en="disease"), Text(sv="sjukdomar", en="diseases")),
    "medicine": (Text(sv="läkemedel", en="medicine"), Text(sv="läkemedel", en="medicines")),
    "patient": (Text(sv="patient", en="patient"), Text(sv="patienter", en="patients")),
    "resident": (Text(sv="invånare", en="resident"), Text(sv="invånare", en="residents")),
    "relisting": (Text(sv="omlistning", en="relisting"), Text(sv="omlistningar", en="relistings")),
    "relisting per year": (
        Text(sv="omlistning per år", en="relisting a year"),
        Text(sv="omlistningar per år", en="relistings a year"),
    ),
    "share": (Text(sv="av helheten", en="of the whole"), Text(sv="av helheten", en="of the whole")),
    "index": (Text(sv="index", en="index"), Text(sv="index", en="index")),
}
"""Units of one and of any other number; of a unit that is not here its own name is shown."""


def outcome_words(outcome: Outcome, question: Question, language: str) -> str:
    """What an outcome of the question is called."""
    return question.outcomes.get(outcome, OUTCOMES[outcome]).in_language(language)


def check_language(language: str) -> str:
    """The language, if it is one of the library's; raises `UnknownName`."""
    if language not in LANGUAGES:
        raise UnknownName("language", language, LANGUAGES)
    return language


def word(key: str, language: str) -> str:
    """A fixed word in the language."""
    return HEADINGS[key].in_language(language)


def in_unit(number: str, unit: str, language: str) -> str:
    """A number that was written already with its unit: ``65 years``, ``1 year``."""
    one, many = UNITS.get(unit, (Text(sv=unit, en=unit),) * 2)
    return f"{number} {(one if number == '1' else many).in_language(language)}"


def reason(verdict: Verdict) -> Text | None:
    """Why not: forbidden and by what, no ground where something binds, or merely not supported."""
    return reason_words(verdict.reason, verdict.force)


def reason_words(why: Reason | None, force: Force | None) -> Text | None:
    """A reason and its force in words; None where there is no reason."""
    match why:
        case Reason.FORBIDDEN:
            assert force is not None
            by = FORCES[force]
            return Text(sv=f"hindras av {by.sv}", en=f"forbidden by {by.en}")
        case Reason.NO_GROUND:
            return NO_BINDING_GROUND if force is not None and force.binding else NO_SUPPORT
        case None:
            return None


def with_reason(outcome: str, verdict: Verdict, language: str) -> str:
    """An outcome in words with why not, where that is said: ``not eligible (forbidden by law)``."""
    why = reason(verdict)
    return f"{outcome} ({why.in_language(language)})" if why else outcome


def unit_words(unit: str | None, language: str) -> str:
    """What a unit is called; one that has no words here is shown as its ruleset writes it."""
    known = UNITS.get(unit or "")
    return known[1].in_language(language) if known else unit or ""
