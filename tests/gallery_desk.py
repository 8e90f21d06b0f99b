"""The coordinator's desk on pictures: a Friday with a worry, a home that gave no answer, and good news."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from playwright.sync_api import Page

from sharemeal.actions.call_off import call_off
from sharemeal.actions.escalate import escalate
from sharemeal.actions.fix_day import fix_day
from sharemeal.actions.plan_day import plan_day
from sharemeal.actions.record_visit import check_in
from sharemeal.actions.sign_off import sign_off
from sharemeal.actions.take_up import take_up
from sharemeal.alarms import AlarmKind
from sharemeal.demo.load import load
from sharemeal.households import ConsentItem
from sharemeal.people import Role
from sharemeal.store import alerts, labs, people, service_days, today
from sharemeal.store.base import Store
from sharemeal.store.service_days import Stop
from sharemeal.visits import Condition, Contact, GoodNews, Observation, Report

LATE = (AlarmKind.MESSAGE_LATE, AlarmKind.JOB_LATE)
"""What the auditor has found on the pictures of a watch that is late."""
DAY = date(2026, 11, 27)
EVENING = datetime(2026, 11, 27, 9, 40, tzinfo=UTC)
"""18:40 in Yokohama, when the last doors are being knocked on."""

USUAL = Report(Contact.SEEN, Condition.USUAL)
REPORTS = (
    USUAL,
    Report(Contact.SEEN, Condition.USUAL, good_news=frozenset({GoodNews.SMILE, GoodNews.TASTY}),
           note="「おいしかった」と、空の容器を洗って待っていてくださいました。"),
    Report(Contact.SEEN, Condition.DIFFERENT, frozenset({Observation.MEAL_UNTOUCHED})),
    USUAL,
    Report(Contact.SEEN, Condition.WORRIED, frozenset({Observation.UNSTEADY_OR_HURT, Observation.LOOKS_UNWELL}),
           note="ふらつきがあり、前回よりお疲れのようすでした。"),
    Report(Contact.UNSEEN_RETURNED, None, frozenset({Observation.NO_RESPONSE, Observation.SHUTTERS_CLOSED})),
    Report(Contact.VOICE_ONLY, Condition.USUAL),
    Report(Contact.SEEN, Condition.USUAL, good_news=frozenset({GoodNews.GOOD_TALK}),
           note="お子さんが門まで走ってきてくれました。"),
)  # fmt: skip
"""What is told of the doors, one after the other; the last doors are not told of."""


@dataclass(frozen=True)
class DeskLab:
    """A demo lab of its own, so that what happens on this evening stays out of the other pictures."""

    lab_id: int
    coordinator: int
    admin: int


def desk_lab(store: Store, now: datetime) -> DeskLab:
    """A lab with a past, whose coming Friday is fixed."""
    slug = load(store, labs=1, weeks=6, seed=7, now=now)[0]
    with store.session(all_labs=True) as session:
        lab = labs.by_slug(session, slug)
        assert lab is not None
        lab_id = lab.id
    plan_day(store, lab_id, DAY, now=now, actor="gallery", seconds=20, solutions=30, seed=7)
    with store.session(lab_id, actor="gallery") as session:
        stored = service_days.on(session, DAY)
        assert stored is not None
        for number in [each.household.number for each in stored.shortages]:
            sign_off(session, DAY, number, reason="世話人が電話をします", by="桜井", now=now)
        fix_day(session, DAY, by="桜井", now=now)
        coordinator, admin = (
            people.of_role(session, role)[0].id for role in (Role.COORDINATOR, Role.LAB_ADMIN)
        )
    return DeskLab(lab_id, coordinator, admin)


def live_evening(store: Store, lab_id: int, day: date = DAY, reports: Iterable[Report] = REPORTS) -> None:
    """Report of the doors of a settled day at their planned times, and let the coordinator take the worry up."""
    with store.session(lab_id, actor="gallery") as session:
        stored = service_days.settled_on(session, day)
        assert stored is not None
        stops = sorted(today.home_stops(session, stored.id), key=lambda stop: (stop.begins_seconds, stop.id))
        told = iter(reports)
        doors = [
            (stop.id, stop.route.volunteer.person_id, stop.begins_seconds, _told(stop, told))
            for stop in stops
        ]
        coordinator = people.of_role(session, Role.COORDINATOR)[0].id
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=9)
        for number, (stop_id, person_id, seconds, report) in enumerate(doors):
            if report is None:
                break
            at = midnight + timedelta(seconds=seconds + 60)
            check_in(
                session,
                stop_id,
                client_uuid=str(UUID(int=number + 1)),
                report=report,
                observed_at=at,
                reporter_id=person_id,
                now=at,
            )
    escalate(store, now=EVENING)
    with store.session(lab_id, actor="gallery") as session:
        for concern in [each for each in today.open_with_why(session) if each.level == 3]:
            alert = alerts.of_concern(session, concern.id)
            assert alert is not None
            take_up(session, alert.id, coordinator, now=EVENING - timedelta(minutes=5))


def _told(stop: Stop, reports: Iterator[Report]) -> Report | None:
    """The next report; at a home without watch-over only that the meal was handed over."""
    assert stop.household is not None
    return next(reports, None) if stop.household.consents_to(ConsentItem.WATCH_OVER) else USUAL


def call_day_off(store: Store, lab_id: int, day: date, now: datetime) -> None:
    """A day that becomes a round of calls."""
    with store.session(lab_id, actor="gallery") as session:
        call_off(session, day, why="大雪の予報のため", now=now)


def _second_volunteer(page: Page) -> None:
    page.locator("main nav a").nth(1).click()


def sights(make: Any, coordinator: str, admin: str) -> dict[str, list[Any]]:
    """The desk's pages by scene; ``make`` is gallery.Sight."""
    return {
        "quiet": [
            make("today-quiet", "/today", coordinator),
            make("log-empty-sieve", "/log?home=4000", coordinator),
        ],
        "evening": [
            make("today", "/today", coordinator),
            make("today-admin", "/today", admin),
            make("log", "/log", coordinator),
            make("household-watch", "/households/3", coordinator),
            make("day-paper", f"/today/{DAY}/paper", coordinator, _second_volunteer),
            make("day-close", f"/today/{DAY}/close", coordinator),
            make("day-call-off", f"/today/{DAY}/call-off", coordinator),
            make("day-closed", "/today/2026-11-20/close", coordinator),
        ],
        "called-off": [make("today-called-off", f"/today/{DAY}", coordinator)],
        "late": [make("today-late", "/today", coordinator), make("today-late-admin", "/today", admin)],
    }
