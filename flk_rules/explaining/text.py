"""answers in words.

Lines with styles, so that a terminal may colour them and a log may not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import frozen

from flk_rules.deciding import Answer, Decider
from flk_rules.explaining.assumptions import assumptions_of
from flk_rules.explaining.dormancy import dormant_lines
from flk_rules.explaining.figures import figured
from flk_rules.explaining.phrases import cite, label, measured, phrase, subject_words
from flk_rules.explaining.pointing import next_question, pointed
from flk_rules.explaining.replay import Replay, replay, sections, unmet, weighed
from flk_rules.explaining.words import (
    EFFECTS,
    FORCES,
    check_language,
    outcome_words,
    with_reason,
    word,
)
from flk_rules.language import print_expression
from flk_rules.model.answers import Effect
from flk_rules.model.rules import Citation, Overlaid, Parameter, Rule, Ruleset, Text
from flk_rules.model.values import Outcome3, Unknown
from flk_rules.model.verdicts import Branch, Reason


@frozen
class Line:
    """A line and what it is: an outcome's value, heading, text, detail or blank."""

    style: str
    text: str


def explain(answer: Answer, ruleset: Ruleset, decider: Decider, language: str) -> str:
    """The answer and its reasons as plain text; raises `UnknownName` for another language."""
    return "\n".join(each.text for each in lines(answer, ruleset, decider, language))


def lines(answer: Answer, ruleset: Ruleset, decider: Decider, language: str) -> Iterator[Line]:
    """The explanation line by line, free of characters that could steer a terminal or forge a
    line: a caller's references and a ruleset's wordings are anybody's text."""
    for line in _Writer(answer, ruleset, decider, check_language(language)).write():
        yield Line(line.style, printable(line.text))


def printable(text: str) -> str:
    """Text on one line, with a sign for every character that does not print."""
    if text.isprintable():
        return text
    shown = (" " if each.isspace() else each for each in text)
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in shown)


