"""files decided.

Part after part: each is decided, counted, written under a name of its own and only then given its
final one. What is finished stays; a run that was broken off does the rest.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from attrs import evolve, field, frozen

from flk_rules.deciding import Decider
from flk_rules.engines.sql import dialect_of
from flk_rules.engines.sql.literals import text
from flk_rules.errors import FileUnreadable, Problem, TableInvalid, TablesFailure
from flk_rules.model.rules import Ruleset
from flk_rules.tables.checks import references_of, refuse_doubled
from flk_rules.tables.deciding import refuse_conflicts, runner, unreadable_of
from flk_rules.tables.duck import connected, told
from flk_rules.tables.files import Part
from flk_rules.tables.files import Source as File
from flk_rules.tables.pairing import unpaired, unpaired_rows
from flk_rules.tables.planning import WHOLE, Plan, Wish, plan
from flk_rules.tables.record import (
    FORMAT,
    MANIFEST,
    SCRATCH,
    UNPAIRED,
    alone_in,
    earlier,
    half_of,
    remove_halves,
    stamp,
)
from flk_rules.tables.shape import TEXTS
from flk_rules.tables.summary import Summary, counted, summary_of

FORMATS = ("parquet", "csv")
ROWS = 1_000_000
"""Rows of a part, if nothing else is asked for."""
_DUCKDB = dialect_of("duckdb")


@frozen(kw_only=True)
class Job:
    """A batch: what is asked of which files, and where the answers go.

    `main` is read part by part, `others` are whole tables by subject that it is joined with.
    """

    ruleset: Ruleset
    decider: Decider = field(repr=False)
    question: str
    main: File
    others: Mapping[str, File]
    wish: Wish
    folder: Path
    format: str = "parquet"
    rows: int = ROWS
    memory: str | None = None

    def settings(self) -> dict[str, Any]:
        """What must be the same for a run to go on where another ended."""
        return {
            "format": FORMAT,
            "library": version("flk_rules"),
            "ruleset": self.ruleset.id,
            "version": self.ruleset.version,
            "fingerprint": self.ruleset.fingerprint,
            "on": self.ruleset.on.isoformat(),
            "question": self.question,
            "pairs": self.wish.pairs,
            "unknown": self.wish.unknown
            if isinstance(self.wish.unknown, bool) else sorted(self.wish.unknown),
            "outputs": None if self.wish.outputs is None else list(self.wish.outputs),
            "rows": self.rows,
            "written": self.format,
            "files": {
                name: [stamp(path) for path in file.paths]
                for name, file in {self.main.name: self.main, **self.others}.items()
            },
        }  # fmt: skip


@frozen(kw_only=True)
class Done:
    """A part that is finished, now or before."""

    name: str
    summary: Summary
    before: bool


def planned(job: Job) -> Plan:
    """The plan of a job; raises as `plan` does."""
    files = _tables(job)
    wish = evolve(
        job.wish,
        titles={name: file.shown for name, file in files.items()},
    )
    columns = {name: file.columns for name, file in files.items()}
    return plan(job.ruleset, job.decider, job.question, columns, _DUCKDB, wish)


def run_batch(job: Job) -> Iterator[Done]:
    """Decides part after part; what earlier runs with the same settings finished is kept.

    Raises `TableInvalid` before the first part for columns that are missing or of the wrong type,
    for references on several rows, and where the folder is not this batch's to write to or another
    run is at work there; `FileUnreadable` for a file that cannot be read or a disk that is full;
    `ValuesConflict`. What is finished stays.
    """
    made = planned(job)
    earlier(job.folder, job.settings())  # before anything is written there
    _make_folder(job.folder)
    with alone_in(job.folder):
        record = earlier(job.folder, job.settings())
        write_json(job.folder / MANIFEST, record)  # first, so that the folder is known as ours
        remove_halves(job.folder, job.format)
        with connected(memory=job.memory, scratch=job.folder / SCRATCH) as connection:
            yield from _parts(connection, job, made, record)
        with suppress(OSError):  # what a run that was killed has left
            (job.folder / SCRATCH).rmdir()


def _parts(
    connection: duckdb.DuckDBPyConnection, job: Job, made: Plan, record: dict[str, Any]
) -> Iterator[Done]:
    run, joined = runner(connection), len(made.sources) > 1
    refuse_doubled_in_files(connection, job, made)
    for name, file in job.others.items():
        connection.register(name, file.whole(made.headings(name)))
    for number, part in enumerate(parts_of(job, made)):
        done = record["parts"].get(part.name)
        target = job.folder / f"{part.name}.{job.format}"
        alone = job.folder / UNPAIRED / target.name
        written = [target, *([alone] if joined else [])]
        if done is not None and all(each.is_file() for each in written):
            yield Done(name=part.name, summary=summary_of(done), before=True)
            continue
        with told(part.file):
            connection.register(job.main.name, part.read())
            connection.execute(f"CREATE OR REPLACE TEMP TABLE decided AS {made.sql}")
            ((without,),) = run('SELECT COUNT(*) FROM decided WHERE "outcome" IS NULL')
        refuse_conflicts(without, made)
        summary = counted(run, "decided", made.outputs) + Summary(
            unpaired=unpaired(run, made, _DUCKDB).get(job.main.name, 0),
            # What is wrong with the other tables is the same in every part.
            unreadable=tuple(unreadable_of(run, made, _DUCKDB, job.main.name if number else None)),
        )
        _write(connection, _shaped(made, job.format), target, job.format)
        if joined:
            _make_folder(alone.parent)
            lone = unpaired_rows(made, job.main.name)
            _write(connection, f"({_DUCKDB.sql(lone, pretty=False)})", alone, job.format)
        record["parts"][part.name] = summary.to_dict()
        write_json(job.folder / MANIFEST, record)
        yield Done(name=part.name, summary=summary, before=False)


def main_name(subjects: tuple[str, ...], others: Mapping[str, object], question: str) -> str:
    """What the main file is about: all subjects, or the one that no other file is about.

    Raises `TableInvalid` where that is not one.
    """
    if not others:
        return WHOLE
    left = [each for each in subjects if each not in others]
    strange = [each for each in others if each not in subjects]
    if strange or len(left) != 1:
        about = " and ".join(subjects)
        message = f"{question} is about {about}: expected one main file and one for each other"
        raise TableInvalid([Problem("", f"{message}, found others of {' and '.join(others)}")])
    return left[0]


def _make_folder(folder: Path) -> None:
    """Makes a folder where there is none; raises `FileUnreadable`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileUnreadable(folder, (error.strerror or str(error)).lower()) from None


