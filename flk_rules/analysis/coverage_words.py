"""words of rule coverage.

Every fixed word of the reports of `pytest --flk-cov`, in Swedish and English.
"""

from __future__ import annotations

from collections.abc import Mapping

from flk_rules.model.rules import LANGUAGES, Text

_WORDS: Mapping[str, Text] = {
    "title": Text(sv="regeltäckning", en="rule coverage"),
    "ruleset": Text(sv="regelverk", en="ruleset"),
    "question": Text(sv="fråga", en="question"),
    "rules": Text(sv="regler", en="rules"),
    "values": Text(sv="värden", en="values"),
    "ways": Text(sv="utslag", en="ways"),
    "cover": Text(sv="täckt", en="cover"),
    "total": Text(sv="ALLA", en="TOTAL"),
    "all": Text(sv="alla", en="all"),
    "true": Text(sv="sant", en="true"),
    "false": Text(sv="falskt", en="false"),
    "unknown": Text(sv="okänt", en="unknown"),
    "or": Text(sv=" eller ", en=" or "),
    "and": Text(sv=" och ", en=" and "),
    "decision": Text(sv="{:,} beslut", en="{:,} decision"),
    "decisions": Text(sv="{:,} beslut", en="{:,} decisions"),
    "kind": Text(sv="{:,} slags uppgifter", en="{:,} kind of facts"),
    "kinds": Text(sv="{:,} slags uppgifter", en="{:,} kinds of facts"),
    "met": Text(sv="{} om {}", en="{} of {}"),
    # ---- what the table does not hold
    "overlays": Text(
        sv="lagerändringar som gjorde skillnad: {}", en="overlays that made a difference: {}"
    ),
    "told": Text(sv="parametrar vars värde avgjorde: {}", en="parameters whose value told: {}"),
    "beyond": Text(
        sv="utom räckhåll för alla uppgifter, och inte räknade: {}",
        en="out of reach of any facts, and not counted: {}",
    ),
    # ---- what was missed
    "never_asked": Text(sv="aldrig frågad", en="never asked"),
    "never": Text(sv="aldrig {}", en="never {}"),
    "never_decided": Text(sv="aldrig avgjord av att {} är {}", en="never decided by {} being {}"),
    "never_decided_in": Text(
        sv="aldrig avgjord av att {2} i {0} är {1}", en="never decided by {2} in {0} being {1}"
    ),
    "no_difference": Text(
        sv="{} av {} gjorde ingen skillnad", en="the {} by {} made no difference"
    ),
    "disabled": Text(
        sv="borttagen, och hade inte varit sann i något beslut",
        en="disabled, and would have been true of no decision",
    ),
    "told_nothing": Text(sv="dess värde avgjorde inget beslut", en="its value told in no decision"),
    "told_nothing_set": Text(
        sv="dess värde, satt här, avgjorde inget beslut",
        en="its value, set here, told in no decision",
    ),
    # ---- the run
    "lost_one": Text(
        sv="{} arbetare slutade utan ett ord; vad den beslutade är inte räknat",
        en="{} worker ended without a word; what it decided is not counted",
    ),
    "lost": Text(
        sv="{} arbetare slutade utan ett ord; vad de beslutade är inte räknat",
        en="{} workers ended without a word; what they decided is not counted",
    ),
    "no_decision": Text(
        sv="{}: inget beslut fattades enligt någon av dess regler",
        en="{}: no decision was made by any of its rules",
    ),
    "written": Text(sv="{} skriven till {}", en="{} written to {}"),
    "reached": Text(
        sv="krävd regeltäckning på {:g} % är nådd: den är {:.2f} %",
        en="required rule coverage of {:g} % reached: it is {:.2f} %",
    ),
    "not_reached": Text(
        sv="krävd regeltäckning på {:g} % är inte nådd: den är {:.2f} %",
        en="required rule coverage of {:g} % not reached: it is {:.2f} %",
    ),
    # ---- the page
    "heading": Text(sv="Regeltäckning", en="Rule coverage"),
    "seen": Text(
        sv="{met}. Sedda är {values} värden hos regler och {ways} utslag av atomer; {overlays} "
        "lagerändringar gjorde skillnad, och värdet av {told} parametrar avgjorde.",
        en="{met}. Seen are {values} values of rules and {ways} ways of atoms; {overlays} overlays "
        "made a difference, and the value of {told} parameters told.",
    ),
    "only_missed": Text(
        sv="Bara regler där något saknas", en="Only rules of which something was missed"
    ),
    "legend": Text(
        sv="Ett utslag av en atom i ett villkor är sett där atomen var så och avgjorde: motsatsen "
        "ensam hade vänt regeln från sant till falskt, eller från falskt till sant.",
        en="Of an atom of a condition, a way is seen where the atom was so and decided: its "
        "opposite alone would have turned the rule from true to false, or from false to true.",
    ),
    "both": Text(sv="båda utslagen ✓", en="both ways ✓"),
    "one": Text(sv="ett utslag saknas ✗", en="one way missed ✗"),
    "neither": Text(sv="avgjorde aldrig ✗✗", en="never decided ✗✗"),
    "outside": Text(sv="utom räckhåll –", en="out of reach –"),
    "covered": Text(sv="sett", en="seen"),
    "missed": Text(sv="aldrig sett", en="never seen"),
    "unreachable": Text(sv="utom räckhåll", en="out of reach"),
    "of_question": Text(sv="{} för {}", en="{} of {}"),
    "from": Text(sv="från {}", en="from {}"),
    "from_to": Text(sv="från {} till {}", en="from {} to {}"),
    "as_a_rule": Text(sv="Som regel", en="As a rule"),
    "by": Text(sv="{} av {}", en="{} by {}"),
    "made_difference": Text(sv="gjorde skillnad", en="made a difference"),
    "made_none": Text(sv="gjorde ingen skillnad", en="made no difference"),
    "rules_disabled": Text(sv="Borttagna regler", en="Rules disabled"),
    "was_true": Text(sv="hade varit sann", en="would have been true"),
    "was_never_true": Text(
        sv="hade inte varit sann i något beslut", en="would have been true of no decision"
    ),
    "parameters_read": Text(sv="Parametrar som regler läser", en="Parameters that rules read"),
    "its_value_told": Text(sv="dess värde avgjorde", en="its value told"),
    # ---- out of reach, and why
    "no_fact": Text(
        sv="den läser ingen uppgift: parametrar och konstanter avgör",
        en="it reads no fact: parameters and constants settle it",
    ),
    "no_cell_true": Text(
        sv="ingen av de {:,} cellerna av dess uppgifter gör den sann",
        en="none of the {:,} cells of its facts makes it true",
    ),
    "no_cell_false": Text(
        sv="ingen av de {:,} cellerna av dess uppgifter gör den falsk",
        en="none of the {:,} cells of its facts makes it false",
    ),
    "no_cell_unknown": Text(
        sv="ingen av de {:,} cellerna av dess uppgifter lämnar den okänd",
        en="none of the {:,} cells of its facts leaves it unknown",
    ),
    "has_asks": Text(
        sv="; has() frågar om uppgiften är känd och är aldrig okänt",
        en="; has() asks about the record and is never unknown",
    ),
    "is": Text(sv="{} är {}", en="{} is {}"),
    "here": Text(sv=" ({} här)", en=" ({} here)"),
    "settled_true": Text(
        sv="överallt där den är sann avgör andra delar regeln eller lämnar den öppen",
        en="wherever it is true, other parts settle the rule or leave it open",
    ),
    "settled_false": Text(
        sv="överallt där den är falsk avgör andra delar regeln eller lämnar den öppen",
        en="wherever it is false, other parts settle the rule or leave it open",
    ),
    "fixed_true": Text(
        sv="den läser ingen uppgift och är sann här", en="it reads no fact and is true here"
    ),
    "fixed_false": Text(
        sv="den läser ingen uppgift och är falsk här", en="it reads no fact and is false here"
    ),
}


def said(name: str, language: str, *values: object, **named: object) -> str:
    """A word or a sentence with its values."""
    return _WORDS[name].in_language(language).format(*values, **named)


def both(name: str, *values: object) -> Text:
    """The same in each language."""
    return Text(**{each: said(name, each, *values) for each in LANGUAGES})


def joined(first: Text, *more: Text) -> Text:
    """Texts one after the other, in each language."""
    return Text(
        sv="".join(each.sv for each in (first, *more)),
        en="".join(each.en for each in (first, *more)),
    )
