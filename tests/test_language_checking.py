"""names and kinds.

What the checker refuses, word for word and all at once, and the types it finds.
"""

from __future__ import annotations

import pytest
from attrs import evolve

from flk_rules.errors import ExpressionInvalid
from flk_rules.language import Scope, check, parse
from flk_rules.model.expressions import DefinitionRef, FactRef, ParameterRef
from flk_rules.model.values import BOOL, INT, Kind, Type
from support.expressions import SMALL


def _messages(text: str, scope: Scope = SMALL.scope) -> list[str]:
    tree = parse(text)
    with pytest.raises(ExpressionInvalid) as caught:
        check(tree, scope)
    return str(caught.value).split("\n")


def _type(text: str, scope: Scope = SMALL.scope) -> str:
    return str(check(parse(text), scope)[1])


MEANING = {
    "who.bussy":
        ["line 1 column 1: unknown fact or definition 'who.bussy'; did you mean 'who.busy'?"],
    "who.abel":
        ["line 1 column 1: unknown fact or definition 'who.abel'; did you mean 'who.able'?"],
    "zzz": ["line 1 column 1: unknown fact or definition 'zzz'"],
    "params.limits == 1":
        ["line 1 column 1: unknown parameter 'params.limits'; did you mean 'params.limit'?"],
    "limit == 1": ["line 1 column 1: unknown fact or definition 'limit'"],
    "has(params.limit)":
        ["line 1 column 1: has() asks about a fact, not a parameter or definition"],
    "has(who.old)": ["line 1 column 1: has() asks about a fact, not a parameter or definition"],
    "has(who.bussy)":
        ["line 1 column 5: unknown fact or definition 'who.bussy'; did you mean 'who.busy'?"],
    "who.stage == 'bst'":
        ["line 1 column 14: no code 'bst' in the code list stage; did you mean 'st'?"],
    "'q' in who.skills": ["line 1 column 1: no code 'q' in the code list skill"],
    "who.stage in ['st', 'q']": ["line 1 column 14: no code 'q' in the code list stage"],
    "sets.contains(who.skills, ['a', 'x', 'y'])":
        ["line 1 column 27: no code 'x' in the code list skill",
         "line 1 column 27: no code 'y' in the code list skill"],
    "(who.busy ? 'st' : 'q') == who.stage":
        ["line 1 column 20: no code 'q' in the code list stage"],
    "(who.busy ? 'q' : who.goal) == who.stage":
        ["line 1 column 13: no code 'q' in the code list stage"],
    "who.stage == who.licence":
        ["line 1 column 1: a code of stage never equals a code of licence"],
    "(who.busy ? 'st' : who.stage) == who.licence":
        ["line 1 column 13: no code 'st' in the code list licence",
         "line 1 column 2: a code of stage never equals a code of licence"],
    "who.stage in who.skills":
        ["line 1 column 1: a code of stage never equals a list of code of skill"],
    "who.age == 'x'": ["line 1 column 1: int never equals string; compare values of one kind"],
    "who.busy == 1": ["line 1 column 1: bool never equals int; compare values of one kind"],
    "who.stage < 'st'": ["line 1 column 1: < compares numbers, found code of stage and string"],
    "who.busy < true": ["line 1 column 1: < compares numbers, found bool and bool"],
    "who.skills == ['a']":
        ["line 1 column 1: lists are compared by sets.contains(), not by =="],
    "who.skills == 'a'":
        ["line 1 column 1: list of code of skill never equals string; write 'a' in who.skills"],
    "'a' != who.skills":
        ["line 1 column 1: string never equals list of code of skill; write !('a' in who.skills)"],
    "who.skills == 1":
        ["line 1 column 1: list of code of skill never equals int; compare values of one kind"],
    "who.skills in ['a']":
        ["line 1 column 1: 'in' looks for an item of the list's kind, found list of code of skill "
         "in list of string; write 'a' in who.skills"],
    "who.skills in ['a', 'b']":
        ["line 1 column 1: 'in' looks for an item of the list's kind, found list of code of skill "
         "in list of string; write sets.intersects(who.skills, ['a', 'b'])"],
    "who.skills in [1]":
        ["line 1 column 1: 'in' looks for an item of the list's kind, found list of code of skill "
         "in list of int"],
    "1 in [1.5]":
        ["line 1 column 1: 'in' looks for an item of the list's kind, found int in list of double"],
    "1 in 1": ["line 1 column 1: 'in' looks in a list, found int"],
    "1 in (who.busy ? [] : who.skills)":
        ["line 1 column 1: 'in' looks for an item of the list's kind, found int in list of code of "
         "skill"],
    "sets.contains(who.skills, 'a')":
        ["line 1 column 1: sets.contains() takes two lists, found string"],
    "sets.intersects(who.skills, [1])":
        ["line 1 column 1: sets.intersects() takes lists of one kind, found list of code of skill "
         "and list of int"],
    "sets.contains(zzz, []) && zzz in []":
        ["line 1 column 15: unknown fact or definition 'zzz'",
         "line 1 column 27: unknown fact or definition 'zzz'"],
    "size('abc')": ["line 1 column 6: size() takes a list, found string"],
    "!who.age": ["line 1 column 2: ! takes a bool, found int"],
    "-who.busy": ["line 1 column 1: - takes a number, found bool"],
    "who.busy && who.age": ["line 1 column 13: && takes a bool, found int"],
    "who.age || true": ["line 1 column 1: || takes a bool, found int"],
    "who.age ? 1 : 2": ["line 1 column 1: ? : takes a bool, found int"],
    "who.busy ? 1 : 2.0":
        ["line 1 column 1: ? : takes two values of one kind, found int and double"],
    "size(who.busy ? ['a'] : [1])":
        ["line 1 column 6: ? : takes two lists of one kind, found list of string and list of int"],
    "'a' + 'b' == 'ab'": ["line 1 column 1: + takes numbers, found string and string"],
    "who.age + 0.5":
        ["line 1 column 1: + takes two ints or two doubles, found int and double; write constants "
         "with a decimal point"],
    "9223372036854775808":
        ["line 1 column 1: 9223372036854775808 is beyond the range of a 64-bit integer"],
    "-9223372036854775809":
        ["line 1 column 1: -9223372036854775809 is beyond the range of a 64-bit integer"],
    "0xffffffffffffffff":
        ["line 1 column 1: 18446744073709551615 is beyond the range of a 64-bit integer"],
    "1 in [9223372036854775808]":
        ["line 1 column 6: 9223372036854775808 is beyond the range of a 64-bit integer"],
}  # fmt: skip


