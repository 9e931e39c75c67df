"""a unit as read.

Physicians, patients and visits, checked against each other; see `unit_rows`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from attrs import frozen

from flk_rules.planning.continuity import Visit, Window


class Listing(Enum):
    """Whether a patient is listed with a named physician."""

    NAMED = "named"
    NONE = "none"
    UNKNOWN = "unknown"


@frozen(kw_only=True)
class PhysicianRow:
    """A physician of the unit: `id` as written, `key` as compared."""

    id: str
    key: str
    facts: Mapping[str, Any]
    where: str


@frozen(kw_only=True)
class PatientRow:
    """A patient; `physician` is the key of whom they are listed with."""

    id: str | None
    key: str | None
    facts: Mapping[str, Any]
    listing: Listing
    physician: str | None
    where: str


@frozen(kw_only=True)
class UnitData:
    """A unit as read. `patients` or `visits` is None where nothing was said of any; `visits` are
    by the patient's key, their physicians as keys."""

    facts: Mapping[str, Any] | None
    physicians: tuple[PhysicianRow, ...]
    patients: tuple[PatientRow, ...] | None = None
    visits: Mapping[str, Sequence[Visit]] | None = None
    window: Window | None = None
