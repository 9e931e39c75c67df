"""peer: zen-engine, GoRules.

Decision graphs of one node, loaded and compiled once by the engine's static loader, and the same
graph by `create_decision`, which is how its README begins. Of the shapes tried these are the
quickest of their kind; the README of the benchmark names the others.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import zen

from benchmarks.shared import QUESTION, Answer, Combiner, Subject
from benchmarks.translating import Translator, conjuncts, facts_of, settled

if TYPE_CHECKING:
    from flk_rules import Ruleset
    from flk_rules.model.rules import Rule

Evaluate = Callable[[dict[str, Any]], Any]
MOST_RULES = 500


class _Zen:
    """Conditions in the ZEN expression language."""

    def true(self, fact: str) -> str:
        return f"{fact} == true"

    def known(self, fact: str) -> str:
        return f"{fact} != null"

    def compare(self, fact: str, op: str, value: bool | int | float | str) -> str:
        return f"{fact} {op} {json.dumps(value)}"

    def size(self, fact: str, op: str, value: int) -> str:
        return f"len({fact}) {op} {value}"

    def contains(self, fact: str, code: str) -> str:
        return f"{code!r} in {fact}"

    def one_of(self, fact: str, codes: Sequence[str]) -> str:
        return f"{fact} in {list(codes)!r}"

    def intersects(self, fact: str, codes: Sequence[str]) -> str:
        return f"some({fact}, # in {list(codes)!r})"

    def negation(self, part: str) -> str:
        return f"not ({part})"

    def conjunction(self, parts: Sequence[str]) -> str:
        return f"({' and '.join(parts)})"

    def disjunction(self, parts: Sequence[str]) -> str:
        return f"({' or '.join(parts)})"


class Zen:
    """One shape of the ruleset in zen-engine; the rows that matched are the true rules."""

    def __init__(self, name: str, shape: str, combiner: Combiner, evaluate: Evaluate) -> None:
        self.name = name
        self.version = version("zen-engine")
        self.shape = shape
        self._combiner = combiner
        self._evaluate = evaluate

    def decide(self, physician: Subject, patient: Subject) -> Answer:
        """The answer from the table's output, a row with its number for each true rule."""
        matched = self._evaluate({"physician": physician, "patient": patient})["result"]
        return self._combiner.of_numbers(tuple([row["rule"] for row in matched]))

    answer = decide


class ZenRules(Zen):
    """The shape that gives every rule a truth of its own, under the keys r0, r1, ..."""

    _bits: Mapping[str, int] = {f"r{number}": 1 << number for number in range(MOST_RULES)}

    def decide(self, physician: Subject, patient: Subject) -> Answer:
        """The answer from one boolean per rule."""
        truths = self._evaluate({"physician": physician, "patient": patient})["result"]
        mask = 0
        for key, true in truths.items():
            if true:
                mask |= self._bits[key]
        return self._combiner.of_mask(mask)

    answer = decide


class ZenExpression(Zen):
    """No graph: one compiled expression, a list of truths. It has no trace to switch on."""

    def decide(self, physician: Subject, patient: Subject) -> Answer:
        """The answer from a list of booleans."""
        truths = self._evaluate({"physician": physician, "patient": patient})
        return self._combiner.of_numbers(tuple([n for n, true in enumerate(truths) if true]))

    answer = decide


