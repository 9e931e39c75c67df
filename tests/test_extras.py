"""extras that are missing.

What each command and each part of the library says where the packages of an extra were not
installed: the command that was typed, the extra, and how to install it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROSTER = Path(__file__).parent.parent / "examples" / "eligible.csv"
_RUN = """
import importlib, json, sys
for each in json.loads(sys.argv[1]):
    sys.modules[each] = None
from typer.testing import CliRunner
from flk_rules.cli.main import app
said = []
for each in json.loads(sys.argv[2]):
    ran = CliRunner().invoke(app, each)
    said.append([ran.exit_code, ran.stdout, ran.stderr])
for each in json.loads(sys.argv[3]):
    try:
        importlib.import_module(each)
    except ImportError as error:
        said.append([type(error).__name__, str(error)])
print(json.dumps(said))
"""


def ran(
    without: Sequence[str], commands: Sequence[str], modules: Sequence[str], folder: Path
) -> list[list[object]]:
    """What is said in a process in which packages cannot be imported."""
    lines = [each.split() for each in commands]
    given = [json.dumps([*each]) for each in (without, lines, modules)]
    done = subprocess.run(
        [sys.executable, "-c", _RUN, *given], capture_output=True, text=True, check=True, cwd=folder
    )
    found: list[list[object]] = json.loads(done.stdout)
    return found


def test_each_command_and_part_says_what_it_needs(tmp_path: Path) -> None:
    needs = {
        "audit verify log.flk": ("flk audit verify", "audit"),
        "audit export log.flk --out x": ("flk audit export", "audit"),
        f"decide eligibility {ROSTER} --on 2024-10-01 --audit log.flk": (
            "flk decide --audit", "audit",
        ),
        "report x.json": ("flk report", "report"),
        f"batch eligibility {ROSTER} --ruleset se.national --on 2024-10-01 --out there": (
            "flk batch", "tables",
        ),
        "explain there x=1": ("flk explain", "tables"),
        "sql se.national eligibility --on 2024-10-01": ("flk sql", "tables"),
    }  # fmt: skip
    modules = {
        "flk_rules.audit": "audit",
        "flk_rules.testing.strategies": "testing",
    }
    without = "rfc8785", "cryptography", "jinja2", "duckdb", "sqlglot", "pyarrow", "hypothesis"
    found = ran(without, [*needs], [*modules], tmp_path)
    assert found == [
        *([2, "", f"flk: {what} needs the extra '{extra}': pip install 'flk_rules[{extra}]'\n"]
          for what, extra in needs.values()),
        *(["ExtraMissing", f"{what} needs the extra '{extra}': pip install 'flk_rules[{extra}]'"]
          for what, extra in modules.items()),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("package", "module", "what", "extra"),
    [
        ("cryptography", "flk_rules.audit.heads", "flk_rules.audit", "audit"),
        ("jinja2", "flk_rules.reporting", "flk_rules.reporting", "report"),
    ],
)
def test_one_package_of_an_extra_is_enough_to_miss(
    package: str, module: str, what: str, extra: str, tmp_path: Path
) -> None:
    said = f"{what} needs the extra '{extra}': pip install 'flk_rules[{extra}]'"
    assert ran([package], [], [module], tmp_path) == [["ExtraMissing", said]]


def test_a_log_on_a_server_and_a_format_need_more(tmp_path: Path) -> None:
    ruled = f"decide eligibility {ROSTER} --on 2024-10-01 --format jsonl --audit log.flk"
    found = ran(
        ["psycopg", "pyarrow"],
        [ruled, "audit verify postgresql://unit@db/audit",
         "audit export log.flk --out x --format parquet"],
        [], tmp_path,
    )  # fmt: skip
    assert found[0][0] == 0
    assert found[1:] == [
        [2, "",
         "flk: flk audit verify needs the extra 'postgres': pip install 'flk_rules[postgres]'\n"],
        [2, "",
         "flk: flk audit export --format parquet needs the extra 'tables': "
         "pip install 'flk_rules[tables]'\n"],
    ]  # fmt: skip
    assert not (tmp_path / "x").exists()
