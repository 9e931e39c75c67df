"""one engine handle.

The only calls into durable-rules, in the one order that is safe: assert one flat fact, drain its
firings, retract it. The state is warmed before first use and reset after any exception.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from typing import Any

from flk_rules.errors import EngineFailure


def _import_engine() -> Any:
    """durable-rules names one symbol that Python 3.13 no longer has and we never call; bound
    lazily it is never looked for. The flags hold for this import alone."""
    if not hasattr(sys, "setdlopenflags"):  # pragma: no cover - Windows
        import durable_rules_engine

        return durable_rules_engine
    flags = sys.getdlopenflags()
    sys.setdlopenflags((flags & ~os.RTLD_NOW) | os.RTLD_LAZY)
    try:
        import durable_rules_engine
    finally:
        sys.setdlopenflags(flags)
    return durable_rules_engine


_engine = _import_engine()

SID, CASE, SENTINEL = "s", 1, 2
_PREFIX = '{"sid":"s","id":"f","k":1'
_RETRACT = '{"sid":"s","id":"f"}'
_WARM = '{"sid":"s","id":"w","k":2}'
_RETRACT_WARM = '{"sid":"s","id":"w"}'
_SENTINEL_RULE = {"all": [{"p0": {"k": SENTINEL}}]}
_STORED, _NOTHING_MATCHED = 0, 1


class Handle:
    """A durable-rules ruleset for single decisions.

    `patterns` maps rule names of the form ``r<number>`` to a list of engine conditions, all of
    which must hold of the one fact. Not thread-safe: the engine that owns it holds the lock.
    """

    def __init__(self, name: str, patterns: dict[str, list[dict[str, Any]]]) -> None:
        self._bound = len(patterns) + 1
        rules: dict[str, Any] = {
            rule: {"all": [{"p0": {"$and": [{"k": CASE}, *atoms]} if atoms else {"k": CASE}}]}
            for rule, atoms in patterns.items()
        }
        rules["w"] = _SENTINEL_RULE
        self._handle: int | None = None
        try:
            self._handle = _engine.create_ruleset(name, json.dumps(rules))
            self._warm()
        except (_engine.error, MemoryError) as error:
            self.close()
            raise EngineFailure(str(error)) from None

    def _warm(self) -> None:
        """One firing before any other use: a state that never fired frees what it never set."""
        if self._drain(_WARM) != ["w"]:
            raise EngineFailure("the sentinel did not fire")
        _engine.retract_fact(self._handle, _RETRACT_WARM)

    def fired(self, fields: str) -> list[str]:
        """The names of the rules that hold of the fact with these fields, as JSON members each
        after a comma. Raises `EngineFailure`; whatever is raised, the state is clean after."""
        try:
            names = self._drain(f"{_PREFIX}{fields}}}")
            if names:
                _engine.retract_fact(self._handle, _RETRACT)
        except (_engine.error, MemoryError) as error:
            self.reset()
            raise EngineFailure(str(error)) from None
        except BaseException:
            self.reset()
            raise
        return names

    def _drain(self, fact: str) -> list[str]:
        code, state = _engine.assert_fact(self._handle, fact)
        if code == _NOTHING_MATCHED:
            return []
        if code != _STORED:
            raise EngineFailure(f"return code {code}")
        names: list[str] = []
        started = _engine.start_action_for_state(self._handle, state)
        message = started[1] if started else None
        while message is not None:
            names.append(message[2 : message.index('"', 2)])
            if len(names) > self._bound:
                raise EngineFailure(f"more than {self._bound} firings of one fact")
            message = _engine.complete_and_start_action(self._handle, state)
        if not names:
            raise EngineFailure("a fact was stored but nothing fired")
        return names

    def reset(self) -> None:
        """Forget everything asserted; the next decision starts from a clean state."""
        if self._handle is not None:
            with contextlib.suppress(_engine.error, MemoryError):
                _engine.delete_state(self._handle, SID)

    def close(self) -> None:
        """Give the handle's memory back; a second call does nothing."""
        if self._handle is not None:
            self.reset()
            with contextlib.suppress(_engine.error, MemoryError):
                _engine.delete_ruleset(self._handle)
            self._handle = None
