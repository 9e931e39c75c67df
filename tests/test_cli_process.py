"""flk as a process.

What only a process has: pipes that close, signals, encodings, terminals, closed streams.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import threading
from pathlib import Path
from typing import Any

import pytest

import flk_rules

HEAD = "läkare;legitimation;specialiteter;utbildningsskede;ST-specialitet;år kvar\n"
GOOD = "L1;giltig;Allmänmedicin;ingen;;\n"
PLACE = str(Path(flk_rules.__file__).parent.parent)
COMMAND = [sys.executable, "-m", "flk_rules"]
SPELLED_OUT = rb"KAN VARA FAST L\xc4KARKONTAKT: l\xe4kare L1"
DECIDE = [*COMMAND, "decide", "eligibility", "--on", "2024-10-01"]


def environment(**changes: str) -> dict[str, str]:
    plain = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "LC_", "LANG", "TTY_", "COV_"))
        and name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM")
    }
    return {**plain, "PYTHONPATH": PLACE, "PYTHONIOENCODING": "utf-8", **changes}


def run(*arguments: str, shell: str = "", env: dict[str, str] | None = None, **more: Any) -> Any:
    """The finished process; `shell` is what a shell adds to the command, such as a redirection."""
    command = [*DECIDE, *arguments]
    if shell:
        command = ["bash", "-c", f'set -o pipefail; "$@" {shell}', "flk", *command]
    return subprocess.run(
        command, capture_output=True, env=env or environment(), timeout=60, check=False, **more
    )


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.csv").write_text(HEAD + GOOD, encoding="utf-8-sig")
    (tmp_path / "long.csv").write_text(HEAD + GOOD * 3_000, encoding="utf-8-sig")
    return tmp_path


def test_a_reader_may_go_away() -> None:
    ran = run("long.csv", shell="| head -1")
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ran.stdout.decode() == "KAN VARA FAST LÄKARKONTAKT: läkare L1\n"


@pytest.mark.parametrize(
    ("shell", "code", "message"),
    [
        ("- --input csv <&-", 2, "flk: standard input: closed\n"),
        ("- --input csv </dev/null", 2, "flk: standard input: the file is empty\n"),
        ("good.csv >/dev/full", 2, "flk: standard output: no space left on device\n"),
        ("good.csv >&-", 0, ""),
        ("absent.csv 2>&-", 2, ""),
        ("/dev/zero --input csv", 2, "flk: /dev/zero: larger than 200,000,000 bytes; split it\n"),
    ],
)
def test_streams_closed_empty_full_and_endless(shell: str, code: int, message: str) -> None:
    ran = run(shell=shell)
    assert (ran.returncode, ran.stdout.decode(), ran.stderr.decode()) == (code, "", message)


def test_interrupted() -> None:
    process = subprocess.Popen(
        [*DECIDE, "--format", "jsonl", "long.csv"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(),
    )  # fmt: skip
    assert process.stdout is not None
    first = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (130, b"")
    rows = (first + rest).decode().splitlines()
    assert len(rows) < 3_000
    assert {json.loads(row)["outcome"] for row in rows} == {"eligible"}


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"PYTHONIOENCODING": "ascii"}, SPELLED_OUT),
        ({"PYTHONIOENCODING": "latin-1"}, b"KAN VARA FAST L\xc4KARKONTAKT: l\xe4kare L1"),
        ({"PYTHONIOENCODING": "", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
         SPELLED_OUT),
    ],
    ids=["ascii", "latin-1", "C locale"],
)  # fmt: skip
def test_a_terminal_that_lacks_letters(changes: dict[str, str], line: bytes) -> None:
    ran = run("good.csv", env=environment(**changes))
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ran.stdout.splitlines()[0] == line


def test_messages_and_json_where_letters_lack() -> None:
    Path("bad.csv").write_text(HEAD + GOOD + "L2;återkalad;;;;\n", encoding="utf-8")
    ran = run("--format", "jsonl", "bad.csv", env=environment(PYTHONIOENCODING="ascii"))
    assert ran.returncode == 1
    assert (
        "läkarkontakt"
        in json.loads(ran.stdout)["rules"]["se.national.eligibility.general_practice"]["because"][
            "sv"
        ]
    )
    assert ran.stderr.splitlines()[0] == (
        rb"flk: bad.csv row 2 (line 3) legitimation: no code '\xe5terkalad'; did you mean "
        rb"'\xe5terkallad'?"
    )


def test_a_file_s_name_is_anybody_s_text() -> None:
    name = os.fsdecode(b"b\xe5d\x1b[2J.csv")
    try:
        Path(name).write_text(HEAD + GOOD + "L2;x;;;;\n", encoding="utf-8")
    except OSError:
        pytest.skip("the file system takes UTF-8 names only")
    ran = run("--format", "jsonl", name)
    assert ran.returncode == 1
    assert json.loads(ran.stdout)["where"].startswith("b\udce5d\x1b[2J.csv row 1")
    assert b"\x1b" not in ran.stdout + ran.stderr
    assert ran.stderr.decode().startswith("flk: b\ufffdd\ufffd[2J.csv row 2 (line 3) legitimation:")


# ---- terminals ---------------------------------------------------------------------------------


def on_terminal(
    *arguments: str, output: bool = True, columns: int = 80, command: list[str] = DECIDE
) -> tuple[int, str, bytes]:
    """The exit code, what the terminal showed, and what came out of the pipe where standard output
    is no terminal; the error stream always is."""
    screen, end = pty.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    process = subprocess.Popen(
        [*command, *arguments], stdin=subprocess.DEVNULL, stderr=end,
        stdout=end if output else subprocess.PIPE, env=environment(TERM="xterm-256color"),
    )  # fmt: skip
    os.close(end)
    piped: list[bytes] = []
    reader = threading.Thread(target=lambda: piped.append(process.communicate()[0]))
    reader.start()
    shown = b""
    with contextlib.suppress(OSError):  # Linux ends a terminal's stream so
        while part := os.read(screen, 65_536):
            shown += part
    os.close(screen)
    reader.join(timeout=60)
    return process.returncode, shown.decode(), piped[0] or b""


def test_colours_and_width_of_a_terminal() -> None:
    code, shown, _ = on_terminal("good.csv")
    assert code == 0
    assert shown.startswith("\x1b[1;32mKAN VARA FAST LÄKARKONTAKT: läkare L1\x1b[0m\r\n")
    _, shown, _ = on_terminal("--format", "table", "good.csv", columns=50)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert max(len(line) for line in plain.splitlines()) == 50


def test_a_long_run_shows_its_progress_beside_its_output() -> None:
    impatient = "import flk_rules.cli.progress as p; p.PATIENCE = 0; import flk_rules.__main__"
    arguments = ["--format", "jsonl", "good.csv", "good.csv"]
    code, shown, piped = on_terminal(
        *arguments, output=False, command=[sys.executable, "-c", impatient, *DECIDE[3:]]
    )
    assert code == 0
    assert re.search(r"2/2", shown)
    assert b"\x1b" not in piped
    assert len(piped.splitlines()) == 2
    code, shown, _ = on_terminal(*arguments, command=[sys.executable, "-c", impatient, *DECIDE[3:]])
    assert "2/2" not in shown  # where the decisions scroll by, a bar would only be in the way


def test_a_short_run_shows_none() -> None:
    code, shown, piped = on_terminal("good.csv", output=False)
    assert (code, shown) == (0, "")
    assert b"\x1b" not in piped
