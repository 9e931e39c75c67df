"""texts refused clearly.

Every refusal word for word: the place, what was expected, what was found, the nearest name. What
CEL has and the profile lacks is refused by name, and no size or depth of text does harm.
"""

from __future__ import annotations

import time

import pytest

from flk_rules.errors import ExpressionInvalid
from flk_rules.language import check, parse, print_expression
from flk_rules.language.parser import MAX_DEPTH, MAX_LENGTH
from flk_rules.model.expressions import Expr
from support.expressions import SMALL

FUNCTIONS = "the functions are has, size, sets.contains, sets.intersects"


def _checked(text: str) -> Expr:
    return check(parse(text), SMALL.scope)[0]


def _messages(text: str) -> list[str]:
    with pytest.raises(ExpressionInvalid) as caught:
        _checked(text)
    said = str(caught.value)
    assert "lark" not in said.lower()
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return said.split("\n")


SYNTAX = {
    "": "line 1 column 1: expected a value, found the end",
    "   ": "line 1 column 4: expected a value, found the end",
    "\n\t\n": "line 3 column 1: expected a value, found the end",
    "// only a comment": "line 1 column 18: expected a value, found the end",
    "who.busy &&": "line 1 column 12: expected a value, found the end",
    "who.busy\n  && ?": "line 2 column 6: expected a value, found '?'",
    "&& who.busy": "line 1 column 1: expected a value, found '&&'",
    "(who.busy": "line 1 column 10: expected ')', found the end",
    "who.busy)": "line 1 column 9: expected the end, found ')'",
    "[1 2]": "line 1 column 4: expected an operator or ']' or ',', found '2'",
    "size(1": "line 1 column 7: expected ')' or ',', found the end",
    "who.": "line 1 column 5: expected a name, found the end",
    "who..busy": "line 1 column 5: expected a name, found '.'",
    "who.5": "line 1 column 5: expected a name, found '5'",
    "who.busy who.new": "line 1 column 10: expected an operator or the end, found 'who'",
    "who.busy and who.new": "line 1 column 10: expected an operator or the end, found 'and'",
    "not who.busy": "line 1 column 5: expected an operator or the end, found 'who'",
    "who.busy ? true": "line 1 column 16: expected ':', found the end",
    "!-5": "line 1 column 2: expected a value without a sign, found '-'",
    "-!true": "line 1 column 2: expected a value without a sign, found '!'",
    "1 index": "line 1 column 3: expected an operator or the end, found 'index'",
    "who.age = 65": "line 1 column 9: no part of the language starts with '='; equality is ==",
    "who.busy & true": "line 1 column 10: no part of the language starts with '&'; and is &&",
    "who.busy | true": "line 1 column 10: no part of the language starts with '|'; or is ||",
    "# comment": "line 1 column 1: no part of the language starts with '#'",
    "who.ålder": "line 1 column 5: no part of the language starts with 'å'",
    "\ufeffwho.busy": "line 1 column 1: no part of the language starts with '\\ufeff'",
    "who.busy\xa0": "line 1 column 9: no part of the language starts with '\\xa0'",
    "\x00": "line 1 column 1: no part of the language starts with '\\x00'",
    "true \x1b": "line 1 column 6: no part of the language starts with '\\x1b'",
    "'abc": "line 1 column 1: the string does not end on its line",
    "true == \"abc'": "line 1 column 9: the string does not end on its line",
    "'a\nb'": "line 1 column 1: the string does not end on its line",
    "'a\rb'": "line 1 column 1: the string does not end on its line",
    "'abc\\": "line 1 column 1: the string does not end on its line",
    r"'\q'": r"line 1 column 1: unknown escape '\\q' in a string",
    r"'\u12'": r"line 1 column 1: unknown escape '\\u' in a string",
    r"'\400'": r"line 1 column 1: unknown escape '\\4' in a string",
    r"'\ud800'": r"line 1 column 1: '\\ud800' is no character",
    r"'\U00110000'": r"line 1 column 1: '\\U00110000' is no character",
    "true ||\n 'a\udc80'": "line 2 column 4: '\\udc80' is no character",
    "in": "line 1 column 1: 'in' is a reserved word in CEL and no name",
    "who.in": "line 1 column 5: 'in' is a reserved word in CEL and no name",
    "who.true": "line 1 column 5: 'true' is a reserved word in CEL and no name",
    "while": "line 1 column 1: 'while' is a reserved word in CEL and no name",
    "has()": "line 1 column 1: has() takes 1 argument(s), found 0",
    "has(true)": "line 1 column 1: has() asks about one fact by its dotted name",
    "has(who)": "line 1 column 1: has() asks about one fact by its dotted name",
    "size(who.skills, 1)": "line 1 column 1: size() takes 1 argument(s), found 2",
    "sets.contains([])": "line 1 column 1: sets.contains() takes 2 argument(s), found 1",
    "1e400": "line 1 column 1: '1e400' is beyond the range of a double",
    "1" * 33: f"line 1 column 1: '{'1' * 33}' is beyond the range of a 64-bit integer",
}  # fmt: skip
OUTSIDE = {
    "5 % 2": "line 1 column 3: outside the profile: the operator %",
    "1u": "line 1 column 1: outside the profile: unsigned integers; write the number without u",
    "null": "line 1 column 1: outside the profile: null; has() asks whether a fact is recorded",
    "b'x'": "line 1 column 1: outside the profile: bytes",
    "r'x'": "line 1 column 1: outside the profile: raw strings",
    "'''x'''": "line 1 column 1: outside the profile: strings in triple quotes",
    "{'a': 1}": "line 1 column 1: outside the profile: map literals",
    "a.B{c: 1}": "line 1 column 4: outside the profile: message literals",
    "who.skills[0]": "line 1 column 11: outside the profile: indexing; use 'in' or sets.*",
    "[who.age]": "line 1 column 2: outside the profile: lists of anything but constants",
    "[[1]]": "line 1 column 2: outside the profile: lists of anything but constants",
    "[1, 'a']": "line 1 column 1: outside the profile: lists of mixed kinds",
    "[1, 1.0]": "line 1 column 1: outside the profile: lists of mixed kinds",
    ".who.busy": "line 1 column 2: outside the profile: names that start with a dot",
    ".f(1)": "line 1 column 2: outside the profile: names that start with a dot",
    "'a'.b": "line 1 column 5: outside the profile: a field of anything but a name",
    "who.`b-c`": "line 1 column 5: outside the profile: names in backquotes",
    "who.skills.all(s, s == 'a')":
        "line 1 column 12: outside the profile: the macro all(); conditions have no loops",
    "who.skills.size()":
        f"line 1 column 12: outside the profile: the method size(); {FUNCTIONS}",
    "double(1)": f"line 1 column 1: outside the profile: the function double(); {FUNCTIONS}",
    "sets.intersect([1], [1])":
        "line 1 column 1: outside the profile: the function sets.intersect(); "
        f"did you mean 'sets.intersects'?; {FUNCTIONS}",
}  # fmt: skip


