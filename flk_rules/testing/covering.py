"""pytest --flk-cov.

Rule coverage of a test run, as pytest-cov is coverage of code: options, watching in this process
and in workers of pytest-xdist, and the reports. Without the option nothing is imported or watched.
"""

from __future__ import annotations

import json
import pickle
import re
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from math import floor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from flk_rules.analysis.coverage import Figures

_TERMINAL = ("term", "term-missing")
_FILES = {"json": "flk-coverage.json", "html": "flk-coverage"}
"""Kinds of reports that are written, and where to unless it is said."""
_RULESET = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options."""
    group = parser.getgroup("flk rule coverage")
    group.addoption(
        "--flk-cov", action="append", nargs="?", const="", default=[], metavar="RULESET",
        help="measure which rules the tests' decisions cover; with a ruleset's id, only the rules "
        "that it has or changes (may be given several times)",
    )  # fmt: skip
    group.addoption(
        "--flk-cov-report", action="append", default=[], metavar="TYPE", type=_report,
        help="term (the default), term-missing, json[:FILE], html[:FOLDER or FILE.html]; may be "
        "given several times; '' for none",
    )  # fmt: skip
    group.addoption(
        "--flk-cov-fail-under", default=None, metavar="MIN", type=_percent,
        help="fail if less than MIN per cent of what is in reach was covered: values of rules and "
        "ways of atoms together",
    )  # fmt: skip
    group.addoption(
        "--no-flk-cov", action="store_true", default=False, help="switch --flk-cov off again"
    )


def _report(text: str) -> tuple[str, str]:
    kind, colon, path = text.partition(":")
    if kind in _FILES and (path or not colon):
        return kind, path or _FILES[kind]
    if text in ("", *_TERMINAL):
        return text, ""
    from argparse import ArgumentTypeError

    known = "term, term-missing, json, json:FILE, html, html:FOLDER or html:FILE.html"
    raise ArgumentTypeError(f"expected {known}, found {text!r}")


def _percent(text: str) -> float:
    from argparse import ArgumentTypeError

    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 100:
        raise ArgumentTypeError(f"expected a number from 0 to 100, found {text!r}")
    return number


def pytest_configure(config: pytest.Config) -> None:
    """Begins to watch, if it was asked for."""
    asked = config.getoption("--flk-cov")
    if not asked or config.getoption("--no-flk-cov"):
        return
    for each in filter(None, asked):
        if not _RULESET.fullmatch(each) or _to_test(each):
            raise pytest.UsageError(
                f"--flk-cov: expected a ruleset's id, found {each!r}; if it is what to test, write "
                "it before --flk-cov"
            )
    from flk_rules.testing.settings import settings_of

    settings_of(config)  # a language that nobody has is told before anything runs
    config.pluginmanager.register(Covering(config, [*filter(None, asked)]), "flk-covering")


def _to_test(name: str) -> bool:
    """Whether a word is rather a file or folder to test: a ruleset's own folder has its id."""
    return Path(name).is_file() or (Path(name).is_dir() and "." not in name)


