"""shared test fixtures.

Where the tests find data that lies beside the checkout and is never committed.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import settings

# A deadline is a timing: a busy machine is no failure.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

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
