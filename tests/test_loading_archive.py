"""rulesets kept as text.

What is read back is what was written, without the files; what was changed or is of another make
is refused, and said where.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

import pytest
from attrs import evolve

from flk_rules import available
from flk_rules.deciding import Decider
from flk_rules.engines.reference import Reference
from flk_rules.errors import ArchiveInvalid
from flk_rules.loading import load_ruleset
from flk_rules.loading.archive import rebuild, restore
from flk_rules.loading.fingerprint import document, fingerprint, fingerprint_of, plain
from flk_rules.loading.parts import part_of
from flk_rules.model.rules import Ruleset
from flk_rules.model.schema import Changes, FactSpec
from flk_rules.model.values import BOOL
from support.cases import NATIONAL, ON, STOCKHOLM, shipped, small
from support.random_facts import FactSource
from support.rulesets import QUESTION, random_ruleset

DAYS = (date(2024, 10, 1), date(2026, 1, 1))


def _without_derived(ruleset: Ruleset) -> Ruleset:
    """The ruleset as its text can hold it: how a number comes from dates is code, and what holds
    on other days only changes no answer."""
    facts = {n: evolve(each, derived=None) for n, each in ruleset.schema.facts.items()}
    return evolve(ruleset, schema=evolve(ruleset.schema, facts=facts), dormant=())


@pytest.mark.parametrize("name", sorted(available()))
@pytest.mark.parametrize("on", DAYS, ids=str)
def test_a_shipped_ruleset_comes_back_as_it_was(name: str, on: date) -> None:
    ruleset = load_ruleset(name, on=on)
    found = restore(document(ruleset), ruleset.fingerprint, on)
    assert found == _without_derived(ruleset)
    assert fingerprint(found) == ruleset.fingerprint == fingerprint_of(document(ruleset))


@pytest.mark.parametrize("seed", range(40))
def test_a_random_ruleset_comes_back_and_fires_the_same(seed: int) -> None:
    ruleset = random_ruleset(seed)
    text = document(ruleset)
    found = restore(text, fingerprint_of(text), ruleset.on)
    assert document(found) == text
    # Numbers written 2.0 stay doubles and those written 2 integers: they divide differently.
    source = FactSource(ruleset, seed)
    one, other = Reference(ruleset, QUESTION), Reference(found, QUESTION)
    for _ in range(25):
        facts = source.draw()
        assert one.fire(facts) == other.fire(facts)


def test_the_day_is_not_in_the_text() -> None:
    ruleset = shipped(NATIONAL).model
    other = restore(document(ruleset), ruleset.fingerprint, date(2024, 10, 2))
    assert other.on == date(2024, 10, 2)
    assert evolve(other, on=ruleset.on) == _without_derived(ruleset)


def test_it_holds_its_own_facts_whatever_the_library_knows() -> None:
    """A fact that a later version of the library no longer has, and one that it has not yet."""
    ruleset = shipped(NATIONAL).model
    facts = dict(ruleset.schema.facts)
    del facts["patient.vulnerable"]
    facts["patient.left_handed"] = FactSpec(
        name="patient.left_handed", subject="patient", type=BOOL, changes=Changes.FIXED,
        sv="vänsterhänt", en="left-handed",
    )  # fmt: skip
    rule = next(r for r in ruleset.rules_of("eligibility"))
    rules = {rule.id: evolve(rule, condition="patient.left_handed")}
    questions = {"eligibility": ruleset.questions["eligibility"]}
    older = evolve(
        ruleset, rules=rules, questions=questions, definitions={},
        schema=evolve(ruleset.schema, facts=facts),
    )  # fmt: skip
    text = document(older)
    found = restore(text, fingerprint_of(text), ON)
    assert Reference(found, "eligibility").fire({"patient.left_handed": True}).true == 1


@pytest.mark.parametrize("question", sorted(shipped(STOCKHOLM).questions))
def test_a_part_answers_its_question_as_the_whole_does(question: str) -> None:
    whole = shipped(STOCKHOLM).model
    part = part_of(whole, question)
    assert set(part.questions) == {question}
    assert set(part.rules) == {rule.id for rule in whole.rules_of(question)}
    assert len(part.schema.facts) < len(whole.schema.facts)
    # Through JSON numbers that have lost their kind, as in a receipt.
    jsoned = json.loads(json.dumps(plain(part)).replace(".0,", ","))
    found = rebuild(jsoned, whole.fingerprint, whole.on)
    one, other = Reference(whole, question), Reference(found, question)
    source = FactSource(whole, 1, question)
    for _ in range(50):
        facts = source.draw()
        assert one.fire(facts) == other.fire(facts)
        read = {name: value for name, value in facts.items() if name in part.schema.facts}
        assert one.fire(read) == one.fire(facts)


def test_an_integer_that_json_has_as_text_is_one_again() -> None:
    ruleset = small(("permit", "a.age < params.grown"), parameters={"grown": 2**63 - 1})
    content = plain(ruleset)
    content["parameters"]["grown"]["value"] = str(2**63 - 1)
    assert rebuild(content, "x", ON).parameters["grown"].value == 2**63 - 1


# ---- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_a_changed_byte_is_another_ruleset(seed: int) -> None:
    ruleset = shipped(NATIONAL).model
    text = bytearray(document(ruleset))
    text[Random(seed).randrange(len(text))] ^= 1
    with pytest.raises(ArchiveInvalid, match="its text has the fingerprint sha256:"):
        restore(bytes(text), ruleset.fingerprint, ON)


def _said(content: Any) -> str:
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    name = fingerprint_of(text)
    with pytest.raises(ArchiveInvalid) as caught:
        restore(text, name, ON)
    first, *rest = str(caught.value).split("\n")
    assert first == f"the archived ruleset {name} cannot be read"
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    return "\n".join(rest)


def _changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    ruleset = small(
        ("permit", "a.age >= params.grown"), ("forbid", "young"), definitions={"young": "a.yes"}
    )
    content: dict[str, Any] = json.loads(document(ruleset))
    change(content)
    return content


def test_the_small_one_is_read_unchanged() -> None:
    text = json.dumps(_changed(lambda _: None)).encode()
    ruleset = restore(text, fingerprint_of(text), ON)
    assert Decider(ruleset, QUESTION, "reference").engine.fire({"a.age": 18}).true == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "its text is not JSON"),
        (b"\xff\xfe", "its text is not JSON"),
        (b"[" * 100_000, "its text is not JSON"),
        (b"[]", "ruleset: expected a table, found a list"),
        (b"null", "ruleset: expected a table, found nothing"),
    ],
)
def test_what_is_no_ruleset_is_refused(text: bytes, said: str) -> None:
    assert _said(text) == said


def _set(path: str, value: Any) -> Callable[[dict[str, Any]], object]:
    *inner, last = path.split("/")

    def change(content: dict[str, Any]) -> None:
        for key in inner:
            content = content[key]
        content[last] = value

    return change


RULE = "rules/r00000"
GROWN = "parameters[grown].value: expected a value of the type int, found another"


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("surprise", 1, "ruleset.surprise: unknown key 'surprise'"),
        (f"{RULE}/surprise", 1, "ruleset.rules[r00000].surprise: unknown key 'surprise'"),
        (f"{RULE}/effect", "permitt",
         "ruleset.rules[r00000].effect: expected one of permit, forbid, assess, ground, point, "
         "value, advise, found 'permitt'; did you mean 'permit'?"),
        (f"{RULE}/valid_from", "1 January",
         "ruleset.rules[r00000].valid_from: expected a date like 2024-01-31"),
        (f"{RULE}/valid_from", None,
         "ruleset.rules[r00000].valid_from: expected a string, found nothing"),
        (f"{RULE}/origin", None, "ruleset.rules[r00000].origin: expected a table, found nothing"),
        (f"{RULE}/overlaid",
         [{"action": "pardon", "ruleset": "x", "because": {"sv": "x", "en": "x"},
           "source": {"document": "d", "section": "s", "statement": "E1", "note": None,
                      "provision": None}}],
         "rules.action: expected one of replace, disable, demote, set, found 'pardon'"),
        ("rules", [], "ruleset.rules: expected a table, found a list"),
        ("schema/facts/a.age/maximum", "many",
         "ruleset.schema.facts[a.age].maximum: expected an integer, found a string ('many')"),
    ],
)  # fmt: skip
def test_what_is_of_another_make_is_refused_with_its_place(
    path: str, value: Any, said: str
) -> None:
    assert said in _said(_changed(_set(path, value)))


def test_every_mistake_is_told() -> None:
    def change(content: dict[str, Any]) -> None:
        content["rules"]["r00000"]["condition"] = "a.old"
        content["rules"]["r00001"]["condition"] = "a.older"

    assert len(_said(_changed(change)).split("\n")) == 2


def test_definitions_that_grow_without_bound_are_refused() -> None:
    def change(content: dict[str, Any]) -> None:
        young = content["definitions"]["young"]
        for number in range(40):
            below = f"d{number - 1}" if number else "a.yes"
            condition = f"{below} || !{below}"
            name = f"d{number}"
            content["definitions"][name] = {**young, "id": name, "condition": condition}
        content["rules"]["r00000"]["condition"] = "d39"

    assert "a condition has at most 20,000 parts, found over 10^12" in _said(_changed(change))
