"""an order among prioritised.

No source ranks the groups (statement P7), so there is no order unless a deployer names groups that
come first, in the parameter `priority_order`. The order is then theirs and an assumption, and
patients whom it does not tell apart stay as they came.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from attrs import evolve, frozen

from flk_rules.decision import Decision
from flk_rules.library import Ruleset
from flk_rules.model.rules import Parameter
from flk_rules.planning.groups import Groups
from flk_rules.planning.unit_data import Listing

ORDER = "priority_order"


class Place(Enum):
    """Where a patient comes: with a ground of a group named first, perhaps with one as facts are
    missing, or after."""

    FIRST = "first"
    POSSIBLY_FIRST = "possibly_first"
    AFTER = "after"


@frozen(kw_only=True)
class Waiting:
    """A patient with a ground for priority and no named physician, or of whom either is open.

    `decision` explains it. `place` is None where there is no order; `because` are the groups that
    gave the place.
    """

    patient: str | None
    where: str
    listing: Listing
    groups: Groups
    decision: Decision
    place: Place | None = None
    because: tuple[str, ...] = ()


@frozen(kw_only=True)
class Order:
    """The groups that a deployer puts first, with the parameter that says so: no source ranks
    them, so the order is an assumption whatever basis the parameter claims."""

    parameter: Parameter | None

    @property
    def first(self) -> frozenset[str]:
        """The groups named; empty where there is no order."""
        value = self.parameter.value if self.parameter else None
        return value if isinstance(value, frozenset) else frozenset()


def order_of(ruleset: Ruleset) -> Order:
    """The order that the ruleset's parameter gives."""
    return Order(parameter=ruleset.model.parameters.get(ORDER))


def ordered(order: Order, waiting: Iterable[Waiting]) -> tuple[Waiting, ...]:
    """The patients in their order; as they came within a place, and where there is no order."""
    if not order.first:
        return tuple(waiting)
    places = list(Place)
    placed = [_placed(each, order.first) for each in waiting]
    return tuple(sorted(placed, key=lambda each: places.index(each.place or Place.AFTER)))


def _placed(waiting: Waiting, first: frozenset[str]) -> Waiting:
    for place, groups in (
        (Place.FIRST, waiting.groups.true),
        (Place.POSSIBLY_FIRST, waiting.groups.open),
    ):
        if because := tuple(each for each in groups if each in first):
            return evolve(waiting, place=place, because=because)
    return evolve(waiting, place=Place.AFTER)
