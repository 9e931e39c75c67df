"""colour and progress.

What a terminal gets and a pipe does not: colours, a frame, its own width; and a progress bar that
waits, keeps to the error stream and never touches the output.
"""

from __future__ import annotations

import io
import json
import re
import sys
from datetime import date

import pytest
from rich.console import Console

import flk_rules.cli.output as output
from flk_rules import Decision, load
from flk_rules.cli.output import JsonWriter, TableWriter, Tally, TextWriter, console
from flk_rules.cli.progress import PATIENCE, with_progress
from flk_rules.model.answers import Outcome

RULESET = load("se.national", on=date(2024, 10, 1))
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def decided(**physician: object) -> Decision:
    return RULESET.decide("eligibility", physician={"id": "L1", "licence": "valid", **physician})


GP = decided(specialties=["allmanmedicin"])
REVOKED = decided(licence="revoked")


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Standard output as a terminal of 60 columns, from within a test: pytest changes it before."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setenv("COLUMNS", "60")
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    return stream


def test_text_is_coloured_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = terminal(monkeypatch)
    writer = TextWriter("en")
    writer.decision("r.csv row 1", GP)
    writer.decision("r.csv row 2", REVOKED)
    writer.end()
    text = stream.getvalue()
    assert text.startswith("\x1b[1;32mELIGIBLE: physician L1\x1b[0m\n")
    assert "\x1b[1;31mNOT ELIGIBLE (forbidden by law): physician L1\x1b[0m" in text
    assert ESCAPE.sub("", text) == (
        f"{GP.explain('en')}\n\n{REVOKED.explain('en')}\n\n2 decided: 1 ELIGIBLE, 1 NOT ELIGIBLE\n"
    )


def test_no_color_is_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = terminal(monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")
    TextWriter("en").decision("r.csv row 1", GP)
    assert "\x1b[1mELIGIBLE" in stream.getvalue()
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", stream.getvalue())


def test_a_pipe_gets_the_explanation_itself(capsys: pytest.CaptureFixture[str]) -> None:
    writer = TextWriter("sv")
    writer.decision("r.csv row 1", GP)
    writer.end()
    assert capsys.readouterr().out == (
        f"{GP.explain('sv')}\n\n1 avgjorda: 1 KAN VARA FAST LÄKARKONTAKT\n"
    )


def test_a_table_fits_its_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = terminal(monkeypatch)
    writer = TableWriter("en")
    writer.decision("r.csv row 1", GP)
    writer.end()
    frame, *lines = ESCAPE.sub("", stream.getvalue()).splitlines()
    assert frame.startswith("┏")
    assert max(len(line) for line in [frame, *lines]) <= 60
    assert any("Specialist in general" in line for line in lines)


def test_a_table_in_a_pipe_has_its_own_width(capsys: pytest.CaptureFixture[str]) -> None:
    writer = TableWriter("en")
    writer.decision("r.csv row 1", GP)
    writer.end()
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        "row  outcome   force     because",
        "L1   ELIGIBLE  guidance  Specialist in general practice, the starting point for the role",
        "", "1 decided: 1 ELIGIBLE",
    ]  # fmt: skip


def test_markup_in_data_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    for writer in (TextWriter("en"), TableWriter("en")):
        writer.decision("x", decided(id="[bold]:smile:[/]"))
        writer.end()
    assert capsys.readouterr().out.count("[bold]:smile:[/]") == 2


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8", "UTF8"])
def test_json_lines_are_json_in_any_encoding(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))
    JsonWriter().decision("å.csv", GP)
    sys.stdout.flush()
    row = json.loads(raw.getvalue().decode(encoding))
    assert row["where"] == "å.csv"
    assert ("å".encode() in raw.getvalue()) == encoding.lower().startswith("utf")


def test_counts_are_in_the_order_of_the_outcomes() -> None:
    tally = Tally("sv")
    for each in (decided(licence="revoked"), GP, decided(licence="none")):
        tally.add(each)
    assert str(tally) == "3 avgjorda: 1 KAN VARA FAST LÄKARKONTAKT, 2 INTE FAST LÄKARKONTAKT"
    assert str(Tally("en")) == "0 decided"


def test_every_outcome_has_a_style() -> None:
    assert {each.value for each in Outcome} <= output.STYLES.keys()


# ---- progress ----------------------------------------------------------------------------------


class Clock:
    """Time that passes by `step` at each look."""

    def __init__(self, step: float) -> None:
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def run(to: Console, clock: Clock, count: int = 5) -> list[int]:
    return list(with_progress(range(count), count, to, clock=clock))


def bar_on(stream: io.StringIO, **options: bool) -> Console:
    return Console(file=stream, width=60, **options)  # type: ignore[arg-type]


def test_a_bar_appears_when_patience_is_over() -> None:
    stream = io.StringIO()
    terminal = bar_on(stream, force_terminal=True, legacy_windows=False)
    assert run(terminal, Clock(PATIENCE / 2)) == [0, 1, 2, 3, 4]
    shown = ESCAPE.sub("", stream.getvalue())
    assert "flk" in shown
    assert "5/5" in shown


def test_a_quick_run_shows_no_bar() -> None:
    stream = io.StringIO()
    assert run(bar_on(stream, force_terminal=True), Clock(PATIENCE / 10)) == [0, 1, 2, 3, 4]
    assert stream.getvalue() == ""


def test_no_terminal_no_bar() -> None:
    stream = io.StringIO()
    assert run(bar_on(stream, force_terminal=False), Clock(100)) == [0, 1, 2, 3, 4]
    assert stream.getvalue() == ""


def test_a_bar_leaves_standard_output_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """Rich would send what is printed meanwhile to the bar's stream."""
    terminal = bar_on(io.StringIO(), force_terminal=True)
    for item in with_progress(range(3), 3, terminal, clock=Clock(100)):
        print(item)
        sys.stderr.write("e")
    assert capsys.readouterr() == ("0\n1\n2\n", "eee")


def test_a_bar_goes_away_when_a_run_is_broken_off() -> None:
    stream = io.StringIO()
    rows = with_progress(range(9), 9, bar_on(stream, force_terminal=True), clock=Clock(100))
    next(rows)
    next(rows)
    rows.close()
    assert stream.getvalue().count("\x1b[?25l") == stream.getvalue().count("\x1b[?25h") == 1


def test_a_console_measures_terminals_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert console().width == output.PLAIN_WIDTH
    assert not console(err=True).is_terminal
