"""text and tables.

Colour where the terminal has it, plain where not; messages go to the error stream.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import Protocol

from rich.console import Console
from rich.table import Table
from rich.text import Text

from flk_rules.adapters.rows import Row
from flk_rules.decision import Decision
from flk_rules.explaining import lines
from flk_rules.explaining.figures import figured
from flk_rules.explaining.phrases import label, phrase, subject_words
from flk_rules.explaining.text import printable
from flk_rules.explaining.words import FORCES, outcome_words, reason, word
from flk_rules.library import Ruleset
from flk_rules.model.answers import Outcome

PLAIN_WIDTH = 160
"""Columns of a table where no terminal says how wide it is."""
STYLES = {
    "eligible": "bold green",
    "assess": "bold yellow",
    "grounded": "bold green",
    "fulfilled": "bold green",
    "stated": "bold green",
    "conditional": "bold cyan",
    "undetermined": "bold magenta",
    "deviates": "bold yellow",
    "ungrounded": "bold blue",
    "unstated": "bold blue",
    "not_eligible": "bold red",
    "heading": "bold",
    "detail": "dim",
}


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leaves a reader who went away to the command, as all else does."""
        raise


def console(*, err: bool = False) -> Console:
    """A console that never guesses markup, nor a width where there is no terminal."""
    found = _Console(stderr=err, highlight=False, markup=False, emoji=False)
    if found.is_terminal:
        return found
    return _Console(stderr=err, highlight=False, markup=False, emoji=False, width=PLAIN_WIDTH)


def say(message: str, *, mark: str = "flk:") -> None:
    """A message to the person who typed the command."""
    sys.stderr.write(f"{mark} {printable(message)}\n")


def as_json(value: object, *, indent: int | None = None) -> str:
    """A line of JSON, or several where there is an indent."""
    # Escapes are JSON in any encoding.
    escaped = (sys.stdout.encoding or "utf-8").lower().replace("-", "") != "utf8"
    return f"{json.dumps(value, ensure_ascii=escaped, indent=indent)}\n"


class Writer(Protocol):
    """Prints decisions, one by one or at the end, then what the whole came to."""

    at_once: bool

    def where(self, row: Row, ruleset: Ruleset) -> str: ...

    def decision(self, where: str, decision: Decision) -> None: ...

    def end(self) -> None: ...


class TextWriter:
    """The whole explanation of each decision."""

    at_once = True

    def __init__(self, language: str) -> None:
        self._console, self._language = console(), language
        self._tally = Tally(language)

    def where(self, row: Row, ruleset: Ruleset) -> str:
        return where_words(row, ruleset, self._language)

    def decision(self, where: str, decision: Decision) -> None:
        self._tally.add(decision)
        if not names(decision):
            self._print(printable(where), STYLES["heading"])
        for line in lines(*decision.parts, self._language):
            self._print(line.text, STYLES.get(line.style, ""))
        self._print("", "")

    def end(self) -> None:
        self._print(str(self._tally), "")

    def _print(self, text: str, style: str) -> None:
        # Rich takes ten times as long, to no end where there are no colours.
        if self._console.is_terminal:
            self._console.print(Text(text, style=style), soft_wrap=True)
        else:
            sys.stdout.write(f"{text}\n")


class JsonWriter:
    """One JSON object a line, in the format of `Decision.to_dict` and where it came from."""

    at_once = True

    def where(self, row: Row, ruleset: Ruleset) -> str:
        return row.where

    def decision(self, where: str, decision: Decision) -> None:
        sys.stdout.write(as_json({"where": where, **decision.to_dict()}))

    def end(self) -> None:
        pass


class TableWriter:
    """One aligned row a decision."""

    at_once = False

    def __init__(self, language: str) -> None:
        self._language = language
        self._tally = Tally(language)
        self._console = console()
        framed = self._console.is_terminal
        self._table = Table(box=Table().box if framed else None, pad_edge=framed)
        for heading in ("row", "outcome", "force", "why"):
            self._table.add_column(word(heading, language), overflow="fold")

    def where(self, row: Row, ruleset: Ruleset) -> str:
        return where_words(row, ruleset, self._language)

    def decision(self, where: str, decision: Decision) -> None:
        self._tally.add(decision)
        force = FORCES[decision.force].in_language(self._language) if decision.force else ""
        self._table.add_row(
            Text(printable(" ".join(names(decision)) or where)),
            Text(
                called(decision, decision.outcome, self._language).upper(),
                style=STYLES[decision.outcome.value],
            ),
            Text(force),
            Text(printable("; ".join(reasons(decision, self._language)))),
        )

    def end(self) -> None:
        if self._tally:
            self._console.print(self._table)
            self._console.print()
        self._console.print(str(self._tally))


def where_words(row: Row, ruleset: Ruleset, language: str) -> str:
    """Where a row stands, for a reader of the language."""
    said: list[str] = []
    for place in row.places:
        what = word("row", language)
        if place.subject:
            what = subject_words(place.subject, ruleset.model, language)
        line = f" ({word('line', language)} {place.line})" if place.line else ""
        said.append(f"{place.name} {what} {place.number}{line}")
    return f" {word('with', language)} ".join(said)


def names(decision: Decision) -> list[str]:
    """The caller's own names of the subjects, if every subject given has one."""
    references = decision.answer.facts.references
    subjects = decision.parts[1].questions[decision.question].subjects
    given = [each for each in subjects if each not in decision.answer.facts.left_out]
    return [references[each] for each in given] if references.keys() >= set(given) else []


def reasons(decision: Decision, language: str) -> list[str]:
    """Why, in a few words: the number, the grounds or what was missed, the condition, what is
    missing."""
    answer, ruleset, _ = decision.parts
    missed = decision.outcome is Outcome.DEVIATES
    rules = decision.failed if missed else decision.grounds
    figures = [each.strip() for each in figured(answer, ruleset, language)]
    found = figures + [rule.because.in_language(language) for rule in rules]
    if missed:
        found = [f"{word('unfulfilled', language)}: {'; '.join(found)}"]
    if decision.condition is not None:
        found = [
            f"{called(decision, branch.verdict.outcome, language)} {word('if', language)} "
            f"{phrase(branch.when, ruleset, language)}"
            for branch in decision.condition.branches
        ]
    if decision.missing:
        missing = ", ".join(label(name, ruleset, language) for name in decision.missing)
        found.append(f"{word('missing_here', language)}: {missing}")
    why = reason(answer.verdict)
    return found or ([why.in_language(language)] if why else [])


def called(decision: Decision, outcome: Outcome, language: str) -> str:
    """What an outcome of the decision's question is called."""
    return outcome_words(outcome, decision.parts[1].questions[decision.question], language)


class Tally:
    """How often each outcome came."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._outcomes: Counter[tuple[Outcome, str]] = Counter()

    def add(self, decision: Decision) -> None:
        words = called(decision, decision.outcome, self._language)
        self._outcomes[decision.outcome, words.upper()] += 1

    def __bool__(self) -> bool:
        return bool(self._outcomes)

    def __str__(self) -> str:
        """``6 decided: 3 ELIGIBLE, ...`` in the order of the outcomes."""
        order = list(Outcome)
        found = sorted(self._outcomes.items(), key=lambda each: order.index(each[0][0]))
        decided = f"{self._outcomes.total()} {word('decided', self._language)}"
        parts = ", ".join(f"{number} {words}" for (_, words), number in found)
        return f"{decided}: {parts}" if parts else decided
