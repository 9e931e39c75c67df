"""rulesets in folders.

Writes small rulesets for the tests of loading: a file by its text, and entries by their keys.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from flk_rules.errors import RulesetInvalid
from flk_rules.loading import load_ruleset
from flk_rules.model.rules import Ruleset

ON = date(2024, 10, 1)
SOURCE = {"document": "decision", "section": "All of it", "statement": "E14"}
BECAUSE = {"sv": "därför", "en": "because"}
DOCUMENT = {"id": "decision", "title": "D", "publisher": "P", "published": "2024"}
QUESTION = {
    "id": "eligibility",
    "combine": "forbid-overrides",
    "subjects": ["physician", "patient"],
    "title": BECAUSE,
    "scope": BECAUSE,
    "source": SOURCE,
}
_COMMON = {"because": BECAUSE, "valid_from": date(2024, 1, 1)}
_RULE = {
    "effect": "permit",
    "when": "patient.age >= 65",
    "force": "guidance",
    "source": SOURCE,
    **_COMMON,
}
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "document": DOCUMENT,
    "question": QUESTION,
    "parameter": {"type": "int", "value": 65, "basis": "assumption", **_COMMON},
    "definition": {"when": "patient.age >= 65", **_COMMON},
    "rule": {"decides": "eligibility", **_RULE},
    "replace": _RULE,
    "disable": {"source": SOURCE, **_COMMON},
    "demote": {"source": SOURCE, **_COMMON},
    "set": {"value": 70, "basis": "assumption", "source": SOURCE, **_COMMON},
}
"""What an entry has unless a test says otherwise; None takes a key away."""


def toml(value: Any) -> str:
    """A value as TOML, on one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {toml(each)}' for key, each in value.items())} }}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(toml, value))}]"
    return str(value)


def entry(table: str, **keys: Any) -> str:
    """``[[table]]`` with the defaults of its kind, changed by `keys`, a key a line."""
    merged = {**DEFAULTS.get(table, {}), **keys}
    lines = [f"{key} = {toml(value)}" for key, value in merged.items() if value is not None]
    return "\n".join([f"[[{table}]]", *lines, ""])


def header(name: str, **keys: Any) -> str:
    """The ``[ruleset]`` table."""
    merged = {
        "id": name,
        "version": "1",
        "title": BECAUSE,
        "valid_from": date(2024, 1, 1),
        "extends": "se.national",
        **keys,
    }
    lines = [f"{key} = {toml(value)}" for key, value in merged.items() if value is not None]
    return "\n".join(["[ruleset]", *lines, ""])


def write(root: Path, name: str, *texts: str, **keys: Any) -> Path:
    """A ruleset in one file, its header first; above se.national it brings the document too."""
    folder = root / name
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "ruleset.toml"
    document = [entry("document")] if keys.get("extends", "se.national") == "se.national" else []
    file.write_text("\n".join([header(name, **keys), *document, *texts]), "utf-8")
    return file


def load(root: Path, name: str, on: date = ON) -> Ruleset:
    """The ruleset of a folder below `root`."""
    return load_ruleset(name, on=on, path=[root])


def mistakes(root: Path, name: str, on: date = ON) -> list[str]:
    """Every mistake of a ruleset that is invalid, its places relative to `root`."""
    try:
        load_ruleset(name, on=on, path=[root])
    except RulesetInvalid as error:
        return [str(each).replace(f"{root}/", "") for each in error.problems]
    raise AssertionError(f"{name} was loaded without a mistake")
