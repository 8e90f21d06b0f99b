"""The instance folder: secrets are made once, whole and for the owner alone; rotated keys are noticed."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from sharemeal import instance
from sharemeal.config import Settings
from sharemeal.sentences import Refused


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(instance=str(tmp_path / "instance"))


def test_secrets_are_made_once_and_stay(settings: Settings) -> None:
    first = (
        instance.secret_key(settings),
        instance.keyring(settings).field_keys,
        instance.keyring(settings).index_key,
    )
    again = (
        instance.secret_key(settings),
        instance.keyring(settings).field_keys,
        instance.keyring(settings).index_key,
    )
    assert first == again
    assert len(first[0]) >= 43


def test_only_the_owner_reads_them(settings: Settings) -> None:
    before = os.umask(0)
    try:
        instance.secret_key(settings)
        instance.keep_field_keys(settings, instance.keyring(settings).rotated())
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in settings.instance_folder.iterdir()}
    assert modes == dict.fromkeys(instance.SECRET_FILES, 0o600)


def test_two_who_start_at_once_get_the_same_secrets(settings: Settings) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: instance.keyring(settings).field_keys, range(40)))
    assert len(keys) == 1


def test_settings_go_before_files(tmp_path: Path) -> None:
    key = Fernet.generate_key().decode()
    settings = Settings(
        instance=str(tmp_path), secret_key="set", field_keys=f"{key}, {key}", index_key="index"
    )
    assert instance.secret_key(settings) == "set"
    assert instance.keyring(settings).field_keys == (key, key)
    assert list(tmp_path.iterdir()) == []


def test_a_malformed_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        instance.keyring(Settings(instance=str(tmp_path), field_keys="nonsense", index_key="index"))


def test_keys_that_are_kept_are_found_newest_first(settings: Settings) -> None:
    keys = instance.keyring(settings).rotated()
    instance.keep_field_keys(settings, keys)
    assert instance.keyring(settings).field_keys == keys.field_keys


def test_a_running_process_hears_of_newer_keys_once(settings: Settings) -> None:
    keys = instance.keyring(settings)
    ask = instance.newer_keys(settings)
    assert ask() is None
    instance.keep_field_keys(settings, keys.rotated())
    newer = ask()
    assert newer is not None
    assert newer.field_keys[1:] == keys.field_keys
    assert ask() is None


def test_without_an_address_the_database_lies_in_the_folder(settings: Settings) -> None:
    assert instance.database_url(settings) == f"sqlite:///{settings.instance_folder}/sharemeal.sqlite"
    assert instance.database_url(Settings(database_url="postgresql://x")) == "postgresql://x"


def test_an_opened_store_follows_the_file_of_keys(settings: Settings) -> None:
    store = instance.open_store(settings)
    rotated = store.keyring.rotated()
    instance.keep_field_keys(settings, rotated)
    with store.session(all_labs=True):
        assert store.keyring.field_keys == rotated.field_keys
    store.close()
