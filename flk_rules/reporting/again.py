"""receipts against themselves.

Decides a receipt again by its own rules, so that a page can say where the two differ.
"""

from __future__ import annotations

from flk_rules.audit import Receipt
from flk_rules.audit.replaying import Replayer
from flk_rules.errors import FlkError
from flk_rules.model.rules import Ruleset
from flk_rules.reporting.shapes import Again

_SHOWN = 200
"""Characters of a value that are shown."""


def again(receipt: Receipt, ruleset: Ruleset, replayer: Replayer) -> Again:
    """What the receipt's rules make of its facts, decided by the oracle: whichever engine decided
    then, they agree."""
    asked = Receipt({**receipt.content, "engine": "reference"}, receipt.rules)
    try:
        found = replayer.replay(asked, ruleset)
    except FlkError as error:
        return Again(kind="failed", failure=str(error))
    if found.same:
        return Again(kind="same")
    return Again(
        kind="other",
        differences=tuple((e.path, _shown(e.before), _shown(e.after)) for e in found.differences),
    )


def _shown(value: object) -> str:
    if value is None:
        return "–"
    text = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
