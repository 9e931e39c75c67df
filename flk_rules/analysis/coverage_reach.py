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
from flk_rules.analysis.coverage_words import both, joined, said
from flk_rules.analysis.partitions import partition
from flk_rules.engines.reference import Interpreter
from flk_rules.model.expressions import FactRef, Has, ParameterRef
from flk_rules.model.rules import LANGUAGES, Text

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
        named = {a.node.path for a in self._atoms if isinstance(a.node, ParameterRef)}
        values = {name: str(seen.ruleset.parameters[name].value).lower() for name in named}
        self._here = Text(sv="", en="")
        if values:
            told = {
                language: said("and", language).join(
                    said("is", language, f"params.{name}", values[name]) for name in sorted(values)
                )
                for language in LANGUAGES
            }
            self._here = Text(**{each: said("here", each, told[each]) for each in LANGUAGES})

    def value(self, name: str) -> Text:
        """Why a rule never has the value."""
        if all(self._fixed(atom) for atom in self._atoms):
            return both("no_fact")
        asks = name == "unknown" and any(isinstance(atom.node, Has) for atom in self._atoms)
        cells = both(f"no_cell_{name}", self._cells)
        return joined(cells, self._here, *([both("has_asks")] if asks else []))

    def way(self, name: str, atom: Atom, values: int) -> Text:
        """Why an atom never decides that way."""
        if values & WAYS[name]:
            return joined(both(f"settled_{name}"), self._here)
        if self._fixed(atom):
            return both("fixed_true" if name == "false" else "fixed_false")
        return both(f"no_cell_{name}", self._cells)

    def _fixed(self, atom: Atom) -> bool:
        return not any(isinstance(each, FactRef) for each in self._ruleset.nodes_of(atom.node))
