"""tables of cases under pytest.

``python -m benchmarks.testing``: what collecting and running a table costs beside the bare
decisions, side by side in one run: the same cases decided, and what each states read off.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

import flk_rules
from benchmarks.tables import table
from flk_rules.cases import Rulesets, read_cases, said
from flk_rules.engines import ENGINES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flk_rules.cases import Case

ON = date(2024, 10, 1)
RULESET = "se.stockholm"
SPECIALTIES = ("geriatrik", "allmanmedicin", "psykiatri", "internmedicin")
SHORT = ("outcome", "grounds", "advice", "missing")
WHOLE = (*SHORT, "reason", "force", "defeated", "assumptions")
FACTS = ("physician.licence", "physician.specialties", "physician.training.stage",
         "physician.training.years_left", "patient.age")  # fmt: skip


def written(count: int, keys: Sequence[str], seed: int = 1) -> str:
    """A table of so many cases, no two alike, that state these keys of their decisions."""
    draw = random.Random(seed)
    ruleset = flk_rules.load(RULESET, on=ON)
    rows: dict[tuple[object, ...], str] = {}
    while len(rows) < count:
        specialties = draw.sample(SPECIALTIES, draw.randrange(3))
        cells = (
            draw.choice(("valid", "valid", "revoked")), tuple(sorted(specialties)),
            draw.choice(("none", "st", "bt")), draw.randrange(50_000) / 10_000, draw.randrange(100),
        )  # fmt: skip
        licence, specialties_, stage, years, age = cells
        training = {"stage": stage, "specialty": "allmanmedicin", "years_left": years}
        physician = {"licence": licence, "specialties": list(specialties_), "training": training}
        decision = ruleset.decide("eligibility", physician=physician, patient={"age": age})
        stated = [said(decision, key) for key in keys]
        if cells not in rows:
            rows[cells] = f"  [{', '.join(_toml(each) for each in (*cells, *stated))}],"
    columns = ", ".join(f'"{each}"' for each in (*FACTS, *keys))
    return "\n".join([
        f'ruleset = "{RULESET}"', 'question = "eligibility"', f"on = {ON}",
        "[facts]", 'physician.training.specialty = "allmanmedicin"',
        "[[case]]", 'name = "drawn"', f"columns = [{columns}]", "rows = [", *rows.values(), "]", "",
    ])  # fmt: skip


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_toml(each) for each in value)}]"
    if isinstance(value, str) or value is None:
        return f'"{value or "none"}"'
    return str(value)


def bare(cases: Sequence[Case], engines: Sequence[str]) -> float:
    """Seconds of processor time: each case decided, and what it states read off."""
    ruleset = flk_rules.load(RULESET, on=ON)
    for engine in engines:
        ruleset.decider("eligibility", engine)
    start = process_time()
    for case in cases:
        for engine in engines:
            decision = ruleset.decide(case.question, engine=engine, **case.subjects)
            for key in case.expected:
                said(decision, key)
    return process_time() - start


def under_pytest(folder: Path, engines: Sequence[str]) -> float:
    """Seconds of processor time of a whole run of pytest, its start too."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    chosen = [part for engine in engines for part in ("--flk-engine", engine)]
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-c", str(folder / "pytest.ini"), *chosen,
         str(folder)],
        check=True, capture_output=True, cwd=folder,
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.testing", description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    rows = []
    for what, keys, engines in (
        ("whole: all that the shipped tables of eligibility state", WHOLE, ("rete",)),
        ("whole", WHOLE, ENGINES),
        ("outcome, grounds, advice, missing", SHORT, ("reference",)),
        ("outcome, grounds, advice, missing", SHORT, ENGINES),
        ("outcome, grounds, advice, missing", SHORT, ("rete",)),
    ):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "pytest.ini").write_text("[pytest]\n", "utf-8")
            path = folder / "drawn.cases.toml"
            path.write_text(written(options.cases, keys), "utf-8")
            cases = read_cases(path, Rulesets())
            pairs = [
                (bare(cases, engines), under_pytest(folder, engines)) for _ in range(options.rounds)
            ]
        ratios = sorted(two / one for one, two in pairs)
        one, two = (min(each) for each in zip(*pairs, strict=True))
        middle = ratios[len(ratios) // 2]
        rows.append([
            what, " + ".join(engines), f"{one:.2f}", f"{two:.2f}",
            f"{middle:.2f} ({ratios[0]:.2f}-{ratios[-1]:.2f})",
        ])  # fmt: skip
        print(*rows[-1], sep=" | ", file=sys.stderr)
    print(table(["cases state", "engine", "bare, s", "pytest, s", "ratio (min-max)"], rows))


if __name__ == "__main__":
    main()
