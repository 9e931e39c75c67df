"""what tests need beside Python.

Programs of Debian's that some tests drive: a server, a browser. Without one its tests are skipped
and say how to get it; in CI they fail, so that nothing is taken for tested that was not.
"""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def absent(what: str, how: str) -> NoReturn:
    """Ends a test that needs a program which is not here."""
    reason = f"{what} is not on this machine: {how}, or make services as root"
    if os.environ.get("CI", "").lower() in ("true", "1"):
        pytest.fail(f"{reason} (in CI nothing is skipped)", pytrace=False)
    pytest.skip(reason)
