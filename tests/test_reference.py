"""operators at boundaries.

What each operator gives where numbers end, where facts are missing, and how a trace shows it.
"""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import pytest

from flk_rules.engines.reference import Interpreter, Reference, Trace, fire
from flk_rules.language import check, parse
from flk_rules.language.parser import MAX_DEPTH
from flk_rules.model.expressions import DefinitionRef, FactRef, Literal, Name
from flk_rules.model.values import Outcome3, Unknown, Value
from flk_rules.model.verdicts import Firings
from support.expressions import INT_MAX, INT_MIN, SMALL, exact

DIVISION = Unknown(error="division by zero")
RANGE = Unknown(error="the result is beyond the range of a 64-bit integer")
NO_ORDER = Unknown(error="0.0 / 0.0 is no number and has no order")


def _trace(text: str, by: Interpreter | None = None, **facts: Value) -> Trace:
    """Facts are named without their subject."""
    tree, _ = check(parse(text), SMALL.scope)
    return (by or SMALL.interpreter()).trace(tree, {f"who.{k}": v for k, v in facts.items()})


def _value(text: str, **facts: Value) -> Outcome3:
    return _trace(text, **facts).value


def _missing(*names: str) -> Unknown:
    return Unknown(frozenset(f"who.{name}" for name in names))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9223372036854775807 + 0", INT_MAX),
        ("9223372036854775807 + 1", RANGE),
        ("9223372036854775806 + 1", INT_MAX),
        ("-9223372036854775808 - 0", INT_MIN),
        ("-9223372036854775808 - 1", RANGE),
        ("0 - -9223372036854775808", RANGE),
        ("3037000499 * 3037000499", 9223372030926249001),
        ("3037000500 * 3037000500", RANGE),
        ("-9223372036854775808 * -1", RANGE),
        ("-9223372036854775808 / -1", RANGE),
        ("-9223372036854775808 / 1", INT_MIN),
        ("-(-9223372036854775808)", RANGE),
        ("--9223372036854775808", RANGE),
        ("-(-9223372036854775807)", INT_MAX),
        ("9223372036854775807 + 1 - 1", RANGE),
        ("1 / 0", DIVISION),
        ("0 / 0", DIVISION),
        ("7 / 2", 3),
        ("-7 / 2", -3),
        ("7 / -2", -3),
        ("-7 / -2", 3),
        ("1 / 2", 0),
        ("-1 / 2", 0),
        ("9223372036854775807 / 10", 922337203685477580),
    ],
)
def test_integers_have_64_bits_and_truncate_toward_zero(text: str, value: Outcome3) -> None:
    assert exact(_value(text)) == exact(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.0 / 0.0", math.inf),
        ("-1.0 / 0.0", -math.inf),
        ("1.0 / -0.0", -math.inf),
        ("0.0 / 0.0", math.nan),
        ("0.0 / -0.0", math.nan),
        ("(0.0 / 0.0) / 0.0", math.nan),
        ("(1.0 / 0.0) / 0.0", math.inf),
        ("1.0 / 0.0 - 1.0 / 0.0", math.nan),
        ("0.0 * (1.0 / 0.0)", math.nan),
        ("1e308 * 10.0", math.inf),
        ("1e308 / 1e-10", math.inf),
        ("5e-324 / 2.0", 0.0),
        ("-0.0", -0.0),
        ("0.0 * -1.0", -0.0),
        ("-(0.0 + 0.0)", -0.0),
        ("0.0 - 0.0", 0.0),
        ("7.0 / -2.0", -3.5),
        ("0.1 + 0.2", 0.30000000000000004),
    ],
)
def test_doubles_follow_ieee_754(text: str, value: float) -> None:
    assert exact(_value(text)) == exact(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-0.0 == 0.0", True),
        ("-0.0 == 0", True),
        ("-0.0 < 0.0", False),
        ("1 == 1.0", True),
        ("1 < 1.5", True),
        ("9007199254740992 == 9007199254740992.0", True),
        ("9007199254740993 == 9007199254740992.0", False),
        ("9007199254740993 > 9007199254740992.0", True),
        ("9223372036854775807 == 9223372036854775808.0", False),
        ("9223372036854775807 < 9223372036854775808.0", True),
        ("-9223372036854775808 == -9223372036854775808.0", True),
        ("9223372036854775807 < 1.0 / 0.0", True),
        ("-9223372036854775808 > -1.0 / 0.0", True),
        ("1.0 / 0.0 == 1.0 / 0.0", True),
        ("0.0 / 0.0 == 0.0 / 0.0", False),
        ("0.0 / 0.0 != 0.0 / 0.0", True),
        ("0.0 / 0.0 == 1", False),
        ("0.0 / 0.0 < 1.0", NO_ORDER),
        ("0.0 / 0.0 <= 0.0 / 0.0", NO_ORDER),
        ("1 > 0.0 / 0.0", NO_ORDER),
        ("!(0.0 / 0.0 >= 1.0)", NO_ORDER),
        ("0.0 / 0.0 < 1.0 && false", False),
        ("0.0 / 0.0 in [0.0]", False),
        ("-0.0 in [0.0]", True),
    ],
)
def test_numbers_compare_on_one_line(text: str, value: Outcome3) -> None:
    assert exact(_value(text)) == exact(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 in []", False),
        ("'a' in who.skills", False),
        ("'a' in params.core", True),
        ("true in [false]", False),
        ("size([])", 0),
        ("size([1, 1])", 2),
        ("size(who.skills)", 0),
        ("size(params.core)", 2),
        ("sets.contains([], [])", True),
        ("sets.intersects([], [])", False),
        ("sets.contains(who.skills, [])", True),
        ("sets.intersects(who.skills, params.core)", False),
        ("sets.contains(['a', 'b'], ['b', 'b'])", True),
        ("sets.contains(['a'], ['a', 'b'])", False),
        ("sets.intersects(params.core, ['b', 'c'])", True),
        ("sets.contains(params.core, ['b', 'c'])", False),
    ],
)
def test_lists_and_the_empty_list(text: str, value: Outcome3) -> None:
    assert exact(_value(text, skills=frozenset())) == exact(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("who.age", _missing("age")),
        ("who.age + who.count > 1", _missing("age", "count")),
        ("who.age in [1]", _missing("age")),
        ("size(who.skills)", _missing("skills")),
        ("sets.contains(who.skills, who.wanted)", _missing("skills", "wanted")),
        ("!who.busy", _missing("busy")),
        ("-who.years", _missing("years")),
        ("who.busy && who.new && true", _missing("busy", "new")),
        ("who.busy && who.new && false", False),
        ("who.busy || who.new || true", True),
        ("who.busy || false", _missing("busy")),
        ("who.busy ? 1 : 2", _missing("busy")),
        ("who.busy ? who.age : who.count", _missing("busy")),
        ("true ? 1 : who.count", 1),
        ("false ? who.age : who.count", _missing("count")),
        ("false && 1 / 0 == 1", False),
        ("1 / 0 == 1 || true", True),
        ("1 / 0 == 1 ? 1 : 2", DIVISION),
        ("who.age > 1 / 0", Unknown(frozenset({"who.age"}), "division by zero")),
        ("who.busy || 1 / 0 == 1", Unknown(frozenset({"who.busy"}), "division by zero")),
        ("has(who.age)", False),
        ("who.able", _missing("age", "skills", "licence")),
    ],
)
def test_what_is_missing_is_named(text: str, value: Outcome3) -> None:
    assert exact(_value(text)) == exact(value)


