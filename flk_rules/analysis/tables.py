"""tables to cases.

The cases of files and folders, every mistake of every file at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from flk_rules.cases import ENDING, Case, Rulesets, read_cases
from flk_rules.errors import CasesInvalid, Problem


def find_cases(paths: Iterable[Path], rulesets: Rulesets) -> list[Case]:
    """The cases of tables, and of all tables in folders, in the order of their names.

    Raises `CasesInvalid` with the mistakes of all of them.
    """
    cases: list[Case] = []
    problems: list[Problem] = []
    for path in paths:
        files = sorted(path.rglob(f"*{ENDING}")) if path.is_dir() else [path]
        for file in files:
            try:
                cases += read_cases(file, rulesets)
            except CasesInvalid as error:
                problems += error.problems
    if problems:
        raise CasesInvalid(problems)
    return cases
