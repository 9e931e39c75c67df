"""proofs over rules.

Partitions of what facts can be, rules that contradict each other, what decisions have covered of
rules, and mutants of rules that a table of cases must tell from the rules as they are.
"""

from flk_rules.analysis.conflicts import Conflict, conflicts
from flk_rules.analysis.partitions import Partition, partition

__all__ = ["Conflict", "Partition", "conflicts", "partition"]
