"""documents are true.

Runs the Python examples of the README, the docs and the docstrings, and the commands of the
examples' README with the output shown there.
"""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import flk_rules
from conftest import ROOT

DOCUMENTS = sorted(
    path.relative_to(ROOT)
    for folder, pattern in ((ROOT, "*.md"), (ROOT / "docs", "**/*.md"), (ROOT / "examples", "*.md"))
    for path in folder.glob(pattern)
)
MODULES = sorted(
    name
    for _, name, _ in pkgutil.walk_packages(flk_rules.__path__, "flk_rules.")
    if not name.endswith("__main__")
)
CONSOLE = re.compile(r"```console\n\$ (flk [^\n]*)\n(.+?)```", re.DOTALL)


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_python_examples_in_documents_are_true(document: str) -> None:
    failures, _ = doctest.testfile(str(ROOT / document), module_relative=False)
    assert failures == 0


def test_the_readme_has_examples() -> None:
    _, tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert tried >= 10


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_are_true(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def _commands() -> list[tuple[str, str]]:
    text = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    return [(command, output) for command, output in CONSOLE.findall(text)]


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The examples' folder, to be written to."""
    return Path(shutil.copytree(ROOT / "examples", tmp_path_factory.mktemp("copied") / "examples"))


@pytest.mark.parametrize(("command", "output"), _commands())
def test_commands_print_what_the_examples_show(examples: Path, command: str, output: str) -> None:
    arguments = shlex.split(command)[1:]
    ran = subprocess.run(
        [sys.executable, "-m", "flk_rules", *arguments],
        cwd=examples, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    said = "".join(f"{line.rstrip()}\n" for line in (ran.stdout + ran.stderr).splitlines())
    assert said.strip() == output.strip()


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_links_between_documents_lead_somewhere(document: str) -> None:
    path = ROOT / document
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), f"{document} links to {target}"


def test_the_demo_tells_every_story() -> None:
    ran = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "demo.py")],
        capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    told = [line.partition(":")[0] for line in ran.stdout.splitlines() if line.startswith("# ")]
    assert told == [
        "# ELIGIBLE", "# NOT ELIGIBLE", "# CONDITIONAL", "# UNDETERMINED",
        "# Every physician with every patient, as a table", "# A health centre's own ruleset",
        "# A bad file",
    ]  # fmt: skip
    (own,) = re.findall(r"# A health centre's own ruleset.*?# A bad file", ran.stdout, re.DOTALL)
    assert "+ Name a mentor among the specialists\n" in own
    assert re.search(r"elderly_from.*\n.*set by my\.unit", own)
    assert ": 75 years\n" in own
    assert {line for line in ran.stderr.splitlines() if not line.startswith("flk: bad.csv")} == {
        "flk: 4 of 5 rows could not be read and were left out"
    }
