"""an answer with its reasons.

What `Ruleset.decide` returns. Cheap to make; its views are made when asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Protocol

from attrs import field, frozen

if TYPE_CHECKING:
    from flk_rules.deciding import Answer, Decider
    from flk_rules.explaining import Measure
    from flk_rules.model import rules as model
    from flk_rules.model.answers import Outcome
    from flk_rules.model.verdicts import Condition, Reason


class Audit(Protocol):
    """What keeps decisions, such as `flk_rules.audit.AuditLog`."""

    def keep(self, decide: Callable[[], Decision], reference: str | None) -> Decision:
        """What `decide` decides, once it is kept, or an error where it cannot be."""


@frozen(slots=False)  # half as long to make
class Decision:
    """An answer with its reasons.

    Cheap to make; `assumptions`, `explain` and `to_dict` replay the reference interpreter when
    asked for. Picklable with the ruleset it came from; no engine goes along. Two are equal if
    rulesets of one content gave one answer to the same facts on the same engine.
    """

    answer: Answer
    _ruleset: model.Ruleset = field(eq=attrgetter("fingerprint"), repr=False)
    _decider: Decider = field(eq=False, repr=False)
    recorded: int | None = field(default=None, eq=False, repr=False, kw_only=True)
    """The number of its record in the audit log; None where it has none."""

    @property
    def parts(self) -> tuple[Answer, model.Ruleset, Decider]:
        """What explanations are made from; see `flk_rules.explaining`."""
        return self.answer, self._ruleset, self._decider

    @property
    def question(self) -> str:
        """The question's id."""
        return self.answer.question

    @property
    def on(self) -> date:
        """The date asked about."""
        return self.answer.facts.on

    @property
    def outcome(self) -> Outcome:
        """What was decided; which outcomes there are depends on how the question combines."""
        return self.answer.verdict.outcome

    @property
    def reason(self) -> Reason | None:
        """Of not_eligible: forbidden, or no ground."""
        return self.answer.verdict.reason

    @property
    def force(self) -> model.Force | None:
        """The strongest force among the rules that decided; of a missing ground, among the rules
        that could have given one. None where nothing decided."""
        return self.answer.verdict.force

    @property
    def grounds(self) -> tuple[model.Rule, ...]:
        """The true rules that decided, by id; of a checklist, the points that are fulfilled."""
        return self._rules(self.answer.verdict.grounds)

    @property
    def defeated(self) -> tuple[model.Rule, ...]:
        """True rules that a prohibition overrode."""
        return self._rules(self.answer.verdict.defeated)

    @property
    def failed(self) -> tuple[model.Rule, ...]:
        """False rules that could have given a ground; of a checklist, the points not fulfilled."""
        return self._rules(self.answer.verdict.failed)

    @property
    def unknown(self) -> tuple[model.Rule, ...]:
        """Rules whose truth is open, whether or not it matters."""
        return self._rules(self.answer.verdict.unknown)

    @property
    def advice(self) -> tuple[model.Rule, ...]:
        """True rules that only advise."""
        return self._rules(self.answer.verdict.advice)

    @property
    def value(self) -> int | float | None:
        """Of a value question, the number; None where none is stated."""
        return self.answer.verdict.value

    @property
    def directions(self) -> tuple[model.Rule, ...]:
        """Of a value question, the true reasons to differ from the number."""
        return self._rules(self.answer.verdict.directions)

    @property
    def measure(self) -> Measure | None:
        """The number beside the fact that the question compares it with: difference, status, and
        what a deployer's factors make of it. None where no number is stated."""
        from flk_rules.explaining import measure

        return measure(self.answer, self._ruleset)

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of missing facts that a rule which could still change the outcome is unknown by;
        empty once it is settled."""
        return self.answer.missing

    @property
    def condition(self) -> Condition | None:
        """What the answer depends on where subjects were left out: the outcome on each side. An
        answer that is not eligible on every side, for different reasons, has one too."""
        return self.answer.condition

    @property
    def see(self) -> tuple[model.Question, ...]:
        """The questions that the deciding and advising rules send the reader to; `assessing` of one
        says what people assess, who does, and against what."""
        from flk_rules.explaining import seen

        return seen(self.answer, self._ruleset)

    @property
    def assumptions(self) -> tuple[model.Parameter, ...]:
        """Parameters without a source that the outcome, a ground or an advice rests on."""
        from flk_rules.explaining import assumptions_of

        return assumptions_of(*self.parts)

    @property
    def readings(self) -> tuple[model.Text, ...]:
        """How the rulesets' own dates and scope were read, such as a first day that no source
        gives. They hold for every decision; `assumptions` are those of this one."""
        return self._ruleset.readings

    def explain(self, language: str = "sv") -> str:
        """The decision in words, ``"sv"`` or ``"en"``: outcome, rules with conditions, values and
        sources, what failed and what is missing, assumptions, advice."""
        from flk_rules.explaining import explain

        return explain(*self.parts, language)

    def to_dict(self) -> dict[str, Any]:
        """The decision as JSON values, in the format that ``flk_rules/schemas/decision-1.json``
        documents."""
        from flk_rules.explaining import record

        return record(*self.parts)

    def __str__(self) -> str:
        """One line in English: ``ELIGIBLE because ... [guidance, E4]``."""
        outcome = self.outcome.value.replace("_", " ").upper()
        if self.condition is not None:
            return f"{outcome}: {self.condition}"
        if self.missing:
            return f"{outcome}: missing {', '.join(self.missing)}"
        missed = self.outcome.value == "deviates"
        because = "; ".join(
            f"{rule.because.en} [{rule.force.value}, {rule.source.statement}]{self._on(rule)}"
            for rule in (self.failed if missed else self.grounds)
        )
        if because:
            return f"{outcome} {'in' if missed else 'because'} {because}"
        if self.reason is None:
            return outcome
        return f"{outcome}: no ground [{self.force.value if self.force else 'no rule'}]"

    def __repr__(self) -> str:
        ruleset = f"{self._ruleset.id} {self._ruleset.version}"
        return f"<decision {self.question}: {self.outcome.value} by {ruleset} on {self.on}>"

    def __reduce__(self) -> tuple[Any, tuple[Answer, model.Ruleset, int | None]]:
        return _revived, (self.answer, self._ruleset, self.recorded)

    def _on(self, rule: model.Rule) -> str:
        return f"; see {rule.see}" if rule.see in self._ruleset.questions else ""

    def _rules(self, names: tuple[str, ...]) -> tuple[model.Rule, ...]:
        if not names:
            return ()
        rules = self._ruleset.rules
        return tuple([rules[name] for name in names])


def _revived(answer: Answer, ruleset: model.Ruleset, recorded: int | None) -> Decision:
    """A pickled decision where it arrives; explaining needs the reference interpreter alone."""
    from flk_rules.deciding import Decider

    decider = Decider(ruleset, answer.question, "reference")
    return Decision(answer, ruleset, decider, recorded=recorded)
