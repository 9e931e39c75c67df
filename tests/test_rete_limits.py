"""limits of durable-rules.

Both sides of each: where the engine alone would fail, hang or crash, the adapter has partitioned
the rules, computed the condition, or refused with an error of its own before the engine saw it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise

import pytest

from flk_rules.engines.reference import Reference
from flk_rules.engines.rete import Rete, engine
from flk_rules.engines.rete import fields as engine_fields
from flk_rules.engines.rete import nets as engine_nets
from flk_rules.engines.rete.engine import MAX_CONJUNCTIONS, MAX_FIELDS, field_names, fnv1a
from flk_rules.engines.rete.handle import Handle
from flk_rules.engines.rete.nets import MAX_ATOMS, MAX_EXPANSION
from flk_rules.errors import EngineFailure, EngineLimit, FactsInvalid
from flk_rules.model.expressions import (
    And,
    Arithmetic,
    Compare,
    Conditional,
    DefinitionRef,
    Expr,
    FactRef,
    Has,
    Literal,
    Not,
    Or,
)
from flk_rules.model.schema import FactSpec
from flk_rules.model.values import BOOL, DOUBLE, INT, Kind, Type, Value
from support.rulesets import COLOUR, QUESTION, fact, make_ruleset

# Tracing every line of some hundred thousand evaluations takes longer than all else together, and
# other tests reach the same lines.
pytestmark = pytest.mark.no_cover

MANY = [fact(f"p.i{number}", INT) for number in range(800)]
N, D, B = FactRef("p.i0", INT), FactRef("p.d", DOUBLE), FactRef("p.b", BOOL)
BIG = 2**63 - 1


def compare(left: Expr, op: str, value: float) -> Compare:
    return Compare(op, left, Literal(value, INT if isinstance(value, int) else DOUBLE))


def positive(number: int) -> Compare:
    return compare(FactRef(f"p.i{number}", INT), ">", 0)


def decide(
    conditions: Sequence[Expr],
    *facts: dict[str, Value],
    specs: Sequence[FactSpec] = MANY,
    definitions: dict[str, Expr] | None = None,
) -> Rete:
    """Holds both engines against each other; returns the closed rete engine to look at."""
    ruleset = make_ruleset(specs, conditions, definitions=definitions)
    reference, rete = Reference(ruleset, QUESTION), Rete(ruleset, QUESTION)
    for known in facts:
        assert rete.fire(known) == reference.fire(known), known
    rete.close()
    return rete


# ---- limits of the engine that partition lifts ---------------------------------------------------


def test_the_engine_alone_fails_beyond_64_rules_true_at_once() -> None:
    def patterns(count: int) -> dict[str, list[dict[str, object]]]:
        return {f"r{number}": [{"$gte": {"a0": number}}] for number in range(count)}

    within, beyond = Handle(patterns(64)), Handle(patterns(65))
    assert len(within.fired(',"a0":99')) == 64
    with pytest.raises(EngineFailure, match="303"):
        beyond.fired(',"a0":99')
    assert beyond.fired(',"a0":3') == ["r0", "r1", "r2", "r3"], "clean after its own error"


@pytest.mark.parametrize("count", [50, 51, 64, 65, 300])
def test_rules_true_at_once(count: int) -> None:
    rules = [compare(N, ">=", number) for number in range(count)]
    rete = decide(rules, {"p.i0": count}, {"p.i0": 0}, {"p.i0": -1}, {})
    assert len(rete._true) == -(-count // MAX_CONJUNCTIONS)


@pytest.mark.parametrize("count", [255, 256, 257, 1_000])
def test_rules_with_equal_conditions(count: int) -> None:
    rete = decide([And((positive(0), positive(1)))] * count, {"p.i0": 1, "p.i1": 1}, {"p.i0": 1})
    assert len(rete._true) == 1, "one conjunction for all of them"


@pytest.mark.parametrize("count", [511, 512, 513])
def test_siblings_under_one_condition(count: int) -> None:
    rules = [compare(N, "==", number) for number in range(count)]
    decide(rules, {"p.i0": 0}, {"p.i0": count - 1}, {"p.i0": count}, {})


@pytest.mark.parametrize("count", [4_096, 4_097])
def test_rules_in_all(count: int) -> None:
    rules = [compare(N, ">=", number) for number in range(count)]
    everything = (1 << count) - 1
    ruleset = make_ruleset(MANY, rules)
    rete = Rete(ruleset, QUESTION)
    assert rete.fire({"p.i0": count}).true == everything
    assert rete.fire({}).unknown == everything
    assert rete.fire({"p.i0": 7}).true == 0b1111_1111
    rete.close()


def test_fields_of_one_fact(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight hundred facts in two hundred rules, and never 254 properties at once."""
    sent: list[str] = []
    fired = Handle.fired

    def spy(self: Handle, fields: str) -> list[str]:
        sent.append("{" + fields[1:] + "}")
        return fired(self, fields)

    monkeypatch.setattr(Handle, "fired", spy)
    rules = [
        And((Or(tuple(positive(number) for number in range(start, start + 4))), B))
        for start in range(0, 800, 4)
    ]
    zeros: dict[str, Value] = {spec.name: 0 for spec in MANY}
    some = {name: 1 for name in zeros if name.endswith("1")}
    facts = [zeros, zeros | some, zeros | {"p.b": True}, some | {"p.b": True}, some]
    rete = decide(rules, *facts, specs=[*MANY, fact("p.b", BOOL)])
    assert len(rete.fields) == 801
    assert max(len(group.fields) for group in (*rete._true, *rete._false)) <= MAX_FIELDS
    most = max(len(json.loads(each)) for each in sent) + len(("sid", "id", "k"))
    assert 230 < most <= 254, "all fields of a handle and all its marks"
    assert MAX_FIELDS + MAX_CONJUNCTIONS + len(("sid", "id", "k")) <= 254


