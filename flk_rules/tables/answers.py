"""verdicts as columns.

What `deciding/ways.py` makes of firings, made of the columns of rules instead: which side a row
comes to, and what is said there. Nothing about combining is said here; see `deciding/symbolic.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from attrs import frozen
from sqlglot import exp

from flk_rules.deciding.combining import Combining
from flk_rules.deciding.symbolic import (
    ALWAYS,
    FALSE,
    TRUE,
    UNKNOWN,
    Branching,
    Leaf,
    States,
    branches,
)
from flk_rules.engines.sql import Compiler, Dialect, missing_of
from flk_rules.engines.sql.literals import (
    DOUBLE,
    TEXT,
    all_of,
    any_of,
    cases,
    cast,
    column,
    double,
    integer,
    is_known,
    is_null,
    negated,
    text,
)
from flk_rules.errors import ValuesConflict
from flk_rules.model.answers import Effect
from flk_rules.model.expressions import Expr, ParameterRef
from flk_rules.model.rules import STRONGEST_FIRST, Ruleset
from flk_rules.model.verdicts import Verdict

Tree = exp.Expr


def ruled(rule: str) -> str:
    """What the column of a rule's truth is called; see `defined`."""
    return f"rule {rule}"


@frozen
class Names:
    """What the columns are called: of each rule its truth, and the side that the row came to."""

    rules: tuple[str, ...]
    side: str


class Answers:
    """The answers to one question as trees over the columns of `names`."""

    def __init__(
        self, ruleset: Ruleset, question: str, combining: Combining, dialect: Dialect
    ) -> None:
        self._ruleset, self._dialect = ruleset, dialect
        self._rules = ruleset.rules_of(question)
        self._tree, self._leaves = branches(combining, len(self._rules))
        self.names = Names(tuple(ruled(rule.id) for rule in self._rules), "side")

    @property
    def conflicts(self) -> dict[int, ValuesConflict]:
        """The sides on which rules give two numbers: no answer, and the row's outcome is NULL."""
        return {each.number: each.conflict for each in self._leaves if each.conflict}

    def side(self, names: Names) -> Tree:
        """Which side a row comes to."""
        return _sided(self._tree, names.rules)

    def outcome(self) -> Tree:
        """The outcome."""
        return self._said(lambda verdict: text(verdict.outcome.value), TEXT)

    def reason(self) -> Tree:
        """Of not eligible, why."""
        return self._said(
            lambda verdict: text(verdict.reason.value) if verdict.reason else None, TEXT
        )

    def value(self) -> Tree:
        """The number that is stated."""
        return self._said(
            lambda verdict: None if verdict.value is None else double(float(verdict.value)), DOUBLE
        )

    def force(self) -> Tree:
        """The strongest force among the rules that decided."""
        found = []
        for force in STRONGEST_FIRST:
            parts = [
                part
                for number, rule in enumerate(self._rules)
                if rule.force is force
                for part in self._member(_of("force"), number, self.names)
            ]
            if parts:
                found.append((any_of(parts), text(force.value)))
        return cases(*found) if found else cast(exp.null(), TEXT)

    def rules(self, attribute: str) -> Tree:
        """The ids of one of a verdict's lists of rules."""
        pairs = []
        for number, rule in enumerate(self._rules):
            if parts := self._member(_of(attribute), number, self.names):
                pairs.append((rule.id, any_of(parts)))
        return self._dialect.chosen(pairs)

    def missing(self, compiler: Compiler) -> Tree:
        """The facts that rules which could still change the outcome are unknown by."""
        by_fact: dict[str, list[Tree]] = {}
        for number, rule in enumerate(self._rules):
            if parts := self._member(_of("pivotal"), number, self.names):
                turns = any_of(parts)
                for fact, when in missing_of(rule.when, self._ruleset, compiler).items():
                    by_fact.setdefault(fact, []).append(all_of([turns.copy(), when]))
        if not by_fact:
            return self._dialect.chosen([])
        open_ = [each for each in self._leaves if each.verdict and any(_of("pivotal")(each) or ())]
        chosen = self._dialect.chosen(
            [(fact, any_of(parts)) for fact, parts in sorted(by_fact.items())]
        )
        return cases((_on(open_, self.names.side), chosen), otherwise=self._dialect.chosen([]))

    def assumptions(self, opened: Mapping[str, Names], compiler: Compiler) -> Tree:
        """The parameters without which less is said; `opened` are the columns in which each is
        not known, under other names wherever a rule reads it."""
        pairs = []
        for parameter, names in opened.items():
            parts = [self._rests_on(names)] if names.rules != self.names.rules else []
            if factors := self._factors(compiler, parameter):
                parts.append(factors)
            if parts:
                pairs.append((parameter, any_of(parts)))
        return self._dialect.chosen(pairs)

    def _factors(self, compiler: Compiler, parameter: str) -> Tree | None:
        """Where a factor that reads the parameter is in a number adjusted by a deployer's own, as
        `explaining/measuring.py` has it: each direction with a factor is known and, where it
        holds, has one over nought and at most one. None where no factor reads it."""
        stated = [each for each in self._leaves if each.verdict and each.verdict.value is not None]
        used, usable = [], [_on(stated, self.names.side)] if stated else []
        for rule in self._rules:
            if rule.amount is None or rule.effect is not Effect.GROUND:
                continue
            number = exp.paren(compiler.number(rule.amount), copy=False)
            lowers = all_of([
                exp.GT(this=number, expression=integer(0)),
                exp.LTE(this=number.copy(), expression=integer(1)),
            ])  # fmt: skip
            sure = exp.Coalesce(this=exp.paren(lowers, copy=False), expressions=[exp.false()])
            holds = _has(TRUE, ruled(rule.id))
            usable.append(any_of([_has(FALSE, ruled(rule.id)), all_of([holds, sure.copy()])]))
            if parameter in parameters_of(rule.amount, self._ruleset):
                used.append(holds.copy())
        return all_of([any_of(used), *usable]) if used and stated else None

    def _rests_on(self, opened: Names) -> Tree:
        mine = self.names
        kinds = {
            each.number: tuple(None if isinstance(part, tuple) else part for part in each.said)
            for each in self._leaves
        }
        numbers = {kind: number for number, kind in enumerate(dict.fromkeys(kinds.values()))}
        differs = []
        if len(numbers) > 1:
            before, after = (self._kind(kinds, numbers, names.side) for names in (mine, opened))
            differs.append(exp.NEQ(this=before, expression=after))
        width = max(len(each.said) for each in self._leaves)
        for place in range(width):
            for rule, (name, other) in enumerate(zip(mine.rules, opened.rules, strict=True)):
                of = _place(place)
                states = {(of(each) or _nowhere(rule))[rule] for each in self._leaves}
                if states != {0} and (name != other or len(states) > 1):
                    sides = [
                        exp.paren(any_of(self._member(of, rule, names)), copy=False)
                        for names in (mine, opened)
                    ]
                    differs.append(exp.NEQ(this=sides[0], expression=sides[1]))
        moved = [
            exp.NullSafeNEQ(this=column(name), expression=column(other))
            for name, other in zip(mine.rules, opened.rules, strict=True)
            if name != other
        ]
        return cases((any_of(moved), any_of(differs)), otherwise=exp.false())

    def _kind(
        self,
        kinds: Mapping[int, tuple[object, ...]],
        numbers: Mapping[tuple[object, ...], int],
        side: str,
    ) -> Tree:
        """A number for what is said on a side but for its rules."""
        return cases(
            *(
                (
                    _on([each for each in self._leaves if kinds[each.number] == kind], side),
                    integer(number),
                )
                for kind, number in numbers.items()
            )
        )

    def _said(self, of: Callable[[Verdict], Tree | None], type_: exp.DataType) -> Tree:
        """What verdicts say by themselves, by side."""
        by_text: dict[str, tuple[Tree, list[Leaf]]] = {}
        for leaf in self._leaves:
            tree = of(leaf.verdict) if leaf.verdict else None
            if tree is not None:
                by_text.setdefault(tree.sql(), (tree, []))[1].append(leaf)
        if not by_text:
            return cast(exp.null(), type_)
        return cases(*((_on(leaves, self.names.side), tree) for tree, leaves in by_text.values()))

    def _member(self, of: Callable[[Leaf], States | None], rule: int, names: Names) -> list[Tree]:
        """Where a rule is in a set, each a condition that is never NULL; none if it never is."""
        found: list[Tree] = []
        states = {each.number: (of(each) or _nowhere(rule))[rule] for each in self._leaves}
        for state in sorted(set(states.values()) - {0}):
            leaves = [each for each in self._leaves if states[each.number] == state]
            parts = [] if len(leaves) == len(self._leaves) else [_on(leaves, names.side)]
            if state != ALWAYS:
                parts.append(_has(state, names.rules[rule]))
            found.append(all_of(parts) if parts else exp.true())
        return found


