"""text to checked tree.

The condition language: a profile of CEL, three-valued, without loops or user functions. One way
in (`parse`, then `check`), one way back (`print_expression`). See docs/language.md.
"""

from flk_rules.language.checker import Scope, check
from flk_rules.language.parser import parse
from flk_rules.language.printer import print_expression

__all__ = ["Scope", "check", "parse", "print_expression"]
