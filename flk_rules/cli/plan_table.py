"""lists in a table.

A row for each physician of a unit's plan, as text shows it.
"""

from __future__ import annotations

from fractions import Fraction

from flk_rules.cli.figures import number
from flk_rules.cli.planning_words import word
from flk_rules.explaining.words import FORCES
from flk_rules.planning.unit import UnitPlan
from flk_rules.planning.unit_continuity import Continuity
from flk_rules.planning.unit_lists import PhysicianPlan

COLUMNS = (
    "physician", "guideline", "force", "listed", "difference", "status", "patients",
    "with_priority", "priority_open", "upc", "coc", "secon",
)  # fmt: skip


def rows_of(plan: UnitPlan, language: str) -> list[list[str]]:
    """The cells of every physician."""
    return [_row(each, language) for each in plan.physicians]


def _row(found: PhysicianPlan, language: str) -> list[str]:
    unknown = word("unknown", language)
    counted = found.in_file is not None
    return [
        found.id,
        number(Fraction(found.guideline), language, 1)
        if found.guideline is not None
        else word("unknown" if found.undetermined else "none", language),
        FORCES[found.force].in_language(language) if found.force else "",
        unknown if found.listed is None else number(found.listed, language),
        "" if found.difference is None else number(Fraction(found.difference), language, 1),
        word(found.status, language) if found.status else "",
        number(found.in_file, language),
        number(found.prioritised if counted else None, language),
        number(found.open if counted else None, language),
        *measures(found.continuity, language),
    ]


def measures(found: Continuity | None, language: str) -> list[str]:
    """UPC, COC and SECON; empty where nothing is known of visits."""
    if found is None:
        return ["", "", ""]
    return [_two(each, language) for each in (found.upc, found.coc, found.secon)]


def _two(value: Fraction | None, language: str) -> str:
    if value is None:
        return "–"
    text = f"{float(value):.2f}"
    return text.replace(".", ",") if language == "sv" else text
