"""what any condition tells.

Beyond one fact against a constant: sets and sizes of lists, what is computed, and facts held
against facts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from itertools import product

from flk_rules.analysis.forms import Form, Term, forms
from flk_rules.deciding.reading import Reading, constant, constant_value
from flk_rules.model.expressions import (
    Arithmetic,
    Compare,
    Conditional,
    DefinitionRef,
    Expr,
    FactRef,
    Literal,
    Member,
    Negate,
    ParameterRef,
    SetRelation,
    Size,
    children,
)
from flk_rules.model.rules import Ruleset
from flk_rules.model.values import BOOL, Kind

MAX_JOINT = 2_000
"""Corners of other facts for which a boundary between facts is solved."""
ROUNDS = 2
"""A root lies between the numbers that a fact can have where another fact has more decimals, or
half of an odd number is asked for; from the numbers beside it there is a root for the other."""


class Telling(Reading):
    """What conditions tell of any fact: of lists also sets and sizes, of numbers also what is
    computed and held against other facts."""

    def __init__(self) -> None:
        super().__init__(lambda name: True)
        self.sizes: dict[str, set[int]] = {}
        self.points: dict[str, set[int]] = {}
        self.ends: dict[str, set[int]] = {}
        self.inexact: set[str] = set()
        self._meeting: list[Form] = []

    def otherwise(self, ruleset: Ruleset, node: Expr) -> None:
        """Tests of more than one fact against a constant."""
        match node:
            case SetRelation(relation="contains", left=FactRef() as fact, right=other) if constant(
                other
            ):
                codes = constant_value(ruleset, other)
                assert isinstance(codes, (tuple, frozenset))
                self.see(ruleset, fact)
                self.groups.setdefault(fact.path, set()).update(frozenset({str(c)}) for c in codes)
            case SetRelation(left=FactRef() as fact, right=other) if constant(other):
                self.mention(ruleset, fact, other)
            case SetRelation(left=other, right=FactRef() as fact) if constant(other):
                self.mention(ruleset, fact, other)
            case Compare(left=left, right=right) if _numeric(left):
                self._within(ruleset, node)
                self._compared(ruleset, left, right)
            case Compare(left=left, right=right) if _truth(left):
                self.read(ruleset, left)
                self.read(ruleset, right)
            case Member(item=FactRef() as fact, collection=other) if constant(other):
                values = constant_value(ruleset, other)
                assert isinstance(values, (tuple, frozenset))
                for each in values:
                    self.read(ruleset, Compare("==", fact, Literal(each, fact.type)))
            case _:
                self._within(ruleset, node)
                self._unfollowed(ruleset, node)

    def meet(self) -> None:
        """Adds to each fact the numbers on both sides of each boundary with other facts.

        A sum takes its least and greatest over a box of ranges at corners, and passes nought along
        an edge; so the corners and the roots at them show every sign that it can have.
        """
        met = {name for form in self._meeting for name in _facts(form)}
        for _ in range(ROUNDS):
            corners = {name: self._corners(self.seen[name]) for name in met}
            for name, found in corners.items():
                unit = 10 ** self.specs[name].scale
                self.ends.setdefault(name, set()).update(int(each * unit) for each in found)
            for form in self._meeting:
                self._meet(form, corners)

    def _meet(self, form: Form, corners: Mapping[str, list[Fraction]]) -> None:
        for term in form.factors:
            others = [each for each in form.factors if each != term]
            choices = [corners[each.fact] for each in others]
            if math.prod(map(len, choices)) > MAX_JOINT:
                self.inexact |= {each.fact for each in form.factors}
                continue
            for choice in product(*choices):
                self._at(term, form.root(term, dict(zip(others, choice, strict=True))), form)

    def _corners(self, fact: FactRef) -> list[Fraction]:
        """The lowest and the highest number of each range of a fact."""
        low, high = self.bounds(fact)
        inner = {at for cut in self.positions(fact) for at in (cut - 1, cut)}
        unit = 10 ** self.specs[fact.path].scale
        return [Fraction(each, unit) for each in sorted({low, high, *inner}) if low <= each <= high]

    def positions(self, fact: FactRef) -> list[int]:
        """Where the ranges of a number begin, but for the first."""
        found = {cut.at for cut in self.cuts_of(fact)} | self.points.get(fact.path, set())
        low, high = self.bounds(fact)
        return sorted(at for at in found if low < at <= high)

    def _compared(self, ruleset: Ruleset, left: Expr, right: Expr) -> None:
        one, two = forms(ruleset, left), forms(ruleset, right)
        if one is None or two is None:
            self._unfollowed(ruleset, Compare("==", left, right))
            return
        for form in (a.plus(b, -1) for a in one for b in two):
            sizes = [term for term in form.factors if term.size]
            if len(form.factors) == 1:
                (term,) = form.factors
                self._at(term, form.root(term, {}), form)
            elif sizes:  # a size beside another number: each up to a few codes
                self.inexact |= {each.fact for each in form.factors}
                for term in sizes:
                    self.sizes.setdefault(term.fact, set()).update((0, 1, 2))
            elif form.factors and not any(form.along(each) for each in self._meeting):
                facts = _facts(form)
                if form.rounded or any(facts & _facts(each) for each in self._meeting):
                    self.inexact |= facts
                self._meeting.append(form)

    def _at(self, term: Term, root: Fraction, form: Form) -> None:
        """The boundary at `root`: the numbers below, at and above it."""
        if term.size:
            self.sizes.setdefault(term.fact, set()).update(
                {max(0, math.floor(root)), max(0, math.ceil(root))}
            )
            return
        scaled = root * 10 ** self.specs[term.fact].scale
        beside = (-1, 0, 1, 2) if form.rounded else (0, 1)
        self.points.setdefault(term.fact, set()).update(
            at + step for at in (math.floor(scaled), math.ceil(scaled)) for step in beside
        )

    def _within(self, ruleset: Ruleset, node: Expr) -> None:
        """The facts in a node, and the conditions that its choices ask."""
        for child in children(node):
            match child:
                case FactRef():
                    self.see(ruleset, child)
                case Conditional(test=test, then=then, otherwise=otherwise):
                    self.read(ruleset, test)
                    for each in (then, otherwise):
                        self._within(ruleset, Compare("==", each, each))
                case DefinitionRef():
                    self.read(ruleset, child)
                case _:
                    self._within(ruleset, child)

    def _unfollowed(self, ruleset: Ruleset, node: Expr) -> None:
        """Facts that are read in a way that is not followed: their values are a sample."""
        found = [each for each in ruleset.nodes_of(node) if isinstance(each, FactRef)]
        self.inexact |= {each.path for each in found}
        lists = {each.type.codes for each in found if each.type.codes}
        for fact in found:
            self.see(ruleset, fact)
            if fact.type.kind is Kind.LIST:
                self.sizes.setdefault(fact.path, set()).add(1)
            if fact.type.codes in lists:  # facts of one list: some codes that both can have
                codes = sorted(ruleset.schema.codes_of(fact.type.codes or ""))[:3]
                self.groups.setdefault(fact.path, set()).update(frozenset({c}) for c in codes)


def _facts(form: Form) -> set[str]:
    return {term.fact for term in form.factors}


def _numeric(node: Expr) -> bool:
    match node:
        case FactRef() | ParameterRef() | Literal():
            return node.type.numeric
        case Conditional(then=then):
            return _numeric(then)
    return isinstance(node, (Arithmetic, Negate, Size))


def _truth(node: Expr) -> bool:
    match node:
        case FactRef() | ParameterRef() | Literal():
            return node.type == BOOL
        case Conditional(then=then):
            return _truth(then)
    return not _numeric(node)
