"""files and places.

Reads a ruleset's TOML files and knows on which line each entry stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli
from attrs import evolve, frozen

from flk_rules.errors import FileUnreadable, Problem, RulesetInvalid
from flk_rules.loading.shapes import File
from flk_rules.loading.structuring import structure

MAX_BYTES = 1_000_000
"""Bytes one file of a ruleset may have."""

_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.-]+)\s*\]\]?")
_KEY = re.compile(r"\s*([\w-]+)\s*=")


@frozen
class SourceFile:
    """A structured file and the lines of its entries by path, such as ``rule[3].when``."""

    path: Path
    content: File
    lines: Mapping[str, int]

    def place(self, path: str) -> str:
        """``file:line: path`` of an entry, or of the nearest thing around it that has a line."""
        return _place(self.path, self.lines, path)


def read_toml(path: Path) -> dict[str, Any]:
    """The TOML document at `path`.

    Raises `FileUnreadable` for what is missing, empty, over `MAX_BYTES`, not UTF-8 or not TOML.
    """
    return parse_toml(path, read_text(path, MAX_BYTES))


def read_text(path: Path, limit: int) -> str:
    """The UTF-8 text of a file of at most `limit` bytes, a byte order mark left away."""
    try:
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        raise FileUnreadable(path, (error.strerror or str(error)).lower()) from None
    return decode(path, data, limit)


def decode(path: Path | str, data: bytes, limit: int) -> str:
    """`data` as text; see `read_text`."""
    if len(data) > limit:
        raise FileUnreadable(path, f"larger than {limit:,} bytes; split it")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise FileUnreadable(
            path, f"not UTF-8: byte {data[error.start]:#04x} on line {line}; save it as UTF-8"
        ) from None
    if not text.strip():
        raise FileUnreadable(path, "the file is empty")
    return text


def parse_toml(path: Path | str, text: str) -> dict[str, Any]:
    """The TOML document in `text`; `path` is for the message."""
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise FileUnreadable(path, f"not TOML: {str(error)[:200].lower()}") from None
    except RecursionError:
        raise FileUnreadable(path, "not TOML we read: values nest too deep") from None


def read_folder(folder: Path) -> list[SourceFile]:
    """Every ``*.toml`` of a ruleset's folder.

    Raises `RulesetInvalid` with the mistakes of all files together.
    """
    problems: list[Problem] = []
    found: list[SourceFile] = []
    paths = sorted(folder.glob("*.toml"))
    for path in paths:
        try:
            text = read_text(path, MAX_BYTES)
            raw = parse_toml(path, text)
        except FileUnreadable as error:
            problems.append(Problem(error.path, error.reason))
            continue
        lines = index_lines(text)
        content, mistakes = structure(raw)
        problems += [evolve(each, where=_place(path, lines, each.where)) for each in mistakes]
        if content is not None:
            found.append(SourceFile(path, content, lines))
    if problems:
        raise RulesetInvalid(problems)
    return found


def index_lines(text: str) -> dict[str, int]:
    """The line of each table and key: tomli keeps none, so the text is scanned for headers and
    keys at line starts, outside multi-line strings."""
    lines: dict[str, int] = {}
    counts: dict[str, int] = {}
    table, inside = "", ""
    for number, line in enumerate(text.splitlines(), 1):
        if not inside:
            if header := _HEADER.match(line):
                name = header[2]
                if header[1] == "[[":
                    counts[name] = counts.get(name, -1) + 1
                    name = f"{name}[{counts[name]}]"
                table = name
                lines.setdefault(table, number)
            elif key := _KEY.match(line):
                lines.setdefault(f"{table}.{key[1]}" if table else key[1], number)
        for quotes in re.findall(r'"""|' + r"'''", line):
            inside = "" if inside == quotes else inside or quotes
    return lines


def _place(path: Path, lines: Mapping[str, int], where: str) -> str:
    around = where
    while around and around not in lines:
        around = re.sub(r"(\.[^.\[]+|\[\d+\]|^[^.\[]+)$", "", around)
    number = f":{lines[around]}" if around else ""
    return f"{path}{number}: {where}" if where else f"{path}{number}"