def test_has_is_never_unknown() -> None:
    assert _value("has(who.age)", age=0) is True
    assert _value("has(who.age) || who.busy") == _missing("busy")


def test_a_trace_shows_every_part_and_looks_into_definitions() -> None:
    trace = _trace("!who.old || who.count > 1", age=70, count=0)
    assert trace.value is False
    negation, comparison = trace.parts
    (definition,) = negation.parts
    assert isinstance(definition.node, DefinitionRef)
    (inside,) = definition.parts
    assert inside.node == SMALL.definitions["who.old"]
    assert [part.value for part in inside.parts] == [True, True]
    assert [(type(part.node), part.value) for part in comparison.parts] == [
        (FactRef, 0),
        (Literal, 1),
    ]


def test_a_trace_shows_the_branch_not_taken() -> None:
    trace = _trace("who.busy ? who.age : who.count", busy=False, count=3)
    assert trace.value == 3
    assert [part.value for part in trace.parts] == [False, _missing("age"), 3]


def test_an_open_parameter_is_missing() -> None:
    opened = SMALL.interpreter(open_parameters=frozenset({"limit"}))
    assert _trace("who.age >= params.limit", opened, age=65).value == Unknown(
        frozenset({"params.limit"})
    )
    assert _trace("who.old", opened).value == Unknown(frozenset({"params.limit", "who.age"}))
    assert _trace("params.ratio < 1.0", opened).value is True
    assert _trace("who.age >= params.limit", age=65).value is True


def test_the_deepest_condition_is_evaluated() -> None:
    assert _value("!" * (MAX_DEPTH - 2) + "who.busy", busy=True) is True
    assert _value("1" + " + 1" * (MAX_DEPTH - 1)) == MAX_DEPTH


def test_an_unchecked_name_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(AssertionError, match=r"who\.age was not checked"):
        SMALL.interpreter().trace(Name("who.age"), {})


def test_firings_are_bits_in_the_order_of_the_rules() -> None:
    texts = ("who.busy", "who.new", "who.age > 1", "true", "false", "1 / 0 == 1")
    trees = [check(parse(text), SMALL.scope)[0] for text in texts]
    facts: dict[str, Value] = {"who.busy": True, "who.new": False}
    expected = Firings(true=0b001001, unknown=0b100100)
    assert fire(SMALL.interpreter(), enumerate(trees), facts) == expected
    rules = [SimpleNamespace(when=tree) for tree in trees]
    ruleset: Any = SimpleNamespace(parameters={}, definitions={}, rules_of=lambda _: rules)
    assert Reference(ruleset, "eligibility").fire(facts) == expected
