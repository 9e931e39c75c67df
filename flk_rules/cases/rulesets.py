"""rulesets of tables.

Each ruleset that tables ask for, loaded once for a date and its folders.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from flk_rules.cases.case import Case
from flk_rules.errors import FlkError
from flk_rules.library import Ruleset, load


class Rulesets:
    """Loads rulesets and keeps them; one that cannot be loaded fails the same each time.

    `folders` are looked in beside those that a table names.
    """

    def __init__(self, folders: Iterable[Path] = ()) -> None:
        self.folders = tuple(folders)
        self._kept: dict[tuple[str, date, tuple[Path, ...]], Ruleset | FlkError] = {}

    def load(self, name: str, on: date, path: tuple[Path, ...] = ()) -> Ruleset:
        """As `flk_rules.load`; raises what that raises."""
        key = name, on, path
        found = self._kept.get(key)
        if found is None:
            try:
                found = load(name, on=on, path=(*path, *self.folders))
            except FlkError as error:
                found = error
            self._kept[key] = found
        if isinstance(found, FlkError):
            raise found
        return found

    def of(self, case: Case) -> Ruleset:
        """The ruleset of a case."""
        return self.load(case.ruleset, case.on, case.path)
