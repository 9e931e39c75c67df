"""logs on PostgreSQL.

One log a database, that units share. An advisory lock lets one writer in at a time; a commit is
acknowledged when it is on the disk.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from flk_rules.audit.chain import MAX_CONTENT, Entry, Kind, Link
from flk_rules.audit.postgres_tables import TABLES, VERSION, has_tables, untouched
from flk_rules.audit.stores import PATIENCE, Session, Store
from flk_rules.errors import AuditUnreadable, AuditUnwritable

_LOCK = 0x464C4B41
_FETCHED = 200
"""Records in memory while a log is read."""
_COLUMNS = "number, kind, salt, content, digest, hash"
_REASONS = (
    ("53100", "the server's disk is full"),
    ("25006", "it may not be written"),
    ("42501", "no right to it"),
    ("55P03", "another process kept it locked; try again"),
    ("23", "a log is append only, and the record does not come after the last"),
    ("28", "the server does not know the user or the password"),
    ("3D", "there is no such database"),
    ("57", "the server ended the connection"),
    ("08", "the server cannot be reached"),
    ("XX", "the server's files are damaged"),
)


def reason_of(error: psycopg.Error) -> str:
    """What failed, in words of ours."""
    state = error.sqlstate or ""
    found = next((words for code, words in _REASONS if state.startswith(code)), None)
    if found is not None:
        return found
    if isinstance(error, psycopg.ProgrammingError) and not state:
        return "expected an address like postgresql://user@host/database"
    if isinstance(error, psycopg.OperationalError):
        return "the server cannot be reached, or did not let us in"
    return "the database refused it"


class PostgresStore(Store):
    """A log on a server. Safe to share between threads and to carry over a fork."""

    def __init__(
        self, address: str, *, read_only: bool = False, patience: float = PATIENCE
    ) -> None:
        """Connects; unless `read_only`, the tables of an empty database are made.

        Raises `AuditUnreadable` and `AuditUnwritable`.
        """
        self._address, self.name = address, without_password(address)
        self._patience = patience
        self._writer: psycopg.Connection[Any] | None = None
        self._owner, self._lock = os.getpid(), threading.Lock()
        try:
            if not read_only:
                with self._told(AuditUnwritable):
                    self._make(self._connection())
            with self._reading() as connection:
                self._check(connection)
        except BaseException:
            self.close()
            raise

    def _connect(self) -> psycopg.Connection[Any]:
        connection = psycopg.connect(
            self._address, connect_timeout=max(2, int(self._patience)), autocommit=True
        )
        # A server may be set to acknowledge early; a log's records are on the disk first.
        connection.execute("SET synchronous_commit = on")
        connection.execute("SET search_path = public")
        timeout = sql.Literal(f"{int(self._patience * 1000)}ms")
        connection.execute(sql.SQL("SET lock_timeout = {}").format(timeout))
        return connection

    def _connection(self) -> psycopg.Connection[Any]:
        """The writer's connection; in a forked child one of its own, and a new one after a loss."""
        if self._owner != os.getpid():
            self._writer, self._owner = None, os.getpid()
        if self._writer is None or self._writer.closed:
            self._writer = self._connect()
        return self._writer

    @contextmanager
    def _told(self, failure: type[AuditUnreadable] | type[AuditUnwritable]) -> Iterator[None]:
        """The driver's failures as ours."""
        try:
            yield
        except psycopg.Error as error:
            raise failure(self.name, reason_of(error)) from None

    def _make(self, connection: psycopg.Connection[Any]) -> None:
        row = connection.execute("SELECT current_setting('transaction_read_only')").fetchone()
        if row == ("on",):
            raise AuditUnwritable(self.name, "it may not be written")
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            if not has_tables(connection):
                connection.execute(TABLES)

    def _check(self, connection: psycopg.Connection[Any]) -> None:
        if not has_tables(connection):
            raise AuditUnreadable(self.name, "expected an audit log, found none in the database")
        row = connection.execute("SELECT version FROM flk_audit").fetchone()
        version = None if row is None else row[0]
        if version != VERSION:
            raise AuditUnreadable(
                self.name, f"expected a log of version {VERSION}, found version {version}"
            )
        if not untouched(connection):
            raise AuditUnreadable(
                self.name, "its tables and triggers are not those of a log: changed"
            )

    @contextmanager
    def writing(self) -> Iterator[Session]:
        if self._owner != os.getpid():
            self._lock = threading.Lock()  # another thread may have held it when the fork came
        with self._lock, self._told(AuditUnwritable):
            connection = self._connection()
            try:
                with connection.transaction():
                    connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
                    yield _PostgresSession(self.name, connection)
            except psycopg.OperationalError:
                connection.close()  # the next append connects anew
                raise

    def scrub(self) -> bool:
        """Gives the rows' old versions back; what the server's own history keeps of them is its
        keeper's."""
        with self._lock, suppress(psycopg.Error):
            connection = self._connection()
            connection.execute("VACUUM flk_record")
            query = "SELECT pg_stat_get_dead_tuples('public.flk_record'::regclass)"
            return _number(connection, query) == 0  # those that a reader still sees are left
        return False

    @contextmanager
    def _reading(self) -> Iterator[psycopg.Connection[Any]]:
        with self._told(AuditUnreadable):
            connection = self._connect()
            try:
                yield connection
            finally:
                connection.close()

    def entries(self, first: int = 1, last: int | None = None) -> Iterator[Entry]:
        lowest = first if first > 1 else -(2**63)  # what is below 1 shows, too
        query = (
            "SELECT number, kind, salt, "
            f"CASE WHEN octet_length(content) <= {MAX_CONTENT} THEN content END, digest, hash "
            "FROM flk_record WHERE number >= %s AND (%s::bigint IS NULL OR number <= %s) "
            "ORDER BY number"
        )
        with (
            self._reading() as connection,
            connection.transaction(),
            connection.cursor(name="flk_entries", binary=True) as cursor,
        ):
            cursor.itersize = _FETCHED
            for row in cursor.execute(query, (lowest, last, last)):
                yield Entry(*row)

    def rulesets(self) -> Iterator[bytes]:
        with self._reading() as connection:
            yield from _contents(connection, Kind.RULESET)

    def last_number(self) -> int:
        with self._reading() as connection:
            return _number(connection, "SELECT COALESCE(MAX(number), 0) FROM flk_record")

    def close(self) -> None:
        if self._writer is not None and self._owner == os.getpid():
            self._writer.close()
        self._writer = None


