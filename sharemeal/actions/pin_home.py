"""People decide who goes to a home, and the solver keeps to it: a pin that lasts, or a move for one day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharemeal.households import numbered
from sharemeal.sentences import Refused, Sentence
from sharemeal.service_days import still_open
from sharemeal.store import households, volunteers
from sharemeal.store.base import transaction
from sharemeal.store.households import Household
from sharemeal.store.service_days import Pin, day_for_writing
from sharemeal.store.volunteers import Volunteer
from sharemeal.written import needed


def pin_home(
    session: Session,
    household_number: int,
    volunteer_number: int,
    *,
    reason: str,
    until: date | None,
    today: date,
    now: datetime,
) -> Pin:
    """From now on this volunteer goes to this home, until ``until`` (included) or until it is taken back.

    A pin has a reason that others can read. An earlier lasting pin of the home ends; the same pin again changes
    nothing. Raises Refused for unknown numbers, an empty reason, an end that lies behind ``today``, or skills that
    the volunteer lacks.
    """
    try:
        told = needed(reason)
    except Refused as refusal:
        raise refusal.at("reason") from None
    if until is not None and until < today:
        raise Refused(
            Sentence("固定の終わりの日が過ぎています（入力: {until}）。", until=until.isoformat()),
            remedy=Sentence("きょうよりあとの日にちを入力するか、空のままにしてください。"),
            field="until",
        )
    with transaction(session, now):
        home, volunteer = _pair(session, household_number, volunteer_number)
        for earlier in _pins_of(session, home.id, only_on=None):
            if (earlier.volunteer_id, earlier.reason, earlier.until) == (volunteer.id, told, until):
                return earlier
            earlier.ended_at = now
        pin = Pin(household_id=home.id, volunteer_id=volunteer.id, reason=told, until=until, made_at=now)
        session.add(pin)
    return pin


def move_home(
    session: Session, service_date: date, household_number: int, volunteer_number: int, *, now: datetime
) -> Pin:
    """On that day alone this volunteer goes to this home; it goes before a lasting pin. Calculate again to see it.

    Raises Refused for unknown numbers, a day that is settled, a volunteer who is not in, or skills that are lacking.
    """
    with transaction(session, now):
        home, volunteer = _pair(session, household_number, volunteer_number)
        still_open(day_for_writing(session, service_date).state)
        _refuse_absent(session, service_date, volunteer)
        for earlier in _pins_of(session, home.id, only_on=service_date):
            if earlier.volunteer_id == volunteer.id:
                return earlier
            earlier.ended_at = now
        pin = Pin(household_id=home.id, volunteer_id=volunteer.id, only_on=service_date, made_at=now)
        session.add(pin)
    return pin


def unpin(session: Session, pin_id: int, *, now: datetime) -> Pin | None:
    """Take a pin or a move back. None where the lab has no such pin; taken back twice is taken back."""
    with transaction(session, now):
        pin = session.scalars(select(Pin).where(Pin.id == pin_id)).first()
        if pin is not None and pin.ended_at is None:
            pin.ended_at = now
    return pin


def _home(session: Session, household_number: int) -> Household:
    session.expire_all()
    home = households.by_number(session, household_number)
    if home is None or home.ended_on is not None:
        raise Refused(
            Sentence("{home}は登録されていません。", home=numbered(household_number)), field="household"
        )
    return home


def _pair(session: Session, household_number: int, volunteer_number: int) -> tuple[Household, Volunteer]:
    home = _home(session, household_number)
    volunteer = volunteers.by_number(session, volunteer_number)
    if volunteer is None or volunteer.ended_on is not None:
        raise Refused(
            Sentence("ボランティア{number}は登録されていません。", number=volunteer_number), field="volunteer"
        )
    if lacking := home.skills - volunteer.skills:
        raise Refused(
            Sentence(
                "ボランティア{number}は、{home}の条件（{words}）に合いません。",
                number=volunteer_number,
                home=numbered(household_number),
                words="・".join(sorted(lacking)),
            ),
            remedy=Sentence("ほかの人を選んでください。"),
            field="volunteer",
        )
    return home, volunteer


def _pins_of(session: Session, home_id: int, *, only_on: date | None) -> list[Pin]:
    query = select(Pin).where(Pin.household_id == home_id, Pin.ended_at.is_(None))
    query = query.where(Pin.only_on.is_(None) if only_on is None else Pin.only_on == only_on)
    return list(session.scalars(query))


def _refuse_absent(session: Session, service_date: date, volunteer: Volunteer) -> None:
    if volunteer not in volunteers.in_service(session, service_date):
        raise Refused(
            Sentence("ボランティア{number}は、この日は出られません。", number=volunteer.number),
            remedy=Sentence("出られる人を選ぶか、出欠を直してください。"),
            field="volunteer",
        )
