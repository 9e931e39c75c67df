"""layers and dates.

From everything the files ever say to what holds on one date, overlays applied from the lowest
layer up, so that the order of files and entries never matters.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import combinations
from typing import Any

from attrs import evolve

from flk_rules.errors import NotInForce, Problem, RulesetInvalid, nearest
from flk_rules.language import print_expression
from flk_rules.loading.conditions import (
    Checked,
    check_conditions,
    fill_codes,
    references,
    select,
    typed,
)
from flk_rules.loading.entries import (
    Entries,
    Entry,
    LayerFiles,
    check_entries,
    collect,
    live,
    overlap,
)
from flk_rules.loading.fingerprint import fingerprint
from flk_rules.model.domain import DOMAIN
from flk_rules.model.expressions import DefinitionRef, Expr, FactRef, ParameterRef
from flk_rules.model.rules import (
    Definition,
    Effect,
    Layer,
    Overlaid,
    Parameter,
    Question,
    Rule,
    Ruleset,
)
from flk_rules.model.schema import Schema


def resolve(layers: list[LayerFiles], on: date) -> Ruleset:
    """The ruleset of the last layer as it holds on `on`.

    Raises `RulesetInvalid` with all mistakes of all layers, `NotInForce` outside their versions.
    """
    entries = collect(layers)
    problems = check_entries(entries)
    schema = fill_codes(DOMAIN, entries)
    for spec in schema.facts.values():
        if spec.type.codes and spec.type.codes not in schema.codes:
            problems.append(
                Problem(layers[0].place, f"no [[codes]] fill the list {spec.type.codes!r}, which "
                                         f"the fact {spec.name} needs; extend se.national")
            )  # fmt: skip
            schema = evolve(schema, codes={**schema.codes})
    checked = check_conditions(entries, schema, problems)
    problems += _check_overlays(entries)
    if problems:
        raise RulesetInvalid(problems)
    for layer in layers:
        header = layer.header
        if not live(header, on):
            raise NotInForce(header.id, on, header.valid_from, header.valid_to)
    parameters = _parameters(entries, checked, schema, on)
    definitions = _definitions(entries, checked, on)
    rules, disabled = _rules(entries, checked, on)
    _check_live(rules, definitions, parameters, on)
    top = layers[-1].header
    ruleset = Ruleset(
        id=top.id,
        version=top.version,
        title=top.title,
        readings=tuple(each.header.reading for each in layers if each.header.reading),
        on=on,
        layers=tuple(Layer(id=each.header.id, version=each.header.version) for each in layers),
        questions={
            e.item.id: Question(
                id=e.item.id,
                combine=e.item.combine,
                subjects=e.item.subjects,
                title=e.item.title,
                scope=e.item.scope,
                source=e.item.source,
                origin=e.origin,
            )
            for e in entries.questions
        },
        rules=rules,
        parameters=parameters,
        definitions=definitions,
        disabled=disabled,
        documents={entry.item.id: entry.item for entry in entries.documents},
        schema=schema,
        fingerprint="",
    )
    return evolve(ruleset, fingerprint=fingerprint(ruleset))


def _check_overlays(entries: Entries) -> list[Problem]:
    """An overlay touches one rule or parameter of a lower layer, alone, while that holds."""
    problems: list[Problem] = []
    overlays: list[tuple[str, str, Entry[Any], list[Entry[Any]]]] = [
        (action, entry.item.rule, entry, list(entries.rules))
        for action, entry in entries.rule_overlays
    ]
    overlays += [("set", e.item.parameter, e, list(entries.parameters)) for e in entries.sets]
    for action, target, entry, candidates in overlays:
        what = "parameter" if action == "set" else "rule"
        below = [each for each in candidates if each.layer < entry.layer]
        versions = [each for each in below if each.item.id == target]
        if not versions:
            hint = nearest(target, {each.item.id for each in below})
            own = any(each.item.id == target and each.layer == entry.layer for each in candidates)
            why = "; it is this layer's own: change it where it stands" if own else hint
            problems.append(
                Problem(entry.at(what), f"{action} touches the {what} {target!r}, which no lower "
                                        f"layer has{why}")
            )  # fmt: skip
        elif not any(overlap(entry.item, each.item) for each in versions):
            places = ", ".join(each.origin.place for each in versions)
            problems.append(
                Problem(entry.origin.place, f"{action} touches {target!r} only while it does not "
                                            f"hold (it stands at {places})")
            )  # fmt: skip
    for one, two in combinations(overlays, 2):
        same = one[1] == two[1] and (one[0] == "set") == (two[0] == "set")
        if same and one[2].layer == two[2].layer and overlap(one[2].item, two[2].item):
            problems.append(
                Problem(
                    two[2].origin.place,
                    f"{two[0]} touches {two[1]!r}, and so does the {one[0]} at "
                    f"{one[2].origin.place} on the same day",
                )
            )
    return problems


def _overlaid(action: str, entry: Entry[Any]) -> Overlaid | None:
    if entry.item.source is None:
        return None
    return Overlaid(
        action=action,
        ruleset=entry.origin.ruleset,
        source=entry.item.source,
        because=entry.item.because,
    )


def _rules(
    entries: Entries, checked: Checked, on: date
) -> tuple[dict[str, Rule], dict[str, Overlaid]]:
    """The live rules after every overlay, and what was disabled by whom."""
    rules: dict[str, Rule] = {}
    disabled: dict[str, Overlaid] = {}
    for entry in entries.rules:
        item = entry.item
        if not live(item, on):
            continue
        when = checked.trees[entry.origin.place]
        rules[item.id] = Rule(
            id=item.id,
            decides=item.decides,
            effect=item.effect,
            when=when,
            condition=print_expression(when),
            force=item.force,
            source=item.source,
            because=item.because,
            reading=item.reading,
            valid_from=item.valid_from,
            valid_to=item.valid_to,
            origin=entry.origin,
        )
    overlays = sorted(entries.rule_overlays, key=lambda pair: pair[1].layer)
    for action, entry in overlays:
        item = entry.item
        rule = rules.get(item.rule)
        if rule is None or not live(item, on):
            continue
        trail = _overlaid(action, entry)
        assert trail is not None
        if action == "disable":
            del rules[item.rule]
            disabled[item.rule] = trail
            continue
        history = (*rule.overlaid, trail)
        if action == "demote":
            rules[item.rule] = evolve(rule, effect=Effect.ADVISE, overlaid=history)
            continue
        when = checked.trees[entry.origin.place]
        rules[item.rule] = evolve(
            rule,
            effect=item.effect,
            when=when,
            condition=print_expression(when),
            force=item.force,
            source=item.source,
            because=item.because,
            reading=item.reading,
            valid_from=item.valid_from,
            valid_to=item.valid_to,
            origin=entry.origin,
            overlaid=history,
        )
    return dict(sorted(rules.items())), dict(sorted(disabled.items()))


def _parameters(
    entries: Entries, checked: Checked, schema: Schema, on: date
) -> dict[str, Parameter]:
    parameters: dict[str, Parameter] = {}
    for entry in entries.parameters:
        item = entry.item
        if not live(item, on):
            continue
        kind = checked.parameter_types[item.id]
        value = select(schema, item) if item.select else typed(item.value, kind, schema)
        parameters[item.id] = Parameter(
            id=item.id,
            type=kind,
            value=value,
            unit=item.unit,
            basis=item.basis,
            source=item.source,
            because=item.because,
            reading=item.reading,
            valid_from=item.valid_from,
            valid_to=item.valid_to,
            origin=entry.origin,
        )
    for setting in sorted(entries.sets, key=lambda each: each.layer):
        new = setting.item
        below = parameters.get(new.parameter)
        if below is None or not live(new, on):
            continue
        trail = _overlaid("set", setting)
        parameters[new.parameter] = evolve(
            below,
            value=typed(new.value, below.type, schema),
            basis=new.basis,
            source=new.source,
            because=new.because,
            reading=new.reading,
            valid_from=new.valid_from,
            valid_to=new.valid_to,
            origin=setting.origin,
            overlaid=(*below.overlaid, trail) if trail else below.overlaid,
        )
    return dict(sorted(parameters.items()))


def _definitions(entries: Entries, checked: Checked, on: date) -> dict[str, Definition]:
    return {
        entry.item.id: Definition(
            id=entry.item.id,
            when=checked.trees[entry.origin.place],
            condition=print_expression(checked.trees[entry.origin.place]),
            because=entry.item.because,
            source=entry.item.source,
            valid_from=entry.item.valid_from,
            valid_to=entry.item.valid_to,
            origin=entry.origin,
        )
        for entry in sorted(entries.definitions, key=lambda each: each.item.id)
        if live(entry.item, on)
    }


def _check_live(
    rules: Mapping[str, Rule],
    definitions: Mapping[str, Definition],
    parameters: Mapping[str, Parameter],
    on: date,
) -> None:
    """What a live condition names must have a value on that day too."""
    problems: list[Problem] = []
    conditions: list[tuple[str, str, Expr]] = [
        (each.id, each.origin.place, each.when) for each in (*rules.values(), *definitions.values())
    ]
    for name, place, tree in conditions:
        for each in references(tree):
            match each:
                case FactRef():
                    continue
                case ParameterRef(path=path):
                    missing = path not in parameters
                case DefinitionRef(path=path):
                    missing = path not in definitions
            if missing:
                problems.append(
                    Problem(f"{place}.when", f"{name} names {print_expression(each)}, which has no "
                                             f"value on {on}")
                )  # fmt: skip
    if problems:
        raise RulesetInvalid(problems)
