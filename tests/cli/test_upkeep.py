"""Upkeep by hand: migrations, keys, the audit, the doctor, and serving."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from cryptography.fernet import Fernet
from sqlalchemy import create_engine, text

from sharemeal.cli import upkeep
from tests.house import ROOT

Typed = Callable[..., Result]


def key_file(settings: dict[str, str]) -> Path:
    return Path(settings["SHAREMEAL_INSTANCE"]) / "field_keys"


def readable(sharemeal: Typed) -> bool:
    return sharemeal("link", "volunteer", "--name", "山田").exit_code == 0


@pytest.mark.usefixtures("lab")
def test_rotating_leaves_one_new_key_that_reads_everything(
    sharemeal: Typed, settings: dict[str, str]
) -> None:
    before = key_file(settings).read_text()
    assert sharemeal("keys", "rotate").exit_code == 0
    after = key_file(settings).read_text()
    assert after != before
    assert "," not in after
    assert readable(sharemeal)


@pytest.mark.usefixtures("lab")
def test_a_rotation_that_was_broken_off_is_finished_under_its_own_key(
    sharemeal: Typed, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def power_off(_door: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(upkeep, "_rewrite", power_off)
        assert sharemeal("keys", "rotate").exit_code == 1
    newest, _, _ = key_file(settings).read_text().partition(",")
    assert readable(sharemeal)
    assert "続きから" in sharemeal("keys", "rotate").stdout
    assert key_file(settings).read_text() == newest
    assert readable(sharemeal)


def test_keys_from_the_environment_are_rotated_by_what_is_said(
    sharemeal: Typed, settings: dict[str, str]
) -> None:
    first = settings["SHAREMEAL_FIELD_KEYS"] = Fernet.generate_key().decode()
    sharemeal("lab", "add", "aobadai", "青葉台")
    sharemeal("person", "add", "volunteer", "山田")
    settings["SHAREMEAL_FIELD_KEYS"] = both = sharemeal("keys", "rotate").stdout.splitlines()[-1]
    assert both.endswith(f",{first}")
    assert readable(sharemeal)
    settings["SHAREMEAL_FIELD_KEYS"] = last = sharemeal("keys", "rotate").stdout.splitlines()[-1]
    assert last == both.partition(",")[0]
    assert readable(sharemeal)


@pytest.mark.usefixtures("lab")
def test_the_audit_is_verified_and_a_broken_row_named(
    sharemeal: Typed, told: Callable[..., dict[str, Any]], settings: dict[str, str]
) -> None:
    first = told("audit", "verify")
    assert first["rows"] >= 2
    assert first["head"] in sharemeal("audit", "verify").stdout
    engine = create_engine(settings["DATABASE_URL"])
    with engine.begin() as connection:
        connection.execute(text("UPDATE audit_entry SET actor = 'nobody' WHERE seq = 2"))
    engine.dispose()
    result = sharemeal("audit", "verify")
    assert result.exit_code == 1
    assert "2番" in result.stderr


@pytest.mark.usefixtures("lab")
def test_the_doctor_finds_nothing_in_a_sound_house(sharemeal: Typed) -> None:
    result = sharemeal("doctor")
    assert (result.exit_code, "要対応" in result.stdout) == (0, False)


@pytest.mark.usefixtures("lab")
def test_the_doctor_finds_secrets_that_others_may_read(sharemeal: Typed, settings: dict[str, str]) -> None:
    key_file(settings).chmod(0o644)
    result = sharemeal("doctor")
    assert result.exit_code == 1
    assert "chmod 600" in result.stdout


@pytest.mark.usefixtures("lab")
@pytest.mark.parametrize(
    ("name", "value", "about"),
    [
        ("PUBLIC_URL", "meals.example.jp", "settings"),
        ("PUBLIC_URL", "http://meals.example.jp", "settings"),
        ("SHAREMEAL_FIELD_KEYS", "x" * 43 + "=", "keys"),
        ("SHAREMEAL_FIELD_KEYS", "nonsense", "settings"),
        ("SHAREMEAL_CLOCK_START", "yesterday", "settings"),
        ("DATABASE_URL", "sqlite:////nowhere/at/all.db", "database"),
    ],
)
def test_the_doctor_names_what_is_wrong(
    told: Callable[..., dict[str, Any]], settings: dict[str, str], name: str, value: str, about: str
) -> None:
    settings[name] = value
    answer = told("doctor")
    assert not answer["ok"]
    assert [each["about"] for each in answer["findings"] if not each["good"]] == [about]


def test_the_doctor_sees_an_old_database(
    told: Callable[..., dict[str, Any]], settings: dict[str, str], empty_database_url: str, sharemeal: Typed
) -> None:
    settings["DATABASE_URL"] = empty_database_url
    assert [each["about"] for each in told("doctor")["findings"] if not each["good"]] == ["migrations"]
    assert sharemeal("db", "upgrade").exit_code == 0
    assert told("doctor")["ok"]


@pytest.mark.usefixtures("lab")
def test_a_clock_behind_the_last_record_is_found(
    told: Callable[..., dict[str, Any]], settings: dict[str, str]
) -> None:
    engine = create_engine(settings["DATABASE_URL"])
    with engine.begin() as connection:
        connection.execute(text("UPDATE audit_entry SET at = '2199-01-01 00:00:00+00:00'"))
    engine.dispose()
    del settings["SHAREMEAL_CLOCK_START"]
    assert [each["about"] for each in told("doctor")["findings"] if not each["good"]] == ["clock"]


def served(settings: dict[str, str]) -> subprocess.Popen[str]:
    code = "from sharemeal.cli import main; main(prog_name='sharemeal')"
    environment = {**os.environ, **settings, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    return subprocess.Popen(
        [sys.executable, "-c", code, "serve"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def greeting(server: subprocess.Popen[str]) -> str:
    """What the server says before it answers."""
    assert server.stdout is not None
    said = ""
    while "Ctrl-C" not in said:
        line = server.stdout.readline()
        assert line, said
        said += line
    return said


@pytest.mark.usefixtures("lab")
def test_a_site_that_the_world_reaches_prints_no_links(settings: dict[str, str]) -> None:
    settings["PUBLIC_URL"] = "https://meals.example.jp"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings["PORT"] = str(taken.getsockname()[1])
    with served(settings) as server:
        said = greeting(server)
        server.send_signal(signal.SIGINT)
        server.communicate()
    assert "https://meals.example.jp" in said
    assert "/s/" not in said


@pytest.mark.usefixtures("lab")
def test_serving_prints_links_answers_and_stops(settings: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings["PORT"] = str(taken.getsockname()[1])
        with served(settings) as refused:
            assert "もう使われています" in refused.communicate()[1]
        assert refused.returncode == 1
    with served(settings) as server:
        said = greeting(server)
        links = re.findall(r"http://127.0.0.1:\d+/s/\S+", said)
        pages = []
        for link in links:
            with urllib.request.urlopen(link) as page:
                pages.append("続ける" in page.read().decode())
        server.send_signal(signal.SIGINT)
        rest, errors = server.communicate()
    assert (server.returncode, pages) == (0, [True, True])
    assert "リハーサル" in said
    assert not [link for link in links if link.rpartition("/")[2] in rest + errors]