@pytest.mark.parametrize("text", MEANING)
def test_what_means_nothing(text: str) -> None:
    assert _messages(text) == MEANING[text]


def test_all_mistakes_of_a_condition_are_reported_at_once() -> None:
    text = "who.agee > 1 &&\n who.stage == 'x' &&\n (params.no ? 1 : true) && -who.busy == 'a' + 1"
    assert _messages(text) == [
        "line 1 column 1: unknown fact or definition 'who.agee'; did you mean 'who.age'?",
        "line 2 column 15: no code 'x' in the code list stage",
        "line 3 column 3: unknown parameter 'params.no'; did you mean 'params.open'?",
        "line 3 column 28: - takes a number, found bool",
        "line 3 column 41: + takes numbers, found string and int",
    ]


def test_one_mistake_is_not_reported_twice_through_what_surrounds_it() -> None:
    assert len(_messages("!(-(who.nothing + 1) > 2.0) && [] == who.nothing")) == 2


def test_every_mistake_is_data_and_a_message_lists_the_first_twenty() -> None:
    tree = parse(" && ".join(f"who.zzz{number}zzz" for number in range(30)))
    with pytest.raises(ExpressionInvalid) as caught:
        check(tree, SMALL.scope)
    assert len(caught.value.problems) == 30
    assert str(caught.value).split("\n")[20:] == ["... and 10 more"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("who.busy", "bool"),
        ("who.able", "bool"),
        ("who.stage", "code of stage"),
        ("params.core", "list of code of skill"),
        ("'st'", "string"),
        ("['st']", "list of string"),
        ("[]", "list of anything"),
        ("has(who.age)", "bool"),
        ("size([])", "int"),
        ("-who.years", "double"),
        ("who.age + 1", "int"),
        ("1.0 / 2.0", "double"),
        ("1 < 2.5", "bool"),
        ("1 == 1.0", "bool"),
        ("who.stage in ['st']", "bool"),
        ("1 in []", "bool"),
        ("sets.contains([], [1])", "bool"),
        ("who.busy ? 1 : 2", "int"),
        ("who.busy ? 'st' : who.stage", "code of stage"),
        ("who.busy ? who.stage : 'st'", "code of stage"),
        ("who.busy ? [] : who.skills", "list of code of skill"),
        ("who.busy ? who.skills : []", "list of code of skill"),
        ("who.busy ? [] : [1]", "list of int"),
        ("who.busy ? ['a'] : who.skills", "list of code of skill"),
        ("who.busy ? [] : []", "list of anything"),
    ],
)
def test_every_expression_has_one_type(text: str, found: str) -> None:
    assert _type(text) == found


def test_names_resolve_to_what_they_name() -> None:
    tree, _ = check(parse("who.busy && params.open && who.able"), SMALL.scope)
    assert [type(each) for each in tree.operands] == [FactRef, ParameterRef, DefinitionRef]  # type: ignore[union-attr]
    assert [each.path for each in tree.operands] == ["who.busy", "open", "who.able"]  # type: ignore[union-attr]


def test_a_name_is_the_whole_of_it() -> None:
    scope = Scope(facts={"a.b": INT, "a.b.c": BOOL})
    assert _type("a.b.c", scope) == "bool"
    assert _type("a.b", scope) == "int"
    assert _messages("a.b.d", scope) == [
        "line 1 column 1: unknown fact or definition 'a.b.d'; did you mean 'a.b.c'?"
    ]


def test_a_code_list_that_nothing_fills_refuses_no_code() -> None:
    """Code lists come with a ruleset; the schema alone names them."""
    scope = evolve(SMALL.scope, codes={})
    assert _type("who.stage == 'whatever'", scope) == "bool"
    free = Scope(facts={"a.text": Type(Kind.STRING)})
    assert _type("a.text == 'whatever'", free) == "bool"
