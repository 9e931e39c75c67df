"""conditions as SQL.

Compiles a resolved ruleset's conditions to sqlglot expressions over columns named after facts. One
way in: `Compiler`; `DIALECTS` names what it can be printed for. See docs/engines.md.
"""

from flk_rules.engines.sql.conditions import Compiler
from flk_rules.engines.sql.dialects import DIALECTS, Dialect, dialect_of
from flk_rules.engines.sql.missing import missing_of

__all__ = ["DIALECTS", "Compiler", "Dialect", "dialect_of", "missing_of"]
