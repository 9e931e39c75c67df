"""tables in and out.

A question asked of every row of a table at once, by SQL. See docs/tables.md.
"""
