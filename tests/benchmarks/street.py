"""Many labs whose round is under way right now, and the phones of their volunteers: what the alert benchmarks run on."""

from __future__ import annotations

import http.client
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit
from uuid import uuid4
from zoneinfo import ZoneInfo

from flask.json.tag import TaggedJSONSerializer
from sqlalchemy import select

from sharemeal.actions.keep_session import begin_session
from sharemeal.actions.record_visit import check_in
from sharemeal.actions.sign_in import hashed
from sharemeal.actions.watch_over import expect_visits
from sharemeal.labs import LabRules
from sharemeal.service_days import DayState
from sharemeal.store.alerts import AlertContact
from sharemeal.store.base import Store, transaction
from sharemeal.store.labs import Lab
from sharemeal.store.people import Person
from sharemeal.store.service_days import ServiceDay, Stop
from sharemeal.visits import Means, Report
from sharemeal.web.sessions import COOKIE
from tests.make.evening import evening

AN_HOUR_OF_THE_ROUND = 17


@dataclass(frozen=True)
class House:
    """One lab: its contact, and the volunteer's cookie and stops at homes."""

    lab_id: int
    contact: int
    volunteer: int
    cookie: str
    stops: tuple[int, ...]
    day_id: int


def zone_of_evening(now: datetime) -> str:
    """A zone of fixed offset where it is a little after five in the afternoon now."""
    hours = (AN_HOUR_OF_THE_ROUND - now.hour + 11) % 24 - 11
    return f"Etc/GMT{-hours:+d}" if hours else "Etc/GMT"


def street(store: Store, labs: int, now: datetime, *, email: str = "") -> list[House]:
    """So many labs, each with four homes on one walker's course today and one contact with a number of their own."""
    name = zone_of_evening(now)
    today = now.astimezone(ZoneInfo(name)).date()
    return [_house(store, number, name, today, now, email) for number in range(1, labs + 1)]


def _house(store: Store, number: int, zone: str, today: date, now: datetime, email: str) -> House:
    rules = LabRules(
        zone_name=zone, weekday=today.weekday(), rests_on_holidays=False, patience_minutes=240,
        volunteer_margin_minutes=240,
    )  # fmt: skip
    with store.session(all_labs=True) as session, transaction(session, now):
        lab = Lab(slug=f"lab{number}", name=f"ラボ{number}", rules=rules)
        session.add(lab)
    made = evening(store, lab.id, now, state=DayState.UNDER_WAY, day=today)
    phone = f"+8190{number:08d}"
    with store.session(lab.id) as session, transaction(session, now):
        boss = session.get_one(Person, made.coordinator)
        boss.phone = boss.phone_index = phone
        if email:
            boss.email = boss.email_index = email.format(number=number)
        contact = AlertContact(person_id=boss.id, position=1, confirmed_at=now)
        contact.pin = f"{boss.id}:2580"
        session.add(contact)
        stops = session.scalars(
            select(Stop).where(Stop.household_id.is_not(None)).order_by(Stop.id.desc()).limit(4)
        ).all()
        day = stops[0].route.day_id
        expect_visits(session, session.get_one(ServiceDay, day))
    cookie = secrets.token_urlsafe(32)
    values = TaggedJSONSerializer().dumps({"person_id": made.volunteer})
    with store.session(all_labs=True) as session:
        begin_session(
            session, hashed(cookie), made.volunteer, values, expires_at=now + timedelta(hours=6), now=now
        )
    return House(lab.id, made.coordinator, made.volunteer, cookie, tuple(stop.id for stop in stops), day)


def worry(store: Store, house: House) -> None:
    """A worry at the first home of that course, without a page in between."""
    at = datetime.now(UTC)
    with store.session(house.lab_id) as session:
        check_in(
            session,
            house.stops[0],
            client_uuid=str(uuid4()),
            report=Report.read("seen", "worried", (), None, means=Means.DOOR),
            observed_at=at,
            reporter_id=house.volunteer,
            now=at,
        )


class Phone:
    """A telephone that keeps one connection to the pages open."""

    def __init__(self, site: str) -> None:
        self._site = site
        self._connection = http.client.HTTPConnection(urlsplit(site).netloc, timeout=30)

    def check_in(self, house: House, place: int, condition: str) -> int:
        """Report the home at that place of the course; the HTTP status."""
        event = {
            "id": str(uuid4()),
            "stop": house.stops[place],
            "contact": "seen",
            "condition": condition,
            "observations": [],
            "note": "",
            "observed_at": datetime.now(UTC).isoformat(),
        }
        headers = {
            "Content-Type": "application/json",
            "Cookie": f"{COOKIE}={house.cookie}",
            "Origin": self._site,
        }
        self._connection.request("POST", "/api/v1/check-ins", json.dumps(event), headers)
        answer = self._connection.getresponse()
        told = json.loads(answer.read() or b"{}")
        if answer.status == 200 and told.get("result") != "created":
            raise RuntimeError(f"a report was not taken: {told}")
        return answer.status
