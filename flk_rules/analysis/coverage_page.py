"""coverage as a page.

One HTML page that needs nothing else: no script, no network. All text of rules is escaped. What was
covered is said in words and signs, and in colour only besides.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import groupby

from flk_rules.analysis.coverage import (
    NOTHING,
    AtomFigures,
    Count,
    Figures,
    Point,
    RuleFigures,
    State,
)
from flk_rules.analysis.coverage_conditions import Line
from flk_rules.analysis.coverage_text import fraction, met, percent
from flk_rules.analysis.coverage_words import said
from flk_rules.explaining.words import FORCES
from flk_rules.model.rules import Text

_SIGNS = {State.COVERED: "✓", State.MISSED: "✗", State.UNREACHABLE: "–"}
_STYLE = """
:root { color-scheme: light; --ink: #1b1b1b; --soft: #4a4a4a; --line: #8a8a8a; --paper: #ffffff;
  --both: #d9f0dd; --one: #fdeec2; --never: #fbd9d5; --beyond: #e8e8ee; }
body { font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { padding: .2rem .8rem; border-bottom: 1px solid var(--line); text-align: left; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
section { border: 1px solid var(--line); border-radius: .3rem; margin: 1rem 0;
  padding: .6rem 1rem; }
h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
p { margin: .3rem 0; }
.soft { color: var(--soft); }
.code { font-family: ui-monospace, monospace; overflow-wrap: anywhere; line-height: 2.1; }
.atom { padding: .15rem .3rem; border-radius: .2rem; border: 1px solid var(--ink);
  -webkit-box-decoration-break: clone; box-decoration-break: clone; }
.both { background: var(--both); }
.one { background: var(--one); border-style: dashed; }
.never { background: var(--never); border-style: double; border-width: 3px; }
.beyond { background: var(--beyond); border-style: dotted; }
.atom small { white-space: nowrap; font-weight: 600; margin-left: .3rem; }
ul { margin: .3rem 0; padding: 0; list-style: none; }
body:has(#missed:checked) section.whole { display: none; }
a:focus-visible, input:focus-visible { outline: 3px solid #1f4fbf; }
@media (prefers-color-scheme: dark) { :root { color-scheme: dark; --ink: #f2f2f2; --soft: #c9c9c9;
  --line: #8a8a8a; --paper: #16181b; --both: #12401d; --one: #4d3b05; --never: #5c1a14;
  --beyond: #33333d; } a { color: #a9c7ff; } }
"""


def page(figures: Figures, language: str = "en") -> str:
    """The whole page."""
    return "\n".join(_Page(language).whole(figures)) + "\n"


class _Page:
    def __init__(self, language: str) -> None:
        self._language = language

    def said(self, name: str, *values: object, **named: object) -> str:
        return escape(said(name, self._language, *values, **named))

    def of(self, text: Text) -> str:
        return escape(text.in_language(self._language))

    def whole(self, figures: Figures) -> Iterator[str]:
        title, language = f"{self.said('heading')}: {percent(figures.total)}", self._language
        yield "<!doctype html>"
        yield f'<html lang="{language}">'
        yield '<head><meta charset="utf-8">'
        policy = "default-src 'none'; style-src 'unsafe-inline'"
        yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
        yield f"<title>{title.replace(':', '')}</title><style>{_STYLE}</style></head>"
        yield "<body><main>"
        yield f"<h1>{title}</h1>"
        seen = self.said(
            "seen",
            met=met(figures, language),
            values=fraction(figures.values),
            ways=fraction(figures.ways),
            overlays=fraction(figures.overlays),
            told=fraction(figures.told),
        )
        yield f"<p>{seen}</p>"
        yield from self.legend()
        yield from self.summary(figures)
        yield '<p><input type="checkbox" id="missed"> <label for="missed">'
        yield f"{self.said('only_missed')}</label></p>"
        for home, of_home in groupby(figures.rules, key=lambda each: each.home):
            yield f"<h2>{escape(home)}</h2>"
            for rule in of_home:
                yield from self.rule(rule)
        yield from self.others(figures)
        yield "</main></body></html>"

    def legend(self) -> Iterator[str]:
        yield f"<p>{self.said('legend')}</p>"
        yield '<p class="code">'
        for css, name in (
            ("both", "both"), ("one", "one"), ("never", "neither"), ("beyond", "outside"),
        ):  # fmt: skip
            yield f'<span class="atom {css}">{self.said(name)}</span>'
        yield "</p>"

    def summary(self, figures: Figures) -> Iterator[str]:
        yield "<table><thead><tr>"
        for name in ("ruleset", "question"):
            yield f'<th scope="col">{self.said(name)}</th>'
        for name in ("rules", "values", "ways", "cover"):
            yield f'<th scope="col" class="n">{self.said(name)}</th>'
        yield "</tr></thead><tbody>"
        for (home, question), group in groupby(
            figures.rules, key=lambda each: (each.home, each.rule.decides)
        ):
            rules = list(group)
            values = sum((each.value_count for each in rules), NOTHING)
            ways = sum((each.way_count for each in rules), NOTHING)
            link = escape(_anchor(rules[0]), quote=True)
            yield f'<tr><th scope="row"><a href="#{link}">{escape(home)}</a></th>'
            yield f"<td>{escape(question)}</td>{_cells(len(rules), values, ways)}</tr>"
        total = _cells(len(figures.rules), figures.values, figures.ways)
        yield f'<tr><th scope="row">{self.said("all")}</th><td></td>{total}</tr></tbody></table>'

    def rule(self, figures: RuleFigures) -> Iterator[str]:
        rule, source = figures.rule, figures.rule.source
        missed = [*figures.values.values(), *(p for a in figures.atoms for p in a.ways.values())]
        some = any(p.state is State.MISSED for p in missed)
        some = some or not all(used for _, used in figures.overlays)
        css = "some" if some else "whole"
        yield f'<section class="{css}" id="{escape(_anchor(figures), quote=True)}">'
        yield f"<h3>{escape(rule.id)}</h3>"
        yield f'<p lang="sv">{escape(rule.because.sv)}</p>'
        yield f'<p lang="en">{escape(rule.because.en)}</p>'
        cited = ", ".join(
            each
            for each in (source.document, source.section, source.provision, source.statement)
            if each
        )
        name = "from_to" if rule.valid_to else "from"
        kind = (
            self.said("of_question", rule.effect.value, rule.decides),
            self.of(FORCES[rule.force]),
            self.said(name, rule.valid_from, rule.valid_to),
        )
        yield f'<p class="soft">{", ".join(kind)}; {escape(cited)}</p>'
        for line in figures.lines:
            yield self.line(line, figures.atoms)
        points = "; ".join(self.point(*each) for each in figures.values.items())
        yield f"<p>{self.said('as_a_rule')}: {points}</p>"
        reasons = [*self.reasons(figures)]
        if reasons:
            yield f"<ul>{''.join(f'<li>{each}</li>' for each in reasons)}</ul>"
        yield "</section>"

    def point(self, name: str, point: Point) -> str:
        return f"{_SIGNS[point.state]} {self.said(name)} {self.said(point.state.value)}"

    def line(self, line: Line, atoms: tuple[AtomFigures, ...]) -> str:
        pieces = [
            escape(text) if number is None else self.atom(text, atoms[number])
            for text, number in line.pieces
        ]
        name = "" if line.definition is None else f"{escape(line.definition)} = "
        return f'<p class="code">{name}{"".join(pieces)}</p>'

    def atom(self, text: str, figures: AtomFigures) -> str:
        states = [point.state for point in figures.ways.values()]
        seen, missed = states.count(State.COVERED), states.count(State.MISSED)
        css = "both" if not missed else "one" if seen else "never"
        if not seen and not missed:
            css = "beyond"
        ways = [(self.said(name), point.state) for name, point in figures.ways.items()]
        marks = " ".join(f"{_SIGNS[state]}{name}" for name, state in ways)
        told = ", ".join(f"{name} {self.said(state.value)}" for name, state in ways)
        return (
            f'<span class="atom {css}" title="{told}">{escape(text)}<small>{marks}</small></span>'
        )

    def reasons(self, figures: RuleFigures) -> Iterator[str]:
        for name, point in figures.values.items():
            if point.why:
                yield f"– {self.said(name)}: {self.of(point.why)}"
        for each in figures.atoms:
            for name, point in each.ways.items():
                if point.why:
                    atom = f'<span class="code">{escape(each.atom.text)}</span>'
                    yield f"– {atom} {self.said(name)}: {self.of(point.why)}"
        for overlaid, used in figures.overlays:
            sign = _SIGNS[State.COVERED if used else State.MISSED]
            what = self.said("made_difference" if used else "made_none")
            by = self.said("by", overlaid.action, overlaid.ruleset)
            yield f"{sign} {by} {what}: {self.of(overlaid.because)}"

    def others(self, figures: Figures) -> Iterator[str]:
        if figures.taken:
            yield f"<h2>{self.said('rules_disabled')}</h2><ul>"
            for each in figures.taken:
                sign = _SIGNS[State.COVERED if each.was_true else State.MISSED]
                what = self.said("was_true" if each.was_true else "was_never_true")
                yield f"<li>{sign} {self.said('by', each.rule.id, each.home)}: {what}</li>"
            yield "</ul>"
        read = [each for each in figures.parameters if each.readers]
        if read:
            yield f"<h2>{self.said('parameters_read')}</h2><ul>"
            for told in read:
                sign = _SIGNS[State.COVERED if told.used else State.MISSED]
                what = self.said("its_value_told" if told.used else "told_nothing")
                name, why = escape(told.parameter.id), self.of(told.parameter.because)
                yield f"<li>{sign} {name} ({escape(told.home)}): {what}. {why}</li>"
            yield "</ul>"


def _cells(rules: int, values: Count, ways: Count) -> str:
    cells = str(rules), fraction(values), fraction(ways), percent(values + ways)
    return "".join(f'<td class="n">{each}</td>' for each in cells)


def _anchor(figures: RuleFigures) -> str:
    """A rule may have several versions."""
    return f"{figures.home}/{figures.rule.id}/{figures.number}"
