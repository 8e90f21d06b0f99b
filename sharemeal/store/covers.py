"""代わり: each time somebody could not come, and who took over; and what is left of a course."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from sharemeal.covers import Remainder, is_asked
from sharemeal.messages import MessageState, Purpose
from sharemeal.service_days import DayState
from sharemeal.store import volunteers
from sharemeal.store.base import Base, LabOwned
from sharemeal.store.batches import PickupCount
from sharemeal.store.columns import UtcDateTime
from sharemeal.store.households import pauses_on
from sharemeal.store.messages import Message
from sharemeal.store.service_days import Route, ServiceDay, Stop
from sharemeal.store.visits import CheckIn
from sharemeal.store.volunteers import Volunteer


class Cover(LabOwned, Base):
    """One time that ``volunteer`` could not walk a course. Open until somebody took it over or it was withdrawn.

    ``unheard`` says that they had given no sign and were not reached: their silence outlives the handing over.
    ``route_id`` is the course as it is walked now.
    """

    __tablename__ = "cover"

    id: Mapped[int] = mapped_column(primary_key=True)
    day_id: Mapped[int] = mapped_column(ForeignKey("service_day.id", ondelete="CASCADE"), index=True)
    route_id: Mapped[int] = mapped_column(ForeignKey("route.id", ondelete="CASCADE"), index=True)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"), index=True)
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    cancelled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    unheard: Mapped[bool] = mapped_column(default=False)
    concern_id: Mapped[int | None] = mapped_column(ForeignKey("concern.id", ondelete="SET NULL"), index=True)
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("volunteer.id", ondelete="SET NULL"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    route: Mapped[Route] = relationship()
    day: Mapped[ServiceDay] = relationship()

    @property
    def once(self) -> str:
        """How the texts that ask for it begin to say what they are for; the person's id follows."""
        return f"{Purpose.STEP_IN.value} {self.id} "


def open_on(session: Session, day_id: int) -> list[Cover]:
    """The covers of that day that nobody has taken yet, oldest first."""
    query = select(Cover).where(Cover.day_id == day_id, Cover.ended_at.is_(None)).order_by(Cover.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def open_of(session: Session, route_id: int) -> Cover | None:
    """The open cover of that course."""
    query = select(Cover).where(Cover.route_id == route_id, Cover.ended_at.is_(None))
    return session.scalars(query.execution_options(populate_existing=True)).first()


def last_of(session: Session, day_id: int, volunteer_id: int) -> Cover | None:
    """The last time that this volunteer could not come on that day."""
    query = select(Cover).where(Cover.day_id == day_id, Cover.volunteer_id == volunteer_id)
    return session.scalars(query.order_by(Cover.id.desc()).limit(1)).first()


def walked_before(session: Session, route_id: int, person_id: int) -> bool:
    """Whether this person had that course before somebody took it over."""
    query = (
        select(Cover.id)
        .join(Volunteer, Volunteer.id == Cover.volunteer_id)
        .where(Cover.route_id == route_id, Volunteer.person_id == person_id, Cover.taken_by_id.is_not(None))
    )
    return session.scalars(query).first() is not None


def going_on(session: Session, since: date) -> list[Cover]:
    """The covers of the days from ``since`` that are still walked, taken or not, oldest first."""
    query = (
        select(Cover)
        .join(ServiceDay, ServiceDay.id == Cover.day_id)
        .where(ServiceDay.service_date >= since, ServiceDay.called_off_at.is_(None))
        .where(ServiceDay.state.in_((DayState.FIXED, DayState.UNDER_WAY)))
        .order_by(Cover.id)
    )
    return list(session.scalars(query.execution_options(populate_existing=True)))


def stops_left(session: Session, route: Route) -> list[Stop]:
    """The halts that nobody has ended, in order: doors without a standing report, and kitchens nobody came from."""
    ids = [stop.id for stop in route.stops]
    reported = select(CheckIn.stop_id).where(CheckIn.stop_id.in_(ids), CheckIn.undone_at.is_(None))
    counted = select(PickupCount.stop_id).where(PickupCount.stop_id.in_(ids))
    done = set(session.scalars(reported)) | set(session.scalars(counted))
    reached = max((stop.position for stop in route.stops if stop.id in done), default=0)
    return [
        stop
        for stop in route.stops
        if stop.id not in done and (stop.household_id is not None or stop.position > reached)
    ]


def remainder(session: Session, route: Route) -> Remainder | None:
    """What is left of a course; None where every door was reported."""
    left = stops_left(session, route)
    doors = [stop for stop in left if stop.household is not None]
    if not doors:
        return None
    return Remainder(
        homes=len({stop.household_id for stop in doors}),
        portions=sum(item.serving.portions for stop in doors for item in stop.items),
        begins=left[0].begins_seconds,
        ends=max(route.ends_seconds, left[-1].leaves_seconds),
        travel_seconds=sum(stop.travel_seconds for stop in left),
        skills=frozenset[str]().union(*(stop.household.skills for stop in doors if stop.household)),
        collected=all(stop.kitchen_id is None for stop in left)
        and any(stop.kitchen_id is not None for stop in route.stops),
    )


def free_volunteers(session: Session, day: ServiceDay) -> list[Volunteer]:
    """Everybody of the lab who is active and walks no course of that day, by number."""
    busy = set(session.scalars(select(Route.volunteer_id).where(Route.day_id == day.id)))
    return [each for each in volunteers.all_volunteers(session) if each.id not in busy and each.person.active]


def stand_ins(session: Session, day: ServiceDay, left: Remainder) -> list[Volunteer]:
    """Who may be asked: free in these hours, able, neither resting nor declined for that day."""
    resting = {pause.volunteer_id for pause in pauses_on(session, day.service_date)}
    answers = volunteers.answers_on(session, day.service_date)
    return [
        each
        for each in free_volunteers(session, day)
        if each.id not in resting
        and answers.get(each.id) is not False
        and is_asked(each.shift, each.skills, left)
    ]


def withdraw_texts(session: Session, cover: Cover) -> None:
    """Nobody is asked any more: what has not gone out stays here, and its link is forgotten."""
    query = update(Message).where(
        Message.purpose == Purpose.STEP_IN,
        Message.once.startswith(cover.once, autoescape=True),
        Message.intent_at.is_(None),
        Message.state.in_((MessageState.PENDING, MessageState.CLAIMED)),
    )
    session.execute(query.values(state=MessageState.WITHDRAWN, detail=None))
