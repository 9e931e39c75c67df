"""flk explain.

Explains one row of a batch by the reference interpreter, and holds the two against each other.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from flk_rules import load
from flk_rules.cli.batch import make_job
from flk_rules.cli.options import Folders, Language, OptionInvalid, read_language
from flk_rules.cli.output import STYLES, as_json, console
from flk_rules.decision import Decision
from flk_rules.errors import ExtraMissing, FileUnreadable
from flk_rules.explaining import lines


def explain(
    folder: Annotated[Path, typer.Argument(help="The folder that flk batch wrote.")],
    row: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME=ID",
            help="The row's references: physician.id=A patient.id=7; or row=7.",
        ),
    ],
    format_: Annotated[
        str, typer.Option("--format", metavar="text|json", help="How it is printed.")
    ] = "text",
    path: Folders = None,
    lang: Language = "sv",
) -> None:
    """Explain one row of a batch: its facts are read from the batch's files once more, the
    reference interpreter decides, and what the batch wrote must be the same."""
    read_language(lang)
    wanted = dict(_named(each) for each in row)
    if len(wanted) < len(row):
        raise OptionInvalid("NAME=ID", "each reference once", " ".join(row))
    try:
        from flk_rules.tables.again import row_again
        from flk_rules.tables.record import read_record
        from flk_rules.tables.rows import refuse_difference
    except ImportError:
        raise ExtraMissing("tables", "tables") from None
    record = read_record(folder)
    ruleset = load(record["ruleset"], on=date.fromisoformat(record["on"]), path=path or ())
    if ruleset.fingerprint != record["fingerprint"]:
        reason = f"decided by {record['ruleset']} {record['version']}, which has changed since"
        raise FileUnreadable(folder, reason)
    files = {name: [Path(each["path"]) for each in some] for name, some in record["files"].items()}
    main, *others = files
    unknown = record["unknown"]
    job = make_job(
        ruleset, record["question"], files[main], {name: files[name] for name in others},
        out=folder, pairs=record["pairs"],
        unknown=unknown if isinstance(unknown, bool) else frozenset(unknown),
        outputs=tuple(record["outputs"]) if record["outputs"] is not None else None,
        written=record["written"], rows=record["rows"], memory=None,
    )  # fmt: skip
    found = row_again(job, wanted)
    decider = ruleset.decider(record["question"], "reference")
    decision = Decision(decider.answer(found.facts), ruleset.model, decider)
    refuse_difference(found.said, decision)
    if format_ == "json":
        typer.echo(as_json(decision.to_dict(), indent=2), nl=False)
        return
    out = console()
    for line in lines(*decision.parts, lang):
        out.print(line.text, style=STYLES.get(line.style, ""), soft_wrap=True)


def _named(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not (mark and name):
        raise OptionInvalid("NAME=ID", "a reference such as patient.id=7", repr(text))
    return name, value
