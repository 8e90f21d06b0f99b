"""代わりに行きます: somebody takes a course over. First come, first served: exactly one gets it.

What was ended stays with who ended it; the halts that are left go over, in their order and with their times.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from sharemeal.actions.answer_duty import keep_answer
from sharemeal.actions.cancel_route import end_cover
from sharemeal.actions.watch_over import expect_stops
from sharemeal.covers import may_walk
from sharemeal.sentences import Refused, Sentence
from sharemeal.store import audit, covers, service_days
from sharemeal.store.base import own, transaction
from sharemeal.store.covers import Cover
from sharemeal.store.service_days import Route, ServiceDay, Stop
from sharemeal.store.volunteers import Volunteer
from sharemeal.watch import Ending


def take_over(session: Session, cover_id: int, volunteer_id: int, *, now: datetime) -> Cover:
    """This volunteer walks what is left; taken twice by one is taken once.

    Raises LookupError for a cover or a volunteer not of this lab, and Refused where somebody else has taken it, nobody
    is looked for any more, or this volunteer cannot.
    """
    with transaction(session, now):
        session.expire_all()
        day = service_days.lock_day(session, own(session, Cover, cover_id).day_id)
        session.expire_all()
        cover, taker = own(session, Cover, cover_id), own(session, Volunteer, volunteer_id)
        if cover.taken_by_id == taker.id:
            return cover
        _still_open(cover, day, taker)
        left = covers.remainder(session, cover.route)
        if left is None:
            raise _over()
        busy = any(route.volunteer_id == taker.id for route in day.routes)
        may_walk(taker.skills, left, busy=busy)
        stops = covers.stops_left(session, cover.route)
        mode = cover.route.mode
        if len(stops) < len(cover.route.stops):
            _part(session, cover.route, stops, taker)
            session.expire_all()
            stops = cover.route.stops
        else:
            cover.route.volunteer_id = taker.id
        cover.route.planned_mode, cover.taken_by_id = mode, taker.id
        session.flush()
        expect_stops(session, day, stops, taker.id, now=now)
        end_cover(session, cover, Ending.TAKEN_OVER, now=now)
        keep_answer(session, taker.id, day.service_date, can_serve=True, now=now)
        audit.note(session, "took over", "volunteer", [taker.id])
        session.flush()
        session.expire_all()
        return cover


def _still_open(cover: Cover, day: ServiceDay, taker: Volunteer) -> None:
    if cover.taken_by_id is not None:
        raise Refused(
            Sentence("もう決まりました。"),
            remedy=Sentence("することはありません。ありがとうございます。"),
        )
    if cover.ended_at is not None or not day.goes_on:
        raise _over()
    if taker.ended_on is not None or not taker.person.active:
        raise Refused(
            Sentence("この人は、いまお届けに加わっていません。"),
            remedy=Sentence("ほかの人をえらんでください。"),
        )


def _over() -> Refused:
    return Refused(
        Sentence("代わりは、もういらなくなりました。"),
        remedy=Sentence("することはありません。ありがとうございます。"),
    )


def _part(session: Session, route: Route, stops: Sequence[Stop], taker: Volunteer) -> None:
    """What was ended stays behind as a course of its own; what is left becomes the taker's, with all its covers."""
    going = {stop.id for stop in stops}
    behind = [stop for stop in route.stops if stop.id not in going]
    rest = Route(
        day_id=route.day_id,
        volunteer_id=taker.id,
        starts_seconds=stops[0].arrives_seconds - stops[0].travel_seconds,
        ends_seconds=max(route.ends_seconds, stops[-1].leaves_seconds),
        travel_seconds=sum(stop.travel_seconds for stop in stops),
        distance_metres=sum(stop.distance_metres for stop in stops),
    )
    session.add(rest)
    route.cancelled_at = None
    route.ends_seconds = behind[-1].leaves_seconds
    route.travel_seconds = sum(stop.travel_seconds for stop in behind)
    route.distance_metres = sum(stop.distance_metres for stop in behind)
    session.flush()
    for position, stop_id in enumerate([stop.id for stop in stops], start=1):
        moved = update(Stop).where(Stop.id == stop_id)
        session.execute(moved.values(route_id=rest.id, position=position))
    session.execute(update(Cover).where(Cover.route_id == route.id).values(route_id=rest.id))
