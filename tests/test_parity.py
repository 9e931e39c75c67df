"""engines agree.

`rete` gives the firings of `reference` on random rulesets and on the shipped ones, for facts near
every boundary and facts not known. `python -m soak` does the same a million times.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import product
from types import SimpleNamespace

import pytest

from flk_rules.engines.rete import Rete, engine, fields, nets
from flk_rules.language import Scope, check, parse, print_expression
from flk_rules.loading import load_ruleset
from flk_rules.model.expressions import Expr
from flk_rules.model.rules import Ruleset
from flk_rules.model.values import BOOL, Value
from soak.__main__ import main
from soak.parity import FACTS_EACH, Tally, hold, run
from soak.shipped import asked, differing, loaded, shipped_cases
from support.exhaustive import distinct, of_question, of_rules
from support.random_facts import FactSource, nodes
from support.rulesets import CODES, random_ruleset

# Tracing every line of some hundred thousand evaluations takes longer than all else together, and
# other tests reach the same lines.
pytestmark = pytest.mark.no_cover

RULESETS = 200
CHUNKS = 5
SHIPPED = ("se.national", "se.stockholm")
SHIPPED_CASES = 2_600


def assert_parity(tally: Tally, least_share: float) -> None:
    """No difference, and enough of each truth that agreeing means something."""
    assert not tally.differences, "\n".join(str(each) for each in tally.differences[:5])
    rules = tally.true + tally.false + tally.unknown
    assert min(tally.true, tally.false, tally.unknown) > least_share * rules, tally


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_random_rulesets(chunk: int) -> None:
    """20,000 cases in all."""
    each = RULESETS // CHUNKS
    tally = run(chunk * each, each)
    assert tally.cases == each * FACTS_EACH
    assert tally.cases * CHUNKS >= 20_000
    assert_parity(tally, 0.1)


@pytest.fixture(params=SHIPPED)
def shipped(request: pytest.FixtureRequest, on: date) -> Ruleset:
    return load_ruleset(request.param, on=on)


def test_shipped_rulesets(shipped: Ruleset) -> None:
    """5,200 cases in all."""
    source = FactSource(shipped, 1, "eligibility")
    facts = [source.draw() for _ in range(SHIPPED_CASES)]
    tally = hold(shipped, "eligibility", facts)
    assert tally.cases * len(SHIPPED) >= 5_000
    assert_parity(tally, 0.1)
    # The draw goes near the rules' own constants.
    ages = Counter(known.get("patient.age") for known in facts)
    years = Counter(known.get("physician.training.years_left") for known in facts)
    assert all(ages[age] > 10 for age in (None, 17, 18, 64, 65))
    bounds = (None, -0.0001, 0.0) + ((1.9999, 2.0, 2.0001) if shipped.id == SHIPPED[1] else ())
    assert all(years[number] > 5 for number in bounds)


@pytest.mark.parametrize(("name", "question"), asked())
def test_every_question_of_shipped_rulesets(name: str, question: str) -> None:
    """The soak does the same on 100,000 cases each."""
    assert_parity(shipped_cases(name, question, 2, 400), 0.02)


def test_boundaries_of_shipped_rulesets(shipped: Ruleset) -> None:
    """Every combination of the values on both sides of each boundary."""
    tally = hold(shipped, "eligibility", boundaries())
    assert tally.cases == 5 * 4 * 3 * 3 * 5 * 3
    assert_parity(tally, 0.02)


def boundaries() -> Iterator[dict[str, Value]]:
    values: dict[str, tuple[Value | None, ...]] = {
        "patient.age": (None, 17, 18, 64, 65),
        "physician.training.years_left": (None, 1.9999, 2.0, 2.0001),
        "physician.training.stage": (None, "st", "bt"),
        "physician.training.specialty": (None, "allmanmedicin", "geriatrik"),
        "physician.specialties": (
            None, frozenset(), frozenset({"allmanmedicin", "geriatrik"}),
            frozenset({"barn_och_ungdomsmedicin"}), frozenset({"neonatologi"}),
        ),
        "physician.licence": (None, "valid", "revoked"),
    }  # fmt: skip
    for choice in product(*values.values()):
        yield {
            name: value
            for name, value in zip(values, choice, strict=True)
            if value is not None
        }  # fmt: skip


BREAKS: dict[str, tuple[object, str, object]] = {
    "a comparison": (engine._OPERATORS, "<=", "$lt"),
    "an opposite": (nets._OPPOSITE, "<", ">"),
    "a mirrored side": (nets._MIRROR, "<", "<"),
    "equality": (nets._OPPOSITE, "==", "=="),
    "rounding inward": (nets, "math", SimpleNamespace(ceil=math.floor, floor=math.ceil)),
    "and for or": (nets, "_all", nets._any),
    "unknown as false": (Rete, "_fields_of", lambda self, conjunction: 0),
    "contradictions": (nets, "_contradicts", lambda conjunction: len(conjunction) > 1),
    "code numbers": (nets, "code_numbers", lambda ruleset, codes: dict.fromkeys(CODES[codes], 0)),
    "scales": (nets, "_scaled", lambda value, scale: nets.Fraction(value)),
    "exact ranges": (nets, "SAFE_INT", 2**31),
    "presence": (fields, "_truth", lambda *_: lambda facts: 0),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_adapter_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the parity tests are worth: each small mistake shows within a few rulesets."""
    target, key, wrong = BREAKS[name]
    if isinstance(target, dict):
        monkeypatch.setitem(target, key, wrong)
    else:
        monkeypatch.setattr(target, key, wrong)
    assert any(run(seed, 1).differences for seed in range(40))


