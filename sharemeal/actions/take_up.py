"""引き受けます → わかったこと → 結果: somebody takes a concern up, and ends it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer_group

from sharemeal.actions.concerns import close_concern, give_back
from sharemeal.alerts import ACK_LIVES, SNOOZE, AlertState, may_be_taken_up
from sharemeal.people import called
from sharemeal.sentences import Refused, Sentence
from sharemeal.store import alerts, audit, watch
from sharemeal.store.alerts import Alert
from sharemeal.store.base import own, transaction
from sharemeal.store.people import Person
from sharemeal.store.visits import ExpectedVisit
from sharemeal.store.watch import Concern
from sharemeal.watch import CHOSEN_BY_PEOPLE, Ending, Level
from sharemeal.written import plain

LONGEST_MEMO = 1000


def take_up(session: Session, alert_id: int, person_id: int, *, now: datetime) -> Alert:
    """This person has it from now on, until it ends or the ack expires; taken up twice by one is taken up.

    An ack that has expired holds nobody back, whether or not the clock has noticed.

    Raises LookupError for an alert not of this lab, and Refused where it has ended or another person has it.
    """
    with transaction(session, now):
        session.expire_all()
        alert, concern = alerts.with_concern(session, alert_id)
        if alert.ack_expires_at is not None and alert.ack_expires_at <= now:
            give_back(alert, concern)
        may_be_taken_up(alert.state, alert.acked_by_id, person_id, _name(session, alert.acked_by_id))
        if alert.state is not AlertState.ACKED:
            alert.state, alert.acked_by_id, alert.acked_at = AlertState.ACKED, person_id, now
            alert.ack_expires_at, alert.next_step_at = now + ACK_LIVES, None
            concern.owner_id = person_id
            audit.note(session, "took up", "alert", [alert.id])
        return alert


def snooze(session: Session, alert_id: int, person_id: int, *, now: datetime) -> Alert:
    """Nobody else is told for a quarter of an hour. Raises LookupError, and Refused for 心配, which waits for nobody."""
    with transaction(session, now):
        session.expire_all()
        alert, concern = alerts.with_concern(session, alert_id)
        may_be_taken_up(alert.state, alert.acked_by_id, person_id, _name(session, alert.acked_by_id))
        if concern.level >= Level.NOW:
            raise Refused(
                Sentence("「心配」の確認は、あとにできません。"),
                remedy=Sentence("引き受けるか、ほかの世話人に電話してください。"),
            )
        if alert.state is AlertState.ACKED:
            alert.ack_expires_at = now + ACK_LIVES
        else:
            alert.next_step_at = now + SNOOZE
        audit.note(session, "snoozed", "alert", [alert.id])
        return alert


def keep_memo(session: Session, concern_id: int, memo: str, *, now: datetime) -> Concern:
    """Keep what was found out, while the concern goes on or after it. Raises LookupError, and Refused if too long."""
    told = _memo(memo)
    with transaction(session, now):
        session.expire_all()
        concern = own(session, Concern, concern_id)
        concern.memo = told
        return concern


def end_concern(
    session: Session,
    concern_id: int,
    *,
    ended_as: Ending,
    memo: str,
    person_id: int,
    now: datetime,
    seen_level: int | None = None,
) -> Concern:
    """End a concern with its outcome; everyone who was told gets the all-clear. Closing needs no memo.

    ``seen_level`` is how grave it was on the page that is sent: what has become graver since has to be read first.

    Where the program ended it meanwhile (the home was met, the report taken back) the memo is kept all the same.
    Raises LookupError for a concern not of this lab, Refused for an outcome that people cannot choose, a memo that is
    too long, and a concern that somebody else ended.
    """
    if ended_as not in CHOSEN_BY_PEOPLE:
        raise Refused(Sentence("結果をえらんでください。"), field="ended_as")
    told = _memo(memo)
    with transaction(session, now):
        session.expire_all()
        expected = select(ExpectedVisit.id).where(ExpectedVisit.concern_id == concern_id)
        session.execute(expected.order_by(ExpectedVisit.id).with_for_update())
        concern = watch.for_writing(session, concern_id)
        if concern is None:
            raise LookupError(f"no concern {concern_id} here")
        if concern.ended_at is None and seen_level is not None and concern.level > seen_level:
            raise Refused(
                Sentence("この気がかりは、画面を開いたあとで重くなりました。"),
                why=Sentence("新しい記録が届いています。"),
                remedy=Sentence("いまの内容を読んでから、もう一度終えてください。"),
            )
        if concern.ended_at is not None and concern.ended_by_id not in (None, person_id):
            raise Refused(
                Sentence("この気がかりは、ほかの人がもう終えています。"),
                remedy=Sentence("画面を開きなおして、結果を確かめてください。"),
            )
        concern.memo = told or concern.memo
        if concern.ended_at is not None:
            concern.ended_as, concern.ended_by_id = ended_as, person_id
        close_concern(session, concern, ended_as, person_id=person_id, now=now)
        return concern


def _memo(text: str) -> str | None:
    try:
        return plain(text, longest=LONGEST_MEMO) or None
    except Refused as refusal:
        raise refusal.at("memo") from None


def _name(session: Session, person_id: int | None) -> str | None:
    """The first word of a colleague's name, for the sentence that says who has it."""
    if person_id is None:
        return None
    query = select(Person).where(Person.id == person_id).options(undefer_group("personal"))
    person = session.scalars(query).first()
    return None if person is None else called(person.name)
