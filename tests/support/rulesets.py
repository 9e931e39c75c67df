"""random resolved rulesets.

Built straight from the model, without a loader, over a schema with facts of every type. The same
seed gives the same ruleset everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from random import Random

from flk_rules.language import print_expression
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
    Negate,
    Not,
    Or,
    ParameterRef,
    SetRelation,
    Size,
    list_of,
)
from flk_rules.model.rules import (
    Basis,
    Citation,
    Definition,
    Effect,
    Force,
    Origin,
    Parameter,
    Rule,
    Ruleset,
    Text,
)
from flk_rules.model.schema import Changes, Code, CodeList, FactSpec, Schema
from flk_rules.model.values import BOOL, DOUBLE, INT, Kind, Type, Value

TYPE_OF_SCALAR = {bool: Kind.BOOL, int: Kind.INT, float: Kind.DOUBLE, str: Kind.STRING}
QUESTION = "q"
DAY = date(2024, 10, 1)
TEXT, ORIGIN = Text(sv="x", en="x"), Origin(ruleset="random", place="here")
SOURCE = Citation(document="d", section="s", statement="E0")

CODES = {
    "colour": ("red", "green", "blue"),
    "hostile": ('"', "\\", '1,"a0":0', "}", "åäö🏥", "\x00", "r1", "$nex", "sid", "' || true"),
}
COLOUR, HOSTILE = Type(Kind.STRING, "colour"), Type(Kind.STRING, "hostile")
COLOURS = Type(Kind.LIST, "colour", Kind.STRING)
HOSTILES = Type(Kind.LIST, "hostile", Kind.STRING)

INTEGERS = (0, 1, -1, 2, 17, 18, 64, 65, 150, 151, 2**53 + 1, 2**63 - 1, -(2**63), 1 - 2**63)
DOUBLES = (0.0, -0.0, 2.0, 1.9999, 2.0001, 2.00005, 0.1, 0.30000000000000004, 64.5, 65.0, -3.25)
AWKWARD = (1e300, -1e300, 9.3e18, 1e15, 2.0**53, 1e-05, 5e-324, 99999999999.9999)

_PARAMETERS: tuple[tuple[str, Type], ...] = (
    ("b", BOOL), ("i", INT), ("j", INT), ("d", DOUBLE), ("e", DOUBLE), ("c", COLOUR),
    ("h", HOSTILE), ("l", COLOURS), ("m", HOSTILES),
)  # fmt: skip


def fact(name: str, type_: Type, **options: int | None) -> FactSpec:
    """A fact of the subject `p`."""
    changes = Changes.DECISION
    return FactSpec(name=name, subject="p", type=type_, changes=changes, sv="x", en="x", **options)


def make_ruleset(
    facts: Iterable[FactSpec],
    conditions: Sequence[Expr],
    parameters: Mapping[str, tuple[Type, Value]] | None = None,
    definitions: Mapping[str, Expr] | None = None,
) -> Ruleset:
    """A ruleset with one question and a rule for each condition, in their order."""
    lists = {
        name: CodeList(
            id=name,
            codes={each: Code(id=each, kind=None, sv="x", en="x") for each in codes},
            sv="x",
            en="x",
        )
        for name, codes in CODES.items()
    }
    rules = [
        Rule(
            id=f"r{number:05}", decides=QUESTION, effect=Effect.PERMIT, when=when,
            condition=print_expression(when), force=Force.GUIDANCE, source=SOURCE, because=TEXT,
            reading=None, valid_from=DAY, valid_to=None, origin=ORIGIN,
        )
        for number, when in enumerate(conditions)
    ]  # fmt: skip
    return Ruleset(
        id="random", version="1", title=TEXT, readings=(), on=DAY, layers=(), questions={},
        rules={rule.id: rule for rule in rules},
        parameters={
            name: Parameter(
                id=name, type=type_, value=value, unit=None, basis=Basis.ASSUMPTION, source=None,
                because=TEXT, reading=None, valid_from=DAY, valid_to=None, origin=ORIGIN,
            )
            for name, (type_, value) in (parameters or {}).items()
        },
        definitions={
            name: Definition(
                id=name, when=when, condition=print_expression(when), because=TEXT, source=None,
                valid_from=DAY, valid_to=None, origin=ORIGIN,
            )
            for name, when in (definitions or {}).items()
        },
        disabled={}, documents={}, fingerprint="",
        schema=Schema(facts={spec.name: spec for spec in facts}, codes=lists),
    )  # fmt: skip


def random_ruleset(seed: int) -> Ruleset:
    """A ruleset of 1 to 40 rules with conditions of up to five levels over every kind of node."""
    return _Maker(Random(seed)).ruleset()


SHARED = {0: "side", 1: "r00000"}
"""Names of definitions that something else may have too: in SQL the side of an answer, and a
rule."""


class _Maker:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.specs = self._specs()
        # Few facts a ruleset, so that rules meet on the same ones.
        self.facts = random.sample(self.specs, random.randint(2, len(self.specs)))
        self.definitions: dict[str, Expr] = {}
        self.parts: list[Expr] = []

    def ruleset(self) -> Ruleset:
        chance = self.random
        parameters = {name: (type_, self.constant(type_)) for name, type_ in _PARAMETERS}
        self.parameters = {name: type_ for name, (type_, _) in parameters.items()}
        for number in range(chance.choice((0, 0, 1, 3))):
            name = SHARED.get(number, f"p.definition{number}")
            self.definitions[name] = self.boolean(chance.randint(1, 3))
        count = chance.choice((1, 2, 3, 5, 8, 13, 21, 40))
        conditions = [self.boolean(chance.randint(0, 5)) for _ in range(count)]
        if count > 3:
            conditions[-1] = conditions[0]
        return make_ruleset(self.specs, conditions, parameters, self.definitions)

    def _specs(self) -> list[FactSpec]:
        specs = [fact(f"p.bool{number}", BOOL) for number in range(3)]
        specs += [fact("p.int", INT), fact("p.age", INT, minimum=0, maximum=150)]
        specs += [fact("p.few", INT, minimum=-3, maximum=3)]
        for scale in range(5):
            bounds = self.random.choice(({}, {"minimum": -100, "maximum": 100}))
            specs.append(fact(f"p.double{scale}", DOUBLE, scale=scale, **bounds))
        specs.append(fact("p.wide", DOUBLE, scale=4, minimum=-1, maximum=10**18))
        specs += [fact("p.colour", COLOUR), fact("p.other", COLOUR), fact("p.hostile", HOSTILE)]
        return [*specs, fact("p.colours", COLOURS), fact("p.hostiles", HOSTILES)]

    def constant(self, type_: Type) -> Value:
        chance = self.random
        match type_.kind:
            case Kind.BOOL:
                return chance.random() < 0.5
            case Kind.INT:
                return chance.choice((*INTEGERS, chance.randint(-3, 3)))
            case Kind.DOUBLE:
                awkward = chance.random() < 0.2
                return chance.choice(AWKWARD if awkward else (*DOUBLES, chance.uniform(-3, 3)))
            case Kind.STRING:
                return chance.choice(CODES[type_.codes or "colour"])
        codes = CODES[type_.codes or "colour"]
        return frozenset(chance.sample(codes, chance.randint(0, len(codes))))

    def leaf(self, type_: Type) -> Expr:
        """A fact mostly, else a parameter or a literal."""
        chance = self.random.random()
        if chance < 0.65:
            facts = [spec for spec in self.facts if spec.type == type_]
            if facts:
                return FactRef(self.random.choice(facts).name, type_)
        if chance < 0.85:
            names = [name for name, found in self.parameters.items() if found == type_]
            return ParameterRef(self.random.choice(names), type_)
        value = self.constant(type_)
        if isinstance(value, frozenset):
            return Literal(tuple(sorted(value)), list_of(Kind.STRING if value else None))
        return Literal(value, Type(TYPE_OF_SCALAR[type(value)]))

    def any(self, type_: Type, depth: int) -> Expr:
        """An expression of a type; codes and lists are leaves or ternaries of leaves."""
        if type_ == BOOL:
            return self.boolean(depth)
        chance = self.random.random()
        if depth <= 0 or chance < 0.5:
            return self.leaf(type_)
        if chance < 0.6:
            return Conditional(
                self.boolean(depth - 1), self.any(type_, depth - 1), self.any(type_, depth - 1)
            )
        if not type_.numeric:
            return self.leaf(type_)
        if type_ == INT and chance < 0.75:
            return Size(self.any(self.random.choice((COLOURS, HOSTILES)), depth - 1))
        left = self.any(type_, depth - 1)
        if chance < 0.8 and not isinstance(left, Literal):
            return Negate(left)
        return Arithmetic(self.random.choice("+-*/"), left, self.any(type_, depth - 1))

    def boolean(self, depth: int) -> Expr:
        chance = self.random
        if self.parts and chance.random() < 0.08:
            part = chance.choice(self.parts)
            return part if chance.random() < 0.5 else Not(part)
        if depth <= 0 or chance.random() < 0.3:
            found = self._test(depth)
        else:
            found = self._junction(depth - 1)
        self.parts.append(found)
        return found

    def _junction(self, depth: int) -> Expr:
        match self.random.choice("&&&|||!?="):
            case "&":
                return And(tuple(self.boolean(depth) for _ in range(self.random.randint(2, 4))))
            case "|":
                return Or(tuple(self.boolean(depth) for _ in range(self.random.randint(2, 4))))
            case "!":
                return Not(self.boolean(depth))
            case "?":
                return Conditional(self.boolean(depth), self.boolean(depth), self.boolean(depth))
        return Compare(
            self.random.choice(("==", "!=")), self.boolean(depth), self.boolean(depth)
        )  # fmt: skip

    def _test(self, depth: int) -> Expr:
        chance, inner = self.random, min(depth, 2)
        match chance.choice("bbhdnnnnnnnnccmis"):
            case "h":
                return Has(FactRef((spec := chance.choice(self.facts)).name, spec.type))
            case "d" if self.definitions:
                return DefinitionRef(chance.choice(list(self.definitions)), BOOL)
            case "n":
                left, right = chance.choice((INT, DOUBLE)), chance.choice((INT, DOUBLE))
                op = chance.choice(("==", "!=", "<", "<=", ">", ">="))
                return Compare(op, self.any(left, inner), self.any(right, inner))
            case "c":
                codes = chance.choice((COLOUR, HOSTILE))
                op = chance.choice(("==", "!="))
                return Compare(op, self.any(codes, inner), self.any(codes, inner))
            case "m":
                item, many = chance.choice(((COLOUR, COLOURS), (HOSTILE, HOSTILES)))
                return Member(self.any(item, inner), self.any(many, inner))
            case "i":
                type_ = chance.choice((INT, DOUBLE))
                values = tuple(self.constant(type_) for _ in range(chance.randint(1, 4)))
                return Member(self.any(type_, inner), Literal(values, list_of(type_.kind)))
            case "s":
                many = chance.choice((COLOURS, HOSTILES))
                relation = chance.choice(("intersects", "contains"))
                return SetRelation(relation, self.any(many, inner), self.any(many, inner))
        return self.leaf(BOOL)
