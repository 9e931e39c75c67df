"""facts as tables.

Facts by name as an Arrow table with a column each, and what the reference interpreter decides on
them, in the columns of a decided table.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

import attrs
import pyarrow as pa

from flk_rules.deciding.ways import WAYS
from flk_rules.model.answers import Combine, Effect
from flk_rules.model.expressions import Literal
from flk_rules.model.rules import STRONGEST_FIRST, Force, Question, Ruleset
from flk_rules.model.values import INT, Kind, Value
from flk_rules.model.verdicts import Verdict
from flk_rules.tables.query import facts_of
from flk_rules.tables.shape import LISTS
from support.rulesets import ORIGIN, QUESTION, SOURCE, TEXT

TYPES = {
    Kind.BOOL: pa.bool_(), Kind.INT: pa.int64(), Kind.DOUBLE: pa.float64(),
    Kind.STRING: pa.string(), Kind.LIST: pa.list_(pa.string()),
}  # fmt: skip


def table_of(ruleset: Ruleset, facts: Sequence[dict[str, Value]], names: Iterable[str]) -> pa.Table:
    """A column a fact; one that is not known is null."""
    return pa.table({
        name: pa.array([_cell(each.get(name)) for each in facts],
                       TYPES[ruleset.schema.facts[name].type.kind])
        for name in names
    })  # fmt: skip


def _cell(value: Value | None) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value


def answered(verdict: Verdict, missing: Sequence[str]) -> dict[str, Any]:
    """What is said of one row but for its assumptions, as a decided table has it."""
    return {
        "outcome": verdict.outcome.value,
        "reason": verdict.reason.value if verdict.reason else None,
        "force": verdict.force.value if verdict.force else None,
        "value": verdict.value,
        **{name: list(getattr(verdict, name)) for name in LISTS},
        "missing": list(missing),
    }


def asking(ruleset: Ruleset, combine: Combine, seed: int) -> Ruleset:
    """A random ruleset whose rules have effects of one way of combining and any force."""
    chance = Random(seed)
    way = WAYS[combine]
    effects = (*way.answering, *way.directing, Effect.ADVISE)
    if combine is Combine.FORBID_OVERRIDES:
        effects = (*effects, Effect.FORBID)
    rules = {}
    for name, rule in ruleset.rules.items():
        effect = chance.choice(effects)
        stated = effect is Effect.VALUE
        rules[name] = attrs.evolve(
            rule,
            effect=effect,
            force=Force.LAW if effect is Effect.FORBID else chance.choice(STRONGEST_FIRST),
            amount=Literal(1_100, INT) if stated else None,
        )
    question = Question(
        id=QUESTION, combine=combine, subjects=("p",), title=TEXT, scope=TEXT, outcomes={},
        source=SOURCE, origin=ORIGIN,
    )  # fmt: skip
    return attrs.evolve(ruleset, rules=rules, questions={QUESTION: question})


def read_facts(ruleset: Ruleset, question: str) -> tuple[str, ...]:
    """The facts that the question's rules read, or one if they read none."""
    return facts_of(ruleset, question) or (next(iter(ruleset.schema.facts)),)
