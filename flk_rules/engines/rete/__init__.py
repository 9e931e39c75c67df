"""the durable-rules engine.

Conditions become true nets and false nets of integer atoms, the nets go to durable-rules in
handles small enough for its limits, and one flat fact of validated numbers runs through them.
The only room that imports durable-rules. See docs/engines.md.
"""

from flk_rules.engines.rete.engine import Rete

__all__ = ["Rete"]
