"""the pytest plugin.

Tables of cases as tests: items with their places, failures that explain, mistakes that hide
nothing, and what pytest's own options do with them.
"""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

HEAD = """\
ruleset  = "se.national"
question = "eligibility"
on       = 2024-10-01

[facts]
physician.licence = "valid"
physician.specialties = ["geriatrik"]
physician.training.stage = "none"
"""
GOOD = (
    HEAD
    + """
[[case]]
name = "old"
with = { patient.age = 70 }
outcome = "eligible"
grounds = ["geriatrics"]

[[case]]
name = "young"
with = { patient.age = 40 }
outcome = "assess"

[[case]]
name = "ages"
columns = ["patient.age", "outcome"]
rows = [
  [64, "assess"],
  [65, "eligible"],
  ["?", "undetermined"],
]
"""
)
BAD = (
    HEAD
    + """
[[case]]
name = "young"
why  = "E4"
with = { patient.age = 64 }
outcome = "eligible"
grounds = ["geriatrics"]
"""
)
BROKEN = (
    HEAD
    + """
[[case]]
name = "young"
outcome = "eligibel"
grounds = ["geriatric"]

[[case]]
name = "other"
outcome = "eligible"
grunds = ["geriatrics"]
"""
)


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project of its own, with a table that passes."""
    _write(pytester, "good", GOOD)
    return pytester


def _write(project: pytest.Pytester, name: str, text: str) -> Path:
    path = project.path / f"{name}.cases.toml"
    path.write_text(text, "utf-8")
    return path


def _lines(result: pytest.RunResult) -> list[str]:
    return [line.rstrip() for line in result.outlines]


# ---- items ---------------------------------------------------------------------------------------


def test_each_case_is_an_item_with_its_file_and_line(project: pytest.Pytester) -> None:
    items, _ = project.inline_genitems()
    assert [(item.name, item.location[1]) for item in items] == [
        ("old", 9), ("young", 15), ("ages[64]", 24), ("ages[65]", 25), ("ages[?]", 26),
    ]  # fmt: skip
    assert {item.location[0] for item in items} == {"good.cases.toml"}
    project.runpytest_inprocess().assert_outcomes(passed=5)


def test_each_engine_decides_each_case_where_several_are_chosen(project: pytest.Pytester) -> None:
    result = project.runpytest_inprocess(
        "-v", "--flk-engine", "rete", "--flk-engine", "reference", "--flk-engine", "rete"
    )
    result.assert_outcomes(passed=10)
    result.stdout.fnmatch_lines(
        ["good.cases.toml::old[[]rete[]] PASSED *", "good.cases.toml::old[[]reference[]] PASSED *"]
    )
    project.makeini("[pytest]\nflk_engines = reference rete\n")
    project.runpytest_inprocess().assert_outcomes(passed=10)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (("--flk-engine", "ret"),
         "ERROR: flk: expected the engine rete or reference, found 'ret'; did you mean 'rete'?"),
        (("--flk-lang", "de"), "ERROR: flk: expected the language sv or en, found 'de'"),
    ],
)  # fmt: skip
def test_an_option_that_nobody_has_is_told_at_once(
    project: pytest.Pytester, option: tuple[str, str], message: str
) -> None:
    result = project.runpytest_inprocess(*option)
    assert result.ret is pytest.ExitCode.USAGE_ERROR
    assert result.errlines == [message, ""]


def test_folders_of_rulesets_may_be_set(project: pytest.Pytester) -> None:
    folder = project.mkdir("own") / "my.unit"
    folder.mkdir()
    (folder / "ruleset.toml").write_text(
        '[ruleset]\nid = "my.unit"\nversion = "1"\ntitle = { sv = "a", en = "b" }\n'
        'extends = "se.national"\nvalid_from = 2024-01-01\n',
        "utf-8",
    )
    _write(project, "own", GOOD.replace("se.national", "my.unit"))
    project.makeini("[pytest]\nflk_path = own\n")
    project.runpytest_inprocess("own.cases.toml").assert_outcomes(passed=5)


# ---- failures ------------------------------------------------------------------------------------


def test_a_failure_explains_itself(project: pytest.Pytester) -> None:
    path = _write(project, "bad", BAD)
    result = project.runpytest_inprocess("bad.cases.toml")
    result.assert_outcomes(failed=1)
    lines = _lines(result)
    start = lines.index("young: E4")
    assert lines[start : start + 22] == [
        "young: E4",
        "se.national, eligibility on 2024-10-01, rete",
        "",
        "  outcome: expected eligible, found assess",
        "  grounds: expected geriatrics, found equivalent_competence_to_assess",
        "",
        "se.national.eligibility.geriatrics: Specialist in geriatrics, suitable for older patients",
        "  expected true, found false; what first went otherwise:",
        "  patient.age >= params.elderly_from",
        "    patient.age = 64 years  (age)",
        "    params.elderly_from = 65 years",
        "",
        "se.national.eligibility.equivalent_competence_to_assess: No specialty is regulated; the "
        "unit assesses whether the competence is equivalent",
        "  expected false, found true; all this holds, and not all should:",
        "  !has(physician.equivalent_competence)",
        "  !('allmanmedicin' in physician.specialties)",
        "  !physician.in_st_general_practice",
        "  size(physician.specialties) > 0 || !(physician.training.stage in ['at', 'bt'])",
        "    physician.equivalent_competence = not known  (equivalent competence)",
        "    physician.specialties = Geriatrics  (specialties)",
        "    physician.training.stage = not in training  (training stage)",
        "",
    ]
    result.stdout.fnmatch_lines([
        "Facts that were read",
        "  patient.age = 64 years  (age)",
        "  physician.licence = valid  (licence)",
        "The decision",
        "  ASSESS",
        "  Because",
        f"{path}:10: outcome: expected eligible, found assess; grounds: expected geriatrics, *",
        "FAILED bad.cases.toml::young - outcome: expected eligible, found asse*",
    ])  # fmt: skip


def test_explanations_are_in_the_language_chosen(project: pytest.Pytester) -> None:
    _write(project, "bad", BAD)
    for options, setting in ((("--flk-lang", "sv"), ""), ((), "flk_language = sv")):
        project.makeini(f"[pytest]\n{setting}\n")
        result = project.runpytest_inprocess("bad.cases.toml", *options)
        result.stdout.fnmatch_lines(["    patient.age = 64 år  (ålder)", "  Därför att"])


def test_a_failure_is_coloured_where_pytest_colours(project: pytest.Pytester) -> None:
    _write(project, "bad", BAD)
    result = project.runpytest_inprocess("bad.cases.toml", "--color=yes")
    assert "\x1b[31m\x1b[1m  outcome: expected eligible, found assess\x1b[0m" in result.outlines
    plain = project.runpytest_inprocess("bad.cases.toml", "--color=no")
    assert "\x1b" not in plain.stdout.str()


def test_a_case_that_expected_a_failure_shows_the_one_that_came(project: pytest.Pytester) -> None:
    _write(project, "bad", HEAD + """
