"""lines of entries.

Where each table, key and list item of a TOML text stands: tomli keeps no places, so the text is
scanned once. The scan comes first and also refuses what no reader should be given: values nested
too deep, and numbers of thousands of digits.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import tomli
from attrs import frozen

MAX_NESTING = 32
"""Levels that values, and the parts of a dotted key, may nest."""
MAX_NUMBER = 100
"""Characters a value may have that is no string; a 64-bit integer has 20."""

_TOKEN = re.compile(
    r"""(?P<skip>[ \t\r]+|\#[^\n]*)|(?P<newline>\n)|(?P<long>\"{3}|'{3})"""
    r"""|(?P<string>"(?:[^"\\\n]|\\.)*+"|'[^'\n]*')|(?P<mark>[\[\]{}=,.])|(?P<bare>[^\s\#"'\[\]{}=,.]+)"""
)
_LONG_END = {
    '"""': re.compile(r'(?:[^"\\]|\\.|"(?!""))*+"{3,5}', re.DOTALL),
    "'''": re.compile(r"(?:[^']|'(?!''))*+'{3,5}"),
}
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STEP = re.compile(r'(\."(?:[^"\\]|\\.)*"|\.[^.\["]+|\[\d+\]|^[^.\["]+|^"(?:[^"\\]|\\.)*")$')


@frozen
class Lines:
    """Lines by path, such as ``rule[3].when``.

    `keys` has the line of each header, key and list item; `texts` has the line on which the text
    of a string in triple quotes begins. `fault` is the line and reason for which the file is
    refused unread; `twice` is the first line and path that stands on an earlier line already.
    """

    keys: Mapping[str, int]
    texts: Mapping[str, int]
    fault: tuple[int, str] | None = None
    twice: tuple[int, str] | None = None

    def near(self, path: str) -> int | None:
        """The line of `path`, or of the nearest thing around it that has one."""
        around = path
        while around and around not in self.keys:
            shorter = _STEP.sub("", around)
            around = shorter if shorter != around else ""
        return self.keys.get(around)


def join(path: str, key: str) -> str:
    """The path of a key in the table at `path`; a key that is no bare word stands in quotes."""
    part = key if _BARE_KEY.fullmatch(key) else json.dumps(key, ensure_ascii=False)
    return f"{path}.{part}" if path else part


def index_lines(text: str) -> Lines:
    """Where everything stands in a TOML text; of a text that is not TOML, as far as it goes."""
    scan = _Scan()
    position, line = 0, 1
    while scan.fault is None and (match := _TOKEN.match(text, position)):
        kind, token = match.lastgroup, match.group()
        if kind == "long":
            end = _LONG_END[token].match(text, match.end())
            if end is None:
                break
            first = line + (text[match.end() : match.end() + 2].lstrip("\r")[:1] == "\n")
            scan.string(None, line, first)
            line += text.count("\n", position, end.end())
            position = end.end()
            continue
        position = match.end()
        if kind == "newline":
            line += 1
            scan.newline()
        elif kind == "mark":
            scan.mark(token, line)
        elif kind == "string":
            scan.string(token, line)
        elif kind == "bare":
            scan.bare(token, line)
    return Lines(scan.keys, scan.texts, scan.fault, scan.twice)


class _Scan:
    """The state between two tokens: what is open, and whether a key or a value comes next."""

    def __init__(self) -> None:
        self.keys: dict[str, int] = {}
        self.texts: dict[str, int] = {}
        self.fault: tuple[int, str] | None = None
        self.twice: tuple[int, str] | None = None
        self.tables: set[str] = set()
        self.table = ""
        self.counts: dict[str, int] = {}
        self.open: list[tuple[str, str]] = []  # bracket and path of lists and inline tables
        self.items: list[int] = []
        self.newline()

    def newline(self) -> None:
        if not self.open:
            self.key: list[str] = []
            self.key_line = 0
            self.header = 0
            self.value = ""
            self.expects = "key"

    def note(self, path: str, line: int) -> None:
        self.keys.setdefault(path, line)

    def deeper(self, levels: int, line: int) -> None:
        if levels > MAX_NESTING:
            self.fault = (line, f"values nest at most {MAX_NESTING} deep")

    def bare(self, token: str, line: int) -> None:
        if self.expects == "value" and len(token) > MAX_NUMBER:
            self.fault = (line, f"expected a value, found {len(token)} characters without quotes")
        self.part(token, line)

    def string(self, token: str | None, line: int, first: int = 0) -> None:
        if self.expects == "key" and token is not None:
            self.part(_unquoted(token), line)
            return
        if self.expects == "value" and token is None:
            self.texts.setdefault(self.value, first)
        self.part("", line)

    def part(self, text: str, line: int) -> None:
        if self.expects == "key":
            self.key_line = self.key_line or line
            self.key.append(text)
            self.deeper(len(self.key), line)
        elif self.expects == "value":
            self.note(self.value, line)
            self.expects = "nothing"

    def mark(self, token: str, line: int) -> None:
        if token == "[" and self.expects == "key" and not self.open and not self.key:
            self.header += 1
        elif token in "[{" and self.expects == "value":
            self.note(self.value, line)
            self.open.append((token, self.value))
            self.items.append(0)
            self.deeper(len(self.open), line)
            self.next_item()
        elif token == "]" and self.header and not self.open:
            self.end_header(line)
        elif token in "]}" and self.open:
            self.open.pop()
            self.items.pop()
            self.expects = "nothing"
        elif token == "," and self.open:
            self.items[-1] += 1
            self.next_item()
        elif token == "=" and self.expects == "key" and self.key:
            self.value = self.open[-1][1] if self.open else self.table
            for each in self.key[:-1]:
                self.value = join(self.value, each)
                self.note(self.value, self.key_line)
            self.value = join(self.value, self.key[-1])
            if self.value in self.keys:
                self.twice = self.twice or (self.key_line, self.value)
            self.note(self.value, self.key_line)
            self.expects = "value"

    def next_item(self) -> None:
        bracket, path = self.open[-1]
        if bracket == "[":
            self.value, self.expects = f"{path}[{self.items[-1]}]", "value"
        else:
            self.key, self.key_line, self.expects = [], 0, "key"

    def end_header(self, line: int) -> None:
        path = ""
        for number, each in enumerate(self.key):
            path = join(path, each)
            if number == len(self.key) - 1 and self.header > 1:
                self.note(path, line)
                self.counts[path] = self.counts.get(path, -1) + 1
            if path in self.counts:
                path = f"{path}[{self.counts[path]}]"
            self.note(path, line)
        if path in self.tables:
            self.twice = self.twice or (line, path)
        self.tables.add(path)
        self.table, self.expects, self.header = path, "nothing", 0


def _unquoted(token: str) -> str:
    try:
        return str(tomli.loads(f"key = {token}")["key"])
    except tomli.TOMLDecodeError:
        return token
