"""Answer by name for a home that gets no meal, or not all of it, so that the day can be fixed without forgetting it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from sharemeal.households import numbered
from sharemeal.sentences import Refused, Sentence
from sharemeal.service_days import still_open
from sharemeal.store import households
from sharemeal.store.base import transaction
from sharemeal.store.service_days import ServiceDay, SignOff, day_for_writing
from sharemeal.written import needed


def sign_off(
    session: Session, service_date: date, household_number: int, *, reason: str, by: str, now: datetime
) -> SignOff:
    """``by`` answers for this home on that day, ``reason`` says how it is cared for. Signing again rewrites both.

    Raises Refused for an unknown home, one that lacks nothing, an empty reason or name, or a day that is settled.
    """
    reason = _told(reason, "reason")
    name = _told(by, "by")
    with transaction(session, now):
        day, home_id = _day_and_home(session, service_date, household_number)
        if home_id not in {short.household_id for short in day.shortages}:
            raise Refused(
                Sentence("{home}に足りないものはありません。", home=numbered(household_number)),
                remedy=Sentence("画面を開きなおして、いまの計画を確かめてください。"),
            )
        signed = next((each for each in day.sign_offs if each.household_id == home_id), None)
        if signed is None:
            signed = SignOff(
                day_id=day.id, household_id=home_id, reason=reason, signed_by=name, signed_at=now
            )
            day.sign_offs.append(signed)
        elif (signed.reason, signed.signed_by) != (reason, name):
            signed.reason, signed.signed_by, signed.signed_at = reason, name, now
    return signed


def take_back_sign_off(session: Session, service_date: date, household_number: int, *, now: datetime) -> None:
    """Nobody answers for this home any more; nothing happens where nobody did."""
    with transaction(session, now):
        day, home_id = _day_and_home(session, service_date, household_number)
        for signed in [each for each in day.sign_offs if each.household_id == home_id]:
            day.sign_offs.remove(signed)


def _told(text: str, field: str) -> str:
    try:
        return needed(text)
    except Refused as refusal:
        raise refusal.at(field) from None


def _day_and_home(session: Session, service_date: date, household_number: int) -> tuple[ServiceDay, int]:
    session.expire_all()
    home = households.by_number(session, household_number)
    if home is None:
        raise Refused(
            Sentence("{home}は登録されていません。", home=numbered(household_number)),
            remedy=Sentence("番号を確かめてください。"),
        )
    day = day_for_writing(session, service_date)
    still_open(day.state)
    return day, home.id
