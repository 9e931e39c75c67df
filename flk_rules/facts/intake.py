"""subjects to facts.

Reads physicians and patients, as attrs objects or as nested mappings, into one flat table of
facts for one date. A None inside a subject is a fact not known; a subject not given is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import attrs
from attrs import field, frozen

from flk_rules.errors import SHOWN, FactsInvalid, Problem, nearest, shown
from flk_rules.facts.validating import (
    Rejected,
    Validator,
    found,
    read_date,
    read_reference,
    validator,
)
from flk_rules.model.schema import FactSpec, Schema
from flk_rules.model.values import Value

_LONGEST_NAME = 60
"""Characters of an unknown name that a place shows whole."""


@frozen(slots=False)  # half as long to make
class Facts:
    """What is known: values by dotted name, on a date.

    `left_out` names the subjects of the question that were not given; `references` are the
    caller's own names of the others. An absent name is a fact not known. `validated` is said by
    the edge alone: each value is one that its fact can have, of the type that it has.
    """

    on: date
    values: Mapping[str, Value]
    left_out: tuple[str, ...]
    references: Mapping[str, str]
    validated: bool = field(default=False, eq=False, repr=False)


@frozen
class _Reader:
    """How one key of a subject is read: a fact, a date, a part, or else the reference."""

    name: str
    validate: Validator | None = None
    is_date: bool = False
    part: Mapping[str, _Reader] | None = None


class _Reading:
    """What one call has read so far."""

    __slots__ = ("dates", "problems", "references", "values")

    def __init__(self) -> None:
        self.values: dict[str, Value] = {}
        self.dates: dict[str, date] = {}
        self.references: dict[str, str] = {}
        self.problems: list[Problem] = []

    def wrong(self, where: str, message: str) -> None:
        self.problems.append(Problem(where, message))

    def read(self, content: Mapping[str, Any], readers: Mapping[str, _Reader], prefix: str) -> None:
        """Every key of a subject or of a part of one."""
        values = self.values
        for key, value in content.items():
            reader = readers.get(key)
            if reader is None:
                self._unknown(key, readers, prefix)
            elif value is not None:
                try:
                    if (validate := reader.validate) is not None:
                        values[reader.name] = validate(value)
                    elif reader.is_date:
                        self.dates[reader.name] = read_date(value)
                    elif reader.part is None:
                        self.references[prefix] = read_reference(value)
                    elif (keys := value if type(value) is dict else _keys(value)) is not None:
                        self.read(keys, reader.part, reader.name)
                    else:
                        raise Rejected(f"expected a table, found {found(value)}")
                except Rejected as error:
                    self.wrong(reader.name, str(error))

    def _unknown(self, key: Any, readers: Mapping[str, _Reader], prefix: str) -> None:
        text = str(key)
        inner = text.removeprefix(f"{prefix}.")
        if ("." in inner or inner != text) and _within(inner, readers):
            *parts, last = inner.split(".")
            nested = "".join(f"{each}: {{" for each in parts) + f"{last}: ..." + "}" * len(parts)
            said = f"found the key {text!r}; facts nest: write {{{nested}}}"
            self.wrong(f"{prefix}.{inner}", said)
            return
        # Past those shown a hint helps nobody, and finding one is slow.
        hint = nearest(text, readers) if len(self.problems) < SHOWN else ""
        name = text if text.isprintable() and len(text) <= _LONGEST_NAME else shown(text)
        self.wrong(f"{prefix}.{name}", f"unknown fact{hint}")


class Intake:
    """The edge of one schema: `read` turns subjects into `Facts`."""

    def __init__(self, schema: Schema) -> None:
        self._subjects = {subject: _readers(subject, schema) for subject in schema.subjects}
        derived = [spec for spec in schema.facts.values() if spec.derived]
        self._checks = {spec.name: validator(spec, schema) for spec in derived}
        self._derive_by_input: dict[str, list[FactSpec]] = {}
        for spec in derived:
            assert spec.derived is not None
            for name in spec.derived.inputs:
                self._derive_by_input.setdefault(name, []).append(spec)

    def read(self, on: date, subjects: tuple[str, ...], given: Mapping[str, Any]) -> Facts:
        """The facts of the given subjects on `on`.

        Raises `FactsInvalid` with every mistake: unknown names and codes, wrong types, numbers out
        of range, a fact given both itself and by the dates it derives from.
        """
        reading = _Reading()
        left_out: tuple[str, ...] = ()
        for subject in given:
            if subject not in subjects:
                hint = nearest(subject, subjects)
                reading.wrong(subject, f"the question is about {' and '.join(subjects)}{hint}")
        for subject in subjects:
            content = given.get(subject)
            if content is None:
                left_out += (subject,)
            elif (keys := content if type(content) is dict else _keys(content)) is None:
                expected = "expected a mapping or a model object"
                reading.wrong(subject, f"{expected}, found {found(content)}")
            else:
                reading.read(keys, self._subjects[subject], subject)
        if reading.dates:
            self._derive(on, reading)
        if reading.problems:
            raise FactsInvalid(reading.problems)
        return Facts(on, reading.values, left_out, reading.references, True)

    def _derive(self, on: date, reading: _Reading) -> None:
        values, dates = reading.values, reading.dates
        specs = {spec.name: spec for name in dates for spec in self._derive_by_input[name]}
        for name, spec in specs.items():
            assert spec.derived is not None
            inputs = spec.derived.inputs
            if any(each not in dates for each in inputs):
                continue
            if name in values:
                # A given number and the dates it derives from could disagree, so one must go.
                reading.wrong(name, f"given both itself and by {' and '.join(inputs)}; give one")
                continue
            try:
                number = spec.derived.compute(tuple(dates[each] for each in inputs), on)
                values[name] = self._checks[name](number)
            except Rejected as error:
                # The dates are what was given, so it is there that something can be mended.
                came = " and ".join(f"{each} {dates[each]}" for each in inputs)
                reading.wrong(inputs[-1], f"{error} for {name} (from {came} on {on})")


def _within(key: str, readers: Mapping[str, _Reader]) -> bool:
    """Whether a dotted key would be that of a fact inside parts."""
    head, _, rest = key.partition(".")
    reader = readers.get(head)
    if reader is None or not rest:
        return reader is not None
    return reader.part is not None and _within(rest, reader.part)


def _readers(prefix: str, schema: Schema) -> dict[str, _Reader]:
    readers: dict[str, _Reader] = {}
    parts: set[str] = set()
    for name in (*schema.facts, *schema.inputs):
        if not name.startswith(f"{prefix}."):
            continue
        key, _, rest = name.removeprefix(f"{prefix}.").partition(".")
        if rest:
            parts.add(key)
        elif name in schema.facts:
            readers[key] = _Reader(name, validate=validator(schema.facts[name], schema))
        else:
            readers[key] = _Reader(name, is_date=schema.inputs[name].is_date)
    for key in sorted(parts):
        name = f"{prefix}.{key}"
        readers[key] = _Reader(name, part=_readers(name, schema))
    return readers


def _keys(content: Any) -> Mapping[str, Any] | None:
    if isinstance(content, Mapping):
        return content
    if not attrs.has(type(content)):
        return None
    return {each.name: getattr(content, each.name) for each in attrs.fields(type(content))}
