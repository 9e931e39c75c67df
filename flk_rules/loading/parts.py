"""one question's part.

As much of a ruleset as one question reads: it answers that question as the whole does.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from flk_rules.model.expressions import DefinitionRef, Expr, FactRef, ParameterRef
from flk_rules.model.rules import Citation, Ruleset
from flk_rules.model.schema import Schema


def part_of(ruleset: Ruleset, question: str) -> Ruleset:
    """The ruleset with only what `question` reads: its rules, the definitions, parameters and
    facts that these name, the codes that those may have, and the documents that are cited.

    What layers took away stays whole, for nothing says any more which question it was about. The
    fingerprint is that of the whole.
    """
    asked = ruleset.questions[question]
    rules = {rule.id: rule for rule in ruleset.rules_of(question)}
    nodes = [node for rule in rules.values() for node in _nodes(ruleset, rule.when, rule.amount)]
    named = {each.path for each in nodes if isinstance(each, DefinitionRef)}
    used = {each.path for each in nodes if isinstance(each, ParameterRef)}
    read = {each.path for each in nodes if isinstance(each, FactRef)}
    definitions = {name: each for name, each in ruleset.definitions.items() if name in named}
    parameters = {name: each for name, each in ruleset.parameters.items() if name in used}
    if asked.compares is not None:
        read.add(asked.compares)
    facts = {name: spec for name, spec in ruleset.schema.facts.items() if name in read}
    types = [spec.type for spec in facts.values()] + [each.type for each in parameters.values()]
    lists = {each.codes for each in types}
    if asked.assessing is not None:
        lists.add(asked.assessing.against)
    whole = evolve(
        ruleset,
        questions={question: asked},
        rules=rules,
        definitions=definitions,
        parameters=parameters,
        schema=Schema(
            facts=facts,
            inputs={
                name: spec
                for name, spec in ruleset.schema.inputs.items()
                if spec.subject in asked.subjects
            },
            codes={name: codes for name, codes in ruleset.schema.codes.items() if name in lists},
        ),
    )
    cited = {source.document for source in _sources(whole)}
    documents = {name: each for name, each in ruleset.documents.items() if name in cited}
    return evolve(whole, documents=documents)


def _nodes(ruleset: Ruleset, *trees: Expr | None) -> Iterator[Expr]:
    for tree in trees:
        if tree is not None:
            yield from ruleset.nodes_of(tree)


def _sources(ruleset: Ruleset) -> Iterator[Citation]:
    """Every source that is cited."""
    for question in ruleset.questions.values():
        yield question.source
        if question.assessing is not None:
            yield question.assessing.source
    for rule in ruleset.rules.values():
        yield rule.source
        yield from (each.source for each in rule.overlaid)
    for parameter in ruleset.parameters.values():
        yield from (each.source for each in parameter.overlaid)
        if parameter.source is not None:
            yield parameter.source
    for definition in ruleset.definitions.values():
        if definition.source is not None:
            yield definition.source
    yield from (each.source for each in ruleset.disabled.values())
