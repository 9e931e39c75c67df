"""the printed SQL of PostgreSQL.

Nothing in the library runs there, but what `flk sql` prints for it is run here on a server, and
gives what the reference interpreter gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
import pytest

from flk_rules.deciding import Decider
from flk_rules.engines.sql import dialect_of
from flk_rules.engines.sql.dialects import Postgres
from flk_rules.engines.sql.literals import column
from flk_rules.model.rules import Ruleset
from flk_rules.model.values import Kind, Value
from flk_rules.tables.printing import question_sql
from flk_rules.tables.query import Query
from flk_rules.tables.sources import Source
from soak.shipped import differing, loaded
from soak.tables import shipped_tables
from support.postgres import Server, programs, server
from support.services import absent
from support.tabled import read_facts

TYPES = {
    Kind.BOOL: "boolean", Kind.INT: "bigint", Kind.DOUBLE: "double precision", Kind.STRING: "text",
    Kind.LIST: "text[]",
}  # fmt: skip
ROWS = 150


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    if programs() is None:
        absent("a server of PostgreSQL", "apt-get install postgresql")
    with server() as found:
        yield found


class OnPostgres:
    """Runs the query of a question on a server, as `soak.tables.compare` asks for it."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def __call__(
        self,
        ruleset: Ruleset,
        decider: Decider,
        question: str,
        facts: Sequence[dict[str, Value]],
        outputs: Sequence[str],
    ) -> list[dict[str, Any]]:
        names = read_facts(ruleset, question)
        made_of = [f'"{each}" {TYPES[ruleset.schema.facts[each].type.kind]}' for each in names]
        self._connection.execute("DROP TABLE IF EXISTS roster")
        self._connection.execute(f"CREATE TABLE roster (row bigint, {', '.join(made_of)})".encode())
        with self._connection.cursor() as cursor:
            cells = ", ".join(["%s"] * (len(names) + 1))
            cursor.executemany(
                f"INSERT INTO roster VALUES ({cells})".encode(),
                [(row, *(_cell(each.get(name)) for name in names))
                 for row, each in enumerate(facts)],
            )  # fmt: skip
        query = Query(ruleset, decider.combining, question, dialect_of("postgres"))
        source = Source("roster", (), tuple((name, column(name)) for name in ("row", *names)))
        tree = query.tree([source], ["row"], outputs, truths=True)
        found = self._connection.execute(query.dialect.sql(tree).encode())
        assert found.description is not None
        ids = {Postgres.called(rule.id): rule.id for rule in ruleset.rules_of(question)}
        columns = [ids.get(each.name, each.name) for each in found.description]
        rows = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
        rows.sort(key=lambda row: row["row"])
        return [{name: row[name] for name in row if name != "row"} for row in rows]


def _cell(value: Value | None) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value


@pytest.fixture
def postgres(running: Server) -> Iterator[OnPostgres]:
    with psycopg.connect(running.database(), autocommit=True) as connection:
        yield OnPostgres(connection)


@pytest.mark.no_cover
@pytest.mark.parametrize(("name", "question"), differing())
def test_shipped_questions(postgres: OnPostgres, name: str, question: str) -> None:
    found = shipped_tables(name, question, 7, ROWS, run=postgres)
    assert found.rows == ROWS
    assert not found.differences, "\n".join(found.differences[:3])
    assert min(found.true, found.false, found.unknown) > 0


@pytest.mark.parametrize("tables", [False, True])
def test_what_is_printed_runs(running: Server, tables: bool) -> None:
    """As somebody does who pastes it: over tables called as the command says."""
    ruleset = loaded("se.stockholm")
    decider = Decider(ruleset, "eligibility", "reference")
    sql = question_sql(ruleset, decider, "eligibility", "postgres", tables=tables)
    facts = read_facts(ruleset, "eligibility")
    made = {"physician": ["id"], "patient": ["id", "listed_with"]} if tables else {"roster": []}
    with psycopg.connect(running.database(), autocommit=True) as connection:
        for table, more in made.items():
            typed = [
                f'"{each}" {TYPES[ruleset.schema.facts[each].type.kind]}'
                for each in facts if table in ("roster", each.partition(".")[0])
            ]  # fmt: skip
            typed += [f'"{table}.{each}" text' for each in more]
            typed += [f'"{each}.id" text' for each in ("physician", "patient")] * (not tables)
            connection.execute(f"CREATE TABLE {table} ({', '.join(typed)})".encode())
            connection.execute(
                f'INSERT INTO {table} ("{table}.id") VALUES (\'a\')'.encode() if tables
                else b"INSERT INTO roster (\"patient.id\") VALUES ('a')"
            )  # fmt: skip
        if tables:
            connection.execute(b"UPDATE patient SET \"patient.listed_with\" = 'a'")
        found = connection.execute(sql.encode())
        assert found.description is not None
        names = [each.name for each in found.description]
        (row,) = found.fetchall()
        assert dict(zip(names, row, strict=True))["outcome"] == "undetermined"
