"""what crosses over.

Only validated integers under names of our own reach durable-rules: no text, no identity.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date

import flk_rules
from flk_rules.engines.rete import Rete
from flk_rules.model.expressions import Compare, FactRef, Literal
from flk_rules.model.values import Kind, Type
from flk_rules.model.verdicts import Firings
from support.random_facts import FactSource
from support.rulesets import CODES, HOSTILE, QUESTION, make_ruleset, random_ruleset
from support.watching import SPECS, Watched

# ---- what crosses --------------------------------------------------------------------------------

A_FACT = re.compile(r'\{"sid":"s","id":"[fw]"(,"k":[12])?(,"a\d+":-?\d{1,19})*\}')
A_NAME = re.compile(r"r\d+|w|all|p0|k|a\d+|\$(and|neq|lte?|gte?)")


def assert_only_integers_cross(watched: Watched) -> int:
    for name, arguments in watched.calls:
        texts = [each for each in arguments if not isinstance(each, int)]
        if name == "create_ruleset":
            assert texts[0] == "flk"
            assert_own_names(json.loads(texts[1]))
        elif name in ("assert_fact", "retract_fact"):
            assert A_FACT.fullmatch(texts[0]), texts
        elif name == "delete_state":
            assert texts == ["s"]
        else:
            assert texts == []
            assert name in (
                "start_action_for_state", "complete_and_start_action", "delete_ruleset",
            )  # fmt: skip
    return len(watched.calls)


def assert_own_names(value: object) -> None:
    match value:
        case dict():
            assert all(A_NAME.fullmatch(key) for key in value), value
            for each in value.values():
                assert_own_names(each)
        case list():
            for each in value:
                assert_own_names(each)
        case _:
            assert type(value) is int, value


def test_only_integers_cross(watch: Callable[..., Watched]) -> None:
    """Codes with quotes and braces, and every kind of fact."""
    watched = watch()
    hostile = [
        Compare("==", FactRef("p.h", HOSTILE), Literal(code, Type(Kind.STRING)))
        for code in CODES["hostile"]
    ]
    rete = Rete(make_ruleset(SPECS, hostile), QUESTION)
    for number, code in enumerate(CODES["hostile"]):
        assert rete.fire({"p.h": code}) == Firings(1 << number, 0)
    rete.close()
    for seed in range(25):
        ruleset = random_ruleset(seed)
        engine, source = Rete(ruleset, QUESTION), FactSource(ruleset, seed)
        for _ in range(20):
            engine.fire(source.draw())
        engine.close()
    assert assert_only_integers_cross(watched) > 4_000


def test_no_reference_crosses(watch: Callable[..., Watched], on: date) -> None:
    watched = watch()
    ruleset = flk_rules.load("se.stockholm", on=on)
    for reference in ('Åsa", "a0": 1, "x": "', "19121212-1212", "\\", "\x00"):
        decision = ruleset.decide(
            "eligibility",
            physician={"id": reference, "licence": "valid", "specialties": ["geriatrik"]},
            patient={"id": reference, "age": 70},
        )
        assert decision.outcome.value == "eligible"
    assert assert_only_integers_cross(watched) > 10
