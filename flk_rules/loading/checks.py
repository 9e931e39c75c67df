"""checks of entries.

What can be said of entries without reading a condition: their ids, dates and citations, and what
stands twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from flk_rules.errors import ExpressionInvalid, Problem, nearest, shown
from flk_rules.language import parse
from flk_rules.language.parser import RESERVED
from flk_rules.loading.entries import Entries, Entry, LayerFiles, clashes, grouped, rest
from flk_rules.loading.shapes import QuestionEntry
from flk_rules.model.calendar import EARLIEST, LATEST
from flk_rules.model.expressions import Name
from flk_rules.model.rules import Citation
from flk_rules.model.schema import Schema

_WORD = (re.compile(r"[a-z][a-z0-9_]*"), "a word of a to z, 0 to 9 and _ such as 'elderly_from'")
_DOTTED = (
    re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*"),
    "words of a to z, 0 to 9 and _ joined by dots, such as 'se.stockholm'",
)
_CODE = (
    re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]*"),
    "letters, digits and the signs _ . : - without spaces, such as 'hslf_fs_2021_8'",
)
_STATEMENT = (re.compile(r"[ECPLSKDF][1-9][0-9]*"), "a statement of the catalogue such as 'E10'")
_PUBLISHED = (
    re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?"),
    "a year, month or day such as '2024', '2024-01' or '2024-01-31'",
)
_SOURCES = ("source", "authority")
"""The keys of an entry that cite; a replace cites for its rule and for the change."""
_LATER = {
    "rule": "; a later layer changes it by [[replace]], [[disable]] or [[demote]]",
    "parameter": "; a later layer changes it by [[set]]",
}


def check_entries(entries: Entries, schema: Schema) -> list[Problem]:
    """Ids that are no ids or there twice, dates, validities that overlap, citations of what is
    not there, rules named outside their ruleset."""
    problems = [each for layer in entries.layers for each in _header(layer)]
    problems += _ids(entries)
    problems += _definition_names(entries, schema)
    problems += _twice(entries)
    for entry in entries.dated:
        problems += _dates(entry.item, entry.at)
    problems += _citations(entries)
    return problems


def _form(value: str, form: tuple[re.Pattern[str], str], place: str) -> Iterator[Problem]:
    pattern, words = form
    if not pattern.fullmatch(value):
        yield Problem(place, f"expected {words}, found {shown(value)}")


def _header(layer: LayerFiles) -> Iterator[Problem]:
    yield from _form(layer.header.id, _DOTTED, layer.at("id"))
    yield from _dates(layer.header, layer.at)


def _ids(entries: Entries) -> Iterator[Problem]:
    forms: tuple[tuple[Sequence[Entry[Any]], str, tuple[re.Pattern[str], str]], ...] = (
        (entries.documents, "id", _CODE),
        (entries.documents, "published", _PUBLISHED),
        (entries.codes, "list", _WORD),
        (entries.questions, "id", _WORD),
        (entries.parameters, "id", _WORD),
        (entries.definitions, "id", _DOTTED),
        (entries.rules, "id", _DOTTED),
    )
    for some, key, form in forms:
        for entry in some:
            yield from _form(getattr(entry.item, key), form, entry.at(key))
    for codes in entries.codes:
        first: dict[str, str] = {}
        for index, code in enumerate(codes.item.code):
            place = codes.at(f"code[{index}]")
            yield from _form(code.id, _CODE, place + ".id")
            before = first.setdefault(code.id, place)
            if before != place:
                yield Problem(place, f"the code {code.id!r} is also at {before}")
    for rule in entries.rules:
        prefix = f"{rule.origin.ruleset}."
        if not rule.item.id.startswith(prefix):
            yield Problem(
                rule.at("id"),
                f"a rule of {rule.origin.ruleset} has an id that starts with {prefix!r}, "
                f"found {shown(rule.item.id)}",
            )
    for question in entries.questions:
        yield from _assessing(question, entries)
        subjects = question.item.subjects
        for index, subject in enumerate(subjects):
            if subject in subjects[:index]:
                place = question.at(f"subjects[{index}]")
                yield Problem(place, f"the subject {subject!r} is there twice")


def _assessing(question: Entry[QuestionEntry], entries: Entries) -> Iterator[Problem]:
    """The list of codes that people assess against is there, and their tool has a name."""
    assessing = question.item.assessing
    if assessing is None:
        return
    lists = {entry.item.list for entry in entries.codes}
    against = assessing.against
    if against is not None and against not in lists and against not in entries.broken:
        message = f"no [[codes]] called {against!r}{nearest(against, lists)}"
        yield Problem(question.at("assessing.against"), message)
    if assessing.tool is not None:
        yield from _form(assessing.tool, _DOTTED, question.at("assessing.tool"))


def _definition_names(entries: Entries, schema: Schema) -> Iterator[Problem]:
    """A name that a condition could not say, or that would hide or split another name."""
    for parameter in entries.parameters:
        yield from _sayable(f"params.{parameter.item.id}", parameter)
    taken = dict.fromkeys((*schema.facts, *schema.inputs), "the fact")
    ids = {entry.item.id for entry in entries.definitions}
    others = {**taken, **{each: "the definition" for each in ids if each not in taken}}
    for entry in entries.definitions:
        name = entry.item.id
        head = name.partition(".")[0]
        if head in ("params", "sets"):
            message = f"no definition starts with {head!r}, which the language keeps for itself"
            yield Problem(entry.at("id"), message)
        elif name in taken:
            yield Problem(entry.at("id"), f"{name!r} is a fact; name it otherwise")
        else:
            inside = (f"{name[:dot]}" for dot in range(len(name)) if name[dot] == ".")
            hidden = next((each for each in inside if each in others), None)
            around = next((each for each in taken if each.startswith(f"{name}.")), hidden)
            if around is not None:
                message = f"{name!r} and {others[around]} {around!r} cannot both be names"
                yield Problem(entry.at("id"), f"{message}; name it otherwise")
            else:
                yield from _sayable(name, entry)


def _sayable(name: str, entry: Entry[Any]) -> Iterator[Problem]:
    if not _DOTTED[0].fullmatch(name):
        return  # said already
    try:
        said = parse(name) == Name(name) and RESERVED.isdisjoint(name.split("."))
    except ExpressionInvalid:
        said = False
    if not said:
        yield Problem(
            entry.at("id"), f"{entry.item.id!r} has a word that the language keeps for itself"
        )


def _twice(entries: Entries) -> Iterator[Problem]:
    single: tuple[tuple[str, Sequence[Entry[Any]], str], ...] = (
        ("document", entries.documents, "id"),
        ("question", entries.questions, "id"),
        ("code list", entries.codes, "list"),
    )
    for what, some, key in single:
        for name, same in grouped(some, key).items():
            for two in same[1:]:
                where = same[0].origin.place
                yield Problem(two.at(key), f"the {what} {name!r} is also at {where}")
    for what, some in entries.versioned:
        for name, versions in grouped(some, "id").items():
            for one, two in clashes(versions):
                hint = _LATER.get(what, "") if one.layer != two.layer else ""
                yield Problem(
                    two.at("id"),
                    f"the {what} {name!r} is also at {one.origin.place}, and both hold on "
                    f"{max(one.item.valid_from, two.item.valid_from)}{hint}",
                )
    for name, versions in grouped(entries.rules, "id").items():
        for one, two in pairwise(versions):
            if one.item.decides != two.item.decides:
                yield Problem(
                    two.at("decides"),
                    f"{name!r} decides {two.item.decides} here and {one.item.decides} at "
                    f"{one.origin.place}; versions of a rule decide one question",
                )


def _dates(item: Any, at: Callable[[str], str]) -> Iterator[Problem]:
    for key in ("valid_from", "valid_to"):
        value = getattr(item, key)
        if value is not None and not EARLIEST <= value <= LATEST:
            hint = "; leave valid_to out where there is no end" if key == "valid_to" else ""
            message = f"expected a date from {EARLIEST} to {LATEST}, found {value}{hint}"
            yield Problem(at(key), message)
    if item.valid_to is not None and item.valid_to < item.valid_from:
        yield Problem(
            at("valid_to"),
            f"ends {item.valid_to}, before it starts {item.valid_from}",
        )


def _citations(entries: Entries) -> Iterator[Problem]:
    known = {entry.item.id for entry in entries.documents}
    cited: list[tuple[str, str]] = []
    stated: list[tuple[str, str]] = []
    for question in entries.questions:
        if (assessing := question.item.assessing) is not None:
            place = question.at("assessing.source")
            cited.append((f"{place}.document", assessing.source.document))
            stated.append((f"{place}.statement", assessing.source.statement))
    for entry in (*entries.dated, *entries.questions, *entries.codes):
        for key in _SOURCES:
            source: Citation | None = getattr(entry.item, key, None)
            if source is not None:
                cited.append((entry.at(f"{key}.document"), source.document))
                stated.append((entry.at(f"{key}.statement"), source.statement))
    for parameter in entries.parameters:
        if parameter.item.statement is not None:
            stated.append((parameter.at("statement"), parameter.item.statement))
    for key in _SOURCES:
        for which, found in ((cited, "document"), (stated, "statement")):
            broken = rest(entries, f"{key}.{found}")
            which += [(file.place(path), text) for file, path, text in broken]
    for place, document in cited:
        if document not in known and document not in entries.broken:
            hint = nearest(document, known)
            yield Problem(place, f"no [[document]] called {document!r}{hint}")
    for place, statement in stated:
        yield from _form(statement, _STATEMENT, place)
