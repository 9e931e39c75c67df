"""views of answers.

Renders an answer as text and as a JSON-ready record. Everything here is made when asked for, by
replaying the reference interpreter; making a decision costs nothing of it.
"""

from flk_rules.explaining.assumptions import assumptions_of
from flk_rules.explaining.measuring import Measure, measure
from flk_rules.explaining.phrases import plain
from flk_rules.explaining.pointing import seen
from flk_rules.explaining.record import record
from flk_rules.explaining.text import Line, explain, lines

__all__ = [
    "Line",
    "Measure",
    "assumptions_of",
    "explain",
    "lines",
    "measure",
    "plain",
    "record",
    "seen",
]
