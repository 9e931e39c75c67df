"""text to tree.

LALR by lark with the tree built as rules reduce, so that no depth of nesting can exhaust the
interpreter's stack: a condition deeper than `MAX_DEPTH` is refused with its place.
"""

from __future__ import annotations

import math
import re
from functools import cache
from importlib.resources import files
from typing import Any

from attrs import evolve, frozen
from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken, VisitError

from flk_rules.errors import nearest, shown
from flk_rules.language.checker import INT_MIN
from flk_rules.language.refusing import (
    end_of,
    expected,
    outside,
    refuse,
    refuse_surrogates,
    stray,
)
from flk_rules.model.expressions import (
    And,
    Arithmetic,
    Compare,
    Conditional,
    Expr,
    Has,
    Literal,
    Member,
    Name,
    Negate,
    Not,
    Or,
    Place,
    SetRelation,
    Size,
    list_of,
)
from flk_rules.model.values import BOOL, DOUBLE, INT, Kind, Type

MAX_DEPTH = 100
"""Levels a condition may nest; every recursion over a tree rests on this bound."""
MAX_LENGTH = 65_536
"""Characters a condition may have."""

FUNCTIONS = ("has", "size", "sets.contains", "sets.intersects")
KEYWORDS = frozenset({"true", "false", "null", "in"})
RESERVED = frozenset({
    "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop",
    "namespace", "package", "return", "var", "void", "while",
})  # fmt: skip
MACROS = frozenset({"all", "exists", "exists_one", "filter", "map"})
_ESCAPES = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
    "\\": "\\", "'": "'", '"': '"', "`": "`", "?": "?",
}  # fmt: skip
_ESCAPE = re.compile(
    r"\\(?:[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|(.?))",
    re.DOTALL,
)


@frozen
class _Part:
    """A subtree and how deep it is."""

    node: Expr
    depth: int


def parse(text: str) -> Expr:
    """The tree of a condition; names are not yet resolved, types not yet checked.

    Raises `ExpressionInvalid` with the place of the first thing that does not parse or lies
    outside the profile.
    """
    if len(text) > MAX_LENGTH:
        refuse(Place(1, 1), f"a condition has at most {MAX_LENGTH} characters, found {len(text)}")
    refuse_surrogates(text)
    try:
        part = _lark().parse(text)
    except UnexpectedToken as error:
        at_end = error.token.type == "$END"
        found = "the end" if at_end else shown(str(error.token))
        place = end_of(text) if at_end else _place(error.token)
        refuse(place, f"expected {expected(error.accepts)}, found {found}")
    except UnexpectedCharacters as error:
        refuse(Place(error.line, error.column), stray(text[error.pos_in_stream or 0]))
    except UnexpectedInput:  # pragma: no cover - lark's base class; the two above are all of it
        refuse(Place(1, 1), "does not parse")
    except VisitError as error:  # pragma: no cover - lark wraps only when a tree is walked
        raise error.orig_exc from None
    assert isinstance(part, _Part)
    return part.node


def _place(token: Token) -> Place:
    return Place(token.line or 1, token.column or 1)


def _cut(name: str) -> str:
    return name if len(name) <= 60 else f"{name[:57]}..."


def _join(node: Expr, *parts: _Part) -> _Part:
    depth = 1 + max((part.depth for part in parts), default=0)
    if depth > MAX_DEPTH:
        limit = f"a condition nests at most {MAX_DEPTH} deep"
        refuse(node.place, f"{limit}; name a part of it as a definition")
    return _Part(node, depth)


def _unescape(body: str, place: Place) -> str:
    def replace(match: re.Match[str]) -> str:
        *numbers, plain = match.groups()
        for digits, base in zip(numbers, (16, 16, 16, 8), strict=True):
            if digits is not None:
                point = int(digits, base)
                if point > 0x10FFFF or 0xD800 <= point <= 0xDFFF:
                    refuse(place, f"{match.group()!r} is no character")
                return chr(point)
        if plain not in _ESCAPES:
            refuse(place, f"unknown escape {match.group()!r} in a string")
        return _ESCAPES[plain]

    return _ESCAPE.sub(replace, body)


