"""answers in words.

Lines with styles, so that a terminal may colour them and a log may not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import frozen

from flk_rules.deciding import Answer, Decider
from flk_rules.explaining.assumptions import assumptions_of
from flk_rules.explaining.replay import Replay, replay
from flk_rules.explaining.words import (
    FORCES,
    OUTCOMES,
    SIDES,
    SUBJECTS,
    check_language,
    reason,
    word,
)
from flk_rules.model.rules import Citation, Parameter, Rule, Ruleset
from flk_rules.model.values import Outcome3, Unknown
from flk_rules.model.verdicts import Verdict


@frozen
class Line:
    """A line and what it is: an outcome's value, heading, text, detail or blank."""

    style: str
    text: str


def explain(answer: Answer, ruleset: Ruleset, decider: Decider, language: str) -> str:
    """The answer and its reasons as plain text; raises `UnknownName` for another language."""
    return "\n".join(each.text for each in lines(answer, ruleset, decider, language))


def lines(answer: Answer, ruleset: Ruleset, decider: Decider, language: str) -> Iterator[Line]:
    """The explanation line by line."""
    yield from _Writer(answer, ruleset, decider, check_language(language)).write()


def summary(verdict: Verdict, language: str) -> str:
    """The outcome with the reason, where there is one: ``NOT ELIGIBLE (something forbids it)``."""
    why = reason(verdict)
    outcome = OUTCOMES[verdict.outcome].in_language(language)
    return f"{outcome} ({why.in_language(language)})" if why else outcome


def plain(value: Outcome3, codes: str | None, ruleset: Ruleset, language: str) -> str:
    """A fact's or parameter's value as a person reads it."""
    if isinstance(value, Unknown):
        return value.error or word("unknown", language)
    if isinstance(value, bool):
        return word("true" if value else "false", language)
    if isinstance(value, (frozenset, tuple)):
        names = [plain(each, codes, ruleset, language) for each in value]
        listed = sorted(names)
        if len(listed) > 6:
            listed = [*listed[:5], f"… ({len(names)})"]
        return ", ".join(listed) or word("empty", language)
    if isinstance(value, str) and codes and (code := ruleset.schema.codes_of(codes).get(value)):
        return code.sv if language == "sv" else code.en
    if isinstance(value, float):
        text = f"{value:.4f}".rstrip("0").rstrip(".")
        return text.replace(".", ",") if language == "sv" else text
    return str(value)


