"""Serve an app on a port of this machine, for as long as one test runs."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Thread

import pytest
from flask import Flask
from werkzeug.serving import make_server

HOST = "127.0.0.1"


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The address, without a slash at its end, at which the app answers inside the block."""
    server = make_server(HOST, 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def serve() -> Iterator[Callable[[Flask], str]]:
    """Serve an app until the test ends: ``address = serve(app)``."""
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(serving(app))


@pytest.fixture
def live_server(app: Flask, serve: Callable[[Flask], str]) -> str:
    """The address of the app that the test's folder makes, for a browser."""
    return serve(app)
