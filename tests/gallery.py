"""Every page of a demo lab, at the moments of its week at which it looks different: for pictures and for axe.

A sight is a page as one person comes to it. The lab, its plan and the clock are the same on every run.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask

from sharemeal import create_app
from sharemeal.actions.beat import beat
from sharemeal.actions.fix_day import fix_day
from sharemeal.actions.found_lab import found_lab
from sharemeal.actions.people import add_person, people_of_kitchens
from sharemeal.actions.plan_day import plan_day
from sharemeal.actions.sign_in import make_link
from sharemeal.actions.sign_off import sign_few_contacts, sign_off
from sharemeal.actions.solve_runs import begin_run
from sharemeal.actions.watch_the_watch import keep_alarms
from sharemeal.clock import Clock
from sharemeal.config import Settings
from sharemeal.demo.load import load
from sharemeal.households import Need
from sharemeal.people import Role
from sharemeal.store import alerts, households, kitchens, labs, people, service_days, ticks
from sharemeal.store.base import Store, transaction
from sharemeal.store.columns import Keyring
from tests import gallery_alerts, gallery_cover, gallery_desk, gallery_round
from tests.sights import (
    BEFORE_THE_PLAN,
    DESK,
    FRIDAY,
    KITCHEN,
    NEWCOMER,
    NEXT_FRIDAY,
    OVER,
    PLANNED,
    ROLES,
    ROUND_ENDED,
    SETTLED,
    UNDER_WAY,
    A,
    C,
    K,
    N,
    Sight,
    V,
)

SEED = 3
BY_HAND = "世話人が電話をして、食べられるおかずを届けます"


def _utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


THURSDAY_NOON, THURSDAY_EVENING = _utc(26, 3), _utc(26, 8)
FRIDAY_NOON, ON_THE_WAY, HOME, LATE = _utc(27, 3), _utc(27, 7, 40), _utc(27, 9, 20), _utc(27, 13)


class SetClock(Clock):
    """A clock that stands where it is set."""

    moment = THURSDAY_NOON

    def now(self) -> datetime:
        return self.moment


class Gallery:
    """A demo lab on SQLite in a folder, its app, and who signs in there."""

    def __init__(self, folder: Path) -> None:
        self.clock = SetClock()
        self.store = Store(f"sqlite:///{folder}/gallery.db", Keyring.generate())
        self.store.upgrade()
        settings = Settings(secret_key="only for pictures", instance=str(folder))
        self.app: Flask = create_app(settings, self.clock, self.store)
        load(self.store, labs=1, weeks=6, seed=SEED, now=THURSDAY_NOON)
        with self.store.session(all_labs=True, actor="gallery") as session:
            self.lab_id = labs.all_labs(session)[0].id
            empty = found_lab(session, "empty", "はじめたばかりのリビングラボ", now=THURSDAY_NOON).id
        self.people = self._people()
        with self.store.session(empty, actor="gallery") as session:
            self.people["newcomer"] = add_person(session, Role.COORDINATOR, "新井", now=THURSDAY_NOON)

    @contextmanager
    def _session(self) -> Iterator[Any]:
        with self.store.session(self.lab_id, actor="gallery") as session:
            yield session

    def _people(self) -> dict[str, int]:
        """One of each role by its word; and home 1 may eat nothing that is cooked."""
        with self._session() as session:
            people_of_kitchens(session, now=THURSDAY_NOON)
            with transaction(session, THURSDAY_NOON):
                home = households.by_number(session, 1)
                assert home is not None
                home.need = Need(
                    home.need.portions, frozenset({"大豆", "小麦", "卵", "鶏肉", "豚肉", "さけ"})
                )
                for offer in kitchens.offers_on(session, FRIDAY):
                    offer.allergens = None if offer.allergens is None else offer.allergens | {"大豆"}
                for contact in alerts.contacts(session):
                    session.delete(contact)
                for coordinator in people.of_role(session, Role.COORDINATOR):
                    coordinator.phone = coordinator.phone_index = "+81450000900"
            return {role.value: people.of_role(session, role)[0].id for role in ROLES}

    def link(self, role: Role) -> str:
        """The path of a fresh link of that person."""
        with self._session() as session:
            return f"/s/{make_link(session, self.people[role.value], now=self.clock.moment).token}"

    def cookies(self, who: str, address: str) -> list[dict[str, str]]:
        """What the browser of that person carries; nobody's is empty."""
        if not who:
            return []
        client = self.app.test_client()
        with client.session_transaction() as session:
            session["person_id"] = self.people[who]
        return [
            {"name": each.key, "value": each.value, "url": address}
            for each in (client._cookies or {}).values()
        ]

    def _at(self, moment: datetime) -> None:
        """The clock shows this moment, and every job has just run."""
        self.clock.moment = moment
        with self.store.session(all_labs=True, actor="gallery") as session:
            for name in (*ticks.ALERT_JOBS, ticks.AUDIT_JOB, ticks.AUDITOR_JOB):
                beat(session, name, owner="gallery", now=moment)

    def scenes(self) -> Iterator[list[Sight]]:
        """The sights, moment after moment; the lab moves on between them."""
        self._at(THURSDAY_NOON)
        yield [*self._doors(), *KITCHEN, *BEFORE_THE_PLAN, *DESK, *NEWCOMER]
        self._at(THURSDAY_EVENING)
        plan_day(
            self.store, self.lab_id, FRIDAY, now=self.clock.moment, actor="gallery", seconds=2, seed=SEED
        )
        begin_run(self.store, self.lab_id, NEXT_FRIDAY, now=self.clock.moment, actor="gallery")
        yield PLANNED
        self._settle()
        self._at(FRIDAY_NOON)
        yield SETTLED
        self._at(ON_THE_WAY)
        yield UNDER_WAY
        yield [Sight(*each) for each in gallery_alerts.before_anybody_is_told(C, N)]
        yield [Sight(*each) for each in self._told()]
        with self._session() as session:
            gallery_round.call_off(session, FRIDAY, at=ON_THE_WAY, now=ON_THE_WAY)
        yield [Sight("route-called-off", "/route", V), Sight("kitchen-called-off", "/kitchen", K)]
        with self._session() as session:
            gallery_round.call_off(session, FRIDAY, at=None, now=ON_THE_WAY)
            gallery_round.cook_all(session, FRIDAY, now=ON_THE_WAY)
            gallery_round.end_rounds(session, FRIDAY, now=HOME)
        self._at(HOME)
        yield ROUND_ENDED
        self._at(LATE)
        with self._session() as session:
            gallery_round.close(session, FRIDAY, now=LATE)
        yield OVER
        yield from self._desk()

    def _desk(self) -> Iterator[list[Sight]]:
        """The coordinator's Friday in a lab of its own."""
        self._at(THURSDAY_EVENING)
        lab = gallery_desk.desk_lab(self.store, self.clock.moment)
        self.people |= {"desk": lab.coordinator, "desk-admin": lab.admin}
        scenes = gallery_desk.sights(Sight, "desk", "desk-admin")
        yield scenes["quiet"]
        gallery_desk.live_evening(self.store, lab.lab_id)
        self._at(gallery_desk.EVENING)
        yield scenes["evening"]
        gallery_desk.call_day_off(self.store, lab.lab_id, FRIDAY, self.clock.moment)
        yield scenes["called-off"]
        keep_alarms(self.store, dict.fromkeys(gallery_desk.LATE, 1), now=self.clock.moment)
        yield scenes["late"]
        keep_alarms(self.store, {}, now=self.clock.moment)
        yield from gallery_cover.scenes(self.store, self.clock, self.people)

    def _doors(self) -> list[Sight]:
        return [
            Sight("signin", "/signin"),
            Sight("link-kitchen", self.link(Role.KITCHEN)),
            Sight("link-coordinator", self.link(Role.COORDINATOR)),
            Sight("link-wrong", "/s/nothing"),
        ]

    def _settle(self) -> None:
        """Answer for who gets nothing, fix the day; the volunteer is now one with a long course."""
        with self._session() as session:
            day = service_days.on(session, FRIDAY)
            assert day is not None
            longest = max(day.routes, key=lambda route: len(route.stops))
            self.people[V] = longest.volunteer.person_id
            short = [each.household.number for each in day.shortages]
            for number in short:
                sign_off(session, FRIDAY, number, reason=BY_HAND, by="桜井", now=self.clock.moment)
            why = "桜井が電話を離さず、食堂でも待ちます"
            sign_few_contacts(session, FRIDAY, reason=why, by="桜井", now=self.clock.moment)
            fix_day(session, FRIDAY, by="桜井", now=self.clock.moment)

    def _told(self) -> list[gallery_alerts.Scene]:
        """A chain is made, and three worries are told to it."""
        second = gallery_alerts.make_chain(self.store, self.lab_id, self.people[C], self.clock.moment)
        codes = gallery_alerts.alerts(self.store, self.lab_id, FRIDAY, second, self.clock.moment)
        return gallery_alerts.told(codes, C, A)

    def close(self) -> None:
        """Let the database go."""
        self.store.close()
