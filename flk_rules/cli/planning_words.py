"""words of planning.

Every fixed word of `flk plan`, `flk dimension` and `flk project`, in Swedish and English. A word
that explanations have too is theirs.
"""

from __future__ import annotations

from flk_rules.explaining import words
from flk_rules.model.rules import Text

_WORDS = {
    # ---- a unit
    "title": Text(sv="plan för enheten", en="plan of the unit"),
    "physician": Text(sv="läkare", en="physician"),
    "guideline": Text(sv="riktvärde", en="guideline"),
    "force": Text(sv="kraft", en="force"),
    "listed": Text(sv="listade", en="listed"),
    "difference": Text(sv="differens", en="difference"),
    "status": Text(sv="läge", en="status"),
    "patients": Text(sv="patienter", en="patients"),
    "with_priority": Text(sv="prioriterade", en="with priority"),
    "priority_open": Text(sv="oklart", en="open"),
    "upc": Text(sv="UPC", en="UPC"),
    "coc": Text(sv="COC", en="COC"),
    "secon": Text(sv="SECON", en="SECON"),
    "unknown": Text(sv="okänt", en="not known"),
    "none": Text(sv="inget", en="none"),
    "together": Text(sv="Listorna tillsammans", en="The lists together"),
    "sums": Text(
        sv="listade {listed}, riktvärden {guideline}, differens {difference} för dem som har ett",
        en="listed {listed}, guidelines {guideline}, difference {difference} for whoever has one",
    ),
    "sums_apart": Text(
        sv="listade {listed}; hos dem som har ett riktvärde {compared}, deras riktvärden "
        "{guideline}, differens {difference}",
        en="listed {listed}; with those who have a guideline {compared}, their guidelines "
        "{guideline}, difference {difference}",
    ),
    "average": Text(
        sv="{because} {guideline}: i snitt {mean} listade på {known} av {physicians} läkare",
        en="{because} {guideline}: on average {mean} listed, {known} of {physicians} physicians",
    ),
    "without": Text(
        sv="inget riktvärde i källorna för: {who}", en="the sources state no guideline for: {who}"
    ),
    "undetermined": Text(
        sv="riktvärdet kan inte avgöras för: {who}", en="the guideline cannot be told for: {who}"
    ),
    "longest": Text(
        sv="längst lista: {who}, {share} av alla listade hos en läkare [L11]",
        en="longest list: {who}, {share} of all listed with a physician [L11]",
    ),
    "partial": Text(
        sv="de {patients} patienterna i underlaget är inte alla enligt angivna antal: prioritet, "
        "SÄBO, vem som kan vara deras läkare, kontinuitet och kompetens gäller dem",
        en="the {patients} patients given are not all by the numbers stated: priority, SÄBO, who "
        "may be their physician, continuity and competence are about them",
    ),
    "among": Text(sv="bland patienterna i underlaget", en="among the patients given"),
    "named_share": Text(
        sv="Andel med namngiven läkare: {share}", en="Share with a named physician: {share}"
    ),
    "sabo_share": Text(
        sv="Andel med namngiven läkare i SÄBO: {share}",
        en="Share with a named physician in SÄBO: {share}",
    ),
    "counts": Text(sv="{named} av {all}", en="{named} of {all}"),
    "unsure": Text(
        sv="listning okänd för {unknown}, oklart om {unsure} ska räknas",
        en="listing not known of {unknown}, {unsure} may belong",
    ),
    "nobody": Text(sv="ingen att räkna", en="nobody to count"),
    "in_region": Text(sv="i regionen {share}", en="in the region {share}"),
    "target": Text(sv="mål {value}, {met}", en="target {value}, {met}"),
    "met": Text(sv="nås", en="met"),
    "not_met": Text(sv="nås inte", en="not met"),
    "open": Text(sv="kan inte avgöras", en="cannot be told"),
    "assumption": Text(sv="ANTAGANDE", en="ASSUMPTION"),
    "patients_in_all": Text(
        sv="Patienter: {number}, varav med grund för prioritering {grounded}, "
        "oklart {undetermined}, utan grund {ungrounded} (nekas aldrig)",
        en="Patients: {number}, with a ground for priority {grounded}, open {undetermined}, "
        "without a ground {ungrounded} (never refused)",
    ),
    "waiting": Text(
        sv="Med grund för prioritering och utan fast läkarkontakt: {number}",
        en="With a ground for priority and no FLK: {number}",
    ),
    "waiting_open": Text(
        sv="Kan ha grund för prioritering och sakna fast läkarkontakt, uppgifter saknas: {number}",
        en="May have a ground for priority and no FLK, facts are missing: {number}",
    ),
    "no_order": Text(
        sv="utan inbördes ordning: ingen källa rangordnar grupperna [P7]",
        en="in no order: no source ranks the groups [P7]",
    ),
    "ordered": Text(
        sv="ordnade efter verksamhetens egen parameter {parameter}, ett ANTAGANDE: först {groups}",
        en="ordered by the deployer's own parameter {parameter}, an ASSUMPTION: first {groups}",
    ),
    "first": Text(sv="först", en="first"),
    "possibly_first": Text(sv="kanske först", en="perhaps first"),
    "after": Text(sv="därefter", en="after"),
    "may_be": Text(sv="kanske {groups}", en="perhaps {groups}"),
    "listing_unknown": Text(sv="listning okänd", en="listing not known"),
    "more": Text(
        sv="... och {number} till (--format json har alla)",
        en="... and {number} more (--format json has all)",
    ),
    "continuity": Text(sv="Kontinuitet, besök {window}", en="Continuity, visits {window}"),
    "averaged": Text(
        sv="medelvärde över {patients} patienter, var och en lika tung; UPC över de {named} med "
        "namngiven läkare; {few} med färre än två besök är inte med",
        en="mean over {patients} patients, each weighing the same; UPC over the {named} with a "
        "named physician; {few} with fewer than two visits left out",
    ),
    "window_assumed": Text(
        sv="ANTAGANDE: tolv månader till och med dagen; ingen källa anger fönstret",
        en="ASSUMPTION: twelve months up to the day; no source states the window",
    ),
    "direction": Text(sv="skäl för en mindre lista", en="reason for a shorter list"),
    "adjusted": Text(
        sv="riktvärdet med egna faktorer, ett ANTAGANDE: {value}",
        en="the guideline with factors of one's own, an ASSUMPTION: {value}",
    ),
    "open_directions": Text(
        sv="skäl som är oklara, uppgifter saknas ({number}): {reasons}",
        en="reasons that are open, facts are missing ({number}): {reasons}",
    ),
    "missing": Text(sv="saknas: {facts}", en="missing: {facts}"),
    "not_concerned": Text(
        sv="kompetensmålen är inte avsedda för läkaren",
        en="the competence goals are not meant for the physician",
    ),
    "concern_open": Text(
        sv="om kompetensmålen gäller är oklart, saknas: {facts}",
        en="whether the competence goals concern the physician is open, missing: {facts}",
    ),
    "nothing_assessed": Text(
        sv="kompetens: inget mål bedömt; områden som listans patienter gör viktiga: {number}",
        en="competence: no goal assessed; areas that the list makes relevant: {number}",
    ),
    "nothing_lacking": Text(
        sv="kompetens: alla mål uppnådda; områden som listans patienter gör viktiga: {number}",
        en="competence: all goals met; areas that the list makes relevant: {number}",
    ),
    "lacking": Text(
        sv="kompetens som inte är visad för listans patienter:",
        en="competence not shown for the patients listed:",
    ),
    "serving": Text(
        sv="Läkarna och de listade hos dem: {counts}",
        en="The physicians and those listed with them: {counts}",
    ),
    "serves": Text(
        sv="{outcome} för {patients} av de listade", en="{outcome} for {patients} of those listed"
    ),
    "everybody": Text(sv="alla", en="all"),
    "assumptions": Text(
        sv="Antaganden som planen bygger på", en="Assumptions that the plan rests on"
    ),
    # ---- regions
    "needed": Text(
        sv="Specialister som behövs vid {size} invånare per läkare",
        en="Specialists needed at {size} residents per physician",
    ),
    "path": Text(
        sv="{region}: vägen till riktvärdet {first}–{last}",
        en="{region}: the path to the guideline {first}–{last}",
    ),
    "in_persons": Text(sv="räknat i personer", en="counting persons"),
    "in_full_time": Text(sv="räknat i heltider", en="counting full-time equivalents"),
    "reached": Text(
        sv="Riktvärdet nås {year}, {how}.", en="The guideline is met in {year}, {how}."
    ),
    "never": Text(
        sv="Riktvärdet nås inte till och med {last}, {how}.",
        en="The guideline is not met by {last}, {how}.",
    ),
    "assumed": Text(
        sv="{count} av {all} tal är antaganden: {names}.",
        en="{count} of {all} figures are assumptions: {names}.",
    ),
    "rests": Text(sv="Bygger på", en="Rests on"),
    "from_year": Text(sv="från", en="from"),
    "region": Text(sv="region", en="region"),
    "year": Text(sv="år", en="year"),
    "specialists": Text(sv="specialister", en="specialists"),
    "population": Text(sv="befolkning", en="population"),
    "residents": Text(sv="invånare", en="residents"),
    "residents_per_specialist": Text(sv="invånare per specialist", en="residents per specialist"),
    "need": Text(sv="behov", en="need"),
    "per_cent": Text(sv="procent", en="per cent"),
    "need_employed": Text(sv="behov vid sysselsättningsgrad", en="need at employment rate"),
    "full_time": Text(sv="heltider", en="full time"),
    "st_physicians": Text(sv="ST-läkare med lista", en="ST with a list"),
    "difference_full_time": Text(sv="differens i heltider", en="difference, full time"),
}


def word(name: str, language: str) -> str:
    """A word of planning in a language."""
    found = _WORDS.get(name)
    return words.word(name, language) if found is None else found.in_language(language)
