"""flk conformance.

Cases as a pack for other implementations, and our engines, or another's answers, held against one.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text as Styled

from flk_rules.cases import Rulesets
from flk_rules.cli.options import Folders, Language, OptionInvalid, one_of, read_language
from flk_rules.cli.output import as_json, console
from flk_rules.cli.progress import with_progress
from flk_rules.conformance import (
    Pack,
    Result,
    as_pack,
    judge_answers,
    read_answers,
    read_pack,
    run_engine,
    scores,
    shipped_tables,
    tables_in,
    write_pack,
)
from flk_rules.engines import ENGINES
from flk_rules.errors import FlkError
from flk_rules.explaining.text import printable
from flk_rules.model.rules import Text

FORMAT = "flk_rules/conformance-result/1"
FAILED = 1
SHOWN = 20
"""Failed cases that the text lists of each engine; the rest are counted."""
WORDS = {
    "question": Text(sv="fråga", en="question"),
    "passed": Text(sv="{} rätt", en="{} passed"),
    "failed": Text(sv="{} fel", en="{} failed"),
    "all": Text(sv="alla", en="all"),
    "more": Text(sv="och {} till", en="and {} more"),
    "written": Text(
        sv="{} fall i {}; där står också hur de används",
        en="{} cases in {}; how to use them stands there, too",
    ),
    "another": Text(
        sv="regelverket är ett annat än när fallen skrevs",
        en="the ruleset is another than when the cases were written",
    ),
}


def conformance(
    where: Annotated[
        Path | None,
        typer.Argument(metavar="PACK", help="A pack's folder; without, the cases of the library."),
    ] = None,
    write: Annotated[
        Path | None,
        typer.Option("--write", metavar="FOLDER", help="Write the cases as a pack, and end."),
    ] = None,
    cases: Annotated[
        list[Path] | None,
        typer.Option(
            "--cases", metavar="TABLE", help="A table of cases, or a folder of them; repeatable."
        ),
    ] = None,
    engine: Annotated[
        list[str] | None,
        typer.Option("--engine", metavar="rete|reference", help="Only this engine; repeatable."),
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(
            "--answers", metavar="FILE", help="Answers of another implementation, instead."
        ),
    ] = None,
    path: Folders = None,
    lang: Language = "sv",
    format_: Annotated[
        str, typer.Option("--format", metavar="text|json", help="How the result is printed.")
    ] = "text",
) -> None:
    """Hold engines against the cases, or write the cases for other implementations.

    The exit code is 1 where a case fails, 2 where anything cannot be read.
    """
    read_language(lang)
    one_of("--format", format_, ("text", "json"))
    engines = tuple(dict.fromkeys(one_of("--engine", each, ENGINES) for each in engine or ENGINES))
    _exclude("--cases", "no pack beside it", where if cases else None)
    _exclude("--write", "no pack to read beside it", where if write else None)
    _exclude("--write", "no --answers beside it", answers if write else None)
    _exclude("--engine", "no --answers beside it", answers if engine else None)
    folders = tuple(path or ())
    if write is not None:
        made = write_pack(write, tables_in(cases or [shipped_tables()]), folders)
        text = WORDS["written"].in_language(lang).format(len(made["cases"]), write)
        sys.stdout.write(f"{printable(text)}\n")
        return
    rulesets = Rulesets(folders)
    if where is not None:
        read = read_pack(where)
        rulesets = Rulesets((*read.folders, *folders))
    else:
        read = as_pack(tables_in(cases or [shipped_tables()]), rulesets)
    found: dict[str, list[Result]] = {}
    if answers is not None:
        name, said = read_answers(answers, read)
        found[name] = list(judge_answers(read, said))
    else:
        for each in engines:
            running = run_engine(read, each, rulesets)
            found[each] = list(with_progress(running, len(read.cases), console(err=True)))
    changed = [] if answers is not None else _changed(read, rulesets)
    if format_ == "json":
        sys.stdout.write(as_json(_record(found, changed), indent=2))
    else:
        _print(found, changed, lang)
    if any(each.differences for results in found.values() for each in results):
        raise typer.Exit(FAILED)


def _exclude(option: str, expected: str, given: Path | None) -> None:
    if given is not None:
        raise OptionInvalid(option, expected, repr(str(given)))


def _changed(read: Pack, rulesets: Rulesets) -> list[str]:
    """The rulesets, with their dates, that are not as they were when the pack was written."""
    changed = []
    for (name, on), was in read.rulesets.items():
        try:
            same = rulesets.load(name, on).fingerprint == was.get("fingerprint")
        except FlkError:
            same = False
        if not same:
            changed.append(f"{name} {on}")
    return changed


def _print(found: Mapping[str, list[Result]], changed: list[str], language: str) -> None:
    out = console()
    table = Table(box=None, pad_edge=False)
    table.add_column(WORDS["question"].in_language(language))
    for name in found:
        table.add_column(Styled(printable(name)))
    rows: dict[str, list[tuple[int, int]]] = {}
    for results in found.values():
        for score in scores(results):
            rows.setdefault(score.question, []).append((score.passed, score.failed))
    for question, counts in rows.items():
        table.add_row(Styled(printable(question)), *(_counted(*each, language) for each in counts))
    totals = [
        (len(results) - failed, failed)
        for results in found.values()
        for failed in [sum(bool(each.differences) for each in results)]
    ]
    table.add_row(
        Styled(WORDS["all"].in_language(language), style="bold"),
        *(_counted(*each, language) for each in totals),
    )
    out.print(table)
    for name, results in found.items():
        failed = [each for each in results if each.differences]
        for result in failed[:SHOWN]:
            out.print()
            out.print(Styled(printable(f"{name}: {result.case.name}"), style="bold"))
            for difference in result.differences:
                out.print(printable(f"  {difference}"), soft_wrap=True)
        if len(failed) > SHOWN:
            out.print()
            out.print(WORDS["more"].in_language(language).format(len(failed) - SHOWN))
    for each in changed:
        out.print(f"! {printable(each)}: {WORDS['another'].in_language(language)}", soft_wrap=True)


def _counted(passed: int, failed: int, language: str) -> Styled:
    text = Styled(WORDS["passed"].in_language(language).format(passed))
    if failed:
        said = WORDS["failed"].in_language(language).format(failed)
        text.append(", ").append(said, style="bold red")
    return text


def _record(found: Mapping[str, list[Result]], changed: list[str]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "rulesets_changed": changed,
        "engines": [
            {
                "engine": name,
                "passed": sum(not each.differences for each in results),
                "failed": sum(bool(each.differences) for each in results),
                "questions": {
                    score.question: {"passed": score.passed, "failed": score.failed}
                    for score in scores(results)
                },
                "failures": [
                    {
                        "case": result.case.name,
                        "differences": [
                            {"key": each.key, "expected": each.expected, "found": each.found}
                            for each in result.differences
                        ],
                    }
                    for result in results
                    if result.differences
                ],
            }
            for name, results in found.items()
        ],
    }