@v_args(inline=True)
class _Builder(Transformer[Token, _Part]):
    """Builds nodes as lark reduces; one method a grammar alternative."""

    def start(self, part: _Part) -> _Part:
        return part

    def conditional(self, test: _Part, then: _Part, otherwise: _Part) -> _Part:
        node = Conditional(test.node, then.node, otherwise.node, place=test.node.place)
        return _join(node, test, then, otherwise)

    def disjunction(self, *parts: _Part) -> _Part:
        return _join(Or(tuple(p.node for p in parts), place=parts[0].node.place), *parts)

    def conjunction(self, *parts: _Part) -> _Part:
        return _join(And(tuple(p.node for p in parts), place=parts[0].node.place), *parts)

    def relate(self, left: _Part, op: Token, right: _Part) -> _Part:
        if op.type == "IN":
            return _join(Member(left.node, right.node, place=left.node.place), left, right)
        return _join(Compare(str(op), left.node, right.node, place=left.node.place), left, right)

    def arithmetic(self, left: _Part, op: Token, right: _Part) -> _Part:
        if op == "%":
            outside(_place(op), "the operator %")
        return _join(Arithmetic(str(op), left.node, right.node, place=left.node.place), left, right)

    def negation(self, token: Token, part: _Part) -> _Part:
        return _join(Not(part.node, place=_place(token)), part)

    def minus(self, token: Token, part: _Part) -> _Part:
        node = part.node
        # The least integer has no opposite: CEL has an error for it, and so has the interpreter.
        least = node == Literal(INT_MIN, INT)
        if isinstance(node, Literal) and node.type in (INT, DOUBLE) and not least:
            assert isinstance(node.value, (int, float))
            return _join(evolve(node, value=-node.value, place=_place(token)), part)
        return _join(Negate(node, place=_place(token)), part)

    def parenthesis(self, part: _Part) -> _Part:
        return _join(part.node, part)

    def name(self, token: Token) -> _Part:
        if token in RESERVED | KEYWORDS:
            refuse(_place(token), f"{str(token)!r} is a reserved word in CEL and no name")
        return _Part(Name(str(token), place=_place(token)), 1)

    def absolute(self, token: Token, _: object = None) -> _Part:
        outside(_place(token), "names that start with a dot")

    def select(self, part: _Part, token: Token) -> _Part:
        if not isinstance(part.node, Name):
            outside(_place(token), "a field of anything but a name")
        if token in KEYWORDS:
            refuse(_place(token), f"{str(token)!r} is a reserved word in CEL and no name")
        return _join(evolve(part.node, path=f"{part.node.path}.{token}"), part)

    def call(self, token: Token, args: list[_Part] | None) -> _Part:
        return self._call(str(token), args or [], _place(token))

    def method(self, part: _Part, token: Token, args: list[_Part] | None) -> _Part:
        place = _place(token)
        if isinstance(part.node, Name) and part.node.path == "sets":
            return self._call(f"sets.{token}", args or [], part.node.place)
        if token in MACROS:
            outside(place, f"the macro {token}()", "conditions have no loops")
        there_are = f"the functions are {', '.join(FUNCTIONS)}"
        return outside(place, f"the method {_cut(token)}()", there_are)

    def _call(self, function: str, args: list[_Part], place: Place) -> _Part:
        nodes = [arg.node for arg in args]
        match function, nodes:
            case "has", [Name() as fact] if "." in fact.path:
                return _join(Has(fact, place=place), *args)
            case "has", [_]:
                refuse(place, "has() asks about one fact by its dotted name")
            case "size", [collection]:
                return _join(Size(collection, place=place), *args)
            case (("sets.contains" | "sets.intersects"), [left, right]):
                relation = function.removeprefix("sets.")
                return _join(SetRelation(relation, left, right, place=place), *args)
        if function in FUNCTIONS:
            wanted = 2 if function.startswith("sets.") else 1
            refuse(place, f"{function}() takes {wanted} argument(s), found {len(nodes)}")
        hint = nearest(function, FUNCTIONS)
        there_are = f"the functions are {', '.join(FUNCTIONS)}"
        return outside(place, f"the function {_cut(function)}(){hint}", there_are)

    def index(self, part: _Part, token: Token, _: _Part) -> _Part:
        outside(_place(token), "indexing", "use 'in' or sets.*")

    def message(self, part: _Part, token: Token, _: object = None) -> _Part:
        outside(_place(token), "message literals")

    def map_literal(self, token: Token, _: object = None) -> _Part:
        outside(_place(token), "map literals")

    def entries(self, *_: object) -> None:
        return None

    def entry(self, *_: object) -> None:
        return None

    def args(self, *parts: _Part) -> list[_Part]:
        return list(parts)

    def items(self, *parts: _Part) -> list[_Part]:
        return list(parts)

    def list_literal(self, token: Token, items: list[_Part] | None = None) -> _Part:
        place = _place(token)
        values: list[Any] = []
        kinds: set[Kind] = set()
        for part in items or []:
            node = part.node
            if not isinstance(node, Literal) or isinstance(node.value, tuple):
                outside(node.place, "lists of anything but constants")
            values.append(node.value)
            kinds.add(node.type.kind)
        if len(kinds) > 1:
            outside(place, "lists of mixed kinds")
        return _Part(
            Literal(tuple(values), list_of(kinds.pop() if kinds else None), place=place), 2
        )

    def double(self, token: Token) -> _Part:
        value = float(token)
        if math.isinf(value):
            refuse(_place(token), f"{shown(str(token))} is beyond the range of a double")
        return _Part(Literal(value, DOUBLE, place=_place(token)), 1)

    def int_(self, token: Token) -> _Part:
        if len(token) > 32:
            refuse(_place(token), f"{shown(str(token))} is beyond the range of a 64-bit integer")
        return _Part(Literal(int(token, 16 if "x" in token else 10), INT, place=_place(token)), 1)

    def unsigned(self, token: Token) -> _Part:
        outside(_place(token), "unsigned integers", "write the number without u")

    def bytes_(self, token: Token) -> _Part:
        outside(_place(token), "bytes")

    def null(self, token: Token) -> _Part:
        outside(_place(token), "null", "has() asks whether a fact is recorded")

    def boolean(self, token: Token) -> _Part:
        return _Part(Literal(token == "true", BOOL, place=_place(token)), 1)

    def string(self, token: Token) -> _Part:
        place = _place(token)
        if token[0] in "rR":
            outside(place, "raw strings")
        if token.startswith(('"""', "'''")):
            outside(place, "strings in triple quotes")
        return _Part(Literal(_unescape(token[1:-1], place), Type(Kind.STRING), place=place), 1)


@cache
def _lark() -> Lark:
    grammar = (files("flk_rules.language") / "grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", transformer=_Builder(), maybe_placeholders=True)
