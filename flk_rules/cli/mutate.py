"""flk mutate.

How many small changes of a ruleset's data its cases notice, and which they do not.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text as Styled

from flk_rules.analysis import (
    Bench,
    Fate,
    Judge,
    Mutant,
    Result,
    find_cases,
    folders_with,
    make_bench,
    mutants,
    score,
)
from flk_rules.analysis.operators import Kinds
from flk_rules.analysis.sentences import KINDS
from flk_rules.cases import Rulesets
from flk_rules.cli.options import Folders, Language, OptionInvalid, one_of, read_language
from flk_rules.cli.output import as_json, console
from flk_rules.cli.progress import with_progress
from flk_rules.conformance import shipped_tables
from flk_rules.errors import FileUnreadable, shown
from flk_rules.explaining.text import printable

FORMAT = "flk_rules/mutants/1"
LOW, STOPPED = 1, 130
_WORDS = {
    "head": {
        "sv": "{layer}: {mutants} mutanter, {cases} fall",
        "en": "{layer}: {mutants} mutants, {cases} cases",
    },
    "stopped": {
        "sv": "avbrutet efter {done} av {mutants} mutanter",
        "en": "stopped after {done} of {mutants} mutants",
    },
    "kind": {"sv": "slag", "en": "kind"},
    "killed": {"sv": "upptäckta", "en": "killed"},
    "survived": {"sv": "överlevande", "en": "survived"},
    "apart": {"sv": "räknas inte", "en": "not counted"},
    "score": {"sv": "andel", "en": "score"},
    "all": {"sv": "alla", "en": "all"},
    "survivors": {"sv": "Överlevande: inget fall märker om", "en": "Survivors: no case notices if"},
    "would": {
        "sv": "ett fall som skulle märka det; kontrollera mot källan:",
        "en": "a case that would; check it against the source:",
    },
    "none": {"sv": "inget sådant fall hittades", "en": "no such case was found"},
    "reasons": {"sv": "Räknas inte", "en": "Not counted"},
}


def mutate(
    name: Annotated[str, typer.Argument(metavar="RULESET", help="The ruleset's id.")],
    cases: Annotated[
        list[Path] | None,
        typer.Option(
            "--cases",
            metavar="FILE|FOLDER",
            help="Tables of cases; repeatable. Without, those of the library.",
        ),
    ] = None,
    path: Folders = None,
    sample: Annotated[
        int | None,
        typer.Option("--sample", metavar="NUMBER", help="So many mutants, drawn at random."),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", metavar="NUMBER", help="What the draw begins with.")
    ] = 1,
    fail_under: Annotated[
        float, typer.Option("--fail-under", metavar="PERCENT", help="The least score; else exit 1.")
    ] = 0.0,
    lang: Language = "sv",
    format_: Annotated[
        str, typer.Option("--format", metavar="text|json", help="How the result is printed.")
    ] = "text",
) -> None:
    """Change a ruleset's data a little, time and again, and see which changes its cases notice."""
    read_language(lang)
    one_of("--format", format_, ("text", "json"))
    if sample is not None and sample < 1:
        raise OptionInvalid("--sample", "a number of at least 1", shown(str(sample)))
    if not 0 <= fail_under <= 100:
        raise OptionInvalid("--fail-under", "a percentage from 0 to 100", shown(str(fail_under)))
    tables = _tables(cases)
    rulesets = Rulesets(folders_with(name, tables, path or ()))
    bench = make_bench(name, find_cases(tables, rulesets), rulesets)
    if not bench.asked:
        bench.chain(name)  # a name that is none is told first
        raise OptionInvalid("--cases", f"tables with cases of {name}", "none")
    some = _drawn(mutants(bench.chain(name)), sample, seed)
    found: list[Result] = []
    stopped = False
    try:
        for result in with_progress(Judge(bench).results(some), len(some), console(err=True)):
            found.append(result)
    except KeyboardInterrupt:
        stopped = True
    if format_ == "json":
        sys.stdout.write(as_json(_record(bench, some, found, stopped), indent=2))
    else:
        _print(bench, some, found, stopped, lang)
    if stopped:
        raise typer.Exit(STOPPED)
    if 100 * score(found).share < fail_under:
        raise typer.Exit(LOW)