class _Writer:
    def __init__(
        self, answer: Answer, ruleset: Ruleset, decider: Decider, language: str
    ) -> None:
        self.answer, self.ruleset, self.decider, self.language = answer, ruleset, decider, language

    def word(self, key: str) -> str:
        return word(key, self.language)

    def write(self) -> Iterator[Line]:
        answer, verdict = self.answer, self.answer.verdict
        yield Line(verdict.outcome.value, self.heading())
        yield Line("detail", self.about())
        if answer.condition is not None:
            yield from self.condition()
        for key, rules in (
            ("because", verdict.grounds),
            ("defeated", verdict.defeated),
            ("pivotal", verdict.pivotal),
            ("failed", () if verdict.grounds else verdict.failed),
        ):
            yield from self.section(key, rules)
        if answer.missing:
            yield Line("blank", "")
            yield Line("heading", self.word("missing"))
            for name in answer.missing:
                yield Line("text", f"  ? {self.label(name)}  ({name})")
        assumptions = assumptions_of(answer, self.ruleset, self.decider)
        if assumptions:
            yield Line("blank", "")
            yield Line("heading", self.word("assumptions"))
            for parameter in assumptions:
                yield from self.parameter(parameter)
        yield from self.section("advice", verdict.advice)

    def heading(self) -> str:
        names = [
            f"{SUBJECTS[subject].in_language(self.language)} {name}"
            for subject, name in self.answer.facts.references.items()
        ]
        outcome = summary(self.answer.verdict, self.language)
        return f"{outcome}: {', '.join(names)}" if names else outcome

    def about(self) -> str:
        ruleset, verdict = self.ruleset, self.answer.verdict
        question = ruleset.questions[self.answer.question]
        parts = [f"{ruleset.id} {ruleset.version} {self.word('on')} {self.answer.facts.on}"]
        if verdict.force is not None:
            parts.append(FORCES[verdict.force].in_language(self.language))
        parts.append(f"{self.word('scope')} {question.scope.in_language(self.language)}")
        return " · ".join(parts)

    def condition(self) -> Iterator[Line]:
        condition = self.answer.condition
        assert condition is not None
        subjects = [SUBJECTS[each].in_language(self.language) for each in condition.subjects]
        yield Line("blank", "")
        yield Line("heading", f"{self.word('condition')} ({', '.join(subjects)})")
        for branch in condition.branches:
            outcome = SIDES[branch.verdict.outcome].in_language(self.language)
            yield Line("text", f"  > {outcome} {self.word('if')} {branch.text}")
            for rule in branch.verdict.grounds:
                text = self.ruleset.rules[rule]
                yield Line("text", f"      {text.because.in_language(self.language)}")
                yield Line("detail", f"      {self.citation(text)}")
            for name in branch.missing:
                yield Line("detail", f"      ? {self.label(name)}  ({name})")

    def section(self, key: str, rules: Iterable[str]) -> Iterator[Line]:
        replays = [replay(rule, self.answer, self.ruleset) for rule in rules]
        if not replays:
            return
        yield Line("blank", "")
        yield Line("heading", self.word(key))
        for each in replays:
            yield from self.rule(each, brief=key in ("advice", "failed"))

    def rule(self, found: Replay, *, brief: bool) -> Iterator[Line]:
        rule, language = found.rule, self.language
        mark = {True: "+", False: "-"}.get(found.trace.value is True, "-")
        if isinstance(found.trace.value, Unknown):
            mark = "?"
        yield Line("text", f"  {mark} {rule.because.in_language(language)}")
        yield Line("detail", f"      {self.citation(rule)}")
        for overlaid in rule.overlaid:
            why = overlaid.because.in_language(language)
            yield Line("detail", f"      {self.word(overlaid.action)} {overlaid.ruleset}: {why}")
        if rule.reading is not None:
            reading = rule.reading.in_language(language)
            yield Line("detail", f"      {self.word('reading')}: {reading}")
        if brief:
            return
        yield Line("detail", f"      {rule.id}, {self.validity(rule)}")
        yield Line("detail", f"      {rule.condition}")
        for name, value in found.facts.items():
            codes = self.ruleset.schema.facts[name].type.codes
            shown = plain(value, codes, self.ruleset, language)
            yield Line("detail", f"        {self.label(name)} = {shown}")
        for name, value in found.parameters.items():
            parameter = self.ruleset.parameters[name]
            shown = plain(value, parameter.type.codes, self.ruleset, language)
            yield Line("detail", f"        params.{name} = {shown} ({parameter.basis.value})")

    def parameter(self, parameter: Parameter) -> Iterator[Line]:
        value = plain(parameter.value, parameter.type.codes, self.ruleset, self.language)
        unit = f" {self.word(parameter.unit)}" if parameter.unit == "year" else ""
        because = parameter.because.in_language(self.language)
        yield Line("text", f"  ! {because}: {value}{unit}")
        yield Line("detail", f"      params.{parameter.id}, {parameter.origin.ruleset}")

    def label(self, name: str) -> str:
        spec = self.ruleset.schema.facts[name]
        return spec.sv if self.language == "sv" else spec.en

    def citation(self, rule: Rule) -> str:
        force = FORCES[rule.force].in_language(self.language)
        return f"{force}: {cite(rule.source, self.language)}"

    def validity(self, rule: Rule) -> str:
        until = f" {self.word('to')} {rule.valid_to}" if rule.valid_to else ""
        return f"{self.word('from')} {rule.valid_from}{until}"


def cite(source: Citation, language: str) -> str:
    """A source in one line: document, section, note, provision, statement."""
    parts = [f"{source.document}, {source.section}"]
    if source.note:
        parts.append(f"{word('note', language)} {source.note}")
    if source.provision:
        parts.append(source.provision)
    return f"{', '.join(parts)} [{source.statement}]"
