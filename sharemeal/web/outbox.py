"""送った連絡: what went out to whom and whether it arrived. Without a provider this page is the telephone's screen."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from sharemeal import messages
from sharemeal.message_faults import told as told_fault
from sharemeal.messages import (
    CHANNEL_WORDS,
    MOST_UNITS,
    PURPOSE_WORDS,
    SECRETS,
    STATE_WORDS,
    Channel,
    MessageState,
    Purpose,
)
from sharemeal.people import Role
from sharemeal.store import outbox, sheets
from sharemeal.store.messages import Message
from sharemeal.web.access import allow, who
from sharemeal.web.doorway import db, doorway
from sharemeal.web.entering import Sheet, cut

pages = Blueprint("outbox", __name__, url_prefix="/outbox")

MOST = 200
"""So many of the latest messages are shown."""
PART_UNITS = 67
"""A text that is too long for one part is cut into parts of so many units."""
STATE_ICONS = {
    MessageState.PENDING: ("clock", "wait"),
    MessageState.CLAIMED: ("send", "wait"),
    MessageState.IN_DOUBT: ("question", "diff"),
    MessageState.ACCEPTED: ("send", "info"),
    MessageState.SENT: ("send", "info"),
    MessageState.DELIVERED: ("check", "ok"),
    MessageState.UNDELIVERED: ("x", "now"),
    MessageState.REFUSED: ("x", "now"),
    MessageState.WITHDRAWN: ("minus", "wait"),
    MessageState.UNKNOWN: ("question", "now"),
}


@dataclass(frozen=True)
class Line:
    """One message; ``parts`` of an SMS alone, ``text`` and the ``path`` of its link only where there is no provider."""

    made_at: datetime
    name: str
    purpose: str
    way: str
    state: MessageState
    fault: str | None
    parts: int | None
    text: str = ""
    path: str = ""


@pages.get("")
@allow(Role.COORDINATOR, Role.LAB_ADMIN)
def show() -> ResponseReturnValue:
    """The latest messages; for the lab's administrator their number alone."""
    if who().role is not Role.COORDINATOR:
        counts = Counter(STATE_WORDS[row.state] for row in outbox.latest(db(), most=MOST))
        return render_template("outbox.html", counts=counts, total=counts.total(), most=MOST)
    rows = outbox.latest(db(), most=MOST, with_details=True)
    sheet: Sheet[Message] = cut(rows)
    names = sheets.names_of(db(), {row.person_id for row in sheet.rows})
    return render_template(
        "outbox.html",
        sheet=sheet,
        lines=[_line(row, names.get(row.person_id, "")) for row in sheet.rows],
        icons=STATE_ICONS,
        words=STATE_WORDS,
        on_screen=on_screen(),
        most=MOST,
    )


def on_screen() -> bool:
    """Whether no provider is set, so that nothing leaves the house."""
    return not doorway().settings.twilio_account_sid


def _site() -> str:
    return (doorway().settings.public_url or request.host_url).rstrip("/")


def _line(row: Message, name: str) -> Line:
    text = messages.text(row.purpose, _site(), row.code, row.detail or "", language=row.language)
    by_mail = row.channel is Channel.EMAIL
    line = Line(
        row.made_at,
        name,
        PURPOSE_WORDS[row.purpose],
        CHANNEL_WORDS[row.channel],
        row.state,
        told_fault(row.error_code, by_mail=by_mail),
        None if by_mail else _parts(text),
    )
    if not on_screen() or (row.purpose in SECRETS and row.detail is None):
        return line
    return Line(**{**vars(line), "text": text, "path": _path(row)})


def _parts(text: str) -> int:
    units = messages.units(text)
    return 1 if units <= MOST_UNITS else -(-units // PART_UNITS)


def _path(row: Message) -> str:
    if row.purpose in (Purpose.ALERT, Purpose.RECEIVE_TEST):
        return f"/a/{row.code}"
    if row.purpose in (Purpose.REMIND_KITCHEN, Purpose.REMIND_VOLUNTEER, Purpose.STEP_IN):
        return f"/s/{row.code}{row.detail}"
    return "/" if row.purpose is Purpose.REMIND_COORDINATOR else ""
