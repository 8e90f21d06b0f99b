"""Callers that dawdle: half a request that never ends, and answers that nobody reads, keep nobody else waiting."""

from __future__ import annotations

import contextlib
import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sharemeal.cli.run import THREADS
from sharemeal.store.columns import Keyring
from tests.make.processes import said, started, within

pytestmark = pytest.mark.slow

DAWDLERS = 3 * THREADS
PATIENCE_SECONDS = 90
HALVES = (
    b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
    b"POST /api/v1/check-ins HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\n{",
    b"POST /twilio/inbound HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n",
    b"",
)


@pytest.fixture
def site(sqlite_maker: object, keyring: Keyring, tmp_path: Path) -> Iterator[str]:
    """A real ``serve``."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings = {
        "DATABASE_URL": sqlite_maker.migrated(),  # type: ignore[attr-defined]
        "SHAREMEAL_FIELD_KEYS": ",".join(keyring.field_keys),
        "SHAREMEAL_INDEX_KEY": keyring.index_key,
        "SHAREMEAL_INSTANCE": str(tmp_path / "instance"),
        "HOST": "127.0.0.1",
        "PORT": str(port),
    }
    with started(tmp_path, settings, ("serve",)):
        address = f"http://127.0.0.1:{port}"
        assert within(PATIENCE_SECONDS, lambda: status(address) == 200) is not None, said(tmp_path)
        yield address


def status(site: str) -> int:
    try:
        with urllib.request.urlopen(f"{site}/healthz", timeout=10) as answer:
            return int(answer.status)
    except OSError:
        return 0


@pytest.mark.parametrize("half", HALVES, ids=["header", "body", "chunk", "nothing"])
def test_who_dawdles_keeps_nobody_waiting(site: str, half: bytes) -> None:
    with contextlib.ExitStack() as open_ones:
        for _ in range(DAWDLERS):
            dawdler = socket.create_connection(("127.0.0.1", urlsplit(site).port or 0), timeout=10)
            open_ones.enter_context(dawdler)
            dawdler.sendall(half)
        assert [status(site) for _ in range(5)] == [200] * 5


def test_who_reads_no_answer_keeps_nobody_waiting(site: str) -> None:
    with contextlib.ExitStack() as open_ones:
        for _ in range(DAWDLERS):
            dawdler = socket.create_connection(("127.0.0.1", urlsplit(site).port or 0), timeout=10)
            dawdler.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            open_ones.enter_context(dawdler)
            dawdler.sendall(b"GET /static/base.css HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 20)
        assert [status(site) for _ in range(5)] == [200] * 5
