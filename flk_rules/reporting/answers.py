"""receipts to answers.

What a receipt says, as the answer that it is of, so that it is explained by what explains every
other answer. Whatever the receipt names has to be among its rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from flk_rules.audit import Receipt
from flk_rules.audit.replaying import facts_of
from flk_rules.deciding import Answer
from flk_rules.errors import ExpressionInvalid, ReceiptInvalid, nearest, shown
from flk_rules.facts import Facts
from flk_rules.language import Scope, check, parse
from flk_rules.model.answers import Outcome
from flk_rules.model.expressions import Expr
from flk_rules.model.rules import Force, Ruleset
from flk_rules.model.values import BOOL, Value
from flk_rules.model.verdicts import Branch, Condition, Reason, Verdict

_LISTS = ("grounds", "defeated", "failed", "pivotal", "advice", "directions")


def answer_of(receipt: Receipt, ruleset: Ruleset, where: str = "receipt") -> Answer:
    """The answer that the receipt records, `ruleset` being its rules.

    Raises `ReceiptInvalid` with `where` for a name or value that its own rules do not have.
    """
    content = receipt.content
    for place, name, kind, known in _named(content, ruleset):
        if name not in known:
            reason = f"names the {kind} {shown(name)}, which its rules do not have"
            raise ReceiptInvalid(f"{where}: {place}", f"{reason}{nearest(name, known)}")
    left_out = tuple(content["left_out"])
    facts = Facts(
        date.fromisoformat(content["on"]),
        _values(content, ruleset, where),
        left_out,
        {},
        True,
    )
    unknown = tuple(content["firings"]["unknown"])
    branches = content["condition"]
    condition = None
    if branches is not None:
        read = tuple(_branch(each, ruleset, f"{where}: condition") for each in branches)
        condition = Condition(subjects=left_out, branches=read)
    return Answer(
        question=content["question"],
        engine=content["engine"],
        facts=facts,
        verdict=verdict_of(content, unknown),
        condition=condition,
        missing=tuple(content["missing"]),
    )


def _values(content: Mapping[str, Any], ruleset: Ruleset, where: str) -> dict[str, Value]:
    try:
        return facts_of(content["facts"], ruleset.schema)
    except ReceiptInvalid as error:
        raise ReceiptInvalid(error.where.replace("receipt", where, 1), error.reason) from None


def _named(
    content: Mapping[str, Any], ruleset: Ruleset
) -> Iterator[tuple[str, str, str, Iterable[str]]]:
    """Every name in the receipt: its place, the name, what it names, and what there is."""
    question = content["question"]
    yield "question", question, "question", ruleset.questions
    rules = {rule.id for rule in ruleset.rules_of(question)}
    facts = ruleset.schema.facts
    for truth, names in content["firings"].items():
        yield from ((f"firings.{truth}", name, "rule", rules) for name in names)
    for names in content["firings"]["unknown"].values():
        yield from (("firings.unknown", name, "fact", facts) for name in names)
    for said in (content, *(content["condition"] or ())):
        place = "" if said is content else "condition."
        for key in (*_LISTS, *(("unknown",) if place else ())):
            yield from ((f"{place}{key}", name, "rule", rules) for name in said[key])
        yield from ((f"{place}missing", name, "fact", facts) for name in said["missing"])
    for key in ("facts", "not_known"):
        yield from ((key, name, "fact", facts) for name in content[key])
    for name in content["assumptions"]:
        yield "assumptions", name, "parameter", ruleset.parameters
    if question in ruleset.questions:
        subjects = ruleset.questions[question].subjects
        yield from (("left_out", name, "subject", subjects) for name in content["left_out"])


def verdict_of(said: Mapping[str, Any], unknown: tuple[str, ...] = ()) -> Verdict:
    """The verdict that a receipt or a side of one says."""
    number = said["value"]
    return Verdict(
        outcome=Outcome(said["outcome"]),
        reason=Reason(said["reason"]) if said["reason"] else None,
        force=Force(said["force"]) if said["force"] else None,
        unknown=unknown,
        value=int(number) if isinstance(number, str) else number,
        **{key: tuple(said[key]) for key in _LISTS},
    )


def _branch(said: Mapping[str, Any], ruleset: Ruleset, where: str) -> Branch:
    text = said["when"]
    return Branch(
        when=_when(text, ruleset, where),
        text=text,
        verdict=verdict_of(said, tuple(said["unknown"])),
        missing=tuple(said["missing"]),
    )


def _when(text: str, ruleset: Ruleset, where: str) -> Expr:
    """A side's condition, read back from its text."""
    schema = ruleset.schema
    scope = Scope(
        facts={name: spec.type for name, spec in schema.facts.items()},
        codes={name: frozenset(each.codes) for name, each in schema.codes.items()},
    )
    try:
        tree, found = check(parse(text), scope)
    except ExpressionInvalid as error:
        raise ReceiptInvalid(where, str(error.problems[0])) from None
    if found != BOOL:
        raise ReceiptInvalid(where, f"expected a condition, found {found}")
    return tree
