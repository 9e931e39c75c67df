"""a question as query.

Facts, definitions, rules, sides and answers, each a common table expression over the one before, so
that the SQL can be read beside the rules.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from flk_rules.deciding.combining import Combining
from flk_rules.engines.sql import Compiler, Dialect
from flk_rules.engines.sql.conditions import defined
from flk_rules.engines.sql.literals import column
from flk_rules.model.answers import Effect
from flk_rules.model.expressions import FactRef
from flk_rules.model.rules import Basis, Rule, Ruleset
from flk_rules.tables.answers import Answers, Names, parameters_of, ruled
from flk_rules.tables.shape import LISTS
from flk_rules.tables.sources import Frame, Named, Placing, Source, cited, definitions


class Query:
    """The query of one question of one ruleset, in one dialect."""

    def __init__(
        self, ruleset: Ruleset, combining: Combining, question: str, dialect: Dialect
    ) -> None:
        self.ruleset, self.question, self.dialect = ruleset, question, dialect
        self.rules: tuple[Rule, ...] = ruleset.rules_of(question)
        self.answers = Answers(ruleset, question, combining, dialect)

    def tree(
        self,
        sources: Sequence[Source],
        references: Sequence[str],
        outputs: Sequence[str],
        *,
        truths: bool = False,
    ) -> exp.Select:
        """The whole query: the rows' references, the outputs, and with `truths` a column a rule,
        called as the rule.

        Several sources are joined where their keys are equal.
        """
        placing = Placing(self.ruleset, self.dialect, sources)
        opened = self._opened() if "assumptions" in outputs else {}
        compiler = Compiler(self.ruleset, self.dialect, placed=placing.placed(frozenset()))
        rules = self._rules(placing, compiler, opened)
        answers = [(each, self._answer(each, compiler, opened)) for each in outputs]
        levels = definitions(self.ruleset, [rule.when for rule in self.rules], compiler)
        several = len(sources) > 1
        shared = [
            self._defined([each for each in level if not (several and self._alone(placing, each))],
                          compiler)
            for level in levels
        ]  # fmt: skip
        frame = Frame({each.table for each in sources})
        rows = self._rows(frame, sources, placing, levels)
        for number, columns in enumerate(shared, 1):
            rows = frame.more(_numbered("definitions", number), rows, columns)
        rows = frame.more("rules", rows, rules)
        names = [self.answers.names, *opened.values()]
        rows = frame.more("sides", rows, [(each.side, self.answers.side(each)) for each in names])
        kept = [(each, column(each)) for each in references]
        shown = [(each.id, column(ruled(each.id))) for each in self.rules] if truths else []
        return frame.query(rows, [*kept, *answers, *shown])

    def _rows(
        self,
        frame: Frame,
        sources: Sequence[Source],
        placing: Placing,
        levels: list[list[str]],
    ) -> str:
        if len(sources) == 1:
            return frame.begin("facts", sources[0])
        ends = []
        compiler = Compiler(self.ruleset, self.dialect)
        for source in sources:
            rows = frame.begin(f"{source.table}_facts", source)
            for number, level in enumerate(levels, 1):
                mine = [each for each in level if self._alone(placing, each) is source]
                name = _numbered(f"{source.table}_definitions", number)
                rows = frame.more(name, rows, self._defined(mine, compiler))
            ends.append(frame.more(f"{source.table}_parts", rows, placing.columns(source)))
        (first, source), *others = zip(ends, sources, strict=True)
        select = exp.Select(expressions=[exp.Star()])
        select = select.from_(exp.to_identifier(first), copy=False)
        for name, other in others:
            keys = column(source.key_name, first), column(other.key_name, name)
            on = exp.EQ(this=keys[0], expression=keys[1])
            select = select.join(exp.to_table(name), on=on, copy=False)
        return frame.joined("rows", select)

    def facts(self, sources: Sequence[Source]) -> exp.Select:
        """The facts and references of every row of one source alone, as the query reads them."""
        (source,) = sources
        frame = Frame({source.table})
        rows = frame.begin("facts", source)
        return frame.query(rows, [(name, column(name)) for name, _ in source.columns])

    def _alone(self, placing: Placing, definition: str) -> Source | None:
        return placing.alone(self.ruleset.definitions[definition].when)

    def _defined(self, names: Sequence[str], compiler: Compiler) -> list[Named]:
        found = []
        for name in names:
            definition = self.ruleset.definitions[name]
            tree = compiler.condition(definition.when)
            tree.add_comments([cited(name, definition.source)])
            found.append((defined(name), tree))
        return found

    def _rules(self, placing: Placing, compiler: Compiler, opened: dict[str, Names]) -> list[Named]:
        found = []
        for rule in self.rules:
            tree = compiler.condition(rule.when)
            tree.add_comments([cited(rule.id, rule.source)])
            found.append((ruled(rule.id), tree))
        for parameter, names in opened.items():
            without = frozenset({parameter})
            again = Compiler(self.ruleset, self.dialect, without, placing.placed(without))
            for rule, name in zip(self.rules, names.rules, strict=True):
                if name != ruled(rule.id):
                    tree = again.condition(rule.when)
                    tree.add_comments([f"{rule.id} with {parameter} not known"])
                    found.append((name, tree))
        return found

    def _opened(self) -> dict[str, Names]:
        """For each assumption that rules or factors read, the names of the columns in which it is
        open."""
        when = [parameters_of(rule.when, self.ruleset) for rule in self.rules]
        read = frozenset().union(*when, *(
            parameters_of(rule.amount, self.ruleset) for rule in self.rules if rule.amount
        ))  # fmt: skip
        found = {}
        for parameter in self.ruleset.parameters.values():
            if parameter.basis is Basis.ASSUMPTION and parameter.id in read:
                names = tuple(
                    ruled(f"{rule.id} ?{parameter.id}" if parameter.id in mine else rule.id)
                    for rule, mine in zip(self.rules, when, strict=True)
                )
                found[parameter.id] = Names(names, f"side ?{parameter.id}")
        return found

    def _answer(self, name: str, compiler: Compiler, opened: dict[str, Names]) -> exp.Expr:
        answers = self.answers
        if name in LISTS:
            return answers.rules(name)
        match name:
            case "missing":
                return answers.missing(compiler)
            case "assumptions":
                return answers.assumptions(opened, compiler)
            case "outcome":
                return answers.outcome()
            case "reason":
                return answers.reason()
            case "force":
                return answers.force()
        return answers.value()


def facts_of(ruleset: Ruleset, question: str) -> tuple[str, ...]:
    """The facts that a question's rules and their factors read."""
    rules = ruleset.rules_of(question)
    read = [rule.when for rule in rules]
    read += [rule.amount for rule in rules if rule.amount and rule.effect is Effect.GROUND]
    nodes = (each for node in read for each in ruleset.nodes_of(node))
    return tuple(sorted({each.path for each in nodes if isinstance(each, FactRef)}))


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}_{number}"
