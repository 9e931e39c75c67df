"""text and tables.

Colour where the terminal has it, plain where not; a progress bar on the error stream for what
takes over two seconds.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from flk_rules.explaining import lines, summary
from flk_rules.explaining.words import OUTCOMES, word
from flk_rules.library import Decision
from flk_rules.model.verdicts import Outcome

T = TypeVar("T")

PATIENCE = 2.0
"""Seconds before a progress bar appears."""
PLAIN_WIDTH = 160
"""Columns of a table where no terminal says how wide it is."""
STYLES = {
    "eligible": "bold green",
    "assess": "bold yellow",
    "conditional": "bold cyan",
    "undetermined": "bold magenta",
    "not_eligible": "bold red",
    "heading": "bold",
    "detail": "dim",
}
_WORDS = {
    "row": {"sv": "rad", "en": "row"},
    "outcome": {"sv": "svar", "en": "outcome"},
    "force": {"sv": "kraft", "en": "force"},
    "why": {"sv": "därför att", "en": "because"},
    "decided": {"sv": "avgjorda", "en": "decided"},
}


def console(*, err: bool = False) -> Console:
    """A console that never guesses a width or markup."""
    found = Console(stderr=err, highlight=False, markup=False, emoji=False)
    if not found.is_terminal:
        found = Console(
            stderr=err, highlight=False, markup=False, emoji=False, width=PLAIN_WIDTH
        )
    return found


class Writer(Protocol):
    """Prints decisions one by one, then what the whole came to."""

    def decision(self, where: str, decision: Decision) -> None: ...

    def end(self) -> None: ...


class TextWriter:
    """The whole explanation of each decision."""

    def __init__(self, language: str) -> None:
        self._console, self._language = console(), language
        self._outcomes: Counter[Outcome] = Counter()

    def decision(self, where: str, decision: Decision) -> None:
        self._outcomes[decision.outcome] += 1
        for line in lines(*decision.parts, self._language):
            style = STYLES.get(line.style, "")
            self._console.print(Text(printable(line.text), style=style), soft_wrap=True)
        self._console.print()

    def end(self) -> None:
        self._console.print(counts(self._outcomes, self._language))


class JsonWriter:
    """One JSON object a line, in the format of `Decision.to_dict` and where it came from."""

    def decision(self, where: str, decision: Decision) -> None:
        print(json.dumps({"where": where, **decision.to_dict()}, ensure_ascii=False))  # noqa: T201

    def end(self) -> None:
        pass


class TableWriter:
    """One aligned row a decision."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._outcomes: Counter[Outcome] = Counter()
        self._console = console()
        box = None if not self._console.is_terminal else Table().box
        self._table = Table(box=box, pad_edge=False)
        for heading in ("row", "outcome", "force", "why"):
            self._table.add_column(_WORDS[heading][language], overflow="fold")

    def decision(self, where: str, decision: Decision) -> None:
        self._outcomes[decision.outcome] += 1
        answer, ruleset, _ = decision.parts
        references = " ".join(answer.facts.references.values())
        name = OUTCOMES[decision.outcome].in_language(self._language)
        reasons = [rule.because.in_language(self._language) for rule in decision.grounds]
        if decision.condition is not None:
            reasons = [str(decision.condition)]
        if decision.missing:
            reasons.append(f"{word('missing_here', self._language)}: {', '.join(decision.missing)}")
        if not reasons:
            reasons = [summary(answer.verdict, self._language)]
        force = decision.force.value if decision.force else ""
        self._table.add_row(
            Text(printable(references or where)),
            Text(name, style=STYLES[decision.outcome.value]),
            Text(force),
            Text(printable("; ".join(reasons))),
        )

    def end(self) -> None:
        self._console.print(self._table)
        self._console.print()
        self._console.print(counts(self._outcomes, self._language))


def counts(outcomes: Counter[Outcome], language: str) -> str:
    """``6 decided: 3 ELIGIBLE, ...`` in the order of the outcomes."""
    parts = [
        f"{outcomes[outcome]} {OUTCOMES[outcome].in_language(language)}"
        for outcome in Outcome
        if outcomes[outcome]
    ]
    return f"{outcomes.total()} {_WORDS['decided'][language]}: {', '.join(parts) or '0'}"


def printable(text: str) -> str:
    """Text without characters that could steer a terminal."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)


def with_progress(items: Iterable[T], total: int) -> Iterator[T]:
    """The items, with a bar on the error stream from the third second on, if that is a terminal."""
    bar: Progress | None = None
    started = time.monotonic()
    try:
        for done, item in enumerate(items, 1):
            yield item
            if bar is None and time.monotonic() - started > PATIENCE:
                bar = Progress(
                    TextColumn("flk"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
                    console=console(err=True), transient=True,
                )  # fmt: skip
                bar.start()
                task = bar.add_task("flk", total=total)
            if bar is not None:
                bar.update(task, completed=done)
    finally:
        if bar is not None:
            bar.stop()
