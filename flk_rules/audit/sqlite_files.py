"""files of SQLite.

What fails with them in words of ours, and connections to files that may be anybody's.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress

from flk_rules.audit.chain import MAX_CONTENT

_REASONS = (
    ("SQLITE_FULL", "the disk is full"),
    ("SQLITE_READONLY", "it may not be written"),
    ("SQLITE_BUSY", "another process kept it locked; try again"),
    ("SQLITE_LOCKED", "another process kept it locked; try again"),
    ("SQLITE_NOTADB", "expected an audit log, found another kind of file"),
    ("SQLITE_CORRUPT", "the file is damaged"),
    ("SQLITE_IOERR", "the disk failed or is full"),
    ("SQLITE_CANTOPEN", "cannot be opened: no such folder or file, or no right to it"),
    ("SQLITE_PERM", "cannot be opened: no right to it"),
    ("SQLITE_AUTH", "cannot be opened: no right to it"),
    ("SQLITE_TOOBIG", f"a record has more than {MAX_CONTENT:,} bytes"),
    ("SQLITE_CONSTRAINT", "a log is append only, and the record does not come after the last"),
)


FAILURES = (sqlite3.Error, UnicodeDecodeError)
"""What a file may cause: of a damaged one even SQLite's own message may be no text."""


def reason_of(error: sqlite3.Error | UnicodeDecodeError) -> str:
    """What failed, in words of ours."""
    name = getattr(error, "sqlite_errorname", None) or ""
    if isinstance(error, UnicodeDecodeError):
        name = "SQLITE_CORRUPT"
    if isinstance(error, sqlite3.DataError) or "too big" in str(error):
        name = "SQLITE_TOOBIG"
    found = (words for code, words in _REASONS if name.startswith(code))
    return next(found, "the database refused it")


def harden(connection: sqlite3.Connection) -> None:
    """A file may be anybody's: its schema runs nothing, and no record fills the memory."""
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_CONTENT + 1_000)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")


def roll_back(connection: sqlite3.Connection) -> None:
    """Ends what was not committed."""
    with suppress(sqlite3.Error):
        if connection.in_transaction:
            connection.execute("ROLLBACK")
