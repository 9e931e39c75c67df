"""signed heads.

What a log had come to at some time, signed with Ed25519. Kept elsewhere, a head vouches for every
record up to its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from attrs import frozen

from flk_rules.audit.canonical import canonical, parsed
from flk_rules.audit.chain import Link
from flk_rules.audit.receipts import written
from flk_rules.errors import ExtraMissing, FileUnreadable, HeadInvalid, KeyInvalid

try:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        PublicFormat,
        load_pem_private_key,
        load_pem_public_key,
    )
except ImportError as error:
    raise ExtraMissing("flk_rules.audit", "audit") from error

FORMAT = "flk_rules/head/1"
_KEYS = {"format", "log", "number", "hash", "time", "key", "signature"}
_MAX_BYTES = 10_000


@frozen
class Head:
    """The last record of a log at a time; `key` tells whose the signature is, both None where
    nobody signed."""

    log: str
    link: Link
    time: str
    key: str | None
    signature: bytes | None

    @property
    def _signed(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "log": self.log,
            "number": self.link.number,
            "hash": self.link.hash.hex(),
            "time": self.time,
            "key": self.key,
        }

    @property
    def text(self) -> bytes:
        """The head in canonical JSON."""
        signature = None if self.signature is None else self.signature.hex()
        return canonical({**self._signed, "signature": signature})

    def is_signed_by(self, key: Ed25519PublicKey) -> bool:
        """Whether the signature is one by the key's owner."""
        if self.signature is None or self.key != key_id(key):
            return False
        try:
            key.verify(self.signature, canonical(self._signed))
        except InvalidSignature:
            return False
        return True


def make_head(log: str, link: Link, time: datetime, key: Ed25519PrivateKey | None) -> Head:
    """The head of a log whose last record is at `link`, signed if there is a key."""
    name = None if key is None else key_id(key.public_key())
    unsigned = Head(log, link, written(time), name, None)
    if key is None:
        return unsigned
    return Head(log, link, unsigned.time, name, key.sign(canonical(unsigned._signed)))


def read_head(text: bytes, where: str) -> Head:
    """The head that `Head.text` wrote. Raises `HeadInvalid` with `where` for anything else."""
    try:
        content = parsed(text)
    except ValueError:
        raise HeadInvalid(where, "expected a head of an audit log in JSON") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise HeadInvalid(where, f"expected a head of the format {FORMAT}")
    try:
        return _read(content)
    except (TypeError, ValueError, OverflowError):
        raise HeadInvalid(
            where, "a key is missing, unknown or has a value it cannot have"
        ) from None


def _read(content: Mapping[str, Any]) -> Head:
    if content.keys() != _KEYS:
        raise ValueError
    log, number, time = content["log"], content["number"], content["time"]
    key, signature = content["key"], content["signature"]
    if type(number) is not int or number < 1 or (key is None) != (signature is None):
        raise ValueError
    if not all(type(each) is str for each in (log, time, key or "")):
        raise TypeError
    digest = bytes.fromhex(content["hash"])
    signed = None if signature is None else bytes.fromhex(signature)
    if len(digest) != 32 or (signed is not None and len(signed) != 64):
        raise ValueError
    return Head(log, Link(number, digest), time, key, signed)


def key_id(key: Ed25519PublicKey) -> str:
    """What tells keys apart: the first 16 digits of the SHA-256 of the public key."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:16]


def read_private_key(path: Path | str) -> Ed25519PrivateKey:
    """The private key in a PEM file, as ``openssl genpkey -algorithm ed25519`` makes it.

    Raises `FileUnreadable`, and `KeyInvalid` for what is none, or locked with a password.
    """
    data = _bytes(path)
    try:
        found = load_pem_private_key(data, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        found = None
    if not isinstance(found, Ed25519PrivateKey):
        expected = "expected a private Ed25519 key as PEM, without a password"
        raise KeyInvalid(str(path), f"{expected}, found {_said(data)}")
    return found


def read_public_key(path: Path | str) -> Ed25519PublicKey:
    """The public key in a PEM file, as ``openssl pkey -pubout`` makes it.

    Raises `FileUnreadable`, and `KeyInvalid` for what is none.
    """
    data = _bytes(path)
    try:
        found = load_pem_public_key(data)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        found = None
    if not isinstance(found, Ed25519PublicKey):
        expected = "expected a public Ed25519 key as PEM"
        raise KeyInvalid(str(path), f"{expected}, found {_said(data)}")
    return found


def _bytes(path: Path | str) -> bytes:
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(_MAX_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or "not there").lower()
        raise FileUnreadable(path, f"cannot be read: {reason}") from None
    if len(data) > _MAX_BYTES:
        raise FileUnreadable(path, f"larger than {_MAX_BYTES:,} bytes; expected a key")
    return data


def _said(data: bytes) -> str:
    """What a file of a key is, without showing any of it."""
    for name in (b"PRIVATE KEY", b"PUBLIC KEY", b"CERTIFICATE"):
        if b"-----BEGIN " in data and name in data:
            return f"another {name.decode().lower()}"
    return f"{len(data)} bytes of something else"
