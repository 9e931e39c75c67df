"""headings and words of tables.

What a column may be called: a fact's dotted name, its name without the subject, or its Swedish or
English label; and how a cell says yes, no and none.
"""

from __future__ import annotations

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