# ---- limits of our own ---------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "computed"), [(MAX_EXPANSION, False), (MAX_EXPANSION + 1, True)])
def test_disjunction(count: int, computed: bool) -> None:
    """Past the bound the whole condition crosses as one truth, and is still right."""
    rule = Or(tuple(compare(N, "==", number) for number in range(count)))
    rete = decide([rule, Not(rule)], {"p.i0": 0}, {"p.i0": count - 1}, {"p.i0": count}, {})
    assert [nets.computed for nets in rete.nets] == [computed, computed]


@pytest.mark.parametrize(("factors", "computed"), [(6, False), (7, True)])
def test_product_of_disjunctions(factors: int, computed: bool) -> None:
    """Two to the sixth is the bound."""
    rule = And(tuple(Or((positive(2 * n), positive(2 * n + 1))) for n in range(factors)))
    odd: dict[str, Value] = {f"p.i{2 * n + 1}": 1 for n in range(factors)}
    none: dict[str, Value] = {"p.i0": 0, "p.i1": 0}
    rete = decide([rule], odd, none, odd | none, {**odd, "p.i1": 0})
    assert rete.nets[0].computed is computed


@pytest.mark.parametrize(("count", "computed"), [(MAX_ATOMS, False), (MAX_ATOMS + 1, True)])
def test_conjunction(count: int, computed: bool) -> None:
    rule = And(tuple(positive(number) for number in range(count)))
    known: dict[str, Value] = {f"p.i{number}": 1 for number in range(count)}
    missing = {name: value for name, value in known.items() if name != "p.i3"}
    # The false net of a wide conjunction is a wide disjunction, so the rule is one truth by that.
    rete = decide([rule], known, missing, known | {"p.i3": 0}, missing | {"p.i4": 0})
    assert rete.nets[0].computed
    wide = Or((Not(Has(N)), rule))
    builder = engine.NetBuilder(make_ruleset(MANY, [wide]))
    if computed:
        with pytest.raises(engine_nets.TooWide):
            builder._net(rule, True)
    else:
        assert len(builder._net(rule, True)[0]) == count


