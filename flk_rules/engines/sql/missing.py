"""missing facts in SQL.

For each fact a condition reads, where it is one of those that the condition is unknown by: what the
reference interpreter says in `Unknown.missing`.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from flk_rules.engines.sql.conditions import Compiler
from flk_rules.engines.sql.literals import all_of, any_of, cases, column, is_null
from flk_rules.model.expressions import (
    And,
    Conditional,
    DefinitionRef,
    Expr,
    FactRef,
    Has,
    Or,
    children,
)
from flk_rules.model.rules import Ruleset

Missing = dict[str, exp.Expr]
"""By fact, a condition that is true or false and never NULL."""


def missing_of(node: Expr, ruleset: Ruleset, compiler: Compiler) -> Missing:
    """Where each fact is one that the condition is unknown by, if the condition is unknown."""
    match node:
        case FactRef(path=path):
            return {path: is_null(column(path))}
        case DefinitionRef(path=path):
            return missing_of(ruleset.definitions[path].when, ruleset, compiler)
        case Conditional(test=test, then=then, otherwise=otherwise):
            condition = compiler.condition(test)
            sides = [_unknown_by(each, ruleset, compiler) for each in (test, then, otherwise)]
            return {
                fact: cases(
                    (is_null(condition.copy()), sides[0].get(fact, exp.false())),
                    (condition.copy(), sides[1].get(fact, exp.false())),
                    otherwise=sides[2].get(fact, exp.false()),
                )
                for fact in sorted({name for each in sides for name in each})
            }
        case Has():
            return {}
        case _:
            # A part that is not itself unknown is unknown by nothing, whatever lies within it.
            return _joined(_unknown_by(each, ruleset, compiler) for each in children(node))


def _unknown_by(node: Expr, ruleset: Ruleset, compiler: Compiler) -> Missing:
    """The same, and nowhere where the part itself is known."""
    found = missing_of(node, ruleset, compiler)
    if isinstance(node, (And, Or, DefinitionRef)):
        unknown = is_null(compiler.condition(node)) if found else exp.false()
        return {fact: all_of([unknown.copy(), when]) for fact, when in found.items()}
    return found


def _joined(parts: Iterable[Missing]) -> Missing:
    found: dict[str, list[exp.Expr]] = {}
    for part in parts:
        for fact, when in part.items():
            found.setdefault(fact, []).append(when)
    return {fact: any_of(every) for fact, every in sorted(found.items())}
