"""who may serve.

Whether each physician may be the FLK of the patients listed with them: the question `eligibility`
of each such pair, counted by what was answered and why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from attrs import define, field, frozen

from flk_rules.facts import Facts, Intake
from flk_rules.library import Ruleset
from flk_rules.model.answers import Outcome
from flk_rules.model.rules import Force, Parameter, Rule
from flk_rules.model.verdicts import Reason, Verdict
from flk_rules.planning.unit_assumptions import Resting
from flk_rules.planning.unit_data import PatientRow, PhysicianRow

ELIGIBILITY = "eligibility"
OUTCOMES = (Outcome.ELIGIBLE, Outcome.ASSESS, Outcome.UNDETERMINED, Outcome.NOT_ELIGIBLE)
"""What can be answered of a pair, neither of whom is left out."""
_Key = tuple[Outcome, Reason | None, Force | None, tuple[str, ...], tuple[str, ...]]


@frozen(kw_only=True)
class Serving:
    """Patients of one list for whom the answer is the same.

    because: the rules that decided; missing: the facts that could still change the answer.
    patients: how many; such: who they are, by name or row, as they came, but of those for whom the
    physician is eligible, who are most, only the number is kept.
    """

    outcome: Outcome
    reason: Reason | None
    force: Force | None
    because: tuple[Rule, ...]
    missing: tuple[str, ...]
    patients: int
    such: tuple[str, ...]


@define
class _Kind:
    patients: int = 0
    such: list[str] = field(factory=list)


class Pairs:
    """The pairs of physicians and the patients listed with them, each decided once.

    A pair's facts are those of the two as they were read already, so that a pair costs one look-up
    among the kinds of facts that were decided before.
    """

    def __init__(self, ruleset: Ruleset, physicians: Iterable[PhysicianRow], engine: str) -> None:
        self._ruleset, self._engine = ruleset, engine
        self.asked = ELIGIBILITY in ruleset.questions
        """Whether the ruleset has the question on its day."""
        intake = Intake(ruleset.schema)
        self._physicians = {
            each.key: intake.read(ruleset.on, ("physician",), {"physician": each.facts}).values
            for each in physicians
        }
        self._found: dict[str, dict[_Key, _Kind]] = {key: {} for key in self._physicians}
        self._resting = Resting(ruleset, ELIGIBILITY, engine) if self.asked else None

    def add(self, row: PatientRow, patient: Mapping[str, object]) -> None:
        """One more patient, if listed with a physician; `patient` are the facts as read."""
        if row.physician is None or self._resting is None:
            return
        values = {**self._physicians[row.physician], **patient}
        facts = Facts(self._ruleset.on, values, (), {}, True)  # type: ignore[arg-type]
        answer = self._ruleset.decider(ELIGIBILITY, self._engine).answer(facts)
        self._resting.add(facts)
        verdict: Verdict = answer.verdict
        key = verdict.outcome, verdict.reason, verdict.force, verdict.grounds, answer.missing
        kind = self._found[row.physician].setdefault(key, _Kind())
        kind.patients += 1
        if verdict.outcome is not Outcome.ELIGIBLE:
            kind.such.append(row.id or row.where)

    def of(self, physician: str) -> tuple[Serving, ...] | None:
        """What was answered of one physician's list, the best outcome first; None where the
        question cannot be asked."""
        if not self.asked:
            return None
        order = list(Outcome)
        rules = self._ruleset.model.rules
        found = sorted(
            self._found[physician].items(),
            key=lambda pair: (order.index(pair[0][0]), -pair[1].patients, pair[0][3:]),
        )
        return tuple(
            Serving(
                outcome=outcome,
                reason=reason,
                force=force,
                because=tuple(rules[each] for each in grounds),
                missing=missing,
                patients=kind.patients,
                such=tuple(kind.such),
            )
            for (outcome, reason, force, grounds, missing), kind in found
        )

    def together(self) -> Mapping[Outcome, int] | None:
        """All pairs by outcome; None where the question cannot be asked."""
        if not self.asked:
            return None
        counts: Counter[Outcome] = Counter()
        for found in self._found.values():
            for (outcome, *_), kind in found.items():
                counts[outcome] += kind.patients
        return counts

    @property
    def assumptions(self) -> tuple[Parameter, ...]:
        """The parameters without a source that the answers rest on."""
        return tuple(self._resting.found) if self._resting is not None else ()
