"""flk audit.

The commands about a log of decisions. What they do is in `audit_upkeep`, `audit_query` and
`audit_replay`, which are loaded when they are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flk_rules.cli.commands import Command, Commands
from flk_rules.cli.options import (
    Folders,
    Language,
    OptionInvalid,
    one_of,
    read_language,
)
from flk_rules.errors import ExtraMissing

if TYPE_CHECKING:
    from flk_rules.audit import AuditLog

COUNTED = ("outcome", "question", "rule", "ground", "assumption", "missing", "ruleset")

audit = typer.Typer(
    cls=Commands,
    help="Verify, query, replay and export a log of decisions.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@contextmanager
def _needed(what: str = "flk audit") -> Iterator[None]:
    """What a log needs is told where it is not there."""
    try:
        yield
    except ImportError:
        raise ExtraMissing(what, "audit") from None


@contextmanager
def audited(log: str | None, key: Path | None) -> Iterator[AuditLog | None]:
    """The log that a command writes its decisions to, None where it writes none."""
    if log is None:
        if key is not None:
            raise OptionInvalid("--audit-key", "a log beside it, --audit", "none")
        yield None
        return
    with _needed("--audit"):
        from flk_rules.audit import AuditLog
        from flk_rules.cli.audit_search import read_key
    with AuditLog(log, key=None if key is None else read_key(key)) as opened:
        yield opened


Log = Annotated[
    str, typer.Argument(metavar="LOG", help="The log: a file, or an address postgresql://...")
]
Question = Annotated[str | None, typer.Option(metavar="ID", help="Of this question.")]
Outcome = Annotated[str | None, typer.Option(metavar="OUTCOME", help="With this outcome.")]
Rule = Annotated[str | None, typer.Option(metavar="ID", help="In which this rule was true.")]
Assumption = Annotated[str | None, typer.Option(metavar="ID", help="That rest on this assumption.")]
By = Annotated[str | None, typer.Option("--ruleset", "-r", metavar="ID", help="Id or fingerprint.")]
Since = Annotated[str | None, typer.Option(metavar="DATE", help="Made then or later.")]
Until = Annotated[str | None, typer.Option(metavar="DATE", help="Made before then.")]
Named = Annotated[
    str | None, typer.Option("--reference", metavar="REFERENCE", help="With this reference.")
]
Whose = Annotated[
    str | None,
    typer.Option("--subject", metavar="SUBJECT=REFERENCE", help="About this subject; needs --key."),
]
Key = Annotated[
    Path | None, typer.Option("--key", metavar="FILE", help="The key of the pseudonyms.")
]


@audit.command(cls=Command)
def verify(
    log: Log,
    head: Annotated[
        list[Path] | None,
        typer.Option("--head", metavar="FILE", help="A head that was kept elsewhere; repeatable."),
    ] = None,
    public_key: Annotated[
        Path | None,
        typer.Option(
            "--public-key", metavar="FILE", help="The key whose signatures heads must bear, as PEM."
        ),
    ] = None,
    format_: Annotated[
        str, typer.Option("--format", metavar="text|json", help="How the result is printed.")
    ] = "text",
    lang: Language = "sv",
) -> None:
    """Find any change, removal, move, insertion and truncation of a log.

    The exit code is 0 if everything that was asked holds, 1 if a record does not, 2 if there was
    nothing that could be verified.
    """
    read_language(lang)
    one_of("--format", format_, ("text", "json"))
    with _needed():
        from flk_rules.cli.audit_upkeep import verify_log
    verify_log(log, head or (), public_key, format_, lang)


@audit.command("head", cls=Command)
def head_of(
    log: Log,
    signing_key: Annotated[
        Path | None,
        typer.Option(
            "--signing-key", metavar="FILE", help="A private Ed25519 key as PEM to sign it with."
        ),
    ] = None,
    stored: Annotated[
        bool, typer.Option("--stored", help="The last head that stands in the log instead.")
    ] = False,
) -> None:
    """Print the head of a log, to be kept elsewhere; the log is verified first."""
    if stored and signing_key is not None:
        raise OptionInvalid("--stored", "no key beside it", "--signing-key")
    with _needed():
        from flk_rules.cli.audit_upkeep import print_head
    print_head(log, signing_key, stored)


@audit.command(cls=Command)
def prune(
    log: Log,
    before: Annotated[
        str, typer.Option("--before", metavar="DATE", help="The first day that stays.")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Drop them; without it they are counted.")] = (
        False
    ),
    lang: Language = "sv",
) -> None:
    """Drop the contents of decisions after their time; the chain stays verifiable."""
    read_language(lang)
    with _needed():
        from flk_rules.cli.audit_upkeep import prune_log
    prune_log(log, before, yes, lang)


@audit.command(cls=Command)
def show(
    log: Log, record: Annotated[int, typer.Argument(metavar="RECORD", help="Its number.")]
) -> None:
    """Print one receipt with the rules that were read, as JSON."""
    with _needed():
        from flk_rules.cli.audit_query import show_receipt
    show_receipt(log, record)


@audit.command(cls=Command)
def query(
    log: Log,
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
    count: Annotated[
        str | None, typer.Option(metavar="|".join(COUNTED), help="Count these instead.")
    ] = None,
    lang: Language = "sv",
) -> None:
    """List decisions of a log, or count what they rest on."""
    read_language(lang)
    if count is not None:
        one_of("--count", count, COUNTED)
    with _needed():
        from flk_rules.cli.audit_query import query_log
        from flk_rules.cli.audit_search import search_of
    search = search_of(
        question=question, outcome=outcome, rule=rule, assumption=assumption, ruleset=ruleset,
        since=since, until=until, reference=reference, subject=subject, key=key,
    )  # fmt: skip
    query_log(log, search, count, lang)


@audit.command(cls=Command)
def export(
    log: Log,
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="Where to; - for the screen.")],
    format_: Annotated[
        str, typer.Option("--format", metavar="jsonl|csv|parquet", help="The format.")
    ] = "jsonl",
    whole: Annotated[
        bool, typer.Option("--whole", help="Each JSON line with the rules that were read.")
    ] = False,
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
    lang: Language = "sv",
) -> None:
    """Write decisions of a log into a file."""
    read_language(lang)
    one_of("--format", format_, ("jsonl", "csv", "parquet"))
    if whole and format_ != "jsonl":
        raise OptionInvalid("--whole", "the format jsonl", format_)
    if out == "-" and format_ == "parquet":
        raise OptionInvalid("--out", "a file for the format parquet", "-")
    with _needed():
        from flk_rules.cli.audit_query import export_log
        from flk_rules.cli.audit_search import search_of
    search = search_of(
        question=question, outcome=outcome, rule=rule, assumption=assumption, ruleset=ruleset,
        since=since, until=until, reference=reference, subject=subject, key=key,
    )  # fmt: skip
    export_log(log, search, out, format_, whole, lang)


@audit.command(cls=Command)
def replay(
    log: Log,
    record: Annotated[
        list[int] | None, typer.Option("--record", metavar="NUMBER", help="Only this; repeatable.")
    ] = None,
    against: Annotated[
        str | None, typer.Option(metavar="RULESET", help="By the rules of this ruleset instead.")
    ] = None,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help="The day of --against.")
    ] = None,
    path: Folders = None,
    format_: Annotated[
        str, typer.Option("--format", metavar="text|jsonl", help="How it is printed.")
    ] = "text",
    lang: Language = "sv",
) -> None:
    """Decide again what a log holds, by the rules that it kept or by others.

    The exit code is 0 if every decision came out the same, 1 if not.
    """
    read_language(lang)
    one_of("--format", format_, ("text", "jsonl"))
    if (against is None) != (on is None):
        option, other = ("--on", "--against") if on is None else ("--against", "--on")
        raise OptionInvalid(option, f"a value beside {other}", "nothing")
    with _needed():
        from flk_rules.cli.audit_replay import replay_log
    replay_log(log, record or (), against, on, path or (), format_, lang)
