"""competence against the goals.

Holds a physician against the competence goals of kompetens-2023, appendix 2 (statements C1 to C5):
voluntary support, so that a gap is something to develop and never forbids. A goal that nobody has
assessed is neither met nor missed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any

from attrs import frozen

from flk_rules.decision import Decision
from flk_rules.errors import FactsInvalid, Problem
from flk_rules.library import Ruleset
from flk_rules.model.answers import Outcome
from flk_rules.model.rules import Text
from flk_rules.planning.figures import Used, used
from flk_rules.planning.groups import Counted, Grouping, counted, group_label

FORMAT = "flk_rules/competence/1"
QUESTION = "competence"
AREAS, GOALS = "competence_area", "competence_goal"
KNOWLEDGE = "knowledge_goals"
AREAS_FOR = "areas_for_"
"""What the parameters begin with that tie areas to a patient group (C5)."""
_MET, _NOT_MET = "physician.goals_met", "physician.goals_not_met"
_SET_ASIDE = "physician.areas_set_aside"
_MAY = "_may_be_set_aside"


class Standing(Enum):
    """How a physician stands to a goal."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_ASSESSED = "not_assessed"
    SET_ASIDE = "set_aside"


@frozen(kw_only=True)
class Goal:
    """A goal and how the physician stands to it; `knowledge` tells "show knowledge of" from "be
    able to"."""

    id: str
    label: Text
    knowledge: bool
    standing: Standing


@frozen(kw_only=True)
class Area:
    """An area with its goals.

    set_aside: the physician has set it aside; `reason` is the advice of the ruleset that names
    such a case, None where none does. groups: patient groups that make it relevant; possibly:
    groups that facts not known leave open.
    """

    id: str
    label: Text
    goals: tuple[Goal, ...]
    set_aside: bool
    reason: Text | None
    groups: tuple[str, ...]
    possibly: tuple[str, ...]

    def standing(self, standing: Standing) -> tuple[Goal, ...]:
        """The goals that stand so."""
        return tuple(each for each in self.goals if each.standing is standing)

    @property
    def not_met(self) -> tuple[Goal, ...]:
        """Goals assessed as not met."""
        return self.standing(Standing.NOT_MET)

    @property
    def not_assessed(self) -> tuple[Goal, ...]:
        """Goals that nobody has assessed."""
        return self.standing(Standing.NOT_ASSESSED)

    @property
    def complete(self) -> bool:
        """Whether every goal is met."""
        return len(self.standing(Standing.MET)) == len(self.goals)


@frozen(kw_only=True)
class Assessment:
    """A physician against the goals.

    `decision` says whether the goals concern the physician; `areas` is empty where they do not.
    `as_a_whole` are the groups of the patients that the sources tie to no area: for them the goals
    hold as a whole.
    """

    by: Used
    decision: Decision
    physician: str | None
    areas: tuple[Area, ...]
    as_a_whole: tuple[str, ...]
    group_labels: dict[str, Text]

    @property
    def applies(self) -> bool | None:
        """Whether the goals concern the physician; None where facts are missing."""
        outcome = self.decision.outcome
        return {Outcome.GROUNDED: True, Outcome.UNGROUNDED: False}.get(outcome)

    @property
    def gaps(self) -> tuple[Area, ...]:
        """Areas with a goal that is not met."""
        return tuple(each for each in self.areas if each.not_met)

    @property
    def relevant(self) -> tuple[Area, ...]:
        """Areas that the patients make relevant."""
        return tuple(each for each in self.areas if each.groups)

    @property
    def possibly_relevant(self) -> tuple[Area, ...]:
        """Areas that only grounds still open would make relevant."""
        return tuple(each for each in self.areas if each.possibly and not each.groups)

    @property
    def lacking(self) -> tuple[Area, ...]:
        """Areas that the patients make relevant and whose goals are not all known to be met:
        missed, not assessed or set aside."""
        return tuple(each for each in self.relevant if not each.complete)

    def explain(self, language: str = "sv") -> str:
        """The assessment in words, ``"sv"`` or ``"en"``."""
        from flk_rules.planning.competence_text import assessment_lines

        return "\n".join(assessment_lines(self, language))

    def to_dict(self) -> dict[str, Any]:
        """The assessment as JSON values, in the format that ``flk_rules/schemas/competence-1.json``
        documents."""
        return {
            "format": FORMAT,
            "physician": self.physician,
            "applies": self.applies,
            "decision": self.decision.to_dict(),
            "areas": [_area(each) for each in self.areas],
            "as_a_whole": list(self.as_a_whole),
            "relevant": [each.id for each in self.relevant],
            "possibly_relevant": [each.id for each in self.possibly_relevant],
            "lacking": [each.id for each in self.lacking],
        }


