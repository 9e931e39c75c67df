"""layers and dates.

From everything the files ever say to what holds on one date.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from attrs import evolve

from flk_rules.errors import NotInForce, Problem
from flk_rules.language import print_expression
from flk_rules.loading.checks import check_entries
from flk_rules.loading.conditions import Checked, check_conditions, conditioned
from flk_rules.loading.definitions import Trees, extent, extents, references, too_large
from flk_rules.loading.entries import Entries, LayerFiles, collect, live, shape_problems
from flk_rules.loading.files import invalid
from flk_rules.loading.fingerprint import fingerprint
from flk_rules.loading.overlays import check_overlays, overlay_parameters, overlay_rules
from flk_rules.loading.parameters import (
    check_code_lists,
    check_parameters,
    fill_codes,
    select,
    typed,
)
from flk_rules.model.domain import DOMAIN
from flk_rules.model.expressions import DefinitionRef, FactRef
from flk_rules.model.rules import Definition, Layer, Parameter, Question, Rule, Ruleset
from flk_rules.model.schema import Schema


def examine(layers: list[LayerFiles]) -> tuple[Entries, Schema, Checked]:
    """Everything that the layers ever say, checked, whenever it holds.

    Raises `RulesetInvalid` with all mistakes of all layers.
    """
    entries = collect(layers)
    schema = fill_codes(DOMAIN, entries)
    problems = shape_problems(layers)
    problems += check_entries(entries, schema)
    problems += check_code_lists(entries, schema)
    types = check_parameters(entries, schema, problems)
    checked = check_conditions(entries, schema, types, problems)
    problems += check_overlays(entries)
    if problems:
        raise invalid(problems)
    return entries, schema, checked


def resolve(layers: list[LayerFiles], on: date) -> Ruleset:
    """The ruleset of the last layer as it holds on `on`.

    Raises `RulesetInvalid` with all mistakes of all layers, `NotInForce` outside their versions.
    """
    entries, schema, checked = examine(layers)
    if closed := [each.header for each in reversed(layers) if not live(each.header, on)]:
        days = ((each.id, each.valid_from, each.valid_to) for each in closed)
        raise NotInForce(layers[-1].header.id, on, days)
    parameters = _parameters(entries, checked, schema, on)
    overlay_parameters(parameters, entries, on)
    definitions = _definitions(entries, checked.trees, on)
    rules = _rules(entries, checked, on)
    disabled = overlay_rules(rules, entries, checked, on)
    if problems := list(_live(entries, rules, definitions, parameters, on)):
        raise invalid(problems)
    top = layers[-1].header
    ruleset = Ruleset(
        id=top.id,
        version=top.version,
        title=top.title,
        readings=tuple(each.header.reading for each in layers if each.header.reading),
        on=on,
        layers=tuple(Layer(id=each.header.id, version=each.header.version) for each in layers),
        questions=_questions(entries, on),
        rules=dict(sorted(rules.items())),
        parameters=dict(sorted(parameters.items())),
        definitions=dict(sorted(definitions.items())),
        disabled=dict(sorted(disabled.items())),
        documents=dict(sorted((each.item.id, each.item) for each in entries.documents)),
        schema=schema,
        fingerprint="",
    )
    return evolve(ruleset, fingerprint=fingerprint(ruleset))


def _questions(entries: Entries, on: date) -> dict[str, Question]:
    """What can be asked on the day: before its first day a question has no answer, not even no."""
    return {
        entry.item.id: Question(
            id=entry.item.id,
            combine=entry.item.combine,
            subjects=entry.item.subjects,
            title=entry.item.title,
            scope=entry.item.scope,
            outcomes=entry.item.words(),
            compares=entry.item.compares,
            source=entry.item.source,
            origin=entry.origin,
        )
        for entry in sorted(entries.questions, key=lambda each: each.item.id)
        if entry.item.valid_from is None or entry.item.valid_from <= on
    }


def _rules(entries: Entries, checked: Checked, on: date) -> dict[str, Rule]:
    return {
        entry.item.id: Rule(
            id=entry.item.id,
            decides=entry.item.decides,
            effect=entry.item.effect,
            **conditioned(entry.origin.place, checked),
            force=entry.item.force,
            source=entry.item.source,
            because=entry.item.because,
            reading=entry.item.reading,
            valid_from=entry.item.valid_from,
            valid_to=entry.item.valid_to,
            origin=entry.origin,
        )
        for entry in entries.rules
        if live(entry.item, on)
    }


def _parameters(
    entries: Entries, checked: Checked, schema: Schema, on: date
) -> dict[str, Parameter]:
    parameters: dict[str, Parameter] = {}
    for entry in entries.parameters:
        item = entry.item
        if not live(item, on):
            continue
        kind = checked.parameter_types[item.id]
        parameters[item.id] = Parameter(
            id=item.id,
            type=kind,
            value=select(schema, item) if item.select else typed(item.value),
            unit=item.unit,
            basis=item.basis,
            source=item.source,
            statement=item.statement,
            because=item.because,
            reading=item.reading,
            valid_from=item.valid_from,
            valid_to=item.valid_to,
            origin=entry.origin,
        )
    return parameters


def _definitions(entries: Entries, trees: Trees, on: date) -> dict[str, Definition]:
    return {
        entry.item.id: Definition(
            id=entry.item.id,
            when=trees[entry.origin.place],
            condition=print_expression(trees[entry.origin.place]),
            because=entry.item.because,
            source=entry.item.source,
            valid_from=entry.item.valid_from,
            valid_to=entry.item.valid_to,
            origin=entry.origin,
        )
        for entry in entries.definitions
        if live(entry.item, on)
    }


def _live(
    entries: Entries,
    rules: Mapping[str, Rule],
    definitions: Mapping[str, Definition],
    parameters: Mapping[str, Parameter],
    on: date,
) -> Iterator[Problem]:
    """What a live condition names must have a value on that day too, and it must not grow
    too large with its definitions written out."""
    written_out = extents({name: each.when for name, each in definitions.items()})
    entry_at = {each.origin.place: each for each in entries.dated}
    live_conditions: tuple[Rule | Definition, ...] = (*rules.values(), *definitions.values())
    trees = [(each.origin.place, "when", each.when) for each in live_conditions]
    trees += [(e.origin.place, "value", e.amount) for e in rules.values() if e.amount is not None]
    for origin, key, tree in trees:
        place = entry_at[origin].at(key)
        missing: dict[str, str] = {}
        for each in references(tree):
            if isinstance(each, FactRef):
                continue
            known = definitions if isinstance(each, DefinitionRef) else parameters
            some = entries.definitions if known is definitions else entries.parameters
            if each.path not in known:
                places = [e.origin.place for e in some if e.item.id == each.path]
                missing[print_expression(each)] = ", ".join(places)
        for name, places_ in missing.items():
            yield Problem(
                place, f"names {name}, which has no value on {on} (it stands at {places_})"
            )
        yield from too_large(extent(tree, written_out), place)
