"""DuckDB for tables.

One connection a run, with bounds on what it may hold in memory; what goes wrong inside is said in
our words.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from flk_rules.errors import FileUnreadable, TablesFailure, shown
from flk_rules.tables.shape import is_size


@contextmanager
def connected(
    *, memory: str | None = None, threads: int | None = None, scratch: Path | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of its own; `scratch` is where it puts what memory does not hold."""
    settings: dict[str, Any] = {}
    if memory is not None:
        if not is_size(memory):
            raise TablesFailure(f"expected memory like 4GB, found {shown(memory)}")
        settings["memory_limit"] = memory
    if threads is not None:
        settings["threads"] = threads
    if scratch is not None:
        settings["temp_directory"] = str(scratch)
    with told():
        connection = duckdb.connect(config=settings)
    try:
        connection.execute("SET enable_progress_bar = false")  # the bar is ours
        with told():
            yield connection
    finally:
        connection.close()


@contextmanager
def told(where: str | None = None) -> Iterator[None]:
    """The database's failures as ours; one that was broken off by hand is that."""
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise TablesFailure(
            "out of memory; give it more memory, or a folder with room for what does not fit"
        ) from None
    except duckdb.IOException as error:
        raise FileUnreadable(where or "a file", _reason(str(error))) from None
    except duckdb.InterruptException:
        raise KeyboardInterrupt from None
    except RuntimeError as error:  # what it says of Ctrl-C where rows are fetched
        if "interrupted" not in str(error).lower():
            raise
        raise KeyboardInterrupt from None
    except duckdb.Error as error:
        raise TablesFailure(_first_line(str(error))) from None


def _reason(said: str) -> str:
    """What the system said of a file: the database gives its number, its words, or neither."""
    number = re.search(r'"errno":"([0-9]+)"', said)
    if number:
        return os.strerror(int(number[1])).lower()
    words = (os.strerror(each) for each in sorted(errno.errorcode))
    found = next((each for each in words if each.lower() in said.lower()), None)
    return found.lower() if found else "could not be read or written"


def _first_line(said: str) -> str:
    return said.strip().split("\n")[0].partition(": ")[2].lower() or said.split("\n")[0].lower()
