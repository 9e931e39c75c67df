"""engines by name.

Imports an engine only when it is asked for, so that importing the library stays cheap.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Protocol

from flk_rules.errors import UnknownName
from flk_rules.model.rules import Ruleset
from flk_rules.model.values import Value
from flk_rules.model.verdicts import Firings

ENGINES = ("rete", "reference")


class Engine(Protocol):
    """Rules of one question against facts."""

    def fire(self, facts: Mapping[str, Value]) -> Firings:
        """Which rules are true and which unknown; an absent fact is not known."""

    def kind(self, facts: Mapping[str, Value]) -> Hashable:
        """What the rules can tell of validated facts, None where the engine does not say: those
        of one kind have the same firings and lack the same facts."""


def build_engine(name: str, ruleset: Ruleset, question: str) -> Engine:
    """The engine `name` for one question; raises `UnknownName`, `EngineLimit`, `EngineFailure`."""
    if name == "reference":
        from flk_rules.engines.reference import Reference

        return Reference(ruleset, question)
    if name == "rete":
        from flk_rules.engines.rete import Rete

        return Rete(ruleset, question)
    raise UnknownName("engine", name, ENGINES)
