"""cases that pass, quickly.

pytest takes some thirty times as long for an item as a decision takes: setup, call and teardown,
each with its hooks and its report. A case has nothing to set up, so one that passes between two
others of its table is run and reported at once. One that fails, or the first or last of a table,
or any case where somebody else's plugin has a part in running items, takes pytest's whole way.
"""

from __future__ import annotations

from time import perf_counter, time

import pytest

from flk_rules.testing.collecting import CaseItem

NAME = "flk_rules.running"
_STEPS = ("pytest_runtest_setup", "pytest_runtest_call", "pytest_runtest_teardown",
          "pytest_runtest_makereport", "pytest_pyfunc_call")  # fmt: skip
"""Hooks in which a plugin has a part in running items."""
_NO_PART = (
    "_pytest.", "_hypothesis_pytestplugin", "flk_rules.testing.", "pytest_cov.", "pytest_timeout",
    "xdist.",
)  # fmt: skip
"""Modules whose part in them a case does not need: it prints nothing, warns of nothing, has no
fixtures and is no Python function."""
_WATCHED = ("xmlpath", "usepdb", "trace", "setupshow", "setuponly", "setupplan", "log_cli_level")
"""Options under which the steps of an item are watched one by one."""


def register(config: pytest.Config) -> None:
    """Run the cases of this run quickly, where nothing of it would be missed."""
    manager = config.pluginmanager
    if not manager.has_plugin(NAME) and _unwatched(config):
        manager.register(Quick(), NAME)


def _unwatched(config: pytest.Config) -> bool:
    if any(config.getoption(each, None) for each in _WATCHED) or config.getini("log_cli"):
        return False
    parts = (
        part for step in _STEPS for part in getattr(config.hook, step).get_hookimpls()
    )  # fmt: skip
    return all(part.function.__module__.startswith(_NO_PART) for part in parts)


class Quick:
    """Runs a case that passes without pytest's steps."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> bool | None:
        """Run and report it; None leaves the item to pytest."""
        # What an item before has set up is taken down by the last of a table, pytest's way.
        if not isinstance(item, CaseItem) or nextitem is None or nextitem.parent is not item.parent:
            return None
        start, began = time(), perf_counter()
        if not item.trial().passed:
            return None  # decided again, with everything that pytest does for a failure
        took = perf_counter() - began
        report = pytest.TestReport(
            nodeid=item.nodeid, location=item.location, keywords={}, outcome="passed",
            longrepr=None, when="call", sections=(), duration=took, start=start, stop=start + took,
            user_properties=item.user_properties,
        )  # fmt: skip
        hook = item.ihook
        hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        hook.pytest_runtest_logreport(report=report)
        hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True
