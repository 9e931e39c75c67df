"""changed rows on file.

The rows whose outcome another ruleset or day would change, as Parquet or CSV: part after part into
a file that gets its name when it is whole.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from flk_rules.errors import FileUnreadable
from flk_rules.tables.record import half_of

Write = Callable[[pa.Table], None]


@contextmanager
def into(path: Path, schema: pa.Schema) -> Iterator[Write]:
    """Writes tables of one schema, one after the other; lists with ``|`` between in CSV.

    Raises `FileUnreadable` where the file cannot be written; nothing is left then.
    """
    half = half_of(path)
    csv = path.suffix.lower() == ".csv"
    shape = _flat(schema.empty_table()).schema if csv else schema
    try:
        with (pcsv.CSVWriter if csv else pq.ParquetWriter)(str(half), shape) as writer:
            yield lambda table: writer.write_table(_flat(table) if csv else table)
        half.replace(path)
    except OSError as error:
        # Arrow's own words for it name the file that is not there yet.
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise FileUnreadable(path, reason.lower()) from None
    finally:
        with suppress(OSError):
            half.unlink(missing_ok=True)


def _flat(table: pa.Table) -> pa.Table:
    names = [each.name for each in table.schema if pa.types.is_list(each.type)]
    for name in names:
        joined = pa.array(["|".join(each) for each in table[name].to_pylist()], pa.string())
        table = table.set_column(table.column_names.index(name), name, joined)
    return table
