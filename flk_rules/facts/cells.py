"""text to values.

A cell of a spreadsheet as the value its fact takes. Names of codes work beside their ids, in
Swedish or English; an empty cell is a fact not known, which is something else than *none*.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flk_rules.errors import shown
from flk_rules.facts.headings import BOOLS, NONE_WORDS, normal
from flk_rules.facts.validating import Rejected, read_date, several, suggest_code
from flk_rules.model.schema import Code, FactSpec, Schema
from flk_rules.model.values import Kind

UNKNOWN_WORDS = ("-", "?", "okänd", "okänt", "oklart", "saknas", "vet ej", "unknown", "n/a", "null")
"""How people write that they do not know, where they should write nothing."""
_NUMBER = re.compile(r"[-−]?[0-9]{1,15}(?:[.,][0-9]{1,15})?")
_APART = re.compile(r"[|;/\n\r]")
_JOINT = re.compile(r"(,|\s(?:och|and|&|\+)\s)", re.IGNORECASE)
_SURE = 0.85
"""How near a name must be for parts to be taken as one misspelt name."""


class CodeNames:
    """Codes by id and by Swedish and English name; with `suggesting`, what is none is told with the
    nearest name, which takes a thousand times as long as finding one."""

    def __init__(self, codes: Mapping[str, Code], *, suggesting: bool = True) -> None:
        self._codes, self._suggesting = codes, suggesting
        self._ids = {
            normal(name): code.id for code in codes.values() for name in (code.en, code.sv, code.id)
        }
        self._most_parts = max((len(_JOINT.split(name)) for name in self._ids), default=1)

    def find(self, text: str) -> str | None:
        """The code's id, or None."""
        return self._ids.get(normal(text))

    def read(self, text: str) -> str:
        """The code's id; raises `Rejected` with the nearest name."""
        found = self.find(text)
        if found is None:
            raise Rejected(self._unknown(text))
        return found

    def read_list(self, text: str) -> list[str]:
        """Codes between ``|``, ``/``, ``;``, line breaks, commas or *och*; a name may itself hold
        the last two.

        Raises `Rejected` with every part that is no code.
        """
        if normal(text) in NONE_WORDS:
            return []
        if (whole := self.find(text)) is not None:
            return [whole]
        pieces = [piece for piece in _APART.split(text) if piece.strip()]
        if not pieces or _unsure(text):
            raise Rejected(self._unknown(text))
        found: list[str] = []
        wrong: list[str] = []
        if len(pieces) > len(self._codes):
            raise Rejected(f"expected at most {len(self._codes)} codes, found {len(pieces)}")
        for piece in pieces:
            self._within(_JOINT.split(piece), found, wrong)
        if (count := len(found) + len(wrong)) > len(self._codes):
            raise Rejected(f"expected at most {len(self._codes)} codes, found {count}")
        if not found and not wrong:  # separators alone say neither which nor none
            raise Rejected(self._unknown(text))
        if wrong:
            raise Rejected(several([self._not_in_list(each) for each in wrong]))
        return found

    def _within(self, parts: list[str], found: list[str], wrong: list[str]) -> None:
        """Codes of `parts`, which have their joints between them; the longest name comes first."""
        start = after = 0
        while start < len(parts):
            for end in range(min(len(parts), start + self._most_parts), start, -2):
                if (code := self.find("".join(parts[start:end]))) is not None:
                    wrong += self._runs(parts[after : max(start - 1, 0)])
                    found.append(code)
                    after = start = end + 1
                    break
            else:
                start += 2
        wrong += self._runs(parts[after:])

    def _runs(self, parts: list[str]) -> list[str]:
        """What is no code: a misspelt name with commas is one mistake, other parts are several."""
        text = "".join(parts).strip()
        if not text:
            return []
        if self._suggesting and suggest_code(text, self._codes, by_name=True, cutoff=_SURE):
            return [text]
        return [each.strip() for each in text.split(",") if each.strip()]

    def _not_in_list(self, text: str) -> str:
        if normal(text) in NONE_WORDS:
            return f"{shown(text)} says that there are none and stands alone; remove it or the rest"
        return self._unknown(text)

    def _unknown(self, text: str) -> str:
        hint = self._suggesting and not _unsure(text)
        return f"no code {_shown(text)}" + (
            suggest_code(text, self._codes, by_name=True) if hint else ""
        )


CellReader = Callable[[str], Any]


def cell_reader(
    spec: FactSpec, schema: Schema, *, decimal_comma: bool, suggesting: bool = True
) -> CellReader:
    """How a cell of this fact's column is read; the reader raises `Rejected`.

    `decimal_comma` says whether a comma may stand before decimals, as it does where columns are
    parted by semicolons.
    """
    kind = spec.type.kind
    if kind is Kind.BOOL:
        return _bool
    if kind in (Kind.INT, Kind.DOUBLE):
        return lambda text: _number(text, whole=kind is Kind.INT, decimal_comma=decimal_comma)
    names = CodeNames(schema.codes_of(spec.type.codes or ""), suggesting=suggesting)
    return names.read_list if kind is Kind.LIST else names.read


Speller = Callable[[str], str | None]


def speller(name: str, schema: Schema, *, decimal_comma: bool) -> Speller:
    """How a cell of a fact or a date is spelled in one way whoever wrote it: codes by their ids,
    with ``|`` between those of a list and ``-`` for an empty one, ``yes`` and ``no``, numbers with
    a point, dates as ISO has them. A blank cell is None; one that cannot be read is given back as
    it is."""
    spec = schema.facts.get(name)
    read: CellReader = read_day
    if spec:  # nobody reads why a cell is refused
        read = cell_reader(spec, schema, decimal_comma=decimal_comma, suggesting=False)

    def spelled(text: str) -> str | None:
        if not text.strip():
            return None
        try:
            found = read(text)
        except Rejected:
            return text
        match found:
            case bool():
                return "yes" if found else "no"
            case str():
                return found
            case list():
                return "|".join(found) or "-"
            case date():
                return found.isoformat()
        return _plain(text)

    return spelled


def read_day(text: str) -> date:
    """A cell of a date's column; raises `Rejected`."""
    if _unsure(text):
        raise Rejected(f"expected a date like 1950-12-31, found {_shown(text)}")
    return read_date(text.strip())


def _unsure(text: str) -> bool:
    return normal(text) in UNKNOWN_WORDS


def _shown(text: str) -> str:
    return shown(text) + ("; leave the cell empty where it is not known" if _unsure(text) else "")


def _bool(text: str) -> bool:
    found = BOOLS.get(normal(text))
    if found is None:
        raise Rejected(f"expected ja or nej, yes or no, found {_shown(text)}")
    return found


def _number(text: str, *, whole: bool, decimal_comma: bool) -> int | float:
    plain = text.strip()
    kind = "a whole number" if whole else "a number"
    if not _NUMBER.fullmatch(plain) or (whole and not plain.lstrip("-−").isdigit()):
        raise Rejected(f"expected {kind}, found {_shown(text)}")
    if "," in plain and not decimal_comma:
        dotted = plain.replace(",", ".")
        raise Rejected(
            f"expected {kind} with a decimal point, as commas part the columns, found "
            f"{shown(text)}; write {dotted}"
        )
    plain = _plain(text)
    return int(plain) if whole else float(plain)


def _plain(text: str) -> str:
    """A number's text with a decimal point and a plain minus."""
    return text.strip().replace(",", ".").replace("−", "-")
