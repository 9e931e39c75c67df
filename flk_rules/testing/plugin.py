"""the pytest plugin.

Collects tables of cases and gives fixtures to those who embed the library. pytest imports this
module at its start in every project of an environment, so it imports nothing of the library
itself; PYTEST_DONT_REWRITE, as it asserts nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from flk_rules.decision import Decision
    from flk_rules.library import Ruleset

ENDING = ".cases.toml"
MARK = (
    "flk(ruleset, on, path=()): the ruleset of flk_ruleset and flk_decide: its id, the date, and "
    "further folders to look in"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the command line and of the project's settings."""
    group = parser.getgroup("flk", "decisions of flk_rules")
    group.addoption(
        "--flk-engine", action="append", metavar="rete|reference", default=None,
        help="engine that decides the cases of tables; repeatable (default: the setting "
             "flk_engines, or rete)",
    )  # fmt: skip
    group.addoption(
        "--flk-lang", metavar="sv|en", default=None,
        help="language of explanations and of the reports of --flk-cov (default: the setting "
             "flk_language, or en)",
    )  # fmt: skip
    parser.addini("flk_engines", "engines that decide the cases of tables", "args", ["rete"])
    parser.addini("flk_language", "language of explanations and of reports, sv or en", default="en")
    parser.addini("flk_path", "further folders of rulesets, from the root folder", "args", [])
    parser.addini("flk_ruleset", "the ruleset of tests without the mark flk", default="")
    parser.addini("flk_on", "the date of tests without the mark flk", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Tell pytest the mark, and check what the command line says."""
    config.addinivalue_line("markers", MARK)
    if config.getoption("--flk-engine") or config.getoption("--flk-lang"):
        from flk_rules.testing.settings import settings_of

        settings_of(config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A table of cases is a file of tests."""
    if not file_path.name.endswith(ENDING):
        return None
    from flk_rules.testing.collecting import CasesFile
    from flk_rules.testing.running import register

    register(parent.config)
    collected: pytest.Collector = CasesFile.from_parent(parent, path=file_path)
    return collected


@pytest.fixture
def flk_ruleset(request: pytest.FixtureRequest) -> Ruleset:
    """The ruleset that the test's mark names, ``@pytest.mark.flk("se.stockholm", on=date(...))``,
    or the settings `flk_ruleset` and `flk_on`; loaded once a session."""
    from flk_rules.testing.settings import ruleset_of

    try:
        return ruleset_of(request.config, request.node.get_closest_marker("flk"))
    except pytest.UsageError as error:
        wrong = str(error)
    pytest.fail(wrong, pytrace=False)


@pytest.fixture
def flk_decide(flk_ruleset: Ruleset) -> Callable[..., Decision]:
    """``flk_decide("eligibility", physician=..., patient=...)``: `decide` of `flk_ruleset`."""
    decide: Callable[..., Any] = flk_ruleset.decide
    return decide
