"""Take in what the provider calls: how a message fares, and replies. Each may come twice, late and in any order."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from sharemeal.actions import settle_message
from sharemeal.actions.take_up import take_up
from sharemeal.alerts import AlertState
from sharemeal.messages import OPEN, MessageState, codes_in
from sharemeal.sentences import Refused
from sharemeal.store import messages
from sharemeal.store.alerts import Alert
from sharemeal.store.base import Store, transaction
from sharemeal.store.people import Person
from sharemeal.written import folded

ACTOR = "sms provider"
"""How the audit names who told it."""
YES = frozenset({"1", "はい", "ハイ"})
NOT_TOLD = (OPEN - {MessageState.IN_DOUBT}) | {MessageState.REFUSED, MessageState.WITHDRAWN}

YES_COUNTS = timedelta(minutes=30)
"""A bare yes answers a text that was written within this time."""


def receive_status(
    store: Store, nonce: str, *, sid: str, status: str, error_code: int | None, now: datetime
) -> bool:
    """What the provider tells of the message of that nonce (``nonce.try``, as in its address); whether it was news.

    Raises LookupError for a nonce that no message has. A callback that comes before its own call's result binds the
    sid; one of an earlier try counts where it says that the text arrived.
    """
    with store.session(all_labs=True, actor=ACTOR) as session, transaction(session, now):
        own, _, attempt = nonce.partition(".")
        row = messages.of_nonce(session, own)
        if row is None:
            raise LookupError("no message of this nonce")
        earlier = attempt.isascii() and attempt.isdigit() and int(attempt) < row.tries
        return settle_message.heard(session, row, sid, status, error_code, now=now, earlier=earlier)


def receive_reply(store: Store, sender: str, text: str, *, now: datetime) -> bool:
    """Somebody answers from this number (E.164): whether that took an alert up.

    It does where the reply holds the code of an alert message to that very person, or says yes within YES_COUNTS of
    exactly one text: a yes that comes late may mean another. Of a text that told of several, all are taken up. Anything
    else changes nothing, and nothing of it is kept.
    """
    with store.session(all_labs=True, actor=ACTOR) as session:
        query = select(Person.id).where(Person.phone_index == sender, Person.active)
        people = list(session.scalars(query))
        told = _meant(messages.alerts_told(session, people), folded(text), now) if people else []
        open_ones = {
            row.alert_id: row
            for row in told
            if row.alert_id is not None and session.get_one(Alert, row.alert_id).state is not AlertState.ENDED
        }
    if len({row.carried_by_id or row.id for row in open_ones.values()}) != 1:
        return False
    taken = False
    for alert_id, row in open_ones.items():
        with store.session(row.lab_id, actor=f"sms reply {row.person_id}") as session:
            try:
                take_up(session, alert_id, row.person_id, now=now)
            except (Refused, LookupError):
                continue
            taken = True
    return taken


def _meant(told: list[messages.Message], reply: str, now: datetime) -> list[messages.Message]:
    """The messages that the reply answers."""
    codes = codes_in(reply)
    if codes:
        texts = {row.carried_by_id or row.id for row in told if row.code in codes}
        return [row for row in told if (row.carried_by_id or row.id) in texts]
    if reply not in YES:
        return []
    return [row for row in told if row.state not in NOT_TOLD and row.made_at > now - YES_COUNTS]
