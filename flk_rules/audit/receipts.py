"""receipts of decisions.

What is kept of a decision: `flk_rules/schemas/receipt-1.json` documents it. Codes, numbers, truths
and names of rules; no identity but as a pseudonym, and no text that a caller wrote.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from importlib.metadata import version
from typing import Any

from attrs import field, frozen

from flk_rules.audit.canonical import canonical, parsed, within
from flk_rules.audit.identities import PseudonymKey, checked_reference
from flk_rules.audit.shapes import FORMAT, RULES, check, check_outline
from flk_rules.deciding import Answer, Decider
from flk_rules.decision import Decision
from flk_rules.errors import ReceiptInvalid
from flk_rules.explaining import assumptions_of
from flk_rules.explaining.record import (
    branch_record,
    json_value,
    measure_record,
    verdict_record,
)
from flk_rules.explaining.replay import replay
from flk_rules.loading.archive import rebuild
from flk_rules.loading.fingerprint import plain
from flk_rules.loading.parts import part_of
from flk_rules.model.rules import Ruleset
from flk_rules.model.verdicts import Condition

MAX_PARTS, MAX_SAID = 1_000, 2_000
"""Questions whose parts are kept at hand, and decisions of each whose receipt is."""


@frozen
class Receipt:
    """The record of a decision.

    `content` is what was decided, in JSON values. `rules` is the part of the ruleset that was read,
    as `loading.parts` makes it: with it a receipt explains itself and can be replayed alone. None
    where only the ruleset's fingerprint is at hand.
    """

    content: Mapping[str, Any]
    rules: Mapping[str, Any] | None = field(default=None, repr=False)

    @property
    def entry(self) -> bytes:
        """The canonical text without the rules, as it stands in a log."""
        return canonical(self.content)

    def to_dict(self) -> dict[str, Any]:
        """The whole receipt in JSON values."""
        whole = {} if self.rules is None else {RULES: within(self.rules)}
        return {**self.content, **whole}

    def to_json(self) -> str:
        """The whole receipt in canonical JSON (RFC 8785)."""
        return canonical(self.to_dict()).decode("utf-8")

    def ruleset(self) -> Ruleset:
        """The rules that were read, as a ruleset that answers the receipt's question.

        Raises `ArchiveInvalid` for rules that this version cannot read, `ReceiptInvalid` where the
        receipt was read without them.
        """
        if self.rules is None:
            raise ReceiptInvalid("receipt", f"the key {RULES!r} is not there; take it from its log")
        fingerprint = self.content["ruleset"]["fingerprint"]
        return rebuild(self.rules, fingerprint, date.fromisoformat(self.content["on"]))

    @staticmethod
    def from_json(text: str | bytes, where: str = "receipt") -> Receipt:
        """The receipt that `to_json` wrote, in any layout.

        Raises `ReceiptInvalid` with `where` for what is no receipt of this format.
        """
        raw = text.encode("utf-8", "replace") if isinstance(text, str) else text
        return Receipt.from_dict(_parsed(raw, where), where)

    @staticmethod
    def from_entry(text: bytes, where: str) -> Receipt:
        """The receipt in a record of a log, which its digest vouches for."""
        content = _parsed(text, where)
        check_outline(content, where)
        return Receipt(content)

    @staticmethod
    def from_dict(content: Any, where: str = "receipt") -> Receipt:
        """The receipt in JSON values; see `from_json`."""
        check(content, where)
        return Receipt(
            {key: each for key, each in content.items() if key != RULES}, content.get(RULES)
        )


def _parsed(text: bytes, where: str) -> Any:
    try:
        return parsed(text)
    except ValueError as error:
        reason = "" if isinstance(error, (json.JSONDecodeError, UnicodeError)) else f": {error}"
        raise ReceiptInvalid(where, f"expected JSON{reason}") from None


def now() -> datetime:
    """The time of a decision: the one clock that the library reads."""
    return datetime.now(UTC)


@frozen
class _Part:
    """A ruleset, what one question reads of it, and that in JSON values; and what receipts said of
    the decisions of late, with the canonical text of each key."""

    whole: Ruleset
    read: Ruleset
    plain: Mapping[str, Any]
    said: dict[Hashable, _Said] = field(factory=dict)


_Said = tuple[Mapping[str, Any], Mapping[str, bytes], Condition | None]


class Receipts:
    """Makes receipts of decisions with one pseudonym key, by one clock."""

    def __init__(
        self, key: PseudonymKey | None = None, clock: Callable[[], datetime] = now
    ) -> None:
        self._key, self._clock = key, clock
        # No lock: threads that find the same twice write the same.
        self._parts: dict[tuple[int, str], _Part] = {}

    def of(self, decision: Decision, reference: str | None = None) -> Receipt:
        """The receipt of a decision, with the time it is made at and the caller's reference.

        Raises `ReferenceInvalid` for a reference that may not be kept.
        """
        reference = checked_reference(reference)
        part = self._part(decision)
        said, *_ = _said(decision, part)
        return Receipt({**self._case(decision, part, reference), **said}, part.plain)

    def entry_of(self, decision: Decision, reference: str | None = None) -> bytes:
        """The same as ``of(...).entry``, but quick: the text of what was said before is kept."""
        reference = checked_reference(reference)
        part = self._part(decision)
        _, texts, _ = _said(decision, part)
        whole = {**texts, **_texts(self._case(decision, part, reference))}
        return b"{%s}" % b",".join(b'"%s":%s' % (key.encode(), whole[key]) for key in sorted(whole))

    def _case(self, decision: Decision, part: _Part, reference: str | None) -> dict[str, Any]:
        """What is told of this one decision: when, for whom, by which library."""
        answer, key = decision.answer, self._key
        references, left_out = answer.facts.references, answer.facts.left_out
        return {
            "format": FORMAT,
            "library": library(),
            "time": written(self._clock()),
            "reference": reference,
            "subjects": {
                each: key.pseudonym(each, references[each]) if key and each in references else None
                for each in part.read.questions[answer.question].subjects
                if each not in left_out
            },
            "pseudonym_key": key.id if key else None,
        }

    def _part(self, decision: Decision) -> _Part:
        """The part of the ruleset that the question reads, made once for a ruleset."""
        ruleset, question = decision.parts[1], decision.question
        key = id(ruleset), question
        found = self._parts.get(key)
        if found is None or found.whole is not ruleset:
            if len(self._parts) >= MAX_PARTS:
                self._parts.clear()
            read = part_of(ruleset, question)
            found = self._parts[key] = _Part(ruleset, read, plain(read))
        return found


def _said(decision: Decision, part: _Part) -> _Said:
    """What a receipt says of the decision itself, kept for the next that is the same in every fact
    that is read and in its answer."""
    answer, _, decider = decision.parts
    facts = answer.facts
    key: Hashable = None
    # True is no 1, and only validated facts tell. A condition is long to compare, and a decider
    # gives the same one to all of a kind; what is kept holds it, so that no other has its id.
    if facts.validated:
        known = tuple([facts.values.get(name) for name in part.read.schema.facts])
        verdict, condition = answer.verdict, id(answer.condition)
        key = answer.engine, facts.on, facts.left_out, known, verdict, answer.missing, condition
        if (found := part.said.get(key)) is not None:
            return found
    content = within(decided(answer, part.whole, decider, part.read))
    made = content, _texts(content), answer.condition
    if key is not None:
        if len(part.said) >= MAX_SAID:
            part.said.clear()
        part.said[key] = made
    return made


def _texts(content: Mapping[str, Any]) -> dict[str, bytes]:
    """The canonical text of each value."""
    return {key: canonical(value) for key, value in content.items()}


def decided(answer: Answer, ruleset: Ruleset, decider: Decider, read: Ruleset) -> dict[str, Any]:
    """What a receipt says of the decision itself: the same for the same facts and rules, always."""
    facts, verdict = answer.facts, answer.verdict
    known = {
        name: json_value(facts.values[name]) for name in read.schema.facts if name in facts.values
    }
    said = verdict_record(verdict)
    del said["unknown"]  # the firings say it, and by which facts
    given = {*read.questions[answer.question].subjects} - {*facts.left_out}
    return {
        "question": answer.question,
        "on": facts.on.isoformat(),
        "engine": answer.engine,
        "ruleset": {
            "id": ruleset.id,
            "version": ruleset.version,
            "fingerprint": ruleset.fingerprint,
            "layers": [{"id": each.id, "version": each.version} for each in ruleset.layers],
        },
        "left_out": list(facts.left_out),
        "facts": known,
        "not_known": sorted(
            name
            for name, spec in read.schema.facts.items()
            if name not in known and spec.subject in given
        ),
        "firings": _firings(answer, ruleset, decider),
        **said,
        "measure": measure_record(answer, ruleset),
        "condition": None
        if answer.condition is None
        else [branch_record(each) for each in answer.condition.branches],
        "missing": list(answer.missing),
        "assumptions": [each.id for each in assumptions_of(answer, ruleset, decider)],
    }


def _firings(answer: Answer, ruleset: Ruleset, decider: Decider) -> dict[str, Any]:
    """The truth of every rule as the engine told it, of an open one with the facts that it is open
    by. Where a subject was left out, a rule is true or false if it is so in all cases."""
    verdict = answer.verdict
    rules = ruleset.rules_of(answer.question)
    answering = decider.combining.answering
    said = {*verdict.grounds, *verdict.defeated, *verdict.advice, *verdict.directions}
    unknown, failed = {*verdict.unknown}, {*verdict.failed}
    # Of the rules that answer, the verdict names those that failed; of the others, those that hold.
    false = {
        rule.id
        for rule in rules
        if rule.id not in unknown
        and (rule.id in failed or (rule.effect not in answering and rule.id not in said))
    }
    return {
        "true": [rule.id for rule in rules if rule.id not in false and rule.id not in unknown],
        "false": sorted(false),
        "unknown": {name: list(replay(name, answer, ruleset).missing) for name in sorted(unknown)},
    }


@cache
def library() -> str:
    """The version of the library."""
    return version("flk_rules")


def written(moment: datetime) -> str:
    """A time as receipts have it: in UTC, to the microsecond; the order of the texts is that of the
    times, from the year 1 on."""
    if moment.tzinfo is None:
        raise ReceiptInvalid("time", "expected a time with its zone from the clock, found no zone")
    here = moment.astimezone(UTC).replace(tzinfo=None)
    return f"{here.isoformat(timespec='microseconds')}Z"  # strftime fills no year below 1000
