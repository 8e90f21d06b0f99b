"""What every test stands on: closed sockets, one fixed moment, fresh databases, a real Chromium."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests import browser
from tests.sockets import close_sockets

pytest_plugins = ["tests.databases", "tests.serving", "tests.twilio_standin", "tests.smtp_standin"]


def pytest_configure(config: pytest.Config) -> None:
    """Nothing in a test talks to the world outside this machine."""
    close_sockets()


@pytest.fixture
def now() -> datetime:
    """Thursday noon in Yokohama, the day before the Friday that is served."""
    return datetime(2026, 11, 26, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a real Chromium; the test is skipped where it or a Japanese font is missing."""
    lacking = browser.missing()
    path = browser.find_chromium()
    if lacking or path is None:
        pytest.skip(f"needs {' and '.join(lacking)}")
    return path


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], chromium: str) -> dict[str, Any]:
    """The machine's own Chromium, kept from calling home."""
    return {**browser_type_launch_args, "executable_path": chromium, "args": list(browser.FLAGS)}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A reader in Yokohama."""
    return {**browser_context_args, "locale": "ja-JP", "timezone_id": "Asia/Tokyo"}


@pytest.fixture(scope="session")
def base_url() -> str | None:
    """Pages are opened by their whole address: each test serves on a port of its own."""
    return None
