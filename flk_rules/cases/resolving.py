"""cases with their rulesets.

Loads what a table is about and holds its names and facts against it: what is not there is a
mistake of the file, with its line, and never a case that fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import evolve

from flk_rules.cases.case import Case, Failure
from flk_rules.cases.keys import EXPECTATIONS
from flk_rules.cases.names import Names
from flk_rules.cases.reading import Entries, Entry, read_entries
from flk_rules.cases.rulesets import Rulesets
from flk_rules.deciding.decider import no_question
from flk_rules.errors import (
    CasesInvalid,
    FactsInvalid,
    FlkError,
    NotInForce,
    Problem,
    QuestionNotYet,
    closest,
    nearest,
)
from flk_rules.facts import Facts, Intake
from flk_rules.library import Ruleset


def read_cases(path: Path | str, rulesets: Rulesets | None = None) -> tuple[Case, ...]:
    """The cases of a table, in the order of the file.

    `rulesets` keeps what was loaded, for the next table and for deciding. Raises `CasesInvalid`
    with every mistake of the file: its form, names that its rulesets do not have, facts that
    cannot be, rulesets that cannot be loaded.
    """
    found = read_entries(Path(path))
    resolver = _Resolver(found, Rulesets() if rulesets is None else rulesets)
    cases = tuple(resolver.cases())
    problems = [*found.problems, *resolver.problems]
    if problems:
        raise CasesInvalid(sorted(problems, key=_line))
    return cases


def _line(problem: Problem) -> int:
    """The line that a problem's place names, none before all others."""
    for part in problem.where.split(":"):
        if part.isdecimal():
            return int(part)
    return 0


