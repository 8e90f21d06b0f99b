"""The auditor: look whether the watching itself is late, and raise or end the system's alarms.

Nothing here goes through the outbox, which is one of the things that are looked at.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sharemeal.alarms import ALARM_WORDS, TOLD_AGAIN, TRIED_AGAIN, AlarmKind
from sharemeal.store import alarms, audit, ticks
from sharemeal.store.alarms import Alarm
from sharemeal.store.base import Store, transaction
from sharemeal.store.sweeps import Hits, hits

log = logging.getLogger("sharemeal.auditor")
ACTOR = "auditor"
Tell = Callable[[str, str], None]
"""Subject and text, to the operator."""


@dataclass(frozen=True)
class Seen:
    """What one look has found, and which alarms began or ended with it."""

    hits: Hits
    begun: tuple[AlarmKind, ...] = ()
    ended: tuple[AlarmKind, ...] = ()


def look(store: Store, *, now: datetime) -> Hits:
    """What is late or wrong now. Only reads."""
    with store.session(all_labs=True, actor=ACTOR) as session:
        return hits(session, now)


def watch(store: Store, *, now: datetime) -> Seen:
    """One look with what follows from it. What is found is in the log even where it cannot be written down."""
    found = look(store, now=now)
    told = ", ".join(f"{kind.value} {count}" for kind, count in found.items())
    try:
        seen = keep_alarms(store, found, now=now)
    except Exception:
        if found:
            log.critical("alarm: %s; it cannot be written down", told)
        raise
    if seen.begun:
        log.critical("alarm: %s", told)
    if seen.ended:
        log.warning("alarm over: %s", ", ".join(seen.ended))
    return seen


def keep_alarms(store: Store, found: Hits, *, now: datetime) -> Seen:
    """Raise an alarm for each kind that was found, and end those of which nothing is left. Safe beside another auditor."""
    with store.session(all_labs=True, actor=ACTOR) as session:
        if not found and not alarms.standing(session):
            return Seen(found)
        try:
            return _kept(session, found, now)
        except IntegrityError:  # another auditor has just raised the same
            return _kept(session, found, now)


def _kept(session: Session, found: Hits, now: datetime) -> Seen:
    with transaction(session, now):
        stand = alarms.for_writing(session)
        for kind, count in found.items():
            if kind in stand:
                stand[kind].last_seen_at, stand[kind].count = now, count
            else:
                session.add(Alarm(kind=kind, first_seen_at=now, last_seen_at=now, count=count))
        ended = tuple(kind for kind in stand if kind not in found)
        for kind in ended:
            stand[kind].ended_at = now
        return Seen(found, tuple(kind for kind in found if kind not in stand), ended)


def tell_operator(store: Store, tell: Tell | None, *, now: datetime) -> int:
    """Write to the operator of what was not told lately, if there is a way; returns of how many kinds.

    It is noted before the letter goes, so that two processes do not both write; what cannot be told is tried again
    in a minute. Raises what ``tell`` raises.
    """
    with store.session(all_labs=True, actor=ACTOR) as session:
        if tell is None or not alarms.any_since(session, now - TOLD_AGAIN):
            return 0
        with transaction(session, now):
            rows = alarms.since(session, now - TOLD_AGAIN)
            told = alarms.last_told(session, {row.kind for row in rows})
            due = [row for row in rows if _is_due(row, told.get(row.kind), now)]
            newest = {row.kind: row for row in due}
            for row in due:
                row.told_at = now
    if not newest:
        return 0
    subject, text = letter(newest.values())
    try:
        tell(subject, text)
    except BaseException:
        _not_told(store, [row.id for row in due], now)
        raise
    return len(newest)


def _is_due(row: Alarm, told: datetime | None, now: datetime) -> bool:
    """Whether this one is to be told: it stands, or nobody ever heard of it; and its kind was not told lately."""
    if row.ended_at is not None and row.told_at is not None:
        return False
    return told is None or abs(now - told) >= TOLD_AGAIN


def _not_told(store: Store, ids: list[int], now: datetime) -> None:
    with store.session(all_labs=True, actor=ACTOR) as session, transaction(session, now):
        for row_id in ids:
            session.get_one(Alarm, row_id).told_at = now - TOLD_AGAIN + TRIED_AGAIN


def letter(rows: Iterable[Alarm]) -> tuple[str, str]:
    """Subject and text to the operator: kinds, counts and moments."""
    lines = [
        f"- {ALARM_WORDS[row.kind]}（{row.kind.value}、{row.count}件、{row.first_seen_at:%m-%d %H:%M:%S} UTC から"
        f"{'' if row.ended_at is None else f' {row.ended_at:%H:%M:%S} UTC まで'}）"
        for row in rows
    ]
    return (
        "【シェアご飯】連絡のしくみに遅れがあります",
        "\n".join(
            [
                "見守りの連絡が遅れているか、届いていないおそれがあります。",
                "世話人の画面にも出ています。",
                "",
                *lines,
                "",
                "sharemeal doctor と記録（ログ）で、何が止まっているかを確かめてください。",
            ]
        ),
    )


def proof_of_life(store: Store, *, now: datetime) -> str | None:
    """The head of the audit chain where all is well and the auditor has just looked; None where nothing is to be said."""
    with store.session(all_labs=True, actor=ACTOR) as session:
        beat = ticks.heartbeats(session).get(ticks.AUDITOR_JOB)
        if beat is None or not alarms.stands_now(session, now).well:
            return None
        return audit.head(session)
