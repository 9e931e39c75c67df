"""tables of cases.

Facts in, a decision out: read from TOML with every mistake at once, resolved against the rulesets
they are about, and held against decisions.
"""

from flk_rules.cases.case import Case, Difference, Failure
from flk_rules.cases.judging import Trial, judge, judge_failure, said, try_case
from flk_rules.cases.keys import EXPECTATIONS, KEYS
from flk_rules.cases.names import endings
from flk_rules.cases.reading import ENDING, Entry, read_entries
from flk_rules.cases.resolving import read_cases
from flk_rules.cases.rulesets import Rulesets
from flk_rules.cases.turning import Turn, turns

__all__ = [
    "ENDING",
    "EXPECTATIONS",
    "KEYS",
    "Case",
    "Difference",
    "Entry",
    "Failure",
    "Rulesets",
    "Trial",
    "Turn",
    "endings",
    "judge",
    "judge_failure",
    "read_cases",
    "read_entries",
    "said",
    "try_case",
    "turns",
]
