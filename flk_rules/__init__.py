"""explained FLK decisions.

Rules about fast läkarkontakt as data, each tied to its source, and decisions that say why.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flk_rules.decision import Decision
    from flk_rules.errors import (
        ArchiveInvalid,
        AuditUnreadable,
        AuditUnwritable,
        CasesInvalid,
        DateInvalid,
        EngineClosed,
        EngineFailure,
        EngineLimit,
        ExpressionInvalid,
        ExtraMissing,
        FactsInvalid,
        FileUnreadable,
        FlkError,
        HeadInvalid,
        KeyInvalid,
        NotInForce,
        PlanInvalid,
        Problem,
        QuestionNotYet,
        ReceiptInvalid,
        ReceiptsInvalid,
        ReferenceInvalid,
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

# Each module is imported when a name of it is first asked for: pytest imports this package at its
# start, for the plugin in it, whether or not anything of FLK is tested.
_HOMES = {
    "decision": ("Decision",),
    "errors": (
        "ArchiveInvalid", "AuditUnreadable", "AuditUnwritable", "CasesInvalid", "DateInvalid",
        "EngineClosed", "EngineFailure", "EngineLimit", "ExpressionInvalid", "ExtraMissing",
        "FactsInvalid", "FileUnreadable", "FlkError", "HeadInvalid", "KeyInvalid", "NotInForce",
        "PlanInvalid", "Problem", "QuestionNotYet", "ReceiptInvalid", "ReceiptsInvalid",
        "ReferenceInvalid", "RosterInvalid", "RulesetInvalid", "TableInvalid", "TablesFailure",
        "UnknownName", "ValuesConflict",
    ),
    "library": ("Ruleset", "available", "load"),
    "model.answers": ("Combine", "Effect", "Outcome"),
    "model.care": ("Cap", "Change", "Contact", "Placement", "Relistings", "Unit"),
    "model.domain": ("Patient", "Physician", "Training"),
    "model.rules": ("Basis", "Force"),
    "model.verdicts": ("Reason",),
}  # fmt: skip
_HOME = {name: f"flk_rules.{home}" for home, names in _HOMES.items() for name in names}
_ROOMS = {home.partition(".")[0] for home in _HOMES}


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        if name in _ROOMS:
            return import_module(f"{__name__}.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(home), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


__all__ = [
    "ArchiveInvalid",
    "AuditUnreadable",
    "AuditUnwritable",
    "Basis",
    "Cap",
    "CasesInvalid",
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
    "HeadInvalid",
    "KeyInvalid",
    "NotInForce",
    "Outcome",
    "Patient",
    "Physician",
    "Placement",
    "PlanInvalid",
    "Problem",
    "QuestionNotYet",
    "Reason",
    "ReceiptInvalid",
    "ReceiptsInvalid",
    "ReferenceInvalid",
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
