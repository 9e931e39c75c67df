"""plans on paper.

A unit's plan as tables and lines, in Swedish or English.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import floor

from flk_rules.cli.figures import number, table_text
from flk_rules.cli.output import console
from flk_rules.cli.plan_serving import served, serves
from flk_rules.cli.plan_table import COLUMNS, measures, rows_of
from flk_rules.cli.planning_words import word
from flk_rules.explaining.phrases import cite, plain
from flk_rules.explaining.text import printable
from flk_rules.explaining.words import FORCES
from flk_rules.model.answers import Outcome
from flk_rules.model.expressions import ParameterRef
from flk_rules.model.rules import Rule
from flk_rules.planning.competence_text import area_line
from flk_rules.planning.figures import Figure
from flk_rules.planning.groups import labels
from flk_rules.planning.order import Waiting
from flk_rules.planning.shares import Share
from flk_rules.planning.unit import UnitPlan
from flk_rules.planning.unit_data import Listing
from flk_rules.planning.unit_lists import PhysicianPlan

SHOWN = 20
"""Patients that a list names; the rest are counted, and JSON has all."""


def print_plan(plan: UnitPlan, language: str) -> None:
    """Prints the whole plan."""
    unit = f"{plan.unit}: " if plan.unit else ""
    title = f"{unit}{word('title', language)} {plan.by.on}"
    table_text([word(each, language) for each in COLUMNS], rows_of(plan, language), title)
    out = console()
    for line in _Lines(plan, language).all():
        out.print(printable(line), soft_wrap=True)


class _Lines:
    def __init__(self, plan: UnitPlan, language: str) -> None:
        self.plan, self.language = plan, language

    def say(self, name: str, **values: object) -> str:
        return word(name, self.language).format(**values)

    def number(self, value: float | Fraction | None) -> str:
        if value is None:
            return self.say("unknown")
        return number(Fraction(value), self.language, 1)

    def all(self) -> Iterator[str]:
        for part in (
            self.together(), self.shares(), self.waiting(), served(self.plan, self.language),
            self.continuity(), self.physicians(), self.advice(), self.rests_on(),
        ):  # fmt: skip
            lines = list(part)
            if lines:
                yield ""
                yield from lines
        by = self.plan.by
        yield f"{by.ruleset} {by.version} · {by.on}"

    def rule(self, rule: Rule) -> str:
        force = FORCES[rule.force].in_language(self.language)
        ruleset, amount = self.plan.ruleset.model, ""
        if isinstance(rule.amount, ParameterRef):
            value = ruleset.parameters[rule.amount.path].value
            amount = f": {plain(value, None, ruleset, self.language)}"
        because, source = rule.because.in_language(self.language), cite(rule.source, self.language)
        if rule.see in ruleset.questions:
            source = f"{source}; {self.say('see_question')} {rule.see}"
        return f"{because}{amount} ({force}, {source})"

    def together(self) -> Iterator[str]:
        found = self.plan.totals
        yield self.say("together")
        compared = None
        if found.guideline is not None and found.difference is not None:
            compared = Fraction(found.guideline) + Fraction(found.difference)
        # Whoever has no guideline is in the one number and not in the others.
        apart = compared is not None and compared != found.listed
        yield "  " + self.say(
            "sums_apart" if apart else "sums",
            compared=self.number(compared),
            listed=self.number(found.listed),
            guideline=self.number(found.guideline),
            difference=self.number(found.difference),
        )
        for each in found.averages:
            because = "; ".join(rule.because.in_language(self.language) for rule in each.because)
            yield "  " + self.say(
                "average",
                because=because,
                guideline=self.number(each.guideline),
                mean=self.number(each.mean),
                known=each.known,
                physicians=each.physicians,
            )
        for name, who in (("without", found.without), ("undetermined", found.undetermined)):
            if who:
                yield "  " + self.say(name, who=", ".join(who))
        if found.longest:
            who_, share = found.longest
            yield "  " + self.say("longest", who=who_, share=self.per_cent(share))
        if self.plan.partial:
            yield "  " + self.say("partial", patients=self.number(self.plan.patients))

    def everybody_or(self, who: list[str]) -> str:
        if len(who) == len(self.plan.physicians):
            return self.say("everybody")
        return ", ".join(who)

    def per_cent(self, share: Fraction) -> str:
        """Rounded down, so that a share just below its target never looks as if it met it."""
        tenths = floor(share * 1000)
        text = f"{tenths // 10}.{tenths % 10}"
        return f"{text.replace('.', ',')} %" if self.language == "sv" else f"{text}%"

    def shares(self) -> Iterator[str]:
        shares = {"named_share": self.plan.named_share, "sabo_share": self.plan.sabo_share}
        for name, share in shares.items():
            if share is not None:
                yield self.say(name, share=self.between(share))
                target = self.say(
                    "target",
                    value=self.per_cent(share.target.value),
                    met=self.say({True: "met", False: "not_met", None: "open"}[share.met])
                    if share.lowest is not None
                    else self.say("nobody"),
                )
                yield f"  {target}: {self.figure(share.target)}"
                region = self.plan.region_share
                if region is not None and name == "named_share":
                    said = self.say("in_region", share=self.per_cent(region.value))
                    yield f"  {said}: {self.figure(region)}"

    def figure(self, found: Figure) -> str:
        basis = self.say(found.basis.value)
        cited = cite(found.source, self.language) if found.source else ""
        because = found.because.in_language(self.language)
        return f"{because} ({'; '.join(filter(None, [basis, cited]))})"

    def between(self, share: Share) -> str:
        if share.lowest is None or share.highest is None:
            return self.say("nobody")
        counts = self.say(
            "counts",
            named=self.number(share.named),
            all=self.number(share.named + share.without + share.unknown),
        )
        if share.partial:
            counts = f"{counts}; {self.say('among')}"
        if share.exact is not None and not share.unknown and not share.unsure:
            return f"{self.per_cent(share.exact)} ({counts})"
        ends = f"{self.per_cent(share.lowest)} – {self.per_cent(share.highest)}"
        more = self.say("unsure", unknown=share.unknown, unsure=share.unsure)
        return f"{ends} ({counts}; {more})"

    def waiting(self) -> Iterator[str]:
        plan = self.plan
        if plan.patients is None:
            return
        counts = {name: self.number(plan.priority.get(each, 0)) for name, each in (
            ("grounded", Outcome.GROUNDED), ("undetermined", Outcome.UNDETERMINED),
            ("ungrounded", Outcome.UNGROUNDED),
        )}  # fmt: skip
        yield self.say("patients_in_all", number=self.number(plan.patients), **counts)
        yield self.say("waiting", number=self.number(len(plan.waiting)))
        yield f"  {self.order()}"
        yield from self.named(plan.waiting)
        if plan.open:
            yield self.say("waiting_open", number=self.number(len(plan.open)))
            yield from self.named(plan.open)

    def order(self) -> str:
        order = self.plan.order
        if order.parameter is None or not order.first:
            return self.say("no_order")
        groups = ", ".join(labels(self.plan.ruleset, sorted(order.first), self.language))
        return self.say("ordered", groups=groups, parameter=order.parameter.id)

    def named(self, waiting: tuple[Waiting, ...]) -> Iterator[str]:
        for each in waiting[:SHOWN]:
            yield f"  {each.patient or each.where}: {'; '.join(self.why(each))}"
        if len(waiting) > SHOWN:
            yield "  " + self.say("more", number=self.number(len(waiting) - SHOWN))

    def why(self, each: Waiting) -> Iterator[str]:
        def groups(names: Iterable[str]) -> str:
            return ", ".join(labels(self.plan.ruleset, names, self.language))

        if each.place is not None:
            because = f" ({groups(each.because)})" if each.because else ""
            yield self.say(each.place.value) + because
        if each.groups.true:
            yield groups(each.groups.true)
        elif each.groups.open:
            yield self.say("may_be", groups=groups(each.groups.open))
        if each.listing is Listing.UNKNOWN:
            yield self.say("listing_unknown")

    def continuity(self) -> Iterator[str]:
        found, window = self.plan.continuity, self.plan.window
        if found is None or window is None:
            return
        name = f"{window.name} ({window.first} – {window.last})"
        plain = f"{window.first} – {window.last}"
        yield self.say("continuity", window=plain if window.name == plain else name)
        upc, coc, secon = measures(found, self.language)
        yield f"  UPC {upc}, COC {coc}, SECON {secon}"
        yield "  " + self.say(
            "averaged",
            patients=self.number(found.patients),
            named=self.number(found.with_physician),
            few=self.number(found.too_few),
        )
        if self.plan.window_assumed:
            yield "  " + self.say("window_assumed")

    def physicians(self) -> Iterator[str]:
        for each in self.plan.physicians:
            yield each.id
            for rule in each.capacity.grounds:
                yield f"  + {self.rule(rule)}"
            for rule in each.directions:
                yield f"  {self.say('direction')}: {self.rule(rule)}"
            if each.measure is not None and each.measure.adjusted is not None:
                yield "  " + self.say("adjusted", value=self.number(each.measure.adjusted))
            if each.open_directions:
                reasons = "; ".join(
                    rule.because.in_language(self.language) for rule in each.open_directions
                )
                number_ = len(each.open_directions)
                yield "  " + self.say("open_directions", number=number_, reasons=reasons)
            if each.capacity.missing:
                yield "  " + self.say("missing", facts=", ".join(each.capacity.missing))
            yield from serves(each, self.plan, self.language)
            yield from self.competence(each)

    def competence(self, each: PhysicianPlan) -> Iterator[str]:
        found = each.competence
        if found.applies is False:
            yield "  " + self.say("not_concerned")
            return
        if found.applies is None:
            yield "  " + self.say("concern_open", facts=", ".join(found.decision.missing))
        if not found.relevant:
            return
        unassessed = [area for area in found.relevant if len(area.not_assessed) == len(area.goals)]
        if len(unassessed) == len(found.relevant):
            yield "  " + self.say("nothing_assessed", number=len(unassessed))
            return
        if not found.lacking:
            yield "  " + self.say("nothing_lacking", number=len(found.relevant))
            return
        yield "  " + self.say("lacking")
        for area in found.lacking:
            yield f"    {area_line(found, area, self.language)}"

    def advice(self) -> Iterator[str]:
        said: dict[str, tuple[Rule, list[str]]] = {}
        for each in self.plan.physicians:
            for rule in each.capacity.advice:
                said.setdefault(rule.id, (rule, []))[1].append(each.id)
        if said:
            yield self.say("advice")
        for rule, who in said.values():
            yield f"  {self.everybody_or(who)}: {self.rule(rule)}"

    def rests_on(self) -> Iterator[str]:
        if self.plan.assumptions:
            yield self.say("assumptions")
        for each in self.plan.assumptions:
            value = each.value
            shown = (
                ", ".join(sorted(map(str, value)))
                if isinstance(value, (tuple, frozenset))
                else str(value)
            )
            yield f"  ! {each.id}: {shown}  {each.because.in_language(self.language)}"
