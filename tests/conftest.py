"""shared test fixtures.

Where the tests find data that lies beside the checkout and is never committed, and how they watch
the engine.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from flk_rules.engines.rete import handle
from support.watching import Watched

# Not by their entry points: see pyproject.toml.
pytest_plugins = ["flk_rules.testing.plugin", "flk_rules.testing.covering", "pytester"]

# A deadline is a timing: a busy machine is no failure. The suite draws the same cases every time;
# HYPOTHESIS_PROFILE=explore draws others.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def cel_spec() -> Path:
    """CEL's conformance cases; CI has them beside the checkout, a plain clone does not."""
    folder = SHARED / "data" / "cel-spec"
    if not folder.is_dir():
        pytest.skip(f"the CEL conformance cases are not beside the checkout ({folder})")
    return folder


@pytest.fixture(scope="session")
def on() -> date:
    return date(2024, 10, 1)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Watched]]:
    """The log holds calls of this test alone: no engine of another is given back meanwhile."""

    def start(*arguments: Any, **options: Any) -> Watched:
        watched = Watched(*arguments, **options)
        monkeypatch.setattr(handle, "_engine", watched)
        return watched

    gc.collect()
    gc.disable()
    yield start
    gc.enable()
