"""conditions and values.

Parses and checks every condition of a chain, live or not, and types every parameter's value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen

from flk_rules.errors import ExpressionInvalid, Problem, nearest, shown
from flk_rules.language import Scope, check, parse
from flk_rules.loading.entries import Entries, Entry
from flk_rules.loading.shapes import ParameterEntry, SetEntry
from flk_rules.loading.structuring import Mismatch, expect
from flk_rules.model.expressions import DefinitionRef, Expr, FactRef, ParameterRef, children
from flk_rules.model.rules import Basis, Effect
from flk_rules.model.schema import Code, CodeList, Schema
from flk_rules.model.values import BOOL, DOUBLE, INT, Kind, Type, Value

_SCALARS = {"bool": BOOL, "int": INT, "double": DOUBLE}
_TYPES = "bool, int, double, code:<list> or codes:<list>"


@frozen
class Checked:
    """Trees of the conditions by the place of their entry, and the types of all parameters."""

    trees: Mapping[str, Expr]
    parameter_types: Mapping[str, Type]


def fill_codes(schema: Schema, entries: Entries) -> Schema:
    """The schema with the code lists that the rulesets bring."""
    lists = {
        entry.item.list: CodeList(
            id=entry.item.list,
            codes={
                code.id: Code(id=code.id, kind=code.kind, sv=code.sv, en=code.en)
                for code in entry.item.code
            },
        )
        for entry in entries.codes
    }
    return Schema(facts=schema.facts, inputs=schema.inputs, codes=lists)


def references(node: Expr) -> Iterable[FactRef | ParameterRef | DefinitionRef]:
    """Every reference in a tree, left to right."""
    if isinstance(node, (FactRef, ParameterRef, DefinitionRef)):
        yield node
    for child in children(node):
        yield from references(child)


def check_conditions(entries: Entries, schema: Schema, problems: list[Problem]) -> Checked:
    """Every condition checked against the schema; mistakes go to `problems`."""
    types = _parameter_types(entries, schema, problems)
    scope = Scope(
        facts={name: spec.type for name, spec in schema.facts.items()},
        parameters=types,
        definitions={entry.item.id: BOOL for entry in entries.definitions},
        codes={name: frozenset(each.codes) for name, each in schema.codes.items()},
    )
    for definition in entries.definitions:
        if definition.item.id in scope.facts:
            problems.append(
                Problem(definition.at("id"), f"{definition.item.id!r} is a fact; name it otherwise")
            )
    trees: dict[str, Expr] = {}
    conditioned: list[Entry[Any]] = [*entries.definitions, *entries.rules, *entries.replaces]
    for entry in conditioned:
        try:
            tree, found = check(parse(entry.item.when), scope)
        except ExpressionInvalid as error:
            problems += [
                Problem(f"{entry.at('when')}: {each.where}", each.message)
                for each in error.problems
            ]
            continue
        if found.kind is not Kind.BOOL:
            problems.append(Problem(entry.at("when"), f"a condition is a bool, found {found}"))
            continue
        trees[entry.origin.place] = tree
    _check_rules(entries, trees, schema, problems)
    _check_cycles(entries, trees, problems)
    return Checked(trees, types)


def _check_rules(
    entries: Entries, trees: Mapping[str, Expr], schema: Schema, problems: list[Problem]
) -> None:
    questions = {entry.item.id: entry.item for entry in entries.questions}
    definitions = {e.item.id: trees.get(e.origin.place) for e in entries.definitions}
    decides = {entry.item.id: entry.item.decides for entry in entries.rules}
    for question in entries.questions:
        for subject in question.item.subjects:
            if subject not in schema.subjects:
                hint = nearest(subject, schema.subjects)
                problems.append(Problem(question.at("subjects"), f"no subject {subject!r}{hint}"))
    checked: list[Entry[Any]] = [*entries.rules, *entries.replaces]
    for entry in checked:
        rule = entry.item
        if rule.effect is Effect.FORBID and not rule.force.binding:
            problems.append(
                Problem(
                    entry.at("force"),
                    f"only law and contract can forbid, found {rule.force.value}; "
                    "make the rule advise, or cite what binds",
                )
            )
        about = rule.decides if hasattr(rule, "decides") else decides.get(rule.rule)
        question_entry = questions.get(about) if about else None
        if question_entry is None:
            if hasattr(rule, "decides"):
                hint = nearest(rule.decides, questions)
                problems.append(
                    Problem(entry.at("decides"), f"no [[question]] called {rule.decides!r}{hint}")
                )
            continue
        tree = trees.get(entry.origin.place)
        for name in sorted(_facts(tree, definitions)) if tree is not None else ():
            if name.partition(".")[0] not in question_entry.subjects:
                problems.append(
                    Problem(
                        entry.at("when"),
                        f"reads {name}, but the question {about} is about "
                        f"{' and '.join(question_entry.subjects)}",
                    )
                )


def _facts(
    tree: Expr, definitions: Mapping[str, Expr | None], seen: frozenset[str] = frozenset()
) -> set[str]:
    names: set[str] = set()
    for each in references(tree):
        if isinstance(each, FactRef):
            names.add(each.path)
        elif isinstance(each, DefinitionRef) and each.path not in seen:
            inner = definitions.get(each.path)
            if inner is not None:
                names |= _facts(inner, definitions, seen | {each.path})
    return names


def _check_cycles(entries: Entries, trees: Mapping[str, Expr], problems: list[Problem]) -> None:
    """A definition that rests on itself; the message follows the ring and names each place."""
    places = {entry.item.id: entry.origin.place for entry in entries.definitions}
    uses: dict[str, list[str]] = {}
    for entry in entries.definitions:
        if (tree := trees.get(entry.origin.place)) is not None:
            names = [e.path for e in references(tree) if isinstance(e, DefinitionRef)]
            uses.setdefault(entry.item.id, []).extend(names)
    done: set[str] = set()
    for start in uses:
        path: list[str] = []
        stack = [(start, iter(uses[start]))]
        path.append(start)
        while stack:
            _, following = stack[-1]
            name = next((n for n in following if n in uses and n not in done), None)
            if name is None:
                stack.pop()
                done.add(path.pop())
            elif name in path:
                ring = [*path[path.index(name) :], name]
                steps = " -> ".join(f"{each} ({places[each]})" for each in ring)
                problems.append(Problem(places[name], f"definitions rest on themselves: {steps}"))
            else:
                path.append(name)
                stack.append((name, iter(uses[name])))


def _parameter_types(
    entries: Entries, schema: Schema, problems: list[Problem]
) -> dict[str, Type]:
    types: dict[str, Type] = {}
    first: dict[str, Entry[ParameterEntry]] = {}
    for entry in entries.parameters:
        parameter = entry.item
        found = _type(parameter.type, schema)
        if isinstance(found, str):
            problems.append(Problem(entry.at("type"), found))
            continue
        known = types.setdefault(parameter.id, found)
        before = first.setdefault(parameter.id, entry)
        if known != found:
            problems.append(
                Problem(
                    entry.at("type"),
                    f"{parameter.id!r} is a {found} here and a {known} at {before.origin.place}",
                )
            )
            continue
        _check_basis(entry, problems)
        if parameter.select is not None:
            _check_select(entry, found, schema, problems)
        else:
            _check_value(entry, parameter.value, found, schema, problems)
    for setting in entries.sets:
        _check_basis(setting, problems)
        if (wanted := types.get(setting.item.parameter)) is not None:
            _check_value(setting, setting.item.value, wanted, schema, problems)
    return types


def _type(text: str, schema: Schema) -> Type | str:
    """The type a parameter declares, or what is wrong with it."""
    if text in _SCALARS:
        return _SCALARS[text]
    kind, _, codes = text.partition(":")
    if kind in ("code", "codes"):
        if codes not in schema.codes:
            return f"no code list {codes!r}{nearest(codes, schema.codes)}"
        if kind == "code":
            return Type(Kind.STRING, codes)
        return Type(Kind.LIST, codes, Kind.STRING)
    return f"a parameter's type is {_TYPES}, found {shown(text)}"


def _check_basis(entry: Entry[ParameterEntry] | Entry[SetEntry], problems: list[Problem]) -> None:
    if entry.item.basis is Basis.SOURCE and entry.item.source is None:
        problems.append(
            Problem(
                entry.origin.place,
                "basis is 'source' but no source is cited; cite one, or call it an assumption",
            )
        )


def _check_select(
    entry: Entry[ParameterEntry], wanted: Type, schema: Schema, problems: list[Problem]
) -> None:
    parameter = entry.item
    assert parameter.select is not None
    if parameter.value is not None:
        problems.append(Problem(entry.at("select"), "a parameter has a value or a select, not both"))
    elif wanted.kind is not Kind.LIST or wanted.codes != parameter.select.list:
        problems.append(
            Problem(entry.at("select"), f"a select from {parameter.select.list} needs the type "
                                        f"'codes:{parameter.select.list}'")
        )  # fmt: skip
    elif not select(schema, parameter):
        kinds = {str(c.kind) for c in schema.codes_of(parameter.select.list).values()}
        kind = str(parameter.select.kind)
        problems.append(Problem(entry.at("select"), f"no code of kind {kind!r}{nearest(kind, kinds)}"))


def select(schema: Schema, parameter: ParameterEntry) -> frozenset[str]:
    """The codes that a parameter's `select` stands for."""
    assert parameter.select is not None
    kind = parameter.select.kind
    codes = schema.codes_of(parameter.select.list).values()
    return frozenset(code.id for code in codes if kind is None or code.kind == kind)


