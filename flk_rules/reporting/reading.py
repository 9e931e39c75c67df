"""files of receipts.

One receipt as JSON, or one a line, bare or as `flk audit export` writes them; each with the rules
that were read. A file with a mistake gives no report: all its mistakes are told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, BinaryIO

from attrs import evolve, field, frozen

from flk_rules.audit import Receipt
from flk_rules.audit.canonical import parsed
from flk_rules.audit.shapes import RULES
from flk_rules.errors import (
    ArchiveInvalid,
    FileUnreadable,
    Problem,
    ReceiptInvalid,
    ReceiptsInvalid,
)
from flk_rules.model.rules import Ruleset
from flk_rules.reporting.shapes import Shown

MAX_BYTES = 16 * 2**20
"""Bytes of one receipt at most; a shipped question's rules take some 50,000."""


@frozen
class Part:
    """The rules of receipts that share a question and a fingerprint, and where they stood first."""

    plain: Mapping[str, Any]
    ruleset: Ruleset
    where: str


@frozen(eq=False)
class Parts:
    """The rules of receipts, each read back once."""

    _kept: dict[tuple[str, str], Part] = field(factory=dict)

    def known(self, content: Any) -> bool:
        """Whether these rules, of receipts in JSON values, were read and found good before."""
        try:
            found = self._kept.get((content["ruleset"]["fingerprint"], content["question"]))
            return found is not None and bool(found.plain == content[RULES])
        except (KeyError, TypeError):
            return False

    def of(self, receipt: Receipt, where: str) -> Ruleset:
        """The receipt's rules, on its day.

        Raises `ReceiptInvalid` where it has none, or where they are others than those of an
        earlier receipt of the same ruleset; `ArchiveInvalid` where they cannot be read.
        """
        content, rules = receipt.content, receipt.rules
        if rules is None:
            reason = f"the key {RULES!r} is not there, without which nothing can be explained"
            remedy = "report from its log with --log, or export with --whole"
            raise ReceiptInvalid(where, f"{reason}; {remedy}")
        key = content["ruleset"]["fingerprint"], content["question"]
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = Part(rules, receipt.ruleset(), where)
        elif found.plain is not rules and found.plain != rules:
            reason = f"its rules are not those of {found.where}, which names the same ruleset"
            raise ReceiptInvalid(where, reason)
        day = date.fromisoformat(content["on"])
        return found.ruleset if found.ruleset.on == day else evolve(found.ruleset, on=day)


def read_receipts(
    stream: BinaryIO, name: str, parts: Parts
) -> Iterator[tuple[Shown, Ruleset, str]]:
    """The receipts of a file, each with its rules and where it stands.

    A receipt with a mistake is passed over and the rest is read; at the end `ReceiptsInvalid` is
    raised with every mistake. Raises `FileUnreadable` for a file without any receipt.
    """
    problems: list[Problem] = []
    found = False
    for where, raw in _texts(stream, name):
        found = True
        try:
            shown = _shown(raw, where, parts)
            ruleset = parts.of(shown.receipt, where)
        except ReceiptInvalid as error:
            problems.append(Problem(error.where, error.reason))
        except ArchiveInvalid as error:
            problems += [
                Problem(f"{where}: {RULES}: {each.where}", each.message) for each in error.problems
            ]
        else:
            yield shown, ruleset, where
    if problems:
        raise ReceiptsInvalid(problems)
    if not found:
        raise FileUnreadable(name, "expected a receipt as JSON, or one a line, found nothing")


def from_record(number: int, receipt: Receipt, where: str) -> Shown:
    """The receipt with its rules out of a log's record `number`. Its digest says that it is what
    was written, not that it is a receipt: raises `ReceiptInvalid` where it is none."""
    return Shown(
        receipt=Receipt(Receipt.from_dict(receipt.content, where).content, receipt.rules),
        position=number,
        vouched=True,
    )


def _texts(stream: BinaryIO, name: str) -> Iterator[tuple[str, bytes]]:
    """The text of each receipt and where it stands: the lines, where the first is a whole JSON
    value; else all of it as one."""
    number, first = 0, b""
    while not first.strip():
        number += 1
        first = _line(stream, f"{name}: line {number}")
        if not first:
            return
    ahead = _line(stream, f"{name}: line {number + 1}")
    rest = b""
    if not _whole(first) and not _whole(ahead):
        rest = stream.read(MAX_BYTES + 1)
        if len(first) + len(ahead) + len(rest) > MAX_BYTES:
            raise FileUnreadable(name, f"expected a receipt of at most {MAX_BYTES} bytes")
        yield name, first + ahead + rest
        return
    several = bool(ahead.strip())
    yield f"{name}: line {number}" if several else name, first
    while ahead:
        number += 1
        where = f"{name}: line {number}"
        if ahead.strip():
            yield where, ahead
        ahead = _line(stream, f"{name}: line {number + 1}")


def _line(stream: BinaryIO, where: str) -> bytes:
    found = stream.readline(MAX_BYTES + 1)
    if len(found) > MAX_BYTES:
        raise FileUnreadable(where, f"expected a receipt of at most {MAX_BYTES} bytes")
    return found


def _whole(line: bytes) -> bool:
    """Whether a line is an object of JSON by itself; a line of a layout never is one."""
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _shown(raw: bytes, where: str, parts: Parts) -> Shown:
    try:
        content = parsed(raw.strip())
    except json.JSONDecodeError as error:
        at = f" (at line {error.lineno} column {error.colno})" if error.lineno > 1 else ""
        raise ReceiptInvalid(where, f"expected JSON{at}") from None
    except UnicodeError:
        raise ReceiptInvalid(where, "expected JSON in UTF-8") from None
    except ValueError as error:
        raise ReceiptInvalid(where, f"expected JSON: {error}") from None
    position = None
    if isinstance(content, dict) and content.keys() == {"record", "receipt"}:
        position, content = content["record"], content["receipt"]
        if type(position) is not int or position < 1:
            raise ReceiptInvalid(where, "record: expected the number of a record")
    if not parts.known(content):
        return Shown(receipt=Receipt.from_dict(content, where), position=position)
    # The rules, which take nearly all the time, were held against the schema already.
    bare = Receipt.from_dict({k: v for k, v in content.items() if k != RULES}, where)
    return Shown(receipt=Receipt(bare.content, content[RULES]), position=position)
