"""lists of a unit.

How many are listed with each physician, against the guideline, and what it comes to together
(statement F2). A
number that the physician's row states is taken as it is; else it is counted from the patients, if
it is known of each whom they are listed with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from attrs import field, frozen

from flk_rules.decision import Decision
from flk_rules.errors import PlanInvalid, Problem
from flk_rules.explaining import Measure
from flk_rules.model.answers import Effect, Outcome
from flk_rules.model.rules import Force, Rule
from flk_rules.planning.competence import Assessment
from flk_rules.planning.groups import Counted
from flk_rules.planning.shares import Counting
from flk_rules.planning.unit_continuity import Continuity
from flk_rules.planning.unit_data import PhysicianRow, UnitData
from flk_rules.planning.unit_serving import Serving

Number = int | float


@frozen
class Lists:
    """The lists of a unit: `counted` patients by physician's key, None where no patients were
    given, and how many patients are not known to be on a list or not."""

    unit: UnitData
    counted: Mapping[str, int] | None
    unknown: int = 0

    def in_file(self, physician: PhysicianRow) -> int | None:
        """The patients who name the physician."""
        return None if self.counted is None else self.counted[physician.key]

    @property
    def partial(self) -> bool:
        """Whether the patients are not all whom the unit lists, as far as stated numbers tell: a
        share of them is then no share of the unit."""
        if self.counted is None or self.unit.patients is None:
            return False
        whole = (self.unit.facts or {}).get("listed")
        if whole is not None and whole != len(self.unit.patients):
            return True
        stated = (
            (each.facts.get("listed"), self.counted[each.key]) for each in self.unit.physicians
        )
        return any(
            number is not None and not count <= number <= count + self.unknown
            for number, count in stated
        )

    def listed(self, physician: PhysicianRow) -> int | None:
        """The number listed: stated, or counted where no patient could be one more."""
        stated = physician.facts.get("listed")
        if stated is not None:
            return int(stated)
        return None if self.unknown or self.partial else self.in_file(physician)

    def unit_facts(self) -> Mapping[str, Any] | None:
        """The unit's facts; how many it lists is counted where the patients are all of them, as
        far as the rows tell."""
        facts = self.unit.facts
        if (facts or {}).get("listed") is not None or self.unit.patients is None or self.partial:
            return facts
        return {**(facts or {}), "listed": len(self.unit.patients)}

    def stated(self) -> Counting | None:
        """The unit's listed with and without a named physician, where the rows state all numbers;
        else None.

        Raises `PlanInvalid` where physicians list more than the unit does.
        """
        whole = (self.unit.facts or {}).get("listed")
        parts = [each.facts.get("listed") for each in self.unit.physicians]
        if whole is None or any(each is None for each in parts):
            return None
        together = sum(each for each in parts if each is not None)
        if together > whole:
            message = f"the physicians list {together:,} together, but the unit {whole:,}"
            raise PlanInvalid([Problem("unit listed", f"{message}; correct either")])
        found = Counting()
        found.add(True, True, together)
        found.add(True, False, whole - together)
        return found


@frozen(kw_only=True)
class PhysicianPlan:
    """A physician of the unit.

    capacity: the decision with the guideline; measure: its number against the list, None where the
    sources state none. listed: None where it is not known; in_file: the patients who name the
    physician. prioritised, open and others count them by priority: grounded, undetermined,
    ungrounded. serving: whether the physician may be their FLK, alike answers together; None where
    that is not asked.
    """

    id: str
    capacity: Decision
    measure: Measure | None
    competence: Assessment
    listed: int | None
    in_file: int | None
    prioritised: int
    open: int
    others: int
    groups: Counted
    serving: tuple[Serving, ...] | None
    continuity: Continuity | None

    @property
    def guideline(self) -> Number | None:
        """The number that the sources give, None where they give none or facts are missing."""
        return self.capacity.value

    @property
    def force(self) -> Force | None:
        """With what force the guideline is given."""
        return self.capacity.force if self.guideline is not None else None

    @property
    def difference(self) -> Number | None:
        """Listed less the guideline, None where either is not known."""
        return self.measure.difference if self.measure else None

    @property
    def status(self) -> str | None:
        """``under``, ``at`` or ``over``."""
        return self.measure.status if self.measure else None

    @property
    def directions(self) -> tuple[Rule, ...]:
        """Reasons for a shorter list that the sources name."""
        return self.capacity.directions

    @property
    def open_directions(self) -> tuple[Rule, ...]:
        """Such reasons of which it is not known whether they hold."""
        return tuple(each for each in self.capacity.unknown if each.effect is Effect.GROUND)

    @property
    def undetermined(self) -> bool:
        """Whether facts are missing for telling the guideline."""
        return self.capacity.outcome in (Outcome.UNDETERMINED, Outcome.CONDITIONAL)


@frozen(kw_only=True)
class Average:
    """The physicians of one guideline: how many, of how many the list is known, and these lists'
    mean (statement F2)."""

    guideline: Number
    because: tuple[Rule, ...]
    physicians: int
    known: int
    mean: Fraction | None


@frozen(kw_only=True)
class Totals:
    """The lists together.

    guideline: the sum over physicians who have one, None while it is open for any; difference: the
    sum of theirs, None where a list is not known. without: physicians for whom the sources state
    no guideline. longest: the physician with the longest list and its share of all listed with a
    physician, which an aggregate hides.
    """

    listed: int | None
    guideline: Number | None
    difference: Number | None
    without: tuple[str, ...]
    undetermined: tuple[str, ...]
    averages: tuple[Average, ...]
    longest: tuple[str, Fraction] | None = field(default=None)


def physician_plan(
    physician: PhysicianRow,
    capacity: Decision,
    competence: Assessment,
    *,
    lists: Lists,
    priority: Mapping[Outcome, int],
    groups: Counted,
    serving: tuple[Serving, ...] | None,
    continuity: Continuity | None,
) -> PhysicianPlan:
    """What is known of one physician, put together."""
    return PhysicianPlan(
        id=physician.id,
        capacity=capacity,
        measure=capacity.measure,
        competence=competence,
        listed=lists.listed(physician),
        in_file=lists.in_file(physician),
        prioritised=priority.get(Outcome.GROUNDED, 0),
        open=priority.get(Outcome.UNDETERMINED, 0),
        others=priority.get(Outcome.UNGROUNDED, 0),
        groups=groups,
        serving=serving,
        continuity=continuity,
    )


def totals(physicians: Iterable[PhysicianPlan]) -> Totals:
    """The lists together, with averages by guideline.

    Formulas: mean = sum of the lists known / their number; the longest list's share = its length /
    all listed with a physician.
    """
    found = tuple(physicians)
    undetermined = tuple(each.id for each in found if each.undetermined)
    having = [each for each in found if each.guideline is not None]
    settled = having and not undetermined
    listed = _sum(each.listed for each in found)
    longest = max(found, key=lambda each: each.listed or 0, default=None)
    return Totals(
        listed=None if listed is None else int(listed),
        guideline=_sum(each.guideline for each in having) if settled else None,
        difference=_sum(each.difference for each in having) if settled else None,
        without=tuple(
            each.id for each in found if each.guideline is None and not each.undetermined
        ),
        undetermined=undetermined,
        averages=tuple(_averages(having)),
        longest=(
            (longest.id, Fraction(longest.listed or 0, int(listed))) if longest and listed else None
        ),
    )


def _sum(numbers: Iterable[Number | None]) -> Number | None:
    """The sum, None where any number is not known."""
    found = list(numbers)
    known = [each for each in found if each is not None]
    return sum(known) if len(known) == len(found) else None


def _averages(physicians: Iterable[PhysicianPlan]) -> Iterable[Average]:
    kinds: dict[tuple[Number, tuple[str, ...]], list[PhysicianPlan]] = {}
    for each in physicians:
        assert each.guideline is not None
        grounds = tuple(rule.id for rule in each.capacity.grounds)
        kinds.setdefault((each.guideline, grounds), []).append(each)
    for (guideline, _), members in sorted(kinds.items(), key=lambda pair: pair[0], reverse=True):
        lists = [each.listed for each in members if each.listed is not None]
        yield Average(
            guideline=guideline,
            because=members[0].capacity.grounds,
            physicians=len(members),
            known=len(lists),
            mean=Fraction(sum(lists), len(lists)) if lists else None,
        )
