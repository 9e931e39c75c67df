"""questions printed as SQL.

For whoever reads the SQL beside the rules, or runs it in a database of their own: as if each fact
and reference were a column of its own type.
"""

from __future__ import annotations

from flk_rules.deciding import Decider
from flk_rules.engines.sql import dialect_of
from flk_rules.facts.headings import LISTED_WITH
from flk_rules.model.rules import Ruleset
from flk_rules.model.values import Kind
from flk_rules.tables.columns import BOOL, REAL, TEXT, TEXTS, WHOLE, Column
from flk_rules.tables.planning import LISTED, Wish, plan
from flk_rules.tables.planning import WHOLE as ROSTER
from flk_rules.tables.query import facts_of

_KINDS = {
    Kind.BOOL: BOOL, Kind.INT: WHOLE, Kind.DOUBLE: REAL, Kind.STRING: TEXT, Kind.LIST: TEXTS,
}  # fmt: skip


def question_sql(
    ruleset: Ruleset,
    decider: Decider,
    question: str,
    dialect: str,
    *,
    tables: bool = False,
    pairs: str = LISTED,
) -> str:
    """The SQL of a question with comments, for one table called ``roster``, or with `tables` for
    one a subject.

    Raises `UnknownName` for a dialect that is not there, `TableInvalid` where the subjects do not
    meet so.
    """
    facts = facts_of(ruleset, question)
    subjects = ruleset.questions[question].subjects

    def columns(mine: tuple[str, ...]) -> list[Column]:
        names = [name for name in facts if name.partition(".")[0] in mine]
        found = [Column(name, _KINDS[ruleset.schema.facts[name].type.kind]) for name in names]
        references = [Column(f"{subject}.id", TEXT) for subject in mine]
        further = [LISTED_WITH.name] if mine == ("patient",) else []
        further += ["unit.id"] if mine != ("unit",) and pairs != LISTED else []
        return [*references, *(Column(name, TEXT) for name in further), *found]

    given = {each: columns((each,)) for each in subjects} if tables else {ROSTER: columns(subjects)}
    wish = Wish(pairs=pairs, pretty=True, unknown=True)
    made = plan(ruleset, decider, question, given, dialect_of(dialect), wish)
    return f"-- {ruleset.id} {ruleset.version}, {question}, {ruleset.on}\n{made.sql};"
