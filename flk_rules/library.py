"""the public face.

What an embedding system imports: rulesets by name, and a ruleset that decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import flk_rules.watching as watching
from flk_rules.decision import Audit, Decision
from flk_rules.errors import DateInvalid, ExtraMissing
from flk_rules.facts import Intake

if TYPE_CHECKING:
    from flk_rules.deciding import Decider
    from flk_rules.facts import Facts
    from flk_rules.model import rules as model
    from flk_rules.model.schema import Schema
    from flk_rules.tables.deciding import DecidedTable
    from flk_rules.tables.spark import DecidedFrame

DEFAULT_ENGINE = "rete"


def load(name: str, *, on: date, path: Sequence[Path | str] = ()) -> Ruleset:
    """A ruleset as it holds on one date.

    Args:
        name: the ruleset's id, such as ``"se.stockholm"``.
        on: the date; nothing in the library ever reads today's date by itself.
        path: further folders to look for rulesets in, each with one subfolder a ruleset.

    Raises:
        UnknownName: no ruleset of that name.
        NotInForce: the date lies outside every version of it.
        RulesetInvalid: its files are wrong; every mistake with its place.
        FileUnreadable: a folder of `path` is not there, or the ruleset's holds no TOML file.
        DateInvalid: `on` is no `datetime.date`, such as a text or a datetime.

    >>> from datetime import date
    >>> load("se.stockholm", on=date(2024, 10, 1)).version
    '2024.1'
    """
    if type(on) is not date:
        raise DateInvalid("on", on)
    from flk_rules.loading import load_ruleset

    return Ruleset(load_ruleset(name, on=on, path=path))


def available(path: Iterable[Path | str] = ()) -> dict[str, Path]:
    """Every ruleset that `load` finds, shipped or in the folders of `path`, and its folder.

    Raises `FileUnreadable` for a folder that is not there, `RulesetInvalid` for one id in two.

    >>> sorted(available())
    ['se.borgholm', 'se.national', 'se.stockholm']
    """
    from flk_rules.loading import available as find

    return find(path)


class Ruleset:
    """A resolved ruleset that answers questions.

    Safe to share between threads; picklable (engines are built anew where it arrives). `model` is
    the resolved data: rules, parameters, definitions, documents, schema.
    """

    def __init__(self, resolved: model.Ruleset) -> None:
        self.model = resolved
        self._intake = Intake(resolved.schema)
        self._deciders: dict[tuple[str, str], Decider] = {}

    @property
    def id(self) -> str:
        """The ruleset's id."""
        return self.model.id

    @property
    def version(self) -> str:
        """The version its author gave it."""
        return self.model.version

    @property
    def on(self) -> date:
        """The date it was resolved for."""
        return self.model.on

    @property
    def fingerprint(self) -> str:
        """``sha256:...`` over everything that can change an answer."""
        return self.model.fingerprint

    @property
    def schema(self) -> Schema:
        """The facts that rules may read."""
        return self.model.schema

    @property
    def questions(self) -> Mapping[str, model.Question]:
        """What can be asked."""
        return self.model.questions

    def decide(
        self,
        question: str,
        *,
        engine: str = DEFAULT_ENGINE,
        audit: Audit | None = None,
        reference: str | None = None,
        **subjects: Any,
    ) -> Decision:
        """The explained decision on the ruleset's date.

        Args:
            question: such as ``"eligibility"``.
            engine: ``"rete"`` (durable-rules) or ``"reference"``; they agree.
            audit: a log that the decision is written to before it is returned, such as
                `flk_rules.audit.AuditLog`.
            reference: your own name of the case, for the log; it names no person.
            subjects: the question's subjects, each a model object such as `Physician` or a mapping
                of the same shape. None inside one means not known. A subject that is not given (or
                is None) is left out: the answer is then a condition on it.

        Raises:
            UnknownName: no such question or engine; of a question that begins later,
                `QuestionNotYet`.
            FactsInvalid: every mistake in the subjects.
            ValuesConflict: rules that are true together give the question different numbers.
            EngineFailure: the engine failed; its state is clean again.
            AuditUnwritable: the log could not be written, and refuses then.
            ReferenceInvalid: the reference may name a person, or is text.

        >>> from datetime import date
        >>> ruleset = load("se.national", on=date(2024, 10, 1))
        >>> decision = ruleset.decide(
        ...     "eligibility",
        ...     physician={"licence": "valid", "specialties": ["geriatrik"]},
        ...     patient={"age": 70},
        ... )
        >>> decision.outcome.value, decision.force.value
        ('eligible', 'guidance')
        """
        if audit is not None:
            return audit.keep(lambda: self.decide(question, engine=engine, **subjects), reference)
        decider = self._deciders.get((question, engine)) or self.decider(question, engine)
        facts = self._intake.read(self.model.on, self.model.questions[question].subjects, subjects)
        decision = Decision(decider.answer(facts), self.model, decider)
        if watching.watchers:
            watching.tell(decision)
        return decision

    def decide_table(
        self,
        question: str,
        table: Any,
        *,
        pairs: str = "listed",
        unknown: bool | str | Iterable[str] = False,
        outputs: str | Sequence[str] | None = None,
        truths: bool = False,
        memory: str | None = None,
    ) -> DecidedTable | DecidedFrame:
        """A question asked of every row of a table, by SQL: on DuckDB (extra ``tables``), or of a
        Spark DataFrame on Spark (extra ``spark``).

        Args:
            question: such as ``"eligibility"``.
            table: anything that speaks Arrow (PyArrow, Polars, pandas, a DuckDB relation), with a
                column a fact, called as in a roster: ``patient.age``; or a Spark DataFrame. Or a
                mapping with a table for each subject of the question.
            pairs: how the rows of several tables meet: ``"listed"``, a patient with the physician
                whose ``id`` stands in ``listed_with``, or ``"unit"``, all who share ``unit.id``.
            unknown: a fact or facts that may lack a column, then not known; True for all. A cell
                without a value is a fact not known anyway.
            outputs: one or some of `flk_rules.tables.OUTPUTS`; all of the question's by default.
            truths: a column for the truth of each rule as well.
            memory: what DuckDB may hold, such as ``"4GB"``; it puts the rest on disk. Spark has
                settings of its own.

        Raises:
            ExtraMissing: DuckDB, PyArrow or sqlglot is not installed.
            TableInvalid: columns that are missing or of the wrong type, references on several rows.
            UnknownName: no such question or output.
            ValuesConflict: rules that are true together give a row two numbers.

        >>> from datetime import date
        >>> import pyarrow
        >>> ruleset = load("se.national", on=date(2024, 10, 1))
        >>> people = pyarrow.table({"contact.profession": ["physician", "nurse", None],
        ...                         "contact.setting": ["primary_care", "primary_care", "home"]})
        >>> decided = ruleset.decide_table("physician_contact", people)
        >>> decided.table["outcome"].to_pylist()
        ['eligible', 'not_eligible', 'undetermined']
        """
        decider = self.decider(question, "reference")
        try:
            from flk_rules.tables.deciding import decide_table
            from flk_rules.tables.planning import Wish
            from flk_rules.tables.spark import decide_frame, is_frame
        except ImportError:
            raise ExtraMissing("decide_table", "tables") from None
        wish = Wish(
            pairs=pairs,
            unknown=unknown if isinstance(unknown, bool) else frozenset(_names(unknown)),
            outputs=None if outputs is None else tuple(_names(outputs)),
            truths=truths,
        )

        def decide(facts: Facts) -> Decision:
            return Decision(decider.answer(facts), self.model, decider)

        if is_frame(table):
            return decide_frame(self.model, decider, question, table, wish, decide=decide)
        return decide_table(
            self.model, decider, question, table, wish, decide=decide, memory=memory
        )

    def decider(self, question: str, engine: str = DEFAULT_ENGINE) -> Decider:
        """What answers one question with one engine, built at first use."""
        found = self._deciders.get((question, engine))
        if found is None:
            from flk_rules.deciding import Decider

            # No lock: a fork in the middle would leave it held in the child. Two threads may
            # both build, and the first to finish is kept.
            built = Decider(self.model, question, engine)
            found = self._deciders.setdefault((question, engine), built)
        return found

    def __repr__(self) -> str:
        return f"<ruleset {self.id} {self.version} on {self.on}>"

    def __reduce__(self) -> tuple[type[Ruleset], tuple[model.Ruleset]]:
        return Ruleset, (self.model,)


def _names(given: str | Iterable[str]) -> Iterable[str]:
    """Names, where a text is one of them and no row of letters."""
    return (given,) if isinstance(given, str) else given