class _Resolver:
    def __init__(self, found: Entries, rulesets: Rulesets) -> None:
        self.source, self.folders, self.entries = found.source, found.folders, found.entries
        self.rulesets = rulesets
        self.problems: list[Problem] = []
        self.told: set[tuple[str, str]] = set()
        self.names: dict[tuple[int, str], Names] = {}
        self.intakes: dict[int, Intake] = {}

    def wrong(self, entry: Entry, path: str, message: str) -> None:
        """A mistake of an entry; what is wrong for many, such as a ruleset, is told once."""
        where = self.source.place(path)
        if (where, message) not in self.told:
            self.told.add((where, message))
            self.problems.append(Problem(where, message))

    def cases(self) -> Iterator[Case]:
        for entry in self.entries:
            before = len(self.problems)
            case = self.case(entry)
            if case is not None and not entry.broken and len(self.problems) == before:
                yield case

    def case(self, entry: Entry) -> Case | None:
        said = entry.said
        failure = _failure(said)
        try:
            ruleset = self.rulesets.load(said["ruleset"], said["on"], self.folders)
        except NotInForce as error:
            if failure is None or failure.kind != "not_in_force":
                self.wrong(entry, entry.paths.get("on", "on"), str(error))
                return None
            return self.made(entry, failure, dict(entry.facts), None, {})
        except FlkError as error:
            self.unloadable(entry, error)
            return None
        question = said["question"]
        if question not in ruleset.questions:
            reason = no_question(question, ruleset.model)
            if isinstance(reason, QuestionNotYet):
                if failure is not None and failure.kind == "question_not_yet":
                    return self.made(entry, failure, dict(entry.facts), None, {})
                self.wrong(entry, entry.paths.get("on", "on"), str(reason))
                return None
            known = ", ".join(sorted(ruleset.questions))
            hint = nearest(question, ruleset.questions)
            about = f"{question!r} in {ruleset.id} on {ruleset.on}"
            message = f"no question {about}{hint} (there is: {known})"
            self.wrong(entry, entry.paths.get("question", "question"), message)
            meant = closest(question, ruleset.questions)
            if meant is None or failure is not None:
                return None
            entry = evolve(entry, said={**said, "question": meant})  # for what else is wrong
        subjects = self.subjects(entry, ruleset)
        facts = None
        if failure is None or failure.kind != "facts":
            facts = self.facts(entry, ruleset, subjects)
        return self.made(entry, failure, subjects, facts, self.expected(entry, ruleset))

    def unloadable(self, entry: Entry, error: FlkError) -> None:
        path = entry.paths.get("ruleset", "ruleset")
        for each in getattr(error, "problems", (str(error),)):
            self.wrong(entry, path, f"cannot be loaded: {each}")

    def subjects(self, entry: Entry, ruleset: Ruleset) -> dict[str, Any]:
        """The question's subjects: as given, without any fact, or None where one is left out."""
        known = ruleset.questions[entry.said["question"]].subjects
        subjects: dict[str, Any] = {each: {} for each in known} | entry.facts
        for each in entry.said.get("left_out", ()):
            path = entry.paths.get("left_out", "left_out")
            if each not in known:
                message = f"the question is about {' and '.join(known)}{nearest(each, known)}"
                self.wrong(entry, path, f"no subject {each!r}; {message}")
            elif each in entry.given:
                self.wrong(entry, path, f"{each!r} is left out, and the case gives facts of it")
            else:
                subjects[each] = None
        return subjects

    def facts(self, entry: Entry, ruleset: Ruleset, subjects: dict[str, Any]) -> Facts | None:
        """The facts as rules see them."""
        intake = self.intakes.get(id(ruleset))
        if intake is None:
            intake = self.intakes[id(ruleset)] = Intake(ruleset.schema)
        try:
            return intake.read(
                ruleset.on, ruleset.questions[entry.said["question"]].subjects, subjects
            )
        except FactsInvalid as error:
            for each in error.problems:
                unknown = each.message.startswith("unknown fact")
                path = self.of_fact(entry, each.where, unknown=unknown)
                # A path of keys names the fact already, that of a cell does not.
                said = each.message if path.endswith(each.where) else str(each)
                self.wrong(entry, path, said)
            return None

    def of_fact(self, entry: Entry, name: str, *, unknown: bool) -> str:
        """Where a fact is said: in a cell, or its column where that names none; in the case, or
        for all cases."""
        if name in entry.paths:
            return entry.columns[name] if unknown else entry.paths[name]
        case = entry.at.partition(".")[0]
        keys = self.source.lines.keys
        around = name
        while around:
            for path in (f"{case}.with.{around}", f"facts.{around}"):
                if path in keys:
                    return path
            around = around.rpartition(".")[0]
        return entry.at

    def expected(self, entry: Entry, ruleset: Ruleset) -> dict[str, Any]:
        key = id(ruleset), entry.said["question"]
        names = self.names.get(key)
        if names is None:
            names = self.names[key] = Names(ruleset, entry.said["question"])
        expected: dict[str, Any] = {}
        for name in EXPECTATIONS:
            if name in entry.said:
                expected[name], wrong = names.resolve(name, entry.said[name])
                for each in wrong:
                    self.wrong(entry, entry.paths.get(name, entry.at), each)
        return expected

    def made(
        self,
        entry: Entry,
        failure: Failure | None,
        subjects: dict[str, Any],
        facts: Facts | None,
        expected: dict[str, Any],
    ) -> Case:
        said = entry.said
        return Case(
            name=entry.name,
            file=self.source.path,
            line=self.source.lines.near(entry.at) or 1,
            ruleset=said["ruleset"],
            question=said["question"],
            on=said["on"],
            path=self.folders,
            subjects=subjects,
            facts=facts,
            expected=expected,
            failure=failure,
            why=said.get("why"),
        )


def _failure(said: Any) -> Failure | None:
    if "error" not in said:
        return None
    at, says = said.get("at"), said.get("says")
    return Failure(
        kind=said["error"],
        at=None if at is None else tuple(sorted(at)),
        says=None if says is None else tuple(says),
    )
