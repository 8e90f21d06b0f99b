"""Commands as people type them, on a database of each kind."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sharemeal.cli import main, upkeep

REHEARSAL = "2026-11-26T12:00+09:00"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> dict[str, str]:
    """The environment of the commands; change it to change settings."""
    return {
        "DATABASE_URL": database_url,
        "SHAREMEAL_INSTANCE": str(tmp_path / "instance"),
        "SHAREMEAL_CLOCK_START": REHEARSAL,
    }


@pytest.fixture
def sharemeal(settings: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Type a command: ``sharemeal("lab", "add", "aobadai", "青葉台")``."""
    monkeypatch.setattr(upkeep, "SETTLING_SECONDS", 0)

    def typed(*words: str, **more: Any) -> Result:
        result = CliRunner().invoke(main, list(words), env=settings, **more)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return typed


@pytest.fixture
def told(sharemeal: Callable[..., Result]) -> Callable[..., dict[str, Any]]:
    """Type a command with --json and read its answer."""

    def typed(*words: str) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(sharemeal(*words, "--json").stdout)
        return answer

    return typed


@pytest.fixture
def lab(sharemeal: Callable[..., Result]) -> None:
    """A lab with a coordinator and a volunteer."""
    for words in (
        ("lab", "add", "aobadai", "青葉台"),
        ("person", "add", "coordinator", "桜井", "--email", "sakurai@example.jp"),
        ("person", "add", "volunteer", "山田", "--phone", "０９０-0000-0001"),
    ):
        assert sharemeal(*words).exit_code == 0
