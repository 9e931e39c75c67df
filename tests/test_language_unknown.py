"""unknown is sound.

By brute force over small domains: where a condition is true or false although facts are missing,
every completion of them gives that value. The converse does not hold, by design: Kleene logic does
not see that both sides of `x || !x` rest on one fact, and the tests say how often that happens.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product
from random import Random

import pytest
from attrs import frozen

from flk_rules.engines.reference import Interpreter
from flk_rules.language import check, parse
from flk_rules.model.expressions import (
    Arithmetic,
    Conditional,
    DefinitionRef,
    Expr,
    Has,
    Member,
    ParameterRef,
    SetRelation,
    children,
)
from flk_rules.model.values import Kind, Outcome3, Unknown, Value
from support.expressions import SMALL, exact, random_expression

# Tracing every line of some hundred thousand evaluations takes longer than all else together, and
# other tests reach the same lines.
pytestmark = pytest.mark.no_cover

EXPRESSIONS = 3_000
MOST_FACTS = 4
INTERPRETER = SMALL.interpreter()
Facts = dict[str, Value]


@frozen
class Partial:
    """An expression with some facts missing: its value, and what all completions give."""

    known: Facts
    missing: tuple[str, ...]
    value: Outcome3
    completed: frozenset[str]

    @property
    def agreed(self) -> bool:
        """Every completion gives one and the same value."""
        return len(self.completed) == 1 and not self.failed

    @property
    def failed(self) -> bool:
        """No completion gives a value: all are errors."""
        return all(each.startswith("unknown [] ") for each in self.completed)


def _value(tree: Expr, facts: Mapping[str, Value], by: Interpreter = INTERPRETER) -> Outcome3:
    return by.trace(tree, facts).value


def _worlds(names: Sequence[str]) -> Iterator[Facts]:
    for values in product(*(SMALL.domains[name] for name in names)):
        yield dict(zip(names, values, strict=True))


def _partials(tree: Expr) -> Iterator[Partial]:
    """Every non-empty subset of its facts missing, with every value of the others."""
    names = sorted(SMALL.facts_of(tree))
    complete = [(world.items(), exact(_value(tree, world))) for world in _worlds(names)]
    for size in range(1, len(names) + 1):
        for missing in combinations(names, size):
            for known in _worlds([name for name in names if name not in missing]):
                completed = frozenset(text for world, text in complete if known.items() <= world)
                yield Partial(known, missing, _value(tree, known), completed)


def _parts(node: Expr) -> Iterator[Expr]:
    yield node
    for child in children(node):
        yield from _parts(child)


def _trees(seed: int, count: int) -> Iterator[Expr]:
    rng = Random(seed)
    while count:
        kind = Kind.BOOL if rng.random() < 0.8 else rng.choice(tuple(Kind))
        tree, _ = check(random_expression(rng, SMALL.scope, rng.randint(1, 5), kind), SMALL.scope)
        if 1 <= len(SMALL.facts_of(tree)) <= MOST_FACTS:
            count -= 1
            yield tree


def test_what_is_known_holds_for_every_completion() -> None:
    seen: Counter[str] = Counter()
    nodes: set[type] = set()
    for tree in _trees(6, EXPRESSIONS):
        nodes |= {type(part) for part in _parts(tree)}
        seen["expressions of several facts"] += len(SMALL.facts_of(tree)) > 1
        for partial in _partials(tree):
            value = partial.value
            if isinstance(value, Unknown):
                seen["unknown"] += 1
                seen["unknown though agreed"] += partial.agreed
                assert value.missing <= set(partial.missing)
                if not value.missing:
                    # No fact would help: it is an error in every completion.
                    seen["error"] += 1
                    assert value.error
                    assert partial.failed
            else:
                seen[repr(value) if isinstance(value, bool) else "other"] += 1
                assert partial.completed == {exact(value)}, (tree, partial)
    assert nodes >= {DefinitionRef, ParameterRef, Conditional, Member, SetRelation, Arithmetic}
    assert Has not in nodes
    assert seen["expressions of several facts"] > 1_500, seen
    assert min(seen["True"], seen["False"]) > 12_000, seen
    assert seen["unknown"] > 30_000, seen
    assert min(seen["other"], seen["error"], seen["unknown though agreed"]) > 150, seen


def test_a_fact_more_never_changes_what_is_known() -> None:
    """Knowledge only grows: also between two states that both lack facts."""
    rng = Random(7)
    grew = 0
    for tree in _trees(7, 500):
        world = SMALL.draw(rng)
        facts: Facts = {}
        before = _value(tree, facts)
        for name in rng.sample(sorted(world), len(world)):
            facts[name] = world[name]
            after = _value(tree, facts)
            if not isinstance(before, Unknown):
                assert exact(after) == exact(before)
            grew += isinstance(before, Unknown) and not isinstance(after, Unknown)
            before = after
        assert not isinstance(before, Unknown) or before.error
    assert grew > 300


def test_parameters_left_open_are_missing_like_facts() -> None:
    rng = Random(8)
    everything = frozenset(SMALL.parameters)
    opened = SMALL.interpreter(open_parameters=everything)
    seen: Counter[type] = Counter()
    for tree in _trees(8, 1_000):
        facts = SMALL.draw(rng)
        value = _value(tree, facts, by=opened)
        seen[type(value)] += 1
        if isinstance(value, Unknown):
            assert value.missing <= {f"params.{name}" for name in everything}
        else:
            assert exact(value) == exact(_value(tree, facts))
    assert seen[bool] > 200 < seen[Unknown]


@pytest.mark.parametrize(
    "text",
    [
        "who.busy || !who.busy",
        "who.busy ? true : true",
        "who.age < 65 || who.age >= 65",
        "who.share == who.share",
        "who.count * 0 == 0",
        "!(who.stage == 'bt' && who.stage == 'st')",
        "size(who.skills) >= 0",
        "sets.contains(who.skills, [])",
    ],
)
def test_kleene_logic_does_not_see_that_all_completions_agree(text: str) -> None:
    """Deliberate, and said in docs/language.md: each operator looks at its parts' values alone."""
    tree, _ = check(parse(text), SMALL.scope)
    gaps = [each for each in _partials(tree) if each.agreed]
    assert gaps
    for each in gaps:
        assert each.completed == {"True"}
        assert each.value == Unknown(frozenset(each.missing))


