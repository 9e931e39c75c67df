"""what a batch leaves.

The record beside the answers: what was asked of which files, and what each finished part came to.
A folder is written to only where it is empty or its record says that it is ours.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from flk_rules.errors import FileUnreadable, Problem, TableInvalid

_FORMATS = "flk_rules/batch/"
FORMAT = f"{_FORMATS}2"
"""Another number where a batch that was begun must not be gone on with: where rows are read or
answered otherwise, too."""
MANIFEST = "batch.json"
SCRATCH = ".scratch"
"""Where the database puts what memory does not hold."""
LOCK = ".lock"
UNPAIRED = "unpaired"
"""The folder of rows that met no other, part by part, beside the answers of those that did."""
_HALF = ".{}.part"
_WORDS = {
    "library": "version of flk_rules", "written": "--write", "outputs": "--columns",
    "rows": "--part-rows", "unknown": "--unknown", "pairs": "--pairs", "on": "day (--on)",
}  # fmt: skip
"""What messages call settings that are called otherwise where they are given."""
_COUNTS = {str: int}
_TEXTS = [str]
_PART = {
    "rows": int, "outcomes": _COUNTS, "lists": {str: _COUNTS},
    "with_missing": {int, type(None)}, "unpaired": int,
    "unreadable": [{"table": str, "fact": str, "headings": _TEXTS, "expected": str, "count": int,
                    "examples": [(str, int)]}],
}  # fmt: skip
_SHAPE: Mapping[str, Any] = {
    "library": str, "ruleset": str, "version": str, "fingerprint": str, "on": date,
    "question": str, "pairs": str,
    "unknown": {bool, list}, "outputs": {type(None), list}, "rows": int, "written": str,
    "files": {str: [{"path": str, "bytes": int, "changed": int}]}, "parts": {str: _PART},
}  # fmt: skip
"""The record's keys: a type, types as a set, a list of one shape, a pair, a table with these keys
or with any of text."""


def stamp(path: Path) -> dict[str, Any]:
    """By what a file is known again: where it is, its bytes, and when it was last changed."""
    found = path.stat()
    return {"path": str(path.resolve()), "bytes": found.st_size, "changed": found.st_mtime_ns}


def read_record(folder: Path) -> dict[str, Any]:
    """The record of a batch; raises `FileUnreadable`."""
    path = folder / MANIFEST
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FileUnreadable(folder, f"no batch: it has no {MANIFEST}") from None
    except OSError as error:
        raise FileUnreadable(path, (error.strerror or str(error)).lower()) from None
    except ValueError:
        raise FileUnreadable(path, "not JSON; remove the folder and decide anew") from None
    record: dict[str, Any] = found if isinstance(found, dict) else {}
    format_ = record.get("format")
    if isinstance(format_, str) and format_ != FORMAT and format_.startswith(_FORMATS):
        reason = "begun by another version of flk_rules; choose another folder, or decide anew"
        raise FileUnreadable(path, reason)
    if format_ != FORMAT:
        raise FileUnreadable(path, f"expected a record of the format {FORMAT}")
    for name, shape in _SHAPE.items():
        if name not in record:
            raise FileUnreadable(path, f"no {name}; remove the folder and decide anew")
        if not _fits(record[name], shape):
            reason = f"{name} is not as a batch writes it; remove the folder and decide anew"
            raise FileUnreadable(path, reason)
    return record


def _fits(value: Any, shape: Any) -> bool:
    if shape is date:
        return isinstance(value, str) and _is_day(value)
    if isinstance(shape, type):
        return type(value) is shape
    if isinstance(shape, set):
        kinds = [each for each in shape if type(value) is each]
        return bool(kinds) and (kinds != [list] or _fits(value, _TEXTS))
    if isinstance(shape, list):
        return isinstance(value, list) and all(_fits(each, shape[0]) for each in value)
    if isinstance(shape, tuple):
        return (
            isinstance(value, list)
            and len(value) == len(shape)
            and all(map(_fits, value, shape))
        )  # fmt: skip
    if not isinstance(value, dict):
        return False
    if str in shape:
        return all(_fits(each, shape[str]) for each in value.values())
    return all(name in value and _fits(value[name], each) for name, each in shape.items())


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def earlier(folder: Path, settings: Mapping[str, Any]) -> dict[str, Any]:
    """What earlier runs with these settings left, or a new record.

    Raises `TableInvalid` where the folder is none, is where an input lies, holds files that no
    batch wrote or another batch; `FileUnreadable` for a record that is damaged.
    """
    anew = {**settings, "parts": {}}
    if not folder.exists():
        return anew
    if not folder.is_dir():
        raise _refused(folder, "expected a folder, found a file; choose another")
    for each in (Path(each["path"]) for some in settings["files"].values() for each in some):
        if each.parent == folder.resolve():
            message = f"holds {each.name}, which is read; choose another folder for the answers"
            raise _refused(folder, message)
    there = {each.name for each in folder.iterdir()} - {_HALF.format(MANIFEST), LOCK}
    if MANIFEST not in there:
        if there:
            message = f"holds {min(there)} and no {MANIFEST}: not the folder of a batch"
            raise _refused(folder, f"{message}; choose another, or an empty one")
        return anew
    record = read_record(folder)
    differ = [name for name, value in settings.items() if record[name] != value]
    if not differ:
        return record
    if there <= {MANIFEST, SCRATCH}:  # it was broken off, or refused, before its first part
        return anew
    changed = " and ".join(changed_files(record["files"], settings["files"]))
    words = {**_WORDS, "files": f"file {changed}"}
    another = " and ".join(words.get(name, name) for name in differ)
    message = f"holds a batch with another {another}; choose another folder, or remove it"
    raise _refused(folder, message)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """For one run at a time; raises `TableInvalid` where another is at work."""
    lock = FileLock(folder / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        message = "another run is at work there; wait for it, or choose another folder"
        raise _refused(folder, message) from None
    except OSError as error:
        raise FileUnreadable(folder, (error.strerror or str(error)).lower()) from None
    try:
        yield
    finally:
        with suppress(OSError):
            (folder / LOCK).unlink(missing_ok=True)
        lock.release()


def _refused(folder: Path, message: str) -> TableInvalid:
    return TableInvalid([Problem(str(folder), message)])


def changed_files(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """The files that are other than they were, are new or are gone, by the subjects' stamps."""
    before, after = (
        {(name, *sorted(each.items())) for name, some in files.items() for each in some}
        for files in (one, other)
    )
    return sorted({dict(stamped)["path"] for _, *stamped in before ^ after})


def refuse_changed_files(record: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    """Raises `FileUnreadable` for a file that is another than the batch decided."""
    for path in changed_files(record["files"], settings["files"]):
        raise FileUnreadable(path, "has changed since the batch was decided; decide anew")


def remove_halves(folder: Path, format_: str) -> None:
    """Removes what a run that was broken off had begun, in a folder whose record is ours."""
    digits = "[0-9]" * 5
    part = f"{digits}-*-{digits}.{format_}"
    for stale in (folder / UNPAIRED).glob(_HALF.format(part)):
        stale.unlink()
    for name in (part, MANIFEST, "summary.json", "summary.svg"):
        for stale in folder.glob(_HALF.format(name)):
            stale.unlink()


def half_of(path: Path) -> Path:
    """What a file is called until it is whole."""
    return path.with_name(_HALF.format(path.name))
