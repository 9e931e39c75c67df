"""receipts by what they say.

Which receipts of a log fit what is asked, and how often each rule, assumption or outcome comes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from attrs import frozen

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

    def fits(self, content: Mapping[str, Any]) -> bool:
        """Whether a receipt's content is one of those."""
        time, ruleset = content["time"], content["ruleset"]
        return (
            (self.question is None or content["question"] == self.question)
            and (self.outcome is None or content["outcome"] == self.outcome)
            and (self.reference is None or content["reference"] == self.reference)
            and (self.rule is None or self.rule in content["firings"]["true"])
            and (self.assumption is None or self.assumption in content["assumptions"])
            and (self.ruleset is None or self.ruleset in (ruleset["id"], ruleset["fingerprint"]))
            and (self.since is None or time >= written(self.since))
            and (self.until is None or time < written(self.until))
            and (self.subject is None or self.subject in content["subjects"].values())
        )


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
