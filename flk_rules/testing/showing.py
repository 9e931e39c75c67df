"""failures in words.

What a person sees of a case that failed: what differs, the first condition that went otherwise,
the facts that were read, and the explained decision. Lines with styles; who prints them colours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from flk_rules.cases import Difference, Trial, Turn, turns
from flk_rules.cases.case import LISTED
from flk_rules.decision import Decision
from flk_rules.explaining import Line, lines
from flk_rules.explaining.phrases import label, measured
from flk_rules.explaining.text import printable
from flk_rules.language import print_expression
from flk_rules.model.expressions import And
from flk_rules.model.rules import Ruleset
from flk_rules.model.values import Outcome3, Unknown

_TRUTHS = {True: "true", False: "false", None: "unknown"}


def text(shown: Iterable[Line]) -> str:
    """The lines as plain text."""
    return "\n".join(each.text for each in shown)


def summary(differences: Sequence[Difference]) -> str:
    """What differs, on one line: rules by the last word of their ids."""
    return "; ".join(_said(each) for each in differences)


def trial_lines(trial: Trial, engine: str, language: str) -> Iterator[Line]:
    """A case that failed."""
    case = trial.case
    why = f": {case.why}" if case.why else ""
    yield Line("heading", printable(f"{case.name}{why}"))
    yield Line("detail", printable(f"{case.ruleset}, {case.question} on {case.on}, {engine}"))
    yield Line("blank", "")
    if trial.decision is not None:
        yield from difference_lines(trial.decision, trial.differences, language)
        return
    for each in trial.differences:
        if each.key != "says":
            yield Line("wrong", f"  {_said(each)}")
        else:
            yield from (Line("wrong", f"  not said: {one}") for one in each.expected)
    yield Line("blank", "")
    yield Line("heading", "The failure")
    for line in str(trial.failure).split("\n"):
        yield Line("text", f"  {printable(line)}")


def difference_lines(
    decision: Decision, differences: Sequence[Difference], language: str
) -> Iterator[Line]:
    """What a decision says otherwise than expected, where it turned, and the decision."""
    _, ruleset, _ = decision.parts
    for each in differences:
        yield Line("wrong", printable(f"  {_said(each)}"))
    for turn in turns(decision, differences):
        yield Line("blank", "")
        yield from _turn_lines(turn, ruleset, language)
    yield Line("blank", "")
    yield Line("heading", "Facts that were read")
    yield from _fact_lines(decision, ruleset, language)
    yield Line("blank", "")
    yield Line("heading", "The decision")
    for line in lines(*decision.parts, language):
        yield Line(line.style, f"  {line.text}" if line.text else "")


def _said(difference: Difference) -> str:
    if not (isinstance(difference.expected, LISTED) and isinstance(difference.found, LISTED)):
        return str(difference)
    parts = []
    if difference.lacking:
        parts.append(f"expected {_short(difference.lacking)}")
    if difference.surplus:
        parts.append(f"found {_short(difference.surplus)}")
    missing = "" if difference.surplus else ", not found"
    unexpected = "" if difference.lacking else ", not expected"
    return f"{difference.key}: {', '.join(parts)}{missing}{unexpected}"


def _short(names: Iterable[str]) -> str:
    """Rules by the last word of their ids; facts, which have fewer parts, whole."""
    return ", ".join(each.rpartition(".")[2] if each.count(".") > 2 else each for each in names)


def _turn_lines(turn: Turn, ruleset: Ruleset, language: str) -> Iterator[Line]:
    rule = turn.rule
    yield Line("heading", f"{rule.id}: {rule.because.in_language(language)}")
    where = [turn.part.trace]
    if turn.truth is turn.expected:
        yield Line("text", f"  is {_TRUTHS[turn.truth]}, as expected, with another part in it")
    else:
        wanted, found = _TRUTHS[turn.expected], _TRUTHS[turn.truth]
        whose = "expected" if turn.named else "for the outcome expected it would have to be"
        all_hold = turn.expected is not None and isinstance(turn.part.trace.node, And)
        where = [*turn.part.trace.parts] if all_hold else where
        what = "all this holds, and not all should:" if all_hold else "what first went otherwise:"
        yield Line("wrong", f"  {whose} {wanted}, found {found}; {what}")
    for each in where:
        yield Line("text", f"  {print_expression(each.node)}")
    for fact, value in turn.part.facts.items():
        yield Line("detail", f"    {_read(fact, value, ruleset, language)}")
    for name, value in turn.part.parameters.items():
        parameter = ruleset.parameters[name]
        shown = measured(value, parameter.type.codes, parameter.unit, ruleset, language)
        yield Line("detail", f"    params.{name} = {shown}")


def _fact_lines(decision: Decision, ruleset: Ruleset, language: str) -> Iterator[Line]:
    facts = decision.answer.facts
    for name, value in sorted(facts.values.items()):
        yield Line("detail", f"  {_read(name, value, ruleset, language)}")
    for name in facts.left_out:
        yield Line("detail", f"  {name} left out")
    for name in decision.missing:
        if name.partition(".")[0] not in facts.left_out:
            missing = Unknown(frozenset({name}))
            yield Line("detail", f"  {_read(name, missing, ruleset, language)}")


def _read(name: str, value: Outcome3, ruleset: Ruleset, language: str) -> str:
    spec = ruleset.schema.facts[name]
    shown = measured(value, spec.type.codes, spec.unit, ruleset, language)
    return f"{name} = {shown}  ({label(name, ruleset, language)})"
