"""conditions as trees.

A condition's trace as what a reader sees: its parts with their truth, in words where there are
words, and at the leaves the facts and parameters with their values and sources.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import evolve, frozen

from flk_rules.engines.reference import Trace
from flk_rules.explaining.phrases import cite, label, measured, phrase
from flk_rules.explaining.words import word
from flk_rules.language import print_expression
from flk_rules.model.expressions import (
    And,
    Compare,
    Conditional,
    DefinitionRef,
    Expr,
    FactRef,
    Has,
    Literal,
    Member,
    Not,
    Or,
    ParameterRef,
)
from flk_rules.model.rules import Basis, Parameter, Rule, Ruleset
from flk_rules.model.values import Outcome3, Unknown, Value
from flk_rules.reporting.shapes import TRUTHS, Node, Read
from flk_rules.reporting.words import said


@frozen
class Trees:
    """Makes trees for one receipt: its rules, its facts, the subjects left out, a language."""

    ruleset: Ruleset
    known: Mapping[str, Value]
    left_out: tuple[str, ...]
    language: str

    def node(self, trace: Trace) -> Node:
        """A part of a condition, and its parts."""
        match trace.node:
            case And():
                return self._branching("all", said("all_of", self.language), trace)
            case Or():
                return self._branching("any", said("any_of", self.language), trace)
            case Conditional():
                return self._branching("choice", said("choice", self.language), trace)
            case Not(operand=operand) if not isinstance(operand, (FactRef, Has, Member)):
                return self._branching("not", said("not_so", self.language), trace)
            case DefinitionRef(path=path):
                found = self.ruleset.definitions[path]
                source = found.source
                return evolve(
                    self._branching("definition", found.because.in_language(self.language), trace),
                    code=path,
                    cite=None if source is None else cite(source, self.language),
                )
        node, parts = trace.node, tuple(map(self.node, _definitions(trace)))
        code, words = print_expression(node), self._words(node)
        return Node(
            kind="atom",
            truth=truth_of(trace.value),
            words="" if words == code else words,
            code=code,
            reads=self.reads(trace),
            parts=parts,
        )

    def reads(self, trace: Trace) -> tuple[Read, ...]:
        """What a part without parts of its own read, each name once."""
        found: dict[str, Read] = {}
        for leaf in _leaves(trace):
            match leaf.node:
                case FactRef(path=path) | Has(fact=FactRef(path=path)):
                    found[path] = self.fact(path)
                case ParameterRef(path=path):
                    found[f"params.{path}"] = self.parameter(self.ruleset.parameters[path])
        return tuple(found.values())

    def fact(self, name: str) -> Read:
        """A fact with its value, or that it is not known or left out."""
        spec = self.ruleset.schema.facts[name]
        value = self.known.get(name)
        if value is not None:
            text = self.value(value, spec.type.codes, spec.unit)
        else:
            text = word("left_out" if spec.subject in self.left_out else "unknown", self.language)
        return Read(
            kind="open" if value is None else "fact",
            label=label(name, self.ruleset, self.language),
            name=name,
            value=text,
        )

    def parameter(self, parameter: Parameter) -> Read:
        """A parameter with its value, basis and source."""
        source, statement = parameter.source, parameter.statement
        cited = parameter.origin.ruleset
        if source is not None:
            cited = cite(source, self.language)
        elif statement is not None:
            cited = f"{cited} [{statement}]"
        return Read(
            kind="assumption" if parameter.basis is Basis.ASSUMPTION else "source",
            label=parameter.because.in_language(self.language),
            name=f"params.{parameter.id}",
            value=self.value(parameter.value, parameter.type.codes, parameter.unit),
            cite=cited,
            notes=self.notes(parameter),
        )

    def notes(self, about: Rule | Parameter) -> tuple[str, ...]:
        """What layers did to a rule or parameter, and how its source was read."""
        found = [
            f"{word(each.action, self.language)} {each.ruleset}: "
            f"{each.because.in_language(self.language)} ({cite(each.source, self.language)})"
            for each in about.overlaid
        ]
        if about.reading is not None:
            reading = about.reading.in_language(self.language)
            found.append(f"{word('reading', self.language)}: {reading}")
        return tuple(found)

    def value(self, value: Outcome3, codes: str | None, unit: str | None) -> str:
        """A value as a person reads it."""
        return measured(value, codes, unit, self.ruleset, self.language)

    def _branching(self, kind: str, words: str, trace: Trace) -> Node:
        return Node(
            kind=kind,
            truth=truth_of(trace.value),
            words=words,
            code=print_expression(trace.node),
            parts=tuple(map(self.node, trace.parts)),
        )

    def _words(self, node: Expr) -> str:
        """The part in words, a parameter by its value; in the condition language where there are
        no words for its form."""
        match node:
            case Compare(right=ParameterRef(path=path, type=type_)):
                value = self.ruleset.parameters[path].value
                if not isinstance(value, (frozenset, tuple)):
                    node = evolve(node, right=Literal(value, type_))
        found = phrase(node, self.ruleset, self.language)
        return found[:1].upper() + found[1:] if found != print_expression(node) else ""


def truth_of(value: Outcome3) -> str:
    """A part's truth; a part that is a number or code has none."""
    if isinstance(value, Unknown):
        return TRUTHS[None]
    return TRUTHS[value] if isinstance(value, bool) else "value"


def _leaves(trace: Trace) -> Iterator[Trace]:
    """The references within, but for what stands in definitions."""
    if isinstance(trace.node, DefinitionRef):
        return
    if not trace.parts:
        yield trace
    for part in trace.parts:
        yield from _leaves(part)


def _definitions(trace: Trace) -> Iterator[Trace]:
    for part in trace.parts:
        if isinstance(part.node, DefinitionRef):
            yield part
        else:
            yield from _definitions(part)
