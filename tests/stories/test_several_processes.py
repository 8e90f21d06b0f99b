"""Two ``jobs run`` and one ``serve`` at once on one database: every effect once, and another leads within ten seconds."""

import os
import signal
import socket
import urllib.request
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from sharemeal.messages import MessageState, Purpose
from sharemeal.store import ticks
from sharemeal.store.base import Store
from sharemeal.store.columns import Keyring
from sharemeal.store.messages import Message
from sharemeal.store.ticks import DayStep
from tests.make.clockwork import Clockwork
from tests.make.processes import said, started, within

pytestmark = pytest.mark.slow

BEGINS = "2026-11-26T09:59:45+09:00"
TAKEOVER_SECONDS = 10
PATIENCE_SECONDS = 90
"""A process takes its time to start on a busy machine; what is measured is the takeover alone."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture
def settings(database_url: str, keyring: Keyring, tmp_path: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": database_url,
        "SHAREMEAL_FIELD_KEYS": ",".join(keyring.field_keys),
        "SHAREMEAL_INDEX_KEY": keyring.index_key,
        "SHAREMEAL_INSTANCE": str(tmp_path / "instance"),
        "SHAREMEAL_CLOCK_START": BEGINS,
        "PORT": str(free_port()),
        "HOST": "127.0.0.1",
    }


def leader(store: Store) -> str | None:
    """The process that ran the silences last."""
    with store.session(all_labs=True) as session:
        row = ticks.heartbeats(session).get("silence")
        return row.owner if row else None


def reminded(store: Store) -> list[tuple[int, MessageState]]:
    with store.session(all_labs=True) as session:
        asked = select(Message).where(Message.purpose == Purpose.REMIND_KITCHEN).order_by(Message.person_id)
        return [(row.person_id, row.state) for row in session.scalars(asked)]


def test_every_effect_once_and_a_killed_leader_is_followed(
    store: Store, settings: dict[str, str], tmp_path: Path
) -> None:
    labs = [Clockwork(store, datetime.fromisoformat(BEGINS), slug=slug) for slug in ("aoba", "tsuzuki")]
    cooks = sorted(cook for lab in labs for cook in lab.cooks)
    everyone = [(cook, MessageState.ACCEPTED) for cook in cooks]
    commands = (("jobs", "run"), ("jobs", "run"), ("serve",))
    with started(tmp_path, settings, *commands) as processes:
        ready = f"http://127.0.0.1:{settings['PORT']}/readyz"
        assert within(PATIENCE_SECONDS, lambda: _status(ready) == 200) is not None, said(tmp_path)
        assert within(PATIENCE_SECONDS, lambda: reminded(store) == everyone) is not None, said(tmp_path)
        with store.session(all_labs=True) as session:
            steps = [(row.lab_id, row.step) for row in session.scalars(select(DayStep))]
        assert steps == [(lab.lab_id, "remind_kitchens") for lab in labs]

        first = leader(store)
        assert first is not None
        by_pid = {process.pid: process for process in processes}
        killed = by_pid[int(first.split()[1])]
        os.kill(killed.pid, signal.SIGKILL)
        killed.wait()
        waited = within(PATIENCE_SECONDS, lambda: leader(store) != first)
        assert waited is not None, said(tmp_path)
        assert waited <= TAKEOVER_SECONDS
        second = leader(store)
        assert second is not None
        assert int(second.split()[1]) in by_pid.keys() - {killed.pid}
        assert reminded(store) == everyone

        for process in processes:
            if process is not killed:
                process.send_signal(signal.SIGTERM)
        for process in processes:
            if process is not killed:
                assert process.wait(timeout=60) == 0
    assert "ERROR" not in said(tmp_path)


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return int(answer.status)
    except OSError as error:
        return int(getattr(error, "code", 0))


def test_only_one_of_them_says_that_it_leads(store: Store, settings: dict[str, str], tmp_path: Path) -> None:
    Clockwork(store, datetime.fromisoformat(BEGINS) + timedelta(hours=1))
    leads, waits = "時計を動かしています。止める", "ほかのプロセスが時計を動かしています"
    with started(tmp_path, settings, ("jobs", "run"), ("jobs", "run")):
        assert within(PATIENCE_SECONDS, lambda: waits in said(tmp_path)) is not None, said(tmp_path)
        assert within(PATIENCE_SECONDS, lambda: leads in said(tmp_path)) is not None
    assert (said(tmp_path).count(leads), said(tmp_path).count(waits)) == (1, 1)
