"""Count how often a code or a password was tried, and close the door for a while after too many wrong ones."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from sharemeal.sentences import Refused, Sentence
from sharemeal.store.base import transaction
from sharemeal.store.people import CodeAttempt, wrong_tries_since

MOST_WRONG_TRIES = 5
CLOSED_FOR = timedelta(minutes=15)
_KEPT = timedelta(days=1)


def begin_try(session: Session, subject: str, *, now: datetime) -> int:
    """Count one try of ``subject`` (a link, a fingerprint of an address) and return its id.

    The try is written before its outcome is known, so that many at once cannot slip past the limit.
    Raises Refused while the door is closed; tries made meanwhile do not lengthen that.
    """
    _still_open(session, subject, now, MOST_WRONG_TRIES - 1)
    with transaction(session, now):
        session.execute(
            delete(CodeAttempt).where(CodeAttempt.subject == subject, CodeAttempt.at < now - _KEPT)
        )
        attempt = CodeAttempt(subject=subject, at=now, succeeded=False)
        session.add(attempt)
    _still_open(session, subject, now, MOST_WRONG_TRIES)
    return attempt.id


def note_success(session: Session, attempt_id: int, *, now: datetime) -> None:
    """The try fitted: the wrong ones before it count no more."""
    with transaction(session, now):
        attempt = session.get(CodeAttempt, attempt_id)
        if attempt is not None:
            attempt.succeeded = True


def _still_open(session: Session, subject: str, now: datetime, most: int) -> None:
    if wrong_tries_since(session, subject, now - CLOSED_FOR) > most:
        raise Refused(
            Sentence("{tries}回まちがえたため、しばらく受け付けません。", tries=MOST_WRONG_TRIES),
            why=Sentence("だれかが番号やパスワードを次々に試すのを防ぐためです。"),
            remedy=Sentence(
                "{minutes}分ほど待ってから、もう一度お試しください。", minutes=CLOSED_FOR.seconds // 60
            ),
        )
