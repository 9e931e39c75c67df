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
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

import flk_rules
from flk_rules.engines.rete import Rete
from flk_rules.errors import EngineFailure
from soak.parity import random_cases
from support.forking import PROOFS
from support.rulesets import QUESTION
from support.watching import FACTS, RULESET, WANTED, assert_right, held


@pytest.fixture
def rete() -> Iterator[Rete]:
    engine = Rete(RULESET, QUESTION)
    yield engine
    engine.close()


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


@pytest.mark.parametrize("proof", sorted(PROOFS))
def test_fork(proof: str) -> None:
    run_python("-m", "support.forking", proof)


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


def run_python(*arguments: str) -> str:
    """What the process printed. Python 3.12 and later warn of any fork beside threads, which is
    what some of these prove safe."""
    places = [str(Path(flk_rules.__file__).parent.parent), str(Path(__file__).parent)]
    process = subprocess.Popen(
        [sys.executable, "-W", "error",
         "-W", "ignore:This process:DeprecationWarning", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(places)},
    )  # fmt: skip
    try:
        out, errors = process.communicate(timeout=240)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # its children hold the pipes too
        pytest.fail(f"hung: {process.communicate()}")
    assert process.returncode == 0, errors
    assert errors == ""
    return out


def test_interpreter_exit_is_quiet() -> None:
    """With engines still held by modules, a cycle, and a thread that is deciding."""
    run_python(
        "-c",
        """
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
""",
    )


def test_real_interrupts() -> None:
    """Between any two bytecodes, as Ctrl-C comes; apart, for what traces this process would lose
    its own locks to them."""
    run_python(
        "-c",
        """
import signal
from support.forking import PROOFS
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
""",
    )


def test_no_background_threads() -> None:
    out = run_python(
        "-c",
        """
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
""",
    )
    assert out.split() == ["True", "False", "False"]
