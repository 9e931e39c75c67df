"""decisions in tests.

Assertions whose failure shows the explained decision. The pytest plugin is beside them, in
`flk_rules.testing.plugin`; pytest finds it by itself.
"""

from flk_rules.testing.assertions import (
    assert_assess,
    assert_conditional,
    assert_decision,
    assert_eligible,
    assert_not_eligible,
    assert_undetermined,
)

__all__ = [
    "assert_assess",
    "assert_conditional",
    "assert_decision",
    "assert_eligible",
    "assert_not_eligible",
    "assert_undetermined",
]
