"""``backup`` and ``restore`` as an operator types them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.databases import SqliteMaker

Sharemeal = Callable[..., Result]
Told = Callable[..., dict[str, Any]]


def findings(told: Told, about: str) -> list[tuple[bool, str]]:
    return [(each["good"], each["said"]) for each in told("doctor")["findings"] if each["about"] == about]


@pytest.mark.usefixtures("lab")
def test_a_lab_comes_back_on_hold_and_goes_on(
    sharemeal: Sharemeal,
    told: Told,
    settings: dict[str, str],
    sqlite_maker: SqliteMaker,
    tmp_path: Path,
) -> None:
    assert findings(told, "backup") == [(True, "バックアップは、まだありません。")]
    backup = str(tmp_path / "evening.backup")
    done = sharemeal("backup", backup)
    assert done.exit_code == 0
    assert "鍵は入っていません" in done.stdout
    assert "最後のバックアップは 2026-11-26 03:0" in findings(told, "backup")[0][1]
    rows = json.loads(sharemeal("backup", backup, "--json").stdout)["rows"]

    settings["DATABASE_URL"] = sqlite_maker.empty()
    restored = json.loads(sharemeal("restore", backup, "--json").stdout)
    assert (restored["rows"], restored["in_doubt"]) == (rows, 0)
    [(good, said)] = findings(told, "hold")
    assert not good
    assert "自分で再開します" in said
    assert "何もしませんでした" in sharemeal("tick", "outbox").stdout
    assert sharemeal("tick", "end-hold").exit_code == 0
    assert findings(told, "hold") == []
    assert "1回動かしました" in sharemeal("tick", "outbox").stdout
    assert sharemeal("link", "volunteer", "--name", "山田").exit_code == 0
    assert sharemeal("audit", "verify").exit_code == 0


@pytest.mark.usefixtures("lab")
def test_refusals_are_sentences(
    sharemeal: Sharemeal, settings: dict[str, str], sqlite_maker: SqliteMaker, tmp_path: Path
) -> None:
    backup = str(tmp_path / "evening.backup")
    assert sharemeal("backup", backup).exit_code == 0
    again = sharemeal("restore", backup)
    assert again.exit_code == 1
    assert "空ではありません" in again.stderr
    settings["DATABASE_URL"] = sqlite_maker.empty()
    settings["SHAREMEAL_INSTANCE"] = str(tmp_path / "elsewhere")
    keyless = sharemeal("restore", backup)
    assert keyless.exit_code == 1
    assert "SHAREMEAL_INDEX_KEY" in keyless.stderr
    settings["DATABASE_URL"] = sqlite_maker.empty()
    assert "表がありません" in sharemeal("backup", str(tmp_path / "nothing")).stderr
    settings["DATABASE_URL"] = "sqlite:////nowhere/at/all.db"
    assert "答えません" in sharemeal("backup", str(tmp_path / "nothing")).stderr
    assert not (tmp_path / "nothing").exists()