@pytest.mark.parametrize("depth", [60, 97])
def test_nested_ternaries_do_not_explode(depth: int) -> None:
    """Each level asks for both nets of the one inside: two to the sixtieth, if made anew."""
    rule: Expr = B
    for _ in range(depth):
        rule = Conditional(rule, Literal(True, BOOL), Literal(False, BOOL))
    decide([rule], {"p.b": True}, {"p.b": False}, {}, specs=[fact("p.b", BOOL)])


def test_nested_definitions_do_not_explode() -> None:
    names = [f"p.d{number}" for number in range(40)]
    definitions: dict[str, Expr] = {names[0]: B}
    for lower, upper in pairwise(names):
        inner = DefinitionRef(lower, BOOL)
        definitions[upper] = Conditional(inner, inner, inner)
    ruleset = make_ruleset([fact("p.b", BOOL)], [DefinitionRef(names[-1], BOOL)], None, definitions)
    rete = Rete(ruleset, QUESTION)
    assert rete.fire({"p.b": True}).true == 1
    assert rete.fire({}).unknown == 1


def test_very_wide_disjunction() -> None:
    """Refused before its conjunctions are compared with each other."""
    rule = Or(tuple(compare(N, "==", number) for number in range(10_000)))
    rete = decide([rule], {"p.i0": 9_999}, {"p.i0": 10_000}, {})
    assert rete.nets[0].computed


