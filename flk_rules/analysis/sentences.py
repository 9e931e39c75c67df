"""mutants in words.

What a change comes to, in words that somebody who knows the rules understands: ``“age is at least
65 years” were “age is at least 66 years”``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from attrs import evolve

from flk_rules.analysis.operators import Kinds, Variant
from flk_rules.analysis.trees import walk
from flk_rules.deciding.reading import MIRROR
from flk_rules.explaining.phrases import measured, phrase
from flk_rules.explaining.words import EFFECTS, FORCES
from flk_rules.language import print_expression
from flk_rules.model.answers import Effect
from flk_rules.model.expressions import And, Compare, Expr, FactRef, Literal, Not, Or, ParameterRef
from flk_rules.model.rules import Force, Ruleset, Text
from flk_rules.model.values import Value

KINDS = {
    Kinds.BOUNDARY: Text(sv="gräns flyttad", en="boundary moved"),
    Kinds.OPERATOR: Text(sv="operator bytt", en="operator swapped"),
    Kinds.JUNCTION: Text(sv="och/eller bytt", en="and/or swapped"),
    Kinds.NEGATION: Text(sv="villkor vänt", en="negated"),
    Kinds.PART: Text(sv="del struken", en="part left out"),
    Kinds.CODE: Text(sv="kod ändrad", en="code changed"),
    Kinds.DATE: Text(sv="dag flyttad", en="date shifted"),
    Kinds.FORCE: Text(sv="kraft ändrad", en="force changed"),
    Kinds.EFFECT: Text(sv="verkan ändrad", en="effect changed"),
    Kinds.OVERLAY: Text(sv="lagers ändring borttagen", en="overlay removed"),
    Kinds.PARAMETER: Text(sv="parameter ändrad", en="parameter changed"),
}
"""What the kinds of mutants are called."""
_SHOWN = 160


def _both(make: Callable[[str], str]) -> Text:
    return Text(sv=make("sv"), en=make("en"))


def became(was: Text, becomes: Text) -> Text:
    """One thing in another's place."""
    return Text(
        sv=f"”{was.sv}” i stället vore ”{becomes.sv}”", en=f"“{was.en}” were “{becomes.en}”"
    )


def dropped(what: Text) -> Text:
    """One thing that is no longer there."""
    return Text(sv=f"”{what.sv}” ströks", en=f"“{what.en}” were left out")


def of_variant(variant: Variant, ruleset: Ruleset) -> Text:
    """What the change of a condition comes to."""
    was, becomes = variant.was, variant.changed(ruleset)
    if variant.kind is Kinds.PART:
        assert isinstance(was, (And, Or))
        rest = becomes.operands if isinstance(becomes, type(was)) else (becomes,)
        gone = next(each for each in was.operands if each not in rest)
        return dropped(_said(gone, ruleset))
    return became(_said(was, ruleset), _said(becomes, ruleset))


def _said(node: Expr, ruleset: Ruleset) -> Text:
    """A part of a condition in words where there are words for it, else as it is written."""

    written = _written_out(node, ruleset)

    def make(language: str) -> str:
        text = phrase(written, ruleset, language)
        return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} …"

    if any(isinstance(each, ParameterRef) for _, each in walk(written)):
        return _both(lambda _: print_expression(node))
    return _both(make)


def _written_out(node: Expr, ruleset: Ruleset) -> Expr:
    """The forms that phrases know: a fact before a constant, parameters by their values."""
    match node:
        case Compare(op=op, left=left, right=FactRef() as right):
            if not isinstance(left, FactRef):
                return _written_out(Compare(MIRROR[op], right, left), ruleset)
        case Compare(left=FactRef(), right=ParameterRef(path=path) as right):
            parameter = ruleset.parameters.get(path)
            if parameter is not None and not isinstance(parameter.value, frozenset):
                return evolve(node, right=Literal(parameter.value, right.type))
        case And(operands=operands) | Or(operands=operands):
            return evolve(node, operands=tuple(_written_out(each, ruleset) for each in operands))
        case Not(operand=operand):
            return evolve(node, operand=_written_out(operand, ruleset))
    return node


def of_value(
    was: Value, becomes: Value, codes: str | None, unit: str | None, ruleset: Ruleset
) -> Text:
    """A parameter's value changed."""
    if isinstance(was, frozenset) and isinstance(becomes, frozenset):
        gone, more = was - becomes, becomes - was
        if gone and not more:
            return dropped(_both(lambda each: measured(gone, codes, None, ruleset, each)))
        if more and not gone:
            added = _both(lambda each: measured(more, codes, None, ruleset, each))
            return Text(sv=f"”{added.sv}” lades till", en=f"“{added.en}” were added")
    old, new = (
        _both(lambda each, value=value: measured(value, codes, unit, ruleset, each))  # type: ignore[misc]
        for value in (was, becomes)
    )
    return became(old, new)


def of_force(was: Force, becomes: Force) -> Text:
    """A rule on another authority."""
    return Text(
        sv=f"kraften vore {FORCES[becomes].sv} i stället för {FORCES[was].sv}",
        en=f"the force were {FORCES[becomes].en} instead of {FORCES[was].en}",
    )


def of_effect(was: Effect, becomes: Effect) -> Text:
    """A rule that does something else."""
    return Text(
        sv=f"verkan vore {EFFECTS[becomes].sv} ({becomes.value}) i stället för "
        f"{EFFECTS[was].sv} ({was.value})",
        en=f"the effect were {EFFECTS[becomes].en} ({becomes.value}) instead of "
        f"{EFFECTS[was].en} ({was.value})",
    )


def of_date(key: str, was: date, becomes: date) -> Text:
    """A first or last day beside the right one."""
    sv, en = ("första", "first") if key == "valid_from" else ("sista", "last")
    return Text(
        sv=f"{sv} dagen vore {becomes} i stället för {was}",
        en=f"the {en} day were {becomes} instead of {was}",
    )


def of_overlay(action: str, target: str) -> Text:
    """A layer's change that is not made."""
    return Text(
        sv=f"lagrets {action} av {target} togs bort",
        en=f"the layer's {action} of {target} were gone",
    )
