"""text to tree.

LALR by lark with the tree built as rules reduce, so that no depth of nesting can exhaust the
interpreter's stack: a condition deeper than `MAX_DEPTH` is refused with its place.
"""

from __future__ import annotations

import math
import re
from functools import cache
from importlib.resources import files
from typing import Any, NoReturn

from attrs import evolve, frozen
from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken, VisitError

from flk_rules.errors import ExpressionInvalid, Problem, nearest, shown
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
RESERVED = frozenset(
    ["as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "namespace", "package", "return", "var", "void", "while"]
)
MACROS = frozenset({"all", "exists", "exists_one", "filter", "map"})
_ESCAPES = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
    "\\": "\\", "'": "'", '"': '"', "`": "`", "?": "?",
}  # fmt: skip
_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|(.?))", re.DOTALL
)
_WORDS = {
    "IDENT": "a name", "INT": "a number", "FLOAT": "a number", "STRING": "a string",
    "TRUE": "true", "FALSE": "false", "NOT": "'!'", "MINUS": "'-'", "PLUS": "'+'", "STAR": "'*'",
    "SLASH": "'/'", "RELOP": "a comparison", "IN": "'in'", "LPAR": "'('", "RPAR": "')'",
    "LSQB": "'['", "RSQB": "']'", "DOT": "'.'", "COMMA": "','", "COLON": "':'",
    "QMARK": "'?'", "$END": "the end",
}  # fmt: skip


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
        _refuse(Place(1, 1), f"a condition has at most {MAX_LENGTH} characters, found {len(text)}")
    try:
        part = _lark().parse(text)
    except UnexpectedToken as error:
        found = "the end" if error.token.type == "$END" else shown(str(error.token))
        names = sorted({_WORDS[name] for name in error.expected if name in _WORDS})
        _refuse(_end(text) if error.token.type == "$END" else _place(error.token),
                f"expected {' or '.join(names)}, found {found}")  # fmt: skip
    except UnexpectedCharacters as error:
        place = Place(error.line, error.column)
        _refuse(place, f"no part of the language starts with {shown(text[error.pos_in_stream])}")
    except UnexpectedInput:  # pragma: no cover - lark's base class; the two above are all of it
        _refuse(Place(1, 1), "does not parse")
    except VisitError as error:  # pragma: no cover - lark wraps only when a tree is walked
        raise error.orig_exc from None
    assert isinstance(part, _Part)
    return part.node


def _refuse(place: Place, message: str) -> NoReturn:
    raise ExpressionInvalid([Problem(str(place), message)]) from None


def _outside(place: Place, what: str, instead: str = "") -> NoReturn:
    hint = f"; {instead}" if instead else ""
    _refuse(place, f"outside the profile: {what}{hint}")


def _place(token: Token) -> Place:
    return Place(token.line or 1, token.column or 1)


def _end(text: str) -> Place:
    lines = text.split("\n")
    return Place(len(lines), len(lines[-1]) + 1)


def _join(node: Expr, *parts: _Part) -> _Part:
    depth = 1 + max((part.depth for part in parts), default=0)
    if depth > MAX_DEPTH:
        _refuse(node.place, f"a condition nests at most {MAX_DEPTH} deep; name a part of it as a "
                            "definition")  # fmt: skip
    return _Part(node, depth)


