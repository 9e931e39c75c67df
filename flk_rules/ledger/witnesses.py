"""tests of rules.

Which tests decide a rule or hold a parameter. Found in the tests' own files, so there are none
where the library is installed and runs outside a checkout.

That a test mentions a statement proves nothing (rosters call a physician L1, too): a test stands
for a statement because it stands for its rules and parameters. Nor does it prove anything that a
test of the machinery takes a rule for its example: what counts are tables of cases, and tests that
are called after a question, the planning or the ledger.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from attrs import field, frozen

from flk_rules.cases import ENDING, Entry, endings, read_entries
from flk_rules.errors import CasesInvalid
from flk_rules.ledger.items import CHANGES, Item, chain, read_layers
from flk_rules.loading.entries import LayerFiles
from flk_rules.loading.finder import shipped

DECIDING = ("grounds", "defeated", "failed", "advice", "directions")
"""Keys of a case that name the rules that had their say; what is open was not decided."""
MEANING = ("planning_", "ledger.py")
"""What tests are called after that show what parameters mean, besides questions."""
_WORD = re.compile(r"[a-z][a-z0-9_.]*")


def tests_beside() -> Path | None:
    """The tests of the checkout that the library runs from, or in; None outside of any."""
    for root in (shipped().parent, Path()):
        # Tests of somebody else's project know nothing of the shipped rules.
        if (root / "tests" / "cases").is_dir() and (root / "rulesets" / "se.national").is_dir():
            return root / "tests"
    return None


@frozen
class Witnesses:
    """The tests in a folder, and what each of them names."""

    folder: Path
    layers: Mapping[str, LayerFiles]
    items: tuple[Item, ...]
    _tables: Mapping[str, tuple[tuple[Entry, frozenset[str]], ...]] = field(init=False)
    _words: Mapping[str, frozenset[str]] = field(init=False)

    @_tables.default
    def _read_tables(self) -> Mapping[str, tuple[tuple[Entry, frozenset[str]], ...]]:
        """The cases of each table, with the rulesets that each rests on; raises `CasesInvalid`
        where the form of a table is wrong."""
        found = {}
        for path in sorted((self.folder / "cases").rglob(f"*{ENDING}")):
            read = read_entries(path)
            if read.problems:
                raise CasesInvalid(read.problems)
            layers = {**self.layers, **(read_layers(read.folders) if read.folders else {})}
            name = path.relative_to(self.folder).as_posix()
            found[name] = tuple(
                (entry, frozenset(chain(entry.said["ruleset"], layers))) for entry in read.entries
            )
        return found

    @_words.default
    def _read_words(self) -> Mapping[str, frozenset[str]]:
        """What each file of tests names."""
        return {
            path.name: frozenset(_words_of(ast.parse(path.read_text("utf-8"))))
            for path in sorted(self.folder.glob("test_*.py"))
        }

    def of(self, item: Item) -> tuple[str, ...]:
        """The tests that decide a rule or a change of one, or hold a parameter: by its name, or by
        a rule that reads it."""
        decides = item.decides or self._questions.get(item.id)
        if decides is not None:
            found = {*self._cases_of_rule(item, decides), *self._files_of_rule(item, decides)}
        elif item.kind in ("parameter", "set"):
            found = {*self._cases_of_parameter(item), *self._files_of_parameter(item)}
            for rule in self._readers(f"params.{item.id}"):
                found.update(self.of(rule))
        else:
            found = set()
        return tuple(sorted(found))

    @property
    def _questions(self) -> Mapping[str, str]:
        """The question of each rule; a change does not say it."""
        return {each.id: each.decides for each in self.items if each.decides is not None}

    def _readers(self, name: str, through: frozenset[str] = frozenset()) -> Iterator[Item]:
        """The rules that read a parameter or definition, themselves or through definitions."""
        for each in self.items:
            if name in each.reads and each.id not in through:  # files may still hold a ring
                if each.kind == "definition":
                    yield from self._readers(each.id, through | {each.id})
                elif each.kind == "rule":
                    yield each

    def _cases(self, item: Item, keys: Iterable[str]) -> Iterator[tuple[str, str, set[str]]]:
        """Table, question and names of the cases on whose ruleset the item has a bearing."""
        for test, entries in self._tables.items():
            for entry, rests_on in entries:
                said = entry.said
                if item.ruleset in rests_on:
                    names = {each for key in keys for each in said.get(key, ())}
                    yield test, said["question"], names

    def _cases_of_rule(self, item: Item, decides: str) -> Iterator[str]:
        for test, question, names in self._cases(item, DECIDING):
            if question == decides and not names.isdisjoint(endings(item.id)):
                yield test

    def _cases_of_parameter(self, item: Item) -> Iterator[str]:
        for test, _, names in self._cases(item, ("assumptions",)):
            if item.id in names:
                yield test

    def _files_of_rule(self, item: Item, decides: str) -> Iterator[str]:
        """Tests name a rule by its id, or by its layer's first letter and its own last word:
        ``n.geriatrics``. What a layer changes of another's rule shows where that layer is named,
        too."""
        _, layer, *_, last = item.id.split(".")
        names = {item.id, f"{layer[0]}.{last}"}
        layers = {item.ruleset, item.ruleset.rpartition(".")[2]}
        for test, words in self._words.items():
            named = test.startswith(f"test_{decides}_") and words & names
            if named and (item.kind not in CHANGES or words & layers):
                yield test

    def _files_of_parameter(self, item: Item) -> Iterator[str]:
        questions = (f"{each.id}_" for each in self.items if each.kind == "question")
        about = tuple(f"test_{each}" for each in (*MEANING, *questions))
        for test, words in self._words.items():
            if test.startswith(about) and item.id in words:
                yield test


def _words_of(tree: ast.AST) -> Iterator[str]:
    """The words of strings, and names: ``STOCKHOLM`` stands for the ruleset in many tests."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (each.strip(".") for each in _WORD.findall(node.value))
        elif isinstance(node, ast.Name):
            yield node.id.lower()
