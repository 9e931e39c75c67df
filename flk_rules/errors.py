"""failures carrying data.

One class per way to fail. A message says where, what was expected, what was found and what to
do, in lower case; the same facts are attributes, so that a caller never parses a message.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path

SHOWN = 20
"""How many problems a message lists; the rest are counted (all are in ``problems``)."""


@frozen
class Problem:
    """One mistake: where it is and what is wrong, in words for the person who mends it."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


def nearest(name: str, known: Iterable[str]) -> str:
    """``"; did you mean 'x'?"`` for the closest known name, or the empty string."""
    match = closest(name, known)
    return "" if match is None else f"; did you mean {match!r}?"


def closest(name: str, known: Iterable[str]) -> str | None:
    """The closest known name, the same in other letters first; None where none is near."""
    wanted, names = str(name)[:200], sorted(known)  # a caller may have given no text at all
    alike = [each for each in names if each.casefold() == wanted.casefold()]
    return next(iter(alike or get_close_matches(wanted, names, n=1, cutoff=0.6)), None)


def shown(value: object, limit: int = 60) -> str:
    """A value as a message shows it: on one line, cut to `limit` characters."""
    text = repr(value[: limit + 1]) if isinstance(value, (str, bytes, list)) else repr(value)
    return text if len(text) <= limit else text[: limit - 3] + "..."


class FlkError(Exception):
    """Every failure of this library is one of these."""


class _Problems(FlkError):
    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems[:SHOWN]]
        if len(self.problems) > SHOWN:
            lines.append(f"... and {len(self.problems) - SHOWN} more")
        return "\n".join(lines)


class RulesetInvalid(_Problems):
    """A ruleset's files say something they may not; every mistake found is listed."""


class ArchiveInvalid(_Problems):
    """A ruleset kept in a log or a receipt that is not the one it is said to be, or that this
    version of the library cannot read; every reason is listed."""

    def __init__(self, fingerprint: str, problems: Iterable[Problem]) -> None:
        self.fingerprint = fingerprint
        super().__init__(problems)

    def __reduce__(self) -> tuple[type[ArchiveInvalid], tuple[str, tuple[Problem, ...]]]:
        return ArchiveInvalid, (self.fingerprint, self.problems)

    def __str__(self) -> str:
        return f"the archived ruleset {self.fingerprint} cannot be read\n{super().__str__()}"


class _Placed(FlkError):
    def __init__(self, where: str, reason: str) -> None:
        self.where, self.reason = where, reason
        super().__init__(where, reason)

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"


class AuditUnwritable(_Placed):
    """An audit log that cannot be written; where the caller says so, nothing is decided then."""

    def __str__(self) -> str:
        return f"{self.where}: the audit log cannot be written: {self.reason}"


class AuditUnreadable(_Placed):
    """An audit log that cannot be read, is of another version, or is no log at all."""


class HeadInvalid(_Placed):
    """A file that is no head of an audit log."""


class ReceiptInvalid(_Placed):
    """A record of a decision that is not in its format."""


class ReferenceInvalid(_Placed):
    """A caller's reference to a decision that may not stand in an audit log; it is not shown."""


class KeyInvalid(_Placed):
    """A key of an audit log that is too short, or not of its kind."""


class ReceiptsInvalid(_Problems):
    """A file of receipts in which some are none; every one is listed."""


class ExpressionInvalid(_Problems):
    """A condition does not parse, lies outside the CEL profile, or has a type error."""


class FactsInvalid(_Problems):
    """Facts of the wrong type, with unknown names or codes, or out of range."""


class RosterInvalid(_Problems):
    """A roster file that cannot be read as a table of physicians and patients."""


class TableInvalid(_Problems):
    """A table whose columns, types or references cannot be decided on; every mistake is listed."""


