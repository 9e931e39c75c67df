"""assumptions of a plan.

The parameters without a source that a plan's decisions may rest on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flk_rules.library import Ruleset
from flk_rules.model import rules as model
from flk_rules.model.answers import Effect
from flk_rules.model.expressions import DefinitionRef, Expr, ParameterRef, children
from flk_rules.model.rules import Basis, Parameter


def assumed_in_grounds(ruleset: Ruleset, question: str) -> tuple[Parameter, ...]:
    """The assumptions that the question's grounds read.

    Of a single decision `Decision.assumptions` says which it rests on; asking that of every patient
    would take longer than deciding them, so of a whole unit all that can matter are named.
    """
    resolved = ruleset.model
    read = {
        name
        for rule in resolved.rules_of(question)
        if rule.effect is not Effect.ADVISE
        for name in _parameters(rule.when, resolved)
    }
    found = (resolved.parameters[each] for each in sorted(read))
    return tuple(each for each in found if each.basis is Basis.ASSUMPTION)


def by_id(parameters: Iterable[Parameter]) -> tuple[Parameter, ...]:
    """Each parameter once, by id."""
    found = {each.id: each for each in parameters}
    return tuple(found[each] for each in sorted(found))


def _parameters(node: Expr, resolved: model.Ruleset) -> Iterator[str]:
    match node:
        case ParameterRef(path=path):
            yield path
        case DefinitionRef(path=path):
            yield from _parameters(resolved.definitions[path].when, resolved)
        case _:
            for each in children(node):
                yield from _parameters(each, resolved)
