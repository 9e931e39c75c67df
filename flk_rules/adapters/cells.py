"""text to values.

A cell of a spreadsheet as the value its fact takes. Names of codes work beside their ids, in
Swedish or English; an empty cell is a fact not known, which is something else than *none*.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from flk_rules.errors import shown
from flk_rules.facts.validating import Rejected, suggest_code
from flk_rules.model.schema import Code, FactSpec, Schema
from flk_rules.model.values import Kind

NONE_WORDS = frozenset({"inga", "ingen", "none", "-"})
"""How a cell says that a list is known to be empty."""
_BOOLS = {
    "ja": True, "sant": True, "yes": True, "true": True,
    "nej": False, "falskt": False, "no": False, "false": False,
}  # fmt: skip
_NUMBER = re.compile(r"[-−]?\d{1,15}(?:[.,]\d{1,15})?")


def normal(text: str) -> str:
    """Text as headings and code names are compared: NFC, one space between words, any case."""
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


class CodeNames:
    """Codes by id and by Swedish and English name."""

    def __init__(self, codes: Mapping[str, Code]) -> None:
        self._codes = codes
        self._ids = {
            normal(name): code.id for code in codes.values() for name in (code.en, code.sv, code.id)
        }

    def find(self, text: str) -> str | None:
        """The code's id, or None."""
        return self._ids.get(normal(text))

    def read(self, text: str) -> str:
        """The code's id; raises `Rejected` with the nearest name."""
        found = self.find(text)
        if found is None:
            raise Rejected(f"no code {shown(text)}{suggest_code(text, self._codes)}")
        return found

    def read_list(self, text: str) -> list[str]:
        """Codes between ``|``, or between commas; a name may itself hold commas."""
        if normal(text) in NONE_WORDS:
            return []
        if "|" in text:
            return [self.read(part) for part in text.split("|") if part.strip()]
        parts = text.split(",")
        found: list[str] = []
        start = 0
        while start < len(parts):
            for end in range(min(len(parts), start + 4), start, -1):
                if (code := self.find(",".join(parts[start:end]))) is not None:
                    found.append(code)
                    start = end
                    break
            else:
                found.append(self.read(parts[start]))
        return found


CellReader = Callable[[str], Any]


def cell_reader(spec: FactSpec, schema: Schema, *, decimal_comma: bool) -> CellReader:
    """How a cell of this fact's column is read; the reader raises `Rejected`.

    `decimal_comma` says whether a comma may stand before decimals, as it does where columns are
    parted by semicolons.
    """
    kind = spec.type.kind
    if kind is Kind.BOOL:
        return _bool
    if kind in (Kind.INT, Kind.DOUBLE):
        return lambda text: _number(text, whole=kind is Kind.INT, decimal_comma=decimal_comma)
    names = CodeNames(schema.codes_of(spec.type.codes or ""))
    return names.read_list if kind is Kind.LIST else names.read


def _bool(text: str) -> bool:
    found = _BOOLS.get(normal(text))
    if found is None:
        raise Rejected(f"expected ja or nej, yes or no, found {shown(text)}")
    return found


def _number(text: str, *, whole: bool, decimal_comma: bool) -> int | float:
    plain = text.strip()
    if not _NUMBER.fullmatch(plain) or ("," in plain and not decimal_comma):
        kind = "a whole number" if whole else "a number"
        raise Rejected(f"expected {kind}, found {shown(text)}")
    plain = plain.replace(",", ".").replace("−", "-")
    if whole:
        if "." in plain:
            raise Rejected(f"expected a whole number, found {shown(text)}")
        return int(plain)
    return float(plain)
