"""tables on PostgreSQL.

What a log is made of there, and whether it is still that and nothing else.
"""

from __future__ import annotations

from typing import Any

import psycopg

VERSION = 1
_FENCE = """
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.number = (SELECT COALESCE(MAX(number), 0) + 1 FROM flk_record) THEN
      RETURN NEW;
    END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF NEW.content IS NULL AND NEW.salt IS NULL AND NEW.kind = 'decision'
      AND OLD.kind = 'decision' AND NEW.number = OLD.number
      AND NEW.digest = OLD.digest AND NEW.hash = OLD.hash THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'a log is append only' USING ERRCODE = 'restrict_violation';
END """
TABLES = f"""
CREATE TABLE flk_audit (version integer NOT NULL);
INSERT INTO flk_audit VALUES (1);
CREATE TABLE flk_record (
  number bigint PRIMARY KEY, kind text NOT NULL, salt bytea, content bytea,
  digest bytea NOT NULL, hash bytea NOT NULL
);
CREATE INDEX flk_record_of_kind ON flk_record (kind, number) WHERE kind <> 'decision';
CREATE FUNCTION flk_append_only() RETURNS trigger LANGUAGE plpgsql AS $${_FENCE}$$;
CREATE TRIGGER flk_record_fence BEFORE INSERT OR UPDATE OR DELETE ON flk_record
  FOR EACH ROW EXECUTE FUNCTION flk_append_only();
CREATE TRIGGER flk_record_stays BEFORE TRUNCATE ON flk_record
  FOR EACH STATEMENT EXECUTE FUNCTION flk_append_only();
"""
"""The statements that make a log."""
# Before each row (1 and 2) an insert (4), a delete (8) and an update (16); before a truncate (32).
_TRIGGERS = [
    ("flk_record_fence", 1 + 2 + 4 + 8 + 16, "O", _FENCE),
    ("flk_record_stays", 2 + 32, "O", _FENCE),
]


def has_tables(connection: psycopg.Connection[Any]) -> bool:
    """Whether there is a log in the database."""
    row = connection.execute(
        "SELECT to_regclass('public.flk_audit') IS NOT NULL "
        "AND to_regclass('public.flk_record') IS NOT NULL"
    ).fetchone()
    return row is not None and bool(row[0])


def untouched(connection: psycopg.Connection[Any]) -> bool:
    """Whether the records lie in a plain table, with the triggers that a log has, no other, none
    switched off, and no rule or policy that would do something else."""
    found = connection.execute(
        "SELECT tgname::text, tgtype::int, tgenabled::text, prosrc FROM pg_trigger "
        "JOIN pg_proc ON pg_proc.oid = tgfoid "
        "WHERE tgrelid = 'public.flk_record'::regclass AND NOT tgisinternal ORDER BY tgname"
    ).fetchall()
    table = connection.execute(
        "SELECT relkind::text, relhasrules, relrowsecurity FROM pg_class "
        "WHERE oid = 'public.flk_record'::regclass"
    ).fetchone()
    return found == _TRIGGERS and table == ("r", False, False)
