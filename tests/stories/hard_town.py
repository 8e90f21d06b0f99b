"""A Friday evening on which much goes wrong: four homes, one walker, two contacts with SMS and e-mail, and the jobs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import select
from sqlalchemy.orm import Session

from sharemeal import jobs
from sharemeal.actions.sign_in import make_link
from sharemeal.actions.watch_over import expect_visits
from sharemeal.people import Role
from sharemeal.service_days import DayState
from sharemeal.store import service_days
from sharemeal.store.base import Store, transaction
from sharemeal.store.messages import Message
from sharemeal.store.people import Person
from sharemeal.store.service_days import ServiceDay
from tests.make.alarm import PINS, contact
from tests.make.evening import FRIDAY, evening
from tests.smtp_standin import SmtpStandIn
from tests.stories.round_town import RoundTown
from tests.stories.town import DESK, PHONE, Somebody
from tests.twilio_standin import TwilioStandIn
from tests.web.conftest import StandingClock

NUMBERS = ("+818000000901", "+818000000902")
ADDRESSES = ("sakurai@example.org", "noguchi@example.org")
RUN = tuple(job for job in jobs.JOBS if job.name not in ("draft-plan", "retention", "timetable"))


class Crash(BaseException):
    """The process dies here."""


class HardTown(RoundTown):
    """``first`` and ``second`` are the chain; ``walker`` carries to all four homes."""

    def __init__(
        self,
        store: Store,
        folder: Path,
        clock: StandingClock,
        serve: Callable[[Flask], str],
        browser: Browser,
        twilio: TwilioStandIn,
        smtp: SmtpStandIn,
    ) -> None:
        super().__init__(store, folder, clock, serve, browser, twilio, smtp_url=smtp.url)
        self.smtp = smtp
        self.lab_id = self.lab("aobadai", "青葉台・藤が丘リビングラボ")
        made = evening(store, self.lab_id, clock.moment, state=DayState.UNDER_WAY)
        self.walker = made.volunteer
        with store.session(self.lab_id) as session, transaction(session, clock.moment):
            boss = session.get_one(Person, made.coordinator)
            other = Person(role=Role.COORDINATOR, name="野口", uniquifier="hard-2")
            session.add(other)
            for person, number, address in zip((boss, other), NUMBERS, ADDRESSES, strict=True):
                person.phone = person.phone_index = number
                person.email = person.email_index = address
            session.flush()
            day = service_days.on(session, FRIDAY)
            assert isinstance(day, ServiceDay)
            expect_visits(session, day)
        self.chain = (boss.id, other.id)
        for place, (person_id, pin) in enumerate(zip(self.chain, PINS, strict=True), start=1):
            contact(store, self.lab_id, person_id, place, pin, clock.moment)

    def ticks(self) -> None:
        """Run every job once, as a process would; texts that went out arrive."""
        for job in RUN:
            jobs.run_once(job, self.world)
        if not self.twilio.dark:
            self.twilio.deliver_all()

    def goes_on(self, seconds: int, *, every: int = 5) -> None:
        """So much time passes, with a tick every few seconds."""
        for _ in range(seconds // every):
            self.it_is(self.clock.moment + timedelta(seconds=every))

    def starts_anew(self) -> None:
        """The process that ran the jobs is gone; another takes its place."""
        self.world = replace(self.world, owner=f"{self.world.owner}+")

    def comes_in(self, person_id: int, device: dict[str, Any]) -> Somebody:
        """Somebody by a fresh link."""
        with self.store.session(self.lab_id, actor="test") as session:
            link = make_link(session, person_id, now=self.clock.moment)
        somebody = self.somebody(device)
        somebody.comes_in_by(f"{self.address}/s/{link.token}")
        return somebody

    def volunteer(self) -> Somebody:
        return self.comes_in(self.walker, PHONE)

    def desk(self, place: int = 1) -> Somebody:
        """A coordinator at the desk: the second one, unless another is named."""
        return self.comes_in(self.chain[place], DESK)

    def takes_up(self, text: str, place: int = 0) -> Somebody:
        """Open the link of a text on a telephone, give the PIN."""
        phone = self.somebody(PHONE)
        phone.opens(self.link_in(text))
        phone.page.get_by_label("PIN").fill(PINS[place])
        phone.taps("引き受けます")
        return phone

    def mails(self, place: int) -> list[str]:
        """What e-mail this contact has received."""
        return [mail.text for mail in self.smtp.mails(ADDRESSES[place])]

    def messages(self) -> list[Message]:
        with self.store.session(all_labs=True) as session:
            return list(session.scalars(select(Message).order_by(Message.id)))

    def nobody_was_told_twice(self) -> None:
        """Each code stands in one text at most, and in one e-mail at most."""
        for row in self.messages():
            assert sum(row.code in text.body for text in self.twilio.texts()) <= 1
            assert sum(row.code in mail.text for mail in self.smtp.taken) <= 1


@contextmanager
def dying_at_commit(monkeypatch: pytest.MonkeyPatch, number: int, *, after: bool) -> Iterator[None]:
    """The process dies at its commit of that number (from 1), just before or just after it is on the disk."""
    real, seen, mine = Session.commit, 0, threading.current_thread()

    def commit(session: Session) -> None:
        nonlocal seen
        writes = threading.current_thread() is mine and bool(session.info.get("now"))
        seen += writes
        if seen == number and writes:
            if after:
                real(session)
            raise Crash
        real(session)

    with monkeypatch.context() as patch:
        patch.setattr(Session, "commit", commit)
        yield


def evening_clock() -> StandingClock:
    """Twenty to five in Yokohama: the round has just begun."""
    return StandingClock(datetime(2026, 11, 27, 7, 40, tzinfo=UTC))
