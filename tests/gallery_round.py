"""The sights of a round under way: at the pass, at a door, in a worry, out of signal, at its end, and the evening."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from playwright.sync_api import Page
from sqlalchemy.orm import Session

from sharemeal.actions.close_day import close_day
from sharemeal.actions.cook import cooked
from sharemeal.actions.record_visit import check_in, count_pickup
from sharemeal.households import ConsentItem
from sharemeal.store import kitchens, service_days
from sharemeal.store.base import transaction
from sharemeal.visits import Means, Report


def at_the_last_door(page: Page) -> None:
    """The last stop of the course: always a home."""
    page.locator(".course a.go").last.click()
    page.wait_for_url("**stop=*")


def unanswered(page: Page) -> None:
    """How they are, but not whether they were met."""
    at_the_last_door(page)
    page.locator("button.cond.usual").click()
    page.locator("#contact-e").wait_for()


def different(page: Page) -> None:
    """A little different: the chips, all of them."""
    at_the_last_door(page)
    page.locator("label.choice").first.click()
    page.locator("button.cond.diff").click()
    page.locator(".chipped .more summary").click()


def worried(page: Page) -> None:
    """A worry."""
    at_the_last_door(page)
    page.locator("label.choice").nth(2).click()
    page.locator("button.cond.worried").click()
    page.locator("#so-far").wait_for()


def saved(page: Page) -> None:
    """An ordinary door, and the way back from it."""
    at_the_last_door(page)
    page.locator("label.choice").first.click()
    page.locator("button.cond.usual").click()
    page.locator("main > .saved").wait_for()


def miscounted(page: Page) -> None:
    """Another number at the pass."""
    page.locator(".pick summary").click()
    page.locator(".pick .inp").first.fill("18-20")
    page.locator(".pick details .btn").click()
    page.locator(".errsum").wait_for()


def out_of_signal(page: Page) -> None:
    """A worry where there is no signal."""
    at_the_last_door(page)
    page.context.set_offline(True)
    page.locator("label.choice").first.click()
    page.locator("button.cond.worried").click()
    page.locator("#q0").wait_for()


def cook_all(session: Session, day: date, *, now: datetime) -> None:
    """Every dish is ready."""
    for offer in kitchens.offers_on(session, day):
        cooked(session, offer.id, meal_count=offer.meal_count, now=now, actor="gallery")


def end_rounds(session: Session, day: date, *, now: datetime) -> None:
    """Everybody comes home: all was counted and handed over, and at some doors it tasted."""
    service_day = service_days.on(session, day)
    assert service_day is not None
    halts = [
        (
            stop.id,
            route.volunteer.person_id,
            {item.serving.offer_id: 0 for item in stop.items},
            stop.household is not None and stop.household.consents_to(ConsentItem.WATCH_OVER),
            stop.household_id,
            [(item.serving.offer_id, item.serving.portions) for item in stop.items],
        )
        for route in service_day.routes
        for stop in route.stops
    ]
    for stop_id, person_id, counts, watched, home, items in halts:
        told = {
            "client_uuid": str(UUID(int=stop_id)),
            "reporter_id": person_id,
            "observed_at": now,
            "now": now,
        }
        if home is not None:
            codes = ["tasty"] if watched and stop_id % 2 else []
            report = Report.read("seen", "usual", codes, None, means=Means.DOOR)
            check_in(session, stop_id, report=report, **told)  # type: ignore[arg-type]
        else:
            for offer_id, portions in items:
                counts[offer_id] += portions
            count_pickup(session, stop_id, counts, **told)  # type: ignore[arg-type]


def close(session: Session, day: date, *, now: datetime) -> None:
    """The day is closed."""
    close_day(session, day, lost={}, by="桜井", now=now)


def call_off(session: Session, day: date, *, at: datetime | None, now: datetime) -> None:
    """The day is called off, or (without ``at``) goes on."""
    with transaction(session, now):
        service_day = service_days.on(session, day)
        assert service_day is not None
        service_day.called_off_at = at
