"""pinned explanations.

Decisions whose whole text is held word by word in tests/pins. After a wording has changed on
purpose: ``PYTHONPATH=.:tests python -m support.pins`` writes them anew, to be read before they are
committed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from flk_rules import Decision
from support.cases import NATIONAL, STOCKHOLM, shipped, specialist, trainee

FOLDER = Path(__file__).resolve().parent.parent / "pins"
LANGUAGES = ("sv", "en")


def decisions() -> dict[str, Decision]:
    """One of each way to answer."""
    asked = {
        "conditional": (NATIONAL, specialist("geriatrik", id="A-17"), None),
        "forbidden": (STOCKHOLM, trainee(planned_end="2027-10-01"), {"age": 40}),
        "no-ground": (
            STOCKHOLM,
            specialist("psykiatri", equivalent_competence="equivalent"),
            {"age": 40, "covered_by_region": True},
        ),
        "undetermined": (NATIONAL, specialist("geriatrik", licence=None), {}),
    }
    return {
        name: shipped(ruleset).decide("eligibility", physician=physician, patient=patient)
        for name, (ruleset, physician, patient) in asked.items()
    }


def texts() -> Iterator[tuple[Path, str]]:
    """Each pin's file and the text as it is now."""
    for name, decision in decisions().items():
        for language in LANGUAGES:
            yield FOLDER / f"{name}.{language}.txt", decision.explain(language) + "\n"


if __name__ == "__main__":
    for path, text in texts():
        path.write_text(text, encoding="utf-8")
