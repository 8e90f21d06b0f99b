"""``sharemeal plan`` by hand: what it prints, what it writes, what it refuses."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sharemeal.actions.fix_day import fix_day
from sharemeal.cli import main
from sharemeal.service_days import DayState
from sharemeal.store import service_days
from sharemeal.store.base import Store, transaction
from sharemeal.store.columns import Keyring
from tests.actions.planning import the_day
from tests.checker import check_routes
from tests.make.small_lab import DAY, SmallLab, two_homes

Json = dict[str, Any]


@pytest.fixture
def said(
    store: Store, database_url: str, keyring: Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """Type ``sharemeal …`` against the store of this test."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("SHAREMEAL_INSTANCE", str(tmp_path))
    monkeypatch.setenv("SHAREMEAL_FIELD_KEYS", ",".join(keyring.field_keys))
    monkeypatch.setenv("SHAREMEAL_INDEX_KEY", keyring.index_key)
    monkeypatch.setenv("SHAREMEAL_SOLVE_SECONDS", "2")

    def typed(*words: str) -> Result:
        return CliRunner().invoke(main, words)

    return typed


def test_a_day_is_planned_and_the_very_problem_written(
    store: Store, now: datetime, said: Any, tmp_path: Path
) -> None:
    two_homes(store, now)
    file = tmp_path / "problem.json"
    result = said("plan", "令和8年11月27日", "--json", "--problem", str(file))
    assert result.exit_code == 0, result.output
    told: Json = json.loads(result.stdout)
    assert list(told)[:2] == ["date", "state"]
    assert (told["date"], told["state"]) == ("2026-11-27", "draft")
    assert {"meals", "shortages", "surplus", "counts", "routes"} <= set(told)
    counts = told["counts"]
    assert (
        counts["active"] == counts["paused"] + counts["declined"] + counts["planned"] + counts["short"] == 2
    )
    assert check_routes(json.loads(file.read_text("utf-8")), told["routes"]) == []


def test_a_person_reads_the_sum_the_courses_and_the_reasons(store: Store, now: datetime, said: Any) -> None:
    lab = two_homes(store, now)
    lab.home(3, 90, opens="17:00", closes="17:01")
    text = said("plan", "2026-11-27").output
    assert "2026年11月27日（金）の計画　下書き" in text
    assert "登録3 − お休み0 − 辞退0 ＝ 計画2 ＋ 不足1（軒）" in text
    assert "1号食堂で受け取り" in text
    assert "お届け先①" in text
    assert "■ 足りないお届け先\n  お届け先③" in text
    assert "番さん" not in text, "no names on a terminal"


def test_unserved_doors_are_no_failure(store: Store, now: datetime, said: Any) -> None:
    lab = SmallLab(store, now)
    lab.home(1, 1)
    result = said("plan", "2026-11-27", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["shortages"][0]["household"] == 1


def test_a_settled_day_is_shown_as_it_stands(store: Store, now: datetime, said: Any, tmp_path: Path) -> None:
    lab = two_homes(store, now)
    lab.contacts()
    draft = json.loads(said("plan", "2026-11-27", "--json").stdout)
    with lab.session() as session:
        fix_day(session, DAY, by="桜井", now=now)
    again = said("plan", "2026-11-27", "--json", "--seed", "5")
    assert again.exit_code == 0
    assert json.loads(again.stdout) == {**draft, "state": "fixed"}
    file = tmp_path / "problem.json"
    refused = said("plan", "2026-11-27", "--problem", str(file))
    assert refused.exit_code == 1
    assert "もう決まっている" in refused.stderr
    assert not file.exists()


def test_what_cannot_be_meant_is_refused_with_a_sentence(
    store: Store, now: datetime, said: Any, tmp_path: Path
) -> None:
    lab = two_homes(store, now)
    for words, sentence in (
        (("plan", "きのう"), "日付を読み取れません"),
        (("plan", "11月31日"), "11月は30日まで"),
        (("plan", "2026-11-31"), "11月は30日まで"),
        (("plan", "2026-11-27", "--lab", "nowhere"), "「nowhere」というラボはありません"),
    ):
        result = said(*words)
        assert (result.exit_code, result.stdout) == (1, ""), words
        assert sentence in result.stderr
    two_homes(store, now, slug="stranger")
    assert "ラボがいくつかあります" in said("plan", "2026-11-27").stderr
    assert said("plan").exit_code == 2
    with lab.session() as session:
        assert service_days.on(session, DAY) is None
    assert said("plan", "2026-11-27", "--lab", "aoba").exit_code == 0
    unwritable = said(
        "plan", "2026-11-27", "--lab", "aoba", "--problem", str(tmp_path / "nowhere" / "p.json")
    )
    assert (unwritable.exit_code, unwritable.stdout) == (1, "")
    assert "書けません" in unwritable.stderr


def test_a_day_under_way_is_shown_too(store: Store, now: datetime, said: Any) -> None:
    lab = two_homes(store, now)
    said("plan", "2026-11-27")
    with lab.session() as session, transaction(session, now):
        the_day(session).state = DayState.UNDER_WAY
    assert "計画　実施" in said("plan", "2026-11-27").output
