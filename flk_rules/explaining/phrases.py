"""values and conditions in words.

What a person reads for a value, a fact, a source, and the condition on a subject left out.
"""

from __future__ import annotations

from flk_rules.explaining.words import in_unit, word
from flk_rules.language import print_expression
from flk_rules.model.expressions import (
    And,
    Compare,
    Expr,
    FactRef,
    Has,
    Literal,
    Member,
    Not,
    Or,
)
from flk_rules.model.rules import Citation, Ruleset
from flk_rules.model.values import Outcome3, Unknown

SHOWN = 6
"""Codes of a list that a text shows; of a longer list it shows one less and the number."""


def plain(value: Outcome3, codes: str | None, ruleset: Ruleset, language: str) -> str:
    """A fact's or parameter's value as a person reads it."""
    if isinstance(value, Unknown):
        return value.error or word("unknown", language)
    if isinstance(value, bool):
        return word("true" if value else "false", language)
    if isinstance(value, (frozenset, tuple)):
        names = sorted(plain(each, codes, ruleset, language) for each in value)
        if len(names) > SHOWN:
            names = [*names[: SHOWN - 1], f"… ({len(names)})"]
        return ", ".join(names) or word("empty", language)
    if isinstance(value, str) and codes and (code := ruleset.schema.codes_of(codes).get(value)):
        return code.sv if language == "sv" else code.en
    if isinstance(value, float):
        text = f"{value:.4f}".rstrip("0").rstrip(".")
        return text.replace(".", ",") if language == "sv" else text
    return str(value)


def measured(
    value: Outcome3, codes: str | None, unit: str | None, ruleset: Ruleset, language: str
) -> str:
    """A value with its unit: ``65 years``."""
    text = plain(value, codes, ruleset, language)
    number = type(value) in (int, float)
    return in_unit(text, unit, language) if unit is not None and number else text


def label(name: str, ruleset: Ruleset, language: str) -> str:
    """What a fact is called."""
    spec = ruleset.schema.facts[name]
    return spec.sv if language == "sv" else spec.en


def subject_words(name: str, ruleset: Ruleset, language: str) -> str:
    """What a subject is called."""
    spec = ruleset.schema.inputs.get(f"{name}.id")
    if spec is None:
        return name
    return spec.sv if language == "sv" else spec.en


def cite(source: Citation, language: str) -> str:
    """A source in one line: document, section, note, provision, statement."""
    parts = [f"{source.document}, {source.section}"]
    if source.note:
        parts.append(f"{word('note', language)} {source.note}")
    if source.provision:
        parts.append(source.provision)
    return f"{', '.join(parts)} [{source.statement}]"


def phrase(node: Expr, ruleset: Ruleset, language: str) -> str:
    """A condition on left-out facts in words: ``age is at least 65 years``.

    It knows the forms that `flk_rules.deciding` writes, and several of them negated together; any
    other stays in the condition language.
    """

    def said(key: str) -> str:
        return word(key, language)

    def inner(part: Expr) -> str:
        text = phrase(part, ruleset, language)
        joined = part.operand if isinstance(part, Not) else part
        return f"({text})" if isinstance(joined, (And, Or)) else text

    match node:
        case And(operands=operands) | Or(operands=operands):
            joint = said("and" if isinstance(node, And) else "or")
            return f" {joint} ".join(inner(each) for each in operands)
        case Not(operand=And() | Or() as operand):
            return f"{said('not_so')} {phrase(operand, ruleset, language)}"
        case FactRef(path=path):
            return f"{label(path, ruleset, language)} = {said('true')}"
        case Not(operand=FactRef(path=path)):
            return f"{label(path, ruleset, language)} = {said('false')}"
        case Has(fact=fact):
            return f"{label(fact.path, ruleset, language)} {said('is_recorded')}"
        case Not(operand=Has(fact=fact)):
            return f"{label(fact.path, ruleset, language)} {said('is_not_recorded')}"
        case Compare(op=op, left=FactRef(path=path) as fact, right=Literal(value=value)):
            unit = ruleset.schema.facts[path].unit
            shown = measured(value, fact.type.codes, unit, ruleset, language)
            return f"{label(path, ruleset, language)} {said(op)} {shown}"
        case Member(item=Literal(value=value), collection=FactRef(path=path) as fact):
            shown = plain(value, fact.type.codes, ruleset, language)
            return f"{label(path, ruleset, language)} {said('includes')} {shown}"
        case Not(operand=Member(item=Literal(value=value), collection=FactRef(path=path) as fact)):
            shown = plain(value, fact.type.codes, ruleset, language)
            return f"{label(path, ruleset, language)} {said('includes_not')} {shown}"
    return print_expression(node)
