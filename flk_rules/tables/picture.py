"""a batch as picture.

How many rows came to each outcome and how many each rule decided, as bars in SVG: a title, a
description in words, and no meaning in colour alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from flk_rules.explaining.drawing import INK, cut, number_words, opening, text
from flk_rules.explaining.text import printable
from flk_rules.explaining.words import check_language, outcome_words
from flk_rules.model.answers import Outcome
from flk_rules.model.rules import Ruleset, Text
from flk_rules.tables.summary import Summary

WIDTH, LEFT, RIGHT = 990, 430, 170
ROW, BAR, HEAD, FOOT = 26, 16, 56, 40
MOST = 12
"""Rules that are drawn, the most frequent ones; the record of the batch has all."""
NAME = 60
_COLOURS = ("#2b5c8a", "#6b6b6b")
_WORDS = {
    "rows": Text(sv="rader", en="rows"),
    "outcomes": Text(sv="Utfall", en="Outcomes"),
    "grounds": Text(sv="Regler som avgjorde", en="Rules that decided"),
    "more": Text(sv="och {number} regler till", en="and {number} more rules"),
    "foot": Text(sv="En rad kan ha flera grunder.", en="A row may have several grounds."),
    "unpaired": Text(sv="Utan motpart: {rows} rader till.", en="Met no other: {rows} more rows."),
    "unpaired_one": Text(sv="Utan motpart: en rad till.", en="Met no other: one more row."),
    "missing": Text(sv="Uppgifter saknas på {missing} rader.", en="{missing} rows lack facts."),
    "missing_one": Text(sv="Uppgifter saknas på en rad.", en="One row lacks facts."),
}


def picture(summary: Summary, ruleset: Ruleset, question: str, language: str = "sv") -> str:
    """The picture as SVG text; raises `UnknownName` for another language."""
    check_language(language)
    return "\n".join([*_Drawing(summary, ruleset, question, language).lines(), ""])


class _Drawing:
    def __init__(self, summary: Summary, ruleset: Ruleset, question: str, language: str) -> None:
        self.summary, self.language = summary, language
        asked = ruleset.questions[question]
        self.title = printable(f"{asked.title.in_language(language)}, {ruleset.id}, {ruleset.on}")
        self.outcomes = [
            (printable(side_words(side, ruleset, question, language)), rows)
            for side, rows in summary.outcomes.items()
        ]
        grounds = summary.lists.get("grounds", {})
        self.rules = [
            (printable(ruleset.rules[rule].because.in_language(language)), rows)
            for rule, rows in list(grounds.items())[:MOST]
        ]
        self.hidden = max(0, len(grounds) - MOST)
        self.most = max([*(rows for _, rows in (*self.outcomes, *self.rules)), 1])
        groups = 2 if self.rules else 1
        rows = len(self.outcomes) + len(self.rules) + (1 if self.hidden else 0)
        self.height = HEAD + groups * (ROW + 8) + ROW * rows + FOOT

    def word(self, name: str, **values: str) -> str:
        return _WORDS[name].in_language(self.language).format(**values)

    def lines(self) -> Iterator[str]:
        all_rows = f"{number_words(self.summary.rows, self.language)} {self.word('rows')}"
        foot = self.word("foot")
        if (without := self.summary.with_missing) is not None:
            word = "missing_one" if without == 1 else "missing"
            foot += " " + self.word(word, missing=number_words(without, self.language))
        if lone := self.summary.unpaired:
            word = "unpaired_one" if lone == 1 else "unpaired"
            foot += " " + self.word(word, rows=number_words(lone, self.language))
        groups = [("outcomes", self.outcomes, _COLOURS[0]), ("grounds", self.rules, _COLOURS[1])]
        said = [
            f"{self.word(name)}: " + "; ".join(f"{label} {self.share(n)}" for label, n in bars)
            for name, bars, _ in groups
            if bars
        ]
        yield from opening(
            WIDTH, self.height, f"{self.title}: {all_rows}", ". ".join([*said, foot]), self.language
        )
        yield text(16, 26, cut(self.title, 90), size=16, weight="bold")
        yield text(16, 46, all_rows)
        top = HEAD
        for name, bars, colour in groups:
            if not bars:
                continue
            yield text(16, top + ROW - 6, self.word(name), weight="bold")
            top += ROW + 8
            for label, rows in bars:
                yield from self.row(label, rows, top, colour)
                top += ROW
        if self.hidden:
            more = self.word("more", number=number_words(self.hidden, self.language))
            yield text(LEFT - 8, top + ROW // 2 + 4, more, anchor="end")
        yield text(16, self.height - 14, foot)
        yield "</svg>"

    def row(self, label: str, rows: int, top: int, colour: str) -> Iterator[str]:
        width = (WIDTH - LEFT - RIGHT) * rows / self.most
        middle = top + ROW // 2 + 4
        yield f"<g><title>{escape(label)}: {escape(self.share(rows))}</title>"
        yield text(LEFT - 8, middle, cut(label, NAME), anchor="end", size=12)
        yield (
            f'<rect x="{LEFT}" y="{top + (ROW - BAR) // 2}" width="{width:.1f}" '
            f'height="{BAR}" fill="{colour}"/>'
        )
        yield text(f"{LEFT + width + 8:.1f}", middle, self.share(rows), colour=INK)
        yield "</g>"

    def share(self, rows: int) -> str:
        """How many, and of all: ``1,200 (12.0 %)``."""
        share = 100 * rows / max(self.summary.rows, 1)
        words = f"{share:.1f}".replace(".", "," if self.language == "sv" else ".")
        return f"{number_words(rows, self.language)} ({words} %)"


def side_words(side: str, ruleset: Ruleset, question: str, language: str) -> str:
    """An outcome, with its reason or its number if it has one, as people say it."""
    outcome, _, reason = side.partition(": ")
    said = outcome_words(Outcome(outcome), ruleset.questions[question], language)
    if not reason:
        return said
    if reason in REASONS:
        return f"{said} ({REASONS[reason].in_language(language)})"
    return f"{said} ({reason.replace('.', ',') if language == 'sv' else reason})"


REASONS = {
    "forbidden": Text(sv="förbjudet", en="forbidden"),
    "no_ground": Text(sv="ingen grund", en="no ground"),
}
