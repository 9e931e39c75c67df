"""ruleset to firings.

`reference` defines what is right; `rete` runs on durable-rules and must agree with it. Both are
built for one question of one resolved ruleset and answer `fire(facts)`.
"""

from flk_rules.engines.registry import ENGINES, Engine, build_engine

__all__ = ["ENGINES", "Engine", "build_engine"]
