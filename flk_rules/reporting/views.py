"""receipts to views.

Takes one receipt apart for a page, in one language. Everything comes from the receipt itself: its
rules are read back and replayed on its facts.
"""

from __future__ import annotations

from collections.abc import Iterator

from flk_rules.audit.replaying import Replayer
from flk_rules.deciding.decider import numbers
from flk_rules.engines.reference import Interpreter
from flk_rules.explaining.figures import figured
from flk_rules.explaining.phrases import cite, phrase, plain, subject_words
from flk_rules.explaining.replay import replay, sections
from flk_rules.explaining.words import EFFECTS, FORCES, outcome_words, reason, word
from flk_rules.model.answers import Outcome
from flk_rules.model.rules import Citation, Rule, Ruleset
from flk_rules.model.verdicts import Branch, Reason, Verdict
from flk_rules.reporting.again import again
from flk_rules.reporting.answers import answer_of
from flk_rules.reporting.shapes import (
    TRUTHS,
    Pair,
    Read,
    ReceiptView,
    RuleView,
    Section,
    Shown,
    Side,
)
from flk_rules.reporting.trees import Trees
from flk_rules.reporting.words import said

TONES = {
    Outcome.ELIGIBLE: "yes",
    Outcome.GROUNDED: "yes",
    Outcome.FULFILLED: "yes",
    Outcome.STATED: "yes",
    Outcome.ASSESS: "look",
    Outcome.DEVIATES: "look",
    Outcome.CONDITIONAL: "depends",
    Outcome.UNDETERMINED: "open",
    Outcome.UNGROUNDED: "none",
    Outcome.UNSTATED: "none",
    Outcome.NOT_ELIGIBLE: "no",
}
"""How an outcome looks: each tone has its own sign and colour."""
_UNFOLDED = ("because", "pivotal", "unfulfilled")
"""The sections whose rules say why the answer is what it is."""


def tone(verdict: Verdict) -> str:
    """How a verdict looks: what nothing supports is not shown as what something forbids."""
    return "none" if verdict.reason is Reason.NO_GROUND else TONES[verdict.outcome]


def view(
    shown: Shown, ruleset: Ruleset, language: str, anchor: str, where: str, replayer: Replayer
) -> ReceiptView:
    """The receipt taken apart, `anchor` beginning the names of its places on the page; raises
    `ReceiptInvalid` with `where` if it names what its rules do not have."""
    return _Viewer(shown, ruleset, language, anchor, where, replayer).view()


