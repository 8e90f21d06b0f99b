"""The pages of telling and taking up, for the gallery: the chain, an alert's link in each of its states, the outbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from sharemeal.actions.concerns import close_concern, raise_concern
from sharemeal.actions.take_up import take_up
from sharemeal.messages import Channel, MessageState, Purpose
from sharemeal.people import Role
from sharemeal.store import households, people, service_days
from sharemeal.store.alerts import AlertContact
from sharemeal.store.alerts import of_concern as alert_of
from sharemeal.store.base import Store, transaction
from sharemeal.store.messages import Message
from sharemeal.store.people import Person
from sharemeal.store.watch import Concern
from sharemeal.visits import Condition, Contact, Observation, Report
from sharemeal.watch import Ending, weigh

Scene = tuple[str, str, str, Callable[[Page], None] | None]
"""A sight's name, address, who looks, and what they do there."""
TEST_CODES = ("TESTRQ23", "TESTRQ24")
PINS = ("2580", "1470")
REPORTS = (
    Report(
        Contact.SEEN, Condition.WORRIED, frozenset({Observation.UNSTEADY_OR_HURT, Observation.LOOKS_UNWELL})
    ),
    Report(Contact.SEEN, Condition.WORRIED, frozenset({Observation.TALK_CONFUSED})),
    Report(Contact.SEEN, None, frozenset({Observation.DANGER})),
)


def before_anybody_is_told(coordinator: str, newcomer: str) -> list[Scene]:
    """The chain while it lacks people."""
    return [
        ("contacts-empty", "/contacts", newcomer, None),
        ("outbox-empty", "/outbox", newcomer, None),
        ("contacts-lacking", "/contacts", coordinator, None),
    ]


def make_chain(store: Store, lab_id: int, first: int, now: datetime) -> int:
    """Two confirmed contacts, of whom the second's number is dead, one who has just asked for the SMS, and one who
    does not answer the monthly test; the id of the second.
    """
    with store.session(lab_id, actor="gallery") as session, transaction(session, now):
        me = session.get_one(Person, first)
        me.phone = me.phone_index = "+819000000901"
        second = people.of_role(session, Role.COORDINATOR)[1]
        second.phone = second.phone_index = "+819000000902"
        third = people.of_role(session, Role.LAB_ADMIN)[0]
        third.phone = "+819000000903"
        for position, person in enumerate((me, second), start=1):
            row = AlertContact(person_id=person.id, position=position, confirmed_at=now)
            row.pin = f"{person.id}:{PINS[position - 1]}"
            session.add(row)
        session.flush()
        for row in session.scalars(select(AlertContact).where(AlertContact.person_id == second.id)):
            row.fault_code, row.fault_at = 30006, now
            row.hours_from, row.hours_to = time(8), time(21, 30)
        second.email = second.email_index = "noguchi@example.org"
        fourth = Person(role=Role.COORDINATOR, name="五十嵐", phone="+819000000904", uniquifier="gallery-4")
        session.add(fourth)
        session.flush()
        long_ago = now - timedelta(days=40)
        silent = AlertContact(person_id=fourth.id, position=4, confirmed_at=long_ago, pin=f"{fourth.id}:3690")
        session.add_all([silent, *_monthly(fourth.id, now)])
        waiting = AlertContact(person_id=third.id, position=3, code_until=now + timedelta(days=30))
        waiting.code = f"{third.id}:000000"
        session.add(waiting)
        tests = zip(
            (me, second, third),
            (MessageState.DELIVERED, MessageState.UNDELIVERED, MessageState.SENT),
            strict=True,
        )
        for person, state in tests:
            session.add(_test(person.id, state, now))
    return second.id


def _monthly(person_id: int, now: datetime) -> list[Message]:
    """The test of the month, sent and not answered; and its twin by e-mail."""
    return [
        Message(
            person_id=person_id,
            purpose=Purpose.RECEIVE_TEST,
            channel=channel,
            once=f"gallery {code}",
            code=code,
            state=MessageState.SENT,
            made_at=now - timedelta(days=3),
            due_at=now - timedelta(days=3),
        )
        for channel, code in zip(Channel, TEST_CODES, strict=True)
    ]


