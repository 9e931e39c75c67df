"""a watched engine.

A small ruleset with known facts, what the engine holds of it, and the engine's functions behind a
log that can raise at any call.
"""

from __future__ import annotations

import json
from typing import Any

from flk_rules.engines.reference import Reference
from flk_rules.engines.rete import Rete, handle
from flk_rules.model.expressions import And, Compare, Expr, FactRef, Literal, Not, Or
from flk_rules.model.values import BOOL, INT, Kind, Type, Value
from support.rulesets import COLOUR, HOSTILE, QUESTION, fact, make_ruleset

ENGINE = handle._engine
N, B, C = FactRef("p.n", INT), FactRef("p.b", BOOL), FactRef("p.c", COLOUR)
SPECS = [fact("p.n", INT), fact("p.b", BOOL), fact("p.c", COLOUR), fact("p.h", HOSTILE)]
RED = Compare("==", C, Literal("red", Type(Kind.STRING)))
RULES: list[Expr] = [
    *(Compare(">=", N, Literal(bound, INT)) for bound in (1, 2, 3)),
    And((RED, B)),
    Or((B, Compare("<", N, Literal(0, INT)))),
    Not(RED),
]
FACTS: list[dict[str, Value]] = [
    {"p.n": 9, "p.b": True, "p.c": "red"},
    {"p.n": 2, "p.c": "blue"},
    {"p.b": False},
    {"p.n": -5, "p.b": False, "p.c": "green"},
    {},
]

RULESET = make_ruleset(SPECS, RULES)
WANTED = [Reference(RULESET, QUESTION).fire(each) for each in FACTS]


def assert_right(rete: Rete) -> None:
    """Right on every one of the facts, and nothing left in any handle."""
    assert [rete.fire(each) for each in FACTS] == WANTED
    assert held(rete) <= {"sid-s"}


def held(rete: Rete) -> set[str]:
    """The ids of the facts that the engine holds; its own state fact is `sid-s`."""
    return {
        each["id"]
        for one in rete._handles
        for each in json.loads(ENGINE.get_facts(one._handle, "s"))
    }


class Watched:
    """The engine's functions, with a log of the calls and something raised at one of them."""

    def __init__(
        self, at: int = 0, raises: BaseException | None = None, after: bool = False
    ) -> None:
        self.at, self.raises, self.after = at, raises, after
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.failing: frozenset[str] = frozenset()
        self.answers: dict[str, Any] = {}

    def names(self) -> list[str]:
        return [name for name, _ in self.calls]

    def __getattr__(self, name: str) -> Any:
        real = getattr(ENGINE, name)
        if isinstance(real, type):
            return real

        def call(*arguments: Any) -> Any:
            self.calls.append((name, arguments))
            here = len(self.calls) == self.at or name in self.failing
            if here and self.raises and not self.after:
                raise self.raises
            result = real(*arguments)
            if here and self.raises:
                raise self.raises
            return self.answers.get(name, result)

        return call
