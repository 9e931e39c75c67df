"""strict cattrs structuring.

No coercion and no defaults for what is misspelt: every mistake of a file, each with its path. An
entry with a mistake is left out and the others are kept, so that their mistakes come out too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from enum import Enum
from functools import cache
from typing import Any, get_args, get_origin

import attrs
from attrs import field, frozen
from cattrs import Converter
from cattrs.errors import (
    AttributeValidationNote,
    BaseValidationError,
    ClassValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
)
from cattrs.gen import make_dict_structure_fn

from flk_rules.errors import Problem, nearest, shown
from flk_rules.loading.lines import join
from flk_rules.loading.shapes import TABLES, Header
from flk_rules.model.calendar import EARLIEST
from flk_rules.model.rules import Text

MAX_MISTAKES = 1_000
"""Mistakes of shape after which the rest of a file is not read."""

_WANTED: Mapping[type, str] = {
    str: "a string",
    int: "an integer",
    float: "a number with a decimal point",
    bool: "true or false",
    date: "a date like 2024-01-31",
    list: "a list",
    dict: "a table",
}
_FOUND: Mapping[type, str] = {
    **_WANTED,
    float: "a number",
    date: "a date",
    datetime: "a date with a time of day",
    time: "a time of day",
    type(None): "nothing",
}


class Mismatch(ValueError):
    """A value of another type than the file's shape asks for."""


@frozen(kw_only=True)
class Content:
    """What a file says: its entries with their table and place in it.

    `broken` names what has a mistake and was left out, so that nothing else is blamed for naming
    it; `rest` is what those say, by path, for the checks that can still be made.
    """

    header: Header | None = None
    items: tuple[tuple[str, int, Any], ...] = ()
    broken: frozenset[str] = field(default=frozenset())
    rest: Mapping[str, Mapping[str, Any]] = field(factory=dict)


def structure(raw: Mapping[str, Any]) -> tuple[Content, list[Problem]]:
    """The entries of a file, and every way in which it misses its shape; `where` is a path."""
    header: Header | None = None
    items: list[tuple[str, int, Any]] = []
    broken: set[str] = set()
    rest: dict[str, Mapping[str, Any]] = {}
    problems: list[Problem] = []
    for key, value in raw.items():
        shape = TABLES.get(key)
        if key == "ruleset":
            header = structure_entry(value, Header, key, problems) or _header(value)
        elif shape is None:
            known = ("ruleset", *TABLES)
            what = "table" if isinstance(value, (list, dict)) else "key"
            message = f"unknown {what} {key!r}{nearest(key, known)} (known: {', '.join(known)})"
            problems.append(Problem(join("", key), message))
        elif type(value) is not list:
            message = f"expected a list of tables, each headed [[{key}]], found {found(value)}"
            problems.append(Problem(key, message))
            broken |= _names(value)
        else:
            for index, each in enumerate(value):
                if len(problems) >= MAX_MISTAKES:
                    break
                path = f"{key}[{index}]"
                item = structure_entry(each, shape, path, problems)
                if item is not None:
                    items.append((key, index, item))
                    continue
                broken |= _names(each)
                if isinstance(each, dict):
                    rest[path] = each
    content = Content(header=header, items=tuple(items), broken=frozenset(broken), rest=rest)
    return content, problems


def _header(value: Any) -> Header | None:
    """A header with a mistake, as far as it is needed to go on and find the others."""
    if not isinstance(value, dict):
        return None
    name, extends = value.get("id"), value.get("extends", "")
    if not isinstance(name, str) or not isinstance(extends, str):
        return None
    text = Text(sv="", en="")
    return Header(id=name, version="", title=text, valid_from=EARLIEST, extends=extends or None)


def _names(value: Any) -> set[str]:
    """What a broken entry may be called by others."""
    if not isinstance(value, dict):
        return set()
    names = (value.get(key) for key in ("id", "list"))
    return {each for each in names if isinstance(each, str)}


def structure_entry(value: Any, shape: type, path: str, problems: list[Problem]) -> Any:
    """The TOML table as an attrs `shape`, or None with every mistake added to `problems`."""
    try:
        return _toml_converter().structure(value, shape)
    except (BaseValidationError, Mismatch) as error:
        problems += explained(error, path)
        return None


