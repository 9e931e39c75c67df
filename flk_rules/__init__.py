"""explained FLK decisions.

Rules about fast läkarkontakt as data, each tied to its source, and decisions that say why.
"""

from flk_rules.decision import Decision
from flk_rules.errors import (
    ArchiveInvalid,
    AuditUnreadable,
    AuditUnwritable,
    DateInvalid,
    EngineClosed,
    EngineFailure,
    EngineLimit,
    ExpressionInvalid,
    FactsInvalid,
    FileUnreadable,
    FlkError,
    HeadInvalid,
    KeyInvalid,
    NotInForce,
    PlanInvalid,
    Problem,
    ReceiptInvalid,
    ReceiptsInvalid,
    ReferenceInvalid,
    RosterInvalid,
    RulesetInvalid,
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
    "ArchiveInvalid",
    "AuditUnreadable",
    "AuditUnwritable",
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
    "FactsInvalid",
    "FileUnreadable",
    "FlkError",
    "Force",
    "HeadInvalid",
    "KeyInvalid",
    "NotInForce",
    "Outcome",
    "Patient",
    "Physician",
    "Placement",
    "PlanInvalid",
    "Problem",
    "Reason",
    "ReceiptInvalid",
    "ReceiptsInvalid",
    "ReferenceInvalid",
    "Relistings",
    "RosterInvalid",
    "Ruleset",
    "RulesetInvalid",
    "Training",
    "Unit",
    "UnknownName",
    "ValuesConflict",
    "__version__",
    "available",
    "load",
]
