"""makes random expressions.

Seeded, well-typed conditions in the parser's normal form (so that printing and parsing give the
same tree), and a small world to evaluate them in: facts with domains of two or three values,
parameters of every kind, definitions that rest on each other.
"""

from __future__ import annotations

from random import Random
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from attrs import frozen

from flk_rules.engines.reference import Interpreter
from flk_rules.language import Scope, check, parse
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
    SetRelation,
    Size,
    children,
    list_of,
)
from flk_rules.model.values import BOOL, DOUBLE, INT, Kind, Type, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

INT_MIN, INT_MAX = -(2**63), 2**63 - 1
STRING = Type(Kind.STRING)
ORDERS, EQUALITIES = ("<", "<=", ">", ">="), ("==", "!=")

_INTS = (-2, -1, 0, 0, 1, 1, 2, 3, 65, 65, INT_MAX, INT_MIN)
_DOUBLES = (-2.0, -0.0, 0.0, 0.0, 0.5, 1.0, 1.5, 1.5, 65.0, 1e16, 1e-05, 1e308, 5e-324)
_CHARACTERS = "ab å'\"\\\n\r\t\0\x7f\x85\xa0\u2028\ufeff\ufffe?`{}/🐱\U0010ffff"


def random_expression(
    rng: Random, scope: Scope, depth: int, kind: Kind | Type, *, has: bool = False
) -> Expr:
    """An unchecked expression of `kind` with at most `depth` operators above its leaves.

    A string is a code of one of the scope's lists, a list one of their codes. `has` allows
    `has()`, which asks about the record and so is no function of the facts' values.
    """
    maker = _Maker(rng, scope, has)
    return maker.make(kind if isinstance(kind, Type) else maker.some(kind), depth)


class _Maker:
    def __init__(self, rng: Random, scope: Scope, has: bool) -> None:
        self.rng, self.scope, self.has = rng, scope, has
        self.names: dict[Type, list[str]] = {}
        parameters = {f"params.{path}": found for path, found in scope.parameters.items()}
        for path, found in {**scope.facts, **parameters, **scope.definitions}.items():
            self.names.setdefault(found, []).append(path)

    def some(self, kind: Kind) -> Type:
        match kind:
            case Kind.STRING:
                return Type(Kind.STRING, self.rng.choice(sorted(self.scope.codes)))
            case Kind.LIST:
                return list_of(Kind.STRING, self.rng.choice(sorted(self.scope.codes)))
        return Type(kind)

    def number(self) -> Type:
        return self.rng.choice((INT, DOUBLE))

    def make(self, wanted: Type, depth: int) -> Expr:
        if depth <= 0 or self.rng.random() < 0.15:
            return self.leaf(wanted)
        if wanted != BOOL and self.rng.random() < 0.15:
            return self.conditional(wanted, depth - 1)
        match wanted.kind:
            case Kind.BOOL:
                return self.condition(depth - 1)
            case Kind.INT | Kind.DOUBLE:
                return self.arithmetic(wanted, depth - 1)
        return self.leaf(wanted)

    def leaf(self, wanted: Type) -> Expr:
        if self.has and wanted == BOOL and self.rng.random() < 0.3:
            return Has(Name(self.rng.choice(sorted(self.scope.facts))))
        names = self.names.get(wanted)
        if names and self.rng.random() < 0.75:
            return Name(self.rng.choice(names))
        return self.literal(wanted)

    def literal(self, wanted: Type) -> Literal:
        if wanted.kind is Kind.LIST:
            item = Type(wanted.item or Kind.STRING, wanted.codes)
            items = [self.literal(item).value for _ in range(self.rng.randint(0, 3))]
            kind = item.kind if items else None
            return Literal(tuple(items), list_of(kind))  # type: ignore[arg-type]  # scalars
        return Literal(self.scalar(wanted), Type(wanted.kind))

    def scalar(self, wanted: Type) -> Any:
        match wanted.kind:
            case Kind.BOOL:
                return self.rng.random() < 0.5
            case Kind.INT:
                return self.rng.choice(_INTS)
            case Kind.DOUBLE:
                return self.rng.choice(_DOUBLES)
        if wanted.codes:
            return self.rng.choice(sorted(self.scope.codes[wanted.codes]))
        return "".join(self.rng.choices(_CHARACTERS, k=self.rng.randint(0, 4)))

    def condition(self, depth: int) -> Expr:
        rng = self.rng
        match rng.randrange(12):
            case 0:
                return Not(self.make(BOOL, depth))
            case 1 | 2 | 3:
                return And(tuple(self.make(BOOL, depth) for _ in range(rng.randint(2, 3))))
            case 4 | 5 | 6:
                return Or(tuple(self.make(BOOL, depth) for _ in range(rng.randint(2, 3))))
            case 7 | 8:
                one, two = self.make(self.number(), depth), self.make(self.number(), depth)
                return Compare(rng.choice(ORDERS + EQUALITIES), one, two)
            case 9:
                wanted = rng.choice((BOOL, STRING, self.some(Kind.STRING)))
                one, two = self.make(wanted, depth), self.make(wanted, depth)
                return Compare(rng.choice(EQUALITIES), one, two)
            case 10:
                return self.membership(depth)
        return self.conditional(BOOL, depth)

    def membership(self, depth: int) -> Expr:
        rng = self.rng
        codes = self.some(Kind.LIST)
        wanted = rng.choice((codes, codes, list_of(Kind.INT), list_of(Kind.DOUBLE)))
        if rng.random() < 0.5:
            relation = rng.choice(("intersects", "contains"))
            return SetRelation(relation, self.make(wanted, depth), self.make(wanted, depth))
        item = Type(wanted.item or Kind.STRING, wanted.codes)
        return Member(self.make(item, depth), self.make(wanted, depth))

    def arithmetic(self, wanted: Type, depth: int) -> Expr:
        rng = self.rng
        if wanted == INT and rng.random() < 0.25:
            return Size(self.make(self.some(Kind.LIST), depth))
        if rng.random() < 0.2:
            operand = self.make(wanted, depth)
            # The parser makes -5 one literal; only the least integer has no opposite.
            normal = not isinstance(operand, Literal) or operand == Literal(INT_MIN, INT)
            return Negate(operand) if normal else operand
        one, two = self.make(wanted, depth), self.make(wanted, depth)
        return Arithmetic(rng.choice("+-*/"), one, two)

    def conditional(self, wanted: Type, depth: int) -> Expr:
        return Conditional(*(self.make(each, depth) for each in (BOOL, wanted, wanted)))


