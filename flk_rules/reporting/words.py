"""words of reports.

The fixed words that only a report's page has; all others are those of every explanation.
"""

from __future__ import annotations

from flk_rules.explaining.words import HEADINGS
from flk_rules.model.rules import Text

_WORDS = {
    "report": Text(sv="Rapport om beslut", en="Report on decisions"),
    "selection": Text(sv="urval", en="selection"),
    "skip": Text(sv="Till innehållet", en="Skip to the content"),
    "unfold": Text(sv="Vik ut allt", en="Unfold all"),
    "fold": Text(sv="Vik ihop allt", en="Fold all"),
    "decisions": Text(sv="beslut", en="decisions"),
    "decisions_heading": Text(sv="Besluten", en="The decisions"),
    "holds_on": Text(sv="gäller dagen", en="the day asked about"),
    "time": Text(sv="avgjort", en="decided"),
    "reference": Text(sv="referens", en="reference"),
    "no_reference": Text(sv="utan referens", en="without reference"),
    "ruleset": Text(sv="regelverk", en="ruleset"),
    "layers": Text(sv="lager", en="layers"),
    "fingerprint": Text(sv="fingeravtryck", en="fingerprint"),
    "library": Text(sv="bibliotek", en="library"),
    "position": Text(sv="post i loggen", en="record in the log"),
    "subjects": Text(sv="om", en="about"),
    "no_identity": Text(sv="identitet inte sparad", en="identity not kept"),
    "pseudonym_key": Text(sv="pseudonymnyckel", en="pseudonym key"),
    "rests_on": Text(sv="vilar på", en="rests on"),
    "no_assumption": Text(sv="inget antagande", en="no assumption"),
    "one_assumption": Text(sv="1 antagande", en="1 assumption"),
    "assumptions_counted": Text(sv="{} antaganden", en="{} assumptions"),
    "lacks": Text(sv="saknas", en="missing"),
    "nothing": Text(sv="inget", en="nothing"),
    "one_fact": Text(sv="1 uppgift", en="1 fact"),
    "facts_counted": Text(sv="{} uppgifter", en="{} facts"),
    "nothing_decided": Text(sv="ingen regel avgjorde", en="no rule decided"),
    "differs": Text(sv="beror på fallet", en="depends on the case"),
    "tried": Text(sv="Övriga regler som prövades", en="Other rules that were tried"),
    "met": Text(sv="sant", en="true"),
    "not_met": Text(sv="falskt", en="false"),
    "open_truth": Text(sv="oavgjort", en="open"),
    "all_of": Text(sv="allt av detta", en="all of these"),
    "any_of": Text(sv="minst ett av detta", en="at least one of these"),
    "not_so": Text(sv="inte detta", en="not this"),
    "choice": Text(sv="om det första, så det andra, annars det tredje",
                   en="if the first, then the second, otherwise the third"),
    "definition": Text(sv="definition", en="definition"),
    "condition_text": Text(sv="villkor", en="condition"),
    "amount_text": Text(sv="tal", en="number"),
    "facts_read": Text(sv="Uppgifter som lästes", en="Facts that were read"),
    "facts_none": Text(sv="Ingen uppgift lästes.", en="No fact was read."),
    "value_of": Text(sv="värde", en="value"),
    "record": Text(sv="Om kvittot", en="About the receipt"),
    "again_same": Text(
        sv="Prövat igen: reglerna i kvittot ger samma svar på samma uppgifter.",
        en="Decided again: the rules in the receipt give the same answer to the same facts.",
    ),
    "again_other": Text(
        sv="Kvittot stämmer inte med sina egna regler. Prövat igen skiljer sig:",
        en="The receipt does not agree with its own rules. Decided again, these differ:",
    ),
    "again_failed": Text(
        sv="Kvittot går inte att pröva igen:", en="The receipt cannot be decided again:"
    ),
    "disagrees": Text(sv="stämmer inte med sina regler", en="does not agree with its rules"),
    "says": Text(sv="kvittot säger", en="the receipt says"),
    "gives": Text(sv="reglerna ger", en="the rules give"),
    "vouching": Text(
        sv="Sidan visar vad kvittot säger. Att ingenting har ändrats i det visar loggen det kommer "
           "från (flk audit verify), inte kvittot självt.",
        en="The page shows what the receipt says. That nothing in it was changed is shown by the "
           "log it came from (flk audit verify), not by the receipt itself.",
    ),
    "vouched": Text(
        sv="Kvittot stämmer med sin post i loggen. Att hela loggen är orörd visar "
           "flk audit verify.",
        en="The receipt agrees with its record in the log. That the whole log is untouched is "
           "shown by flk audit verify.",
    ),
    "no_advice": Text(
        sv="Detta är inte juridisk rådgivning. Ett regelverk är en läsning av sina källor.",
        en="This is not legal advice. A ruleset is a reading of its sources.",
    ),
    "counts": Text(sv="Räkningar", en="Counts"),
    "by_outcome": Text(sv="Svar", en="Outcomes"),
    "by_rule": Text(sv="Regler som avgjorde", en="Rules that decided"),
    "by_assumption": Text(sv="Antaganden som beslut vilar på",
                          en="Assumptions that decisions rest on"),
    "by_missing": Text(sv="Uppgifter som saknades", en="Facts that were missing"),
    "number": Text(sv="antal", en="number"),
    "share": Text(sv="andel", en="share"),
    "none_of_these": Text(sv="Inget beslut.", en="No decision."),
    "may_count_more": Text(
        sv="Ett beslut räknas en gång för varje rad som det hör till; andelarna är av alla "
           "beslut.",
        en="A decision counts once for each row that it belongs to; shares are of all decisions.",
    ),
    "further_rows": Text(sv="och {} till", en="and {} more"),
    "resting": Text(sv="vilar på antagande", en="rest on an assumption"),
    "lacking": Text(sv="saknar uppgift", en="lack a fact"),
    "of_all": Text(sv="{} av {}", en="{} of {}"),
    "first_time": Text(sv="första avgjort", en="first decided"),
    "last_time": Text(sv="sista avgjort", en="last decided"),
    "empty_set": Text(sv="Inget kvitto motsvarar frågan.", en="No receipt fits what was asked."),
    "shown_one": Text(
        sv="Sidan visar beslut {0} av {2}, sida {3} av {4}. Räkningarna gäller alla {2}. "
           "Välj en annan sida med --page.",
        en="The page shows decision {0} of {2}, page {3} of {4}. The counts are of "
           "all {2}. Choose another page with --page.",
    ),
    "shown_part": Text(
        sv="Sidan visar beslut {0} till {1} av {2}, sida {3} av {4}. Räkningarna gäller alla {2}. "
           "Välj en annan sida med --page.",
        en="The page shows decisions {0} to {1} of {2}, page {3} of {4}. The counts are of "
           "all {2}. Choose another page with --page.",
    ),
}  # fmt: skip


def said(key: str, language: str, *numbers: int) -> str:
    """A fixed word of the page, with numbers in its places."""
    text = (_WORDS.get(key) or HEADINGS[key]).in_language(language)
    return text.format(*(grouped(each, language) for each in numbers)) if numbers else text


def grouped(number: int, language: str) -> str:
    """A number with marks for thousands: ``10,000``."""
    text = f"{number:,}"
    return text.replace(",", " ") if language == "sv" else text


def counted(number: int, what: str, language: str) -> str:
    """``2 assumptions``, ``no assumption``."""
    none, one, many = {
        "assumption": ("no_assumption", "one_assumption", "assumptions_counted"),
        "fact": ("nothing", "one_fact", "facts_counted"),
    }[what]
    if number > 1:
        return said(many, language, number)
    return said(one if number else none, language)
