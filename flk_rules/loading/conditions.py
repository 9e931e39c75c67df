"""conditions of entries.

Parses and checks every condition of a chain of layers, live or not, and what its rule asks of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from flk_rules.errors import ExpressionInvalid, Problem, nearest
from flk_rules.language import Scope, check, parse, print_expression
from flk_rules.loading.amounts import check_amounts
from flk_rules.loading.definitions import Trees, Web
from flk_rules.loading.entries import Entries, Entry, rest
from flk_rules.loading.files import SourceFile
from flk_rules.loading.shapes import ReplaceEntry, RuleEntry
from flk_rules.model.answers import EFFECTS_OF, OUTCOMES_OF, Effect
from flk_rules.model.expressions import Expr, Name, children
from flk_rules.model.schema import Schema
from flk_rules.model.values import BOOL, Kind, Type

_LINE = re.compile(r"line (\d+) ")


@frozen
class Checked:
    """Trees of the conditions and of the amounts by the place of their entry, and the types of all
    parameters."""

    trees: Trees
    amounts: Trees
    parameter_types: Mapping[str, Type]


def check_conditions(
    entries: Entries, schema: Schema, types: Mapping[str, Type], problems: list[Problem]
) -> Checked:
    """Every condition checked against the schema; mistakes go to `problems`."""
    scope = Scope(
        facts={name: spec.type for name, spec in schema.facts.items()},
        parameters=types,
        definitions={entry.item.id: BOOL for entry in entries.definitions},
        codes={name: frozenset(each.codes) for name, each in schema.codes.items()},
    )
    trees: dict[str, Expr] = {}
    conditioned: list[Entry[Any]] = [*entries.definitions, *entries.rules, *entries.replaces]
    for entry in conditioned:
        path = f"{entry.path}.when"
        tree = _checked(entry.item.when, entry.file, path, scope, entries.broken, problems)
        if tree is not None:
            trees[entry.origin.place] = tree
    amounts: dict[str, Expr] = {}
    rules: list[Entry[Any]] = [*entries.rules, *entries.replaces]
    for entry in rules:
        if entry.item.value is not None:
            path = f"{entry.path}.value"
            tree = _checked(
                entry.item.value, entry.file, path, scope, entries.broken, problems, number=True
            )
            if tree is not None:
                amounts[entry.origin.place] = tree
    for file, path, text in rest(entries, "when"):
        _checked(text, file, path, scope, entries.broken, problems)
    web = Web(entries, trees)
    problems += web.rings()
    problems += _subjects(entries, schema)
    problems += _rules(entries, web)
    problems += check_amounts(entries, amounts, schema)
    return Checked(trees, amounts, types)


def conditioned(place: str, checked: Checked) -> dict[str, Any]:
    """A rule's condition and amount, as trees and in canonical text."""
    when, amount = checked.trees[place], checked.amounts.get(place)
    return {
        "when": when,
        "condition": print_expression(when),
        "amount": amount,
        "formula": None if amount is None else print_expression(amount),
    }


def _checked(
    text: str,
    file: SourceFile,
    path: str,
    scope: Scope,
    broken: set[str],
    problems: list[Problem],
    *,
    number: bool = False,
) -> Expr | None:
    """The checked tree of a condition or of a number, or None where it has a mistake or names what
    has one."""
    try:
        parsed = parse(text)
        if broken and broken.intersection(_names(parsed)):
            return None
        tree, found = check(parsed, scope)
    except ExpressionInvalid as error:
        for each in error.problems:
            # The line within the condition is a line of the file, too.
            line = _LINE.match(each.where)
            place = file.place_in_text(path, int(line[1]) if line else 1)
            problems.append(Problem(f"{place}: {each.where}", each.message))
        return None
    if number and not found.numeric:
        problems.append(Problem(file.place(path), f"a value is an int or a double, found {found}"))
        return None
    if not number and found.kind is not Kind.BOOL:
        problems.append(Problem(file.place(path), f"a condition is a bool, found {found}"))
        return None
    return tree


def _names(node: Expr) -> Iterator[str]:
    if isinstance(node, Name):
        yield node.path.removeprefix("params.")
    for child in children(node):
        yield from _names(child)


def _subjects(entries: Entries, schema: Schema) -> Iterator[Problem]:
    for question in entries.questions:
        for index, subject in enumerate(question.item.subjects):
            if subject not in schema.subjects:
                hint = nearest(subject, schema.subjects)
                known = ", ".join(schema.subjects)
                yield Problem(
                    question.at(f"subjects[{index}]"),
                    f"no subject {subject!r}{hint} (known: {known})",
                )
        combine = question.item.combine
        for outcome in question.item.words():
            if outcome not in OUTCOMES_OF[combine]:
                known = ", ".join(each.value for each in OUTCOMES_OF[combine])
                yield Problem(
                    question.at(f"outcomes.{outcome.value}"),
                    f"a question that combines by {combine.value} has no outcome "
                    f"{outcome.value!r} (its outcomes: {known})",
                )


def _see(
    entry: Entry[RuleEntry] | Entry[ReplaceEntry], see: str, about: str, entries: Entries
) -> Iterator[Problem]:
    """A rule sends the reader to another question that is there."""
    questions = {each.item.id for each in entries.questions}
    if see == about:
        yield Problem(entry.at("see"), f"names its own question {see!r}; name another or leave out")
    elif see not in questions and see not in entries.broken:
        yield Problem(entry.at("see"), f"no [[question]] called {see!r}{nearest(see, questions)}")


def _rules(entries: Entries, web: Web) -> Iterator[Problem]:
    questions = {entry.item.id: entry.item for entry in entries.questions}
    asked = [(entry.at("decides"), entry.item.decides) for entry in entries.rules]
    asked += [(file.place(path), text) for file, path, text in rest(entries, "decides")]
    for place, about in asked:
        if about not in questions and about not in entries.broken:
            hint = nearest(about, questions)
            yield Problem(place, f"no [[question]] called {about!r}{hint}")
    decides = {entry.item.id: entry.item.decides for entry in entries.rules}
    checked: list[Entry[RuleEntry] | Entry[ReplaceEntry]] = [*entries.rules, *entries.replaces]
    for entry in checked:
        rule = entry.item
        if rule.effect is Effect.FORBID and not rule.force.binding:
            yield Problem(
                entry.at("force"),
                f"only law and contract can forbid, found {rule.force.value}; "
                "make the rule advise, or cite what binds",
            )
        about = rule.decides if isinstance(rule, RuleEntry) else decides.get(rule.rule, "")
        if rule.see is not None:
            yield from _see(entry, rule.see, about, entries)
        if (question := questions.get(about)) is None:
            continue
        if rule.effect not in (effects := EFFECTS_OF[question.combine]):
            known = ", ".join(each.value for each in effects)
            yield Problem(
                entry.at("effect"),
                f"the question {about} combines by {question.combine.value}, whose rules have an "
                f"effect among {known}; found {rule.effect.value}",
            )
        for name in sorted(web.facts(entry)):
            if name.partition(".")[0] not in question.subjects:
                yield Problem(
                    entry.at("when"),
                    f"reads {name}, but the question {about} is about "
                    f"{' and '.join(question.subjects)}",
                )
