"""settings of a project.

What the options and settings of a pytest run say, read once, and the rulesets that its tests share.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from flk_rules.cases.rulesets import Rulesets
from flk_rules.engines import ENGINES
from flk_rules.errors import FlkError, nearest, shown
from flk_rules.library import Ruleset
from flk_rules.model.rules import LANGUAGES


@frozen
class Settings:
    """The engines that decide cases, the language of explanations, and the rulesets."""

    engines: tuple[str, ...]
    language: str
    rulesets: Rulesets


_KEY = pytest.StashKey[Settings]()


def settings_of(config: pytest.Config) -> Settings:
    """The settings of a run; raises `pytest.UsageError` for what nobody has."""
    found = config.stash.get(_KEY, None)
    if found is None:
        engines = config.getoption("--flk-engine") or config.getini("flk_engines")
        language = config.getoption("--flk-lang") or config.getini("flk_language")
        folders = [Path(each) for each in config.getini("flk_path")]
        found = Settings(
            tuple(dict.fromkeys(_one_of("engine", each, ENGINES) for each in engines)),
            _one_of("language", language, LANGUAGES),
            Rulesets(config.rootpath / each for each in folders),
        )
        config.stash[_KEY] = found
    return found


def _one_of(what: str, name: str, known: tuple[str, ...]) -> str:
    if name not in known:
        listed = " or ".join(known)
        hint = nearest(name, known)
        raise pytest.UsageError(f"flk: expected the {what} {listed}, found {shown(name)}{hint}")
    return name


def ruleset_of(config: pytest.Config, mark: pytest.Mark | None) -> Ruleset:
    """The ruleset that a mark or the settings name; raises `pytest.UsageError`."""
    rulesets = settings_of(config).rulesets
    name, on, path = _asked(config, mark)
    try:
        return rulesets.load(name, on, path)
    except FlkError as error:
        raise pytest.UsageError(f"flk: {error}") from None


def _asked(config: pytest.Config, mark: pytest.Mark | None) -> tuple[str, date, tuple[Path, ...]]:
    said = {} if mark is None else _marked(mark)
    name = said.get("ruleset") or config.getini("flk_ruleset")
    on = said.get("on") or _day(config.getini("flk_on"))
    if not name or not on:
        what = "ruleset" if not name else "date"
        example = '@pytest.mark.flk("se.national", on=date(2024, 10, 1))'
        raise pytest.UsageError(
            f"flk: the test names no {what}; mark it, as {example}, or set flk_ruleset and flk_on"
        )
    path = said.get("path", ())
    return name, on, tuple(config.rootpath / Path(each) for each in path)


def _marked(mark: pytest.Mark) -> dict[str, Any]:
    """What a mark says, by name."""
    wanted = "expected the mark flk(ruleset, on, path=())"
    if len(mark.args) > 2:
        raise pytest.UsageError(f"flk: {wanted}, found {len(mark.args)} without a name")
    unknown = sorted(mark.kwargs.keys() - {"ruleset", "on", "path"})
    if unknown:
        raise pytest.UsageError(f"flk: {wanted}, found unknown {unknown[0]!r}")
    return {**dict(zip(("ruleset", "on"), mark.args, strict=False)), **mark.kwargs}


def _day(text: str) -> date | None:
    """The date of the settings, None where they have none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        message = f"flk: flk_on: expected a date like 2024-10-01, found {shown(text)}"
        raise pytest.UsageError(message) from None
