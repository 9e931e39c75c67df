"""cases for other implementations.

Tables of cases as language-neutral JSON, and what holds an engine against such a pack: ours, or the
answers of another's.
"""

from flk_rules.conformance.answers import judge_answers, read_answers
from flk_rules.conformance.formats import ANSWERS, CASES, FORMAT, README, SCHEMA, schema
from flk_rules.conformance.packing import as_pack, pack, shipped_tables, tables_in, write_pack
from flk_rules.conformance.reading import Pack, PackCase, read_pack, unpack
from flk_rules.conformance.running import Result, Score, run_engine, scores

__all__ = [
    "ANSWERS",
    "CASES",
    "FORMAT",
    "README",
    "SCHEMA",
    "Pack",
    "PackCase",
    "Result",
    "Score",
    "as_pack",
    "judge_answers",
    "pack",
    "read_answers",
    "read_pack",
    "run_engine",
    "schema",
    "scores",
    "shipped_tables",
    "tables_in",
    "unpack",
    "write_pack",
]
