"""what is searched for.

Which decisions the options of `flk audit query`, `flk audit export` and `flk report` ask for, and
what there is to ask for where none of a log is one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flk_rules.audit.identities import PseudonymKey
from flk_rules.audit.querying import TIME, Search, Where
from flk_rules.cli.audit_words import decisions, read_moment, said
from flk_rules.cli.options import OptionInvalid, one_of
from flk_rules.cli.output import say
from flk_rules.errors import FileUnreadable, closest, shown
from flk_rules.model.answers import Outcome

OUTCOMES = tuple(each.value for each in Outcome)
"""The outcomes that a record of a decision can have, whatever its ruleset."""
_LISTED = 20
"""Names that a note lists; the rest are counted."""


def search_of(
    *,
    since: str | None,
    until: str | None,
    subject: str | None,
    key: Path | None,
    outcome: str | None,
    **plain: str | None,
) -> Search:
    """What the options ask of receipts."""
    if outcome is not None:
        one_of("--outcome", outcome, OUTCOMES)
    return Search(Where(
        since=None if since is None else read_moment(since, "--since"),
        until=None if until is None else read_moment(until, "--until"),
        subject=_pseudonym(subject, key),
        outcome=outcome,
        **plain,
    ))  # fmt: skip


def _pseudonym(subject: str | None, key: Path | None) -> str | None:
    if subject is None:
        return None
    name, equals, reference = subject.partition("=")
    if not equals:
        raise OptionInvalid("--subject", "a subject and its reference, patient=17", shown(subject))
    if key is None:
        raise OptionInvalid("--key", "the file of the pseudonyms' key", "nothing")
    return read_key(key).pseudonym(name, reference)


def read_key(path: Path) -> PseudonymKey:
    """The key of pseudonyms in a file: its bytes, or hexadecimal text."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileUnreadable(path, f"cannot be read: {(error.strerror or '').lower()}") from None
    try:
        return PseudonymKey(bytes.fromhex(data.decode("ascii")))
    except ValueError:
        return PseudonymKey(data)


def tell_barren(search: Search, language: str) -> None:
    """Where nothing was found, says of each option that nothing fits by itself, and what there is
    to ask for. A log may hold any ruleset's names, so that none is an error."""
    for name, there in search.barren().items():
        asked = search.where.named.get(name, "")
        what = said(
            f"no_{name}", language, all=decisions(search.receipts, language), name=shown(asked)
        )
        say(what + _instead(name, asked, there, language))


def _instead(name: str, asked: str, there: Sequence[str], language: str) -> str:
    if not there:
        return ""
    if name == TIME:
        return said("times", language, first=there[0][:19], last=there[-1][:19])
    if name == "subject":
        return said("pseudonyms", language, names=", ".join(there))
    near, more = closest(asked, there), len(there) - _LISTED
    listed = ", ".join([*there[:_LISTED], *([f"... +{more}"] if more > 0 else [])])
    hint = said("did_you_mean", language, name=shown(near)) if near is not None else ""
    return hint + said("there_is", language, names=listed)
