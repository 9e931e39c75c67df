"""every cell and every mutant.

Parity on the whole product of each shipped question that has few enough cells, and the score of
each shipped ruleset's mutants.
"""

from __future__ import annotations

from pathlib import Path

from flk_rules.analysis.bench import make_bench
from flk_rules.analysis.mutants import mutants
from flk_rules.analysis.scoring import Fate, Judge, score
from flk_rules.analysis.tables import find_cases
from flk_rules.cases import Rulesets
from flk_rules.loading import available, load_ruleset
from soak.parity import Tally, hold
from soak.shipped import ON, asked
from support.exhaustive import distinct, of_question, of_rules

CASES = Path(__file__).resolve().parent.parent / "cases"
LEAST = 0.99
"""The score that each shipped ruleset has at least."""


def cells(most: int) -> Tally:
    """Both engines on every cell of each shipped question as a whole, or where these are more than
    `most`, of each of its rules."""
    tally = Tally()
    for name, question in asked():
        ruleset = load_ruleset(name, on=ON)
        whole = of_question(ruleset, question)
        parts = [whole] if whole.size <= most else of_rules(ruleset, question)
        tally.add(hold(ruleset, question, distinct(parts)))
    return tally


def scores() -> bool:
    """Prints the score of each shipped ruleset; whether all are high enough."""
    rulesets, good = Rulesets(), True
    cases = find_cases([CASES], rulesets)
    for name in sorted(available()):
        bench = make_bench(name, cases, rulesets)
        tally = score(Judge(bench).results(mutants(bench.chain(name))))
        good &= tally.share >= LEAST
        counted = ", ".join(f"{each.value} {tally.counts[each]:,}" for each in Fate)
        print(f"mutants of {name}: {100 * tally.share:.1f} % ({counted})", flush=True)
    return good
