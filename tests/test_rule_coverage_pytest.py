"""pytest --flk-cov.

Small projects of their own, run by pytest: options and their mistakes, files, the bound, workers,
and that nothing happens unless it is asked for.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from flk_rules.watching import watchers
from support.folders import QUESTION as ASKED
from support.folders import entry, write

TESTS = """
    from datetime import date
    import flk_rules
    import pytest

    RULESET = flk_rules.load("se.national", on=date(2024, 10, 1))

    @pytest.mark.parametrize("setting", ["primary_care", "home_help", None])
    def test_contact(setting):
        contact = {"profession": "nurse", "setting": setting}
        RULESET.decide("care_contact", engine="reference", contact=contact)

    def test_priority():
        RULESET.decide("priority", engine="reference", patient={"age": 70})
"""
ROW = "se.national  care_contact  *5   13/15   10/14    79%"


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makepyfile(TESTS)
    return pytester


def _run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """In this process; nothing of it is left watching."""
    result = project.runpytest_inprocess("-p", "no:cacheprovider", *arguments)
    assert watchers == ()
    return result


def test_a_table_is_shown_and_only_if_asked_for(project: pytest.Pytester) -> None:
    result = _run(project, "--flk-cov")
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["*= rule coverage =*", "4 decisions of 4 kinds of facts", ROW])
    assert "rule coverage" not in _run(project).stdout.str()
    assert "rule coverage" not in _run(project, "--flk-cov", "--no-flk-cov").stdout.str()
    alone = _run(project, "--flk-cov-report=term", "--flk-cov-fail-under=100")
    assert alone.ret == 0
    assert "rule coverage" not in alone.stdout.str()


def test_reports_are_written_where_they_are_wanted(project: pytest.Pytester) -> None:
    result = _run(
        project, "--flk-cov=se.national", "--flk-cov-report=json:out/rules.json",
        "--flk-cov-report=html:pages", "--flk-cov-report=html:one.html",
        "--flk-cov-report=term-missing",
    )  # fmt: skip
    result.stdout.fnmatch_lines(
        [
            ROW,
            "parameters whose value told: *",
            "out of reach of any facts, and not counted: *",
            "se.national.capacity.all_with_one_physician (se.national)",
            "    never asked",
            "JSON written to out/rules.json",
            "HTML written to pages/index.html",
            "HTML written to one.html",
        ]
    )
    said: dict[str, Any] = json.loads((project.path / "out/rules.json").read_text("utf-8"))
    assert said["decisions"] == 4
    page = (project.path / "pages/index.html").read_text("utf-8")
    assert page == (project.path / "one.html").read_text("utf-8")
    assert page.startswith("<!doctype html>")


def test_files_have_names_of_their_own(project: pytest.Pytester) -> None:
    result = _run(project, "--flk-cov", "--flk-cov-report=json", "--flk-cov-report=html")
    assert "TOTAL" not in result.stdout.str()
    assert (project.path / "flk-coverage.json").exists()
    assert (project.path / "flk-coverage/index.html").exists()


def test_no_report_is_a_report_too(project: pytest.Pytester) -> None:
    result = _run(project, "--flk-cov", "--flk-cov-report=")
    assert "TOTAL" not in result.stdout.str()
    result.stdout.fnmatch_lines(["4 decisions of 4 kinds of facts"])


def test_too_little_fails_and_enough_does_not(project: pytest.Pytester) -> None:
    short = _run(project, "--flk-cov", "--flk-cov-fail-under=50")
    assert short.ret == pytest.ExitCode.TESTS_FAILED
    short.stdout.fnmatch_lines(["required rule coverage of 50 % not reached: it is *.?? %"])
    enough = _run(project, "--flk-cov", "--flk-cov-fail-under=2.5")
    assert enough.ret == 0
    enough.stdout.fnmatch_lines(["required rule coverage of 2.5 % reached: it is *.?? %"])
    listed = _run(project, "--flk-cov", "--flk-cov-fail-under=50", "--collect-only")
    assert listed.ret == 0
    assert "rule coverage" not in listed.stdout.str()


def test_the_reports_are_in_the_language_of_the_run(project: pytest.Pytester) -> None:
    """By the option and the setting that explanations have."""
    result = _run(
        project, "--flk-cov=se.national", "--flk-cov=se.stockholm", "--flk-lang=sv",
        "--flk-cov-report=term-missing", "--flk-cov-report=html:one.html",
        "--flk-cov-fail-under=2",
    )  # fmt: skip
    assert result.ret == 0
    result.stdout.fnmatch_lines(
        [
            "* regeltäckning *",
            "4 beslut om 4 slags uppgifter",
            "se.stockholm: inget beslut fattades enligt någon av dess regler",
            "regelverk *täckt",
            "ALLA *",
            "parametrar vars värde avgjorde: *",
            "se.national.capacity.all_with_one_physician (se.national)",
            "    aldrig frågad",
            "HTML skriven till one.html",
            "krävd regeltäckning på 2 % är nådd: den är *.?? %",
        ]
    )
    page = (project.path / "one.html").read_text("utf-8")
    assert '<html lang="sv">' in page
    project.makeini("[pytest]\nflk_language = sv")
    short = _run(project, "--flk-cov", "--flk-cov-fail-under=50", "--flk-cov-report=")
    short.stdout.fnmatch_lines(["krävd regeltäckning på 50 % är inte nådd: den är *.?? %"])
    project.makeini("[pytest]\nflk_language = de")
    wrong = _run(project, "--flk-cov")
    assert wrong.ret == pytest.ExitCode.USAGE_ERROR
    wrong.stderr.fnmatch_lines(["ERROR: flk: expected the language sv or en, found 'de'"])


def test_a_ruleset_that_nobody_asked_is_said_and_is_not_enough(project: pytest.Pytester) -> None:
    project.mkdir("se.stockholm")  # the ruleset's own folder is no mistake
    result = _run(project, "--flk-cov=se.stockholm", "--flk-cov-fail-under=1")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "se.stockholm: no decision was made by any of its rules",
            "required rule coverage of 1 % not reached: it is 0.00 %",
        ]
    )


def test_a_ruleset_that_is_nowhere_fails_with_the_nearest(project: pytest.Pytester) -> None:
    result = _run(project, "--flk-cov=se.nationel", "--flk-cov=se.borgholm")
    result.assert_outcomes(passed=4)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "se.borgholm: no decision was made by any of its rules",
            "--flk-cov: no ruleset called 'se.nationel'; did you mean 'se.national'? (there is: "
            "se.borgholm, se.national, se.stockholm)",
        ]
    )
    assert "se.nationel: no decision" not in result.stdout.str()


def test_a_ruleset_of_a_folder_that_only_tests_name_is_somewhere(
    project: pytest.Pytester,
) -> None:
    question = entry("question", **{**ASKED, "id": "fit"})
    write(project.path / "own", "xx.small", question, entry("rule", id="xx.small.a", decides="fit"))
    project.makepyfile(
        test_own="""
        import flk_rules
        from datetime import date

        def test_it():
            small = flk_rules.load("xx.small", on=date(2024, 10, 1), path=["own"])
            small.decide("fit", engine="reference", patient={"age": 70})
        """
    )
    assert _run(project, "--flk-cov=xx.small").ret == 0
    missed = _run(project, "--flk-cov=xx.smal")
    assert missed.ret == pytest.ExitCode.TESTS_FAILED
    missed.stdout.fnmatch_lines(["*no ruleset called 'xx.smal'; did you mean 'xx.small'? *"])


def test_a_failing_test_stays_the_reason(project: pytest.Pytester) -> None:
    project.makepyfile(test_fails="def test_it(): assert False")
    result = _run(project, "--flk-cov", "--flk-cov-fail-under=0")
    result.assert_outcomes(passed=4, failed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert "reached" in result.stdout.str()


def test_no_tests_no_decisions(pytester: pytest.Pytester) -> None:
    result = _run(pytester, "--flk-cov", "--flk-cov-fail-under=1")
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    result.stdout.fnmatch_lines(["0 decisions of 0 kinds of facts"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--flk-cov-report=xml"],
         "argument --flk-cov-report: expected term, term-missing, json, json:FILE, html, "
         "html:FOLDER or html:FILE.html, found 'xml'"),
        (["--flk-cov-report=json:"], "argument --flk-cov-report: expected term, *found 'json:'"),
        (["--flk-cov-fail-under=101"],
         "argument --flk-cov-fail-under: expected a number from 0 to 100, found '101'"),
        (["--flk-cov-fail-under=nan"],
         "argument --flk-cov-fail-under: expected a number from 0 to 100, found 'nan'"),
        (["--flk-cov-fail-under=all"],
         "argument --flk-cov-fail-under: expected a number from 0 to 100, found 'all'"),
        (["--flk-cov", "./tests"],
         "--flk-cov: expected a ruleset's id, found './tests'; if it is what to test, write it "
         "before --flk-cov"),
        (["--flk-cov", "test_file.py"],
         "--flk-cov: expected a ruleset's id, found 'test_file.py'; if *"),
        (["--flk-cov", "folder"], "--flk-cov: expected a ruleset's id, found 'folder'; if *"),
    ],
)  # fmt: skip
def test_a_mistake_in_an_option_says_what_to_do(
    project: pytest.Pytester, arguments: list[str], message: str
) -> None:
    project.mkdir("folder")
    project.path.joinpath("test_file.py").touch()
    result = _run(project, *arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*{message.replace('[', '[[]')}"])


def test_a_file_that_cannot_be_written_is_said_and_fails(project: pytest.Pytester) -> None:
    project.path.joinpath("taken").write_text("", "utf-8")
    result = _run(project, "--flk-cov", "--flk-cov-report=json:taken/rules.json")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        ["--flk-cov-report=json:taken/rules.json: cannot be written: file exists"]
    )


def test_workers_hand_over_what_they_saw(project: pytest.Pytester) -> None:
    """As many decisions as in one process, and the same of every rule."""
    _run(project, "--flk-cov", "--flk-cov-report=json:one.json")
    result = project.runpytest_subprocess(
        "-n", "2", "--flk-cov", "--flk-cov-report=json:two.json", "--flk-cov-report=term"
    )
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["4 decisions of 4 kinds of facts", ROW])
    one, two = (json.loads((project.path / f"{n}.json").read_text()) for n in ("one", "two"))
    assert one == two


def test_a_worker_that_is_lost_is_said(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import os
        def test_it():
            os._exit(1)
        """
    )
    result = pytester.runpytest_subprocess("-n", "1", "--max-worker-restart=0", "--flk-cov")
    result.stdout.fnmatch_lines(["1 worker ended without a word; what it decided is not counted"])


def test_cases_of_tables_count(pytester: pytest.Pytester) -> None:
    pytester.path.joinpath("a.cases.toml").write_text(
        """
        ruleset = "se.national"
        question = "care_contact"
        on = 2024-10-01
        [[case]]
        name = "a"
        outcome = "grounded"
        with = { contact.setting = "primary_care", contact.profession = "nurse" }
        """,
        "utf-8",
    )
    result = _run(pytester, "--flk-cov")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["1 decision of 1 kind of facts"])