@pytest.mark.parametrize(
    ("text", "unrecorded", "completed"),
    [
        ("has(who.busy)", False, True),
        ("!has(who.busy)", True, False),
        ("has(who.busy) && who.busy", False, True),
        ("!has(who.busy) || who.busy", True, True),
    ],
)
def test_has_asks_about_the_record_and_not_about_the_world(
    text: str, unrecorded: bool, completed: bool
) -> None:
    """Why it is left out above: its answer is known, and changes when the fact is recorded."""
    tree, _ = check(parse(text), SMALL.scope)
    assert _value(tree, {}) is unrecorded
    assert _value(tree, {"who.busy": True}) is completed


TRUTHS: Mapping[str, Facts] = {
    "true": {"who.busy": True},
    "false": {"who.busy": False},
    "unknown": {},
}
TABLE = {
    # left, right: left && right, left || right
    ("true", "true"): ("true", "true"),
    ("true", "false"): ("false", "true"),
    ("true", "unknown"): ("unknown", "true"),
    ("false", "true"): ("false", "true"),
    ("false", "false"): ("false", "false"),
    ("false", "unknown"): ("false", "unknown"),
    ("unknown", "true"): ("unknown", "true"),
    ("unknown", "false"): ("false", "unknown"),
    ("unknown", "unknown"): ("unknown", "unknown"),
}


@pytest.mark.parametrize(("left", "right"), TABLE)
def test_the_three_valued_tables_are_kleenes(left: str, right: str) -> None:
    other = {path.replace("busy", "new"): value for path, value in TRUTHS[right].items()}
    facts = {**TRUTHS[left], **other}
    results = []
    for op in ("&&", "||"):
        value = _value(check(parse(f"who.busy {op} who.new"), SMALL.scope)[0], facts)
        results.append("unknown" if isinstance(value, Unknown) else str(value).lower())
    assert tuple(results) == TABLE[left, right]
