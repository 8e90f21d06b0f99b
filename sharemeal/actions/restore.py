"""Put a backup back into an empty database, all or nothing, in one unit of work with what must follow.

What followed the backup is not in it: texts may have gone out that it believes unsent. They are put in doubt here, so
that there is no moment at which they could be sent as if nothing had happened, and the hold begins
(actions/end_hold.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import update
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from sharemeal.backups import MARKED, Header
from sharemeal.messages import Channel, MessageState
from sharemeal.outside.ways import SCREEN_SID
from sharemeal.papers.backups import Backup
from sharemeal.sentences import Refused, Sentence
from sharemeal.store import audit, migrations, restorations, rotation, snapshot
from sharemeal.store.base import Store, transaction
from sharemeal.store.columns import Keyring
from sharemeal.store.leader import leader_of
from sharemeal.store.messages import Message
from sharemeal.store.restorations import Restoration

FIRST_ROWS = 50
EVERY_ROW = 50
"""Of each table the first rows are opened and of the others one in so many."""

UNHEARD_FOR = timedelta(hours=23)
"""What was taken longer before the backup is not sent again by anybody, and hardly in the part of the list that is read."""


@dataclass(frozen=True)
class Restored:
    """What stands in the database now, and how many texts are to be looked for at the provider."""

    header: Header
    rows: int
    in_doubt: int


def restore(store: Store, path: Path, *, actor: str, now: datetime) -> Restored:
    """Fill the empty database from the backup and begin the hold.

    The file is read twice: once to see that it is whole and that the keys fit, once to write its rows.
    Raises Refused for a database that is not empty or that somebody's jobs run on, and for a file that is broken, is
    of a newer program, or belongs to other keys; nothing has been written then.
    """
    backup = Backup(path)
    header = backup.header
    if not migrations.knows(header.revision):
        raise Refused(
            Sentence(
                "このバックアップは、いまのプログラムより新しい形です（{number}）。", number=header.revision
            ),
            remedy=Sentence("プログラムを新しくしてから、もう一度実行してください。"),
        )
    _refuse_other_index_key(store.keyring, header)
    _refuse_other_keys(store.keyring, backup)
    leader = leader_of(store)
    if not leader.try_to_lead():
        raise Refused(
            Sentence("このデータベースで、serve か jobs run が動いています。"),
            why=Sentence("戻しているあいだに、SMSが送られてしまうかもしれません。"),
            remedy=Sentence("すべて止めてから、もう一度実行してください。"),
        )
    try:
        return _written(store, backup, actor, now)
    except (DataError, IntegrityError, ProgrammingError, OperationalError) as error:
        raise Refused(
            Sentence(
                "このバックアップは、このデータベースに入りません（{error}）。", error=type(error).__name__
            ),
            remedy=Sentence("ディスクの空きを確かめて、新しいデータベースでもう一度試してください。"),
        ) from error
    finally:
        leader.release()


def _written(store: Store, backup: Backup, actor: str, now: datetime) -> Restored:
    header = backup.header
    with store.session(all_labs=True, actor=actor) as session, transaction(session, now):
        connection = session.connection()
        if not snapshot.is_empty(connection):
            raise Refused(
                Sentence("データベースが空ではありません。"),
                why=Sentence("戻すと、いまあるものと混ざってしまいます。"),
                remedy=Sentence("DATABASE_URL で新しい空のデータベースを選んでください。"),
            )
        snapshot.make_room(connection, header.revision)
        rows = snapshot.fill(connection, backup.through())
        migrations.upgrade_on(connection)
        restorations.end_earlier(session, now)
        _doubt_gap(session, header.taken_at, now)
        session.add(Restoration(backup_at=header.taken_at, restored_at=now))
        audit.note(session, "restored", "all tables", [])
        return Restored(header, rows, restorations.in_doubt(session, now))


def _doubt_gap(session: Session, backup_at: datetime, restored_at: datetime) -> None:
    """Of every text that may have gone out between the two, nobody knows whether it has.

    That is what was due, and what the provider had taken without telling yet that it arrived: if it did not, it was
    sent once more meanwhile. ``intent_at`` is when a call may have been made at the earliest, since the provider's list
    is searched from there. Leases are of a machine that is gone.
    """
    waiting = (Message.state == MessageState.PENDING) & (Message.due_at <= restored_at)
    unheard = (
        Message.state.in_((MessageState.ACCEPTED, MessageState.SENT))
        & (Message.accepted_at > backup_at - UNHEARD_FOR)
        & Message.provider_sid.not_like(f"{SCREEN_SID}%")
    )
    unknown = waiting | unheard | (Message.state == MessageState.CLAIMED)
    released = {"lease_owner": None, "lease_until": None, "epoch": Message.epoch + 1}
    texts = update(Message).where(Message.channel == Channel.SMS)
    for statement in (
        texts.where(Message.state == MessageState.IN_DOUBT).values(released),
        texts.where(unknown).values({**released, "state": MessageState.IN_DOUBT, "intent_at": backup_at}),
    ):
        session.execute(statement, execution_options={"synchronize_session": False})


def _refuse_other_index_key(keys: Keyring, header: Header) -> None:
    if keys.index(MARKED) != header.index_mark:
        raise Refused(
            Sentence("このバックアップは、別の SHAREMEAL_INDEX_KEY でつくられました。"),
            why=Sentence("この鍵がないと、電話番号でもメールでも、だれも見つかりません。"),
            remedy=Sentence("バックアップと同じころの instance の鍵を戻してください。"),
        )


def _refuse_other_keys(keys: Keyring, backup: Backup) -> None:
    """Read all of it, which shows that it is whole, and open samples of what is encrypted."""
    sealed = {
        table.name: {column.name for column in rotation.encrypted_columns(table)}
        for table in rotation.tables()
    }
    seen: dict[str, int] = {}
    locked: Refused | None = None
    for table, row in backup.through():
        number = seen[table.name] = seen.get(table.name, 0) + 1
        if locked is not None or (number > FIRST_ROWS and number % EVERY_ROW):
            continue
        for (name, _), value in zip(table.columns, row, strict=True):
            if value is not None and name in sealed.get(table.name, ()):
                try:
                    keys.open(value)
                except Refused as refusal:
                    locked = refusal
    if locked is not None:
        raise locked
