"""fates of mutants.

Killed by a case, survived with a case that would kill it, or not to be counted: refused by the
loader, or equivalent, because no facts and no day can tell it from the rules as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from enum import Enum

from attrs import frozen

from flk_rules.analysis.bench import Bench, Key
from flk_rules.analysis.changes import Change, Redated, Refiled, Relabelled
from flk_rules.analysis.comparing import gaps, touched, unsure
from flk_rules.analysis.mutants import Mutant
from flk_rules.analysis.proposing import Proposal, outside, plain, propose
from flk_rules.cases import Case
from flk_rules.errors import FlkError, NotInForce, RulesetInvalid
from flk_rules.loading.resolving import resolve
from flk_rules.model.rules import Ruleset, Text

_Pair = tuple[Key, Ruleset | FlkError, Ruleset | FlkError]
"""A ruleset on a day, before a change and after it."""


class Fate(Enum):
    """What became of a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    EQUIVALENT = "equivalent"
    REFUSED = "refused"


SAME = Text(
    sv="inga uppgifter skiljer den från regeln, med de värden parametrarna har",
    en="no facts tell it from the rule, with the values that parameters have",
)
UNREAD = Text(sv="ingen regel läser den", en="no rule reads it")
COVERED = Text(
    sv="regelverket når den aldrig: ett högre lager står i dess ställe",
    en="the ruleset never comes to it: a higher layer stands in its place",
)
UNBOUND = Text(
    sv="inget svar får sin kraft av regeln: den är råd, skäl vid sidan av ett tal, eller aldrig "
    "uppfylld utan en minst lika stark",
    en="no answer has its force from the rule: it is advice, a reason beside a number, or never "
    "true without one at least as strong",
)
NO_DAY = Text(
    sv="ingen dag som kan frågas om skiljer dem åt", en="no day that can be asked about tells"
)
REFUSED = Text(
    sv="regelverket går inte att läsa, vilket märks ändå",
    en="the ruleset does not load, which is noticed anyway",
)


@frozen(kw_only=True)
class Result:
    """A mutant's fate: the case that killed it, why it is not counted with the loader's words as
    `detail`, or a case that would have killed it, where one was found."""

    mutant: Mutant
    fate: Fate
    by: Case | None = None
    why: Text | None = None
    detail: str | None = None
    proposal: Proposal | None = None


@frozen
class Score:
    """How many mutants had each fate."""

    counts: Counter[Fate]

    @property
    def counted(self) -> int:
        """The mutants that a case can tell from the rules."""
        return self.counts[Fate.KILLED] + self.counts[Fate.SURVIVED]

    @property
    def share(self) -> float:
        """Killed of those counted, from 0 to 1; 1 where there are none."""
        return self.counts[Fate.KILLED] / self.counted if self.counted else 1.0


def score(results: Iterable[Result]) -> Score:
    """The counts of some results."""
    return Score(Counter(each.fate for each in results))


class Judge:
    """Finds the fates of one layer's mutants on its bench."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self._own: dict[date, Ruleset | FlkError] = {}
        self._models = list(self._all_models())

    def results(self, some: Iterable[Mutant]) -> Iterator[Result]:
        """The fate of each mutant, one by one."""
        return (self.fate(each) for each in some)

    def fate(self, mutant: Mutant) -> Result:
        """The fate of a mutant."""
        if (detail := self._refused(mutant.change)) is not None:
            return Result(mutant=mutant, fate=Fate.REFUSED, why=REFUSED, detail=detail)
        if (case := self.bench.killer(mutant.change)) is not None:
            return Result(mutant=mutant, fate=Fate.KILLED, by=case)
        pairs = list(self._pairs(mutant.change))
        if (why := _equal(mutant, pairs)) is not None:
            return Result(mutant=mutant, fate=Fate.EQUIVALENT, why=why)
        return Result(mutant=mutant, fate=Fate.SURVIVED, proposal=self._proposal(mutant, pairs))

    def own(self, day: date) -> Ruleset | FlkError:
        """The layer's own ruleset on a day."""
        if day not in self._own:
            try:
                self._own[day] = resolve(self.bench.chain(self.bench.layer), day)
            except FlkError as error:
                self._own[day] = error
        return self._own[day]

    def _all_models(self) -> Iterator[tuple[Key, Ruleset]]:
        """The rulesets that cases ask, and the layer's own on each day on which anything begins."""
        for asked in self.bench.asked:
            if isinstance(asked.model, Ruleset):
                yield asked.key, asked.model
        chain = self.bench.chain(self.bench.layer)
        days = {each.header.valid_from for each in chain}
        days |= {
            item.valid_from
            for layer in chain
            for file in layer.files
            for _, _, item in file.content.items
            if getattr(item, "valid_from", None) is not None
        }
        for day in sorted(days):
            if isinstance(model := self.own(day), Ruleset):
                yield (self.bench.layer, day, ()), model

    def _refused(self, change: Change) -> str | None:
        """Why the loader does not take the layer with the change, on some day on which it did."""
        if not isinstance(change, (Refiled, Redated)):
            return None
        for day in change.days or sorted({on for (_, on, _), _ in self._models}):
            before = self.own(day)
            after = self.bench.changed(change, (self.bench.layer, day, ()), before)
            if isinstance(before, Ruleset) and isinstance(after, RulesetInvalid):
                return str(after).splitlines()[0]
        return None

    def _pairs(self, change: Change) -> Iterator[_Pair]:
        """Each ruleset that the change touches, before and after it."""
        models: list[tuple[Key, Ruleset | FlkError]] = [*self._models]
        if isinstance(change, (Refiled, Redated)) and change.days:
            models = [((self.bench.layer, day, ()), self.own(day)) for day in change.days]
        for key, before in models:
            after = self.bench.changed(change, key, before)
            if after is not before:
                yield key, before, after

    def _proposal(self, mutant: Mutant, pairs: Iterable[_Pair]) -> Proposal | None:
        name = mutant.id
        why = mutant.sentence("en")
        for key, before, after in pairs:
            if isinstance(before, Ruleset) and isinstance(after, Ruleset):
                if gone := sorted(before.questions.keys() - after.questions.keys()):
                    return plain(before, gone[0], name, why)
                if new := sorted(after.questions.keys() - before.questions.keys()):
                    return outside(key[0], new[0], key[1], name, why, "question_not_yet")
                found = propose(self.bench, name, why, before, after)
                if found is not None:
                    return found
            elif isinstance(before, NotInForce) and isinstance(after, Ruleset):
                return outside(key[0], min(after.questions), key[1], name, why)
            elif isinstance(before, Ruleset) and isinstance(after, NotInForce):
                return plain(before, min(before.questions), name, why)
        return None


def _equal(mutant: Mutant, pairs: Iterable[_Pair]) -> Text | None:
    """Why nothing can tell the mutant from the rules, None where something can."""
    read = live = False
    for _, before, after in pairs:
        if isinstance(before, FlkError) or isinstance(after, FlkError):
            if type(before) is not type(after):
                return None
            continue
        live = True
        if next(gaps(before, after), None) is not None or unsure(before, after):
            return None
        read = read or touched(before, after)
    match mutant.change:
        case Relabelled(force=force) if force is not None and live:
            return UNBOUND
        case Refiled(days=days) | Redated(days=days) if days is not None and not read:
            return NO_DAY
        case _ if not live:
            return COVERED
    return SAME if read else UNREAD
