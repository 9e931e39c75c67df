"""what facts can reach.

Asks every cell of the facts that a condition reads which value the rule has there and which atoms
decide it. What no cell shows, no facts can: the cells are all that the condition tells apart. Where
they are too many, or not certain to be all, nothing is called out of reach.
"""

from __future__ import annotations

from flk_rules.analysis.coverage import VALUES, WAYS, Reached
from flk_rules.analysis.coverage_conditions import Atom, shown
from flk_rules.analysis.coverage_points import RuleSeen, bit
from flk_rules.analysis.coverage_record import truth_of
from flk_rules.analysis.partitions import partition
from flk_rules.engines.reference import Interpreter
from flk_rules.model.expressions import FactRef, Has, ParameterRef

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
    why = _Why(seen, division.size)
    return Reached(
        {name: why.value(name) for name, each in VALUES.items() if not truths & each},
        {
            (number, name): why.way(name, atom, values[number])
            for number, atom in enumerate(atoms)
            for name, each in WAYS.items()
            if not ways[number] & each
        },
    )


class _Why:
    """The reasons, in words."""

    def __init__(self, seen: RuleSeen, cells: int) -> None:
        self._ruleset, self._cells = seen.ruleset, cells
        self._atoms = seen.parts.atoms
        named = [a.node.path for a in self._atoms if isinstance(a.node, ParameterRef)]
        parameters = seen.ruleset.parameters
        told = {f"params.{name} is {str(parameters[name].value).lower()}" for name in named}
        self._here = f" ({' and '.join(sorted(told))} here)" if told else ""

    def value(self, name: str) -> str:
        """Why a rule never has the value."""
        if all(self._fixed(atom) for atom in self._atoms):
            return "it reads no fact: parameters and constants settle it"
        what = "leaves it unknown" if name == "unknown" else f"makes it {name}"
        return f"none of the {self._cells:,} cells of its facts {what}{self._here}{self._has(name)}"

    def _has(self, name: str) -> str:
        asks = name == "unknown" and any(isinstance(atom.node, Has) for atom in self._atoms)
        return "; has() asks about the record and is never unknown" if asks else ""

    def way(self, name: str, atom: Atom, values: int) -> str:
        """Why an atom never decides that way."""
        if values & WAYS[name]:
            return (
                f"wherever it is {name}, other parts settle the rule or leave it open{self._here}"
            )
        if self._fixed(atom):
            return f"it reads no fact and is {'true' if name == 'false' else 'false'} here"
        return f"none of the {self._cells:,} cells of its facts makes it {name}"

    def _fixed(self, atom: Atom) -> bool:
        return not any(isinstance(each, FactRef) for each in self._ruleset.nodes_of(atom.node))
