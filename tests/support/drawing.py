"""subjects drawn at random.

The library's own strategies for the question about eligibility: facts known, not known, by number
or by date, and subjects left out.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

from flk_rules.testing import strategies
from support.cases import STOCKHOLM, shipped

often = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Without a deadline: a busy machine is no failure."""

subjects = strategies.subjects(shipped(STOCKHOLM), "eligibility", unknown=True, left_out=True)
"""Both subjects of the question about eligibility, either of them left out now and then."""
