"""Documents encrypted at rest: AES-256-GCM with keys from the environment (decision 027).

``MATCHER_KEY`` holds keys of 32 bytes as base64, the newest first, separated by commas. The first encrypts, all of them
read. What is encrypted names its key by an id made from the key, so a key that is missing can be told from damage.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matcher.errors import BadInput, Fault
from matcher.store.words import say

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VARIABLE = "MATCHER_KEY"
_BYTES = 32
_NONCE = 12
_MARK = b"mk1:"
"""How sealed bytes begin: no JSON and no zlib stream does. Then the key's id, a nonce, and the sealed text."""
_ID = 8


class SealedError(Exception):
    """A document that cannot be opened: ``key`` is the id of the key it needs; None: it is damaged."""

    def __init__(self, key: str | None) -> None:
        super().__init__(f"sealed with the key {key}" if key else "damaged")
        self.key = key


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys at hand, by id, the one that encrypts first; none: documents are kept as plain text."""

    keys: Mapping[str, AESGCM]

    @property
    def current(self) -> str | None:
        """The id of the key that encrypts; None without any."""
        return next(iter(self.keys), None)

    def seal(self, plain: bytes) -> bytes:
        """The bytes, encrypted with the first key; as they are without one."""
        name = self.current
        if name is None:
            return plain
        nonce = os.urandom(_NONCE)
        head = _MARK + name.encode()
        return head + nonce + self.keys[name].encrypt(nonce, plain, head)

    def open(self, sealed: bytes) -> bytes:
        """The bytes as they were; raises ``SealedError``. Bytes that are not sealed are returned as they are."""
        name = key_of(sealed)
        if name is None:
            return sealed
        if name not in self.keys:
            raise SealedError(name)
        from cryptography.exceptions import InvalidTag

        head, rest = sealed[: len(_MARK) + _ID], sealed[len(_MARK) + _ID :]
        try:
            return self.keys[name].decrypt(rest[:_NONCE], rest[_NONCE:], head)
        except (InvalidTag, ValueError) as error:
            raise SealedError(None) from error

    def seal_document(self, value: Any) -> Any:
        """What a JSON column keeps: the value itself, or a JSON string of it sealed. No document is a string."""
        if not self.keys:
            return value
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        return base64.b64encode(self.seal(plain)).decode()

    def open_document(self, kept: Any) -> Any:
        """The document a JSON column keeps; raises ``SealedError``."""
        if not isinstance(kept, str):
            return kept
        try:
            sealed = base64.b64decode(kept, validate=True)
            if not sealed.startswith(_MARK):
                raise SealedError(None)
            return json.loads(self.open(sealed))
        except ValueError as error:
            raise SealedError(None) from error


NO_KEYS = Keyring({})


def key_of(sealed: bytes) -> str | None:
    """The id of the key that sealed these bytes; None if they are not sealed."""
    if not sealed.startswith(_MARK):
        return None
    return sealed[len(_MARK) : len(_MARK) + _ID].decode("ascii", "replace")


def key_of_document(kept: Any) -> str | None:
    """The id of the key a JSON column's value is sealed with; None if it is plain."""
    if not isinstance(kept, str):
        return None
    try:
        return key_of(base64.b64decode(kept, validate=True))
    except binascii.Error:
        return None


def id_of(key: bytes) -> str:
    """The id of a key: enough to tell keys apart, nothing to find one by."""
    return hashlib.sha256(b"matcher key id\0" + key).hexdigest()[:_ID]


def new_key() -> str:
    """A new random key, as ``MATCHER_KEY`` wants it."""
    return base64.b64encode(os.urandom(_BYTES)).decode()


def keyring(told: str | None = None, lang: str = "zh") -> Keyring:
    """The keys of ``told``, else of ``MATCHER_KEY``; raises ``BadInput`` that never quotes one.

    >>> keyring("").current is None
    True
    """
    text = os.environ.get(VARIABLE, "") if told is None else told
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not words:
        return NO_KEYS
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError as error:
        raise BadInput(say("no-extra", lang, names="cryptography"), say("no-extra-advice", lang)) from error
    keys: dict[str, AESGCM] = {}
    faults: list[Fault] = []
    for number, word in enumerate(words, 1):
        raw = _decoded(word)
        if raw is None:
            faults.append(Fault(say("bad-key", lang, number=number), say("bad-key-advice", lang), code="bad-key"))
        else:
            keys[id_of(raw)] = AESGCM(raw)
    if faults:
        raise BadInput(faults)
    return Keyring(keys)


def _decoded(word: str) -> bytes | None:
    try:
        raw = base64.b64decode(word.translate(str.maketrans("-_", "+/")) + "=" * (-len(word) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == _BYTES else None