@pytest.mark.parametrize("text", SYNTAX)
def test_what_does_not_parse(text: str) -> None:
    assert _messages(text) == [SYNTAX[text]]


@pytest.mark.parametrize("text", OUTSIDE)
def test_what_lies_outside_the_profile(text: str) -> None:
    assert _messages(text) == [OUTSIDE[text]]


def test_a_message_stays_short_whatever_the_text() -> None:
    long = "x" * 60_000
    texts = (long, f"params.{long}", f"who.stage == '{long}'", f"{long}()", f"a.{long}()",
             f"true '{long}'", "1" * 60_000, f"{'1' * 400}.0")  # fmt: skip
    for text in texts:
        assert all(len(message) < 300 for message in _messages(text)), text[:20]


NESTINGS = {
    "parentheses": ("(", "true", ")"),
    "not": ("!", "true", ""),
    "minus": ("-", "who.age", ""),
    "lists": ("[", "1", "]"),
    "then": ("true ? ", "true", " : true"),
    "otherwise": ("true ? true : ", "true", ""),
    "sum": ("", "1", " + 1"),
    "minus of a constant": ("-", "1", ""),
    "select": ("", "a", ".b"),
    "call": ("size(", "[]", ")"),
    "in": ("", "1", " in [1]"),
}


@pytest.mark.parametrize("how", NESTINGS)
def test_ten_thousand_levels_are_refused_quickly(how: str) -> None:
    before, inner, after = NESTINGS[how]
    levels = min(10_000, (MAX_LENGTH - len(inner)) // len(before + after))
    started = time.perf_counter()
    (message,) = _messages(before * levels + inner + after * levels)
    assert time.perf_counter() - started < 5
    if how == "lists":
        assert message.endswith("outside the profile: lists of anything but constants")
    elif how == "then":
        # CEL's own grammar asks for parentheses around a conditional in the middle.
        assert message == "line 1 column 13: expected ':', found '?'"
    else:
        assert message.endswith("nests at most 100 deep; name a part of it as a definition")


@pytest.mark.parametrize("how", ["parentheses", "not", "minus", "otherwise", "sum"])
def test_the_deepest_condition_is_checked_and_printed(how: str) -> None:
    before, inner, after = NESTINGS[how]
    own = 2 if how == "minus" else 1  # who.age is a name and a field of it
    levels = MAX_DEPTH - own
    text = before * levels + inner + after * levels
    assert print_expression(_checked(text)) == (inner if how == "parentheses" else text)
    assert len(_messages(before + text + after)) == 1


@pytest.mark.parametrize("sign", ["&&", "||"])
def test_a_condition_may_be_wide(sign: str) -> None:
    text = f" {sign} ".join(["true"] * 8_000)
    assert len(text) <= MAX_LENGTH
    assert print_expression(_checked(text)) == text


def test_a_condition_has_a_longest_length() -> None:
    longest = "true".ljust(MAX_LENGTH)
    assert print_expression(_checked(longest)) == "true"
    assert _messages(longest + " ") == [
        "line 1 column 1: a condition has at most 65536 characters, found 65537"
    ]
    assert _messages("(" * (MAX_LENGTH + 1)) == _messages(longest + " ")


@pytest.mark.parametrize("name", ["index", "inner", "in_x", "trueish", "falsey", "nullable", "asx"])
def test_names_may_begin_with_a_word_of_the_language(name: str) -> None:
    for text in (name, f"{name}.{name}", f"{name} in {name}", f"who.{name}"):
        assert print_expression(parse(text)) == text


def test_true_and_false_are_values_and_never_names() -> None:
    assert print_expression(_checked("true && !false")) == "true && !false"
    assert _messages("true.false") == [
        "line 1 column 6: outside the profile: a field of anything but a name"
    ]


@pytest.mark.parametrize("text", ["'\ufffe'", "'\U0010ffff'", "'\ufdd0'", "'\x00'", "'\u2028'"])
def test_a_string_may_hold_any_character_that_is_one(text: str) -> None:
    tree = parse(text)
    assert parse(print_expression(tree)) == tree
    assert print_expression(tree).isprintable()
