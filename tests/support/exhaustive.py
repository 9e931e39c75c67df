"""exhaustive parity.

Both engines on every cell of the partitions of shipped rules and questions.
"""

from __future__ import annotations

from collections.abc import Iterator

from flk_rules.analysis.partitions import Partition, partition
from flk_rules.model.rules import Ruleset
from flk_rules.model.values import Value


def of_rules(ruleset: Ruleset, question: str) -> list[Partition]:
    """The partition of each rule of a question."""
    return [partition([(ruleset, rule.when)]) for rule in ruleset.rules_of(question)]


def of_question(ruleset: Ruleset, question: str) -> Partition:
    """The partition of all rules of a question together."""
    return partition((ruleset, rule.when) for rule in ruleset.rules_of(question))


def distinct(partitions: list[Partition]) -> Iterator[dict[str, Value]]:
    """The cells of all partitions, each once: rules share many."""
    seen = set()
    for each in partitions:
        for facts in each.cells():
            key = tuple(sorted(facts.items()))
            if key not in seen:
                seen.add(key)
                yield facts
