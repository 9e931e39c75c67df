"""Arrow at the edge.

Whatever speaks the Arrow PyCapsule protocol (PyArrow, Polars, pandas, DuckDB relations) as an Arrow
table, and its types in our words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.types as kinds

from flk_rules.errors import Problem, TableInvalid
from flk_rules.tables import columns as kind
from flk_rules.tables.columns import Column
from flk_rules.tables.shape import NUMBER, TEXTS, Output


def arrow_table(where: str, given: Any) -> pa.Table:
    """A table as Arrow; raises `TableInvalid` for what is none."""
    if isinstance(given, pa.Table):
        return given
    try:
        if isinstance(given, (pa.RecordBatch, Mapping)) or hasattr(given, "__arrow_c_stream__"):
            return pa.table(given)
    except (ValueError, TypeError, pa.ArrowException) as error:
        reason = str(error).split("\n")[0].lower()
        raise TableInvalid([Problem(where, f"not to be read as Arrow: {reason}")]) from None
    expected = "expected a table that speaks Arrow, such as PyArrow, Polars, pandas or DuckDB"
    raise TableInvalid([Problem(where, f"{expected}, found {type(given).__name__}")])


def columns_of(schema: pa.Schema, *, cells: bool = False) -> Sequence[Column]:
    """The columns of a table; `cells` where every text is one of a spreadsheet."""
    return [
        Column(field.name, kind.CELLS if cells and _is_text(field.type) else kind_of(field.type))
        for field in schema
    ]


def narrowed(table: pa.Table, headings: Iterable[str]) -> pa.Table:
    """A table with these columns alone: the others may be of types that the database has not. One
    of rows without columns, which it has not either, gets a column of nothing."""
    kept = table.select(list(headings))
    return kept if kept.num_columns else pa.table({"nothing": pa.nulls(table.num_rows)})


def kind_of(type_: pa.DataType) -> str:
    """An Arrow type in our words, or its own name where no fact is of it, or the database has none
    such: half floats, and decimals of 256 bits."""
    if kinds.is_dictionary(type_):
        return kind_of(type_.value_type)
    if kinds.is_boolean(type_):
        return kind.BOOL
    if kinds.is_integer(type_):
        return kind.WHOLE
    if kinds.is_float64(type_):
        return kind.REAL
    if kinds.is_float32(type_):
        return kind.SINGLE
    if kinds.is_decimal(type_) and not kinds.is_decimal256(type_):
        return kind.DECIMAL
    if _is_text(type_):
        return kind.TEXT
    if kinds.is_date(type_):
        return kind.DATE
    if kinds.is_null(type_):
        return kind.NOTHING
    if _is_list(type_) and kind_of(type_.value_type) in (kind.TEXT, kind.NOTHING):
        return kind.TEXTS
    return str(type_)


def _is_text(type_: pa.DataType) -> bool:
    return bool(
        kinds.is_string(type_) or kinds.is_large_string(type_) or kinds.is_string_view(type_)
    )


def _is_list(type_: pa.DataType) -> bool:
    return bool(
        kinds.is_list(type_)
        or kinds.is_large_list(type_)
        or kinds.is_list_view(type_)
        or kinds.is_large_list_view(type_)
        or kinds.is_fixed_size_list(type_)
    )


def schema_of(outputs: Sequence[Output]) -> pa.Schema:
    """The declared schema of a decided table."""
    types = {
        NUMBER: pa.float64(),
        TEXTS: pa.list_(pa.field("element", pa.string(), nullable=False)),
    }
    return pa.schema([
        pa.field(each.name, types.get(each.type, pa.string()), nullable=each.nullable)
        for each in outputs
    ])  # fmt: skip