[[case]]
name = "no error"
error = "facts"

[[case]]
name = "others at fault"
with = { patient.age = 200 }
error = "facts"
at = ["physician.licence"]
says = ["nope"]
""")  # fmt: skip
    result = project.runpytest_inprocess("bad.cases.toml")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines([
        "no error",
        "  error: expected facts, found none",
        "The decision",
        "others at fault",
        "  at: expected physician.licence, found patient.age",
        "  not said: nope",
        "The failure",
        "  patient.age: expected a whole number from 0 to 150 (year), found 200",
    ])  # fmt: skip


# ---- mistakes ------------------------------------------------------------------------------------


def test_a_table_with_mistakes_tells_all_and_hides_no_other(project: pytest.Pytester) -> None:
    path = _write(project, "broken", BROKEN)
    result = project.runpytest_inprocess()
    result.assert_outcomes(passed=5, errors=1)
    assert result.ret is pytest.ExitCode.TESTS_FAILED
    lines = _lines(result)
    # In CI pytest's summary repeats a message whole, so what is read ends before it.
    shown = lines[: next(n for n, line in enumerate(lines) if "short test summary" in line)]
    told = [line for line in shown if line.startswith(f"{path}:")]
    assert [line.removeprefix(f"{path}:")[:60] for line in told] == [
        "12: case[0].outcome: expected one of eligible, assess, groun",
        "13: case[0].grounds: no rule 'geriatric' decides eligibility",
        "18: case[1].grunds: unknown key 'grunds'; did you mean 'grou",
    ]
    assert any("ERROR at setup of broken.cases.toml" in line for line in lines)
    assert not any("Traceback" in line or "collecting.py" in line for line in lines)


def test_names_that_do_not_exist_are_mistakes_and_no_failures(project: pytest.Pytester) -> None:
    _write(project, "broken", HEAD + """
