"""what a machine lacks.

A test that needs a program from outside is skipped where it is absent, and says how to get it.
Where `CI` is set nothing may be absent: it fails instead.
"""

from __future__ import annotations

import os

import pytest


def absent(what: str, how: str) -> None:
    """Skips the test, or fails it where `CI` is set."""
    said = f"{what} is not on this machine; to get it: {how}"
    if os.environ.get("CI"):
        pytest.fail(said, pytrace=False)
    pytest.skip(said)
