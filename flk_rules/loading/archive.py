"""rulesets kept as text.

The text that a fingerprint is taken of, read back as the ruleset it was: without its files, and
whatever the fact schema has become since, for it holds its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any, get_args, get_origin

from attrs import evolve
from cattrs import Converter
from cattrs.errors import BaseValidationError
from cattrs.gen import make_dict_structure_fn

from flk_rules.errors import ArchiveInvalid, ExpressionInvalid, Problem, shown
from flk_rules.language import Scope, check, parse
from flk_rules.loading.definitions import extent, extents, references, rings_among, too_large
from flk_rules.loading.fingerprint import fingerprint_of
from flk_rules.loading.structuring import Mismatch, expect, explained, strict_converter
from flk_rules.model.expressions import DefinitionRef, Expr, Literal
from flk_rules.model.rules import Definition, Origin, Parameter, Rule, Ruleset
from flk_rules.model.schema import Schema
from flk_rules.model.values import BOOL, Kind, Value

_ACTIONS = ("replace", "disable", "demote", "set")
"""What a layer can do to what lies below it."""
_UNREAD: Expr = Literal(True, BOOL)
"""Stands for a condition until all names are known that it may use."""


def restore(written: bytes, fingerprint: str, on: date) -> Ruleset:
    """The ruleset of a `fingerprint.document`, resolved for `on`.

    Raises `ArchiveInvalid` where the text has another fingerprint, or is not what this version of
    the library writes.
    """
    if (found := fingerprint_of(written)) != fingerprint:
        raise ArchiveInvalid(fingerprint, [Problem("", f"its text has the fingerprint {found}")])
    try:
        content = json.loads(written)
    except (ValueError, RecursionError):
        raise ArchiveInvalid(fingerprint, [Problem("", "its text is not JSON")]) from None
    return rebuild(content, fingerprint, on)


def rebuild(content: Any, fingerprint: str, on: date) -> Ruleset:
    """The ruleset of what `fingerprint.plain` made of it, or of a part of it that answers alone;
    the fingerprint is taken as it is given."""
    problems: list[Problem] = []
    try:
        expect(content, dict)
        drawn = {**content, "on": on.isoformat(), "fingerprint": fingerprint}
        ruleset: Ruleset = _converter().structure(drawn, Ruleset)
    except (BaseValidationError, Mismatch, RecursionError) as error:
        if isinstance(error, RecursionError):
            problems.append(Problem("", "it nests too deep"))
        else:
            problems += explained(error, "ruleset")
        raise ArchiveInvalid(fingerprint, problems) from None
    problems += _misnamed(ruleset)
    ruleset = _typed(ruleset, problems)
    ruleset = _with_conditions(ruleset, problems)
    if problems:
        raise ArchiveInvalid(fingerprint, problems)
    return ruleset


@cache
def _converter() -> Converter:
    converter = strict_converter()

    def day(value: Any, _: Any) -> date:
        expect(value, str)
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise Mismatch("expected a date like 2024-01-31") from None

    def mapping(wanted: Any) -> Callable[[Any, Any], Any]:
        inner = converter.get_structure_hook(dict[get_args(wanted)])  # type: ignore[misc]

        def hook(value: Any, t: Any) -> Any:
            expect(value, dict)
            return inner(value, t)

        return hook

    def array(wanted: Any) -> Callable[[Any, Any], Any]:
        items: Any = list[get_args(wanted)[0]]  # type: ignore[misc]  # known only when it runs
        inner = converter.get_structure_hook(items)

        def hook(value: Any, _: Any) -> Any:
            expect(value, list)
            return tuple(inner(value, items))

        return hook

    def completed(shape: type, **left_out: Any) -> None:
        """Entries of the class, with what the text leaves out."""
        inner: Callable[[Any, Any], Any] = make_dict_structure_fn(shape, converter)

        def hook(value: Any, t: Any) -> Any:
            expect(value, dict)
            return inner({**value, **left_out}, t)

        converter.register_structure_hook(shape, hook)

    def is_array(t: Any) -> bool:
        return get_origin(t) is tuple

    def is_mapping(t: Any) -> bool:
        return get_origin(t) is Mapping

    converter.register_structure_hook(date, day)
    converter.register_structure_hook_factory(is_array, array)
    converter.register_structure_hook_factory(is_mapping, mapping)
    for union in (Expr, Expr | None, Value):
        converter.register_structure_hook(union, lambda value, _: value)
    completed(Origin, place="archive")
    completed(Rule, when=_UNREAD, amount=None)
    completed(Definition, when=_UNREAD)
    return converter


def _misnamed(ruleset: Ruleset) -> Iterator[Problem]:
    """Entries that stand under another name than their own, and what no layer can have done."""
    schema = ruleset.schema
    for table, entries in (
        ("questions", {key: each.id for key, each in ruleset.questions.items()}),
        ("rules", {key: each.id for key, each in ruleset.rules.items()}),
        ("parameters", {key: each.id for key, each in ruleset.parameters.items()}),
        ("definitions", {key: each.id for key, each in ruleset.definitions.items()}),
        ("documents", {key: each.id for key, each in ruleset.documents.items()}),
        ("schema.facts", {key: each.name for key, each in schema.facts.items()}),
        ("schema.inputs", {key: each.name for key, each in schema.inputs.items()}),
        ("schema.codes", {key: each.id for key, each in schema.codes.items()}),
    ):
        for key, name in entries.items():
            if key != name:
                yield Problem(f"{table}[{key}]", f"expected its own name, found {shown(name)}")
    for place, done in (
        *(("disabled", each) for each in ruleset.disabled.values()),
        *(("rules", each) for rule in ruleset.rules.values() for each in rule.overlaid),
        *(("parameters", each) for found in ruleset.parameters.values() for each in found.overlaid),
    ):
        if done.action not in _ACTIONS:
            expected = f"expected one of {', '.join(_ACTIONS)}"
            yield Problem(f"{place}.action", f"{expected}, found {shown(done.action)}")


def _typed(ruleset: Ruleset, problems: list[Problem]) -> Ruleset:
    """The ruleset with each parameter's value as its type has it."""
    parameters: dict[str, Parameter] = {}
    for name, each in ruleset.parameters.items():
        try:
            parameters[name] = evolve(each, value=_value(each, ruleset.schema))
        except (TypeError, ValueError, OverflowError):
            said = f"expected a value of the type {each.type}, found another"
            problems.append(Problem(f"parameters[{name}].value", said))
    return evolve(ruleset, parameters=parameters)