def _test(person_id: int, state: MessageState, now: datetime) -> Message:
    return Message(
        person_id=person_id,
        purpose=Purpose.CONFIRM_NUMBER,
        once=f"gallery {person_id}",
        code=f"GAXXRY{person_id:02d}"[:8],
        detail="310746",
        state=state,
        error_code=30006 if state is MessageState.UNDELIVERED else None,
        made_at=now - timedelta(days=2),
        due_at=now - timedelta(days=2),
    )


def alerts(store: Store, lab_id: int, day: date, second: int, now: datetime) -> list[str]:
    """Three worries, of which one is open, one is taken up by the second contact, and one has ended; their codes."""
    with store.session(lab_id, actor="gallery") as session:
        worries = [_worry(session, day, number, now) for number in range(len(REPORTS))]
        take_up(session, worries[1][0], second, now=now + timedelta(minutes=4))
        with transaction(session, now + timedelta(minutes=5)):
            close_concern(
                session, worries[2][2], Ending.SAFE, now=now + timedelta(minutes=5), person_id=second
            )
    return [code for _, code, _ in worries]


def _worry(session: Session, day: date, number: int, now: datetime) -> tuple[int, str, Concern]:
    with transaction(session, now):
        service_day = service_days.on(session, day)
        assert service_day is not None
        home = households.by_number(session, number + 2)
        verdict = weigh(REPORTS[number], ())
        assert home is not None
        assert verdict is not None
        concern = raise_concern(
            session,
            verdict,
            day_id=service_day.id,
            since=now,
            key=f"g{number}",
            household_id=home.id,
            now=now,
        )
        alert = alert_of(session, concern.id)
        assert alert is not None
        told = session.scalars(select(Message).where(Message.alert_id == alert.id)).one()
    return alert.id, told.code, concern


def _type(pin: str) -> Callable[[Page], None]:
    def type_pin(page: Page) -> None:
        if not page.locator("#pin").is_visible():
            page.locator("main summary").click()
        page.fill("#pin", pin)
        page.locator("main form button").first.click()

    return type_pin


def _forget_outcome(page: Page) -> None:
    _type(PINS[0])(page)
    page.wait_for_load_state()
    page.fill("#memo", "16:50 電話で話せた。食べはじめて落ち着いた。")
    page.locator("button[value=end]").click()


def _choose_hours(page: Page) -> None:
    """Between hours, one of which cannot be read."""
    form = page.locator(".chain > li").first
    form.locator("details").first.locator("summary").click()
    form.locator("input[value=between]").check()
    form.locator("input[name^=hours_from]").fill("あさ")
    form.locator("form.hours > button").click()


def _arrived(page: Page) -> None:
    """Press it, unless an earlier look has."""
    button = page.locator("main form button")
    if button.count():
        button.click()


def _mistype_rung(page: Page) -> None:
    page.fill("#family_minutes", "10")
    page.locator("button[value=keep]").click()


def told(codes: list[str], coordinator: str, admin: str) -> list[Scene]:
    """What there is to see of them."""
    waiting, taken, over = (f"/a/{code}" for code in codes)
    return [
        ("alert-wrong-pin", waiting, "", _type("9753")),
        ("alert-link", waiting, "", None),
        ("alert-signed-in", waiting, coordinator, None),
        ("alert-taken", taken, "", None),
        ("alert-taken-by", taken, coordinator, None),
        ("alert-ended", over, "", None),
        ("contacts", "/contacts", coordinator, None),
        ("contacts-hours", "/contacts", admin, _choose_hours),
        ("receive-test", f"/a/{TEST_CODES[0]}", "", None),
        ("receive-test-answered", f"/a/{TEST_CODES[1]}", "", _arrived),
        ("ladder", "/contacts/ladder", coordinator, None),
        ("ladder-refused", "/contacts/ladder", coordinator, _mistype_rung),
        ("contacts-asked", "/contacts", admin, None),
        ("outbox", "/outbox", coordinator, None),
        ("outbox-admin", "/outbox", admin, None),
        ("case", waiting, "", _type(PINS[0])),
        ("case-refused", waiting, "", _forget_outcome),
    ]
