"""who says each statement.

The catalogue of statements beside what rulesets say and what tests decide: from a statement to its
rules, parameters and tests, from a rule to its statement, and the holes on either side.
"""

from flk_rules.ledger.building import Ledger, Line, build_ledger
from flk_rules.ledger.catalogue import Catalogue, Computed, Part, Statement, read_catalogue
from flk_rules.ledger.items import Item
from flk_rules.ledger.witnesses import tests_beside

__all__ = [
    "Catalogue",
    "Computed",
    "Item",
    "Ledger",
    "Line",
    "Part",
    "Statement",
    "build_ledger",
    "read_catalogue",
    "tests_beside",
]