class _Viewer:
    def __init__(
        self,
        shown: Shown,
        ruleset: Ruleset,
        language: str,
        anchor: str,
        where: str,
        replayer: Replayer,
    ) -> None:
        self.shown, self.ruleset, self.language, self.anchor = shown, ruleset, language, anchor
        self.replayer = replayer
        self.content = shown.receipt.content
        self.answer = answer_of(shown.receipt, ruleset, where)
        self.question = ruleset.questions[self.answer.question]
        facts = self.answer.facts
        self.trees = Trees(ruleset, facts.values, facts.left_out, language)
        self.rules = {rule.id: n for n, rule in enumerate(ruleset.rules_of(self.question.id), 1)}
        asked = [ruleset.rules[name] for name in self.rules]
        self.numbers = numbers(asked, Interpreter(ruleset))
        self.truths = {
            **dict.fromkeys(self.content["firings"]["true"], True),
            **dict.fromkeys(self.content["firings"]["false"], False),
        }

    def view(self) -> ReceiptView:
        answer, verdict, content = self.answer, self.answer.verdict, self.content
        told = [
            Section(key=key, heading=word(key, self.language), unfolded=key in _UNFOLDED,
                    rules=tuple(map(self.rule, names)))
            for key, names in sections(answer, self.ruleset)
        ]  # fmt: skip
        named = {rule.id for each in told for rule in each.rules} | {*verdict.advice}
        figures = tuple(each.strip() for each in figured(answer, self.ruleset, self.language))
        force = verdict.force
        return ReceiptView(
            anchor=self.anchor,
            title=self.question.title.in_language(self.language),
            scope=self.question.scope.in_language(self.language),
            outcome=self.outcome(verdict),
            tone=tone(verdict),
            number=None if verdict.value is None else self.number(verdict.value),
            reason=self.reason(verdict),
            force=None if force is None else FORCES[force].in_language(self.language),
            force_kind=None if force is None else force.value,
            why=tuple(self.why()),
            on=content["on"],
            time=spoken_time(content["time"]),
            reference=content["reference"],
            ruleset=f"{self.ruleset.id} {self.ruleset.version}",
            position=self.shown.position,
            left_out=tuple(map(self.subject, answer.facts.left_out)),
            missing=tuple(map(self.trees.fact, answer.missing)),
            assumptions=tuple(
                self.trees.parameter(self.ruleset.parameters[name])
                for name in content["assumptions"]
            ),
            condition=tuple(map(self.side, answer.condition.branches if answer.condition else ())),
            figures=figures,
            sections=tuple(each for each in told if each.rules),
            advice=tuple(map(self.rule, verdict.advice)),
            tried=tuple(self.rule(name) for name in self.rules if name not in named),
            disabled=tuple(self.disabled()) if verdict.reason is Reason.NO_GROUND else (),
            readings=tuple(each.in_language(self.language) for each in self.ruleset.readings),
            facts=tuple(self.facts()),
            documents=tuple(
                (name, each.title, each.publisher, each.published)
                for name, each in sorted(self.ruleset.documents.items())
            ),
            about=tuple(self.about()),
            again=again(self.shown.receipt, self.ruleset, self.replayer),
            vouched=self.shown.vouched,
        )

    def outcome(self, verdict: Verdict) -> str:
        return outcome_words(verdict.outcome, self.question, self.language)

    def reason(self, verdict: Verdict) -> str | None:
        found = reason(verdict)
        return None if found is None else found.in_language(self.language)

    def number(self, value: float) -> str:
        return plain(value, None, self.ruleset, self.language)

    def why(self) -> Iterator[str]:
        """What decided, in the words of the rules; of a checklist what was missed; of an
        answer that depends on a subject left out, on what."""
        verdict, condition = self.answer.verdict, self.answer.condition
        for branch in condition.branches if condition else ():
            when = phrase(branch.when, self.ruleset, self.language)
            yield f"{self.outcome(branch.verdict)} {word('if', self.language)} {when}"
        if condition:
            return
        missed = verdict.outcome is Outcome.DEVIATES
        heading = f"{word('unfulfilled', self.language)}: " if missed else ""
        for name in verdict.failed if missed else verdict.grounds:
            yield f"{heading}{self.ruleset.rules[name].because.in_language(self.language)}"

    def rule(self, name: str) -> RuleView:
        rule, found = self.ruleset.rules[name], replay(name, self.answer, self.ruleset)
        value = self.numbers.get(name)
        document = self.ruleset.documents.get(rule.source.document)
        formula: tuple[Read, ...] = ()
        if rule.amount is not None:
            traced = Interpreter(self.ruleset).trace(rule.amount, self.answer.facts.values)
            formula = self.trees.reads(traced)
        return RuleView(
            anchor=f"{self.anchor}-{self.rules[name]}",
            id=rule.id,
            truth=TRUTHS[self.truths.get(name)],
            effect=EFFECTS[rule.effect].in_language(self.language),
            force=FORCES[rule.force].in_language(self.language),
            force_kind=rule.force.value,
            because=rule.because.in_language(self.language),
            amount=None if value is None else self.number(value),
            cite=cite(rule.source, self.language),
            title=document.title if document else "",
            validity=self.validity(rule),
            ruleset=rule.origin.ruleset,
            condition=rule.condition,
            formula=rule.formula,
            notes=self.trees.notes(rule),
            missing=self.lacking(name),
            tree=self.trees.node(found.trace),
            formula_reads=formula,
        )

    def lacking(self, name: str) -> tuple[str, ...]:
        """What an open rule is open by."""
        names = self.content["firings"]["unknown"].get(name, ())
        return tuple(self.trees.fact(each).label for each in names)

    def validity(self, rule: Rule) -> str:
        until = f" {word('to', self.language)} {rule.valid_to}" if rule.valid_to else ""
        return f"{word('from', self.language)} {rule.valid_from}{until}"

    def side(self, branch: Branch) -> Side:
        verdict = branch.verdict
        number = "" if verdict.value is None else f": {self.number(verdict.value)}"
        whole = self.answer.verdict.advice
        return Side(
            outcome=f"{self.outcome(verdict)}{number}",
            tone=tone(verdict),
            reason=self.reason(verdict),
            force=FORCES[verdict.force].in_language(self.language) if verdict.force else None,
            force_kind=verdict.force.value if verdict.force else None,
            words=phrase(branch.when, self.ruleset, self.language),
            code=branch.text,
            grounds=tuple(map(self.rule, verdict.grounds)),
            advice=tuple(self.rule(name) for name in verdict.advice if name not in whole),
            missing=tuple(map(self.trees.fact, branch.missing)),
        )

    def disabled(self) -> Iterator[Pair]:
        for name, each in self.ruleset.disabled.items():
            who = f"{word(each.action, self.language)} {each.ruleset}"
            because = each.because.in_language(self.language)
            yield Pair(name=name, text=f"{who}: {because} ({self.cite(each.source)})")

    def cite(self, source: Citation) -> str:
        return cite(source, self.language)

    def facts(self) -> Iterator[tuple[str, tuple[Read, ...]]]:
        """The facts of each subject, those that are not known after those that are."""
        names = [*self.content["facts"], *self.content["not_known"]]
        for subject in self.question.subjects:
            mine = [n for n in names if self.ruleset.schema.facts[n].subject == subject]
            if mine:
                yield self.subject(subject), tuple(map(self.trees.fact, mine))

    def subject(self, name: str) -> str:
        return subject_words(name, self.ruleset, self.language)

    def about(self) -> Iterator[Pair]:
        content, asked = self.content, self.content["ruleset"]

        def pair(key: str, text: object, *, code: bool = False) -> Pair:
            return Pair(name=said(key, self.language), text=str(text), code=code)

        title = self.ruleset.title.in_language(self.language)
        yield pair("ruleset", f"{title}: {asked['id']} {asked['version']}")
        yield pair("layers", " → ".join(f"{e['id']} {e['version']}" for e in asked["layers"]))
        yield pair("fingerprint", asked["fingerprint"], code=True)
        yield pair("holds_on", content["on"])
        yield pair("time", spoken_time(content["time"]))
        yield pair("reference", content["reference"] or said("no_reference", self.language))
        if self.shown.position is not None:
            yield pair("position", self.shown.position)
        for subject, pseudonym in content["subjects"].items():
            name = f"{said('subjects', self.language)} {subject}"
            if pseudonym is None:
                yield Pair(name=name, text=said("no_identity", self.language))
            else:
                yield Pair(name=name, text=pseudonym, code=True)
        if content["pseudonym_key"] is not None:
            yield pair("pseudonym_key", content["pseudonym_key"], code=True)
        yield pair("engine", content["engine"])
        yield pair("library", f"flk_rules {content['library']} ({content['format']})")


def spoken_time(text: str) -> str:
    """``2026-03-01 12:00:00 UTC``"""
    return f"{text[:10]} {text[11:19]} UTC"
