"""threads and processes.

One engine for many threads, after fork and spawn, and at interpreter exit. It never has threads of
its own.
"""

from __future__ import annotations

import copy
import os
import pickle
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from flk_rules.deciding import decider
from flk_rules.engines.rete import Rete, handle
from flk_rules.errors import EngineFailure
from flk_rules.library import load
from flk_rules.model.verdicts import Firings, Outcome
from soak.parity import random_cases
from support.rulesets import QUESTION
from support.watching import ENGINE, FACTS, RULESET, WANTED, Watched, assert_right, held

# A tracer holds a lock of its own, which a child forked at the wrong moment would wait for: that
# would be coverage's deadlock, and would hide ours.
pytestmark = pytest.mark.no_cover


@pytest.fixture
def rete() -> Iterator[Rete]:
    engine = Rete(RULESET, QUESTION)
    yield engine
    engine.close()


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Watched]:
    def start(*arguments: Any, **options: Any) -> Watched:
        watched = Watched(*arguments, **options)
        monkeypatch.setattr(handle, "_engine", watched)
        return watched

    return start


def test_threads(rete: Rete) -> None:
    wrong: list[int] = []

    def decide(first: int) -> None:
        for number in range(first, first + 3_000):
            if rete.fire(FACTS[number % len(FACTS)]) != WANTED[number % len(FACTS)]:
                wrong.append(number)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [threading.Thread(target=decide, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert not wrong
    assert held(rete) <= {"sid-s"}


def test_closed_while_threads_decide() -> None:
    rete = Rete(RULESET, QUESTION)
    ended: list[str] = []

    def decide() -> None:
        try:
            while True:
                assert rete.fire(FACTS[0]) == WANTED[0]
        except EngineFailure as error:
            ended.append(error.detail)

    threads = [threading.Thread(target=decide) for _ in range(4)]
    for thread in threads:
        thread.start()
    rete.close()
    for thread in threads:
        thread.join()
    assert ended == ["it was closed"] * 4


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


# Forking with threads is what this proves safe; Python 3.12 and later warn of it in general.
forks = pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")


@forks
def test_fork_while_another_thread_decides(rete: Rete) -> None:
    stop = threading.Event()

    def decide() -> None:
        while not stop.is_set():
            rete.fire(FACTS[0])

    thread = threading.Thread(target=decide)
    thread.start()
    try:
        right = [
            in_child(lambda: [rete.fire(each) for each in FACTS * 20] == WANTED * 20)
            for _ in range(20)
        ]
    finally:
        stop.set()
        thread.join()
    assert all(right)
    assert_right(rete)


@forks
def test_fork_while_another_thread_builds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ruleset whose first decision is being prepared elsewhere holds nothing that a child waits
    for."""
    ruleset = load("se.national", on=date(2024, 10, 1))
    build = decider.build_engine
    building, go_on = threading.Event(), threading.Event()

    def slow(*arguments: Any) -> Any:
        building.set()
        go_on.wait()
        return build(*arguments)

    def decides() -> bool:
        monkeypatch.setattr(decider, "build_engine", build)
        physician = {"licence": "revoked"}
        return ruleset.decide("eligibility", physician=physician).outcome is Outcome.NOT_ELIGIBLE

    monkeypatch.setattr(decider, "build_engine", slow)
    thread = threading.Thread(target=lambda: ruleset.decider("eligibility"))
    thread.start()
    try:
        building.wait()
        assert in_child(decides)
    finally:
        go_on.set()
        thread.join()
    assert decides()


@forks
def test_fork_at_any_call_of_a_decision(rete: Rete, watch: Callable[..., Watched]) -> None:
    """The worst moments, one by one: the lock is held, and the state is half made."""

    class Forking(Watched):
        def __getattr__(self, name: str) -> Any:
            call = super().__getattr__(name)
            if isinstance(call, type):
                return call

            def forking(*arguments: Any) -> Any:
                result = call(*arguments)
                if len(self.calls) == self.at:
                    handle._engine = ENGINE
                    right.append(in_child(lambda: right_in_thread(rete)))
                    handle._engine = self
                return result

            return forking

    right: list[bool] = []
    counted = watch()
    rete.fire(FACTS[1])
    for at in range(1, len(counted.calls) + 1):
        handle._engine = Forking(at)
        assert rete.fire(FACTS[1]) == WANTED[1]
    watch()
    assert len(right) == len(counted.calls)
    assert all(right)
    assert_right(rete)


def right_in_thread(rete: Rete) -> bool:
    """In a thread of its own: the forking one is inside a decision."""
    found: list[list[Firings]] = []
    thread = threading.Thread(target=lambda: found.append([rete.fire(each) for each in FACTS]))
    thread.start()
    thread.join()
    return found == [WANTED]


def test_spawn(rete: Rete) -> None:
    """Engines built in the new process, and one that is sent there."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        tallies = list(pool.map(random_cases, range(4), [20] * 4))
        assert list(pool.map(rete.fire, FACTS)) == WANTED
    assert all(tally.cases == 20 and not tally.differences for tally in tallies)


def test_pickle_holds_what_it_was_built_from(rete: Rete) -> None:
    data = pickle.dumps(rete)
    assert b"_handle" not in data
    assert b"_lock" not in data
    for other in (pickle.loads(data), copy.copy(rete), copy.deepcopy(rete)):
        assert_right(other)
        assert not {each._handle for each in other._handles} & {e._handle for e in rete._handles}
        other.close()
    assert_right(rete)


def run_python(script: str) -> str:
    root = Path(__file__).resolve().parent.parent
    found = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(root), str(root / "tests")])},
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    assert found.stderr == ""
    return found.stdout


def test_interpreter_exit_is_quiet() -> None:
    """With engines still held by modules, a cycle, and a thread that is deciding."""
    run_python("""
import sys, threading
from support.rulesets import *
from support.random_facts import FactSource
from flk_rules.engines.rete import Rete
ruleset = random_ruleset(5)
sys.keep = held = Rete(ruleset, QUESTION)
held.me = held
facts = FactSource(ruleset, 5).draw()
def decide():
    while True:
        held.fire(facts)
threading.Thread(target=decide, daemon=True).start()
for _ in range(100):
    held.fire(facts)
""")


def test_real_interrupts() -> None:
    """Between any two bytecodes, as Ctrl-C comes; apart, for what traces this process would lose
    its own locks to them."""
    run_python("""
import signal
from support.rulesets import QUESTION
from support.watching import FACTS, RULESET, Rete, assert_right

def interrupt(*_):
    raise KeyboardInterrupt

signal.signal(signal.SIGALRM, interrupt)
rete = Rete(RULESET, QUESTION)
for number in range(1000):
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.0001 + number * 0.000002)
        while True:
            rete.fire(FACTS[0])
    except KeyboardInterrupt:
        assert_right(rete)
""")


def test_no_background_threads() -> None:
    out = run_python("""
import os, sys, threading
def count():
    return threading.active_count(), len(os.listdir("/proc/self/task"))
before = count()
from datetime import date
import flk_rules
ruleset = flk_rules.load("se.stockholm", on=date(2024, 10, 1))
for _ in range(1000):
    ruleset.decide("eligibility", physician={"licence": "valid"}, patient={"age": 70})
print(before == count() == (1, 1), "durable.engine" in sys.modules, "durable.lang" in sys.modules)
""")
    assert out.split() == ["True", "False", "False"]