def _value(parameter: Parameter, schema: Schema) -> Value:
    value: Any = parameter.value
    wanted = parameter.type
    match wanted.kind, value:
        case Kind.BOOL, bool():
            return value
        case Kind.INT, int() | str() if not isinstance(value, bool):
            return int(value)  # as text where JSON has no such integer
        case Kind.DOUBLE, int() | float() if not isinstance(value, bool):
            return float(value)
        case Kind.STRING, str() if value in schema.codes_of(wanted.codes or ""):
            return value
        case Kind.LIST, list() if set(value) <= schema.codes_of(wanted.codes or "").keys():
            return frozenset(value)
    raise ValueError


def _with_conditions(ruleset: Ruleset, problems: list[Problem]) -> Ruleset:
    """The ruleset with its conditions and numbers read from their text."""
    schema = ruleset.schema
    scope = Scope(
        facts={name: spec.type for name, spec in schema.facts.items()},
        parameters={name: each.type for name, each in ruleset.parameters.items()},
        definitions=dict.fromkeys(ruleset.definitions, BOOL),
        codes={name: frozenset(each.codes) for name, each in schema.codes.items()},
    )

    def read(text: str, place: str, *, number: bool = False) -> Expr:
        try:
            tree, found = check(parse(text), scope)
        except ExpressionInvalid as error:
            problems.extend(Problem(f"{place}: {e.where}", e.message) for e in error.problems)
            return _UNREAD
        if not (found.numeric if number else found == BOOL):
            wanted = "a number" if number else "a condition"
            problems.append(Problem(place, f"expected {wanted}, found {found}"))
        return tree

    definitions = {
        name: evolve(each, when=read(each.condition, f"definitions[{name}]"))
        for name, each in ruleset.definitions.items()
    }
    rules = {
        name: evolve(
            each,
            when=read(each.condition, f"rules[{name}]"),
            amount=None
            if each.formula is None
            else read(each.formula, f"rules[{name}].formula", number=True),
        )
        for name, each in ruleset.rules.items()
    }
    problems += _endless(rules, definitions)
    return evolve(ruleset, rules=rules, definitions=definitions)


def _endless(rules: Mapping[str, Rule], definitions: Mapping[str, Definition]) -> Iterator[Problem]:
    """Definitions that rest on themselves, and conditions that they make too large."""
    trees = {name: each.when for name, each in definitions.items()}
    uses = {
        name: [each.path for each in references(tree) if isinstance(each, DefinitionRef)]
        for name, tree in trees.items()
    }
    rings = [*rings_among(uses)]
    for ring in rings:
        yield Problem(f"definitions[{ring[0]}]", "rests on itself")
    if rings:
        return
    written_out = extents(trees)
    for rule in rules.values():
        for tree in (rule.when, rule.amount):
            if tree is not None:
                yield from too_large(extent(tree, written_out), f"rules[{rule.id}]")
