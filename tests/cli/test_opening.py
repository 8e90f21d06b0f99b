"""What every command finds when it opens the database: one without tables, or none at all."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Typed = Callable[..., Result]

COMMANDS = ["plan 2026-11-27", "export kitchens", "link kitchen", "audit verify", "keys rotate"]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_new_database_is_made_ready_by_whatever_comes_first(
    command: str, sharemeal: Typed, settings: dict[str, str], tmp_path: Path
) -> None:
    settings["DATABASE_URL"] = f"sqlite:///{tmp_path / 'new.sqlite'}"
    result = sharemeal(*command.split())
    needs_a_lab = command.split()[0] in ("plan", "export", "link")
    assert result.exit_code == (1 if needs_a_lab else 0)
    assert ("ラボがまだありません" in result.stderr) == needs_a_lab


@pytest.mark.parametrize("command", [*COMMANDS, "db upgrade", "lab add aobadai 青葉台", "demo load"])
def test_a_database_that_does_not_answer_is_a_sentence(
    command: str, sharemeal: Typed, settings: dict[str, str]
) -> None:
    settings["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/nothing"
    result = sharemeal(*command.split())
    assert result.exit_code == 1
    assert result.stderr == "データベースが答えません。 DATABASE_URL を確かめてください。\n"
