"""logs in SQLite.

One file with a write-ahead log, synchronised to the disk before an append is acknowledged. Triggers
are a fence against mistakes; the chain is the proof.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from flk_rules.audit.chain import Entry, Kind, Link
from flk_rules.audit.sqlite_files import FAILURES, harden, reason_of, roll_back
from flk_rules.audit.stores import PATIENCE, Session, Store
from flk_rules.errors import AuditUnreadable, AuditUnwritable

APPLICATION = 0x464C4B41  # FLKA
VERSION = 1
_COLUMNS = "number, kind, salt, content, digest, hash"
_TABLES = (
    "CREATE TABLE record (number INTEGER PRIMARY KEY, kind TEXT NOT NULL, salt BLOB, content BLOB, "
    "digest BLOB NOT NULL, hash BLOB NOT NULL) STRICT",
    "CREATE INDEX record_of_kind ON record (kind, number) WHERE kind <> 'decision'",
    "CREATE TRIGGER record_stays BEFORE DELETE ON record BEGIN "
    "SELECT RAISE(ABORT, 'a log is append only'); END",
    "CREATE TRIGGER record_unchanged BEFORE UPDATE ON record WHEN NOT (NEW.content IS NULL AND "
    "NEW.salt IS NULL AND NEW.kind = 'decision' AND OLD.kind = 'decision' AND "
    "NEW.number = OLD.number AND NEW.digest = OLD.digest AND NEW.hash = OLD.hash) BEGIN "
    "SELECT RAISE(ABORT, 'a log is append only'); END",
    "CREATE TRIGGER record_in_order BEFORE INSERT ON record "
    "WHEN NEW.number IS NOT (SELECT COALESCE(MAX(number), 0) + 1 FROM record) BEGIN "
    "SELECT RAISE(ABORT, 'a log is append only'); END",
)


class SqliteStore(Store):
    """A log in one file, and its two companions while it is open.

    Safe to share between threads and to carry over a fork.
    """

    def __init__(
        self, path: Path | str, *, read_only: bool = False, patience: float = PATIENCE
    ) -> None:
        """Opens the file; unless `read_only`, an absent one is made.

        Raises `AuditUnreadable` for a file that is no log, or a log of another version, and
        `AuditUnwritable` for one that may not be written.
        """
        self.path, self.name = Path(path).absolute(), str(path)  # wherever the process goes
        self._read_only, self._patience = read_only, patience
        self._writer: sqlite3.Connection | None = None
        self._owner, self._lock = os.getpid(), threading.Lock()
        self.new = False
        if read_only and not self.path.is_file():
            raise AuditUnreadable(self.name, "expected an audit log, found no file there")
        if not read_only:
            self._connection()
        else:
            with self._reading() as connection:
                self._check(connection)

    # ---- opening ---------------------------------------------------------------------------------

    def _connection(self) -> sqlite3.Connection:
        """The writer's connection; in a forked child one of its own, for SQLite's do not cross."""
        if self._writer is None or self._owner != os.getpid():
            self._owner = os.getpid()
            try:
                self._writer = self._opened()
            except FAILURES as error:
                unfit = (sqlite3.NotSupportedError, sqlite3.DatabaseError)
                reason = reason_of(error)
                if isinstance(error, unfit) and "expected an audit log" in reason:
                    raise AuditUnreadable(self.name, reason) from None
                raise AuditUnwritable(self.name, reason) from None
        return self._writer

    def _opened(self) -> sqlite3.Connection:
        if self.path.is_dir():
            raise AuditUnreadable(self.name, "expected a file, found a folder")
        if not self.path.exists():
            with suppress(OSError):  # a new log is its owner's; what fails here is told below
                os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        connection = sqlite3.connect(
            self.path, timeout=self._patience, isolation_level=None, check_same_thread=False
        )
        try:
            harden(connection)
            if self._begun(connection):
                self._check(connection)
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
            if mode != "wal":
                reason = "no write-ahead log can be kept beside it; is it on a network drive?"
                raise AuditUnwritable(self.name, reason)
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA fullfsync = 1")
            connection.execute("PRAGMA secure_delete = ON")
            self._make(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _begun(self, connection: sqlite3.Connection) -> bool:
        """Whether there is anything in the file."""
        (tables,) = connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        return bool(tables)

    def _make(self, connection: sqlite3.Connection) -> None:
        """The tables of a new log, by whichever process comes first."""
        connection.execute("BEGIN IMMEDIATE")
        try:
            if not self._begun(connection):
                for statement in _TABLES:
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {APPLICATION}")
                connection.execute(f"PRAGMA user_version = {VERSION}")
                self.new = True
            connection.execute("COMMIT")
        except BaseException:
            roll_back(connection)
            raise
        self._check(connection)

    def _check(self, connection: sqlite3.Connection) -> None:
        """Nothing is done with a file whose tables are not exactly a log's."""
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if application != APPLICATION:
            raise AuditUnreadable(self.name, "expected an audit log, found another database")
        if version != VERSION:
            raise AuditUnreadable(
                self.name, f"expected a log of version {VERSION}, found version {version}"
            )
        # By no name is anything passed over but the tables in which ANALYZE counts.
        rows = connection.execute(
            "SELECT sql FROM sqlite_master WHERE NOT (type = 'table' "
            "AND name IN ('sqlite_stat1', 'sqlite_stat4')) ORDER BY sql"
        )
        if [sql for (sql,) in rows] != sorted(_TABLES):
            raise AuditUnreadable(
                self.name, "its tables and triggers are not those of a log: changed"
            )

    # ---- writing ---------------------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[Session]:
        if self._owner != os.getpid():
            self._lock = threading.Lock()  # another thread may have held it when the fork came
        with self._lock:
            connection = self._connection()
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield _SqliteSession(self.name, connection)
                connection.execute("COMMIT")
            except sqlite3.Error as error:
                raise AuditUnwritable(self.name, reason_of(error)) from None
            finally:
                roll_back(connection)

    def scrub(self) -> bool:
        with self._lock, suppress(sqlite3.Error):
            # While somebody reads, it does what it can and says so in its row.
            row = self._connection().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return row is not None and row[0] == 0
        return False

    # ---- reading ---------------------------------------------------------------------------------

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own, so that readers neither wait nor are waited for."""
        try:
            connection = self._reader()
            try:
                yield connection
            finally:
                connection.close()
        except FAILURES as error:
            raise AuditUnreadable(self.name, reason_of(error)) from None

    def _reader(self) -> sqlite3.Connection:
        """A connection that changes nothing. What a killed writer left behind has to be put right
        by one that may write, and that then asks only."""
        modes = ("ro&immutable=1",) if self._still() else ("ro", "rw")
        for mode in modes:
            uri = f"file:{quote(os.fsencode(self.path))}?mode={mode}"
            connection = sqlite3.connect(
                uri, uri=True, timeout=self._patience, isolation_level=None, check_same_thread=False
            )
            try:
                harden(connection)
                connection.execute("PRAGMA query_only = ON")
                self._begun(connection)
            except FAILURES as error:
                connection.close()
                name = getattr(error, "sqlite_errorname", None) or ""
                if mode == modes[-1] or not name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN")):
                    raise
            else:
                return connection
        raise AssertionError("the last mode returns or raises")

    def _still(self) -> bool:
        """Whether nobody can be writing: a folder that may not be written holds the file alone."""
        beside = self.path.with_name(f"{self.path.name}-wal")
        return not os.access(self.path.parent, os.W_OK) and not beside.exists()

    def entries(self, first: int = 1, last: int | None = None) -> Iterator[Entry]:
        bounds = [f"number >= {int(first)}"] if first > 1 else []  # what is below 1 shows, too
        bounds += [] if last is None else [f"number <= {int(last)}"]
        where = f"WHERE {' AND '.join(bounds)}" if bounds else ""
        with self._reading() as connection:
            # By the number, never by the index: every record is read from where it stands.
            for row in connection.execute(
                f"SELECT {_COLUMNS} FROM record NOT INDEXED {where} ORDER BY number"
            ):
                yield Entry(*row)

    def rulesets(self) -> Iterator[bytes]:
        with self._reading() as connection:
            for (content,) in connection.execute(
                "SELECT content FROM record WHERE kind <> 'decision' AND kind = 'ruleset'"
            ):
                yield content

    def last_number(self) -> int:
        with self._reading() as connection:
            (found,) = connection.execute("SELECT COALESCE(MAX(number), 0) FROM record").fetchone()
            return found if isinstance(found, int) else 0

    def close(self) -> None:
        if self._writer is not None and self._owner == os.getpid():
            with suppress(sqlite3.Error):
                self._writer.close()
        self._writer = None


class _SqliteSession(Session):
    def __init__(self, name: str, connection: sqlite3.Connection) -> None:
        super().__init__(name)
        self._connection = connection
        row = connection.execute(
            "SELECT number, hash FROM record ORDER BY number DESC LIMIT 1"
        ).fetchone()
        if row is not None:
            self.tail = Link(*row)

    def insert(self, entry: Entry) -> int:
        return self._connection.execute(
            f"INSERT INTO record ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",
            (entry.number, entry.kind, entry.salt, entry.content, entry.digest, entry.hash),
        ).rowcount

    def hash_at(self, number: int) -> bytes | None:
        found = self._connection.execute("SELECT hash FROM record WHERE number = ?", (number,))
        row = found.fetchone()
        return None if row is None else row[0]

    def last_of(self, kind: Kind) -> int:
        (found,) = self._connection.execute(
            "SELECT COALESCE(MAX(number), 0) FROM record WHERE kind <> 'decision' AND kind = ?",
            (kind.value,),
        ).fetchone()
        return int(found)

    def contents_of(self, kind: Kind) -> Iterator[bytes]:
        for (content,) in self._connection.execute(
            "SELECT content FROM record WHERE kind <> 'decision' AND kind = ?", (kind.value,)
        ):
            yield content

    def drop(self, numbers: list[int]) -> None:
        self._connection.executemany(
            "UPDATE record SET content = NULL, salt = NULL WHERE number = ?",
            [(each,) for each in numbers],
        )
