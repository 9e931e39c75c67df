"""tables as tests.

A table of cases is a file of tests, each case one item for each engine. A table with mistakes is
one item that fails with all of them, so that the cases of no other table are hidden by it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

import pytest
from _pytest._code.code import ReprFileLocation, TerminalRepr
from _pytest._io import TerminalWriter

from flk_rules.cases import Case, Trial, read_cases, try_case
from flk_rules.errors import CasesInvalid
from flk_rules.explaining import Line
from flk_rules.model.answers import Outcome
from flk_rules.testing.settings import settings_of
from flk_rules.testing.showing import summary, text, trial_lines

_MARKUP: dict[str, dict[str, bool]] = {
    "heading": {"bold": True},
    "wrong": {"red": True, "bold": True},
    "detail": {"light": True},
    **{each.value: {"bold": True} for each in Outcome},
}
"""How pytest colours the lines, where it does."""


class CaseFailed(Exception):
    """A decision, or a failure, that is not as its case states."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        super().__init__(trial.case.name)


class CasesFile(pytest.File):
    """A table of cases."""

    def collect(self) -> Iterable[pytest.Item]:
        """The cases of the table, or the one item that tells its mistakes."""
        settings = settings_of(self.config)
        try:
            cases = read_cases(self.path, settings.rulesets)
        except CasesInvalid as error:
            message = "\n".join(str(each) for each in error.problems)
            if self.config.option.collectonly or self.asked_for_one():
                raise self.CollectError(message) from None  # no item of it will run that could tell
            if not self.config.pluginmanager.has_plugin(_KEEPING):
                self.config.pluginmanager.register(Keeping(), _KEEPING)
            yield MistakesItem.from_parent(self, name="mistakes", message=message)
            return
        several = len(settings.engines) > 1
        for case in cases:
            for engine in settings.engines:
                name = f"{case.name}[{engine}]" if several else case.name
                yield CaseItem.from_parent(self, name=name, case=case, engine=engine)

    def asked_for_one(self) -> bool:
        """Whether the command line names a case of this table."""
        return any(f"{self.path.name}::" in each for each in self.config.args)


class MistakesItem(pytest.Item):
    """A table that cannot be read: an error with every mistake."""

    def __init__(self, *, message: str, **options: Any) -> None:
        super().__init__(**options)
        self.message = message

    def setup(self) -> None:
        """Fail before anything is tried."""
        pytest.fail(self.message, pytrace=False)

    def runtest(self) -> None:
        """Nothing: it fails before."""

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The file."""
        return self.path, 0, self.path.name


class CaseItem(pytest.Item):
    """A case, decided by one engine."""

    def __init__(self, *, case: Case, engine: str, **options: Any) -> None:
        super().__init__(**options)
        self.case, self.engine = case, engine
        self.extra_keyword_matches.update((case.ruleset, case.question, engine))
        self.user_properties += (
            ("ruleset", case.ruleset), ("question", case.question), ("engine", engine),
        )  # fmt: skip

    def trial(self) -> Trial:
        """Decide the case and judge the decision."""
        return try_case(self.case, settings_of(self.config).rulesets, self.engine)

    def runtest(self) -> None:
        """Raise `CaseFailed` where the decision is not as the case states."""
        trial = self.trial()
        if not trial.passed:
            raise CaseFailed(trial)

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None
    ) -> str | TerminalRepr:
        """The explained decision beside what was expected."""
        if not isinstance(excinfo.value, CaseFailed):
            return super().repr_failure(excinfo)
        trial = excinfo.value.trial
        shown = trial_lines(trial, self.engine, settings_of(self.config).language)
        return ShownTrial(trial, tuple(shown))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The file and line of the case, from nought, and its name."""
        return self.path, self.case.line - 1, self.name


class ShownTrial(TerminalRepr):
    """A case that failed, as pytest prints it."""

    def __init__(self, trial: Trial, shown: tuple[Line, ...]) -> None:
        self.shown = shown
        case = trial.case
        self.reprcrash = ReprFileLocation(str(case.file), case.line, summary(trial.differences))

    def toterminal(self, tw: TerminalWriter) -> None:
        """The lines in pytest's colours."""
        for line in self.shown:
            tw.line(line.text, **_MARKUP.get(line.style, {}))
        tw.line("")
        self.reprcrash.toterminal(tw)

    def __str__(self) -> str:
        """What differs comes first: a worker sends this text, and its first line is the summary."""
        crash = self.reprcrash
        return f"{crash.message}\n\n{text(self.shown)}\n\n{crash.path}:{crash.lineno}"


_KEEPING = "flk_rules.keeping"


class Keeping:
    """Keeps tables with mistakes where a choice by name or mark would leave them out: whether the
    cases chosen are among theirs, nobody can say. Registered once there is one."""

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> Generator[None]:
        """Put them back."""
        broken = [each for each in items if isinstance(each, MistakesItem)]
        yield
        items += [each for each in broken if each not in items]
