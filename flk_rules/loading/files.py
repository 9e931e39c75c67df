"""files and places.

Reads a ruleset's TOML files and knows on which line each entry stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import tomli
from attrs import field, frozen

from flk_rules.errors import FileUnreadable, Problem, RulesetInvalid, shown
from flk_rules.loading.lines import Lines, index_lines
from flk_rules.loading.structuring import MAX_MISTAKES, Content, structure

MAX_BYTES = 1_000_000
"""Bytes one file of a ruleset may have."""

_AT = re.compile(r"at line (\d+), column (\d+)")
_TWICE = "expected a key or table that is not there yet"
# What tomli says, in our words: its first words, and what was expected there.
_SYNTAX = (
    ("Invalid statement", "expected a key, or a table's name in brackets"),
    ("Invalid initial character for a key", "expected a key of letters, digits, _ and -"),
    ("Expected '=' after a key", "expected = after the key"),
    ("Expected ']", "expected ] at the end of the table's name"),
    ("Expected newline", "expected the end of the line after the value"),
    ("Invalid value", "expected a value, such as a string in quotes"),
    ("Invalid date", "expected a date that the calendar has"),
    ("Unclosed array", "expected , or ] in the list"),
    ("Unclosed inline table", "expected , or } in the table"),
    ("Duplicate inline table key", _TWICE),
    ("Cannot", _TWICE),
    ("Unterminated string", "expected the quote that ends the string"),
    ('Expected "', "expected the quote that ends the string"),
    ("Unescaped", "expected \\\\ for a backslash in a string"),
    ("Invalid hex value", "expected the digits of a character after \\u"),
    ("Escaped character", "expected the number of a character after \\u"),
    ("Illegal character", "expected no control character"),
    ("Found invalid character", "expected no control character"),
)  # fmt: skip


@frozen
class SourceFile:
    """A structured file, its mistakes of shape, and where its entries stand."""

    path: Path
    content: Content
    lines: Lines
    problems: tuple[Problem, ...] = field(default=())

    def place(self, path: str) -> str:
        """``file:line: path`` of an entry, or of the nearest thing around it that has a line."""
        return _place(self.path, self.lines.near(path), path)

    def place_in_text(self, path: str, line: int) -> str:
        """The place of a line (from 1) of the string at `path`."""
        first = self.lines.texts.get(path)
        number = self.lines.near(path) if first is None else first + line - 1
        return _place(self.path, number, path)


def _place(path: Path, line: int | None, where: str) -> str:
    number = f":{line}" if line else ""
    return f"{path}{number}: {where}" if where else f"{path}{number}"


def read_text(path: Path, limit: int) -> str:
    """The UTF-8 text of a file of at most `limit` bytes, a byte order mark left away."""
    try:
        if path.exists() and not path.is_file():
            raise FileUnreadable(path, "expected a file, found a folder or something else")
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
    except FileNotFoundError:
        raise FileUnreadable(path, "expected a file, found nothing there") from None
    except OSError as error:
        raise FileUnreadable(path, f"cannot be read: {(error.strerror or '').lower()}") from None
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
    """The TOML document in `text`; `path` is for the message.

    Raises `FileUnreadable` with the line for what is not TOML.
    """
    return parse_with_lines(path, text)[0]


def parse_with_lines(path: Path | str, text: str) -> tuple[dict[str, Any], Lines]:
    """The TOML document in `text` and where everything stands; see `parse_toml`."""
    lines = index_lines(text)
    raw = _parse(text, lines)
    if isinstance(raw, dict):
        return raw, lines
    line, reason = raw
    raise FileUnreadable(f"{path}:{line}", f"not TOML we read: {reason}")


def _parse(text: str, lines: Lines) -> dict[str, Any] | tuple[int, str]:
    """The document, or the line and the reason for which it is none."""
    if lines.fault is not None:
        return lines.fault
    try:
        return tomli.loads(text)
    except (ValueError, RecursionError) as error:
        return _syntax(text, str(error), lines)


def _syntax(text: str, said: str, found: Lines) -> tuple[int, str]:
    words = next((ours for theirs, ours in _SYNTAX if said.startswith(theirs)), "expected TOML")
    if words is _TWICE and found.twice is not None:
        line, path = found.twice
        return line, f"{path} is there already, on line {found.keys[path]}"
    lines = text.replace("\r\n", "\n").split("\n")
    if not (at := _AT.search(said)):
        return len(lines), f"{words}, found the end of the file"
    line, column = int(at[1]), int(at[2])
    rest = lines[line - 1][column - 1 :].strip()
    there = shown(rest, 40) if rest else "the end of the line"
    if not rest and said.startswith("Illegal character"):  # the only one that a line ends in
        words = "expected the quote that ends the string on its line"
    return line, f"column {column}: {words}, found {there}"


def read_folder(folder: Path) -> list[SourceFile]:
    """Every ``*.toml`` of a ruleset's folder.

    Raises `RulesetInvalid` where a file is not TOML at all, with the mistakes of all the others.
    """
    unreadable: list[Problem] = []
    sources: list[SourceFile] = []
    for path in toml_files(folder):
        try:
            text = read_text(path, MAX_BYTES)
        except FileUnreadable as error:
            unreadable.append(Problem(error.path, error.reason))
            continue
        lines = index_lines(text)
        raw = _parse(text, lines)
        if isinstance(raw, tuple):
            line, reason = raw
            unreadable.append(Problem(f"{path}:{line}", f"not TOML we read: {reason}"))
            continue
        content, mistakes = structure(raw)
        if len(mistakes) >= MAX_MISTAKES:
            message = f"has {MAX_MISTAKES:,} mistakes and more; the rest of the file was not read"
            unreadable.append(Problem(str(path), message))
        problems = tuple(
            Problem(_place(path, lines.near(each.where), each.where), each.message)
            for each in mistakes
        )
        sources.append(SourceFile(path, content, lines, problems))
    if unreadable:
        raise invalid([*unreadable, *(each for source in sources for each in source.problems)])
    return sources


def toml_files(folder: Path) -> list[Path]:
    """The files of a ruleset's folder that are read, whatever the case of their ending."""
    try:
        return sorted(each for each in folder.iterdir() if each.suffix.lower() == ".toml")
    except (NotADirectoryError, PermissionError):
        return []


def invalid(problems: Iterable[Problem]) -> RulesetInvalid:
    """The failure with its mistakes in the order of files and lines."""
    return RulesetInvalid(sorted(problems, key=_order))


def _order(problem: Problem) -> tuple[str, int]:
    file, ending, rest = problem.where.partition(".toml")
    line = re.match(r":(\d+)", rest)
    return file + ending, int(line[1]) if line else 0
