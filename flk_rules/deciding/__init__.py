"""firings to verdicts.

The combining rules, once for all engines, and what a left-out subject makes of an answer. One way
in: `Decider`. See docs/deciding.md.
"""

from flk_rules.deciding.decider import Answer, Awaiting, Decider, no_question

__all__ = ["Answer", "Awaiting", "Decider", "no_question"]
