"""answers of others.

What another implementation answered to the cases of a pack, held against them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from flk_rules.cases import Case, Difference
from flk_rules.conformance.formats import ANSWERS
from flk_rules.conformance.reading import Pack, read_json
from flk_rules.conformance.running import Result
from flk_rules.errors import CasesInvalid, Problem, nearest, shown
from flk_rules.facts.validating import found


def read_answers(path: Path, pack: Pack) -> tuple[str, Mapping[str, Mapping[str, Any]]]:
    """The implementation's name and its answers by the ids of cases.

    Raises `CasesInvalid` with every mistake, such as an answer to a case that there is not.
    """
    value = read_json(path)
    if not isinstance(value, dict) or value.get("format") != ANSWERS:
        there = value.get("format") if isinstance(value, dict) else None
        said = f"expected answers of the format {ANSWERS}, found {shown(there)}"
        raise CasesInvalid([Problem(str(path), said)])
    name, answers = value.get("implementation"), value.get("answers")
    problems = []
    if not isinstance(name, str) or not name.strip():
        problems.append(Problem(f"{path}: implementation", f"expected text, found {found(name)}"))
    if not isinstance(answers, dict):
        said = f"expected an object of answers by case, found {found(answers)}"
        raise CasesInvalid([*problems, Problem(f"{path}: answers", said)])
    known = {each.case.name for each in pack.cases}
    for case, answer in answers.items():
        where = f"{path}: answers.{shown(case)}"
        if case not in known:
            problems.append(Problem(where, f"no case of that id{nearest(case, known)}"))
        elif not isinstance(answer, dict):
            problems.append(Problem(where, f"expected an object, found {found(answer)}"))
    if problems:
        raise CasesInvalid(problems)
    return str(name), answers


def judge_answers(pack: Pack, answers: Mapping[str, Mapping[str, Any]]) -> Iterator[Result]:
    """Each case of the pack with what its answer says otherwise; one without an answer failed."""
    for each in pack.cases:
        answer = answers.get(each.case.name)
        if answer is None:
            missing = Difference(key="answer", expected="one", found=None)
            yield Result(each.case, (missing,))
        else:
            yield Result(each.case, tuple(_differences(each.case, answer)))


def _differences(case: Case, answer: Mapping[str, Any]) -> Iterator[Difference]:
    error = answer.get("error")
    kind = error.get("kind") if isinstance(error, dict) else None
    wanted = None if case.failure is None else case.failure.kind
    if kind != wanted:
        yield Difference(key="error", expected=wanted, found=kind)
        return
    if case.failure is not None:
        at = _set(error.get("at", ())) if isinstance(error, dict) else ()
        if case.failure.at is not None and at != case.failure.at:
            yield Difference(key="at", expected=case.failure.at, found=at)
        return
    for key, expected in case.expected.items():
        there = answer.get(key)
        said = _set(there) if isinstance(expected, tuple) else there
        if not _alike(said, expected):
            yield Difference(key=key, expected=expected, found=said)


def _alike(said: Any, expected: Any) -> bool:
    """JSON knows no difference between 3 and 3.0, and Python none between 1 and true."""
    if isinstance(said, Mapping) and isinstance(expected, Mapping):
        return said.keys() == expected.keys() and all(
            _alike(said[each], expected[each]) for each in expected
        )
    return bool(said == expected) and isinstance(said, bool) is isinstance(expected, bool)


def _set(value: Any) -> tuple[str, ...]:
    return tuple(sorted({str(each) for each in value})) if isinstance(value, list) else ()
