"""What the doctor says of the watching itself."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sharemeal.actions.beat import beat
from sharemeal.actions.watch_the_watch import keep_alarms
from sharemeal.alarms import AlarmKind
from sharemeal.cli import watch_findings
from sharemeal.cli.finding import Finding
from sharemeal.store import health
from sharemeal.store.base import Store
from tests.make.lateness import JOBS, Late

Told = Callable[..., dict[str, Any]]
NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)


def said(told: Told, about: str) -> list[tuple[bool, bool, str]]:
    return [
        (each["good"], each["heed"], each["said"])
        for each in told("doctor")["findings"]
        if each["about"] == about
    ]


@pytest.mark.usefixtures("lab")
def test_in_a_fresh_house_nothing_is_wrong_but_somebody_should_know(told: Told) -> None:
    assert told("doctor")["ok"]
    assert [good and heed for good, heed, _ in said(told, "jobs")] == [True]
    assert [good and heed for good, heed, _ in said(told, "heartbeat")] == [True]
    assert said(told, "contacts") == [
        (True, True, "aobadai は、番号を確かめた連絡先が0人です。2人以上にしてください。")
    ]
    assert said(told, "auditor") == [(True, False, "連絡のしくみに遅れはありません。")]


@pytest.mark.parametrize("url", ["ping.example.jp/x", "ftp://example.jp"])
def test_an_address_of_the_heartbeat_that_is_none_is_found(
    told: Told, settings: dict[str, str], url: str
) -> None:
    settings["HEARTBEAT_URL"] = url
    [(good, _, sentence)] = said(told, "heartbeat")
    assert not good
    assert url not in sentence


@pytest.mark.parametrize("email", ["operator", "a@b@c", "a@example.jp, b@example.jp"])
def test_an_operators_address_that_is_none_is_found(told: Told, settings: dict[str, str], email: str) -> None:
    settings["HEARTBEAT_URL"] = "https://example.jp/ping"
    settings["SHAREMEAL_OPERATOR_EMAIL"] = email
    assert [good for good, _, _ in said(told, "heartbeat")] == [True, False]


def test_what_is_late_is_named_by_kind_and_count(told: Told, store: Store, settings: dict[str, str]) -> None:
    settings["DATABASE_URL"] = store.url
    settings["SHAREMEAL_FIELD_KEYS"] = ",".join(store.keyring.field_keys)
    settings["SHAREMEAL_INDEX_KEY"] = store.keyring.index_key
    late = Late(store, NOW)
    assert all(good for good, _, _ in said(told, "auditor"))
    assert said(told, "contacts") == []
    late.silence()
    [(good, _, sentence)] = said(told, "auditor")
    assert not good
    assert "silence_late、1件" in sentence
    keep_alarms(store, {AlarmKind.JOB_LATE: 2}, now=NOW)
    assert ["job_late" in sentence for _, _, sentence in said(told, "auditor")] == [False, True]


def test_jobs_that_ran_once_and_run_no_more_are_a_fault(
    told: Told, store: Store, settings: dict[str, str]
) -> None:
    settings["DATABASE_URL"] = store.url
    settings["SHAREMEAL_FIELD_KEYS"] = ",".join(store.keyring.field_keys)
    settings["SHAREMEAL_INDEX_KEY"] = store.keyring.index_key
    with store.session(all_labs=True) as session:
        for name in JOBS:
            beat(session, name, owner="test", now=NOW)
    del settings["SHAREMEAL_CLOCK_START"]
    [(good, _, sentence)] = said(told, "jobs")
    assert not good
    assert "、".join(JOBS) in sentence


@pytest.mark.parametrize(("apart", "found"), [(0, False), (4, False), (7, True), (-7, True)])
def test_clocks_that_disagree_are_found(monkeypatch: pytest.MonkeyPatch, apart: int, found: bool) -> None:
    monkeypatch.setattr(health, "server_time", lambda _engine: NOW + timedelta(seconds=apart))

    class Door:
        class settings:  # noqa: N801
            clock_start_at = None

        class clock:  # noqa: N801
            @staticmethod
            def now() -> datetime:
                return NOW

        class store:  # noqa: N801
            engine = None

    told: list[Finding] = list(watch_findings.clocks(Door))  # type: ignore[arg-type]
    assert [each.good for each in told] == [False] * found


@pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
def test_the_servers_clock_is_that_of_this_machine(store: Store) -> None:
    theirs = health.server_time(store.engine)
    assert theirs is not None
    assert abs(datetime.now(UTC) - theirs) < timedelta(seconds=5)
