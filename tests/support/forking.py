"""forks, worst moments.

Run as a process of its own, for what traces a process (coverage) holds locks that a child forked at
the wrong moment would wait for: that would be the tracer's deadlock, and would hide ours.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import date
from typing import Any

from flk_rules.deciding import decider
from flk_rules.engines.rete import Rete, handle
from flk_rules.library import load
from flk_rules.model.answers import Outcome
from flk_rules.model.verdicts import Firings
from support.rulesets import QUESTION
from support.watching import ENGINE, FACTS, RULESET, WANTED, Watched, assert_right


def in_child(work: Callable[[], bool]) -> bool:
    """Whether `work` is true in a forked child; False too where it hangs for a minute."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            signal.alarm(60)
            code = 0 if work() else 1
        except BaseException:
            traceback.print_exc()
            raise
        finally:
            os._exit(code)
    return os.waitpid(child, 0)[1] == 0


def while_another_thread_decides() -> None:
    rete = Rete(RULESET, QUESTION)
    stop = threading.Event()

    def decide() -> None:
        while not stop.is_set():
            rete.fire(FACTS[0])

    thread = threading.Thread(target=decide)
    thread.start()
    try:
        for _ in range(20):
            assert in_child(lambda: [rete.fire(each) for each in FACTS * 20] == WANTED * 20)
    finally:
        stop.set()
        thread.join()
    assert_right(rete)


def while_another_thread_builds() -> None:
    """A ruleset whose first decision is being prepared elsewhere holds nothing that a child waits
    for."""
    ruleset = load("se.national", on=date(2024, 10, 1))
    build: Any = decider.build_engine
    building, go_on = threading.Event(), threading.Event()

    def slow(*arguments: Any) -> Any:
        building.set()
        go_on.wait()
        return build(*arguments)

    def decides() -> bool:
        decider.build_engine = build
        physician = {"licence": "revoked"}
        return ruleset.decide("eligibility", physician=physician).outcome is Outcome.NOT_ELIGIBLE

    decider.build_engine = slow
    thread = threading.Thread(target=lambda: ruleset.decider("eligibility"))
    thread.start()
    try:
        assert building.wait(60)
        assert in_child(decides)
    finally:
        go_on.set()
        thread.join()
    assert decides()


def at_any_call_of_a_decision() -> None:
    """One by one: the lock is held, and the state is half made."""
    rete = Rete(RULESET, QUESTION)

    class Forking(Watched):
        def __getattr__(self, name: str) -> Any:
            call = super().__getattr__(name)
            if isinstance(call, type):
                return call

            def forking(*arguments: Any) -> Any:
                result = call(*arguments)
                if len(self.calls) == self.at:
                    handle._engine = ENGINE
                    right.append(in_child(lambda: _right_in_thread(rete)))
                    handle._engine = self
                return result

            return forking

    right: list[bool] = []
    handle._engine = counted = Watched()
    rete.fire(FACTS[1])
    for at in range(1, len(counted.calls) + 1):
        handle._engine = Forking(at)
        assert rete.fire(FACTS[1]) == WANTED[1]
    handle._engine = ENGINE
    assert len(right) == len(counted.calls) > 5
    assert all(right)
    assert_right(rete)


def _right_in_thread(rete: Rete) -> bool:
    """In a thread of its own: the forking one is inside a decision."""
    found: list[list[Firings]] = []
    thread = threading.Thread(target=lambda: found.append([rete.fire(each) for each in FACTS]))
    thread.start()
    thread.join()
    return found == [WANTED]


PROOFS = {
    proof.__name__: proof
    for proof in (
        while_another_thread_decides,
        while_another_thread_builds,
        at_any_call_of_a_decision,
    )
}

if __name__ == "__main__":
    PROOFS[sys.argv[1]]()
