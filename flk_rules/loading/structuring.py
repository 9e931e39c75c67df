"""strict cattrs structuring.

No coercion and no defaults for what is misspelt: every mistake of a file, each with its path.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from enum import Enum
from typing import Any

import attrs
from cattrs import Converter, transform_error
from cattrs.errors import ForbiddenExtraKeysError
from cattrs.gen import make_dict_structure_fn

from flk_rules.errors import Problem, nearest, shown
from flk_rules.loading.shapes import File

_NAMES = {
    str: "a string", int: "an integer", float: "a number with a decimal point", bool: "true or false",
    date: "a date like 2024-01-31", list: "a list", dict: "a table",
}  # fmt: skip
_TOML_NAMES = {**_NAMES, float: "a number"}


class Mismatch(ValueError):
    """A value of another type than the file's shape asks for."""


def structure(raw: dict[str, Any]) -> tuple[File | None, list[Problem]]:
    """The file's content, or every way in which it misses its shape; `where` is a path."""
    try:
        return _converter().structure(raw, File), []
    except Exception as error:  # cattrs wraps whatever a hook raises into one exception group
        lines = transform_error(error, format_exception=_explain)
        return None, [_problem(line) for line in lines]


def _problem(line: str) -> Problem:
    message, _, path = line.rpartition(" @ ")
    return Problem(path.removeprefix("$").removeprefix("."), message)


def _explain(error: BaseException, type_: type | None) -> str:
    match error:
        case Mismatch():
            return str(error)
        case ForbiddenExtraKeysError():
            known = [each.name for each in attrs.fields(error.cl)]
            extra = sorted(error.extra_fields)
            hint = nearest(extra[0], known)
            names = ", ".join(repr(name) for name in extra)
            return f"unknown key {names}{hint} (known: {', '.join(known)})"
        case KeyError():
            return f"the key {error.args[0]!r} is missing"
    raise error


def expect(value: Any, wanted: type) -> None:
    """Raise `Mismatch` unless `value` is exactly a `wanted`."""
    if type(value) is not wanted:
        found = f"{_TOML_NAMES.get(type(value), type(value).__name__)} ({shown(value)})"
        raise Mismatch(f"expected {_NAMES[wanted]}, found {found}")
    if wanted is float and not math.isfinite(value):
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
    expect(value, str)
    if value not in known:
        raise Mismatch(f"expected one of {', '.join(known)}, found {shown(value)}"
                       f"{nearest(value, known)}")  # fmt: skip
    return wanted(value)


def _converter() -> Converter:
    converter = Converter(forbid_extra_keys=True)
    for wanted in (str, int, float, bool, date):
        converter.register_structure_hook(wanted, _exactly(wanted))
    converter.register_structure_hook_func(
        lambda t: isinstance(t, type) and issubclass(t, Enum), _enum
    )

    def table(shape: type) -> Callable[[Any, Any], Any]:
        inner = make_dict_structure_fn(shape, converter, _cattrs_forbid_extra_keys=True)

        def hook(value: Any, t: Any) -> Any:
            expect(value, dict)
            return inner(value, t)

        return hook

    converter.register_structure_hook_factory(attrs.has, table)

    def is_array(t: Any) -> bool:
        return getattr(t, "__origin__", None) is tuple

    def array(t: Any) -> Callable[[Any, Any], Any]:
        item = t.__args__[0]
        inner = converter.get_structure_hook(list[item])

        def hook(value: Any, _: Any) -> Any:
            expect(value, list)
            return tuple(inner(value, list[item]))

        return hook

    converter.register_structure_hook_factory(is_array, array)
    return converter
