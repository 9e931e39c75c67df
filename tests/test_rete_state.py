"""state between decisions.

Nothing is left behind in durable-rules, whatever is raised and wherever, and everything is given
back in the end.
"""

from __future__ import annotations

import gc
import pickle
from collections.abc import Callable, Iterator

import pytest

from flk_rules.engines.rete import Rete, engine
from flk_rules.errors import EngineClosed, EngineFailure
from flk_rules.model.expressions import Compare, Literal
from flk_rules.model.values import INT
from flk_rules.model.verdicts import Firings
from support.rulesets import QUESTION, make_ruleset
from support.watching import ENGINE, FACTS, RULESET, SPECS, WANTED, N, Watched, assert_right, held


@pytest.fixture
def rete() -> Iterator[Rete]:
    engine = Rete(RULESET, QUESTION)
    yield engine
    engine.close()


def test_clean_after_each_decision(rete: Rete) -> None:
    for number in range(10_000):
        assert rete.fire(FACTS[number % len(FACTS)]) == WANTED[number % len(FACTS)]
        if number % 100 == 0:
            assert held(rete) <= {"sid-s"}


def test_kept_questions_are_bounded(rete: Rete, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "MAX_KEPT", 3)
    for _ in range(3):
        assert_right(rete)
        assert 0 < rete._kept <= 3
        assert len(rete._asked) <= 3


ERRORS = [
    ENGINE.error("Could not do it, error code: 303"),
    ENGINE.error("Could not delete state, error code: 309"),
    MemoryError(),
    KeyboardInterrupt(),
]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("error", ERRORS, ids=repr)
def test_clean_after_an_error_at_any_call(
    rete: Rete,
    watch: Callable[..., Watched],
    error: BaseException,
    after: bool,
) -> None:
    """Raised before the engine has done the call, or when it has and the result is lost."""
    ours = KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else EngineFailure
    for known in FACTS:
        calls = watch()
        rete.fire(known)
        for at in range(1, len(calls.calls) + 1):
            watch(at, error, after)
            with pytest.raises(ours):
                rete.fire(known)
            watch()
            assert_right(rete)


@pytest.mark.parametrize("error", ERRORS[:1] + ERRORS[2:], ids=repr)
def test_clean_when_the_reset_fails_too(
    rete: Rete, watch: Callable[..., Watched], error: BaseException
) -> None:
    watched = watch(0, error)
    watched.failing = frozenset({"complete_and_start_action", "delete_state"})
    for _ in range(3):
        with pytest.raises(type(error) if isinstance(error, KeyboardInterrupt) else EngineFailure):
            rete.fire(FACTS[0])
    watch()
    assert_right(rete)


@pytest.mark.parametrize(
    ("function", "answer"),
    [
        ("assert_fact", (2, 1)), ("assert_fact", (3, 1)), ("retract_fact", (1, 1)),
        ("start_action_for_state", None),
        ("complete_and_start_action", '{"r0":{"p0":{}}}'),
    ],
)  # fmt: skip
def test_unexpected_answers_are_failures(
    rete: Rete,
    watch: Callable[..., Watched],
    function: str,
    answer: object,
) -> None:
    """Among them a firing that never ends, and a fact that the engine says it has seen before."""
    watch().answers[function] = answer
    with pytest.raises(EngineFailure, match="no decision was made"):
        rete.fire(FACTS[0])
    watch()
    assert_right(rete)


# ---- building and closing ------------------------------------------------------------------------


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("error", ERRORS, ids=repr)
def test_failed_build_gives_everything_back(
    watch: Callable[..., Watched], error: BaseException, after: bool
) -> None:
    """And never deletes a state that never fired: that would free what was never set."""
    rules = [Compare(">=", N, Literal(bound, INT)) for bound in range(60)]
    ruleset = make_ruleset(SPECS, rules)
    whole = watch()
    Rete(ruleset, QUESTION).close()
    built = whole.names().index("delete_state")
    for at in range(1, built + 1):
        watched = watch(at, error, after)
        with pytest.raises((EngineFailure, KeyboardInterrupt)):
            Rete(ruleset, QUESTION)
        names = watched.names()
        lost = watched.calls[at - 1][0] == "create_ruleset"
        assert names.count("delete_ruleset") == names.count("create_ruleset") - lost
        for number, (name, arguments) in enumerate(watched.calls):
            if name == "delete_state":
                warmed = ("complete_and_start_action", arguments[:1])
                assert warmed in [(n, a[:1]) for n, a in watched.calls[:number]]


def test_handle_that_does_not_warm_up(watch: Callable[..., Watched]) -> None:
    watched = watch()
    watched.answers["start_action_for_state"] = ("", '{"r0":{}}')
    with pytest.raises(EngineFailure, match="sentinel"):
        Rete(RULESET, QUESTION)
    assert "delete_state" not in watched.names()
    assert watched.names().count("delete_ruleset") == 1


def test_closed_engine(watch: Callable[..., Watched]) -> None:
    watched = watch()
    rete = Rete(RULESET, QUESTION)
    rete.close()
    rete.close()
    assert watched.names().count("delete_ruleset") == watched.names().count("create_ruleset") == 2
    for known in FACTS:
        with pytest.raises(EngineClosed) as raised:
            rete.fire(known)
        assert str(raised.value) == (
            "the durable-rules engine was closed; build a new one to decide again"
        )
        assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)


def test_dropped_engine_gives_its_memory_back(watch: Callable[..., Watched]) -> None:
    watched = watch()
    rete = Rete(RULESET, QUESTION)
    rete.fire(FACTS[0])
    del rete
    gc.collect()
    assert watched.names().count("delete_ruleset") == 2


def test_question_without_rules() -> None:
    rete = Rete(make_ruleset(SPECS, []), QUESTION)
    assert rete.fire(FACTS[0]) == Firings(0, 0)
    rete.close()
    with pytest.raises(EngineClosed):
        rete.fire(FACTS[0])
