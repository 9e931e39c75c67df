"""expression tree nodes.

What the parser makes and the checker, printer and engines read. A node's `place` is where it
stands in its condition; it takes no part in equality, so two texts of one meaning are equal.
"""

from __future__ import annotations

from attrs import field, frozen

from flk_rules.model.values import Kind, Scalar, Type


@frozen
class Place:
    """Line and column (both from 1) within the text of one condition."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"line {self.line} column {self.column}"


NOWHERE = Place(0, 0)


@frozen(kw_only=True)
class _Node:
    place: Place = field(default=NOWHERE, eq=False, repr=False)


@frozen
class Literal(_Node):
    """A constant; `type` is part of it, so that 1, 1.0 and true stay apart."""

    value: Scalar | tuple[Scalar, ...]
    type: Type


@frozen
class Name(_Node):
    """A dotted name as written; the checker replaces it by one of the three below."""

    path: str


@frozen
class FactRef(_Node):
    path: str
    type: Type


@frozen
class ParameterRef(_Node):
    """`params.<id>`; `path` is the id without the prefix."""

    path: str
    type: Type


@frozen
class DefinitionRef(_Node):
    path: str
    type: Type


@frozen
class Has(_Node):
    """`has(fact)`: is the fact recorded? It asks about the record, so it is never unknown."""

    fact: Name | FactRef


@frozen
class Size(_Node):
    collection: Expr


@frozen
class SetRelation(_Node):
    """`sets.intersects(left, right)` or `sets.contains(left, right)`."""

    relation: str
    left: Expr
    right: Expr


@frozen
class Not(_Node):
    operand: Expr


@frozen
class Negate(_Node):
    operand: Expr


@frozen
class And(_Node):
    operands: tuple[Expr, ...]


@frozen
class Or(_Node):
    operands: tuple[Expr, ...]


@frozen
class Compare(_Node):
    """`left op right` with op one of ``== != < <= > >=``."""

    op: str
    left: Expr
    right: Expr


@frozen
class Member(_Node):
    """`item in collection`."""

    item: Expr
    collection: Expr


@frozen
class Arithmetic(_Node):
    """`left op right` with op one of ``+ - * /``."""

    op: str
    left: Expr
    right: Expr


@frozen
class Conditional(_Node):
    """`test ? then : otherwise`."""

    test: Expr
    then: Expr
    otherwise: Expr


Reference = FactRef | ParameterRef | DefinitionRef
Expr = (
    Literal
    | Name
    | FactRef
    | ParameterRef
    | DefinitionRef
    | Has
    | Size
    | SetRelation
    | Not
    | Negate
    | And
    | Or
    | Compare
    | Member
    | Arithmetic
    | Conditional
)


def children(node: Expr) -> tuple[Expr, ...]:
    """The direct parts of a node, left to right; a leaf has none."""
    match node:
        case Literal() | Name() | FactRef() | ParameterRef() | DefinitionRef():
            return ()
        case Has():
            return (node.fact,)
        case Size():
            return (node.collection,)
        case SetRelation() | Compare() | Arithmetic():
            return (node.left, node.right)
        case Not() | Negate():
            return (node.operand,)
        case And() | Or():
            return node.operands
        case Member():
            return (node.item, node.collection)
        case Conditional():
            return (node.test, node.then, node.otherwise)


def list_of(kind: Kind | None, codes: str | None = None) -> Type:
    """The type of a list with items of `kind`."""
    return Type(Kind.LIST, codes, kind)