def test_differences_say_how_to_see_them_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(engine._OPERATORS, "<=", "$lt")
    monkeypatch.setitem(engine._OPERATORS, ">=", "$gt")
    tally = run(0, 10)
    assert tally.differences
    found = tally.differences[0]
    assert f"--again {found.seed}" in str(found)
    source = FactSource(random_ruleset(found.seed), found.seed)
    assert [source.draw() for _ in range(found.number + 1)][-1] == found.facts
    assert all(rule in str(found) for rule in found.rules)


@pytest.mark.parametrize(("broken", "code"), [(False, 0), (True, 1)])
def test_soak_of_one_seed_again(
    broken: bool,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if broken:
        monkeypatch.setitem(nets._OPPOSITE, "==", "==")
    seed = next(seed for seed in range(40) if not broken or run(seed, 1).differences)
    monkeypatch.setattr(sys, "argv", ["soak", "--again", str(seed)])
    assert main() == code
    assert ("0 differences" in capsys.readouterr().out) is not broken


def test_generated_conditions_are_of_the_language() -> None:
    """What is random is legal: each condition is what its own text parses and checks to."""
    kinds: Counter[type[Expr]] = Counter()
    for seed in range(30):
        ruleset = random_ruleset(seed)
        scope = Scope(
            facts={name: spec.type for name, spec in ruleset.schema.facts.items()},
            parameters={name: each.type for name, each in ruleset.parameters.items()},
            definitions=dict.fromkeys(ruleset.definitions, BOOL),
            codes={name: frozenset(codes) for name, codes in CODES.items()},
        )
        for rule in (*ruleset.rules.values(), *ruleset.definitions.values()):
            checked, found = check(parse(rule.condition), scope)
            assert found == BOOL
            assert print_expression(checked) == rule.condition
            assert checked == rule.when
            kinds.update(type(node) for node in nodes(rule.when))
    assert len(kinds) == 15, "every kind of node but the unresolved name"


def test_same_seed_same_ruleset() -> None:
    one, two, other = random_ruleset(7), random_ruleset(7), random_ruleset(8)
    assert one == two != other
    assert FactSource(one, 7).draw() == FactSource(two, 7).draw()


@pytest.mark.parametrize(("name", "question"), differing())
def test_every_cell_of_every_shipped_rule(name: str, question: str) -> None:
    """Exhaustive: a rule's truth depends on its own facts alone, and within a cell of those no two
    values differ. Questions of few cells as a whole, too; `make soak` takes the larger ones, and
    those that a ruleset has exactly as a lower layer has them."""
    ruleset = loaded(name)
    whole = of_question(ruleset, question)
    parts = [whole] if whole.size <= 1_000 else of_rules(ruleset, question)
    tally = hold(ruleset, question, distinct(parts))
    assert tally.cases
    assert not tally.differences, tally.differences[0]
