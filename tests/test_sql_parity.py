"""SQL agrees with the reference.

Whole tables decided by SQL on DuckDB give, row by row, the truth of every rule and every part of
the answer that the reference interpreter gives. `python -m soak` does the same with a million rows
of each shipped question.
"""

from __future__ import annotations

from typing import Any

import pytest
from sqlglot import exp

from flk_rules.engines.sql import conditions, dialects, missing, numbers
from flk_rules.engines.sql.conditions import Compiler
from flk_rules.engines.sql.literals import is_null
from flk_rules.model.answers import Combine
from flk_rules.tables import answers
from soak.shipped import differing
from soak.tables import Compared, compare, random_tables, shipped_tables
from support.edges import edge_facts, edges
from support.rulesets import QUESTION

# Tracing every line of a hundred thousand evaluations takes longer than all else together; the
# edges, which are few, reach the same lines.
untraced = pytest.mark.no_cover

RULESETS = 4
SHIPPED_ROWS = 200


def assert_parity(found: Compared, least_share: float) -> None:
    """No difference, and enough of each truth that agreeing means something."""
    assert not found.differences, "\n".join(found.differences[:3])
    rules = found.true + found.false + found.unknown
    assert min(found.true, found.false, found.unknown) > least_share * rules, found


@untraced
def test_random_rulesets() -> None:
    """Each way of combining, with conditions over every kind of node and facts of every type."""
    assert RULESETS % len(Combine) == 0
    found = random_tables(100, RULESETS)
    assert found.rows >= 160
    assert_parity(found, 0.1)


@pytest.mark.parametrize("combine", [Combine.FORBID_OVERRIDES, Combine.COLLECT])
def test_edges(combine: Combine) -> None:
    """Where SQL overflows, rounds, divides or takes NULL for false."""
    assert_parity(at_edges(combine), 0.1)


def at_edges(combine: Combine = Combine.FORBID_OVERRIDES, rows: int = 300) -> Compared:
    return compare(edges(combine), QUESTION, edge_facts(rows))


@untraced
@pytest.mark.parametrize(("name", "question"), differing())
def test_shipped_questions(name: str, question: str) -> None:
    """Every question whose rules differ from those of a lower layer."""
    found = shipped_tables(name, question, 3, SHIPPED_ROWS)
    assert found.rows == SHIPPED_ROWS
    assert_parity(found, 0.02)


def _quotient(left: numbers.Operand, right: numbers.Operand) -> exp.Expr:
    return exp.Div(this=left.tree, expression=right.tree, typed=True)


def _chosen(self: Compiler, test: Any, then: Any, otherwise: Any) -> numbers.Operand:
    condition, yes, no = self.condition(test), self._operand(then), self._operand(otherwise)
    tree = conditions.cases((condition, yes.tree), otherwise=no.tree)
    return numbers.Operand(tree, yes.kind, None, numbers.LEAST, numbers.MOST)


BREAKS: dict[str, tuple[Any, str, Any]] = {
    "a comparison": (numbers._OPERATORS, "<=", exp.LT),
    "a mirrored side": (numbers._MIRROR, "<", "<"),
    "large integers as doubles": (numbers, "EXACT", 2**64),
    "NaN equal to itself": (numbers, "_unless_nan", lambda op, left, right, plain: plain),
    "a divisor of zero": (numbers, "_quotient", _quotient),
    "and for or": (conditions, "all_of", conditions.any_of),
    "an unknown test as false": (Compiler, "_chosen", _chosen),
    "presence": (conditions, "is_known", is_null),
    "an unknown item in an empty list": (
        Compiler, "_member",
        lambda self, item, items: conditions.exp.In(
            this=item.tree, expressions=[each.tree for each in map(conditions._of, items.value)]
        ) if isinstance(items.value, (tuple, frozenset)) and items.value
        else self._dialect.contains(items.tree, item.tree),
    ),
    "all of the other list": (
        dialects.Dialect, "contains_all",
        lambda self, left, right: dialects.exp.Anonymous(
            this="LIST_HAS_ALL", expressions=[right, left]
        ),
    ),
    "missing though decided": (missing, "_unknown_by", missing.missing_of),
    "a side of no rule": (
        answers, "_holds", lambda state, name: answers._has(state & answers.TRUE, name)
    ),
    "an open rule as true": (answers, "UNKNOWN", answers.TRUE),
    "the weakest force": (answers, "STRONGEST_FIRST", answers.STRONGEST_FIRST[::-1]),
    "assumptions by outcome alone": (answers, "_place", lambda place: lambda leaf: None),
}  # fmt: skip


@untraced
@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_compiler_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What parity is worth: each small mistake shows at the edges, or within a few
    random rulesets."""
    target, key, wrong = BREAKS[name]
    if isinstance(target, dict):
        monkeypatch.setitem(target, key, wrong)
    else:
        monkeypatch.setattr(target, key, wrong)
    assert at_edges(rows=100).differences or any(
        random_tables(seed, 1).differences for seed in range(20)
    )
