"""keys of tables.

What a table of cases may say, once: the reader, the documents and the JSON Schema of the
conformance pack all read these tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from attrs import frozen

from flk_rules.decision import Decision
from flk_rules.errors import FactsInvalid, FlkError, NotInForce, QuestionNotYet, ValuesConflict
from flk_rules.model.answers import Effect, Outcome
from flk_rules.model.rules import Force, Rule
from flk_rules.model.verdicts import Reason

NONE = "none"
"""What stands for nothing where a key could have something: no force, no reason."""
STATUSES = ("under", "at", "over")
SET = (Effect.GROUND, Effect.POINT)
"""Effects whose rules are answered one by one."""

FAILURES: Mapping[str, type[FlkError]] = {
    "facts": FactsInvalid,
    "not_in_force": NotInForce,
    "question_not_yet": QuestionNotYet,
    "values_conflict": ValuesConflict,
}
"""Failures that a case can expect: facts that cannot be, a ruleset that does not hold on the day,
a question that begins later, rules that bring different numbers."""


class Kind(Enum):
    """What a key's value is, as messages say it."""

    TEXT = "a string"
    DATE = "a date like 2024-01-31"
    TRUTH = "true or false"
    TABLE = "a table"
    TABLES = "a list of tables, each headed [[case]]"
    NAMES = "a list of strings"
    ROWS = "a list of rows, each a list with a value for every column"
    NUMBER = 'a number or "none"'
    NUMBERS = "a table of numbers by rule"
    WORD = "one of"
    RULES = "a list of rules"
    FACTS = "a list of facts"
    PARAMETERS = "a list of parameters"


@frozen(kw_only=True)
class Key:
    """One key: its kind, the words of a WORD, whether it may stand before the cases for all of
    them and in a case, and whether it may head a column of rows."""

    name: str
    kind: Kind
    meaning: str
    words: tuple[str, ...] = ()
    of_file: bool = False
    of_case: bool = True
    column: bool = True
    needed: bool = False


@frozen(kw_only=True)
class Expectation(Key):
    """A key that says something of a decision, and what reads it from one."""

    read: Callable[[Decision], Any]


def _ids(rules: tuple[Rule, ...]) -> tuple[str, ...]:
    return tuple(sorted(rule.id for rule in rules))


def _measured(decision: Decision, name: str) -> Any:
    measure = decision.measure
    return None if measure is None else getattr(measure, name)


def _marks(decision: Decision) -> dict[str, int | float]:
    """The numbers of the true advice, by rule."""
    _, _, decider = decision.parts
    numbers = decider.numbers
    return {rule.id: numbers[rule.id] for rule in decision.advice if rule.id in numbers}


def _open(decision: Decision) -> tuple[str, ...]:
    return _ids(tuple(rule for rule in decision.unknown if rule.effect in SET))


_EXPECTED = (
    Expectation(
        name="outcome", kind=Kind.WORD, words=tuple(each.value for each in Outcome),
        meaning="what is decided; the case has this or `error`",
        read=lambda each: each.outcome.value,
    ),
    Expectation(
        name="reason", kind=Kind.WORD, words=(*(each.value for each in Reason), NONE),
        meaning="of `not_eligible`, which of the two kinds of no",
        read=lambda each: each.reason and each.reason.value,
    ),
    Expectation(
        name="force", kind=Kind.WORD, words=(*(each.value for each in Force), NONE),
        meaning="the strongest force of what decided",
        read=lambda each: each.force and each.force.value,
    ),
    Expectation(
        name="grounds", kind=Kind.RULES, meaning="the true rules that decided",
        read=lambda each: _ids(each.grounds),
    ),
    Expectation(
        name="defeated", kind=Kind.RULES, meaning="true rules that a prohibition overrode",
        read=lambda each: _ids(each.defeated),
    ),
    Expectation(
        name="failed", kind=Kind.RULES,
        meaning="false rules that could have given a ground; of a checklist, the points missed",
        read=lambda each: _ids(each.failed),
    ),
    Expectation(
        name="unknown", kind=Kind.RULES, meaning="all rules whose truth is open",
        read=lambda each: _ids(each.unknown),
    ),
    Expectation(
        name="open", kind=Kind.RULES,
        meaning="grounds of a set, and points, whose truth is open",
        read=_open,
    ),
    Expectation(
        name="advice", kind=Kind.RULES, meaning="true rules that only advise",
        read=lambda each: _ids(each.advice),
    ),
    Expectation(
        name="directions", kind=Kind.RULES,
        meaning="of a number, the true reasons to differ from it",
        read=lambda each: _ids(each.directions),
    ),
    Expectation(
        name="marks", kind=Kind.NUMBERS,
        meaning="the numbers of the advice that has one of its own",
        read=_marks,
    ),
    Expectation(
        name="missing", kind=Kind.FACTS,
        meaning="facts not known that could still change the outcome",
        read=lambda each: tuple(sorted(each.missing)),
    ),
    Expectation(
        name="assumptions", kind=Kind.PARAMETERS,
        meaning="parameters without a source that the answer rests on",
        read=lambda each: tuple(sorted(every.id for every in each.assumptions)),
    ),
    Expectation(
        name="condition", kind=Kind.TEXT,
        meaning='what the answer depends on, as `print(decision)` writes it, or `"none"`',
        read=lambda each: None if each.condition is None else str(each.condition),
    ),
    Expectation(
        name="value", kind=Kind.NUMBER, meaning="the number that is stated",
        read=lambda each: each.value,
    ),
    Expectation(
        name="status", kind=Kind.WORD, words=(*STATUSES, NONE),
        meaning="on which side of the number the compared fact lies",
        read=lambda each: _measured(each, "status"),
    ),
    Expectation(
        name="difference", kind=Kind.NUMBER, meaning="the compared fact less the number",
        read=lambda each: _measured(each, "difference"),
    ),
)  # fmt: skip

