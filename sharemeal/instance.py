"""The instance folder: secrets made at first start, the local database, and the store opened from settings."""

from __future__ import annotations

import secrets
from pathlib import Path

from cryptography.fernet import Fernet

from sharemeal.config import Settings
from sharemeal.store.base import Store
from sharemeal.store.columns import Keyring


def _kept(folder: Path, name: str, made: str) -> str:
    """The content of a secret file, written with ``made`` for the owner alone when it does not exist yet."""
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(made, encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


def secret_key(settings: Settings) -> str:
    """The key that signs cookies and forms."""
    return settings.secret_key or _kept(settings.instance_folder, "secret_key", secrets.token_urlsafe(48))


def keyring(settings: Settings) -> Keyring:
    """The keys of personal columns. Raises Refused when one is malformed."""
    folder = settings.instance_folder
    fields = settings.field_keys or _kept(folder, "field_keys", Fernet.generate_key().decode())
    index = settings.index_key or _kept(folder, "index_key", secrets.token_urlsafe(32))
    return Keyring(tuple(key.strip() for key in fields.replace("\n", ",").split(",") if key.strip()), index)


def keep_field_keys(settings: Settings, keys: Keyring) -> None:
    """Write the field keys, newest first, where :func:`keyring` finds them."""
    path = settings.instance_folder / "field_keys"
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(",".join(keys.field_keys), encoding="utf-8")
    fresh.replace(path)


def database_url(settings: Settings) -> str:
    """The address of the database; without a setting, SQLite in the instance folder."""
    if settings.database_url:
        return settings.database_url
    settings.instance_folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{settings.instance_folder / 'sharemeal.sqlite'}"


def open_store(settings: Settings) -> Store:
    """The database of these settings. The caller closes it."""
    return Store(database_url(settings), keyring(settings))
