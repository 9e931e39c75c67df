"""parity of shipped questions.

Every question of every shipped ruleset, on facts near the constants of its own rules.
"""

from __future__ import annotations

from datetime import date
from functools import cache

from flk_rules.loading import available, load_ruleset
from flk_rules.model.expressions import ParameterRef
from flk_rules.model.rules import Ruleset
from soak.parity import Tally, hold
from support.random_facts import FactSource

ON = date(2026, 1, 1)
"""A day on which every shipped rule holds."""
CHUNK = 5_000
"""Facts that one worker draws at a time; each chunk has a seed of its own."""


@cache
def loaded(name: str) -> Ruleset:
    return load_ruleset(name, on=ON)


def asked() -> list[tuple[str, str]]:
    """Every shipped ruleset with each of its questions."""
    return [(name, question) for name in sorted(available()) for question in loaded(name).questions]


def differing() -> list[tuple[str, str]]:
    """The shipped questions, those whose rules a lower layer has exactly so left out."""
    found: dict[object, tuple[str, str]] = {}
    for name, question in sorted(asked(), key=lambda each: (each[0] != "se.national", each)):
        ruleset = loaded(name)
        rules = ruleset.rules_of(question)
        read = {
            each.path: ruleset.parameters[each.path].value
            for rule in rules
            for each in ruleset.nodes_of(rule.when)
            if isinstance(each, ParameterRef)
        }
        key = question, rules, tuple(sorted(read.items(), key=str))
        found.setdefault(key, (name, question))
    return list(found.values())


def chunks(cases: int, seed: int) -> list[tuple[str, str, int, int]]:
    """At least `cases` facts of each question, in chunks."""
    return [
        (name, question, seed * 10**6 + number, min(cases, CHUNK))
        for name, question in asked()
        for number in range(-(-cases // CHUNK))
    ]


def shipped_cases(name: str, question: str, seed: int, count: int) -> Tally:
    """`count` random facts on one question."""
    ruleset = loaded(name)
    source = FactSource(ruleset, seed, question)
    return hold(ruleset, question, (source.draw() for _ in range(count)), seed)
