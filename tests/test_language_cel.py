"""another CEL agrees.

On complete facts, random expressions have the same value and type here and in an independent CEL
(the Rust one, `common-expression-language`, imported as `cel`); where we have Unknown(error), it
raises. Its `sets.*` come from its own `cel.stdlib`; definitions, which CEL has not, are written
out.

Left out of the random comparison, each shown below: negating -2**63, which the other wraps and
CEL's conformance cases call an error; comparing an integer beyond 2**53 with a double close to it,
where the other rounds. `has()` is compared on its own, since every fact is there.
"""

from __future__ import annotations

import math
from collections import Counter
from datetime import date
from random import Random
from typing import Any

import attrs
import cel
import pytest
from attrs import evolve
from cel.stdlib import add_stdlib_to_context

from flk_rules import available, load
from flk_rules.engines.reference import Trace
from flk_rules.errors import ExpressionInvalid
from flk_rules.language import check, parse, print_expression
from flk_rules.model.expressions import DefinitionRef, Expr, Negate, _Node
from flk_rules.model.values import Kind, Unknown, Value
from support.expressions import INT_MIN, SMALL, exact, random_expression

# Tracing every line of some hundred thousand evaluations takes longer than all else together, and
# other tests reach the same lines.
pytestmark = pytest.mark.no_cover

EXPRESSIONS = 6_000
INTERPRETER = SMALL.interpreter()
ERROR = "error"


def _written_out(node: Expr) -> Expr:
    """The tree with definitions replaced by what they stand for."""
    if isinstance(node, DefinitionRef):
        return _written_out(SMALL.definitions[node.path])
    changed: dict[str, Any] = {}
    for field in attrs.fields(type(node)):
        value = getattr(node, field.name)
        if isinstance(value, _Node):
            changed[field.name] = _written_out(value)
        elif field.name == "operands":
            changed[field.name] = tuple(_written_out(each) for each in value)
    return evolve(node, **changed)


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else value


def _context(facts: dict[str, Value]) -> cel.Context:
    context = cel.Context()
    add_stdlib_to_context(context)
    tree: dict[str, Any] = {"params": {path: _plain(v) for path, v in SMALL.parameters.items()}}
    for path, value in facts.items():
        subject, _, name = path.partition(".")
        tree.setdefault(subject, {})[name] = _plain(value)
    for name, value in tree.items():
        context.add_variable(name, value)
    return context


def _theirs(text: str, context: cel.Context) -> object:
    try:
        return cel.compile(text).execute(context)
    except ArithmeticError:
        return ERROR
    except TypeError as error:
        # How it says that NaN has no order.
        if "No such overload" not in str(error):
            raise
        return ERROR


def _ours(trace: Trace) -> object:
    value = trace.value
    if isinstance(value, Unknown):
        assert value.error
        assert not value.missing
        return ERROR
    return list(value) if isinstance(value, tuple) else _plain(value)


def _negates_the_least(trace: Trace) -> bool:
    here = isinstance(trace.node, Negate) and trace.parts[0].value == INT_MIN
    return here or any(_negates_the_least(part) for part in trace.parts)


def _compared(seed: int, count: int, has: bool = False) -> Counter[str]:
    rng = Random(seed)
    seen: Counter[str] = Counter()
    for _ in range(count):
        kind = Kind.BOOL if rng.random() < 0.7 else rng.choice(tuple(Kind))
        tree, _ = check(
            random_expression(rng, SMALL.scope, rng.randint(1, 5), kind, has=has), SMALL.scope
        )
        facts = SMALL.draw(rng)
        trace = INTERPRETER.trace(tree, facts)
        if _negates_the_least(trace):
            seen["left out"] += 1
            continue
        text = print_expression(_written_out(tree))
        ours, theirs = _ours(trace), _theirs(text, _context(facts))
        assert exact(ours) == exact(theirs), (text, facts)
        seen[repr(ours) if isinstance(ours, bool) else ERROR if ours is ERROR else kind.value] += 1
    return seen


def test_random_expressions_have_the_same_value_in_another_cel() -> None:
    seen = _compared(3, EXPRESSIONS)
    assert seen["left out"] < EXPRESSIONS / 100
    assert min(seen[each] for each in ("True", "False")) > EXPRESSIONS / 5, seen
    assert min(seen[each] for each in (ERROR, "int", "double", "string", "list")) > 150, seen


def test_has_is_the_same_where_every_fact_is_recorded() -> None:
    assert sum(_compared(4, 500, has=True).values()) == 500


NUMBERS = (
    "0", "1", "-7", "2", "9223372036854775807", "-9223372036854775807", "4611686018427387904",
    "0.0", "-0.0", "1.5", "-7.0", "1e308", "5e-324", "1.0 / 0.0", "-1.0 / 0.0", "0.0 / 0.0",
)  # fmt: skip


@pytest.mark.parametrize("op", ["+", "-", "*", "/", "==", "!=", "<", "<=", ">", ">="])
def test_every_operator_agrees_at_the_boundaries(op: str) -> None:
    tried = 0
    for left in NUMBERS:
        for right in NUMBERS:
            text = f"({left}) {op} ({right})"
            try:
                tree, _ = check(parse(text), SMALL.scope)
            except ExpressionInvalid:
                assert op in "+-*/"
                continue
            tried += 1
            ours = _ours(INTERPRETER.trace(tree, {}))
            assert exact(ours) == exact(_theirs(text, _context({}))), text
    assert tried > 120


def test_the_other_wraps_the_least_integer() -> None:
    text = "-(-9223372036854775808)"
    assert _theirs(text, _context({})) == INT_MIN
    assert _ours(INTERPRETER.trace(check(parse(text), SMALL.scope)[0], {})) is ERROR


def test_the_other_rounds_integers_to_compare_them_with_doubles() -> None:
    text = "9007199254740993 == 9007199254740992.0"
    assert _theirs(text, _context({})) is True
    assert _ours(INTERPRETER.trace(check(parse(text), SMALL.scope)[0], {})) is False


TOKENS = (
    "x", "a.b", "true", "null", "in", "index", "1", "1.5", "0x1f", ".5", "-", "!", "(", ")",
    "[", "]", ",", "&&", "||", "==", "<", "+", "*", "?", ":", "has(a.b)", "has(x)",
    "sets.contains([1], [2])", "'s'", '"t\\X41"', ".", "\n", "// c\n", "as", "\r", "\t", "'a\rb'",
)  # fmt: skip


def test_whatever_parses_here_is_cel() -> None:
    """Random texts of tokens: what the profile accepts, the other CEL compiles."""
    rng = Random(5)
    accepted = 0
    for _ in range(20_000):
        space = rng.choice(("", " "))
        text = space.join(rng.choices(TOKENS, k=rng.randint(1, 8)))
        try:
            parse(text)
        except ExpressionInvalid:
            continue
        accepted += 1
        cel.compile(text)
    assert accepted > 800


@pytest.mark.parametrize("name", sorted(available()))
def test_every_shipped_condition_is_cel(name: str, on: date) -> None:
    ruleset = load(name, on=on).model
    conditions = [each.when for each in (*ruleset.rules.values(), *ruleset.definitions.values())]
    assert len(conditions) > 20
    for condition in conditions:
        cel.compile(print_expression(condition))


def test_values_are_compared_by_type() -> None:
    """The comparison above would notice each of these."""
    assert len({exact(each) for each in (1, True, 1.0, "1", [1], -0.0, 0.0, math.nan)}) == 8
    assert exact(math.nan) == exact(0.0 * math.inf)