def build(ruleset: Ruleset) -> list[Zen]:
    """The shapes that the benchmark times."""
    rules = settled(ruleset.model, QUESTION)
    combiner = Combiner(rules)
    translator = Translator(ruleset.model, _Zen())
    conditions = [translator.write(rule.when) for rule in rules]
    rows = _graph("decisionTableNode", _rows(conditions))
    values = _graph("decisionTableNode", _values(rules, translator, ruleset))
    truths = _graph("expressionNode", _truths(conditions))
    quick = zen.ZenEngine().create_decision(json.dumps(rows)).evaluate
    compiled = zen.compile_expression(f"[{', '.join(conditions)}]")
    row, fact, truth = "table, a row per rule", "table, a column per fact", "expression per rule"

    def on(evaluate: Callable[..., Any]) -> Evaluate:
        return lambda context: evaluate(context, {"trace": True})

    def off(evaluate: Callable[..., Any]) -> Evaluate:
        return lambda context: evaluate(context, {"trace": False})

    by_row, by_rule, by_fact = _loaded(rows), _loaded(truths), _loaded(values)
    return [
        Zen("zen, trace on", f"loaded; {row}", combiner, on(by_row)),
        Zen("zen, trace off", f"loaded; {row}", combiner, off(by_row)),
        ZenRules("zen, trace of all rules", f"loaded; {truth}", combiner, on(by_rule)),
        Zen("zen, trace with values", f"loaded; {fact}", combiner, on(by_fact)),
        Zen("zen quickstart, trace on", f"create_decision; {row}", combiner, on(quick)),
        Zen("zen quickstart, trace off", f"create_decision; {row}", combiner, off(quick)),
        ZenExpression("zen expression", "no graph, no trace", combiner, compiled.evaluate),
    ]


def _loaded(graph: dict[str, Any]) -> Callable[..., Any]:
    """The graph compiled once by the engine: evaluation does not parse it again."""
    engine = zen.ZenEngine({"loader": {"type": "static", "content": {"rules": graph}}})
    return lambda context, options: engine.evaluate("rules", context, options)


def _graph(kind: str, content: dict[str, Any]) -> dict[str, Any]:
    place = {"x": 0, "y": 0}
    return {
        "nodes": [
            {"id": "in", "type": "inputNode", "name": "in", "position": place},
            {"id": "rules", "type": kind, "name": "rules", "position": place, "content": content},
        ],
        "edges": [{"id": "edge", "type": "edge", "sourceId": "in", "targetId": "rules"}],
    }


def _table(inputs: list[dict[str, str]], rows: list[dict[str, str]]) -> dict[str, Any]:
    output = {"id": "out", "name": "rule", "field": "rule"}
    numbered = [{"_id": str(n), "out": str(n), **row} for n, row in enumerate(rows)]
    return {"hitPolicy": "collect", "inputs": inputs, "outputs": [output], "rules": numbered}


def _rows(conditions: list[str]) -> dict[str, Any]:
    """One column without a field: each row's cell is a whole condition."""
    return _table([{"id": "when", "name": "when"}], [{"when": each} for each in conditions])


def _values(rules: Sequence[Rule], translator: Translator, ruleset: Ruleset) -> dict[str, Any]:
    """A column per fact, so that the trace names the values behind each true rule; a part that
    reads two facts, or has an `or`, has a column without a fact."""
    columns: dict[str, dict[str, str]] = {}
    rows: list[dict[str, str]] = []
    for rule in rules:
        row: dict[str, str] = {}
        for part in conjuncts(rule.when, ruleset.model):
            text = translator.write(part)
            read = facts_of(part, ruleset.model)
            # A cell with a field of its own cannot hold a disjunction of `some(...)`.
            alone = len(read) == 1 and " or " not in text
            name = next(iter(read)) if alone else text
            column = columns.setdefault(name, {"id": f"c{len(columns)}", "name": name})
            if alone:
                column["field"] = name
                text = text.replace(name, "$")
            row[column["id"]] = f"{row[column['id']]} and {text}" if column["id"] in row else text
        rows.append(row)
    names = [each["id"] for each in columns.values()]
    filled = [{name: row.get(name, "") for name in names} for row in rows]
    return _table(list(columns.values()), filled)


def _truths(conditions: list[str]) -> dict[str, Any]:
    return {
        "expressions": [
            {"id": f"r{number}", "key": f"r{number}", "value": condition}
            for number, condition in enumerate(conditions)
        ]
    }
