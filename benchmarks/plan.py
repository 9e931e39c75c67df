"""planning a unit.

``python -m benchmarks.plan``: a unit of 12 physicians with 15,000 and 150,000 patients, from CSV
text to the plan: seconds, and how they grow. The persons are made from a seed.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
import resource
from datetime import date, timedelta
from time import perf_counter
from typing import TYPE_CHECKING

import flk_rules
from benchmarks.tables import table
from flk_rules.library import DEFAULT_ENGINE
from flk_rules.planning.groups import PRIORITY
from flk_rules.planning.unit import plan_unit
from flk_rules.planning.unit_files import File, read_unit
from flk_rules.planning.unit_serving import Pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flk_rules import Ruleset

ON = date(2024, 10, 1)
PHYSICIANS = 12
SIZES = (15_000, 150_000)
VISITS = 2
"""Visits a patient has on average."""
_FACTS = {
    "chronic_conditions": (0, 0, 1, 2, 3, None),
    "mental_ill_health": ("none", "none", "none", "passing", "long_term", None),
    "substance_use": ("no", "no", "no", "yes", None),
    "disability": ("none", "none", "some", None),
    "complex_needs": ("no", "no", "yes", None),
    "housing": ("ordinary", "ordinary", "ordinary", "sabo", "lss", None),
    "deprived_area": ("no", "no", "yes", None),
    "vulnerable": ("no", "no", "yes", None),
    "municipality": ("dense_mixed",),
    "covered_by_region": ("yes",),
}


def files(patients: int, seed: int = 1) -> list[File]:
    """The three tables of a unit."""
    draw = random.Random(seed)
    names = [f"Physician {n}" for n in range(PHYSICIANS)]
    fields = ["geriatrik", *["allmanmedicin"] * (PHYSICIANS - 1)]
    physicians = [
        {"id": each, "licence": "valid", "specialties": field, "training.stage": "none"}
        for each, field in zip(names, fields, strict=True)
    ]
    people = [
        {
            "id": f"P{n}",
            "listed_with": draw.choice([*names, "none"]),
            "age": draw.choice([draw.randrange(100), None]) if draw.random() < 0.1
            else draw.randrange(100),
            **{
                fact: draw.choice(values[:-1] if draw.random() < 0.9 else values)
                if len(values) > 1 else values[0]
                for fact, values in _FACTS.items()
            },
        }
        for n in range(patients)
    ]  # fmt: skip
    visits = [
        {
            "patient": f"P{draw.randrange(patients)}",
            "physician": draw.choice(names),
            "date": ON - timedelta(draw.randrange(365)),
        }
        for _ in range(patients * VISITS)
    ]
    given = {"physician": physicians, "patient": people, "visit": visits}
    return [
        File(name=f"{part}s.csv", data=_csv(rows).encode(), part=part)
        for part, rows in given.items()
    ]


def measure(ruleset: Ruleset, patients: int) -> dict[str, float]:
    """Seconds of each part."""
    given = files(patients)
    started = perf_counter()
    unit = read_unit(ruleset, given)
    read = perf_counter()
    plan = plan_unit(ruleset, unit)
    planned = perf_counter()
    plan.to_dict()
    recorded = perf_counter()
    for row in unit.patients or ():
        ruleset.decide(PRIORITY, patient=row.facts)
    decided = perf_counter() - recorded
    facts = [ruleset.decide(PRIORITY, patient=row.facts).answer.facts.values
             for row in unit.patients or ()]  # fmt: skip
    started_pairs = perf_counter()
    pairs = Pairs(ruleset, unit.physicians, DEFAULT_ENGINE)
    for row, values in zip(unit.patients or (), facts, strict=True):
        pairs.add(row, values)
    paired = perf_counter() - started_pairs
    return {
        "reading and checking the rows": read - started,
        "planning": planned - read,
        "- of it deciding priority": decided,
        "- of it who may serve, each pair": paired,
        "- of it the rest: counting, continuity, 12 physicians": planned - read - decided - paired,
        "JSON values": recorded - planned,
        "all": recorded - started,
    }


def _csv(rows: Sequence[dict[str, object]]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.plan", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs=2, default=SIZES, metavar="PATIENTS")
    sizes: tuple[int, int] = tuple(parser.parse_args().sizes)
    ruleset = flk_rules.load("se.national", on=ON)
    measure(ruleset, 100)  # the engines are built at first use
    small, large = (measure(ruleset, each) for each in sizes)
    rows = [
        [part, f"{small[part]:.2f}", f"{large[part]:.2f}", f"{large[part] / small[part]:.1f}"]
        for part in small
    ]
    heading = ["part", *(f"{each:,} patients, s" for each in sizes), "times as long"]
    print(table(heading, rows))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n{PHYSICIANS} physicians, {VISITS} visits a patient; at most {most:,.0f} MiB")


if __name__ == "__main__":
    main()
