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
from flk_rules.model.rules import Text

_SIGNS = {State.COVERED: "✓", State.MISSED: "✗", State.UNREACHABLE: "–"}
_WORDS = {
    State.COVERED: "seen",
    State.MISSED: "never seen",
    State.UNREACHABLE: "out of reach",
}
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


def page(figures: Figures) -> str:
    """The whole page."""
    return "\n".join(_page(figures)) + "\n"


def _page(figures: Figures) -> Iterator[str]:
    yield "<!doctype html>"
    yield '<html lang="en">'
    yield '<head><meta charset="utf-8">'
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>Rule coverage {percent(figures.total)}</title><style>{_STYLE}</style></head>"
    yield "<body><main>"
    yield f"<h1>Rule coverage: {percent(figures.total)}</h1>"
    yield (
        f"<p>{met(figures)}. Seen are {fraction(figures.values)} values of rules and "
        f"{fraction(figures.ways)} ways of atoms; "
        f"{fraction(figures.overlays)} overlays made a difference, and the value of "
        f"{fraction(figures.told)} parameters told.</p>"
    )
    yield from _legend()
    yield from _summary(figures)
    yield '<p><input type="checkbox" id="missed"> <label for="missed">Only rules of which '
    yield "something was missed</label></p>"
    for home, of_home in groupby(figures.rules, key=lambda each: each.home):
        yield f"<h2>{escape(home)}</h2>"
        for rule in of_home:
            yield from _rule(rule)
    yield from _others(figures)
    yield "</main></body></html>"


def _legend() -> Iterator[str]:
    yield "<p>Of an atom of a condition, a way is seen where the atom was so and decided: its "
    yield "opposite alone would have turned the rule from true to false, or from false to true.</p>"
    yield '<p class="code">'
    for css, text in (
        ("both", "both ways ✓"),
        ("one", "one way missed ✗"),
        ("never", "never decided ✗✗"),
        ("beyond", "out of reach –"),
    ):
        yield f'<span class="atom {css}">{text}</span>'
    yield "</p>"


def _summary(figures: Figures) -> Iterator[str]:
    yield '<table><thead><tr><th scope="col">ruleset</th><th scope="col">question</th>'
    for name in ("rules", "values", "ways", "cover"):
        yield f'<th scope="col" class="n">{name}</th>'
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
    yield f'<tr><th scope="row">all</th><td></td>{total}</tr></tbody></table>'


def _cells(rules: int, values: Count, ways: Count) -> str:
    cells = str(rules), fraction(values), fraction(ways), percent(values + ways)
    return "".join(f'<td class="n">{each}</td>' for each in cells)


def _anchor(figures: RuleFigures) -> str:
    """A rule may have several versions."""
    return f"{figures.home}/{figures.rule.id}/{figures.number}"


def _rule(figures: RuleFigures) -> Iterator[str]:
    rule, source = figures.rule, figures.rule.source
    missed = [*figures.values.values(), *(p for a in figures.atoms for p in a.ways.values())]
    some = any(p.state is State.MISSED for p in missed)
    some = some or not all(used for _, used in figures.overlays)
    css = "some" if some else "whole"
    yield f'<section class="{css}" id="{escape(_anchor(figures), quote=True)}">'
    yield f"<h3>{escape(rule.id)}</h3>"
    yield from _words(rule.because)
    cited = ", ".join(
        each for each in (source.document, source.section, source.provision, source.statement)
        if each
    )  # fmt: skip
    until = f" to {rule.valid_to}" if rule.valid_to else ""
    holds = f"from {rule.valid_from}{until}"
    kind = f"{rule.effect.value} of {rule.decides}, {rule.force.value}, {holds}"
    yield f'<p class="soft">{escape(kind)}; {escape(cited)}</p>'
    for line in figures.lines:
        yield _line(line, figures.atoms)
    yield f"<p>As a rule: {'; '.join(_point(*each) for each in figures.values.items())}</p>"
    reasons = [*_reasons(figures)]
    if reasons:
        yield f"<ul>{''.join(f'<li>{each}</li>' for each in reasons)}</ul>"
    yield "</section>"


def _words(text: Text) -> Iterator[str]:
    yield f'<p lang="sv">{escape(text.sv)}</p><p>{escape(text.en)}</p>'


def _point(name: str, point: Point) -> str:
    return f"{_SIGNS[point.state]} {name} {_WORDS[point.state]}"


def _line(line: Line, atoms: tuple[AtomFigures, ...]) -> str:
    pieces = [
        escape(text) if number is None else _atom(text, atoms[number])
        for text, number in line.pieces
    ]
    name = "" if line.definition is None else f"{escape(line.definition)} = "
    return f'<p class="code">{name}{"".join(pieces)}</p>'


def _atom(text: str, figures: AtomFigures) -> str:
    states = [point.state for point in figures.ways.values()]
    seen, missed = states.count(State.COVERED), states.count(State.MISSED)
    css = "both" if not missed else "one" if seen else "never"
    if not seen and not missed:
        css = "beyond"
    marks = " ".join(f"{_SIGNS[point.state]}{name}" for name, point in figures.ways.items())
    said = ", ".join(f"{name} {_WORDS[point.state]}" for name, point in figures.ways.items())
    return (
        f'<span class="atom {css}" title="{escape(said, quote=True)}">{escape(text)}'
        f"<small>{marks}</small></span>"
    )


def _reasons(figures: RuleFigures) -> Iterator[str]:
    for name, point in figures.values.items():
        if point.why:
            yield f"– {name}: {escape(point.why)}"
    for each in figures.atoms:
        for name, point in each.ways.items():
            if point.why:
                atom = f'<span class="code">{escape(each.atom.text)}</span>'
                yield f"– {atom} {name}: {escape(point.why)}"
    for overlaid, used in figures.overlays:
        sign = _SIGNS[State.COVERED if used else State.MISSED]
        what = "made a difference" if used else "made no difference"
        why = escape(overlaid.because.en)
        yield f"{sign} {escape(overlaid.action)} by {escape(overlaid.ruleset)} {what}: {why}"


def _others(figures: Figures) -> Iterator[str]:
    if figures.taken:
        yield "<h2>Rules disabled</h2><ul>"
        for each in figures.taken:
            sign = _SIGNS[State.COVERED if each.was_true else State.MISSED]
            what = (
                "would have been true" if each.was_true else "would have been true of no decision"
            )
            yield f"<li>{sign} {escape(each.rule.id)} by {escape(each.home)}: {what}</li>"
        yield "</ul>"
    read = [each for each in figures.parameters if each.readers]
    if read:
        yield "<h2>Parameters that rules read</h2><ul>"
        for told in read:
            sign = _SIGNS[State.COVERED if told.used else State.MISSED]
            what = "its value told" if told.used else "its value told in no decision"
            name, why = escape(told.parameter.id), escape(told.parameter.because.en)
            yield f"<li>{sign} {name} ({escape(told.home)}): {what}. {why}</li>"
        yield "</ul>"
