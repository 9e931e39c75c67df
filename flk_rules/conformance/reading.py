"""packs as cases.

Reads a pack that was written once, by whomever, and makes cases of it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from attrs import frozen

from flk_rules.adapters.json_text import NotJson, parse_json
from flk_rules.cases import EXPECTATIONS, Case, Failure
from flk_rules.cases.keys import FAILURES, Kind
from flk_rules.conformance.formats import CASES, FORMAT, OWN
from flk_rules.errors import CasesInvalid, FileUnreadable, Problem, nearest, shown
from flk_rules.facts.validating import Rejected, found, read_date
from flk_rules.loading.files import read_text

MAX_BYTES = 100_000_000
"""Bytes a file of a pack may have."""
_TYPES: Mapping[str, tuple[type, str]] = {
    "id": (str, "text"), "ruleset": (str, "text"), "question": (str, "text"), "on": (str, "text"),
    "left_out": (list, "a list"), "subjects": (dict, "an object"), "expected": (dict, "an object"),
}  # fmt: skip


@frozen
class PackCase:
    """A case of a pack, and the facts that it says rules read, None where an error is expected."""

    case: Case
    facts: Mapping[str, Any] | None


@frozen
class Pack:
    """A pack: its rulesets as they were, by id and date, its cases, and its own rulesets."""

    rulesets: Mapping[tuple[str, date], Mapping[str, Any]]
    cases: tuple[PackCase, ...]
    folders: tuple[Path, ...] = ()


def read_pack(path: Path) -> Pack:
    """The pack in a folder, or whose `CASES` a file is.

    Rulesets that the library does not ship are taken from the pack. Raises
    `CasesInvalid` with every mistake.
    """
    file = path / CASES if path.is_dir() else path
    return unpack(read_json(file), file)


def read_json(file: Path) -> Any:
    """The JSON value of a file; raises `CasesInvalid`."""
    try:
        return parse_json(read_text(file, MAX_BYTES))
    except FileUnreadable as error:
        raise CasesInvalid([Problem(error.path, error.reason)]) from None
    except NotJson as error:
        raise CasesInvalid([Problem(f"{file}:{error.line}", error.reason)]) from None


def unpack(value: Any, file: Path) -> Pack:
    """The JSON value of a pack as a pack; `file` is where it lies."""
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        there = value.get("format") if isinstance(value, dict) else None
        said = f"expected a pack of the format {FORMAT}, found {shown(there)}"
        raise CasesInvalid([Problem(str(file), said)])
    problems: list[Problem] = []
    cases: dict[str, PackCase] = {}
    rulesets: dict[tuple[str, date], Mapping[str, Any]] = {}
    listed = value.get("cases")
    if not isinstance(listed, list):
        raise CasesInvalid([Problem(f"{file}: cases", f"expected a list, found {found(listed)}")])
    for number, raw in enumerate(listed):
        where = f"{file}: cases[{number}]"
        wrong = list(_mistakes(raw, where))
        if not wrong and raw["id"] in cases:
            wrong = [Problem(f"{where}.id", f"{shown(raw['id'])} is there twice")]
        problems += wrong
        if not wrong:
            cases[raw["id"]] = _case(raw, file)
    named = value.get("rulesets")
    for number, each in enumerate(named if isinstance(named, list) else ()):
        try:
            rulesets[str(each["id"]), read_date(each["on"])] = each
        except (Rejected, LookupError, TypeError):
            said = "expected an object with an id, a date in on, and a fingerprint"
            problems.append(Problem(f"{file}: rulesets[{number}]", said))
    if problems:
        raise CasesInvalid(problems)
    own = file.parent / OWN
    return Pack(rulesets, tuple(cases.values()), (own,) if own.is_dir() else ())


def _mistakes(raw: Any, where: str) -> Iterator[Problem]:
    if not isinstance(raw, dict):
        yield Problem(where, f"expected an object, found {found(raw)}")
        return
    for key, (kind, words) in _TYPES.items():
        if not isinstance(raw.get(key), kind):
            yield Problem(f"{where}.{key}", f"expected {words}, found {found(raw.get(key))}")
    if isinstance(raw.get("on"), str):
        try:
            read_date(raw["on"])
        except Rejected as error:
            yield Problem(f"{where}.on", str(error))
    expected = raw.get("expected")
    for key, value in expected.items() if isinstance(expected, dict) else ():
        if key not in EXPECTATIONS:
            hint = nearest(key, EXPECTATIONS)
            yield Problem(f"{where}.expected.{key}", f"unknown key{hint}")
        elif EXPECTATIONS[key].kind in _LISTS and not _is_list(value):
            said = f"expected a list of text, found {found(value)}"
            yield Problem(f"{where}.expected.{key}", said)
        elif EXPECTATIONS[key].kind is Kind.NUMBERS:
            for there in _no_numbers(value):
                said = f"expected an object of numbers, found {there}"
                yield Problem(f"{where}.expected.{key}", said)
    failure = raw.get("error")
    if failure is not None and not (isinstance(failure, dict) and failure.get("kind") in FAILURES):
        yield Problem(f"{where}.error", f"expected null or a kind of {', '.join(FAILURES)}")


_LISTS = (Kind.RULES, Kind.FACTS, Kind.PARAMETERS)


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _no_numbers(value: Any) -> Iterator[str]:
    """What is there instead of an object of numbers."""
    if not isinstance(value, dict):
        yield found(value)
        return
    for name, each in value.items():
        if type(each) not in (int, float):
            yield f"{found(each)} for {shown(name)}"


def _case(raw: Mapping[str, Any], file: Path) -> PackCase:
    error = raw.get("error")
    at = None if error is None else error.get("at")
    case = Case(
        name=raw["id"],
        file=file,
        line=1,
        ruleset=raw["ruleset"],
        question=raw["question"],
        on=_day(raw["on"]),
        path=(),
        subjects={**raw["subjects"], **dict.fromkeys(raw["left_out"])},
        facts=None,
        expected={key: tuple(sorted(value)) if isinstance(value, list) else value
                  for key, value in raw["expected"].items()},
        failure=None if error is None
        else Failure(kind=error["kind"], at=None if at is None else tuple(sorted(at))),
        why=raw.get("why"),
    )  # fmt: skip
    return PackCase(case, raw.get("facts"))


def _day(text: str) -> date:
    return date.fromisoformat(text)
