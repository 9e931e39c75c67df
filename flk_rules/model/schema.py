"""the fact schema.

Derived from the attrs model once; the checker, the engines, the roster columns, the JSON Schema
and the docs all read it. Nothing about a fact is said anywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from typing import Any

import attrs
from attrs import frozen

from flk_rules.model.values import Kind, Type


class Changes(Enum):
    """How a fact changes: never, with the calendar, or when somebody decides something."""

    FIXED = "fixed"
    TIME = "time"
    DECISION = "decision"


@frozen(kw_only=True)
class Derived:
    """A number computed from dates: `compute(dates in order of `inputs`, on)`."""

    inputs: tuple[str, ...]
    compute: Callable[[tuple[date, ...], date], int | float]


@frozen(kw_only=True)
class FactSpec:
    """One fact as rules see it.

    `scale` is the number of decimals a DOUBLE may carry; bounds are inclusive and in `unit`.
    """

    name: str
    subject: str
    type: Type
    changes: Changes
    sv: str
    en: str
    unit: str | None = None
    minimum: int | None = None
    maximum: int | None = None
    scale: int = 0
    derived: Derived | None = None


@frozen(kw_only=True)
class InputSpec:
    """A field that is no fact itself: a date that facts derive from, or the subject's reference."""

    name: str
    subject: str
    sv: str
    en: str
    is_date: bool


@frozen(kw_only=True)
class Code:
    """A code and its names; `kind` is the group it belongs to, where its list has groups."""

    id: str
    kind: str | None
    sv: str
    en: str


@frozen(kw_only=True)
class CodeList:
    """The allowed codes of one list, by id, and what the list is called."""

    id: str
    codes: Mapping[str, Code]
    sv: str = ""
    en: str = ""


@frozen(kw_only=True)
class Schema:
    """Facts and inputs by dotted name, code lists by id."""

    facts: Mapping[str, FactSpec]
    inputs: Mapping[str, InputSpec] = attrs.field(factory=dict)
    codes: Mapping[str, CodeList] = attrs.field(factory=dict)

    def codes_of(self, name: str) -> Mapping[str, Code]:
        """The codes of a list; an unfilled list has none."""
        found = self.codes.get(name)
        return found.codes if found else {}

    @property
    def subjects(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(spec.subject for spec in self.facts.values()))


@frozen(kw_only=True)
class FieldMeta:
    """What the model says beside a field; see `fact`, `day`, `reference` and `part`."""

    role: str
    options: Mapping[str, Any]


def _field(role: str, **options: Any) -> Any:
    return attrs.field(default=None, metadata={"flk": FieldMeta(role=role, options=options)})


def fact(type: Type, *, changes: Changes, sv: str, en: str, **options: Any) -> Any:  # noqa: A002
    """A field that rules can read; `options` are those of `FactSpec`."""
    return _field("fact", type=type, changes=changes, sv=sv, en=en, **options)


def code(codes: str) -> Type:
    """A code of a list."""
    return Type(Kind.STRING, codes)


def day(*, sv: str, en: str) -> Any:
    """A date that other facts derive from."""
    return _field("day", sv=sv, en=en)


def reference(*, sv: str, en: str) -> Any:
    """The caller's own reference to the subject; no rule reads it and no engine sees it."""
    return _field("reference", sv=sv, en=en)


def part(model: type) -> Any:
    """A nested model class; its facts get this field's name as prefix."""
    return _field("part", model=model)


def derive_schema(models: Mapping[str, type]) -> Schema:
    """The schema of the model classes, keyed by subject; code lists are empty until a ruleset's
    data fills them."""
    facts: dict[str, FactSpec] = {}
    inputs: dict[str, InputSpec] = {}
    for subject, model in models.items():
        _collect(model, subject, subject, facts, inputs)
    return Schema(facts=facts, inputs=inputs)


def _collect(
    model: type,
    subject: str,
    prefix: str,
    facts: dict[str, FactSpec],
    inputs: dict[str, InputSpec],
) -> None:
    for attribute in attrs.fields(model):
        meta: FieldMeta = attribute.metadata["flk"]
        name = f"{prefix}.{attribute.name}"
        if meta.role == "part":
            _collect(meta.options["model"], subject, name, facts, inputs)
        elif meta.role == "fact":
            options = dict(meta.options)
            if derived := options.get("derived"):
                names = tuple(f"{prefix}.{each}" for each in derived.inputs)
                options["derived"] = attrs.evolve(derived, inputs=names)
            facts[name] = FactSpec(name=name, subject=subject, **options)
        else:
            inputs[name] = InputSpec(
                name=name, subject=subject, is_date=meta.role == "day", **meta.options
            )