def assess(
    ruleset: Ruleset,
    physician: Any,
    *,
    unit: Any = None,
    patients: Iterable[Decision] | Counted = (),
    engine: str = "rete",
) -> Assessment:
    """A physician against the competence goals.

    Args:
        ruleset: has the goals as code lists, and the question `QUESTION`.
        physician: a `Physician` or a mapping; ``goals_met``, ``goals_not_met`` and
            ``areas_set_aside`` are read beside what the question asks.
        unit: where the physician works; left out, nothing that depends on it is known.
        patients: decisions on `groups.PRIORITY` of the patients listed, or their groups as counted.
        engine: which engine decides whether the goals concern the physician.

    Source: the goals are statement C1, whom they concern C3, what may be set aside C2, and which
    areas matter for which patients C5, of kompetens-2023.

    Raises:
        FactsInvalid: every mistake in the subjects; a goal that is both met and not met.
        UnknownName: the ruleset has no question about competence.

    >>> from datetime import date
    >>> from flk_rules import load
    >>> sweden = load("se.national", on=date(2024, 10, 1))
    >>> frail = sweden.decide("priority", patient={"age": 80})
    >>> found = assess(
    ...     sweden,
    ...     {"specialties": ["allmanmedicin"], "goals_met": ["children.maturity"]},
    ...     patients=[frail],
    ... )
    >>> found.applies, [area.id for area in found.relevant][:3]
    (True, ['rules', 'communication', 'collaboration'])
    """
    decision = ruleset.decide(QUESTION, engine=engine, physician=physician, unit=unit)
    values = decision.answer.facts.values
    met, missed, aside = (_codes(values.get(each)) for each in (_MET, _NOT_MET, _SET_ASIDE))
    if both := sorted(met & missed):
        raise FactsInvalid(
            Problem(_MET, f"{each!r} is in {_NOT_MET} too; keep it in one") for each in both
        )
    if not isinstance(patients, Counted):
        grouping = Grouping(ruleset)
        patients = counted(grouping.of(each) for each in patients)
    concerned = decision.outcome is not Outcome.UNGROUNDED
    areas = _areas(ruleset, decision, met, missed, aside, patients) if concerned else ()
    groups = {*patients.true, *patients.open}
    return Assessment(
        by=used(ruleset),
        decision=decision,
        physician=decision.answer.facts.references.get("physician"),
        areas=tuple(areas),
        as_a_whole=tuple(
            sorted(each for each in patients.true if areas_for(ruleset, each) is None)
        ),
        group_labels={each: group_label(ruleset, each) for each in sorted(groups)},
    )


def areas_for(ruleset: Ruleset, group: str) -> frozenset[str] | None:
    """The areas that matter most for a patient group (C5); None where the ruleset ties none."""
    parameter = ruleset.model.parameters.get(f"{AREAS_FOR}{group}")
    return None if parameter is None else _codes(parameter.value)


def _codes(value: object) -> frozenset[str]:
    return value if isinstance(value, frozenset) else frozenset()


def _areas(
    ruleset: Ruleset,
    decision: Decision,
    met: frozenset[str],
    missed: frozenset[str],
    aside: frozenset[str],
    patients: Counted,
) -> Iterator[Area]:
    parameter = ruleset.model.parameters.get(KNOWLEDGE)
    knowledge = _codes(parameter.value) if parameter else frozenset()
    goals: dict[str, list[Goal]] = defaultdict(list)
    for code in ruleset.schema.codes_of(GOALS).values():
        area = code.kind or ""
        standing = (
            Standing.SET_ASIDE if area in aside
            else Standing.MET if code.id in met
            else Standing.NOT_MET if code.id in missed
            else Standing.NOT_ASSESSED
        )  # fmt: skip
        label = Text(sv=code.sv, en=code.en)
        goal = Goal(id=code.id, label=label, knowledge=code.id in knowledge, standing=standing)
        goals[area].append(goal)
    reasons = {
        rule.id.rpartition(".")[2].removesuffix(_MAY): rule.because
        for rule in decision.advice
        if rule.id.endswith(_MAY)
    }
    true, possible = (_by_area(ruleset, each) for each in (patients.true, patients.open))
    for code in ruleset.schema.codes_of(AREAS).values():
        yield Area(
            id=code.id,
            label=Text(sv=code.sv, en=code.en),
            goals=tuple(goals[code.id]),
            set_aside=code.id in aside,
            reason=reasons.get(code.id) if code.id in aside else None,
            groups=true[code.id],
            possibly=tuple(each for each in possible[code.id] if each not in true[code.id]),
        )


def _by_area(ruleset: Ruleset, groups: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for group in sorted(groups):
        for area in areas_for(ruleset, group) or ():
            found[area] += (group,)
    return found


def _area(area: Area) -> dict[str, Any]:
    return {
        "id": area.id,
        "label": {"sv": area.label.sv, "en": area.label.en},
        "set_aside": area.set_aside,
        "set_aside_reason": area.reason and {"sv": area.reason.sv, "en": area.reason.en},
        "relevant_for": list(area.groups),
        "possibly_relevant_for": list(area.possibly),
        "goals": [
            {
                "id": each.id,
                "label": {"sv": each.label.sv, "en": each.label.en},
                "kind": "knowledge" if each.knowledge else "ability",
                "standing": each.standing.value,
            }
            for each in area.goals
        ],
    }
