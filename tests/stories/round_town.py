"""A town whose clock ticks and whose text messages arrive: the jobs run when the story says what time it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Browser

from sharemeal import jobs
from sharemeal.actions.people import add_person
from sharemeal.actions.sign_in import make_link
from sharemeal.config import Settings
from sharemeal.instance import mail_of, sms_of
from sharemeal.messages import Channel
from sharemeal.people import Role
from sharemeal.store.base import Store
from tests.stories.town import Somebody, Town
from tests.twilio_standin import TwilioStandIn
from tests.web.conftest import StandingClock

TICKS = (
    jobs.tick_timetable,
    jobs.tick_draft_plan,
    jobs.tick_silence,
    jobs.tick_escalate,
    jobs.tick_outbox,
    jobs.tick_status_poll,
    jobs.tick_audit,
)


class RoundTown(Town):
    """A town with telephones: ``texts(number)`` is what that number has received, newest last."""

    def __init__(
        self,
        store: Store,
        folder: Path,
        clock: StandingClock,
        serve: Callable[[Flask], str],
        browser: Browser,
        twilio: TwilioStandIn,
        **more: str,
    ) -> None:
        super().__init__(store, folder, clock, serve, browser, **twilio.settings(), **more)
        self.twilio = twilio
        self._staff: dict[Somebody, tuple[int, int]] = {}
        settings = Settings(**twilio.settings(), **more)
        self.world = jobs.World(
            store=store,
            ways={Channel.SMS: sms_of(settings), Channel.EMAIL: mail_of(settings)},
            site=self.address,
            now=clock.now,
            lease=settings.lease,
            settle=settings.settle,
            tick_seconds=5,
            solve_seconds=3,
            owner="story",
        )

    def it_is(self, moment: datetime) -> None:
        """Move the clock, run every job once, and let what was sent arrive."""
        super().it_is(moment)
        for each in self.people:
            each.page.clock.set_fixed_time(moment)
        self.ticks()

    def somebody(self, device: dict[str, Any], *, script: bool = True) -> Somebody:
        """Somebody with a fresh browser, whose clock shows the story's time."""
        made = super().somebody(device, script=script)
        made.page.clock.set_fixed_time(self.clock.moment)
        return made

    def ticks(self) -> None:
        """Run every job once; every text that went out arrives."""
        for tick in TICKS:
            tick(self.world)
        self.twilio.deliver_all()

    def texts(self, number: str) -> list[str]:
        """What this number has received."""
        return [text.body for text in self.twilio.texts(number)]

    def link_in(self, text: str) -> str:
        """The address that a text carries."""
        return next(word for word in text.split() if word.startswith("http"))

    def staff(self, lab_id: int, name: str, device: dict[str, Any]) -> Somebody:
        """A coordinator who comes in by the link that the operator's command would print."""
        with self.store.session(lab_id, actor="test") as session:
            person_id = add_person(
                session, Role.COORDINATOR, name, now=self.clock.moment, phone="045-000-0900"
            )
        somebody = self.somebody(device)
        self._staff[somebody] = (lab_id, person_id)
        self.comes_back(somebody)
        return somebody

    def comes_back(self, somebody: Somebody) -> None:
        """Staff sessions end over night: in the morning they come in by a fresh link."""
        lab_id, person_id = self._staff[somebody]
        with self.store.session(lab_id, actor="test") as session:
            token = make_link(session, person_id, now=self.clock.moment).token
        somebody.comes_in_by(f"{self.address}/s/{token}")
