"""cells to facts.

Each fact as a tree over the table's own columns: its value where that is one the fact can have,
else NULL, so that a code nobody knows is not known and never false. What was given and is not a
value is counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen
from sqlglot import exp

from flk_rules.engines.sql import Dialect
from flk_rules.engines.sql.conditions import TYPES
from flk_rules.engines.sql.literals import (
    BIGINT,
    DOUBLE,
    all_of,
    any_of,
    cases,
    cast,
    column,
    double,
    integer,
    is_known,
    text,
    text_array,
    wrapped,
)
from flk_rules.engines.sql.literals import (
    TEXT as TEXT_TYPE,
)
from flk_rules.facts.validating import DATE as DATE_PATTERN
from flk_rules.facts.validating import SAFE_DIGITS, SAFE_INT
from flk_rules.model.calendar import EARLIEST, LATEST
from flk_rules.model.rules import Ruleset
from flk_rules.model.schema import FactSpec
from flk_rules.model.values import Kind
from flk_rules.tables.columns import CELLS, DATE, NOTHING, REAL, SINGLE, WHOLE, Column
from flk_rules.tables.dates import derived

Tree = exp.Expr


@frozen
class Read:
    """A fact: its tree, and where something was given for it, by which columns."""

    name: str
    tree: Tree
    given: Tree | None
    headings: tuple[str, ...]


class Reader:
    """Trees for the columns of one table."""

    def __init__(self, ruleset: Ruleset, dialect: Dialect) -> None:
        self._ruleset, self._dialect = ruleset, dialect
        self.days: dict[str, Tree] = {}
        """Cells as dates, by the names of the columns that facts are made of."""

    def fact(self, name: str, columns: Mapping[str, Column]) -> Read:
        """A fact, from its own column or from the dates that it derives from."""
        return self._fact(self._ruleset.schema.facts[name], columns)

    def reference(self, own: Column) -> Tree:
        """The caller's own name of a subject, as text; an empty one is none."""
        return exp.Nullif(this=cast(column(own.heading), TEXT_TYPE), expression=text(""))

    def _fact(self, spec: FactSpec, columns: Mapping[str, Column]) -> Read:
        own = columns.get(spec.name)
        inputs = spec.derived.inputs if spec.derived else ()
        dates = [columns[each] for each in inputs if each in columns]
        if own is None and (not inputs or len(dates) < len(inputs)):
            return Read(spec.name, cast(exp.null(), TYPES[spec.type.kind]), None, ())
        if not inputs or len(dates) < len(inputs):
            assert own is not None
            return Read(spec.name, self._value(spec, own), _given(own), (own.heading,))
        number = exp.paren(self._derived(spec, dates), copy=False)
        # The calendar's years have as many decimals as the fact: nothing to check but the bounds.
        by_date = self._checked(spec, number, WHOLE)
        dated = all_of([_given(each) for each in dates])
        headings = tuple(each.heading for each in dates)
        if own is None:
            return Read(spec.name, by_date, dated, headings)
        both = all_of([_given(own), dated.copy()])
        once = exp.Coalesce(this=self._value(spec, own), expressions=[by_date])
        tree = cases((both, exp.null()), otherwise=once)
        return Read(spec.name, tree, any_of([_given(own), dated]), (own.heading, *headings))

    def _derived(self, spec: FactSpec, dates: Sequence[Column]) -> Tree:
        """The number that dates give. A column of dates is named in it many times, so that it is
        looked at once whether all of them can be."""
        assert spec.derived is not None
        plain = [column(each.heading) for each in dates if each.kind == DATE]
        days = tuple(
            column(each.heading) if each.kind == DATE else self._day(each) for each in dates
        )
        number = derived(spec.derived.compute, days, self._ruleset.on, self._dialect)
        return cases((all_of(map(_between, plain)), number)) if plain else number

    def _value(self, spec: FactSpec, own: Column) -> Tree:
        raw = column(own.heading)
        if own.kind == NOTHING:
            return cast(exp.null(), TYPES[spec.type.kind])
        match spec.type.kind:
            case Kind.BOOL:
                return _truth(raw) if own.kind == CELLS else raw
            case Kind.STRING:
                codes = self._codes(spec)
                plain = cast(raw, TEXT_TYPE)
                known = exp.In(this=plain.copy(), expressions=[text(each) for each in codes])
                return cases((known, plain))
            case Kind.LIST:
                return self._list(spec, raw, own.kind)
        if own.kind == CELLS:
            return self._checked(spec, _number(raw, whole=spec.type.kind is Kind.INT), REAL)
        if own.kind == SINGLE:  # 0.8 of 32 bits is meant as 0.8
            raw_number: Tree = cast(cast(raw, TEXT_TYPE), DOUBLE)
            return self._checked(spec, raw_number, REAL)
        return self._checked(spec, raw, own.kind)

    def _checked(self, spec: FactSpec, number: Tree, kind: str) -> Tree:
        """A number within its fact's bounds and decimals, else NULL."""
        bound = SAFE_INT if spec.type.kind is Kind.INT else 10 ** (SAFE_DIGITS - spec.scale)
        low = integer(-bound if spec.minimum is None else spec.minimum)
        high = integer(bound if spec.maximum is None else spec.maximum)
        within: list[Tree] = [exp.Between(this=wrapped(number.copy()), low=low, high=high)]
        if spec.type.kind is Kind.INT:
            if kind != WHOLE:
                floor = exp.Floor(this=number.copy())
                within.append(exp.EQ(this=wrapped(number.copy()), expression=floor))
            return cases((all_of(within), cast(number, BIGINT)))
        real = cast(number, DOUBLE)
        if kind != WHOLE:
            unit = double(float(10**spec.scale))
            scaled = exp.Round(this=exp.Mul(this=real.copy(), expression=unit), decimals=integer(0))
            again = exp.Div(this=scaled, expression=unit.copy(), typed=True)
            within.append(exp.EQ(this=again, expression=real.copy()))
        return cases((all_of(within), exp.Add(this=real, expression=double(0.0))))

    def _codes(self, spec: FactSpec) -> list[str]:
        return list(self._ruleset.schema.codes_of(spec.type.codes or ""))

    def _list(self, spec: FactSpec, raw: Tree, kind: str) -> Tree:
        items = raw
        if kind == CELLS:
            items = exp.Anonymous(
                this="REGEXP_SPLIT_TO_ARRAY",
                expressions=[raw.copy(), exp.Literal.string("[|]")],
            )
        codes = text_array(self._codes(spec))
        known = all_of(
            [self._dialect.contains_all(codes, items.copy()), self._dialect.whole(items.copy())]
        )
        distinct = self._dialect.distinct(items.copy())
        if kind != CELLS:
            return cases((known, distinct))
        none = exp.EQ(this=raw.copy(), expression=text("-"))
        return cases((none, self._dialect.chosen([])), (known, distinct))

    def _day(self, own: Column) -> Tree:
        raw: Tree = column(own.heading)
        if own.kind == NOTHING:
            return cast(exp.null(), exp.DataType.build("DATE"))
        if own.kind == CELLS:
            form = exp.Literal.string(f"^{DATE_PATTERN}$")
            matches = exp.RegexpLike(this=raw.copy(), expression=form)
            day = exp.TryCast(this=raw.copy(), to=exp.DataType.build("DATE"))
            raw = exp.paren(cases((matches, day)), copy=False)
        self.days[f"{own.heading} (day)"] = cases((_between(raw.copy()), raw))
        return column(f"{own.heading} (day)")


def _between(day: Tree) -> Tree:
    """Whether a date is one of those that the calendar has."""
    low, high = (
        cast(text(each.isoformat()), exp.DataType.build("DATE")) for each in (EARLIEST, LATEST)
    )
    return exp.Between(this=day, low=low, high=high)


def _given(own: Column) -> Tree:
    return is_known(column(own.heading))


def _truth(raw: Tree) -> Tree:
    yes, no = (exp.EQ(this=raw.copy(), expression=text(each)) for each in ("yes", "no"))
    return cases((yes, exp.true()), (no, exp.false()))


def _number(raw: Tree, *, whole: bool) -> Tree:
    decimals = "" if whole else "([.][0-9]{1,15})?"
    form = exp.Literal.string(f"^-?[0-9]{{1,15}}{decimals}$")
    return cases((exp.RegexpLike(this=raw.copy(), expression=form), cast(raw.copy(), DOUBLE)))
