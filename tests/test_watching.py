"""who is told of decisions.

Every decision and nothing else, from any thread, to each watcher as long as it watches.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

import flk_rules
from flk_rules import watching
from flk_rules.errors import FactsInvalid
from support.cases import NATIONAL, shipped


def _decide(age: int) -> flk_rules.Decision:
    return shipped(NATIONAL).decide("priority", patient={"age": age})


def test_each_watcher_is_told_while_it_watches() -> None:
    one: list[flk_rules.Decision] = []
    two: list[flk_rules.Decision] = []
    _decide(1)
    with watching.watching(one.append):
        first = _decide(2)
        with watching.watching(two.append):
            second = _decide(3)
    _decide(4)
    assert (one, two) == ([first, second], [second])
    assert one[0] is first


def test_one_watcher_twice_is_told_twice_and_leaves_one_by_one() -> None:
    told: list[flk_rules.Decision] = []
    tell = told.append
    with watching.watching(tell):
        with watching.watching(tell):
            _decide(1)
        assert len(told) == 2
        _decide(2)
    assert len(told) == 3
    assert watching.watchers == ()


def test_no_decision_nobody_is_told() -> None:
    told: list[flk_rules.Decision] = []
    with watching.watching(told.append), pytest.raises(FactsInvalid):
        _decide(-1)
    assert told == []


def test_what_a_watcher_raises_reaches_the_caller_and_it_still_leaves() -> None:
    def refuse(decision: flk_rules.Decision) -> None:
        raise ValueError("enough")

    with pytest.raises(ValueError, match="enough"), watching.watching(refuse):
        _decide(1)
    assert watching.watchers == ()


def test_decisions_of_other_threads_are_told() -> None:
    told: list[flk_rules.Decision] = []
    with watching.watching(told.append), ThreadPoolExecutor(4) as pool:
        made = list(pool.map(_decide, range(100)))
    assert sorted(map(id, told)) == sorted(map(id, made))
