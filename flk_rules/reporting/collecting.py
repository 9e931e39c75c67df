"""a set of receipts.

Counts every receipt and keeps those of one page, so that memory does not grow with the set.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from attrs import field, frozen

from flk_rules.explaining.phrases import label
from flk_rules.explaining.words import outcome_words, reason
from flk_rules.model.answers import Outcome
from flk_rules.model.rules import LANGUAGES, Ruleset, Text
from flk_rules.reporting.answers import verdict_of
from flk_rules.reporting.shapes import Row, Shown, Table
from flk_rules.reporting.views import tone
from flk_rules.reporting.words import said

PER_PAGE = 100
"""Receipts that a page shows unless another number is asked for."""
MOST_PER_PAGE = 1_000
"""Receipts that a page may show: more than a browser unfolds with ease."""
MOST_ROWS = 50
"""Rows of a table of counts; how many more there are is said."""
_KEYS = ("outcome", "rule", "assumption", "missing")


@frozen
class _Counted:
    """What is counted, in both languages, so that a page may be in either."""

    id: str
    words: Text
    where: Text
    tone: str = "plain"


@frozen(eq=False)
class Collection:
    """Receipts by the thousand: counts of all, and the ones of page `page`."""

    page: int = 1
    per_page: int = PER_PAGE
    kept: list[tuple[Shown, Ruleset, str]] = field(factory=list)
    _counts: dict[str, Counter[_Counted]] = field(factory=lambda: {key: Counter() for key in _KEYS})
    _totals: Counter[str] = field(factory=Counter)
    _times: list[str] = field(factory=list)

    def add(self, shown: Shown, ruleset: Ruleset, where: str) -> None:
        """Counts a receipt, and keeps it if it is of the page."""
        content = shown.receipt.content
        first = (self.page - 1) * self.per_page
        if first <= self.total < first + self.per_page:
            self.kept.append((shown, ruleset, where))
        self._totals["all"] += 1
        self._totals["resting"] += bool(content["assumptions"])
        self._totals["lacking"] += bool(content["missing"])
        time = content["time"]
        self._times[:] = [min([*self._times[:1], time]), max([*self._times[1:], time])]
        for key, counted in _counted(content, ruleset):
            self._counts[key][counted] += 1

    @property
    def total(self) -> int:
        """Receipts so far."""
        return self._totals["all"]

    @property
    def pages(self) -> int:
        """Pages that the set takes, one at least."""
        return max(1, -(-self.total // self.per_page))

    @property
    def resting(self) -> int:
        """Receipts that rest on some assumption."""
        return self._totals["resting"]

    @property
    def lacking(self) -> int:
        """Receipts that lack some fact."""
        return self._totals["lacking"]

    @property
    def span(self) -> tuple[str, ...]:
        """The first and the last time of a decision."""
        return tuple(self._times)

    def tables(self, language: str) -> Iterator[Table]:
        """The counts, each kind as a table."""
        for key in _KEYS:
            counts = self._counts[key]
            most = sorted(counts.items(), key=lambda each: (-each[1], each[0].id))
            if key == "outcome":
                most = sorted(counts.items(), key=lambda each: each[0].id)
            rows = tuple(
                Row(
                    label=each.words.in_language(language),
                    detail=each.where.in_language(language),
                    number=number,
                    share=number / self.total,
                    tone=each.tone,
                )
                for each, number in most[:MOST_ROWS]
            )
            more = max(0, len(most) - MOST_ROWS)
            yield Table(key=key, heading=said(f"by_{key}", language), rows=rows, more=more)


def _counted(content: Any, ruleset: Ruleset) -> Iterator[tuple[str, _Counted]]:
    """What a receipt counts for; a name its rules do not have is shown as it is."""
    asked, outcome = content["question"], Outcome(content["outcome"])
    question = ruleset.questions.get(asked)
    if question is None:
        return
    order = f"{asked} {[*Outcome].index(outcome):02}"
    verdict = verdict_of(content)
    sv, en = (outcome_words(outcome, question, language) for language in LANGUAGES)
    words = Text(sv=sv, en=en)
    if (why := reason(verdict)) is not None:
        order += f" {why.en}"
        words = Text(sv=f"{words.sv} ({why.sv})", en=f"{words.en} ({why.en})")
    yield "outcome", _Counted(order, words, question.title, tone(verdict))
    missed = outcome is Outcome.DEVIATES
    for name in dict.fromkeys(content["failed" if missed else "grounds"]):
        if (rule := ruleset.rules.get(name)) is not None:
            yield "rule", _Counted(name, rule.because, _same(name), f"force-{rule.force.value}")
    for name in dict.fromkeys(content["assumptions"]):
        if (found := ruleset.parameters.get(name)) is not None:
            where = _same(f"params.{name}, {found.origin.ruleset}")
            yield "assumption", _Counted(name, found.because, where, "assumption")
    for name in dict.fromkeys(content["missing"]):
        if name in ruleset.schema.facts:
            words = Text(sv=label(name, ruleset, "sv"), en=label(name, ruleset, "en"))
            yield "missing", _Counted(name, words, _same(name), "open")


def _same(text: str) -> Text:
    return Text(sv=text, en=text)