def _check_value(
    entry: Entry[Any], value: Any, wanted: Type, schema: Schema, problems: list[Problem]
) -> None:
    try:
        typed(value, wanted, schema)
    except Mismatch as error:
        problems.append(Problem(entry.at("value"), str(error)))


def typed(value: Any, wanted: Type, schema: Schema) -> Value:
    """A parameter's value as its type has it; raises `Mismatch`."""
    if value is None:
        raise Mismatch("the key 'value' is missing")
    match wanted.kind:
        case Kind.BOOL:
            expect(value, bool)
        case Kind.INT:
            expect(value, int)
            if not -(2**63) <= value < 2**63:
                raise Mismatch(f"{value} is beyond the range of a 64-bit integer")
        case Kind.DOUBLE:
            expect(value, float)
        case Kind.STRING:
            _code(value, wanted, schema)
        case Kind.LIST:
            expect(value, list)
            for each in value:
                _code(each, wanted, schema)
            return frozenset(value)
    return value  # type: ignore[no-any-return]  # each case above has proven its type


def _code(value: Any, wanted: Type, schema: Schema) -> None:
    expect(value, str)
    assert wanted.codes is not None
    allowed = schema.codes_of(wanted.codes)
    if value not in allowed:
        raise Mismatch(
            f"no code {shown(value)} in the code list {wanted.codes}{nearest(value, allowed)}"
        )
