"""a batch's row again.

Finds one row of a batch in the files it was decided from and in the part where its answer stands,
to be explained by the reference interpreter and held against it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from attrs import frozen
from sqlglot import exp

from flk_rules.engines.sql import dialect_of
from flk_rules.engines.sql.literals import all_of, column, text
from flk_rules.errors import Problem, TableInvalid
from flk_rules.facts import Facts
from flk_rules.tables.batch import Job, others_of, parts_of, planned
from flk_rules.tables.deciding import runner
from flk_rules.tables.duck import connected, told
from flk_rules.tables.files import Part
from flk_rules.tables.planning import WHOLE, Plan
from flk_rules.tables.record import UNPAIRED, read_record, refuse_changed_files
from flk_rules.tables.rows import Run, as_facts, facts_of_source
from flk_rules.tables.shape import TEXTS

ROW = "row"
"""The name by which any row is asked for: its number among the answers, from 1."""
_DUCKDB = dialect_of("duckdb")


@frozen
class Found:
    """A row's facts, and what the batch says of it, by column."""

    facts: Facts
    said: Mapping[str, Any]


def row_again(job: Job, wanted: Mapping[str, str]) -> Found:
    """The row with these references, or with this number.

    Raises `TableInvalid` where there is no such row or several, or one of joined tables that has no
    id to find its facts by; `FileUnreadable` for a folder that holds no batch, and for a file that
    has changed since.
    """
    record = read_record(job.folder)
    refuse_changed_files(record, job.settings())
    made = planned(job)
    names = made.references if _referable(made) else ()
    if set(wanted) != {ROW} and not (wanted and set(wanted) <= set(names)):
        ways = " or ".join([*([" and ".join(names)] if names else []), ROW])
        message = f"expected {ways}, found {' and '.join(wanted) or 'nothing'}"
        raise TableInvalid([Problem(str(job.folder), message)])
    with connected(memory=job.memory) as connection:
        run = runner(connection)
        for name, table in others_of(job, made).items():
            connection.register(name, table)
        found = list(islice(_answers(run, job, made, record, wanted), 2))
        if not found:
            raise _nowhere(job, record, wanted)
        if len(found) > 1:
            telling = " and ".join(made.references)
            message = f"several rows with {' and '.join(wanted.values())}; name {telling}"
            raise TableInvalid([Problem(str(job.folder), message)])
        ((part, place, said),) = found
        table = part.read()
        here = {name: said[name] for name in made.references if said[name] is not None}
        if ROW in wanted and len(made.sources) == 1:
            table, here = table.slice(place, 1), {}
        elif ROW in wanted:
            _refuse_nameless(made, here, job.folder)
        connection.register(job.main.name, table)
        facts: dict[str, Any] = {}
        for source in made.sources:
            facts |= facts_of_source(run, made, source, here, _DUCKDB) or {}
        return Found(as_facts(job.ruleset, facts), said)


def _answers(
    run: Run, job: Job, made: Plan, record: Mapping[str, Any], wanted: Mapping[str, str]
) -> Iterator[tuple[Part, int, dict[str, Any]]]:
    """The rows that may be meant: the part, the place in it where that is known, and what is said
    there."""
    left = _number(wanted[ROW], job.folder) if ROW in wanted else None
    for part in parts_of(job, made):
        if part.name not in record["parts"]:
            continue
        rows = record["parts"][part.name]["rows"]
        if left is not None and left > rows:
            left -= rows
            continue
        answer = job.folder / f"{part.name}.{record['written']}"
        for said in _read(run, made, answer, wanted, left):
            yield part, (left or 1) - 1, said
        if left is not None or set(wanted) == set(made.references):
            return


def _nowhere(job: Job, record: Mapping[str, Any], wanted: Mapping[str, str]) -> TableInvalid:
    sought = " and ".join(f"{name}={value}" for name, value in wanted.items())
    message = f"no row with {sought} among the finished parts"
    lone = sum(each["unpaired"] for each in record["parts"].values())
    if lone and ROW not in wanted:
        message += f"; {lone:,} of {job.main.name} met no other and were asked nothing ({UNPAIRED})"
    return TableInvalid([Problem(str(job.folder), message)])


def _referable(made: Plan) -> bool:
    """Whether a row is one by its references."""
    subjects = [subject for source in made.sources for subject in source.subjects]
    whole = made.sources[0].table == WHOLE
    return len(made.references) == len(subjects) if whole else bool(made.references)


def _refuse_nameless(made: Plan, here: Mapping[str, str], folder: Path) -> None:
    """Raises `TableInvalid` where a joined row has no id of a table that its facts are in."""
    for source in made.sources:
        if not any(name in here for name, _ in source.columns):
            message = f"the row has no {source.table}.id by which its facts could be found again"
            raise TableInvalid([Problem(str(folder), f"{message}; give the table's rows ids")])


def _number(given: str, folder: Path) -> int:
    if given.isdecimal() and int(given) >= 1:
        return int(given)
    message = f"expected {ROW}= with a whole number from 1, found {given!r}"
    raise TableInvalid([Problem(str(folder), message)])


def _read(
    run: Run, made: Plan, path: Path, wanted: Mapping[str, str], place: int | None
) -> Iterator[dict[str, Any]]:
    """Rows of a finished part, two at the most, lists as lists."""
    csv = path.suffix == ".csv"
    plain = re.sub(r"([\[*?])", r"[\1]", str(path))  # else the database would look for others
    name = text(plain).sql(dialect="duckdb")
    table = f"read_csv({name}, all_varchar = true)" if csv else f"read_parquet({name})"
    columns = ", ".join(column(each.name).sql(dialect="duckdb") for each in made.outputs)
    if place:
        tail = f"LIMIT 1 OFFSET {place - 1}"
    else:
        same = [exp.EQ(this=column(key), expression=text(value)) for key, value in wanted.items()]
        tail = f"WHERE {all_of(same).sql(dialect='duckdb')} LIMIT 2"
    with told(str(path)):
        rows = run(f"SELECT {columns} FROM {table} {tail}")
    for row in rows:
        said = dict(zip([each.name for each in made.outputs], row, strict=True))
        for each in made.outputs if csv else ():
            if each.type == TEXTS:
                said[each.name] = said[each.name].split("|") if said[each.name] else []
            elif each.name == "value" and said["value"] is not None:
                said["value"] = float(said["value"])
        yield said
