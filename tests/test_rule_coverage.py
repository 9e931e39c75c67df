"""what decisions cover.

Atoms and what decides, against brute force; what is recorded, merged and proven out of reach, on
random rules; overlays, parameters and layers on small rulesets of their own.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

import flk_rules
from flk_rules.analysis import coverage_text
from flk_rules.analysis.coverage import Figures, Reached, State, figures
from flk_rules.analysis.coverage_conditions import parts_of, shown
from flk_rules.analysis.coverage_points import Record, bit, note
from flk_rules.analysis.coverage_reach import reach
from flk_rules.analysis.coverage_record import Recorder, truth_of
from flk_rules.engines.reference import Interpreter, Trace
from flk_rules.language import print_expression
from flk_rules.model.answers import Effect
from flk_rules.model.expressions import And, Conditional, DefinitionRef, Expr, Not, Or
from flk_rules.model.rules import Layer, Overlaid, Ruleset
from flk_rules.model.values import Value
from flk_rules.watching import watching
from support.cases import ON, shipped, small, specialist, with_question
from support.folders import entry, write
from support.random_facts import FactSource
from support.rulesets import QUESTION, random_ruleset

SEEDS = range(60)


def _all_reachable(_: object) -> Reached:
    return Reached({}, {})


def _covered(recorder: Recorder) -> Figures:
    return figures(recorder.trace(), _all_reachable)


def _decide(ruleset: flk_rules.Ruleset, *subjects: Mapping[str, Any], **options: Any) -> Recorder:
    recorder = Recorder(options.pop("homes", ()))
    with watching(recorder):
        for each in subjects:
            asked = "eligibility" if "eligibility" in ruleset.questions else QUESTION
            ruleset.decide(asked, **each, **options)
    return recorder


# ---- atoms and what decides ----------------------------------------------------------------------


def _kleene(node: Expr, ruleset: Ruleset, truths: Iterator[bool | None]) -> bool | None:
    """The condition from the truths of its atoms alone, by the tables of docs/deciding.md."""
    match node:
        case And(operands=operands) | Or(operands=operands):
            decides = isinstance(node, Or)
            values = [_kleene(each, ruleset, truths) for each in operands]
            return decides if decides in values else None if None in values else not decides
        case Not(operand=operand):
            value = _kleene(operand, ruleset, truths)
            return None if value is None else not value
        case Conditional(test=test, then=then, otherwise=otherwise):
            chosen, one, two = (_kleene(each, ruleset, truths) for each in (test, then, otherwise))
            return None if chosen is None else one if chosen else two
        case DefinitionRef(path=path):
            return _kleene(ruleset.definitions[path].when, ruleset, truths)
    return next(truths)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_atom_decides_where_its_opposite_alone_turns_the_rule(seed: int) -> None:
    ruleset = random_ruleset(seed)
    source, interpreter = FactSource(ruleset, seed), Interpreter(ruleset)
    for facts in [source.draw() for _ in range(8)]:
        for rule in ruleset.rules.values():
            trace = interpreter.trace(rule.when, facts)
            atoms = list(shown(trace))
            truths = [each.truth for each in atoms]
            assert len(atoms) == len(parts_of(rule.when, ruleset).atoms)
            whole = truth_of(trace)
            assert _kleene(rule.when, ruleset, iter(truths)) is whole
            for number, atom in enumerate(atoms):
                turned = [*truths]
                turned[number] = None if atom.truth is None else not atom.truth
                other = _kleene(rule.when, ruleset, iter(turned))
                assert atom.decides == (
                    atom.truth is not None and {whole, other} == {True, False}
                ), (rule.condition, facts)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_lines_are_the_text_of_the_condition_and_of_what_it_enters(seed: int) -> None:
    ruleset = random_ruleset(seed)
    for rule in ruleset.rules.values():
        parts = parts_of(rule.when, ruleset)
        whole, *entered = parts.lines
        assert "".join(text for text, _ in whole.pieces) == rule.condition
        for line in entered:
            text = print_expression(ruleset.definitions[line.definition or ""].when)
            assert "".join(piece for piece, _ in line.pieces) == text
        numbers = [n for line in parts.lines for _, n in line.pieces if n is not None]
        assert sorted(numbers) == list(range(len(parts.atoms)))


@pytest.mark.parametrize(
    ("condition", "facts", "decides"),
    [
        ("a.yes && b.yes", {"a.yes": True, "b.yes": True}, [True, True]),
        ("a.yes && b.yes", {"a.yes": False, "b.yes": True}, [True, False]),
        ("a.yes && b.yes", {"a.yes": False, "b.yes": False}, [False, False]),
        ("a.yes && b.yes", {"a.yes": True}, [False, False]),
        ("a.yes && b.yes", {"a.yes": False}, [False, False]),
        ("a.yes || b.yes", {"a.yes": True}, [False, False]),
        ("a.yes || b.yes && b.other", {"a.yes": True, "b.yes": False}, [True, False, False]),
        ("!a.yes", {"a.yes": False}, [True]),
        ("a.yes ? b.yes : b.other", {"a.yes": True, "b.yes": True, "b.other": False},
         [True, True, False]),
        ("a.yes ? b.yes : b.other", {"a.yes": True, "b.yes": True, "b.other": True},
         [False, True, False]),
        ("a.yes ? b.yes : b.other", {"a.yes": True, "b.yes": True}, [False, True, False]),
        ("has(a.yes) && a.yes", {"a.yes": True}, [True, True]),
        ("has(a.yes) && a.yes", {}, [False, False]),
    ],
)  # fmt: skip
def test_what_is_not_known_decides_nothing_and_lets_nothing_decide(
    condition: str, facts: dict[str, Value], decides: list[bool]
) -> None:
    ruleset = small(("permit", condition))
    trace: Trace = Interpreter(ruleset).trace(ruleset.rules["r00000"].when, facts)
    assert [each.decides for each in shown(trace)] == decides


# ---- recording -----------------------------------------------------------------------------------


def test_kinds_of_facts_lose_nothing() -> None:
    """On durable-rules only new kinds are traced; on the reference every other set of facts is."""
    physicians = [specialist(*s) for s in ([], ["geriatrik"], ["allmanmedicin", "psykiatri"])]
    physicians += [{}, {"licence": "revoked"}]
    asked = [
        {"physician": each, "patient": patient}
        for each in physicians
        for patient in (*({"age": age} for age in range(0, 120, 3)), {}, None)
    ]
    kinds = _decide(shipped("se.stockholm"), *asked, engine="rete")
    each = _decide(shipped("se.stockholm"), *asked, engine="reference")
    assert kinds.trace().kinds < each.trace().kinds / 5
    assert _seen(kinds.trace()) == _seen(each.trace())


def _seen(record: Record) -> dict[Any, Any]:
    return {
        "rules": {
            key: (each.truths, each.ways, each.parameters, each.overlays)
            for key, each in record.rules.items()
        },
        "taken": {key: each.was_true for key, each in record.taken.items()},
        "parameters": {key: (e.readers, e.used) for key, e in record.parameters.items()},
    }  # fmt: skip


def test_two_records_merged_are_one() -> None:
    ruleset = shipped("se.stockholm")
    some = [{"physician": specialist("geriatrik"), "patient": {"age": 70}}]
    more = [{"physician": specialist("psykiatri"), "patient": {}}, {"physician": {}}]
    whole = _decide(ruleset, *some, *more).trace()
    arrived: Record = pickle.loads(pickle.dumps(_decide(ruleset, *more).trace()))
    merged = _decide(ruleset, *some).trace()
    merged.merge(arrived)
    assert _seen(merged) == _seen(whole)
    assert (merged.decisions, merged.kinds) == (whole.decisions, whole.kinds)
    empty = Record()
    empty.merge(whole)
    assert _seen(empty) == _seen(whole)


def test_of_a_subject_left_out_each_case_counts_and_it_is_not_unknown() -> None:
    recorder = _decide(
        shipped("se.national"), {"physician": specialist("geriatrik")}, engine="reference"
    )
    (rule,) = [
        each for each in _covered(recorder).rules if each.rule.id.endswith("eligibility.geriatrics")
    ]
    states = {name: point.state.value for name, point in rule.values.items()}
    assert states == {"true": "covered", "false": "covered", "unknown": "missed"}


def test_of_a_subject_that_has_no_cases_it_is_not_unknown_either() -> None:
    """Only what is missing of the subject that was given is."""
    made = with_question(
        small(
            ("permit", "a.age < b.age"), ("permit", "a.yes"), ("permit", "a.other || has(b.yes)")
        ),
        [Effect.PERMIT] * 3,
    )
    found = _covered(_decide(flk_rules.Ruleset(made), {"a": {"age": 1}}))
    seen = [[n for n, p in each.values.items() if p.state is State.COVERED] for each in found.rules]
    assert seen == [[], ["unknown"], []]


def test_questions_never_asked_and_rules_of_others_are_there() -> None:
    found = _covered(_decide(shipped("se.stockholm"), {"patient": {}}))
    asked = {each.rule.decides for each in found.rules}
    assert {"capacity", "priority", "eligibility"} <= asked
    assert {each.home for each in found.rules} == {"se.national", "se.stockholm"}
    untouched = [each for each in found.rules if each.rule.decides == "priority"]
    assert not any(each.value_count.covered for each in untouched)
    assert "    never asked" in coverage_text.missing(found)


# ---- what is out of reach ------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(0, 240, 4))
def test_nothing_called_out_of_reach_is_ever_seen(seed: int) -> None:
    ruleset = random_ruleset(seed)
    ruleset = evolve(ruleset, layers=(Layer(id="random", version="1"),))
    record = Record()
    watched = [each for each in note(ruleset, record) if len(each.parts.atoms) < 6][:6]
    source, interpreter = FactSource(ruleset, seed + 1), Interpreter(ruleset)
    facts = [source.draw() for _ in range(40)]
    for seen in watched:
        out = reach(seen)
        for known in facts:
            trace = interpreter.trace(seen.rule.when, known)
            value = {1: "true", 2: "false", 4: "unknown"}[bit(truth_of(trace))]
            assert value not in out.values, (seen.rule.condition, known)
            for number, atom in enumerate(shown(trace)):
                if atom.decides:
                    way = (number, str(atom.truth).lower())
                    assert way not in out.ways, (seen.rule.condition, known)


@pytest.mark.parametrize(
    ("condition", "values", "ways"),
    [
        ("true", {"false": "it reads no fact: parameters and constants settle it",
                  "unknown": "it reads no fact: parameters and constants settle it"},
         {(0, "false"): "it reads no fact and is true here"}),
        ("has(a.age)", {"unknown": "none of the 2 cells of its facts leaves it unknown; has() asks "
                                   "about the record and is never unknown"}, {}),
        ("a.age >= 0", {"false": "none of the 2 cells of its facts makes it false"},
         {(0, "false"): "none of the 2 cells of its facts makes it false"}),
        ("a.yes || a.yes && b.yes", {},
         {(1, "true"): "wherever it is true, other parts settle the rule or leave it open",
          (1, "false"): "wherever it is false, other parts settle the rule or leave it open",
          (2, "true"): "wherever it is true, other parts settle the rule or leave it open",
          (2, "false"): "wherever it is false, other parts settle the rule or leave it open"}),
        ("a.age < 18", {}, {}),
    ],
)  # fmt: skip
def test_what_is_out_of_reach_says_why(
    condition: str, values: dict[str, str], ways: dict[tuple[int, str], str]
) -> None:
    ruleset = small(("permit", condition))
    (seen,) = note(ruleset, Record())
    out = reach(seen)
    wanted = dict(ways)
    if condition == "a.yes || a.yes && b.yes":  # the second reading of one fact decides nothing
        wanted = {key: why for key, why in ways.items() if key in out.ways}
        assert (1, "true") in out.ways
    told = [{key: why.en for key, why in each.items()} for each in (out.values, out.ways)]
    assert told == [values, wanted]


def test_what_cannot_be_looked_through_is_counted() -> None:
    many = " && ".join(f"a.age != {n} && b.age != {n}" for n in range(0, 149, 2))
    ruleset = small(
        ("permit", f"a.years == b.years && ({many}) && a.colour == b.colour && a.other")
    )
    (seen,) = note(ruleset, Record())
    assert reach(seen) == Reached({}, {})


# ---- layers, overlays, parameters ----------------------------------------------------------------


@pytest.fixture(scope="module")
def unit(tmp_path_factory: pytest.TempPathFactory) -> flk_rules.Ruleset:
    """A ruleset above se.national with one overlay of each kind and a rule of its own."""
    root: Path = tmp_path_factory.mktemp("rulesets")
    national = "se.national.eligibility"
    write(
        root, "my.unit",
        entry("disable", rule=f"{national}.general_practice"),
        entry("demote", rule=f"{national}.geriatrics"),
        entry("replace", rule=f"{national}.free_choice", when="patient.age >= 90", effect="advise"),
        entry("set", parameter="adult_from", value=20),
        entry("rule", id="my.unit.old", when="patient.age >= 100", effect="advise"),
    )  # fmt: skip
    return flk_rules.load("my.unit", on=ON, path=[root])


def _asked(ruleset: flk_rules.Ruleset, *asked: tuple[str, int], **options: Any) -> Figures:
    subjects = [
        {
            "physician": specialist(name, equivalent_competence="not_equivalent"),
            "patient": {"age": age, "covered_by_region": age == 70},
        }
        for name, age in asked
    ]
    return _covered(_decide(shipped("se.national") if ruleset is None else ruleset,
                            *subjects, **options))  # fmt: skip


def _overlays(found: Figures) -> dict[str, bool]:
    used = {
        overlaid.action: used for each in found.rules for overlaid, used in each.overlays
    }  # fmt: skip
    (disabled,) = found.taken
    (setting,) = (each for each in found.parameters if each.parameter.overlaid)
    return {**used, "disable": disabled.was_true, "set": setting.used}


@pytest.mark.parametrize(
    ("asked", "used"),
    [
        (("psykiatri", 40), set()),
        (("allmanmedicin", 40), {"disable"}),
        (("geriatrik", 65), {"demote"}),
        (("psykiatri", 70), {"replace"}),  # would have spoken as it was before
        (("psykiatri", 90), {"replace"}),  # speaks as it is now
        (("barn_och_ungdomsmedicin", 19), {"set"}),
    ],
)
def test_an_overlay_is_used_where_it_made_a_difference(
    unit: flk_rules.Ruleset, asked: tuple[str, int], used: set[str]
) -> None:
    found = _overlays(_asked(unit, asked))
    assert found.keys() == {"disable", "demote", "replace", "set"}
    assert {name for name, each in found.items() if each} == used


def test_a_ruleset_s_rules_are_those_it_has_or_changes(unit: flk_rules.Ruleset) -> None:
    found = _asked(unit, ("geriatrik", 65), homes=["my.unit"])
    short = [each.rule.id.removeprefix("se.national.") for each in found.rules]
    assert short == [
        "my.unit.old",
        "eligibility.free_choice", "eligibility.geriatrics",
        "eligibility.geriatrics_outside_age_group",  # reads the parameter that was set
        "eligibility.paediatrics", "eligibility.paediatrics_outside_age_group",
        "priority.children",
    ]  # fmt: skip
    assert {each.parameter.id for each in found.parameters} == {"adult_from"}
    assert [each.rule.id for each in found.taken] == ["se.national.eligibility.general_practice"]


def test_a_rule_that_reads_the_same_counts_once(unit: flk_rules.Ruleset) -> None:
    """What se.national shows of a rule, it shows of it in every ruleset that leaves it as it is."""
    recorder = Recorder()
    with watching(recorder):
        for ruleset in (shipped("se.national"), unit):
            ruleset.decide("eligibility", physician={"licence": "revoked"}, patient={})
    found = _covered(recorder)
    revoked = [each for each in found.rules if each.rule.id.endswith("licence_revoked")]
    assert [each.home for each in revoked] == ["se.national"]
    geriatrics = [each for each in found.rules if each.rule.id.endswith("eligibility.geriatrics")]
    assert sorted(each.home for each in geriatrics) == ["my.unit", "se.national"]


def test_a_parameter_tells_where_an_atom_that_reads_it_decides(unit: flk_rules.Ruleset) -> None:
    def told(*asked: tuple[str, int]) -> set[str]:
        found = _asked(unit, *asked)
        return {each.parameter.id for each in found.parameters if each.used}

    assert "elderly_from" not in told(("psykiatri", 40))
    assert "elderly_from" in told(("geriatrik", 40))


def test_a_parameter_tells_where_a_rule_is_true_whose_number_it_makes() -> None:
    recorder = Recorder()
    with watching(recorder):
        for name in ("geriatrik", "allmanmedicin"):
            shipped("se.national").decide("capacity", physician=specialist(name), unit={})
    told = {each.parameter.id for each in _covered(recorder).parameters if each.used}
    assert {"guideline_per_specialist", "inquiries_mark"} <= told
    assert "guideline_per_st" not in told


def test_a_rule_of_before_that_cannot_be_asked_today_would_not_speak() -> None:
    """What a replaced rule named may hold no longer; nothing is made up of it."""
    made = small(("permit", "a.yes"))
    before = evolve(
        made.rules["r00000"], when=small(("permit", "a.age < params.grown")).rules["r00000"].when
    )
    trail = Overlaid(action="replace", ruleset="x", source=before.source, because=before.because,
                     before=before)  # fmt: skip
    rule = evolve(made.rules["r00000"], overlaid=(trail,))
    for parameters, used in ((made.parameters, True), ({}, False)):
        model = evolve(made, rules={rule.id: rule}, parameters=parameters)
        subjects = {"a": {"yes": False, "age": 3}, "b": {}}
        (found,) = _covered(_decide(flk_rules.Ruleset(model), subjects, engine="reference")).rules
        assert [each for _, each in found.overlays] == [used]


def test_what_was_missed_is_said_in_words(unit: flk_rules.Ruleset) -> None:
    lines = list(coverage_text.missing(_asked(unit, ("geriatrik", 64), homes=["my.unit"])))
    assert lines[:12] == [
        "my.unit.old (my.unit)",
        "    never true or unknown",
        "    never decided by patient.age >= 100 being true",
        "se.national.eligibility.free_choice (my.unit)",
        "    never true or unknown",
        "    never decided by patient.age >= 90 being true",
        "    the replace by my.unit made no difference",
        "se.national.eligibility.geriatrics (my.unit)",
        "    never true or unknown",
        "    never decided by 'geriatrik' in physician.specialties being true or false",
        "    never decided by patient.age >= params.elderly_from being true",
        "    the demote by my.unit made no difference",
    ]
    assert lines[-4:] == [
        "se.national.eligibility.general_practice (my.unit)",
        "    disabled, and would have been true of no decision",
        "params.adult_from (my.unit)",
        "    its value, set here, told in no decision",
    ]