def write_json(path: Path, value: object) -> None:
    """JSON under its final name, whole or not at all."""
    written_whole(path, lambda half: half.write_text(
        json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    ))  # fmt: skip


def written_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Writes under another name in the same folder and renames when it is whole."""
    half = half_of(path)
    try:
        write(half)
        half.replace(path)
    except OSError as error:
        raise FileUnreadable(path, (error.strerror or str(error)).lower()) from None
    finally:
        with suppress(OSError):  # gone when all is well, and kept by a folder that may not change
            half.unlink(missing_ok=True)


def _shaped(made: Plan, format_: str) -> str:
    """The answers as they are written: CSV has no lists."""
    if format_ != "csv":
        return "decided"
    names = [
        f"ARRAY_TO_STRING(\"{each.name}\", '|') AS \"{each.name}\""
        if each.type == TEXTS else f'"{each.name}"'
        for each in made.outputs
    ]  # fmt: skip
    return f"(SELECT {', '.join(names)} FROM decided)"


def _write(connection: duckdb.DuckDBPyConnection, select: str, target: Path, format_: str) -> None:
    options = "FORMAT csv, HEADER" if format_ == "csv" else "FORMAT parquet, COMPRESSION zstd"

    def write(half: Path) -> None:
        with told(str(target)):
            name = text(str(half)).sql(dialect="duckdb")
            connection.execute(f"COPY {select} TO {name} ({options})")

    written_whole(target, write)


def _tables(job: Job) -> dict[str, File]:
    return {job.main.name: job.main, **job.others}


def refuse_doubled_in_files(connection: duckdb.DuckDBPyConnection, job: Job, made: Plan) -> None:
    """Raises `TableInvalid` where a reference stands on several rows, over all parts of a file;
    its columns are read on their own."""
    for source in made.sources:
        names = references_of(source)
        if names:
            columns = made.bound[source.table].columns
            told_apart = [columns[name].heading for name in names]
            file = _tables(job)[source.table]
            failed: list[BaseException] = []
            connection.register(source.table, file.batches(told_apart, failed))
            try:
                refuse_doubled(runner(connection), source.table, file.shown, names, _DUCKDB)
            except TablesFailure:
                if failed:
                    raise failed[0] from None
                raise


def parts_of(job: Job, made: Plan) -> Iterator[Part]:
    """The parts of the main file with what the plan reads."""
    return job.main.parts(made.headings(job.main.name), job.rows)


def others_of(job: Job, made: Plan) -> dict[str, pa.Table]:
    """The other files, whole."""
    return {name: file.whole(made.headings(name)) for name, file in job.others.items()}
