"""the installed package.

`make test` runs against the built wheel from another folder; here it shows what the wheel holds.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import flk_rules
from conftest import ROOT
from flk_rules.loading.finder import shipped

INSTALLED = Path(flk_rules.__file__).parent


@pytest.fixture(scope="module")
def wheel() -> Path:
    """The package as the wheel installed it; an editable install has no wheel to look into."""
    if not INSTALLED.is_relative_to(sysconfig.get_path("purelib")):
        pytest.skip("the package is installed editable: run `make test` to test the built wheel")
    return INSTALLED


def test_every_data_file_is_in_the_wheel(wheel: Path) -> None:
    assert shipped() == wheel / "rulesets"
    wanted = {
        **{f"rulesets/{p.relative_to(ROOT / 'rulesets')}": p
           for p in (ROOT / "rulesets").rglob("*.toml")},
        **{f"conformance/tables/{p.relative_to(ROOT / 'tests' / 'cases')}": p
           for p in (ROOT / "tests" / "cases").rglob("*.toml")},
        **{str(p.relative_to(ROOT / "flk_rules")): p
           for pattern in ("*.lark", "*.json", "*.md", "*.html", "*.css", "*.js", "py.typed")
           for p in (ROOT / "flk_rules").rglob(pattern)},
    }  # fmt: skip
    assert len(wanted) >= 8
    for name, path in wanted.items():
        assert (wheel / name).read_bytes() == path.read_bytes(), name


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    tops = {each.name for each in wheel.iterdir()}
    assert tops == {each.name for each in (ROOT / "flk_rules").iterdir()} | {"rulesets"} | (
        tops & {"__pycache__"}
    )


def test_the_version_is_the_distribution_s() -> None:
    from importlib.metadata import version

    assert version("flk_rules") == flk_rules.__version__


def _run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_the_command_without_its_extra_says_how_to_get_it() -> None:
    ran = _run("import sys; sys.modules['typer'] = None; import flk_rules.cli.main")
    assert ran.returncode == 1
    assert ran.stderr == (
        "flk: the command line needs the extra 'cli': pip install 'flk_rules[cli]'\n"
    )


def test_the_library_needs_no_extra() -> None:
    """Deciding and explaining work where Typer and Rich are not installed."""
    ran = _run(
        "import sys; sys.modules.update(typer=None, rich=None)\n"
        "from datetime import date; import flk_rules\n"
        "ruleset = flk_rules.load('se.national', on=date(2024, 10, 1))\n"
        "print(ruleset.decide('eligibility', physician={'licence': 'revoked'}).explain('en')[:12])"
    )
    assert ran.stdout == "NOT ELIGIBLE\n", ran.stderr
