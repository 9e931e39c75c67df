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
_DONE, _NOTHING_MATCHED = 0, 1
_NO_STATE = "error code: 309"


class Handle:
    """A durable-rules ruleset for single decisions.

    `patterns` maps rule names of the form ``r<number>`` to a list of engine conditions, all of
    which must hold of the one fact. Not thread-safe: the engine that owns it holds the lock.
    """

    def __init__(self, patterns: dict[str, list[dict[str, Any]]]) -> None:
        self._bound = len(patterns) + 1
        rules: dict[str, Any] = {
            rule: {"all": [{"p0": {"$and": [{"k": CASE}, *atoms]} if atoms else {"k": CASE}}]}
            for rule, atoms in patterns.items()
        }
        rules["w"] = _SENTINEL_RULE
        self._handle: int | None = None
        self._warm = False
        self._clean = True
        try:
            self._handle = _engine.create_ruleset("flk", json.dumps(rules))
            self._warm_up()
        except (_engine.error, MemoryError) as error:
            self.close()
            raise EngineFailure(str(error)) from None
        except BaseException:
            self.close()
            raise

    def _warm_up(self) -> None:
        """One firing before any other use: a state that never fired frees what it never set, so
        until then it must not be deleted."""
        if self._drain(_WARM) != ["w"]:
            raise EngineFailure("the sentinel did not fire")
        self._warm = True
        self._retract(_RETRACT_WARM)

    def fired(self, fields: str) -> list[str]:
        """The names of the rules that hold of the fact with these fields, as JSON members each
        after a comma. Raises `EngineFailure`; whatever is raised, the next decision finds a clean
        state."""
        if not self._clean:
            self.reset()
        self._clean = False
        try:
            names = self._drain(f"{_PREFIX}{fields}}}")
            if names:
                self._retract(_RETRACT)
            self._clean = True
        except (_engine.error, MemoryError) as error:
            raise EngineFailure(str(error)) from None
        finally:
            if not self._clean:
                with contextlib.suppress(EngineFailure):
                    self.reset()
        return names

    def _drain(self, fact: str) -> list[str]:
        code, state = _engine.assert_fact(self._handle, fact)
        if code == _NOTHING_MATCHED:
            return []
        if code != _DONE:
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

    def _retract(self, fact: str) -> None:
        code, _ = _engine.retract_fact(self._handle, fact)
        if code != _DONE:
            raise EngineFailure(f"return code {code} of a retraction")

    def reset(self) -> None:
        """Forget everything asserted. A state that cannot be deleted stays marked and is tried
        again before the next decision; raises `EngineFailure`."""
        try:
            _engine.delete_state(self._handle, SID)
        except (_engine.error, MemoryError) as error:
            if _NO_STATE not in str(error):
                raise EngineFailure(str(error)) from None
        self._clean = True

    def close(self) -> None:
        """Give the handle's memory back; a second call does nothing. A decision asked for later
        raises `EngineFailure`."""
        if self._handle is None:
            return
        if self._warm:
            with contextlib.suppress(EngineFailure):
                self.reset()
        with contextlib.suppress(_engine.error, MemoryError):
            _engine.delete_ruleset(self._handle)
        self._handle = None
