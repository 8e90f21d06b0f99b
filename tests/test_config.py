"""Settings: defaults, the environment, files, and what cannot be."""

from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

from sharemeal.config import Settings, read_settings
from sharemeal.sentences import Refused


def test_nothing_set_gives_the_defaults() -> None:
    assert read_settings({}) == Settings()


def test_each_setting_is_read_from_its_variable() -> None:
    for each in fields(Settings):
        assert getattr(read_settings({each.metadata["env"]: "7"}), each.name) == "7"


def test_a_file_may_hold_the_value(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("secret\n", encoding="utf-8")
    assert read_settings({"SECRET_KEY_FILE": str(path)}).secret_key == "secret"
    assert read_settings({"SECRET_KEY_FILE": str(path), "SECRET_KEY": "mine"}).secret_key == "mine"


def test_a_file_that_cannot_be_read_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="SECRET_KEY_FILE"):
        read_settings({"SECRET_KEY_FILE": str(tmp_path / "missing")})


def test_a_port_that_no_machine_has_is_refused() -> None:
    with pytest.raises(Refused, match="65535"):
        read_settings({"PORT": "99999"})


@pytest.mark.parametrize(
    "name",
    [
        "PORT",
        "SHAREMEAL_SOLVE_SECONDS",
        "SHAREMEAL_UPLOAD_MEGABYTES",
        "SHAREMEAL_LEASE_SECONDS",
        "SHAREMEAL_SETTLE_SECONDS",
        "SHAREMEAL_TICK_SECONDS",
    ],
)
@pytest.mark.parametrize("value", ["", "-1", "0", "eight", "nan", "inf"])
def test_a_number_that_is_none_is_refused(name: str, value: str) -> None:
    with pytest.raises(Refused, match=f"設定 {name} は0より大きい数字"):
        read_settings({name: value})


def test_the_rehearsals_clock_needs_its_zone() -> None:
    start = read_settings({"SHAREMEAL_CLOCK_START": "2026-11-27T16:00+09:00"}).clock_start_at
    assert start is not None
    assert start.utcoffset() == timedelta(hours=9)
    for wrong in ("2026-11-27T16:00", "tomorrow"):
        with pytest.raises(Refused, match="時差"):
            _ = read_settings({"SHAREMEAL_CLOCK_START": wrong}).clock_start_at


def test_megabytes_are_counted_in_bytes() -> None:
    assert read_settings({"SHAREMEAL_UPLOAD_MEGABYTES": "0.5"}).upload_bytes == 524_288
