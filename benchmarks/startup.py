"""starting from nothing.

Fresh interpreters: the import, the first ruleset, the first decision.
"""

from __future__ import annotations

import subprocess
import sys
from time import perf_counter

from benchmarks.shared import ON, QUESTION, RULESET
from benchmarks.timing import Spread, spread

_FIRST = f"""
from time import perf_counter
started = perf_counter()
import flk_rules
from datetime import date
imported = perf_counter()
ruleset = flk_rules.load({RULESET!r}, on=date({ON.year}, {ON.month}, {ON.day}))
loaded = perf_counter()
ruleset.decide({QUESTION!r}, physician={{"licence": "valid"}}, patient={{"age": 70}})
print(imported - started, loaded - imported, perf_counter() - loaded)
"""


def measure(times: int) -> dict[str, Spread]:
    """Milliseconds, each from `times` fresh interpreters."""
    bare, whole, steps = [], [], []
    for _ in range(times):
        bare.append(_run("pass")[0])
        whole.append(_run("import flk_rules")[0])
        steps.append([float(each) * 1e3 for each in _run(_FIRST)[1].split()])
    return {
        "python -c pass": spread(bare),
        "python -c 'import flk_rules'": spread(whole),
        "- the import itself": spread(one for one, _, _ in steps),
        "- first load()": spread(two for _, two, _ in steps),
        "- first decide(), engine built": spread(three for _, _, three in steps),
    }


def _run(code: str) -> tuple[float, str]:
    started = perf_counter()
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return (perf_counter() - started) * 1e3, done.stdout