def test_handles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many are refused before the engine sees anything."""
    monkeypatch.setattr(engine, "MAX_HANDLES", 4)
    rules = [compare(N, ">=", number) for number in range(2 * MAX_CONJUNCTIONS + 1)]
    assert decide(rules[:-1], {"p.i0": 60})._true
    monkeypatch.setattr(engine, "Handle", None)
    with pytest.raises(EngineLimit) as caught:
        decide(rules)
    assert (caught.value.found, caught.value.bound) == (6, 4)
    assert "at most 4, found 6; split the ruleset" in str(caught.value)


def test_handles_made_before_a_failure_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[Handle] = []
    made: list[Handle] = []

    class Third(Handle):
        def __init__(self, patterns: dict[str, list[dict[str, object]]]) -> None:
            if len(made) == 2:
                raise EngineFailure("the third")
            super().__init__(patterns)
            made.append(self)

        def close(self) -> None:
            closed.append(self)
            super().close()

    monkeypatch.setattr(engine, "Handle", Third)
    with pytest.raises(EngineFailure, match="the third"):
        decide([compare(N, ">=", number) for number in range(120)])
    assert closed == made
    assert len(made) == 2


# ---- names and numbers ---------------------------------------------------------------------------


def test_field_names_never_collide() -> None:
    names = field_names(100_000)
    assert len(names) == len({fnv1a(name) for name in names}) == 100_000
    assert not {fnv1a(name) for name in names} & {fnv1a(name) for name in ("sid", "id", "k", "$s")}
    assert fnv1a("liquid") == fnv1a("costarring"), "the engine's hash: these two are one name to it"
    assert (fnv1a("id"), fnv1a("sid")) == (926444256, 3593476751), "constants of its source"


def test_colliding_field_name_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    real = fnv1a
    monkeypatch.setattr(engine, "fnv1a", lambda name: real("a1" if name == "a3" else name))
    assert field_names(4) == ["a0", "a1", "a2", "a4"]
    monkeypatch.setattr(engine, "fnv1a", lambda name: real("k" if name == "a0" else name))
    assert field_names(2) == ["a1", "a2"]


@pytest.mark.parametrize("bound", [BIG, BIG - 1, 2**53 + 1, -BIG, 1 - BIG, -BIG - 1, 9.3e18, 1e300])
def test_integers_to_the_end_of_their_range(bound: float) -> None:
    rules = [compare(N, op, bound) for op in ("==", "!=", "<", "<=", ">", ">=")]
    values = [BIG, BIG - 1, -BIG, 1 - BIG, 0, 2**53, 2**53 + 1, 2**53 + 2]
    decide(rules, {}, *({"p.i0": value} for value in values))


@pytest.mark.parametrize("scale", range(5))
@pytest.mark.parametrize("bound", [2.0, 2.00005, -0.0, 0.1, 1.9999, 2.0001, 1e300, -1e-300, 1e15])
def test_decimals_around_constants(scale: int, bound: float) -> None:
    rules = [compare(D, op, bound) for op in ("==", "!=", "<", "<=", ">", ">=")]
    unit = 10**scale
    near = [round(min(bound, 10**10) * unit) + step for step in (-1, 0, 1)]
    ends = [-(10**15), 10**15, 0]
    values = [number / unit for number in near + ends]
    decide(rules, {}, *({"p.d": each} for each in values), specs=[fact("p.d", DOUBLE, scale=scale)])


def test_whole_doubles_cross_as_integers(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    fired = Handle.fired
    monkeypatch.setattr(
        Handle, "fired", lambda self, fields: sent.append(fields) or fired(self, fields)
    )
    decide([compare(D, ">=", 65.0)], {"p.d": 65.0}, {"p.d": -0.0}, specs=[fact("p.d", DOUBLE)])
    assert sent == [',"a0":65', ',"a0":0']


def test_numbers_that_would_not_cross_exactly_are_computed() -> None:
    spec = fact("p.d", DOUBLE, scale=4, minimum=0, maximum=10**18)
    values = [1e18, 9007199254740993.0, 0.0001, 0.0, 123456789012.3456]
    rules = [compare(D, op, each) for op in ("<", ">=", "==") for each in values]
    rete = decide(rules, *({"p.d": each} for each in values), specs=[spec])
    assert not any(isinstance(each, engine_fields.NumberField) for each in rete.fields)


def test_signed_zeros_are_told_apart() -> None:
    """As trees 1/0.0 and 1/-0.0 are equal; their truths are not."""
    rules = [compare(Arithmetic("/", D, Literal(zero, DOUBLE)), ">", 0.0) for zero in (0.0, -0.0)]
    decide(rules, {"p.d": 1.0}, {"p.d": -1.0}, {}, specs=[fact("p.d", DOUBLE)])


def test_codes_of_an_empty_list() -> None:
    other = Type(Kind.STRING, "nowhere")
    rule = Compare("==", FactRef("p.c", other), Literal("x", Type(Kind.STRING)))
    decide([rule, Not(rule)], {}, specs=[fact("p.c", other)])


HOSTILE: list[tuple[FactSpec, Value]] = [
    (fact("p.x", INT), '1,"a1":1'), (fact("p.x", INT), True), (fact("p.x", INT), 2**63),
    (fact("p.x", INT), -(2**63)), (fact("p.x", INT), 1.5), (fact("p.x", DOUBLE, scale=2), "1.5"),
    (fact("p.x", DOUBLE, scale=2), 1.005), (fact("p.x", DOUBLE, scale=2), float("nan")),
    (fact("p.x", DOUBLE, scale=2), float("inf")), (fact("p.x", DOUBLE), 1e16),
    (fact("p.x", DOUBLE), True), (fact("p.x", COLOUR), "mauve"), (fact("p.x", COLOUR), 3),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "value"), HOSTILE)
def test_facts_that_nobody_validated_are_refused(spec: FactSpec, value: Value) -> None:
    constant = Literal("red", Type(Kind.STRING)) if spec.type == COLOUR else Literal(1, INT)
    rule = Compare("==", FactRef("p.x", spec.type), constant)
    rete = Rete(make_ruleset([spec], [rule]), QUESTION)
    with pytest.raises(FactsInvalid, match=r"p\.x: expected"):
        rete.fire({"p.x": value})
    assert rete.fire({}).unknown == 1
