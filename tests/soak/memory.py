"""memory over decisions.

Decides again and again with the shipped ruleset and reads what the process holds.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from attrs import frozen

import flk_rules
from flk_rules.model.values import Value
from soak.progress import Progress
from support.random_facts import FactSource

POINTS = 10
"""Times the memory is read over the decisions."""
WARM_UP = 100_000
"""Decisions before the first reading: the library keeps verdicts and questions, up to a bound."""
BOUND_KB = 2_048
"""Growth after warm-up that counts as flat over a million decisions: two bytes a decision."""
LEFT_OUT = 20
"""Every so many decisions is asked without a patient."""


@frozen
class Memory:
    """Kilobytes held after as many decisions, at each point."""

    readings: tuple[tuple[int, int], ...]

    @property
    def growth_kb(self) -> int:
        return self.readings[-1][1] - self.readings[0][1]


def decide_often(decisions: int, seed: int, done: Callable[[int], None] = lambda _: None) -> Memory:
    """`decisions` decisions of one ruleset, each on subjects of its own."""
    ruleset = flk_rules.load("se.stockholm", on=date(2024, 10, 1))
    decider = ruleset.decider("eligibility")
    asked = ruleset.questions["eligibility"].subjects
    source = FactSource(ruleset.model, seed)
    readings: list[tuple[int, int]] = []
    step = max(1, decisions // POINTS)
    for number in range(-WARM_UP, decisions + 1):
        given = {name: facts for name, facts in subjects(source.draw()).items() if name in asked}
        if number % LEFT_OUT == 0:
            given.pop("patient", None)
        decision = ruleset.decide("eligibility", **given)
        # The engine runs each time, also where the verdict was kept, and must say the same.
        facts = decision.answer.facts
        firings = decider.engine.fire(facts.values)
        assert facts.left_out or decider.combining.verdict(firings) == decision.answer.verdict
        if number >= 0 and number % step == 0:
            readings.append((number, resident_kb()))
        if number % 1_000 == 0:
            done(1_000)
    return Memory(tuple(readings))


def decide_watched(decisions: int, seed: int) -> Memory:
    """The same with a progress line."""
    return decide_often(decisions, seed, Progress("decisions", decisions + WARM_UP).advance)


def subjects(facts: Mapping[str, Value]) -> dict[str, Any]:
    """Facts by dotted name as the nested mappings that `decide` takes.

    >>> subjects({"physician.training.stage": "st", "patient.age": 70})
    {'physician': {'training': {'stage': 'st'}}, 'patient': {'age': 70}}
    """
    nested: dict[str, Any] = {}
    for name, value in facts.items():
        *path, last = name.split(".")
        inner = nested
        for part in path:
            inner = inner.setdefault(part, {})
        inner[last] = value
    return nested


def resident_kb() -> int:
    """What the process holds in memory now.

    Collected first: the interpreter keeps freed tuples by the thousand for reuse, which grows to
    some megabytes over many decisions, stops there, and would hide a small leak.
    """
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024