def _tables(given: list[Path] | None) -> list[Path]:
    if given:
        for each in given:
            if not each.exists():
                raise FileUnreadable(each, "expected a table of cases or a folder of them")
        return given
    return [shipped_tables()]


def _drawn(some: Sequence[Mutant], sample: int | None, seed: int) -> Sequence[Mutant]:
    """As many mutants as asked for, in their order; the same seed draws the same."""
    if sample is None or sample >= len(some):
        return some
    chosen = sorted(Random(seed).sample(range(len(some)), sample))
    return [some[each] for each in chosen]


def _said(key: str, language: str, **values: Any) -> str:
    return _WORDS[key][language].format(**values)


def _print(
    bench: Bench, some: Sequence[Mutant], found: Sequence[Result], stopped: bool, language: str
) -> None:
    out = console()
    cases = sum(len(each.cases) for each in bench.asked)
    out.print(_said("head", language, layer=bench.layer, mutants=len(some), cases=cases))
    if stopped:
        out.print(_said("stopped", language, done=len(found), mutants=len(some)))
    out.print()
    out.print(_table(found, language))
    reasons = Counter(each.why.in_language(language) for each in found if each.why is not None)
    if reasons:
        out.print()
        out.print(_said("reasons", language), style="bold")
        for why, count in reasons.most_common():
            out.print(printable(f"  {count:>5}  {why}"), soft_wrap=True)
    survivors = [each for each in found if each.fate is Fate.SURVIVED]
    if survivors:
        out.print()
        out.print(_said("survivors", language), style="bold")
    for each in survivors:
        out.print()
        out.print(Styled(printable(each.mutant.sentence(language))), soft_wrap=True)
        out.print(printable(f"  {each.mutant.place}"), soft_wrap=True, style="dim")
        if each.proposal is None:
            out.print(f"  {_said('none', language)}")
            continue
        out.print(f"  {_said('would', language)}")
        out.print()
        for line in each.proposal.text.splitlines():
            out.print(printable(line), soft_wrap=True)


def _table(found: Sequence[Result], language: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for place, key in enumerate(("kind", "killed", "survived", "apart", "score")):
        table.add_column(_said(key, language), justify="right" if place else "left")
    for kind in Kinds:
        if mine := [each for each in found if each.mutant.kind is kind]:
            table.add_row(*_row(KINDS[kind].in_language(language), mine))
    table.add_section()
    table.add_row(*_row(_said("all", language), found), style="bold")
    return table


def _row(name: str, found: Iterable[Result]) -> list[str]:
    tally = score(found)
    apart = tally.counts[Fate.EQUIVALENT] + tally.counts[Fate.REFUSED]
    share = f"{100 * tally.share:.1f} %" if tally.counted else ""
    return [
        name, str(tally.counts[Fate.KILLED]), str(tally.counts[Fate.SURVIVED]), str(apart), share,
    ]  # fmt: skip


def _record(
    bench: Bench, some: Sequence[Mutant], found: Sequence[Result], stopped: bool
) -> dict[str, Any]:
    tally = score(found)
    return {
        "format": FORMAT,
        "ruleset": bench.layer,
        "cases": sum(len(each.cases) for each in bench.asked),
        "mutants": len(some),
        "stopped": stopped,
        **{fate.value: tally.counts[fate] for fate in Fate},
        "score": tally.share,
        "results": [
            {
                "id": each.mutant.id,
                "kind": each.mutant.kind.value,
                "entry": each.mutant.entry,
                "place": each.mutant.place,
                "sentence": {lang: each.mutant.sentence(lang) for lang in ("sv", "en")},
                "fate": each.fate.value,
                "killed_by": each.by and {"name": each.by.name, "place": each.by.place},
                "why": each.why and {"sv": each.why.sv, "en": each.why.en},
                "detail": each.detail,
                "case": each.proposal and each.proposal.text,
            }
            for each in found
        ],
    }
