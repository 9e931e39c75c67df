"""reads conformance cases.

A reader of protobuf text format without a schema, and on top of it the CEL conformance cases.
What it cannot read exactly is a ValueError: a case read wrongly would test the wrong thing.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

# Strings stay bytes and other scalars stay source text: only a field's reader knows its type.
Node: TypeAlias = "Message | bytes | str"
Message: TypeAlias = "dict[str, list[Node]]"
T = TypeVar("T")


class Outcome(Enum):
    """What stands where there is no Python value."""

    ERROR = "error"
    OTHER = "other"


ERROR, OTHER = Outcome.ERROR, Outcome.OTHER


@frozen(kw_only=True)
class Case:
    """One test. Compare `expected` together with its type: in Python, True == 1 == 1.0."""

    file: str
    section: str
    name: str
    expr: str
    variables: Mapping[str, tuple[str, object]]
    expected: object
    disable_check: bool


# Possessive, so that a bad character never makes the text of a comment be read as tokens.
_TOKEN = re.compile(
    r"""(?:\s | \#[^\n]*+)*+
    (?P<token> "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*'
    | \.?[0-9](?:[eE][+-]|[0-9A-Za-z_.])* | [A-Za-z_][0-9A-Za-z_]* | [][{}<>:,;/.-] | \Z)""",
    re.VERBOSE | re.ASCII,
)
_ESCAPE = re.compile(
    r"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})"
    r"|u([0-9A-Fa-f]{4})|U(00(?:0[0-9A-Fa-f]|10)[0-9A-Fa-f]{4})|(.))"
)
_LETTERS = dict(zip("abfnrtv?\\'\"", b"\a\b\f\n\r\t\v?\\'\"", strict=True))


def _unescape(text: str) -> bytes:
    result, end = b"", 0
    for match in _ESCAPE.finditer(text):
        octal, byte, short, long, letter = match.groups()
        if letter and letter not in _LETTERS:
            raise ValueError(f"no such escape as {match[0]} in a string")
        result += text[end : match.start()].encode()
        # \u names a character, \x and octal name a byte of one: "\xe2\x9c\x8c" is one character.
        if code := short or long:
            result += chr(int(code, 16)).encode()
        else:
            number = int(octal, 8) if octal else int(byte, 16) if byte else _LETTERS[letter]
            result += bytes([number])
        end = match.end()
    return result + text[end:].encode()


class _Reader:
    def __init__(self, source: str) -> None:
        self.source, self.start, self.end, self.token = source, 0, 0, ""
        self.step()

    def failure(self, wanted: str) -> ValueError:
        line = self.source.count("\n", 0, self.start) + 1
        return ValueError(f"line {line}: expected {wanted}, found {self.token!r}")

    def step(self) -> str:
        before, match = self.token, _TOKEN.match(self.source, self.end)
        if not match:
            raise self.failure("a token that can be read after this one")
        (self.start, self.end), self.token = match.span("token"), match["token"]
        return before

    def skip(self, tokens: str) -> str:
        return self.step() if self.token and self.token in tokens else ""

    def message(self, closer: str) -> Message:
        fields: Message = {}
        while self.token != closer:
            nodes = fields.setdefault(self.name(), [])
            colon = self.skip(":")
            if not self.skip("["):
                nodes.append(self.value(colon))
            elif not self.skip("]"):
                nodes.append(self.value(colon))
                while self.skip(","):
                    nodes.append(self.value(colon))
                if not self.skip("]"):
                    raise self.failure("',' or ']'")
            self.skip(",;")
        self.step()
        return fields

    def name(self) -> str:
        if not (name := self.skip("[")):
            if not re.match("[A-Za-z_]", self.token):
                raise self.failure("a field name")
            return self.step()
        # An extension's name, or the type inside an Any.
        while re.match(r"[\w./-]", self.token):
            name += self.step()
        if self.token != "]":
            raise self.failure("']'")
        return name + self.step()

    def value(self, colon: str) -> Node:
        if opener := self.skip("{<"):
            return self.message("}" if opener == "{" else ">")
        if not colon:
            raise self.failure("':' or a message")
        if self.token.startswith(("'", '"')):
            text = b""
            while self.token.startswith(("'", '"')):
                text += _unescape(self.step()[1:-1])
            return text
        sign = self.skip("-")
        if not re.match(r"\.?\w", self.token):
            raise self.failure("a value")
        return sign + self.step()


def read_message(source: str) -> Message:
    """The fields of a text-format message, each a list of what it was given, in order."""
    return _Reader(source).message("")


def _message(node: Node) -> Message:
    if not isinstance(node, dict):
        raise ValueError(f"expected a message, found {node!r}")
    return node


def _bytes(node: Node) -> bytes:
    if not isinstance(node, bytes):
        raise ValueError(f"expected a string, found {node!r}")
    return node


def _text(node: Node) -> str:
    return _bytes(node).decode()


def _word(node: Node) -> str:
    if not isinstance(node, str):
        raise ValueError(f"expected a number or a name, found {node!r}")
    return node


def _int(node: Node) -> int:
    word = _word(node)
    return int(word, 8 if re.fullmatch("-?0[0-7]+", word) else 0)


def _double(node: Node) -> float:
    return float(re.sub(r"(?<=[0-9.])[fF]$", "", _word(node)))


def _named(names: Mapping[str, T]) -> Callable[[Node], T]:
    def read(node: Node) -> T:
        if (word := _word(node)) not in names:
            raise ValueError(f"expected one of {', '.join(names)}, found {word}")
        return names[word]

    return read


def _only(message: Message, name: str) -> Node:
    nodes = message.get(name, [])
    if len(nodes) != 1:
        raise ValueError(f"expected {name} once, found it {len(nodes)} times")
    return nodes[0]


def _oneof(node: Node) -> tuple[str, Node]:
    given = [(name, each) for name, nodes in _message(node).items() for each in nodes]
    if len(given) != 1:
        raise ValueError(f"expected one field, found {given}")
    return given[0]


_bool = _named({"true": True, "false": False})
_null = _named({"NULL_VALUE": None, "0": None})
_primitive = _named(
    {"BOOL": "bool", "INT64": "int", "UINT64": "uint"}
    | {"DOUBLE": "double", "STRING": "string", "BYTES": "bytes"}
)
_EXPECTED: Mapping[str, Callable[[Node], object]] = {
    "null_value": _null,
    "bool_value": _bool,
    "int64_value": _int,
    "double_value": _double,
    "string_value": _text,
}
_BOUND = {**_EXPECTED, "bytes_value": _bytes}
# A uint becomes a Python int only where its declaration still says that it is one.
_BOUND_UINT = {**_BOUND, "uint64_value": _int}


def _value(node: Node, scalars: Mapping[str, Callable[[Node], object]]) -> object:
    kind, inner = _oneof(node)
    if kind in scalars:
        return scalars[kind](inner)
    if kind == "list_value":
        items = [_value(item, scalars) for item in _message(inner).get("values", [])]
        return OTHER if OTHER in items else items
    if kind == "map_value" and scalars is not _EXPECTED:
        entries = [_message(entry) for entry in _message(inner).get("entries", [])]
        keys = [_value(_only(entry, "key"), scalars) for entry in entries]
        values = [_value(_only(entry, "value"), scalars) for entry in entries]
        if OTHER in keys + values:
            return OTHER
        if len(set(keys)) != len(keys):
            raise ValueError(f"keys that are one key in Python: {keys}")
        return dict(zip(keys, values, strict=True))
    return OTHER


def _type(node: Node) -> str:
    kind, inner = _oneof(node)
    if kind == "primitive":
        return _primitive(inner)
    if kind == "list_type":
        return f"list<{_type(_only(_message(inner), 'elem_type'))}>"
    if kind in ("message_type", "wrapper", "well_known", "abstract_type"):
        return "message"
    if kind not in ("null", "dyn", "map_type"):
        raise ValueError(f"a variable's type cannot be {kind}")
    return kind.removesuffix("_type")


def _variables(test: Message) -> dict[str, tuple[str, object]]:
    variables: dict[str, tuple[str, object]] = {}
    for declaration in map(_message, test.get("type_env", [])):
        ident = _message(_only(declaration, "ident"))
        variables[_text(_only(declaration, "name"))] = (_type(_only(ident, "type")), None)
    for binding in map(_message, test.get("bindings", [])):
        name = _text(_only(binding, "key"))
        described = variables.get(name, ("dyn", None))[0]
        scalars = _BOUND_UINT if "uint" in described else _BOUND
        kind, inner = _oneof(_only(binding, "value"))
        variables[name] = (described, _value(inner, scalars) if kind == "value" else OTHER)
    return variables


_MATCHERS = {"value", "typed_result", "eval_error", "any_eval_errors", "unknown", "any_unknowns"}
# Not `disable_macros` or `check_only`: a case with them means something that Case cannot say.
_READ = {"name", "description", "expr", "container", "type_env", "bindings", "disable_check"}


def _case(file: str, section: str, test: Message) -> Case:
    if unread := set(test) - _READ - _MATCHERS:
        raise ValueError(f"fields that a case cannot hold: {sorted(unread)}")
    expected: object = True  # simple.proto: without a matcher, the result must be true
    if matchers := {name: nodes for name, nodes in test.items() if name in _MATCHERS}:
        kind, inner = _oneof(matchers)
        expected = ERROR if kind == "eval_error" else OTHER
        if kind == "value":
            expected = _value(inner, _EXPECTED)
    return Case(
        file=file,
        section=section,
        name=_text(_only(test, "name")),
        expr=_text(_only(test, "expr")),
        variables=_variables(test),
        expected=expected,
        disable_check="disable_check" in test and _bool(_only(test, "disable_check")),
    )


def read_cases(folder: Path) -> list[Case]:
    """Every case of the folder's files, by file name and then in the file's order."""
    cases: list[Case] = []
    for path in sorted(folder.glob("*.textproto")):
        try:
            for section in map(_message, read_message(path.read_text("utf-8")).get("section", [])):
                title = _text(_only(section, "name"))
                for test in map(_message, section.get("test", [])):
                    cases.append(_case(path.stem, title, test))
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error
    if not cases:
        # A wrong path would otherwise look like a suite that passes.
        raise FileNotFoundError(f"{folder}: no conformance cases here")
    return cases
