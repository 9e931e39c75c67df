"""flk report.

Receipts as one HTML page that needs nothing else: out of files, or out of a log.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from flk_rules.cli.audit import (
    Assumption,
    By,
    Key,
    Named,
    Outcome,
    Question,
    Rule,
    Since,
    Until,
    Whose,
)
from flk_rules.cli.files import STANDARD_INPUT, output_to, refuse_overwriting
from flk_rules.cli.options import Language, OptionInvalid, read_language
from flk_rules.cli.output import console, say
from flk_rules.cli.progress import with_progress, working
from flk_rules.errors import ExtraMissing, FileUnreadable

if TYPE_CHECKING:
    from flk_rules.audit.querying import Search
    from flk_rules.reporting import Collection

_SAID = {
    "one": {
        "sv": "sidan visar beslut {first} av {all}; --page 1 till {pages} väljer",
        "en": "the page shows decision {first} of {all}; --page 1 to {pages} chooses",
    },
    "some": {
        "sv": "sidan visar beslut {first} till {last} av {all}; --page 1 till {pages} väljer",
        "en": "the page shows decisions {first} to {last} of {all}; --page 1 to {pages} chooses",
    },
}


def report(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE",
            help="A receipt as JSON, or receipts one a line; - for standard input.",
        ),
    ] = None,
    out: Annotated[
        str, typer.Option("--out", "-o", metavar="FILE", help="The page; - for the screen.")
    ] = "-",
    log: Annotated[
        str | None,
        typer.Option("--log", metavar="LOG", help="Instead of files, what this log holds."),
    ] = None,
    record: Annotated[
        int | None, typer.Option("--record", metavar="NUMBER", help="One record of the log.")
    ] = None,
    question: Question = None,
    outcome: Outcome = None,
    rule: Rule = None,
    assumption: Assumption = None,
    ruleset: By = None,
    since: Since = None,
    until: Until = None,
    reference: Named = None,
    subject: Whose = None,
    key: Key = None,
    page: Annotated[
        int, typer.Option("--page", metavar="NUMBER", help="Which page of a large set.")
    ] = 1,
    per_page: Annotated[
        int, typer.Option("--per-page", metavar="NUMBER", help="Decisions shown on a page.")
    ] = 100,
    lang: Language = "sv",
) -> None:
    """Write a page for reading: a decision with its reasons, or many with their counts.

    The page is one file of HTML that fetches nothing. Options such as --question ask it of what
    files or a log hold; the counts are of all that fit, the decisions those of one page.
    """
    read_language(lang)
    if bool(files) == (log is not None):
        found = "both" if files else "neither"
        raise OptionInvalid("--log", "either a log or files of receipts", found)
    if record is not None and log is None:
        raise OptionInvalid("--record", "a log beside it, --log", "none")
    if (files or []).count("-") > 1:
        raise OptionInvalid(STANDARD_INPUT, "one file that is -", "two")
    refuse_overwriting(out, files or (), log)
    try:
        from flk_rules.cli.audit_search import search_of, tell_barren
        from flk_rules.reporting import MOST_PER_PAGE, Collection
        from flk_rules.reporting import page as written
    except ImportError:
        raise ExtraMissing("flk report", "report") from None
    _between("--per-page", per_page, MOST_PER_PAGE)
    if page < 1:
        raise OptionInvalid("--page", "the number of a page, 1 or more", str(page))
    asked = {
        "question": question, "outcome": outcome, "rule": rule, "assumption": assumption,
        "ruleset": ruleset, "since": since, "until": until, "reference": reference,
        "subject": subject,
    }  # fmt: skip
    search = search_of(key=key, **asked)
    # Whom it was about is told by no page: the reference is what a pseudonym hides.
    selection = {
        name: value.partition("=")[0] if name == "subject" else value
        for name, value in asked.items()
        if value is not None
    }
    collection = Collection(page=page, per_page=per_page)
    if log is not None:
        _collect_log(collection, log, record, search)
    else:
        _collect_files(collection, files or [], search)
    if page > collection.pages:
        upto = "1" if collection.pages == 1 else f"1 to {collection.pages}"
        raise OptionInvalid("--page", upto, str(page))
    count = len(collection.kept)
    text = written(
        collection,
        lang,
        selection=selection,
        watch=lambda kept: with_progress(kept, count, console(err=True)),
    )
    with output_to(out) as stream:
        stream.write(text.encode("utf-8"))
    tell_barren(search, lang)
    if count < collection.total:
        first = (page - 1) * per_page + 1
        say(_SAID["one" if count == 1 else "some"][lang].format(
            first=first, last=first + count - 1, all=collection.total, pages=collection.pages
        ))  # fmt: skip


def _between(option: str, value: int, most: int) -> None:
    if not 1 <= value <= most:
        raise OptionInvalid(option, f"a number from 1 to {most}", str(value))


def _collect_files(collection: Collection, names: list[str], search: Search) -> None:
    from flk_rules.reporting import Parts, read_receipts

    parts = Parts()
    with ExitStack() as stack:
        streams = [(stack.enter_context(_opened(name)), _named(name)) for name in names]
        stack.enter_context(working(console(err=True)))
        for stream, name in streams:
            for found in read_receipts(stream, name, parts):
                if search.fits(found[0].receipt.content):
                    collection.add(*found)


def _named(name: str) -> str:
    return STANDARD_INPUT if name == "-" else name


def _opened(name: str) -> BinaryIO:
    try:
        if name != "-":
            return Path(name).open("rb")
    except OSError as error:
        raise FileUnreadable(name, (error.strerror or str(error)).lower()) from None
    if sys.stdin is None:
        raise FileUnreadable(STANDARD_INPUT, "closed")
    return sys.stdin.buffer


def _collect_log(collection: Collection, log: str, record: int | None, search: Search) -> None:
    from flk_rules.audit.reading import Reader, open_store
    from flk_rules.cli.audit_upkeep import watched
    from flk_rules.reporting import Parts, from_record

    reader, parts = Reader(open_store(log, read_only=True)), Parts()
    if record is not None:
        reader.receipt(record)  # says why there is none
    for number, receipt in reader.receipts(watched(reader.store)):
        if (record is None or number == record) and search.fits(receipt.content):
            whole = reader.whole(receipt)
            at = f"{reader.store.name}: record {number}"
            collection.add(from_record(number, whole, at), parts.of(whole, at), at)
