"""a long plan's progress.

A bar while a unit is read and while its patients are decided, beside the output and only on a
terminal.
"""

from __future__ import annotations

import io
import time

import pytest
from rich.console import Console

import flk_rules.cli.progress as progress
from flk_rules.cli.progress import working


def bar_on(stream: io.StringIO, *, terminal: bool) -> Console:
    return Console(file=stream, width=60, force_terminal=terminal, legacy_windows=False)


def test_a_bar_appears_when_patience_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0)
    stream = io.StringIO()
    with working(bar_on(stream, terminal=True)):
        for _ in range(600):
            if "flk" in stream.getvalue():
                break
            time.sleep(0.05)
    assert "flk" in stream.getvalue()
    assert stream.getvalue().count("\x1b[?25l") == stream.getvalue().count("\x1b[?25h") == 1


@pytest.mark.parametrize("terminal", [True, False])
def test_quick_work_and_a_pipe_show_none(terminal: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 3600 if terminal else 0)
    stream = io.StringIO()
    with working(bar_on(stream, terminal=terminal)):
        pass
    assert stream.getvalue() == ""


def test_a_bar_goes_away_when_the_work_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0)
    stream = io.StringIO()
    with pytest.raises(KeyError), working(bar_on(stream, terminal=True)):
        raise KeyError
    assert stream.getvalue().count("\x1b[?25l") == stream.getvalue().count("\x1b[?25h")
