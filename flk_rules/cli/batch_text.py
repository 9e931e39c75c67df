"""batches on paper.

What a batch came to, and what another ruleset would do, as tables and lines in Swedish or English.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from flk_rules.cli.figures import table_text
from flk_rules.cli.output import STYLES, console, say
from flk_rules.decision import Decision
from flk_rules.explaining import lines
from flk_rules.explaining.drawing import number_words
from flk_rules.explaining.phrases import label
from flk_rules.explaining.text import printable
from flk_rules.library import Ruleset
from flk_rules.model.rules import Text
from flk_rules.tables.picture import side_words
from flk_rules.tables.record import UNPAIRED

if TYPE_CHECKING:
    from flk_rules.facts import Facts
    from flk_rules.tables.batch import Job
    from flk_rules.tables.comparing import Comparison
    from flk_rules.tables.summary import Summary

_WORDS = {
    "outcome": Text(sv="utfall", en="outcome"),
    "rows": Text(sv="rader", en="rows"),
    "share": Text(sv="andel", en="share"),
    "grounds": Text(sv="regler som avgjorde", en="rules that decided"),
    "failed": Text(sv="regler som inte gav grund", en="rules that gave no ground"),
    "advice": Text(sv="råd", en="advice"),
    "directions": Text(sv="skäl för en mindre lista", en="reasons for a shorter list"),
    "assumptions": Text(sv="antaganden som svaret vilar på", en="assumptions answers rest on"),
    "missing": Text(sv="uppgifter som saknas", en="missing facts"),
    "with_missing": Text(
        sv="Uppgifter som kunde ändra utfallet saknas på {rows} rader.",
        en="{rows} rows lack facts that could change their outcome.",
    ),
    "with_missing_one": Text(
        sv="Uppgifter som kunde ändra utfallet saknas på en rad.",
        en="One row lacks facts that could change its outcome.",
    ),
    "unpaired_one": Text(
        sv="En rad i {table} fick ingen motpart och är inte med.",
        en="One row of {table} met no other and is not among them.",
    ),
    "see": Text(sv="Se {where}.", en="See {where}."),
    "changed_one": Text(
        sv="En av {of} rader får ett annat utfall.",
        en="One of {of} rows gets another outcome.",
    ),
    "unpaired": Text(
        sv="{rows} rader i {table} fick ingen motpart och är inte med.",
        en="{rows} rows of {table} met no other and are not among them.",
    ),
    "where": Text(
        sv="Svaren ligger i {folder}.",
        en="The answers are in {folder}.",
    ),
    "kept": Text(
        sv="Svaren ligger i {folder}; färdiga sedan tidigare: {kept}.",
        en="The answers are in {folder}; finished before: {kept}.",
    ),
    "stopped": Text(
        sv="avbruten; färdiga delar i {folder}: {parts}; samma kommando fortsätter",
        en="stopped; finished parts in {folder}: {parts}; the same command goes on",
    ),
    "before": Text(sv="före", en="before"),
    "after": Text(sv="efter", en="after"),
    "rule": Text(sv="regel", en="rule"),
    "gained": Text(sv="blir grund", en="becomes a ground"),
    "lost": Text(sv="är inte längre grund", en="is no longer a ground"),
    "neither": Text(sv="(samma grunder)", en="(the same grounds)"),
    "how": Text(sv="hur", en="how"),
    "changed": Text(
        sv="{rows} av {of} rader får ett annat utfall.",
        en="{rows} of {of} rows get another outcome.",
    ),
    "sample": Text(sv="Ett exempel: {change}", en="An example: {change}"),
    "under": Text(sv="enligt {ruleset}", en="under {ruleset}"),
}


def _word(name: str, language: str, **values: object) -> str:
    return _WORDS[name].in_language(language).format(**values)


def _sentence(name: str, rows: int, language: str, **values: str) -> str:
    """What is said of some rows, or of one."""
    counted = {"rows": number_words(rows, language), **values}
    return _word(f"{name}_one" if rows == 1 else name, language, **counted)


def say_stopped(job: Job, parts: int, language: str) -> None:
    """Says what a run that is stopped by hand leaves."""
    say(_word("stopped", language, folder=job.folder, parts=number_words(parts, language)))


def print_summary(summary: Summary, ruleset: Ruleset, job: Job, kept: int, language: str) -> None:
    """Prints what a batch came to; what could not be read goes to the error stream."""
    title = ruleset.questions[job.question].title.in_language(language)
    outcomes = {
        side_words(side, ruleset.model, job.question, language): rows
        for side, rows in summary.outcomes.items()
    }
    out = console()
    out.print(printable(f"{title}, {ruleset.id}, {ruleset.on}"), style=STYLES["heading"])
    out.print()
    _counts("outcome", outcomes, summary.rows, language)
    for name, counts in summary.lists.items():
        named = {_named(name, each, ruleset, language): rows for each, rows in counts.items()}
        if named:
            out.print()
            _counts(name, named, summary.rows, language)
    out.print()
    if summary.with_missing is not None:
        out.print(_sentence("with_missing", summary.with_missing, language))
    if summary.unpaired:
        alone = _sentence("unpaired", summary.unpaired, language, table=job.main.name)
        alone += " " + _word("see", language, where=job.folder / UNPAIRED)
        out.print(printable(alone), soft_wrap=True)
    where = _word("kept" if kept else "where", language,
                  folder=job.folder, kept=number_words(kept, language))  # fmt: skip
    out.print(printable(where), soft_wrap=True)
    for each in summary.unreadable:
        say(str(each))


def _named(name: str, item: str, ruleset: Ruleset, language: str) -> str:
    if name == "missing":
        return f"{label(item, ruleset.model, language)} ({item})"
    if name == "assumptions":
        return f"{ruleset.model.parameters[item].because.in_language(language)} ({item})"
    return f"{item}: {ruleset.model.rules[item].because.in_language(language)}"


def _counts(name: str, counts: Mapping[str, int], of: int, language: str, title: str = "") -> None:
    headings = [_word(each, language) for each in (name, "rows", "share")]
    rows = [
        [what, number_words(rows, language), _share(rows, of, language)]
        for what, rows in counts.items()
    ]
    table_text(headings, rows, "")


def _share(rows: int, of: int, language: str) -> str:
    text = f"{100 * rows / max(of, 1):.1f} %"
    return text.replace(".", ",") if language == "sv" else text


def print_comparison(
    found: Comparison, rulesets: list[Ruleset], job: Job, changed: Path | None, language: str
) -> None:
    """Prints what changes from one ruleset to the other, where all changed rows are, and one of
    each change under both; what could not be read goes to the error stream."""
    before, after = rulesets
    question = job.question
    sides = [
        [
            side_words(one, before.model, question, language),
            side_words(other, after.model, question, language),
            number_words(rows, language),
        ]
        for (one, other), rows in found.changes.items()
    ]
    out = console()
    of = number_words(found.rows, language)
    said = _sentence("changed", found.changed, language, of=of)
    if changed:
        said += " " + _word("see", language, where=changed)
    out.print(printable(said), soft_wrap=True)
    if found.unpaired:
        out.print(_sentence("unpaired", found.unpaired, language, table=job.main.name))
    for unread in found.unreadable:
        say(str(unread))
    if not found.changed:
        return
    out.print()
    headings = [
        f"{_word('before', language)}: {before.id}, {before.on}",
        f"{_word('after', language)}: {after.id}, {after.on}",
    ]
    table_text([*headings, _word("rows", language)], sides, "")
    out.print()
    rules = [
        [rule or _word("neither", language), _word(how, language) if how else "",
         number_words(rows, language)]
        for (rule, how), rows in found.rules.items()
    ]  # fmt: skip
    table_text([_word(each, language) for each in ("rule", "how", "rows")], rules, "")
    for sample in found.samples:
        sides_of = zip(sample.change, rulesets, strict=True)
        words = [side_words(each, of.model, question, language) for each, of in sides_of]
        change = " → ".join(words)
        out.print()
        out.print(printable(_word("sample", language, change=change)), style=STYLES["heading"])
        for ruleset, facts in ((before, sample.before), (after, sample.after)):
            out.print()
            out.print(
                _word("under", language, ruleset=f"{ruleset.id} {ruleset.version}, {ruleset.on}")
            )
            for line in lines(*_decision(ruleset, question, facts).parts, language):
                out.print(line.text, style=STYLES.get(line.style, ""), soft_wrap=True)


def _decision(ruleset: Ruleset, question: str, facts: Facts) -> Decision:
    decider = ruleset.decider(question, "reference")
    return Decision(decider.answer(facts), ruleset.model, decider)
