"""the unit plan.

A health centre's physicians with their lists and its patients with their grounds, put side by side:
per physician, as an aggregate share can hide that all are listed with one (statement L11), and for
the unit. Every number of a rule comes from an explained decision, which goes along.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from attrs import define, field, frozen

from flk_rules.decision import Decision
from flk_rules.errors import FactsInvalid, PlanInvalid, Problem, ValuesConflict
from flk_rules.library import DEFAULT_ENGINE, Ruleset
from flk_rules.model.answers import Outcome
from flk_rules.model.rules import Parameter
from flk_rules.planning.competence import Assessment, assess
from flk_rules.planning.continuity import Window
from flk_rules.planning.figures import RATE, Figure, Used, from_ruleset, used
from flk_rules.planning.groups import PRIORITY, SABO, Counted, Grouping, Groups
from flk_rules.planning.order import Order, Waiting, order_of, ordered
from flk_rules.planning.shares import Counting, Share
from flk_rules.planning.unit_assumptions import Resting, by_id
from flk_rules.planning.unit_continuity import Continuity, Measuring, twelve_months
from flk_rules.planning.unit_data import Listing, PatientRow, PhysicianRow, UnitData
from flk_rules.planning.unit_lists import Lists, PhysicianPlan, Totals, physician_plan, totals
from flk_rules.planning.unit_serving import Pairs

CAPACITY = "capacity"
POPULATION_TARGET, SABO_TARGET = "population_share_target", "sabo_share_target"
REGION_SHARE = "named_share_in_region"
Watch = Callable[[Sequence[PatientRow]], Iterable[PatientRow]]
_NAMED = {Listing.NAMED: True, Listing.NONE: False, Listing.UNKNOWN: None}


@frozen(kw_only=True)
class UnitPlan:
    """A unit's plan.

    waiting: patients with a ground for priority and surely no named physician, in `order` if there
    is one. open: others who may be such as facts are missing, as they came. named_share and
    sabo_share are None where nothing tells them; region_share is that of the whole region, where
    the ruleset has it. priority counts patients by the outcome of the question, serving those
    listed with a physician by whether this one may be their FLK; None where that is not asked.
    window_assumed: nobody named the window.
    """

    by: Used
    unit: str | None
    physicians: tuple[PhysicianPlan, ...]
    totals: Totals
    patients: int | None
    partial: bool
    listings: Mapping[Listing, int]
    priority: Mapping[Outcome, int]
    groups: Counted
    serving: Mapping[Outcome, int] | None
    waiting: tuple[Waiting, ...]
    open: tuple[Waiting, ...]
    order: Order
    named_share: Share | None
    region_share: Figure | None
    sabo_share: Share | None
    continuity: Continuity | None
    window: Window | None
    window_assumed: bool
    assumptions: tuple[Parameter, ...]
    ruleset: Ruleset = field(repr=False, eq=False)

    def to_dict(self) -> dict[str, Any]:
        """The plan as JSON values, in the format that ``flk_rules/schemas/unit-plan-1.json``
        documents."""
        from flk_rules.planning.unit_record import record

        return record(self)


@define
class _Tally:
    """What the patients of a list, or of the unit, come to."""

    patients: int = 0
    priority: Counter[Outcome] = field(factory=Counter)
    groups: Counted = field(factory=Counted)

    def add(self, outcome: Outcome, groups: Groups) -> None:
        self.patients += 1
        self.priority[outcome] += 1
        self.groups.add(groups)


def plan_unit(
    ruleset: Ruleset, unit: UnitData, *, engine: str = DEFAULT_ENGINE, watch: Watch = iter
) -> UnitPlan:
    """The plan of a unit on the ruleset's date.

    Args:
        ruleset: decides `CAPACITY`, priority, eligibility and competence, and has the targets of
            shares.
        unit: as `make_unit` or `read_unit` made it.
        engine: which engine decides.
        watch: may show how far the patients are decided.

    The time is linear in the patients: each is decided once, and once with their physician.

    Raises:
        PlanInvalid: what the rows say together cannot be, such as a list longer than a fact allows;
            a physician to whom the ruleset gives two numbers at once.
        UnknownName: the ruleset lacks a question or a target.

    >>> from datetime import date
    >>> from flk_rules import load
    >>> from flk_rules.planning.unit_rows import make_unit
    >>> sweden = load("se.national", on=date(2024, 10, 1))
    >>> unit = make_unit(
    ...     sweden,
    ...     physicians=[{"id": "Astrid", "specialties": ["allmanmedicin"], "listed": 1200}],
    ...     patients=[{"id": "Nils", "age": 84, "listed_with": "none"}],
    ... )
    >>> plan = plan_unit(sweden, unit)
    >>> plan.physicians[0].measure.difference, [each.patient for each in plan.waiting]
    (100, ['Nils'])
    """
    window = unit.window or (twelve_months(ruleset.on) if unit.visits is not None else None)
    measuring = Measuring(unit, window) if unit.visits is not None and window else None
    patients = _Patients(ruleset, unit, engine)
    for row in watch(unit.patients or ()):
        patients.add(row)
        if measuring is not None:
            measuring.add(row)
    counted = {key: tally.patients for key, tally in patients.lists.items()}
    unknown = patients.listings[Listing.UNKNOWN]
    lists = Lists(unit, counted if unit.patients is not None else None, unknown)
    problems: list[Problem] = []
    physicians: list[PhysicianPlan] = []
    for physician in unit.physicians:
        try:
            physicians.append(_physician(ruleset, physician, lists, patients, measuring, engine))
        except FactsInvalid as error:
            problems += [
                Problem(f"{physician.where} {each.where}", each.message) for each in error.problems
            ]
        except ValuesConflict as error:
            problems.append(Problem(physician.where, str(error)))
    if problems:
        raise PlanInvalid(problems)
    order = order_of(ruleset)
    population = from_ruleset(ruleset, POPULATION_TARGET, RATE)
    sabo = from_ruleset(ruleset, SABO_TARGET, RATE)
    stated = lists.stated()
    return UnitPlan(
        by=used(ruleset),
        unit=None if unit.facts is None or unit.facts.get("id") is None else str(unit.facts["id"]),
        physicians=tuple(physicians),
        totals=totals(physicians),
        patients=None if unit.patients is None else len(unit.patients),
        partial=lists.partial,
        listings=patients.listings,
        priority=patients.all.priority,
        groups=patients.all.groups,
        serving=patients.pairs.together() if unit.patients is not None else None,
        waiting=ordered(order, patients.waiting),
        open=tuple(patients.open),
        order=order,
        named_share=stated.share(population) if stated else patients.share(population, lists),
        region_share=(
            from_ruleset(ruleset, REGION_SHARE, RATE)
            if REGION_SHARE in ruleset.model.parameters
            else None
        ),
        sabo_share=patients.share(sabo, lists, SABO),
        continuity=measuring.together() if measuring is not None else None,
        window=window,
        window_assumed=window is not None and unit.window is None,
        assumptions=by_id(
            parameter
            for decided in (
                *(each.capacity.assumptions for each in physicians),
                *(each.competence.decision.assumptions for each in physicians),
                patients.resting.found,
                patients.pairs.assumptions,
                [order.parameter] if order.parameter and order.first else (),
            )
            for parameter in decided
        ),
        ruleset=ruleset,
    )  # fmt: skip


class _Patients:
    """What the patients come to, each decided once."""

    def __init__(self, ruleset: Ruleset, unit: UnitData, engine: str) -> None:
        self._ruleset, self._engine = ruleset, engine
        self._grouping = Grouping(ruleset)
        self.pairs = Pairs(ruleset, unit.physicians, engine)
        self.resting = Resting(ruleset, PRIORITY, engine)
        self.all = _Tally()
        self.lists = {each.key: _Tally() for each in unit.physicians}
        self.listings: Counter[Listing] = Counter()
        self._shares = {None: Counting(), SABO: Counting()}
        self.waiting: list[Waiting] = []
        self.open: list[Waiting] = []

    def add(self, row: PatientRow) -> None:
        decision = self._ruleset.decide(PRIORITY, engine=self._engine, patient=row.facts)
        facts = decision.answer.facts
        self.resting.add(facts)
        self.pairs.add(row, facts.values)
        groups, outcome = self._grouping.of(decision), decision.outcome
        self.all.add(outcome, groups)
        if row.physician is not None:
            self.lists[row.physician].add(outcome, groups)
        self.listings[row.listing] += 1
        for group, share in self._shares.items():
            share.add(_belongs(groups, group), _NAMED[row.listing])
        if row.listing is not Listing.NAMED and outcome is not Outcome.UNGROUNDED:
            sure = row.listing is Listing.NONE and outcome is Outcome.GROUNDED
            (self.waiting if sure else self.open).append(
                Waiting(
                    patient=row.id,
                    where=row.where,
                    listing=row.listing,
                    groups=groups,
                    decision=decision,
                )
            )

    def share(self, target: Figure, lists: Lists, group: str | None = None) -> Share | None:
        """The share of all patients, or of a group's; None where no ground tells the group."""
        told = group is None or group in self._grouping.groups
        if lists.counted is None or not told:
            return None
        return self._shares[group].share(target, partial=lists.partial)


def _belongs(groups: Groups, group: str | None) -> bool | None:
    if group is None or group in groups.true:
        return True
    return None if group in groups.open else False


def _physician(
    ruleset: Ruleset,
    physician: PhysicianRow,
    lists: Lists,
    patients: _Patients,
    measuring: Measuring | None,
    engine: str,
) -> PhysicianPlan:
    tally = patients.lists[physician.key]
    facts = {**physician.facts, "listed": lists.listed(physician)}
    unit = lists.unit_facts()
    capacity: Decision = ruleset.decide(CAPACITY, engine=engine, physician=facts, unit=unit)
    competence: Assessment = assess(ruleset, facts, unit=unit, patients=tally.groups, engine=engine)
    return physician_plan(
        physician,
        capacity,
        competence,
        lists=lists,
        priority=tally.priority,
        groups=tally.groups,
        serving=patients.pairs.of(physician.key) if lists.counted is not None else None,
        continuity=measuring.of(physician.key) if measuring is not None else None,
    )
