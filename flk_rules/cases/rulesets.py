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
from flk_rules.loading.finder import shipped


class Rulesets:
    """Loads rulesets and keeps them; one that cannot be loaded fails the same each time.

    `folders` are looked in beside those that a table names. A folder that is named in several ways,
    such as ``rules`` and ``cases/../rules``, is called as it was first: places tell entries apart.
    """

    def __init__(self, folders: Iterable[Path] = ()) -> None:
        self.folders = tuple(folders)
        self._kept: dict[tuple[str, date, tuple[Path, ...]], Ruleset | FlkError] = {}
        self._called: dict[Path, Path] = {}
        self.roots((shipped(),))

    def roots(self, path: Iterable[Path] = ()) -> tuple[Path, ...]:
        """The folders that are looked in for a table that names those of `path`, each once."""
        for each in self.folders:
            self._called.setdefault(_real(each), each)
        called = (self._called.setdefault(_real(each), each) for each in (*path, *self.folders))
        return tuple(dict.fromkeys(called))

    def load(self, name: str, on: date, path: tuple[Path, ...] = ()) -> Ruleset:
        """As `flk_rules.load`; raises what that raises."""
        key = name, on, path
        found = self._kept.get(key)
        if found is None:
            try:
                found = load(name, on=on, path=self.roots(path))
            except FlkError as error:
                found = error
            self._kept[key] = found
        if isinstance(found, FlkError):
            raise found
        return found

    def of(self, case: Case) -> Ruleset:
        """The ruleset of a case."""
        return self.load(case.ruleset, case.on, case.path)


def _real(folder: Path) -> Path:
    """Where a folder is, whatever it is called; itself where no file can be called so."""
    try:
        return folder.resolve()
    except (OSError, RuntimeError, ValueError):
        return folder
