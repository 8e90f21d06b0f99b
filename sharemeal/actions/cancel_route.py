"""行けなくなりました: a volunteer cannot come after the day is fixed. Their course stays, and everybody who can is asked.

What is expected of the homes stays due as it was. What was expected of the volunteer waits for who takes the course
over; until then one concern stands for all of it, told a quarter of an hour before the first halt that is left.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from sharemeal.actions.answer_duty import keep_answer
from sharemeal.actions.concerns import close_concern, raise_concern
from sharemeal.actions.reminders import ask_stand_ins
from sharemeal.actions.watch_over import expect_nobody, expect_stops, expect_visits
from sharemeal.covers import alarm_at
from sharemeal.sentences import Refused, Sentence
from sharemeal.store import audit, covers, service_days, watch
from sharemeal.store.base import own, transaction
from sharemeal.store.covers import Cover
from sharemeal.store.labs import fenced
from sharemeal.store.service_days import Route, ServiceDay
from sharemeal.store.volunteers import Volunteer
from sharemeal.watch import Ending, Kind, Level, Verdict

STILL_SILENT = Sentence("コースは代わりの人に渡しましたが、ボランティアと連絡がとれていません")


def cancel_route(
    session: Session,
    service_date: date,
    volunteer_id: int,
    *,
    entered_by_id: int,
    now: datetime,
    unheard: bool = False,
) -> Cover:
    """This volunteer cannot come on that day; said twice it is said once.

    ``unheard`` is for a coordinator who reached nobody: then the volunteer's silence outlives the handing over.
    Raises LookupError for who has no course that day, and Refused where the day does not go on or every door was
    reported.
    """
    with transaction(session, now):
        session.expire_all()
        day = _going(session, service_date)
        route = _course(session, day, volunteer_id)
        known = covers.open_of(session, route.id)
        if known is not None:
            known.unheard = known.unheard and unheard
            return known
        left = covers.remainder(session, route)
        if left is None:
            raise Refused(
                Sentence("このコースのお届けは、もうすべて終わっています。"),
                remedy=Sentence("することはありません。ありがとうございました。"),
            )
        expect_visits(session, day)
        expect_nobody(session, day, volunteer_id, now=now)
        route.cancelled_at = now
        cover = Cover(
            day_id=day.id,
            route_id=route.id,
            volunteer_id=volunteer_id,
            entered_by_id=entered_by_id,
            cancelled_at=now,
            unheard=unheard,
        )
        session.add(cover)
        session.flush()
        first_halt = fenced(session).rules.moment(service_date, left.begins)
        cover.concern_id = raise_concern(
            session,
            Verdict(
                Level.TODAY,
                Kind.NO_CARRIER,
                alarm_at(first_halt, now) - now,
                Sentence("ボランティアが行けなくなり、{count}軒に行く人がいません", count=left.homes),
            ),
            day_id=day.id,
            volunteer_id=volunteer_id,
            since=now,
            key=f"cover {cover.id}",
            now=now,
        ).id
        keep_answer(session, volunteer_id, service_date, can_serve=False, now=now)
        ask_stand_ins(session, cover, covers.stand_ins(session, day, left), service_date, now=now)
        audit.note(session, "cannot come", "volunteer", [volunteer_id])
        return cover


def take_back_cancel(session: Session, service_date: date, volunteer_id: int, *, now: datetime) -> bool:
    """They can come after all; False where nothing was cancelled. Raises LookupError, Refused once it was taken over."""
    with transaction(session, now):
        session.expire_all()
        day = _going(session, service_date)
        last = covers.last_of(session, day.id, volunteer_id)
        if last is not None and last.taken_by_id is not None:
            raise Refused(
                Sentence("もう代わりの人が決まりました。"),
                remedy=Sentence("やはり行けるときは、世話人にお電話ください。"),
            )
        route = _course(session, day, volunteer_id)
        cover = covers.open_of(session, route.id)
        if cover is None:
            return False
        expect_stops(session, day, covers.stops_left(session, route), volunteer_id, now=now)
        end_cover(session, cover, Ending.WITHDRAWN, now=now)
        keep_answer(session, volunteer_id, service_date, can_serve=True, now=now)
        audit.note(session, "can come after all", "volunteer", [volunteer_id])
        return True


def end_cover(session: Session, cover: Cover, ended_as: Ending, *, now: datetime) -> None:
    """Inside a unit of work that has locked the day: nobody is looked for any more, and the concern falls away.

    The silence of a volunteer whom nobody has reached goes on after somebody else has taken the course.
    """
    cover.ended_at, cover.route.cancelled_at = now, None
    covers.withdraw_texts(session, cover)
    session.flush()
    concern = None if cover.concern_id is None else watch.for_writing(session, cover.concern_id)
    if concern is None or concern.ended_at is not None:
        return
    if cover.unheard and ended_as is Ending.TAKEN_OVER:
        concern.kind, concern.why = Kind.SILENT_VOLUNTEER, STILL_SILENT
    else:
        close_concern(session, concern, ended_as, now=now)


def end_covers(session: Session, day: ServiceDay, *, now: datetime) -> None:
    """Inside a unit of work that has locked the day: it is called off or a draft again, so nobody has to go."""
    for cover in covers.open_on(session, day.id):
        end_cover(session, cover, Ending.WITHDRAWN, now=now)


def settle_cover(session: Session, route: Route, *, now: datetime) -> None:
    """Inside a unit of work that has locked the day: who could not come has ended the last door after all."""
    cover = None if route.cancelled_at is None else covers.open_of(session, route.id)
    if cover is not None and covers.remainder(session, route) is None:
        end_cover(session, cover, Ending.MET, now=now)


def _going(session: Session, service_date: date) -> ServiceDay:
    found = service_days.settled_on(session, service_date)
    day = None if found is None else service_days.lock_day(session, found.id)
    if day is None or not day.goes_on:
        raise Refused(
            Sentence("この日のお届けは、いま変えられません。"),
            why=Sentence("まだ決まっていないか、中止になったか、もう締めました。"),
            remedy=Sentence("世話人にお電話ください。"),
        )
    return day


def _course(session: Session, day: ServiceDay, volunteer_id: int) -> Route:
    own(session, Volunteer, volunteer_id)
    route = next((each for each in day.routes if each.volunteer_id == volunteer_id), None)
    if route is None:
        raise LookupError(f"volunteer {volunteer_id} has no course on that day")
    return route
