"""competence in words.

An assessment as lines of text, in Swedish or English.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flk_rules.explaining.text import printable
from flk_rules.explaining.words import check_language, outcome_words
from flk_rules.model.rules import Text
from flk_rules.planning.competence import Area, Assessment, Goal, Standing

_STANDINGS = {
    Standing.MET: Text(sv="uppnådda", en="met"),
    Standing.NOT_MET: Text(sv="inte uppnådda", en="not met"),
    Standing.NOT_ASSESSED: Text(sv="inte bedömda", en="not assessed"),
    Standing.SET_ASIDE: Text(sv="lagda åt sidan", en="set aside"),
}
_WORDS = {
    "title": Text(sv="Kompetensmål", en="Competence goals"),
    "for_patients": Text(
        sv="Områden som patienterna gör viktiga", en="Areas that the patients make relevant"
    ),
    "may_be": Text(sv="Kan bli viktiga, uppgifter saknas", en="May be relevant, facts are missing"),
    "others": Text(sv="Övriga områden", en="Other areas"),
    "because": Text(sv="för", en="for"),
    "whole": Text(
        sv="Källorna knyter inget område till {groups}; där gäller målen som helhet",
        en="The sources tie no area to {groups}; there the goals hold as a whole",
    ),
    "own": Text(
        sv="lagt åt sidan; regelverket nämner inget skäl som uppgifterna visar",
        en="set aside; the ruleset names no reason that the facts show",
    ),
    "open": Text(sv="saknas", en="missing"),
}


def assessment_lines(found: Assessment, language: str) -> Iterator[str]:
    """The assessment line by line; raises `UnknownName` for another language."""
    check_language(language)

    def word(name: str) -> str:
        return _WORDS[name].in_language(language)

    question = found.decision.parts[1].questions[found.decision.question]
    said = outcome_words(found.decision.outcome, question, language)
    name = f" {found.physician}" if found.physician else ""
    yield printable(f"{word('title')}{name}: {said}")
    for rule in (*found.decision.grounds, *found.decision.advice):
        source = f"{rule.source.document} [{rule.source.statement}]"
        yield printable(f"  + {rule.because.in_language(language)} ({source})")
    if found.decision.missing:
        yield printable(f"  {word('open')}: {', '.join(found.decision.missing)}")
    for heading, areas in _parts(found):
        if areas:
            yield word(heading)
        for area in areas:
            yield printable(f"  {area_line(found, area, language)}")
            for goal in area.not_met:
                yield printable(f"    - {goal.label.in_language(language)} [{goal.id}]")
            if area.set_aside:
                reason = area.reason.in_language(language) if area.reason else word("own")
                yield printable(f"    {reason}")
    if found.areas and found.as_a_whole:
        groups = ", ".join(
            found.group_labels[each].in_language(language) for each in found.as_a_whole
        )
        yield printable(word("whole").format(groups=groups))


def area_line(found: Assessment, area: Area, language: str) -> str:
    """``Older people: met 2, not met 1, not assessed 2 (for SÄBO)``."""
    counts = ", ".join(standings(area, language))
    groups = area.groups or area.possibly
    names = ", ".join(found.group_labels[each].in_language(language) for each in groups)
    because = f" ({_WORDS['because'].in_language(language)} {names})" if names else ""
    return f"{area.label.in_language(language)}: {counts}{because}"


def standings(area: Area, language: str) -> Iterator[str]:
    """How many goals stand how: ``met 2``, ``not met 1``."""
    for standing, words in _STANDINGS.items():
        goals: tuple[Goal, ...] = area.standing(standing)
        if goals:
            yield f"{words.in_language(language)} {len(goals)}"


def _parts(found: Assessment) -> Iterable[tuple[str, tuple[Area, ...]]]:
    others = tuple(each for each in found.areas if not (each.groups or each.possibly))
    return (
        ("for_patients", found.relevant),
        ("may_be", found.possibly_relevant),
        ("others", others),
    )
