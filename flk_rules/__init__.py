"""explained FLK decisions.

Rules about fast läkarkontakt as data, each tied to its source, and decisions that say why.
"""

from flk_rules.decision import Decision
from flk_rules.errors import (
    DateInvalid,
    EngineClosed,
    EngineFailure,
    EngineLimit,
    ExpressionInvalid,
    ExtraMissing,
    FactsInvalid,
    FileUnreadable,
    FlkError,
    NotInForce,
    PlanInvalid,
    Problem,
    RosterInvalid,
    RulesetInvalid,
    TableInvalid,
    TablesFailure,
    UnknownName,
    ValuesConflict,
)
from flk_rules.library import Ruleset, available, load
from flk_rules.model.answers import Combine, Effect, Outcome
from flk_rules.model.care import Cap, Change, Contact, Placement, Relistings, Unit
from flk_rules.model.domain import Patient, Physician, Training
from flk_rules.model.rules import Basis, Force
from flk_rules.model.verdicts import Reason

__version__ = "0.1.0"

__all__ = [
    "Basis",
    "Cap",
    "Change",
    "Combine",
    "Contact",
    "DateInvalid",
    "Decision",
    "Effect",
    "EngineClosed",
    "EngineFailure",
    "EngineLimit",
    "ExpressionInvalid",
    "ExtraMissing",
    "FactsInvalid",
    "FileUnreadable",
    "FlkError",
    "Force",
    "NotInForce",
    "Outcome",
    "Patient",
    "Physician",
    "Placement",
    "PlanInvalid",
    "Problem",
    "Reason",
    "Relistings",
    "RosterInvalid",
    "Ruleset",
    "RulesetInvalid",
    "TableInvalid",
    "TablesFailure",
    "Training",
    "Unit",
    "UnknownName",
    "ValuesConflict",
    "__version__",
    "available",
    "load",
]
