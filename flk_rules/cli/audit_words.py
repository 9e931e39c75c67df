"""words of flk audit.

What its tables and sentences are called, in both languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

from flk_rules.cli.options import OptionInvalid
from flk_rules.errors import shown

WORDS: Mapping[str, Mapping[str, str]] = {
    "log": {"sv": "logg", "en": "log"},
    "holds": {"sv": "håller", "en": "holds"},
    "the_record": {"sv": "post {first}", "en": "record {first}"},
    "the_records": {"sv": "post {first} till {last}", "en": "records {first} to {last}"},
    "of_these": {
        "sv": "beslut: {decisions}, varav gallrade: {dropped}; regelverk: {rulesets}",
        "en": "decisions: {decisions}, of these dropped: {dropped}; rulesets: {rulesets}",
    },
    "vouched": {"sv": "intygat", "en": "vouched for"},
    "vouched_to": {
        "sv": "{whole}, av huvuden som hållits på annat håll eller signaturer",
        "en": "{whole}, by heads kept elsewhere or by signatures",
    },
    "not_vouched": {
        "sv": "inget: en logg som skrivits om i sin helhet syns bara mot ett huvud som hållits på "
        "annat håll (--head) eller en signatur (--public-key)",
        "en": "nothing: a log that was rewritten as a whole shows only against a head kept "
        "elsewhere (--head) or a signature (--public-key)",
    },
    "after": {
        "sv": "ingenting intygar vad som kan ha stått efter post {last}",
        "en": "nothing vouches for what may have stood after record {last}",
    },
    "after_vouched": {
        "sv": "ingenting intygar {more}, eller vad mer som kan ha stått efter post {vouched}",
        "en": "nothing vouches for {more}, nor for what else may have stood after record {vouched}",
    },
    "erased": {"sv": "gallrat", "en": "dropped"},
    "erased_unvouched": {
        "sv": "beslut som intygas men gallrades enligt poster som ingenting intygar: {count}, det "
        "första är post {first}; verifiera mot ett huvud från efter gallringen",
        "en": "decisions vouched for and dropped by the word of records that are not: {count}, "
        "the first is record {first}; verify against a head from after the dropping",
    },
    "signature": {"sv": "signatur", "en": "signature"},
    "unchecked": {
        "sv": "av {names}: inte prövad (ingen publik nyckel, --public-key)",
        "en": "of {names}: not checked (no public key given, --public-key)",
    },
    "rest": {"sv": "därefter", "en": "after that"},
    "record": {"sv": "post", "en": "record"},
    "time": {"sv": "tid", "en": "time"},
    "reference": {"sv": "referens", "en": "reference"},
    "ruleset": {"sv": "regelverk", "en": "ruleset"},
    "question": {"sv": "fråga", "en": "question"},
    "outcome": {"sv": "utfall", "en": "outcome"},
    "why": {"sv": "varför", "en": "why"},
    "before": {"sv": "då", "en": "then"},
    "now": {"sv": "nu", "en": "now"},
    "rules": {"sv": "regler som gör skillnaden", "en": "rules that make the difference"},
    "together": {"sv": "tillsammans", "en": "together"},
    "same": {
        "sv": "{same} av {all} beslut blev desamma, byte för byte",
        "en": "{same} of {all} decisions came out the same, byte for byte",
    },
    "compared": {
        "sv": "{same} av {all} beslut har samma utfall enligt {ruleset} {version} på dagen {on}",
        "en": "{same} of {all} decisions have the same outcome by {ruleset} {version} on {on}",
    },
    "unread": {
        "sv": "de nya reglerna läser också fakta som inte står i kvittona: {names}",
        "en": "the other rules also read facts that the receipts do not hold: {names}",
    },
    "versions": {
        "sv": "beslutade av flk_rules {before}, nu av {after}",
        "en": "decided by flk_rules {before}, now by {after}",
    },
    "one": {"sv": "1 beslut", "en": "1 decision"},
    "found": {"sv": "{found} beslut", "en": "{found} decisions"},
    "counted": {"sv": "av {found}", "en": "of {found}"},
    "no_question": {
        "sv": "av {all} gäller inget frågan {name}",
        "en": "of {all}, none is of the question {name}",
    },
    "no_outcome": {
        "sv": "av {all} har inget utfallet {name}",
        "en": "of {all}, none has the outcome {name}",
    },
    "no_rule": {
        "sv": "av {all} är inget ett där regeln {name} är sann",
        "en": "of {all}, there is none in which the rule {name} is true",
    },
    "no_assumption": {
        "sv": "av {all} vilar inget på antagandet {name}",
        "en": "of {all}, none rests on the assumption {name}",
    },
    "no_ruleset": {
        "sv": "av {all} är inget fattat enligt regelverket {name}",
        "en": "of {all}, none is by the ruleset {name}",
    },
    "no_reference": {
        "sv": "av {all} har inget referensen {name}",
        "en": "of {all}, none has the reference {name}",
    },
    "no_subject": {
        "sv": "av {all} handlar inget om den som avses, med den nyckeln",
        "en": "of {all}, none is about the one asked for, by that key",
    },
    "no_time": {
        "sv": "av {all} är inget från den tiden",
        "en": "of {all}, none is of that time",
    },
    "did_you_mean": {"sv": "; menades {name}?", "en": "; did you mean {name}?"},
    "there_is": {"sv": " (det finns: {names})", "en": " (there is: {names})"},
    "pseudonyms": {
        "sv": " (det finns pseudonymer av: {names})",
        "en": " (there are pseudonyms of: {names})",
    },
    "times": {
        "sv": " (det första är från {first}, det sista från {last})",
        "en": " (the first is of {first}, the last of {last})",
    },
    "count": {"sv": "antal", "en": "count"},
    "share": {"sv": "andel", "en": "share"},
    "would_drop": {
        "sv": "{found} äldre än {before}; --yes gallrar, och det kan inte ångras",
        "en": "{found} older than {before}; --yes drops, and nothing brings back what was dropped",
    },
    "dropped": {
        "sv": "{found} äldre än {before}, nu gallrade; kedjan håller ändå",
        "en": "{found} older than {before}, dropped now; the chain holds all the same",
    },
    "not_scrubbed": {
        "sv": "innehållet kan ligga kvar på disken, för någon läser loggen; kör kommandot igen när "
        "ingen gör det",
        "en": "the contents may still lie on the disk, for somebody is reading the log; run the "
        "command again when nobody is",
    },
}


def said(name: str, language: str, /, **values: object) -> str:
    """A word or a sentence with its values."""
    return WORDS[name][language].format(**values)


def records(first: int, last: int, language: str) -> str:
    """The record, or those from the first to the last."""
    name = "the_record" if first == last else "the_records"
    return said(name, language, first=first, last=last)


def decisions(number: int, language: str) -> str:
    """So many decisions."""
    return said("one" if number == 1 else "found", language, found=number)


def read_moment(text: str, option: str) -> datetime:
    """The time that an option names: a day, which begins at midnight UTC, or a time with its
    zone."""
    try:
        if len(text) == len("2024-10-01"):
            day = date.fromisoformat(text)
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC)  # beyond the first or the last year there is no time
    except (ValueError, OverflowError):
        moment = None
    if moment is None or moment.tzinfo is None:
        expected = "a date like 2024-10-01 or a time like 2024-10-01T12:00:00Z"
        raise OptionInvalid(option, expected, shown(text))
    return moment
