"""Four weeks of a small lab under a clock that the story sets: people act at their moments, jobs tick in between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import select

from sharemeal import jobs
from sharemeal.actions.call_off import call_off, record_call
from sharemeal.actions.fix_day import fix_day
from sharemeal.actions.record_visit import check_in, count_pickup
from sharemeal.actions.take_up import end_concern, take_up
from sharemeal.config import Settings
from sharemeal.instance import mail_of, sms_of
from sharemeal.messages import Channel
from sharemeal.people import Role
from sharemeal.store import service_days
from sharemeal.store.alerts import Alert, AlertContact
from sharemeal.store.base import Store
from sharemeal.store.people import Person
from sharemeal.store.service_days import Stop
from sharemeal.store.volunteers import Volunteer
from sharemeal.store.watch import Concern
from sharemeal.visits import Means, Report
from sharemeal.watch import Ending
from tests.make.small_lab import SmallLab
from tests.twilio_standin import TwilioStandIn

YOKOHAMA = ZoneInfo("Asia/Tokyo")
BEGINS = datetime(2026, 12, 16, 12, tzinfo=YOKOHAMA).astimezone(UTC)
ENDS = datetime(2027, 1, 16, 12, tzinfo=YOKOHAMA).astimezone(UTC)
SERVED = (date(2026, 12, 18), date(2026, 12, 25), date(2027, 1, 8), date(2027, 1, 15))
HOLIDAY = date(2027, 1, 1)
BOSS, SECOND, COOK = "+818000000901", "+818000000902", "+818000000903"


def at(day: date, clock: str) -> datetime:
    """That moment in Yokohama."""
    hours, minutes = clock.split(":")
    return datetime(day.year, day.month, day.day, int(hours), int(minutes), tzinfo=YOKOHAMA).astimezone(UTC)


class FourWeeks:
    """One lab, its people, and the script of what they do; ``play`` runs it to the end."""

    def __init__(self, store: Store, twilio: TwilioStandIn) -> None:
        self.store, self.twilio, self.now = store, twilio, BEGINS
        self.lab = SmallLab(store, BEGINS)
        self.kitchen = self.lab.kitchen(1, 0)
        for number in (1, 2, 3):
            self.lab.home(number, number * 4)
        for number in (1, 2):
            self.lab.volunteer(number, -number, carries=4)
        self._telephones()
        self.boss, self.second = self._contact(1, "桜井", BOSS), self._contact(2, "野口", SECOND)
        settings = Settings(**twilio.settings())
        self.world = jobs.World(
            store=store,
            ways={Channel.SMS: sms_of(settings), Channel.EMAIL: mail_of(settings)},
            site="http://127.0.0.1:8000",
            now=lambda: self.now,
            lease=settings.lease,
            settle=settings.settle,
            tick_seconds=5,
            solve_seconds=2,
            owner="story",
        )
        self._script: list[tuple[datetime, Callable[[], None]]] = []

    def _telephones(self) -> None:
        self.lab.add(
            Person(role=Role.KITCHEN, name="食堂", kitchen_id=self.kitchen, phone=COOK, phone_index=COOK)
        )
        with self.lab.session() as session:
            people = [row.person for row in session.scalars(select(Volunteer).order_by(Volunteer.number))]
        for place, person in enumerate(people):
            person.phone = person.phone_index = f"+81700000000{place}"
            self.lab.add(person)

    def _contact(self, position: int, name: str, phone: str) -> int:
        person = Person(role=Role.COORDINATOR, name=name, phone=phone, phone_index=phone)
        self.lab.add(person)
        self.lab.add(
            AlertContact(person_id=person.id, position=position, confirmed_at=BEGINS, pin=f"{person.id}:2468")
        )
        return person.id

    # --- the script -------------------------------------------------------------------------------------

    def when(self, day: date, clock: str, deed: Callable[[], None]) -> None:
        """At that moment somebody does this."""
        self._script.append((at(day, clock), deed))

    def play(self) -> None:
        """Every deed at its moment, every job at every step between: five minutes on days of service, else longer."""
        script = sorted(self._script, key=lambda each: each[0])
        while self.now < ENDS:
            while script and script[0][0] <= self.now:
                script.pop(0)[1]()
            self.ticks()
            steps = [self.now + self._step(), *(moment for moment, _ in script[:1])]
            self.now = min(steps)
        assert script == []

    def _step(self) -> timedelta:
        local = self.now.astimezone(YOKOHAMA)
        if local.date() in (*SERVED, HOLIDAY) and 9 <= local.hour < 21:
            return timedelta(minutes=5)
        eve = local.date() + timedelta(days=1) in (*SERVED, HOLIDAY)
        return timedelta(minutes=30) if eve and 9 <= local.hour < 19 else timedelta(hours=3)

    def ticks(self) -> None:
        """Run every job once. What was sent arrives, and as no page is served, the provider is asked about it."""
        for job in jobs.JOBS:
            jobs.run_once(job, self.world)
        for text in self.twilio.texts():
            text.status = "delivered"

    # --- what people do ---------------------------------------------------------------------------------

    def prepares(self, day: date) -> None:
        """The kitchen tells its count at noon of the day before, a coordinator fixes what the clock has drafted."""
        before = day - timedelta(days=1)
        self.when(before, "12:00", lambda: self._offer(day))
        self.when(before, "16:00", lambda: self._fix(day))

    def _offer(self, day: date) -> None:
        self.lab.now = self.now
        self.lab.offer(self.kitchen, f"{day.day}日のごはん", 6, day=day)

    def _fix(self, day: date) -> None:
        with self.lab.session() as session:
            fix_day(session, day, by="桜井", now=self.now)

    def collects(self, day: date) -> None:
        """Every volunteer counts what they collect."""
        with self.lab.session() as session:
            planned = service_days.on(session, day)
            assert planned is not None
            for route in planned.routes:
                for stop in [each for each in route.stops if each.kitchen_id is not None]:
                    counts = Counter[int]()
                    for item in stop.items:
                        counts[item.serving.offer_id] += item.serving.portions
                    count_pickup(
                        session,
                        stop.id,
                        counts,
                        client_uuid=str(uuid4()),
                        reporter_id=route.volunteer.person_id,
                        observed_at=self.now,
                        now=self.now,
                    )

    def taps(
        self, day: date, home: int, contact: str, condition: str | None = "usual", *, ago: int = 0
    ) -> None:
        """The volunteer of that home records its door, ``ago`` minutes after the tap."""
        with self.lab.session() as session:
            planned = service_days.on(session, day)
            assert planned is not None
            stop = next(
                stop
                for route in planned.routes
                for stop in route.stops
                if stop.household is not None and stop.household.number == home
            )
            reporter = session.get_one(Stop, stop.id).route.volunteer.person_id
            check_in(
                session,
                stop.id,
                client_uuid=str(uuid4()),
                report=Report.read(contact, condition, (), None, means=Means.DOOR),
                observed_at=self.now - timedelta(minutes=ago),
                reporter_id=reporter,
                now=self.now,
            )

    def calls(self, day: date, home: int, contact: str) -> None:
        """The coordinator has telephoned."""
        with self.lab.session() as session:
            report = Report.read(contact, None, (), None, means=Means.CALL)
            record_call(
                session,
                day,
                home,
                client_uuid=str(uuid4()),
                report=report,
                reporter_id=self.boss,
                now=self.now,
            )

    def calls_off(self, day: date) -> None:
        """Snow."""
        with self.lab.session() as session:
            call_off(session, day, why="大雪", now=self.now)

    def takes_up(self, person: int) -> None:
        """Somebody takes up what is open."""
        for alert in self._open(Alert):
            with self.lab.session() as session:
                take_up(session, alert.id, person, now=self.now)

    def ends(self, person: int) -> None:
        """Somebody ends whatever is open."""
        for concern in self._open(Concern):
            with self.lab.session() as session:
                end_concern(
                    session, concern.id, ended_as=Ending.SAFE, memo="話せた", person_id=person, now=self.now
                )

    def _open(self, table: type) -> list:  # type: ignore[type-arg]
        with self.lab.session() as session:
            return list(session.scalars(select(table).where(table.ended_at.is_(None))))  # type: ignore[attr-defined]
