"""parity of engines.

Holds the rete engine against the reference over random rulesets and facts.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import define, field, frozen

from flk_rules.engines.reference import Reference
from flk_rules.engines.rete import Rete
from flk_rules.model.rules import Ruleset
from flk_rules.model.values import Value
from flk_rules.model.verdicts import Firings
from soak.memory import resident_kb
from support.random_facts import FactSource
from support.rulesets import QUESTION, random_ruleset

FACTS_EACH = 100
"""Facts that one ruleset is asked about; building its engine costs as much as fifty decisions."""


@frozen
class Difference:
    """One case on which the engines disagree; the seed and the number make it again."""

    seed: int
    number: int
    ruleset: str
    facts: dict[str, Value]
    rules: tuple[str, ...]

    def __str__(self) -> str:
        listed = "\n".join(f"    {rule}" for rule in self.rules)
        return (
            f"{self.ruleset}: seed {self.seed}, facts {self.number}: {self.facts!r}\n{listed}\n"
            f"    again: python -m soak --again {self.seed}"
        )


@define
class Tally:
    """What a run saw: cases, the truth of every rule in them, and where engines differ."""

    cases: int = 0
    rulesets: int = 0
    true: int = 0
    false: int = 0
    unknown: int = 0
    computed: int = 0
    differences: list[Difference] = field(factory=list)

    def add(self, other: Tally) -> None:
        for name in ("cases", "rulesets", "true", "false", "unknown", "computed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.differences += other.differences


def hold(
    ruleset: Ruleset, question: str, facts: Iterable[dict[str, Value]], seed: int = 0
) -> Tally:
    """Both engines on each of the facts."""
    tally = Tally(rulesets=1)
    reference, rete = Reference(ruleset, question), Rete(ruleset, question)
    tally.computed = sum(nets.computed for nets in rete.nets)
    try:
        for number, known in enumerate(facts):
            wanted, found = reference.fire(known), rete.fire(known)
            tally.cases += 1
            tally.true += wanted.true.bit_count()
            tally.unknown += wanted.unknown.bit_count()
            if wanted != found:
                rules = _differing(rete, wanted, found)
                tally.differences.append(Difference(seed, number, ruleset.id, known, rules))
    finally:
        rete.close()
    tally.false = tally.cases * len(rete.rules) - tally.true - tally.unknown
    return tally


def random_cases(seed: int, count: int = FACTS_EACH) -> Tally:
    """`count` random facts on the random ruleset of a seed."""
    ruleset = random_ruleset(seed)
    source = FactSource(ruleset, seed)
    return hold(ruleset, QUESTION, (source.draw() for _ in range(count)), seed)


def run(first: int, rulesets: int) -> Tally:
    """The random rulesets of as many seeds from `first`."""
    tally = Tally()
    for seed in range(first, first + rulesets):
        tally.add(random_cases(seed))
    return tally


def run_measured(first: int, rulesets: int) -> tuple[Tally, int]:
    """The same, and the kilobytes that the process holds after it."""
    return run(first, rulesets), resident_kb()


def _differing(rete: Rete, wanted: Firings, found: Firings) -> tuple[str, ...]:
    differ = (wanted.true ^ found.true) | (wanted.unknown ^ found.unknown)
    return tuple(
        f"{_truth(wanted, number)}, found {_truth(found, number)}: {rule.condition}"
        for number, rule in enumerate(rete.rules)
        if differ >> number & 1
    )


def _truth(firings: Firings, number: int) -> str:
    if firings.true >> number & 1:
        return "true"
    return "unknown" if firings.unknown >> number & 1 else "false"
