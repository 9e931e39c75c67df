"""conditions to atoms.

An atom is a part of a condition that is true, false or unknown by itself: what `&&`, `||`, `!`,
`?:` and the names of definitions join. A definition is entered wherever it is named, so that an
atom is one place of one condition as it reads when written out.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from flk_rules.engines.reference import Trace
from flk_rules.language import print_expression
from flk_rules.model.expressions import (
    And,
    Compare,
    Conditional,
    DefinitionRef,
    Expr,
    Member,
    Name,
    Not,
    Or,
    ParameterRef,
)
from flk_rules.model.rules import Ruleset
from flk_rules.model.values import Unknown


@frozen
class Atom:
    """One atom: its text, the definitions entered on the way to it, and the parameters it reads."""

    node: Expr
    text: str
    within: tuple[str, ...]
    parameters: frozenset[str]


@frozen
class Line:
    """The text of a rule's condition, or of a definition that it enters, in pieces; a piece that is
    an atom has its number."""

    definition: str | None
    pieces: tuple[tuple[str, int | None], ...]


@frozen
class Parts:
    """The atoms of a condition, numbered as `shown` meets them, and its lines."""

    atoms: tuple[Atom, ...]
    lines: tuple[Line, ...]


def parts_of(condition: Expr, ruleset: Ruleset) -> Parts:
    """The atoms of a condition of this ruleset, and its text with their places."""
    taking = _Taking(ruleset)
    taking.line(None, condition, ())
    return Parts(tuple(taking.atoms), tuple(each for each in taking.lines if each))


class _Taking:
    """Takes a condition apart, depth first and left to right."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._ruleset = ruleset
        self.atoms: list[Atom] = []
        self.lines: list[Line | None] = []

    def line(self, definition: str | None, condition: Expr, within: tuple[str, ...]) -> None:
        place = len(self.lines)
        self.lines.append(None)
        # A sign that no text of a condition holds stands for an atom's number on either side.
        pieces = print_expression(self._marked(condition, within, False)).split("\0")
        self.lines[place] = Line(
            definition,
            tuple(
                (self.atoms[int(piece)].text, int(piece)) if odd else (piece, None)
                for number, piece in enumerate(pieces)
                if (odd := number % 2) or piece
            ),
        )

    def _marked(self, node: Expr, within: tuple[str, ...], negated: bool) -> Expr:
        """The tree with a mark in each atom's place; a name stays where a definition is named."""
        match node:
            case And(operands=operands):
                return And(tuple([self._marked(each, within, False) for each in operands]))
            case Or(operands=operands):
                return Or(tuple([self._marked(each, within, False) for each in operands]))
            case Not(operand=operand):
                return Not(self._marked(operand, within, True))
            case Conditional(test=test, then=then, otherwise=otherwise):
                return Conditional(
                    self._marked(test, within, False),
                    self._marked(then, within, False),
                    self._marked(otherwise, within, False),
                )
            case DefinitionRef(path=path):
                self.line(path, self._ruleset.definitions[path].when, (*within, path))
                return node
        mark = f"\0{len(self.atoms)}\0"
        self.atoms.append(
            Atom(
                node,
                print_expression(node),
                within,
                frozenset(
                    each.path
                    for each in self._ruleset.nodes_of(node)
                    if isinstance(each, ParameterRef)
                ),
            )
        )
        return Name(f"({mark})" if negated and isinstance(node, (Compare, Member)) else mark)


@frozen
class Shown:
    """What one trace shows of an atom: its truth, None where it is unknown, and whether it decides
    the condition."""

    truth: bool | None
    decides: bool


def shown(trace: Trace) -> Iterator[Shown]:
    """What a condition's trace shows of each of its atoms in turn.

    An atom decides where it is known and its opposite alone, all else as it is, would turn the
    condition from true to false or from false to true. So an unknown atom decides nothing; and next
    to another that leaves the whole unknown, or would, an atom decides nothing either. This is
    masking MC/DC (DO-178C; Chilenski and Miller 1994, Chilenski 2001), carried to three values.
    """
    return _shown(trace, True)


def _shown(trace: Trace, counts: bool) -> Iterator[Shown]:
    node, parts = trace.node, trace.parts
    match node:
        case And() | Or():
            lets = isinstance(node, And)  # what the others must be, for one to decide
            against = [part.value is not lets for part in parts]
            several = sum(against)
            for part, is_against in zip(parts, against, strict=True):
                yield from _shown(part, counts and several == is_against)
        case Not() | DefinitionRef():
            yield from _shown(parts[0], counts)
        case Conditional():
            test, then, otherwise = (part.value for part in parts)
            known = not isinstance(then, Unknown) and not isinstance(otherwise, Unknown)
            yield from _shown(parts[0], counts and known and then is not otherwise)
            yield from _shown(parts[1], counts and test is True)
            yield from _shown(parts[2], counts and test is False)
        case _:
            truth = None if isinstance(trace.value, Unknown) else bool(trace.value)
            yield Shown(truth, counts and truth is not None)
