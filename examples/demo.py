"""the demo's stories.

Runs the command `flk` on each example as a person would type it; `make demo` calls it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
DECIDE = ["decide", "eligibility", "--on", "2024-10-01"]
STOCKHOLM = ["--ruleset", "se.stockholm"]
STORIES = (
    ("ELIGIBLE: a specialist, and an ST physician near the end, with a patient each",
     [*DECIDE, *STOCKHOLM, "eligible.csv"]),
    ("NOT ELIGIBLE: an ST physician too early, another specialty, a revoked licence",
     [*DECIDE, *STOCKHOLM, "--lang", "en", "not_eligible.csv"]),
    ("CONDITIONAL: no patient given, so the answer is a condition on the patient",
     [*DECIDE, "--lang", "en", "conditional.json"]),
    ("UNDETERMINED: facts are missing, and the answer says which",
     [*DECIDE, *STOCKHOLM, "--lang", "en", "undetermined.toml"]),
    ("Every physician with every patient, as a table",
     [*DECIDE, *STOCKHOLM, "--format", "table", "--lang", "en", "conditional.json",
      "--patients", "patients.csv"]),
    ("A health centre's own ruleset: its age for \"older\", its rule on mentors",
     [*DECIDE, "--ruleset", "my.unit", "--path", "rulesets", "--lang", "en", "own.json"]),
    ("A bad file: bad rows are named, the rest is decided",
     [*DECIDE, *STOCKHOLM, "--format", "table", "bad.csv"]),
)  # fmt: skip


def main() -> None:
    """Tell each story: its title, the command, what the command says."""
    for title, arguments in STORIES:
        print(f"\n\033[1m# {title}\033[0m" if sys.stdout.isatty() else f"\n# {title}")
        print(f"$ flk {' '.join(arguments)}\n", flush=True)
        subprocess.run([sys.executable, "-m", "flk_rules", *arguments], cwd=HERE, check=False)


main()