def exact(value: object) -> str:
    """A text that only the same value of the same type has: in Python True == 1 == 1.0, 0.0 ==
    -0.0, NaN is not itself, and equal sets may print differently."""
    if isinstance(value, Unknown):
        return f"unknown {sorted(value.missing)} {value.error}"
    return repr(sorted(value) if isinstance(value, frozenset) else value)


@frozen(kw_only=True)
class World:
    """What a condition may name and what that may be; definitions are checked."""

    scope: Scope
    domains: Mapping[str, tuple[Value, ...]]
    parameters: Mapping[str, Value]
    definitions: Mapping[str, Expr]

    def interpreter(self, open_parameters: frozenset[str] = frozenset()) -> Interpreter:
        parameters = {
            path: SimpleNamespace(id=path, value=value) for path, value in self.parameters.items()
        }
        definitions = {
            path: SimpleNamespace(id=path, when=tree) for path, tree in self.definitions.items()
        }
        ruleset: Any = SimpleNamespace(parameters=parameters, definitions=definitions)
        return Interpreter(ruleset, open_parameters)

    def facts_of(self, node: Expr) -> frozenset[str]:
        """The facts that a checked condition rests on, itself and through definitions."""
        if isinstance(node, FactRef):
            return frozenset({node.path})
        if isinstance(node, DefinitionRef):
            return self.facts_of(self.definitions[node.path])
        return frozenset[str]().union(*(self.facts_of(child) for child in children(node)))

    def draw(self, rng: Random) -> dict[str, Value]:
        """Complete facts."""
        return {path: rng.choice(domain) for path, domain in self.domains.items()}


def _small_world() -> World:
    stage, licence = Type(Kind.STRING, "stage"), Type(Kind.STRING, "licence")
    skills = list_of(Kind.STRING, "skill")
    scope = Scope(
        facts={
            "who.busy": BOOL, "who.new": BOOL, "who.age": INT, "who.count": INT,
            "who.years": DOUBLE, "who.share": DOUBLE, "who.stage": stage, "who.goal": stage,
            "who.licence": licence, "who.skills": skills, "who.wanted": skills,
        },
        parameters={
            "limit": INT, "ratio": DOUBLE, "open": BOOL, "target": stage, "core": skills,
        },
        definitions={"who.old": BOOL, "who.able": BOOL, "who.slow": BOOL},
        codes={
            "stage": frozenset({"none", "bt", "st"}),
            "licence": frozenset({"valid", "revoked"}),
            "skill": frozenset({"a", "b", "c"}),
        },
    )  # fmt: skip
    definitions = {
        "who.old": "who.age >= params.limit && params.open",
        "who.able": "who.old || 'a' in who.skills && who.licence != 'revoked'",
        "who.slow": "who.years / who.share > params.ratio",
    }
    return World(
        scope=scope,
        domains={
            "who.busy": (False, True), "who.new": (False, True),
            "who.age": (0, 65, INT_MAX), "who.count": (-2, 3),
            "who.years": (-2.0, 0.0, 1.5), "who.share": (0.0, 2.0),
            "who.stage": ("none", "st"), "who.goal": ("bt", "st"),
            "who.licence": ("valid", "revoked"),
            "who.skills": (frozenset(), frozenset("a"), frozenset("ab")),
            "who.wanted": (frozenset("b"), frozenset("ac")),
        },
        parameters={
            "limit": 65, "ratio": 0.5, "open": True, "target": "st", "core": frozenset("ac"),
        },
        definitions={path: check(parse(text), scope)[0] for path, text in definitions.items()},
    )  # fmt: skip


SMALL = _small_world()
