"""pseudonyms and references.

Whom a decision was about, as a keyed hash that only the key's owner can make again; and which
references of the caller's may stand in a log.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from flk_rules.errors import KeyInvalid, ReferenceInvalid, shown

MIN_KEY = 32
"""Bytes a pseudonym key has at least: as many as the hash has."""
MAX_REFERENCE = 64
"""Characters a reference has at most."""

_WHERE = "reference"
_SAFE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._:/-]*[A-Za-z0-9])?")
_UUID = re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}")
_BETWEEN = "[-._:/]*"
# A personal identity number or a coordination number (its day is 60 more), however it is divided.
_PERSON = re.compile(
    rf"(?<![0-9])0*(?:(?:18|19|20){_BETWEEN})?[0-9]{{2}}{_BETWEEN}(?:0[1-9]|1[0-2]){_BETWEEN}"
    rf"(?:[06][1-9]|[1278][0-9]|[39][01]){_BETWEEN}[0-9A-Za-z](?:{_BETWEEN}[0-9]){{3}}(?![0-9])"
)
# An organisation number and a name; where a word ends in these letters, only with its own sign.
_HSA = re.compile(
    rf"SE[0-9]{{10}}-|(?<![A-Z])SE(?:{_BETWEEN}[0-9]){{10}}{_BETWEEN}[0-9A-Z]", re.IGNORECASE
)


class PseudonymKey:
    """The deployer's secret that turns subjects' references into pseudonyms.

    Without it nobody can tell from a pseudonym whom it stands for, nor try out who it may be; with
    it the deployer finds all decisions about one subject. Lose it and that is over.
    """

    def __init__(self, secret: bytes) -> None:
        """Raises `KeyInvalid` unless `secret` is at least `MIN_KEY` bytes."""
        if type(secret) is not bytes:
            found = type(secret).__name__
            raise KeyInvalid("the pseudonym key", f"expected {MIN_KEY} bytes, found {found}")
        if len(secret) < MIN_KEY or len(set(secret)) == 1:
            found = f"{len(secret)} bytes" if len(secret) < MIN_KEY else "one byte again and again"
            expected = f"expected at least {MIN_KEY} random bytes"
            raise KeyInvalid("the pseudonym key", f"{expected}, found {found}")
        self._secret = secret
        self.id = self._hash("key", "")[:16]

    def pseudonym(self, subject: str, reference: str) -> str:
        """The pseudonym of one subject, such as ``("patient", "A-17")``: the same person as a
        patient and as a physician has two."""
        return f"hmac-sha256:{self._hash(f'subject:{subject}', reference)}"

    def _hash(self, use: str, text: str) -> str:
        message = f"flk_rules/pseudonym/1\0{use}\0{text}".encode()
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()

    def __repr__(self) -> str:
        return f"<pseudonym key {self.id}>"


def checked_reference(reference: str | None) -> str | None:
    """The caller's reference, if it may stand in a log.

    It names a case, never a person, and it is no text: at most `MAX_REFERENCE` letters, digits and
    the signs . _ : / - between them, and nothing in it that looks like a personal identity number
    or an HSA-id. A UUID is always one. Raises `ReferenceInvalid`.
    """
    if reference is None:
        return None
    if type(reference) is not str:
        raise ReferenceInvalid(_WHERE, f"expected text, found {type(reference).__name__}")
    if _UUID.fullmatch(reference):
        return reference
    if len(reference) > MAX_REFERENCE:
        found = f"found {len(reference)}"
        raise ReferenceInvalid(_WHERE, f"expected at most {MAX_REFERENCE} characters, {found}")
    # What was found is not shown: it may well be what must not stand anywhere.
    if not _SAFE.fullmatch(reference):
        stray = next((each for each in reference if not re.match(r"[A-Za-z0-9._:/-]", each)), None)
        found = f"; found {shown(stray)} in it" if stray else ""
        raise ReferenceInvalid(
            _WHERE, f"expected letters a to z, digits, and . _ : / - between these{found}"
        )
    if _PERSON.search(reference):
        raise ReferenceInvalid(
            _WHERE, "looks like a personal identity number; name the case, not a person"
        )
    if _HSA.search(reference):
        raise ReferenceInvalid(_WHERE, "looks like an HSA-id; name the case, not a person")
    return reference
