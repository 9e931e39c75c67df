"""conditions to SQL trees.

One three-valued BOOLEAN a condition: SQL's NULL logic is Kleene's, so a fact that is not known is
a NULL. Where SQL takes NULL for false (CASE, empty lists) the tree says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp

from flk_rules.engines.reference import Interpreter
from flk_rules.engines.sql import numbers
from flk_rules.engines.sql.dialects import Dialect
from flk_rules.engines.sql.literals import (
    BIGINT,
    BOOLEAN,
    DOUBLE,
    TEXT,
    TEXTS,
    all_of,
    any_of,
    cases,
    cast,
    column,
    is_known,
    is_null,
    literal,
    negated,
    text_array,
    wrapped,
)
from flk_rules.engines.sql.numbers import Operand, compare, constant
from flk_rules.facts.validating import SAFE_DIGITS, SAFE_INT
from flk_rules.model.expressions import (
    And,
    Arithmetic,
    Compare,
    Conditional,
    DefinitionRef,
    Expr,
    FactRef,
    Has,
    Literal,
    Member,
    Name,
    Negate,
    Not,
    Or,
    ParameterRef,
    SetRelation,
    Size,
)
from flk_rules.model.rules import Ruleset
from flk_rules.model.values import Kind, Scalar, Value

TYPES: Mapping[Kind, exp.DataType] = {
    Kind.BOOL: BOOLEAN, Kind.INT: BIGINT, Kind.DOUBLE: DOUBLE, Kind.STRING: TEXT, Kind.LIST: TEXTS,
}  # fmt: skip
"""What a fact of each kind is in SQL; every list is one of texts."""
Placed = Callable[[Expr], exp.Column | None]
"""Where a condition already is a column, if it is one."""


def defined(definition: str) -> str:
    """What the column of a definition is called: nothing else has a space there, so that a fact, a
    rule and a definition may have one name."""
    return f"definition {definition}"


class Compiler:
    """Conditions of one ruleset as trees of one dialect.

    Facts are columns by their names, definitions as `defined` calls them. `open_parameters` are
    NULL, to ask what rests on them; a definition that reads one is then written out. `placed` may
    name columns for whole conditions that stand somewhere already.
    """

    def __init__(
        self,
        ruleset: Ruleset,
        dialect: Dialect,
        open_parameters: frozenset[str] = frozenset(),
        placed: Placed = lambda _: None,
    ) -> None:
        self._ruleset, self._dialect, self._placed = ruleset, dialect, placed
        self._open = open_parameters
        self._folding = Interpreter(ruleset)

    def reads_open(self, node: Expr) -> bool:
        """Whether a condition, definitions written out, reads an open parameter."""
        return any(
            isinstance(each, ParameterRef) and each.path in self._open
            for each in self._ruleset.nodes_of(node)
        )

    def written_out(self, node: DefinitionRef) -> bool:
        """Whether a definition is no column: it reads no fact, or what it reads is open here."""
        nodes = self._ruleset.nodes_of(node)
        return self.reads_open(node) or not any(isinstance(each, (FactRef, Has)) for each in nodes)

    def condition(self, node: Expr) -> exp.Expr:
        """A condition as a three-valued BOOLEAN."""
        return self._operand(node).tree

    def number(self, node: Expr) -> exp.Expr:
        """An expression of numbers, NULL where it has no value."""
        return self._operand(node).tree

    def _operand(self, node: Expr) -> Operand:
        if (found := self._placed(node)) is not None:
            return Operand(found, Kind.BOOL)
        match node:
            case Literal(value=value, type=type_):
                return self._constant(value, type_.kind)
            case ParameterRef(path=path, type=type_):
                if path in self._open:
                    return self._nothing(type_.kind)
                return self._constant(self._ruleset.parameters[path].value, type_.kind)
            case FactRef(path=path, type=type_):
                return Operand(column(path), type_.kind, None, *self._range(path))
            case DefinitionRef(path=path):
                if self.written_out(node):
                    return self._operand(self._ruleset.definitions[path].when)
                return Operand(column(defined(path)), Kind.BOOL)
            case Has(fact=fact):
                return _bool(is_known(column(fact.path)))
            case And(operands=operands):
                return _bool(all_of([self.condition(each) for each in operands]))
            case Or(operands=operands):
                return _bool(any_of([self.condition(each) for each in operands]))
            case Not(operand=operand):
                return _bool(negated(self.condition(operand)))
            case Conditional(test=test, then=then, otherwise=otherwise):
                return self._chosen(test, then, otherwise)
            case Negate(operand=operand):
                return numbers.negate(self._operand(operand))
            case Size(collection=collection):
                return self._size(self._operand(collection))
            case Compare(op=op, left=left, right=right):
                return _bool(compare(op, self._operand(left), self._operand(right)))
            case Member(item=item, collection=collection):
                return _bool(self._member(self._operand(item), self._operand(collection)))
            case SetRelation(relation=relation, left=left, right=right):
                sides = self._operand(left), self._operand(right)
                return _bool(self._related(node, relation, *sides))
            case Arithmetic(op=op, left=left, right=right):
                sides = self._operand(left), self._operand(right)
                return numbers.arithmetic(op, *sides, self._dialect)
            case Name():
                raise AssertionError(f"{node.path} was not checked")

    def _constant(self, value: Value, kind: Kind) -> Operand:
        if not isinstance(value, (tuple, frozenset)):
            return constant(value, kind)
        items = sorted(value) if isinstance(value, frozenset) else value
        if all(isinstance(each, str) for each in items):
            return Operand(text_array(map(str, items)), kind, value)
        return Operand(exp.Array(expressions=[literal(each) for each in items]), kind, value)

    def _nothing(self, kind: Kind) -> Operand:
        """A value that is not known, of a type all the same."""
        return Operand(cast(exp.null(), TYPES[kind]), kind, None, 0, 0)

    def _range(self, fact: str) -> tuple[float | None, float | None]:
        spec = self._ruleset.schema.facts[fact]
        bound = SAFE_INT if spec.type.kind is Kind.INT else 10 ** (SAFE_DIGITS - spec.scale)
        low = -bound if spec.minimum is None else spec.minimum
        return low, bound if spec.maximum is None else spec.maximum

    def _chosen(self, test: Expr, then: Expr, otherwise: Expr) -> Operand:
        """Unknown where the test is, unlike CASE, which would take it for false."""
        condition, yes, no = self.condition(test), self._operand(then), self._operand(otherwise)
        tree = cases(
            (is_null(condition.copy()), exp.null()), (condition, yes.tree), otherwise=no.tree
        )
        if yes.low is None or no.low is None or yes.high is None or no.high is None:
            return Operand(tree, yes.kind)
        return Operand(tree, yes.kind, None, min(yes.low, no.low), max(yes.high, no.high))

    def _size(self, items: Operand) -> Operand:
        if isinstance(items.value, (tuple, frozenset)):
            return constant(len(items.value), Kind.INT)
        most = max(len(each.codes) for each in self._ruleset.schema.codes.values())
        tree = self._dialect.size(items.tree)
        return Operand(tree, Kind.INT, None, 0, max(most, _LONGEST))

    def _member(self, item: Operand, items: Operand) -> exp.Expr:
        values = items.value
        if not isinstance(values, (tuple, frozenset)):
            held = self._dialect.contains(items.tree, item.tree)
            if item.value is not None:
                return held
            # An empty list holds nothing, not even NULL, in the eyes of some databases.
            return cases((is_known(item.tree.copy()), held))
        constants = [
            _of(each) for each in (sorted(values) if isinstance(values, frozenset) else values)
        ]
        if not constants:
            return cases((is_known(item.tree), exp.false()))
        if item.kind in (Kind.INT, Kind.DOUBLE) and any(
            each.kind is not item.kind for each in constants
        ):
            return any_of([compare("==", item, each) for each in constants])
        return exp.In(this=wrapped(item.tree), expressions=[each.tree for each in constants])

    def _related(self, node: Expr, relation: str, left: Operand, right: Operand) -> exp.Expr:
        if left.value is not None and right.value is not None:
            value = self._folding.trace(node, {}).value
            assert isinstance(value, bool)
            return literal(value)
        of = self._dialect.overlaps if relation == "intersects" else self._dialect.contains_all
        return of(left.tree, right.tree)


_LONGEST = 65_536
"""Items that a list in a condition may have at most: a condition has no more characters."""
_KINDS = {bool: Kind.BOOL, int: Kind.INT, float: Kind.DOUBLE, str: Kind.STRING}


def _of(value: Scalar) -> Operand:
    return constant(value, _KINDS[type(value)])


def _bool(tree: exp.Expr) -> Operand:
    return Operand(tree, Kind.BOOL)
