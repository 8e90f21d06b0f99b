"""A fixed Friday with two courses, one of whose volunteers cannot come, and a neighbourhood of people who might go."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import select

from sharemeal.actions.cancel_route import cancel_route
from sharemeal.actions.pause import pause
from sharemeal.people import Role
from sharemeal.places import Point
from sharemeal.store.alerts import Alert
from sharemeal.store.base import Store, transaction
from sharemeal.store.messages import Message
from sharemeal.store.people import Person
from sharemeal.store.service_days import Route
from sharemeal.store.visits import ExpectedVisit, Whose
from sharemeal.store.volunteers import DutyAnswer, Volunteer
from sharemeal.store.watch import Concern
from sharemeal.volunteers import Mode, Shift
from tests.make.small_lab import DAY, SmallLab, clock
from tests.make.two_courses import TwoCourses, two_courses

T = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
"""17:00 in Yokohama: the first halt of both courses."""


class Neighbours:
    """The lab of two courses. ``asked`` are the two who may be asked; by name, those who may not."""

    def __init__(self, store: Store, now: datetime) -> None:
        self.store, self.now = store, now
        self.courses: TwoCourses = two_courses(store, now)
        self.lab_id = self.courses.lab_id
        self.asked = [self.volunteer(11), self.volunteer(12, mode=Mode.WALK)]
        self.others = {
            "said no": self.volunteer(13),
            "resting": self.volunteer(14),
            "without a number": self.volunteer(15, phone=False),
            "gone": self.volunteer(16),
            "in the morning": self.volunteer(17, shift=("9:00", "12:00")),
        }
        stranger = SmallLab(store, now, slug="tsuzuki")
        self.stranger = self.volunteer(18, lab_id=stranger.lab_id)
        self.stranger_lab = stranger.lab_id
        with store.session(self.lab_id) as session, transaction(session, now):
            answer = DutyAnswer(
                volunteer_id=self.others["said no"], service_date=DAY, can_serve=False, answered_at=now
            )
            session.add(answer)
            session.get_one(Volunteer, self.others["gone"]).ended_on = date(2026, 11, 1)
            for number in (1, 2):
                walker = session.get_one(Person, self.courses.people[number])
                walker.phone = walker.phone_index = f"+8190000100{number:02d}"
        with store.session(self.lab_id) as session:
            away = {"starts": "2026-11-20", "ends": "2026-12-20", "reason": "旅行"}
            pause(session, "volunteers", self.others["resting"], away, now=now)
        self.walker = self.volunteer_of(1)

    def volunteer(
        self,
        number: int,
        *,
        mode: Mode = Mode.BICYCLE,
        phone: bool = True,
        shift: tuple[str, str] = ("16:00", "19:00"),
        lab_id: int | None = None,
    ) -> int:
        """Somebody who walks no course; the id of the volunteer."""
        called = f"+8190000000{number:02d}" if phone else None
        with self.store.session(lab_id or self.lab_id) as session, transaction(session, self.now):
            row = Volunteer(
                number=number,
                person=Person(
                    role=Role.VOLUNTEER,
                    name=f"{number}号さん",
                    phone=called,
                    phone_index=called,
                    uniquifier=f"s{number}",
                ),
                mode=mode,
                meals_carried=10,
                place=Point(35.54, 139.52),
                shift=Shift(clock(shift[0]), clock(shift[1])),
            )
            session.add(row)
            session.flush()
            return row.id

    def volunteer_of(self, number: int) -> int:
        """The id of the volunteer of that number."""
        with self.store.session(self.lab_id) as session:
            return session.scalars(select(Volunteer.id).where(Volunteer.number == number)).one()

    def person_of(self, volunteer_id: int) -> int:
        """Whose person that volunteer is."""
        with self.store.session(all_labs=True) as session:
            return session.get_one(Volunteer, volunteer_id).person_id

    def cancels(self, at: datetime, *, number: int = 1, unheard: bool = False) -> int:
        """The volunteer of that number says that they cannot come; the cover's id."""
        with self.store.session(self.lab_id, actor="test") as session:
            return cancel_route(
                session,
                DAY,
                self.volunteer_of(number),
                entered_by_id=self.person_of(self.volunteer_of(number)),
                unheard=unheard,
                now=at,
            ).id

    def told(self, purpose: str) -> list[tuple[int, str]]:
        """(person, state) of every text of that purpose, in order."""
        with self.store.session(self.lab_id) as session:
            rows = session.scalars(select(Message).where(Message.purpose == purpose).order_by(Message.id))
            return [(row.person_id, row.state.value) for row in rows]

    def concerns(self) -> list[Concern]:
        """Every concern, oldest first."""
        with self.store.session(self.lab_id) as session:
            return list(session.scalars(select(Concern).order_by(Concern.id)))

    def alerts(self) -> list[Alert]:
        """Every alert, oldest first."""
        with self.store.session(self.lab_id) as session:
            return list(session.scalars(select(Alert).order_by(Alert.id)))

    def expected(self, whose: Whose) -> list[tuple[int, datetime, bool]]:
        """(home or volunteer, due, whether it is open) of what is expected, in the order of being written."""
        with self.store.session(self.lab_id) as session:
            query = select(ExpectedVisit).where(ExpectedVisit.whose == whose).order_by(ExpectedVisit.id)
            return [
                (each.household_id or each.volunteer_id or 0, each.due_at, each.closed_at is None)
                for each in session.scalars(query)
            ]

    def courses_now(self) -> dict[int, list[int]]:
        """Volunteer id → the homes of their course, in order."""
        homes = {row_id: number for number, row_id in self.courses.homes.items()}
        with self.store.session(self.lab_id) as session:
            return {
                route.volunteer_id: [homes[stop.household_id] for stop in route.stops if stop.household_id]
                for route in session.scalars(select(Route).order_by(Route.id))
            }