class _Writer:
    def __init__(self, answer: Answer, ruleset: Ruleset, decider: Decider, language: str) -> None:
        self.answer, self.ruleset, self.decider, self.language = answer, ruleset, decider, language
        self.question = ruleset.questions[answer.question]
        self.cited: set[str] = set()

    def word(self, key: str) -> str:
        return word(key, self.language)

    def say(self, text: Text) -> str:
        return text.in_language(self.language)

    def write(self) -> Iterator[Line]:
        answer, verdict = self.answer, self.answer.verdict
        yield Line(verdict.outcome.value, self.heading())
        yield Line("detail", self.about())
        if answer.condition is not None:
            subjects = ", ".join(map(self.subject, answer.condition.subjects))
            yield from self.headed(f"{self.word('condition')} ({subjects})", self.branches())
        given = answer, self.ruleset, self.language
        yield from self.told("value", figured(*given))
        yield from self.told("missing", (f"  ? {self.fact(name)}" for name in answer.missing))
        for key, names in sections(answer, self.ruleset):
            yield from self.headed(self.word(key), self.rules(names, brief=key == "failed"))
        if verdict.reason is Reason.NO_GROUND:
            yield from self.headed(self.word("disabled"), self.disabled())
        yield from self.told("dormant_rules", dormant_lines(*given))
        yield from self.headed(self.word("assumptions"), self.assumptions())
        readings = (f"  ! {self.say(each)}" for each in self.ruleset.readings)
        yield from self.told("readings", readings)
        yield from self.headed(self.word("advice"), self.advice())
        yield from self.told("see", pointed(*given, self.cite))
        yield from self.headed(self.word("documents"), self.documents())

    def headed(self, heading: str, content: Iterable[Line]) -> Iterator[Line]:
        found = list(content)
        if found:
            yield Line("blank", "")
            yield Line("heading", heading)
            yield from found

    def told(self, heading: str, content: Iterable[str]) -> Iterator[Line]:
        return self.headed(self.word(heading), (Line("text", each) for each in content))

    def heading(self) -> str:
        names = [
            f"{self.subject(subject)} {name}"
            for subject, name in self.answer.facts.references.items()
        ]
        words = outcome_words(self.answer.verdict.outcome, self.question, self.language)
        outcome = with_reason(words.upper(), self.answer.verdict, self.language)
        return f"{outcome}: {', '.join(names)}" if names else outcome

    def about(self) -> str:
        ruleset, verdict = self.ruleset, self.answer.verdict
        parts = [f"{ruleset.id} {ruleset.version} {self.word('on')} {self.answer.facts.on}"]
        if verdict.force is not None:
            parts.append(f"{self.word('force')}: {self.say(FORCES[verdict.force])}")
        parts.append(f"{self.word('scope')} {self.say(self.question.scope)}")
        return " · ".join(parts)

    def branches(self) -> Iterator[Line]:
        assert self.answer.condition is not None
        for branch in self.answer.condition.branches:
            yield from self.branch(branch)

    def branch(self, branch: Branch) -> Iterator[Line]:
        words = outcome_words(branch.verdict.outcome, self.question, self.language)
        if (number := branch.verdict.value) is not None:
            words = f"{words}: {self.value(number, None, None, None)}"
        outcome = with_reason(words, branch.verdict, self.language)
        when = phrase(branch.when, self.ruleset, self.language)
        yield Line("text", f"  > {outcome} {self.word('if')} {when}")
        yield Line("detail", f"      {branch.text}")
        for name in branch.verdict.grounds:
            rule = self.ruleset.rules[name]
            yield Line("text", f"      + {self.say(rule.because)}")
            yield Line("detail", f"        {self.citation(rule)}")
        for name in branch.verdict.advice:
            if name not in self.answer.verdict.advice:
                rule = self.ruleset.rules[name]
                yield Line("detail", f"      {self.word('advice')}: {self.say(rule.because)}")
                yield Line("detail", f"        {self.citation(rule)}")
        for name in branch.missing:
            yield Line("detail", f"      ? {self.fact(name)}")

    def rules(self, names: Iterable[str], *, brief: bool) -> Iterator[Line]:
        """Rules with what their truth rests on; if `brief` only with what keeps them from being
        true, else with the whole condition, its definitions and the sources of its parameters."""
        for name in names:
            found = replay(name, self.answer, self.ruleset)
            yield from self.rule(found, effect=name in self.answer.verdict.pivotal)
            if brief:
                for part in unmet(found, self.answer):
                    condition = print_expression(part.trace.node)
                    yield Line("detail", f"      {self.word('unmet')}: {condition}")
                    yield from self.facts(part)
                    for parameter in self.read(part):
                        yield Line("detail", self.parameter(parameter))
                continue
            yield Line("detail", f"      {found.rule.id}, {self.validity(found.rule)}")
            yield Line("detail", f"      {found.rule.condition}")
            decisive = weighed(found, self.answer)
            yield from self.definitions(decisive)
            yield from self.facts(decisive)
            yield from self.parameters(decisive)

    def rule(self, found: Replay, *, effect: bool = False) -> Iterator[Line]:
        """A rule and its source. An open one names its effect: its words say what would be so,
        and "the licence has been revoked" must not read as a fact. So does an assessment: it is
        no ground, and stands among grounds."""
        rule = found.rule
        mark = {True: "+", False: "-", None: "?"}[found.truth]
        named = effect or rule.effect is Effect.ASSESS
        said = f"{self.say(EFFECTS[rule.effect])}: " if named else ""
        yield Line("text", f"  {mark} {said}{self.say(rule.because)}{self.amount(rule)}")
        yield Line("detail", f"      {self.citation(rule)}")
        if found.truth is not False and (question := next_question(rule, self.ruleset)):
            yield Line("detail", f"      {self.word('see_question')} {question.id}")
        yield from self.footnotes(rule)

    def amount(self, rule: Rule) -> str:
        """The number that a rule brings by parameters alone."""
        found = self.decider.numbers.get(rule.id)
        return "" if found is None else f": {self.value(found, None, None, None)}"

    def footnotes(self, about: Rule | Parameter) -> Iterator[Line]:
        for each in about.overlaid:
            yield Line("detail", f"      {self.overlay(each)}")
        if about.reading is not None:
            yield Line("detail", f"      {self.word('reading')}: {self.say(about.reading)}")

    def overlay(self, overlaid: Overlaid) -> str:
        who = f"{self.word(overlaid.action)} {overlaid.ruleset}"
        return f"{who}: {self.say(overlaid.because)} ({self.cite(overlaid.source)})"

    def definitions(self, found: Replay) -> Iterator[Line]:
        for name, value in found.definitions.items():
            definition = self.ruleset.definitions[name]
            shown = self.value(value, None, None, None)
            yield Line("detail", f"        {self.say(definition.because)} = {shown}")
            yield Line("detail", f"          {name}: {definition.condition}")

    def facts(self, found: Replay) -> Iterator[Line]:
        for fact, value in found.facts.items():
            spec = self.ruleset.schema.facts[fact]
            shown = self.value(value, spec.type.codes, spec.unit, spec.subject)
            yield Line("detail", f"        {self.label(fact)} = {shown}")

    def read(self, found: Replay) -> Iterator[Parameter]:
        return (self.ruleset.parameters[name] for name in found.parameters)

    def parameter(self, parameter: Parameter) -> str:
        shown = self.value(parameter.value, parameter.type.codes, parameter.unit, None)
        return f"        params.{parameter.id} = {shown}"

    def parameters(self, found: Replay) -> Iterator[Line]:
        for parameter in self.read(found):
            basis = self.word(parameter.basis.value)
            if parameter.source is not None:
                basis = f"{basis}: {self.cite(parameter.source)}"
            elif parameter.statement is not None:
                basis = f"{basis} [{parameter.statement}]"
            yield Line("detail", f"{self.parameter(parameter)} ({basis})")
            for line in self.footnotes(parameter):
                yield Line(line.style, f"    {line.text}")

    def disabled(self) -> Iterator[Line]:
        for name, overlaid in self.ruleset.disabled.items():
            yield Line("text", f"  - {name}")
            yield Line("detail", f"      {self.overlay(overlaid)}")

    def assumptions(self) -> Iterator[Line]:
        for each in assumptions_of(self.answer, self.ruleset, self.decider):
            yield from self.assumption(each)

    def assumption(self, parameter: Parameter) -> Iterator[Line]:
        value = self.value(parameter.value, parameter.type.codes, parameter.unit, None)
        yield Line("text", f"  ! {self.say(parameter.because)}: {value}")
        source = parameter.source
        statement = source.statement if source is not None else parameter.statement
        said = f" [{statement}]" if statement else ""
        yield Line("detail", f"      params.{parameter.id}, {parameter.origin.ruleset}{said}")
        yield from self.footnotes(parameter)

    def advice(self) -> Iterator[Line]:
        for name in self.answer.verdict.advice:
            yield from self.rule(replay(name, self.answer, self.ruleset))

    def documents(self) -> Iterator[Line]:
        for name in sorted(self.cited):
            document = self.ruleset.documents[name]
            about = f"{document.title} ({document.publisher}, {document.published})"
            yield Line("detail", f"  {name}: {about}")

    def value(
        self, value: Outcome3, codes: str | None, unit: str | None, subject: str | None
    ) -> str:
        if isinstance(value, Unknown) and subject in self.answer.facts.left_out:
            return self.word("left_out")
        return measured(value, codes, unit, self.ruleset, self.language)

    def subject(self, name: str) -> str:
        return subject_words(name, self.ruleset, self.language)

    def label(self, name: str) -> str:
        return label(name, self.ruleset, self.language)

    def fact(self, name: str) -> str:
        return f"{self.label(name)}  ({name})"

    def citation(self, rule: Rule) -> str:
        return f"{self.say(FORCES[rule.force])}: {self.cite(rule.source)}"

    def cite(self, source: Citation) -> str:
        self.cited.add(source.document)
        return cite(source, self.language)

    def validity(self, rule: Rule) -> str:
        until = f" {self.word('to')} {rule.valid_to}" if rule.valid_to else ""
        return f"{self.word('from')} {rule.valid_from}{until}"
