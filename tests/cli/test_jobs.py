"""``jobs list`` says what comes next and when; ``tick`` runs one job once."""

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result

from sharemeal.cli.jobs import by_hand
from sharemeal.store.base import Store
from sharemeal.store.columns import Keyring
from tests.make.clockwork import Clockwork

Sharemeal = Callable[..., Result]
Told = Callable[..., dict[str, Any]]


@pytest.fixture
def settings(settings: dict[str, str], keyring: Keyring) -> dict[str, str]:
    return {
        **settings,
        "SHAREMEAL_FIELD_KEYS": ",".join(keyring.field_keys),
        "SHAREMEAL_INDEX_KEY": keyring.index_key,
    }


@pytest.fixture
def lab(store: Store, now: Any) -> Clockwork:
    return Clockwork(store, now)


def test_the_coming_days_of_a_lab_with_their_steps(lab: Clockwork, told: Told) -> None:
    found = told("jobs", "list")
    (aoba,) = found["labs"]
    assert (aoba["lab"], aoba["zone"]) == ("aoba", "Asia/Tokyo")
    assert [day["date"] for day in aoba["days"]] == ["2026-11-27", "2026-12-04"]
    steps = aoba["days"][0]["steps"]
    assert [(step["step"], step["at"]) for step in steps] == [
        ("remind_kitchens", "2026-11-26T10:00:00+09:00"),
        ("cut_off", "2026-11-26T15:00:00+09:00"),
        ("draft_plan", "2026-11-26T15:05:00+09:00"),
        ("remind_coordinators", "2026-11-26T17:00:00+09:00"),
        ("remind_volunteers", "2026-11-26T17:00:00+09:00"),
        ("start_day", "2026-11-27T14:00:00+09:00"),
        ("close_day", "2026-11-27T21:00:00+09:00"),
    ]
    assert [step["step"] for step in steps if step["next"]] == ["cut_off"]
    assert [job["last"] for job in found["jobs"]] == [None] * len(found["jobs"])


def test_a_step_that_was_taken_and_a_job_that_ran_are_marked(
    lab: Clockwork, sharemeal: Sharemeal, told: Told
) -> None:
    assert sharemeal("tick", "timetable").exit_code == 0
    found = told("jobs", "list")
    taken = [step["step"] for step in found["labs"][0]["days"][0]["steps"] if step["taken"]]
    assert taken == ["remind_kitchens"]
    assert [job["name"] for job in found["jobs"] if job["last"]] == ["timetable"]
    assert sharemeal("tick", "timetable").exit_code == 0
    assert [person for _, person in lab.messages()] == lab.cooks


def test_days_that_rest_are_listed_with_why(
    lab: Clockwork, sharemeal: Sharemeal, settings: dict[str, str]
) -> None:
    settings["SHAREMEAL_CLOCK_START"] = "2026-12-26T12:00+09:00"
    said = sharemeal("jobs", "list").stdout
    assert "2027-01-01（金）  お休み: 元日" in said
    assert "2027-01-08（金） のお届け" in said
    assert "→ 01-07 10:00  まだの協力店に食数を聞く" in said
    assert "2027-01-01（金） のお届け" not in said


def test_every_job_can_be_run_once_by_name(lab: Clockwork, sharemeal: Sharemeal) -> None:
    for name in (
        "silence",
        "escalate",
        "outbox",
        "status-poll",
        "timetable",
        "draft-plan",
        "receive-test",
        "audit",
        "retention",
    ):
        assert sharemeal("tick", name).exit_code == 0


def test_an_unknown_job_is_wrong_usage_and_the_known_ones_are_named(sharemeal: Sharemeal) -> None:
    wrong = sharemeal("tick", "coffee")
    assert wrong.exit_code == 2
    assert "status-poll" in wrong.stderr


def test_what_a_lab_could_not_do_is_said(
    lab: Clockwork, sharemeal: Sharemeal, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sharemeal.actions import day_steps

    def broken(*_: object, **__: object) -> int:
        raise RuntimeError("090-0000-0001")

    monkeypatch.setattr(day_steps, "remind_kitchens", broken)
    failed = sharemeal("tick", "timetable")
    assert failed.exit_code == 1
    assert f"lab {lab.lab_id} remind_kitchens RuntimeError" in failed.stderr
    assert "090" not in failed.stderr


def test_the_audit_by_hand_looks_before_it_links() -> None:
    assert [job.name for job in by_hand("audit")] == ["auditor", "audit"]
    assert [job.name for job in by_hand("outbox")] == ["outbox"]
    assert by_hand("nothing") == ()
