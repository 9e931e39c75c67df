"""headings and words of tables.

What a column may be called: a fact's dotted name, its name without the subject, or its Swedish or
English label; and how a cell says yes, no and none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from itertools import chain

from flk_rules.model.schema import FactSpec, InputSpec, Schema

NONE_WORDS = ("inga", "ingen", "none", "-")
"""How a cell says that a list is known to be empty."""
BOOLS = {
    "ja": True, "sant": True, "yes": True, "true": True,
    "nej": False, "falskt": False, "no": False, "false": False,
}  # fmt: skip
"""How a cell says yes and no."""
_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–−", "-"))


LISTED_WITH = InputSpec(
    name="patient.listed_with", subject="patient", sv="listad hos", en="listed with", is_date=False
)
"""The physician whom a patient is listed with, by the physician's own reference: what pairs rows of
tables, and no fact."""


DELIMITERS = ";,\t"
"""What may part columns of CSV."""
_FIRST_LINE = re.compile(rf"[\s{DELIMITERS}\"]*([^\r\n]*)")
_SPREADSHEET_HINT = re.compile(r"sep=([;,\t])(?=[\r\n])")
"""A first line by which spreadsheets tell each other what parts the columns."""


def parted(text: str) -> tuple[int, str]:
    """Where a CSV's text goes on after a spreadsheet's hint, if it has one, and what parts the
    columns."""
    hint = _SPREADSHEET_HINT.match(text)
    start = hint.end() if hint else 0
    first = _FIRST_LINE.match(text, start)
    assert first is not None
    return start, hint[1] if hint else max(DELIMITERS, key=first[0].count)


def normal(text: str) -> str:
    """Text as headings and code names are compared: NFC, one space between words, one kind of
    hyphen, any case."""
    plain = unicodedata.normalize("NFC", text).translate(_HYPHENS)
    return " ".join(plain.split()).casefold()


def column_names(schema: Schema, subjects: tuple[str, ...], subject: str) -> Mapping[str, str]:
    """The fact or input that each heading names: by label, by its name within `subject`, and
    by its full name, the last holding where two agree."""
    specs: dict[str, FactSpec | InputSpec] = {**schema.inputs, **schema.facts}
    wanted = {name: spec for name, spec in specs.items() if spec.subject in subjects}
    labels = (
        (normal(label), name) for name, spec in wanted.items() for label in (spec.en, spec.sv)
    )
    short = (
        (normal(name.removeprefix(f"{subject}.")), name)
        for name, spec in wanted.items()
        if spec.subject == subject
    )
    return dict(chain(labels, short, ((normal(name), name) for name in wanted)))
