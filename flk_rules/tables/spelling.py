"""cells of CSV.

Whoever wrote them, a roster's reader says what cells mean; here each column is spelled anew in the
one way that the query reads, and rows of blank cells are passed over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc
from attrs import evolve, frozen

from flk_rules.facts.cells import Speller, speller
from flk_rules.facts.headings import LISTED_WITH, column_names, normal
from flk_rules.model.schema import Schema
from flk_rules.tables.columns import CELLS, Column


@frozen
class Spelling:
    """How the cells of columns that are facts or dates are spelled, by heading, and which columns
    are references."""

    spellers: Mapping[str, Speller]
    references: frozenset[str]

    def of(self, table: pa.Table) -> pa.Table:
        """A table with its cells spelled in one way; one that cannot be read stays as it is."""
        for number, heading in enumerate(table.column_names):
            if (speller := self.spellers.get(heading)) is not None:
                found = table[heading].combine_chunks().dictionary_encode()
                said = [speller(each) for each in found.dictionary.to_pylist()]
                column = pa.DictionaryArray.from_arrays(found.indices, pa.array(said, pa.string()))
                table = table.set_column(number, heading, column.cast(pa.string()))
            elif heading in self.references:
                plain = pc.utf8_trim_whitespace(table[heading])
                none = pa.scalar(None, pa.string())
                named = pc.if_else(pc.equal(plain, ""), none, plain)
                table = table.set_column(number, heading, named)
        return table


def spelling_of(
    columns: Sequence[Column], schema: Schema, subjects: tuple[str, ...], *, decimal_comma: bool
) -> Spelling:
    """The spelling of a table's columns, which are about these subjects; none of Parquet's."""
    inputs = {**schema.inputs, LISTED_WITH.name: LISTED_WITH}
    paired = evolve(schema, inputs=inputs)
    names = column_names(paired, (*subjects, "unit"), subjects[0])  # by which rows may be paired
    spellers: dict[str, Speller] = {}
    references: set[str] = set()
    for each in columns:
        name = names.get(normal(each.heading))
        if name is None or each.kind != CELLS:
            continue
        if name in inputs and not inputs[name].is_date:
            references.add(each.heading)
        else:
            spellers[each.heading] = speller(name, schema, decimal_comma=decimal_comma)
    return Spelling(spellers, frozenset(references))


def filled(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The rows that have anything in any column."""
    some = pa.array([False] * batch.num_rows, pa.bool_())
    for column in batch.columns:
        letters = pc.utf8_length(pc.utf8_trim_whitespace(column))
        some = pc.or_(some, pc.fill_null(pc.greater(letters, 0), False))
        if pc.all(some).as_py():
            return batch
    return batch.filter(some)