def parameters_of(node: Expr, ruleset: Ruleset) -> frozenset[str]:
    """The parameters that an expression reads, definitions written out."""
    nodes = ruleset.nodes_of(node)
    return frozenset(each.path for each in nodes if isinstance(each, ParameterRef))


def _nowhere(rule: int) -> States:
    """The states of no set."""
    return (0,) * (rule + 1)


def _of(attribute: str) -> Callable[[Leaf], States | None]:
    return lambda leaf: getattr(leaf.verdict, attribute) or None if leaf.verdict else None


def _place(place: int) -> Callable[[Leaf], States | None]:
    def of(leaf: Leaf) -> States | None:
        part = leaf.said[place] if place < len(leaf.said) else None
        return part if isinstance(part, tuple) and part else None

    return of


def _sided(node: Branching | Leaf, names: Sequence[str]) -> Tree:
    """The side as nested cases. A NULL takes the other branch, as a set does that holds nothing."""
    if isinstance(node, Leaf):
        return integer(node.number)
    some = any_of([_holds(state, name) for state, name in zip(node.states, names, strict=True)
                   if state])  # fmt: skip
    return cases((some, _sided(node.some, names)), otherwise=_sided(node.none, names))


def _holds(state: int, name: str) -> Tree:
    """Whether a rule has one of the truths; NULL may stand for no."""
    if state == TRUE:
        return column(name)
    return negated(column(name)) if state == FALSE else _has(state, name)


def _has(state: int, name: str) -> Tree:
    """Whether a rule has one of the truths; never NULL."""
    match state:
        case _ if state == UNKNOWN:
            return is_null(column(name))
        case _ if state == TRUE | FALSE:
            return is_known(column(name))
        case _ if state == ALWAYS:
            return exp.true()
    sure = exp.true() if state in (FALSE, TRUE | UNKNOWN) else exp.false()
    either = exp.Coalesce(this=column(name), expressions=[sure])
    return either if state & TRUE else negated(either)


def _on(leaves: Sequence[Leaf], side: str) -> Tree:
    """Whether a row came to one of the sides."""
    numbers = [integer(each.number) for each in leaves]
    if len(numbers) == 1:
        return exp.EQ(this=column(side), expression=numbers[0])
    return exp.In(this=column(side), expressions=numbers)
