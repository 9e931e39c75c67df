"""strategies for Hypothesis.

Physicians, patients, units and the other subjects as a ruleset's facts allow them, the boundaries
of its rules favoured. All that is drawn comes from the schema and the rules, so a new fact or
boundary needs no change here. Needs the extra `testing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from flk_rules.errors import ExtraMissing, UnknownName

try:
    from hypothesis import strategies as st
    from hypothesis.errors import InvalidArgument
except ImportError as error:
    raise ExtraMissing("flk_rules.testing.strategies", "testing") from error

from flk_rules.facts.validating import SAFE_INT
from flk_rules.library import Ruleset
from flk_rules.model.domain import MODELS
from flk_rules.model.schema import FieldMeta, InputSpec, Schema
from flk_rules.testing.boundaries import boundaries
from flk_rules.testing.strategies_dates import derivations
from flk_rules.testing.strategies_values import Choice, choice, draw_known, values

SOME = 0.25
"""The share of facts that ``unknown=True`` leaves unknown."""


def physicians(ruleset: Ruleset, **options: Any) -> st.SearchStrategy[Any]:
    """Physicians; the options are those of `subject`."""
    return subject(ruleset, "physician", **options)


def patients(ruleset: Ruleset, **options: Any) -> st.SearchStrategy[Any]:
    """Patients; the options are those of `subject`.

    >>> from datetime import date
    >>> import flk_rules
    >>> ruleset = flk_rules.load("se.national", on=date(2024, 10, 1))
    >>> from hypothesis import find
    >>> old = patients(ruleset, question="priority", unknown=True)
    >>> find(old, lambda patient: patient.get("age", 0) >= 65)  # the smallest that is so
    {'age': 65}
    """
    return subject(ruleset, "patient", **options)


def units(ruleset: Ruleset, **options: Any) -> st.SearchStrategy[Any]:
    """Health centres; the options are those of `subject`."""
    return subject(ruleset, "unit", **options)


def placements(ruleset: Ruleset, **options: Any) -> st.SearchStrategy[Any]:
    """Side placements; the options are those of `subject`."""
    return subject(ruleset, "placement", **options)


def contacts(ruleset: Ruleset, **options: Any) -> st.SearchStrategy[Any]:
    """Persons proposed as a fixed contact; the options are those of `subject`."""
    return subject(ruleset, "contact", **options)


def changes(ruleset: Ruleset, **options: Any) -> st.SearchStrategy[Any]:
    """Changes of physician or provider; the options are those of `subject`."""
    return subject(ruleset, "change", **options)


def subject(
    ruleset: Ruleset,
    name: str,
    *,
    question: str | None = None,
    everything: bool = False,
    unknown: bool | float = False,
    objects: bool = False,
    references: bool = False,
) -> st.SearchStrategy[Any]:
    """A subject of the ruleset, valid on its date.

    Two of three numbers and codes lie at a boundary of a rule. A fact that derives from dates is
    given by dates or as a number, never both. Examples shrink to facts that are not known, where
    that is asked for, and to simple values.

    Args:
        ruleset: its schema says what there is, its rules where the boundaries are.
        name: the subject, such as ``"patient"``.
        question: only the boundaries of its rules, and only the facts that they read;
            None for all rules and all facts.
        everything: with a question, also the facts that its rules do not read.
        unknown: the probability that a fact is not known, in twentieths or coarser; True for a
            quarter, False for none.
        objects: model objects such as `Patient` rather than mappings.
        references: draws the caller's own reference to the subject, too.

    Raises:
        UnknownName: no such subject or question.
        InvalidArgument: `unknown` is no probability.
    """
    schema = ruleset.schema
    if name not in schema.subjects:
        raise UnknownName("subject", name, schema.subjects)
    if question is not None and question not in ruleset.questions:
        raise UnknownName("question", question, ruleset.questions, ruleset.id)
    share = SOME if unknown is True else float(unknown)
    if not 0 <= share <= 1:
        raise InvalidArgument(f"unknown: expected a bool or a number from 0 to 1, found {unknown}")
    near = boundaries(ruleset.model, question)
    whole = question is None or everything
    wanted = [
        each
        for each in schema.facts.values()
        if each.subject == name and (whole or each.name in near.read)
    ]
    plain = {
        each.name: values(each, schema, near, share) for each in wanted if each.derived is None
    }
    dated = derivations([each for each in wanted if each.derived], schema, near, share)
    if references:
        plain |= _references(schema, name)

    @st.composite
    def drawn(draw: st.DrawFn) -> Any:
        facts = {each: draw_known(draw, values) for each, values in plain.items()}
        for each in dated:
            facts |= each.draw(draw, near, ruleset.on, share)
        nested = _nested(facts, name)
        return _built(MODELS[name], nested) if objects else nested

    return drawn()


def subjects(
    ruleset: Ruleset, question: str, *, left_out: bool = False, **options: Any
) -> st.SearchStrategy[dict[str, Any]]:
    """The subjects of a question, to be given to `Ruleset.decide` by name.

    Args:
        ruleset: the ruleset that is to be asked.
        question: what it is to be asked.
        left_out: leaves out each subject now and then, by None.
        options: those of `subject`.
    """
    if question not in ruleset.questions:
        raise UnknownName("question", question, ruleset.questions, ruleset.id)
    found = {}
    for name in ruleset.questions[question].subjects:
        given = subject(ruleset, name, question=question, **options)
        found[name] = st.one_of(st.none(), given, given) if left_out else given
    return st.fixed_dictionaries(found)


def _references(schema: Schema, subject: str) -> dict[str, Choice]:
    texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    either = choice(st.one_of(texts, st.integers(-SAFE_INT, SAFE_INT)), None, SOME)
    inputs: Mapping[str, InputSpec] = schema.inputs
    mine = [each for each in inputs.values() if each.subject == subject and not each.is_date]
    return {each.name: either for each in mine}


def _nested(facts: Mapping[str, Any], subject: str) -> dict[str, Any]:
    """The facts as a caller gives them; what is not known is left out."""
    nested: dict[str, Any] = {}
    for name, value in facts.items():
        if value is None:
            continue
        *parts, last = name.removeprefix(f"{subject}.").split(".")
        into = nested
        for part in parts:
            into = into.setdefault(part, {})
        into[last] = value
    return nested


def _built(model: type[Any], content: Mapping[str, Any]) -> Any:
    given = {}
    for attribute in attrs.fields(model):
        if attribute.name in content:
            value, meta = content[attribute.name], attribute.metadata["flk"]
            assert isinstance(meta, FieldMeta)
            is_part = meta.role == "part"
            given[attribute.name] = _built(meta.options["model"], value) if is_part else value
    return model(**given)


__all__ = [
    "changes", "contacts", "patients", "physicians", "placements", "subject",
    "subjects", "units",
]  # fmt: skip
