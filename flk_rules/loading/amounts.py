"""numbers of rules.

What a rule of a value question may say of its number, and what the number is held against.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flk_rules.errors import Problem, nearest
from flk_rules.loading.definitions import references
from flk_rules.loading.entries import Entries, Entry
from flk_rules.loading.shapes import QuestionEntry, ReplaceEntry, RuleEntry
from flk_rules.model.answers import Combine, Effect
from flk_rules.model.expressions import Expr, ParameterRef
from flk_rules.model.schema import Schema


def check_amounts(
    entries: Entries, amounts: Mapping[str, Expr], schema: Schema
) -> Iterator[Problem]:
    """A number where none may be or where one is missing; one that reads what it may not."""
    questions = {entry.item.id: entry.item for entry in entries.questions}
    decides = {entry.item.id: entry.item.decides for entry in entries.rules}
    for question in entries.questions:
        yield from _compares(question, schema)
    rules: list[Entry[RuleEntry] | Entry[ReplaceEntry]] = [*entries.rules, *entries.replaces]
    for entry in rules:
        item = entry.item
        about = item.decides if isinstance(item, RuleEntry) else decides.get(item.rule, "")
        if (asked := questions.get(about)) is None:
            continue
        if item.value is None:
            if item.effect is Effect.VALUE:
                yield Problem(entry.at("effect"), "a rule of effect value needs the key 'value'")
        elif asked.combine is not Combine.VALUE:
            yield Problem(
                entry.at("value"),
                f"the question {about} combines by {asked.combine.value}; only rules of a question "
                "that combines by value bring a number",
            )
        elif (tree := amounts.get(entry.origin.place)) is not None:
            yield from _reads(entry, tree)


def _reads(entry: Entry[RuleEntry] | Entry[ReplaceEntry], tree: Expr) -> Iterator[Problem]:
    named = list(references(tree))
    facts = [each.path for each in named if not isinstance(each, ParameterRef)]
    if entry.item.effect is Effect.GROUND:
        if not any(isinstance(each, ParameterRef) for each in named):
            yield Problem(
                entry.at("value"),
                "a factor reads a parameter, so that somebody answers for it; found "
                f"{entry.item.value!r}",
            )
    elif facts:
        yield Problem(
            entry.at("value"),
            f"a number by effect {entry.item.effect.value} reads parameters only, found {facts[0]}",
        )


def _compares(question: Entry[QuestionEntry], schema: Schema) -> Iterator[Problem]:
    name = question.item.compares
    if name is None:
        return
    place = question.at("compares")
    if question.item.combine is not Combine.VALUE:
        found = question.item.combine.value
        yield Problem(place, f"only a question that combines by value compares, found {found}")
    spec = schema.facts.get(name)
    if spec is None:
        yield Problem(place, f"no fact called {name!r}{nearest(name, schema.facts)}")
    elif not spec.type.numeric or spec.subject not in question.item.subjects:
        subjects = " and ".join(question.item.subjects)
        yield Problem(place, f"expected a number of {subjects}, found {name} ({spec.type})")
