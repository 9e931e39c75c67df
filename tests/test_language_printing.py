"""printing and parsing.

Parse then print then parse is the identity: on random expressions, checked or not, and on
whatever texts the parser accepts. Trees are compared by `repr`, which tells -0.0 from 0.0.
"""

from __future__ import annotations

import re
from collections import Counter
from random import Random
from typing import TYPE_CHECKING

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flk_rules.errors import ExpressionInvalid
from flk_rules.language import check, parse, print_expression
from flk_rules.model import expressions as nodes
from flk_rules.model.expressions import Expr, children
from flk_rules.model.values import Kind
from support.expressions import SMALL, random_expression

# Tracing every line of some hundred thousand evaluations takes longer than all else together, and
# other tests reach the same lines.
pytestmark = pytest.mark.no_cover

if TYPE_CHECKING:
    from collections.abc import Iterator

EXPRESSIONS = 4_000
KINDS = tuple(Kind)


def _random_trees(seed: int, count: int) -> Iterator[tuple[Expr, Kind]]:
    rng = Random(seed)
    for number in range(count):
        kind = Kind.BOOL if number % 2 else rng.choice(KINDS)
        yield random_expression(rng, SMALL.scope, rng.randint(0, 6), kind, has=True), kind


def _parts(node: Expr) -> Iterator[Expr]:
    yield node
    for child in children(node):
        yield from _parts(child)


def test_random_unchecked_trees_survive_printing_and_parsing() -> None:
    for tree, _ in _random_trees(1, EXPRESSIONS):
        text = print_expression(tree)
        again = parse(text)
        assert repr(again) == repr(tree), text
        assert again == tree
        assert print_expression(again) == text


def test_random_checked_trees_survive_printing_parsing_and_checking() -> None:
    for tree, kind in _random_trees(2, EXPRESSIONS):
        checked, found = check(tree, SMALL.scope)
        text = print_expression(checked)
        assert text == print_expression(tree)
        again, type_again = check(parse(text), SMALL.scope)
        assert repr(again) == repr(checked), text
        assert found.kind is kind
        assert type_again == found
        assert repr(check(checked, SMALL.scope)) == repr((checked, found)), "checked twice"


def test_the_random_expressions_reach_every_node_and_nesting() -> None:
    seen: Counter[str] = Counter()
    shapes: set[tuple[str, str]] = set()
    for tree, _ in _random_trees(1, EXPRESSIONS):
        for part in _parts(check(tree, SMALL.scope)[0]):
            seen[type(part).__name__] += 1
            shapes |= {(type(part).__name__, type(child).__name__) for child in children(part)}
    every = {
        name
        for name, each in vars(nodes).items()
        if isinstance(each, type) and attrs.has(each) and issubclass(each, nodes._Node)
    } - {"_Node", "Name"}
    assert set(seen) == every
    assert min(seen.values()) > 100, seen
    # Each pair is one decision about parentheses; 60 is well below what the seed gives.
    assert len(shapes) > 60


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("((a.b))", "a.b"),
        ("a && (b || c)", "a && (b || c)"),
        ("(a && b) || c", "a && b || c"),
        ("(a && b) && c", "(a && b) && c"),
        ("a && b && c", "a && b && c"),
        ("1 - (2 - 3) - 4", "1 - (2 - 3) - 4"),
        ("(1 - 2) - 3", "1 - 2 - 3"),
        ("2 * (3 + 4) / 5", "2 * (3 + 4) / 5"),
        ("(a == b) == c", "a == b == c"),
        ("a == (b == c)", "a == (b == c)"),
        ("(a ? b : c) ? d : (e ? f : g)", "(a ? b : c) ? d : e ? f : g"),
        ("a ? (b ? c : d) : e", "a ? (b ? c : d) : e"),
        ("!(a && b)", "!(a && b)"),
        ("! ! a", "!!a"),
        ("!(1 in [1])", "!(1 in [1])"),
        ("- - x", "--x"),
        ("-(-x)", "--x"),
        ("-(x + y)", "-(x + y)"),
        ("-(-5)", "5"),
        ("1 - -5", "1 - -5"),
        ("-0.0", "-0.0"),
        ("-(-9223372036854775808)", "-(-9223372036854775808)"),
        ("0x1F", "31"),
        (".5 + 1e2", "0.5 + 100.0"),
        ("[1, -2,]", "[1, -2]"),
        ('"it\'s"', "'it\\'s'"),
        (r"'\x41\u00e5\U0001f431\101\a'", "'Aå🐱A\\u0007'"),
        ("'\\\\ \\n'", "'\\\\ \\n'"),
        ("a // why\n&& b", "a && b"),
        ("a . b", "a.b"),
        ("has( a.b )", "has(a.b)"),
        ("sets.contains( [ ] , x )", "sets.contains([], x)"),
    ],
)
def test_the_canonical_text_has_no_more_than_it_needs(text: str, printed: str) -> None:
    tree = parse(text)
    assert print_expression(tree) == printed
    assert repr(parse(printed)) == repr(tree)


TOKENS = (
    "x", "who.age", "params.limit", "true", "false", "null", "in", "index", "1", "0x1f", "1.5",
    ".5e3", "-", "!", "(", ")", "[", "]", ",", "&&", "||", "==", "!=", "<", "<=", "+", "*", "/",
    "?", ":", "has(a.b)", "size(", "sets.contains(", "'s'", '"t"', "'\\x41'", ".", "\n", "// c\n",
    "as", "%", "1u", "{", "}", "\r", "\t", "&", "=", "'", "`", "å",
)  # fmt: skip
SOUP = st.lists(st.sampled_from(TOKENS), max_size=9).flatmap(
    lambda tokens: st.sampled_from(("", " ")).map(lambda space: space.join(tokens))
)


def _parsed(text: str) -> Expr | ExpressionInvalid:
    try:
        return parse(text)
    except ExpressionInvalid as error:
        return error


@settings(max_examples=2_000, deadline=None, database=None, derandomize=True)
@given(st.one_of(SOUP, st.text(max_size=12), st.text("()![]&|-?:.1 a'\"\\", max_size=12)))
def test_any_text_parses_to_something_printable_or_is_refused_with_a_place(text: str) -> None:
    tree = _parsed(text)
    if isinstance(tree, ExpressionInvalid):
        (problem,) = tree.problems
        assert re.match(r"line [1-9]\d* column [1-9]", problem.where)
        assert problem.message
        return
    assert repr(parse(print_expression(tree))) == repr(tree)


@given(st.text(max_size=20))
@settings(max_examples=500, deadline=None, database=None, derandomize=True)
def test_any_string_of_characters_survives(text: str) -> None:
    literal = nodes.Literal(text, nodes.Type(Kind.STRING))
    printed = print_expression(literal)
    assert parse(printed) == literal
    assert printed.isprintable()


def test_equal_meanings_have_equal_trees_wherever_they_stand() -> None:
    assert parse("a&&b") == parse("\n  a\n && // here\n b")
    assert parse("1") != parse("1.0")
    assert parse("[1]") != parse("[true]")
