"""Write the whole database as it stands at one moment into one file, while people go on working.

Personal columns stay encrypted as they are stored, and no key is in the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sharemeal.actions.beat import beat
from sharemeal.backups import MARKED, Header
from sharemeal.papers.backups import whole_file
from sharemeal.sentences import Refused, Sentence
from sharemeal.store import migrations, snapshot
from sharemeal.store.base import Store

BEAT = "backup"
"""Under this name the last backup's moment is noted."""


@dataclass(frozen=True)
class BackedUp:
    """What stands in the file now."""

    tables: int
    rows: int
    file_bytes: int
    revision: str


def back_up(store: Store, path: Path, *, owner: str, now: datetime) -> BackedUp:
    """Write everything to ``path``, whole or not at all.

    Raises Refused where nothing can be written there, where something else than a backup stands there, and for a
    database without tables.
    """
    with store.engine.connect() as connection:
        revision = migrations.revision_of(connection)
    if revision is None:
        raise Refused(
            Sentence("データベースに、まだ表がありません。"),
            remedy=Sentence("DATABASE_URL を確かめるか、db upgrade を実行してください。"),
        )
    header = Header(revision, now, store.keyring.index(MARKED))
    with (
        whole_file(path, header) as (writer, folder),
        snapshot.of_one_moment(store, folder) as connection,
    ):
        tables = snapshot.tables(connection)
        for table in tables:
            writer.table(table)
            for row in snapshot.rows(connection, table):
                writer.row(row)
    with store.session(all_labs=True) as session:
        beat(session, BEAT, owner=owner, now=now)
    return BackedUp(len(tables), writer.rows, path.stat().st_size, revision)