_SAID = (
    Key(
        name="ruleset", kind=Kind.TEXT, meaning="the ruleset's id", of_file=True, needed=True,
    ),
    Key(
        name="question", kind=Kind.TEXT, meaning="what is asked", of_file=True, needed=True,
    ),
    Key(
        name="on", kind=Kind.DATE, meaning="the date asked about", of_file=True, needed=True,
    ),
    Key(
        name="path", kind=Kind.NAMES, of_file=True, of_case=False, column=False,
        meaning="further folders of rulesets, as seen from the table's own",
    ),
    Key(
        name="left_out", kind=Kind.NAMES, of_file=True,
        meaning="subjects that are not given: the answer is then a condition on them",
    ),
    Key(
        name="facts", kind=Kind.TABLE, of_file=True, of_case=False, column=False,
        meaning="facts that all cases share; of a subject without any, nothing is known",
    ),
    Key(
        name="case", kind=Kind.TABLES, of_file=True, of_case=False, column=False, needed=True,
        meaning="the cases",
    ),
    Key(
        name="name", kind=Kind.TEXT, meaning="what it is called; no other of the file is",
        needed=True,
    ),
    Key(name="why", kind=Kind.TEXT, meaning="where it was read, or what it shows"),
    Key(
        name="alone", kind=Kind.TRUTH, column=False,
        meaning="whether the shared facts do not count for it",
    ),
    Key(
        name="with", kind=Kind.TABLE, column=False,
        meaning="facts of its own, in the place of shared ones",
    ),
    Key(
        name="without", kind=Kind.NAMES, column=False,
        meaning="shared facts that are not known here",
    ),
    Key(
        name="columns", kind=Kind.NAMES, column=False,
        meaning="what each row says: facts by their dotted names, and keys of this list",
    ),
    Key(
        name="rows", kind=Kind.ROWS, column=False,
        meaning='cases in short, one a row; `"?"` leaves a fact not known, or a key unsaid',
    ),
)  # fmt: skip

_FAILED = (
    Key(
        name="error", kind=Kind.WORD, words=tuple(FAILURES),
        meaning="the kind of failure that is expected instead of a decision",
    ),
    Key(name="at", kind=Kind.NAMES, meaning="of the error `facts`, the facts at fault"),
    Key(name="says", kind=Kind.NAMES, meaning="pieces of the error's message"),
)  # fmt: skip

EXPECTATIONS: Mapping[str, Expectation] = {each.name: each for each in _EXPECTED}
KEYS: Mapping[str, Key] = {each.name: each for each in (*_SAID, *_EXPECTED, *_FAILED)}
OF_FILE = tuple(each.name for each in KEYS.values() if each.of_file)
OF_CASE = tuple(each.name for each in KEYS.values() if each.of_case)
COLUMNS = tuple(each.name for each in KEYS.values() if each.of_case and each.column)
