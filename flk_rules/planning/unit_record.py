"""the plan as values.

A unit's plan as JSON values, in the format that `flk_rules/schemas/unit-plan-1.json` documents, and
as one flat row a physician.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from flk_rules.model.answers import Outcome
from flk_rules.model.rules import Parameter, Rule, Text
from flk_rules.planning.figures import Figure, exact
from flk_rules.planning.groups import Counted, group_label
from flk_rules.planning.order import Order, Waiting
from flk_rules.planning.shares import Share
from flk_rules.planning.unit import UnitPlan
from flk_rules.planning.unit_continuity import Continuity
from flk_rules.planning.unit_data import Listing
from flk_rules.planning.unit_lists import PhysicianPlan, Totals
from flk_rules.planning.unit_serving import OUTCOMES, Serving

FORMAT = "flk_rules/unit_plan/1"
Cell = Fraction | int | str | None


def record(plan: UnitPlan) -> dict[str, Any]:
    """The plan as JSON values; null is not known, or not asked about."""
    window = plan.window
    return {
        "format": FORMAT,
        "ruleset": {
            "id": plan.by.ruleset,
            "version": plan.by.version,
            "on": plan.by.on.isoformat(),
            "fingerprint": plan.by.fingerprint,
        },
        "unit": plan.unit,
        "physicians": [_physician(each) for each in plan.physicians],
        "lists": _totals(plan.totals),
        "patients": None
        if plan.patients is None
        else {
            "number": plan.patients,
            "partial": plan.partial,
            "listed_with": {each.value: plan.listings.get(each, 0) for each in Listing},
            "priority": _priority(plan.priority),
            "groups": _groups(plan, plan.groups),
            "serving": None
            if plan.serving is None
            else {each.value: plan.serving.get(each, 0) for each in OUTCOMES},
        },
        "waiting": [_waiting(each) for each in plan.waiting],
        "open": [_waiting(each) for each in plan.open],
        "order": _order(plan.order),
        "named_share": _share(plan.named_share),
        "region_share": plan.region_share and _figure(plan.region_share),
        "sabo_share": _share(plan.sabo_share),
        "continuity": _continuity(plan.continuity),
        "window": window
        and {
            "name": window.name,
            "first": window.first.isoformat(),
            "last": window.last.isoformat(),
            "assumed": plan.window_assumed,
        },
        "assumptions": [_parameter(each) for each in plan.assumptions],
    }


def cells(physician: PhysicianPlan) -> dict[str, Cell]:
    """One flat row; codes are between ``|``, and None is not known."""
    continuity, competence = physician.continuity, physician.competence
    counted = physician.in_file is not None
    return {
        "physician": physician.id,
        "guideline": exact(physician.guideline),
        "force": physician.force and physician.force.value,
        "listed": physician.listed,
        "difference": exact(physician.difference),
        "status": physician.status,
        "directions": "|".join(each.id for each in physician.directions),
        "patients": physician.in_file,
        "with_priority": physician.prioritised if counted else None,
        "priority_open": physician.open if counted else None,
        "upc": continuity.upc if continuity else None,
        "coc": continuity.coc if continuity else None,
        "secon": continuity.secon if continuity else None,
        "continuity_patients": continuity.patients if continuity else None,
        "relevant_areas": "|".join(each.id for each in competence.relevant),
        "areas_not_met": "|".join(each.id for each in competence.lacking if each.not_met),
        "areas_not_assessed": "|".join(each.id for each in competence.lacking if each.not_assessed),
        "areas_set_aside": "|".join(each.id for each in competence.lacking if each.set_aside),
        **{
            f"serving_{each.value}": sum(
                found.patients for found in physician.serving if found.outcome is each
            )
            if physician.serving is not None
            else None
            for each in OUTCOMES
        },
    }


def _physician(found: PhysicianPlan) -> dict[str, Any]:
    measure = found.measure
    return {
        "id": found.id,
        "guideline": found.guideline,
        "force": found.force and found.force.value,
        "listed": found.listed,
        "difference": found.difference,
        "status": found.status,
        "adjusted": measure and measure.adjusted,
        "directions": [_rule(each) for each in found.directions],
        "open_directions": [_rule(each) for each in found.open_directions],
        "patients": found.in_file,
        "priority": None
        if found.in_file is None
        else {
            Outcome.GROUNDED.value: found.prioritised,
            Outcome.UNDETERMINED.value: found.open,
            Outcome.UNGROUNDED.value: found.others,
        },
        "serving": None if found.serving is None else [_serving(each) for each in found.serving],
        "continuity": _continuity(found.continuity),
        "competence": found.competence.to_dict(),
        "capacity": found.capacity.to_dict(),
    }


def _serving(found: Serving) -> dict[str, Any]:
    return {
        "outcome": found.outcome.value,
        "reason": found.reason and found.reason.value,
        "force": found.force and found.force.value,
        "because": [_rule(each) for each in found.because],
        "missing": list(found.missing),
        "patients": found.patients,
        "such": list(found.such),
    }


def _totals(found: Totals) -> dict[str, Any]:
    return {
        "listed": found.listed,
        "guideline": found.guideline,
        "difference": found.difference,
        "without_guideline": list(found.without),
        "undetermined": list(found.undetermined),
        "averages": [
            {
                "guideline": each.guideline,
                "because": [_rule(rule) for rule in each.because],
                "physicians": each.physicians,
                "lists_known": each.known,
                "mean_listed": _number(each.mean),
            }
            for each in found.averages
        ],
        "longest": found.longest
        and {"physician": found.longest[0], "share": _number(found.longest[1])},
    }


def _waiting(found: Waiting) -> dict[str, Any]:
    decision = found.decision
    return {
        "patient": found.patient,
        "where": found.where,
        "listed_with": found.listing.value,
        "outcome": decision.outcome.value,
        "force": decision.force and decision.force.value,
        "grounds": [each.id for each in decision.grounds],
        "groups": list(found.groups.true),
        "open_groups": list(found.groups.open),
        "missing": list(decision.missing),
        "place": found.place and found.place.value,
        "place_because": list(found.because),
    }


def _order(order: Order) -> dict[str, Any] | None:
    if order.parameter is None or not order.first:
        return None
    return {
        "first": sorted(order.first),
        "assumption": True,
        "parameter": _parameter(order.parameter),
    }


def _share(found: Share | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "lowest": _number(found.lowest),
        "highest": _number(found.highest),
        "met": found.met,
        "partial": found.partial,
        "named": found.named,
        "without": found.without,
        "unknown": found.unknown,
        "not_known_to_belong": found.unsure,
        "target": _figure(found.target),
    }


def _figure(found: Figure) -> dict[str, Any]:
    source = found.source
    return {
        "parameter": found.parameter,
        "value": _number(found.value),
        "basis": found.basis.value,
        "because": _text(found.because),
        "source": source
        and {
            "document": source.document,
            "section": source.section,
            "statement": source.statement,
            "note": source.note,
        },
    }


def _continuity(found: Continuity | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "upc": _number(found.upc),
        "coc": _number(found.coc),
        "secon": _number(found.secon),
        "patients": found.patients,
        "patients_with_physician": found.with_physician,
        "below_two_visits": found.too_few,
        "average": "mean of patients",
    }


def _groups(plan: UnitPlan, counted: Counted) -> list[dict[str, Any]]:
    return [
        {
            "group": each,
            "label": _text(group_label(plan.ruleset, each)),
            "patients": counted.true[each],
            "open": counted.open[each],
        }
        for each in sorted({*counted.true, *counted.open})
    ]


def _priority(counts: Mapping[Outcome, int]) -> dict[str, int]:
    order = (Outcome.GROUNDED, Outcome.UNDETERMINED, Outcome.UNGROUNDED)
    return {each.value: counts.get(each, 0) for each in order}


def _rule(rule: Rule) -> dict[str, Any]:
    return {"id": rule.id, "force": rule.force.value, "because": _text(rule.because)}


def _parameter(found: Parameter) -> dict[str, Any]:
    value = found.value
    return {
        "id": found.id,
        "value": sorted(map(str, value)) if isinstance(value, (frozenset, tuple)) else value,
        "unit": found.unit,
        "basis": found.basis.value,
        "because": _text(found.because),
    }


def _text(found: Text) -> dict[str, str]:
    return {"sv": found.sv, "en": found.en}


def _number(value: Fraction | None) -> int | float | None:
    if value is None:
        return None
    return value.numerator if value.denominator == 1 else float(value)
