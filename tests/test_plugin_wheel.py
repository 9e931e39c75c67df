"""the plugin in another project.

A project that has nothing of this one but the installed wheel: pytest finds the plugin by its entry
point, alone and with pytest-xdist.
"""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import flk_rules

TABLE = """\
ruleset  = "se.stockholm"
question = "eligibility"
on       = 2024-10-01

[facts]
physician.licence = "valid"
physician.specialties = ["internmedicin"]
physician.training.stage = "none"

[[case]]
name    = "by the agreement"
outcome = "eligible"
force   = "contract"
grounds = ["list_eligible_specialist"]

[[case]]
name    = "licences"
columns = ["physician.licence", "outcome", "grounds"]
rows    = [
  ["revoked", "not_eligible", ["licence_revoked"]],
  ["none",    "not_eligible", ["not_licensed"]],
  ["?",       "undetermined", []],
  ["valid",   "assess",       []],
]
"""
PYTHON = """\
from datetime import date

import pytest

from flk_rules.testing import assert_eligible

INTERNIST = {"licence": "valid", "specialties": ["internmedicin"], "training": {"stage": "none"}}


@pytest.mark.flk("se.stockholm", on=date(2024, 10, 1))
def test_fixtures(flk_ruleset, flk_decide):
    assert flk_decide("eligibility", physician=INTERNIST).outcome.value == "eligible"
    assert_eligible(INTERNIST, ruleset=flk_ruleset)
"""
BROKEN = 'ruleset = "se.stockholm"\nquestion = "eligibility"\non = 2024-10-01\n[[cas]]\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The separate project, of which this one's settings and conftest know nothing."""
    installed = Path(flk_rules.__file__).parent
    if not installed.is_relative_to(sysconfig.get_path("purelib")):
        pytest.skip("the package is installed editable: run `make test` to test the built wheel")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers\n", "utf-8")
    (tmp_path / "test_it.py").write_text(PYTHON, "utf-8")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "licences.cases.toml").write_text(TABLE, "utf-8")
    (tmp_path / "rules" / "broken.cases.toml").write_text(BROKEN, "utf-8")
    return tmp_path


@pytest.mark.parametrize("options", [(), ("-n", "2"), ("-n", "2", "--dist", "loadfile")])
def test_a_project_of_its_own_has_the_plugin(project: Path, options: tuple[str, ...]) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-W", "error", *options],
        cwd=project, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert re.search(r"1 failed, 5 passed, 1 error in", ran.stdout), ran.stdout
    for line in (
        "  outcome: expected assess, found eligible",
        "  grounds: found list_eligible_specialist, not expected",
        "  expected false, found true; what first went otherwise:",
    ):
        assert line in ran.stdout.splitlines(), ran.stdout
    assert "broken.cases.toml:4: cas: unknown key 'cas'; did you mean 'case'?" in ran.stdout
    assert "FAILED rules/licences.cases.toml::licences[valid]" in ran.stdout
