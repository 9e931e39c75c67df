"""tables to cases.

The cases of files and folders, every mistake of every file at once, and where they look for rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from flk_rules.cases import ENDING, Case, Rulesets, read_cases, read_entries
from flk_rules.errors import CasesInvalid, FlkError, Problem
from flk_rules.loading.finder import available


def find_cases(paths: Iterable[Path], rulesets: Rulesets) -> list[Case]:
    """The cases of tables, and of all tables in folders, in the order of their names.

    Raises `CasesInvalid` with the mistakes of all of them.
    """
    cases: list[Case] = []
    problems: list[Problem] = []
    for file in _files(paths):
        try:
            cases += read_cases(file, rulesets)
        except CasesInvalid as error:
            problems += error.problems
    if problems:
        raise CasesInvalid(problems)
    return cases


def folders_with(name: str, paths: Iterable[Path], folders: Sequence[Path]) -> tuple[Path, ...]:
    """The folders, and where the ruleset `name` is in none of them, those with it that tables name
    as their `path`.

    Raises what `available` raises.
    """
    if name in available(folders):
        return tuple(folders)
    found: list[Path] = []
    for file in _files(paths):
        with suppress(FlkError):  # told when its cases are read
            found += (each for each in read_entries(file).folders if name in available([each]))
    return (*folders, *found)


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield from sorted(path.rglob(f"*{ENDING}")) if path.is_dir() else [path]