class ExtraMissing(FlkError, ImportError):
    """Something was asked for that needs packages of an extra that is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        self.what, self.extra = what, extra
        super().__init__(what, extra)

    def __str__(self) -> str:
        return f"{self.what} needs the extra '{self.extra}': pip install 'flk_rules[{self.extra}]'"


class PlanInvalid(_Problems):
    """Figures, regions or visits that nothing can be planned with; every mistake is listed."""


class CasesInvalid(_Problems):
    """A table of cases that says something it may not; every mistake found is listed."""


class UnknownName(FlkError):
    """A ruleset, question, language, engine or rule was asked for by a name that is not there."""

    def __init__(self, kind: str, name: str, known: Iterable[str], where: str = "") -> None:
        self.kind, self.name, self.known, self.where = kind, name, tuple(sorted(known)), where
        super().__init__(kind, name, self.known, where)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        listed = ", ".join(self.known) or "none"
        hint = nearest(self.name, self.known)
        return f"{place}no {self.kind} called {shown(self.name)}{hint} (there is: {listed})"


class QuestionNotYet(UnknownName):
    """A question was asked before the first day on which its ruleset has it."""

    def __init__(
        self, question: str, known: Iterable[str], ruleset: str, on: date, first: date
    ) -> None:
        super().__init__("question", question, known, ruleset)
        self.on, self.first = on, first
        self.args = (question, self.known, ruleset, on, first)

    def __str__(self) -> str:
        return (
            f"{self.where}: the question {self.name} can be asked from {self.first}, "
            f"not on {self.on}"
        )


class NotInForce(FlkError):
    """A ruleset was asked for on a date outside every version of it, or of one it extends.

    `layers` are those that do not hold, the highest first, each with its first and last day.
    """

    def __init__(
        self, ruleset: str, on: date, layers: Iterable[tuple[str, date, date | None]]
    ) -> None:
        self.ruleset, self.on, self.layers = ruleset, on, tuple(layers)
        super().__init__(ruleset, on, self.layers)

    def __str__(self) -> str:
        days = []
        for layer, first, last in self.layers:
            whose = "its versions hold" if layer == self.ruleset else f"{layer} below it holds"
            days.append(f"{whose} from {first}{f' to {last}' if last else ''}")
        return f"{self.ruleset}: not in force on {self.on}; {' and '.join(days)}"


class DateInvalid(FlkError, TypeError):
    """What was given as the date asked about is no `datetime.date`."""

    def __init__(self, argument: str, found: object) -> None:
        self.argument, self.found = argument, found
        super().__init__(argument, found)

    def __str__(self) -> str:
        kind = type(self.found).__name__
        there = f"{kind} ({shown(self.found)})" if isinstance(self.found, str) else kind
        remedies = {"str": "; date.fromisoformat() reads a text", "datetime": "; take its .date()"}
        return f"{self.argument}: expected a datetime.date, found {there}{remedies.get(kind, '')}"


class FileUnreadable(FlkError):
    """A file that is missing, empty, too large, not UTF-8, or not in its format."""

    def __init__(self, path: Path | str, reason: str) -> None:
        self.path, self.reason = str(path), reason
        super().__init__(self.path, reason)

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


class ValuesConflict(FlkError):
    """Rules that are true together give one question of a ruleset different numbers."""

    def __init__(self, ruleset: str, question: str, values: Mapping[str, int | float]) -> None:
        self.ruleset, self.question, self.values = ruleset, question, dict(values)
        super().__init__(ruleset, question, self.values)

    def __str__(self) -> str:
        listed = ", ".join(f"{rule} says {value}" for rule, value in self.values.items())
        return (
            f"{self.ruleset} gives the question {self.question} several numbers at once: {listed}; "
            "make the rules' conditions exclude each other, or disable all but one"
        )


class TablesFailure(FlkError):
    """The database that tables run on failed; nothing was kept of the table or part at hand."""

    def __init__(self, detail: str) -> None:
        self.detail = detail
        super().__init__(detail)

    def __str__(self) -> str:
        return f"the table could not be decided ({self.detail})"


class EngineLimit(FlkError):
    """A ruleset asks for more than an engine can hold; said before the engine sees anything."""

    def __init__(self, what: str, found: int, bound: int, remedy: str) -> None:
        self.what, self.found, self.bound, self.remedy = what, found, bound, remedy
        super().__init__(what, found, bound, remedy)

    def __str__(self) -> str:
        return f"{self.what}: at most {self.bound}, found {self.found}; {self.remedy}"


class EngineFailure(FlkError):
    """The engine itself failed; its state was reset and the decision was not made."""

    def __init__(self, detail: str) -> None:
        self.detail = detail
        super().__init__(detail)

    def __str__(self) -> str:
        return (
            f"the durable-rules engine failed ({self.detail}); its state was reset and no "
            "decision was made: try again, or use the reference engine"
        )


class EngineClosed(EngineFailure):
    """A decision was asked of an engine after its memory was given back."""

    def __init__(self) -> None:
        super().__init__("it was closed")

    def __reduce__(self) -> tuple[type[EngineClosed], tuple[()]]:
        return EngineClosed, ()

    def __str__(self) -> str:
        return "the durable-rules engine was closed; build a new one to decide again"