class _PostgresSession(Session):
    def __init__(self, name: str, connection: psycopg.Connection[Any]) -> None:
        super().__init__(name)
        self._connection = connection
        row = connection.execute(
            "SELECT number, hash FROM flk_record ORDER BY number DESC LIMIT 1"
        ).fetchone()
        if row is not None:
            self.tail = Link(row[0], bytes(row[1]))

    def insert(self, entry: Entry) -> int:
        return self._connection.execute(
            f"INSERT INTO flk_record ({_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s)",
            (entry.number, entry.kind, entry.salt, entry.content, entry.digest, entry.hash),
        ).rowcount

    def hash_at(self, number: int) -> bytes | None:
        row = self._connection.execute(
            "SELECT hash FROM flk_record WHERE number = %s", (number,)
        ).fetchone()
        return None if row is None else bytes(row[0])

    def last_of(self, kind: Kind) -> int:
        return _number(
            self._connection,
            "SELECT COALESCE(MAX(number), 0) FROM flk_record "
            "WHERE kind <> 'decision' AND kind = %s",
            kind.value,
        )

    def contents_of(self, kind: Kind) -> Iterator[bytes]:
        return _contents(self._connection, kind)

    def drop(self, numbers: list[int]) -> None:
        self._connection.execute(
            "UPDATE flk_record SET content = NULL, salt = NULL WHERE number = ANY(%s)", (numbers,)
        )


def _contents(connection: psycopg.Connection[Any], kind: Kind) -> Iterator[bytes]:
    rows = connection.execute(
        "SELECT content FROM flk_record WHERE kind <> 'decision' AND kind = %s", (kind.value,)
    )
    for (content,) in rows:
        yield bytes(content)


def _number(connection: psycopg.Connection[Any], query: str, *values: str) -> int:
    row = connection.execute(query.encode(), values).fetchone()
    return 0 if row is None else int(row[0])


def without_password(address: str) -> str:
    """The address as messages may show it.

    >>> without_password("postgresql://unit:secret@db.example/audit?sslmode=require")
    'postgresql://unit@db.example/audit'
    """
    parts = urlsplit(address)
    user = f"{parts.username}@" if parts.username else ""
    try:
        port = f":{parts.port}" if parts.port else ""
    except ValueError:  # no number: the driver says so when it is used
        port = ""
    return urlunsplit((parts.scheme, f"{user}{parts.hostname or ''}{port}", parts.path, "", ""))
