"""receipts by what they say.

Which receipts of a log fit what is asked, what there is where none does, and how often each rule,
assumption or outcome comes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from attrs import field, frozen

from flk_rules.audit.receipts import written

COUNTED: Mapping[str, Callable[[Mapping[str, Any]], Iterable[str]]] = {
    "outcome": lambda content: [f"{content['question']}: {content['outcome']}"],
    "question": lambda content: [content["question"]],
    "rule": lambda content: content["firings"]["true"],
    "ground": lambda content: content["grounds"],
    "assumption": lambda content: content["assumptions"],
    "missing": lambda content: content["missing"],
    "ruleset": lambda content: [f"{content['ruleset']['id']} {content['ruleset']['version']}"],
}
"""What can be counted: of each receipt, the names that it counts for."""

_NAMES: Mapping[str, Callable[[Mapping[str, Any]], Iterable[str | None]]] = {
    "question": lambda content: (content["question"],),
    "outcome": lambda content: (content["outcome"],),
    "rule": lambda content: content["firings"]["true"],
    "assumption": lambda content: content["assumptions"],
    "ruleset": lambda content: (content["ruleset"]["id"], content["ruleset"]["fingerprint"]),
    "reference": lambda content: (content["reference"],),
    "subject": lambda content: content["subjects"].values(),
}
"""What can be asked for by name: of each receipt, the names that it is found by."""
_FEW = ("question", "outcome", "rule", "assumption", "ruleset")
"""Of these there are few in a log however long, so that they may be kept in memory."""
_MOST = 1_000
TIME = "time"
"""What a `Search` calls the bounds on the time."""


@frozen(kw_only=True)
class Where:
    """What is asked of receipts; None where it does not matter.

    question, outcome, reference: as they stand. rule: a rule that was true. assumption: a parameter
    that the decision rested on. ruleset: an id, or a fingerprint. since, until: the time of the
    decision, from the one to before the other. subject: a pseudonym of one of the subjects.
    """

    question: str | None = None
    outcome: str | None = None
    rule: str | None = None
    assumption: str | None = None
    ruleset: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    reference: str | None = None
    subject: str | None = None

    named: Mapping[str, str] = field(init=False, repr=False)
    """What is asked for by name: all but the time."""

    @named.default
    def _by_name(self) -> Mapping[str, str]:
        asked = {name: getattr(self, name) for name in _NAMES}
        return {name: value for name, value in asked.items() if value is not None}

    def fits(self, content: Mapping[str, Any]) -> bool:
        """Whether a receipt's content is one of those."""
        return self.is_then(content) and all(self.is_named(name, content) for name in self.named)

    def is_named(self, name: str, content: Mapping[str, Any]) -> bool:
        """Whether it is one of those by this name alone."""
        return self.named[name] in _NAMES[name](content)

    def is_then(self, content: Mapping[str, Any]) -> bool:
        """Whether it is one of those by its time alone."""
        time = content["time"]
        return (self.since is None or time >= written(self.since)) and (
            self.until is None or time < written(self.until)
        )


class Search:
    """Receipts that fit what is asked. While none does, it also keeps what there would have been to
    ask for."""

    def __init__(self, where: Where) -> None:
        self.where = where
        self.receipts, self.found = 0, 0
        self._there: dict[str, set[str]] = {name: set() for name in (*where.named, TIME)}
        self._unmet = {*self._there}

    def fits(self, content: Mapping[str, Any]) -> bool:
        """Whether a receipt's content is one of those."""
        self.receipts += 1
        found = self.where.fits(content)
        self.found += found
        if not self.found:
            self._look(content)
        return found

    def barren(self) -> dict[str, list[str]]:
        """Where nothing was found: what fits no receipt even by itself, each with what there is
        instead, in order. Of the time that is the first and the last, of a subject the subjects
        that have pseudonyms; of references, of which there are as many as decisions, nothing."""
        if self.found or not self.receipts:
            return {}
        return {name: sorted(there) for name, there in self._there.items() if name in self._unmet}

    def _look(self, content: Mapping[str, Any]) -> None:
        for name in [*self._unmet]:
            met = self.where.is_then if name == TIME else partial(self.where.is_named, name)
            if met(content):
                self._unmet.discard(name)
            elif len(self._there[name]) < _MOST:
                self._there[name].update(self._instead(name, content))
        if TIME in self._unmet:
            times = self._there[TIME]
            self._there[TIME] = {min(times), max(times)}

    def _instead(self, name: str, content: Mapping[str, Any]) -> Iterable[str]:
        match name:
            case "subject":
                return [each for each, pseudonym in content["subjects"].items() if pseudonym]
            case "ruleset":
                key = "fingerprint" if self.where.named[name].startswith("sha256:") else "id"
                return [content["ruleset"][key]]
            case _ if name == TIME:
                return [content["time"]]
        return [each for each in _NAMES[name](content) if each] if name in _FEW else []


class Counts:
    """How often each name came, and in how many receipts."""

    def __init__(self, what: str) -> None:
        self.what, self.receipts = what, 0
        self.names: Counter[str] = Counter()

    def add(self, content: Mapping[str, Any]) -> None:
        """Counts one receipt."""
        self.receipts += 1
        self.names.update({*COUNTED[self.what](content)})

    def most(self) -> list[tuple[str, int]]:
        """The names, the most frequent first, then by name."""
        return sorted(self.names.items(), key=lambda each: (-each[1], each[0]))