def explained(error: Exception, path: str) -> Iterator[Problem]:
    """The mistakes in what cattrs raised, in words of our own."""
    if isinstance(error, (ClassValidationError, IterableValidationError)):
        noted, others = error.group_exceptions()
        for each, note in noted:
            if isinstance(each, KeyError):
                wanted = expected(note.type)
                yield Problem(path, f"the key {each.args[0]!r} is missing; expected {wanted}")
            elif isinstance(note, AttributeValidationNote):
                yield from explained(each, f"{path}.{note.name}")
            else:
                yield from explained(each, f"{path}[{note.index}]")
        for each in others:
            yield from explained(each, path)
    elif isinstance(error, ForbiddenExtraKeysError):
        known = [each.name for each in attrs.fields(error.cl)]
        for key in sorted(error.extra_fields):
            listed = ", ".join(known)
            yield Problem(
                join(path, key), f"unknown key {key!r}{nearest(key, known)} (known: {listed})"
            )
    elif isinstance(error, Mismatch):
        yield Problem(path, str(error))
    else:  # pragma: no cover - nothing else is raised by the hooks below
        raise error


def expected(wanted: Any) -> str:
    """What a key of this type takes, as a message says it."""
    plain = next((each for each in get_args(wanted) if each is not type(None)), wanted)
    if get_origin(wanted) is tuple:
        return "a list of tables" if attrs.has(plain) else "a list of strings"
    if isinstance(plain, type) and issubclass(plain, Enum):
        return f"one of {', '.join(each.value for each in plain)}"
    if attrs.has(plain):
        keys = [each.name for each in attrs.fields(plain) if each.default is attrs.NOTHING]
        return f"a table with the keys {', '.join(keys)}" if keys else "a table"
    return _WANTED.get(plain, "a value")


def found(value: Any) -> str:
    """A TOML value as a message names it."""
    if isinstance(value, bool):
        return str(value).lower()
    name = _FOUND[type(value)]
    if isinstance(value, (date, time)):
        return f"{name} ({value.isoformat()})"
    if value is None or isinstance(value, (list, dict)):
        return name
    return f"{name} ({shown(value)})"


def expect(value: Any, wanted: type) -> None:
    """Raise `Mismatch` unless `value` is exactly a `wanted`."""
    if type(value) is not wanted:
        raise Mismatch(f"expected {_WANTED[wanted]}, found {found(value)}")
    if isinstance(value, float) and not math.isfinite(value):
        raise Mismatch(f"expected a finite number, found {value}")


def _exactly(wanted: type) -> Callable[[Any, Any], Any]:
    def hook(value: Any, _: Any) -> Any:
        expect(value, wanted)
        if wanted is str and not value.strip():
            raise Mismatch("expected a string that is not empty")
        return value

    return hook


def _enum(value: Any, wanted: type[Enum]) -> Enum:
    known = [each.value for each in wanted]
    if value not in known:
        there = shown(value) + nearest(value, known) if isinstance(value, str) else found(value)
        raise Mismatch(f"expected {expected(wanted)}, found {there}")
    return wanted(value)


@cache
def _toml_converter() -> Converter:
    return strict_converter()


def strict_converter() -> Converter:
    """A converter that takes each value for what it is, or raises what `explained` explains."""
    converter = Converter(forbid_extra_keys=True)
    for wanted in (str, int, float, bool, date):
        converter.register_structure_hook(wanted, _exactly(wanted))
    converter.register_structure_hook(Enum, _enum)

    def table(shape: type) -> Callable[[Any, Any], Any]:
        inner: Callable[[Any, Any], Any] = make_dict_structure_fn(shape, converter)

        def hook(value: Any, t: Any) -> Any:
            if type(value) is not dict:
                raise Mismatch(f"expected {expected(shape)}, found {found(value)}")
            return inner(value, t)

        return hook

    converter.register_structure_hook_factory(attrs.has, table)

    def is_array(t: Any) -> bool:
        return get_origin(t) is tuple

    def array(t: Any) -> Callable[[Any, Any], Any]:
        items: Any = list[get_args(t)[0]]  # type: ignore[misc]  # a type known only when it runs
        inner = converter.get_structure_hook(items)

        def hook(value: Any, _: Any) -> Any:
            expect(value, list)
            if not value:
                raise Mismatch(f"expected {expected(t)}, found an empty list")
            return tuple(inner(value, items))

        return hook

    converter.register_structure_hook_factory(is_array, array)
    return converter