class Covering:
    """Watches one session, and reports at its end; a worker hands over what it saw."""

    def __init__(self, config: pytest.Config, homes: list[str]) -> None:
        from flk_rules.analysis.coverage_record import Recorder
        from flk_rules.watching import watching

        self._config, self._homes = config, homes
        self._is_worker = hasattr(config, "workerinput")
        self._lost = 0
        self._figures: Figures | None = None
        self._nowhere: list[str] = []
        self._said: list[tuple[str, dict[str, bool]]] = []
        self._recorder = Recorder(homes)
        self._watching = ExitStack()
        self._watching.enter_context(watching(self._recorder))
        config.add_cleanup(self._watching.close)

    def pytest_runtest_logfinish(self) -> None:
        """Traces what one test brought, so that it need not be kept."""
        self._recorder.trace()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Takes what a worker of pytest-xdist saw."""
        saw = getattr(node, "workeroutput", {}).get("flk_cov")
        if saw is None:
            self._lost += 1
        else:
            self._recorder.trace().merge(pickle.loads(saw))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Hands over, or counts, writes the files and holds the figure against its bound."""
        self._watching.close()
        if self._is_worker:
            output: dict[str, Any] = self._config.workeroutput  # type: ignore[attr-defined]
            output["flk_cov"] = pickle.dumps(self._recorder.trace())
        elif not self._config.getoption("collectonly"):
            from flk_rules.analysis.coverage import figures
            from flk_rules.analysis.coverage_reach import reach

            self._figures = figures(self._recorder.trace(), reach)
            failed = [
                self._unknown(),
                self._write(self._figures),
                not self._enough(self._figures),
            ]
            if any(failed) and exitstatus == pytest.ExitCode.OK:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Shows the table."""
        if self._figures is None:
            return
        terminalreporter.section(self._word("title"))
        for line in self._lines(self._figures):
            terminalreporter.write_line(line)
        for line, colours in self._said:
            terminalreporter.write_line(line, **colours)

    def _reports(self) -> list[tuple[str, str]]:
        return self._config.getoption("--flk-cov-report") or [("term", "")]

    def _lines(self, figures: Figures) -> Iterator[str]:
        from flk_rules.analysis import coverage_text as text

        kinds, language = {kind for kind, _ in self._reports()}, self._language
        yield text.met(figures, language)
        if self._lost:
            yield self._word("lost_one" if self._lost == 1 else "lost", self._lost)
        homes = {each.home for each in figures.rules}
        for home in self._homes:
            if home not in homes and home not in self._nowhere:
                yield self._word("no_decision", home)
        if figures.rules and kinds.intersection(_TERMINAL):
            yield from text.table(figures, language)
            yield from text.summary(figures, language)
        if "term-missing" in kinds:
            yield from text.missing(figures, language)

    @property
    def _language(self) -> str:
        from flk_rules.testing.settings import settings_of

        return settings_of(self._config).language

    def _word(self, name: str, *values: object) -> str:
        from flk_rules.analysis.coverage_words import said

        return said(name, self._language, *values)

    def _unknown(self) -> bool:
        """Says which rulesets asked for are nowhere; whether one is. Known only now: tables and
        tests load rulesets from folders of their own."""
        from flk_rules.errors import FlkError, UnknownName
        from flk_rules.loading.finder import available
        from flk_rules.testing.settings import settings_of

        known = set(self._recorder.trace().rulesets)
        with suppress(FlkError):  # of folders that cannot be read the tables tell
            known.update(available(settings_of(self._config).rulesets.folders))
        self._nowhere = [each for each in self._homes if each not in known]
        for each in self._nowhere:
            self._say(f"--flk-cov: {UnknownName('ruleset', each, known)}", red=True)
        return bool(self._nowhere)

    def _write(self, figures: Figures) -> bool:
        """Writes the files; whether one could not be."""
        failed = False
        for kind, path in self._reports():
            if kind in _FILES:
                file = Path(path)
                if kind == "html" and file.suffix.lower() not in (".html", ".htm"):
                    file = file / "index.html"
                try:
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_text(_content(kind, figures, self._language), "utf-8")
                except OSError as error:
                    failed = True
                    why = (error.strerror or "it is no file").lower()
                    self._say(f"--flk-cov-report={kind}:{path}: cannot be written: {why}", red=True)
                else:
                    self._say(self._word("written", kind.upper(), file))
        return failed

    def _enough(self, figures: Figures) -> bool:
        least: float | None = self._config.getoption("--flk-cov-fail-under")
        if least is None:
            return True
        share = figures.total.percent or 0.0
        # Rounded down, so that what is too little never reads as enough.
        is_at, enough = floor(share * 100) / 100, share >= least
        words = self._word("reached" if enough else "not_reached", least, is_at)
        self._say(words, green=enough, red=not enough)
        return enough

    def _say(self, line: str, **colours: bool) -> None:
        self._said.append((line, colours))


def _content(kind: str, figures: Figures, language: str) -> str:
    if kind == "json":
        from flk_rules.analysis.coverage_json import as_json

        return json.dumps(as_json(figures), ensure_ascii=False, indent=2) + "\n"
    from flk_rules.analysis.coverage_page import page

    return page(figures, language)
