"""proofs over rules.

Partitions of what facts can be, rules that contradict each other, what decisions have covered of
rules, and mutants of rules that a table of cases must tell from the rules as they are.
"""

from flk_rules.analysis.bench import Bench, make_bench
from flk_rules.analysis.conflicts import Conflict, conflicts
from flk_rules.analysis.mutants import Mutant, mutants
from flk_rules.analysis.partitions import Partition, partition
from flk_rules.analysis.scoring import Fate, Judge, Result, score
from flk_rules.analysis.tables import find_cases, folders_with

__all__ = [
    "Bench",
    "Conflict",
    "Fate",
    "Judge",
    "Mutant",
    "Partition",
    "Result",
    "conflicts",
    "find_cases",
    "folders_with",
    "make_bench",
    "mutants",
    "partition",
    "score",
]