def _unescape(body: str, place: Place) -> str:
    def replace(match: re.Match[str]) -> str:
        *numbers, plain = match.groups()
        for digits, base in zip(numbers, (16, 16, 16, 8), strict=True):
            if digits is not None:
                point = int(digits, base)
                if point > 0x10FFFF or 0xD800 <= point <= 0xDFFF:
                    _refuse(place, f"{match.group()!r} is no character")
                return chr(point)
        if plain not in _ESCAPES:
            _refuse(place, f"unknown escape {match.group()!r} in a string")
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
            _outside(_place(op), "the operator %")
        return _join(Arithmetic(str(op), left.node, right.node, place=left.node.place), left, right)

    def negation(self, token: Token, part: _Part) -> _Part:
        return _join(Not(part.node, place=_place(token)), part)

    def minus(self, token: Token, part: _Part) -> _Part:
        node = part.node
        if isinstance(node, Literal) and isinstance(node.value, (int, float)) and node.type != BOOL:
            return _Part(evolve(node, value=-node.value, place=_place(token)), part.depth)
        return _join(Negate(node, place=_place(token)), part)

    def parenthesis(self, part: _Part) -> _Part:
        return _join(part.node, part)

    def name(self, token: Token) -> _Part:
        if token in RESERVED:
            _refuse(_place(token), f"{str(token)!r} is a reserved word in CEL and no name")
        return _Part(Name(str(token), place=_place(token)), 1)

    def absolute(self, token: Token) -> _Part:
        _outside(_place(token), "names that start with a dot")

    def select(self, part: _Part, token: Token) -> _Part:
        if not isinstance(part.node, Name):
            _outside(_place(token), "a field of anything but a name")
        return _join(evolve(part.node, path=f"{part.node.path}.{token}"), part)

    def call(self, token: Token, args: list[_Part] | None) -> _Part:
        return self._call(str(token), args or [], _place(token))

    def method(self, part: _Part, token: Token, args: list[_Part] | None) -> _Part:
        place = _place(token)
        if isinstance(part.node, Name) and part.node.path == "sets":
            return self._call(f"sets.{token}", args or [], part.node.place)
        if token in MACROS:
            _outside(place, f"the macro {token}()", "conditions have no loops")
        _outside(place, f"the method {token}()", f"the functions are {', '.join(FUNCTIONS)}")

    def _call(self, function: str, args: list[_Part], place: Place) -> _Part:
        nodes = [arg.node for arg in args]
        match function, nodes:
            case "has", [Name() as fact]:
                return _join(Has(fact, place=place), *args)
            case "has", [_]:
                _refuse(place, "has() asks about one fact by its name")
            case "size", [collection]:
                return _join(Size(collection, place=place), *args)
            case ("sets.contains" | "sets.intersects"), [left, right]:
                relation = function.removeprefix("sets.")
                return _join(SetRelation(relation, left, right, place=place), *args)
        if function in FUNCTIONS:
            wanted = 2 if function.startswith("sets.") else 1
            _refuse(place, f"{function}() takes {wanted} argument(s), found {len(nodes)}")
        hint = nearest(function, FUNCTIONS)
        _outside(place, f"the function {function}(){hint}",
                 f"the functions are {', '.join(FUNCTIONS)}")  # fmt: skip

    def index(self, part: _Part, token: Token, _: _Part) -> _Part:
        _outside(_place(token), "indexing", "use 'in' or sets.*")

    def message(self, part: _Part, token: Token, _: object = None) -> _Part:
        _outside(_place(token), "message literals")

    def map_literal(self, token: Token, _: object = None) -> _Part:
        _outside(_place(token), "map literals")

    def entries(self, *_: object) -> None:
        return None

    def entry(self, *_: object) -> None:
        return None

    def args(self, *parts: _Part) -> list[_Part]:
        return list(parts)

    def list_literal(self, token: Token, args: list[_Part] | None = None, *_: object) -> _Part:
        place = _place(token)
        values: list[Any] = []
        kinds: set[Kind] = set()
        for part in args or []:
            node = part.node
            if not isinstance(node, Literal) or isinstance(node.value, tuple):
                _outside(node.place, "lists of anything but constants")
            values.append(node.value)
            kinds.add(node.type.kind)
        if len(kinds) > 1:
            _outside(place, "lists of mixed kinds")
        return _Part(Literal(tuple(values), list_of(kinds.pop() if kinds else None), place=place), 2)

    def double(self, token: Token) -> _Part:
        value = float(token)
        if math.isinf(value):
            _refuse(_place(token), f"{shown(str(token))} is beyond the range of a double")
        return _Part(Literal(value, DOUBLE, place=_place(token)), 1)

    def int_(self, token: Token) -> _Part:
        if len(token) > 32:
            _refuse(_place(token), f"{shown(str(token))} is beyond the range of a 64-bit integer")
        return _Part(Literal(int(token, 16 if "x" in token else 10), INT, place=_place(token)), 1)

    def unsigned(self, token: Token) -> _Part:
        _outside(_place(token), "unsigned integers", "write the number without u")

    def bytes_(self, token: Token) -> _Part:
        _outside(_place(token), "bytes")

    def null(self, token: Token) -> _Part:
        _outside(_place(token), "null", "has() asks whether a fact is recorded")

    def boolean(self, token: Token) -> _Part:
        return _Part(Literal(token == "true", BOOL, place=_place(token)), 1)

    def string(self, token: Token) -> _Part:
        place = _place(token)
        if token[0] in "rR":
            _outside(place, "raw strings")
        if token.startswith(('"""', "'''")):
            _outside(place, "strings in triple quotes")
        return _Part(Literal(_unescape(token[1:-1], place), Type(Kind.STRING), place=place), 1)


@cache
def _lark() -> Lark:
    grammar = (files("flk_rules.language") / "grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", transformer=_Builder(), maybe_placeholders=True)
