"""random known facts.

For any ruleset: values near the constants it compares with and at the ends of ranges, codes that
it names, and much that is not known. The same seed gives the same facts everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from random import Random

from flk_rules.model.expressions import DefinitionRef, Expr, Literal, ParameterRef, children
from flk_rules.model.rules import Ruleset
from flk_rules.model.schema import FactSpec
from flk_rules.model.values import BOOL, INT, Kind, Scalar, Value


def nodes(root: Expr) -> Iterator[Expr]:
    """A tree's nodes, the root first."""
    yield root
    for child in children(root):
        yield from nodes(child)


def _values(root: Expr, ruleset: Ruleset) -> Iterator[Value]:
    """The constants of a condition, its definitions and parameters written out."""
    for node in nodes(root):
        match node:
            case Literal(value=value):
                yield value
            case ParameterRef(path=path):
                yield ruleset.parameters[path].value
            case DefinitionRef(path=path):
                yield from _values(ruleset.definitions[path].when, ruleset)


def constants(ruleset: Ruleset, question: str | None = None) -> Iterator[Scalar]:
    """Every constant that a ruleset's conditions mention, or those of one question."""
    rules = ruleset.rules.values() if question is None else ruleset.rules_of(question)
    values = [value for rule in rules for value in _values(rule.when, ruleset)]
    for value in values:
        if isinstance(value, (tuple, frozenset)):
            yield from sorted(value) if isinstance(value, frozenset) else value
        else:
            yield value


class FactSource:
    """Draws facts for one ruleset."""

    def __init__(self, ruleset: Ruleset, seed: int, question: str | None = None) -> None:
        self.random = Random(seed)
        self._ruleset = ruleset
        found = list(constants(ruleset, question))
        self._numbers = [each for each in found if type(each) in (int, float)] or [0]
        self._codes = {each for each in found if isinstance(each, str)}

    def draw(self) -> dict[str, Value]:
        """Facts by name; those not known are absent."""
        missing = self.random.choice((0.0, 0.0, 0.1, 0.3, 0.7))
        return {
            spec.name: self._value(spec)
            for spec in self._ruleset.schema.facts.values()
            if self.random.random() >= missing
        }

    def _value(self, spec: FactSpec) -> Value:
        chance = self.random
        if spec.type == BOOL:
            return chance.random() < 0.5
        if spec.type.numeric:
            unit = 10**spec.scale
            number = self._number(spec, unit)
            return number if spec.type == INT else round(number / unit, spec.scale)
        codes = sorted(self._ruleset.schema.codes_of(spec.type.codes or ""))
        named = [code for code in codes if code in self._codes]
        if spec.type.kind is Kind.STRING:
            return chance.choice(named if named and chance.random() < 0.7 else codes)
        likely = named if named and chance.random() < 0.8 else codes
        return frozenset(chance.sample(likely, chance.randint(0, min(4, len(likely)))))

    def _number(self, spec: FactSpec, unit: int) -> int:
        """In the fact's smallest unit."""
        chance = self.random
        most = 2**63 - 1 if spec.type == INT else 10**15
        low = -most if spec.minimum is None else spec.minimum * unit
        high = most if spec.maximum is None else spec.maximum * unit
        where = chance.random()
        if where < 0.6:
            constant = Fraction(chance.choice(self._numbers))
            number = int(constant * unit) + chance.choice((-1, 0, 0, 0, 1))
        elif where < 0.7:
            number = chance.choice((low, high, low + 1, high - 1))
        else:
            number = chance.randint(-4 * unit, 4 * unit)
        return max(low, min(high, number))
