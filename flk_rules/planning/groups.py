"""patient groups of decisions.

Which groups the grounds of a priority decision are, and how many patients of a list each has. A
group is the last word of a ground's id, such as ``sabo``: a ruleset of one's own that adds a ground
adds its group with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from attrs import field, frozen

from flk_rules.decision import Decision
from flk_rules.library import Ruleset
from flk_rules.model.answers import Effect
from flk_rules.model.rules import Text

PRIORITY = "priority"
SABO = "sabo"
"""The group of those who live in special housing for older people (P4)."""
GROUP_CODES = "patient_group"


def group_of(rule: str) -> str:
    """The group that a ground is for: the last word of the rule's id."""
    return rule.rpartition(".")[2]


@frozen
class Groups:
    """The groups of one patient: those that are grounds, and those that facts not known leave
    open."""

    true: tuple[str, ...] = ()
    open: tuple[str, ...] = ()


class Grouping:
    """Reads the groups of decisions; those of one verdict are read once."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._grounds = {
            rule.id for rule in ruleset.model.rules_of(PRIORITY) if rule.effect is Effect.GROUND
        }
        self.groups = frozenset(map(group_of, self._grounds))
        """Every group that some ground is for."""
        self._known: dict[tuple[tuple[str, ...], tuple[str, ...]], Groups] = {}

    def of(self, decision: Decision) -> Groups:
        """The groups of a decision on `PRIORITY`."""
        verdict = decision.answer.verdict
        found = self._known.get((verdict.grounds, verdict.unknown))
        if found is None:
            # Two layers may each have a ground for one group; one that is true settles it.
            true = _named(verdict.grounds)
            left = _named(each for each in verdict.unknown if each in self._grounds)
            found = Groups(true, tuple(each for each in left if each not in true))
            self._known[verdict.grounds, verdict.unknown] = found
        return found


def _named(rules: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(group_of, rules)))


@frozen
class Counted:
    """Patients of a list by group: for how many it is a ground, for how many it may be one."""

    true: Counter[str] = field(factory=Counter)
    open: Counter[str] = field(factory=Counter)

    def add(self, groups: Groups) -> None:
        """One more patient."""
        self.true.update(groups.true)
        self.open.update(groups.open)


def counted(patients: Iterable[Groups]) -> Counted:
    """The groups of several patients together."""
    found = Counted()
    for each in patients:
        found.add(each)
    return found


def group_label(ruleset: Ruleset, group: str) -> Text:
    """What a group is called; by its own id where the code list has no name for it."""
    code = ruleset.schema.codes_of(GROUP_CODES).get(group)
    return Text(sv=code.sv, en=code.en) if code else Text(sv=group, en=group)


def labels(ruleset: Ruleset, groups: Iterable[str], language: str) -> Iterator[str]:
    """The names of groups in a language."""
    return (group_label(ruleset, each).in_language(language) for each in groups)
