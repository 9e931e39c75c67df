"""lists as a picture.

The list of each physician as a bar against the guideline, as SVG that a browser, an editor and a
screen reader take: a title, a description in words, and no meaning in colour alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from flk_rules.explaining.drawing import FAINT, INK, cut, number_words, opening, text
from flk_rules.explaining.text import printable
from flk_rules.explaining.words import check_language
from flk_rules.model.rules import Text
from flk_rules.planning.unit import UnitPlan
from flk_rules.planning.unit_lists import PhysicianPlan

WIDTH, LEFT, RIGHT = 760, 170, 170
"""The picture's width, and what names and numbers take of it."""
ROW, BAR, HEAD, FOOT = 34, 18, 92, 44
NAME, UNIT = 22, 32
"""Letters of a physician's and the unit's name that are shown; the titles have the whole."""
MOST_LINES = 3
"""Guidelines that get a line through the picture; with more, each row has its mark alone."""
_STATUS_COLOURS = {"over": "#8c2d04", "at": "#2b5c8a", "under": "#2b5c8a"}
_UNKNOWN_COLOUR = "#6b6b6b"
_WORDS = {
    "title": Text(
        sv="Listade per läkare mot riktvärdet", en="Listed per physician against the guideline"
    ),
    "guideline": Text(sv="riktvärde", en="guideline"),
    "listed": Text(sv="listade", en="listed"),
    "unknown": Text(sv="antal listade okänt", en="number listed not known"),
    "none": Text(sv="inget riktvärde i källorna", en="no guideline in the sources"),
    "open": Text(sv="riktvärde kan inte avgöras", en="guideline cannot be told"),
    "under": Text(sv="under", en="under"),
    "at": Text(sv="på riktvärdet", en="at the guideline"),
    "over": Text(sv="över", en="over"),
    "foot": Text(
        sv="Riktvärdet är vägledning, varken tak eller golv [L2].",
        en="The guideline is guidance, neither ceiling nor floor [L2].",
    ),
}


def picture(plan: UnitPlan, language: str = "sv") -> str:
    """The picture as SVG text; raises `UnknownName` for another language."""
    check_language(language)
    return "\n".join([*_Drawing(plan, language).lines(), ""])


class _Drawing:
    def __init__(self, plan: UnitPlan, language: str) -> None:
        self.plan, self.language = plan, language
        numbers = [each.listed or 0 for each in plan.physicians]
        numbers += [int(each.guideline or 0) for each in plan.physicians]
        self.lines_at = sorted(
            {float(each.guideline) for each in plan.physicians if each.guideline}
        )
        self.most = max([*numbers, 1]) * 1.05
        self.height = HEAD + ROW * len(plan.physicians) + FOOT

    def word(self, name: str) -> str:
        return _WORDS[name].in_language(self.language)

    def number(self, value: float) -> str:
        return number_words(value, self.language)

    def x(self, value: float) -> str:
        return f"{LEFT + (WIDTH - LEFT - RIGHT) * value / self.most:.1f}"

    def lines(self) -> Iterator[str]:
        unit = f"{_plain(self.plan.unit)}: " if self.plan.unit else ""
        said = f"{self.word('title')}, {self.plan.by.on}"
        title, heading = f"{unit}{said}", f"{cut(unit, UNIT)}{said}"
        rows = " ".join(f"{self.said(each)}." for each in self.plan.physicians)
        words = f"{rows} {self.word('foot')}"
        yield from opening(WIDTH, self.height, title, words, self.language)
        yield text(16, 26, heading, size=16, weight="bold")
        yield from self.guidelines()
        for number, physician in enumerate(self.plan.physicians):
            yield from self.row(physician, HEAD + number * ROW)
        yield text(16, self.height - 16, self.word("foot"), colour=FAINT)
        yield "</svg>"

    def guidelines(self) -> Iterator[str]:
        """A labelled line for each guideline, the labels on lines of their own."""
        values = self.lines_at
        bottom = self.height - FOOT
        for number, value in enumerate(values if len(values) <= MOST_LINES else ()):
            x, y = self.x(value), HEAD - 10 - 16 * (len(values) - 1 - number)
            label = f"{self.word('guideline')} {self.number(value)}"
            yield (
                f'<line x1="{x}" x2="{x}" y1="{y + 4}" y2="{bottom}" stroke="{FAINT}" '
                'stroke-width="1" stroke-dasharray="4 4"/>'
            )
            yield text(x, y, label, anchor="middle", colour=INK)

    def row(self, physician: PhysicianPlan, top: int) -> Iterator[str]:
        middle, bar = top + ROW // 2, top + (ROW - BAR) // 2
        yield f"<g><title>{escape(self.said(physician))}</title>"
        yield text(LEFT - 8, middle + 4, cut(_plain(physician.id), NAME), anchor="end")
        if physician.listed is not None:
            colour = _STATUS_COLOURS.get(physician.status or "", _UNKNOWN_COLOUR)
            width = float(self.x(physician.listed)) - LEFT
            yield (
                f'<rect x="{LEFT}" y="{bar}" width="{width:.1f}" height="{BAR}" fill="{colour}"/>'
            )
        if physician.guideline is not None:
            x = self.x(physician.guideline)
            yield (
                f'<line x1="{x}" x2="{x}" y1="{bar - 4}" y2="{bar + BAR + 4}" stroke="{INK}" '
                'stroke-width="3"/>'
            )
        yield text(WIDTH - RIGHT + 10, middle + 4, self.short(physician))
        yield "</g>"

    def short(self, physician: PhysicianPlan) -> str:
        """What stands beside the bar: ``1,200, over (+100)``; the guideline if no line has it."""
        if physician.listed is None:
            return self.word("unknown")
        listed = self.number(physician.listed)
        if len(self.lines_at) > MOST_LINES and physician.guideline is not None:
            return f"{listed}, {self.word('guideline')} {self.number(physician.guideline)}"
        if physician.status is None or physician.difference is None:
            return listed
        return f"{listed}, {self.word(physician.status)}{self.apart(physician.difference)}"

    def apart(self, difference: float) -> str:
        if not difference:
            return ""
        return f" ({'+' if difference > 0 else '−'}{self.number(abs(difference))})"

    def said(self, physician: PhysicianPlan) -> str:
        """The row in words."""
        listed = (
            self.word("unknown") if physician.listed is None
            else f"{self.number(physician.listed)} {self.word('listed')}"
        )  # fmt: skip
        if physician.guideline is None:
            guideline = self.word("open" if physician.undetermined else "none")
        else:
            guideline = f"{self.word('guideline')} {self.number(physician.guideline)}"
        status = (
            [self.word(physician.status) + self.apart(physician.difference or 0)]
            if physician.status
            else []
        )
        return f"{_plain(physician.id)}: {', '.join([listed, guideline, *status])}"


def _plain(text: str | None) -> str:
    return printable(text or "")