[[case]]
name = "a"
outcome = "eligible"
grounds = ["geriatric"]
""")  # fmt: skip
    result = project.runpytest_inprocess()
    result.assert_outcomes(passed=5, errors=1)
    result.stdout.fnmatch_lines([
        "*13: case[[]0[]].grounds: no rule 'geriatric' decides eligibility in se.national on "
        "2024-10-01; did you mean 'geriatrics'?"
    ])  # fmt: skip


def test_a_choice_by_name_does_not_silence_mistakes(project: pytest.Pytester) -> None:
    _write(project, "broken", BROKEN)
    project.runpytest_inprocess("-k", "old").assert_outcomes(passed=1, errors=1, deselected=5)


@pytest.mark.parametrize("arguments", [("--collect-only",), ("broken.cases.toml::young",)])
def test_where_nothing_would_run_a_mistake_is_told_while_collecting(
    project: pytest.Pytester, arguments: tuple[str]
) -> None:
    _write(project, "broken", BROKEN)
    result = project.runpytest_inprocess(*arguments)
    assert result.ret in (pytest.ExitCode.INTERRUPTED, pytest.ExitCode.USAGE_ERROR)
    result.stdout.fnmatch_lines(
        ["*ERROR collecting broken.cases.toml*", "*did you mean 'grounds'*"]
    )


# ---- pytest's own options ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "passed"),
    [
        ("old", 1),
        ("ages", 3),
        ("eligibility", 5),
        ("se.national", 5),
        ("rete", 5),
        ("good and 65", 1),
    ],
)
def test_cases_are_chosen_by_name_file_ruleset_question_and_engine(
    project: pytest.Pytester, choice: str, passed: int
) -> None:
    project.runpytest_inprocess("-k", choice).assert_outcomes(passed=passed, deselected=5 - passed)


def test_a_case_is_chosen_by_its_id(project: pytest.Pytester) -> None:
    project.runpytest_inprocess("good.cases.toml::old").assert_outcomes(passed=1)
    project.runpytest_inprocess("good.cases.toml::ages[65]").assert_outcomes(passed=1)


def test_what_failed_last_runs_again(project: pytest.Pytester) -> None:
    _write(project, "bad", BAD)
    project.runpytest_inprocess().assert_outcomes(passed=5, failed=1)
    project.runpytest_inprocess("--lf").assert_outcomes(failed=1)
    _write(project, "bad", BAD.replace("age = 64", "age = 65"))
    project.runpytest_inprocess("--lf").assert_outcomes(passed=1)
    project.runpytest_inprocess("--lf").assert_outcomes(passed=6)


def test_the_first_failure_may_end_the_run(project: pytest.Pytester) -> None:
    _write(project, "bad", BAD)
    project.runpytest_inprocess("-x").assert_outcomes(failed=1)


def test_junit_has_each_case_with_what_it_is_about(project: pytest.Pytester) -> None:
    _write(project, "bad", BAD)
    project.runpytest_inprocess("--junitxml=out.xml", "-o", "junit_family=xunit1")
    found = list(ET.parse(project.path / "out.xml").iter("testcase"))
    assert len(found) == 6
    cases = {each.get("name"): each for each in found}
    (failed,) = (each for each in found if each.find("failure") is not None)
    failure = failed.find("failure")
    assert failure is not None
    assert "what first went otherwise" in (failure.text or "")
    assert (failure.get("message") or "").startswith("outcome: expected eligible, found assess")
    assert cases["old"].get("file") == "good.cases.toml"
    assert cases["old"].get("line") == "9"
    properties = {(each.get("name"), each.get("value")) for each in cases["old"].iter("property")}
    assert properties == {
        ("ruleset", "se.national"), ("question", "eligibility"), ("engine", "rete"),
    }  # fmt: skip


def test_workers_say_what_differs_first(project: pytest.Pytester) -> None:
    """They send a failure as text, the first line of which is its summary."""
    _write(project, "bad", BAD)
    result = project.runpytest_subprocess("-n", "1", "bad.cases.toml", "--junitxml=out.xml")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["young: E4", "FAILED bad.cases.toml::young - outcome: expected eligible, found asse*"]
    )
    failure = ET.parse(project.path / "out.xml").find(".//failure")
    assert failure is not None
    assert failure.get("message", "").startswith("outcome: expected eligible, found assess; ")


def test_cases_and_python_tests_run_side_by_side(project: pytest.Pytester) -> None:
    for folder in ("a", "c"):
        project.mkdir(folder)
        (project.path / folder / f"test_{folder}.py").write_text("def test_it(): pass\n", "utf-8")
    project.mkdir("b")
    (project.path / "b" / "b.cases.toml").write_text(GOOD, "utf-8")
    project.runpytest_inprocess("a", "b", "c", "good.cases.toml").assert_outcomes(passed=12)


def test_a_plugin_with_a_part_in_running_sees_every_case(project: pytest.Pytester) -> None:
    project.makeconftest("""
        def pytest_runtest_setup(item): print("setting up", item.name)
        def pytest_runtest_teardown(item): print("taking down", item.name)
    """)
    result = project.runpytest_inprocess("-s")
    result.assert_outcomes(passed=5)
    for name in ("old", "young", "ages[[]64[]]", "ages[[]?[]]"):
        result.stdout.fnmatch_lines([f"*setting up {name}*", f"*taking down {name}*"])


def test_a_case_that_passes_is_reported_once_each_way(project: pytest.Pytester) -> None:
    """The short way and pytest's own tell the same."""
    project.makeconftest("""
        def pytest_runtest_logreport(report):
            if report.when == "call": print("told", report.nodeid, report.outcome)
    """)
    told = []
    for options in ((), ("--setup-show",)):
        result = project.runpytest_inprocess("-s", "-v", *options)
        result.assert_outcomes(passed=5)
        told.append([line for line in _lines(result) if "told" in line])
    assert len(told[0]) == len(told[1]) == 5


