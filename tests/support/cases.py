"""cases for deciding.

Small rulesets over two subjects, built straight from the model; the shipped ones; physicians.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from attrs import evolve

import flk_rules
from flk_rules.language import Scope, check, parse, print_expression
from flk_rules.model.answers import Combine, Effect
from flk_rules.model.expressions import Expr
from flk_rules.model.rules import Force, Question, Ruleset
from flk_rules.model.schema import FactSpec
from flk_rules.model.values import BOOL, DOUBLE, INT, Value
from support.rulesets import COLOUR, COLOURS, ORIGIN, QUESTION, SOURCE, TEXT, fact, make_ruleset

ON = date(2024, 10, 1)
NATIONAL, STOCKHOLM = "se.national", "se.stockholm"
ENGINES = ("reference", "rete")
BINDING = (Force.LAW, Force.CONTRACT)


def _of(subject: str) -> list[FactSpec]:
    specs = [
        fact(f"{subject}.yes", BOOL),
        fact(f"{subject}.other", BOOL),
        fact(f"{subject}.age", INT, minimum=0, maximum=150),
        fact(f"{subject}.years", DOUBLE, scale=4, minimum=-100, maximum=100),
        fact(f"{subject}.colour", COLOUR),
        fact(f"{subject}.colours", COLOURS),
    ]
    return [evolve(spec, subject=subject) for spec in specs]


FACTS = {spec.name: spec for subject in ("a", "b") for spec in _of(subject)}
"""The facts of two subjects, `a` and `b`, one of each type."""
PARAMETERS = {"grown": (INT, 18), "share": (DOUBLE, 2.0)}


def condition(text: str, definitions: Iterable[str] = ()) -> Expr:
    """A condition on `FACTS`, checked."""
    scope = Scope(
        facts={name: spec.type for name, spec in FACTS.items()},
        parameters={name: type_ for name, (type_, _) in PARAMETERS.items()},
        definitions=dict.fromkeys(definitions, BOOL),
        codes={"colour": frozenset(("red", "green", "blue"))},
    )
    return check(parse(text), scope)[0]


def with_question(
    ruleset: Ruleset,
    effects: Sequence[Effect],
    subjects: Sequence[str] = ("a", "b"),
    combine: Combine = Combine.FORBID_OVERRIDES,
) -> Ruleset:
    """The ruleset with these effects in the order of its rules, and a question about subjects; a
    rule that forbids is law, any other takes each force in turn."""
    forces = tuple(Force)
    rules = {
        name: evolve(
            rule,
            effect=effect,
            force=Force.LAW if effect is Effect.FORBID else forces[number % len(forces)],
        )
        for number, ((name, rule), effect) in enumerate(
            zip(ruleset.rules.items(), effects, strict=True)
        )
    }
    question = Question(
        id=QUESTION, combine=combine, subjects=tuple(subjects), title=TEXT,
        scope=TEXT, outcomes={}, source=SOURCE, origin=ORIGIN,
    )  # fmt: skip
    return evolve(ruleset, rules=rules, questions={QUESTION: question})


def small(
    *rules: tuple[str, str],
    definitions: Mapping[str, str] | None = None,
    parameters: Mapping[str, Value] | None = None,
) -> Ruleset:
    """A ruleset of rules written ``("permit", "a.yes")``."""
    named = {name: condition(text) for name, text in (definitions or {}).items()}
    values = {**{name: value for name, (_, value) in PARAMETERS.items()}, **(parameters or {})}
    made = make_ruleset(
        FACTS.values(),
        [condition(text, named) for _, text in rules],
        {name: (type_, values[name]) for name, (type_, _) in PARAMETERS.items()},
        named,
    )
    return with_question(made, [Effect(effect) for effect, _ in rules])


@cache
def shipped(name: str, on: date = ON) -> flk_rules.Ruleset:
    """A shipped ruleset, loaded once."""
    return flk_rules.load(name, on=on)


def long(names: Iterable[str]) -> list[str]:
    """Rule ids from short ones: ``n.geriatrics``, ``s.st_too_early``."""
    layers = {"n": NATIONAL, "s": STOCKHOLM}
    return sorted(
        f"{layers[name[0]]}.eligibility.{name[2:]}" for name in names
    )  # fmt: skip


def specialist(*specialties: str, **more: Any) -> dict[str, Any]:
    """A licensed physician of these specialties who is not in training."""
    return {
        "licence": "valid", "specialties": list(specialties), "training": {"stage": "none"}, **more
    }  # fmt: skip


def trainee(*specialties: str, licence: str = "valid", **training: Any) -> dict[str, Any]:
    """A licensed physician in ST in general practice, supervised, with what is said of it."""
    known = {"stage": "st", "specialty": "allmanmedicin", "supervised": True, **training}
    return {"licence": licence, "specialties": list(specialties), "training": known}


__all__ = [
    "BINDING", "ENGINES", "FACTS", "NATIONAL", "ON", "STOCKHOLM", "condition", "long",
    "print_expression", "shipped", "small", "specialist", "trainee", "with_question",
]  # fmt: skip
