"""overlays on entries.

What a layer changes in those below it: checked for every day, applied for one, from the lowest
layer up, so that the order of files and entries never matters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from attrs import evolve

from flk_rules.errors import Problem, nearest
from flk_rules.loading.conditions import Checked, conditioned
from flk_rules.loading.entries import Entries, Entry, clashes, grouped, live, overlap
from flk_rules.loading.parameters import typed
from flk_rules.loading.shapes import ReplaceEntry
from flk_rules.model.answers import Effect
from flk_rules.model.rules import Overlaid, Parameter, Rule


def check_overlays(entries: Entries) -> Iterator[Problem]:
    """An overlay touches one rule or parameter of a lower layer, alone, while that holds."""
    rules, parameters = grouped(entries.rules, "id"), grouped(entries.parameters, "id")
    disables = grouped(entries.disables, "rule")
    for action, entry in entries.rule_overlays:
        if entry.item.rule in entries.broken:
            continue
        yield from _touches(action, "rule", entry, rules)
        for other in disables.get(entry.item.rule, ()):
            if other.layer < entry.layer and overlap(other.item, entry.item):
                yield Problem(
                    entry.at("rule"),
                    f"{action} touches the rule {entry.item.rule!r}, which the disable at "
                    f"{other.origin.place} takes away on "
                    f"{max(other.item.valid_from, entry.item.valid_from)}",
                )
    for setting in entries.sets:
        if setting.item.parameter not in entries.broken:
            yield from _touches("set", "parameter", setting, parameters)
    actions = {id(entry): action for action, entry in entries.rule_overlays}
    overlays: list[Entry[Any]] = [entry for _, entry in entries.rule_overlays]
    for what, some in (("rule", overlays), ("parameter", entries.sets)):
        for target, same in grouped(some, what).items():
            for layer in sorted({each.layer for each in same}):
                for one, two in clashes([each for each in same if each.layer == layer]):
                    yield Problem(
                        two.at(what),
                        f"{actions.get(id(two), 'set')} touches {target!r}, and so does the "
                        f"{actions.get(id(one), 'set')} at {one.origin.place} on "
                        f"{max(one.item.valid_from, two.item.valid_from)}",
                    )


def _touches(
    action: str, what: str, entry: Entry[Any], candidates: Mapping[str, Sequence[Entry[Any]]]
) -> Iterator[Problem]:
    target = getattr(entry.item, what)
    same = candidates.get(target, ())
    below = [each for each in same if each.layer < entry.layer]
    if not below:
        why = ""
        if any(each.layer == entry.layer for each in same):
            why = "; it is this layer's own: change it where it stands"
        elif same:
            why = "; only a higher layer has it"
        else:
            known = (n for n, e in candidates.items() if any(x.layer < entry.layer for x in e))
            why = nearest(target, known)
        message = f"{action} touches the {what} {target!r}, which no lower layer has{why}"
        yield Problem(entry.at(what), message)
    elif not any(overlap(entry.item, each.item) for each in below):
        places = ", ".join(each.origin.place for each in below)
        yield Problem(
            entry.at("valid_from"),
            f"{action} touches the {what} {target!r} only while it does not hold "
            f"(it stands at {places})",
        )


def _overlaid(action: str, entry: Entry[Any], before: Rule | Parameter) -> Overlaid:
    """Who made the change, why, and of what; a replace has a source and words of its rule beside
    these."""
    item, own = entry.item, isinstance(entry.item, ReplaceEntry)
    return Overlaid(
        action=action,
        ruleset=entry.origin.ruleset,
        source=item.authority if own else item.source,
        because=item.reason if own else item.because,
        before=before,
    )


def _shared(one: Any, two: Any) -> dict[str, Any]:
    """The validity that two entries have in common."""
    ends = [each.valid_to for each in (one, two) if each.valid_to is not None]
    return {
        "valid_from": max(one.valid_from, two.valid_from),
        "valid_to": min(ends, default=None),
    }


def overlay_rules(
    rules: dict[str, Rule], entries: Entries, checked: Checked, on: date
) -> dict[str, Overlaid]:
    """Changes `rules` as the overlays live on `on` say; returns what was disabled, by whom."""
    disabled: dict[str, Overlaid] = {}
    for action, entry in sorted(entries.rule_overlays, key=lambda pair: pair[1].layer):
        item = entry.item
        rule = rules.get(item.rule)
        if rule is None or not live(item, on):
            continue
        trail = _overlaid(action, entry, rule)
        if action == "disable":
            del rules[item.rule]
            disabled[item.rule] = trail
            continue
        history = (*rule.overlaid, trail)
        if action == "demote":
            rules[item.rule] = demoted = evolve(rule, effect=Effect.ADVISE, overlaid=history)
            if rule.effect is Effect.GROUND:  # a factor is no number to know
                rules[item.rule] = evolve(demoted, amount=None, formula=None)
            continue
        rules[item.rule] = evolve(
            rule,
            effect=item.effect,
            **conditioned(entry.origin.place, checked),
            force=item.force,
            see=item.see,
            source=item.source,
            because=item.because,
            reading=item.reading,
            origin=entry.origin,
            overlaid=history,
            **_shared(rule, item),
        )
    return disabled


def overlay_parameters(parameters: dict[str, Parameter], entries: Entries, on: date) -> None:
    """Changes `parameters` as the settings live on `on` say. What the value is stays said in the
    parameter's own words; a setting's are about the change."""
    for setting in sorted(entries.sets, key=lambda each: each.layer):
        new = setting.item
        below = parameters.get(new.parameter)
        if below is None or not live(new, on):
            continue
        parameters[new.parameter] = evolve(
            below,
            value=typed(new.value),
            basis=new.basis,
            source=new.source,
            statement=None,
            reading=new.reading,
            origin=setting.origin,
            overlaid=(*below.overlaid, _overlaid("set", setting, below)),
            **_shared(below, new),
        )
