"""values of parameters.

Types every parameter, and checks that each value, selection and setting has that type.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flk_rules.errors import Problem, nearest, shown
from flk_rules.language.checker import INT_MAX, INT_MIN
from flk_rules.loading.entries import Entries, Entry
from flk_rules.loading.shapes import ParameterEntry, SetEntry
from flk_rules.loading.structuring import Mismatch, expect, found
from flk_rules.model.rules import Basis
from flk_rules.model.schema import Code, CodeList, Schema
from flk_rules.model.values import BOOL, DOUBLE, INT, Kind, Type, Value

_SCALARS = {"bool": BOOL, "int": INT, "double": DOUBLE}
_PYTHON = {Kind.BOOL: bool, Kind.INT: int, Kind.DOUBLE: float}
_TYPES = "bool, int, double, code:<list> or codes:<list>"


def fill_codes(schema: Schema, entries: Entries) -> Schema:
    """The schema with the code lists that the rulesets bring."""
    lists: dict[str, CodeList] = {}
    for entry in entries.codes:
        codes = {
            code.id: Code(id=code.id, kind=code.kind, sv=code.sv, en=code.en)
            for code in entry.item.code
        }
        name, title = entry.item.list, entry.item.title
        lists.setdefault(name, CodeList(id=name, codes=codes, sv=title.sv, en=title.en))
    return Schema(facts=schema.facts, inputs=schema.inputs, codes=lists)


def check_code_lists(entries: Entries, schema: Schema) -> Iterator[Problem]:
    """Facts whose codes no ruleset of the chain brings."""
    wanted = {spec.type.codes: name for name, spec in sorted(schema.facts.items(), reverse=True)}
    for codes, fact in sorted((codes, name) for codes, name in wanted.items() if codes):
        if codes not in schema.codes and codes not in entries.broken:
            yield Problem(
                entries.layers[0].place,
                f"no [[codes]] fill the list {codes!r}, which the fact {fact} needs; "
                "extend se.national",
            )


def check_parameters(entries: Entries, schema: Schema, problems: list[Problem]) -> dict[str, Type]:
    """The types of all parameters; mistakes go to `problems`.

    A parameter without a type counts as broken, so that no condition is blamed for naming it.
    """
    types: dict[str, Type] = {}
    first: dict[str, Entry[ParameterEntry]] = {}
    for entry in entries.parameters:
        parameter = entry.item
        problems += _basis(entry)
        type_ = _type(parameter.type, schema)
        if isinstance(type_, str):
            codes = parameter.type.partition(":")[2]
            if codes not in entries.broken:
                problems.append(Problem(entry.at("type"), type_))
            entries.broken.add(parameter.id)
            continue
        known = types.setdefault(parameter.id, type_)
        before = first.setdefault(parameter.id, entry)
        if known != type_:
            message = f"{parameter.id!r} is a {type_} here and a {known} at {before.origin.place}"
            problems.append(Problem(entry.at("type"), message))
        elif parameter.select is not None:
            problems += _select(entry, type_, schema)
        elif parameter.value is None:
            problems.append(
                Problem(entry.origin.place, "expected one of the keys value and select, found none")
            )
        else:
            problems += _value(entry, type_, schema)
    for setting in entries.sets:
        if (wanted := types.get(setting.item.parameter)) is not None:
            problems += _value(setting, wanted, schema)
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
    hint = nearest(kind, (*_SCALARS, "code", "codes"))
    return f"expected the type {_TYPES}, found {shown(text)}{hint}"


def _basis(entry: Entry[ParameterEntry]) -> Iterator[Problem]:
    if entry.item.basis is Basis.SOURCE and entry.item.source is None:
        yield Problem(
            entry.at("basis"),
            "the basis is 'source', but no source is cited; cite one, or call it an assumption",
        )
    if entry.item.statement is not None and entry.item.source is not None:
        message = "expected a source or a statement, found both; the source has its statement"
        yield Problem(entry.at("statement"), message)


def _select(entry: Entry[ParameterEntry], wanted: Type, schema: Schema) -> Iterator[Problem]:
    parameter = entry.item
    assert parameter.select is not None
    codes, kind = parameter.select.list, parameter.select.kind
    if parameter.value is not None:
        yield Problem(entry.at("select"), "expected a value or a select, found both")
    elif wanted.kind is not Kind.LIST or wanted.codes != codes:
        message = f"a select from {codes} needs the type 'codes:{codes}', found {parameter.type!r}"
        yield Problem(entry.at("select"), message)
    elif not select(schema, parameter):
        kinds = {code.kind for code in schema.codes_of(codes).values() if code.kind}
        message = f"no code of the kind {kind!r} in the code list {codes}"
        yield Problem(entry.at("select.kind"), message + nearest(kind or "", kinds))


def select(schema: Schema, parameter: ParameterEntry) -> frozenset[str]:
    """The codes that a parameter's `select` stands for."""
    assert parameter.select is not None
    kind = parameter.select.kind
    codes = schema.codes_of(parameter.select.list).values()
    return frozenset(code.id for code in codes if kind is None or code.kind == kind)


def _value(
    entry: Entry[ParameterEntry] | Entry[SetEntry], wanted: Type, schema: Schema
) -> Iterator[Problem]:
    value = entry.item.value
    if wanted.kind is not Kind.LIST:
        yield from _scalar(value, wanted, schema, entry.at("value"))
    elif not isinstance(value, list):
        yield Problem(entry.at("value"), f"expected a list of codes, found {found(value)}")
    else:
        for index, each in enumerate(value):
            place = entry.at(f"value[{index}]")
            yield from _scalar(each, wanted, schema, place)
            if isinstance(each, str) and each in value[:index]:
                yield Problem(place, f"the code {each!r} is there twice")


def _scalar(value: Any, wanted: Type, schema: Schema, place: str) -> Iterator[Problem]:
    """What keeps a value, or an item of a list, from being of the type."""
    if wanted.codes is not None:
        allowed = schema.codes_of(wanted.codes)
        if not isinstance(value, str):
            yield Problem(place, f"expected a code of {wanted.codes}, found {found(value)}")
        elif value not in allowed:
            hint = nearest(value, allowed)
            message = f"no code {shown(value)} in the code list {wanted.codes}{hint}"
            yield Problem(place, message)
        return
    try:
        expect(value, _PYTHON[wanted.kind])
    except Mismatch as error:
        yield Problem(place, str(error))
    else:
        if wanted.kind is Kind.INT and not INT_MIN <= value <= INT_MAX:
            message = f"expected an integer of at most 64 bits, found {shown(value)}"
            yield Problem(place, message)


def typed(value: Any) -> Value:
    """A checked parameter's value as rules see it: a list is a set of codes."""
    return frozenset(value) if isinstance(value, list) else value
