"""Column types: encrypted, keyed, UTC. The keys travel with the engine's dialect, never in a global."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import DateTime, Dialect, LargeBinary, Text
from sqlalchemy.types import TypeDecorator

from sharemeal.households import Need
from sharemeal.places import Point
from sharemeal.sentences import Refused, Sentence

HIGHEST_ID = 2**31 - 1
"""The highest number that an id's column holds: asking PostgreSQL for a higher one is a fault."""


class Keyring:
    """The keys of personal columns, newest first, and the key of the look-up index.

    Raises Refused when a key is malformed.
    """

    def __init__(self, field_keys: tuple[str, ...], index_key: str) -> None:
        try:
            self._fernet = MultiFernet([Fernet(key) for key in field_keys])
            self._newest = Fernet(field_keys[0])
        except (ValueError, IndexError) as error:
            raise Refused(
                Sentence("SHAREMEAL_FIELD_KEYS の鍵の形が正しくありません。"),
                remedy=Sentence("keys rotate で作られた鍵を、新しい順にコンマでつないでください。"),
            ) from error
        self.field_keys = field_keys
        self.index_key = index_key

    @classmethod
    def generate(cls) -> Keyring:
        """A keyring with one fresh key of each sort."""
        return cls((Fernet.generate_key().decode(),), Fernet.generate_key().decode())

    def rotated(self) -> Keyring:
        """The same keyring with one more field key, in front."""
        return Keyring((Fernet.generate_key().decode(), *self.field_keys), self.index_key)

    def newest_only(self) -> Keyring:
        """The keyring without the keys that nothing uses any more after a rotation."""
        return Keyring(self.field_keys[:1], self.index_key)

    def seal(self, plain: str) -> bytes:
        """``plain`` encrypted under the newest key."""
        return self._fernet.encrypt(plain.encode())

    def open(self, sealed: bytes) -> str:
        """What was sealed. Raises Refused when no key fits."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            raise Refused(
                Sentence("個人情報の鍵が合わないため、読めません。"),
                remedy=Sentence("SHAREMEAL_FIELD_KEYS に以前の鍵も入れてください。"),
            ) from error

    def is_newest(self, sealed: bytes) -> bool:
        """Whether the newest key opens it."""
        try:
            self._newest.decrypt(sealed)
        except InvalidToken:
            return False
        return True

    def reseal(self, sealed: bytes) -> bytes:
        """The same value under the newest key. Raises Refused when no key fits."""
        return self.seal(self.open(sealed))

    def index(self, value: str) -> str:
        """A keyed fingerprint by which a value can be looked up without being readable."""
        return hmac.new(self.index_key.encode(), value.encode(), hashlib.sha256).hexdigest()


def _keyring(dialect: Dialect) -> Keyring:
    keyring: Keyring = dialect.sharemeal_keyring  # type: ignore[attr-defined]
    return keyring


def fits(dialect: Dialect, kept: str | None, value: str) -> bool:
    """Whether ``kept`` is the keyed fingerprint of ``value``. It takes the same time whatever differs."""
    return hmac.compare_digest(kept or "", _keyring(dialect).index(value))


class Encrypted(TypeDecorator[Any]):
    """A personal value, stored as a Fernet token. ``write`` and ``read`` turn the noun into text and back."""

    impl = LargeBinary
    cache_ok = True

    write: Callable[[Any], str] = staticmethod(str)
    read: Callable[[str], Any] = staticmethod(str)

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        return None if value is None else _keyring(dialect).seal(self.write(value))

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        return None if value is None else self.read(_keyring(dialect).open(bytes(value)))


class EncryptedText(Encrypted):
    """Encrypted text."""

    cache_ok = True


class EncryptedPoint(Encrypted):
    """Encrypted place: a home's coordinates are its address."""

    cache_ok = True
    write = staticmethod(lambda point: str(point.text))
    read = staticmethod(Point.from_text)


class EncryptedNeed(Encrypted):
    """Encrypted needs: allergies, texture and kinds of a home are sensitive by law."""

    cache_ok = True
    write = staticmethod(lambda need: json.dumps(need.as_json(), ensure_ascii=False))
    read = staticmethod(lambda text: Need.from_json(json.loads(text)))


class EncryptedSentence(Encrypted):
    """An encrypted sentence: a reason may name an allergy of a home. Kept untranslated, told in the reader's language."""

    cache_ok = True
    write = staticmethod(lambda sentence: json.dumps(sentence.as_json(), ensure_ascii=False))
    read = staticmethod(lambda text: Sentence.from_json(json.loads(text)))


class Coded(TypeDecorator[Any]):
    """A member of a ``StrEnum``, stored as its code and read as the member."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.kind(value)


class Keyed(TypeDecorator[str]):
    """The keyed fingerprint of a value. Written and compared with the plain value, read as the fingerprint."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else _keyring(dialect).index(value)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC. Raises ValueError for a naive one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class TextSet(TypeDecorator[frozenset[str]]):
    """A set of short words that are no secret, sorted and joined by line breaks; NULL stays None (not declared)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: frozenset[str] | None, dialect: Dialect) -> str | None:
        return None if value is None else "\n".join(sorted(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> frozenset[str] | None:
        return None if value is None else frozenset(value.split("\n")) if value else frozenset()