# ---- fixtures ------------------------------------------------------------------------------------


def test_fixtures_give_the_ruleset_that_a_mark_names(project: pytest.Pytester) -> None:
    project.makepyfile("""
        from datetime import date
        import pytest
        ON = date(2024, 10, 1)

        @pytest.mark.flk("se.stockholm", ON)
        def test_ruleset(flk_ruleset, flk_decide):
            assert (flk_ruleset.id, flk_ruleset.on) == ("se.stockholm", ON)
            assert flk_decide("eligibility", physician={}).missing

        @pytest.mark.flk(ruleset="se.stockholm", on=ON)
        def test_loaded_once(flk_ruleset, request):
            from flk_rules.testing.settings import settings_of
            assert settings_of(request.config).rulesets.load("se.stockholm", ON) is flk_ruleset

        @pytest.mark.flk(ruleset="se.borgholm")
        def test_date_of_the_settings(flk_ruleset):
            assert (flk_ruleset.id, flk_ruleset.on.year) == ("se.borgholm", 2025)

        def test_settings(flk_ruleset):
            assert flk_ruleset.id == "se.national"
    """)
    project.makeini("[pytest]\nflk_ruleset = se.national\nflk_on = 2025-01-01\n")
    result = project.runpytest_inprocess("--strict-markers")
    result.assert_outcomes(passed=9)


