"""tables to packs.

The cases of tables as language-neutral JSON, with the rulesets that they are about.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from attrs import evolve

from flk_rules.cases import ENDING, Rulesets, read_cases
from flk_rules.conformance.formats import (
    CASES,
    FORMAT,
    OWN,
    README,
    RULESETS,
    SCHEMA,
    readme,
    schema,
)
from flk_rules.conformance.reading import Pack, PackCase
from flk_rules.conformance.running import in_json
from flk_rules.errors import CasesInvalid, FileUnreadable, Problem
from flk_rules.library import Ruleset, available
from flk_rules.loading.finder import shipped


def shipped_tables() -> Path:
    """The folder of the tables that come with the library: inside the installed package, or those
    of a checkout's tests."""
    inside = Path(str(files("flk_rules"))) / "conformance" / "tables"
    return inside if inside.is_dir() else shipped().parent / "tests" / "cases"


def tables_in(paths: Iterable[Path]) -> dict[str, Path]:
    """Tables by their names without the ending, in files and in folders and those below them.

    Raises `FileUnreadable` where there is none, `CasesInvalid` for two of one name.
    """
    found: dict[str, Path] = {}
    for root in paths:
        tables = sorted(root.rglob(f"*{ENDING}")) if root.is_dir() else [root]
        if not tables:
            raise FileUnreadable(root, f"expected a file that ends in {ENDING}, found none")
        for path in tables:
            first = found.setdefault(path.name.removesuffix(ENDING), path)
            if first.resolve() != path.resolve():
                raise CasesInvalid([Problem(str(path), f"a table of that name is also at {first}")])
    return found


def as_pack(tables: Mapping[str, Path], rulesets: Rulesets) -> Pack:
    """The cases of tables, called as they are in a pack.

    Raises `CasesInvalid` with every mistake of all tables.
    """
    problems: list[Problem] = []
    cases: list[PackCase] = []
    for name, path in tables.items():
        try:
            for case in read_cases(path, rulesets):
                facts = None if case.facts is None else in_json(case.facts.values)
                cases.append(PackCase(evolve(case, name=f"{name}/{case.name}"), facts))
        except CasesInvalid as error:
            problems += error.problems
    if problems:
        raise CasesInvalid(problems)
    return Pack({}, tuple(cases))


def pack(cases: Iterable[PackCase], rulesets: Rulesets) -> dict[str, Any]:
    """The JSON value of a pack."""
    listed = list(cases)
    decided = [each.case for each in listed if each.case.facts is not None]
    used = {(case.ruleset, case.on): rulesets.of(case) for case in decided}
    return {
        "format": FORMAT,
        "rulesets": [_ruleset(ruleset) for _, ruleset in sorted(used.items(), key=_by_name)],
        "cases": [_case(each) for each in listed],
    }


def _by_name(item: tuple[tuple[str, date], Ruleset]) -> tuple[str, date]:
    return item[0]


def _ruleset(ruleset: Ruleset) -> dict[str, Any]:
    return {
        "id": ruleset.id,
        "on": ruleset.on.isoformat(),
        "version": ruleset.version,
        "fingerprint": ruleset.fingerprint,
    }


def _case(each: PackCase) -> dict[str, Any]:
    case, failure = each.case, each.case.failure
    error = None
    if failure is not None:
        error = {"kind": failure.kind, **({} if failure.at is None else {"at": [*failure.at]})}
    return {
        "id": case.name,
        "why": case.why,
        "ruleset": case.ruleset,
        "question": case.question,
        "on": case.on.isoformat(),
        "left_out": sorted(name for name, given in case.subjects.items() if given is None),
        "subjects": {
            name: _plain(given) for name, given in case.subjects.items() if given is not None
        },
        "facts": None if each.facts is None else dict(sorted(each.facts.items())),
        "expected": {
            key: [*value] if isinstance(value, tuple) else value
            for key, value in case.expected.items()
        },
        "error": error,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return value.isoformat() if isinstance(value, date) else value


def write_pack(
    folder: Path, tables: Mapping[str, Path], path: Sequence[Path] = ()
) -> dict[str, Any]:
    """Write a pack of tables into a folder that is new or empty, and return its cases.

    Raises `FileUnreadable` for another folder, and what `pack` raises.
    """
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise FileUnreadable(folder, "expected a new or empty folder to write into")
        rulesets = Rulesets(path)
        cases = as_pack(tables, rulesets).cases
        made = pack(cases, rulesets)
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in (
            (CASES, json.dumps(made, ensure_ascii=False, indent=1)),
            (SCHEMA, json.dumps(schema(), ensure_ascii=False, indent=2)),
            (README, readme(len(made["cases"]), made["rulesets"]).rstrip("\n")),
        ):
            (folder / name).write_text(f"{text}\n", "utf-8")
        for name, source in _folders(cases, rulesets).items():
            own = source.parent.resolve() != shipped().resolve()
            shutil.copytree(source, folder / (OWN if own else RULESETS) / name)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise FileUnreadable(folder, f"cannot be written: {reason}") from None
    return made


def _folders(cases: Iterable[PackCase], rulesets: Rulesets) -> dict[str, Path]:
    """The folder of each ruleset that a case is about, and of those below it."""
    decided = [each.case for each in cases if each.case.facts is not None]
    one_of_each = {(case.ruleset, case.on, case.path): case for case in decided}
    found: dict[str, Path] = {}
    for case in one_of_each.values():
        folders = available((*case.path, *rulesets.folders))
        found.update({each.id: folders[each.id] for each in rulesets.of(case).model.layers})
    return found
