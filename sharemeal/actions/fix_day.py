"""Settle a service day: fix the plan, open it again, start the round. Closing it is close_day.py.

Each deed is safe to repeat: a day that is already there stays as it is.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from sqlalchemy.orm import Session

from sharemeal.actions.cancel_route import end_covers
from sharemeal.actions.watch_over import expect_nothing, expect_visits
from sharemeal.alerts import LEAST_CONTACTS
from sharemeal.households import numbered
from sharemeal.sentences import Refused, Sentence, listing
from sharemeal.service_days import DayState, may_become
from sharemeal.store import alerts, service_days
from sharemeal.store.base import transaction
from sharemeal.store.day_inputs import DayInputs, day_inputs
from sharemeal.store.service_days import ServiceDay, day_for_writing

_AGAIN = Sentence("もう一度計算してから、確定してください。")


def fix_day(session: Session, service_date: date, *, by: str, now: datetime) -> ServiceDay:
    """Fix the plan of that day; ``by`` is remembered as who did it.

    Raises Refused when nothing was planned, when something the plan is made from has changed since, when a pin is
    not kept, and while a home is short, or the chain has too few contacts, that nobody has signed off by name.
    """
    with transaction(session, now):
        day = _fresh(session, service_date)
        if day.state == DayState.FIXED:
            return day
        may_become(day.state, DayState.FIXED)
        _refuse_unplanned(day)
        inputs = day_inputs(session, service_date)
        if _changed_since(day, inputs):
            raise Refused(
                Sentence("計算したあとで、食数や出欠、お休みなどが変わりました。"),
                why=Sentence("いまの計画は、変わる前の内容です。"),
                remedy=_AGAIN,
            )
        _refuse_unkept_pins(day, inputs)
        _refuse_unsigned(day)
        _refuse_few_contacts(session, day)
        day.state, day.fixed_at, day.fixed_by = DayState.FIXED, now, by
        expect_visits(session, day)
    return day


def stale(session: Session, service_date: date) -> bool:
    """Whether something that the day's draft is made from has changed since it was calculated."""
    day = service_days.on(session, service_date)
    if day is None or day.planned_at is None or day.settled:
        return False
    return _changed_since(day, day_inputs(session, service_date))


def reopen_day(session: Session, service_date: date, *, now: datetime) -> ServiceDay:
    """Make a fixed day a draft again, so that it can be changed and calculated anew."""
    return _become(session, service_date, DayState.DRAFT, now)


def start_day(session: Session, service_date: date, *, now: datetime) -> ServiceDay:
    """The round is under way; from here nothing goes back."""
    return _become(session, service_date, DayState.UNDER_WAY, now)


def _become(session: Session, service_date: date, wanted: DayState, now: datetime) -> ServiceDay:
    with transaction(session, now):
        day = _fresh(session, service_date)
        if day.state == wanted:
            if wanted is DayState.UNDER_WAY:
                expect_visits(session, day)
            return day
        may_become(day.state, wanted)
        day.state = wanted
        if wanted is DayState.DRAFT:
            day.fixed_at = day.fixed_by = None
            end_covers(session, day, now=now)
            expect_nothing(session, day)
        else:
            day.started_at = now
            expect_visits(session, day)
    return day


def _fresh(session: Session, service_date: date) -> ServiceDay:
    """The day as it is now, locked; whatever the session remembers from before is read anew."""
    session.expire_all()
    if service_days.on(session, service_date) is None:
        raise Refused(
            Sentence("{date}の計画はまだありません。", date=service_date.isoformat()),
            remedy=Sentence("まず計算してください。"),
        )
    return day_for_writing(session, service_date)


def _changed_since(day: ServiceDay, inputs: DayInputs) -> bool:
    changed: bool = inputs.fingerprint != day.summary.get("fingerprint")
    return changed


def _refuse_unplanned(day: ServiceDay) -> None:
    if day.planned_at is None:
        raise Refused(Sentence("この日はまだ計算していません。"), remedy=Sentence("まず計算してください。"))
    if not day.routes:
        raise Refused(
            Sentence("コースがひとつもないため、確定できません。"),
            why=Sentence("お届けする食事か、出られる人がありません。"),
            remedy=Sentence("食数と出欠を確かめて、もう一度計算してください。"),
        )


def _refuse_unkept_pins(day: ServiceDay, inputs: DayInputs) -> None:
    coming: dict[int, set[int]] = defaultdict(set)
    for route in day.routes:
        for stop in route.stops:
            if stop.household_id is not None:
                coming[stop.household_id].add(route.volunteer_id)
    for door in inputs.doors:
        if door.pinned is None:
            continue
        if coming[inputs.household_ids[door.household]] - {inputs.volunteer_ids[door.pinned]}:
            raise Refused(
                Sentence(
                    "{home}はボランティア{number}に固定されていますが、いまの計画では別の人が届けます。",
                    home=numbered(door.household),
                    number=door.pinned,
                ),
                why=Sentence("計算したあとで固定されました。"),
                remedy=_AGAIN,
            )


def _refuse_unsigned(day: ServiceDay) -> None:
    signed = {sign_off.household_id for sign_off in day.sign_offs}
    waiting = [short.household.number for short in day.shortages if short.household_id not in signed]
    if waiting:
        raise Refused(
            Sentence(
                "{homes}に、まだ食事か行く人が足りません。", homes=listing(map(numbered, sorted(waiting)))
            ),
            why=Sentence("だれも見落とさないよう、このままでは確定できません。"),
            remedy=Sentence(
                "食数や出欠を直して計算しなおすか、どう見守るかを書いて、お名前で引き受けてください。"
            ),
        )


def _refuse_few_contacts(session: Session, day: ServiceDay) -> None:
    """A worry at a door needs somebody to hear it, and a second one where the first cannot."""
    ready = alerts.ready_count(session)
    if ready < LEAST_CONTACTS and day.few_contacts_by is None:
        raise Refused(
            Sentence(
                "連絡先が{least}人そろっていません（届く番号は、いま{ready}人）。",
                least=LEAST_CONTACTS,
                ready=ready,
            ),
            why=Sentence("ひとりが出られないと、心配や便りなしを知らせる人がいなくなります。"),
            remedy=Sentence(
                "連絡先の番号を確かめるか、この日どう連絡を取りあうかを書いて、お名前で引き受けてください。"
            ),
        )
