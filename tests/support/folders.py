"""rulesets in folders.

Writes small rulesets for the tests of loading: a file by its text, and entries by their keys; and
copies of the shipped ones.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import tomli

from flk_rules.errors import RulesetInvalid
from flk_rules.loading import load_ruleset
from flk_rules.loading.finder import shipped
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
    "replace": {"authority": SOURCE, "reason": BECAUSE, **_RULE},
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


NAMES = ("se.national", "se.stockholm")
COPY = {"se.national": "xx.national", "se.stockholm": "xx.stockholm"}
"""A copy has another id, for the shipped rulesets are always among those that are found."""

Tables = dict[str, Any]


def _renamed(text: str) -> str:
    for old, new in COPY.items():
        text = text.replace(old, new)
    return text


def copy(root: Path) -> Path:
    """The shipped rulesets below `root` under their other names."""
    for name in NAMES:
        folder = root / COPY[name]
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for file in (shipped() / name).glob("*.toml"):
            (folder / file.name).write_text(_renamed(file.read_text("utf-8")), "utf-8")
    return root


def tables(name: str) -> Tables:
    """All tables of a shipped ruleset, its files merged, under its other name."""
    merged: Tables = {}
    for file in sorted((shipped() / name).glob("*.toml")):
        for key, value in tomli.loads(_renamed(file.read_text("utf-8"))).items():
            merged[key] = value if key == "ruleset" else [*merged.get(key, []), *value]
    return merged


def write_tables(root: Path, name: str, content: Tables) -> None:
    """One ruleset of a copy anew, in one file."""
    parts = []
    for key, value in content.items():
        for each in [value] if key == "ruleset" else value:
            head = "[ruleset]" if key == "ruleset" else f"[[{key}]]"
            parts.append("\n".join([head, *(f"{k} = {toml(v)}" for k, v in each.items())]))
    folder = root / COPY[name]
    for file in folder.glob("*.toml"):
        file.unlink()
    (folder / "all.toml").write_text("\n\n".join(parts) + "\n", "utf-8")