@pytest.mark.parametrize(
    ("mark", "setting", "message"),
    [
        ("", "", "flk: the test names no ruleset; mark it, as "
         '@pytest.mark.flk("se.national", on=date(2024, 10, 1)), or set flk_ruleset and flk_on'),
        ('@pytest.mark.flk("se.national")', "", "flk: the test names no date; mark it, as *"),
        ("", "flk_ruleset = se.national\nflk_on = 1 October",
         "flk: flk_on: expected a date like 2024-10-01, found '1 October'"),
        ('@pytest.mark.flk("se.natonal", date(2024, 10, 1))', "",
         "flk: no ruleset called 'se.natonal'; did you mean 'se.national'? *"),
        ('@pytest.mark.flk("se.national", "2024-10-01")', "",
         "flk: on: expected a datetime.date, found str ('2024-10-01'); date.fromisoformat() *"),
        ('@pytest.mark.flk(rulest="se.national")', "",
         "flk: expected the mark flk(ruleset, on, path=()), found unknown 'rulest'"),
        ('@pytest.mark.flk("a", "b", "c")', "",
         "flk: expected the mark flk(ruleset, on, path=()), found 3 without a name"),
    ],
)  # fmt: skip
def test_fixtures_say_what_is_wrong(
    project: pytest.Pytester, mark: str, setting: str, message: str
) -> None:
    project.makepyfile(
        f"import pytest\nfrom datetime import date\n{mark}\ndef test_it(flk_decide): pass\n"
    )
    project.makeini(f"[pytest]\n{setting}\n")
    result = project.runpytest_inprocess("-k", "test_it")
    result.assert_outcomes(errors=1, deselected=5)
    result.stdout.fnmatch_lines([message.replace("[", "[[]")])
    result.stdout.no_fnmatch_line("*def flk_ruleset*")  # nor any other line of the library
    result.stdout.no_fnmatch_line("*flk_rules/*.py*")


def test_the_plugin_shows_in_help(project: pytest.Pytester) -> None:
    result = project.runpytest_inprocess("--help")
    result.stdout.fnmatch_lines(["decisions of flk_rules:", "  --flk-engine=rete|reference", "*"])
    result = project.runpytest_inprocess("--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.flk(ruleset, on, path=()): *"])


def test_a_project_without_tables_pays_nothing(tmp_path: Path) -> None:
    """Nothing of the library is imported but the package, the plugins and the assertions."""
    (tmp_path / "test_a.py").write_text(
        "import sys\ndef test_a(): print('loaded', *sorted(sys.modules))\n", "utf-8"
    )
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-s", "-q", "-p", "no:hypothesispytest", str(tmp_path)],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    (line,) = (line for line in ran.stdout.splitlines() if line.startswith("loaded"))
    loaded = set(line.split())
    assert {each for each in loaded if each.startswith("flk_rules")} == {
        "flk_rules", "flk_rules.testing", "flk_rules.testing.assertions",
        "flk_rules.testing.covering", "flk_rules.testing.plugin",
    }  # fmt: skip
    assert not loaded & {"attrs", "attr", "cattrs", "lark", "tomli", "durable_rules_engine"}
