"""input to facts.

The edge: attrs objects or mappings in, validated typed facts out. Nothing past this room checks
types again.
"""

from flk_rules.facts.intake import Facts, Intake

__all__ = ["Facts", "Intake"]
