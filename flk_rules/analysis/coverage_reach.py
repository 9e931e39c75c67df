"""what facts can reach.

Asks every cell of the facts that a condition reads which value the rule has there and which atoms
decide it. What no cell shows, no facts can: the cells are all that the condition tells apart. Where
they are too many, or not certain to be all, nothing is called out of reach.
"""

from __future__ import annotations

from flk_rules.analysis.coverage import VALUES, WAYS, Reached
from flk_rules.analysis.coverage_conditions import Atom, shown
from flk_rules.analysis.coverage_points import FALSE, TRUE, RuleSeen, bit
from flk_rules.analysis.coverage_record import truth_of
from flk_rules.analysis.partitions import partition
from flk_rules.engines.reference import Interpreter
from flk_rules.model.expressions import FactRef, Has, ParameterRef
from flk_rules.model.rules import Ruleset

MAX_CELLS = 100_000
"""Cells of one rule that are asked: a few seconds at most."""


def reach(seen: RuleSeen) -> Reached:
    """What is out of reach of a rule's values and its atoms' ways, and why."""
    ruleset, condition, atoms = seen.ruleset, seen.rule.when, seen.parts.atoms
    division = partition([(ruleset, condition)])
    if division.inexact or division.size > MAX_CELLS:
        return Reached({}, {})
    truths, values, ways = 0, [0] * len(atoms), [0] * len(atoms)
    interpreter = Interpreter(ruleset)
    for facts in division.cells():
        trace = interpreter.trace(condition, facts)
        truths |= bit(truth_of(trace))
        for number, atom in enumerate(shown(trace)):
            values[number] |= bit(atom.truth)
            ways[number] |= bit(atom.truth) if atom.decides else 0
    why = _Why(ruleset, division.size)
    return Reached(
        {name: why.value(name, atoms) for name, each in VALUES.items() if not truths & each},
        {
            (number, name): why.way(name, atom, values[number])
            for number, atom in enumerate(atoms)
            for name, each in WAYS.items()
            if not ways[number] & each
        },
    )


class _Why:
    """The reasons, in words."""

    def __init__(self, ruleset: Ruleset, cells: int) -> None:
        self._ruleset = ruleset
        self._tried = f"in none of the {cells:,} cells of its facts" if cells > 1 else ""

    def value(self, name: str, atoms: tuple[Atom, ...]) -> str:
        """Why a rule never has the value."""
        if all(self._fixed(atom) for atom in atoms):
            return "reads no fact: its parameters and constants settle it"
        if name == "unknown" and all(self._fixed(a) or isinstance(a.node, Has) for a in atoms):
            return "asks only what is recorded, and has() is never unknown"
        return f"{name} {self._tried}"

    def way(self, name: str, atom: Atom, values: int) -> str:
        """Why an atom never decides that way."""
        if not values & (TRUE if name == "true" else FALSE):
            always = "true" if name == "false" else "false"
            if self._fixed(atom):
                kind = "parameter" if isinstance(atom.node, ParameterRef) else "constant"
                return f"a {kind} that is {always} here"
            return f"{name} {self._tried}"
        return f"wherever it is {name}, other parts settle the rule or leave it open"

    def _fixed(self, atom: Atom) -> bool:
        return not any(
            isinstance(each, (FactRef, Has)) for each in self._ruleset.nodes_of(atom.node)
        )
