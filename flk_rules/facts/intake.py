"""subjects to facts.

Reads physicians and patients, as attrs objects or as nested mappings, into one flat table of
facts for one date. A None inside a subject is a fact not known; a subject not given is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import attrs
from attrs import frozen

from flk_rules.errors import FactsInvalid, Problem, nearest
from flk_rules.facts.validating import Rejected, Validator, read_date, validator
from flk_rules.model.schema import FactSpec, Schema
from flk_rules.model.values import Value


@frozen(kw_only=True)
class Facts:
    """What is known: values by dotted name, on a date.

    `left_out` names the subjects of the question that were not given; `references` are the
    caller's own names of the others. An absent name is a fact not known.
    """

    on: date
    values: Mapping[str, Value]
    left_out: tuple[str, ...]
    references: Mapping[str, str]


@frozen
class _Reader:
    """How one key of a subject is read: exactly one of the fields is set."""

    name: str
    validate: Validator | None = None
    is_date: bool = False
    is_reference: bool = False
    part: Mapping[str, _Reader] | None = None


class Intake:
    """The edge of one schema: `read` turns subjects into `Facts`."""

    def __init__(self, schema: Schema) -> None:
        self._derived = [spec for spec in schema.facts.values() if spec.derived]
        self._subjects = {subject: _readers(subject, schema) for subject in schema.subjects}
        self._derive_by_input: dict[str, list[FactSpec]] = {}
        self._checks = {spec.name: validator(spec, schema) for spec in self._derived}
        for spec in self._derived:
            assert spec.derived is not None
            for name in spec.derived.inputs:
                self._derive_by_input.setdefault(name, []).append(spec)

    def read(self, on: date, subjects: tuple[str, ...], given: Mapping[str, Any]) -> Facts:
        """The facts of the given subjects on `on`.

        Raises `FactsInvalid` with every mistake: unknown names and codes, wrong types, numbers out
        of range, a fact given both itself and by the dates it derives from.
        """
        values: dict[str, Value] = {}
        dates: dict[str, date] = {}
        references: dict[str, str] = {}
        problems: list[Problem] = []
        left_out: tuple[str, ...] = ()
        for subject in given:
            if subject not in subjects:
                hint = nearest(subject, subjects)
                listed = " and ".join(subjects)
                problems.append(Problem(subject, f"the question is about {listed}{hint}"))
        for subject in subjects:
            content = given.get(subject)
            if content is None:
                left_out += (subject,)
                continue
            keys = _keys(content)
            if keys is None:
                message = f"expected a mapping or a model object, found {type(content).__name__}"
                problems.append(Problem(subject, message))
                continue
            _read(keys, self._subjects[subject], subject, values, dates, references, problems)
        if dates:
            self._derive(on, values, dates, problems)
        if problems:
            raise FactsInvalid(problems)
        return Facts(on=on, values=values, left_out=left_out, references=references)

    def _derive(
        self,
        on: date,
        values: dict[str, Value],
        dates: Mapping[str, date],
        problems: list[Problem],
    ) -> None:
        specs = {spec.name: spec for name in dates for spec in self._derive_by_input[name]}
        for name, spec in specs.items():
            assert spec.derived is not None
            inputs = spec.derived.inputs
            if name in values:
                # A given number and the dates it derives from could disagree, so one must go.
                if all(each in dates for each in inputs):
                    listed = " and ".join(inputs)
                    problems.append(Problem(name, f"given both itself and by {listed}; give one"))
                continue
            if any(each not in dates for each in inputs):
                continue
            try:
                number = spec.derived.compute(tuple(dates[each] for each in inputs), on)
                values[name] = self._checks[name](number)
            except Rejected as error:
                came = " and ".join(f"{each} {dates[each]}" for each in inputs)
                problems.append(Problem(name, f"{error} (from {came} on {on})"))


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
            is_date = schema.inputs[name].is_date
            readers[key] = _Reader(name, is_date=is_date, is_reference=not is_date)
    for key in sorted(parts):
        name = f"{prefix}.{key}"
        readers[key] = _Reader(name, part=_readers(name, schema))
    return readers


def _keys(content: Any) -> Mapping[str, Any] | None:
    if isinstance(content, Mapping):
        return content
    if attrs.has(type(content)):
        return _Fields(content)
    return None


class _Fields(Mapping[str, Any]):
    """An attrs object read as a mapping of its fields."""

    def __init__(self, content: Any) -> None:
        self._content = content
        self._names = [each.name for each in attrs.fields(type(content))]

    def __getitem__(self, key: str) -> Any:
        return getattr(self._content, key)

    def __iter__(self) -> Any:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _read(
    content: Mapping[str, Any],
    readers: Mapping[str, _Reader],
    prefix: str,
    values: dict[str, Value],
    dates: dict[str, date],
    references: dict[str, str],
    problems: list[Problem],
) -> None:
    for key, value in content.items():
        reader = readers.get(key)
        if reader is None:
            hint = nearest(str(key), readers)
            problems.append(Problem(f"{prefix}.{key}", f"unknown fact{hint}"))
            continue
        if value is None:
            continue
        try:
            if reader.validate is not None:
                values[reader.name] = reader.validate(value)
            elif reader.is_date:
                dates[reader.name] = read_date(value)
            elif reader.part is not None:
                keys = _keys(value)
                if keys is None:
                    raise Rejected(f"expected a table, found {type(value).__name__}")
                _read(keys, reader.part, reader.name, values, dates, references, problems)
            else:
                references[prefix] = str(value)
        except Rejected as error:
            problems.append(Problem(reader.name, str(error)))


