"""keeping a log.

What `flk audit verify`, `head` and `prune` do.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import typer

from flk_rules.audit.chain import Entry, Kind
from flk_rules.audit.dropping import Dropped, drop_before, past
from flk_rules.audit.heads import make_head, read_head, read_private_key, read_public_key
from flk_rules.audit.reading import open_store
from flk_rules.audit.receipts import now
from flk_rules.audit.stores import Store
from flk_rules.audit.verifying import Anchor, Verified, verify
from flk_rules.cli.audit_words import decisions, read_moment, records, said
from flk_rules.cli.options import OptionInvalid
from flk_rules.cli.output import as_json, console, say
from flk_rules.cli.progress import with_progress
from flk_rules.errors import AuditUnreadable, FileUnreadable, shown
from flk_rules.explaining.text import printable

DOES_NOT_HOLD = 1
"""Exit code of a log with a fault, of one that could not be scrubbed, or of decisions that came out
otherwise."""
FORMAT = "flk_rules/verified/1"
_MAX_HEAD = 10_000


def verify_log(
    log: str, heads: Sequence[Path], public_key: Path | None, shape: str, language: str
) -> None:
    """Verifies a log and prints what was found."""
    key = None if public_key is None else read_public_key(public_key)
    anchors = [Anchor(str(path), read_head(_bytes(path), str(path))) for path in heads]
    store = open_store(log, read_only=True)
    found = verify(store, anchors, key, watched(store))
    signed = [each.where for each in anchors if each.head.signature is not None]
    unchecked = signed if key is None else []
    if shape == "json":
        sys.stdout.write(as_json(_record(found, unchecked), indent=2))
    else:
        _print(found, unchecked, store.name, language)
    if found.fault is not None:
        say(f"{store.name}: {found.fault}")
    if not found.holds:
        raise typer.Exit(DOES_NOT_HOLD)


def print_head(log: str, signing_key: Path | None, stored: bool) -> None:
    """Prints the head of a log that holds, or the last that stands in it."""
    key = None if signing_key is None else read_private_key(signing_key)
    store = open_store(log, read_only=True)
    last: list[bytes] = []

    def watch(entries: Iterable[Entry]) -> Iterable[Entry]:
        for entry in watched(store)(entries):
            if entry.kind == Kind.HEAD.value and entry.content is not None:
                last[:] = [entry.content]
            yield entry

    found = verify(store, watch=watch)
    if found.fault is not None:
        say(f"{store.name}: {found.fault}; no head is made of what does not hold")
        raise typer.Exit(DOES_NOT_HOLD)
    if stored and not last:
        raise AuditUnreadable(store.name, "no head stands in it; --signing-key makes one")
    text = last[0] if stored else make_head(found.log, found.last, now(), key).text
    sys.stdout.write(f"{text.decode()}\n")


def prune_log(log: str, before: str, yes: bool, language: str) -> None:
    """Drops contents of decisions, or counts them."""
    limit, moment = read_moment(before, "--before"), now()
    if limit > moment:
        raise OptionInvalid("--before", "a time that is past", shown(before))
    open_store(log, read_only=True)  # a log that is not there is not begun
    store = open_store(log, read_only=not yes)
    if yes:
        done = drop_before(store, limit, moment, watched(store))
    else:
        done = Dropped(sum(1 for _ in past(store, limit, watched(store))), scrubbed=True)
    store.close()
    name = "dropped" if yes else "would_drop"
    found = decisions(done.count, language)
    sys.stdout.write(f"{said(name, language, found=found, before=before)}\n")
    if not done.scrubbed:
        say(f"{store.name}: {said('not_scrubbed', language)}")
        raise typer.Exit(DOES_NOT_HOLD)


def watched(store: Store) -> Callable[[Iterable[Entry]], Iterable[Entry]]:
    """A progress bar over the records of a log."""
    try:
        total = store.last_number()
    except AuditUnreadable:
        total = 0  # what is wrong with it is told where it is read
    return lambda entries: with_progress(entries, total, console(err=True))


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(_MAX_HEAD)
    except OSError as error:
        reason = (error.strerror or "not there").lower()
        raise FileUnreadable(path, f"cannot be read: {reason}") from None


def _print(found: Verified, unchecked: Sequence[str], name: str, language: str) -> None:
    values: dict[str, object] = {"last": found.records, "vouched": found.vouched}
    values |= {"decisions": found.decisions, "dropped": found.dropped, "rulesets": found.rulesets}
    rows = [("log", f"{name} ({found.log or '?'})")]
    if found.records:
        whole = records(1, found.records, language)
        rows.append(("holds", f"{whole}: {said('of_these', language, **values)}"))
    vouched = "vouched_to" if found.vouched else "not_vouched"
    values["whole"] = records(1, found.vouched, language)
    rows.append(("vouched", said(vouched, language, **values)))
    if unchecked:
        rows.append(("signature", said("unchecked", language, names=", ".join(unchecked))))
    if found.unvouched:
        count = sum(last - first + 1 for first, last in found.unvouched)
        first = found.unvouched[0][0]
        rows.append(("erased", said("erased_unvouched", language, count=count, first=first)))
    if found.fault is None:
        after = "after_vouched" if 0 < found.vouched < found.records else "after"
        values["more"] = records(found.vouched + 1, found.records, language)
        rows.append(("rest", said(after, language, **values)))
    labels = [said(label, language) for label, _ in rows]
    width = max(map(len, labels))
    for label, (_, text) in zip(labels, rows, strict=True):
        console().print(printable(f"{label:<{width}}  {text}"), soft_wrap=True)


def _record(found: Verified, unchecked: Sequence[str]) -> dict[str, Any]:
    fault = found.fault
    return {
        "format": FORMAT,
        "holds": found.holds,
        "log": found.log,
        "records": found.records,
        "hash": found.last.hash.hex(),
        "decisions": found.decisions,
        "dropped": found.dropped,
        "rulesets": found.rulesets,
        "signed_heads": found.signed,
        "vouched": found.vouched,
        "signatures_not_checked": list(unchecked),
        "drops_not_vouched": [list(each) for each in found.unvouched],
        "fault": fault and {"record": fault.number, "reason": fault.reason},
    }
