"""conditions at edges.

A ruleset of conditions that meet what SQL does otherwise than docs/language.md says, and facts that
take each of them over its edge.
"""

from __future__ import annotations

from itertools import product
from random import Random

from flk_rules.language import Scope, check, parse
from flk_rules.model.answers import Combine
from flk_rules.model.rules import Ruleset
from flk_rules.model.values import BOOL, DOUBLE, INT, Value
from support.rulesets import CODES, COLOUR, COLOURS, fact, make_ruleset
from support.tabled import asking

FACTS = (
    fact("p.b", BOOL), fact("p.i", INT), fact("p.n", INT, minimum=-3, maximum=3),
    fact("p.d", DOUBLE, scale=2), fact("p.c", COLOUR), fact("p.l", COLOURS),
)  # fmt: skip
CONDITIONS = (
    "p.i + 1 > 0", "p.i * p.i >= 0", "p.i - p.n < 0", "-p.i < 0", "p.i / p.n == 3",
    "p.i / 2 == -1", "p.n / 2 == -1", "(p.i - 1) / p.n > 0", "p.n + 1 == 2",
    "-9223372036854775808 / p.n < 0",
    "p.i == p.d", "p.i < p.d", "p.i <= p.d", "p.d < p.i", "p.d <= p.i", "p.i != p.d", "p.n < p.d",
    "p.i < 9007199254740992.0", "p.i == 9007199254740992.0", "p.i > 1e300", "p.i < -1e300",
    "p.d < 9007199254740993", "p.i < 9.3e18", "p.i >= -9.3e18",
    "p.d / p.d == 1.0", "p.d / 0.0 > 1e308", "p.d / -0.0 > 1e308", "p.d / p.d != 1.0",
    "0.0 / p.d < 1.0", "0.0 / p.d >= 1.0", "1.0 / p.d > 0.5", "p.d * 1e300 * 1e300 > 0.0",
    "p.d * 1e300 * 1e300 - p.d * 1e300 * 1e300 == 0.0", "p.i < p.d / p.d", "p.n > 0.0 / p.d",
    "-(p.d / 0.0) < 0.0", "p.d - 0.1 == 0.2", "p.d + 0.1 == 0.30000000000000004",
    "p.b ? p.n > 0 : p.d > 0.0", "(p.n > 0 ? p.d : 1.0) > 0.5", "!(p.b ? true : p.c == 'red')",
    "has(p.c) && p.c in p.l", "p.c in p.l", "p.c in ['red', 'blue']", "p.n in [1, 2]",
    "size(p.l) > 1", "sets.contains(p.l, ['red'])", "sets.contains(['red', 'blue'], p.l)",
    "sets.intersects(p.l, ['red', 'green'])", "sets.contains(p.l, [])", "size([]) == 0",
    "p.b == (p.n > 0)", "p.b && p.n > 0 || p.c == 'red'", "(p.b || p.n > 0) && !(p.b && p.n > 0)",
    "(p.b && p.n > 0) == (p.c == 'red')",
    "p.n >= params.most", "p.n >= params.most && p.b", "p.b && !(p.n < params.most)",
)  # fmt: skip
VALUES: dict[str, tuple[Value | None, ...]] = {
    "p.b": (None, True, False),
    "p.i": (None, 0, 1, -2, 3, 2**53, 2**53 + 1, 2**63 - 1, 1 - 2**63),
    "p.n": (None, -3, -1, 0, 1, 2),
    "p.d": (None, 0.0, 0.3, 0.2, 1.0, -2.0, 3.0, 9.0e12),
    "p.c": (None, "red", "green"),
    "p.l": (None, frozenset(), frozenset({"red"}), frozenset({"red", "blue"})),
}


def edges(combine: Combine = Combine.FORBID_OVERRIDES) -> Ruleset:
    """The conditions as rules of one question."""
    scope = Scope(
        facts={spec.name: spec.type for spec in FACTS},
        parameters={"most": INT},
        definitions={},
        codes={name: frozenset(codes) for name, codes in CODES.items()},
    )
    conditions = [check(parse(text), scope)[0] for text in CONDITIONS]
    return asking(make_ruleset(FACTS, conditions, {"most": (INT, 1)}), combine, 1)


def edge_facts(rows: int = 400) -> list[dict[str, Value]]:
    """Facts that go together, every pair of values of two facts among them and some of all."""
    chance = Random(1)
    names = list(VALUES)
    found: list[dict[str, Value | None]] = []
    for first, second in product(names, names):
        for one, other in product(VALUES[first], VALUES[second]):
            drawn = {name: chance.choice(VALUES[name]) for name in names}
            found.append({**drawn, first: one, second: other})
    chosen = chance.sample(found, min(rows, len(found)))
    return [{name: v for name, v in each.items() if v is not None} for each in chosen]
