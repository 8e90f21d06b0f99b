"""Answer by name, so that a day can be fixed and nobody is forgotten: for a home that gets no meal, or not all of it,
and for a day on which too few people can be told of a worry.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from sharemeal.alerts import LEAST_CONTACTS
from sharemeal.households import numbered
from sharemeal.sentences import Refused, Sentence
from sharemeal.service_days import still_open
from sharemeal.store import alerts, audit, households
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


def sign_few_contacts(session: Session, service_date: date, *, reason: str, by: str, now: datetime) -> None:
    """``by`` answers for that one day with fewer contacts than a lab should have; ``reason`` says how word gets round.

    Raises Refused where there are enough, for an empty reason or name, or a day that is settled.
    """
    reason = _told(reason, "few_reason")
    name = _told(by, "by")
    with transaction(session, now):
        session.expire_all()
        day = day_for_writing(session, service_date)
        still_open(day.state)
        if alerts.ready_count(session) >= LEAST_CONTACTS:
            raise Refused(
                Sentence("連絡先は、もうそろっています。"),
                remedy=Sentence("引き受けはいりません。このまま確定してください。"),
            )
        if (day.few_contacts_by, day.few_contacts_why) != (name, reason):
            day.few_contacts_by, day.few_contacts_why = name, reason
            audit.note(session, "few contacts answered for", "service_day", [day.id])


def take_back_few_contacts(session: Session, service_date: date, *, now: datetime) -> None:
    """Nobody answers for that day's few contacts any more; nothing happens where nobody did."""
    with transaction(session, now):
        session.expire_all()
        day = day_for_writing(session, service_date)
        still_open(day.state)
        if day.few_contacts_by is not None:
            day.few_contacts_by = day.few_contacts_why = None
            audit.note(session, "few contacts taken back", "service_day", [day.id])


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
